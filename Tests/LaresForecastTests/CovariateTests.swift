import Foundation
import LaresForecast
import LaresJSON
import LaresTesting
import Testing

/// Series that follow something whose future is known by a forecast of it, and calendars of a place.
@Suite struct CovariateTests {
    /// Sixty days of a temperature whose level no day tells of the next, and of a load that follows it.
    private func weather() -> (temperature: [Double], load: [Double]) {
        var random = SplitMix(seed: 11)
        var (temperature, load) = ([Double](), [Double]())
        for _ in 0..<60 {
            let level = Double(random.next() % 200) / 10
            for clock in 0..<24 {
                let angle = 2 * Double.pi * Double(clock) / 24, degrees = level + 3 * sin(angle - 2)
                temperature.append(degrees)
                load.append(200 - 6 * degrees + 20 * sin(angle) + Double(random.next() % 100) / 50)
            }
        }
        return (temperature, load)
    }

    private func plan(_ model: String, _ more: String = "") throws -> ForecastPlan {
        let text = #"""
            {"series": ["load"], "step": 3600, "horizon": 24, "seasons": [24], "model": "\#(model)", "levels": [0.8],
             "backtest": {"windows": 14, "stride": 24}\#(more)}
            """#
        return try ForecastPlan(JSON(parsing: Array(text.utf8)))
    }

    private static let warm = #", "covariates": ["weather/temperature"]"#

    private func mase(_ model: ForecastModel) -> Double { model.scores.first { $0.name == "mase" }?.value ?? .nan }

    @Test func aLoadThatFollowsTheWeatherIsForecastBetterByIt() throws {
        let (temperature, load) = weather(), learnt = 59 * 24
        let panel = try Panel(start: 0, step: hour, series: [Array(load.prefix(learnt))], known: [Array(temperature.prefix(learnt))])
        let plain = try ForecastModel(fitting: plan("auto"), to: Panel(start: 0, step: hour, series: panel.series))
        let model = try ForecastModel(fitting: plan("auto", Self.warm + #", "assumed": "observed""#), to: panel)
        #expect(mase(model) < 0.5 * mase(plain), "\(model.scores) with the weather, \(plain.scores) without")
        // What the weather will be is told with the history; the load follows it.
        let future = Array(temperature.suffix(24))
        let forecast = try model.forecasts(after: Panel(start: model.end, step: hour, series: [[]], known: [future]), version: "1")[0]
        #expect(forecast.model.hasPrefix("linear") && forecast.start == model.end)
        #expect(zip(forecast.mean, load.suffix(24)).allSatisfy { abs($0 - $1) < 25 }, "\(forecast.mean)")
        // Nothing is made up where it isn't told, or not far enough.
        let untold = #expect(throws: ForecastError.self) { try model.forecasts(version: "1") }
        #expect(untold?.code == .waiting && untold?.message.contains("weather/temperature") == true)
        #expect(throws: ForecastError.self) {
            try model.forecasts(after: Panel(start: model.end, step: hour, series: [[]], known: [Array(future.prefix(23))]), version: "1")
        }
        #expect(throws: ForecastError.self) {
            try model.forecasts(after: Panel(start: model.end, step: hour, series: [[]]), version: "1")
        }
        // A file has all of it.
        let read = try ForecastModel(JSON(parsing: model.json.data))
        #expect(read.json == model.json && read.plan.assumesObserved)
        let since = try Panel(start: model.end, step: hour, series: [Array(load.suffix(24).prefix(5))], known: [future + future.prefix(5)])
        let later = try read.forecasts(after: since, version: "1")
        #expect(try later == model.forecasts(after: since, version: "1") && later[0].start == model.end + 5 * hour)
    }

    private struct Oracle: Forecaster, FittedForecaster {
        var name: String { "oracle" }
        func fitted(to history: Panel) throws -> any FittedForecaster { self }
        func forecast(_ history: Panel, steps: Int) throws -> [[Double]] {
            [Array(history.known[0][history.count..<(history.count + steps)])]
        }
    }

    @Test func backTestsKnowNothingOfTheWeatherThatComesUnlessThePlanSaysSo() throws {
        let (temperature, load) = weather(), panel = try Panel(start: 0, step: hour, series: [temperature], known: [temperature])
        var backtest = try Backtest(horizon: 24, stride: 24, windows: 10, season: 24)
        #expect(try backtest.run(Oracle(), on: panel).overall.mae == 0)
        backtest.covariates = .repeated(24)
        let careful = try backtest.run(Oracle(), on: panel), naive = try backtest.run(SeasonalNaive(season: 24), on: panel)
        #expect(careful.overall.mae > 1 && careful.overall.mae == naive.overall.mae)
        // So a plan is held to what would have been known, and its error says so.
        let both = try Panel(start: 0, step: hour, series: [load], known: [temperature])
        let usual = try ForecastModel(fitting: plan("linear", Self.warm), to: both)
        let assumed = try ForecastModel(fitting: plan("linear", Self.warm + #", "assumed": "observed""#), to: both)
        #expect(mase(usual) > 2 * mase(assumed), "\(usual.scores) \(assumed.scores)")
    }

    @Test func damagedFilesWithCovariatesThrowOrAreModels() throws {
        let (temperature, load) = weather()
        let panel = try Panel(start: 0, step: hour, series: [Array(load.prefix(720))], known: [Array(temperature.prefix(720))])
        let calendar =
            #", "calendar": {"day": 1, "zone": {"name": "x", "offset": 0, "changes": "5 3600 9 0"}, "holidays": {"country": "x", "days": "1970-01-09"}}"#
        let model = try ForecastModel(fitting: plan("linear", Self.warm + calendar), to: panel), text = model.json.data
        #expect(try ForecastModel(JSON(parsing: text)).json == model.json)
        var damage = Damage(seed: 21)
        for _ in 0..<300 {
            guard let json = try? JSON(parsing: damage.damaged(text)), let read = try? ForecastModel(json) else { continue }
            _ = try? read.forecasts(
                after: Panel(start: read.end, step: hour, series: [[]], known: [[Double](repeating: 10, count: 24)]), version: "1")
        }
    }

    @Test func aCalendarHasTheClocksAndHolidaysOfAPlaceOnceTheyAreLookedUp() throws {
        var values = weather().load.enumerated().map { place, _ in 100 + 10 * sin(2 * Double.pi * Double(place) / 24) }
        // Holidays among the days that are learnt from, and in the back-test's fortnight.
        let holidays: Set<Int> = [3, 11, 20, 26, 33, 41, 47, 50, 55]
        for day in holidays { for place in (day * 24)..<(day * 24 + 24) { values[place] -= 60 } }
        let panel = try Panel(start: 0, step: hour, series: [values])
        let asked = try plan("linear", #", "calendar": {"day": 1, "zone": "Europe/Berlin", "holidays": "DE"}"#)
        let open = #expect(throws: ForecastError.self) { try ForecastModel(fitting: asked, to: panel) }
        #expect(open?.message.contains("looked up") == true && asked.calendar?.isLookedUp == false)
        let change = LocalClock.Change(at: 86_400_000 * 90, offset: 7_200_000)
        let known = try asked.lookedUp { _ in
            LocalClock(offset: 0, changes: [change])
        } holidays: { _ in
            holidays
        }
        #expect(known.calendar?.zone == "Europe/Berlin" && known.calendar?.country == "DE" && known.calendar?.isLookedUp == true)
        #expect(known.calendar?.terms.holidays == holidays && known.calendar?.terms.clock.changes == [change])
        #expect(try ForecastPlan(known.json) == known && ForecastPlan(asked.json) == asked)
        let model = try ForecastModel(fitting: known, to: panel)
        let plain = try ForecastModel(fitting: plan("linear", #", "calendar": {"day": 1}"#), to: panel)
        #expect(mase(model) < 0.5 * mase(plain), "\(model.scores) with holidays, \(plain.scores) without")
        #expect(try ForecastModel(JSON(parsing: model.json.data)).json == model.json)
    }
}
