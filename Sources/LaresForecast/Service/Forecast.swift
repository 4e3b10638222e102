public import LaresJSON

/// A forecast as it is served: never without its interval, its model's version and how well the model did before.
public struct Forecast: Sendable, Hashable {
    /// Between which values it is likely to lie.
    public struct Interval: Sendable, Hashable {
        /// How likely, between 0 and 1.
        public let level: Double
        /// The ends, a value for each step.
        public let lower: [Double], upper: [Double]
    }

    /// How the model did in a back-test before it was learnt with all there is.
    public struct Score: Sendable, Hashable {
        /// Mean absolute scaled error: 1 is what repeating the last season made; NaN for a series that never changed.
        public let mase: Double
        /// Mean absolute error, in the series' unit.
        public let mae: Double
        /// Symmetric mean absolute error in percent.
        public let smape: Double
        /// How many forecasts were held to what came.
        public let windows: Int
        /// The share of values that lay in the intervals of the lowest level, each window's made of those before it; NaN where there were too few.
        public let coverage: Double
    }

    /// The series' name.
    public let series: String
    /// When the first value is, in milliseconds since 1970-01-01T00:00Z.
    public let start: Int64
    /// Milliseconds from one value to the next.
    public let step: Int64
    /// The values that are expected.
    public let mean: [Double]
    /// The intervals, as many as the plan has levels.
    public let intervals: [Interval]
    /// What the series chose, such as `ETS(A,N,A)[24]`.
    public let model: String
    /// What the registry calls the forecaster; nil: it isn't from there.
    public let forecaster: String?
    /// The version of the model, as the registry names it.
    public let version: String
    /// How it did before.
    public let score: Score

    /// The first so many steps of it.
    public func prefix(_ steps: Int) -> Forecast {
        let intervals = intervals.map {
            Interval(level: $0.level, lower: Array($0.lower.prefix(steps)), upper: Array($0.upper.prefix(steps)))
        }
        return Forecast(
            series: series, start: start, step: step, mean: Array(mean.prefix(steps)), intervals: intervals, model: model,
            forecaster: forecaster, version: version, score: score)
    }

    /// The forecast as it goes out.
    public var json: JSON {
        [
            "series": .string(series), "start": .int(Int(start)), "step": .int(Int(step)), "mean": .array(mean.map(JSON.double)),
            "intervals": .array(
                intervals.map { interval in
                    [
                        "level": .double(interval.level), "lower": .array(interval.lower.map(JSON.double)),
                        "upper": .array(interval.upper.map(JSON.double)),
                    ]
                }),
            "model": .string(model), "forecaster": forecaster.map { .string($0) } ?? .null, "version": .string(version),
            "backtest": score.json,
        ]
    }
}

extension Forecast.Score {
    var json: JSON {
        [
            "mase": .double(mase), "mae": .double(mae), "smape": .double(smape), "windows": .int(windows), "coverage": .double(coverage),
        ]
    }

    init(_ result: BacktestResult, level: Double) {
        let errors = result.overall
        coverage = result.intervals(of: 0, level: level).coverage
        (mase, mae, smape, windows) = (errors.mase, errors.mae, errors.smape, result.origins.count)
    }

    init(_ fields: JSONFields) throws {
        var fields = fields
        let most = 0...Double.greatestFiniteMagnitude
        mase = try fields.double("mase", in: most) ?? .nan
        mae = try fields.double("mae", in: most) ?? .nan
        smape = try fields.double("smape", in: 0...200.001) ?? .nan
        windows = try fields.int("windows", in: 0...10_000) ?? 0
        coverage = try fields.double("coverage", in: 0...1) ?? .nan
        try fields.end()
    }
}
