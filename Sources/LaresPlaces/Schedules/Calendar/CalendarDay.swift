import LaresTime

/// A day of the Gregorian calendar, without a time zone.
public struct CalendarDay: Hashable, Comparable, Sendable {
    /// Days since 1970-01-01.
    package let ordinal: Int

    /// 1900-01-01 to 2199-12-31: what schedules and calendars may name.
    public static let supported = CalendarDay(ordinal: -25_567)...CalendarDay(ordinal: 84_005)

    package init(ordinal: Int) { self.ordinal = ordinal }

    /// - Parameters:
    ///   - year: 1900 to 2199.
    ///   - month: 1 to 12.
    ///   - day: 1 to the month's last.
    ///
    /// Nil for a day that isn't in the calendar.
    public init?(year: Int, month: Int, day: Int) {
        guard (1900...2199).contains(year), let day = CivilDay(year: year, month: month, day: day) else { return nil }
        ordinal = day.number
    }

    /// Reads "2026-11-28"; nil for anything else.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, let year = parts[0].digits(4), let month = parts[1].digits(2), let day = parts[2].digits(2) else {
            return nil
        }
        self.init(year: year, month: month, day: day)
    }

    /// Year, month from 1 and day from 1.
    public var parts: (year: Int, month: Int, day: Int) { CivilDay(ordinal).date }

    /// The day of the week.
    public var weekday: Weekday { Weekday.allCases[weekdayIndex] }

    /// Monday 0 to Sunday 6; 1970-01-01 was a Thursday.
    package var weekdayIndex: Int { CivilDay(ordinal).weekday }

    /// The day so many days later, or earlier when negative.
    package func adding(_ days: Int) -> CalendarDay { CalendarDay(ordinal: ordinal + days) }

    /// The earlier day.
    public static func < (a: CalendarDay, b: CalendarDay) -> Bool { a.ordinal < b.ordinal }
}

extension CalendarDay: CustomStringConvertible {
    /// The day as ISO 8601 writes it, "2026-11-28".
    public var description: String {
        let (year, month, day) = parts
        return "\(year)-\(month.twoDigits)-\(day.twoDigits)"
    }
}

extension StringProtocol {
    /// The number that exactly so many ASCII digits write.
    func digits(_ count: Int) -> Int? {
        guard utf8.count == count, utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(self)
    }
}

extension Int {
    var twoDigits: String { self < 10 ? "0\(self)" : "\(self)" }
}
