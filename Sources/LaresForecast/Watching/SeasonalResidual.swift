/// What is left of a value when what is usual at that time of day is taken away, as the mean of the last three.
///
/// The day is 48 parts; each keeps a mean that follows what comes, never by less than a twentieth. A part without one takes the level.
public struct SeasonalResidual: Detector {
    /// The field's name for it.
    public static let name = "seasonal-residual"

    /// What it was told.
    public let settings: DetectorSettings
    private var clock = StreamClock()
    private var origin = 0.0
    private var level = 0.0
    private var means = [Float](repeating: 0, count: Self.parts)
    private var counts = [Float](repeating: 0, count: Self.parts)
    private var recent = RecentValues(3)
    private var range = SeenRange()
    private var values = SeenRange()

    static let parts = 48
    /// How fast the level and a part's mean follow, at least.
    static let rate = 0.05

    /// Watching with these settings, knowing nothing yet.
    public init(_ settings: DetectorSettings = .standard) { self.settings = settings }

    /// How many values were seen.
    public var count: Int { clock.count }

    /// How odd the next value is, 0 to 1.
    public mutating func observe(_ value: Double, at time: Int64) -> Double {
        switch clock.take(value, at: time) {
        case .ignored: return 0
        case .resumes: recent.removeAll()
        case .counts: if clock.count == 1 { origin = value }
        }
        values.take(value)
        recent.append(residual(value - origin, at: time))
        // The profile is a guess at first: what it misses then says nothing of later.
        guard clock.count > settings.learning / 2 else { return 0 }
        let surprise = range.surprise(recent.mean, leastWidth: SeenRange.derived * values.width)
        return clock.count > settings.learning ? surprise : 0
    }

    private mutating func residual(_ value: Double, at time: Int64) -> Double {
        let part = self.part(of: time)
        let usual = counts[part] > 0 ? Double(means[part]) : level
        counts[part] = min(counts[part] + 1, Float(1 / Self.rate))
        means[part] += Float((value - Double(means[part])) / Double(counts[part]))
        level += Self.rate * (value - level)
        return value - usual
    }

    private func part(of time: Int64) -> Int {
        let phase = time % settings.period
        let since = phase < 0 ? phase + settings.period : phase
        return min(Self.parts - 1, Int(Double(since) / Double(settings.period) * Double(Self.parts)))
    }

    /// Writes all that it remembers.
    public func write(to state: inout StateWriter) {
        settings.write(to: &state)
        clock.write(to: &state)
        state.put([origin, level])
        state.put(means)
        state.put(counts)
        recent.write(to: &state)
        range.write(to: &state)
        values.write(to: &state)
    }

    /// Reads what was written; throws `ForecastError.badState`.
    public init(from state: inout StateReader) throws {
        settings = try DetectorSettings(from: &state)
        clock = try StreamClock(from: &state)
        (origin, level) = try (state.double(), state.double())
        means = try state.floats(Self.parts)
        counts = try state.floats(Self.parts)
        recent = try RecentValues(3, from: &state)
        range = try SeenRange(from: &state)
        values = try SeenRange(from: &state)
    }
}
