/// A day of the Gregorian calendar in UTC.
struct CivilDay: Hashable {
    let year: Int
    let month: Int
    let day: Int

    /// The day so many days after 1970-01-01 (H. Hinnant, "chrono-compatible low-level date algorithms", civil_from_days).
    init(_ daysSince1970: Int64) {
        let (era, dayOfEra) = (daysSince1970 + 719_468).floored(by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let fromMarch = (5 * dayOfYear + 2) / 153
        day = Int(dayOfYear - (153 * fromMarch + 2) / 5 + 1)
        month = Int(fromMarch < 10 ? fromMarch + 3 : fromMarch - 9)
        year = Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0)
    }
}

/// A month in UTC: what one telemetry file holds.
struct Month: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Months since January of the year 0.
    let number: Int

    /// The month that holds a time.
    init(containing milliseconds: Int64) {
        let day = CivilDay(milliseconds.floored(by: 86_400_000).quotient)
        number = day.year * 12 + day.month - 1
    }

    /// A month by its name, "2026-11".
    init?(_ name: some StringProtocol) {
        let parts = name.split(separator: "-", omittingEmptySubsequences: false)
        guard name.utf8.count == 7, parts.count == 2, parts[0].count == 4, let year = Int(parts[0]), let month = Int(parts[1]),
            (1970..<2200).contains(year), (1...12).contains(month)
        else { return nil }
        number = year * 12 + month - 1
    }

    private init(number: Int) { self.number = number }

    static func < (left: Month, right: Month) -> Bool { left.number < right.number }

    var next: Month { Month(number: number + 1) }
    var previous: Month { Month(number: number - 1) }

    /// Its first millisecond (days_from_civil of the same source).
    var start: Int64 {
        let month = number % 12 + 1
        let year = number / 12 - (month <= 2 ? 1 : 0)
        let era = year / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return Int64(era * 146_097 + dayOfEra - 719_468) * 86_400_000
    }

    /// The milliseconds it has.
    var range: Range<Int64> { start..<next.start }

    var description: String {
        let month = number % 12 + 1
        return "\(number / 12)-\(month < 10 ? "0" : "")\(month)"
    }

    /// The months that a range of milliseconds touches, earliest first.
    static func spanning(_ range: Range<Int64>) -> [Month] {
        guard !range.isEmpty else { return [] }
        let last = Month(containing: range.upperBound - 1)
        return (Month(containing: range.lowerBound).number...last.number).map(Month.init(number:))
    }
}
