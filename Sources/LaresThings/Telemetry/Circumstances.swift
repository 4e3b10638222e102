/// How readings came about, kept beside them for those who look back: whose doing they were, and when a thing couldn't be reached.
extension SeriesKey {
    /// The series of those whose doing the readings of this one were, at the same times. What a thing does by itself isn't in it.
    package var cause: SeriesKey { SeriesKey(thing: thing, property: property + Self.causeEnding) }

    /// The series of when a thing could be reached. It begins when it couldn't be for the first time.
    package static func availability(of thing: ThingID) -> SeriesKey {
        SeriesKey(thing: thing.description, property: availabilityName)
    }

    /// Whether it says of other series how their readings came about.
    package var isOfCircumstances: Bool {
        (property == Self.availabilityName || property.hasSuffix(Self.causeEnding)) && ThingID(thing) != nil
    }

    private static let (causeEnding, availabilityName) = (".cause", ".availability")
}

extension Cause {
    /// What is kept of it: its kind, and which rule it was. Who a person was is in the audit log.
    var recorded: ReadingValue { .state(kind == .rule ? "rule \(name)" : kind.rawValue) }

    /// A cause that was kept; nil for anything else.
    package init?(_ reading: ReadingValue) {
        guard case .state(let text) = reading else { return nil }
        let parts = text.split(separator: " ", maxSplits: 1).map(String.init)
        guard let word = parts.first, let kind = Kind(rawValue: word) else { return nil }
        self.init(kind, name: parts.count == 2 ? parts[1] : "")
    }
}

extension Availability {
    /// What was kept of whether a thing could be reached; nil for anything else.
    package init?(_ reading: ReadingValue) {
        guard case .state(let text) = reading else { return nil }
        self.init(rawValue: text)
    }
}
