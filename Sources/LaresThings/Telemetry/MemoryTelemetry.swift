import Synchronization

/// Telemetry in memory, for tests and trials: it keeps every promise of a store but the one about the disk.
///
/// Statistics are made from readings whenever they are asked for, so retention hides readings and frees nothing.
public final class MemoryTelemetry: TelemetryStore {
    private struct State {
        var book: SeriesBook
        var runs: [SeriesID: SeriesRun] = [:]
        var last = 0
        var trust = ClockTrust()
    }

    private let usualRetention: Retention
    private let state: Mutex<State>

    /// A store without series.
    ///
    /// - Parameters:
    ///   - retention: how long series are kept that are declared from now on.
    ///   - limits: how much it takes.
    public init(retention: Retention = .forever, limits: TelemetryLimits = TelemetryLimits()) {
        usualRetention = retention
        state = Mutex(State(book: SeriesBook(limits: limits)))
    }

    /// Makes series known and gives their numbers.
    public func declare(_ declarations: [SeriesDeclaration]) async throws -> [SeriesID] {
        try state.withLock { state in
            try state.book.check(declarations)
            return declarations.map { declare($0, &state) }
        }
    }

    private func declare(_ declaration: SeriesDeclaration, _ state: inout State) -> SeriesID {
        if let id = state.book.id(of: declaration.key), var entry = state.book.entries[id] {
            entry.series.kind = declaration.kind
            state.book.put(entry)
            return id
        }
        state.last += 1
        let id = SeriesID(state.last)
        let series = Series(id: id, key: declaration.key, kind: declaration.kind, retention: usualRetention)
        state.book.put(SeriesBook.Entry(series: series))
        return id
    }

    /// The series there are, by number.
    public func series(of thing: String?) async throws -> [Series] { state.withLock { $0.book.list(of: thing) } }

    /// From when on a series still takes readings.
    public func keptFrom(of series: SeriesID) -> Timestamp { state.withLock { $0.book.keptFrom(of: series) } }

    /// Keeps readings in memory.
    public func append(_ readings: [Reading]) async throws {
        try state.withLock { state in
            for reading in try state.book.accepted(readings) {
                state.runs[reading.series, default: SeriesRun()].append(reading.time.milliseconds, reading.value)
            }
        }
    }

    /// Readings of one series, from one end of a range.
    public func readings(of series: SeriesID, in range: Range<Timestamp>, order: ReadingOrder, limit: Int) async throws -> [Reading] {
        try ask(series, range) { source, range, kept, limits in
            try limits.check(page: limit)
            return try source.page(range.from(kept.raw), order, limit: limit)
        }
    }

    /// A series of numbers as a chart of so many pixels needs it.
    public func buckets(of series: SeriesID, in range: Range<Timestamp>, atMost count: Int) async throws -> BucketedSeries {
        try ask(series, range, numbers: true) { source, range, kept, limits in
            try limits.check(buckets: count)
            return try source.buckets(range, atMost: count, kept, limits)
        }
    }

    /// Statistics by periods that begin in a range.
    public func statistics(of series: SeriesID, in range: Range<Timestamp>, every period: StatisticPeriod) async throws -> [Statistic] {
        try ask(series, range, numbers: true) { source, milliseconds, kept, limits in
            try limits.check(range, every: period)
            return try source.statistics(period, milliseconds, kept)
        }
    }

    /// The reading with the latest time of each series that has one.
    public func latest(of series: [SeriesID]) async throws -> [SeriesID: Reading] {
        var latest: [SeriesID: Reading] = [:]
        for id in series {
            latest[id] = try await readings(of: id, in: .earliest ..< .end, order: .newestFirst, limit: 1).first
        }
        return latest
    }

    /// Sets how long series are kept.
    public func setRetention(_ retention: Retention, of series: [SeriesID]) async throws {
        try retention.check()
        try state.withLock { state in
            for var entry in try series.map({ try state.book.entry($0) }) {
                entry.series.retention = retention
                state.book.put(entry)
            }
        }
    }

    /// Removes series with all they have.
    public func remove(_ series: [SeriesID]) async throws {
        state.withLock { state in
            for id in series {
                state.book.remove(id)
                state.runs[id] = nil
            }
        }
    }

    /// Hides what retention no longer keeps; nothing becomes free.
    public func compact(now: Timestamp) async throws -> CompactionResult {
        let now = min(max(now, .earliest), .end).milliseconds
        return state.withLock { state in
            guard state.trust.trusts(now) else { return CompactionResult(deleted: 0, freedBytes: 0, distrustedClock: true) }
            for var entry in state.book.entries.values {
                entry.kept = entry.kept.after(entry.series.retention, now: now)
                state.book.put(entry)
            }
            return CompactionResult(deleted: 0, freedBytes: 0, distrustedClock: false)
        }
    }

    /// How much there is.
    public func size() async throws -> TelemetrySize {
        state.withLock { state in
            let count = state.runs.values.reduce(0) { $0 + $1.count }
            return TelemetrySize(series: state.book.entries.count, bytes: 0, months: [:], unsorted: count)
        }
    }

    private func ask<R>(
        _ series: SeriesID, _ range: Range<Timestamp>, numbers: Bool = false,
        _ body: (SeriesSource<NoMonths>, Range<Int64>, KeptFrom, TelemetryLimits) throws -> R
    ) throws -> R {
        let (entry, run, limits) = try state.withLock { state in
            state.runs[series]?.settle()
            let entry = try numbers ? state.book.numbers(series) : state.book.entry(series)
            return (entry, state.runs[series] ?? SeriesRun(), state.book.limits)
        }
        let source = SeriesSource(series: series, kind: entry.series.kind, months: NoMonths(), recent: run)
        return try body(source, Timestamp.milliseconds(range.clamped(to: .earliest ..< .end)), entry.kept, limits)
    }
}

/// No files: every reading is in memory.
private struct NoMonths: MonthReading {
    func read<R>(_ month: Month, _ body: (any MonthRows) throws -> R) throws -> R? { nil }
}
