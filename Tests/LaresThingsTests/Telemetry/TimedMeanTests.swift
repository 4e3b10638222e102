import LaresThings
import Testing

/// Means over time, and where nothing was known.
struct TimedMeanTests {
    private func pulses(_ series: Series, _ minutes: Range<Int64>, _ value: Double) -> [Reading] {
        stride(from: minutes.lowerBound, to: minutes.upperBound, by: 5).map {
            Reading(series.id, at: Timestamp(milliseconds: at(1, 8, $0).milliseconds + 1), .number(value))
        }
    }

    private func declared(_ kind: SeriesKind, _ store: any TelemetryStore) async throws -> Series {
        let id = try await store.declare(kind)
        return try #require(try await store.series(of: nil).first { $0.id == id })
    }

    @Test(arguments: TestedStore.allCases, [SeriesKind.measurement, .power])
    func whatHeldFor59MinutesCountsForThem(kind: TestedStore, of: SeriesKind) async throws {
        try await withTelemetry(kind) { store in
            let series = try await declared(of, store)
            try await store.append(pulses(series, -60..<60, 100) + [Reading(series.id, at: at(1, 8, 59), .number(0))])
            try await store.append(pulses(series, 60..<120, 0))
            let hours = try await store.timedStatistics(of: series, in: at(1, 7)..<at(1, 10), every: .hour)
            #expect(hours.count == 3 && abs(hours[0].mean - 100) < 1e-9 && hours[2].mean == 0)
            #expect(abs(hours[1].mean - 98.33) < (of == .power ? 0.01 : 3), "\(hours[1].mean)")
            #expect(try await store.statistics(of: series.id, in: at(1, 8)..<at(1, 9), every: .hour)[0].count == hours[1].count)
        }
    }

    @Test func whatIsReportedOftenCountsNoMore() async throws {
        let store = MemoryTelemetry()
        let series = try await declared(.measurement, store)
        // Ten minutes at 500 with a reading every two seconds, fifty minutes at 0.
        try await store.append((0..<300).map { Reading(series.id, at: at(1, 8, 0, 2 * $0), .number(500)) })
        try await store.append(pulses(series, 10..<60, 0))
        let hour = try await store.timedStatistics(of: series, in: at(1, 8)..<at(1, 9), every: .hour)
        #expect(abs(hour[0].mean - 500.0 / 6) < 1 && hour[0].count == 310)
        let day = try await store.timedStatistics(of: series, in: at(1)..<at(2), every: .day)
        #expect(day.map(\.mean) == hour.map(\.mean))
        let chart = try await store.timedBuckets(of: series, in: at(1)..<at(2), atMost: 25)
        #expect(chart.width == 3_600_000 && chart.buckets.map(\.mean) == hour.map(\.mean))
    }

    @Test func meansOfYearsAreWorkedOutPieceByPiece() async throws {
        let store = MemoryTelemetry()
        let series = try await declared(.measurement, store)
        for day: Int64 in [1, 70, 139, 140, 400] { try await store.append([Reading(series.id, at: at(day, 12), .number(Double(day)))]) }
        let days = try await store.timedStatistics(of: series, in: at(1)..<at(401), every: .day)
        #expect(days.map(\.mean) == [1, 70, 139, 140, 400])
    }

    @Test func whereFiveMinutesAreGoneMeansAreTheStores() async throws {
        let store = MemoryTelemetry(retention: Retention(rawDays: 1, fiveMinuteDays: 1, hourDays: nil))
        let series = try await declared(.measurement, store)
        try await store.append(pulses(series, 0..<60, 3))
        let before = try await store.timedStatistics(of: series, in: at(1)..<at(2), every: .hour)
        _ = try await store.compact(now: at(9))
        #expect(try await store.timedStatistics(of: series, in: at(1)..<at(2), every: .hour) == before)
    }

    @Test func aChartIsBrokenWhereThreePeriodsAreSilent() {
        func chart(_ minutes: [Int64], width: Int64 = 60_000) -> BucketedSeries {
            BucketedSeries(width: width, buckets: minutes.map { Bucket(start: at(1, 8, $0), count: 1, min: 1, mean: 1, max: 1, last: 1) })
        }
        let range = at(1, 8)..<at(1, 9)
        #expect(chart(Array(stride(from: 0, to: 60, by: 5))).gaps(in: range).isEmpty)
        #expect(chart([0, 16, 32, 44]).gaps(in: range).isEmpty, "fifteen minutes after the one before ends is soon enough")
        #expect(chart([0, 17, 32, 44]).gaps(in: range) == [at(1, 8, 1)..<at(1, 8, 17)])
        #expect(chart([0, 5, 10]).gaps(in: range) == [at(1, 8, 11)..<at(1, 9)], "the last value doesn't hold to the edge")
        #expect(chart([20, 30, 44]).gaps(in: range) == [at(1, 8)..<at(1, 8, 20)])
        #expect(chart([]).gaps(in: range) == [range] && chart([]).stretches(until: range.upperBound).isEmpty)
        #expect(chart([0, 40], width: 600_000).gaps(in: range).isEmpty, "buckets may be wider than that")
        #expect(chart([0, 5, 44]).stretches(until: range.upperBound).map(\.end) == [at(1, 8, 6), at(1, 9)])
    }
}
