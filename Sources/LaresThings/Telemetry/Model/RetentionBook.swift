/// How long histories are kept: all of them, those of some things, and those of some properties.
///
/// ```swift
/// var book = try store.retention()
/// book.things[lamp] = Retention(readings: 30, beside: book.usual)
/// try store.save(book)
/// try await telemetry.apply(book)        // and compact, once a day
/// ```
public struct RetentionBook: Hashable, Sendable {
    /// That of all others.
    public var usual: Retention
    /// Those of things; their properties may have others still.
    public var things: [ThingID: Retention]
    /// Those of properties.
    public var properties: [PropertyAddress: Retention]

    /// The most things, and the most properties.
    public static let limit = 10_000

    /// A book; readings and five minutes stay for 400 days unless said otherwise, hours and days for ever.
    public init(
        usual: Retention = .usual, things: [ThingID: Retention] = [:], properties: [PropertyAddress: Retention] = [:]
    ) {
        (self.usual, self.things, self.properties) = (usual, things, properties)
    }

    /// How long a history is kept.
    public subscript(key: SeriesKey) -> Retention {
        guard let thing = ThingID(key.thing) else { return usual }
        return properties[PropertyAddress(thing, key.property)] ?? things[thing] ?? usual
    }

    /// - Throws: ``TelemetryError`` with code `badRetention`.
    public func check() throws {
        guard things.count <= Self.limit, properties.count <= Self.limit else {
            throw TelemetryError(.badRetention, "up to \(Self.limit) things and properties can be kept for times of their own")
        }
        for retention in [usual] + things.values + properties.values { try retention.check() }
    }
}

extension Retention {
    /// Readings and five minutes for 400 days, so that a year can be laid beside the one before; hours and days for ever.
    public static let usual = Retention(rawDays: 400, fiveMinuteDays: 400, hourDays: nil)

    /// Readings for some days, nil for ever; statistics as long as usual, or as long as the readings where that is longer.
    public init(readings days: Int?, beside usual: Retention) {
        func longer(_ other: Int?) -> Int? { days.flatMap { days in other.map { max(days, $0) } } }
        self.init(rawDays: days, fiveMinuteDays: longer(usual.fiveMinuteDays), hourDays: longer(usual.hourDays))
    }
}

extension TelemetryStore {
    /// Has every series kept as long as a book says; the next compaction deletes what is older.
    ///
    /// - Throws: ``TelemetryError``.
    public func apply(_ book: RetentionBook) async throws {
        let changed = try await series(of: nil).filter { $0.retention != book[$0.key] }
        for (retention, series) in Dictionary(grouping: changed, by: { book[$0.key] }) {
            // A series may be removed meanwhile; the others are not to wait for the next time.
            do { try await setRetention(retention, of: series.map(\.id)) } catch let error as TelemetryError
                where error.code == .seriesNotFound
            {
                continue
            }
        }
    }
}
