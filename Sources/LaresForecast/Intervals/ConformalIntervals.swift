import Glibc

/// Intervals around forecasts, as wide as errors of earlier forecasts say (split conformal prediction; Vovk et al. 2005, Lei et al. 2018).
///
///     let intervals = try ConformalIntervals(residuals: backtest.residuals(of: 0))
///     let (lower, upper) = try intervals.interval(around: mean, level: 0.9)
///
/// Each step ahead has widths of its own. When errors to come are exchangeable with those given, an interval holds the value with the
/// probability of its level, whatever the distribution. No forecaster is needed that knows how sure it is.
public struct ConformalIntervals: Sendable, Hashable {
    /// The sizes of the errors of each step, ascending.
    public let scores: [[Double]]

    /// - Parameter residuals: What came less what was said, `[window][step]`, of forecasts that were made without knowing what came; NaN is left out.
    /// - Throws: `ForecastError.tooShort` without residuals, `badSetting` when windows have different lengths.
    public init(residuals: [[Double]]) throws {
        guard let steps = residuals.first?.count, steps > 0 else {
            throw ForecastError(.tooShort, "there are no residuals: intervals are made of the errors of earlier forecasts")
        }
        if let odd = residuals.firstIndex(where: { $0.count != steps }) {
            throw ForecastError(
                .badSetting, "window \(odd) has \(residuals[odd].count) residuals, the first has \(steps): all have to be as long")
        }
        scores = (0..<steps).map { step in residuals.map { abs($0[step]) }.known.sorted() }
    }

    /// How far an interval reaches to both sides at each step, for a level between 0 and 1.
    ///
    /// - Throws: `ForecastError.tooShort` when a step has fewer errors than the level needs (level / (1 - level), rounded up), `badSetting` for a level
    ///   out of its range.
    public func radii(level: Double) throws -> [Double] {
        guard level > 0, level < 1 else {
            throw ForecastError(.badSetting, "the level of an interval is \(level): it has to lie between 0 and 1")
        }
        return try scores.enumerated().map { step, scores in
            // The last digits of a product such as 20 · 0.95 must not ask for one more.
            let exact = Double(scores.count + 1) * level, rank = abs(exact - exact.rounded()) < 1e-9 ? exact.rounded() : exact
            let below = Int(rank), above = Int(rank.rounded(.up))
            guard above <= scores.count else {
                let needed = Int((level / (1 - level) - 1e-9).rounded(.up))
                throw ForecastError(
                    .tooShort,
                    "an interval of level \(level) needs \(needed) errors of earlier forecasts, step \(step) has \(scores.count): back-test over more windows, or ask for a lower level"
                )
            }
            // In between, rather than the larger one: of 28 errors that would be 83% where 80% are asked for.
            let (low, high) = (scores[max(below, 1) - 1], scores[max(above, 1) - 1])
            return low + (high - low) * max(0, rank - Double(below))
        }
    }

    /// The interval of each step around a forecast, which may be shorter than the windows were.
    ///
    /// - Throws: as ``radii(level:)``; `badSetting` for a longer forecast.
    public func interval(around mean: [Double], level: Double) throws -> (lower: [Double], upper: [Double]) {
        guard mean.count <= scores.count else {
            throw ForecastError(
                .badSetting, "the forecast has \(mean.count) steps, the errors are of \(scores.count): back-test over as many steps")
        }
        let radii = try radii(level: level)
        return (zip(mean, radii).map { $0 - $1 }, zip(mean, radii).map { $0 + $1 })
    }
}
