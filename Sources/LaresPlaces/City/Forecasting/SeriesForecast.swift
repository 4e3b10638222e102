public import LaresForecast
public import LaresJSON
public import LaresThings

/// What a series was and what is expected of it.
public struct SeriesForecast: Sendable {
    /// The series.
    public let series: Series
    /// From one value to the next; nil: neither an hour nor a day.
    public let period: ForecastPeriod?
    /// Whether values are what a meter grew by in each period; else they are means.
    public let isGrowth: Bool
    /// When the first value of the history is.
    public let start: Timestamp
    /// The values that were, one for each period until the forecast begins; NaN where nothing is known.
    public let history: [Double]
    /// What is expected, with its intervals, its model and how that did before.
    public let forecast: Forecast
    /// So many known values it was learnt from; nil: the registry's card says it.
    public let learnt: Int?
    /// How the registry's version has done since it is served; nil: it isn't from there.
    public let live: JSON?

    /// The first so many steps of it.
    public func prefix(_ steps: Int) -> SeriesForecast {
        SeriesForecast(
            series: series, period: period, isGrowth: isGrowth, start: start, history: history, forecast: forecast.prefix(steps),
            learnt: learnt, live: live)
    }

    /// The forecast as the API gives it.
    public var json: JSON {
        var members: JSON.Members = [
            "property": .string(series.key.description), "period": period.map { .string($0.rawValue) } ?? .null,
            "value": isGrowth ? "growth" : "mean",
            "learnt_values": learnt.map { .int($0) } ?? .null, "history_start": .double(Double(start.milliseconds) / 1_000),
            "history": .array(history.map { $0.isFinite ? .double($0) : .null }), "start": .double(Double(forecast.start) / 1_000),
            "step_seconds": .double(Double(forecast.step) / 1_000), "horizon": .int(forecast.mean.count),
        ]
        let rest = forecast.json
        for name in ["mean", "intervals", "model", "forecaster", "version", "backtest"] { members[name] = rest[name] }
        members["live"] = live ?? nil
        return .object(members)
    }
}
