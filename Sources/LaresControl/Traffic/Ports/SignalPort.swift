/// A way to the signals of a street: a cabinet, a simulator.
///
/// Once a second a port takes what each signal is to show and tells what was seen. It doesn't judge: the shell stands before it.
public protocol SignalPort {
    /// The signals, in the order of orders and readings.
    var plans: [SignalPlan] { get }

    /// Shows states for the second that comes, and tells what was seen at its end.
    ///
    /// - Parameter states: By signal: one aspect for each link; nil: the signal's own programme goes on.
    /// - Throws: ``TrafficError`` with `unreachable` when the other side is gone.
    mutating func exchange(_ states: [[Aspect]?]) throws -> StreetReading
}

/// What was seen in one second.
public struct StreetReading: Sendable, Hashable {
    /// In seconds, as the port counts it.
    public var time: Double
    /// By signal, by approach.
    public var signals: [[ApproachReading]]
    /// By signal and link: vehicles inside the junction that hardly move; nil or no place for it where nobody looks.
    public var inside: [[Int]?]
    /// By signal: what it says that it shows, one letter for each link; empty where that isn't asked.
    public var shown: [String?]

    /// A reading.
    public init(time: Double, signals: [[ApproachReading]], inside: [[Int]?] = [], shown: [String?] = []) {
        (self.time, self.signals, self.inside, self.shown) = (time, signals, inside, shown)
    }
}

/// What was seen on one approach.
public struct ApproachReading: Sendable, Hashable {
    /// Every vehicle within reach, where cameras or a simulator see them; nil where there are only loops.
    public var vehicles: [SeenVehicle]?
    /// The loop at the stop line, then those further away; empty where there are none.
    public var loops: [LoopReading]
    /// Vehicles that stand behind the junction, for each lane there; 0 where nobody looks.
    public var standingBehind: Float
    /// Vehicles that passed the stop line in this second, where vehicles are seen; where there are only loops, the first one knows.
    public var passed: Float

    /// A reading.
    public init(vehicles: [SeenVehicle]? = nil, loops: [LoopReading] = [], standingBehind: Float = 0, passed: Float = 0) {
        (self.vehicles, self.loops, self.standingBehind, self.passed) = (vehicles, loops, standingBehind, passed)
    }
}

/// A vehicle on its way to a stop line.
public struct SeenVehicle: Sendable, Hashable {
    /// Metres to the stop line.
    public var distance: Float
    /// In m/s.
    public var speed: Float
    /// Seconds that it has stood.
    public var waited: Float
    /// The probability that it comes to this lane, 0…1.
    public var share: Float

    /// A vehicle.
    public init(distance: Float, speed: Float, waited: Float, share: Float = 1) {
        (self.distance, self.speed, self.waited, self.share) = (distance, speed, waited, share)
    }

    /// Whether it stands.
    public var isStanding: Bool { speed < 0.5 }
}

/// What a loop in the road tells of one second.
public struct LoopReading: Sendable, Hashable {
    /// Where it is: metres before the stop line.
    public var distance: Float
    /// Vehicles that left it.
    public var count: Float
    /// How much of the second a vehicle stood on it, 0…1.
    public var occupancy: Float
    /// The mean speed of those that passed, in m/s; nil: nobody did.
    public var speed: Float?
    /// The probability that who passes comes to this lane, 0…1.
    public var share: Float

    /// A reading.
    public init(distance: Float, count: Float, occupancy: Float, speed: Float?, share: Float = 1) {
        (self.distance, self.count, self.occupancy, self.speed, self.share) = (distance, count, occupancy, speed, share)
    }
}
