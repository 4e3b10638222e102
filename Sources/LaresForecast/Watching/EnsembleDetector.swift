/// The default: what five detectors say together, told once.
///
/// Evidence of values beyond all seen, of levels that stay there, of roughness, of the time of day and of the shape is added up, and counts less while little was
/// seen. For a fifth of the learning time after something was told, only what is clearly more than that is told: who is woken once needn't be woken again.
///
/// 0.5 is the score from which a reading is worth an alarm. The weights are the same for every series; `docs/watching.md` says how they were chosen.
public struct EnsembleDetector: Detector {
    /// The field's name for it.
    public static let name = "ensemble"
    /// Which ensemble it is: another number when it says something else of the same readings.
    public static let version = "1"

    /// What it was told.
    public let settings: DetectorSettings
    private var clock = StreamClock()
    private var extremes: Extremes
    private var sustained: Sustained
    private var roughness: Roughness
    private var seasonal: SeasonalResidual
    private var shape: ShapeNovelty
    private var rest = Rest()
    /// How odd the last value was, 0 to 1, whether or not it was told: what an alarm waits for to sink.
    public private(set) var oddness = 0.0

    /// How many values it has seen.
    public var count: Int { clock.count }

    /// Evidence that makes a score of a half.
    static let half = 0.45
    static let extremesWeight = 3.0, shapeWeight = 0.9

    /// Watching with these settings, knowing nothing yet.
    public init(_ settings: DetectorSettings = .standard) {
        self.settings = settings
        (extremes, sustained, roughness) = (Extremes(settings), Sustained(settings), Roughness(settings))
        (seasonal, shape) = (SeasonalResidual(settings), ShapeNovelty(settings))
    }

    /// How odd the next value is, 0 to 1.
    public mutating func observe(_ value: Double, at time: Int64) -> Double {
        guard clock.take(value, at: time) != .ignored else { return 0 }
        let evidence = evidence(value, at: time)
        guard clock.count > settings.learning else { return 0 }
        let lives = Double(clock.count) / Double(settings.learning)
        let weighed = evidence * lives / (lives + 1)
        oddness = weighed / (weighed + Self.half)
        return rest.tell(weighed, for: settings.learning / 5) ? oddness : 0
    }

    private mutating func evidence(_ value: Double, at time: Int64) -> Double {
        Self.extremesWeight * extremes.observe(value, at: time) + sustained.evidence(value, at: time) + roughness.observe(value, at: time)
            + seasonal.observe(value, at: time) + Self.shapeWeight * shape.observe(value, at: time)
    }

    /// Writes all that it remembers.
    public func write(to state: inout StateWriter) {
        settings.write(to: &state)
        clock.write(to: &state)
        state.put(oddness)
        rest.write(to: &state)
        extremes.write(to: &state)
        sustained.write(to: &state)
        roughness.write(to: &state)
        seasonal.write(to: &state)
        shape.write(to: &state)
    }

    /// Reads what was written; throws `ForecastError.badState`.
    public init(from state: inout StateReader) throws {
        settings = try DetectorSettings(from: &state)
        clock = try StreamClock(from: &state)
        oddness = try min(1, max(0, state.double()))
        rest = try Rest(from: &state)
        extremes = try Extremes(from: &state)
        sustained = try Sustained(from: &state)
        roughness = try Roughness(from: &state)
        seasonal = try SeasonalResidual(from: &state)
        shape = try ShapeNovelty(from: &state)
    }
}

/// Keeps quiet after something was told, unless more comes.
struct Rest: Sendable, Hashable {
    private var bar = 0.0
    private var left = 0

    /// So many times what was told is news.
    static let more = 1.1

    /// - Returns: Whether it is to be told.
    mutating func tell(_ evidence: Double, for length: Int) -> Bool {
        left -= left > 0 ? 1 : 0
        if left == 0 { bar = 0 }
        guard evidence > bar * Self.more else { return false }
        (bar, left) = (evidence, length + 1)
        return true
    }

    func write(to state: inout StateWriter) {
        state.put(bar)
        state.put(left)
    }

    init() {}

    init(from state: inout StateReader) throws {
        bar = try state.double()
        left = try state.int(0...100_001)
    }
}
