internal import Foundation

/// A length of time, 0 to 31 days, to the millisecond. People write it "5m", "1h30m" or "2.5s".
public struct TimeSpan: Hashable, Comparable, Sendable {
    /// How long it is.
    public let milliseconds: Int
    /// The longest there is: 31 days.
    public static let longest = TimeSpan(unchecked: 31 * 86_400_000)

    private init(unchecked milliseconds: Int) { self.milliseconds = milliseconds }

    /// Nil for what is longer than 31 days, or negative.
    public init?(milliseconds: Int) {
        guard (0...Self.longest.milliseconds).contains(milliseconds) else { return nil }
        self.milliseconds = milliseconds
    }

    /// How long it is.
    public var seconds: Double { Double(milliseconds) / 1000 }

    /// So many seconds, held within 0 and 31 days.
    public static func seconds(_ seconds: Double) -> TimeSpan {
        let most = longest.seconds
        return TimeSpan(unchecked: Int((seconds > 0 ? min(seconds, most) : 0) * 1000))
    }

    /// So many minutes, held within 0 and 31 days.
    public static func minutes(_ minutes: Double) -> TimeSpan { seconds(minutes * 60) }
    /// So many hours, held within 0 and 31 days.
    public static func hours(_ hours: Double) -> TimeSpan { seconds(hours * 3600) }
    /// No time.
    public static let zero = TimeSpan(unchecked: 0)

    /// The shorter one.
    public static func < (a: TimeSpan, b: TimeSpan) -> Bool { a.milliseconds < b.milliseconds }
}

extension TimeSpan: CustomStringConvertible {
    private static let units = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000)]

    /// Reads "1h30m", "45s", "2.5s" and the like: days, hours, minutes and seconds in this order, each once; nil for anything else.
    public init?(_ text: String) {
        guard text.utf8.count <= 32, !text.isEmpty else { return nil }
        var (rest, total) = (text[...], 0)
        for (unit, size) in Self.units {
            let digits = rest.prefix { $0.isASCII && ($0.isNumber || (unit == "s" && $0 == ".")) }
            guard !digits.isEmpty, rest.dropFirst(digits.count).first == Character(unit) else { continue }
            guard let count = Self.count(digits, of: size), count <= Self.longest.milliseconds else { return nil }
            total += count
            rest = rest.dropFirst(digits.count + 1)
        }
        guard rest.isEmpty, total <= Self.longest.milliseconds else { return nil }
        milliseconds = total
    }

    private static func count(_ digits: Substring, of size: Int) -> Int? {
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.allSatisfy({ (1...9).contains($0.utf8.count) }), let whole = Int(parts[0]) else { return nil }
        guard parts.count == 2 else { return whole * size }
        guard parts[1].utf8.count <= 3, let fraction = Int(parts[1].padding(toLength: 3, withPad: "0", startingAt: 0)) else { return nil }
        return whole * size + fraction
    }

    /// As people write it, "1h30m"; "0s" for no time.
    public var description: String {
        guard milliseconds > 0 else { return "0s" }
        var (rest, text) = (milliseconds, "")
        for (unit, size) in Self.units {
            let (count, left) = rest.quotientAndRemainder(dividingBy: size)
            let fraction = unit == "s" && left > 0 ? Self.fraction(left) : ""
            if count > 0 || !fraction.isEmpty { text += "\(count)\(fraction)\(unit)" }
            rest = left
        }
        return text
    }

    private static func fraction(_ milliseconds: Int) -> String {
        var digits = "\(1000 + milliseconds)".dropFirst()
        while digits.last == "0" { digits = digits.dropLast() }
        return ".\(digits)"
    }
}
