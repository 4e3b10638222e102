import Foundation
import LaresThings
import Testing

/// What every store promises of statistics and charts.
struct StatisticPromiseTests {
    @Test(arguments: TestedStore.allCases)
    func statisticsAreThoseOfTheReadings(kind: TestedStore) async throws {
        try await withTelemetry(kind) { store in
            let series = try await store.declare(.measurement)
            try await store.append(series, [(at(1, 0, 0), 4), (at(1, 0, 4, 59), 2), (at(1, 0, 5), 9), (at(1, 1), -1), (at(2), 5)])
            let fine = try await store.statistics(of: series, in: at(1)..<at(60), every: .fiveMinutes)
            #expect(fine.map(\.start) == [at(1), at(1, 0, 5), at(1, 1), at(2)])
            #expect(fine[0] == Statistic(start: at(1), count: 2, min: 2, mean: 3, max: 4, last: 2, amount: nil))
            let hours = try await store.statistics(of: series, in: at(1)..<at(2), every: .hour)
            #expect(
                hours == [
                    Statistic(start: at(1), count: 3, min: 2, mean: 5, max: 9, last: 9, amount: nil),
                    Statistic(start: at(1, 1), count: 1, min: -1, mean: -1, max: -1, last: -1, amount: nil),
                ])
            let days = try await store.statistics(of: series, in: allTimes, every: .day)
            #expect(days.first == Statistic(start: at(1), count: 4, min: -1, mean: 3.5, max: 9, last: -1, amount: nil))
            #expect(
                try await store.statistics(of: series, in: at(1, 0, 1)..<at(1, 0, 6), every: .fiveMinutes).map(\.start) == [at(1, 0, 5)])
        }
    }

    @Test(arguments: TestedStore.allCases)
    func aLateReadingChangesTheStatistics(kind: TestedStore) async throws {
        try await withTelemetry(kind) { store in
            let series = try await store.declare(.measurement)
            try await store.append(series, [(at(1, 0, 1), 4), (at(3), 1), (at(1, 0, 2), 8), (at(1, 0, 1), 6)])
            let statistics = try await store.statistics(of: series, in: at(1)..<at(2), every: .hour)
            #expect(statistics == [Statistic(start: at(1), count: 2, min: 6, mean: 7, max: 8, last: 8, amount: nil)])
        }
    }

    @Test(arguments: TestedStore.allCases)
    func powerHoldsUntilTheNextReading(kind: TestedStore) async throws {
        try await withTelemetry(kind) { store in
            let series = try await store.declare(.power)
            // 120 W for 20 minutes, then 60 W for an hour, then a day and a second of silence, then 10 W.
            try await store.append(series, [(at(1, 0, 2), 120), (at(1, 0, 22), 60), (at(1, 1, 22), 1), (at(2, 1, 22, 1), 10)])
            let fine = try await store.statistics(of: series, in: at(1)..<at(1, 0, 30), every: .fiveMinutes)
            #expect(fine.map(\.count) == [1, 0, 0, 0, 1, 0])
            #expect(fine.map { $0.amount ?? -1 } == [6, 10, 10, 10, 7, 5])
            #expect(fine[1] == Statistic(start: at(1, 0, 5), count: 0, min: 120, mean: 120, max: 120, last: 120, amount: 10))
            let hours = try await store.statistics(of: series, in: at(1)..<at(3), every: .hour)
            #expect(hours.map(\.start) == [at(1), at(1, 1), at(2, 1)])
            #expect(hours.map { ($0.amount ?? -1).rounded(toMillis: true) } == [78, 22, 0])
        }
    }

    @Test(arguments: TestedStore.allCases)
    func silenceOfTheLastReadingCountsNothing(kind: TestedStore) async throws {
        try await withTelemetry(kind) { store in
            let series = try await store.declare(.power)
            try await store.append(series, [(at(1), 1_000), (at(1, 2), 1_000), (at(2, 2, 0, 1), 1_000)])
            let days = try await store.statistics(of: series, in: at(1)..<at(3), every: .day)
            #expect(days.map { ($0.amount ?? -1).rounded(toMillis: true) } == [2_000, 0])
        }
    }

    @Test(arguments: TestedStore.allCases)
    func powerOfChangesAloneHoldsUntilTheNext(kind: TestedStore) async throws {
        try await withTelemetry(kind) { store in
            let series = try await store.declare(.power)
            // As other systems write their histories: on at eight, off at eleven.
            try await store.append(series, [(at(1, 8), 2_000), (at(1, 11), 0), (at(1, 20), 0)])
            let days = try await store.statistics(of: series, in: at(1)..<at(2), every: .day)
            #expect(days.map { ($0.amount ?? -1).rounded(toMillis: true) } == [6_000])
        }
    }

    /// A millisecond after five minutes of the clock.
    private func pulse(_ day: Int64, _ hour: Int64, _ minute: Int64) -> Timestamp {
        Timestamp(milliseconds: at(day, hour, minute).milliseconds + 1)
    }

    @Test(arguments: TestedStore.allCases)
    func whereThereArePulsesSilenceIsNoPower(kind: TestedStore) async throws {
        try await withTelemetry(kind) { store in
            let series = try await store.declare(.power)
            let pulses = (0..<12).map { Reading(series, at: pulse(1, 8, 5 * $0), .number(1_200)) }
            try await store.append(pulses + [Reading(series, at: at(1, 8, 58), .number(2_400))])
            try await store.append(series, [(at(1, 10, 30), 0)])
            let fine = try await store.statistics(of: series, in: at(1, 8, 50)..<at(1, 11), every: .fiveMinutes)
            #expect(fine.map(\.start) == [at(1, 8, 50), at(1, 8, 55), at(1, 10, 30)])
            #expect(fine.map { ($0.amount ?? -1).rounded() } == [100, 140, 0], "two minutes of 2,400 W until the pulse that was missed")
            let hours = try await store.statistics(of: series, in: at(1, 8)..<at(1, 11), every: .hour)
            #expect(hours.map(\.start) == [at(1, 8), at(1, 10)])
            // Fifteen minutes are forgiven: a program begins anew.
            try await store.append([
                Reading(series, at: pulse(1, 10, 35), .number(600)), Reading(series, at: pulse(1, 10, 50), .number(600)),
            ])
            let later = try await store.statistics(of: series, in: at(1, 10, 35)..<at(1, 11), every: .fiveMinutes)
            #expect(later.map { ($0.amount ?? -1).rounded() } == [50, 50, 50, 0])
        }
    }

    @Test(arguments: TestedStore.allCases)
    func aPulseThatComesLateTakesPowerAway(kind: TestedStore) async throws {
        try await withTelemetry(kind) { store in
            let series = try await store.declare(.power)
            try await store.append(series, [(at(30, 22, 57), 1_200), (at(31, 3), 0)])
            let before = try await store.statistics(of: series, in: at(30)..<at(32), every: .day)
            #expect(before.map { ($0.amount ?? -1).rounded() } == [1_260, 3_600])
            try await store.append([Reading(series, at: pulse(30, 22, 55), .number(1_200))])
            let fine = try await store.statistics(of: series, in: at(30)..<at(32), every: .fiveMinutes)
            #expect(fine.map(\.start) == [at(30, 22, 55), at(31, 3)])
            let after = try await store.statistics(of: series, in: at(30)..<at(32), every: .day)
            #expect(after.map { ($0.amount ?? -1).rounded() } == [100, 0])
            let hours = try await store.statistics(of: series, in: at(30)..<at(32), every: .hour)
            #expect(hours.map(\.start) == [at(30, 22), at(31, 3)])
        }
    }

    @Test(arguments: TestedStore.allCases)
    func powerFlowsOverTheEndOfAMonth(kind: TestedStore) async throws {
        try await withTelemetry(kind) { store in
            let series = try await store.declare(.power)
            try await store.append(series, [(at(30, 23, 50), 60), (at(31, 0, 20), 120), (at(31, 0, 30), 0)])
            #expect(try await store.statistics(of: series, in: at(30)..<at(31), every: .day).map(\.amount) == [10])
            #expect(try await store.statistics(of: series, in: at(31)..<at(32), every: .day).map(\.amount) == [40])
            // A late one takes energy from both months.
            try await store.append(series, [(at(30, 23, 55), 0)])
            #expect(try await store.statistics(of: series, in: at(30)..<at(31), every: .day).map(\.amount) == [5])
            #expect(try await store.statistics(of: series, in: at(31)..<at(32), every: .day).map(\.amount) == [20])
        }
    }

    @Test(arguments: TestedStore.allCases)
    func aMeterCountsOverResets(kind: TestedStore) async throws {
        try await withTelemetry(kind) { store in
            let series = try await store.declare(.meter)
            let numbers: [(Timestamp, Double)] = [
                (at(1), 100), (at(1, 1), 103), (at(1, 2), 102), (at(2), 104), (at(2, 1), 2), (at(3), 5), (at(31, 5), 6), (at(60), 8),
            ]
            try await store.append(series, numbers)
            let days = try await store.statistics(of: series, in: at(1)..<at(70), every: .day)
            // The 2 after 104 is a reset; day 31 is 28 days and 5 hours after day 3; day 60 is 28 days and 19 hours after it.
            #expect(days.map { $0.amount ?? -1 } == [2, 4, 3, 0, 0])
            try await store.append(series, [(at(4), 5.5)])
            let later = try await store.statistics(of: series, in: at(4)..<at(32), every: .day)
            #expect(later.map { $0.amount ?? -1 } == [0.5, 0.5])
        }
    }

    @Test(arguments: TestedStore.allCases)
    func aChartHasAsManyBucketsAsPixelsAndItsGaps(kind: TestedStore) async throws {
        try await withTelemetry(kind) { store in
            let series = try await store.declare(.measurement)
            let seconds: [Int64] = Array(0..<200) + Array(300..<600)
            try await store.append(seconds.map { Reading(series, at: at(1, 0, 0, $0), .number(Double($0))) })
            let chart = try await store.buckets(of: series, in: at(1)..<at(1, 0, 10), atMost: 61)
            #expect(chart.width == 10_000)
            #expect(chart.buckets.map(\.start) == seconds.filter { $0 % 10 == 0 }.map { at(1, 0, 0, $0) })
            #expect(chart.buckets[1] == Bucket(start: at(1, 0, 0, 10), count: 10, min: 10, mean: 14.5, max: 19, last: 19))
            let cut = try await store.buckets(of: series, in: at(1, 0, 0, 5)..<at(1, 0, 0, 25), atMost: 3)
            #expect(cut.buckets.map(\.count) == [5, 10, 5])
            let narrow = try await store.buckets(of: series, in: at(1)..<at(1, 0, 0, 1), atMost: 2_000)
            #expect(narrow.width == 1 && narrow.buckets.map(\.last) == [0])
        }
    }

    @Test(arguments: TestedStore.allCases)
    func aChartOfTooManyReadingsComesFromStatistics(kind: TestedStore) async throws {
        var limits = TelemetryLimits()
        limits.scanned = 600
        try await withTelemetry(kind, limits: limits) { store in
            let series = try await store.declare(.measurement)
            try await store.append((0..<900).map { Reading(series, at: at(1, 0, 0, $0), .number(Double($0))) })
            let long = try await store.buckets(of: series, in: at(1)..<at(1, 0, 15), atMost: 100)
            #expect(long.width == 300_000 && long.buckets.map(\.count) == [300, 300, 300])
            let short = try await store.buckets(of: series, in: at(1)..<at(1, 0, 5), atMost: 101)
            #expect(short.width == 3_000 && short.buckets.count == 100)
        }
    }

    @Test(arguments: TestedStore.allCases)
    func aLongChartComesFromStatistics(kind: TestedStore) async throws {
        try await withTelemetry(kind) { store in
            let series = try await store.declare(.measurement)
            try await store.append((0..<3_000).map { Reading(series, at: at(1, 0, 2 * $0), .number(Double($0))) })
            for pixels in [2, 3, 50, 100, 500, 700] {
                let chart = try await store.buckets(of: series, in: at(1)..<at(6), atMost: pixels)
                #expect(chart.buckets.count <= pixels)
                #expect(chart.buckets.reduce(0) { $0 + $1.count } == 3_000)
                #expect(chart.buckets.last?.last == 2_999 && chart.buckets.first?.min == 0)
                #expect(chart.width % 300_000 == 0 || chart.width < 600_000)
            }
        }
    }

    @Test(arguments: [[at(2), at(1)], [at(1), at(1)], [at(1), at(1, 0, 1)]])
    func periodsAreDividedAtRisingMultiplesOfFiveMinutes(times: [Timestamp]) async throws {
        let store = MemoryTelemetry()
        let series = try await store.declare(.measurement)
        #expect(await code { _ = try await store.statistics(of: series, between: times) } == .badTime)
        #expect(try await store.statistics(of: series, between: []).isEmpty)
    }

    @Test(arguments: TestedStore.allCases, [("Europe/Berlin", 88, 23), ("Australia/Lord_Howe", 95, 24), ("Asia/Kolkata", 88, 24)])
    func daysOfAPlaceAreItsOwn(kind: TestedStore, place: (zone: String, day: Int64, hours: Int)) async throws {
        let zone = try #require(TimeZone(identifier: place.zone))
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        try await withTelemetry(kind) { store in
            let series = try await store.declare(.power)
            // 2026, a reading of 6 W every ten minutes around the day clocks change in Berlin, or on Lord Howe by half an hour.
            let start = Timestamp(milliseconds: 1_767_225_600_000 + (place.day - 2) * 86_400_000)
            try await store.append((0..<6 * 72).map { Reading(series, at: start.adding(minutes: 10 * $0), .number(6)) })
            let day = try #require(calendar.dateInterval(of: .day, for: start.adding(minutes: 36 * 60).date))
            #expect(Int(day.duration / 3_600) == place.hours)
            let found = try await store.statistics(of: series, between: [Timestamp(day.start), Timestamp(day.end)])
            #expect(found.map(\.start) == [Timestamp(day.start)])
            #expect(found.map(\.count) == [Int(day.duration / 600)])
            #expect(found.map { ($0.amount ?? 0).rounded(toMillis: true) } == [day.duration / 600])
        }
    }
}

extension Timestamp {
    func adding(minutes: Int64) -> Timestamp { Timestamp(milliseconds: milliseconds + minutes * 60_000) }
}

extension Double {
    func rounded(toMillis: Bool) -> Double { (self * 1_000).rounded() / 1_000 }
}
