import Dispatch
import GRDB
import Synchronization

extension SQLiteTelemetry {
    /// Deletes what retention no longer keeps, and gives room back to the disk.
    public func compact(now: Timestamp) async throws -> CompactionResult {
        try checkOpen()
        guard hot.withLock({ $0.beginCompacting() }) else {
            throw TelemetryError(.inUse, "the telemetry is already being compacted: wait until that is done")
        }
        defer { hot.withLock { $0.isCompacting = false } }
        let now = min(max(now, .earliest), .end).milliseconds
        let before = try await size().bytes
        let deleted = try await sorting.answer { [self] in try deleteRemoved() }
        var result = CompactionResult(deleted: deleted, freedBytes: 0, distrustedClock: false)
        try await sortEverything()
        result.distrustedClock = try await !writing.answer { [self] in try pool.write { try Self.trusts(now, $0) } }
        if !result.distrustedClock { result.deleted += try await deleteExpired(now) }
        for month in files.months { try await pack(month) }
        result.freedBytes = max(0, before - (try await size().bytes))
        return result
    }

    private static func trusts(_ now: Int64, _ database: Database) throws -> Bool {
        var trust = ClockTrust(last: try StoreState.compacted.value(database), jumped: try StoreState.jumped.value(database))
        let isTrusted = trust.trusts(now)
        try StoreState.compacted.set(trust.last, database)
        try StoreState.jumped.set(trust.jumped, database)
        return isTrusted
    }

    /// Sorts all there is into the files of the months.
    package func sortEverything() async throws {
        for _ in 0..<2 {
            // What is already being sorted goes first.
            try await sorting.answer { [self] in try sortAll() }
            guard hot.withLock({ $0.count > 0 }) else { return }
            try await writing.answer { [self] in try takeTurns() }
        }
        try await sorting.answer { [self] in try sortAll() }
    }

    private func deleteExpired(_ now: Int64) async throws -> Int {
        let entries = try await writing.answer { [self] in
            let entries = book.withLock { Array($0.entries.values) }
            let changed = entries.map { old in
                var entry = old
                entry.kept = old.kept.after(old.series.retention, now: now)
                return entry
            }
            // First it is said that they are gone, then they go: a crash between leaves nothing half visible.
            try put(zip(entries, changed).filter { $0 != $1 }.map(\.1))
            return changed.sorted { $0.series.id < $1.series.id }
        }
        var deleted = 0
        for month in files.months {
            deleted += try await sorting.answer { [self] in try deleteExpired(entries, of: month) }
        }
        return deleted
    }

    /// Deletes in transactions of some tens of thousands of rows; on the sorting queue.
    private func deleteExpired(_ entries: [SeriesBook.Entry], of month: Month) throws -> Int {
        var rest = entries.filter { $0.kept.raw > month.start }[...]
        var deleted = 0
        while !rest.isEmpty {
            deleted += try files.write(month) { database in
                var rows = 0
                while rows < 50_000, let entry = rest.popFirst() {
                    rows += try StoredMonth(database: database).delete(entry.series.id, before: entry.kept)
                }
                return rows
            }
        }
        return deleted
    }

    /// How much there is.
    public func size() async throws -> TelemetrySize {
        try checkOpen()
        return try await reading.answer { [self] in
            let months = files.months.map { ("\($0)", files.bytes($0)) }
            return TelemetrySize(
                series: book.withLock { $0.entries.count }, bytes: months.reduce(MonthFiles.bytes(path)) { $0 + $1.1 },
                months: Dictionary(uniqueKeysWithValues: months), unsorted: hot.withLock(\.count))
        }
    }
}

extension StoredMonth {
    /// Deletes what of a series is older than what is kept, and says how many rows that were.
    func delete(_ series: SeriesID, before kept: KeptFrom) throws -> Int {
        try database.execute(
            sql: "DELETE FROM readings WHERE series = ? AND time < ?", arguments: [series.number, kept.raw])
        var rows = database.changesCount
        for period in StatisticPeriod.allCases where kept[period] > 0 {
            try database.execute(
                sql: "DELETE FROM rollups WHERE period = ? AND series = ? AND start < ?",
                arguments: [period.rawValue, series.number, kept[period]])
            rows += database.changesCount
        }
        return rows
    }

    /// Deletes all of a series, and says how many rows that were.
    func delete(_ series: SeriesID) throws -> Int {
        try database.execute(sql: "DELETE FROM readings WHERE series = ?", arguments: [series.number])
        var rows = database.changesCount
        for period in StatisticPeriod.allCases {
            try database.execute(
                sql: "DELETE FROM rollups WHERE period = ? AND series = ?", arguments: [period.rawValue, series.number])
            rows += database.changesCount
        }
        return rows
    }
}
