import Foundation
import LaresForecast
import LaresJSON
import LaresPlaces
import LaresThings
import Synchronization
import Testing

private let step: Int64 = 300_000
/// A whole five minutes.
private let now = Date(timeIntervalSince1970: 1_795_910_400)
private let key = SeriesKey(thing: "city/meter", property: "load")

/// A registry of one forecaster that tests change as they like.
private final class FakeModels: TrainedModels {
    struct State {
        var all: [TrainedModel] = []
        var versions: [Int: String] = [:]
        var asked: [JSON] = []
        var isTraining = false
    }

    let state = Mutex(State())

    func all() throws -> [TrainedModel] { state.withLock(\.all) }

    func version(of name: String, _ reference: String?) throws -> TrainedModel.Version {
        let number = reference.flatMap { Int($0) } ?? 1
        guard let path = state.withLock({ $0.versions[number] }) else { throw ForecastError(.badFile, "no version \(number)") }
        return TrainedModel.Version(number, at: path)
    }

    func train(_ recipe: JSON) async throws -> String {
        state.withLock { $0.asked.append(recipe) }
        return "job"
    }

    func isTraining(_ name: String) async throws -> Bool { state.withLock(\.isTraining) }

    func serve(_ production: Int, candidate: Int? = nil, kind: TrainedModel.Kind = .forecaster) {
        state.withLock { state in
            func version(_ number: Int) -> TrainedModel.Version? { state.versions[number].map { TrainedModel.Version(number, at: $0) } }
            guard let first = version(production) else { return }
            state.all = [TrainedModel(name: "load", kind: kind, production: first, candidate: candidate.flatMap(version))]
        }
    }
}

/// Forecasters of a registry over a store in memory, by a clock that tests move.
private struct Scene {
    let folder = NSTemporaryDirectory() + "/lares-forecasting-\(UUID().uuidString)"
    let store = MemoryTelemetry()
    let models = FakeModels()
    let clock = FixedClock(now)
    let id: SeriesID
    let forecasting: Forecasting

    init() async throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        id = try await store.declare([SeriesDeclaration(key, .measurement)])[0]
        forecasting = try Forecasting(store, models: models, store: ForecastStore(path: folder + "/forecasting.db"), clock: clock)
        try await report(-600..<0)
    }

    static let start = Int64(now.timeIntervalSince1970 * 1_000)
    static func wave(_ place: Int) -> Double { 100 + 40 * sin(Double(place) * .pi / 6) + Double((place * 7 + 10_000) % 5) }

    /// Readings in the middle of steps counted from now.
    func report(_ steps: Range<Int>, _ value: (Int) -> Double = Scene.wave) async throws {
        try await store.append(
            steps.map { Reading(id, at: LaresThings.Timestamp(milliseconds: Self.start + Int64($0) * step + 1_000), .number(value($0))) })
    }

    /// A version that learnt what was until now.
    func learn(_ number: Int, pause: Int = 3_600, history: Bool = true) throws {
        let recipe: JSON = [
            "name": "load", "data": history ? ["history": ["days": 2]] : ["file": "/tmp/x.csv"], "retrain": ["pause": .int(pause)],
            "forecaster": [
                "series": ["city/meter/load"], "step": 300, "horizon": 12, "seasons": [12], "levels": [0.8, 0.5], "model": "ets",
                "backtest": ["windows": 20, "stride": 12],
            ],
        ]
        guard case .forecaster(let plan) = try SeriesRecipe(recipe).task else { return }
        let panel = try Panel(start: Self.start - 600 * step, step: step, series: [(-600..<0).map(Self.wave)])
        var model = try ForecastModel(fitting: plan, to: panel)
        model.recipe = recipe
        let path = folder + "/\(number).json"
        try model.write(to: path)
        models.state.withLock { $0.versions[number] = path }
    }

    /// Moves the clock to the end of a step, with half a minute for what comes late.
    func pass(to place: Int) async {
        clock.set(to: now + Double(place) * 300 + 35)
        await forecasting.tick()
    }

    func written(_ key: SeriesKey) async throws -> [Double] {
        guard let one = try await store.series(of: key.thing).first(where: { $0.key == key }) else { return [] }
        let range = LaresThings.Timestamp(milliseconds: Self.start)..<LaresThings.Timestamp.end
        return try await store.readings(of: one.id, in: range, order: .oldestFirst, limit: 1_000).compactMap {
            if case .number(let number) = $0.value { number } else { nil }
        }
    }

    func series() async throws -> Series { try #require(try await store.series(of: key.thing).first { $0.key == key }) }

    func standing() async -> [JSON] { await forecasting.standing(of: "load")?["versions"]?.elements ?? [] }
    func end() { try? FileManager.default.removeItem(atPath: folder) }
}

