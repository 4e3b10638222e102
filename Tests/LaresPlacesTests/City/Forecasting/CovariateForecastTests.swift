import Foundation
import LaresForecast
import LaresJSON
import LaresPlaces
import LaresThings
import Testing

private let step: Int64 = 300_000
private let now = Date(timeIntervalSince1970: 1_795_910_400)
private let start = Int64(now.timeIntervalSince1970 * 1_000)
private let load = SeriesKey(thing: "city/meter", property: "load"), heat = SeriesKey(thing: "weather", property: "temperature")

/// A registry of one version.
private struct OneModel: TrainedModels {
    let path: String

    func all() throws -> [TrainedModel] {
        [TrainedModel(name: "load", kind: .forecaster, production: TrainedModel.Version(1, at: path))]
    }
    func version(of name: String, _ reference: String?) throws -> TrainedModel.Version { TrainedModel.Version(1, at: path) }
    func train(_ recipe: JSON) async throws -> String { "job" }
    func isTraining(_ name: String) async throws -> Bool { false }
}

/// Forecasters that need to know what a covariate will be.
@Suite struct CovariateForecastTests {
    private static func temperature(_ place: Int) -> Double { Double((place * 7_919 + 10_000_019) % 41) - 20 }
    private static func value(_ place: Int) -> Double { 100 + 40 * sin(Double(place) * .pi / 6) + 5 * temperature(place) }

    private func report(_ store: MemoryTelemetry, _ key: SeriesKey, _ places: Range<Int>, _ value: (Int) -> Double) async throws {
        let id = try await store.declare([SeriesDeclaration(key, .measurement)])[0]
        try await store.append(
            places.map { Reading(id, at: LaresThings.Timestamp(milliseconds: start + Int64($0) * step + 1_000), .number(value($0))) })
    }

    private func model(at path: String) throws {
        let recipe: JSON = [
            "name": "load", "data": ["history": ["days": 2]],
            "forecaster": [
                "series": ["city/meter/load"], "covariates": ["weather/temperature"], "assumed": "observed", "step": 300, "horizon": 12,
                "seasons": [12], "levels": [0.8], "model": "linear", "backtest": ["windows": 20, "stride": 12],
            ],
        ]
        guard case .forecaster(let plan) = try SeriesRecipe(recipe).task else { return }
        let panel = try Panel(
            start: start - 600 * step, step: step, series: [(-600..<0).map(Self.value)], known: [(-600..<0).map(Self.temperature)])
        var model = try ForecastModel(fitting: plan, to: panel)
        model.recipe = recipe
        try model.write(to: path)
    }

    @Test func aForecastWaitsForThatOfItsCovariate() async throws {
        let path = NSTemporaryDirectory() + "/lares-covariates-\(UUID().uuidString).json"
        try model(at: path)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let (store, clock) = (MemoryTelemetry(), FixedClock(now))
        let forecasting = try Forecasting(store, models: OneModel(path: path), clock: clock)
        try await report(store, load, -600..<0, Self.value)
        try await report(store, heat, -600..<0, Self.temperature)
        func pass(to place: Int) async {
            clock.set(to: now + Double(place) * 300 + 35)
            await forecasting.tick()
        }
        let series = try #require(try await store.series(of: load.thing).first)
        await pass(to: 0)
        #expect(await forecasting.standing(of: "load")?["trouble"]?.text?.contains("forecast of 'weather/temperature'") == true)
        let waiting = await #expect(throws: ForecastError.self) { try await forecasting.forecast(of: series, by: "load") }
        #expect(waiting?.code == .waiting && waiting?.message.contains("weather/temperature.forecast") == true)
        #expect(try await store.series(of: load.thing).count == 1, "nothing is written that nobody can know")
        // Somebody says what the weather will be, first not far enough.
        try await report(store, heat.forecast, 0..<10, Self.temperature)
        try await report(store, load, 0..<1, Self.value)
        try await report(store, heat, 0..<1, Self.temperature)
        await pass(to: 1)
        #expect(await forecasting.standing(of: "load")?["trouble"]?.text?.contains("says nothing of") == true)
        try await report(store, heat.forecast, 10..<40, Self.temperature)
        try await report(store, load, 1..<2, Self.value)
        try await report(store, heat, 1..<2, Self.temperature)
        await pass(to: 2)
        #expect(await forecasting.standing(of: "load")?["trouble"] == .null)
        let forecast = try #require(try await forecasting.forecast(of: series)).forecast
        #expect(forecast.start == start + 2 * step && forecast.mean.count == 12)
        for (ahead, mean) in forecast.mean.enumerated() { #expect(abs(mean - Self.value(2 + ahead)) < 12, "step \(ahead)") }
        #expect(try await store.series(of: load.thing).contains { $0.key == load.forecast })
    }

    @Test func whatIsExpectedOfAStepIsWhatWasSaidOfItOrLiesBetween() async throws {
        let store = MemoryTelemetry(), id = try await store.declare([SeriesDeclaration(heat.forecast, .measurement)])[0]
        for (time, value) in [(0, 10.0), (3_600_000, 12), (7_200_000, 16), (36_000_000, 0)] {
            try await store.append([Reading(id, at: LaresThings.Timestamp(milliseconds: Int64(time)), .number(value))])
        }
        let series = try #require(try await store.series(of: heat.thing).first)
        let values = try await store.expected(series, from: 1_800_000, count: 5, step: 1_800_000)
        #expect(values.prefix(4) == [11, 12, 14, 16] && values[4].isNaN, "eight hours are too far apart for a line")
    }

    @Test func zonesAndHolidaysOfPlansAreLookedUp() throws {
        func plan(_ calendar: String) throws -> ForecastPlan {
            try ForecastPlan(
                JSON(parsing: Array(#"{"series": ["a/b"], "step": 3600, "horizon": 24, "model": "linear", "calendar": \#(calendar)}"#.utf8))
            )
        }
        let terms = try #require(try plan(#"{"day": 1, "zone": "Europe/Berlin", "holidays": "de-be"}"#).lookedUp().calendar).terms
        // July and November 2026.
        #expect([1_782_864_000_000, 1_795_910_400_000].map { terms.clock.offset(at: $0) } == [7_200_000, 3_600_000])
        // Christmas 2026 is one, Christmas Eve isn't.
        #expect(terms.holidays?.contains(20_812) == true && terms.holidays?.contains(20_811) == false)
        for wrong in [#"{"day": 1, "zone": "Europe/Nowhere"}"#, #"{"holidays": "atlantis"}"#] {
            #expect(throws: ForecastError.self) { try plan(wrong).lookedUp() }
        }
    }
}
