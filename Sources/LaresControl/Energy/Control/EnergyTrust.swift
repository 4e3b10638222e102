/// What one day of a controller came to, beside the rule on the same day: both by the model of the battery, on the hours that were.
public struct TrialDay: Codable, Hashable, Sendable {
    /// What the day would have cost under the rule, and under the controller.
    public let ruled: Double, controlled: Double
    /// Hours in which there was nothing to plan on, or a battery wasn't believed.
    public let faults: Int
    /// Whether anything left its limits.
    public let isBreached: Bool

    /// A day.
    public init(ruled: Double, controlled: Double, faults: Int = 0, isBreached: Bool = false) {
        (self.ruled, self.controlled, self.faults, self.isBreached) = (ruled, controlled, faults, isBreached)
    }
}

/// How far the energy controller is trusted: forward on figures, back by itself.
///
/// - Forward after 14 days in a row at a stage that together cost at most 0.99 of what the rule would have cost, with a fault on at most two of them.
/// - Back one stage when the last 7 days cost more than 1.02 of the rule, or three of them had faults; to the first at once when a limit was left.
public struct EnergyTrust: Codable, Hashable, Sendable {
    /// Days that have to pass at a stage, and days that are looked at for a step back.
    public static let trialDays = 14, lookbackDays = 7
    /// What a trial may cost at most to go on, and the cost that leads back, as a share of the rule's.
    public static let forward = 0.99, back = 1.02

    /// The stage now.
    public private(set) var stage = Stage.shadow
    private var days: [TrialDay] = []

    /// In the shadow.
    public init() {}

    /// Days of the trial at this stage so far, ``trialDays`` at most.
    public var trialled: Int { days.count }
    /// What those days cost as a share of what the rule would have; nil before the first.
    public var share: Double? { days.isEmpty ? nil : EnergyTrust.cost(days[...]) }

    /// Takes in a day that is over.
    ///
    /// - Returns: The stage that this leads to; nil when it stays.
    public mutating func take(_ day: TrialDay) -> Stage? {
        days.append(day)
        days.removeFirst(max(0, days.count - EnergyTrust.trialDays))
        let recent = days.suffix(EnergyTrust.lookbackDays)
        if day.isBreached { return move(to: .shadow) }
        if recent.filter({ $0.faults > 0 }).count >= 3 { return move(to: stage.previous) }
        if recent.count == EnergyTrust.lookbackDays, EnergyTrust.cost(recent) > EnergyTrust.back { return move(to: stage.previous) }
        guard days.count == EnergyTrust.trialDays, days.filter({ $0.faults > 0 }).count <= 2,
            EnergyTrust.cost(days[...]) <= EnergyTrust.forward
        else { return nil }
        return move(to: stage.next)
    }

    /// The controller's cost as a share of the rule's; a rule that costs nothing, or earns, is as good as it gets.
    private static func cost(_ days: ArraySlice<TrialDay>) -> Double {
        let ruled = days.reduce(0) { $0 + $1.ruled }, controlled = days.reduce(0) { $0 + $1.controlled }
        guard ruled.isFinite, controlled.isFinite else { return .infinity }
        return ruled > 0 ? controlled / ruled : controlled <= ruled ? 0 : .infinity
    }

    /// Goes one stage back, and begins its trial anew; from the first it goes nowhere.
    public mutating func stepBack() { _ = move(to: stage.previous) }

    private mutating func move(to next: Stage?) -> Stage? {
        guard let next, next != stage else { return nil }
        (stage, days) = (next, [])
        return next
    }

    /// What is sent to a battery of a power in kW: the rule's order in the shadow; guarded, the controller's within a fifth of the power of it.
    public func sent(planned: Double, ruled: Double, power: Double) -> Double {
        switch stage {
        case .shadow: ruled
        case .guarded: min(max(planned, ruled - power / 5), ruled + power / 5)
        case .active: planned
        }
    }
}
