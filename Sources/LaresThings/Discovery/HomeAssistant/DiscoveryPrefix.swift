/// What the topics of Home Assistant's discovery begin with; devices and other hubs at the broker must have the same.
public struct DiscoveryPrefix: Hashable, Sendable, CustomStringConvertible {
    /// As a topic without "/" at its ends.
    public let description: String

    /// "homeassistant", as devices have it that were told nothing else.
    public static let usual = DiscoveryPrefix(checked: "homeassistant")

    /// The most bytes that one has.
    public static let longest = 100

    /// A prefix; nil for what is no topic of 1 to ``longest`` bytes, has an empty level, or begins with "$".
    public init?(_ text: String) {
        guard TopicName.isTopic(text), text.utf8.count <= Self.longest, !text.hasPrefix("$"),
            !text.split(separator: "/", omittingEmptySubsequences: false).contains("")
        else { return nil }
        self.init(checked: text)
    }

    private init(checked text: String) { description = text }

    /// Both forms of the topics of announcements.
    var announcements: [String] { ["\(self)/+/+/config", "\(self)/+/+/+/config"] }

    /// The topic that tells devices whether a hub is there: they announce themselves again on "online".
    public var status: String { "\(self)/status" }

    /// Sent when Lares is connected.
    public var birth: MQTTMessage { MQTTMessage(status, "online") }

    /// Sent when it leaves; the broker sends it when the connection breaks.
    public var will: MQTTMessage { MQTTMessage(status, "offline") }

    /// What Lares announces of its own, which is written below the usual prefix, below this one.
    func placing(_ message: MQTTMessage) -> MQTTMessage {
        let usual = "\(Self.usual)/"
        guard self != .usual, message.topic.hasPrefix(usual), !message.topic.hasPrefix("\(self)/") else { return message }
        let topic = "\(self)/\(message.topic.dropFirst(usual.count))"
        return MQTTMessage(topic, message.payload, quality: message.quality, isRetained: message.isRetained)
    }
}
