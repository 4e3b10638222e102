import Foundation
import LaresPlaces
import LaresThings
import Testing

/// What is wrong with the flow of water becomes an alarm.
@Suite struct FlowWatchTests {
    /// A house's water in litres a minute: none before five, then some now and then.
    private static func usual(_ date: Date, _ step: Int) -> Double {
        date.timeIntervalSince1970.truncatingRemainder(dividingBy: 86_400) < 5 * 3_600 || step % 5 > 0 ? 0 : 6
    }

    /// A week with a reading every other minute, in whose last two days and a bit something may be added; what watches it by that.
    private static func watching(_ place: WatchedHome, added: Double) async throws -> Watching {
        let telemetry = MemoryTelemetry(),
            series = try await telemetry.declare([SeriesDeclaration(SeriesKey("hall/meter/power"), .power)])[0]
        let now = place.clock.now
        try await telemetry.append(
            (1...5_000).map { step in
                let date = now - Double(5_001 - step) * 120, isLate = now.timeIntervalSince(date) < 2.5 * 86_400
                return Reading(series, at: LaresThings.Timestamp(date), .number(usual(date, step) + (isLate ? added : 0)))
            })
        let watching = try place.watching(telemetry)
        await watching.begin()
        let plan = WatchPlan(id: "water", things: "hall/+", properties: ["power"], severity: .critical, learning: 1_250, kind: .flow)
        try await watching.set(try #require(plan))
        #expect(await watching.seriesCount == 1)
        return watching
    }

    /// A reading each minute, and those that say the same again are asked for as often.
    private static func live(_ values: [Double], _ place: WatchedHome, _ watching: Watching) async throws {
        for value in values {
            try await place.read([value], watching)
            for _ in 1..<12 { await watching.tick() }
        }
    }

    @Test func aPipeThatBreaksIsACriticalAlarm() async throws {
        let place = try WatchedHome()
        defer { place.delete() }
        let watching = try await Self.watching(place, added: 0)
        try await Self.live((0..<30).map { Self.usual(place.clock.now, $0) }, place, watching)
        #expect(try await watching.alarms().isEmpty, "water as usual is nothing")
        try await Self.live((0..<30).map { 40 + Double($0 % 7) }, place, watching)
        let alarms = try await watching.alarms()
        #expect(alarms.map(\.cause.model) == ["flow-burst"] && alarms.map(\.watch) == ["water"])
        #expect(alarms[0].severity == .critical && alarms[0].series.description == "hall/meter/power" && alarms[0].state == .raised)
    }

    @Test func waterThatNeverStopsIsAnAlarm() async throws {
        let place = try WatchedHome()
        defer { place.delete() }
        let watching = try await Self.watching(place, added: 0.55)
        try await Self.live([0.55, 6.55, 0.55, 0.55], place, watching)
        let all = try await watching.alarms()
        #expect(all.map(\.cause.model) == ["flow-leak"], "\(all)")
    }
}
