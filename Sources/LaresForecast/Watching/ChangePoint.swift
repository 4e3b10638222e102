/// Whether the level moved: sums of what values are above, and below, what is usual (Page 1954, the two-sided cumulative sum test).
///
/// Values count in spreads, none for more than four, so that one that is far off makes no change of level. At the sum of 20 spreads the score is a half and
/// what is usual is learnt anew.
public struct ChangePoint: Detector {
    /// The field's name for it.
    public static let name = "change-point"

    /// What it was told.
    public let settings: DetectorSettings
    private var clock = StreamClock()
    private var mean = 0.0
    private var spread = 0.0
    private var above = 0.0
    private var below = 0.0
    /// Values since what is usual began.
    private var age = 0

    static let slack = 0.5, enough = 20.0, most = 4.0

    /// Watching with these settings, knowing nothing yet.
    public init(_ settings: DetectorSettings = .standard) { self.settings = settings }

    /// How many values were seen.
    public var count: Int { clock.count }

    /// How odd the next value is, 0 to 1.
    public mutating func observe(_ value: Double, at time: Int64) -> Double {
        guard clock.take(value, at: time) != .ignored else { return 0 }
        if age == 0 { mean = value }
        let off = value - mean
        let units = spread > 0 ? max(-Self.most, min(Self.most, off / spread)) : off == 0 ? 0 : off > 0 ? Self.most : -Self.most
        if age >= 20 {
            above = max(0, above + units - Self.slack)
            below = max(0, below - units - Self.slack)
        }
        learn(off)
        let sum = max(above, below)
        if sum >= Self.enough { (above, below, age) = (0, 0, 0) }
        return clock.count > settings.learning ? sum / (sum + Self.enough) : 0
    }

    /// The mean absolute deviation, times what makes it the standard deviation of a normal spread.
    private mutating func learn(_ off: Double) {
        age += 1
        let rate = max(1 / Double(age), 1 / Double(settings.learning))
        mean += rate * off
        spread += rate * (1.2533 * abs(off) - spread)
    }

    /// Writes all that it remembers.
    public func write(to state: inout StateWriter) {
        settings.write(to: &state)
        clock.write(to: &state)
        state.put([mean, spread, above, below])
        state.put(age)
    }

    /// Reads what was written; throws `ForecastError.badState`.
    public init(from state: inout StateReader) throws {
        settings = try DetectorSettings(from: &state)
        clock = try StreamClock(from: &state)
        (mean, spread) = try (state.double(), state.double())
        (above, below) = try (state.double(), state.double())
        age = try state.int(0...(Int.max - 1))
    }
}
