internal import Synchronization

/// What only a move from another store needs: rows that are older than anything that is appended.
extension ClickHouseTelemetry {
    private static let filledVersion: UInt64 = 1

    /// Stores readings of another store beside those that are appended, which count where both have a time.
    func fill(_ readings: [Reading]) async throws {
        let now = nextVersion()
        let rows = register.withLock { $0.columns(of: [readings], version: Self.filledVersion, now: now, window: settings.window.versions) }
        try await insert(rows, at: now)
    }

    /// Stores statistics of times whose readings another store no longer has.
    func fill(_ statistics: [Statistic], of id: SeriesID, every period: StatisticPeriod) async throws {
        let line = try register.withLock { try $0.row(id).line }
        let rollups = statistics.map { one in
            Rollup(
                start: one.start.milliseconds, count: one.count, min: one.min, max: one.max, sum: one.mean * Double(one.count),
                last: one.last, amount: one.amount ?? 0)
        }
        try await insert(
            rollups, Array(repeating: line, count: rollups.count), Array(repeating: UInt8(period.rawValue), count: rollups.count),
            version: Self.filledVersion)
    }

    /// Keeps series as long as another store does.
    func adopt(_ series: [(id: SeriesID, retention: Retention, kept: KeptFrom)]) async throws {
        let rows = try register.withLock { register in
            try series.map { one in
                var row = try register.row(one.id)
                row.entry.series.retention = one.retention
                row.entry.kept = one.kept
                return row
            }
        }
        try await store(rows)
    }
}
