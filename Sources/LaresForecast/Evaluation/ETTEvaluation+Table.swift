extension ETTEvaluation {
    /// Scores of our forecasters on the months to test on, each as chosen on the months before them, and published ones.
    ///
    /// - Parameters:
    ///   - horizons: Some of ``horizons``.
    ///   - members: Networks whose mean is the learned forecast; 0 leaves it out.
    ///   - progress: Is told each row's name before it is computed.
    /// - Throws: `ForecastError.badSetting` for another horizon, and what forecasters throw.
    public func table(
        horizons: [Int] = ETTEvaluation.horizons, members: Int = ETTEvaluation.usualMembers, progress: (String) -> Void = { _ in }
    )
        throws -> EvaluationTable
    {
        if let odd = horizons.first(where: { !ETTEvaluation.horizons.contains($0) }) {
            throw ForecastError(.badSetting, "the horizon \(odd) has no published scores: choose from \(ETTEvaluation.horizons)")
        }
        var table = EvaluationTable(data: "etth1", columns: horizons.flatMap { ["\($0) mse", "\($0) mae"] })
        table.rows = ETTEvaluation.published.map { name, scores in
            let shown = horizons.flatMap { horizon in ETTEvaluation.horizons.firstIndex(of: horizon).map { scores[$0] } ?? [] }
            return .init(name, isPublished: true, scores: shown)
        }
        var learnt: [Int: [any WindowForecaster & FileForecaster]] = [:]
        func add(_ name: String, _ make: (Int) throws -> any WindowForecaster) throws {
            progress(name)
            let began = ContinuousClock.now
            var scores: [Double?] = []
            for horizon in horizons {
                let fitted = try make(horizon), score = try score(fitted, on: ETTEvaluation.test)
                scores += [score.mse, score.mae]
                if let fitted = fitted as? any WindowForecaster & FileForecaster { learnt[horizon, default: []].append(fitted) }
            }
            table.rows.append(.init(name, scores: scores, seconds: (ContinuousClock.now - began) / .seconds(1)))
        }
        try add("repeat 24 h") { Repetition(seriesCount: panel.series.count, season: 24, horizon: $0) }
        for form in LinearForm.allCases { try add(form.rawValue) { try linear(form, horizon: $0) } }
        guard members > 0 else { return table }
        try add("stid") { try neural(horizon: $0, members: members) }
        try add("nlinear + stid") { horizon in
            try FittedEnsemble((learnt[horizon] ?? []).filter { ($0 as? FittedLinear)?.form != .dlinear })
        }
        return table
    }

    /// Look-backs that linear forecasters choose from: every three days to thirty.
    public static let lookbacks = Array(stride(from: 72, through: 720, by: 72))
    /// Networks whose mean is the learned forecast.
    public static let usualMembers = 3

    /// A linear forecaster that learnt from the months to learn from, with look-back and ridge chosen on the months to choose on.
    public func linear(_ form: LinearForm, horizon: Int) throws -> FittedLinear {
        try LinearForecaster(form, horizon: horizon, lookbacks: ETTEvaluation.lookbacks).learnt(
            from: panel, choosingOn: ETTEvaluation.choice, thenFrom: ETTEvaluation.trainingEnd)
    }

    /// Networks that learnt from the months to learn from and stopped by the months to choose on. They add to NLinear, with its look-back and ridge.
    public func neural(horizon: Int, members: Int = ETTEvaluation.usualMembers) throws -> FittedNeural {
        let start = try linear(.nlinear, horizon: horizon)
        var settings = NeuralSettings(lookback: start.lookback, horizon: horizon)
        // Found at 96 and 336 hours by the error on the months to choose on; less dropout, or a faster rate, is worse after an epoch or two.
        (settings.dropout, settings.rate, settings.epochs, settings.patience) = (0.8, 3e-4, 10, 2)
        (settings.ridge, settings.members) = (start.ridges[0], members)
        return try NeuralForecaster(settings).learnt(from: panel, choosingOn: ETTEvaluation.choice)
    }

    /// MSE and MAE at 96, 192, 336 and 720 hours, of <https://github.com/cure-lab/LTSF-Linear/blob/main/LTSF-Benchmark.md>.
    static let published: [(name: String, scores: [[Double?]])] = [
        ("NLinear (Zeng et al. 2022)", [[0.374, 0.394], [0.408, 0.415], [0.429, 0.427], [0.440, 0.453]]),
        ("DLinear (Zeng et al. 2022)", [[0.375, 0.399], [0.405, 0.416], [0.439, 0.443], [0.472, 0.490]]),
        ("FEDformer-f (Zhou et al. 2022)", [[0.376, 0.419], [0.420, 0.448], [0.459, 0.465], [0.506, 0.507]]),
    ]
}

/// The last season again and again.
struct Repetition: WindowForecaster {
    let seriesCount: Int, season: Int, horizon: Int
    var lookback: Int { season }

    func forecasts(_ panel: Panel, from origins: [Int]) throws -> [Double] {
        try check(panel, origins)
        return origins.flatMap { origin in
            panel.series.flatMap { values in (0..<horizon).map { values[origin - season + $0 % season] } }
        }
    }
}
