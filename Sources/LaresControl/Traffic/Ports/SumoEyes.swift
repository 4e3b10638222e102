/// What is asked of SUMO, and what its answers mean for the signals.
struct SumoEyes {
    /// A lane of a signal's surroundings.
    private struct Place {
        /// Approach, metres from the lane's end to the stop line, its length, and how much of its traffic comes there.
        var stretches: [(approach: Int, end: Float, share: Float)] = []
        /// Approaches whose traffic leaves on it.
        var leaves: [Int] = []
    }

    private static let vehicleValues: [UInt8] = [0x51, 0x56, 0x40, 0x7A]
    private static let loopValues: [UInt8] = [0x12, 0x13, 0x11]
    private static let farthest = Approach.reach + 40
    /// By signal.
    private var places: [[String: Place]] = []
    private var signals: [String: Int] = [:]
    private var loops: LoopPlaces?

    init(_ plans: [SignalPlan], loops: LoopPlaces?) {
        self.loops = loops
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
        } else {
            for junction in plans.flatMap(\.junctions) {
                message.subscribeToVehicles(around: junction, range: Self.farthest, Self.vehicleValues)
            }
        }
        return message
    }

    mutating func readings(of reply: TraCIReply, _ plans: [SignalPlan]) -> [[ApproachReading]] {
        if let readings = loops?.readings(of: reply, plans) { return readings }
        var readings = plans.map { plan in plan.approaches.map { _ in ApproachReading(vehicles: []) } }
        var seen: [Set<String>] = .init(repeating: [], count: plans.count)
        for subscription in reply.subscriptions {
            guard let signal = signals[subscription.name] else { continue }
            for vehicle in subscription.objects where plans[signal].junctions.count == 1 || seen[signal].insert(vehicle.name).inserted {
                add(vehicle, to: &readings[signal], plans[signal], signal)
            }
        }
        return readings
    }

    private func add(_ vehicle: TraCIReply.Object, to readings: inout [ApproachReading], _ plan: SignalPlan, _ signal: Int) {
        guard vehicle.values.count == Self.vehicleValues.count, case .string(let lane) = vehicle.values[0].value,
            let place = places[signal][lane],
            let position = vehicle.values[1].value.number, let speed = vehicle.values[2].value.number,
            let waited = vehicle.values[3].value.number
        else { return }
        for stretch in place.stretches {
            let distance = stretch.end - Float(position)
            guard distance <= Float(Approach.reach) else { continue }
            readings[stretch.approach].vehicles?.append(
                .init(distance: distance, speed: Float(speed), waited: Float(waited), share: stretch.share))
        }
        guard waited > 0 else { return }
        for approach in place.leaves { readings[approach].standingBehind += 1 / Float(plan.approaches[approach].exits.count) }
    }
}
