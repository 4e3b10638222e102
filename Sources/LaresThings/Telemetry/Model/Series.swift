/// What a series is the history of: one property of one thing.
public struct SeriesKey: Hashable, Sendable, CustomStringConvertible {
    /// The thing, as it is called everywhere else in Lares.
    public let thing: String
    /// The property of the thing.
    public let property: String

    /// A key.
    public init(thing: String, property: String) {
        self.thing = thing
        self.property = property
    }

    /// Reads "hall/lamp/brightness", and what points in bulk are called, "air,station=7/no2"; nil for anything else.
    public init?(_ text: String) {
        guard let slash = text.lastIndex(of: "/") else { return nil }
        let (thing, property) = (text[..<slash], text[text.index(after: slash)...])
        guard !thing.isEmpty, !property.isEmpty else { return nil }
        self.init(thing: String(thing), property: String(property))
    }

    /// "hall/temperature"
    public var description: String { "\(thing)/\(property)" }
}

extension SeriesKey {
    /// The series of what is expected of this one; a reading's time is that of what is expected.
    public var forecast: SeriesKey { SeriesKey(thing: thing, property: property + Self.forecastEnding) }

    /// The series of the lower ends of the forecasts' intervals.
    public var forecastLower: SeriesKey { SeriesKey(thing: thing, property: property + Self.forecastEnding + Self.lowerEnding) }

    /// The series of the upper ends of the forecasts' intervals.
    public var forecastUpper: SeriesKey { SeriesKey(thing: thing, property: property + Self.forecastEnding + Self.upperEnding) }

    /// The series of what came less what had been said last of it.
    public var forecastError: SeriesKey { SeriesKey(thing: thing, property: property + Self.forecastEnding + Self.errorEnding) }

    /// The series of whose forecasts these are the errors; nil: they are something else.
    public var forecastErrorOf: SeriesKey? {
        let ending = Self.forecastEnding + Self.errorEnding
        guard property.hasSuffix(ending), property.utf8.count > ending.utf8.count else { return nil }
        return SeriesKey(thing: thing, property: String(property.dropLast(ending.count)))
    }

    /// Whether it is a series of forecasts.
    public var isForecast: Bool {
        ["", Self.lowerEnding, Self.upperEnding].contains { property.hasSuffix(Self.forecastEnding + $0) }
    }

    /// Whether it is what is expected of another series, and not an end of an interval.
    package var isExpectation: Bool { property.hasSuffix(Self.forecastEnding) }

    private static let (forecastEnding, lowerEnding, upperEnding, errorEnding) = (".forecast", ".lower", ".upper", ".error")
}

/// The number by which one store knows a series, from 1; it is never given to another one.
public struct SeriesID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The number.
    public let number: Int

    /// An identifier that the store gave before.
    public init(_ number: Int) { self.number = number }

    /// The number in digits.
    public var description: String { String(number) }

    /// Whether the series on the left was declared first.
    public static func < (left: SeriesID, right: SeriesID) -> Bool { left.number < right.number }
}

/// How readings of a series add up.
public enum SeriesKind: String, Hashable, Sendable, CaseIterable {
    /// Numbers that stand for themselves: temperatures, brightness, on and off as 1 and 0.
    case measurement
    /// Watts; statistics give the watt-hours of a period too.
    case power
    /// A counter that only rises until it is reset: kilowatt-hours, cubic metres. Statistics give its growth too, in its own unit.
    case meter
    /// One of several texts: "cooling". It has readings and no statistics.
    case state
}

/// A series as it should be.
public struct SeriesDeclaration: Hashable, Sendable {
    /// What it is the history of.
    public var key: SeriesKey
    /// How its readings add up.
    public var kind: SeriesKind

    /// A declaration.
    public init(_ key: SeriesKey, _ kind: SeriesKind) {
        self.key = key
        self.kind = kind
    }
}

/// A series that a store holds.
public struct Series: Hashable, Sendable {
    /// The store's number for it.
    public let id: SeriesID
    /// What it is the history of.
    public let key: SeriesKey
    /// How its readings add up.
    public internal(set) var kind: SeriesKind
    /// How long it is kept.
    public internal(set) var retention: Retention

    /// A series, for stores.
    public init(id: SeriesID, key: SeriesKey, kind: SeriesKind, retention: Retention) {
        self.id = id
        self.key = key
        self.kind = kind
        self.retention = retention
    }
}
