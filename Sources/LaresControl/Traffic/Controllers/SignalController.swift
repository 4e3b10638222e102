/// What decides which phase a signal should show. It wishes; the shell decides what is shown.
public protocol SignalController: Sendable {
    /// The phase that it wants next; the phase that is shown: it wants that to stay; nil: it doesn't know, and somebody else has to decide.
    ///
    /// It is asked once a second, while the shell would hear it.
    mutating func wish(_ view: SignalView) -> Int?

    /// What is seen, once a second whether it is asked or not, before it is asked.
    /// - Parameter isChanging: Whether no phase is green, because one is being changed to.
    mutating func watch(_ view: SignalView, isChanging: Bool)
}

extension SignalController {
    /// Nothing is remembered.
    public mutating func watch(_ view: SignalView, isChanging: Bool) {}
}

/// What a controller sees of its signal.
public struct SignalView: Sendable {
    /// In seconds, as the port counts it.
    public let time: Double
    /// The signal.
    public let plan: SignalPlan
    /// The phase that is green.
    public let phase: Int
    /// Seconds that it has been.
    public let green: Int
    /// By approach: who comes, and who waits.
    public let demand: [ApproachDemand]
    /// What the shell keeps; nil: it isn't known.
    public let rules: ShellRules?

    /// A view.
    public init(time: Double, plan: SignalPlan, phase: Int, green: Int, demand: [ApproachDemand], rules: ShellRules? = nil) {
        (self.time, self.plan, self.phase, self.green, self.demand, self.rules) = (time, plan, phase, green, demand, rules)
    }

    /// The sum of a value over the approaches that a phase serves, each counted in full.
    func total(over phase: Int, _ value: (ApproachDemand) -> Float) -> Float {
        var sum: Float = 0
        for (place, demand) in demand.enumerated() where plan.serves(place, in: phase) {
            sum += value(demand)
        }
        return sum
    }
}

/// Who comes and who waits on one approach.
public struct ApproachDemand: Sendable, Hashable {
    /// Vehicles that stand.
    public var standing: Float = 0
    /// Vehicles that are at the stop line in less than 4 s, 9 s and 16 s, if nothing is in their way.
    public var soon: Float = 0, next: Float = 0, later: Float = 0
    /// What those that stand have waited together, in minutes.
    public var waited: Float = 0
    /// Vehicles within 50 m and within 100 m of the stop line, as the greedy controllers count.
    public var near: Float = 0, inSight: Float = 0
    /// Vehicles that stand behind the junction, for each lane there.
    public var standingBehind: Float = 0
    /// How full those lanes are, 0…1.
    public var blocked: Float = 0
    /// Vehicles that passed the stop line in the last second.
    public var passed: Float = 0
    /// Each of those who come.
    public var vehicles: [SeenVehicle] = []

    /// Nobody.
    public init() {}

    /// What vehicles mean for an approach.
    public init(_ vehicles: [SeenVehicle], standingBehind: Float, passed: Float = 0, at approach: Approach) {
        (self.vehicles, self.standingBehind, self.passed) = (vehicles, standingBehind, passed)
        blocked = min(1, standingBehind / approach.roomBehind)
        for vehicle in vehicles {
            if vehicle.distance <= 50 { near += vehicle.share }
            if vehicle.distance <= 100 { inSight += vehicle.share }
            guard !vehicle.isStanding else {
                standing += vehicle.share
                waited += vehicle.share * vehicle.waited / 60
                continue
            }
            switch vehicle.distance / Float(approach.speed) {
            case ..<4: soon += vehicle.share
            case ..<9: next += vehicle.share
            case ..<16: later += vehicle.share
            default: break
            }
        }
    }

    /// Whether somebody is there or about to be, 0…1.
    var presence: Float { min(1, standing + soon) }
}
