/// A way of forecasting, with its settings: a value that learns from history.
///
///     let model = try SeasonalNaive(season: 24).fitted(to: history)
///     let tomorrow = try model.forecast(history, steps: 24)[0]
public protocol Forecaster: Sendable {
    /// The field's name for it, as in `seasonal-naive`.
    var name: String { get }

    /// Learns from all series of a panel.
    ///
    /// - Throws: ``ForecastError``: `tooShort`, `badSetting`.
    func fitted(to history: Panel) throws -> any FittedForecaster
}

/// A forecaster that has learnt.
public protocol FittedForecaster: Sendable {
    /// The values of the `steps` steps after the end of a history, `[series][step]`.
    ///
    /// The history may be another than the one it learnt from, as long as it has as many series: a back-test learns once and looks at many.
    ///
    /// - Throws: ``ForecastError``: `tooShort`, `badSetting`.
    func forecast(_ history: Panel, steps: Int) throws -> [[Double]]
}
