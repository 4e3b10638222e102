internal import Synchronization

extension ClickHouseTelemetry {
    /// Stores statistics, deletes what retention no longer keeps, and gives room back to the disks.
    ///
    /// What is deleted isn't seen from then on. On the disks it goes by whole months, or once a quarter of a month is to go; readings that
    /// amounts of power and meters are told from stay there for 28 days more.
    public func compact(now: Timestamp) async throws -> CompactionResult {
        try checkOpen()
        let isFirst = isCompacting.withLock { isCompacting in
            defer { isCompacting = true }
            return !isCompacting
        }
        guard isFirst else { throw TelemetryError(.inUse, "the telemetry is already being compacted: wait until that is done") }
        defer { isCompacting.withLock { $0 = false } }
        let now = min(max(now, .earliest), .end).milliseconds
        try await refresh()
        let before = try await size().bytes
        try await rollUp()
        var result = CompactionResult(deleted: 0, freedBytes: 0, distrustedClock: try await !trusts(now))
        if !result.distrustedClock { try await hideExpired(now) }
        result.deleted = try await deleteHidden()
        result.freedBytes = max(0, before - (try await size().bytes))
        return result
    }

    private func trusts(_ now: Int64) async throws -> Bool {
        let state = try await state()
        var trust = ClockTrust(last: state[.compacted].flatMap { $0 < 0 ? nil : $0 }, jumped: state[.jumped].flatMap { $0 < 0 ? nil : $0 })
        let isTrusted = trust.trusts(now)
        try await set([.compacted: trust.last ?? -1, .jumped: trust.jumped ?? -1])
        return isTrusted
    }

    /// Says that what is over is gone, after what stays of it was stored.
    private func hideExpired(_ now: Int64) async throws {
        let rows = register.withLock { register in register.rows.values.filter { $0.removal == .none } }
        let changed = rows.compactMap { old in
            var row = old
            row.entry.kept = old.entry.kept.after(old.entry.series.retention, now: now)
            return row.entry.kept == old.entry.kept ? nil : (old: old, new: row)
        }
        // Their five minutes were made from readings as long as there were any, and hours and days are stored.
        var leaving: [UInt64: Range<Int64>] = [:]
        for (old, new) in changed {
            let first = max(old.entry.kept.raw, new.entry.kept.fiveMinutes)
            if first < new.entry.kept.raw { leaving[new.line] = first..<new.entry.kept.raw }
        }
        if let first = leaving.values.map(\.lowerBound).min(), let end = leaving.values.map(\.upperBound).max() {
            let day = StatisticPeriod.day.milliseconds
            try await roll("day >= \(first / day - 28) AND day <= \(end / day)", from: .fiveMinutes, leaving)
        }
        try await store(changed.map(\.new).sorted { $0.id < $1.id })
    }

    /// Deletes rows that are no longer seen, and says how many.
    private func deleteHidden() async throws -> Int {
        var deleted = 0
        for table in ClickHouseTable.allCases where table.hasMonths {
            for (month, rows) in try await months(of: table) {
                let conditions = expired(table, month)
                guard !conditions.isEmpty, rows > 0 else { continue }
                deleted += try await delete(conditions.joined(separator: " OR "), table, month, of: rows)
            }
        }
        let hidden = register.withLock { register in register.rows.values.filter { $0.removal == .hidden } }
        return deleted + (try await deleteRemoved(hidden))
    }

    /// Deletes rows of a month when they are many.
    private func delete(_ condition: String, _ table: ClickHouseTable, _ month: Month, of rows: Int) async throws -> Int {
        var counted = try await connection.rows(
            "SELECT count() FROM \(table.rawValue) WHERE month = \(month.stamp) AND (\(condition))")
        let count = counted.isAtEnd ? 0 : try counted.count()
        let local = "ALTER TABLE \(table.local(connection.address))\(connection.address.everywhere)"
        if count >= rows {
            try await connection.order("\(local) DROP PARTITION \(month.stamp)")
        } else if count * 4 >= rows {
            try await connection.order("\(local) DELETE WHERE month = \(month.stamp) AND (\(condition))")
        } else {
            return 0
        }
        return count
    }

