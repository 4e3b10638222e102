import LaresForecast
import LaresTensor
import Synchronization
import Testing

/// A clock that only goes on when it is looked at.
private final class TickingClock: Clock {
    struct Instant: InstantProtocol {
        var seconds: Int
        func advanced(by duration: Duration) -> Instant { Instant(seconds: seconds + Int(duration.components.seconds)) }
        func duration(to other: Instant) -> Duration { .seconds(other.seconds - seconds) }
        static func < (left: Instant, right: Instant) -> Bool { left.seconds < right.seconds }
    }

    private let time = Mutex(0)
    var now: Instant {
        time.withLock {
            $0 += 1
            return Instant(seconds: $0)
        }
    }
    var minimumResolution: Duration { .seconds(1) }
    func sleep(until deadline: Instant, tolerance: Duration?) async throws {}
}

@Suite struct SelectionTests {
    private func weekly() throws -> Panel {
        var made = MadeSeries(seed: 21)
        return try panel(made.load(hours: 168 * 8))
    }

    @Test func theOneWithTheLeastErrorIsChosen() throws {
        let candidates: [any Forecaster] = [Naive(), try SeasonalNaive(season: 24), try SeasonalNaive(season: 168)]
        let outcome = try ForecasterChoice(candidates, by: Backtest(horizon: 24, windows: 14, season: 24)).made(for: weekly())
        #expect((outcome.best as? SeasonalNaive)?.season == 168)
        #expect(outcome.trials.count == 3)
        #expect((outcome.trials.last?.forecaster as? Naive) != nil)
        #expect(outcome.result.overall.mase == outcome.trials[0].error)
    }

    @Test func afterItsTimeNoOtherIsBegun() throws {
        let candidates: [any Forecaster] = [Naive(), Drift(), try SeasonalNaive(season: 24), try SeasonalNaive(season: 168)]
        let choice = try ForecasterChoice(candidates, by: Backtest(horizon: 24, windows: 4), within: .seconds(2))
        let outcome = try choice.made(for: weekly(), clock: TickingClock())
        #expect(outcome.trials.filter { $0.result != nil }.map(\.forecaster.name).sorted() == ["drift", "naive"])
        #expect(outcome.trials.last?.reason?.contains("not tried") == true)
    }

    @Test func oneThatFailsIsNamedAndAllThatFailAreAnError() throws {
        let factors = try Smoothing(SmoothingForm(.multiplicative, .none, .none)), backtest = try Backtest(horizon: 2, windows: 3)
        let history = try panel((0..<30).map { Double($0 % 3) - 1 })
        let outcome = try ForecasterChoice([factors, Naive()], by: backtest).made(for: history)
        #expect(outcome.best.name == "naive")
        #expect(outcome.trials[1].reason?.contains("above zero") == true)
        #expect(throws: ForecastError.self) { try ForecasterChoice([factors], by: backtest).made(for: history) }
        #expect(throws: ForecastError.self) { try ForecasterChoice([], by: backtest) }
        let missing = try panel([1, 2, 3, 4, 5, 6, .nan, .nan, .nan, .nan, .nan, .nan])
        #expect(throws: ForecastError.self) { try ForecasterChoice([Naive()], by: backtest).made(for: missing) }
    }

    @Test func errorsAsUsualAreNoDrift() throws {
        var made = MadeSeries(seed: 22), drift = try ErrorDrift(usual: 0.798)  // the mean size of a standard normal number
        for _ in 0..<50_000 { drift.take(error: made.noise(1)) }
        drift.take(error: 1e9)
        drift.take(error: .nan)
        #expect(!drift.hasDrifted)
    }

    @Test func errorsTwiceAsLargeAreFoundWithinDays() throws {
        var made = MadeSeries(seed: 23), drift = try ErrorDrift(usual: 0.798)
        for _ in 0..<1_000 { drift.take(error: made.noise(1)) }
        let found = (1...500).first { _ in drift.take(error: made.noise(2)) }
        #expect(found.map { (10...120).contains($0) } == true, "\(found ?? 0)")
        #expect(drift.hasDrifted)
    }

    @Test func settingsOfDriftOutOfRangeAreRefused() {
        #expect(throws: ForecastError.self) { try ErrorDrift(usual: 0) }
        #expect(throws: ForecastError.self) { try ErrorDrift(usual: .nan) }
        #expect(throws: ForecastError.self) { try ErrorDrift(usual: 1, tolerance: -1) }
        #expect(throws: ForecastError.self) { try ErrorDrift(usual: 1, threshold: 0) }
    }
}
