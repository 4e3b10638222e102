import LaresTensor

/// A fitted forecaster that looks back a fixed number of steps, and forecasts from many places of a panel at once.
public protocol WindowForecaster: FittedForecaster {
    /// How many series it forecasts.
    var seriesCount: Int { get }
    /// How many steps it looks back on.
    var lookback: Int { get }
    /// How many steps it forecasts at once; further ones go on from its own forecasts.
    var horizon: Int { get }

    /// Forecasts of `horizon` steps from each of some places: row-major `[origins, series, horizon]`.
    ///
    /// Nothing of the series at or behind an origin is looked at; of what is known beforehand, the horizon is.
    ///
    /// - Throws: ``ForecastError``: `tooShort` when an origin has less than `lookback` steps before it, or what must be known beforehand ends
    ///   within the horizon; `badSeries` for another number of series or covariates.
    func forecasts(_ panel: Panel, from origins: [Int]) throws -> [Double]
}

extension WindowForecaster {
    /// The values after the end of a history, `[series][step]`.
    ///
    /// - Throws: ``ForecastError``: `tooShort`, `badSeries`, `badSetting`.
    public func forecast(_ history: Panel, steps: Int) throws -> [[Double]] {
        guard (1...WindowBounds.steps).contains(steps) else {
            throw ForecastError(.badSetting, "\(steps) steps are asked for: ask for 1 to \(WindowBounds.steps)")
        }
        var (panel, found) = (history, [[Double]](repeating: [], count: history.series.count))
        while true {
            let next = try forecasts(panel, from: [panel.count])
            for series in found.indices { found[series] += next[(series * horizon)..<((series + 1) * horizon)] }
            let reached = found.first?.count ?? steps
            if reached >= steps { return found.map { Array($0.prefix(steps)) } }
            let known = try known(of: history, until: history.count + reached)
            panel = try Panel(start: history.start, step: history.step, series: zip(history.series, found).map { $0 + $1 }, known: known)
        }
    }

    private func known(of history: Panel, until end: Int) throws -> [[Double]] {
        if let short = history.known.map(\.count).min(), short < end {
            throw ForecastError(
                .tooShort, "covariates are known for \(short) steps, the forecast goes on to step \(end): tell more of them")
        }
        return history.known
    }

    /// Throws unless the panel has the series, and the origins the steps before them.
    func check(_ panel: Panel, _ origins: [Int]) throws {
        guard panel.series.count == seriesCount else {
            throw ForecastError(
                .badSeries, "the history has \(panel.series.count) series, the forecaster learnt \(seriesCount): give it the same, in order"
            )
        }
        if let early = origins.first(where: { $0 < lookback || $0 > panel.count }) {
            throw ForecastError(
                .tooShort, "a forecast from step \(early) of \(panel.count): \(lookback) steps are needed before it")
        }
    }
}

/// What learned forecasters take from outside.
enum WindowBounds {
    static let steps = 100_000
    static let lookback = 20_000
    static let horizon = 20_000
    static let series = 1_000_000
    static let covariates = 1_000
}
