package import LaresTensor

/// Decides which requests are computed together: those for the same network whose rows have the same sizes, in the order they came, up to a
/// number of rows. Requests of more urgent classes go first.
package struct BatchLine<Key: Hashable & Sendable>: Sendable {
    /// A request that waits.
    package struct Entry: Sendable {
        /// Its number.
        package let id: Int
        /// What it can be joined by; requests with equal keys can be computed together.
        package let key: Key
        /// Its rows.
        package let rows: Int
        /// How urgent it is.
        package let work: WorkClass
        /// When it came.
        package let arrived: ContinuousClock.Instant
        /// How it is joined.
        package let limits: BatchLimits

        package init(id: Int, key: Key, rows: Int, work: WorkClass, arrived: ContinuousClock.Instant, limits: BatchLimits) {
            self.id = id
            self.key = key
            self.rows = rows
            self.work = work
            self.arrived = arrived
            self.limits = limits
        }
    }

    /// What to do now.
    package enum Step: Sendable, Hashable {
        /// Compute these, in this order.
        case compute([Int])
        /// Nothing before that time, unless a request comes.
        case wait(until: ContinuousClock.Instant)
        /// Nothing before a request comes.
        case rest
    }

    private var entries: [Entry] = []

    package init() {}

    /// How many wait.
    package var count: Int { entries.count }

    /// Takes a request in.
    package mutating func add(_ entry: Entry) { entries.append(entry) }

    /// The next step; its requests are taken out.
    ///
    /// - Parameter work: only what is more urgent than this; nil: whatever there is.
    package mutating func next(at now: ContinuousClock.Instant, before work: WorkClass? = nil) -> Step {
        if let work, !entries.contains(where: { $0.work < work }) { return .rest }
        if entries.count == 1, let only = entries.first, only.rows >= only.limits.rows || only.arrived + only.limits.delay <= now {
            entries.removeAll(keepingCapacity: true)
            return .compute([only.id])
        }
        var seen: Set<Key> = []
        var wake: ContinuousClock.Instant?
        for head in entries.sorted(by: { ($0.work, $0.arrived) < ($1.work, $1.arrived) }) where seen.insert(head.key).inserted {
            if let work, head.work >= work { break }
            let (chosen, isFull) = batch(of: head)
            let due = head.arrived + head.limits.delay
            if isFull || due <= now {
                let ids = Set(chosen)
                entries.removeAll { ids.contains($0.id) }
                return .compute(chosen)
            }
            wake = min(wake ?? due, due)
        }
        return wake.map { .wait(until: $0) } ?? .rest
    }

    /// Requests that go with `head`, and whether no more would fit.
    private func batch(of head: Entry) -> (ids: [Int], isFull: Bool) {
        var ids = [head.id]
        var rows = head.rows
        for other in entries where other.key == head.key && other.id != head.id {
            let (sum, overflow) = rows.addingReportingOverflow(other.rows)
            guard !overflow, sum <= head.limits.rows else { return (ids, true) }
            ids.append(other.id)
            rows = sum
        }
        return (ids, rows >= head.limits.rows)
    }
}
