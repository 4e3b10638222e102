/// How much values jump from one to the next, over 20 of them: the high end of the spectrum. Both more and less than ever is odd.
public struct Roughness: Detector {
    /// The field's name for it.
    public static let name = "roughness"

    private let settings: DetectorSettings
    private var clock = StreamClock()
    private var last = 0.0
    private var jumps = RecentValues(20)
    private var range = SeenRange()
    private var values = SeenRange()

    /// Watching with these settings, knowing nothing yet.
    public init(_ settings: DetectorSettings = .standard) { self.settings = settings }

    /// How odd the next value is, 0 to 1.
    public mutating func observe(_ value: Double, at time: Int64) -> Double {
        let verdict = clock.take(value, at: time)
        if verdict == .ignored { return 0 }
        defer { last = value }
        values.take(value)
        if verdict == .resumes { jumps.removeAll() }
        if verdict == .resumes || clock.count == 1 { return 0 }
        jumps.append(abs(value - last))
        guard jumps.isFull else { return 0 }
        let surprise = range.surprise(jumps.mean, leastWidth: SeenRange.derived * values.width)
        return clock.count > settings.learning ? surprise : 0
    }

    /// Writes all that it remembers.
    public func write(to state: inout StateWriter) {
        settings.write(to: &state)
        clock.write(to: &state)
        state.put(last)
        jumps.write(to: &state)
        range.write(to: &state)
        values.write(to: &state)
    }

    /// Reads what was written; throws `ForecastError.badState`.
    public init(from state: inout StateReader) throws {
        settings = try DetectorSettings(from: &state)
        clock = try StreamClock(from: &state)
        last = try state.double()
        jumps = try RecentValues(20, from: &state)
        range = try SeenRange(from: &state)
        values = try SeenRange(from: &state)
    }
}
