internal import LaresForecast
internal import LaresJSON

/// A version of a forecaster that is served: what came since it learnt, what it said, and how it does. It knows no clock and no disk.
struct LiveForecaster: Sendable {
    /// What was said at one time, until all of it came.
    private struct Issue: Sendable {
        let start: Int64
        /// By series, then by step.
        let forecasts: [Forecast]
    }

    let name: String
    let number: Int
    let model: ForecastModel
    var score: LiveScore
    /// When the first row is.
    private(set) var start: Int64
    /// What came, `[series of the plan, then its covariates][step]`.
    private(set) var rows: [[Double]]
    /// Latest forecasts, of all series that are forecast.
    private(set) var latest: [Forecast] = []
    /// What has to be known before it can say what comes, for people; nil: nothing.
    private(set) var waiting: String?
    private var issues: [Issue] = []
    private var errors: [StepError] = []
    private var scoredUntil = Int64.min
    private let level: Int

    /// What came less what had been said last of it.
    struct StepError: Sendable, Hashable {
        let series: String
        let time: Int64
        let value: Double
    }

    /// Errors that wait to be taken: of one long step of many series, or many short ones.
    private static let mostErrors = 200_000

    /// Steps that are kept, and values of all series together.
    private static let (mostSteps, mostValues) = (4_000, 8_000_000)
    /// Forecasts that are held to what comes side by side, so that all steps ahead count alike.
    private static let mostIssues = 8

    init(_ name: String, _ number: Int, _ model: ForecastModel) {
        (self.name, self.number, self.model, score) = (name, number, model, LiveScore(model))
        (start, rows) = (model.end, (model.plan.series + model.plan.covariates).map { _ in [] })
        level = model.plan.levels.indices.min { model.plan.levels[$0] < model.plan.levels[$1] } ?? 0
    }

    var step: Int64 { Int64(model.plan.step) * 1_000 }
    /// When the step comes that nothing is known of.
    var end: Int64 { start + Int64(rows.first?.count ?? 0) * step }

    /// How many steps are kept.
    var kept: Int { max(16, min(Self.mostSteps, Self.mostValues / max(1, rows.count))) }

    /// From when on values are wanted, so that all is known until a time: the last two steps are read again, since readings come late.
    func wanted(until time: Int64) -> Range<Int64> {
        let latest = model.end + max(0, (time - model.end) / step) * step
        let first = max(start, end - 2 * step, latest - Int64(kept) * step)
        return first..<max(first, latest)
    }

    /// The series that are wanted: those of the plan, then its covariates.
    var columns: [String] { model.plan.series + model.plan.covariates }

    /// Takes values in, `[column][step]` from a time on.
    mutating func take(_ values: [[Double]], from time: Int64) {
        guard values.count == rows.count, let count = values.first?.count, count > 0 else { return }
        if time > end || time < start {
            (start, rows) = (time, values)
        } else {
            let known = Int((time - start) / step)
            for place in rows.indices { rows[place].replaceSubrange(known..., with: values[place]) }
        }
        let surplus = (rows.first?.count ?? 0) - 2 * kept
        if surplus > 0 {
            for place in rows.indices { rows[place].removeFirst(surplus + kept) }
            start += Int64(surplus + kept) * step
        }
        // The last step may still get readings; what is before it is judged once.
        judge(until: end - step)
    }

    private mutating func judge(until time: Int64) {
        let first = max(scoredUntil, start, issues.map(\.start).min() ?? time)
        let places = Dictionary(uniqueKeysWithValues: model.plan.series.enumerated().map { ($1, $0) })
        for moment in stride(from: first, to: time, by: Int(step)) {
            let step = Int((moment - start) / self.step)
            for (member, name) in model.series.enumerated() {
                guard let place = places[name], rows[place].indices.contains(step) else { continue }
                let value = rows[place][step]
                let said = issues.compactMap { issue -> LiveScore.Said? in
                    guard moment >= issue.start else { return nil }
                    return LiveScore.Said(issue.forecasts[member], step: Int((moment - issue.start) / self.step), value)
                }
                score.take(value, of: name, said)
                guard let last = said.last, value.isFinite, abs(value - last.mean) <= 1e200, errors.count < Self.mostErrors else {
                    continue
                }
                errors.append(StepError(series: name, time: moment, value: value - last.mean))
            }
        }
        scoredUntil = max(scoredUntil, time)
        let over = time - Int64(model.plan.horizon) * step
        issues.removeAll { $0.start <= over }
    }

    /// The errors since they were taken last.
    mutating func takeErrors() -> [StepError] {
        defer { errors = [] }
        return errors
    }

    /// Says nothing until something is known beforehand.
    mutating func wait(_ reason: String) { (latest, waiting) = ([], reason) }

    /// Says what comes next.
    ///
    /// - Parameter future: What covariates will be from `end` on, for the horizon.
    /// - Throws: `ForecastError`.
    mutating func forecast(with future: [[Double]]) throws {
        let count = model.plan.series.count
        let panel = try Panel(
            start: start, step: step, series: Array(rows.prefix(count)), known: zip(rows.dropFirst(count), future).map { $0 + $1 })
        waiting = nil
        latest = try model.forecasts(after: panel, forecaster: name, version: "\(number)", intervals: { score.intervals[$0] })
        let apart = Int64(max(1, model.plan.horizon / Self.mostIssues)) * step
        if issues.last.map({ $0.start + apart <= end }) ?? true {
            issues.append(Issue(start: end, forecasts: latest))
            if issues.count > Self.mostIssues { issues.removeFirst(issues.count - Self.mostIssues) }
        }
    }

    /// The lower and upper ends that are written beside a forecast: of the lowest level.
    func interval(_ forecast: Forecast) -> Forecast.Interval { forecast.intervals[level] }
}
