internal import Dispatch
internal import Foundation
public import LaresForecast
internal import LaresJSON
public import LaresThings

/// Serves the forecasters of the registry: at each of their steps their forecasts become series like any other, and are held to what came before.
///
/// ```swift
/// let forecasting = try Forecasting(telemetry, models: registry, store: ForecastStore(home: home))
/// await forecasting.run()                     // until its task is cancelled
/// ```
///
/// The version in production writes; a newer candidate is shadowed: it forecasts too, and only its errors are seen. When the errors of production drift,
/// it is trained anew as a job.
public actor Forecasting {
    struct Place: Hashable, Sendable {
        let name: String
        let number: Int
    }

    let telemetry: any TelemetryStore
    let models: any TrainedModels
    let clock: any TimeSource
    private let store: ForecastStore?
    private let queue = DispatchQueue(label: "lares.forecasters", qos: .utility)
    var known: [TrainedModel] = []
    var live: [Place: LiveForecaster] = [:]
    /// Which forecaster says what a series will be: the first by name of those that know it.
    private(set) var owners: [String: String] = [:]
    /// The series of each thing that are forecast.
    private(set) var things: [String: [SeriesKey]] = [:]
    /// Versions whose files can't be read, and why: they aren't tried again.
    private var unreadable: [Place: String] = [:]
    /// Why a forecaster doesn't do what it should.
    var troubles: [String: String] = [:]
    /// When each was last trained anew, in milliseconds since 1970.
    private var retrained: [String: Int64] = [:]
    private var kept: [Place: JSON] = [:]
    /// What was written last of each: which version, and from when on.
    private var written: [String: (number: Int, from: Int64)] = [:]
    var series: [String: Series] = [:]
    var lookedAt: Int64 = 0
    var ids: [SeriesKey: SeriesID] = [:]
    private var watchers: [Int: AsyncStream<[Forecast]>.Continuation] = [:]
    private var lastWatcher = 0
    private var savedAt: Int64 = 0
    /// When it was last seen that one waits, in milliseconds since 1970.
    private var waits: [Place: Int64] = [:]

    /// Forecasters of a registry.
    ///
    /// - Parameters:
    ///   - telemetry: Where series come from and forecasts go.
    ///   - models: The registry, and the jobs.
    ///   - store: Where it is kept how they do; nil: nowhere.
    ///   - clock: What time it is.
    /// - Throws: An error of the database.
    public init(
        _ telemetry: any TelemetryStore, models: any TrainedModels, store: ForecastStore? = nil, clock: any TimeSource = SystemTime()
    ) throws {
        (self.telemetry, self.models, self.store, self.clock) = (telemetry, models, store, clock)
        guard let store else { return }
        (kept, retrained) = (try store.scores(), try store.retrained())
    }

    /// Serves until its task is cancelled.
    public func run() async {
        while !Task.isCancelled {
            await tick()
            try? await Task.sleep(for: .milliseconds(500))
        }
        for watcher in watchers.values { watcher.finish() }
        save()
    }

    /// Looks at the registry, and does what is due.
    package func tick() async {
        await arrange()
        for model in known {
            for version in [model.production, model.candidate].compactMap(\.self) {
                guard !Task.isCancelled else { return }
                await advance(Place(name: model.name, number: version.number))
            }
            await write(model)
            await retrain(model)
        }
        let now = milliseconds
        if now - savedAt > 60_000 { save() }
    }

    var milliseconds: Int64 { Timestamp(clock.now).milliseconds }

    /// Takes in what the registry has now.
    func arrange() async {
        do { known = try models.all().filter { $0.kind == .forecaster } } catch { return }
        let wanted = known.flatMap { model in [model.production, model.candidate].compactMap(\.self).map { (model.name, $0) } }
        let places = Set(wanted.map { Place(name: $0.0, number: $0.1.number) })
        live = live.filter { places.contains($0.key) }
        waits = waits.filter { places.contains($0.key) }
        unreadable = unreadable.filter { places.contains($0.key) }
        troubles = troubles.filter { name, _ in known.contains { $0.name == name } }
        for (name, version) in wanted where live[Place(name: name, number: version.number)] == nil {
            if let reason = unreadable[Place(name: name, number: version.number)] {
                troubles[name] = reason
                continue
            }
            do {
                var one = LiveForecaster(name, version.number, try await model(at: version.path))
                let place = Place(name: name, number: version.number)
                if let score = kept[place] { one.score.restore(score) }
                if live[place] == nil { live[place] = one }
            } catch {
                unreadable[Place(name: name, number: version.number)] = "\(error)"
                troubles[name] = "\(error)"
            }
        }
        (owners, things) = ([:], [:])
        for model in known {
            for name in live[Place(name: model.name, number: model.production.number)]?.model.series ?? [] where owners[name] == nil {
                owners[name] = model.name
                if let key = SeriesKey(name) { things[key.thing, default: []].append(key) }
            }
        }
    }

    func model(at path: String) async throws -> ForecastModel { try await offTheActor { try ForecastModel(contentsOf: path) } }

    /// Computes on a thread that may take its time.
    private func offTheActor<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try body() }) }
        }
    }

    /// Takes in what came for a version, and has it say what comes next, when a step has passed.
    private func advance(_ place: Place) async {
        guard let one = live[place] else { return }
        if one.waiting != nil, let last = waits[place], (0..<10_000).contains(milliseconds - last) { return }
        do {
            guard let next = try await advanced(one) else { return }
            if live[place] != nil { live[place] = next }
            troubles[place.name] = next.waiting
            waits[place] = next.waiting == nil ? nil : milliseconds
        } catch {
            troubles[place.name] = "\(error)"
        }
    }

    /// A forecaster with what came since, and its next forecast; nil: no step has passed.
    func advanced(_ forecaster: LiveForecaster) async throws -> LiveForecaster? {
        var one = forecaster
        // Readings of a step may come a little later than it ends.
        let range = one.wanted(until: milliseconds - min(60_000, one.step / 10))
        guard range.upperBound > one.end || one.latest.isEmpty else { return nil }
        guard one.model.end % one.step == 0 else {
            throw ForecastError(
                .badSeries,
                "its steps don't begin at multiples of \(one.step / 1_000) s, as those of histories do: train it from the history")
        }
        if !range.isEmpty {
            var values: [[Double]] = []
            for name in one.columns { values.append(try await self.values(of: name, in: range, step: one.step)) }
            one.take(values, from: range.lowerBound)
        }
        var future: [[Double]] = []
        for name in one.model.plan.covariates {
            let values = try await expected(name, from: one.end, count: one.model.plan.horizon, step: one.step)
            if let gap = values.firstIndex(where: \.isNaN) {
                let time = Timestamp(milliseconds: one.end + Int64(gap) * one.step)
                one.wait("it waits for the forecast of '\(name)': the series '\(name).forecast' says nothing of \(time)")
                return one
            }
            future.append(values)
        }
        return try await offTheActor { [one, future] in
            var next = one
            try next.forecast(with: future)
            return next
        }
    }

    /// What is expected of a covariate: by the series of its forecast, whoever writes that.
    private func expected(_ name: String, from start: Int64, count: Int, step: Int64) async throws -> [Double] {
        guard let key = SeriesKey(name)?.forecast, let one = try await find(key.description), one.kind != .state else {
            return [Double](repeating: .nan, count: count)
        }
        return try await telemetry.expected(one, from: start, count: count, step: step)
    }

    private func values(of name: String, in range: Range<Int64>, step: Int64) async throws -> [Double] {
        let count = Int((range.upperBound - range.lowerBound) / step)
        guard let one = try await find(name), one.kind != .state else { return [Double](repeating: .nan, count: count) }
        return try await telemetry.values(of: one, from: range.lowerBound, until: range.upperBound, step: step)
    }

    /// A series of the store; one that isn't there is looked for again after a while.
    private func find(_ name: String) async throws -> Series? {
        if let known = series[name] { return known }
        guard milliseconds - lookedAt > 10_000 || lookedAt > milliseconds else { return nil }
        for one in try await telemetry.series(of: nil) { series[one.key.description] = one }
        lookedAt = milliseconds
        return series[name]
    }
}

