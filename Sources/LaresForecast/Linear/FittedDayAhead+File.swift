public import LaresJSON
public import LaresTensor

extension FittedDayAhead: FileForecaster {
    /// `day-ahead`.
    public static var kind: String { "day-ahead" }

    /// Scales and settings of each time of day.
    public var about: JSON {
        [
            "clock": clock.json,
            "series": .array(
                series.map {
                    ["logarithmic": .bool($0.isLogarithmic), "slots": .array($0.regressions.map(\.json))]
                }),
        ]
    }

    /// Examples and factors of each time of day.
    public var tensors: [(name: String, value: Tensor)] {
        series.enumerated().flatMap { place, series in
            series.regressions.enumerated().flatMap { slot, regression in
                let examples = regression.examples
                return [
                    ("\(place).\(slot).examples", Tensor(examples.numbers.map(Float.init), [examples.rows, examples.columns])),
                    ("\(place).\(slot).factors", Tensor(regression.factors.map(Float.init))),
                ]
            }
        }
    }

    /// Reads what `about` and `tensors` were. Throws ``ForecastError``, ``JSONError``.
    public init(about: JSON, tensors: ForecasterTensors) throws {
        var fields = try JSONFields(about)
        guard let clock = try fields.fields("clock") else { throw fields.error("clock", "is missing") }
        let series = try (fields.objects("series") ?? []).enumerated().map { place, inner in
            var inner = inner
            let slots = try inner.objects("slots") ?? [], isLogarithmic = try inner.bool("logarithmic") ?? false
            try inner.end()
            guard (1...288).contains(slots.count) else { throw inner.error("slots", "must be 1 to 288") }
            let regressions = try slots.enumerated().map { try KernelRegression($1, tensors.under("\(place).\($0).")) }
            return Series(isLogarithmic: isLogarithmic, regressions: regressions)
        }
        try fields.end()
        guard !series.isEmpty else { throw fields.error("series", "is empty") }
        self.init(clock: try LocalClock(clock), series: series)
    }
}

extension KernelRegression {
    fileprivate var json: JSON {
        [
            "examples": .int(examples.rows), "inputs": .array(inputScales.map(\.json)), "target": .array([targetScale.json]),
            "weights": .array(setting.weights.map(JSON.double)), "linearity": .double(setting.linearity), "noise": .double(setting.noise),
        ]
    }

    fileprivate init(_ fields: JSONFields, _ tensors: ForecasterTensors) throws {
        var fields = fields
        guard let rows = try fields.int("examples", in: 1...10_000) else { throw fields.error("examples", "is missing") }
        let inputs = try SeriesScale.read("inputs", &fields, atMost: 1_000), target = try SeriesScale.read("target", &fields, atMost: 1)
        let setting = Setting(
            weights: try fields.doubles("weights", in: 0...1e9) ?? [], linearity: try fields.double("linearity", in: 0...1e9) ?? 0,
            noise: try fields.double("noise", in: 0...1e9) ?? 0)
        try fields.end()
        guard inputs.count == DayFeatures.count, setting.weights.count == inputs.count, let target = target.first else {
            throw fields.error("inputs", "and 'weights' must be \(DayFeatures.count), and 'target' one")
        }
        let examples = DoubleMatrix(rows, inputs.count, try tensors.tensor("examples", [rows, inputs.count]).array.map(Double.init))
        self.init(
            setting, inputScales: inputs, targetScale: target, examples: examples,
            factors: try tensors.tensor("factors", [rows]).array.map(Double.init))
    }
}
