internal import Synchronization

extension ClickHouseTelemetry {
    /// Stores readings; they are on the disks of the servers when it returns.
    public func append(_ readings: [Reading]) async throws {
        let accepted = try register.withLock { try $0.accepted(readings) }
        guard !accepted.isEmpty else { return try checkOpen() }
        try await withCheckedThrowingContinuation { done in
            let answer = inbox.withLock { $0.put(AppendInbox.Batch(readings: accepted, done: done), limit: limits.waiting) }
            switch answer {
            case .waits: break
            // Of its own, so that whoever gives up waiting for one batch does not take those of others with it.
            case .schedule: Task { await self.storeWaiting() }
            case .refused(let error): done.resume(throwing: error)
            }
        }
    }

    /// From when on a series still takes readings.
    public func keptFrom(of series: SeriesID) -> Timestamp { register.withLock { $0.book.keptFrom(of: series) } }

    /// Stores what waits, all that has come in one insertion, until nothing waits.
    private func storeWaiting() async {
        repeat {
            let batches = inbox.withLock { $0.take(most: limits.waiting) }
            do {
                try await store(batches.map(\.readings))
                for batch in batches { batch.done.resume() }
            } catch {
                for batch in batches { batch.done.resume(throwing: error) }
            }
        } while inbox.withLock { $0.hasMore() }
    }

    private func store(_ batches: [[Reading]]) async throws {
        let version = nextVersion()
        let rows = register.withLock { $0.columns(of: batches, version: version, now: version, window: settings.window.versions) }
        try await insert(rows, at: version)
    }

    /// Inserts rows after the marks that go with them.
    func insert(_ rows: AppendedRows, at now: UInt64) async throws {
        do { try await insert(rows.marks, of: now + settings.window.versions) } catch {
            register.withLock { $0.forgetMarks() }
            throw error
        }
        try await insert(rows)
    }

    /// Says that days change, before they do: statistics of them are then made from readings.
    private func insert(_ marks: AppendedRows.Columns<Int32>, of version: UInt64) async throws {
        for piece in marks.pieces() {
            var block = NativeBlock(rows: piece.count)
            block.add("month", piece.months)
            block.add("series", piece.series)
            block.add("day", piece.values)
            block.add("version", repeatElement(version, count: piece.count))
            try await connection.insert(block, into: ClickHouseTable.changes.rawValue)
        }
    }

    private func insert(_ rows: AppendedRows) async throws {
        for piece in rows.numbers.pieces() {
            var block = NativeBlock(rows: piece.count)
            block.add(piece, rows.version)
            block.add("number", piece.values)
            try await connection.insert(block, into: ClickHouseTable.readings.rawValue)
        }
        for piece in rows.texts.pieces() {
            var block = NativeBlock(rows: piece.count)
            block.add(piece, rows.version)
            block.add("text", piece.values)
            try await connection.insert(block, into: ClickHouseTable.texts.rawValue)
        }
    }
}

extension NativeBlock {
    fileprivate mutating func add<Value>(_ piece: AppendedRows.Columns<Value>, _ version: UInt64) {
        add("month", piece.months)
        add("series", piece.series)
        add("time", piece.times)
        add("version", repeatElement(version, count: piece.count))
    }
}
