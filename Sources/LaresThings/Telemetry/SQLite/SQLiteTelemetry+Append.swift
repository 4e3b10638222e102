import Dispatch
import GRDB
import Synchronization

extension SQLiteTelemetry {
    /// Stores readings; they are on the disk when it returns.
    public func append(_ readings: [Reading]) async throws {
        let accepted = try book.withLock { try $0.accepted(readings) }
        guard !accepted.isEmpty else { return try checkOpen() }
        try await withCheckedThrowingContinuation { done in
            let answer = inbox.withLock { $0.put(AppendInbox.Batch(readings: accepted, done: done), limit: limits.waiting) }
            switch answer {
            case .waits: break
            case .schedule: writing.async { self.storeWaiting() }
            case .refused(let error): done.resume(throwing: error)
            }
        }
    }

    /// From when on a series still takes readings.
    public func keptFrom(of series: SeriesID) -> Timestamp { book.withLock { $0.keptFrom(of: series) } }

    /// Stores what waits, in one transaction, unless it has to wait for sorting.
    func storeWaiting() {
        sortWhenFull()
        let isClosed = inbox.withLock(\.isClosed)
        guard !hot.withLock({ $0.pauses(limits.unsorted, isClosed: isClosed) }) else { return }
        let batches = inbox.withLock { $0.take(most: limits.batch) }
        let result = Result { try store(batches.flatMap(\.readings)) }.mapError { TelemetryError($0) as any Error }
        for batch in batches { batch.done.resume(with: result) }
        if inbox.withLock({ $0.hasMore() }) { writing.async { self.storeWaiting() } }
        sortWhenFull()
    }

    private func sortWhenFull() {
        if hot.withLock({ $0.isDue(limits) }) { sortInBackground() }
    }

    private func store(_ readings: [Reading]) throws {
        let (table, isOverfull, trouble) = hot.withLock { ($0.table, $0.isOverfull(limits.unsorted), $0.trouble) }
        guard !isOverfull else {
            throw trouble ?? TelemetryError(.overloaded, "readings come faster than they are sorted: send these again later")
        }
        // A series may have been removed since its readings were checked.
        let readings = book.withLock { book in readings.filter { book.entries[$0.series] != nil } }
        try pool.write { try HotTables.insert(readings, table: table, $0) }
        hot.withLock { $0.append(readings) }
    }
}
