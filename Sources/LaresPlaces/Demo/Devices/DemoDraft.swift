internal import LaresJSON
internal import LaresThings

/// A device in the making.
struct DemoDraft {
    let id: String
    let family: DemoFamily
    let language: DemoLanguage
    private let name: String
    private let area: String?
    private let model: String
    private var announcements: [MQTTMessage] = []
    private var streams: [DemoStream] = []
    private var orders: [String: DemoOrder] = [:]
    /// Goes on from what it said before it was started again.
    var recall: DemoOrder?

    init(_ id: String, _ family: DemoFamily, _ name: DemoName, in area: DemoArea?, model: String, _ language: DemoLanguage) {
        (self.id, self.family, self.language, self.model) = (id, family, language, model)
        (self.name, self.area) = (name.text(language), area?.name.text(language))
    }

    /// The beginning of its topics.
    var base: String { "\(family.rawValue)/\(id)" }

    /// The topic of its state: Zigbee2MQTT has it at the base itself.
    var state: String { family == .zigbee ? base : base + "/state" }

    private var presenceTopic: String { base + "/availability" }

    private var identifier: String { Self.identifier(of: id, family) }

    private var address: String { Self.address(of: id) }

    /// What a device that isn't Tasmota's calls itself for good.
    static func identifier(of id: String, _ family: DemoFamily) -> String {
        family == .zigbee ? "zigbee2mqtt_\(address(of: id))" : "lares_demo_\(id)"
    }

    /// A radio address that follows from the id (FNV-1a).
    private static func address(of id: String) -> String {
        let hash = id.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return "0x00de" + String(hash >> 16 | 1 << 47, radix: 16)
    }

    private var device: JSON {
        [
            "identifiers": [.string(identifier)], "name": .string(name), "manufacturer": "Lares", "model": .string(model),
            "sw_version": "demo", "suggested_area": area.map { .string($0) } ?? .null,
        ]
    }

    private var availability: JSON {
        family == .zigbee
            ? [["topic": .string(presenceTopic), "value_template": "{{ value_json.state }}"]] : [["topic": .string(presenceTopic)]]
    }

    // MARK: Announcements

    /// Announces a part on a topic of its own.
    mutating func part(_ component: String, _ object: String, name: DemoName? = nil, _ options: JSON.Members) {
        var members = options
        if component != "device_automation" { members.append("name", name.map { .string($0.text(language)) } ?? .null) }
        members.append("unique_id", .string("\(identifier)_\(object)"))
        members.append("device", device)
        members.append("availability", availability)
        let node = family == .zigbee ? address : "lares_demo"
        let topic = "homeassistant/\(component)/\(node)/\(family == .zigbee ? object : "\(id)_\(object)")/config"
        announcements.append(MQTTMessage(topic, JSON.object(members).data, quality: .atLeastOnce, isRetained: true))
    }

    /// Announces parts together.
    mutating func parts(_ parts: [(component: String, object: String, name: DemoName?, options: JSON.Members)]) {
        var components = JSON.Members()
        for part in parts {
            var members = part.options
            members.append("platform", .string(part.component))
            members.append("name", part.name.map { .string($0.text(language)) } ?? .null)
            members.append("unique_id", .string("\(identifier)_\(part.object)"))
            components.append(part.object, .object(members))
        }
        let payload: JSON = [
            "device": device, "origin": ["name": "Lares demo"], "components": .object(components), "availability": availability,
            "state_topic": .string(state),
        ]
        announcements.append(
            MQTTMessage("homeassistant/device/lares_demo_\(id)/config", payload.data, quality: .atLeastOnce, isRetained: true))
    }

    /// Announces what a member of the state says, as a sensor of its own.
    mutating func sensor(
        _ member: String, _ component: String = "sensor", name: DemoName? = nil, class quantity: String?, unit: String? = nil,
        isDiagnostic: Bool = false, accumulation: String? = "measurement"
    ) {
        var options: JSON.Members = ["state_topic": .string(state), "value_template": .string("{{ value_json.\(member) }}")]
        if let quantity { options.append("device_class", .string(quantity)) }
        if let unit { options.append("unit_of_measurement", .string(unit)) }
        if component == "binary_sensor" {
            options.append("payload_on", true)
            options.append("payload_off", false)
        } else if let accumulation {
            options.append("state_class", .string(accumulation))
        }
        if isDiagnostic { options.append("entity_category", "diagnostic") }
        part(component, member, name: name, options)
    }

    /// Announces a power that it is told, in watts, below a member of its state.
    mutating func power(_ member: String, name: DemoName, in range: ClosedRange<Double>) {
        part(
            "number", member, name: name,
            [
                "state_topic": .string(state), "value_template": .string("{{ value_json.\(member) }}"),
                "command_topic": command("\(member)/set"), "min": range.lowerBound.places(0), "max": range.upperBound.places(0), "step": 1,
                "unit_of_measurement": "W", "mode": "box",
            ])
    }

    /// The battery that it runs on.
    mutating func battery() {
        sensor("battery", name: DemoName("Battery", "电量"), class: "battery", unit: "%", isDiagnostic: true)
    }

    // MARK: What it says and does

    /// Reports its state.
    mutating func report(every: Double = 300, gap: Double = 1, _ content: @escaping @Sendable (VirtualHome) -> JSON?) {
        report(on: state, every: every, gap: gap) { content($0)?.serialized }
    }

    /// Reports on a topic.
    mutating func report(
        on topic: String, every: Double = 300, gap: Double = 1, _ content: @escaping @Sendable (VirtualHome) -> String?
    ) {
        streams.append(DemoStream(topic: topic, every: every, gap: gap, isRetained: true, content: content))
    }

    /// Reports what happens, once each time.
    mutating func tell(
        on topic: String, _ count: @escaping @Sendable (VirtualHome) -> Int, _ content: @escaping @Sendable (VirtualHome) -> String?
    ) {
        streams.append(DemoStream(topic: topic, every: .infinity, gap: 0, isRetained: false, count: count, content: content))
    }

    /// Does what is published on a topic below its base.
    mutating func obey(_ end: String = "set", _ order: @escaping DemoOrder) { orders["\(base)/\(end)"] = order }

    /// Where a command goes.
    func command(_ end: String = "set") -> JSON { .string("\(base)/\(end)") }

    /// The device.
    var finished: DemoDevice {
        let words = family == .zigbee ? (#"{"state":"online"}"#, #"{"state":"offline"}"#) : ("online", "offline")
        return DemoDevice(
            id: id, family: family, announcements: announcements, presence: (presenceTopic, words.0, words.1), streams: streams,
            orders: orders, delay: family == .zigbee ? 0.06...0.35 : 0.02...0.12, recall: recall)
    }
}

extension JSON {
    /// The JSON of a command; null for anything else.
    init(order text: String) { self = (try? JSON(parsing: Array(text.utf8), maximumDepth: 8)) ?? .null }
}
