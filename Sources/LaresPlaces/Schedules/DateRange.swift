/// Days from one to another, both included: once, or every year.
public struct DateRange: Hashable, Sendable {
    /// A day of every year; 29 February counts as 1 March in years without it.
    public struct YearDay: Hashable, Comparable, Sendable {
        /// 1 to 12.
        public let month: Int
        /// 1 to the month's last, 29 in February.
        public let day: Int

        /// Nil for a day that no year has.
        public init?(month: Int, day: Int) {
            guard CalendarDay(year: 2000, month: month, day: day) != nil else { return nil }
            (self.month, self.day) = (month, day)
        }

        /// The earlier day of the year.
        public static func < (a: YearDay, b: YearDay) -> Bool { (a.month, a.day) < (b.month, b.day) }
    }

    /// Which days these are.
    public enum Days: Hashable, Sendable {
        /// Once.
        case once(ClosedRange<CalendarDay>)
        /// Every year; over the turn of the year when the first day is the later one.
        case yearly(from: YearDay, through: YearDay)
    }

    /// Which days these are.
    public let days: Days

    /// These days.
    public init(_ days: Days) { self.days = days }

    /// Whether a day is one of them.
    public func contains(_ day: CalendarDay) -> Bool {
        switch days {
        case .once(let range): return range.contains(day)
        case .yearly(let first, let last):
            let (_, month, dayOfMonth) = day.parts
            guard let place = YearDay(month: month, day: dayOfMonth) else { return false }
            return first <= last ? first <= place && place <= last : first <= place || place <= last
        }
    }
}
