/// Decides hour by hour what the batteries of some homes do: it forecasts, plans a day and a half, does the first hour of it, and begins again.
///
///     var controller = try EnergyController(batteries: homes.map(\.battery), forecaster: LearntForecaster())
///     let decision = controller.decide(after: hour, ahead: tariff, batteries: readings)
///
/// It sees hours that are over, what batteries say, and what contracts and calendars say of hours to come; nothing else. A forecast that can't be
/// leads to the rule, a battery that can't be believed to nothing at all; both are told as values. Pure: it has no clock and no output.
public struct EnergyController: Sendable {
    /// How it plans.
    public struct Setting: Hashable, Sendable {
        /// Hours that are planned.
        public var horizon = 30
        /// What plans are to be good at.
        public var aims = PlanAims()
        /// Levels of charge that a plan tells apart.
        public var levels = 33
        /// How far a plan fears that forecasts are off, as a multiple of how far they were on average.
        public var caution = 1.0
        /// More kWh than any home can use or make in an hour.
        public var most = 100.0
        /// The share of each battery that is kept back for people.
        public var reserve = 0.0
        /// What is done without a forecast.
        public var rule = TimeOfUseRule.usual

        /// Money alone, each home by itself.
        public init() {}
    }

    /// How it plans.
    public let setting: Setting
    private let tables: [BatteryTable?]
    private var watches: [BatteryWatch?]
    private var forecaster: any EnergyForecaster
    /// What each battery is to take in the hours that were planned last, in kWh, `[home][step]`; nil when there was no forecast.
    public private(set) var plan: [[Double]]?
    /// What that plan was made on.
    public private(set) var outlook: PlanOutlook?

    /// - Parameter batteries: The battery of each home; nil without one.
    /// - Throws: `EnergyControlError.badSetting` for a horizon that isn't 2 to 200 hours, or levels and reserves out of their ranges.
    public init(batteries: [BatteryDesign?], forecaster: some EnergyForecaster, setting: Setting = Setting()) throws {
        guard (2...200).contains(setting.horizon), setting.caution >= 0, setting.caution <= 100, setting.most > 0 else {
            throw EnergyControlError(
                .badSetting,
                "a plan of \(setting.horizon) hours with caution \(setting.caution): it has 2 to 200 hours, caution is 0 to 100")
        }
        (self.setting, self.forecaster) = (setting, forecaster)
        var made: [BatteryDesign: BatteryTable] = [:]
        tables = try batteries.map { design in
            guard let design else { return nil }
            let table = try made[design] ?? BatteryTable(design, levels: setting.levels, reserve: setting.reserve)
            made[design] = table
            return table
        }
        watches = batteries.map { $0.map(BatteryWatch.init) }
    }

    /// What batteries do in the next hour.
    ///
    /// - Parameters:
    ///   - hour: The hour that is over: what each home used without its battery, and what its panels made.
    ///   - ahead: What is known of the next hours, the first of them the next one; a plan is as long as this is, and `horizon` at most.
    ///   - readings: What each battery says now.
    ///   - used: What the batteries and other loads of each home took in the hour that is over, in kWh, where it was measured.
    ///   - loads: Cars, heat pumps and what else can wait, as they are now; their steps are those of `ahead`.
    /// - Precondition: Loads are in homes that there are.
    public mutating func decide(
        after hour: SeenHour, ahead: [KnownHour], batteries readings: [BatteryReading?], used: [Double]? = nil, loads: [HomeLoad] = []
    ) -> EnergyDecision {
        forecaster.take(hour)
        let believed = watches.indices.map { watches[$0]?.take($0 < readings.count ? readings[$0] : nil) }
        let ahead = Array(ahead.prefix(setting.horizon))
        let forecast = try? forecaster.forecast(ahead)
        let fault = forecast.map { $0.fault(homes: watches.count, steps: ahead.count, most: setting.most) } ?? .missing
        guard let forecast, fault == nil else {
            (plan, outlook) = (nil, nil)
            let orders = believed.map { ruled($0, hour, fault ?? .missing) }
            return EnergyDecision(orders: orders, expected: nil, loads: byTariff(loads, ahead))
        }
        let before = hour.load.indices.reduce(0) { $0 + hour.load[$1] - hour.solar[$1] + (used?[$1] ?? 0) }
        let outlook = outlook(forecast, ahead, before: before)
        let (orders, taken) = planned(believed, loads, outlook)
        return EnergyDecision(orders: orders, expected: outlook.net.map { $0[0] }, loads: taken)
    }

