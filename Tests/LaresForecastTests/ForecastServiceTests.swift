import Foundation
import LaresForecast
import LaresJSON
import LaresTensor
import Testing

@Suite struct ForecastServiceTests {
    private static let text = #"""
        {"series": ["north/power", "south/power"], "step": 3600, "horizon": 24, "seasons": [24, 168], "levels": [0.8, 0.9],
         "backtest": {"windows": 20, "stride": 24}}
        """#

    private func plan(_ text: String = text) throws -> ForecastPlan { try ForecastPlan(JSON(parsing: Array(text.utf8))) }

    private func twoSeries() throws -> (seen: Panel, came: [[Double]]) {
        var made = MadeSeries(seed: 41)
        let series = [made.load(hours: 168 * 8 + 24), made.load(hours: 168 * 8 + 24)]
        return (try Panel(start: 0, step: hour, series: series.map { Array($0.dropLast(24)) }), series.map { Array($0.suffix(24)) })
    }

    @Test func aForecastCarriesItsIntervalsItsVersionAndItsScore() throws {
        let (seen, came) = try twoSeries(), model = try ForecastModel(fitting: plan(), to: seen)
        let forecasts = try model.forecasts(version: "7")
        #expect(forecasts.map(\.series) == ["north/power", "south/power"])
        for (forecast, came) in zip(forecasts, came) {
            #expect(forecast.start == Int64(168 * 8) * hour && forecast.step == hour && forecast.version == "7")
            #expect(forecast.model.contains("[24,168]"))
            #expect(forecast.mean.count == 24 && forecast.intervals.map(\.level) == [0.8, 0.9])
            #expect(forecast.score.windows == 20 && forecast.score.mase < 0.8)
            #expect(zip(forecast.mean, came).allSatisfy { abs($0 - $1) < 12 })
            #expect(zip(forecast.intervals[1].lower, forecast.mean).allSatisfy { $0 < $1 })
            #expect(forecast.json["intervals"]?.elements?.count == 2 && forecast.json["backtest"]?["mase"]?.number == forecast.score.mase)
        }
        let shorter = try model.forecasts(steps: 3, version: "7")
        #expect(shorter[0].mean == Array(forecasts[0].mean.prefix(3)) && shorter[0].intervals[0].upper.count == 3)
    }

    @Test(arguments: ["auto", "ets", "naive", "seasonal-naive", "drift"])
    func aModelIsTheSameAfterItWasWritten(_ name: String) throws {
        let (seen, came) = try twoSeries()
        let asked = try plan(Self.text.replacingOccurrences(of: #""step""#, with: #""model": "\#(name)", "step""#))
        let model = try ForecastModel(fitting: asked, to: seen)
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("lares-forecast-\(UUID()).json").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try model.write(to: path)
        let read = try ForecastModel(contentsOf: path)
        #expect(read.plan == model.plan && read.end == model.end)
        #expect(try read.forecasts(version: "1") == model.forecasts(version: "1"))
        let since = try Panel(start: seen.start + Int64(seen.count) * hour, step: hour, series: came)
        #expect(try read.forecasts(after: since, version: "1") == model.forecasts(after: since, version: "1"))
        #expect(try read.forecasts(after: seen, version: "1")[0].start == model.end)
        #expect(read.json == model.json)
    }

    @Test func whatIsntTheModelsIsRefused() throws {
        let model = try ForecastModel(fitting: plan(), to: twoSeries().seen)
        #expect(throws: ForecastError.self) { try model.forecasts(steps: 25, version: "1") }
        #expect(throws: ForecastError.self) { try model.forecasts(steps: 0, version: "1") }
        #expect(throws: ForecastError.self) { try model.forecasts(after: Panel(start: 0, step: 1000, series: [[1], [1]]), version: "1") }
        #expect(throws: ForecastError.self) { try model.forecasts(after: panel([1]), version: "1") }
        #expect(throws: ForecastError.self) { try ForecastModel(fitting: plan(), to: panel([1], [2], [3])) }
    }

    @Test func aSeriesThatCantBeLearntIsNamedAndTheOthersServed() throws {
        let seen = try twoSeries().seen
        let half = try Panel(start: 0, step: hour, series: [seen.series[0], seen.series[1].map { _ in .nan }])
        let model = try ForecastModel(fitting: plan(), to: half)
        #expect(model.refusals.map(\.series) == ["south/power"])
        #expect(try model.forecasts(version: "1").map(\.series) == ["north/power"])
        #expect(try ForecastModel(model.json).refusals == model.refusals)
        let none = try Panel(start: 0, step: hour, series: half.series.map { $0.map { _ in .nan } })
        #expect(throws: ForecastError.self) { try ForecastModel(fitting: plan(), to: none) }
        #expect(throws: ForecastError.self) { try ForecastModel(fitting: plan(), to: panel([1, 2, 3], [1, 2, 3])) }
    }

    @Test(arguments: Reconciliation.Method.allCases) func forecastsOfAHierarchyAddUp(_ method: Reconciliation.Method) throws {
        let hierarchy = #""hierarchy": {"children": {"all": ["north", "south"]}, "method": "\#(method.rawValue)"}"#
        let asked = try plan(
            #"{"series": ["north", "all", "south"], "step": 3600, "horizon": 24, "seasons": [24], "backtest": {"windows": 20}, "levels": [0.9], \#(hierarchy)}"#
        )
        var series = try twoSeries().seen.series
        series.insert(zip(series[0], series[1]).map { $0 + $1 }, at: 1)
        series[0][1_300] = .nan
        let model = try ForecastModel(fitting: asked, to: Panel(start: 0, step: hour, series: series))
        let read = try ForecastModel(model.json), forecasts = try read.forecasts(version: "1")
        for step in 0..<24 {
            #expect(abs(forecasts[1].mean[step] - forecasts[0].mean[step] - forecasts[2].mean[step]) < 1e-9)
            #expect(forecasts[1].intervals[0].lower[step] < forecasts[1].mean[step])
        }
        #expect(try forecasts == model.forecasts(version: "1"))
        #expect(read.plan == asked)
        series[2] = series[2].map { _ in .nan }
        #expect(throws: ForecastError.self) { try ForecastModel(fitting: asked, to: Panel(start: 0, step: hour, series: series)) }
    }

    @Test func aModelSaysWhatErrorsAreUsual() throws {
        let model = try ForecastModel(fitting: plan(), to: twoSeries().seen)
        var drift = try #require(model.drift(of: "north/power"))
        #expect(try drift.usual == model.forecasts(version: "1")[0].score.mae)
        #expect((0..<60).contains { _ in drift.take(error: 3 * drift.usual) })
        #expect(model.drift(of: "east/power") == nil)
    }

    @Test func whatCantBeBelowZeroIsnt() throws {
        let asked = try plan(Self.text.replacingOccurrences(of: #""step""#, with: #""non_negative": true, "step""#))
        var made = MadeSeries(seed: 42)
        let sun = (0..<(24 * 60)).map { max(0, 5 * sin(2 * .pi * Double($0 % 24) / 24) + made.noise(2)) }
        let model = try ForecastModel(fitting: asked, to: panel(sun, sun))
        for forecast in try model.forecasts(version: "1") {
            #expect(forecast.mean.allSatisfy { $0 >= 0 } && forecast.intervals.allSatisfy { $0.lower.allSatisfy { $0 >= 0 } })
        }
    }

    @Test(arguments: [
        "{}", "[]", #"{"series": [], "step": 1, "horizon": 1}"#, #"{"series": ["a", "a"], "step": 1, "horizon": 1}"#,
        #"{"series": ["a"], "step": 0, "horizon": 1}"#, #"{"series": ["a"], "step": 1}"#, #"{"series": ["a"], "horizon": 1}"#,
        #"{"series": ["a"], "step": 1, "horizon": 1, "sesons": [24]}"#,
        #"{"series": ["a"], "step": 1, "horizon": 1, "seasons": [24, 100]}"#,
        #"{"series": ["a"], "step": 1, "horizon": 1, "levels": [1]}"#, #"{"series": ["a"], "step": 1, "horizon": 1, "levels": [0.5, 0.5]}"#,
        #"{"series": ["a"], "step": 1, "horizon": 1, "levels": [0.95], "backtest": {"windows": 18}}"#,
        #"{"series": [""], "step": 1, "horizon": 1}"#,
        #"{"series": ["a", "b"], "step": 1, "horizon": 1, "hierarchy": {}}"#,
        #"{"series": ["a", "b"], "step": 1, "horizon": 1, "hierarchy": {"children": 3}}"#,
        #"{"series": ["a", "b"], "step": 1, "horizon": 1, "hierarchy": {"sums": {"a": ["b"]}, "method": "top-down"}}"#,
        #"{"series": ["a", "b"], "step": 1, "horizon": 1, "hierarchy": {"children": {"a": ["c"]}}}"#,
        #"{"series": ["a"], "step": 1, "horizon": 1, "backtest": {"window": 18}}"#,
        #"{"series": ["a"], "step": 1, "horizon": 1, "budget": 0}"#,
    ])
    func whatIsNoPlanIsRefused(_ text: String) { #expect(throws: (any Error).self) { try plan(text) } }

    @Test(arguments: [
        (#""model": "prophet""#, "there is no model"), (#""model": "seasonal-naive""#, "needs a season"),
        (#""model": "naive", "covariates": ["temperature"]"#, "covariates"),
    ])
    func aPlanThatNoForecasterCanFollowIsRefused(_ member: String, _ reason: String) throws {
        let asked = try plan(#"{"series": ["a"], "step": 3600, "horizon": 2, \#(member)}"#)
        let history = try Panel(
            start: 0, step: hour, series: [[Double](repeating: 1, count: 200)],
            known: asked.covariates.map { _ in [Double](repeating: 0, count: 200) })
        #expect { try ForecastModel(fitting: asked, to: history) } throws: { "\($0)".contains(reason) }
    }

    @Test func aPlanIsReadAsItIsWritten() throws {
        let first = try plan(), again = try ForecastPlan(first.json)
        #expect(first == again && first.model == "auto" && first.backtest.windows == 20)
        #expect(try plan(#"{"series": ["a"], "step": 60, "horizon": 5}"#).backtest.stride == 5)
    }
}

/// Mutated files of models: each is read or refused with one of our errors, and never traps.
@Suite struct ForecastModelFuzzTests {
    private static let inputs = ProcessInfo.processInfo.environment["LARES_FUZZ"].flatMap { Int($0) } ?? 5_000
    private static let pieces = [
        "null", "-1", "0", "1e308", "-1e308", "1e-320", "9223372036854775807", "[]", "{}", "[0]", "true", "\"M,Ad,M\"", ",", "[", "\"",
        "24", "1e9",
    ].map { Array($0.utf8) }

    private func mutate(_ seed: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
        var bytes = seed
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let at = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes[at] = UInt8.random(in: .min ... .max, using: &random)
            case 1: bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 1...8, using: &random)))
            case 2:
                // Another value in place of one.
                let isEnd = { (byte: UInt8) in byte == UInt8(ascii: ",") || byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}") }
                let end = bytes[at...].firstIndex(where: isEnd) ?? bytes.count
                let start = bytes[..<at].lastIndex { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "[") } ?? at
                if start + 1 <= end { bytes.replaceSubrange((start + 1)..<end, with: Self.pieces.randomElement(using: &random) ?? []) }
            default: bytes.insert(contentsOf: Self.pieces.randomElement(using: &random) ?? [], at: at)
            }
        }
        return bytes
    }

    @Test(arguments: ["ets", "seasonal-naive", "drift"]) func mutatedModelsAreReadOrRefused(_ name: String) throws {
        let plan = try ForecastPlan(
            [
                "series": ["a", "b"], "step": 3600, "horizon": 6, "seasons": [4, 8], "model": .string(name), "levels": [0.5],
                "backtest": ["windows": 5], "hierarchy": ["sums": ["a": ["b"]]],
            ])
        var made = MadeSeries(seed: 51)
        let series = (0..<2).map { _ in (0..<80).map { Double($0 % 8) + 9 + made.noise(1) } }
        let written = try ForecastModel(fitting: plan, to: Panel(start: 0, step: hour, series: series)).json.data
        let since = try Panel(start: 80 * hour, step: hour, series: [[1, 2, .nan, 4], [1e300, -5, 0, 3]])
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("lares-forecast-\(UUID()).json").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        var random = SeededRandom(seed: 52), accepted = 0
        for _ in 0..<Self.inputs {
            let bytes = mutate(written, &random)
            guard let json = try? JSON(parsing: bytes), let model = try? ForecastModel(json) else { continue }
            accepted += 1
            for history in [nil, since] {
                guard let forecasts = try? model.forecasts(after: history, version: "1") else { continue }
                for forecast in forecasts { #expect(!forecast.mean.contains { !$0.isFinite }) }
            }
        }
        #expect(accepted > 0 && accepted < Self.inputs)
        for cut in [0, 1, written.count / 2, written.count - 1] {
            try Data(written.prefix(cut)).write(to: URL(fileURLWithPath: path))
            #expect(throws: ForecastError.self) { try ForecastModel(contentsOf: path) }
        }
        #expect(throws: ForecastError.self) { try ForecastModel(contentsOf: path + ".none") }
        #expect(throws: ForecastError.self) { try ForecastModel(contentsOf: "/") }
    }
}
