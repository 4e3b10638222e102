/// Whether the clock is believed that readings are deleted by. Times are milliseconds since 1970.
struct ClockTrust: Hashable, Sendable {
    /// The time of the last compaction that was believed.
    private(set) var last: Int64?
    /// The time that one had which was not.
    private(set) var jumped: Int64?

    init(last: Int64? = nil, jumped: Int64? = nil) {
        self.last = last
        self.jumped = jumped
    }

    private static let hour: Int64 = 3_600_000
    private static let week = 7 * 24 * hour
    /// When a compaction a day later comes.
    private static let confirmation = 20 * hour...week + 24 * hour

    /// Takes the time of a compaction, and says whether it is believed.
    ///
    /// More than a week after the one before it is not, until one a day later agrees. A clock that goes back deletes nothing by itself, and has
    /// jumped when it returns.
    mutating func trusts(_ now: Int64) -> Bool {
        if let last, now - last > Self.week, !confirms(now) { return false }
        (last, jumped) = (now, nil)
        return true
    }

    private mutating func confirms(_ now: Int64) -> Bool {
        guard let before = jumped, (0...Self.confirmation.upperBound).contains(now - before) else {
            jumped = now
            return false
        }
        return Self.confirmation.contains(now - before)
    }
}
