/// A value beyond all that was seen.
public struct Extremes: Detector {
    /// The field's name for it.
    public static let name = "extremes"

    private let settings: DetectorSettings
    private var clock = StreamClock()
    private var range = SeenRange()

    /// Watching with these settings, knowing nothing yet.
    public init(_ settings: DetectorSettings = .standard) { self.settings = settings }

    /// How odd the next value is, 0 to 1.
    public mutating func observe(_ value: Double, at time: Int64) -> Double {
        guard clock.take(value, at: time) != .ignored else { return 0 }
        let surprise = range.surprise(value)
        return clock.count > settings.learning ? surprise : 0
    }

    /// Writes all that it remembers.
    public func write(to state: inout StateWriter) {
        settings.write(to: &state)
        clock.write(to: &state)
        range.write(to: &state)
    }

    /// Reads what was written; throws `ForecastError.badState`.
    public init(from state: inout StateReader) throws {
        settings = try DetectorSettings(from: &state)
        clock = try StreamClock(from: &state)
        range = try SeenRange(from: &state)
    }
}
