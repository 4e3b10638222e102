import Foundation
import LaresForecast
import LaresJSON
import Testing

/// Plans whose model is a network of all their series.
@Suite struct NetworkForecastTests {
    private static let small = #"{"lookback": 48, "width": 32, "depth": 1, "epochs": 4, "members": 2, "seed": 3}"#

    private func plan(_ more: String = #", "network": \#(small)"#, model: String = "stid") throws -> ForecastPlan {
        let text = #"""
            {"series": ["north/power", "south/power"], "step": 3600, "horizon": 24, "seasons": [24], "model": "\#(model)", "levels": [0.8],
             "backtest": {"windows": 14, "stride": 24}, "calendar": {"weekdays": true}\#(more)}
            """#
        return try ForecastPlan(JSON(parsing: Array(text.utf8)))
    }

    /// Two loads whose peaks are apart, and their next day.
    private func loads() throws -> (seen: Panel, came: [[Double]]) {
        var made = MadeSeries(seed: 61)
        let first = made.load(hours: 24 * 60), second = made.load(hours: 24 * 60 + 12).dropFirst(12).map { 300 + 3 * $0 }
        let series = [first, Array(second)]
        return (try Panel(start: 0, step: hour, series: series.map { Array($0.dropLast(24)) }), series.map { Array($0.suffix(24)) })
    }

    @Test func oneNetworkForecastsEachSeries() throws {
        let (seen, came) = try loads(), model = try ForecastModel(fitting: plan(), to: seen)
        for (forecast, (came, tolerance)) in zip(try model.forecasts(version: "1"), zip(came, [12.0, 36])) {
            #expect(forecast.model == "stid[48]" && forecast.score.windows == 14 && forecast.score.mase < 1)
            #expect(zip(forecast.mean, came).allSatisfy { abs($0 - $1) < tolerance })
            #expect(zip(forecast.intervals[0].lower, forecast.mean).allSatisfy { $0 < $1 })
        }
    }

    @Test func itIsTheSameAfterItWasWritten() throws {
        let (seen, came) = try loads(), model = try ForecastModel(fitting: plan(), to: seen)
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("lares-network-\(UUID()).json").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try model.write(to: path)
        let read = try ForecastModel(contentsOf: path)
        #expect(read.json == model.json)
        let since = try Panel(start: model.end, step: hour, series: came.map { Array($0.prefix(7)) })
        for history in [nil, since, seen] {
            #expect(try read.forecasts(after: history, version: "1") == model.forecasts(after: history, version: "1"))
        }
        #expect(try read.forecasts(after: since, version: "1")[0].start == model.end + 7 * hour)
        // The same plan on the same history learns the same.
        #expect(try ForecastModel(fitting: plan(), to: seen).json == model.json)
    }

    @Test func aSeriesOfWhichNothingIsKnownIsNamedAndTheOtherServed() throws {
        let seen = try loads().seen
        let half = try Panel(start: 0, step: hour, series: [seen.series[0], seen.series[1].map { _ in .nan }])
        let model = try ForecastModel(fitting: plan(), to: half)
        #expect(model.refusals.map(\.series) == ["south/power"] && model.series == ["north/power"])
    }

    @Test func aNetworkIsReadAsItIsWritten() throws {
        let asked = try plan()
        #expect(try ForecastPlan(asked.json) == asked && asked.network?.lookback == 48)
        #expect(try plan("").network == nil)
    }

    @Test(arguments: [
        #"{"width": 0}"#, #"{"width": 513}"#, #"{"depth": 9}"#, #"{"dropout": 1}"#, #"{"epochs": 101}"#, #"{"members": 6}"#,
        #"{"lookback": 0}"#, #"{"seed": -1}"#, #"{"layers": 3}"#, "[]", "3",
    ])
    func whatIsNoNetworkIsRefused(_ network: String) {
        #expect(throws: (any Error).self) { try plan(#", "network": \#(network)"#) }
    }

    @Test func aNetworkOfAnotherModelIsRefused() throws {
        let seen = try loads().seen
        #expect(throws: ForecastError.self) { try ForecastModel(fitting: plan(model: "linear"), to: seen) }
    }

    @Test func damagedFilesThrowOrAreModels() throws {
        let tiny = #", "network": {"lookback": 24, "width": 2, "depth": 1, "epochs": 1}"#
        let text = try ForecastModel(fitting: plan(tiny), to: loads().seen).json.data
        var damage = Damage(seed: 10)
        for _ in 0..<300 {
            guard let json = try? JSON(parsing: damage.damaged(text)), let model = try? ForecastModel(json) else { continue }
            _ = try? model.forecasts(version: "1")
        }
    }
}
