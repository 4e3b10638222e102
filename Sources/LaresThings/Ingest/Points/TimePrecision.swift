/// What a whole number of time counts.
public enum TimePrecision: String, Sendable, Hashable, CaseIterable {
    /// 10⁻⁹ s, what InfluxDB takes where nothing is said.
    case nanoseconds = "ns"
    /// 10⁻⁶ s.
    case microseconds = "us"
    /// 10⁻³ s, what the telemetry keeps.
    case milliseconds = "ms"
    /// Seconds.
    case seconds = "s"
    /// Minutes.
    case minutes = "m"
    /// Hours.
    case hours = "h"

    /// A precision by any of the words that clients of InfluxDB use; nil for another word.
    public init?(word: String) {
        switch word {
        case "n": self = .nanoseconds
        case "u", "µ", "µs": self = .microseconds
        default: self.init(rawValue: word)
        }
    }

    /// So many of it as milliseconds, rounded down; nil when they are more than an `Int64` holds.
    func milliseconds(_ count: Int64) -> Int64? {
        switch self {
        case .nanoseconds: return count.floored(by: 1_000_000).quotient
        case .microseconds: return count.floored(by: 1_000).quotient
        case .milliseconds: return count
        case .seconds: return Self.product(count, 1_000)
        case .minutes: return Self.product(count, 60_000)
        case .hours: return Self.product(count, 3_600_000)
        }
    }

    private static func product(_ count: Int64, _ factor: Int64) -> Int64? {
        let (product, isTooLarge) = count.multipliedReportingOverflow(by: factor)
        return isTooLarge ? nil : product
    }

    /// Milliseconds of a number with a fraction, rounded down; nil for what no reading's time can be.
    func milliseconds(_ count: Double) -> Int64? {
        let factor: Double =
            switch self {
            case .nanoseconds: 1e-6
            case .microseconds: 1e-3
            case .milliseconds: 1
            case .seconds: 1e3
            case .minutes: 6e4
            case .hours: 3.6e6
            }
        // 1e-6 is no double: dividing keeps whole milliseconds whole.
        let milliseconds = factor < 1 ? count / (1 / factor).rounded() : count * factor
        return abs(milliseconds) < 9e15 ? Int64(milliseconds.rounded(.down)) : nil
    }
}
