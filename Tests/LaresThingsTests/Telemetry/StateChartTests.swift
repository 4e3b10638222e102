import Foundation
import LaresThings
import Testing

/// When a property was in which state, of every store.
@Suite struct StateChartTests {
    private func one(_ store: any TelemetryStore, _ id: SeriesID) async throws -> Series {
        try #require(try await store.series(of: nil).first { $0.id == id })
    }

    private func say(_ store: any TelemetryStore, _ id: SeriesID, _ states: [(Timestamp, String)]) async throws {
        for (time, state) in states { try await store.append([Reading(id, at: time, .state(state))]) }
    }

    @Test(arguments: TestedStore.allCases)
    func aTextHoldsUntilTheNextOne(kind: TestedStore) async throws {
        try await withTelemetry(kind) { store in
            let id = try await store.declare(.state)
            // What began the day before holds into the range.
            try await say(store, id, [(at(1, 20), "off"), (at(2, 6), "heating"), (at(2, 9), "idle"), (at(2, 18), "heating")])
            let chart = try await store.states(of: try await one(store, id), in: at(2)..<at(3), atMost: 480)
            #expect(chart.lanes.map(\.state) == ["heating", "idle", "off"] && chart.others == nil && chart.gaps.isEmpty && !chart.isCut)
            #expect(chart.lanes[0].stretches == [at(2, 6)..<at(2, 9), at(2, 18)..<at(3)] && chart.lanes[0].time == 9 * 3_600_000)
            #expect(chart.lanes[1].stretches == [at(2, 9)..<at(2, 18)] && chart.lanes[2].stretches == [at(2)..<at(2, 6)])
            #expect(chart.lanes.reduce(0) { $0 + $1.time } == 86_400_000 && chart.last == "heating")
            #expect(chart.changes.map(\.state) == ["heating", "idle", "heating", "off"] && chart.changes.first?.time == at(2, 18))
        }
    }

    @Test(arguments: TestedStore.allCases)
    func beforeTheFirstReportNothingWasKnown(kind: TestedStore) async throws {
        try await withTelemetry(kind) { store in
            let id = try await store.declare(.state)
            try await say(store, id, [(at(2, 6), "open")])
            let chart = try await store.states(of: try await one(store, id), in: at(2)..<at(3), atMost: 480)
            #expect(chart.gaps == [at(2)..<at(2, 6)] && chart.lanes.map(\.time) == [18 * 3_600_000])
            let none = try await store.states(of: try await one(store, id), in: at(1)..<at(2), atMost: 480)
            #expect(none.lanes.isEmpty && none.last == nil && none.gaps == [at(1)..<at(2)])
        }
    }

    @Test(arguments: TestedStore.allCases)
    func whatIsOnHasPulsesAndSilenceIsAGap(kind: TestedStore) async throws {
        try await withTelemetry(kind) { store in
            let id = try await store.declare(.measurement)
            // On from 10:00 with pulses until 10:30, off at 10:32, then silence until 12:00.
            let pulses = (0...6).map { (minute: Int64) -> (Timestamp, Double) in (at(2, 10, minute * 5), 1) }
            let rest: [(Timestamp, Double)] = [(at(2, 10, 32), 0), (at(2, 12), 0)]
            try await store.append(id, pulses + rest)
            let chart = try await store.states(of: try await one(store, id), in: at(2, 10)..<at(2, 12, 5), atMost: 480)
            #expect(chart.lanes.map(\.state) == ["true", "false"] && chart.lanes[0].stretches == [at(2, 10)..<at(2, 10, 32)])
            #expect(chart.lanes[0].time == 32 * 60_000 && chart.lanes[1].time == 20 * 60_000)
            #expect(chart.gaps == [at(2, 10, 47)..<at(2, 12)] && chart.last == "false")
            // What was only said again is no change.
            #expect(chart.changes.map(\.time) == [at(2, 12), at(2, 10, 32), at(2, 10)])
        }
    }

    @Test(arguments: TestedStore.allCases)
    func aYearOfFlagsIsMadeFromStatistics(kind: TestedStore) async throws {
        try await withTelemetry(kind) { store in
            let id = try await store.declare(.measurement)
            // Three days: on in the even hours, with a pulse every five minutes.
            let readings = (0..<864).map { (place: Int64) -> Reading in
                Reading(id, at: at(2, 0, place * 5), .number(place / 12 % 2 == 0 ? 1 : 0))
            }
            try await store.append(readings)
            let chart = try await store.states(of: try await one(store, id), in: at(2)..<at(5), atMost: 24)
            #expect(Set(chart.lanes.map(\.state)) == ["true", "false"] && chart.last == "false")
            for lane in chart.lanes {
                #expect(abs(lane.time - 36 * 3_600_000) <= 3_600_000 && lane.stretches.count <= 25, "half the time each: \(lane.time)")
            }
        }
    }

    @Test func aLaneHasNoMoreStretchesThanPixels() async throws {
        let store = MemoryTelemetry()
        let id = try await store.declare(.state)
        try await store.append(
            (0..<20_000).map { (second: Int64) -> Reading in
                Reading(id, at: at(2, 0, 0, second), .state(second.isMultiple(of: 2) ? "a" : "b"))
            })
        let chart = try await store.states(of: try await one(store, id), in: at(2)..<at(3), atMost: 100)
        #expect(chart.lanes.allSatisfy { $0.stretches.count <= 100 } && chart.changes.count == StateChart.mostChanges)
        #expect(chart.lanes.reduce(0) { $0 + $1.time } == 86_400_000)
    }

    @Test func statesWithoutEndAreOneLane() async throws {
        let store = MemoryTelemetry()
        let id = try await store.declare(.state)
        try await store.append(
            (0..<1_000).map { (minute: Int64) -> Reading in Reading(id, at: at(2, 0, minute), .state("text \(minute)")) })
        let chart = try await store.states(of: try await one(store, id), in: at(2)..<at(2, 16, 40), atMost: 480)
        #expect(chart.lanes.count == StateChart.mostLanes && chart.others?.state == "")
        #expect(chart.lanes.reduce(chart.others?.time ?? 0) { $0 + $1.time } == 1_000 * 60_000)
    }

    @Test func moreChangesThanAreLookedAtLeaveTheOldestOut() async throws {
        let store = MemoryTelemetry()
        let id = try await store.declare(.state)
        for part in 0..<5 {
            let seconds = Int64(part) * 50_000..<Int64(part + 1) * 50_000
            try await store.append(
                seconds.map { (second: Int64) -> Reading in
                    Reading(id, at: at(2, 0, 0, second), .state(second.isMultiple(of: 2) ? "a" : "b"))
                })
        }
        let chart = try await store.states(of: try await one(store, id), in: at(2)..<at(2, 0, 0, 250_000), atMost: 100)
        #expect(chart.isCut && chart.gaps.first?.lowerBound == at(2))
        #expect(chart.lanes.reduce(0) { $0 + $1.time } <= 200_001 * 1_000)
    }
}
