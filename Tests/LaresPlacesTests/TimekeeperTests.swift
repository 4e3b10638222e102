import Foundation
import LaresJSON
import LaresPlaces
import LaresThings
import Synchronization
import Testing

@Suite struct TimekeeperTests {
    private let start = Date(timeIntervalSince1970: 1_790_000_000)

    private func times(_ place: MovingHome, _ clock: FixedClock, _ telemetry: any TelemetryStore = MemoryTelemetry()) throws -> Timekeeper {
        try Timekeeper(home: place.home, store: place.store, telemetry: telemetry, automations: place.automations, clock: clock)
    }

    private func rule(on event: String) throws -> Rule {
        try Rule(JSON(parsing: Array(#"{"id": "heard", "name": "r", "when": {"event": "\#(event)"}, "then": {"let": {"x": 1}}}"#.utf8)))
    }

    @Test func aTimerRingsOnceAndIsKeptUntilThen() async throws {
        let place = try MovingHome(), clock = FixedClock(start)
        try await place.automations.set(try rule(on: "timer"))
        let eggs = try await times(place, clock).start("Eggs", seconds: 300)
        #expect(eggs.id == 1)
        let times = try times(place, clock)
        #expect(await times.timers == [eggs])
        clock.advance(by: 299)
        await times.pass()
        #expect(try place.automations.notices().isEmpty)
        clock.advance(by: 1)
        await times.pass()
        await times.pass()
        #expect(try place.automations.notices().map(\.text) == ["⏰ Eggs"])
        #expect(await place.automations.traces(of: RuleID("heard")!).count == 1)
        #expect(await times.timers.isEmpty)
        #expect(try await self.times(place, clock).timers.isEmpty)
    }

    @Test func aTimerIsDoubtedOnceSomebodyWhoIsHadAHandInIt() async throws {
        let place = try MovingHome(), clock = FixedClock(start)
        let tea = try await times(place, clock).start("Tea", seconds: 60, isDoubted: true)
        let rice = try await times(place, clock).start("Rice", seconds: 60)
        let times = try times(place, clock)
        #expect(await times.timers.map(\.isDoubted) == [true, false])
        _ = try await times.change(tea.id) { $0.add(seconds: 1, at: $1) }
        #expect(try await times.change(rice.id, isDoubted: true) { $0.add(seconds: -30, at: $1) }?.isDoubted == true)
        #expect(try await self.times(place, clock).timers.map(\.isDoubted) == [true, true])
    }

    @Test func aTimerThatIsPausedOrStoppedDoesNotRing() async throws {
        let place = try MovingHome(), clock = FixedClock(start)
        let times = try times(place, clock)
        let (tea, rice) = (try await times.start("Tea", seconds: 60), try await times.start("Rice", seconds: 60))
        #expect(try await times.change(tea.id) { $0.pause(at: $1) }?.timer.state == .paused(left: 60_000))
        #expect(try await times.stop(rice.id) == rice)
        clock.advance(by: 61)
        await times.pass()
        #expect(try place.automations.notices().isEmpty)
        #expect(try await times.change(9) { $0.pause(at: $1) } == nil)
    }

    @Test func aCommandThatWaitsIsTriedOnceWhenItIsDue() async throws {
        let place = try await MovingHome.furnished(), clock = FixedClock(start)
        let command = ThingCommand(ThingID("hall/lamp")!, ["on": .boolean(false)], by: Cause(.principal, name: "anna"))
        let first = try await times(place, clock).wait(command, until: start + 600)
        let times = try times(place, clock)
        let second = try await times.wait(command, until: start + 900)
        #expect(await times.waiting == [first, second])
        #expect(try await times.cancel(second.id) == second)
        clock.advance(by: 600)
        await times.pass()
        // No broker here: the command is gone all the same, and people hear why.
        #expect(try place.automations.notices().first?.text.hasPrefix("✗ hall/lamp/on=false: ") == true)
        #expect(try await self.times(place, clock).waiting.isEmpty)
    }

    @Test func aCommandThatWaitsIsJudgedWhenItIsDueByWhatItWasPermittedOn() async throws {
        let place = try await MovingHome.furnished(), clock = FixedClock(start), asked = Mutex<[JSON]>([])
        let command = ThingCommand(ThingID("hall/lamp")!, ["on": .boolean(false)], by: Cause(.principal, name: "anna"))
        _ = try await times(place, clock).wait(command, until: start + 600, on: ["key": "7f"])
        let times = try Timekeeper(
            home: place.home, store: place.store, telemetry: MemoryTelemetry(), automations: place.automations, clock: clock
        ) { command, pledge in
            asked.withLock { $0.append(pledge) }
            throw ThingsError(.needsConfirmation, "not \(command.thing)")
        }
        clock.advance(by: 600)
        await times.pass()
        #expect(asked.withLock(\.self) == [["key": "7f"]])
        #expect(try place.automations.notices().map(\.text) == ["✗ hall/lamp/on=false: not hall/lamp"])
        #expect(await times.waiting.isEmpty)
    }

    @Test func aCommandThatIsAnHourLateIsNotDone() async throws {
        let place = try await MovingHome.furnished(), clock = FixedClock(start)
        let command = ThingCommand(ThingID("hall/lamp")!, ["on": .boolean(false)], by: Cause(.principal, name: "anna"))
        let times = try times(place, clock)
        _ = try await times.wait(command, until: start + 10)
        clock.advance(by: 3_700)
        await times.pass()
        #expect(try place.automations.notices().map(\.text) == ["✗ hall/lamp/on=false"])
    }

    /// The lamp went on and off in the evening, a week before.
    @Test func whatWasSwitchedAWeekAgoIsSwitchedAgain() async throws {
        let place = try await MovingHome.furnished(), clock = FixedClock(start), telemetry = MemoryTelemetry()
        let series = try await telemetry.declare([SeriesDeclaration(SeriesKey(thing: "hall/lamp", property: "on"), .measurement)])[0]
        let zone = place.automations.site.zone, today = CalendarDay(ordinal: zone.wall(at: Int(start.timeIntervalSince1970)).day)
        let evening = zone.instant(wall: today.adding(-7).ordinal * 86_400 + 79_200)
        try await telemetry.append(
            [(0, 1.0), (1_800, 0.0)].map { after, value in
                Reading(series, at: LaresThings.Timestamp(milliseconds: Int64(evening + after) * 1_000), .number(value))
            })
        // What stays as it is isn't switched.
        try await telemetry.append(
            stride(from: 300, to: 3_600, by: 300).map { after in
                let isOn = (0..<1_800).contains(after)
                return Reading(
                    series, at: LaresThings.Timestamp(milliseconds: Int64(evening + after) * 1_000 + 1), .number(isOn ? 1 : 0))
            })
        try await place.automations.set(try rule(on: "presence"))
        let times = try times(place, clock, telemetry)
        #expect(try await times.switchings(on: today).isEmpty)
        let plan: JSON = ["enabled": true, "properties": ["hall/lamp/on"], "weeks": 1, "jitter_seconds": 600]
        try await times.set(try PresencePlan(plan))
        let again = try await times.switchings(on: today)
        #expect(again.map(\.value) == [true, false] && again.map(\.thing) == ["hall/lamp/on", "hall/lamp/on"])
        #expect(zip(again, [0, 1_800]).allSatisfy { abs($0.instant - (evening + 7 * 86_400 + $1)) <= 600 })
        await times.pass()
        clock.set(to: Date(timeIntervalSince1970: Double(again[0].instant)))
        await times.pass()
        await times.pass()
        #expect(await place.automations.traces(of: RuleID("heard")!).count == 1)
        #expect(try await self.times(place, clock, telemetry).switchings(on: today) == again, "a restart goes on with the same day")
    }

    @Test(arguments: [
        #"{"properties": ["x"]}"#, #"{"weeks": 9}"#, #"{"jitter_seconds": -1}"#, #"{"more": 1}"#, #"[]"#, #"{"enabled": 1}"#,
    ])
    func whatIsNoPlanIsRefused(_ text: String) throws {
        let json = try JSON(parsing: Array(text.utf8))
        #expect(throws: JSONError.self) { try PresencePlan(json) }
    }
}
