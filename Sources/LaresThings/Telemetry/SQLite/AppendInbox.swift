/// Batches that wait for the next transaction.
struct AppendInbox {
    /// A batch, and who waits for it.
    struct Batch {
        let readings: [Reading]
        let done: CheckedContinuation<Void, any Error>
    }

    private(set) var isClosed = false
    private var batches: [Batch] = []
    private(set) var count = 0
    private var isScheduled = false

    /// What became of a batch that was put in.
    enum Answer {
        /// It waits, and is stored with those already waiting.
        case waits
        /// It waits, and the queue has to be told.
        case schedule
        /// It was not taken.
        case refused(TelemetryError)
    }

    mutating func put(_ batch: Batch, limit: Int) -> Answer {
        guard !isClosed else { return .refused(.closed) }
        guard count + batch.readings.count <= limit else {
            return .refused(TelemetryError(.overloaded, "\(count) readings already wait to be stored: send these again a little later"))
        }
        batches.append(batch)
        count += batch.readings.count
        defer { isScheduled = true }
        return isScheduled ? .waits : .schedule
    }

    /// The batches of the next transaction: as many as have come, up to about `most` readings.
    mutating func take(most: Int) -> [Batch] {
        var taken = 0
        let batches = batches.prefix { batch in
            defer { taken += batch.readings.count }
            return taken == 0 || taken + batch.readings.count <= most
        }
        self.batches.removeFirst(batches.count)
        count -= batches.reduce(0) { $0 + $1.readings.count }
        return Array(batches)
    }

    /// Whether a transaction is to come.
    var isBusy: Bool { isScheduled }

    /// Takes no more batches; says whether it did before.
    mutating func close() -> Bool {
        defer { isClosed = true }
        return !isClosed
    }

    /// Whether more came meanwhile; if not, the next batch schedules again.
    mutating func hasMore() -> Bool {
        isScheduled = !batches.isEmpty
        return isScheduled
    }
}
