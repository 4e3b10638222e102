import LaresTime

public import struct Foundation.Date

/// A point in time as telemetry keeps it: whole milliseconds since 1970-01-01 00:00 UTC, leap seconds not counted.
public struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Milliseconds since 1970-01-01 00:00 UTC.
    public let milliseconds: Int64

    /// A point in time.
    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// A date, rounded down to a millisecond; dates that no `Int64` holds become the nearest one it does.
    public init(_ date: Date) {
        let milliseconds = (date.timeIntervalSince1970 * 1_000).rounded(.down)
        self.milliseconds = Int64(exactly: milliseconds) ?? (milliseconds > 0 ? .max : .min)
    }

    /// 1970-01-01 00:00 UTC, the first time a reading may have.
    public static let earliest = Timestamp(milliseconds: 0)
    /// 2200-01-01 00:00 UTC; readings are from before.
    public static let end = Timestamp(milliseconds: 7_258_118_400_000)

    /// The same as a date.
    public var date: Date { Date(timeIntervalSince1970: Double(milliseconds) / 1_000) }

    /// Whether the earlier one is on the left.
    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.milliseconds < right.milliseconds }

    /// "2026-11-29T06:08:33.123Z"
    public var description: String {
        let (day, rest) = milliseconds.floored(by: 86_400_000)
        let (year, month, dayOfMonth) = CivilDay(Int(day)).date
        let clock = [rest / 3_600_000, rest / 60_000 % 60, rest / 1_000 % 60].map { padded($0, 2) }.joined(separator: ":")
        return "\(padded(Int64(year), 4))-\(padded(Int64(month), 2))-\(padded(Int64(dayOfMonth), 2))T\(clock).\(padded(rest % 1_000, 3))Z"
    }
}

extension Timestamp {
    /// A time range as whole milliseconds.
    static func milliseconds(_ range: Range<Timestamp>) -> Range<Int64> { range.lowerBound.milliseconds..<range.upperBound.milliseconds }
}

private func padded(_ number: Int64, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}

extension Int64 {
    /// Quotient rounded down and the rest, which is never negative.
    ///
    /// - Precondition: `step` is positive.
    func floored(by step: Int64) -> (quotient: Int64, rest: Int64) {
        let (quotient, rest) = quotientAndRemainder(dividingBy: step)
        return rest < 0 ? (quotient - 1, rest + step) : (quotient, rest)
    }

    /// The largest multiple of `step` that is not greater.
    func floor(to step: Int64) -> Int64 { self - floored(by: step).rest }

    /// The smallest multiple of `step` that is not less.
    func ceiling(to step: Int64) -> Int64 { (self + step - 1).floor(to: step) }
}
