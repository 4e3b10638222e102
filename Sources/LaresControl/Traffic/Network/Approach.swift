/// A lane that ends at a signal, and what leads to it.
public struct Approach: Sendable, Hashable {
    /// A stretch on which vehicles come.
    public struct Stretch: Sendable, Hashable {
        /// The lane.
        public let lane: String
        /// Its length, in metres.
        public let length: Double
        /// From its end to the stop line, in metres.
        public let offset: Double
        /// How much of its traffic comes to this lane, 0…1, if all of its ways are taken alike.
        public let share: Float
    }

    /// The lane before the stop line.
    public let lane: String
    /// The speed that is allowed there, in m/s.
    public let speed: Double
    /// That lane, then those before it as far as ``reach`` metres, or the next signal.
    public let stretches: [Stretch]
    /// The lanes behind the junction.
    public let exits: [String]
    /// Vehicles that one of those lanes has room for.
    public let roomBehind: Float

    /// What a vehicle that stands takes of a lane, in metres.
    public static let vehicleSpace = 7.5
    /// How far a controller looks, in metres.
    public static let reach = 200.0
    private static let smallestShare: Float = 0.2
    private static let mostStretches = 64

    static func all(to links: [SignalPlan.Link], in network: RoadNetwork) -> [Approach] {
        let stops = Set(network.connections.compactMap { $0.light == nil ? nil : $0.from })
        let roads = network.connections.filter { !$0.from.hasPrefix(":") && $0.direction != "t" }
        let before = Dictionary(grouping: roads, by: \.to)
        let after = Dictionary(grouping: roads, by: \.from)
        return unique(links.flatMap(\.from)).compactMap { name in
            guard let lane = network.lanes[name] else { return nil }
            var stretches = [Stretch(lane: name, length: lane.length, offset: 0, share: 1)]
            var next = 0
            while next < stretches.count, stretches.count < mostStretches {
                let last = stretches[next]
                next += 1
                guard last.offset + last.length < reach else { continue }
                for way in before[last.lane] ?? [] where !stops.contains(way.from) && !stretches.contains(where: { $0.lane == way.from }) {
                    let share = last.share / Float(after[way.from]?.count ?? 1)
                    guard share >= smallestShare, let lane = network.lanes[way.from] else { continue }
                    stretches.append(.init(lane: way.from, length: lane.length, offset: last.offset + last.length, share: share))
                }
            }
            let exits = unique(links.filter { $0.from.contains(name) }.flatMap(\.to))
            let lengths = exits.compactMap { network.lanes[$0]?.length }
            let room = lengths.reduce(0, +) / Double(max(1, lengths.count)) / vehicleSpace
            return Approach(lane: name, speed: max(lane.speed, 1), stretches: stretches, exits: exits, roomBehind: Float(max(1, room)))
        }
    }
}
