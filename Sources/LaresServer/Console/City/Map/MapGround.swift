package import LaresJSON

/// What lies under the marks: streets of the network, areas and lines of entities. It changes rarely, and is made once for each change.
package actor MapGround {
    /// What was made of one network.
    struct Made: Sendable {
        /// Changes when the network does.
        let tag: String
        /// Whether coordinates are metres of the network's own plane.
        let isPlane: Bool
        /// Which links leave which lane.
        let heads: SignalHeads
        /// GeoJSON for the map's script.
        let geoJSON: JSON
    }

    private var made: Made?

    /// The ground of a city; without traffic, of nothing but what is placed.
    func ground(of streets: (any StreetSource)?) async -> Made {
        let tag = await streets?.networkTag() ?? ""
        if let made, made.tag == tag { return made }
        guard let network = await streets?.network() else {
            return Made(tag: tag, isPlane: false, heads: SignalHeads(), geoJSON: Self.collection([]))
        }
        let fresh = Made(
            tag: tag, isPlane: network["lares"]?["crs"] == "local-metres", heads: SignalHeads(network),
            geoJSON: Self.drawn(network))
        made = fresh
        return fresh
    }

    /// What the map's script draws of a network.
    package static func drawn(_ network: JSON) -> JSON { collection((network["features"]?.elements ?? []).compactMap(feature)) }

    static func collection(_ features: [JSON]) -> JSON { ["type": "FeatureCollection", "features": .array(features)] }

    /// A feature of the network as the map draws it: roads, approaches of signals, ways on foot, junctions.
    private static func feature(_ feature: JSON) -> JSON? {
        guard let geometry = feature["geometry"], let about = feature["properties"] else { return nil }
        switch about["kind"]?.text {
        case "lane":
            let isApproach = about["junction"]?.text != nil && about["use"] != "foot"
            let kind = about["use"] == "foot" ? "foot" : isApproach ? "approach" : "road"
            let id = kind == "foot" ? JSON.null : about["lane"] ?? .null
            return made(geometry, ["kind": .string(kind), "id": id, "width": kind == "foot" ? 2 : 4])
        case "junction":
            // Where a road just ends there is nothing to draw. Not as `? nil :`, which is JSON's null, and no feature.
            guard geometry["type"] != "Point" else { return nil }
            return made(geometry, ["kind": "junction", "width": 1])
        default: return nil
        }
    }

    static func made(_ geometry: JSON, _ properties: JSON.Members) -> JSON {
        ["type": "Feature", "geometry": geometry, "properties": .object(properties)]
    }
}
