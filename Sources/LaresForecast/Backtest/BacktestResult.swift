/// What a back-test found.
public struct BacktestResult: Sendable, Hashable {
    /// The forecaster's name.
    public let forecaster: String
    /// How many steps it saw before each window.
    public let origins: [Int]
    /// What it said, `[series][window][step]`.
    public let forecasts: [[[Double]]]
    /// What came, as `forecasts`; NaN where it is missing.
    public let actual: [[[Double]]]
    /// The mean change over a season of each series, in what the first origin saw; NaN for a series that never changed.
    public let scales: [Double]

    /// How many steps each window has.
    public var horizon: Int { forecasts.first?.first?.count ?? 0 }

    /// What came less what was said, `[window][step]`, of one series.
    public func residuals(of series: Int) -> [[Double]] {
        zip(forecasts[series], actual[series]).map { said, came in zip(said, came).map { $1 - $0 } }
    }

    /// What it found of one series.
    func alone(_ series: Int) -> BacktestResult {
        BacktestResult(
            forecaster: forecaster, origins: origins, forecasts: [forecasts[series]], actual: [actual[series]], scales: [scales[series]])
    }

    /// The errors of each step, of all series and windows.
    public var steps: [ForecastErrors] {
        (0..<horizon).map { step in errors(of: forecasts.indices) { $0 == step } }
    }

    /// The errors of all steps, series and windows.
    public var overall: ForecastErrors { errors(of: forecasts.indices) { _ in true } }

    /// The errors of all steps and windows of one series.
    public func errors(of series: Int) -> ForecastErrors { errors(of: series..<(series + 1)) { _ in true } }

    private func errors(of series: Range<Int>, where isWanted: (Int) -> Bool) -> ForecastErrors {
        var errors = ForecastErrors()
        for series in series {
            for (said, came) in zip(forecasts[series], actual[series]) {
                for step in said.indices where isWanted(step) { errors.take(came[step], forecast: said[step], scale: scales[series]) }
            }
        }
        return errors
    }

    /// How well intervals around the forecasts of a series keep their level. Each window's are made of the `recent` windows before it, as they would
    /// have been; windows that too few come before are left out.
    ///
    /// Errors of all seasons of a year make intervals that are too wide in most: of 365 days of Victoria's demand, 87% lay in such intervals of 80%.
    public func intervals(of series: Int, level: Double, recent: Int = 28) -> IntervalErrors {
        let residuals = residuals(of: series)
        var errors = IntervalErrors(level: level)
        for window in residuals.indices {
            guard let conformal = try? ConformalIntervals(residuals: Array(residuals[..<window].suffix(max(1, recent)))) else { continue }
            guard let interval = try? conformal.interval(around: forecasts[series][window], level: level) else { continue }
            for step in interval.lower.indices {
                errors.take(actual[series][window][step], lower: interval.lower[step], upper: interval.upper[step])
            }
        }
        return errors
    }
}
