/// How much a store holds.
public struct TelemetrySize: Hashable, Sendable {
    /// Series.
    public var series: Int
    /// Bytes on the disk.
    public var bytes: Int
    /// Bytes of each month, "2026-11", that is on the disk.
    public var months: [String: Int]
    /// Readings that are not yet sorted into their months.
    public var unsorted: Int

    /// A size, for stores.
    public init(series: Int, bytes: Int, months: [String: Int], unsorted: Int) {
        self.series = series
        self.bytes = bytes
        self.months = months
        self.unsorted = unsorted
    }
}

/// What a compaction did.
public struct CompactionResult: Hashable, Sendable {
    /// Readings and statistics deleted because their time was over.
    public var deleted: Int
    /// Bytes that the disk got back.
    public var freedBytes: Int
    /// Whether nothing was deleted because the clock had jumped by more than a week: a compaction a day later believes it.
    public var distrustedClock: Bool

    /// A result, for stores.
    public init(deleted: Int, freedBytes: Int, distrustedClock: Bool) {
        self.deleted = deleted
        self.freedBytes = freedBytes
        self.distrustedClock = distrustedClock
    }
}
