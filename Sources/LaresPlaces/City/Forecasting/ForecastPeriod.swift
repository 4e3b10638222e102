internal import LaresThings

/// From one value of a forecast to the next.
public enum ForecastPeriod: String, Hashable, Sendable, CaseIterable {
    /// An hour, with a season of a day and one of a week.
    case hour
    /// A day in UTC, with a season of a week.
    case day

    /// How long it is.
    public var milliseconds: Int64 { statistics.milliseconds }

    /// Steps that may be forecast.
    public var horizons: ClosedRange<Int> { self == .hour ? 1...168 : 1...60 }

    /// Steps that are forecast unless somebody says otherwise.
    public var usualHorizon: Int { self == .hour ? 24 : 7 }

    var statistics: StatisticPeriod { self == .hour ? .hour : .day }

    /// Steps that are learnt from, at most: twelve weeks of hours, two years of days.
    var memory: Int { self == .hour ? 2_016 : 730 }

    /// Steps after which is learnt anew.
    var lasting: Int { self == .hour ? 24 : 7 }

    /// The seasons that so many steps show three times at least.
    func seasons(in count: Int) -> [Int] { (self == .hour ? [24, 168] : [7]).filter { 3 * $0 <= count } }
}
