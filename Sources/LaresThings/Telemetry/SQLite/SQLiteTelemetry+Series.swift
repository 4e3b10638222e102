import Dispatch
import GRDB
import Synchronization

extension SQLiteTelemetry {
    /// Makes series known and gives their numbers.
    public func declare(_ declarations: [SeriesDeclaration]) async throws -> [SeriesID] {
        try checkOpen()
        return try await writing.answer { [self] in
            try book.withLock { try $0.check(declarations) }
            let changed = try pool.write { database in try declarations.compactMap { try declare($0, database) } }
            return book.withLock { book in
                for entry in changed { book.put(entry) }
                return declarations.compactMap { book.id(of: $0.key) }
            }
        }
    }

    /// The entry of a new or changed series, written; nil when nothing changes.
    private func declare(_ declaration: SeriesDeclaration, _ database: Database) throws -> SeriesBook.Entry? {
        if var entry = book.withLock({ book in book.id(of: declaration.key).flatMap { book.entries[$0] } }) {
            guard entry.series.kind != declaration.kind else { return nil }
            entry.series.kind = declaration.kind
            try SeriesRows.update(entry, database)
            return entry
        }
        if let id = try SeriesRows.id(of: declaration.key, database) {
            // The same key twice in one call.
            return SeriesBook.Entry(series: Series(id: id, key: declaration.key, kind: declaration.kind, retention: usualRetention))
        }
        let id = try SeriesRows.insert(declaration, usualRetention, database)
        return SeriesBook.Entry(series: Series(id: id, key: declaration.key, kind: declaration.kind, retention: usualRetention))
    }

    /// The series there are, by number.
    public func series(of thing: String?) async throws -> [Series] {
        try checkOpen()
        return book.withLock { $0.list(of: thing) }
    }

    /// Sets how long series are kept.
    public func setRetention(_ retention: Retention, of series: [SeriesID]) async throws {
        try checkOpen()
        try retention.check()
        try await writing.answer { [self] in
            var entries = try book.withLock { book in try series.map { try book.entry($0) } }
            for place in entries.indices { entries[place].series.retention = retention }
            try put(entries)
        }
    }

    /// Writes changed entries; on the writing queue.
    func put(_ entries: [SeriesBook.Entry]) throws {
        try pool.write { database in
            for entry in entries { try SeriesRows.update(entry, database) }
        }
        book.withLock { book in
            for entry in entries { book.put(entry) }
        }
    }

    /// Removes series with all they have.
    public func remove(_ series: [SeriesID]) async throws {
        try checkOpen()
        try await writing.answer { [self] in
            let known = book.withLock { book in series.filter { book.entries[$0] != nil } }
            guard !known.isEmpty else { return }
            // From here on nobody sees it; a crash leaves the rest to the next compaction.
            try pool.write { database in
                for id in known { try SeriesRows.markRemoved(id, database) }
            }
            book.withLock { book in
                for id in known { book.remove(id) }
            }
            hot.withLock { hot in
                for id in known { hot.remove(id) }
            }
        }
        _ = try await sorting.answer { [self] in try deleteRemoved() }
    }

    /// Deletes what removed series still have; on the sorting queue. Gives the number of rows.
    func deleteRemoved() throws -> Int {
        let removed = try pool.read { try SeriesRows.removed($0) }
        guard !removed.isEmpty else { return 0 }
        var deleted = 0
        for month in files.months {
            for id in removed { deleted += try files.write(month) { try StoredMonth(database: $0).delete(id) } }
        }
        try pool.write { database in
            for id in removed {
                for table in 0...1 { try database.execute(sql: "DELETE FROM hot_\(table) WHERE series = ?", arguments: [id.number]) }
                try SeriesRows.delete(id, database)
            }
        }
        return deleted
    }
}
