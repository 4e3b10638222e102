/// Where the time of forward passes went, added up since the cache was made.
public struct StepTimes: Sendable, Hashable {
    /// What an engine does for a token.
    public enum Part: String, Sendable, Hashable, CaseIterable {
        /// Embeddings and rotary tables.
        case embedding
        /// Query, key, value and output matrices, with their norms.
        case projections
        /// Keys and values against queries.
        case attention
        /// Gate, up and down matrices, with their norm.
        case feedForward
        /// The output head.
        case head
        /// Choosing tokens and turning them into text.
        case sampling
        /// Standing back for other work.
        case waiting
    }

    // A place for each part, in their order.
    private var seconds = SIMD8<Double>()

    /// No time yet.
    public init() {}

    /// Seconds of a part.
    public subscript(part: Part) -> Double {
        get { seconds[Self.index(part)] }
        set { seconds[Self.index(part)] = newValue }
    }

    /// Seconds of all parts.
    public var total: Double { seconds.sum() }

    /// What was added since `earlier`.
    public static func - (later: StepTimes, earlier: StepTimes) -> StepTimes {
        var difference = later
        difference.seconds -= earlier.seconds
        return difference
    }

    /// The sum, part by part.
    public static func + (one: StepTimes, other: StepTimes) -> StepTimes {
        var sum = one
        sum.seconds += other.seconds
        return sum
    }

    private static func index(_ part: Part) -> Int {
        switch part {
        case .embedding: 0
        case .projections: 1
        case .attention: 2
        case .feedForward: 3
        case .head: 4
        case .sampling: 5
        case .waiting: 6
        }
    }
}

/// A stopwatch with laps: reading the clock takes 25 ns, 120 times a token of a small model.
struct StepWatch {
    private(set) var times = StepTimes()
    private var last = ContinuousClock.now

    /// Begins a lap without counting what was before.
    mutating func start() { last = ContinuousClock.now }

    /// The time since the last call belongs to `part`.
    mutating func lap(_ part: StepTimes.Part) {
        let now = ContinuousClock.now
        times[part] += (now - last) / .seconds(1)
        last = now
    }
}
