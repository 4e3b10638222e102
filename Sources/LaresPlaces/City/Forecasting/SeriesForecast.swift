public import LaresForecast
public import LaresJSON
public import LaresThings

/// What a series was and what is expected of it.
public struct SeriesForecast: Sendable {
    /// The series.
    public let series: Series
    /// From one value to the next.
    public let period: ForecastPeriod
    /// Whether values are what a meter grew by in each period; else they are means.
    public let isGrowth: Bool
    /// When the first value of the history is.
    public let start: Timestamp
    /// The values that were, one for each period until the forecast begins; NaN where nothing is known.
    public let history: [Double]
    /// What is expected, with its intervals, its model and how that did before.
    public let forecast: Forecast
    /// So many known values it was learnt from.
    public let learnt: Int

    /// The forecast as the API gives it.
    public var json: JSON {
        var members: JSON.Members = [
            "property": .string(series.key.description), "period": .string(period.rawValue), "value": isGrowth ? "growth" : "mean",
            "learnt_values": .int(learnt), "history_start": .double(Double(start.milliseconds) / 1_000),
            "history": .array(history.map { $0.isFinite ? .double($0) : .null }), "start": .double(Double(forecast.start) / 1_000),
            "step_seconds": .double(Double(forecast.step) / 1_000), "horizon": .int(forecast.mean.count),
        ]
        let rest = forecast.json
        for name in ["mean", "intervals", "model", "version", "backtest"] { members[name] = rest[name] }
        return .object(members)
    }
}
