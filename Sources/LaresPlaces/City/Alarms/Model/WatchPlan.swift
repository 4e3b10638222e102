public import LaresThings

/// Which series are watched, how, and how bad it is when one is odd.
public struct WatchPlan: Hashable, Sendable {
    /// How many there may be.
    public static let most = 1_000

    /// Its name: lower-case letters, digits, "_" and "-"; at most 60.
    public let id: String
    /// Which things: "hall/lamp", or a pattern, "+" for one level, "#" for all that follow.
    public let things: String
    /// Which properties: a name, or "+" for all that are numbers.
    public let properties: String
    /// How bad it is.
    public let severity: Alarm.Severity
    /// From which score on it is an alarm, 0.05 to 1.
    public let threshold: Double
    /// How many readings are learnt from first, 20 to 100,000.
    public let learning: Int
    /// Whether it watches.
    public let isEnabled: Bool

    private let pattern: TopicPattern

    /// Nil where the id, a pattern or a number isn't what it must be.
    public init?(
        id: String, things: String, properties: String, severity: Alarm.Severity = .major, threshold: Double = 0.5, learning: Int = 600,
        isEnabled: Bool = true
    ) {
        guard Self.isID(id), let pattern = TopicPattern(things), properties == "+" || PropertyAddress("x/" + properties) != nil,
            (0.05...1).contains(threshold), (20...100_000).contains(learning)
        else { return nil }
        (self.id, self.things, self.properties, self.severity) = (id, things, properties, severity)
        (self.threshold, self.learning, self.isEnabled, self.pattern) = (threshold, learning, isEnabled, pattern)
    }

    /// Whether it watches a property.
    public func watches(_ address: PropertyAddress) -> Bool {
        isEnabled && (properties == "+" || properties == address.property) && pattern.matches(address.thing.description)
    }

    static func isID(_ text: String) -> Bool {
        (1...60).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
            }
    }
}
