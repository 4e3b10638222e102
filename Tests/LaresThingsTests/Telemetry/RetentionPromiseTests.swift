import Foundation
import LaresThings
import Testing

/// What every store promises of keeping and deleting.
struct RetentionPromiseTests {
    private let usual = Retention(rawDays: 10, fiveMinuteDays: 20, hourDays: 30)

    @Test(arguments: TestedStore.allCases)
    func readingsGoFirstAndDaysStay(kind: TestedStore) async throws {
        try await withTelemetry(kind, retention: usual) { store in
            let series = try await store.declare(.measurement)
            try await store.append((1...40).map { Reading(series, at: at($0, 12), .number(Double($0))) })
            #expect(try await !store.compact(now: at(41, 6)).distrustedClock)
            #expect(try await store.all(series).map(\.time) == (31...40).map { at($0, 12) })
            func days(_ period: StatisticPeriod) async throws -> [Double] {
                try await store.statistics(of: series, in: at(1)..<at(50), every: period).map(\.mean)
            }
            #expect(try await days(.fiveMinutes) == (21...40).map(Double.init))
            #expect(try await days(.hour) == (11...40).map(Double.init))
            #expect(try await days(.day) == (1...40).map(Double.init))
            // Where readings are gone, a chart shows what is left.
            let chart = try await store.buckets(of: series, in: at(15)..<at(15, 23), atMost: 1_000)
            #expect(chart.width == 3_600_000 && chart.buckets.map(\.last) == [15])
            // A message that comes years late doesn't spoil statistics whose readings are gone.
            try await store.append(series, [(at(15, 12), 99)])
            #expect(try await days(.hour) == (11...40).map(Double.init))
            // Who asks is told before.
            #expect(store.keptFrom(of: series) == at(31) && store.keptFrom(of: SeriesID(99)) == .earliest)
            #expect(try await store.latest(of: [series])[series]?.time == at(40, 12))
        }
    }

    @Test(arguments: TestedStore.allCases)
    func eachSeriesHasItsOwnRetention(kind: TestedStore) async throws {
        try await withTelemetry(kind) { store in
            let short = try await store.declare(.state, "short"), long = try await store.declare(.state, "long")
            for series in [short, long] { try await store.append((1...9).map { Reading(series, at: at($0), .state("\($0)")) }) }
            try await store.setRetention(Retention(rawDays: 2, fiveMinuteDays: nil, hourDays: nil), of: [short])
            _ = try await store.compact(now: at(9, 1))
            #expect(try await store.all(short).map(\.value) == [.state("7"), .state("8"), .state("9")])
            #expect(try await store.all(long).count == 9)
            // What is deleted stays deleted.
            try await store.setRetention(.forever, of: [short])
            #expect(try await store.all(short).count == 3)
            #expect(try await store.series(of: nil).map(\.retention) == [.forever, .forever])
        }
    }

    @Test(arguments: TestedStore.allCases)
    func aRetentionThatMakesNoSenseIsRefused(kind: TestedStore) async throws {
        try await withTelemetry(kind) { store in
            let series = try await store.declare(.measurement)
            for bad in [(0, nil, nil), (nil, 5, nil), (5, 4, nil), (5, 6, 5), (-1, nil, nil), (Int.max - 1, nil, nil)]
                as [(Int?, Int?, Int?)]
            {
                let retention = Retention(rawDays: bad.0, fiveMinuteDays: bad.1, hourDays: bad.2)
                #expect(await code { try await store.setRetention(retention, of: [series]) } == .badRetention)
            }
            #expect(await code { try await store.setRetention(.forever, of: [SeriesID(99)]) } == .seriesNotFound)
        }
    }

    @Test(arguments: TestedStore.allCases)
    func aClockThatJumpedDeletesNothingForADay(kind: TestedStore) async throws {
        try await withTelemetry(kind, retention: usual) { store in
            let series = try await store.declare(.measurement)
            try await store.append((1...5).map { Reading(series, at: at($0), .number(1)) })
            func compact(_ day: Int64, _ hour: Int64 = 0) async throws -> Bool {
                try await store.compact(now: at(day, hour)).distrustedClock
            }
            #expect(try await !compact(5))
            #expect(try await compact(4_000), "ten years later")
            #expect(try await compact(4_000, 10), "still the same day")
            #expect(try await store.all(series).count == 5)
            #expect(try await !compact(6), "set right again")
            #expect(try await compact(4_001), "the first jump is forgotten")
            #expect(try await !compact(4_002), "a day later it is true")
            #expect(try await store.all(series).isEmpty)
            #expect(try await store.statistics(of: series, in: at(1)..<at(9), every: .day).count == 5)
            #expect(try await !compact(3), "a clock that goes back deletes nothing")
        }
    }

    @Test(arguments: TestedStore.allCases)
    func aRemovedSeriesIsGoneEverywhere(kind: TestedStore) async throws {
        try await withTelemetry(kind) { store in
            let gone = try await store.declare(.power, "gone"), stays = try await store.declare(.power, "stays")
            for series in [gone, stays] { try await store.append(series, [(at(1), 1), (at(30, 23, 59), 2), (at(31), 3)]) }
            try await store.remove([gone])
            #expect(await code { try await store.append(gone, [(at(40), 4)]) } == .seriesNotFound)
            #expect(await code { _ = try await store.statistics(of: gone, in: at(1)..<at(40), every: .day) } == .seriesNotFound)
            #expect(try await store.all(stays).count == 3)
            _ = try await store.compact(now: at(41))
            #expect(try await store.all(stays).count == 3)
            #expect(try await store.statistics(of: stays, in: at(1)..<at(40), every: .day).count == 3)
        }
    }
}
