import Foundation
import LaresJSON
import LaresPlaces
import Testing

@Suite struct TimerTests {
    private let start = Date(timeIntervalSince1970: 1_790_000_000.25)

    @Test func timersRingOnce() throws {
        var timer = try CountdownTimer(name: "Eggs", seconds: 5.5, at: start)
        #expect(timer.secondsLeft(at: start + 1) == 4.5 && !timer.rings(at: start + 5.499))
        #expect(timer.rings(at: start + 5.5) && !timer.rings(at: start + 6) && timer.state == .over)
    }

    @Test func pausedTimersStandStill() throws {
        var timer = try CountdownTimer(name: "Eggs", seconds: 60, at: start)
        timer.pause(at: start + 20)
        timer.pause(at: start + 25)
        #expect(timer.secondsLeft(at: start + 500) == 40 && !timer.rings(at: start + 500))
        timer.add(seconds: -10, at: start + 500)
        timer.resume(at: start + 500)
        #expect(timer.secondsLeft(at: start + 510) == 20)
        timer.add(seconds: 30, at: start + 510)
        #expect(!timer.rings(at: start + 559) && timer.rings(at: start + 560))
        timer.add(seconds: 1e300, at: start + 560)
        #expect(timer.state == .over)
    }

    @Test(arguments: [0, -1, 604_800.1, .nan, .infinity]) func timersOfNoLengthAreRefused(_ seconds: Double) {
        #expect(throws: ScheduleError.self) { try CountdownTimer(name: "", seconds: seconds, at: start) }
    }

    @Test func timersAreKept() throws {
        var timer = try CountdownTimer(name: "Eggs", seconds: 60, at: start)
        #expect(try CountdownTimer(timer.json) == timer)
        timer.pause(at: start + 1.5)
        #expect(try CountdownTimer(timer.json) == timer)
        timer.stop()
        #expect(try CountdownTimer(timer.json) == timer)
        for bad: JSON in [["state": "running"], ["state": "paused", "until_ms": 1], ["state": "over", "left_ms": 1], ["more": 1], 3] {
            #expect(throws: ScheduleError.self) { try CountdownTimer(bad) }
        }
    }

    private func command(_ id: String, _ due: Int, missed: MissedPolicy = .skip) throws -> DelayedCommand {
        try #require(DelayedCommand(id: id, due: due, command: ["set": .string(id)], missed: missed))
    }

    @Test func delayedCommandsAreTakenInOrderAndTooLateOnesApart() throws {
        var commands = DelayedCommands()
        for (id, due) in [("b", 200), ("a", 100), ("c", 200), ("d", 300)] { try commands.add(command(id, due)) }
        try commands.add(command("kept", 50, missed: .runOnce(within: 3600)))
        try commands.add(command("b", 250))
        #expect(commands.cancel("d")?.due == 300 && commands.cancel("d") == nil)
        #expect(commands.all.map(\.id) == ["kept", "a", "c", "b"])
        #expect(try DelayedCommands(commands.json) == commands)
        #expect(commands.take(dueAt: Date(timeIntervalSince1970: 49.9)).due.isEmpty)
        let (due, late) = commands.take(dueAt: Date(timeIntervalSince1970: 200))
        #expect(due.map(\.id) == ["kept", "c"] && late.map(\.id) == ["a"] && commands.nextDate == Date(timeIntervalSince1970: 250))
        for bad: JSON in [["x"], [["id": "a", "due": "x", "command": 1]], [["id": "", "due": "2026-01-01T00:00:00Z", "command": 1]], 1] {
            #expect(throws: ScheduleError.self) { try DelayedCommands(bad) }
        }
    }

    @Test func delayedCommandsAreBounded() throws {
        var commands = DelayedCommands()
        for number in 0..<DelayedCommands.most { try commands.add(command("\(number)", number)) }
        #expect(throws: ScheduleError.self) { try commands.add(command("one more", 0)) }
        try commands.add(command("7", 0))
    }

    private func simulation(seed: UInt64, zone: TimeZoneRules) throws -> PresenceSimulation {
        // Four weeks of evenings: on at 18:00 and off at 18:05, in the wall time of Berlin's winter.
        let monday = try #require(CalendarDay("2026-02-02"))
        let recording = (0..<28).flatMap { day in
            let midnight = monday.adding(day).ordinal * 86_400 - 3600
            return [(64_800, true), (65_100, false)].map { time, value in
                PresenceSimulation.Switching(thing: "lamp \(day % 7)", instant: midnight + time, value: .bool(value))
            }
        }
        return try PresenceSimulation(repeating: recording.shuffled(), in: zone, jitter: 1800, seed: seed)
    }

    @Test func presenceRepeatsTheWeekdayWithJitter() throws {
        let zone = try TimeZoneRules("Europe/Berlin"), simulation = try simulation(seed: 7, zone: zone)
        let first = try #require(CalendarDay("2026-03-02"))
        var times: Set<Int> = []
        for day in 0..<14 {
            let switchings = simulation.switchings(on: first.adding(day))
            #expect(switchings.map(\.value) == [true, false] && switchings.allSatisfy { $0.thing == "lamp \(day % 7)" })
            for (switching, recorded) in zip(switchings, [64_800, 65_100]) {
                let (wallDay, time) = zone.wall(at: switching.instant)
                #expect(wallDay == first.adding(day).ordinal && abs(time - recorded) <= 2100)
                times.insert(time)
            }
        }
        #expect(times.count > 20)
        #expect(simulation.switchings(on: first.adding(60)).isEmpty)
    }

    @Test func presenceOfOneSeedIsTheSame() throws {
        let zone = TimeZoneRules.utc, day = try #require(CalendarDay("2026-03-03"))
        let (a, b, c) = (try simulation(seed: 7, zone: zone), try simulation(seed: 7, zone: zone), try simulation(seed: 8, zone: zone))
        #expect(a.switchings(on: day) == b.switchings(on: day) && a.switchings(on: day) != c.switchings(on: day))
        #expect(throws: ScheduleError.self) { try PresenceSimulation(repeating: [], in: zone, weeks: 0, seed: 1) }
    }
}