@Suite struct ForecastingTests {
    @Test func forecastsAreSeriesLikeAnyOther() async throws {
        let scene = try await Scene()
        defer { scene.end() }
        try scene.learn(1)
        scene.models.serve(1)
        let changes = await scene.forecasting.changes()
        await scene.pass(to: 0)
        let mean = try await scene.written(key.forecast)
        let (lower, upper) = (try await scene.written(key.forecastLower), try await scene.written(key.forecastUpper))
        #expect(mean.count == 12 && zip(mean, lower).allSatisfy { $0 > $1 } && zip(mean, upper).allSatisfy { $0 < $1 })
        for (place, value) in mean.enumerated() { #expect(abs(value - Scene.wave(place)) < 12, "step \(place)") }
        var iterator = changes.makeAsyncIterator()
        let told = await iterator.next()
        #expect(told?.first?.mean == mean && told?.first?.forecaster == "load" && told?.first?.version == "1")
        try await scene.report(0..<3)
        await scene.pass(to: 3)
        #expect(try await scene.written(key.forecast).count == 15, "the first three stay as they were said")
        let answer = try #require(try await scene.forecasting.forecast(of: try scene.series(), steps: 5))
        #expect(answer.forecast.start == Scene.start + 3 * step && answer.forecast.mean.count == 5)
        #expect(answer.history.count == 168 && answer.json["live"]?["values"] != nil && answer.json["forecaster"] == "load")
        // The narrowest interval is what is written, wherever it stands.
        #expect(answer.forecast.intervals.map(\.level) == [0.8, 0.5])
        let next = await scene.forecasting.forecasts(of: "city/meter")["load"]
        #expect(next?.lower == answer.forecast.intervals[1].lower[0])
    }

    @Test func namesOfForecastsAreReserved() {
        for key in [key.forecast, key.forecastLower, key.forecastUpper] {
            #expect(key.isForecast && PropertyAddress(key.description) == nil)
        }
        #expect(!key.isForecast && SeriesKey("city/meter/load.forecast.lower") == key.forecastLower)
    }

    @Test func whatCameIsHeldToWhatWasSaidAndDriftTrainsAnewOnce() async throws {
        let scene = try await Scene()
        defer { scene.end() }
        try scene.learn(1)
        scene.models.serve(1)
        await scene.pass(to: 0)
        for place in 1...6 {
            try await scene.report((place - 1)..<place)
            await scene.pass(to: place)
        }
        var live = try #require(await scene.standing().first)
        #expect(live["values"] == 5 && live["drifted"] == false && (live["mae"]?.number ?? 99) < 12)
        #expect(scene.models.state.withLock(\.asked).isEmpty)
        for place in 7...20 {
            try await scene.report((place - 1)..<place) { Scene.wave($0) + ($0.isMultiple(of: 2) ? 300 : -300) }
            await scene.pass(to: place)
        }
        live = try #require(await scene.standing().first)
        #expect(live["drifted"] == true && live["drifted_series"] == 1)
        let asked = scene.models.state.withLock(\.asked)
        #expect(asked.count == 1, "an hour and ten minutes passed since the first: \(asked.count)")
        #expect(asked.first?["forecaster"]?["horizon"] == 12)
        // What it came to is known after a restart.
        let again = try Forecasting(
            scene.store, models: scene.models, store: ForecastStore(path: scene.folder + "/forecasting.db"), clock: scene.clock)
        await again.tick()
        let kept = await again.standing(of: "load")?["versions"]?.elements?.first
        #expect(kept?["drifted"] == true && scene.models.state.withLock(\.asked).count == 1)
    }

    @Test func intervalsBecomeAsWideAsErrorsAreAndStaySoOverARestart() async throws {
        let scene = try await Scene()
        defer { scene.end() }
        try scene.learn(1)
        scene.models.serve(1)
        await scene.pass(to: 0)
        func widths(_ forecasting: Forecasting) async throws -> [Double] {
            let forecast = try #require(try await forecasting.forecast(of: scene.series())).forecast
            return forecast.intervals.map { $0.upper[0] - $0.lower[0] }
        }
        let before = try await widths(scene.forecasting)
        for place in 1...60 {
            try await scene.report((place - 1)..<place) { Scene.wave($0) + Double($0 * 37 % 101 - 50) }
            await scene.pass(to: place)
        }
        let after = try await widths(scene.forecasting)
        #expect(after[0] > 3 * before[0] && after[1] > 3 * before[1], "\(before) before, \(after) after")
        #expect(after[0] > after[1], "80% reaches further than 50%")
        let again = try Forecasting(
            scene.store, models: scene.models, store: ForecastStore(path: scene.folder + "/forecasting.db"), clock: scene.clock)
        await again.tick()
        #expect(try await widths(again) == after)
    }

    @Test func howFarForecastsWereOffIsASeriesToo() async throws {
        let scene = try await Scene()
        defer { scene.end() }
        try scene.learn(1)
        scene.models.serve(1)
        await scene.pass(to: 0)
        for place in 1...6 {
            try await scene.report((place - 1)..<place) { Scene.wave($0) + 500 }
            await scene.pass(to: place)
        }
        let error = try #require(try await scene.store.series(of: key.thing).first { $0.key == key.forecastError })
        let all = try await scene.store.readings(
            of: error.id, in: LaresThings.Timestamp.earliest..<LaresThings.Timestamp.end, order: .oldestFirst, limit: 100)
        // The last step may still get readings.
        #expect(all.count == 5 && !key.forecastError.isForecast)
        guard case .number(let first)? = all.first?.value else {
            Issue.record("errors are numbers")
            return
        }
        #expect(abs(first - 500) < 60)
    }

    @Test func whatALaresBeforeKeptIsTakenOverOnce() async throws {
        let folder = NSTemporaryDirectory() + "/lares-scores-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let old = folder + "/forecasting.json"
        try #"{"scores":{"load:3":{"count":7},"bad":1},"retrained":{"load":1800000000000}}"#.write(
            toFile: old, atomically: true, encoding: .utf8)
        let store = try ForecastStore(path: folder + "/forecasting.db", before: old)
        #expect(!FileManager.default.fileExists(atPath: old))
        #expect(try store.retrained() == ["load": 1_800_000_000_000])
        // One that comes later takes nothing back.
        try #"{"retrained":{"load":1}}"#.write(toFile: old, atomically: true, encoding: .utf8)
        #expect(try ForecastStore(path: folder + "/forecasting.db", before: old).retrained() == ["load": 1_800_000_000_000])
    }