    /// What can wait without a forecast: the tariff is known all the same.
    private func byTariff(_ loads: [HomeLoad], _ ahead: [KnownHour]) -> [Double] {
        guard !loads.isEmpty, !ahead.isEmpty else { return [] }
        let nothing = watches.map { _ in [Double](repeating: 0, count: ahead.count) }
        return DayPlan(loads, PlanOutlook(net: nothing, buying: ahead.map(\.buying)), PlanAims()).energies.map { $0[0] }
    }

    private func ruled(_ battery: Result<Battery, BatteryFault>?, _ hour: SeenHour, _ fault: ForecastFault) -> BatteryOrder {
        switch battery {
        case .success(let battery):
            let asked = setting.rule.request(after: hour.known.hour, capacity: battery.capacity)
            // The rule knows no reserve: what is kept back for people stays.
            let spare = max(0, battery.stored - setting.reserve * battery.capacity) * battery.design.bestOneWayEfficiency
            return BatteryOrder(energy: setting.reserve > 0 ? max(asked, -spare) : asked, reason: .rule(fault))
        case .failure(let fault): return BatteryOrder(energy: 0, reason: .idle(fault))
        case nil: return BatteryOrder(energy: 0, reason: .none)
        }
    }

    private func outlook(_ forecast: EnergyForecast, _ ahead: [KnownHour], before: Double) -> PlanOutlook {
        let steps = ahead.count
        // A mean absolute error of e is a spread of about e · √(π/2); alike between ±d it is d / √3.
        func doubt(_ errors: [Double]) -> [Double] { errors.prefix(steps).map { setting.caution * 2.17 * $0 } }
        return PlanOutlook(
            net: zip(forecast.load, forecast.solar).map { load, solar in (0..<steps).map { load[$0] - solar[$0] } },
            buying: ahead.map(\.buying), selling: ahead.map(\.selling), emission: Array(forecast.emission.prefix(steps)), before: before,
            sharedDoubt: doubt(forecast.sharedError), homeDoubt: forecast.homeErrors.map(doubt))
    }

    private mutating func planned(
        _ batteries: [Result<Battery, BatteryFault>?], _ others: [HomeLoad], _ outlook: PlanOutlook
    ) -> (orders: [BatteryOrder], others: [Double]) {
        var (loads, places) = ([HomeLoad](), [Int]())
        for (home, battery) in batteries.enumerated() {
            guard case .success(let battery)? = battery, let table = tables[home] else { continue }
            loads.append(HomeLoad(BatteryLoad(battery, table), home: home))
            places.append(home)
        }
        let began = plan.map { plans in
            places.map { home in (1...outlook.steps).map { $0 < plans[home].count ? plans[home][$0] : 0 } }
                + others.map { _ in [Double](repeating: 0, count: outlook.steps) }
        }
        let next = DayPlan(loads + others, outlook, setting.aims, startingFrom: began)
        var plans = [[Double]](repeating: [], count: batteries.count)
        for (place, home) in places.enumerated() { plans[home] = next.energies[place] }
        (plan, self.outlook) = (plans, outlook)
        return (zip(batteries, plans).map(EnergyController.order), next.energies.dropFirst(places.count).map { $0[0] })
    }

    private static func order(_ battery: Result<Battery, BatteryFault>?, _ plan: [Double]) -> BatteryOrder {
        switch battery {
        case .success: BatteryOrder(energy: plan.first ?? 0, reason: .plan)
        case .failure(let fault): BatteryOrder(energy: 0, reason: .idle(fault))
        case nil: BatteryOrder(energy: 0, reason: .none)
        }
    }
}
