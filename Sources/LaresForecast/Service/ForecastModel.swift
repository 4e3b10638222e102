public import LaresJSON
import LaresTensor

/// What a plan learnt from a panel: a model for each series, how wide its intervals are, and how well it did.
///
///     let model = try ForecastModel(fitting: plan, to: panel)
///     try model.write(to: path)
///     let forecasts = try ForecastModel(contentsOf: path).forecasts(version: "3")
public struct ForecastModel: Sendable {
    /// A series that is forecast.
    struct Member: Sendable {
        let name: String
        let kind: String
        let fitted: any StorableForecaster
        /// How far intervals reach at each step, `[level][step]`.
        let radii: [[Double]]
        let score: Forecast.Score
        /// What came less what was forecast one step ahead, at the origins of the back-test; kept where forecasts have to add up.
        let residuals: [Double]
    }

    /// A series that couldn't be learnt.
    public struct Refusal: Error, Sendable, Hashable {
        /// Its name.
        public let series: String
        /// Why, for people.
        public let reason: String
    }

    /// What was asked for.
    public let plan: ForecastPlan
    /// When the step comes that follows what was learnt from, in milliseconds since 1970.
    public let end: Int64
    /// Series that couldn't be learnt, with the reason: they aren't forecast.
    public let refusals: [Refusal]
    /// The recipe it was trained by, for whoever trains it anew; null where there was none.
    public var recipe: JSON = .null
    let members: [Member]

    init(plan: ForecastPlan, end: Int64, members: [Member], refusals: [Refusal]) {
        (self.plan, self.end, self.members, self.refusals) = (plan, end, members, refusals)
    }

    /// Chooses a model for each series by back-test where the plan says "auto", and learns from all there is.
    ///
    /// - Parameters:
    ///   - plan: What is wanted.
    ///   - panel: The plan's series, in order.
    ///   - kinds: The forecasters there are.
    ///   - before: Told which series is learnt next, on any thread; one that throws leaves it out.
    /// - Throws: `ForecastError.badSeries` for a panel that isn't the plan's, `badSetting` for a plan that no forecaster can follow, `tooShort` when
    ///   no series can be learnt; one that can't is among the ``refusals``.
    public init(
        fitting plan: ForecastPlan, to panel: Panel, with kinds: ForecasterKinds = .classic,
        before: @escaping @Sendable (Int) throws -> Void = { _ in }
    ) throws {
        try ForecastModel.check(panel, against: plan)
        let candidates = try kinds.kinds(for: plan)
        let found =
            candidates[0].kind.isShared
            ? try ForecastModel.together(plan, panel, candidates[0], before) : ForecastModel.each(plan, panel, candidates, before)
        members = found.compactMap { try? $0.get() }
        refusals = found.compactMap { if case .failure(let refusal) = $0 { refusal } else { nil } }
        (self.plan, end) = (plan, panel.end)
        if members.isEmpty, let first = refusals.first {
            throw ForecastError(.tooShort, "no series can be forecast: '\(first.series)': \(first.reason)")
        }
        if plan.hierarchy != nil, let first = refusals.first {
            throw ForecastError(.tooShort, "the sums can't be made: '\(first.series)' can't be forecast: \(first.reason)")
        }
    }

    private typealias Candidate = (kind: ForecasterKinds.Kind, forecaster: any Forecaster)

    /// A model for each series, which chooses among the candidates.
    private static func each(
        _ plan: ForecastPlan, _ panel: Panel, _ candidates: [Candidate], _ before: @escaping @Sendable (Int) throws -> Void
    ) -> [Result<Member, Refusal>] {
        let share = plan.budget * Double(ComputePool.shared.threads) / Double(plan.series.count)
        return ComputePool.shared.mapped(plan.series.count) { place in
            learnt(plan, place) {
                try before(place)
                return try member(plan, try panel.alone(place), place, candidates, within: .seconds(share))
            }
        }
    }

