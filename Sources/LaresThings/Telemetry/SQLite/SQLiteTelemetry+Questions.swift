import Dispatch
import Synchronization

extension SQLiteTelemetry {
    /// Readings of one series, from one end of a range.
    public func readings(of series: SeriesID, in range: Range<Timestamp>, order: ReadingOrder, limit: Int) async throws -> [Reading] {
        try limits.check(page: limit)
        return try await ask(series, range) { source, range, kept in
            try source.page(range.from(kept.raw), order, limit: limit)
        }
    }

    /// A series of numbers as a chart of so many pixels needs it.
    public func buckets(of series: SeriesID, in range: Range<Timestamp>, atMost count: Int) async throws -> BucketedSeries {
        try limits.check(buckets: count)
        _ = try book.withLock { try $0.numbers(series) }
        return try await ask(series, range) { [limits] source, range, kept in
            try source.buckets(range, atMost: count, kept, limits)
        }
    }

    /// Statistics by periods that begin in a range.
    public func statistics(of series: SeriesID, in range: Range<Timestamp>, every period: StatisticPeriod) async throws -> [Statistic] {
        try limits.check(range, every: period)
        _ = try book.withLock { try $0.numbers(series) }
        return try await ask(series, range) { source, range, kept in try source.statistics(period, range, kept) }
    }

    /// Asks something about a series and a range of times, cut to those that readings may have.
    private func ask<R: Sendable>(
        _ series: SeriesID, _ range: Range<Timestamp>,
        _ body: @escaping @Sendable (SeriesSource<MonthFiles>, Range<Int64>, KeptFrom) throws -> R
    ) async throws -> R {
        try checkOpen()
        let entry = try book.withLock { try $0.entry(series) }
        let range = Timestamp.milliseconds(range.clamped(to: .earliest ..< .end))
        return try await reading.answer { [self] in
            // Memory first: see ``SeriesSource``.
            let near = max(0, range.lowerBound - StatisticPeriod.day.milliseconds - entry.series.kind.sway)
            let end = range.upperBound + StatisticPeriod.day.milliseconds + entry.series.kind.sway
            let recent = hot.withLock { $0.run(series, near..<end) }
            return try body(SeriesSource(series: series, kind: entry.series.kind, months: files, recent: recent), range, entry.kept)
        }
    }
}
