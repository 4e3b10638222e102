/// What a sender says of a reading's worth.
///
/// The telemetry has no place beside a reading, so flags are series of their own (``SeriesKey/quality``): 0, 1 or 2 at the times of readings
/// of which something was said. Where such a series has nothing, the reading is good.
public enum Quality: UInt8, Sendable, Hashable, CaseIterable {
    /// As it should be.
    case good = 0
    /// Stored as usual, and marked.
    case suspect = 1
    /// Known to be wrong: kept in a series of its own (``SeriesKey/bad``), so that no statistics contain it.
    case bad = 2

    /// By its word; nil for another word.
    public init?(word: some StringProtocol) {
        switch word {
        case "good": self = .good
        case "suspect": self = .suspect
        case "bad": self = .bad
        default: return nil
        }
    }
}

extension SeriesKey {
    /// The series of the flags of this one: 0 good, 1 suspect, 2 bad.
    public var quality: SeriesKey { SeriesKey(thing: thing, property: property + Self.qualityEnding) }

    /// The series of readings of this one that were sent as bad.
    public var bad: SeriesKey { SeriesKey(thing: thing, property: property + Self.badEnding) }

    /// Whether it says of another series what its readings are worth: flags, and bad readings.
    package var isOfQuality: Bool { property.hasSuffix(Self.qualityEnding) || property.hasSuffix(Self.badEnding) }

    /// Whether its name is one that Lares alone gives: those of flags, of bad readings, of the intervals of forecasts and of how readings came about. What
    /// somebody else expects, as the weather service does, is sent as a forecast.
    package var isReserved: Bool { isOfQuality || isOfCircumstances || (isForecast && !isExpectation) }

    /// The series whose flags this one has; nil: it has none.
    var flaggedSeries: SeriesKey? {
        property.hasSuffix(Self.qualityEnding)
            ? SeriesKey(thing: thing, property: String(property.dropLast(Self.qualityEnding.count))) : nil
    }

    private static let qualityEnding = "?quality"
    private static let badEnding = "?bad"
}
