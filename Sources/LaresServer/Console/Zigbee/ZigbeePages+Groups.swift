import Hummingbird
import LaresThings

/// Groups of a Zigbee network: devices that hear one message together.
extension ZigbeePages {
    /// The page of a group by its number; without one, that on which a group is made.
    @Sendable func group(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await console.administer(request, context) { viewer, _ in
            let query = request.queryFields
            guard let bridge = bridge(query.get("bridge") ?? "") else { return try console.missingPage(request, context) }
            guard let number = query.get("group") else { return try show(nil, bridge, viewer) }
            guard let group = bridge.groups.first(where: { "\($0.id)" == number }) else { return try console.missingPage(request, context) }
            return try show(group, bridge, viewer)
        }
    }

    /// Where a group's page is; nil: where one is made.
    static func page(of group: ZigbeeGroup?, in bridge: String) -> String {
        "/zigbee/group?bridge=\(bridge.pathEscaped)" + (group.map { "&group=\($0.id)" } ?? "")
    }

    func show(
        _ group: ZigbeeGroup?, _ bridge: ZigbeeBridge, _ viewer: Viewer, name: String? = nil, trouble: Trouble? = nil
    ) throws -> Response {
        let words = console.words(viewer)
        let devices = Dictionary(bridge.devices.map { ($0.address, $0) }, uniquingKeysWith: { first, _ in first })
        let inside = Set(group?.members.map(\.address) ?? [])
        func field(_ address: String) -> [String: Any] {
            let name = (devices[address]?.name ?? address).printable
            return ["device": address, "member": name, "leaveName": words("zigbee.leaveName", ["name": name])]
        }
        let others = bridge.devices.filter { $0.kind != "Coordinator" && !inside.contains($0.address) }.map { field($0.address) }
        let fields: [String: Any] = [
            "bridge": bridge.base, "group": group?.name ?? "", "deed": group == nil ? "add_group" : "rename_group",
            "nameValue": name ?? group?.name ?? "", "submit": words(group == nil ? "zigbee.addGroup" : "zigbee.rename"),
            "remove": group.map { "/zigbee/remove?bridge=\(bridge.base.pathEscaped)&group=\($0.id)" as Any } ?? false,
            "isThere": group != nil, "members": inside.sorted().map(field), "anyMembers": !inside.isEmpty, "others": others,
            "anyOthers": !others.isEmpty,
        ]
        return try console.html(
            .zigbeeGroup, title: group?.name.printable ?? words("zigbee.newGroup"),
            fields.merging(Trouble.fields(trouble, title: words("zigbee.wrong"), form: ["name"])) { $1 }, viewer: viewer,
            status: trouble == nil ? .ok : .badRequest)
    }
}
