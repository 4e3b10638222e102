import LaresJSON
import LaresPlaces

/// Where the homes of the demonstration are: an entity stands for each, in metres of the streets, so that the map has them and their alarms.
extension DemoCityCommand {
    private static let prefix = "urn:ngsi-ld:Home:lares-demo-"
    /// Each home lies in the block between two junctions.
    private static let blocks = [("A0", "B1"), ("B1", "C2"), ("C0", "D1")]

    /// Puts them on the map, once their meters are things. What can't be placed is in lists only.
    func placeHomes(_ count: Int) async {
        let connection = server.connection
        guard let homes = await homes(count) else { return }
        for _ in 0..<100 where !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(300))
            let junctions = try? await connection.ask("GET", TrafficCommand.path + "/junctions")["junctions"]?.elements
            let entities = zip(homes, Self.blocks).enumerated().compactMap { place, one in
                Self.middle(of: one.1, among: junctions ?? []).map { Self.entity(place, one.0.id, one.0.name, at: $0) }
            }
            guard !entities.isEmpty, entities.count == min(homes.count, Self.blocks.count) else { continue }
            _ = try? await connection.ask("POST", "/ngsi-ld/v1/entityOperations/upsert", .array(entities))
            return
        }
    }

    /// The things of the homes, in their order, once all meters are known; nil: they never were.
    func homes(_ count: Int) async -> [(id: String, name: String, flow: String)]? {
        for _ in 0..<100 where !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(300))
            let things = try? await server.connection.ask("GET", "/lares/v1/things")["things"]?.elements
            let homes = (0..<count).compactMap { place in
                things?.first { $0["origin"]?.text == DistrictHomes.origin + "\(place)" }.flatMap(Self.home)
            }
            if homes.count == count { return homes }
        }
        return nil
    }

    /// What its properties are called follows from the language.
    private static func home(_ thing: JSON) -> (id: String, name: String, flow: String)? {
        guard let id = thing["id"]?.text, case .object(let properties)? = thing["properties"],
            let flow = properties.first(where: { $0.value["unit"]?.text == "L/h" })?.key
        else { return nil }
        return (id, thing["name"]?.text ?? id, flow)
    }

    /// Takes them off the map.
    func removeHomes() async {
        for place in Self.blocks.indices {
            _ = try? await server.connection.ask("DELETE", "/ngsi-ld/v1/entities/\(Self.prefix)\(place + 1)")
        }
    }

    private static func entity(_ place: Int, _ thing: String, _ name: String, at position: (x: Double, y: Double)) -> JSON {
        func property(_ value: JSON) -> JSON { ["type": "Property", "value": value] }
        return [
            "id": .string("\(prefix)\(place + 1)"), "type": "Home", "name": property(.string(name)), "thing": property(.string(thing)),
            "localPosition": property([.double(position.x), .double(position.y)]),
        ]
    }

    private static func middle(of block: (String, String), among junctions: [JSON]) -> (x: Double, y: Double)? {
        let corners = [block.0, block.1].compactMap { name in
            junctions.first { $0["id"]?.text == name }?["position"]?.elements?.compactMap(\.number)
        }
        guard corners.count == 2, corners.allSatisfy({ $0.count == 2 }) else { return nil }
        return ((corners[0][0] + corners[1][0]) / 2, (corners[0][1] + corners[1][1]) / 2)
    }
}