    /// One forecaster of all series, of which each keeps its own.
    private static func together(
        _ plan: ForecastPlan, _ panel: Panel, _ candidate: Candidate, _ before: @escaping @Sendable (Int) throws -> Void
    ) throws -> [Result<Member, Refusal>] {
        let result = try plan.backtest.run(candidate.forecaster, on: panel)
        guard let fitted = try candidate.forecaster.fitted(to: panel) as? any SharedForecaster else {
            throw ForecastError(.badSetting, "the forecaster '\(candidate.forecaster.name)' can't be kept in a file")
        }
        return plan.series.indices.map { place in
            learnt(plan, place) {
                try before(place)
                return try Member(plan, place, candidate.kind, fitted.alone(place), result.alone(place))
            }
        }
    }

    private static func learnt(_ plan: ForecastPlan, _ place: Int, _ body: () throws -> Member) -> Result<Member, Refusal> {
        do { return .success(try body()) } catch { return .failure(Refusal(series: plan.series[place], reason: "\(error)")) }
    }

    private static func member(
        _ plan: ForecastPlan, _ panel: Panel, _ place: Int, _ candidates: [Candidate], within budget: Duration
    ) throws -> Member {
        let outcome = try ForecasterChoice(candidates.map(\.forecaster), by: plan.backtest, within: budget).made(for: panel)
        guard let fitted = try outcome.best.fitted(to: panel) as? any StorableForecaster,
            let kind = candidates.first(where: { $0.forecaster.name == outcome.best.name })?.kind
        else { throw ForecastError(.badSetting, "the forecaster '\(outcome.best.name)' can't be kept in a file") }
        return try Member(plan, place, kind, fitted, outcome.result)
    }

    private static func check(_ panel: Panel, against plan: ForecastPlan) throws {
        guard panel.series.count == plan.series.count, panel.step == Int64(plan.step) * 1000 else {
            throw ForecastError(
                .badSeries,
                "the panel has \(panel.series.count) series every \(panel.step) ms, the plan \(plan.series.count) every \(plan.step) s: make the panel of what the plan names"
            )
        }
        guard panel.known.count == plan.covariates.count else {
            throw ForecastError(
                .badSeries, "the panel has \(panel.known.count) covariates, the plan \(plan.covariates.count): give those that it names")
        }
        guard plan.calendar?.isLookedUp ?? true else {
            throw ForecastError(.badSetting, "nobody looked up the calendar's zone or holidays: have Lares train it")
        }
    }

    /// The forecasts of all series.
    ///
    /// - Parameters:
    ///   - history: What came since, beginning where learning ended, or from another time on; nil to forecast from where learning ended. Its
    ///     series are those of the plan, in order.
    ///   - steps: 1 to the plan's horizon; nil for all of it.
    ///   - forecaster: What the registry calls this model; nil: it isn't from there.
    ///   - version: The name of this model's version, which every forecast carries.
    ///   - intervals: What was learnt of a series' intervals since it is served; nil: they reach as far as the back-test said.
    /// - Throws: ``ForecastError`` for a history that isn't the plan's, and for steps out of range.
    public func forecasts(
        after history: Panel? = nil, steps: Int? = nil, forecaster: String? = nil, version: String,
        intervals: (String) -> LiveIntervals? = { _ in nil }
    ) throws -> [Forecast] {
        let steps = steps ?? plan.horizon
        guard (1...plan.horizon).contains(steps) else {
            throw ForecastError(.badSetting, "\(steps) steps are asked for: this model was tried on 1 to \(plan.horizon)")
        }
        guard history != nil || plan.covariates.isEmpty else {
            throw ForecastError(.waiting, "what comes of \(plan.covariates.joined(separator: ", ")) has to be told, and isn't")
        }
        let history = try history ?? Panel(start: end, step: Int64(plan.step) * 1000, series: plan.series.map { _ in [] })
        try ForecastModel.check(history, against: plan)
        let places = Dictionary(uniqueKeysWithValues: plan.series.enumerated().map { ($1, $0) })
        let alone = try members.map { member in try history.alone(places[member.name] ?? 0) }
        let means = try added(up: zip(members, alone).map { try $0.fitted.forecast($1, steps: steps)[0] })
        return zip(members, means).map { member, mean in
            forecast(member, mean, intervals(member.name)?.reach ?? member.radii, start: history.end, forecaster, version)
        }
    }

