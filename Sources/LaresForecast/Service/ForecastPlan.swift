public import LaresJSON

/// Which series are forecast, how far and by what, as strict JSON.
///
/// ```json
/// {"series": ["north/meter/power", "south/meter/power"], "step": 3600, "horizon": 48, "seasons": [24, 168],
///  "model": "auto", "levels": [0.8, 0.95], "backtest": {"windows": 28, "stride": 24}, "non_negative": true}
/// ```
public struct ForecastPlan: Sendable, Hashable {
    /// Names of the series, in the order of a panel's.
    public let series: [String]
    /// Seconds from one value to the next.
    public let step: Int
    /// Steps that are forecast, at most.
    public let horizon: Int
    /// Steps of the seasons, shorter first; may be none.
    public let seasons: [Int]
    /// Series whose future is known beforehand, in the order of a panel's: each by a forecast of it, such as the weather's.
    public let covariates: [String]
    /// Whether back-tests know covariates as they were observed. Else they know of a step that is forecast what was a season before, so that they
    /// never look ahead.
    public let assumesObserved: Bool
    /// One of ``ForecasterKinds``, or "auto": the best of those that can be tried.
    public let model: String
    /// Levels of the intervals.
    public let levels: [Double]
    /// How models are tried.
    public let backtest: Backtest
    /// Seconds that choosing may take, of all series together.
    public let budget: Double
    /// Whether forecasts below zero make no sense.
    public let isNonNegative: Bool
    /// Which series are sums of others; nil when none is.
    public let hierarchy: HierarchyPlan?
    /// What is known of times beforehand; nil: nothing.
    public let calendar: CalendarPlan?
    /// How the network is made where the model is one; nil: as usual.
    public let network: NetworkPlan?

    /// How many series a plan may have.
    public static let mostSeries = 4_000

    /// Reads a plan.
    ///
    /// - Throws: ``JSONError`` for what is no plan, ``ForecastError`` for settings that don't go together.
    public init(_ json: JSON) throws {
        var fields = try JSONFields(json)
        series = try ForecastPlan.names("series", &fields, 1...ForecastPlan.mostSeries) ?? []
        if series.isEmpty { throw fields.error("series", "is missing: name what is to be forecast") }
        guard let step = try fields.int("step", in: 1...31_622_400), let horizon = try fields.int("horizon", in: 1...10_000) else {
            throw fields.error("step", "and 'horizon' are needed: seconds between values, and how many steps to forecast")
        }
        (self.step, self.horizon) = (step, horizon)
        seasons = try fields.ints("seasons", in: ForecastBounds.season) ?? []
        _ = try AutoSmoothing(seasons: seasons)
        covariates = try ForecastPlan.names("covariates", &fields, 0...1_000) ?? []
        model = try fields.string("model") ?? "auto"
        levels = try fields.doubles("levels", in: 0.01...0.999) ?? [0.8, 0.95]
        if levels.isEmpty || levels.count > 20 || Set(levels).count < levels.count {
            throw fields.error("levels", "must be 1 to 20 numbers, each once")
        }
        assumesObserved = try ForecastPlan.assumesObserved(&fields, covariates)
        var backtest = try ForecastPlan.backtest(&fields, horizon, seasons, levels)
        if !covariates.isEmpty, !assumesObserved { backtest.covariates = .repeated(seasons.first ?? 1) }
        self.backtest = backtest
        budget = try fields.double("budget", in: 0.001...86_400) ?? 60
        isNonNegative = try fields.bool("non_negative") ?? false
        calendar = try fields.fields("calendar").map { try CalendarPlan($0) }
        network = try fields.fields("network").map { try NetworkPlan($0) }
        let series = series
        if let both = covariates.first(where: { series.contains($0) }) {
            throw fields.error("covariates", "has '\(both)', which is forecast itself: leave it out of one of the two")
        }
        hierarchy = try fields.fields("hierarchy").map { try HierarchyPlan($0, series) }
        try fields.end()
    }

    /// The plan as JSON, with what was left out.
    public var json: JSON {
        var members: JSON.Members = [
            "series": .array(series.map(JSON.string)), "step": .int(step), "horizon": .int(horizon),
            "seasons": .array(seasons.map(JSON.int)),
            "covariates": .array(covariates.map(JSON.string)), "model": .string(model), "levels": .array(levels.map(JSON.double)),
            "backtest": ["windows": .int(backtest.windows), "stride": .int(backtest.stride), "gap": .int(backtest.gap)],
            "budget": .double(budget), "non_negative": .bool(isNonNegative),
        ]
        if assumesObserved { members.append("assumed", "observed") }
        if let calendar { members.append("calendar", calendar.json) }
        if let network { members.append("network", network.json) }
        if let hierarchy { members.append("hierarchy", hierarchy.json) }
        return .object(members)
    }

    /// The plan with what its calendar's zone and holidays are, where they aren't known yet.
    ///
    /// - Throws: what looking up throws; `ForecastError`.
    public func lookedUp(clock: (_ zone: String) throws -> LocalClock, holidays: (_ country: String) throws -> Set<Int>) throws
        -> ForecastPlan
    {
        guard let calendar, case .object(var members) = json else { return self }
        members["calendar"] = try calendar.lookedUp(clock: clock, holidays: holidays).json
        return try ForecastPlan(.object(members))
    }

    private static func assumesObserved(_ fields: inout JSONFields, _ covariates: [String]) throws -> Bool {
        guard let word = try fields.string("assumed") else { return false }
        guard word == "observed", !covariates.isEmpty else {
            throw fields.error("assumed", "may be \"observed\", beside 'covariates'")
        }
        return true
    }

    private static func names(_ key: String, _ fields: inout JSONFields, _ count: ClosedRange<Int>) throws -> [String]? {
        guard let names = try fields.strings(key) else { return nil }
        guard count.contains(names.count), Set(names).count == names.count else {
            throw fields.error(key, "has \(names.count) names; there may be \(count.lowerBound) to \(count.upperBound), each once")
        }
        if let odd = names.first(where: { $0.isEmpty || $0.utf8.count > 512 }) {
            throw fields.error(key, "has the name \"\(odd.prefix(40))\": a name has 1 to 512 bytes")
        }
        return names
    }

    /// Left out, a day's stride (or the horizon where there is no season) and as many windows as the highest level needs.
    private static func backtest(_ fields: inout JSONFields, _ horizon: Int, _ seasons: [Int], _ levels: [Double]) throws -> Backtest {
        let needed = Int(((levels.max() ?? 0.5) / (1 - (levels.max() ?? 0.5)) - 1e-9).rounded(.up))
        var (windows, stride, gap) = (max(28, needed), seasons.first ?? horizon, 0)
        if var inner = try fields.fields("backtest") {
            windows = try inner.int("windows", in: 1...10_000) ?? windows
            stride = try inner.int("stride", in: 1...10_000) ?? stride
            gap = try inner.int("gap", in: 0...10_000) ?? gap
            try inner.end()
        }
        guard windows >= needed else {
            throw fields.error("backtest.windows", "is \(windows): the highest of 'levels' needs \(needed) at least")
        }
        return try Backtest(horizon: horizon, gap: gap, stride: stride, windows: windows, season: seasons.first ?? 1)
    }
}
