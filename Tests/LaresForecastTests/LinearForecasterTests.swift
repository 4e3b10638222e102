import Foundation
import LaresForecast
import LaresTensor
import Testing

@Suite("Linear forecasters")
struct LinearForecasterTests {
    @Test(arguments: LinearForm.allCases)
    func whatIsLinearIsForecastExactly(_ form: LinearForm) throws {
        let waves = Waves(level: 1_000), whole = try Waves.panel([waves, Waves(seed: 2, size: 50)])
        let history = whole.prefix(whole.count - 48)
        let model = try LinearForecaster(form, horizon: 24, lookbacks: [96], ridges: [1e-9])
        // 48 steps of a map for 24: the second day goes on from the first.
        let ahead = try model.fitted(to: history).forecast(history, steps: 48)
        #expect(meanSquare(ahead[0], whole.series[0].suffix(48)) < 1e-4)
        #expect(meanSquare(ahead[1], whole.series[1].suffix(48)) < 1e-1)
    }

    @Test(arguments: LinearForm.allCases)
    func theClosedFormIsTheRidgeOverAllWindows(_ form: LinearForm) throws {
        let panel = try Waves.panel([Waves(count: 400, noise: 1), Waves(count: 400, noise: 1, seed: 3)])
        let model = try LinearForecaster(form, horizon: 4, lookbacks: [30], ridges: [0.05])
        let fitted = try model.learnt(from: panel, choosingOn: 300..<400, thenFrom: 300)
        let expected = Brute(panel, form, lookback: 30, horizon: 4, ridge: 0.05, end: 300)
        let found = try fitted.forecasts(panel, from: [300, 350, 396])
        for (row, origin) in [300, 350, 396].enumerated() {
            for series in 0..<2 {
                let ahead = found[((row * 2 + series) * 4)..<((row * 2 + series) * 4 + 4)]
                #expect(meanSquare(ahead, expected.forecast(series, origin)) < 1e-8)
            }
        }
        // The error that was computed from sums is that of the forecasts.
        let origins = Array(300...396), all = try fitted.forecasts(panel, from: origins)
        let errors = origins.enumerated().flatMap { row, origin in
            (0..<2).map { series in
                meanSquare(all[((row * 2 + series) * 4)..<((row * 2 + series) * 4 + 4)], panel.series[series][origin..<(origin + 4)])
                    / expected.deviations[series] / expected.deviations[series]
            }
        }
        let chosenBy = try #require(fitted.errors[0])
        #expect(abs(chosenBy - errors.reduce(0, +) / Double(errors.count)) < 1e-5)
    }

    @Test func theSettingWithTheLeastErrorIsChosen() throws {
        let panel = try Waves.panel([Waves(noise: 0.5)])
        let model = try LinearForecaster(horizon: 24, lookbacks: [2, 168], ridges: [0.01, 1e6])
        let fitted = try model.learnt(from: panel)
        #expect(fitted.lookback == 168)
        #expect(fitted.ridges == [0.01])
    }

    @Test func gapsAreNoReasonToForecastWorse() throws {
        var values = Waves(count: 24 * 7 * 20).values
        let truth = Array(values.suffix(24))
        for gap in [300, 700, 701, 702, 1500, 2500] { values[gap] = .nan }
        for time in 1000..<1200 { values[time] = .nan }
        let history = try Panel(start: 0, step: 3_600_000, series: [values]).prefix(values.count - 24)
        let model = try LinearForecaster(horizon: 24, lookbacks: [48], ridges: [1e-6], season: 24)
        let ahead = try model.fitted(to: history).forecast(history, steps: 24)[0]
        #expect(meanSquare(ahead, truth) < 0.05)
        #expect(ahead.allSatisfy { $0.isFinite })
    }

    @Test func whatIsKnownBeforehandIsUsed() throws {
        var random = SeededRandom(seed: 4)
        let waves = Waves(), temperature = (0..<waves.count).map { _ in Double(random.normal()) }
        let values = zip(waves.values, temperature).map { $0 + 3 * $1 }
        let whole = try Panel(start: 0, step: 3_600_000, series: [values], known: [temperature])
        let history = whole.prefix(whole.count - 24), model = try LinearForecaster(horizon: 24, lookbacks: [48])
        let knowing = try model.fitted(to: history).forecast(history, steps: 24)[0]
        let blind = try Panel(start: 0, step: 3_600_000, series: history.series)
        let unknowing = try model.fitted(to: blind).forecast(blind, steps: 24)[0]
        #expect(meanSquare(knowing, values.suffix(24)) < 0.1 * meanSquare(unknowing, values.suffix(24)))
        #expect(throws: ForecastError.self) { try model.fitted(to: history).forecast(history, steps: 25) }
    }

    @Test func seriesMayHaveMapsOfTheirOwn() throws {
        let square = (0..<2_000).map { Double($0 % 10 < 5 ? 1 : 0) }, saw = (0..<2_000).map { Double($0 % 7) }
        let panel = try Panel(start: 0, step: 1_000, series: [square, saw])
        let model = try LinearForecaster(horizon: 5, lookbacks: [20], ridges: [1e-6], isPooled: false)
        let history = panel.prefix(1_990), ahead = try model.fitted(to: history).forecast(history, steps: 10)
        #expect(meanSquare(ahead[0], square.suffix(10)) < 1e-3)
        #expect(meanSquare(ahead[1], saw.suffix(10)) < 1e-3)
    }

