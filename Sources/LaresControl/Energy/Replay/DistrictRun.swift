/// The batteries of a recorded district, hour by hour, under somebody's orders.
///
/// As in CityLearn, what is ordered after an hour is done in the next, and nothing is done in the first.
public struct DistrictRun: Sendable {
    /// What happened.
    public let record: DistrictRecord
    /// What each battery took in each hour so far, in kWh, `[home][hour]`.
    public private(set) var used: [[Double]]
    /// The batteries as they are.
    public private(set) var batteries: [Battery?]
    /// The hour that is over.
    public private(set) var hour = 0

    /// At the end of the first hour, with empty batteries.
    public init(_ record: DistrictRecord) {
        self.record = record
        used = record.homes.map { _ in [0] }
        batteries = record.homes.map { $0.battery.map { Battery($0) } }
    }

    /// Whether there is an hour to come.
    public var goesOn: Bool { hour + 1 < record.count }

    /// What batteries say.
    public var readings: [BatteryReading?] { batteries.map { $0.map { BatteryReading(share: $0.share, capacity: $0.capacity) } } }

    /// The next hour with these orders, in kWh.
    public mutating func go(_ orders: [Double]) {
        for home in batteries.indices { used[home].append(batteries[home]?.charge(orders[home]) ?? 0) }
        hour += 1
    }

    /// The whole record under a rule.
    public static func ruled(_ record: DistrictRecord, by rule: TimeOfUseRule) -> DistrictRun {
        var run = DistrictRun(record)
        while run.goesOn {
            run.go(run.batteries.map { $0.map { rule.request(after: record.hours[run.hour], capacity: $0.capacity) } ?? 0 })
        }
        return run
    }

    /// The whole record under a controller, which sees an hour when it is over.
    public static func controlled(_ record: DistrictRecord, by controller: EnergyController) -> (
        run: DistrictRun, decisions: [EnergyDecision]
    ) {
        var (run, controller, decisions) = (DistrictRun(record), controller, [EnergyDecision]())
        decisions.reserveCapacity(record.count)
        while run.goesOn {
            let decision = controller.decide(
                after: record.seen(run.hour), ahead: record.ahead(from: run.hour + 1, controller.setting.horizon), batteries: run.readings,
                used: run.used.map { $0[run.hour] })
            decisions.append(decision)
            run.go(decision.orders.map(\.energy))
        }
        return (run, decisions)
    }

    /// How it scores against the same homes without batteries.
    public var score: DistrictScore { DistrictScore(record, used: used) }
}
