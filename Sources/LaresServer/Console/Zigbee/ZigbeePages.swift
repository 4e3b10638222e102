import Foundation
import HTTPTypes
import Hummingbird
import LaresAccess
import LaresJSON
import LaresThings

/// The pages of Zigbee networks: who is in them, letting devices join, renaming and removing them, and groups.
struct ZigbeePages: Sendable {
    let console: Console
    let home: Home

    /// How long devices may join after the button, in seconds: the most that Zigbee allows.
    private static let patience = 254

    func addRoutes(to router: Router<LaresContext>) {
        router.get("/zigbee", use: list)
        router.get("/zigbee-events", use: events)
        router.post("/zigbee", use: ask)
        router.get("/zigbee/device", use: device)
        router.get("/zigbee/group", use: group)
        router.get("/zigbee/remove", use: askToRemove)
    }

    @Sendable private func list(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await console.administer(request, context) { viewer, _ in try show(viewer) }
    }

    private func show(_ viewer: Viewer, trouble: Trouble? = nil) throws -> Response {
        let view = view(viewer)
        var fields = view.fields
        (fields["sentence"], fields["any"]) = (view.sentence, !view.bridges.isEmpty)
        fields.merge(Trouble.fields(trouble, title: console.words(viewer)("zigbee.wrong"))) { $1 }
        return try console.html(
            .zigbee, title: console.words(viewer)("zigbee.title"), fields, viewer: viewer, status: trouble == nil ? .ok : .badRequest)
    }

    private func view(_ viewer: Viewer) -> ZigbeeView {
        ZigbeeView(
            bridges: home.zigbeeBridges(), mayAct: viewer.caller.mayAdminister, words: console.words(viewer), now: .now,
            patience: Self.patience)
    }

    @Sendable private func events(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        let viewer = console.viewer(request, context)
        return try await console.feed(request, context) {
            let view = view(viewer)
            let html = try console.pages.render(.zigbeeBridges, view.fields, language: viewer.language)
            return ["sentence": .string(view.sentence), "parts": ["bridges": .string(html)]]
        }
    }

    /// Asks a bridge for what `do` says: `permit_join` with `seconds`, `rename` and `remove` of a `device`, and what is done with a `group`.
    @Sendable private func ask(_ incoming: Request, _ context: LaresContext) async throws -> Response {
        var request = incoming
        let form = try await Form(&request)
        return try await console.administer(incoming, context) { viewer, _ in
            var members: JSON.Members = ["bridge": .string(form["bridge"]), "do": .string(form["do"])]
            if let seconds = Int(form["seconds"]) { members["seconds"] = .int(seconds) }
            for name in ["device", "group", "name"] where !form[name].isEmpty { members[name] = .string(form[name]) }
            if form["force"] == "1" { members["force"] = true }
            do {
                let order = try ZigbeeOrder(.object(members))
                console.audit.note(.homeChanged, order.subject, by: context.caller, context.logger)
                _ = try await home.ask(bridge: order.bridge) { bridge, transaction throws(ThingsError) in
                    try order.message(bridge, transaction)
                }
                return .redirect(to: next(after: form))
            } catch let error as ThingsError {
                return try refused(form, viewer, Trouble(console.words(viewer)("zigbee.refused"), detail: error.message, field: "name"))
            } catch let error as APIError {
                return try refused(form, viewer, Trouble(console.words(viewer)("zigbee.refused"), detail: error.message, field: "name"))
            }
        }
    }

    /// Who changes the members of a group sees the group again.
    private func next(after form: Form) -> String {
        guard ["join_group", "leave_group"].contains(form["do"]), let group = named(form) else { return "/zigbee" }
        return Self.page(of: group, in: form["bridge"])
    }

    private func refused(_ form: Form, _ viewer: Viewer, _ trouble: Trouble) throws -> Response {
        let general = Trouble(trouble.sentence, detail: trouble.detail)
        switch form["do"] {
        case "rename":
            if let found = found(form["bridge"], form["device"]) {
                return try show(found, form["bridge"], viewer, name: form["name"], trouble: trouble)
            }
        case "add_group":
            if let bridge = bridge(form["bridge"]) { return try show(nil, bridge, viewer, name: form["name"], trouble: trouble) }
        case "rename_group", "join_group", "leave_group":
            if let bridge = bridge(form["bridge"]), let group = named(form) {
                let isName = form["do"] == "rename_group"
                return try show(group, bridge, viewer, name: isName ? form["name"] : nil, trouble: isName ? trouble : general)
            }
        default: break
        }
        return try show(viewer, trouble: general)
    }

    func bridge(_ base: String) -> ZigbeeBridge? { home.zigbeeBridges().first { $0.base == base } }

    private func named(_ form: Form) -> ZigbeeGroup? { bridge(form["bridge"])?.groups.first { $0.name == form["group"] } }

    private func found(_ bridge: String, _ device: String) -> ZigbeeDevice? {
        self.bridge(bridge)?.devices.first { $0.address == device }
    }

    @Sendable private func device(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await console.administer(request, context) { viewer, _ in
            let query = request.queryFields, bridge = query.get("bridge") ?? ""
            guard let device = found(bridge, query.get("device") ?? "") else { return try console.missingPage(request, context) }
            return try show(device, bridge, viewer)
        }
    }

