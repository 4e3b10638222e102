import Foundation
import LaresStore
import LaresThings
import Testing

/// What only the store on the disk promises.
struct SQLiteTelemetryTests {
    /// The files of a data directory as they are now, opened as after a crash.
    private func afterCrash(_ home: LaresHome, _ body: (SQLiteTelemetry) async throws -> Void) async throws {
        try await withTelemetryHome { copy in
            for name in try FileManager.default.contentsOfDirectory(atPath: home.path) {
                try FileManager.default.copyItem(atPath: home.file(name), toPath: copy.file(name))
            }
            let store = try SQLiteTelemetry(home: copy)
            try await body(store)
            try await store.close()
        }
    }

    private func expect(_ series: SeriesID, of store: SQLiteTelemetry, _ count: Int) async throws {
        #expect(try await store.all(series).count == count)
    }

    @Test func acknowledgedReadingsOutliveTheProcess() async throws {
        try await withTelemetryHome { home in
            let store = try SQLiteTelemetry(home: home)
            let series = try await store.declare(.measurement)
            for second in 0..<20 {
                try await store.append(series, [(at(1, 0, 0, Int64(second)), Double(second))])
                if second % 7 == 0 {
                    try await afterCrash(home) { try await expect(series, of: $0, second + 1) }
                }
            }
            try await store.close()
        }
    }

    @Test func sortingThatACrashInterruptedIsDoneAgain() async throws {
        try await withTelemetryHome { home in
            let store = try SQLiteTelemetry(home: home)
            let series = try await store.declare(.power)
            // More than one slice, over the end of a month.
            let readings = (0..<30_000).map { Reading(series, at: at(30, 20, 0, $0), .number(Double($0 % 100))) }
            try await store.append(readings)
            let before = try await store.statistics(of: series, in: at(1)..<at(40), every: .hour)
            try await store.sortOneSlice()
            try await store.append([Reading(series, at: at(30, 20), .number(50))])
            let expected = try await store.statistics(of: series, in: at(1)..<at(40), every: .hour)
            #expect(expected.count == before.count && expected != before)
            try await afterCrash(home) { crashed in
                #expect(try await crashed.statistics(of: series, in: at(1)..<at(40), every: .hour) == expected)
                #expect(try await crashed.all(series).count == 30_000)
                try await crashed.sortEverything()
                #expect(try await crashed.size().unsorted == 0)
                #expect(try await crashed.statistics(of: series, in: at(1)..<at(40), every: .hour) == expected)
                #expect(try await crashed.all(series).first?.value == .number(50))
            }
            try await store.close()
        }
    }

