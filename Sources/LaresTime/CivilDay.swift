/// A day of the Gregorian calendar, carried back before there was one, without a time zone.
///
/// It calculates in years that begin in March, so that the leap day comes last, and in eras of 400 years, which have 146,097 days (H. Hinnant,
/// "chrono-compatible low-level date algorithms").
public struct CivilDay: Hashable, Comparable, Sendable {
    /// Days since 1970-01-01.
    public let number: Int

    /// The day so many days after 1970-01-01.
    public init(_ number: Int) { self.number = number }

    /// The day of a date; nil for a date that there isn't in the years 0 to 9999.
    public init?(year: Int, month: Int, day: Int) {
        guard (0...9999).contains(year), (1...12).contains(month), day >= 1, day <= Self.days(in: month, of: year) else { return nil }
        number = CivilDay(firstOf: month, in: year).number + day - 1
    }

    /// The first day of a month, 1 to 12, of any year.
    public init(firstOf month: Int, in year: Int) {
        let (era, yearOfEra) = floored(month <= 2 ? year - 1 : year, by: 400)
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5
        number = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// The year, the month from 1 and the day from 1.
    public var date: (year: Int, month: Int, day: Int) {
        let (era, dayOfEra) = floored(number + 719_468, by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        return (era * 400 + yearOfEra + (month >= 10 ? 1 : 0), month < 10 ? month + 3 : month - 9, dayOfYear - (153 * month + 2) / 5 + 1)
    }

    /// 0 for Monday to 6 for Sunday; 1970-01-01 was a Thursday.
    public var weekday: Int { floored(number + 3, by: 7).rest }

    /// Days since 1 January of its year, from 0, and the days of that year.
    public var placeInYear: (day: Int, of: Int) {
        let (year, month, day) = date
        let before = (1..<month).reduce(0) { $0 + Self.days(in: $1, of: year) }
        return (before + day - 1, Self.isLeap(year) ? 366 : 365)
    }

    /// Whether a year has a 29 February.
    public static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    /// How many days a month has.
    ///
    /// - Parameter month: 1 to 12.
    public static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// The earlier day.
    public static func < (a: CivilDay, b: CivilDay) -> Bool { a.number < b.number }
}

private func floored(_ number: Int, by step: Int) -> (quotient: Int, rest: Int) {
    let (quotient, rest) = number.quotientAndRemainder(dividingBy: step)
    return rest < 0 ? (quotient - 1, rest + step) : (quotient, rest)
}
