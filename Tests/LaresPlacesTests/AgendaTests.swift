import Foundation
import LaresJSON
import LaresPlaces
import LaresThings
import Testing

@Suite struct AgendaTests {
    private func plan(_ triggers: String, missed: String = #"{"policy": "skip"}"#) throws -> SchedulePlan {
        try SchedulePlan("{\"triggers\": [\(triggers)], \"missed\": \(missed)}", at: Site(zone: .utc))
    }

    private static let hourly = #"{"kind": "interval", "every": 3600}"#

    /// "plan@time", late ones with "!".
    private func shown(_ due: [Agenda.Due]) -> [String] {
        due.map { "\($0.plan)@\(TimeZoneRules.utc.shown($0.occurrence.date).dropFirst(11).prefix(5))\($0.isLate ? "!" : "")" }
    }

    @Test func aDayRunsEveryMomentOnce() throws {
        let clock = FixedClock(moment("2026-06-05T00:00:30"))
        var agenda = Agenda(checkedUntil: clock.now)
        agenda.set(try plan(Self.hourly), for: "a", at: clock.now)
        agenda.set(try plan(#"{"kind": "weekly", "from": "05:00", "to": "07:30"}"#), for: "b", at: clock.now)
        var run: [String] = []
        while let next = agenda.nextDate, next < moment("2026-06-05T09:00") {
            clock.set(to: next + 2)
            run += shown(agenda.due(at: clock.now))
            #expect(agenda.due(at: clock.now).isEmpty)
        }
        #expect(run == ["a@01:00", "a@02:00", "a@03:00", "a@04:00", "a@05:00", "b@05:00", "a@06:00", "a@07:00", "b@07:30", "a@08:00"])
    }

    @Test func afterARestartThePolicyDecides() throws {
        let (stopped, now) = (moment("2026-06-05T02:30"), moment("2026-06-05T05:20"))
        var agenda = Agenda(checkedUntil: stopped)
        agenda.set(try plan(Self.hourly), for: "skips", at: agenda.checkedUntil)
        agenda.set(try plan(Self.hourly, missed: #"{"policy": "run_once", "within": 1200}"#), for: "runs", at: agenda.checkedUntil)
        agenda.set(try plan(Self.hourly, missed: #"{"policy": "run_once", "within": 1199}"#), for: "too late", at: agenda.checkedUntil)
        agenda.set(try plan(Self.hourly, missed: #"{"policy": "run_once", "within": 9000}"#), for: "new", at: now)
        #expect(shown(agenda.due(at: now)) == ["runs@05:00!"])
        #expect(agenda.checkedUntil == now && agenda.nextDate == moment("2026-06-05T06:00"))
    }

    @Test func aMissedMomentGivesWayToOneOnTime() throws {
        var agenda = Agenda(checkedUntil: moment("2026-06-05T02:30"))
        agenda.set(try plan(Self.hourly, missed: #"{"policy": "run_once", "within": 9000}"#), for: "a", at: agenda.checkedUntil)
        #expect(shown(agenda.due(at: moment("2026-06-05T05:00:59"))) == ["a@05:00"])
    }

    @Test func aClockSetBackALittleRunsNothingTwice() throws {
        var agenda = Agenda(checkedUntil: moment("2026-06-05T04:59"))
        agenda.set(try plan(Self.hourly), for: "a", at: agenda.checkedUntil)
        #expect(shown(agenda.due(at: moment("2026-06-05T05:00:10"))) == ["a@05:00"])
        for time in ["04:59:50", "05:00:00", "05:00:10"] { #expect(agenda.due(at: moment("2026-06-05T\(time)")).isEmpty) }
        #expect(shown(agenda.due(at: moment("2026-06-05T06:00"))) == ["a@06:00"])
    }

    @Test func aClockThatWasFarAheadIsForgotten() throws {
        var agenda = Agenda(checkedUntil: moment("2026-06-05T04:59"))
        agenda.set(try plan(Self.hourly), for: "a", at: agenda.checkedUntil)
        _ = agenda.due(at: moment("2036-01-01T00:00"))
        #expect(agenda.due(at: moment("2026-06-05T05:10")).isEmpty)
        #expect(shown(agenda.due(at: moment("2026-06-05T06:00:01"))) == ["a@06:00"])
    }

    @Test func removedPlansAreSilent() throws {
        var agenda = Agenda(checkedUntil: moment("2026-06-05T04:59"))
        agenda.set(try plan(Self.hourly), for: "a", at: agenda.checkedUntil)
        agenda.set(nil, for: "a", at: agenda.checkedUntil)
        #expect(agenda.nextDate == nil && agenda.due(at: moment("2026-06-05T05:00")).isEmpty)
    }

    @Test func clocksAreSetAndMoved() {
        let clock = FixedClock(moment("2026-06-05T04:59"))
        clock.advance(by: 61)
        #expect(clock.now == moment("2026-06-05T05:00:01"))
        #expect(abs(SystemTime().now.timeIntervalSinceNow) < 60)
    }
}
