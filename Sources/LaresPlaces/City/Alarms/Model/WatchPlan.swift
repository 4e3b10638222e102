internal import LaresForecast
public import LaresThings

/// Which series are watched, how, and how bad it is when one is odd.
public struct WatchPlan: Hashable, Sendable {
    /// What is looked for.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// Whatever is unusual.
        case odd
        /// What isn't as usual at that time of day.
        case seasonal
        /// Leaks, bursts and stuck meters in the flow of water, gas or heat.
        case flow
        /// A level that moved.
        case changePoint = "change-point"
        /// Errors of a short forecast that are unlikely beside those of late.
        case likelihood
        /// A value, or a rhythm, that the spectrum doesn't have.
        case spectral
        /// Properties of a thing that don't go together as they usually do.
        case multivariate
    }

    /// How many there may be.
    public static let most = 1_000

    /// Its name: lower-case letters, digits, "_" and "-"; at most 60.
    public let id: String
    /// Which things: "hall/lamp", or a pattern, "+" for one level, "#" for all that follow.
    public let things: String
    /// Which properties: a name, or "+" for all that are numbers; the names of those that are watched together where it is multivariate.
    public let properties: [String]
    /// How bad it is.
    public let severity: Alarm.Severity
    /// From which score on it is an alarm, 0.05 to 1.
    public let threshold: Double
    /// How many readings are learnt from first, 20 to 100,000.
    public let learning: Int
    /// Whether series are meant as well that are no things of the home: points in bulk, observations, errors of forecasts.
    public let isBeyondThings: Bool
    /// Whether it watches.
    public let isEnabled: Bool
    /// What it looks for.
    public let kind: Kind

    private let pattern: TopicPattern

    /// Nil where the id, a pattern or a number isn't what it must be, or the kind takes no such properties.
    public init?(
        id: String, things: String, properties: [String], severity: Alarm.Severity = .major, threshold: Double = 0.5, learning: Int = 600,
        isBeyondThings: Bool = false, isEnabled: Bool = true, kind: Kind = .odd
    ) {
        guard Self.isID(id), let pattern = TopicPattern(things), kind.counts.contains(properties.count),
            Set(properties).count == properties.count,
            properties.allSatisfy({ $0 == "+" ? kind != .multivariate : Self.isProperty($0) || (isBeyondThings && Self.isField($0)) }),
            kind.thresholds.contains(threshold), (20...100_000).contains(learning)
        else { return nil }
        (self.id, self.things, self.properties, self.severity) = (id, things, properties, severity)
        (self.threshold, self.learning, self.isEnabled, self.pattern) = (threshold, learning, isEnabled, pattern)
        self.kind = kind
        self.isBeyondThings = isBeyondThings
    }

    /// Whether it watches a series.
    public func watches(_ key: SeriesKey) -> Bool {
        isEnabled && (properties == ["+"] || properties.contains(key.property)) && pattern.matches(key.thing)
    }

    private static func isProperty(_ name: String) -> Bool { !name.contains("/") && PropertyAddress("x/" + name) != nil }

    private static func isField(_ name: String) -> Bool {
        (1...200).contains(name.utf8.count) && !name.utf8.contains { $0 < 0x20 || $0 == 0x7F || $0 == UInt8(ascii: "/") }
    }

    static func isID(_ text: String) -> Bool {
        (1...60).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
            }
    }
}

extension WatchPlan.Kind {
    /// How many properties one watch of the kind names.
    var counts: ClosedRange<Int> { self == .multivariate ? 2...MultivariateDetector.mostSeries : 1...1 }

    /// From which scores on it can be an alarm; what finds changes of the level begins anew at a half.
    var thresholds: ClosedRange<Double> { self == .changePoint ? 0.05...0.5 : 0.05...1 }
}
