internal import Foundation

/// Whole seconds since 1970-01-01T00:00:00Z, as POSIX counts them (no leap seconds). Schedules calculate with these; `Date` stands at the edges.
typealias Instant = Int

extension Instant {
    /// The instants of the years 1900 to 2199, which is as far as schedules go.
    static let supported = CalendarDay.supported.lowerBound.ordinal * 86_400...(CalendarDay.supported.upperBound.ordinal + 1) * 86_400 - 1

    /// The last whole second at or before a moment, held within the supported range. A date that isn't a number counts as the latest.
    init(flooring date: Date) {
        let seconds = date.timeIntervalSince1970.rounded(.down)
        let (first, last) = (Instant.supported.lowerBound, Instant.supported.upperBound)
        self = seconds < Double(last) ? (seconds > Double(first) ? Int(seconds) : first) : last
    }

    var date: Date { Date(timeIntervalSince1970: Double(self)) }

    /// Quotient and remainder for a positive divisor, the remainder never negative.
    func flooredDivision(by divisor: Int) -> (quotient: Int, remainder: Int) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
