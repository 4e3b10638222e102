internal import Dispatch
internal import Foundation
public import LaresForecast
internal import LaresJSON
public import LaresThings

/// Forecasts of series as they are asked for: learnt from their histories, kept for a while, always with intervals and the back-test's errors.
///
/// ```swift
/// let forecasting = ForecastsOnRequest(telemetry)
/// let tomorrow = try await forecasting.forecast(of: power, steps: 24, every: .hour)
/// ```
///
/// A model is chosen and learnt when a series is first asked for, and anew after a day of hours or a week of days; in between it is told what came since.
public actor ForecastsOnRequest {
    /// What a model was learnt for.
    private struct Key: Hashable {
        let series: SeriesID
        let period: ForecastPeriod
        let horizon: Int
    }

    private struct Learnt {
        let model: ForecastModel
        /// Known values that it saw.
        let values: Int
        /// Counts up with each use.
        var use: Int
    }

    private let telemetry: any TelemetryStore
    private let clock: any TimeSource
    private let queue = DispatchQueue(label: "lares.forecasting", qos: .utility)
    private var models: [Key: Learnt] = [:]
    private var uses = 0
    /// What is being learnt: who asks for the same meanwhile waits for the same.
    private var learning: [Key: Task<ForecastModel, any Error>] = [:]

    /// Models that are kept.
    private static let kept = 500
    /// Learnings that may wait for each other.
    private static let mostWaiting = 16
    /// How likely intervals are to hold a value.
    private static let levels = [0.8, 0.95]
    /// Windows of a back-test: as many as the higher level needs, and some more.
    private static let (fewest, windows) = (19, 28)

    /// Forecasts of what a telemetry has.
    public init(_ telemetry: any TelemetryStore, clock: any TimeSource = SystemTime()) { (self.telemetry, self.clock) = (telemetry, clock) }

    /// What a series will be, from the beginning of the current period on.
    ///
    /// - Parameters:
    ///   - series: A series of numbers.
    ///   - steps: How many values; see ``ForecastPeriod/horizons``.
    ///   - period: From one value to the next.
    /// - Throws: `ForecastError` with `tooShort` when too little is known, `badSetting`, or ``ForecastError/Code/busy``; `TelemetryError`.
    public func forecast(of series: Series, steps: Int, every period: ForecastPeriod) async throws -> SeriesForecast {
        guard period.horizons.contains(steps) else {
            throw ForecastError(
                .badSetting, "\(steps) steps are asked for: ask for \(period.horizons.lowerBound) to \(period.horizons.upperBound)")
        }
        let history = try await history(of: series, every: period)
        let learnt = try await learnt(Key(series: series.id, period: period, horizon: steps), series, history)
        let since = try history.since(learnt.model.end)
        let forecasts = try learnt.model.forecasts(
            after: since, steps: steps, version: Timestamp(milliseconds: learnt.model.end).description)
        guard let forecast = forecasts.first else { throw Self.tooShort(series.key, 0, period) }
        return SeriesForecast(
            series: series, period: period, isGrowth: series.kind == .meter, start: Timestamp(milliseconds: history.start),
            history: history.series[0], forecast: forecast, learnt: learnt.values, live: nil)
    }

    /// The values of whole periods until now, from the first that is known.
    private func history(of series: Series, every period: ForecastPeriod) async throws -> Panel {
        let step = period.milliseconds, end = Timestamp(clock.now).milliseconds / step * step
        let first = max(0, end - Int64(period.memory) * step)
        let values = try await telemetry.values(of: series, from: first, until: max(first, end), step: step)
        guard let begin = values.firstIndex(where: \.isFinite) else { throw Self.tooShort(series.key, 0, period) }
        return try Panel(start: first + Int64(begin) * step, step: step, series: [Array(values[begin...])])
    }

    private func learnt(_ key: Key, _ series: Series, _ history: Panel) async throws -> Learnt {
        uses += 1
        if var known = models[key], history.last - known.model.end < Int64(key.period.lasting) * key.period.milliseconds,
            history.last >= known.model.end
        {
            known.use = uses
            models[key] = known
            return known
        }
        let task = try learning[key] ?? learn(plan(key, series, history), history)
        learning[key] = task
        defer { learning[key] = nil }
        let model = try await task.value
        let learnt = Learnt(model: model, values: history.series[0].count { $0.isFinite }, use: uses)
        models[key] = learnt
        if models.count > Self.kept, let oldest = models.min(by: { $0.value.use < $1.value.use })?.key { models[oldest] = nil }
        return learnt
    }

    private func learn(_ plan: ForecastPlan, _ history: Panel) throws -> Task<ForecastModel, any Error> {
        guard learning.count < Self.mostWaiting else {
            throw ForecastError(.busy, "\(learning.count) forecasts are being learnt already: ask again in a few seconds")
        }
        return Task { [queue] in
            try await withCheckedThrowingContinuation { continuation in
                queue.async { continuation.resume(with: Result { try ForecastModel(fitting: plan, to: history) }) }
            }
        }
    }

    /// How a series is learnt: with the seasons that it shows, tried at as many origins as it has room for.
    private func plan(_ key: Key, _ series: Series, _ history: Panel) throws -> ForecastPlan {
        let seasons = key.period.seasons(in: history.count)
        // A back-test has a quarter of the history before its first origin.
        let room = history.count - key.horizon - (history.count + 3) / 4
        guard room >= Self.fewest else { throw Self.tooShort(series.key, history.count, key.period, horizon: key.horizon) }
        let stride = min(max(1, room / (Self.windows - 1)), seasons.first ?? key.horizon)
        let isNonNegative = series.kind == .power || series.kind == .meter
        return try ForecastPlan([
            "series": .array([.string(String(decoding: series.key.description.utf8.prefix(500), as: UTF8.self))]),
            "step": .int(Int(key.period.milliseconds / 1_000)), "horizon": .int(key.horizon), "seasons": .array(seasons.map(JSON.int)),
            "levels": .array(Self.levels.map(JSON.double)), "backtest": ["windows": .int(Self.windows), "stride": .int(stride)],
            "budget": 20, "non_negative": .bool(isNonNegative && !history.series[0].contains { $0 < 0 }),
        ])
    }

    private static func tooShort(_ key: SeriesKey, _ count: Int, _ period: ForecastPeriod, horizon: Int = 1) -> ForecastError {
        let needed = (4 * (horizon + fewest + 1) + 2) / 3
        return ForecastError(
            .tooShort,
            "'\(key)' has a history of \(count) \(period.rawValue)s, \(needed) are needed to forecast and to know how well: wait, or ask for less"
        )
    }
}

extension ForecastError.Code {
    /// Too many are learnt at the moment.
    public static let busy = ForecastError.Code("busy")
}

extension Panel {
    /// When the step comes that follows the last.
    fileprivate var last: Int64 { start + Int64(count) * step }

    /// What came from a time on.
    fileprivate func since(_ time: Int64) throws -> Panel {
        let passed = Int(max(0, min(Int64(count), (time - start) / step)))
        return try Panel(start: start + Int64(passed) * step, step: step, series: series.map { Array($0.dropFirst(passed)) })
    }
}
