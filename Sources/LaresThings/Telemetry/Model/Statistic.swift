/// A period that statistics are kept by, aligned in UTC.
public enum StatisticPeriod: Int, Hashable, Sendable, CaseIterable, Comparable {
    /// Five minutes.
    case fiveMinutes = 0
    /// An hour.
    case hour = 1
    /// A day in UTC; see ``TelemetryStore/statistics(of:between:)`` for those of a place.
    case day = 2

    /// How long it is.
    public var milliseconds: Int64 {
        switch self {
        case .fiveMinutes: 300_000
        case .hour: 3_600_000
        case .day: 86_400_000
        }
    }

    /// Whether the left one is shorter.
    public static func < (left: StatisticPeriod, right: StatisticPeriod) -> Bool { left.rawValue < right.rawValue }
}

/// What readings of one period come to. Periods without readings are left out, except where power still flowed.
public struct Statistic: Hashable, Sendable {
    /// When the period began.
    public var start: Timestamp
    /// How many readings it has. 0: none came, and the power of the one before still counted; it is the smallest, mean, largest and last then.
    public var count: Int
    /// The smallest.
    public var min: Double
    /// The mean of the readings, each counted once; over time: ``TelemetryStore/timedStatistics(of:in:every:)``.
    public var mean: Double
    /// The largest.
    public var max: Double
    /// The latest.
    public var last: Double
    /// Watt-hours of a `power`, growth of a `meter` in its own unit, nil for measurements.
    ///
    /// Power holds until the next reading. Where there are pulses (``Pulse``), it holds over 15 minutes of silence at most; what comes later finds
    /// that it held until the next pulse was due. Where only changes were kept, a silence of more than a day counts as nothing. A meter's growth
    /// counts where it is seen; a fall of more than a tenth is a reset to zero, a smaller one a correction, and growth over more than 28 days of
    /// silence counts as nothing.
    public var amount: Double?

    /// A statistic, for stores.
    public init(start: Timestamp, count: Int, min: Double, mean: Double, max: Double, last: Double, amount: Double?) {
        self.start = start
        self.count = count
        self.min = min
        self.mean = mean
        self.max = max
        self.last = last
        self.amount = amount
    }
}

/// The readings that fall on one pixel of a chart.
public struct Bucket: Hashable, Sendable {
    /// When it begins.
    public var start: Timestamp
    /// How many readings it has, at least 1.
    public var count: Int
    /// The smallest.
    public var min: Double
    /// The mean of the readings, each counted once.
    public var mean: Double
    /// The largest.
    public var max: Double
    /// The latest.
    public var last: Double

    /// A bucket, for stores.
    public init(start: Timestamp, count: Int, min: Double, mean: Double, max: Double, last: Double) {
        self.start = start
        self.count = count
        self.min = min
        self.mean = mean
        self.max = max
        self.last = last
    }
}

/// A series as a chart needs it. Buckets without readings are left out: a gap is a gap.
public struct BucketedSeries: Hashable, Sendable {
    /// Milliseconds from the start of a bucket to its end; starts are multiples of it since 1970.
    public var width: Int64
    /// The buckets, earliest first.
    public var buckets: [Bucket]

    /// A chart, for stores.
    public init(width: Int64, buckets: [Bucket]) {
        self.width = width
        self.buckets = buckets
    }
}
