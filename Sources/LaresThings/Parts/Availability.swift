/// Whether a device can be reached.
public enum Availability: String, Sendable, Hashable, CaseIterable {
    /// It says so, or has no way to say otherwise.
    case online
    /// It says it isn't there, or the broker says it for it.
    case offline
    /// It hasn't said yet.
    case unknown
}

/// How one knows whether a device is there (Home Assistant's `availability`).
public struct AvailabilityRule: Sendable {
    /// One topic that tells.
    public struct Source: Sendable {
        /// The topic.
        public let topic: String
        /// What takes the word out of the message; nil: the message is the word.
        public let template: ValueTemplate?
        /// The word for being there.
        public let online: String
        /// The word for being away.
        public let offline: String

        /// A topic that tells.
        public init(topic: String, template: ValueTemplate? = nil, online: String = "online", offline: String = "offline") {
            (self.topic, self.template, self.online, self.offline) = (topic, template, online, offline)
        }
    }

    /// What several topics mean together.
    public enum Mode: String, Sendable, CaseIterable {
        /// All must say that it is there.
        case all
        /// One is enough.
        case any
        /// The one that spoke last is right.
        case latest
    }

    /// The topics; at least one.
    public let sources: [Source]
    /// What they mean together.
    public let mode: Mode

    /// A rule. Nil without topics.
    public init?(_ sources: [Source], mode: Mode = .latest) {
        guard !sources.isEmpty else { return nil }
        (self.sources, self.mode) = (sources, mode)
    }

    /// What follows from what was said last on each topic (nil: nothing yet), and which topic spoke last.
    public func availability(said: [Availability?], latest: Int?) -> Availability {
        switch mode {
        case .all:
            if said.contains(.offline) { return .offline }
            return said.allSatisfy { $0 == .online } ? .online : .unknown
        case .any:
            if said.contains(.online) { return .online }
            return said.allSatisfy { $0 == .offline } ? .offline : .unknown
        case .latest: return latest.flatMap { said[$0] } ?? .unknown
        }
    }
}
