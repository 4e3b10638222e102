import Dispatch
import GRDB
import Synchronization

extension HotPair {
    /// Readings in one transaction of sorting: some tens of milliseconds of work.
    private static let sliceSize = 20_000

    /// Begins to sort a table.
    mutating func drain(_ hot: HotReadings) {
        var hot = hot
        hot.settle()
        slices = Slice.slices(of: hot, atMost: Self.sliceSize)
        draining = hot
    }

    /// Lets the other table take new readings.
    mutating func takeTurns() {
        turns += 1
        table = 1 - table
        drain(filling)
        refill()
    }
}

extension SQLiteTelemetry {
    /// Lets the tables take turns, unless one is still being sorted; on the writing queue.
    func takeTurns() throws {
        guard let table = hot.withLock({ $0.draining == nil ? $0.table : nil }) else { return }
        try pool.write { try StoreState.filling.set(Int64(1 - table), $0) }
        hot.withLock { $0.takeTurns() }
    }

    /// Begins to sort a full table beside everything else, or goes on where it failed; on the writing queue.
    func sortInBackground() {
        let isFirst = hot.withLock { hot in
            defer { hot.isSorting = true }
            return !hot.isSorting
        }
        guard isFirst else { return }
        // When it fails, the table goes on filling, and the next readings try again.
        let result = Result { try takeTurns() }
        sorting.async { [self] in
            var trouble: TelemetryError?
            do {
                try result.get()
                try sortAll()
            } catch { trouble = TelemetryError(error) }
            if hot.withLock({ $0.endSorting(trouble) }) { writing.async { self.storeWaiting() } }
        }
    }

    /// Sorts what is being drained and empties its table; on the sorting queue.
    ///
    /// After a crash the table is still there and everything is done again, which changes nothing.
    func sortAll() throws {
        while !inbox.withLock(\.isClosed), try sortSlice() {}
    }

    /// Sorts the next slice, or empties the table when none is left; says whether there was something to do.
    private func sortSlice() throws -> Bool {
        let (slice, draining, other) = hot.withLock { ($0.slices.last, $0.draining, 1 - $0.table) }
        guard let draining else { return false }
        if let slice {
            try sort(slice, of: draining)
            hot.withLock { _ = $0.slices.popLast() }
        } else {
            try pool.write { try HotTables.empty(table: other, $0) }
            hot.withLock { $0.draining = nil }
        }
        return true
    }

    /// Moves readings into the file of their month, with the statistics they change, in one transaction.
    private func sort(_ slice: Slice, of draining: HotReadings) throws {
        var beside: [(Series, Range<Int64>)] = []
        try files.write(slice.month) { database in
            let month = WritingMonth(month: slice.month, database: database, files: files)
            for part in slice.parts {
                guard let series = entry(part.series)?.series, let run = draining.runs[series.id]?.slice(part.places) else { continue }
                beside += try store(run, series, month).map { (series, $0) }
            }
        }
        for (series, range) in beside { try refreshBeside(slice.month, series, range) }
    }

    /// Stores readings of one month, and gives the ranges of changed statistics that are not in this month alone.
    private func store(_ run: SeriesRun, _ series: Series, _ month: WritingMonth) throws -> [Range<Int64>] {
        try StoredMonth(database: month.database).insert(run, series.id)
        guard series.kind != .state else { return [] }
        let source = source(series, month)
        let ranges = try source.affected(by: run.times)
        try refresh(source, ranges)
        return ranges.filter { $0.clamped(to: month.month.range) != $0 }
    }

    /// A reading near the end of a month may change statistics of the month beside it.
    private func refreshBeside(_ month: Month, _ series: Series, _ range: Range<Int64>) throws {
        for other in Month.spanning(range) where other != month {
            try files.write(other) { database in
                try refresh(source(series, WritingMonth(month: other, database: database, files: files)), [range])
            }
        }
    }

    /// Makes statistics of the source's month again.
    private func refresh(_ source: SeriesSource<WritingMonth>, _ ranges: [Range<Int64>]) throws {
        let month = source.months.month.range
        let changes = try source.rollups(again: ranges.map { $0.clamped(to: month) }.filter { !$0.isEmpty })
        try StoredMonth(database: source.months.database).put(changes, source.series, in: month)
    }

    private func source(_ series: Series, _ months: WritingMonth) -> SeriesSource<WritingMonth> {
        SeriesSource(series: series.id, kind: series.kind, months: months, recent: SeriesRun())
    }

    /// A series, unless it was removed.
    func entry(_ id: SeriesID) -> SeriesBook.Entry? { book.withLock { $0.entries[id] } }

    /// For tests: sorts one slice and stops there, as a crash would.
    package func sortOneSlice() async throws {
        try await writing.answer { [self] in try takeTurns() }
        _ = try await sorting.answer { [self] in try sortSlice() }
    }

    /// For tests: the database of new readings may have so many pages more than it has, as if the disk were full then.
    package func allow(morePages: Int) async throws {
        try await writing.answer { [self] in
            try pool.writeWithoutTransaction { database in
                let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
                try database.execute(sql: "PRAGMA max_page_count = \(pages + morePages)")
            }
        }
    }
}
