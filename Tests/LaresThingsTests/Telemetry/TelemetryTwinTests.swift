import LaresStore
import LaresTesting
import LaresThings
import Testing

/// A store and its twin in memory do the same things and must then say the same.
struct TelemetryTwinTests {
    private static let kinds: [SeriesKind] = [.measurement, .power, .meter, .state]

    @Test(arguments: 1...24, [TestedStore.turning, .reopened, .unsorted])
    func theySayTheSame(seed: UInt64, kind: TestedStore) async throws { try await Self.sayTheSame(seed, kind) }

    @Test(arguments: 1...6, TestedStore.clickHouse)
    func serversSayTheSame(seed: UInt64, kind: TestedStore) async throws { try await Self.sayTheSame(seed, kind) }

    private static func sayTheSame(_ seed: UInt64, _ kind: TestedStore) async throws {
        let twin = MemoryTelemetry()
        try await withTelemetry(kind) { store in
            var random = SplitMix(seed: seed)
            let declarations = kinds.map { SeriesDeclaration(SeriesKey(thing: "t", property: $0.rawValue), $0) }
            let series = try await store.declare(declarations)
            #expect(try await twin.declare(declarations) == series)
            for _ in 0..<12 {
                let batch = batch(series, &random)
                try await store.append(batch)
                try await twin.append(batch)
                let asked = series.filter { _ in Bool.random(using: &random) }
                #expect(try await store.latest(of: asked) == twin.latest(of: asked))
            }
            for id in series { try await compare(store, twin, id, isNumber: id != series[3], &random) }
        }
    }

    /// Readings around the end of a month, often at the same time, sometimes with long silences.
    private static func batch(_ series: [SeriesID], _ random: inout SplitMix) -> [Reading] {
        let base = Int64.random(in: 0..<40, using: &random)
        let steps: [Int64] = [1, 60, 600, 5_000]
        let step = steps[Int.random(in: 0..<4, using: &random)]
        return (0..<Int.random(in: 1...12, using: &random)).map { _ in
            let id = series.randomElement(using: &random) ?? series[0]
            let second = base * 7_200 - 86_400 + Int64.random(in: 0..<30, using: &random) * step
            // Some are pulses.
            let shift: Int64 = Bool.random(using: &random) ? 1 : 0
            let number = Double(Int.random(in: 0..<100, using: &random))
            let value: ReadingValue = id == series[3] ? .state("\(number)") : .number(number)
            return Reading(id, at: Timestamp(milliseconds: at(31).milliseconds + second * 1_000 + shift), value)
        }
    }

    private static func compare(
        _ store: any TelemetryStore, _ twin: any TelemetryStore, _ id: SeriesID, isNumber: Bool, _ random: inout SplitMix
    ) async throws {
        #expect(try await store.all(id) == twin.all(id))
        #expect(try await store.latest(of: [id]) == twin.latest(of: [id]))
        for _ in 0..<6 {
            let from = Int64.random(in: 0..<100_000, using: &random) * 3_000
            let range =
                Timestamp(
                    milliseconds: at(30).milliseconds + from)..<Timestamp(
                    milliseconds: at(30).milliseconds + from + Int64.random(in: 0..<400_000_000, using: &random))
            let limit = Int.random(in: 1...20, using: &random)
            let newest = try await store.readings(of: id, in: range, order: .newestFirst, limit: limit)
            #expect(try await newest == twin.readings(of: id, in: range, order: .newestFirst, limit: limit))
            guard isNumber else { continue }
            for period in StatisticPeriod.allCases {
                let found = try await store.statistics(of: id, in: range, every: period)
                #expect(try await found == twin.statistics(of: id, in: range, every: period))
            }
            let pixels = Int.random(in: 2...1_000, using: &random)
            #expect(try await store.buckets(of: id, in: range, atMost: pixels) == twin.buckets(of: id, in: range, atMost: pixels))
        }
    }
}
