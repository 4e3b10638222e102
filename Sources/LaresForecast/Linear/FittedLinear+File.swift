public import LaresJSON
public import LaresTensor

extension FittedLinear: FileForecaster {
    /// `linear`.
    public static var kind: String { "linear" }

    /// Scales, effects and settings.
    public var about: JSON {
        [
            "form": .string(form.rawValue), "horizon": .int(horizon), "season": season.map { .int($0) } ?? .null,
            "scales": .array(scales.map(\.json)), "known": .array(knownScale.scales.map(\.json)),
            "effects": .array(effects.map { .array($0.weights.map(JSON.double)) }),
            "maps": .array(
                fits.map {
                    [
                        "lookback": .int($0.setting.lookback), "ridge": .double($0.setting.ridge),
                        "error": $0.error.map { .double($0) } ?? .null,
                    ]
                }),
        ]
    }

    /// Weights and constants of each map.
    public var tensors: [(name: String, value: Tensor)] {
        fits.enumerated().flatMap { [("map.\($0).weights", $1.weights), ("map.\($0).constants", $1.constants)] }
    }

    /// Reads what `about` and `tensors` were. Throws ``ForecastError``, ``JSONError``.
    public init(about: JSON, tensors: ForecasterTensors) throws {
        var fields = try JSONFields(about)
        guard let form = try fields.choice("form", of: LinearForm.self),
            let horizon = try fields.int("horizon", in: 1...WindowBounds.horizon)
        else { throw fields.error("form", "and 'horizon' are needed") }
        let season = try fields.int("season", in: 1...Int(Int32.max))
        let scales = try SeriesScale.read("scales", &fields, atMost: WindowBounds.series)
        let known = try SeriesScale.read("known", &fields, atMost: WindowBounds.covariates)
        let effects = try (fields.array("effects") ?? []).enumerated().map { place, row in
            var inner = try JSONFields(["weights": row], at: fields.name("effects[\(place)]"))
            let weights = try inner.doubles("weights", in: SeriesScale.range) ?? []
            guard weights.count == known.count else { throw inner.error("weights", "must be as many as covariates") }
            return CovariateEffect(weights)
        }
        let maps = try fields.objects("maps") ?? []
        let fits = try maps.enumerated().map { try LinearFit($1, form, horizon, tensors.under("map.\($0).")) }
        try fields.end()
        guard !scales.isEmpty, effects.count == scales.count, fits.count == 1 || fits.count == scales.count else {
            throw fields.error("maps", "and 'effects' don't fit \(scales.count) series")
        }
        self.init(
            form: form, horizon: horizon, season: season, scales: scales, knownScale: KnownScale(known), effects: effects, fits: fits)
    }
}

extension LinearFit {
    fileprivate init(_ fields: JSONFields, _ form: LinearForm, _ horizon: Int, _ tensors: ForecasterTensors) throws {
        var fields = fields
        guard let lookback = try fields.int("lookback", in: 1...WindowBounds.lookback) else { throw fields.error("lookback", "is missing") }
        let ridge = try fields.double("ridge", in: 0...Double.greatestFiniteMagnitude) ?? 0
        let error = try fields.double("error", in: SeriesScale.range)
        try fields.end()
        self.init(
            LinearSetting(form: form, lookback: lookback, horizon: horizon, ridge: ridge),
            weights: try tensors.tensor("weights", [lookback, horizon]), constants: try tensors.tensor("constants", [horizon]), error: error
        )
    }
}

extension SeriesScale {
    static let range = -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude

    var json: JSON { [.double(mean), .double(deviation)] }

    /// An array of means and deviations.
    static func read(_ key: String, _ fields: inout JSONFields, atMost most: Int) throws -> [SeriesScale] {
        let rows = try fields.array(key) ?? []
        guard rows.count <= most else { throw fields.error(key, "has \(rows.count) elements; there may be \(most)") }
        return try rows.enumerated().map { place, row in
            guard let pair = row.elements, pair.count == 2, let mean = pair[0].number, let deviation = pair[1].number, mean.isFinite,
                deviation > 0, deviation.isFinite
            else { throw fields.error("\(key)[\(place)]", "must be a mean and a deviation above 0") }
            return SeriesScale(mean: mean, deviation: deviation)
        }
    }
}
