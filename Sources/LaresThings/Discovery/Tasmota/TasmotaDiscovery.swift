internal import LaresJSON

/// Tasmota's own discovery: "tasmota/discovery/<MAC>/config" says what a device is, "…/sensors" what it measures.
///
/// - [Tasmota: MQTT](https://tasmota.github.io/docs/MQTT/); entities and topics follow the package HATasmota.
public struct TasmotaDiscovery: DiscoveryReader {
    /// What topics begin with.
    public let prefix: String
    /// At most so many devices are known at once.
    public static let mostDevices = 2_000
    /// An announcement that is longer is refused.
    public static let longestAnnouncement = 64 << 10

    private var devices: [String: TasmotaDevice] = [:]
    private var sensors: [String: JSON] = [:]
    private var announced: [String: [String]] = [:]

    /// Discovery below a prefix.
    public init(prefix: String = "tasmota/discovery") { self.prefix = prefix }

    /// Both topics of every device.
    public var filters: [String] { ["\(prefix)/+/config", "\(prefix)/+/sensors"] }

    /// What an announcement says.
    public mutating func read(_ message: MQTTMessage) -> [Announcement] {
        guard let (mac, isConfig) = device(of: message.topic) else { return [] }
        do {
            if message.payload.isEmpty {
                if isConfig { devices[mac] = nil } else { sensors[mac] = nil }
            } else {
                try keep(try Self.json(message), of: mac, isConfig: isConfig)
            }
        } catch {
            return [.refused(topic: message.topic, reason: error.message)]
        }
        return announcements(of: mac)
    }

    /// What to ask a device for when nothing is known of it yet, or when it comes back: its messages aren't kept by the broker.
    public func questions(to mac: String) -> [MQTTMessage] { devices[mac]?.questions ?? [] }

    private func device(of topic: String) -> (mac: String, isConfig: Bool)? {
        guard topic.hasPrefix(prefix + "/") else { return nil }
        let levels = topic.dropFirst(prefix.count + 1).split(separator: "/", omittingEmptySubsequences: false)
        guard levels.count == 2, levels[1] == "config" || levels[1] == "sensors", (1...32).contains(levels[0].utf8.count),
            levels[0].utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || $0 == 0x2D || $0 == 0x5F })
        else { return nil }
        return (String(levels[0]), levels[1] == "config")
    }

    private static func json(_ message: MQTTMessage) throws(ThingsError) -> JSON {
        guard message.payload.count <= longestAnnouncement else {
            throw ThingsError(.badAnnouncement, "the announcement has \(message.payload.count) bytes; there may be \(longestAnnouncement)")
        }
        do {
            return try JSON(parsing: message.payload, maximumDepth: 16)
        } catch {
            throw ThingsError(.badAnnouncement, "the announcement is not JSON: \(error.message)")
        }
    }

    private mutating func keep(_ json: JSON, of mac: String, isConfig: Bool) throws(ThingsError) {
        let isKnown = devices[mac] != nil || sensors[mac] != nil
        guard isKnown || Set(devices.keys).union(sensors.keys).count < Self.mostDevices else {
            throw ThingsError(.full, "\(Self.mostDevices) devices are announced already; remove some")
        }
        if isConfig { devices[mac] = try TasmotaDevice(json, mac: mac) } else { sensors[mac] = json }
    }

    private mutating func announcements(of mac: String) -> [Announcement] {
        let parts = devices[mac].map { $0.outputs + $0.inputs + $0.measurements(by: sensors[mac]) } ?? []
        let keys = parts.map(\.key)
        let gone = Set(announced[mac] ?? []).subtracting(keys).sorted()
        announced[mac] = keys.isEmpty ? nil : keys
        return parts.map { .part($0) } + gone.map { .gone(key: $0) }
    }
}
