/// A series of the Numenta Anomaly Benchmark, with the windows in which something was odd.
public struct NABSeries: Sendable, Hashable {
    /// Its path below `data`, as in `realTraffic/speed_7578.csv`.
    public let name: String
    /// In milliseconds since 1970-01-01T00:00Z.
    public let times: [Int64]
    /// As many as times.
    public let values: [Double]
    /// First and last place of each window, in order.
    public let windows: [ClosedRange<Int>]

    /// The kind of data, the folder it is in.
    public var folder: String { String(name.prefix { $0 != "/" }) }

    /// How many values at the beginning aren't scored: 15%, no more than 750 (the benchmark's rule).
    public var probation: Int { min(values.count * 15 / 100, 750) }

    /// - Precondition: As many values as times, and windows within them, in order.
    public init(name: String, times: [Int64], values: [Double], windows: [ClosedRange<Int>]) {
        precondition(times.count == values.count && windows.allSatisfy { $0.lowerBound >= 0 && $0.upperBound < values.count })
        (self.name, self.times, self.values, self.windows) = (name, times, values, windows)
    }
}