    /// The forecasts so that sums are sums, where the plan says which.
    private func added(up means: [[Double]]) throws -> [[Double]] {
        guard let plan = plan.hierarchy else { return means }
        return try Reconciliation(plan.method, isNonNegative: self.plan.isNonNegative)
            .reconciled(means, in: plan.hierarchy, residuals: members.map(\.residuals))
    }

    /// The series that are forecast, in the plan's order.
    public var series: [String] { members.map(\.name) }

    /// How a series' model did in its back-test; nil for a series that isn't forecast.
    public func score(of series: String) -> Forecast.Score? { members.first { $0.name == series }?.score }

    /// How the models of all series did in their back-tests, by the names of measures: means over the series that have one.
    public var scores: [(name: String, value: Double)] {
        func mean(_ value: (Forecast.Score) -> Double) -> Double? { members.map { value($0.score) }.filter(\.isFinite).mean }
        let windows = members.map(\.score.windows).min().map(Double.init)
        let scores: [(String, Double?)] = [
            ("mase", mean(\.mase)), ("mae", mean(\.mae)), ("smape", mean(\.smape)), ("coverage", mean(\.coverage)), ("windows", windows),
        ]
        return scores.compactMap { name, value in value.map { (name, $0) } }
    }

    /// Intervals of a series that hold their levels by what comes; nil for a series that isn't forecast.
    public func intervals(of series: String) -> LiveIntervals? {
        members.first { $0.name == series }.flatMap { try? LiveIntervals(levels: plan.levels, radii: $0.radii) }
    }

    /// Watches whether forecasts of a series have become worse than they were in the back-test; nil for a series that isn't forecast, or that was
    /// forecast without error.
    public func drift(of series: String) -> ErrorDrift? {
        members.first { $0.name == series }.flatMap { try? ErrorDrift(usual: $0.score.mae) }
    }

    private func forecast(
        _ member: Member, _ mean: [Double], _ reach: [[Double]], start: Int64, _ forecaster: String?, _ version: String
    ) -> Forecast {
        let least = plan.isNonNegative ? 0 : -Double.greatestFiniteMagnitude, most = Double.greatestFiniteMagnitude
        func bounded(_ value: Double) -> Double { min(max(value, least), most) }
        let intervals = zip(plan.levels, reach).map { level, radii in
            Forecast.Interval(
                level: level, lower: zip(mean, radii).map { bounded($0 - $1) }, upper: zip(mean, radii).map { bounded($0 + $1) })
        }
        return Forecast(
            series: member.name, start: start, step: Int64(plan.step) * 1000, mean: mean.map(bounded), intervals: intervals,
            model: member.fitted.names[0], forecaster: forecaster, version: version, score: member.score)
    }
}

extension ForecastModel.Member {
    /// - Parameter result: What the back-test found of this series alone.
    fileprivate init(
        _ plan: ForecastPlan, _ place: Int, _ kind: ForecasterKinds.Kind, _ fitted: any StorableForecaster, _ result: BacktestResult
    ) throws {
        let errors = result.residuals(of: 0), intervals = try ConformalIntervals(residuals: errors)
        self.init(
            name: plan.series[place], kind: kind.name, fitted: fitted, radii: try plan.levels.map { try intervals.radii(level: $0) },
            score: Forecast.Score(result, level: plan.levels.min() ?? 0.8), residuals: plan.hierarchy == nil ? [] : errors.map { $0[0] })
    }
}

extension Panel {
    /// One series by itself, with all that is known beforehand.
    func alone(_ place: Int) throws -> Panel { try Panel(start: start, step: step, series: [series[place]], known: known) }
}
