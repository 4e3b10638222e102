internal import LaresTensor

/// Signals without a simulator: vehicles that come at random, drive at one speed, queue, and leave one every two seconds.
///
/// Good for tests and for measuring how many signals a machine keeps; SUMO is what controllers are judged with.
public struct SimulatedPort: SignalPort {
    /// The signals.
    public let plans: [SignalPlan]
    /// Vehicles an hour on each approach.
    public let flow: Double
    /// Vehicles that have passed a stop line.
    public private(set) var passed = 0
    /// Seconds that all vehicles have stood.
    public private(set) var waited = 0.0
    private var time = 0.0
    private var random: SeededRandom
    private var vehicles: [[[SeenVehicle]]]
    private var blocked: [[Int]]
    /// Vehicles that have passed, by approach.
    private var left: [[Int]]
    private static let headway = 2

    /// Empty streets.
    public init(_ plans: [SignalPlan], flow: Double = 300, seed: UInt64 = 1) {
        (self.plans, self.flow) = (plans, flow)
        random = SeededRandom(seed: seed)
        vehicles = plans.map { $0.approaches.map { _ in [] } }
        blocked = plans.map { $0.approaches.map { _ in 0 } }
        left = blocked
    }

    /// One second; a signal without a state is red.
    public mutating func exchange(_ states: [[Aspect]?]) -> StreetReading {
        time += 1
        let before = left
        for signal in plans.indices {
            let state = signal < states.count ? states[signal] : nil
            let goes = Set(zip(plans[signal].links, state ?? []).filter { $1.isGo }.flatMap { $0.0.from })
            for approach in plans[signal].approaches.indices {
                move(signal, approach, isGreen: goes.contains(plans[signal].approaches[approach].lane))
            }
        }
        return StreetReading(time: time, signals: plans.indices.map { readings(of: $0, before[$0]) })
    }

    private func readings(of signal: Int, _ before: [Int]) -> [ApproachReading] {
        vehicles[signal].indices.map {
            ApproachReading(vehicles: vehicles[signal][$0], passed: Float(left[signal][$0] - before[$0]))
        }
    }

    private mutating func move(_ signal: Int, _ approach: Int, isGreen: Bool) {
        let speed = Float(plans[signal].approaches[approach].speed)
        var queue = vehicles[signal][approach]
        blocked[signal][approach] = max(0, blocked[signal][approach] - 1)
        if isGreen, blocked[signal][approach] == 0, let first = queue.first, first.distance <= speed {
            queue.removeFirst()
            passed += 1
            left[signal][approach] += 1
            blocked[signal][approach] = Self.headway
        }
        var place: Float = 0
        for i in queue.indices {
            let reached = min(queue[i].distance, max(queue[i].distance - speed, place))
            queue[i].speed = queue[i].distance - reached
            queue[i].waited = queue[i].isStanding ? queue[i].waited + 1 : 0
            waited += queue[i].isStanding ? 1 : 0
            queue[i].distance = reached
            place = reached + Float(Approach.vehicleSpace)
        }
        if Double(random.unit()) * 3_600 < flow, place < Float(Approach.reach) {
            queue.append(SeenVehicle(distance: Float(Approach.reach), speed: speed, waited: 0))
        }
        vehicles[signal][approach] = queue
    }
}
