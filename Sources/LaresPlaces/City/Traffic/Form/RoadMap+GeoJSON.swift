internal import LaresControl
internal import LaresJSON

/// A street as GeoJSON (RFC 7946): lanes, junctions, and where the lights stand.
///
/// A network that doesn't say where on earth it lies is in metres, which the member `lares` tells.
struct StreetGeoJSON {
    private let map: RoadMap
    private let rules: [ShellRules]
    private let lanes: [String: RoadMap.Lane]

    init(_ map: RoadMap, _ rules: [ShellRules]) {
        (self.map, self.rules) = (map, rules)
        lanes = Dictionary(map.lanes.map { ($0.name, $0) }, uniquingKeysWith: { one, _ in one })
    }

    func json(named name: String) -> JSON {
        let bounds = map.bounds
        return [
            "type": "FeatureCollection", "lares": ["crs": map.isOnEarth ? "wgs84" : "local-metres", "scenario": .string(name)],
            "bbox": [digits(bounds.west), digits(bounds.south), digits(bounds.east), digits(bounds.north)],
            "features": .array(laneFeatures + junctionFeatures + headFeatures),
        ]
    }

    /// Where each signal stands: the middle of its junctions.
    var positions: [String: RoadMap.Point] {
        let junctions = Dictionary(map.junctions.map { ($0.name, $0.position) }, uniquingKeysWith: { one, _ in one })
        var positions: [String: RoadMap.Point] = [:]
        for rule in rules {
            let found = rule.plan.junctions.compactMap { junctions[$0] }
            guard let first = found.first else { continue }
            positions[rule.plan.name] = found.count == 1 ? first : found[found.count / 2]
        }
        return positions
    }

    private var laneFeatures: [JSON] {
        let signals = Dictionary(
            rules.flatMap { rule in rule.plan.approaches.map { ($0.lane, rule.plan.name) } }, uniquingKeysWith: { one, _ in one })
        return map.lanes.map { lane in
            feature(
                "lane/\(lane.name)", "LineString", .array(lane.shape.map(point)),
                [
                    "kind": "lane", "lane": .string(lane.name), "edge": .string(lane.edge), "length": .double(lane.length),
                    "speed": .double(lane.speed), "use": lane.isForPedestrians ? "foot" : "traffic",
                    "junction": signals[lane.name].map { .string($0) } ?? .null,
                ])
        }
    }

    private var junctionFeatures: [JSON] {
        var signals: [String: String] = [:]
        for rule in rules { for junction in rule.plan.junctions { signals[junction] = rule.plan.name } }
        return map.junctions.map { junction in
            let ring = junction.shape.map(point)
            let isArea = ring.count > 2
            return feature(
                "junction/\(junction.name)", isArea ? "Polygon" : "Point",
                isArea ? [.array(ring + ring.prefix(1))] : point(junction.position),
                [
                    "kind": "junction", "junction": .string(signals[junction.name] ?? junction.name),
                    "signal": .bool(signals[junction.name] != nil),
                ])
        }
    }

    /// A light stands where the lane before its stop line ends; one for pedestrians at the junction itself.
    private var headFeatures: [JSON] {
        let positions = positions
        return rules.flatMap { rule in
            rule.plan.links.enumerated().compactMap { number, link -> JSON? in
                let lane = link.from.first.flatMap { lanes[$0] }
                guard let place = lane?.shape.last ?? positions[rule.plan.name] else { return nil }
                return feature(
                    "head/\(rule.plan.name)/\(number)", "Point", point(place),
                    [
                        "kind": "head", "junction": .string(rule.plan.name), "link": .int(number),
                        "lane": lane.map { .string($0.name) } ?? .null, "use": link.crossing == nil ? "traffic" : "foot",
                    ])
            }
        }
    }

    private func feature(_ id: String, _ type: String, _ coordinates: JSON, _ properties: JSON) -> JSON {
        [
            "type": "Feature", "id": .string(id), "geometry": ["type": .string(type), "coordinates": coordinates], "properties": properties,
        ]
    }

    private func point(_ point: RoadMap.Point) -> JSON { [digits(point.x), digits(point.y)] }

    /// A tenth of a metre.
    private func digits(_ value: Double) -> JSON {
        let scale = map.isOnEarth ? 1e6 : 1e2
        return value.isFinite ? .double((value * scale).rounded() / scale) : .null
    }
}
