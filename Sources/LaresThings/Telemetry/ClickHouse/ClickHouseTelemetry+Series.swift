internal import Synchronization

extension ClickHouseTelemetry {
    /// Makes series known and gives their numbers.
    public func declare(_ declarations: [SeriesDeclaration]) async throws -> [SeriesID] {
        try checkOpen()
        // What is unknown here, another process may have declared, or declared again after it was removed.
        while true {
            let lines = register.withLock { $0.unknownLines(of: declarations) }
            guard try await lookUp(lines) else { break }
        }
        let rows = try register.withLock { try $0.plan(declarations, usualRetention) }
        try await store(rows)
        return register.withLock { register in declarations.compactMap { register.book.id(of: $0.key) } }
    }

    /// The series there are, by number.
    public func series(of thing: String?) async throws -> [Series] {
        try checkOpen()
        try await refresh()
        return register.withLock { $0.book.list(of: thing) }
    }

    /// Sets how long series are kept.
    public func setRetention(_ retention: Retention, of series: [SeriesID]) async throws {
        try checkOpen()
        try retention.check()
        var rows = try register.withLock { register in try series.map { try register.row($0) } }
        for place in rows.indices { rows[place].entry.series.retention = retention }
        try await store(rows)
    }

    /// Removes series with all they have.
    public func remove(_ series: [SeriesID]) async throws {
        try checkOpen()
        var rows = register.withLock { register in series.compactMap { try? register.row($0) } }
        for place in rows.indices { rows[place].removal = .hidden }
        // From here on nobody sees them; the next compaction deletes what they had.
        try await store(rows)
    }

    /// Writes rows of the register.
    func store(_ rows: [SeriesRow]) async throws {
        let pieces = stride(from: 0, to: rows.count, by: 100_000).map { rows[$0...].prefix(100_000) }
        for piece in pieces {
            try await connection.insert(SeriesRow.block(Array(piece), version: nextVersion()), into: ClickHouseTable.series.rawValue)
            register.withLock { register in
                for row in piece { register.put(row) }
            }
        }
    }

    /// Takes in what other processes wrote.
    func refresh() async throws {
        // Clocks of other processes may be a little behind.
        let seen = register.withLock(\.seen)
        let newest = try await take("version >= \(seen - min(seen, 60_000_000))")
        register.withLock { $0.seen = max($0.seen, newest ?? 0) }
    }

    /// Takes in rows by their lines; says whether there was one.
    private func lookUp(_ lines: [UInt64]) async throws -> Bool {
        var found = false
        for list in SQL.lists(lines) where try await take("line IN (\(list))") != nil { found = true }
        return found
    }

    /// Takes in rows of the register, and gives the newest version of theirs; nil without any.
    private func take(_ condition: String) async throws -> UInt64? {
        var rows = try await connection.rows(
            """
            SELECT \(SeriesRow.columns), version FROM \(ClickHouseTable.series.rawValue)
            WHERE \(condition) ORDER BY line, version DESC LIMIT 1 BY line
            """)
        let found = try rows.all { (try SeriesRow(&$0), try $0.integer(UInt64.self)) }
        register.withLock { register in
            for (row, _) in found.sorted(by: { ($0.0.id, $0.0.line) < ($1.0.id, $1.0.line) }) { register.put(row) }
        }
        return found.map(\.1).max()
    }
}

extension SeriesRegister {
    /// What series that are unknown here would be called.
    fileprivate func unknownLines(of declarations: [SeriesDeclaration]) -> [UInt64] {
        declarations.map(\.key).filter { book.id(of: $0) == nil }.map { key in
            var generation: UInt32 = 0
            while rows[SeriesRow.line(key, generation)] != nil { generation += 1 }
            return SeriesRow.line(key, generation)
        }
    }
}