    private func show(_ device: ZigbeeDevice, _ bridge: String, _ viewer: Viewer, name: String? = nil, trouble: Trouble? = nil) throws
        -> Response
    {
        let words = console.words(viewer)
        let fields: [String: Any] = [
            "sentence": ZigbeeView.about(device), "bridge": bridge, "device": device.address, "nameValue": name ?? device.name,
            "remove": "/zigbee/remove?bridge=\(bridge.pathEscaped)&device=\(device.address.pathEscaped)",
        ]
        return try console.html(
            .zigbeeDevice, title: device.name.printable,
            fields.merging(Trouble.fields(trouble, title: words("zigbee.wrong"), form: ["name"])) { $1 }, viewer: viewer,
            status: trouble == nil ? .ok : .badRequest)
    }

    @Sendable private func askToRemove(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await console.administer(request, context) { viewer, _ in
            let query = request.queryFields, bridge = query.get("bridge") ?? ""
            let words = console.words(viewer)
            let group = self.bridge(bridge)?.groups.first { "\($0.id)" == query.get("group") }
            if let group {
                let fields: [String: Any] = [
                    "bridge": bridge, "device": "", "group": group.name, "deed": "remove_group", "mayForce": false,
                    "sentence": words("zigbee.removeGroupText"),
                ]
                return try console.html(
                    .zigbeeRemove, title: words("zigbee.removeGroupTitle", ["name": group.name.printable]), fields, viewer: viewer)
            }
            guard let device = found(bridge, query.get("device") ?? "") else { return try console.missingPage(request, context) }
            let fields: [String: Any] = [
                "bridge": bridge, "device": device.address, "group": "", "deed": "remove", "mayForce": true,
                "sentence": words("zigbee.removeText"),
            ]
            return try console.html(
                .zigbeeRemove, title: words("zigbee.removeTitle", ["name": device.name.printable]), fields, viewer: viewer)
        }
    }
}

/// Zigbee networks as a page shows them.
struct ZigbeeView {
    let bridges: [ZigbeeBridge]
    let mayAct: Bool
    let words: Words
    let now: Date
    let patience: Int

    var sentence: String {
        let devices = bridges.reduce(0) { $0 + Self.members(of: $1).count }
        guard !bridges.isEmpty else { return words("zigbee.none") }
        guard let open = bridges.first(where: \.permitsJoining) else { return words("zigbee.sentence", ["n": "\(devices)"]) }
        guard let left = left(open) else { return words("zigbee.open") }
        return words("zigbee.left", ["n": "\(left)"])
    }

    private func left(_ bridge: ZigbeeBridge) -> Int? {
        bridge.joiningEnds.map { max(0, Int(min(1e6, ($0 - now.timeIntervalSince1970).rounded(.up)))) }
    }

    /// Its devices without the radio itself.
    private static func members(of bridge: ZigbeeBridge) -> [ZigbeeDevice] { bridge.devices.filter { $0.kind != "Coordinator" } }

    static func about(_ device: ZigbeeDevice) -> String {
        let model = [device.vendor, device.model].compactMap { $0?.printable }.joined(separator: " ")
        return model.isEmpty ? device.address : model
    }

    /// The fields of the template `zigbee-bridges`.
    var fields: [String: Any] { ["bridges": bridges.enumerated().map { fields($1, $0) }, "mayAct": mayAct] }

    private func fields(_ bridge: ZigbeeBridge, _ place: Int) -> [String: Any] {
        let (tone, icon, word) =
            switch bridge.isOnline {
            case true?: ("ok", "check", "things.online")
            case false?: ("warn", "off", "things.offline")
            case nil: ("", "clock", "things.unknown")
            }
        let facts = [
            bridge.version.map { words("zigbee.version", ["n": $0.printable]) },
            bridge.channel.map { words("zigbee.channel", ["n": "\($0)"]) },
        ].compactMap(\.self).joined(separator: words("list.comma"))
        return [
            "bridge": bridge.base.printable, "id": "z\(place)", "tone": tone, "stateIcon": icon, "state": words(word), "facts": facts,
            "open": bridge.permitsJoining, "needsRestart": bridge.needsRestart, "patience": "\(patience)",
            "devices": Self.members(of: bridge).map { row($0, bridge) }, "anyDevices": !Self.members(of: bridge).isEmpty,
            "groups": bridge.groups.map { row($0, bridge) }, "anyGroups": !bridge.groups.isEmpty,
            "newGroup": mayAct ? ZigbeePages.page(of: nil, in: bridge.base) : false,
        ]
    }

    private func row(_ group: ZigbeeGroup, _ bridge: ZigbeeBridge) -> [String: Any] {
        let names = group.members.map { member in
            (bridge.devices.first { $0.address == member.address }?.name ?? member.address).printable
        }
        return [
            "group": group.name.printable, "page": mayAct ? ZigbeePages.page(of: group, in: bridge.base) : false,
            "members": names.isEmpty ? words("zigbee.noMembers") : names.joined(separator: words("list.comma")),
        ]
    }

    private func row(_ device: ZigbeeDevice, _ bridge: ZigbeeBridge) -> [String: Any] {
        let (tone, icon, word): (String, String, String) =
            device.isDisabled
            ? ("", "off", "zigbee.disabled")
            : !device.isInterviewed
                ? ("info", "clock", "zigbee.interview")
                : device.isSupported ? ("ok", "check", "zigbee.ready") : ("warn", "alert", "zigbee.unsupported")
        return [
            "device": device.name.printable, "about": Self.about(device), "tone": tone, "stateIcon": icon, "state": words(word),
            "page": mayAct ? "/zigbee/device?bridge=\(bridge.base.pathEscaped)&device=\(device.address.pathEscaped)" : false,
            "kind": words.has("zigbee.kind.\(device.kind)") ? words("zigbee.kind.\(device.kind)") : device.kind.printable,
        ]
    }
}
