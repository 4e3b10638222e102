import Foundation
import LaresForecast
import LaresTensor
import Testing

@Suite struct SmoothingTests {
    private func hour24() throws -> AutoSmoothing { try AutoSmoothing(seasons: [24]) }

    @Test func aDayIsFound() throws {
        var made = MadeSeries(seed: 1)
        let values = (0..<(24 * 30)).map { 50 + 10 * sin(2 * .pi * Double($0) / 24) + made.noise(0.5) }
        let history = try panel(values), forecast = try hour24().fitted(to: history).forecast(history, steps: 48)[0]
        for (step, value) in forecast.enumerated() { #expect(abs(value - 50 - 10 * sin(2 * .pi * Double(step) / 24)) < 1.5) }
    }

    @Test func aWeekIsFoundBesideTheDay() throws {
        var made = MadeSeries(seed: 2)
        let values = made.load(hours: 168 * 12 + 48), history = try panel(Array(values.dropLast(48)))
        let both = try AutoSmoothing(seasons: [24, 168]).fitted(to: history), one = try hour24().fitted(to: history)
        func error(_ model: any FittedForecaster) throws -> Double {
            zip(try model.forecast(history, steps: 48)[0], values.suffix(48)).reduce(0) { $0 + abs($1.0 - $1.1) } / 48
        }
        // The history ends with a weekend, which one season takes for the level.
        #expect(try error(both) < 3.5)
        #expect(try error(both) < error(one))
        #expect((both as? FittedSmoothing)?.names[0].contains("[24,168]") == true)
    }

    @Test func missingValuesAreSteppedOver() throws {
        var made = MadeSeries(seed: 3)
        var values = (0..<(24 * 30)).map { 50 + 10 * sin(2 * .pi * Double($0) / 24) + made.noise(0.5) }
        for place in [0, 1, 5, 100] + Array(200..<251) + Array(700..<720) { values[place] = .nan }
        let history = try panel(values), forecast = try hour24().fitted(to: history).forecast(history, steps: 24)[0]
        for (step, value) in forecast.enumerated() { #expect(abs(value - 50 - 10 * sin(2 * .pi * Double(step) / 24)) < 1.5) }
    }

    @Test(arguments: [[Double](repeating: 7, count: 200), [Double](repeating: 0, count: 200), [Double](repeating: -3, count: 60)])
    func aConstantSeriesStaysAsItIs(_ values: [Double]) throws {
        let history = try panel(values), forecast = try hour24().fitted(to: history).forecast(history, steps: 30)[0]
        for value in forecast { #expect(abs(value - values[0]) < 1e-6) }
    }

    @Test(arguments: [
        [3.0], [3, 4], [3, .nan, 5], [.nan, .nan, 4], [1, 2, 3, 4, 5, 6, 7], [1e308, -1e308, 1e308, 1e-300], [-5, -1, -7, -3],
    ])
    func whatIsTooShortForAChoiceIsForecastAllTheSame(_ values: [Double]) throws {
        let history = try panel(values), forecast = try hour24().fitted(to: history).forecast(history, steps: 5)[0]
        #expect(forecast.count == 5)
        #expect(!forecast.contains { !$0.isFinite })
    }

    @Test(arguments: [[Double](), [.nan], [Double](repeating: .nan, count: 100)])
    func nothingKnownIsRefused(_ values: [Double]) throws {
        let history = try panel(values)
        #expect(throws: ForecastError.self) { try hour24().fitted(to: history) }
        #expect(throws: ForecastError.self) { try Naive().fitted(to: history) }
        #expect(throws: ForecastError.self) { try SeasonalNaive(season: 3).fitted(to: history) }
        #expect(throws: ForecastError.self) { try Drift().fitted(to: history) }
    }

    @Test func aFormThatCantFollowASeriesSaysWhy() throws {
        let long = try panel([Double](repeating: 1, count: 40) + [0]), short = try panel([1, 2, 3, 4, 5])
        let factors = try Smoothing(SmoothingForm(.multiplicative, .none, .multiplicative), season: 12)
        #expect { try factors.fitted(to: long) } throws: { "\($0)".contains("above zero") }
        #expect { try factors.fitted(to: short) } throws: { "\($0)".contains("seen twice") }
    }

    @Test func trendsGoOnOrAreDamped() throws {
        let history = try panel((0..<60).map { 3 * Double($0) })
        func last(_ trend: SmoothingForm.Trend) throws -> Double {
            try Smoothing(SmoothingForm(.additive, trend, .none)).fitted(to: history).forecast(history, steps: 40)[0][39]
        }
        #expect(abs(try last(.additive) - 3 * 99) < 0.5)
        #expect(try last(.damped) < 3 * 98)
        #expect(abs(try last(.none) - 177) < 3)
    }

    @Test func aHistoryMayBeTheOneThatWasLearntWhatFollowsOrAnother() throws {
        var made = MadeSeries(seed: 4)
        let values = made.load(hours: 168 * 8), cut = 168 * 6 + 5
        let model = try AutoSmoothing(seasons: [24, 168]).fitted(to: panel(Array(values[..<cut])))
        let whole = try model.forecast(panel(values), steps: 24)[0]
        let rest = try model.forecast(Panel(start: Int64(cut) * hour, step: hour, series: [Array(values[cut...])]), steps: 24)[0]
        for (one, other) in zip(whole, rest) { #expect(abs(one - other) < 1e-9) }
        // Another window has to find its level itself, and has the phase from its clock.
        let late = try model.forecast(Panel(start: Int64(cut + 51) * hour, step: hour, series: [Array(values[(cut + 51)...])]), steps: 24)[
            0]
        for (one, other) in zip(whole, late) { #expect(abs(one - other) < 3) }
        let next = try model.forecast(Panel(start: Int64(cut) * hour, step: hour, series: [[]]), steps: 24)[0]
        for (one, other) in zip(try model.forecast(panel(Array(values[..<cut])), steps: 24)[0], next) { #expect(abs(one - other) < 1e-9) }
    }

    @Test func aHistoryOfAnotherClockIsRefused() throws {
        let model = try AutoSmoothing().fitted(to: panel([1, 2, 3, 2, 1, 2, 3]))
        #expect(throws: ForecastError.self) { try model.forecast(Panel(start: 0, step: 1000, series: [[1]]), steps: 1) }
        #expect(throws: ForecastError.self) { try model.forecast(Panel(start: 5, step: hour, series: [[1]]), steps: 1) }
        #expect(throws: ForecastError.self) { try model.forecast(panel([1], [2]), steps: 1) }
        #expect(throws: ForecastError.self) { try model.forecast(panel([1]), steps: 0) }
        #expect(throws: ForecastError.self) { try model.forecast(panel([1]), steps: 1_000_000) }
        #expect(throws: ForecastError.self) { try model.forecast(Panel(start: Int64.min, step: hour, series: [[1]]), steps: 1) }
    }

    @Test(arguments: [[1], [0], [24, 100], [168, 24], [24, 24], [2, 4, 8], [30_000]])
    func seasonsThatDontGoTogetherAreRefused(_ seasons: [Int]) {
        #expect(throws: ForecastError.self) { try AutoSmoothing(seasons: seasons) }
    }

    @Test func formsAreCalledAsInTheBook() {
        #expect(SmoothingForm.all.count == 15)
        for form in SmoothingForm.all { #expect(SmoothingForm(form.description) == form) }
        #expect(SmoothingForm("ETS(A,B,C)") == nil && SmoothingForm("A,N") == nil && SmoothingForm("") == nil)
    }

    /// Series of any length, size, sign and damage, from a seed: a forecast that is a number, or one of our errors, and never a trap.
    @Test(arguments: 0..<200 as Range<UInt64>) func anySeriesIsForecastOrRefused(_ seed: UInt64) throws {
        var random = SeededRandom(seed: 7_000 + seed), made = MadeSeries(seed: seed)
        let count = Int.random(in: 0...90, using: &random)
        let sizes: [Double] = [1e-300, 1e-9, 1, 1e9, 1e300], size = sizes[Int.random(in: 0..<5, using: &random)]
        let missing = Double.random(in: 0...1, using: &random), offset = Double.random(in: -3...6, using: &random)
        let values = (0..<count).map { place -> Double in
            guard Double.random(in: 0...1, using: &random) > missing * missing else { return .nan }
            let usual = offset + sin(Double(place) * .pi / 2) * offset / 2 + made.noise(0.5)
            return Int.random(in: 0..<20, using: &random) == 0 ? 0 : size * usual
        }
        let history = try panel(values)
        for seasons in [[], [4], [4, 8], [90]] {
            guard let model = try? AutoSmoothing(seasons: seasons).fitted(to: history) else {
                #expect(values.allSatisfy { $0.isNaN })
                continue
            }
            let forecast = try model.forecast(history, steps: 20)[0]
            #expect(!forecast.contains { !$0.isFinite }, "seed \(seed), seasons \(seasons)")
            let next = try Panel(start: Int64(count + 3) * hour, step: hour, series: [[1e307, .nan, -2, 0]])
            #expect(try !model.forecast(next, steps: 20)[0].contains { !$0.isFinite })
        }
        for form in SmoothingForm.all {
            _ = try? Smoothing(form, season: 4).fitted(to: history).forecast(history, steps: 20)
        }
    }

    @Test func manySeriesAreThoseByThemselves() throws {
        var made = MadeSeries(seed: 5)
        let series = (0..<9).map { _ in made.load(hours: 24 * 15) }
        let together = try hour24().fitted(to: Panel(start: 0, step: hour, series: series)) as? FittedSmoothing
        for (place, values) in series.enumerated() {
            #expect(try (hour24().fitted(to: panel(values)) as? FittedSmoothing)?.series == together.map { [$0.series[place]] })
        }
    }
}

@Suite struct NaiveTests {
    private let values: [Double] = [1, 2, 3, 4, .nan, 6, 7, .nan]

    @Test func naiveForecastsRepeatWhatIsKnown() throws {
        let history = try panel(values)
        #expect(try Naive().fitted(to: history).forecast(history, steps: 2)[0] == [7, 7])
        #expect(try SeasonalNaive(season: 4).fitted(to: history).forecast(history, steps: 6)[0] == [1, 6, 7, 4, 1, 6])
        #expect(try Drift().fitted(to: history).forecast(history, steps: 2)[0] == [9, 10])
        #expect(try SeasonalNaive(season: 20).fitted(to: history).forecast(history, steps: 2)[0] == [7, 7])
    }

    @Test(arguments: [1, 2, 5, 8])
    func whatIsLearntGoesOnWithWhatFollows(_ cut: Int) throws {
        let whole = try panel(values), rest = try Panel(start: Int64(cut) * hour, step: hour, series: [Array(values[cut...])])
        for forecaster in [Naive(), try SeasonalNaive(season: 3)] as [any Forecaster] {
            let model = try forecaster.fitted(to: whole.prefix(cut))
            #expect(try model.forecast(rest, steps: 7) == model.forecast(whole, steps: 7), "\(forecaster.name)")
        }
        let line = try Drift().fitted(to: panel([0, 2])), later = try Panel(start: 2 * hour, step: hour, series: [[.nan, .nan]])
        #expect(try line.forecast(later, steps: 2)[0] == [8, 10])
    }
}
