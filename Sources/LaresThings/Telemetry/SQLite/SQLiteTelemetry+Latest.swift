import Dispatch
import Synchronization

extension SQLiteTelemetry {
    /// The reading with the latest time of each series that has one.
    public func latest(of series: [SeriesID]) async throws -> [SeriesID: Reading] {
        try checkOpen()
        let entries = try book.withLock { book in try series.map { try book.entry($0) } }
        return try await reading.answer { [self] in
            var latest: [SeriesID: Reading] = [:]
            var unknown: [SeriesID: Reading?] = [:]
            let turns = hot.withLock { hot in
                for id in series {
                    if let known = hot.known(id) { latest[id] = known } else { unknown[id] = .some(hot.newest(id)) }
                }
                return hot.turns
            }
            latest.merge(try lookedUp(unknown, turns)) { $1 }
            for entry in entries where latest[entry.series.id].map({ $0.time.milliseconds < entry.kept.raw }) ?? false {
                latest[entry.series.id] = nil
            }
            return latest
        }
    }

    /// The latest readings of series, of which the newest in memory is known, from the files; notes them for the next time.
    private func lookedUp(_ newest: [SeriesID: Reading?], _ turns: Int) throws -> [SeriesID: Reading] {
        var found = newest.compactMapValues { $0 }
        var rest = Set(newest.keys)
        // Month by month for all series: a series that is silent for years would have every file opened again.
        for month in files.months.reversed() where !rest.isEmpty {
            // Only a month that is not before the newest reading in memory can have a later one.
            rest = rest.filter { id in found[id].map { Month(containing: $0.time.milliseconds) <= month } ?? true }
            for (id, reading) in try newestStored(rest, month) {
                found[id] = Reading.latest(of: [found[id], reading])
                rest.remove(id)
            }
        }
        hot.withLock { hot in
            for id in newest.keys { hot.note(found[id], of: id, turns: turns) }
        }
        return found
    }

    private func newestStored(_ series: Set<SeriesID>, _ month: Month) throws -> [SeriesID: Reading] {
        try files.read(month) { rows in
            var found: [SeriesID: Reading] = [:]
            for id in series { found[id] = try rows.page(id, month.range, .newestFirst, limit: 1).reading(id, at: 0) }
            return found
        } ?? [:]
    }
}
