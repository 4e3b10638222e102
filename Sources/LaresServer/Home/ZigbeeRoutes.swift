import HTTPTypes
import Hummingbird
import LaresAccess
import LaresJSON
import LaresThings

/// `/lares/v1/zigbee`: the networks of Zigbee2MQTT: who is in them, who may join, names and groups.
struct ZigbeeRoutes {
    let services: HomeServices?
    let audit: AuditLog?
    let limits: BodyLimits

    var routes: [APIRoute] {
        [
            APIRoute(method: .get, path: "/lares/v1/zigbee", handler: list),
            APIRoute(method: .post, path: "/lares/v1/zigbee/requests", handler: ask),
        ]
    }

    /// A network has every device of the home in it, by names of its own: it is the administrators'.
    func list(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        return .json(["bridges": .array(try require().home.zigbeeBridges().map(\.json))])
    }

    /// `{"bridge": "zigbee2mqtt", "do": "permit_join", "seconds": 120}`, and so `rename` and `remove` of a `device`, `add_group`, `rename_group`, `remove_group`,
    /// `join_group` and `leave_group`. Answers when the bridge has.
    func ask(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        let home = try require().home
        let order = try ZigbeeOrder(try await request.json(within: limits).json)
        audit.note(.homeChanged, order.subject, by: context.caller, context.logger)
        do throws(ThingsError) {
            _ = try await home.ask(bridge: order.bridge) { bridge, transaction throws(ThingsError) in
                try order.message(bridge, transaction)
            }
        } catch {
            throw APIError(things: error)
        }
        return .json(["done": true])
    }

    private func require() throws -> HomeServices {
        guard let services else { throw APIError.noHome }
        return services
    }
}

/// What is asked of a bridge.
struct ZigbeeOrder {
    enum Deed: String, CaseIterable {
        case permitJoin = "permit_join"
        case rename, remove
        case addGroup = "add_group"
        case renameGroup = "rename_group"
        case removeGroup = "remove_group"
        case joinGroup = "join_group"
        case leaveGroup = "leave_group"
    }

    let bridge: String
    private let deed: Deed
    private let seconds: Int
    private let device: String
    private let group: String
    private let name: String
    private let isForced: Bool

    init(_ json: JSON) throws {
        do {
            var fields = try JSONFields(json)
            bridge = try fields.string("bridge") ?? "zigbee2mqtt"
            guard let deed: Deed = try fields.choice("do") else { throw fields.error("do", "is missing: permit_join, rename, …") }
            self.deed = deed
            seconds = try fields.int("seconds", in: 0...254) ?? 120
            device = try fields.string("device") ?? ""
            group = try fields.string("group") ?? ""
            name = try fields.string("name") ?? ""
            isForced = try fields.bool("force") ?? false
            try fields.end()
            for (field, value) in [("device", device), ("group", group), ("name", name)] where needs.contains(field) && value.isEmpty {
                throw JSONError(message: "'\(field)' is missing: '\(deed.rawValue)' needs it")
            }
        } catch let error as JSONError {
            throw APIError.invalid(error.message)
        }
    }

    private var needs: [String] {
        switch deed {
        case .permitJoin: []
        case .rename: ["device", "name"]
        case .remove: ["device"]
        case .addGroup: ["name"]
        case .renameGroup: ["group", "name"]
        case .removeGroup: ["group"]
        case .joinGroup, .leaveGroup: ["device", "group"]
        }
    }

    /// For the audit log.
    var subject: String { "zigbee \(deed.rawValue) \(device)\(group)\(name.isEmpty ? "" : " " + name)" }

    func message(_ bridge: ZigbeeBridge, _ transaction: String) throws(ThingsError) -> MQTTMessage {
        switch deed {
        case .permitJoin: try bridge.permitJoin(seconds: seconds, through: device.isEmpty ? nil : device, transaction: transaction)
        case .rename: try bridge.rename(device, to: name, transaction: transaction)
        case .remove: bridge.remove(device, isForced: isForced, transaction: transaction)
        case .addGroup: try bridge.addGroup(name, transaction: transaction)
        case .renameGroup: try bridge.renameGroup(group, to: name, transaction: transaction)
        case .removeGroup: bridge.removeGroup(group, transaction: transaction)
        case .joinGroup: bridge.add(device, to: group, transaction: transaction)
        case .leaveGroup: bridge.remove(device, from: group, transaction: transaction)
        }
    }
}

extension ZigbeeBridge {
    /// The bridge as the API shows it.
    var json: JSON {
        [
            "bridge": .string(base), "online": isOnline.map { .bool($0) } ?? .null, "version": version.map { .string($0) } ?? .null,
            "channel": channel.map { .int($0) } ?? .null, "permits_joining": .bool(permitsJoining),
            "joining_ends": joiningEnds.map { .double($0) } ?? .null, "needs_restart": .bool(needsRestart),
            "devices": .array(devices.map(\.json)), "groups": .array(groups.map(\.json)),
        ]
    }
}

extension ZigbeeDevice {
    fileprivate var json: JSON {
        [
            "address": .string(address), "name": .string(name), "kind": .string(kind), "vendor": vendor.map { .string($0) } ?? .null,
            "model": model.map { .string($0) } ?? .null, "description": description.map { .string($0) } ?? .null,
            "supported": .bool(isSupported), "interviewed": .bool(isInterviewed), "disabled": .bool(isDisabled),
        ]
    }
}

extension ZigbeeGroup {
    fileprivate var json: JSON {
        ["id": .int(id), "name": .string(name), "members": .array(members.map { .string($0.address) })]
    }
}
