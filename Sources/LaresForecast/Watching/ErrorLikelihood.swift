internal import Foundation

/// How unlikely the last ten errors of a forecast are beside all of late (Ahmad, Lavin, Purdy and Agha 2017, §3.2).
///
/// The forecast is a level and a damped trend. The mean of the last errors is put beside the mean and the spread of errors over four learning times; the score is
/// the logarithm of that tail: 0.5 is one in 10^5.
public struct ErrorLikelihood: Detector {
    /// The field's name for it.
    public static let name = "error-likelihood"

    /// What it was told.
    public let settings: DetectorSettings
    private var clock = StreamClock()
    private var level = 0.0
    private var trend = 0.0
    private var recent = RecentValues(10)
    private var mean = 0.0
    private var variance = 0.0

    static let levelRate = 0.3, trendRate = 0.05, damping = 0.9

    /// Watching with these settings, knowing nothing yet.
    public init(_ settings: DetectorSettings = .standard) { self.settings = settings }

    /// How many values were seen.
    public var count: Int { clock.count }

    /// How odd the next value is, 0 to 1.
    public mutating func observe(_ value: Double, at time: Int64) -> Double {
        switch clock.take(value, at: time) {
        case .ignored: return 0
        case .resumes: (level, trend) = (value, 0)
        case .counts: if clock.count == 1 { level = value }
        }
        let error = abs(value - level - trend)
        follow(value)
        recent.append(error)
        let score = likelihood
        learn(error)
        return clock.count > settings.learning ? score : 0
    }

    /// Of the mean of the last errors, as a logarithm.
    private var likelihood: Double {
        guard variance > 0 else { return recent.mean > mean ? 1 : 0 }
        let tail = erfc((recent.mean - mean) / (2 * variance).squareRoot()) / 2
        return min(1, max(0, -log10(max(1e-10, 2 * tail)) / 10))
    }

    private mutating func follow(_ value: Double) {
        let before = level
        level += trend + Self.levelRate * (value - level - trend)
        trend = Self.damping * (trend + Self.trendRate * (level - before - trend))
    }

    private mutating func learn(_ error: Double) {
        let rate = max(1 / Double(clock.count), 0.25 / Double(settings.learning))
        let off = error - mean
        mean += rate * off
        variance = (1 - rate) * (variance + rate * off * off)
    }

    /// Writes all that it remembers.
    public func write(to state: inout StateWriter) {
        settings.write(to: &state)
        clock.write(to: &state)
        state.put([level, trend, mean, variance])
        recent.write(to: &state)
    }

    /// Reads what was written; throws `ForecastError.badState`.
    public init(from state: inout StateReader) throws {
        settings = try DetectorSettings(from: &state)
        clock = try StreamClock(from: &state)
        (level, trend) = try (state.double(), state.double())
        (mean, variance) = try (state.double(), state.double())
        recent = try RecentValues(10, from: &state)
    }
}
