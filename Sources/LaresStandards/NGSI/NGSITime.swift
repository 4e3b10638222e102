import LaresTime

/// Moments as NGSI-LD writes them: ISO 8601 with a day, a time, up to nine digits of a second, and `Z` or an offset.
///
/// Kept as microseconds since 1970 in UTC; years 1 to 9999.
public enum NGSITime {
    /// Microseconds since 1970; nil for a text that isn't such a moment.
    public static func micros(_ text: String) -> Int? {
        var reader = Digits(text.utf8)
        guard let year = reader.number(4), reader.take("-"), let month = reader.number(2), reader.take("-"), let day = reader.number(2),
            reader.take("T") || reader.take("t"), let hour = reader.number(2), reader.take(":"), let minute = reader.number(2),
            year >= 1, let date = CivilDay(year: year, month: month, day: day), hour < 24, minute < 60
        else { return nil }
        var (second, fraction) = (0, 0)
        if reader.take(":") {
            guard let seconds = reader.number(2), seconds <= 60 else { return nil }
            second = seconds
            if reader.take(".") || reader.take(",") {
                guard let micros = reader.fraction() else { return nil }
                fraction = micros
            }
        }
        guard let offset = reader.offset(), reader.isAtEnd else { return nil }
        let seconds = date.number * 86_400 + hour * 3_600 + minute * 60 + second - offset
        return seconds * 1_000_000 + fraction
    }

    /// The moment in UTC: with milliseconds, or microseconds where it has them.
    public static func text(_ micros: Int) -> String {
        var (seconds, fraction) = micros.quotientAndRemainder(dividingBy: 1_000_000)
        if fraction < 0 { (seconds, fraction) = (seconds - 1, fraction + 1_000_000) }
        var (days, rest) = seconds.quotientAndRemainder(dividingBy: 86_400)
        if rest < 0 { (days, rest) = (days - 1, rest + 86_400) }
        let (year, month, day) = CivilDay(days).date
        let clock = "\(padded(rest / 3_600, 2)):\(padded(rest / 60 % 60, 2)):\(padded(rest % 60, 2))"
        let part = fraction % 1_000 == 0 ? padded(fraction / 1_000, 3) : padded(fraction, 6)
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T\(clock).\(part)Z"
    }

    /// 10,000 years of months, and of microseconds: no duration is longer.
    private static let longest = (months: 120_000, micros: 315_576_000_000_000_000)

    /// An ISO 8601 duration, `P1DT2H`, as months and microseconds; nil for anything else, and for more than 10,000 years.
    public static func duration(_ text: String) -> (months: Int, micros: Int)? {
        var reader = Digits(text.utf8)
        guard reader.take("P") else { return nil }
        var (months, micros, isTime, any) = (0, 0, false, false)
        while !reader.isAtEnd {
            if !isTime, reader.take("T") { isTime = true }
            guard let count = reader.number(upTo: 5), let unit = reader.letter() else { return nil }
            any = true
            switch (unit, isTime) {
            case ("Y", false): months += count * 12
            case ("M", false): months += count
            case ("W", false): micros += count * 604_800_000_000
            case ("D", false): micros += count * 86_400_000_000
            case ("H", true): micros += count * 3_600_000_000
            case ("M", true): micros += count * 60_000_000
            case ("S", true): micros += count * 1_000_000
            default: return nil
            }
            guard months <= longest.months, micros <= longest.micros else { return nil }
        }
        return any ? (months, micros) : nil
    }

    /// A moment so many months later, on the last day of its month at most.
    static func adding(months: Int, to micros: Int) -> Int {
        let day = 86_400_000_000
        let days = micros >= 0 ? micros / day : (micros - day + 1) / day
        let (year, month, date) = CivilDay(days).date
        let sum = year * 12 + month - 1 + months
        let (newYear, newMonth) = (sum / 12, sum % 12 + 1)
        let first = CivilDay(firstOf: newMonth, in: newYear).number
        return (first + min(date, CivilDay.days(in: newMonth, of: newYear)) - 1) * day + (micros - days * day)
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

/// Takes digits and signs from the front of a text.
private struct Digits {
    private let bytes: [UInt8]
    private var at = 0

    init(_ text: String.UTF8View) { bytes = Array(text.prefix(64)) }

    var isAtEnd: Bool { at == bytes.count }

    mutating func take(_ sign: Unicode.Scalar) -> Bool {
        guard at < bytes.count, UInt32(bytes[at]) == sign.value else { return false }
        at += 1
        return true
    }

    private mutating func digit() -> Int? {
        guard at < bytes.count, bytes[at] >= 0x30, bytes[at] <= 0x39 else { return nil }
        at += 1
        return Int(bytes[at - 1] - 0x30)
    }

    mutating func letter() -> Character? {
        guard at < bytes.count else { return nil }
        at += 1
        return Character(Unicode.Scalar(bytes[at - 1]))
    }

    mutating func number(_ count: Int) -> Int? {
        var sum = 0
        for _ in 0..<count {
            guard let digit = digit() else { return nil }
            sum = sum * 10 + digit
        }
        return sum
    }

    /// A number of one to so many digits.
    mutating func number(upTo most: Int) -> Int? {
        guard var sum = digit() else { return nil }
        var count = 1
        while count < most, let digit = digit() { (sum, count) = (sum * 10 + digit, count + 1) }
        return sum
    }

    /// Up to nine digits behind the point, as microseconds.
    mutating func fraction() -> Int? {
        var (sum, count) = (0, 0)
        while let digit = digit() {
            if count < 6 { sum = sum * 10 + digit }
            count += 1
        }
        guard count > 0, count <= 9 else { return nil }
        for _ in min(count, 6)..<6 { sum *= 10 }
        return sum
    }

    /// Seconds ahead of UTC.
    mutating func offset() -> Int? {
        if take("Z") || take("z") { return 0 }
        let sign = take("+") ? 1 : take("-") ? -1 : 0
        guard sign != 0, let hours = number(2) else { return nil }
        _ = take(":")
        guard let minutes = number(2), hours < 24, minutes < 60 else { return nil }
        return sign * (hours * 3_600 + minutes * 60)
    }
}
