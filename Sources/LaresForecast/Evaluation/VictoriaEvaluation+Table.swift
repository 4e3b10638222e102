extension VictoriaEvaluation {
    /// After how many days the forecaster of the table learns anew.
    public static let days = 30

    /// Mean absolute percentage errors over the half hours to test on.
    ///
    /// - Parameter progress: Is told each row's name before it is computed.
    /// - Throws: ``ForecastError``, as forecasters do.
    public func table(progress: (String) -> Void = { _ in }) throws -> EvaluationTable {
        var table = EvaluationTable(data: "victoria", columns: ["mape"])
        table.rows = [
            .init("LightGBM, with lags, calendar, holidays, temperature", isPublished: true, scores: [2.24]),
            .init("repeat 24 h", scores: [naiveMAPE(lag: 48, on: test)], seconds: 0),
            .init("repeat 7 d", scores: [naiveMAPE(lag: 336, on: test)], seconds: 0),
        ]
        let model = try DayAheadForecaster(clock: clock)
        progress(model.name)
        let began = ContinuousClock.now
        let score = try mape(model, on: test, learningEvery: VictoriaEvaluation.days)
        table.rows.append(.init(model.name, scores: [score], seconds: (ContinuousClock.now - began) / .seconds(1)))
        return table
    }
}
