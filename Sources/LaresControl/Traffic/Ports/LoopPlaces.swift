/// Where loops lie in the road: one at each stop line, one near it, and one further away on each lane that leads there.
package struct LoopPlaces {
    package struct Loop {
        let name: String
        let lane: String
        /// Metres from the lane's begin.
        let position: Double
        package let distance: Float
        package let share: Float
    }

    /// As far as a cable usually goes, in metres.
    private static let farthest = 120.0
    /// Metres from the line to the loop near it, where the far one is further away by more than 25.
    static let near = 40.0
    /// Loops up to here are near the line.
    static let nearest = Float(near) + 1
    /// Metres from the line after which loops lie only where it is certain that who passes comes to this lane.
    private static let certain = 60.0
    /// By signal and approach, the one at the stop line first.
    package let loops: [[[Loop]]]
    private let places: [String: (signal: Int, approach: Int, number: Int)]
    /// Who was on a loop a second ago, and how fast.
    private var before: [String: (vehicles: Set<String>, speed: Float?)] = [:]

    package init(_ plans: [SignalPlan]) {
        var places: [String: (Int, Int, Int)] = [:]
        loops = plans.enumerated().map { signal, plan in
            plan.approaches.enumerated().map { number, approach in
                let loops = Self.loops(of: approach, named: "lares-\(signal)-\(number)")
                for (place, loop) in loops.enumerated() { places[loop.name] = (signal, number, place) }
                return loops
            }
        }
        self.places = places
    }

    var all: [Loop] { loops.flatMap { $0.flatMap { $0 } } }

    private static func loops(of approach: Approach, named name: String) -> [Loop] {
        let first = approach.stretches[0]
        var loops = [Loop(name: "\(name)-0", lane: first.lane, position: max(0, first.length - 1.5), distance: 1.5, share: 1)]
        func add(_ places: [(stretch: Approach.Stretch, distance: Double)]) {
            for (stretch, distance) in places {
                let position = stretch.offset + stretch.length - distance
                loops.append(
                    .init(
                        name: "\(name)-\(loops.count)", lane: stretch.lane, position: position, distance: Float(distance),
                        share: stretch.share))
            }
        }
        let far = places(on: approach, at: farthest, certainAfter: certain)
        add(far)
        if let nearest = far.map(\.distance).min(), nearest > near + 25 { add(places(on: approach, at: near)) }
        return loops
    }

    /// Where loops lie that far from the line: on each branch of the way there, or where it begins.
    ///
    /// - Parameter certainAfter: From here on only where all traffic comes to this lane, so that nobody is counted on two.
    private static func places(
        on approach: Approach, at distance: Double, certainAfter: Double = .infinity
    ) -> [(stretch: Approach.Stretch, distance: Double)] {
        let reached = approach.stretches.filter { $0.offset < distance && ($0.share >= 0.99 || $0.offset < certainAfter) }
        return reached.compactMap { stretch in
            let end = stretch.offset + stretch.length
            guard end >= distance || !reached.contains(where: { $0.offset == end && $0.lane != stretch.lane }) else { return nil }
            let place = min(distance, end - 3)
            return place > 15 ? (stretch, place) : nil
        }
    }

    /// What SUMO reads to have them.
    var file: String {
        let lines = all.map {
            "  <inductionLoop id=\"\(Self.escaped($0.name))\" lane=\"\(Self.escaped($0.lane))\" pos=\"\($0.position)\" period=\"86400\" file=\"NUL\"/>"
        }
        return "<additional>\n\(lines.joined(separator: "\n"))\n</additional>\n"
    }

    static func escaped(_ text: String) -> String {
        text.reduce(into: "") { out, letter in
            switch letter {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case "\"": out += "&quot;"
            default: out.append(letter)
            }
        }
    }

    mutating func readings(of reply: TraCIReply, _ plans: [SignalPlan]) -> [[ApproachReading]] {
        var readings = loops.map { signal in
            signal.map { loops in
                ApproachReading(
                    loops: loops.map { LoopReading(distance: $0.distance, count: 0, occupancy: 0, speed: nil, share: $0.share) })
            }
        }
        for subscription in reply.subscriptions {
            guard let place = places[subscription.name], let values = subscription.objects.first else { continue }
            var loop = readings[place.signal][place.approach].loops[place.number]
            let (names, last) = (values[0x12]?.texts ?? [], before[subscription.name])
            // SUMO names who is on it; a loop in the road only knows when somebody has left.
            let now = Set(names)
            loop.count = Float((last?.vehicles ?? []).subtracting(now).count)
            loop.occupancy = Float(values[0x13]?.number ?? 0) / 100
            let speed = values[0x11]?.number.flatMap { $0 >= 0 ? Float($0) : nil }
            loop.speed = loop.count > 0 ? last?.speed ?? speed : speed
            readings[place.signal][place.approach].loops[place.number] = loop
            before[subscription.name] = (now, speed ?? last?.speed)
        }
        return readings
    }
}
