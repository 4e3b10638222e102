import LaresForecast
import Testing

@Suite struct BacktestTests {
    /// Says how many values it has seen.
    private struct Counting: Forecaster, FittedForecaster {
        let name = "counting"
        var learnt = 0
        func fitted(to history: Panel) throws -> any FittedForecaster { Counting(learnt: history.count) }
        func forecast(_ history: Panel, steps: Int) throws -> [[Double]] {
            history.series.map { _ in (0..<steps).map { Double(history.count * 1000 + learnt * 10 + $0) } }
        }
    }

    @Test func originsRollAndAGapIsLeftOut() throws {
        let history = try panel((0..<40).map(Double.init))
        let result = try Backtest(horizon: 3, gap: 2, stride: 5, windows: 3).run(Counting(), on: history)
        #expect(result.origins == [25, 30, 35])
        #expect(result.actual[0] == [[27, 28, 29], [32, 33, 34], [37, 38, 39]])
        #expect(result.forecasts[0] == [[25_252, 25_253, 25_254], [30_252, 30_253, 30_254], [35_252, 35_253, 35_254]])
        let anew = try Backtest(horizon: 3, gap: 2, stride: 5, windows: 3, relearns: 2).run(Counting(), on: history)
        #expect(anew.forecasts[0].map { $0[0] } == [25_252, 30_252, 35_352])
    }

    @Test func aForecasterNeverSeesWhatItIsHeldTo() throws {
        struct Peeking: Forecaster, FittedForecaster {
            let name = "peeking"
            func fitted(to history: Panel) throws -> any FittedForecaster { self }
            func forecast(_ history: Panel, steps: Int) throws -> [[Double]] {
                #expect(history.series[0].last == Double(history.count - 1))
                return [[Double](repeating: 0, count: steps)]
            }
        }
        let result = try Backtest(horizon: 4, stride: 1, windows: 10).run(Peeking(), on: panel((0..<30).map(Double.init)))
        for (origin, actual) in zip(result.origins, result.actual[0]) { #expect(actual[0] == Double(origin)) }
        #expect(result.origins.last == 26)
    }

    @Test func errorsAreTheTextbooks() throws {
        var errors = ForecastErrors()
        errors.take(10, forecast: 8, scale: 4)
        errors.take(20, forecast: 24, scale: 4)
        errors.take(.nan, forecast: 1, scale: 4)
        errors.take(0, forecast: 0)
        #expect(errors.count == 3)
        #expect(errors.mae == 2)
        #expect(errors.mase == 0.75)
        #expect(abs(errors.rmse - 2.581988897) < 1e-8)
        #expect(abs(errors.mape - 20) < 1e-12)
        #expect(abs(errors.smape - 100 * (4.0 / 18 + 8.0 / 44) / 3) < 1e-9)
        #expect(abs(errors.bias + 2.0 / 3) < 1e-12)
        #expect(ForecastErrors().mae.isNaN)
    }

    @Test func intervalErrorsAreTheTextbooks() {
        var errors = IntervalErrors(level: 0.8)
        errors.take(5, lower: 4, upper: 8)
        errors.take(9, lower: 4, upper: 8)
        errors.take(.nan, lower: 4, upper: 8)
        #expect(errors.coverage == 0.5)
        #expect(errors.width == 4)
        // Tails of a tenth: (0.1·1 + 0.1·3)/2 and (0.1·5 + 0.9·1)/2.
        #expect(abs(errors.pinball - (0.2 + 0.7) / 2) < 1e-12)
    }

    @Test func stepsHaveErrorsOfTheirOwn() throws {
        let result = try Backtest(horizon: 3, stride: 1, windows: 5).run(Naive(), on: panel((0..<20).map(Double.init)))
        #expect(result.steps.map(\.mae) == [1, 2, 3])
        #expect(result.steps.map(\.mase) == [1, 2, 3])
        #expect(result.overall.bias == 2)
        #expect(result.errors(of: 0) == result.overall)
    }

    @Test func whatIsMissingOrConstantMakesNoError() throws {
        let result = try Backtest(horizon: 2, stride: 2, windows: 3).run(Naive(), on: panel([5, 5, 5, 5, 5, 5, .nan, 5, .nan, .nan]))
        #expect(result.overall.mae == 0)
        #expect(result.overall.mase.isNaN)
        #expect(result.overall.count == 3)
    }

    @Test func settingsAndHistoriesOutOfRangeAreRefused() throws {
        #expect(throws: ForecastError.self) { try Backtest(horizon: 0) }
        #expect(throws: ForecastError.self) { try Backtest(horizon: 1, gap: -1) }
        #expect(throws: ForecastError.self) { try Backtest(horizon: 1, stride: 0) }
        #expect(throws: ForecastError.self) { try Backtest(horizon: 1, windows: 100_000) }
        #expect(throws: ForecastError.self) { try Backtest(horizon: 1, relearns: 0) }
        #expect(throws: ForecastError.self) { try Backtest(horizon: 5).run(Naive(), on: panel([1, 2, 3, 4, 5])) }
        #expect(throws: ForecastError.self) { try Backtest(horizon: 5).run(Naive(), on: panel([])) }
        #expect(throws: ForecastError.self) { try Backtest(horizon: 100_000).run(Naive(), on: panel([1])) }
    }
}