    /// Which rows of a month are no longer seen. The register has older rows of a series too, until servers merge them; what they say is kept
    /// only grows, so any of them may answer.
    private func expired(_ table: ClickHouseTable, _ month: Month) -> [String] {
        let register = connection.address.localRegister
        let kept = self.register.withLock { register in register.rows.values.map(\.entry.kept) }
        func cuts(_ part: (KeptFrom) -> Int64, _ lag: Int64 = 0) -> [Int64] {
            Set(kept.map(part)).filter { $0 - lag > month.start }.sorted()
        }
        func series(_ column: String, _ cut: Int64) -> String { "series IN (SELECT line FROM \(register) WHERE \(column) >= \(cut))" }
        let lag = SeriesKind.meter.reach
        switch table {
        case .readings:
            let reaching = "series IN (SELECT line FROM \(register) WHERE kind IN (\(SeriesKind.power.place), \(SeriesKind.meter.place)))"
            return cuts(\.raw, lag).map { "(time < \($0 - lag) AND \(series("kept_raw", $0)))" }
                + cuts(\.raw).map { "(time < \($0) AND \(series("kept_raw", $0)) AND NOT \(reaching))" }
        case .texts: return cuts(\.raw).map { "(time < \($0) AND \(series("kept_raw", $0)))" }
        case .rollups:
            return cuts(\.fiveMinutes).map { "(period = 0 AND start < \($0) AND \(series("kept_fine", $0)))" }
                + cuts(\.hours).map { "(period = 1 AND start < \($0) AND \(series("kept_hours", $0)))" }
        case .changes: return cuts(\.raw, lag).map { "(day < \(($0 - lag) / 86_400_000) AND \(series("kept_raw", $0)))" }
        case .series, .state: return []
        }
    }

    /// Deletes what removed series had.
    private func deleteRemoved(_ hidden: [SeriesRow]) async throws -> Int {
        guard !hidden.isEmpty else { return 0 }
        let removed = "series IN (SELECT line FROM \(connection.address.localRegister) WHERE removed > 0)"
        var deleted = 0
        for table in ClickHouseTable.allCases where table.hasMonths {
            var counted = try await connection.rows("SELECT count() FROM \(table.rawValue) WHERE \(removed)")
            let count = counted.isAtEnd ? 0 : try counted.count()
            guard count > 0 else { continue }
            deleted += count
            let local = table.local(connection.address)
            try await connection.order("ALTER TABLE \(local)\(connection.address.everywhere) DELETE WHERE \(removed)")
        }
        try await store(
            hidden.map { row in
                var row = row
                row.removal = .done
                return row
            })
        return deleted
    }

    private func months(of table: ClickHouseTable) async throws -> [(Month, Int)] {
        try await parts(of: [table]).compactMap { part in Month(stamp: part.partition).map { ($0, part.rows) } }
    }

    /// How much there is.
    public func size() async throws -> TelemetrySize {
        try checkOpen()
        let parts = try await parts(of: ClickHouseTable.allCases)
        var months: [String: Int] = [:]
        for part in parts {
            if let month = Month(stamp: part.partition) { months[month.description, default: 0] += part.bytes }
        }
        return TelemetrySize(
            series: register.withLock { $0.book.entries.count }, bytes: parts.reduce(0) { $0 + $1.bytes }, months: months,
            unsorted: inbox.withLock(\.count))
    }

    /// What is on the disks of servers; of a cluster, one replica of every shard.
    private func parts(of tables: [ClickHouseTable]) async throws -> [(partition: String, rows: Int, bytes: Int)] {
        let address = connection.address
        let names = tables.map { "'\($0.local(address))'" }.joined(separator: ", ")
        var rows = try await connection.rows(
            """
            SELECT partition, toUInt64(sum(rows)), toUInt64(sum(bytes_on_disk)) FROM \(address.system("parts"))
            WHERE active AND database = '\(address.database)' AND table IN (\(names)) GROUP BY partition ORDER BY partition
            """)
        return try rows.all { (try $0.text(), try $0.count(), try $0.count()) }
    }
}
