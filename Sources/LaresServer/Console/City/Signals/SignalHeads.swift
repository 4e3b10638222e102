import Foundation
package import LaresJSON

/// Which links of a signal leave which lane, and from which side its lanes come, as the network says.
package struct SignalHeads: Sendable {
    /// Where a lane comes from.
    package struct Side: Sendable, Hashable {
        /// "north", "southwest".
        package let name: String
        /// Its place among the lanes of its road, from 1 at the kerb.
        package let number: Int
        /// How many they are.
        package let count: Int
    }

    private var links: [String: [String: [Int]]] = [:]
    private var sides: [String: Side] = [:]

    package init() {}

    /// - Parameter network: What the API tells of the network.
    package init(_ network: JSON) {
        for feature in network["features"]?.elements ?? [] {
            guard let about = feature["properties"], about["kind"] == "head", let junction = about["junction"]?.text,
                let lane = about["lane"]?.text, let link = about["link"]?.number.flatMap({ Int(exactly: $0) })
            else { continue }
            links[junction, default: [:]][lane, default: []].append(link)
        }
        sides = Self.sides(network)
    }

    package func links(of lane: String, at junction: String) -> [Int] { links[junction]?[lane] ?? [] }

    /// The lanes of a junction with their links.
    package func lanes(of junction: String) -> [String: [Int]] { links[junction] ?? [:] }

    /// Where a lane before a signal comes from; nil: that isn't known, or another road comes from there too.
    package func side(of lane: String) -> Side? { sides[lane] }

    private static func sides(_ network: JSON) -> [String: Side] {
        let isOnEarth = network["lares"]?["crs"] == "wgs84"
        var roads: [String: [String: [(lane: String, side: String)]]] = [:]
        for feature in network["features"]?.elements ?? [] {
            guard let about = feature["properties"], about["kind"] == "lane", about["use"] == "traffic",
                let junction = about["junction"]?.text, let lane = about["lane"]?.text, let edge = about["edge"]?.text,
                let side = Self.side(feature["geometry"]?["coordinates"]?.elements ?? [], isOnEarth)
            else { continue }
            roads[junction, default: [:]][edge, default: []].append((lane, side))
        }
        var found: [String: Side] = [:]
        for edges in roads.values {
            let names = edges.compactMap { $0.value.first?.side }
            for lanes in edges.values where names.count(where: { $0 == lanes.first?.side }) == 1 {
                for (place, one) in lanes.enumerated() {
                    found[one.lane] = Side(name: lanes.first?.side ?? one.side, number: place + 1, count: lanes.count)
                }
            }
        }
        return found
    }

    private static let names = ["east", "northeast", "north", "northwest", "west", "southwest", "south", "southeast"]

    /// The side from which a line of points comes to its end.
    private static func side(_ line: [JSON], _ isOnEarth: Bool) -> String? {
        let points = line.suffix(2).map { ($0.elements ?? []).compactMap(\.number) }
        guard points.count == 2, points.allSatisfy({ $0.count >= 2 && $0.allSatisfy(\.isFinite) }) else { return nil }
        let scale = isOnEarth ? cos(points[0][1] * .pi / 180) : 1
        let (east, north) = ((points[0][0] - points[1][0]) * scale, points[0][1] - points[1][1])
        guard east != 0 || north != 0 else { return nil }
        let eighths = Int((atan2(north, east) / (.pi / 4)).rounded())
        return names[(eighths + 8) % 8]
    }
}
