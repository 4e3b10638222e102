import LaresTime

/// A month in UTC: what one telemetry file holds.
struct Month: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Months since January of the year 0.
    let number: Int

    /// The month that holds a time.
    init(containing milliseconds: Int64) {
        let (year, month, _) = CivilDay(Int(milliseconds.floored(by: 86_400_000).quotient)).date
        number = year * 12 + month - 1
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

    /// Its first millisecond.
    var start: Int64 { Int64(CivilDay(firstOf: number % 12 + 1, in: number / 12).number) * 86_400_000 }

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