    @Test func aFullDiskIsSaidAndNothingIsLost() async throws {
        try await withTelemetryHome { home in
            let store = try SQLiteTelemetry(home: home)
            let series = try await store.declare(.measurement)
            try await store.allow(morePages: 20)
            var stored = 0
            let error = await #expect(throws: TelemetryError.self) {
                for minute in 0..<1_000 {
                    try await store.append((0..<60).map { Reading(series, at: at(1, 0, Int64(minute), $0), .number(.pi)) })
                    stored += 60
                }
            }
            #expect(error?.code == .noSpace)
            #expect(stored > 600)
            #expect(try await store.all(series).count == stored)
            try await afterCrash(home) { [stored] in try await expect(series, of: $0, stored) }
            try await store.allow(morePages: 1_000_000)
            try await store.append(series, [(at(2), 1)])
            #expect(try await store.all(series).count == stored + 1)
            try await store.close()
        }
    }

    @Test func batchesThatComeTogetherAllArrive() async throws {
        try await withTelemetryHome { home in
            var limits = TelemetryLimits()
            limits.unsorted = 20
            let store = try SQLiteTelemetry(home: home, limits: limits)
            let series = try await store.declare((0..<20).map { SeriesDeclaration(SeriesKey(thing: "t", property: "\($0)"), .measurement) })
            try await withThrowingTaskGroup(of: Void.self) { group in
                for id in series {
                    group.addTask {
                        for second: Int64 in 0..<50 {
                            try await store.append(id, [(at(1, 0, 0, second), 1)])
                        }
                    }
                }
                try await group.waitForAll()
            }
            for id in series { #expect(try await store.all(id).count == 50) }
            #expect(await code { try await SQLiteTelemetry(home: home).close() } == .inUse)
            try await store.close()
            #expect(await code { try await store.append(series[0], [(at(1), 1)]) } == .closed)
            #expect(await code { _ = try await store.size() } == .closed)
            let again = try SQLiteTelemetry(home: home)
            for id in series { #expect(try await again.all(id).count == 50) }
            try await again.close()
        }
    }

    @Test func whatHasWaitedForLongIsSortedThoughItIsLittle() async throws {
        try await withTelemetryHome { home in
            var limits = TelemetryLimits()
            (limits.unsorted, limits.sortAfter) = (1_600, .zero)
            let store = try SQLiteTelemetry(home: home, limits: limits)
            let series = try await store.declare(.power)
            for minute: Int64 in 0..<250 { try await store.append(series, [(at(2, 0, minute), Double(minute))]) }
            for _ in 0..<1_000 where try await store.size().unsorted >= 100 { try await Task.sleep(for: .milliseconds(10)) }
            #expect(try await store.size().unsorted < 100)
            #expect(try await store.all(series).count == 250)
            try await store.close()
        }
    }

    @Test func aLittleThatHasNotWaitedIsLeft() async throws {
        try await withTelemetryHome { home in
            var limits = TelemetryLimits()
            limits.unsorted = 1_600
            let store = try SQLiteTelemetry(home: home, limits: limits)
            let series = try await store.declare(.measurement)
            for minute: Int64 in 0..<250 { try await store.append(series, [(at(2, 0, minute), 1)]) }
            let size = try await store.size()
            #expect(size.unsorted == 250 && size.months.isEmpty)
            try await store.close()
        }
    }

    @Test func everyMonthHasItsFileForItsOwnerAlone() async throws {
        try await withTelemetryHome { home in
            let store = try SQLiteTelemetry(home: home)
            let series = try await store.declare(.measurement)
            try await store.append(series, [(.earliest, 1), (at(30), 2), (at(31), 3)])
            #expect(try await store.size().months.isEmpty)
            try await store.sortEverything()
            let size = try await store.size()
            #expect(size.months.keys.sorted() == ["1970-01", "2026-11", "2026-12"])
            #expect(size.bytes > size.months.values.reduce(0, +) && size.unsorted == 0)
            for name in ["telemetry.db", "telemetry-1970-01.db", "telemetry.lock"] {
                #expect(try FileManager.default.attributesOfItem(atPath: home.file(name))[.posixPermissions] as? Int == 0o600)
            }
            try await store.close()
        }
    }

    @Test func compactionGivesRoomBack() async throws {
        try await withTelemetryHome { home in
            let store = try SQLiteTelemetry(home: home)
            let big = try await store.declare(.measurement), small = try await store.declare(.power, "small")
            for hour in 0..<24 {
                try await store.append((0..<3_600).map { Reading(big, at: at(1, Int64(hour), 0, $0), .number(.pi)) })
                try await store.append(small, [(at(1, Int64(hour)), 60)])
            }
            _ = try await store.compact(now: at(2))
            let before = try await store.size()
            try await store.setRetention(Retention(rawDays: 1, fiveMinuteDays: 1, hourDays: nil), of: [big])
            let result = try await store.compact(now: at(3, 1))
            #expect(result.deleted == 24 * 3_600 + 288)
            #expect(result.freedBytes > 1_000_000)
            #expect(try await store.size().bytes < before.bytes - 1_000_000)
            #expect(try FileManager.default.contentsOfDirectory(atPath: home.path).allSatisfy { !$0.hasSuffix(".packing") })
            #expect(try await store.statistics(of: small, in: at(1)..<at(2), every: .day).map(\.amount) == [23 * 60])
            #expect(try await store.statistics(of: big, in: at(1)..<at(2), every: .hour).map(\.count) == Array(repeating: 3_600, count: 24))
            try await store.append(small, [(at(1, 23, 30), 0)])
            try await store.remove([big])
            _ = try await store.compact(now: at(4))
            #expect(try await store.all(small).count == 25)
            try await store.remove([small])
            _ = try await store.compact(now: at(5))
            #expect(try await store.size().months.isEmpty)
            try await store.close()
        }
    }

    @Test func aDamagedFileIsNamed() async throws {
        try await withTelemetryHome { home in
            try Data(repeating: 65, count: 4_096).write(to: URL(filePath: home.file("telemetry.db")))
            let error = #expect(throws: TelemetryError.self) { try SQLiteTelemetry(home: home) }
            #expect(error?.code == .unreadable && error?.message.contains("telemetry.db") == true)
        }
    }
}
