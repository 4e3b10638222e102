public import LaresJSON

extension FittedNaive: StorableForecaster {
    package var names: [String] { memories.map { _ in isLine ? "drift" : season > 1 ? "seasonal-naive[\(season)]" : "naive" } }

    package var stored: JSON {
        [
            "season": .int(season), "line": .bool(isLine), "end": .int(Int(end)), "step": .int(Int(step)),
            "series": .array(memories.map { ["cycle": .array($0.cycle.map(JSON.double)), "slope": .double($0.slope)] }),
        ]
    }

    init(_ json: JSON) throws {
        var fields = try JSONFields(json)
        let (end, step) = try fields.clock("end")
        let season = try fields.int("season", in: 1...ForecastBounds.season.upperBound) ?? 1, isLine = try fields.bool("line") ?? false
        let range = -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude
        let memories = try (fields.objects("series") ?? []).map { inner in
            var inner = inner
            let memory = Memory(cycle: try inner.doubles("cycle", in: range) ?? [], slope: try inner.double("slope", in: range) ?? 0)
            guard memory.cycle.count == season, !isLine || season == 1 else { throw inner.error("cycle", "must have \(season) numbers") }
            try inner.end()
            return memory
        }
        try fields.end()
        self.init(season: season, isLine: isLine, end: end, step: step, memories: memories)
    }
}

extension FittedSmoothing: StorableForecaster {
    /// All that was learnt.
    public var stored: JSON {
        [
            "start": .int(Int(start)), "step": .int(Int(step)), "count": .int(count), "series": .array(series.map(\.json)),
        ]
    }

    /// Reads what ``stored`` made; throws ``JSONError`` or ``ForecastError`` for anything else.
    public init(_ json: JSON) throws {
        var fields = try JSONFields(json)
        let (start, step) = try fields.clock("start")
        guard let count = try fields.int("count", in: 0...1_000_000_000) else { throw fields.error("count", "is missing") }
        let series = try (fields.objects("series") ?? []).map { try SmoothedSeries($0) }
        try fields.end()
        self.init(start: start, step: step, count: count, series: series)
    }
}

extension SmoothedSeries {
    fileprivate var json: JSON {
        [
            "form": .string(design.form.description), "seasons": .array(design.seasons.map(JSON.int)),
            "correlated": .bool(design.isCorrelated),
            "logarithmic": .bool(design.isLogarithmic), "weights": weights.json, "first": first.json, "last": last.json,
            "scale": .double(scale), "criterion": .double(criterion), "likelihood": .double(logLikelihood),
        ]
    }

    fileprivate init(_ fields: JSONFields) throws {
        var fields = fields
        guard let form = SmoothingForm(try fields.string("form") ?? ""), SmoothingForm.all.contains(form) else {
            throw fields.error("form", "is no form of exponential smoothing")
        }
        let seasons = try fields.ints("seasons", in: ForecastBounds.season) ?? []
        let most = form.season == .none ? 0 : form.season == .additive ? 2 : 1
        guard seasons.count <= most, form.season == .none || !seasons.isEmpty else {
            throw fields.error("seasons", "don't go with \(form)")
        }
        let design = SmoothingDesign(
            form, seasons: seasons, isCorrelated: try fields.bool("correlated") ?? false,
            isLogarithmic: try fields.bool("logarithmic") ?? false)
        let weights = try SmoothingWeights(&fields, design)
        let first = try SmoothingState(&fields, "first", design), last = try SmoothingState(&fields, "last", design)
        let range = -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude
        let scale = try fields.double("scale", in: 1e-300...Double.greatestFiniteMagnitude) ?? 1
        let criterion = try fields.double("criterion", in: range) ?? .infinity, likelihood = try fields.double("likelihood", in: range) ?? 0
        try fields.end()
        self.init(design, weights, first: first, last: last, scale: scale, criterion: criterion, logLikelihood: likelihood)
    }
}

extension SmoothingWeights {
    fileprivate var json: JSON {
        [
            "level": .double(level), "slope": .double(slope), "damping": .double(damping), "seasons": .array(seasons.map(JSON.double)),
            "correlation": .double(correlation),
        ]
    }

    fileprivate init(_ outer: inout JSONFields, _ design: SmoothingDesign) throws {
        guard var fields = try outer.fields("weights") else { throw outer.error("weights", "are missing") }
        self.init(level: try fields.double("level", in: 0...1) ?? 0)
        slope = try fields.double("slope", in: 0...1) ?? 0
        damping = try fields.double("damping", in: 0...1) ?? 1
        seasons = try fields.doubles("seasons", in: 0...1) ?? []
        correlation = try fields.double("correlation", in: -1...1) ?? 0
        guard seasons.count == design.seasons.count else { throw fields.error("seasons", "must be as many as there are seasons") }
        try fields.end()
    }
}

extension SmoothingState {
    fileprivate var json: JSON {
        [
            "level": .double(level), "slope": .double(slope), "residual": .double(residual),
            "seasons": .array(seasons.map { .array($0.map(JSON.double)) }),
        ]
    }

    // States are in units of the largest value: what is a billion times larger isn't one.
    fileprivate init(_ outer: inout JSONFields, _ key: String, _ design: SmoothingDesign) throws {
        guard var fields = try outer.fields(key) else { throw outer.error(key, "is missing") }
        let range = -1e9...1e9
        self.init(level: try fields.double("level", in: range) ?? 0)
        slope = try fields.double("slope", in: range) ?? 0
        residual = try fields.double("residual", in: range) ?? 0
        seasons = try (fields.array("seasons") ?? []).map { season in
            var inner = try JSONFields(["season": season], at: fields.name("seasons"))
            return try inner.doubles("season", in: range) ?? []
        }
        guard seasons.map(\.count) == design.seasons else { throw fields.error("seasons", "must be as long as the seasons are") }
        try fields.end()
    }
}

extension JSONFields {
    /// A time and the step between values, in milliseconds.
    fileprivate mutating func clock(_ key: String) throws -> (time: Int64, step: Int64) {
        guard let time = try int(key, in: -1_000_000_000_000_000...1_000_000_000_000_000),
            let step = try int("step", in: 1...31_622_400_000)
        else {
            throw error(key, "and 'step' are needed")
        }
        return (Int64(time), Int64(step))
    }
}
