/// How well a forecaster would have done: it looks at ever longer beginnings of a history and is held to what came (rolling origin; Tashman
/// 2000).
///
///     let result = try Backtest(horizon: 48, stride: 24, windows: 28, season: 24).run(SeasonalNaive(season: 24), on: history)
///     print(result.overall.mase, result.steps[0].mase)
public struct Backtest: Sendable, Hashable {
    /// Steps that are forecast from each origin.
    public let horizon: Int
    /// Steps between the last value that a forecaster sees and the first that counts, as when values arrive late.
    public let gap: Int
    /// Steps from origin to origin.
    public let stride: Int
    /// Origins, at most: the latest that fit.
    public let windows: Int
    /// After how many origins a forecaster learns anew; nil when it learns once, before the first.
    public let relearns: Int?
    /// The season that errors are scaled by: what a day ago has to say is an error of 1.
    public let season: Int
    /// What is taken for the covariates of steps that are forecast.
    public var covariates = Covariates.observed

    /// What is taken for covariates of steps that are forecast.
    public enum Covariates: Sendable, Hashable {
        /// What the panel has: right for calendars, and for weather where that is said beside the error.
        case observed
        /// What was so many steps before: nobody knows at the origin what will come.
        case repeated(Int)
    }

    /// - Throws: `ForecastError.badSetting` for a horizon, stride, season or count of windows out of 1 to 100,000 (windows 10,000), or a gap below 0.
    public init(horizon: Int, gap: Int = 0, stride: Int? = nil, windows: Int = 10, relearns: Int? = nil, season: Int = 1) throws {
        let stride = stride ?? horizon
        for (name, value, most) in [
            ("horizon", horizon, 100_000), ("stride", stride, 100_000), ("season", season, 100_000), ("number of windows", windows, 10_000),
            ("number of windows between learning", relearns ?? 1, 10_000),
        ] where !(1...most).contains(value) {
            throw ForecastError(.badSetting, "the \(name) of a back-test is \(value): it has to be from 1 to \(most)")
        }
        guard (0...100_000).contains(gap) else {
            throw ForecastError(.badSetting, "the gap of a back-test is \(gap) steps: it has to be from 0 to 100000")
        }
        (self.horizon, self.gap, self.stride, self.windows, self.relearns, self.season) = (horizon, gap, stride, windows, relearns, season)
    }

    /// How many of the first steps a forecaster sees at each origin, of a history of `count` steps; a quarter of the history, at least, is seen.
    public func origins(of count: Int) -> [Int] {
        let last = count - horizon - gap
        return Array((0..<windows).map { last - $0 * stride }.prefix { $0 >= 1 && $0 >= count / 4 }.reversed())
    }

    /// Tries a forecaster on a history.
    ///
    /// - Throws: `ForecastError.tooShort` when no origin fits, and what the forecaster throws.
    public func run(_ forecaster: any Forecaster, on history: Panel) throws -> BacktestResult {
        let origins = origins(of: history.count)
        guard let first = origins.first else {
            throw ForecastError(
                .tooShort,
                "a back-test of \(horizon) steps\(gap > 0 ? " after a gap of \(gap)" : "") needs a third more than these, the history has \(history.count)"
            )
        }
        var fitted = try forecaster.fitted(to: seen(history, first))
        var forecasts = [[[Double]]](repeating: [], count: history.series.count), actual = forecasts
        for (window, origin) in origins.enumerated() {
            let seen = seen(history, origin)
            if window > 0, let relearns, window % relearns == 0 { fitted = try forecaster.fitted(to: seen) }
            let ahead = try fitted.forecast(seen, steps: gap + horizon)
            for series in forecasts.indices {
                forecasts[series].append(Array(ahead[series].dropFirst(gap)))
                actual[series].append(Array(history.series[series][(origin + gap)..<(origin + gap + horizon)]))
            }
        }
        let scales = history.series.map { MeanAbsoluteChange($0.prefix(first), season: season).value }
        return BacktestResult(forecaster: forecaster.name, origins: origins, forecasts: forecasts, actual: actual, scales: scales)
    }

    private func seen(_ history: Panel, _ origin: Int) -> Panel {
        switch covariates {
        case .observed: history.prefix(origin)
        case .repeated(let season): history.prefix(origin, repeating: max(1, season), until: origin + gap + horizon)
        }
    }
}

/// How far values a season apart are from each other: what scaled errors are divided by (Hyndman & Koehler 2006).
struct MeanAbsoluteChange {
    /// NaN where there is nothing to compare; never 0, so that a series that never changed doesn't divide by it.
    let value: Double

    init(_ values: ArraySlice<Double>, season: Int) {
        let changes = zip(values.dropFirst(season), values).map { abs($0 - $1) }.known
        value = changes.mean.map { $0 > 0 ? $0 : .nan } ?? .nan
    }
}
