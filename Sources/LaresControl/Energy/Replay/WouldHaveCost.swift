/// What a recorded time in one home would have cost: without a battery, with one under a rule, and with one under the controller.
///
///     let report = try WouldHaveCost(load: load, solar: solar, buying: price, selling: feedIn, emission: carbon, hours: hours, days: days,
///         battery: BatteryDesign(capacity: 10, power: 5))
///     report.saved     // money, controller against no battery
///
/// The controller sees each hour when it is over, and of the future only the tariff and the calendar. What is in the battery at the end is not paid for:
/// at most what it holds, once.
public struct WouldHaveCost: Codable, Hashable, Sendable {
    /// What one way of running the home came to.
    public struct Account: Codable, Hashable, Sendable {
        /// What was paid, less what was earned.
        public let cost: Double
        /// What came from the grid and went into it, in kWh.
        public let bought: Double, sold: Double
        /// What was emitted for what came from the grid, in kg of CO₂.
        public let emission: Double
        /// How often the battery was filled and emptied: what went through it over twice its capacity.
        public let cycles: Double
        /// Hours that had a forecast to plan on, of all.
        public let plannedHours: Int, hours: Int
    }

    /// Without a battery, with one under the rule, with one under the controller.
    public let without: Account, ruled: Account, controlled: Account

    /// What the controller would have saved against no battery, and against the rule.
    public var saved: Double { without.cost - controlled.cost }
    /// What the controller would have saved against the rule.
    public var savedToRule: Double { ruled.cost - controlled.cost }

    /// - Parameters:
    ///   - load: What was used, in kWh of each hour.
    ///   - solar: What panels made, in kWh of each hour.
    ///   - buying: What a kWh cost.
    ///   - selling: What a kWh earned; nothing when left out.
    ///   - emission: What a kWh from the grid emitted, in kg; nothing when left out.
    ///   - hours: The time of day of each hour, 0 to 23.
    ///   - days: The kind of day of each hour, 0 for Monday to 6 for Sunday, 7 for holidays.
    ///   - rule: The rule that it is compared with.
    /// - Throws: ``EnergyControlError`` when series differ in length or hold what can't be.
    public init(
        load: [Double], solar: [Double], buying: [Double], selling: [Double]? = nil, emission: [Double]? = nil, hours: [Int], days: [Int],
        battery: BatteryDesign, rule: TimeOfUseRule = .usual, setting: EnergyController.Setting = EnergyController.Setting()
    ) throws {
        let nothing = [Double](repeating: 0, count: load.count)
        let record = try DistrictRecord(
            homes: [HomeRecord(name: "home", load: load, solar: solar, battery: battery)], price: buying, emission: emission ?? nothing,
            hours: hours, days: days, selling: selling ?? nothing)
        var setting = setting
        setting.rule = rule
        let controller = try EnergyController(batteries: [battery], forecaster: LearntForecaster(), setting: setting)
        let (run, decisions) = DistrictRun.controlled(record, by: controller)
        let planned = decisions.filter { $0.expected != nil }.count
        without = Account(record, used: nothing, planned: 0)
        ruled = Account(record, used: DistrictRun.ruled(record, by: rule).used[0], planned: 0)
        controlled = Account(record, used: run.used[0], planned: planned)
    }
}

extension WouldHaveCost.Account {
    /// The account of a record's first home.
    init(_ record: DistrictRecord, used: [Double], planned: Int) {
        var (cost, bought, sold, emission, through) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for hour in 0..<record.count {
            let net = record.homes[0].net(hour) + used[hour]
            bought += max(0, net)
            sold += max(0, -net)
            cost += max(0, net) * record.price[hour] - max(0, -net) * record.selling[hour]
            emission += max(0, net) * record.emission[hour]
            through += abs(used[hour])
        }
        (self.cost, self.bought, self.sold, self.emission) = (cost, bought, sold, emission)
        cycles = through / (2 * (record.homes[0].battery?.capacity ?? .infinity))
        (plannedHours, hours) = (planned, record.count)
    }
}
