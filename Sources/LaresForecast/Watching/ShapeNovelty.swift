/// How far the last stretch of a series is from every stretch that was kept: nearest neighbours of its delay embedding.
///
/// A stretch is eight parts of a thirteenth of the learning time; each part is told by its value farthest from what is usual. Stretches
/// that are far from all others are kept, 128 of them, and the one that was nearest to nothing for longest makes room. The distance is put beside the
/// greatest of late, which fades: 0.5 means as far as that. In the spirit of adaptive resonance (Carpenter and Grossberg) and of conformal
/// nearest neighbours (Burnaev and Ishimtsev 2016).
public struct ShapeNovelty: Detector {
    /// The field's name for it.
    public static let name = "shape"

    private let settings: DetectorSettings
    private var clock = StreamClock()
    private var origin = 0.0
    private var range = SeenRange()
    private var part = PartOfStretch()
    private var parts = 0
    private var stretch = SIMD8<Float>.zero
    private var median: Float = 0
    private var kept = KeptStretches()
    /// The greatest distance of late.
    private var record = 0.0

    /// Parts of a stretch, and how many stretches fit the learning time.
    static let parts = 8
    static let stretches = 13
    /// What is so near to the median, in widths of the range, is the median.
    static let calm: Float = 0.075
    /// Learning times after which a record is half forgotten, and the least that a record is.
    static let memory = 4.0
    static let least = 0.02

    /// Watching with these settings, knowing nothing yet.
    public init(_ settings: DetectorSettings = .standard) { self.settings = settings }

    /// How many values a part holds.
    var partLength: Int { max(1, settings.learning / (Self.parts * Self.stretches)) }

    /// How odd the next value is, 0 to 1.
    public mutating func observe(_ value: Double, at time: Int64) -> Double {
        switch clock.take(value, at: time) {
        case .ignored: return 0
        case .resumes: (part, parts) = (PartOfStretch(usual: part.usual), 0)
        case .counts: if clock.count == 1 { origin = value }
        }
        record *= fade
        let offset = value - origin
        range.take(offset)
        guard let extreme = part.take(offset, of: partLength) else { return 0 }
        append(Float(extreme))
        guard parts >= Self.parts, range.width > 0, let distance = kept.take(calmed, width: Float(range.width), at: clock.count) else {
            return 0
        }
        defer { record = max(record, distance) }
        return clock.count > settings.learning ? distance / (distance + max(record, Self.least)) : 0
    }

    private var fade: Double { 1 - 0.693 / (Self.memory * Double(settings.learning)) }

    private mutating func append(_ value: Float) {
        for place in 1..<Self.parts { stretch[place - 1] = stretch[place] }
        stretch[Self.parts - 1] = value
        parts = min(parts + 1, Self.parts)
        let step = Float(range.width) * max(0.01, 1 / Float(1 + clock.count / partLength))
        median += value > median ? step : -step
    }

    /// The stretch, with what is near to the median put there.
    private var calmed: SIMD8<Float> {
        guard clock.count > settings.learning else { return stretch }
        let middle = SIMD8(repeating: median)
        let near = (stretch - middle).replacing(with: middle - stretch, where: stretch .< middle) .< Self.calm * Float(range.width)
        return stretch.replacing(with: middle, where: near)
    }

    /// Writes all that it remembers.
    public func write(to state: inout StateWriter) {
        settings.write(to: &state)
        clock.write(to: &state)
        state.put([origin, record])
        range.write(to: &state)
        part.write(to: &state)
        state.put(parts)
        state.put(median)
        for place in 0..<Self.parts { state.put(stretch[place]) }
        kept.write(to: &state)
    }

    /// Reads what was written; throws `ForecastError.badState`.
    public init(from state: inout StateReader) throws {
        settings = try DetectorSettings(from: &state)
        clock = try StreamClock(from: &state)
        (origin, record) = try (state.double(), state.double())
        range = try SeenRange(from: &state)
        part = try PartOfStretch(from: &state)
        parts = try state.int(0...Self.parts)
        median = try state.float()
        for place in 0..<Self.parts { stretch[place] = try state.float() }
        kept = try KeptStretches(from: &state)
    }
}

/// Values that become one: the one of the least and the greatest that is farther from what is usual.
private struct PartOfStretch: Sendable, Hashable {
    /// Follows the means of parts; nil: there was none.
    private(set) var usual: Double?
    private var range = SeenRange()
    private var sum = 0.0
    private var count = 0

    init(usual: Double? = nil) { self.usual = usual }

    /// - Returns: The value that tells of the part, when it is whole.
    mutating func take(_ value: Double, of length: Int) -> Double? {
        range.take(value)
        sum += value
        count += 1
        guard count >= length else { return nil }
        let mean = sum / Double(count)
        let usual = ((self.usual ?? mean) + mean) / 2
        let extreme = abs(range.greatest - usual) < abs(range.least - usual) ? range.least : range.greatest
        self = PartOfStretch(usual: usual)
        return extreme
    }

    func write(to state: inout StateWriter) {
        state.put(usual == nil ? 0 : 1)
        state.put([usual ?? 0, sum])
        state.put(count)
        range.write(to: &state)
    }

    init(from state: inout StateReader) throws {
        let isKnown = try state.int(0...1) == 1
        let usual = try state.double()
        self.usual = isKnown ? usual : nil
        sum = try state.double()
        count = try state.int(0...100_000)
        range = try SeenRange(from: &state)
    }
}