    @Test func whatLearntFromAFileIsNotTrainedAnew() async throws {
        let scene = try await Scene()
        defer { scene.end() }
        try scene.learn(1, pause: 1, history: false)
        scene.models.serve(1)
        for place in 0...20 {
            try await scene.report(place..<(place + 1)) { _ in 5_000 * Double(place % 2) }
            await scene.pass(to: place + 1)
        }
        #expect(await scene.standing().first?["drifted"] == true)
        #expect(scene.models.state.withLock(\.asked).isEmpty)
    }

    @Test func aCandidateIsShadowedUntilItIsPromoted() async throws {
        let scene = try await Scene()
        defer { scene.end() }
        try scene.learn(1)
        try scene.learn(2)
        scene.models.serve(1, candidate: 2)
        for place in 0..<5 {
            try await scene.report(place..<(place + 1))
            await scene.pass(to: place + 1)
        }
        let roles = await scene.standing()
        #expect(roles.map { $0["role"]?.text } == ["production", "shadow"] && roles.map { $0["version"] } == [1, 2])
        #expect(roles.allSatisfy { ($0["values"]?.number ?? 0) >= 3 })
        #expect(try await scene.forecasting.forecast(of: try scene.series())?.forecast.version == "1")
        #expect(try await scene.forecasting.forecast(of: try scene.series(), by: "load:2")?.forecast.version == "2")
        scene.models.serve(2)
        let changes = await scene.forecasting.changes()
        await scene.forecasting.tick()
        var iterator = changes.makeAsyncIterator()
        #expect(await iterator.next()?.first?.version == "2", "what is written is the new version's at once")
        #expect((await scene.standing()).first?["values"] == roles.last?["values"], "it keeps what was seen of it as a shadow")
        scene.models.serve(1)
        await scene.forecasting.tick()
        #expect(await iterator.next()?.first?.version == "1")
        await #expect(throws: ForecastError.self) { try await scene.forecasting.forecast(of: try scene.series(), by: "load:7") }
        await #expect(throws: ForecastError.self) { try await scene.forecasting.forecast(of: try scene.series(), steps: 13) }
    }

    @Test func oneThatCannotBeReadIsTroubleAndTheOthersGoOn() async throws {
        let scene = try await Scene()
        defer { scene.end() }
        let path = scene.folder + "/9.json"
        try Data("{}".utf8).write(to: URL(fileURLWithPath: path))
        scene.models.state.withLock { $0.versions[9] = path }
        scene.models.serve(9)
        await scene.pass(to: 0)
        #expect(await scene.forecasting.standing(of: "load")?["trouble"]?.text?.contains("no forecast model") == true)
        #expect(try await scene.forecasting.forecast(of: try scene.series()) == nil)
        #expect(await scene.forecasting.standing(of: "other") == nil)
    }
}

@Suite struct SeriesQuestionTests {
    private func question(_ text: String) throws -> SeriesQuestion { try SeriesQuestion(JSON(parsing: Array(text.utf8)), now: now) }

