/// What a message on a discovery topic says.
public enum Announcement: Sendable {
    /// A part is there, or is now like this.
    case part(Part)
    /// A part is there no more.
    case gone(key: String)
    /// It can't be understood: where, and why. What was announced before stays.
    case refused(topic: String, reason: String)
}

/// Understands one family's announcements.
public protocol DiscoveryReader: Sendable {
    /// What it must be subscribed to.
    var filters: [String] { get }

    /// What a message on such a topic says; empty when it is none of its announcements.
    mutating func read(_ message: MQTTMessage) -> [Announcement]

    /// What must be published for a part's device to say how it is, when it has just come online: nothing, where the broker keeps what it said.
    func questions(about part: String) -> [MQTTMessage]
}

extension DiscoveryReader {
    /// Nothing.
    public func questions(about part: String) -> [MQTTMessage] { [] }
}
