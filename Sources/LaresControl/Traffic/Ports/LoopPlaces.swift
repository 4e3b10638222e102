/// Where loops lie in the road: one at each stop line, and one further away on each lane that leads there.
struct LoopPlaces {
    struct Loop {
        let name: String
        let lane: String
        /// Metres from the lane's begin.
        let position: Double
        let distance: Float
        let share: Float
    }

    /// As far as a cable usually goes, in metres.
    private static let farthest = 120.0
    /// By signal and approach, the one at the stop line first.
    let loops: [[[Loop]]]
    private let places: [String: (signal: Int, approach: Int, number: Int)]
    /// Who was on a loop a second ago, and how fast.
    private var before: [String: (vehicles: Set<String>, speed: Float?)] = [:]

    init(_ plans: [SignalPlan]) {
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
        let atLine = Loop(name: "\(name)-0", lane: first.lane, position: max(0, first.length - 1.5), distance: 1.5, share: 1)
        // On each branch the last stretch that is within reach of a cable.
        let far = approach.stretches.filter { stretch in
            let end = stretch.offset + stretch.length
            return stretch.offset < farthest
                && (end >= farthest || !approach.stretches.contains { $0.offset == end && $0.lane != stretch.lane })
        }
        return [atLine]
            + far.enumerated().compactMap { number, stretch in
                let distance = min(farthest, stretch.offset + stretch.length - 3)
                guard distance > 15 else { return nil }
                return Loop(
                    name: "\(name)-\(number + 1)", lane: stretch.lane, position: stretch.offset + stretch.length - distance,
                    distance: Float(distance), share: stretch.share)
            }
    }

    /// What SUMO reads to have them.
    var file: String {
        let lines = all.map {
            "  <inductionLoop id=\"\(Self.escaped($0.name))\" lane=\"\(Self.escaped($0.lane))\" pos=\"\($0.position)\" period=\"86400\" file=\"NUL\"/>"
        }
        return "<additional>\n\(lines.joined(separator: "\n"))\n</additional>\n"
    }

    private static func escaped(_ text: String) -> String {
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