    @Test func aRowIsAStepFromTheFirstThatIsKnown() async throws {
        let scene = try await Scene()
        defer { scene.end() }
        let csv = try await question(#"{"series": ["city/meter/load"], "step": 600, "days": 7}"#).csv(from: scene.store)
        let lines = String(decoding: csv, as: UTF8.self).split(separator: "\r\n")
        #expect(lines.first == "time,city/meter/load" && lines.count == 301)
        #expect(lines.last == "2026-11-28T23:50:00.000Z,\((Scene.wave(-2) + Scene.wave(-1)) / 2)")
        let readings = try await question(#"{"readings": ["city/meter/load"], "days": 1}"#).csv(from: scene.store)
        #expect(String(decoding: readings, as: UTF8.self).hasPrefix("time,thing,property,value\r\n"))
        await #expect(throws: TelemetryError.self) { try await question(#"{"series": ["a/b"], "step": 60}"#).csv(from: scene.store) }
    }

    @Test(arguments: [
        #"{"series": [], "step": 60}"#, #"{"series": ["a"], "step": 60}"#, #"{"series": ["a/b"]}"#, #"{"readings": ["a/b"], "step": 60}"#,
        #"{"series": ["a/b"], "readings": ["a/b"], "step": 60}"#, #"{"series": ["a/b"], "step": 1, "days": 36525}"#,
        #"{"series": ["a/b"], "step": 60, "other": 1}"#,
    ])
    func whatIsNoQuestionIsRefused(_ text: String) { #expect(throws: JSONError.self) { try question(text) } }

    @Test func shortStepsAreReadAndTheLastHolds() async throws {
        let store = MemoryTelemetry(),
            ids = try await store.declare([
                SeriesDeclaration(SeriesKey(thing: "a", property: "t"), .measurement),
                SeriesDeclaration(SeriesKey(thing: "a", property: "m"), .meter),
            ])
        for (time, value) in [(0, 1.0), (2_500, 5), (2_700, 7)] {
            try await store.append(ids.map { Reading($0, at: LaresThings.Timestamp(milliseconds: Int64(time)), .number(value)) })
        }
        let series = try await store.series(of: "a")
        let (t, m) = (try #require(series.first { $0.key.property == "t" }), try #require(series.first { $0.key.property == "m" }))
        #expect(try await store.values(of: t, from: 0, until: 5_000, step: 1_000) == [1, 1, 6, 7, 7])
        let growth = try await store.values(of: m, from: 0, until: 4_000, step: 1_000)
        #expect(growth[2] == 6 && growth[3].isNaN)
        #expect(
            try await store.values(of: t, from: 2_000_000, until: 2_001_000, step: 1_000)[0].isNaN,
            "a quarter of an hour later nobody knows")
    }
}

@Suite struct TrainedWatchTests {
    @Test func productionRaisesAndACandidateCounts() async throws {
        let folder = NSTemporaryDirectory() + "/lares-trained-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let place = try WatchedHome()
        defer { place.delete() }
        let models = FakeModels()
        for number in 1...2 {
            let plan = try DetectorPlan(
                JSON(parsing: Array(#"{"series": ["hall/meter/power"], "learning": 60, "severity": "critical"}"#.utf8)))
            let samples = WatchedHome.usual(300).enumerated().map { DetectorModel.Sample(1_799_982_000_000 + Int64($0) * 60_000, $1) }
            let path = folder + "/\(number).json"
            try DetectorModel(fitting: plan, to: ["hall/meter/power": samples]).write(to: path)
            models.state.withLock { $0.versions[number] = path }
        }
        models.serve(1, candidate: 2, kind: .detector)
        let watching = try place.watching(models: models)
        await watching.begin()
        await watching.arrange()
        try await place.read(WatchedHome.usual(320).suffix(20) + [5_000], watching)
        let alarm = try #require(try await watching.alarms().first)
        #expect(alarm.cause.model == "load" && alarm.cause.version == "1" && alarm.severity == .critical)
        let versions = try #require(await watching.standing(of: "load")?["versions"]?.elements)
        #expect(versions.map { $0["alarms"] } == [1, 1] && versions.map { $0["role"]?.text } == ["production", "shadow"], "\(versions)")
        #expect(try await watching.alarms().count == 1, "the shadow raised none")
        models.serve(2, kind: .detector)
        await watching.arrange()
        let promoted = try #require(await watching.standing(of: "load")?["versions"]?.elements)
        #expect(promoted.count == 1 && promoted[0]["version"] == 2 && promoted[0]["alarms"] == 1)
        // What it saw is there after a restart.
        await watching.tick()
        let again = try place.watching(models: models)
        await again.arrange()
        #expect(await again.standing(of: "load")?["versions"]?.elements?.count == 1)
        models.state.withLock { $0.all = [] }
        await again.arrange()
        #expect(await again.standing(of: "load") == nil)
    }
}