/// What it does with forecasts.
extension Forecasting {
    /// Writes what production says, once for each step and version.
    private func write(_ model: TrainedModel) async {
        guard let one = live[Place(name: model.name, number: model.production.number)], !one.latest.isEmpty else { return }
        guard written[model.name].map({ $0.number != one.number || $0.from != one.end }) ?? true else { return }
        await writeErrors(of: model)
        let mine = one.latest.filter { owners[$0.series] == model.name }
        do {
            try await append(mine, one)
            written[model.name] = (one.number, one.end)
            for (number, watcher) in watchers {
                if case .terminated = watcher.yield(mine) { watchers[number] = nil }
            }
        } catch {
            troubles[model.name] = "its forecasts can't be written: \(error)"
        }
    }

    /// Writes how far what came was from what had been said last of it: a series like any other, which may be watched.
    private func writeErrors(of model: TrainedModel) async {
        let place = Place(name: model.name, number: model.production.number)
        let errors = (live[place]?.takeErrors() ?? []).filter { owners[$0.series] == model.name }
        let keyed = errors.compactMap { error in SeriesKey(error.series).map { ($0.forecastError, error) } }
        do {
            try await declare(Set(keyed.map(\.0)).sorted { $0.description < $1.description })
            let readings = keyed.compactMap { key, error -> Reading? in
                guard let id = ids[key], error.time >= Timestamp.earliest.milliseconds, error.time < Timestamp.end.milliseconds else {
                    return nil
                }
                return Reading(id, at: Timestamp(milliseconds: error.time), .number(error.value))
            }
            try await append(readings)
        } catch { troubles[model.name] = "the errors of its forecasts can't be written: \(error)" }
    }

