/// Makes of readings what a controller needs, and knows when they can't be trusted.
struct ApproachEyes: Sendable {
    struct Seen {
        var demand: [ApproachDemand] = []
        var events: [TrafficEvent.Kind] = []
        var isBlind = false
        var hasLoops = false
    }

    private let plan: SignalPlan
    private var trackers: [LoopTracker]
    private var health: [[LoopHealth]]
    private static let mostVehicles = 2_000

    init(_ plan: SignalPlan) {
        self.plan = plan
        trackers = plan.approaches.map(LoopTracker.init)
        health = plan.approaches.map { _ in [] }
    }

    mutating func see(_ readings: [ApproachReading], phase: Int?) -> Seen {
        var seen = Seen()
        let counted = readings.map { $0.loops.contains { $0.count > 0 } }
        let anyCounted = counted.contains(true)
        for (place, reading) in readings.enumerated() {
            let approach = plan.approaches[place]
            let isGreen = phase.map { plan.serves(place, in: $0) } ?? false
            if let vehicles = reading.vehicles {
                seen.isBlind = seen.isBlind || !Self.isPlausible(vehicles)
                seen.demand.append(ApproachDemand(vehicles, standingBehind: reading.standingBehind, passed: reading.passed, at: approach))
            } else {
                seen.hasLoops = true
                let isTrusted = check(reading.loops, place: place, isGreen: isGreen, othersCount: anyCounted, &seen)
                trackers[place].see(reading.loops, isGreen: isGreen)
                seen.isBlind = seen.isBlind || !isTrusted
                let passed = reading.loops.first?.count ?? 0
                seen.demand.append(
                    ApproachDemand(trackers[place].vehicles, standingBehind: reading.standingBehind, passed: passed, at: approach))
            }
        }
        return seen
    }

    /// Whether all loops of an approach can be trusted.
    private mutating func check(_ loops: [LoopReading], place: Int, isGreen: Bool, othersCount: Bool, _ seen: inout Seen) -> Bool {
        let known = max(health[place].count, max(loops.count, 1))
        while health[place].count < min(known, 16) { health[place].append(LoopHealth()) }
        for loop in health[place].indices {
            let before = health[place][loop].fault
            health[place][loop].see(loop < loops.count ? loops[loop] : nil, isGreen: isGreen, othersCount: othersCount)
            let after = health[place][loop].fault
            guard before != after else { continue }
            let name = plan.approaches[place].lane
            seen.events.append(after.map { .loopFailed(approach: name, loop: loop, $0) } ?? .loopRegained(approach: name, loop: loop))
        }
        return health[place].allSatisfy { $0.fault == nil }
    }

    private static func isPlausible(_ vehicles: [SeenVehicle]) -> Bool {
        vehicles.count <= mostVehicles
            && vehicles.allSatisfy { $0.distance.isFinite && $0.speed.isFinite && $0.waited.isFinite && (0...1).contains($0.share) }
    }
}
