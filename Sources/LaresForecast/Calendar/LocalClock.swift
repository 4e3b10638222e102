import LaresTime

/// What clocks in a place show: UTC plus an offset that changes at known moments, as it does where summer time is kept.
///
///     let melbourne = LocalClock(offset: 39_600_000, changes: [.init(at: 1_333_209_600_000, offset: 36_000_000)])
public struct LocalClock: Sendable, Hashable {
    /// A change of the offset.
    public struct Change: Sendable, Hashable {
        /// When it comes, in milliseconds since 1970-01-01T00:00Z.
        public let time: Int64
        /// Milliseconds that clocks are ahead of UTC from then on.
        public let offset: Int64

        /// A change.
        public init(at time: Int64, offset: Int64) { (self.time, self.offset) = (time, offset) }
    }

    /// Milliseconds that clocks are ahead of UTC before the first change.
    public let offset: Int64
    /// Changes in the order of their times.
    public let changes: [Change]

    /// UTC.
    public static let utc = LocalClock(offset: 0)

    /// A clock; changes are put in order.
    public init(offset: Int64, changes: [Change] = []) {
        (self.offset, self.changes) = (offset, changes.sorted { $0.time < $1.time })
    }

    /// The offset at a time in milliseconds since 1970.
    public func offset(at time: Int64) -> Int64 {
        var (low, high) = (0, changes.count)
        while low < high {
            let middle = (low + high) / 2
            if changes[middle].time <= time { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? offset : changes[low - 1].offset
    }

    /// The day and the time of day that clocks show.
    public func moment(at time: Int64) -> LocalMoment { LocalMoment(shown: time &+ offset(at: time)) }
}

/// A moment as clocks and calendars show it.
public struct LocalMoment: Sendable, Hashable {
    /// Days since 1970-01-01.
    public let day: Int
    /// Milliseconds since midnight, as clocks show them.
    public let timeOfDay: Int64

    static let dayLength: Int64 = 86_400_000

    /// - Parameter shown: Milliseconds from 1970-01-01 00:00 as clocks show it.
    init(shown: Int64) {
        let days = shown >= 0 ? shown / LocalMoment.dayLength : -((-(shown + 1)) / LocalMoment.dayLength) - 1
        day = Int(days)
        timeOfDay = shown - days * LocalMoment.dayLength
    }

    /// 0 for Monday to 6 for Sunday.
    public var weekday: Int { CivilDay(day).weekday }
}
