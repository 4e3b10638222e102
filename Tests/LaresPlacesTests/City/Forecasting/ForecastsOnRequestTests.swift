import Foundation
import LaresForecast
import LaresPlaces
import LaresThings
import Testing

private let hour: Int64 = 3_600_000
/// A whole hour.
private let now = Date(timeIntervalSince1970: 1_795_910_400)

/// Forecasts of stored series, by the clock of the store.
struct ForecastsOnRequestTests {
    /// A store with hourly values that end before now; nil leaves an hour out.
    private func store(_ hours: Int, _ kind: SeriesKind = .measurement, _ value: (Int) -> Double?) async throws -> (MemoryTelemetry, Series)
    {
        let store = MemoryTelemetry()
        let id = try await store.declare([SeriesDeclaration(SeriesKey(thing: "city", property: "demand"), kind)])[0]
        let end = Int64(now.timeIntervalSince1970 * 1_000)
        for start in stride(from: 0, to: hours, by: 1_000) {
            try await store.append(
                (start..<min(hours, start + 1_000)).compactMap { place in
                    value(place).map { Reading(id, at: Timestamp(milliseconds: end - Int64(hours - place) * hour), .number($0)) }
                })
        }
        return (store, try #require(try await store.series(of: "city").first))
    }

    private func wave(_ place: Int) -> Double { 100 + 40 * sin(Double(place) * .pi / 12) + Double(place * 7 % 5) }

    @Test func aDailyWaveGoesOnWithinItsIntervals() async throws {
        let (store, series) = try await store(24 * 40) { wave($0) }
        let answer = try await ForecastsOnRequest(store, clock: FixedClock(now)).forecast(of: series, steps: 24, every: .hour)
        #expect(answer.forecast.mean.count == 24 && answer.forecast.start == Int64(now.timeIntervalSince1970 * 1_000))
        #expect(answer.forecast.intervals.map(\.level) == [0.8, 0.95] && answer.learnt == 24 * 40)
        #expect(answer.forecast.score.windows >= 19 && answer.forecast.score.mase < 1)
        #expect(answer.forecast.version == "2026-11-29T00:00:00.000Z")
        for (step, mean) in answer.forecast.mean.enumerated() {
            #expect(abs(mean - wave(24 * 40 + step)) < 10, "hour \(step)")
            let wide = answer.forecast.intervals[1], narrow = answer.forecast.intervals[0]
            #expect(wide.lower[step] <= narrow.lower[step] && narrow.lower[step] < mean && mean < narrow.upper[step])
        }
    }

    @Test func whatCameSinceIsTakenInWithoutLearningAnew() async throws {
        let (store, series) = try await store(24 * 30) { wave($0) }
        let clock = FixedClock(now), forecasting = ForecastsOnRequest(store, clock: clock)
        let first = try await forecasting.forecast(of: series, steps: 6, every: .hour)
        let end = Int64(now.timeIntervalSince1970 * 1_000)
        try await store.append(
            (0..<5).map { Reading(series.id, at: Timestamp(milliseconds: end + Int64($0) * hour), .number(wave(24 * 30 + $0))) })
        clock.advance(by: 5 * 3_600)
        let second = try await forecasting.forecast(of: series, steps: 6, every: .hour)
        #expect(second.forecast.start == first.forecast.start + 5 * hour && second.forecast.version == first.forecast.version)
        clock.advance(by: 20 * 3_600)
        #expect(
            try await forecasting.forecast(of: series, steps: 6, every: .hour).forecast.version > first.forecast.version,
            "after a day it learns anew")
    }

    @Test func gapsAreNoValues() async throws {
        let (store, series) = try await store(24 * 30) { (200..<260).contains($0) ? nil : wave($0) }
        let answer = try await ForecastsOnRequest(store, clock: FixedClock(now)).forecast(of: series, steps: 12, every: .hour)
        #expect(answer.learnt == 24 * 30 - 60 && answer.history[210].isNaN)
        #expect(!answer.forecast.mean.contains { !$0.isFinite })
    }

    @Test func tooLittleIsSaidWithTheNumber() async throws {
        let (store, series) = try await store(30) { wave($0) }
        let forecasting = ForecastsOnRequest(store, clock: FixedClock(now))
        let error = await #expect(throws: ForecastError.self) { try await forecasting.forecast(of: series, steps: 24, every: .hour) }
        #expect(error?.code == .tooShort && error?.message.contains("30 hours") == true)
        for steps in [0, 169] {
            let error = await #expect(throws: ForecastError.self) { try await forecasting.forecast(of: series, steps: steps, every: .hour) }
            #expect(error?.code == .badSetting)
        }
    }

    @Test func aMeterIsForecastByItsGrowth() async throws {
        let (store, series) = try await store(24 * 30, .meter) { Double($0) * 2 }
        let answer = try await ForecastsOnRequest(store, clock: FixedClock(now)).forecast(of: series, steps: 3, every: .hour)
        #expect(answer.isGrowth && answer.forecast.mean.allSatisfy { abs($0 - 2) < 0.1 }, "\(answer.forecast.mean)")
    }
}
