/// The history of things: readings, and statistics of them.
///
///     let key = SeriesKey(thing: "hall", property: "temperature")
///     let temperature = try await store.declare([SeriesDeclaration(key, .measurement)])[0]
///     try await store.append([Reading(temperature, at: now, .number(21.5))])
///     let chart = try await store.buckets(of: temperature, in: lastMonth, atMost: 1_000)
///
/// Every store keeps the same promises, held by one set of tests: SQLite on this machine (``SQLiteTelemetry``), its twin in memory
/// (``MemoryTelemetry``), ClickHouse over the network (``ClickHouseTelemetry``). Every method throws ``TelemetryError``.
public protocol TelemetryStore: Sendable {
    /// Makes series known and gives their numbers, in the same order; one that is known keeps its number.
    ///
    /// A kind may change among those of numbers; statistics from before may stay as they were.
    ///
    /// - Throws: `badName`, `tooManySeries`, `wrongKind` when a series of texts would become one of numbers or the other way round. Nothing
    ///   is declared then.
    func declare(_ declarations: [SeriesDeclaration]) async throws -> [SeriesID]

    /// The series there are, by number; nil: of every thing.
    func series(of thing: String?) async throws -> [Series]

    /// Stores readings. When it returns they are on the disk; when it throws, none of them counts as stored, and sending them again is safe.
    ///
    /// One with the series and time of another takes its place. Readings of days that retention has already deleted
    /// are dropped silently: see ``keptFrom(of:)``.
    ///
    /// - Throws: `seriesNotFound`, `wrongKind`, `badValue`, `badTime`, `tooMuch` (more than 50,000 readings, unless the limits say
    ///   otherwise); `overloaded`, `noSpace` and `unreachable`, after which it goes on once there is room, or a way to the servers.
    func append(_ readings: [Reading]) async throws

    /// From when on a series still takes readings: those of days before were deleted. 1970 where nothing was, and for a series that isn't there.
    func keptFrom(of series: SeriesID) -> Timestamp

    /// Readings of one series.
    ///
    /// - Parameters:
    ///   - series: which one.
    ///   - range: from when, until before when.
    ///   - order: from which end.
    ///   - limit: at most so many, 1 to 100,000.
    /// - Throws: `seriesNotFound`, `tooMuch`.
    func readings(of series: SeriesID, in range: Range<Timestamp>, order: ReadingOrder, limit: Int) async throws -> [Reading]

    /// Numbers of many series that are later than a time of each: the earliest first, those of one moment by the numbers of their series.
    ///
    /// - Parameters:
    ///   - times: after when, by series; one that isn't there or has texts gives nothing.
    ///   - limit: at most so many, 1 to 100,000.
    /// - Throws: `tooMuch`.
    func readings(after times: [SeriesID: Timestamp], limit: Int) async throws -> [Reading]

    /// A series of numbers as a chart of so many pixels needs it.
    ///
    /// Buckets of ten minutes and more are multiples of five minutes, an hour or a day, and come from statistics; the first and the last may
    /// then have readings from just outside the range. Where readings are already deleted, or more than two million, buckets are as wide as
    /// the statistics there are.
    ///
    /// - Parameters:
    ///   - series: which one.
    ///   - range: from when, until before when.
    ///   - count: at most so many buckets, 2 to 100,000.
    /// - Throws: `seriesNotFound`, `wrongKind`, `tooMuch`.
    func buckets(of series: SeriesID, in range: Range<Timestamp>, atMost count: Int) async throws -> BucketedSeries

    /// The reading with the latest time of each series that has one.
    ///
    /// - Throws: `seriesNotFound`.
    func latest(of series: [SeriesID]) async throws -> [SeriesID: Reading]

    /// Statistics by periods that begin in a range, earliest first.
    ///
    /// - Throws: `seriesNotFound`, `wrongKind`, `tooMuch` for more than 100,000 periods.
    func statistics(of series: SeriesID, in range: Range<Timestamp>, every period: StatisticPeriod) async throws -> [Statistic]

    /// Sets how long series are kept. The next compaction applies it; what is deleted stays deleted.
    ///
    /// - Throws: `seriesNotFound`, `badRetention`.
    func setRetention(_ retention: Retention, of series: [SeriesID]) async throws

    /// Removes series with all they have; those that aren't there are no error. Their numbers are never used again.
    func remove(_ series: [SeriesID]) async throws

    /// Deletes what retention no longer keeps and gives room back to the disk; once a day is enough.
    ///
    /// - Parameter now: the time. After a jump of more than a week nothing is deleted until a compaction a day later agrees with it.
    func compact(now: Timestamp) async throws -> CompactionResult

    /// How much there is.
    func size() async throws -> TelemetrySize

    /// Ends what it began, and takes nothing more.
    func close() async throws

    /// What keeps it from working as it should though nothing is lost yet; nil: nothing.
    var trouble: TelemetryError? { get }

    /// Whether other programs may write to it as well.
    var isShared: Bool { get }
}

extension TelemetryStore {
    /// No other program writes to it.
    public var isShared: Bool { false }

    /// Has nothing to end.
    public func close() async throws {}

    /// Nothing.
    public var trouble: TelemetryError? { nil }
}
