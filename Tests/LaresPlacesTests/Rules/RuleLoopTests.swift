import Foundation
import LaresJSON
import LaresPlaces
import LaresThings
import Testing

@Suite struct RuleLoopTests {
    private func flip(_ name: String, _ from: String, _ to: String, _ value: String = "{{ not trigger.to }}") throws -> Rule {
        try Rule(
            #"{"name": "\#(name)", "when": [{"becomes": "\#(from)"}], "then": [{"set": {"\#(to)": "\#(value)"}}], "mode": "parallel"}"#)
    }

    @Test func rulesThatTriggerEachOtherAreStoppedByName() throws {
        var theatre = RuleTheatre(at: moment("2026-11-28T18:00"))
        theatre.know("a/x/on", false)
        theatre.know("a/y/on", false)
        for rule in [try flip("one", "a/x/on", "a/y/on", "{{ trigger.to }}"), try flip("two", "a/y/on", "a/x/on")] {
            try theatre.engine.set(rule, at: theatre.now, in: theatre.world)
        }
        try theatre.report("a/x/on", true)
        let stopped =
            theatre.engine.traces(of: RuleID(naming: "one")).last { $0.outcome == .stopped }
            ?? theatre.engine.traces(of: RuleID(naming: "two")).last { $0.outcome == .stopped }
        #expect(stopped?.reason?.key == "loop")
        #expect(stopped?.sentence.text() == "Stopped: rules trigger each other in a loop: one → two → one → two → one")
        #expect(theatre.deeds.count < 20)
    }

    @Test func whatAPersonDoesBeginsANewChain() throws {
        var theatre = RuleTheatre(at: moment("2026-11-28T18:00"))
        theatre.know("a/x/on", false)
        try theatre.engine.set(try flip("one", "a/x/on", "a/y/on"), at: theatre.now, in: theatre.world)
        for number in 0..<40 { try theatre.report("a/x/on", .boolean(number.isMultiple(of: 2)), by: Cause(.principal, name: "anna")) }
        #expect(theatre.engine.traces(of: RuleID(naming: "one")).allSatisfy { $0.outcome == .acted })
        #expect(theatre.deeds.count == 40)
    }

    @Test func longChainsAreStopped() throws {
        var theatre = RuleTheatre(at: moment("2026-11-28T18:00"))
        for number in 0..<12 {
            theatre.know(try #require(PropertyAddress("a/t\(number)/on")), false)
            let rule = try Rule(
                #"{"name": "r\#(number)", "when": [{"becomes": "a/t\#(number)/on", "to": true}], "then": [{"set": {"a/t\#(number + 1)/on": true}}]}"#
            )
            try theatre.engine.set(rule, at: theatre.now, in: theatre.world)
        }
        try theatre.report("a/t0/on", true)
        #expect(theatre.world.states["a/t8/on"]?.reported == true && theatre.world.states["a/t9/on"]?.reported != true)
        #expect(theatre.engine.traces(of: RuleID(naming: "r8")).last?.reason?.key == "loop")
    }

    @Test func aRuleThatFiresItsOwnEventIsStopped() throws {
        var theatre = RuleTheatre(at: moment("2026-11-28T18:00"))
        let rule = try Rule(#"{"name": "self", "when": [{"event": "again"}], "then": [{"fire": "again"}], "mode": "parallel"}"#)
        try theatre.engine.set(rule, at: theatre.now, in: theatre.world)
        try theatre.tell(.fired("again", data: nil, by: Cause(.principal, name: "anna")))
        #expect(theatre.deeds.count == 2 && theatre.engine.traces(of: rule.id).last?.reason?.key == "loop")
    }

    @Test func aRuleThatAnswersItsOwnMessageIsStopped() throws {
        var theatre = RuleTheatre(at: moment("2026-11-28T18:00"))
        let rule = try Rule(
            #"{"name": "echo", "when": [{"mqtt": "a/b"}], "then": [{"publish": "a/b", "payload": "x"}], "mode": "parallel"}"#)
        try theatre.engine.set(rule, at: theatre.now, in: theatre.world)
        for _ in 0..<10 { try theatre.tell(.message(topic: "a/b", payload: "x")) }
        #expect(theatre.deeds.count == 2 && theatre.engine.traces(of: rule.id).last?.reason?.key == "loop")
    }

    @Test func whatStartsTooOftenIsStoppedForTheMinute() throws {
        var theatre = RuleTheatre(at: moment("2026-11-28T18:00"))
        let rule = try Rule(#"{"name": "r", "when": [{"happens": "a/lux/lux"}], "then": [{"scene": "x"}]}"#)
        try theatre.engine.set(rule, at: theatre.now, in: theatre.world)
        for second in 0..<130 {
            try theatre.pass(to: moment("2026-11-28T18:00") + Double(second) / 4)
            try theatre.report("a/lux/lux", .number(Double(second)))
        }
        let trace = try #require(theatre.engine.traces(of: rule.id).last)
        #expect(theatre.deeds.count == 100 && trace.reason?.key == "too_often" && trace.count == 30)
        try theatre.pass(to: moment("2026-11-28T18:02"))
        try theatre.report("a/lux/lux", 0)
        #expect(theatre.deeds.count == 101)
    }

    @Test func runsThatNeverEndAreStopped() throws {
        var theatre = RuleTheatre(at: moment("2026-11-28T18:00"))
        let inner = #"{"repeat": [{"let": {"a": 1}}], "times": 1000}"#
        let rule = try Rule(#"{"name": "r", "when": [{"webhook": "x"}], "then": [{"repeat": [\#(inner)], "times": 1000}]}"#)
        try theatre.engine.set(rule, at: theatre.now, in: theatre.world)
        try theatre.tell(.webhook("x", body: nil))
        #expect(theatre.engine.traces(of: rule.id).last?.reason?.key == "too_long" && theatre.engine.runs.isEmpty)
    }
}
