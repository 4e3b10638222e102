internal import LaresJSON

/// A device that announces all its components together.
struct DevicePayload {
    /// Its components, those of its children among them.
    let components: [ComponentPayload]

    /// Options that components take over from the device where they have none of their own.
    static let shared = [
        "availability", "availability_mode", "availability_template", "availability_topic", "command_topic", "encoding",
        "payload_available",
        "payload_not_available", "qos", "state_topic", "~",
    ]

    /// Throws ``ThingsError`` (`bad_announcement`) without a device or components, and for too many of them.
    init(_ members: JSON.Members, _ topic: DiscoveryTopic) throws(ThingsError) {
        let root = Abbreviations.expanded(members, by: Abbreviations.options)
        let device = DeviceIdentity(root["device"], key: "\(HomeAssistantDiscovery.origin)/device/\(topic.path)")
        guard case .object? = root["device"] else {
            throw ThingsError(.badAnnouncement, "'device' is missing: say which device has these components")
        }
        var found: [ComponentPayload] = []
        try Self.add(root["components"], of: topic, device, root, to: &found)
        for child in (root["child_devices"]?.elements ?? []).prefix(HomeAssistantDiscovery.mostComponents) {
            var identity = device
            identity.adopt(child)
            guard case .object(let members) = child else { continue }
            let options = Abbreviations.expanded(members, by: Abbreviations.options)
            try Self.add(options["components"], of: topic, identity, root, to: &found)
        }
        guard root["components"] != nil || root["child_devices"] != nil else {
            throw ThingsError(.badAnnouncement, "'components' is missing")
        }
        components = found
    }

    private static func add(
        _ json: JSON?, of topic: DiscoveryTopic, _ device: DeviceIdentity, _ root: [String: JSON],
        to found: inout [ComponentPayload]
    ) throws(ThingsError) {
        guard case .object(let components)? = json else { return }
        guard found.count + components.count <= HomeAssistantDiscovery.mostComponents else {
            throw ThingsError(.badAnnouncement, "the device has more than \(HomeAssistantDiscovery.mostComponents) components")
        }
        for (name, component) in components {
            guard case .object(let members) = component else { continue }
            found.append(try ComponentPayload(name, members, of: topic, device, root))
        }
    }
}