    private func append(_ forecasts: [Forecast], _ one: LiveForecaster) async throws {
        var readings: [Reading] = []
        try await declare(forecasts.compactMap { SeriesKey($0.series) }.flatMap { [$0.forecast, $0.forecastLower, $0.forecastUpper] })
        for forecast in forecasts {
            guard let key = SeriesKey(forecast.series) else { continue }
            let interval = one.interval(forecast)
            for (key, values) in [(key.forecast, forecast.mean), (key.forecastLower, interval.lower), (key.forecastUpper, interval.upper)] {
                guard let id = ids[key] else { continue }
                for (ahead, value) in values.enumerated() where abs(value) <= 1e200 {
                    let time = Timestamp(milliseconds: forecast.start + Int64(ahead) * forecast.step)
                    if time >= .earliest, time < .end { readings.append(Reading(id, at: time, .number(value))) }
                }
            }
        }
        try await append(readings)
    }

    private func append(_ readings: [Reading]) async throws {
        for start in stride(from: 0, to: readings.count, by: 20_000) {
            do { try await telemetry.append(Array(readings[start...].prefix(20_000))) } catch let error as TelemetryError {
                // Somebody removed one: all are declared again the next time.
                if error.code == .seriesNotFound { ids = [:] }
                throw error
            }
        }
    }

    private func declare(_ keys: [SeriesKey]) async throws {
        let new = keys.filter { ids[$0] == nil }
        guard !new.isEmpty else { return }
        for (key, id) in zip(new, try await telemetry.declare(new.map { SeriesDeclaration($0, .measurement) })) { ids[key] = id }
    }

    /// Trains anew what has become worse: one training at a time, with a pause, and not while a newer version that hasn't is there.
    private func retrain(_ model: TrainedModel) async {
        guard let one = live[Place(name: model.name, number: model.production.number)], one.score.hasDrifted,
            let recipe = try? SeriesRecipe(one.model.recipe), let pause = recipe.pause, recipe.isRenewable, recipe.name == model.name
        else { return }
        if let candidate = model.candidate, let other = live[Place(name: model.name, number: candidate.number)], !other.score.hasDrifted {
            return
        }
        let now = milliseconds
        guard retrained[model.name].map({ now - $0 >= Int64(pause) * 1_000 || $0 > now }) ?? true else { return }
        do {
            guard try await !models.isTraining(model.name) else { return }
            retrained[model.name] = now
            _ = try await models.train(recipe.json)
            save()
        } catch {
            troubles[model.name] = "it can't be trained anew: \(error)"
        }
    }

    private func save() {
        savedAt = milliseconds
        guard let store else { return }
        for (place, one) in live { kept[place] = one.score.stored }
        kept = kept.filter { live[$0.key] != nil }
        do { try store.save(kept, retrained) } catch {
            // The disk may be full: it is tried again in a minute, and nothing but scores of the meantime is lost.
            for place in live.keys { troubles[place.name] = troubles[place.name] ?? "how it does can't be kept: \(error)" }
        }
    }

    /// Forecasts that are written from now on, those of one time together. Who doesn't keep up loses the latest of it.
    public func changes() -> AsyncStream<[Forecast]> {
        let (stream, continuation) = AsyncStream.makeStream(of: [Forecast].self, bufferingPolicy: .bufferingOldest(64))
        lastWatcher += 1
        watchers[lastWatcher] = continuation
        return stream
    }
}
