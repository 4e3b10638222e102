import Foundation
import LaresJSON
import LaresPlaces
import LaresTesting
import LaresThings
import Testing

@Suite struct RuleMemoryTests {
    private let rule = #"""
        {"name": "r", "when": [{"becomes": "a/motion/motion", "to": true}], "then": [
        {"let": {"text": "{{ trigger.property }}"}}, {"repeat": [{"wait": "2m"}, {"parallel": [
        [{"notify": "{{ text }} {{ repeat.index }}"}], [{"wait_for": [{"becomes": "a/door/open", "to": true}], "timeout": "9m"}, {"set": {"b/lamp/on": true}}]]}],
        "times": 2}], "mode": "queued", "most": 3}
        """#

    @Test func whatIsKeptWrittenAndReadGoesOnAsIfNothingHadBeen() throws {
        let through = try played(restarts: false)
        #expect(try played(restarts: true) == through)
        #expect(through.count >= 6)
    }

    private func played(restarts: Bool) throws -> [RuleEffect.Kind] {
        var theatre = RuleTheatre(at: moment("2026-11-28T18:00"))
        theatre.restarts = restarts
        (theatre.world.states["a/motion/motion"], theatre.world.states["a/door/open"]) = (nil, nil)
        try theatre.engine.set(try Rule(rule), at: theatre.now, in: theatre.world)
        for minute in 0..<60 {
            try theatre.pass(to: moment("2026-11-28T18:00") + Double(minute) * 60)
            if minute == 1 || minute == 6 { try theatre.report("a/motion/motion", true) }
            if minute == 3 { try theatre.report("a/motion/motion", false) }
            if minute % 5 == 0 { try theatre.report("a/door/open", .boolean(minute % 10 == 0)) }
        }
        #expect(theatre.engine.runs.isEmpty)
        return theatre.deeds.map(\.kind)
    }

    private func theatre(_ text: String) throws -> RuleTheatre {
        var theatre = RuleTheatre(at: moment("2026-11-28T18:00"))
        theatre.know("a/motion/motion", false)
        try theatre.engine.set(try Rule(text), at: theatre.now, in: theatre.world)
        try theatre.report("a/motion/motion", true)
        return theatre
    }

    private let waits = #"""
        {"name": "r", "when": [{"becomes": "a/motion/motion", "to": true}], "then": [{"wait": "5m"}, {"notify": "done"}]}
        """#

    @Test func aWaitThatEndedMeanwhileEndsNow() throws {
        var theatre = try theatre(waits)
        theatre.now += 1200
        try theatre.restart()
        #expect(theatre.deeds.map(\.kind) == [.notify("done", title: nil, to: nil)])
    }

    @Test func aWaitThatEndedLongAgoStopsItsRun() throws {
        var theatre = try theatre(waits)
        theatre.now += 4000
        try theatre.restart()
        let trace = theatre.engine.traces(of: RuleID(naming: "r")).last
        #expect(theatre.deeds.isEmpty && theatre.engine.runs.isEmpty && trace?.reason?.key == "too_late" && trace?.outcome == .stopped)
    }

    @Test func whatWasSoBeforeARestartIsNoNews() throws {
        var theatre = try theatre(#"{"name": "r", "when": [{"becomes": "a/motion/motion", "to": true}], "then": [{"notify": "moved"}]}"#)
        theatre.deeds = []
        try theatre.restart()
        try theatre.report("a/motion/motion", nil)
        try theatre.report("a/motion/motion", true)
        #expect(theatre.deeds.isEmpty)
        try theatre.report("a/motion/motion", false)
        try theatre.report("a/motion/motion", true)
        #expect(theatre.deeds.count == 1)
    }

    @Test func whatLastsGoesOnLasting() throws {
        var theatre = try theatre(
            #"{"name": "r", "when": [{"becomes": "a/motion/motion", "to": true, "for": "5m"}], "then": [{"notify": "long"}]}"#)
        theatre.now += 180
        try theatre.restart()
        try theatre.pass(to: moment("2026-11-28T18:04:59"))
        #expect(theatre.deeds.isEmpty)
        try theatre.pass(to: moment("2026-11-28T18:05"))
        #expect(theatre.deeds.count == 1)
    }

    @Test func whatIsOtherwiseAfterARestartDoesNotLast() throws {
        let lamp = try #require(ThingID("a/lamp"))
        for (now, count) in [(Availability.offline, 1), (.unknown, 0), (.online, 0)] {
            var theatre = RuleTheatre(at: moment("2026-11-28T18:00"))
            let rule = try Rule(
                #"{"name": "r", "when": [{"availability": "a/lamp", "to": "offline", "for": "5m"}], "then": [{"notify": "gone"}]}"#)
            try theatre.engine.set(rule, at: theatre.now, in: theatre.world)
            try theatre.tell(.availability(lamp, .offline))
            theatre.now += 180
            theatre.world.availabilities[lamp] = now
            try theatre.restart()
            try theatre.pass(to: moment("2026-11-28T18:06"))
            #expect(theatre.deeds.count == count, "\(now)")
        }
        var theatre = try theatre(
            #"{"name": "r", "when": [{"becomes": "a/motion/motion", "to": true, "for": "5m"}], "then": [{"notify": "long"}]}"#)
        theatre.world.states["a/motion/motion"]?.reported = false
        try theatre.restart()
        try theatre.pass(to: theatre.now + 600)
        #expect(theatre.deeds.isEmpty)
    }

    @Test func aRuleThatIsAnotherNowIsNotGoneOnWith() throws {
        let old = try theatre(waits)
        let memory = try RuleMemory(old.engine.kept(at: old.now).json)
        var engine = RuleEngine(from: memory)
        try engine.set(try Rule(waits.replacing("5m", with: "6m")), at: old.now, in: old.world)
        #expect(engine.resume(at: old.now + 1200, in: old.world).isEmpty && engine.runs.isEmpty)
        #expect(engine.traces(of: RuleID(naming: "r")).last?.reason?.key == "switched_off")
    }

    @Test func timesThatWereMissedFollowTheRulesPolicy() throws {
        let text = #"{"name": "r", "when": [{"time": "18:30"}], "then": [{"notify": "now"}]"#
        for (rest, count) in [("}", 0), (#", "missed": {"policy": "run_once", "within": 3600}}"#, 1)] {
            var theatre = RuleTheatre(at: moment("2026-11-28T18:00"))
            try theatre.engine.set(try Rule(text + rest), at: theatre.now, in: theatre.world)
            theatre.now += 3000
            try theatre.restart()
            #expect(theatre.deeds.count == count)
        }
    }

    @Test func mutatedMemoriesAreReadOrRefusedAndNeverTrap() throws {
        var theatre = RuleTheatre(at: moment("2026-11-28T18:00"))
        try theatre.engine.set(try Rule(rule), at: theatre.now, in: theatre.world)
        try theatre.report("a/motion/motion", true)
        try theatre.pass(to: theatre.now + 121)
        let bytes = theatre.engine.kept(at: theatre.now).json.data
        var random = Mutations(seed: 77)
        var accepted = 0
        for _ in 0..<Mutations.inputs / 5 {
            let damaged = random.mutate(bytes)
            guard let json = try? JSON(parsing: damaged), let memory = try? RuleMemory(json) else { continue }
            accepted += 1
            var engine = RuleEngine(from: memory)
            try engine.set(try Rule(rule), at: theatre.now, in: theatre.world)
            _ = engine.resume(at: theatre.now, in: theatre.world)
            for day in 1...100 { _ = engine.pass(to: theatre.now + Double(day) * 86_400, in: theatre.world) }
            guard engine.runs.isEmpty else {
                Issue.record("\(String(decoding: damaged, as: UTF8.self))")
                return
            }
        }
        #expect(accepted > 0)
    }
}
