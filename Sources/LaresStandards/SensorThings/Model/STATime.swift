import Foundation
import LaresThings
import LaresTime

/// Times as SensorThings writes them (ISO 8601), as whole milliseconds since 1970.
///
/// A time without an offset is taken as UTC; what is finer than a millisecond is cut off.
enum STATime {
    /// Years that times may lie in: -9999 to 9999 would do, what telemetry and SQLite's date functions know is 0 to 9999.
    static let range: ClosedRange<Int64> = -62_167_219_200_000...253_402_300_799_999

    /// "2015-03-01T00:40:00.000Z"
    static func text(_ milliseconds: Int64) -> String { Timestamp(milliseconds: milliseconds).description }

    /// "2015-03-01T00:40:00.000Z", or two of them joined by "/".
    static func text(_ start: Int64, _ end: Int64) -> String { start == end ? text(start) : text(start) + "/" + text(end) }

    /// A point in time; nil for anything else.
    static func instant(_ text: some StringProtocol) -> Int64? {
        var scanner = STATimeScanner(text)
        guard let time = scanner.instant(), scanner.isAtEnd else { return nil }
        return time
    }

    /// A point in time, or two joined by "/"; nil for anything else, and when the second is before the first.
    static func period(_ text: some StringProtocol) -> (start: Int64, end: Int64)? {
        var scanner = STATimeScanner(text)
        guard let start = scanner.instant() else { return nil }
        if scanner.isAtEnd { return (start, start) }
        guard scanner.take(UInt8(ascii: "/")), let end = scanner.instant(), scanner.isAtEnd, end >= start else { return nil }
        return (start, end)
    }
}

/// Reads times from the bytes of a text, one after the other.
struct STATimeScanner {
    private let bytes: [UInt8]
    private(set) var at: Int

    init(_ text: some StringProtocol) { self.init(Array(text.utf8), at: 0) }

    init(_ bytes: [UInt8], at: Int) { (self.bytes, self.at) = (bytes, at) }

    var isAtEnd: Bool { at == bytes.count }

    mutating func take(_ byte: UInt8) -> Bool {
        guard at < bytes.count, bytes[at] == byte else { return false }
        at += 1
        return true
    }

    private mutating func digits(_ count: Int) -> Int? {
        guard bytes.count - at >= count else { return nil }
        var number = 0
        for byte in bytes[at..<(at + count)] {
            guard byte >= 0x30, byte <= 0x39 else { return nil }
            number = number * 10 + Int(byte - 0x30)
        }
        at += count
        return number
    }

    /// "2015-03-01", as days since 1970.
    mutating func day() -> Int? {
        let start = at
        guard let year = digits(4), take(UInt8(ascii: "-")), let month = digits(2), take(UInt8(ascii: "-")), let day = digits(2),
            let date = CivilDay(year: year, month: month, day: day)
        else {
            at = start
            return nil
        }
        return date.number
    }

    /// "10:20", "10:20:30" or "10:20:30.5", as milliseconds since midnight.
    mutating func clock() -> Int? {
        let start = at
        guard let hour = digits(2), hour < 24, take(UInt8(ascii: ":")), let minute = digits(2), minute < 60 else {
            at = start
            return nil
        }
        var milliseconds = (hour * 60 + minute) * 60_000
        guard take(UInt8(ascii: ":")) else { return milliseconds }
        guard let second = digits(2), second <= 60 else { return nil }
        milliseconds += min(second, 59) * 1_000
        if take(UInt8(ascii: ".")) || take(UInt8(ascii: ",")) {
            guard let fraction = fraction() else { return nil }
            milliseconds += fraction
        }
        return milliseconds
    }

    private mutating func fraction() -> Int? {
        var (value, place, count) = (0, 100, 0)
        while at < bytes.count, (0x30...0x39).contains(bytes[at]) {
            value += Int(bytes[at] - 0x30) * place
            (place, count, at) = (place / 10, count + 1, at + 1)
        }
        return count > 0 ? value : nil
    }

    /// A day and a clock with "Z", an offset, or nothing.
    mutating func instant() -> Int64? {
        guard let day = day(), take(UInt8(ascii: "T")) || take(UInt8(ascii: "t")), let clock = clock(), let offset = offset() else {
            return nil
        }
        let time = Int64(day) * 86_400_000 + Int64(clock) - Int64(offset) * 60_000
        return STATime.range.contains(time) ? time : nil
    }

    /// Minutes east of UTC.
    private mutating func offset() -> Int? {
        if take(UInt8(ascii: "Z")) || take(UInt8(ascii: "z")) { return 0 }
        let isWest = at < bytes.count && bytes[at] == UInt8(ascii: "-")
        // An offset's "+" that wasn't percent-encoded arrives as a space.
        guard isWest || (at < bytes.count && (bytes[at] == UInt8(ascii: "+") || isSpacedOffset)) else { return 0 }
        at += 1
        guard let hours = digits(2), hours <= 18 else { return nil }
        _ = take(UInt8(ascii: ":"))
        guard let minutes = digits(2), minutes < 60 else { return nil }
        return (isWest ? -1 : 1) * (hours * 60 + minutes)
    }

    private var isSpacedOffset: Bool {
        guard bytes.count - at >= 6, bytes[at] == UInt8(ascii: " "), bytes[at + 3] == UInt8(ascii: ":") else { return false }
        return [1, 2, 4, 5].allSatisfy { (0x30...0x39).contains(bytes[at + $0]) }
    }
}
