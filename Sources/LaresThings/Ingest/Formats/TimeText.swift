import LaresTime

/// Times as people and programs write them.
enum TimeText {
    /// Milliseconds since 1970 of a number in a precision, or of "2026-11-29T07:00:00.25Z"; nil for anything else.
    static func milliseconds(_ bytes: Span<UInt8>, _ range: Range<Int>, _ precision: TimePrecision) -> Int64? {
        if isCivil(bytes, range) { return civil(bytes, range) }
        if let whole = Decimal.whole(bytes, range) { return precision.milliseconds(whole) }
        var at = range.lowerBound
        guard let number = Decimal.number(bytes, &at, upTo: range.upperBound), at == range.upperBound else { return nil }
        return precision.milliseconds(number.value)
    }

    private static func isCivil(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        range.count >= 16 && bytes[range.lowerBound + 4] == UInt8(ascii: "-") && bytes[range.lowerBound + 7] == UInt8(ascii: "-")
    }

    /// A date and time of the Gregorian calendar with its distance from UTC (RFC 3339); a space may stand for the "T", and seconds may be left out.
    private static func civil(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int64? {
        var reader = TimeReader(at: range.lowerBound, end: range.upperBound)
        guard let year = reader.digits(bytes, 4), reader.take(bytes, "-"), let month = reader.digits(bytes, 2), reader.take(bytes, "-"),
            let day = reader.digits(bytes, 2), let date = CivilDay(year: year, month: month, day: day),
            reader.takeOne(of: ["T", "t", " "], bytes), let hour = reader.digits(bytes, 2), hour < 24, reader.take(bytes, ":"),
            let minute = reader.digits(bytes, 2), minute < 60
        else { return nil }
        var (second, fraction) = (0, 0)
        if reader.take(bytes, ":") {
            guard let seconds = reader.digits(bytes, 2), seconds < 60 else { return nil }
            second = seconds
            if reader.takeOne(of: [".", ","], bytes) {
                guard let milliseconds = reader.fraction(bytes) else { return nil }
                fraction = milliseconds
            }
        }
        guard let offset = reader.offset(bytes), reader.isAtEnd else { return nil }
        let minutes = (date.number * 24 + hour) * 60 + minute - offset
        return Int64(minutes * 60 + second) * 1_000 + Int64(fraction)
    }
}

/// Goes through the parts of a time.
private struct TimeReader {
    var at: Int
    let end: Int

    var isAtEnd: Bool { at == end }

    mutating func digits(_ bytes: Span<UInt8>, _ count: Int) -> Int? {
        guard end - at >= count else { return nil }
        var value = 0
        for place in at..<at + count {
            guard bytes[place] &- 0x30 < 10 else { return nil }
            value = value * 10 + Int(bytes[place] &- 0x30)
        }
        at += count
        return value
    }

    mutating func take(_ bytes: Span<UInt8>, _ wanted: Unicode.Scalar) -> Bool { takeOne(of: [wanted], bytes) }

    mutating func takeOne(of wanted: [Unicode.Scalar], _ bytes: Span<UInt8>) -> Bool {
        guard at < end, wanted.contains(Unicode.Scalar(bytes[at])) else { return false }
        at += 1
        return true
    }

    /// Milliseconds of one to nine digits behind a point.
    mutating func fraction(_ bytes: Span<UInt8>) -> Int? {
        var (value, count) = (0, 0)
        while at < end, bytes[at] &- 0x30 < 10, count < 9 {
            if count < 3 { value = value * 10 + Int(bytes[at] &- 0x30) }
            count += 1
            at += 1
        }
        guard count > 0 else { return nil }
        return count == 1 ? value * 100 : count == 2 ? value * 10 : value
    }

    /// Minutes east of UTC; times that don't say where they are count as UTC.
    mutating func offset(_ bytes: Span<UInt8>) -> Int? {
        if isAtEnd || takeOne(of: ["Z", "z"], bytes) { return 0 }
        let isWest = take(bytes, "-")
        guard isWest || take(bytes, "+"), let hours = digits(bytes, 2), hours < 24 else { return nil }
        _ = take(bytes, ":")
        var minutes = 0
        if !isAtEnd {
            guard let rest = digits(bytes, 2), rest < 60 else { return nil }
            minutes = rest
        }
        return (isWest ? -1 : 1) * (hours * 60 + minutes)
    }
}
