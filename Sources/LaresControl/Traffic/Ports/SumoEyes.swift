/// What is asked of SUMO, and what its answers mean for the signals.
struct SumoEyes {
    /// A lane of a signal's surroundings.
    private struct Place {
        /// Approach, metres from the lane's end to the stop line, its length, and how much of its traffic comes there.
        var stretches: [(approach: Int, end: Float, share: Float)] = []
        /// Approaches whose traffic leaves on it.
        var leaves: [Int] = []
    }

    private static let signalValues: [UInt8] = [0x20]
    private static let vehicleValues: [UInt8] = [0x51, 0x56, 0x40, 0x7A]
    private static let loopValues: [UInt8] = [0x12, 0x13, 0x11]
    private static let farthest = Approach.reach + 40
    /// Who was this near a second ago, in metres, and isn't on the approach any more, has passed; who is followed for that.
    private static let passing: Float = 25, followed: Float = 60
    /// By signal.
    private var places: [[String: Place]] = []
    /// By signal and link: vehicles inside the junction that hardly move; nil: nobody looks.
    private(set) var inside: [[Int]?]
    /// In m/s: who is slower inside the junction may still be there when the next green begins.
    private static let slow = 2.0
    private var signals: [String: Int] = [:]
    private let names: [String: Int]
    /// Who was near a stop line a second ago and how far from it, by signal and approach.
    private var near: [[[String: Float]]]
    private var loops: LoopPlaces?
    private let seesVehicles: Bool

    init(_ plans: [SignalPlan], loops: LoopPlaces?, seesVehicles: Bool) {
        (self.loops, self.seesVehicles) = (loops, seesVehicles)
        names = Dictionary(plans.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { one, _ in one })
        near = plans.map { $0.approaches.map { _ in [:] } }
        inside = plans.map { _ in nil }
        for (signal, plan) in plans.enumerated() {
            var places: [String: Place] = [:]
            for (number, approach) in plan.approaches.enumerated() {
                for stretch in approach.stretches {
                    places[stretch.lane, default: Place()].stretches.append((number, Float(stretch.offset + stretch.length), stretch.share))
                }
                for lane in approach.exits { places[lane, default: Place()].leaves.append(number) }
            }
            self.places.append(places)
            for junction in plan.junctions { signals[junction] = signal }
        }
    }

    func subscriptions(in plans: [SignalPlan]) -> TraCIMessage {
        var message = TraCIMessage()
        if let loops {
            for loop in loops.all { message.subscribe(0xD0, to: loop.name, Self.loopValues) }
        }
        for plan in plans { message.subscribe(0xD2, to: plan.name, Self.signalValues) }
        if seesVehicles {
            for junction in plans.flatMap(\.junctions) {
                message.subscribeToVehicles(around: junction, range: Self.farthest, Self.vehicleValues)
            }
        }
        return message
    }

    mutating func readings(of reply: TraCIReply, _ plans: [SignalPlan]) -> [[ApproachReading]] {
        let looped = loops?.readings(of: reply, plans)
        if !seesVehicles, let looped { return looped }
        var readings = plans.map { plan in plan.approaches.map { _ in ApproachReading(vehicles: []) } }
        if let looped {
            for (signal, approaches) in looped.enumerated() {
                for (place, approach) in approaches.enumerated() { readings[signal][place].loops = approach.loops }
            }
        }
        let before = near
        near = plans.map { $0.approaches.map { _ in [:] } }
        inside = plans.map { .init(repeating: 0, count: $0.links.count) }
        var seen: [Set<String>] = .init(repeating: [], count: plans.count)
        for subscription in reply.subscriptions {
            guard subscription.response & 0xF0 == 0x90, let signal = signals[subscription.name] else { continue }
            for vehicle in subscription.objects where plans[signal].junctions.count == 1 || seen[signal].insert(vehicle.name).inserted {
                add(vehicle, to: &readings[signal], plans[signal], signal)
            }
        }
        for signal in plans.indices {
            for (approach, vehicles) in before[signal].enumerated() {
                let gone = vehicles.count { $0.value < Self.passing && near[signal][approach][$0.key] == nil }
                readings[signal][approach].passed = Float(gone)
            }
        }
        return readings
    }

    /// What the signals say that they show.
    func shown(in reply: TraCIReply) -> [String?] {
        var shown = [String?](repeating: nil, count: names.count)
        for subscription in reply.subscriptions where subscription.response == 0xE2 {
            guard let signal = names[subscription.name] else { continue }
            shown[signal] = subscription.objects.first?[0x20]?.text
        }
        return shown
    }

    private mutating func add(_ vehicle: TraCIReply.Object, to readings: inout [ApproachReading], _ plan: SignalPlan, _ signal: Int) {
        guard vehicle.values.count == Self.vehicleValues.count, case .string(let lane) = vehicle.values[0].value,
            let position = vehicle.values[1].value.number, let speed = vehicle.values[2].value.number,
            let waited = vehicle.values[3].value.number
        else { return }
        if speed < Self.slow, let link = plan.insideLanes[lane] { inside[signal]?[link] += 1 }
        guard let place = places[signal][lane] else { return }
        for stretch in place.stretches {
            let distance = stretch.end - Float(position)
            guard distance <= Float(Approach.reach) else { continue }
            if distance < Self.followed { near[signal][stretch.approach][vehicle.name] = distance }
            readings[stretch.approach].vehicles?.append(
                .init(distance: distance, speed: Float(speed), waited: Float(waited), share: stretch.share))
        }
        guard waited > 0 else { return }
        for approach in place.leaves { readings[approach].standingBehind += 1 / Float(plan.approaches[approach].exits.count) }
    }
}
