/// What tells devices that somebody understands Home Assistant's discovery: they announce themselves again on "online".
public struct HomeAssistantStatus: Sendable {
    /// Its topic.
    public let topic: String

    /// The status below a prefix.
    public init(prefix: String = "homeassistant") { topic = "\(prefix)/status" }

    /// Sent when Lares is connected.
    public var birth: MQTTMessage { MQTTMessage(topic, "online") }

    /// Sent when it leaves; the broker sends it when the connection breaks.
    public var will: MQTTMessage { MQTTMessage(topic, "offline") }
}
