internal import LaresJSON

/// What Zigbee2MQTT says of itself under "zigbee2mqtt/bridge/…": whether it is there, who may join, its devices and groups.
///
/// The devices' own properties come through Home Assistant's discovery, which Zigbee2MQTT announces.
///
///     var bridge = ZigbeeBridge()
///     let changes = bridge.read(message)          // [.permitJoin, .devices]
///     try bridge.permitJoin(seconds: 120)          // the message that asks for it
///
/// - [MQTT topics and messages](https://www.zigbee2mqtt.io/guide/usage/mqtt_topics_and_messages.html)
public struct ZigbeeBridge: Sendable {
    /// What topics begin with.
    public let base: String
    /// Whether it is there; nil: it hasn't said.
    public private(set) var isOnline: Bool?
    /// Its version.
    public private(set) var version: String?
    /// The address of its radio.
    public private(set) var coordinator: String?
    /// The radio channel.
    public private(set) var channel: Int?
    /// Whether devices may join now.
    public private(set) var permitsJoining = false
    /// When that ends, in seconds since 1970; nil: it doesn't say.
    public private(set) var joiningEnds: Double?
    /// Whether it asks to be restarted.
    public private(set) var needsRestart = false
    /// Its devices, the coordinator among them.
    public private(set) var devices: [ZigbeeDevice] = []
    /// Its groups.
    public private(set) var groups: [ZigbeeGroup] = []

    /// Longer messages aren't read: a device takes 2 to 20 KB in the list.
    public static let longestMessage = 8 << 20
    /// More devices or groups than this aren't kept.
    public static let mostEntries = 2_000

    /// What a message changed.
    public enum Change: Sendable, Hashable {
        /// Whether it is there.
        case online
        /// Who may join, or what it says of itself.
        case info
        /// The list of devices.
        case devices
        /// The list of groups.
        case groups
        /// Something happened to a device.
        case event(ZigbeeEvent)
        /// The answer to a request.
        case response(ZigbeeResponse)
        /// A message that can't be understood, and why.
        case refused(reason: String)
    }

    /// The bridge below a base topic.
    public init(base: String = "zigbee2mqtt") { self.base = base }

    /// What it must be subscribed to.
    public var filters: [String] { ["state", "info", "devices", "groups", "event", "response/#"].map { "\(base)/bridge/\($0)" } }

    /// What a message says; empty when it is none of the bridge's.
    public mutating func read(_ message: MQTTMessage) -> [Change] {
        let start = "\(base)/bridge/"
        guard message.topic.hasPrefix(start) else { return [] }
        let name = String(message.topic.dropFirst(start.count))
        if name == "state", let change = readState(message) { return [change] }
        guard ["info", "devices", "groups", "event"].contains(name) || name.hasPrefix("response/"), !message.payload.isEmpty else {
            return []
        }
        do {
            return try read(try Self.json(message), as: name)
        } catch {
            return [.refused(reason: "\(CleanText.text(message.topic, limit: 120)): \(error.message)")]
        }
    }

    private static func json(_ message: MQTTMessage) throws(ThingsError) -> JSON {
        guard message.payload.count <= longestMessage else {
            throw ThingsError(.badAnnouncement, "the message has \(message.payload.count) bytes; there may be \(longestMessage)")
        }
        do {
            return try JSON(parsing: message.payload, maximumDepth: Payload.deepestJSON)
        } catch {
            throw ThingsError(.badAnnouncement, "the message is not JSON: \(error.message)")
        }
    }

    /// "online", or `{"state": "online"}`.
    private mutating func readState(_ message: MQTTMessage) -> Change? {
        guard message.payload.count <= 200 else { return nil }
        let word = (try? JSON(parsing: message.payload))?["state"]?.text ?? String(decoding: message.payload, as: UTF8.self)
        guard word == "online" || word == "offline" else { return nil }
        isOnline = word == "online"
        return .online
    }

    private mutating func read(_ json: JSON, as name: String) throws(ThingsError) -> [Change] {
        switch name {
        case "info":
            try readInfo(json)
            return [.info]
        case "devices":
            devices = try Self.list(json).compactMap(ZigbeeDevice.init)
            return [.devices]
        case "groups":
            groups = try Self.list(json).compactMap(ZigbeeGroup.init)
            return [.groups]
        case "event": return ZigbeeEvent(json).map { [.event($0)] } ?? []
        default: return [.response(ZigbeeResponse(json, to: String(name.dropFirst("response/".count))))]
        }
    }

    private static func list(_ json: JSON) throws(ThingsError) -> ArraySlice<JSON> {
        guard let elements = json.elements else { throw ThingsError(.badAnnouncement, "a list was expected, not \(json.kind)") }
        return elements.prefix(mostEntries)
    }

    private mutating func readInfo(_ json: JSON) throws(ThingsError) {
        guard case .object = json else { throw ThingsError(.badAnnouncement, "an object was expected, not \(json.kind)") }
        version = json["version"]?.text.flatMap { CleanText.name($0) }
        coordinator = json["coordinator"]?["ieee_address"]?.text.flatMap { CleanText.name($0, limit: 40) }
        channel = json["network"]?["channel"]?.number.flatMap { Int(exactly: $0) }
        permitsJoining = json["permit_join"] == true
        // Milliseconds since 1970 in version 2.
        joiningEnds = json["permit_join_end"]?.number.map { $0 / 1_000 }
        needsRestart = json["restart_required"] == true
    }
}
