import Foundation
import LaresForecast
import Testing

@Suite("Loads of the next day")
struct DayAheadTests {
    /// Mean absolute percentage error of the last days, and that of repeating the week before.
    private func errors(_ panel: Panel, days: Int, _ clock: LocalClock = .utc) throws -> (forecast: Double, naive: Double) {
        let count = panel.count, fitted = try DayAheadForecaster(clock: clock).fitted(to: panel.prefix(count - days * 24))
        var (forecast, naive) = (0.0, 0.0)
        for origin in stride(from: count - days * 24, to: count, by: 24) {
            let ahead = try fitted.forecast(panel.prefix(origin), steps: 24)[0]
            for step in 0..<24 {
                let value = panel.series[0][origin + step]
                forecast += abs(ahead[step] / value - 1)
                naive += abs(panel.series[0][origin + step - 168] / value - 1)
            }
        }
        return (forecast / Double(days * 24), naive / Double(days * 24))
    }

    @Test func weatherWeekdaysAndHolidaysAreLearnt() throws {
        let (forecast, naive) = try errors(LoadSeries(days: 200).panel, days: 30)
        #expect(forecast < 0.025)
        #expect(forecast < 0.6 * naive)
    }

    @Test func nothingAheadIsLookedAt() throws {
        let panel = try LoadSeries(days: 80).panel, origin = 70 * 24
        var (load, known) = (panel.series, panel.known)
        for time in origin..<panel.count { load[0][time] *= 3 }
        // The temperature of the days behind the one that is forecast.
        for time in (origin + 24)..<known[0].count { known[0][time] += 20 }
        let changed = try Panel(start: panel.start, step: panel.step, series: load, known: known)
        let model = try DayAheadForecaster()
        let first = try model.fitted(to: panel.prefix(origin)).forecast(panel.prefix(origin), steps: 24)
        let second = try model.fitted(to: changed.prefix(origin)).forecast(changed.prefix(origin), steps: 24)
        #expect(first == second)
    }

    @Test func daysOfTwentyThreeAndTwentyFiveHoursAreDays() throws {
        let hour: Int64 = 3_600_000, day = 24 * hour
        let clock = LocalClock(
            offset: 0, changes: [.init(at: 60 * day + 2 * hour, offset: hour), .init(at: 90 * day + 2 * hour, offset: 0)])
        let panel = try LoadSeries(days: 120, clock: clock).panel
        let model = try DayAheadForecaster(clock: clock)
        let fitted = try model.fitted(to: panel.prefix(90 * 24 - 1))
        let ahead = try fitted.forecast(panel.prefix(90 * 24 - 1), steps: 25)[0]
        let values = panel.series[0][(90 * 24 - 1)..<(91 * 24)]
        #expect(zip(ahead, values).allSatisfy { abs($0 / $1 - 1) < 0.2 })
        #expect(throws: ForecastError.self) { try fitted.forecast(panel.prefix(90 * 24 - 1), steps: 26) }
        #expect(throws: ForecastError.self) { try fitted.forecast(panel.prefix(90 * 24), steps: 24) }
    }

    @Test func gapsAndLoadsBelowZeroAreBorne() throws {
        let whole = try LoadSeries(days: 80).panel
        var load = whole.series[0].map { $0 - 900 }
        for time in [500, 501, 900, 1200] { load[time] = .nan }
        for time in 1000..<1030 { load[time] = .nan }
        let panel = try Panel(start: 0, step: whole.step, series: [load], known: whole.known)
        let ahead = try DayAheadForecaster().fitted(to: panel.prefix(79 * 24)).forecast(panel.prefix(79 * 24), steps: 24)[0]
        #expect(zip(ahead, load[(79 * 24)...]).allSatisfy { abs($0 - $1) < 250 })
    }

    @Test func whatIsMissingIsSaid() throws {
        let panel = try LoadSeries(days: 40).panel, model = try DayAheadForecaster()
        #expect(throws: ForecastError.self) { try model.fitted(to: panel.prefix(20 * 24)) }
        #expect(throws: ForecastError.self) { try model.fitted(to: Panel(start: 0, step: 3_600_000, series: panel.series)) }
        let fitted = try model.fitted(to: panel)
        #expect(throws: ForecastError.self) { try fitted.forecast(panel, steps: 25) }
        #expect(throws: ForecastError.self) { try fitted.forecast(panel.prefix(10 * 24), steps: 24) }
        let odd = try Panel(start: 0, step: 7_000_000, series: panel.series, known: panel.known)
        #expect(throws: ForecastError.self) { try model.fitted(to: odd) }
        var setting = DayAheadSetting()
        setting.noise = 0
        #expect(throws: ForecastError.self) { try DayAheadForecaster(setting: setting) }
    }
}
