import LaresThings
import Testing

struct ExportTests {
    @Test(arguments: TestedStore.allCases)
    func csvHasEveryReadingOnce(kind: TestedStore) async throws {
        try await withTelemetry(kind) { store in
            let keys = [SeriesKey(thing: "hall, upper", property: "temperature"), SeriesKey(thing: "ac", property: "say \"mode\"")]
            let series = try await store.declare([SeriesDeclaration(keys[0], .measurement), SeriesDeclaration(keys[1], .state)])
            try await store.append([
                Reading(series[0], at: at(1), .number(21.5)), Reading(series[0], at: at(30, 23, 59, 59), .number(-3)),
                Reading(series[0], at: at(31), .number(1e100)), Reading(series[1], at: at(2), .state("cool,\nhigh")),
            ])
            var text = ""
            for try await piece in store.csv(of: try await store.series(of: nil), in: at(1)..<at(40)) { text += piece }
            #expect(
                text == """
                    time,thing,property,value\r
                    2026-11-01T00:00:00.000Z,"hall, upper",temperature,21.5\r
                    2026-11-30T23:59:59.000Z,"hall, upper",temperature,-3\r
                    2026-12-01T00:00:00.000Z,"hall, upper",temperature,1e+100\r
                    2026-11-02T00:00:00.000Z,ac,"say ""mode""\","cool,
                    high"\r

                    """)
        }
    }

    @Test func whatWasWrittenIsReadToTheMillisecond() async throws {
        let store = MemoryTelemetry(), other = MemoryTelemetry()
        let id = try #require(ThingID("lamp"))
        let series = try await store.declare([SeriesDeclaration(SeriesKey(thing: "lamp", property: "level"), .measurement)])[0]
        try await store.append((0..<999).map { Reading(series, at: Timestamp(milliseconds: at(1).milliseconds + $0 * 61_001), .number(1)) })
        var importing = HistoryImport(into: other) { $0.thing == id ? Property("level", .number(.any)) : nil }
        for try await piece in store.csv(of: try await store.series(of: nil), in: at(1)..<at(40)) {
            for line in piece.split(separator: "\r\n") { try await importing.take(String(line)) }
        }
        try await importing.finish()
        #expect(importing.added == 999 && importing.refused == 0)
        let read = try await other.series(of: nil)[0].id
        #expect(try await other.all(read).map(\.time) == store.all(series).map(\.time))
    }

    @Test(arguments: [1, 2, 3, 7, 8, 100])
    func pagesHaveEveryReadingOnce(size: Int) async throws {
        let store = MemoryTelemetry()
        let series = try await store.declare(.measurement)
        try await store.append((0..<7).map { Reading(series, at: at(1, $0), .number(Double($0))) })
        var pages: [[Reading]] = []
        for try await page in store.pages(of: series, in: allTimes, size: size) { pages.append(page) }
        #expect(pages.flatMap { $0 }.map(\.time) == (0..<7).map { at(1, $0) })
        #expect(pages.allSatisfy { !$0.isEmpty && $0.count <= size })
    }
}
