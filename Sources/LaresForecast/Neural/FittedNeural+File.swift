public import LaresJSON
import LaresNeural
public import LaresTensor

extension FittedNeural: FileForecaster {
    /// `stid`.
    public static var kind: String { "stid" }

    /// Sizes, scales and the clock.
    public var about: JSON {
        [
            "lookback": .int(plan.lookback), "horizon": .int(plan.horizon), "slots": .int(plan.slots), "width": .int(plan.width),
            "embedding": .int(plan.embedding), "depth": .int(plan.depth), "dropout": .double(Double(plan.dropout)),
            "centre": .string(centre.rawValue), "season": season.map { .int($0) } ?? .null, "step": .int(Int(step)), "clock": clock.json,
            "scales": .array(scales.map(\.json)), "known": .array(knownScale.scales.map(\.json)), "members": .int(networks.count),
            "series": .int(plan.seriesCount), "first": .int(first),
        ]
    }

    /// The parameters of each network.
    public var tensors: [(name: String, value: Tensor)] {
        networks.enumerated().flatMap { member, network in network.parameters.map { ("\(member).\($0.name)", $0.value) } }
    }

    /// Reads what `about` and `tensors` were. Throws ``ForecastError``, ``JSONError``.
    public init(about: JSON, tensors: ForecasterTensors) throws {
        var fields = try JSONFields(about)
        let scales = try SeriesScale.read("scales", &fields, atMost: WindowBounds.series)
        let known = try SeriesScale.read("known", &fields, atMost: WindowBounds.covariates)
        guard !scales.isEmpty, let centre = try fields.choice("centre", of: WindowCentre.self),
            let step = try fields.int("step", in: 1...1 << 50), let members = try fields.int("members", in: 1...100)
        else { throw fields.error("scales", "and 'centre', 'step', 'members' are needed") }
        let series = try fields.int("series", in: scales.count...WindowBounds.series) ?? scales.count
        let first = try fields.int("first", in: 0...(series - scales.count)) ?? 0
        let plan = try SpaceTimePlan(&fields, series: series, covariates: known.count)
        let season = try fields.int("season", in: 1...Int(Int32.max))
        let clock = try fields.fields("clock").map { try LocalClock($0) } ?? .utc
        try fields.end()
        guard plan.slots == WindowSource.slots(Int64(step)) else { throw fields.error("slots", "isn't what a step of \(step) ms has") }
        self.init(
            plan: plan, centre: centre, season: season, clock: clock, step: Int64(step), scales: scales, knownScale: KnownScale(known),
            networks: try (0..<members).map { try SpaceTimeNetwork(plan, tensors.under("\($0).")) }, first: first)
    }
}

extension SpaceTimePlan {
    fileprivate init(_ fields: inout JSONFields, series: Int, covariates: Int) throws {
        guard let lookback = try fields.int("lookback", in: 1...WindowBounds.lookback),
            let horizon = try fields.int("horizon", in: 1...WindowBounds.horizon), let slots = try fields.int("slots", in: 1...288),
            let width = try fields.int("width", in: 1...4096), let embedding = try fields.int("embedding", in: 1...1024),
            let depth = try fields.int("depth", in: 0...64)
        else { throw fields.error("lookback", "and 'horizon', 'slots', 'width', 'embedding', 'depth' are needed") }
        let dropout = Float(try fields.double("dropout", in: 0...0.999) ?? 0)
        self.init(
            lookback: lookback, horizon: horizon, seriesCount: series, slots: slots, covariates: covariates, width: width,
            embedding: embedding, depth: depth, dropout: dropout)
    }
}

extension SpaceTimeNetwork {
    /// From tensors of a file, whose shapes are checked before anything of the plan's size is made.
    fileprivate init(_ plan: SpaceTimePlan, _ tensors: ForecasterTensors) throws {
        func linear(_ name: String, _ inputs: Int, _ outputs: Int, hasBias: Bool = true) throws -> Linear {
            Linear(
                try tensors.tensor(name + ".weight", [inputs, outputs]), bias: hasBias ? try tensors.tensor(name + ".bias", [outputs]) : nil
            )
        }
        input = try linear("input", plan.lookback + plan.knownInputs, plan.width)
        series = plan.seriesCount > 1 ? Embedding(try tensors.tensor("series.weight", [plan.seriesCount, plan.embedding])) : nil
        slot = Embedding(try tensors.tensor("slot.weight", [plan.slots, plan.embedding]))
        weekday = Embedding(try tensors.tensor("weekday.weight", [7, plan.embedding]))
        let width = plan.blockWidth
        blocks = try (0..<plan.depth).map {
            SpaceTimeBlock(
                first: try linear("blocks.\($0).first", width, width), dropout: Dropout(plan.dropout),
                second: try linear("blocks.\($0).second", width, width))
        }
        output = try linear("output", width, plan.horizon)
        shortcut = try linear("shortcut", plan.lookback, plan.horizon, hasBias: false)
    }
}

extension LocalClock {
    var json: JSON {
        ["offset": .int(Int(offset)), "changes": .array(changes.map { [.int(Int($0.time)), .int(Int($0.offset))] })]
    }

    // Offsets of less than two days and times until the year 30,000: sums with them don't overflow.
    init(_ fields: JSONFields) throws {
        var fields = fields
        let day = 2 * Int(LocalMoment.dayLength), far = 1_000_000_000_000_000
        let offset = try fields.int("offset", in: -day...day) ?? 0
        let changes = try (fields.array("changes") ?? []).enumerated().map { place, row in
            var inner = try JSONFields(["change": row], at: fields.name("changes[\(place)]"))
            guard let pair = try inner.ints("change", in: -far...far), pair.count == 2, abs(pair[1]) <= day else {
                throw inner.error("change", "must be a time and an offset")
            }
            return Change(at: Int64(pair[0]), offset: Int64(pair[1]))
        }
        try fields.end()
        self.init(offset: Int64(offset), changes: changes)
    }
}
