/// One message, as it is published.
public struct MQTTMessage: Hashable, Sendable {
    /// How surely it arrives (MQTT 5.0, section 4.3).
    public enum Quality: UInt8, Sendable, Hashable, Comparable {
        /// It may get lost.
        case atMostOnce = 0
        /// It may come twice.
        case atLeastOnce = 1
        /// Neither.
        case exactlyOnce = 2

        /// By how sure they are.
        public static func < (a: Quality, b: Quality) -> Bool { a.rawValue < b.rawValue }
    }

    /// Its topic.
    public let topic: String
    /// What it says.
    public let payload: [UInt8]
    /// How surely it arrives.
    public let quality: Quality
    /// Whether the broker keeps it for those who come later; of a message received, whether it was kept.
    public let isRetained: Bool

    /// A message.
    public init(_ topic: String, _ payload: [UInt8], quality: Quality = .atMostOnce, isRetained: Bool = false) {
        (self.topic, self.payload, self.quality, self.isRetained) = (topic, payload, quality, isRetained)
    }

    /// A message of text.
    public init(_ topic: String, _ text: String, quality: Quality = .atMostOnce, isRetained: Bool = false) {
        self.init(topic, Array(text.utf8), quality: quality, isRetained: isRetained)
    }
}
