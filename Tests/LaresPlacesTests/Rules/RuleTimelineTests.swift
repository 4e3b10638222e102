import Foundation
import LaresJSON
import LaresPlaces
import LaresThings
import Testing

@Suite struct RuleTimelineTests {
    private func rule(_ when: String, _ then: String, _ rest: String = "") throws -> Rule {
        try Rule(#"{"name": "r", "when": [\#(when)], "then": [\#(then)]\#(rest)}"#)
    }

    private let on = #"{"set": {"b/lamp/on": true}}"#
    private let off = #"{"set": {"b/lamp/on": false}}"#
    private let moves = #"{"becomes": "a/motion/motion", "to": true}"#

    @Test func whatChangesTriggersAndWhatIsSoAlreadyDoesNot() throws {
        let rule = try rule(moves, #"{"notify": "moved"}"#)
        try RuleStory().check(
            [rule],
            """
            a/motion/motion  1-1-0-1-1-0--1
            notify >         ------n------n
            """)
        // Nothing known in front of it: that is news.
        try RuleStory().check(
            [rule],
            """
            a/motion/motion  -1--0
            notify >         -n---
            """)
    }

    @Test func aPausedRuleHearsNothingUntilThen() throws {
        let timed = #"{"time": {"kind": "cron", "expression": "*/2 * * * *"}}"#
        try RuleStory().check(
            [try rule(moves + ", " + timed, #"{"notify": "moved"}"#, #", "paused_until": "2026-11-28T18:05:00Z""#)],
            """
            a/motion/motion  01-01-0-01
            notify >         ------n-nn
            """)
    }

    @Test func unknownIsNoValue() throws {
        try RuleStory().check(
            [try rule(moves, #"{"notify": "moved"}"#)],
            """
            a/motion/motion  01-?-1-?-0-?-1
            notify >         -n-----------n
            """)
        try RuleStory(values: ["x": "auto", "y": "eco"]).check(
            [try rule(#"{"becomes": "a/heater/mode"}"#, #"{"notify": "changed"}"#)],
            """
            a/heater/mode   -x-y-?-y-x
            notify >        ---n-----n
            """)
    }

    @Test func eventsCountEachTimeAndStatesOnce() throws {
        try RuleStory(values: ["s": "single", "d": "double"]).check(
            [try rule(#"{"happens": "a/button/action", "is": "single"}"#, #"{"notify": "pressed"}"#)],
            """
            a/button/action  s-s-s-d-s
            notify >         --n-n---n
            """)
    }

    @Test func whatMustLastIsWaitedForAndBeginsAgainWhenItIsInterrupted() throws {
        try RuleStory().check(
            [try rule(#"{"becomes": "a/door/open", "to": true, "for": "3m"}"#, #"{"notify": "open"}"#)],
            """
            a/door/open  0-1-0-1-----0-1-?-1---
            notify >     ---------n-----------n
            """)
    }

    @Test func thresholdsWithMarginsAreCrossedOnce() throws {
        let values: [Character: PropertyValue] = ["a": 64, "b": 66, "c": 61, "d": 59, "e": 70]
        try RuleStory(values: values).check(
            [try rule(#"{"crosses": "a/bath/humidity", "above": 65, "margin": 5}"#, #"{"notify": "humid"}"#)],
            """
            a/bath/humidity  abababcbdb-e
            notify >         -n-------n--
            """)
        // Within the margin it stays so: the wait goes on.
        try RuleStory(values: values).check(
            [try rule(#"{"crosses": "a/bath/humidity", "above": 65, "margin": 5, "for": "3m"}"#, #"{"notify": "humid"}"#)],
            """
            a/bath/humidity  aba-ad-b--a-
            notify >         ----n-----n-
            """)
    }

    @Test func theRuleOfTheDesign() throws {
        let rule = Rule(
            "Hall light after dusk", when: .becomes("hall/motion", true), only: .between(.sunset, .sunrise),
            then: [.set("hall/lamp/on", true), .after(.minutes(5), .set("hall/lamp/on", false))])
        #expect(try Rule(rule.json) == rule)
        let site = try Site.berlin()
        let theatre = try RuleStory(start: "2026-11-28T17:00:00", site: site).check(
            [rule],
            """
            hall/motion    0-1-0---1--
            hall/lamp/on > --1----01--
            """)
        #expect(theatre.engine.traces(of: rule.id).map(\.outcome) == [.acted, .running])
        let noon = try RuleStory(start: "2026-11-28T12:00:00", site: site).check(
            [rule],
            """
            hall/motion    0-1-0
            hall/lamp/on > -----
            """)
        let sentence = noon.engine.traces(of: rule.id).first?.sentence.text()
        #expect(sentence == "Didn't act: it was 13:02, not between sunset (15:58) and sunrise (07:50)")
    }

    @Test func singleIgnoresWhatComesMeanwhile() throws {
        let story = try RuleStory().check(
            [try rule(moves, "\(on), {\"wait\": \"3m\"}, \(off)")],
            """
            a/motion/motion  01010-1----
            b/lamp/on      > -1--0-1--0-
            """)
        #expect(story.engine.traces(of: RuleID(naming: "r")).map(\.outcome) == [.ignored, .acted, .acted])
    }

    @Test func restartBeginsAgain() throws {
        try RuleStory().check(
            [try rule(moves, "\(on), {\"wait\": \"3m\"}, \(off)", #", "mode": "restart""#)],
            """
            a/motion/motion  01010-----
            b/lamp/on      > -1-1--0---
            """)
    }

    @Test func queuedRunsOneAfterTheOther() throws {
        try RuleStory().check(
            [try rule(moves, #"{"notify": "n"}, {"wait": "3m"}"#, #", "mode": "queued", "most": 2"#)],
            """
            a/motion/motion  0101010101----
            notify >         -n--n--n--n---
            """)
    }

    @Test func parallelRunsUpToItsMost() throws {
        try RuleStory().check(
            [try rule(moves, #"{"wait": "5m"}, {"notify": "n"}"#, #", "mode": "parallel", "most": 2"#)],
            """
            a/motion/motion  0101010---------
            notify >         ------n-n-------
            """)
    }

    @Test func waitsEndWhenItIsSoOrTheTimeIsUp() throws {
        let waits = #"{"wait_for": [{"becomes": "a/door/open", "to": false}], "timeout": "4m"}, {"notify": "shut"}"#
        try RuleStory().check(
            [try rule(moves, waits)],
            """
            a/motion/motion  0-1---0-1------
            a/door/open      1----0--1-----0
            notify >         -----n--n------
            """)
        let goesOn = #"{"wait_for": [{"becomes": "a/door/open", "to": false}], "timeout": "4m", "on_timeout": "go_on"}, {"notify": "shut"}"#
        try RuleStory().check(
            [try rule(moves, goesOn)],
            """
            a/motion/motion  0-1-------
            a/door/open      1--------0
            notify >         ------n---
            """)
    }

    @Test func repetitionsCountAndStop() throws {
        try RuleStory().check(
            [try rule(moves, #"{"repeat": [{"notify": "again"}, {"wait": "2m"}], "times": 3}"#)],
            """
            a/motion/motion  01-------
            notify >         -n-n-n---
            """)
        try RuleStory().check(
            [try rule(moves, #"{"repeat": [{"notify": "again"}, {"wait": "2m"}], "while": [{"state": "a/motion/motion", "is": true}]}"#)],
            """
            a/motion/motion  01--0------
            notify >         -n-n-------
            """)
        try RuleStory().check(
            [
                try rule(
                    moves,
                    #"{"repeat": [{"notify": "again"}, {"wait": "1m"}], "until": [{"state": "a/motion/motion", "is": false}], "most": 3}"#)
            ],
            """
            a/motion/motion  01-----
            notify >         -nnn---
            """)
    }

    @Test func choicesAndParallelsAndVariables() throws {
        let choose = #"""
            {"let": {"level": "{{ 20 if states['a/door/open'] else 80 }}"}},
            {"choose": [{"only": [{"template": "{{ level < 50 }}"}], "then": [{"set": {"b/lamp/brightness": "{{ level }}"}}]}],
            "else": [{"parallel": [[{"wait": "1m"}, {"set": {"b/lamp/brightness": "{{ level + 1 }}"}}], [{"wait": "2m"}, {"notify": "x"}]]}, {"scene": "calm"}]}
            """#
        try RuleStory(values: ["l": 20, "h": 81]).check(
            [try rule(moves, choose)],
            """
            a/motion/motion   01---0-1---
            a/door/open       0----1-----
            b/lamp/brightness > --h----l---
            notify >          ---n-------
            other >           ---o-------
            """)
    }

    @Test func timesAndTheSunTrigger() throws {
        try RuleStory(start: "2026-11-28T14:50:00", site: try .berlin()).check(
            [try rule(#"{"time": "sunset"}, {"time": "15:52"}"#, #"{"notify": "dusk"}"#)],
            """
            a/door/open  0----------
            notify >     --n------n-
            """)
    }

    @Test func confirmationsAreWaitedFor() throws {
        var theatre = RuleTheatre(at: moment("2026-11-28T18:00"))
        theatre.obeys = false
        let rule = try rule(#"{"webhook": "go"}"#, #"{"set": {"a/lock/locked": true}, "confirm": "5s"}, {"notify": "locked"}"#)
        try theatre.engine.set(rule, at: theatre.now, in: theatre.world)
        try theatre.tell(.webhook("go", body: nil))
        let first = try #require(theatre.deeds.first)
        try theatre.tell(.completed(first.id, .failed("the lock is jammed")))
        try theatre.tell(.webhook("go", body: nil))
        try theatre.pass(to: theatre.now + 10)
        try theatre.tell(.webhook("go", body: nil))
        try theatre.tell(.completed(try #require(theatre.deeds.last).id, .done))
        #expect(theatre.engine.traces(of: rule.id).map(\.outcome) == [.failed, .failed, .acted])
        #expect(theatre.engine.traces(of: rule.id).map { $0.sentence.text() }.first == "Failed: the lock is jammed")
        #expect(theatre.deeds.count == 4)
    }

    @Test func modelsAreAskedAndTheirAnswersUsed() throws {
        var theatre = RuleTheatre(at: moment("2026-11-28T18:00"))
        theatre.answer = ["person": true, "who": "the postman"]
        let rule = try rule(
            #"{"happens": "door/bell/action"}"#,
            #"""
            {"call_model": "doorbell", "input": {"ask": "who is it?", "at": "{{ now.time }}"}, "into": "guest"},
            {"only": [{"template": "{{ guest.person }}"}]}, {"notify": "It's {{ guest.who }}", "title": "Door", "to": "anna"}
            """#)
        try theatre.engine.set(rule, at: theatre.now, in: theatre.world)
        try theatre.report("door/bell/action", "ring")
        #expect(theatre.deeds.first?.kind == .callModel("doorbell", input: ["ask": "who is it?", "at": "18:00"]))
        #expect(theatre.deeds.last?.kind == .notify("It's the postman", title: "Door", to: "anna"))
    }

    @Test func messagesAvailabilityModelsAndEventsTrigger() throws {
        var theatre = RuleTheatre(at: moment("2026-11-28T18:00"))
        let rule = try rule(
            #"""
            {"mqtt": "zigbee2mqtt/+/action", "payload": "single"}, {"availability": "a/lamp", "to": "offline", "for": "5m"},
            {"model": "camera", "answer": {"label": "fox"}}, {"event": "alarm", "data": {"zone": 2}}
            """#, #"{"notify": "{{ trigger.kind }} {{ trigger.name }}"}"#, #", "mode": "parallel""#)
        try theatre.engine.set(rule, at: theatre.now, in: theatre.world)
        try theatre.tell(.message(topic: "zigbee2mqtt/button/action", payload: "single"))
        try theatre.tell(.message(topic: "zigbee2mqtt/button/action", payload: "double"))
        try theatre.tell(.message(topic: "zigbee2mqtt/button", payload: "single"))
        let lamp = try #require(ThingID("a/lamp"))
        for availability in [Availability.online, .offline, .unknown, .offline] { try theatre.tell(.availability(lamp, availability)) }
        try theatre.pass(to: theatre.now + 400)
        try theatre.tell(.answered(model: "camera", answer: ["label": "cat"]))
        try theatre.tell(.answered(model: "camera", answer: ["label": "fox", "score": 0.9]))
        try theatre.tell(.fired("alarm", data: ["zone": 1], by: .device))
        try theatre.tell(.fired("alarm", data: ["zone": 2, "more": true], by: .device))
        let texts = theatre.deeds.compactMap { deed in if case .notify(let text, _, _, _) = deed.kind { text } else { nil } }
        #expect(texts == ["mqtt zigbee2mqtt/button/action", "availability a/lamp", "model camera", "event alarm"])
    }
}