    @Test func constantAndHugeSeriesDoNoHarm() throws {
        let panel = try Panel(
            start: 0, step: 1_000, series: [[Double](repeating: 7, count: 200), (0..<200).map { $0 % 2 == 0 ? 1e300 : -1e300 }])
        let model = try LinearForecaster(horizon: 5, lookbacks: [20])
        let ahead = try model.fitted(to: panel).forecast(panel, steps: 5)
        #expect(ahead[0].allSatisfy { abs($0 - 7) < 1e-6 })
    }

    @Test(
        arguments: [
            { try LinearForecaster(horizon: 0, lookbacks: [4]) }, { try LinearForecaster(horizon: 4, lookbacks: []) },
            { try LinearForecaster(horizon: 4, lookbacks: [0]) }, { try LinearForecaster(horizon: 4, lookbacks: [4], ridges: [-1]) },
            { try LinearForecaster(horizon: 4, lookbacks: [4], ridges: [.nan]) },
            { try LinearForecaster(horizon: 4, lookbacks: [4], validation: 2) },
        ] as [@Sendable () throws -> LinearForecaster])
    func settingsOutOfRangeAreRefused(_ make: @Sendable () throws -> LinearForecaster) {
        #expect(throws: ForecastError.self) { try make() }
    }

    @Test func shortHistoriesAndOtherSeriesAreRefused() throws {
        let model = try LinearForecaster(horizon: 24, lookbacks: [48]), panel = try Waves.panel([Waves()])
        #expect(throws: ForecastError.self) { try model.fitted(to: panel.prefix(71)) }
        let fitted = try model.fitted(to: panel)
        #expect(throws: ForecastError.self) { try fitted.forecast(panel.prefix(47), steps: 1) }
        #expect(throws: ForecastError.self) { try fitted.forecast(panel, steps: 0) }
        #expect(throws: ForecastError.self) { try fitted.forecast(try Waves.panel([Waves(), Waves()]), steps: 1) }
    }
}

/// Ridge regression by going through all windows, with two maps for DLinear.
private struct Brute {
    let deviations: [Double]
    private let means: [Double]
    private let series: [[Double]]
    private let form: LinearForm
    private let lookback: Int, horizon: Int
    private var weights: [[Double]] = []

    init(_ panel: Panel, _ form: LinearForm, lookback: Int, horizon: Int, ridge: Double, end: Int) {
        (self.form, self.lookback, self.horizon) = (form, lookback, horizon)
        means = panel.series.map { $0.prefix(end).reduce(0, +) / Double(end) }
        deviations = zip(panel.series, means).map { values, mean in
            (values.prefix(end).reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(end)).squareRoot()
        }
        series = panel.series.indices.map { [means, deviations] place in panel.series[place].map { ($0 - means[place]) / deviations[place] }
        }
        let origins = series.indices.flatMap { place in (lookback...(end - horizon)).map { (place, $0) } }
        let rows = origins.map { features($0, $1).inputs + [1] }, count = Double(rows.count)
        for step in 0..<horizon {
            let targets = origins.map { series[$0][$1 + step] - features($0, $1).centre }
            weights.append(Brute.solve(rows, targets, ridge * count))
        }
    }

    private func features(_ place: Int, _ origin: Int) -> (inputs: [Double], centre: Double) {
        let window = Array(series[place][(origin - lookback)..<origin])
        guard form == .dlinear else { return (window.map { $0 - window[lookback - 1] }, window[lookback - 1]) }
        let trend = window.indices.map { i in
            ((i - 12)...(i + 12)).reduce(0) { $0 + window[min(max($1, 0), lookback - 1)] } / 25
        }
        return (zip(window, trend).map { $0 - $1 } + trend, 0)
    }

    func forecast(_ place: Int, _ origin: Int) -> [Double] {
        let (inputs, centre) = features(place, origin)
        return weights.map { weights in
            (zip(weights, inputs + [1]).reduce(0) { $0 + $1.0 * $1.1 } + centre) * deviations[place] + means[place]
        }
    }

    /// The last column is the constant, which isn't penalised.
    private static func solve(_ rows: [[Double]], _ targets: [Double], _ ridge: Double) -> [Double] {
        let n = rows[0].count
        var system = [[Double]](repeating: [Double](repeating: 0, count: n + 1), count: n)
        for (row, target) in zip(rows, targets) {
            for i in 0..<n {
                for j in 0..<n { system[i][j] += row[i] * row[j] }
                system[i][n] += row[i] * target
            }
        }
        for i in 0..<(n - 1) { system[i][i] += ridge }
        for i in 0..<n {
            for j in 0..<n where j != i {
                let factor = system[j][i] / system[i][i]
                for k in i...n { system[j][k] -= factor * system[i][k] }
            }
        }
        return (0..<n).map { system[$0][n] / system[$0][$0] }
    }
}
