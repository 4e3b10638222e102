import Foundation
import LaresForecast
import LaresTensor
import Testing

@Suite("Networks that forecast")
struct NeuralForecasterTests {
    private var settings: NeuralSettings {
        var settings = NeuralSettings(lookback: 48, horizon: 24)
        (settings.width, settings.embedding, settings.depth, settings.epochs, settings.batch) = (32, 4, 1, 6, 64)
        return settings
    }

    @Test func itForecastsBetterThanTheDayBefore() throws {
        let whole = try Waves.panel((1...4).map { Waves(noise: 0.2, seed: $0, size: Double($0) * 10, level: 100) })
        let history = whole.prefix(whole.count - 24)
        let ahead = try NeuralForecaster(settings).fitted(to: history).forecast(history, steps: 24)
        for (ahead, values) in zip(ahead, whole.series) {
            #expect(meanSquare(ahead, values.suffix(24)) < 0.6 * meanSquare(values.dropLast(24).suffix(24), values.suffix(24)))
        }
    }

    @Test func aSeedGivesTheSameBits() throws {
        let panel = try Waves.panel([Waves(count: 500, noise: 1), Waves(count: 500, noise: 1, seed: 2)])
        var settings = settings
        (settings.epochs, settings.members) = (2, 2)
        let first = try NeuralForecaster(settings).fitted(to: panel).forecast(panel, steps: 24)
        #expect(try NeuralForecaster(settings).fitted(to: panel).forecast(panel, steps: 24) == first)
        settings.seed = 7
        #expect(try NeuralForecaster(settings).fitted(to: panel).forecast(panel, steps: 24) != first)
    }

    @Test func whatIsKnownBeforehandIsUsed() throws {
        var random = SeededRandom(seed: 4)
        let waves = Waves(), bump = (0..<waves.count).map { _ in Double(random.normal()) }
        let values = zip(waves.values, bump).map { $0 + 2 * abs($1) }
        let whole = try Panel(start: 0, step: 3_600_000, series: [values], known: [bump.map(abs)]), history = whole.prefix(whole.count - 24)
        var settings = settings
        (settings.epochs, settings.rate) = (25, 3e-3)
        let knowing = try NeuralForecaster(settings).fitted(to: history).forecast(history, steps: 24)[0]
        let blind = try Panel(start: 0, step: 3_600_000, series: history.series)
        let unknowing = try NeuralForecaster(settings).fitted(to: blind).forecast(blind, steps: 24)[0]
        #expect(meanSquare(knowing, values.suffix(24)) < 0.5 * meanSquare(unknowing, values.suffix(24)))
    }

    @Test(arguments: WindowCentre.allCases)
    func gapsAreLeftOut(_ centre: WindowCentre) throws {
        var values = Waves(level: 50).values
        let truth = Array(values.suffix(24))
        for gap in stride(from: 100, to: 1500, by: 97) { values[gap] = .nan }
        for time in 1000..<1100 { values[time] = .nan }
        let history = try Panel(start: 0, step: 3_600_000, series: [values]).prefix(values.count - 24)
        var settings = settings
        (settings.centre, settings.season) = (centre, 24)
        let ahead = try NeuralForecaster(settings).fitted(to: history).forecast(history, steps: 24)[0]
        #expect(meanSquare(ahead, truth) < 1)
    }

    @Test func badSettingsAndShortHistoriesAreRefused() throws {
        var bad = settings
        bad.dropout = 1
        #expect(throws: ForecastError.self) { try NeuralForecaster(bad) }
        bad = settings
        bad.members = 0
        #expect(throws: ForecastError.self) { try NeuralForecaster(bad) }
        let model = try NeuralForecaster(settings), panel = try Waves.panel([Waves(count: 60)])
        #expect(throws: ForecastError.self) { try model.fitted(to: panel) }
    }
}
