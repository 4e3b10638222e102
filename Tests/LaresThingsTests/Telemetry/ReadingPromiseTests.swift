import Foundation
import LaresThings
import Testing

/// What every store promises of readings and series.
struct ReadingPromiseTests {
    @Test(arguments: TestedStore.allCases)
    func readingsComeBackInOrderFromEitherEnd(kind: TestedStore) async throws {
        try await withTelemetry(kind) { store in
            let series = try await store.declare(.measurement), other = try await store.declare(.measurement, "other")
            // Over the end of a month, out of order.
            try await store.append(series, [(at(31), 5), (at(1), 1), (at(30, 23, 59, 59), 4), (at(2), 2), (at(2, 0, 0, 1), 3)])
            try await store.append(other, [(at(2), 99)])
            #expect(try await store.all(series).map(\.value) == [1, 2, 3, 4, 5].map { .number($0) })
            let newest = try await store.readings(of: series, in: at(1)..<at(31), order: .newestFirst, limit: 2)
            #expect(newest == [Reading(series, at: at(30, 23, 59, 59), .number(4)), Reading(series, at: at(2, 0, 0, 1), .number(3))])
            let oldest = try await store.readings(of: series, in: at(2)..<at(40), order: .oldestFirst, limit: 3)
            #expect(oldest.map(\.time) == [at(2), at(2, 0, 0, 1), at(30, 23, 59, 59)])
            #expect(try await store.latest(of: [series, other]).mapValues(\.value) == [series: .number(5), other: .number(99)])
        }
    }

