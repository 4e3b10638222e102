import Foundation
import LaresStore
import LaresThings
import Testing

/// Telemetry that moves from files to servers.
@Suite(.enabled(if: ClickHouseServer.isThere, "clickhouse-server isn't installed, so moving telemetry to it is NOT tested"))
struct TelemetryMigrationTests {
    private func withBoth(_ body: (SQLiteTelemetry, ClickHouseTelemetry, String) async throws -> Void) async throws {
        try await withTelemetryHome { home in
            let files = try SQLiteTelemetry(home: home)
            let servers = try await ClickHouseTelemetry(try #require(try ClickHouseServer.shared?.database()))
            try await body(files, servers, home.file("telemetry-move.json"))
            try await files.close()
            try await servers.close()
        }
    }

    @Test func nothingIsLostThatIsAppendedMeanwhile() async throws {
        try await withBoth { files, servers, progress in
            let old = try await files.declare(.measurement), state = try await files.declare(.state, "state")
            for month in 0..<6 {
                let start = at(1 + Int64(month) * 30)
                try await files.append((0..<2_000).map { Reading(old, at: start.adding(minutes: $0), .number(1)) })
                try await files.append([Reading(state, at: start, .state("\(month)"))])
            }
            let moving = try await TelemetryMigration(from: files, to: servers, progress: progress)
            let new = try await moving.declare(.measurement, "new")
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await moving.move() }
                group.addTask {
                    // New readings, late ones, and ones that take the place of those that are being copied.
                    for step: Int64 in 0..<60 {
                        try await moving.append((0..<6).map { Reading(old, at: at(1 + $0 * 30).adding(minutes: step * 10), .number(2)) })
                        try await moving.append([Reading(new, at: at(200).adding(minutes: step), .number(3))])
                    }
                }
                try await group.waitForAll()
            }
            let months = ["2026-11", "2026-12", "2027-01", "2027-03", "2027-04"]
            #expect(moving.progress.isDone && moving.progress.months.isSuperset(of: months))
            for id in [old, state, new] { #expect(try await moving.all(id) == files.all(id)) }
            #expect(try await moving.all(old).count { $0.value == .number(2) } == 360)
            #expect(try await moving.latest(of: [old, state, new]) == files.latest(of: [old, state, new]))
            let days = try await moving.statistics(of: old, in: at(1)..<at(300), every: .day)
            #expect(try await days == files.statistics(of: old, in: at(1)..<at(300), every: .day))
        }
    }

    @Test func whatIsCopiedIsNotCopiedAgain() async throws {
        try await withBoth { files, servers, progress in
            let series = try await files.declare(.power)
            try await files.append(series, [(at(1), 100), (at(1, 1), 100), (at(35), 7), (at(35, 1), 7)])
            try await files.sortEverything()
            try #"{"months":["2026-11"],"done":false}"#.write(toFile: progress, atomically: true, encoding: .utf8)
            let moving = try await TelemetryMigration(from: files, to: servers, progress: progress)
            #expect(try await moving.all(series).count == 4, "the files answer")
            try await moving.move()
            #expect(try await moving.all(series).map(\.time) == [at(35), at(35, 1)], "the month that was there already stayed away")
            let again = try await TelemetryMigration(from: files, to: servers, progress: progress)
            #expect(again.progress.isDone)
            try "nonsense".write(toFile: progress, atomically: true, encoding: .utf8)
            #expect(await code { _ = try await TelemetryMigration(from: files, to: servers, progress: progress) } == .unreadable)
        }
    }

    @Test func statisticsOutliveTheirReadings() async throws {
        try await withBoth { files, servers, progress in
            let series = try await files.declare(.meter)
            try await files.append((0..<40).map { Reading(series, at: at(1 + $0, 12), .number(Double($0) * 2)) })
            try await files.setRetention(Retention(rawDays: 5, fiveMinuteDays: 10, hourDays: 20), of: [series])
            _ = try await files.compact(now: at(41))
            let moving = try await TelemetryMigration(from: files, to: servers, progress: progress)
            try await moving.move()
            #expect(try await moving.all(series).count == 5)
            for period in StatisticPeriod.allCases {
                let moved = try await moving.statistics(of: series, in: at(1)..<at(60), every: period)
                #expect(try await moved == files.statistics(of: series, in: at(1)..<at(60), every: period))
            }
            #expect(try await servers.series(of: nil).map(\.retention.rawDays) == [5])
        }
    }
}
