import Foundation
import LaresForecast
import LaresTensor
import Testing

@Suite("Files of forecasters")
struct ForecasterFileTests {
    private static let panel = Result {
        try Waves.panel(
            [Waves(count: 400, noise: 0.5), Waves(count: 400, noise: 0.5, seed: 2)], known: [Waves(count: 424, seed: 3).values])
    }

    private static let kinds = ["linear", "stid", "ensemble", "day-ahead"]

    private func fitted(_ kind: String) throws -> (any FileForecaster, Panel) {
        let panel = try Self.panel.get()
        if kind == "day-ahead" {
            let load = try LoadSeries(days: 40).panel
            let fitted = try DayAheadForecaster().fitted(to: load)
            return (try #require(fitted as? any FileForecaster), load)
        }
        let linear = try LinearForecaster(.dlinear, horizon: 6, lookbacks: [12], isPooled: false).learnt(from: panel)
        if kind == "linear" { return (linear, panel) }
        var settings = NeuralSettings(lookback: 12, horizon: 8)
        (settings.width, settings.embedding, settings.epochs, settings.members) = (8, 2, 1, 2)
        settings.clock = LocalClock(offset: 3_600_000, changes: [.init(at: 500_000_000, offset: 7_200_000)])
        let neural = try #require(try NeuralForecaster(settings).fitted(to: panel) as? FittedNeural)
        return (kind == "stid" ? neural : try FittedEnsemble([linear, neural], weights: [1, 3]), panel)
    }

    @Test(arguments: kinds)
    func whatIsReadForecastsTheSame(_ kind: String) throws {
        let (forecaster, panel) = try fitted(kind)
        let read = try withFile { path in
            try forecaster.write(to: path)
            return try ForecasterFile.read(path)
        }
        let expected = try forecaster.forecast(panel, steps: 10), found = try read.forecast(panel, steps: 10)
        for (found, expected) in zip(found, expected) { #expect(meanSquare(found, expected) < 1e-12) }
        #expect(type(of: read).kind == kind)
    }

    @Test(arguments: kinds)
    func damagedFilesThrowOrForecast(_ kind: String) throws {
        let (forecaster, panel) = try fitted(kind)
        try withFile { path in
            try forecaster.write(to: path)
            let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
            var random = SeededRandom(seed: 11)
            for round in 0..<400 {
                var damaged = bytes
                // The header is where mistakes are; half of them go there.
                let reach = round % 2 == 0 ? min(bytes.count, 1_500) : bytes.count
                for _ in 0...(round % 3) { damaged[Int.random(in: 0..<reach, using: &random)] = UInt8.random(in: 0...255, using: &random) }
                if round % 7 == 0 { damaged.removeLast(Int.random(in: 1..<bytes.count, using: &random)) }
                try Data(damaged).write(to: URL(fileURLWithPath: path))
                do {
                    _ = try ForecasterFile.read(path).forecast(panel, steps: 3)
                } catch is ForecastError {}
            }
        }
    }

    @Test func textsAreDamagedToo() throws {
        let (forecaster, panel) = try fitted("ensemble")
        let swaps = [
            ("\\\"lookback\\\":12", "\\\"lookback\\\":11"), ("\\\"slots\\\":24", "\\\"slots\\\":25"),
            ("\\\"members\\\":2", "\\\"members\\\":3"),
            ("\\\"horizon\\\":8", "\\\"horizon\\\":9"), ("\\\"kind\\\":\\\"stid", "\\\"kind\\\":\\\"stif"),
            ("forecaster 1", "forecaster 2"),
            ("\\\"form\\\":\\\"dlinear", "\\\"form\\\":\\\"slinear"),
        ]
        try withFile { path in
            try forecaster.write(to: path)
            _ = try ForecasterFile.read(path).forecast(panel, steps: 3)
            let original = try Data(contentsOf: URL(fileURLWithPath: path))
            for (old, new) in swaps {
                var data = original
                let range = try #require(data.range(of: Data(old.utf8)), "\(old)")
                data.replaceSubrange(range, with: Data(new.utf8))
                try data.write(to: URL(fileURLWithPath: path))
                #expect(throws: ForecastError.self, "\(old)") { try ForecasterFile.read(path) }
            }
        }
    }

    @Test func whatIsNoFileOfAForecasterIsRefused() throws {
        #expect(throws: ForecastError.self) { try ForecasterFile.read("/nowhere") }
        try withFile("text") { path in #expect(throws: ForecastError.self) { try ForecasterFile.read(path) } }
    }

    @Test func ensemblesWeighTheirMembers() throws {
        let panel = try Self.panel.get()
        let short = try LinearForecaster(horizon: 6, lookbacks: [12]).learnt(from: panel)
        let long = try LinearForecaster(horizon: 8, lookbacks: [24]).learnt(from: panel)
        let mixed = try FittedEnsemble([short, long], weights: [1, 3])
        let (a, b) = (try short.forecasts(panel, from: [400]), try long.forecasts(panel, from: [400]))
        let found = try mixed.forecasts(panel, from: [400])
        #expect(mixed.lookback == 24 && mixed.horizon == 6)
        #expect(abs(found[7] - (a[7] + 3 * b[9]) / 4) < 1e-9)
        #expect(throws: ForecastError.self) { try FittedEnsemble([short], weights: [0]) }
        #expect(throws: ForecastError.self) { try FittedEnsemble([]) }
    }
}