    @Test(arguments: TestedStore.allCases)
    func whatIsNewOfManySeriesComesInTheOrderOfTime(kind: TestedStore) async throws {
        try await withTelemetry(kind) { store in
            let one = try await store.declare(.measurement), other = try await store.declare(.meter, "other")
            let old = try await store.declare(.power, "old"), text = try await store.declare(.state, "text")
            try await store.append(one, [(at(1), 1), (at(2), 2), (at(2, 0, 0, 1), 3)])
            try await store.append(other, [(at(2), 4), (at(30), 5)])
            try await store.append(old, [(at(1), 6)])
            try await store.append([Reading(text, at: at(3), .state("on"))])
            // Twice stored is told once, as it was last.
            try await store.append(one, [(at(2, 0, 0, 1), 7)])
            let times = [one: at(2), other: at(1), old: at(1), text: at(1), SeriesID(1_000): at(1)]
            let news = try await store.readings(after: times, limit: 10)
            #expect(
                news == [
                    Reading(other, at: at(2), .number(4)), Reading(one, at: at(2, 0, 0, 1), .number(7)),
                    Reading(other, at: at(30), .number(5)),
                ])
            #expect(try await store.readings(after: times, limit: 2) == Array(news.prefix(2)))
            let all = try await store.readings(after: [one: Timestamp(milliseconds: .min), old: Timestamp(milliseconds: .min)], limit: 10)
            #expect(all.map(\.value) == [1, 6, 2, 7].map { .number($0) })
            #expect(try await store.readings(after: [one: Timestamp(milliseconds: .max)], limit: 10).isEmpty)
            #expect(try await store.readings(after: [:], limit: 10).isEmpty)
            #expect(await code { _ = try await store.readings(after: [one: at(1)], limit: 100_001) } == .tooMuch)
        }
    }

    @Test(arguments: TestedStore.allCases)
    func theSameSeriesAndTimeTakesThePlaceOfTheFirst(kind: TestedStore) async throws {
        try await withTelemetry(kind) { store in
            let series = try await store.declare(.measurement)
            try await store.append([Reading(series, at: at(1), .number(1)), Reading(series, at: at(1), .number(2))])
            #expect(try await store.all(series).map(\.value) == [.number(2)])
            try await store.append(series, [(at(2), 7), (at(1), 3)])
            try await store.append(series, [(at(1), 3), (at(2), 7)])
            #expect(try await store.all(series).map(\.value) == [.number(3), .number(7)])
            let statistics = try await store.statistics(of: series, in: allTimes, every: .day)
            #expect(statistics.map(\.count) == [1, 1] && statistics.map(\.mean) == [3, 7])
        }
    }

    @Test(arguments: TestedStore.allCases)
    func numbersComeBackExactly(kind: TestedStore) async throws {
        let numbers = [0, -0.0, 1, -1, 0.1, 1e-300, -1e200, 140_737_488_355_327, 140_737_488_355_328, 9_007_199_254_740_992, .pi]
        try await withTelemetry(kind) { store in
            let series = try await store.declare(.measurement)
            try await store.append(numbers.enumerated().map { Reading(series, at: at(1, 0, 0, Int64($0.offset)), .number($0.element)) })
            #expect(try await store.all(series).map(\.value) == numbers.map { .number($0) })
        }
    }

    @Test(arguments: TestedStore.allCases)
    func textsComeBackExactly(kind: TestedStore) async throws {
        let texts = ["cooling", "", "5", "1.0", "冷房 ❄️", "a\0b", "\"quoted\", with\nlines"]
        try await withTelemetry(kind) { store in
            let series = try await store.declare(.state)
            try await store.append(texts.enumerated().map { Reading(series, at: at(1, 0, 0, Int64($0.offset)), .state($0.element)) })
            #expect(try await store.all(series).map(\.value) == texts.map { .state($0) })
            #expect(try await store.latest(of: [series])[series]?.value == .state("\"quoted\", with\nlines"))
            #expect(await code { _ = try await store.statistics(of: series, in: allTimes, every: .day) } == .wrongKind)
            #expect(await code { _ = try await store.buckets(of: series, in: allTimes, atMost: 10) } == .wrongKind)
        }
    }

    @Test(arguments: TestedStore.allCases)
    func aBadReadingIsRefusedWithItsWholeBatch(kind: TestedStore) async throws {
        var limits = TelemetryLimits()
        limits.textBytes = 4
        limits.batch = 3
        try await withTelemetry(kind, limits: limits) { store in
            let number = try await store.declare(.measurement), state = try await store.declare(.state, "state")
            let bad: [(Reading, TelemetryError.Code)] = [
                (Reading(number, at: at(1), .number(.nan)), .badValue), (Reading(number, at: at(1), .number(.infinity)), .badValue),
                (Reading(number, at: at(1), .number(-1e201)), .badValue), (Reading(state, at: at(1), .state("冷房")), .badValue),
                (Reading(number, at: at(1), .state("on")), .wrongKind), (Reading(state, at: at(1), .number(1)), .wrongKind),
                (Reading(number, at: Timestamp(milliseconds: -1), .number(1)), .badTime), (Reading(number, at: .end, .number(1)), .badTime),
                (Reading(number, at: Timestamp(milliseconds: .min), .number(1)), .badTime),
                (Reading(SeriesID(99), at: at(1), .number(1)), .seriesNotFound),
            ]
            let good = Reading(number, at: at(1), .number(1))
            for (reading, expected) in bad { #expect(await code { try await store.append([good, reading]) } == expected) }
            #expect(await code { try await store.append([good, good, good, good]) } == .tooMuch)
            #expect(try await store.all(number).isEmpty)
            try await store.append([])
            try await store.append([good, Reading(number, at: .earliest, .number(0)), Reading(state, at: at(1), .state("cool"))])
            #expect(try await store.all(number).count == 2)
        }
    }

    @Test(arguments: TestedStore.allCases)
    func aSeriesKeepsItsNumberUntilItIsRemoved(kind: TestedStore) async throws {
        try await withTelemetry(kind) { store in
            let key = SeriesKey(thing: "meter", property: "energy")
            let first = try await store.declare([SeriesDeclaration(key, .meter), SeriesDeclaration(key, .meter)])
            #expect(first[0] == first[1])
            try await store.append([Reading(first[0], at: at(1), .number(1))])
            #expect(try await store.declare([SeriesDeclaration(key, .power)]) == [first[0]])
            #expect(try await store.series(of: "meter") == [Series(id: first[0], key: key, kind: .power, retention: .forever)])
            #expect(await code { _ = try await store.declare([SeriesDeclaration(key, .state)]) } == .wrongKind)
            try await store.remove([first[0], SeriesID(99)])
            #expect(await code { _ = try await store.all(first[0]) } == .seriesNotFound)
            #expect(try await store.series(of: nil).isEmpty)
            let second = try await store.declare([SeriesDeclaration(key, .state)])
            #expect(second[0] != first[0])
            #expect(try await store.all(second[0]).isEmpty)
        }
    }

    @Test(arguments: TestedStore.allCases)
    func seriesAndNamesAreBounded(kind: TestedStore) async throws {
        var limits = TelemetryLimits()
        limits.series = 2
        limits.nameBytes = 5
        try await withTelemetry(kind, limits: limits) { store in
            func declare(_ names: [String]) async throws {
                _ = try await store.declare(names.map { SeriesDeclaration(SeriesKey(thing: $0, property: "p"), .measurement) })
            }
            #expect(await code { try await declare(["a", "b", "c"]) } == .tooManySeries)
            try await declare(["a", "a", "b"])
            #expect(await code { try await declare(["c"]) } == .tooManySeries)
            #expect(await code { try await declare([""]) } == .badName)
            #expect(await code { try await declare(["longer"]) } == .badName)
            #expect(try await store.size().series == 2)
        }
    }

    @Test(arguments: TestedStore.allCases)
    func rangesThatNoReadingCanHaveAreEmpty(kind: TestedStore) async throws {
        try await withTelemetry(kind) { store in
            let series = try await store.declare(.power)
            try await store.append(series, [(.earliest, 1), (Timestamp(milliseconds: Timestamp.end.milliseconds - 1), 2)])
            let everything = Timestamp(milliseconds: .min)..<Timestamp(milliseconds: .max)
            #expect(
                try await store.readings(of: series, in: everything, order: .newestFirst, limit: 9).map(\.value) == [
                    .number(2), .number(1),
                ])
            #expect(try await store.buckets(of: series, in: everything, atMost: 2).buckets.map(\.count) == [2])
            #expect(try await store.buckets(of: series, in: at(1)..<at(1), atMost: 2).buckets.isEmpty)
            #expect(await code { _ = try await store.statistics(of: series, in: everything, every: .day) } == .tooMuch)
            #expect(await code { _ = try await store.buckets(of: series, in: everything, atMost: 1) } == .tooMuch)
            #expect(await code { _ = try await store.readings(of: series, in: everything, order: .oldestFirst, limit: 0) } == .tooMuch)
        }
    }
}
