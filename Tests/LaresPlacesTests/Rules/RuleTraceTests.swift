import Foundation
import LaresJSON
import LaresPlaces
import LaresStore
import LaresThings
import Testing

@Suite struct RuleTraceTests {
    private func theatre(_ only: String, _ then: String = #"{"scene": "x"}"#) throws -> RuleTheatre {
        var theatre = RuleTheatre(at: moment("2026-11-28T12:05"), site: try .berlin(holidays: ["de-be": HolidayCalendar(days: [:])]))
        theatre.know("a/lamp/on", false)
        theatre.know("a/lux/lux", 80)
        theatre.know("a/motion/motion", false)
        let text = #"{"name": "r", "when": [{"becomes": "a/motion/motion", "to": true}], "only": [\#(only)], "then": [\#(then)]}"#
        try theatre.engine.set(try Rule(text), at: theatre.now, in: theatre.world)
        try theatre.report("a/motion/motion", true)
        return theatre
    }

    @Test(arguments: [
        (#"{"between": ["sunset", "sunrise"]}"#, "it was 13:05, not between sunset (15:58) and sunrise (07:50)"),
        (#"{"not": {"between": ["09:00", "17:30"]}}"#, "it was 13:05, between 09:00 and 17:30"),
        (#"{"state": "a/lamp/on", "is": true}"#, "a/lamp/on was false, not true"),
        (#"{"state": "a/nothing/on", "is": true}"#, "a/nothing/on was unknown, not true"),
        (#"{"not": {"state": "a/lamp/on", "is": false}}"#, "a/lamp/on was false"),
        (#"{"state": "a/motion/motion", "is": true, "for": "5m"}"#, "a/motion/motion had been true for 0s only, not 5m"),
        (#"{"state": "a/lamp/on", "is": false, "within": "5m"}"#, "a/lamp/on had been false for 1d already, not at most 5m"),
        (#"{"state": "a/lamp/on", "is": false, "by": ["rule"]}"#, "a/lamp/on was false because of device, not rule"),
        (#"{"number": "a/lux/lux", "below": 40}"#, "a/lux/lux was 80, not below 40"),
        (#"{"number": "a/lux/lux", "above": 2.5, "below": 40}"#, "a/lux/lux was 80, not between 2.5 and 40"),
        (
            #"{"any": [{"number": "a/lux/lux", "below": 40}, {"state": "a/lamp/on", "is": true}]}"#,
            "a/lux/lux was 80, not below 40, and a/lamp/on was false, not true"
        ),
        (#"{"all": [{"known": "a/lux/lux"}, {"known": "a/co2/co2"}]}"#, "nothing was known of a/co2/co2"),
        (#"{"days": ["mon", "sun"]}"#, "it was Saturday, not mon, sun"), (#"{"holidays": ["de-be"]}"#, "it was no holiday"),
        (#"{"dates": {"from": "12-20", "through": "01-06"}}"#, "2026-11-28 is none of its days"),
        (#"{"template": "{{ states['a/lux/lux'] < 40 }}"}"#, "{{ states['a/lux/lux'] < 40 }} came to False"),
        (#"{"online": "a/lamp"}"#, "a/lamp couldn't be reached"), (#"{"triggered_by": ["x"]}"#, "it was another trigger"),
    ])
    func whyNotIsSaid(_ only: String, _ why: String) throws {
        let trace = try #require(try theatre(only).engine.traces(of: RuleID(naming: "r")).last)
        #expect(trace.outcome == .declined && trace.sentence.text() == "Didn't act: \(why)")
        let chinese = trace.sentence.text(.chinese)
        #expect(chinese.hasPrefix("未执行：") && !chinese.contains("{why}") && !chinese.contains("was"))
    }

    @Test func tracesOutliveARestart() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "lares-traces-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let id = RuleID(naming: "r"), other = RuleID(naming: "other")
        var theatre = try theatre(
            #"{"number": "a/lux/lux", "above": 40}"#,
            #"{"set": {"a/lamp/on": true}}, {"notify": "{{ states['a/lux/lux'] }} lx"}"#)
        theatre.know("a/lux/lux", 20)
        for flag in [false, true, false, true] { try theatre.report("a/motion/motion", .boolean(flag)) }
        let traces = theatre.engine.traces(of: id)
        #expect(Set(traces.map(\.outcome)) == [.acted, .declined])
        let store = RuleStore(try HomeStore(home: LaresHome(path: path)))
        let new = theatre.engine.newTraces()
        #expect(new == [id: traces])
        #expect(theatre.engine.newTraces().isEmpty, "what was kept isn't kept again")
        try store.save(new)
        let again = RuleStore(try HomeStore(home: LaresHome(path: path)))
        #expect(try again.traces(of: id) == traces)
        #expect(try again.traces(of: other).isEmpty)
        var fresh = try self.theatre("")
        _ = fresh.engine.newTraces()
        let before = fresh.engine.traces(of: id)
        fresh.engine.putBack(try again.traces(of: id), of: id)
        #expect(fresh.engine.traces(of: id) == traces + before)
        #expect(fresh.engine.newTraces().isEmpty, "what comes from the store need not go there")
        try again.remove(id)
        #expect(try again.traces(of: id).isEmpty)
    }

    @Test func whatWasSeenAndDoneIsKept() throws {
        var theatre = try theatre(
            #"{"number": "a/lux/lux", "above": 40}"#,
            #"{"set": {"a/lamp/on": true}}, {"wait": "5m"}, {"notify": "{{ states['a/lux/lux'] }} lx"}"#)
        var trace = try #require(theatre.engine.traces(of: RuleID(naming: "r")).last)
        #expect(
            trace.outcome == .running && trace.seen.map(\.address.description) == ["a/lux/lux"] && trace.seen.first?.value == 80
                && trace.endedAt == nil)
        #expect(trace.occasion.sentence.text() == "a/motion/motion became true" && trace.occasion.cause == .device)
        try theatre.pass(to: theatre.now + 300)
        trace = try #require(theatre.engine.traces(of: RuleID(naming: "r")).last)
        #expect(trace.outcome == .acted && trace.steps.map(\.what.description) == ["a/lamp/on to true", "waits 5m", "tells: 80 lx"])
        #expect(trace.steps.map(\.path) == [[0], [1], [2]] && trace.endedAt == theatre.now)
    }

    @Test func aRunThatEndsAfterADeedWasStopped() throws {
        let theatre = try theatre(
            #"{"number": "a/lux/lux", "above": 40}"#, #"{"set": {"a/lamp/on": true}}, {"only": [{"number": "a/lux/lux", "above": 500}]}"#)
        let trace = try #require(theatre.engine.traces(of: RuleID(naming: "r")).last)
        #expect(trace.outcome == .stopped && trace.sentence.text() == "Stopped: a/lux/lux was 80, not above 500")
    }

    /// Names as a home's people might have them.
    private struct Reading: RuleReading {
        func property(_ address: String) -> String { address == "a/lux/lux" ? "Light" : "<\(address)>" }
        func thing(_ id: String) -> String { "thing \(id)" }
        func value(_ text: String, of address: String) -> String { "\(text) of \(address)" }
    }

    @Test func sentencesAreReadWithTheNamesThatPeopleGave() {
        let number = RuleSentence(
            "number.no", ["property": "a/lux/lux", "value": "80", "wanted": .sentence(RuleSentence("below", ["greatest": "40"]))])
        #expect(number.text(.english, Reading()) == "Light was 80 of a/lux/lux, not below 40")
        let state = RuleSentence("state.no", ["property": "a/lamp/on", "value": "true", "wanted": "false / null"])
        #expect(state.text(.english, Reading()) == "<a/lamp/on> was true of a/lamp/on, not false of a/lamp/on / null of a/lamp/on")
        let short = RuleSentence("state.short", ["property": "a/lux/lux", "value": "1", "span": "2m", "wanted": "5m"])
        #expect(short.text(.english, Reading()) == "Light had been 1 of a/lux/lux for 2m only, not 5m", "a length of time is no value")
        let both = RuleSentence("or", ["list": .list([RuleSentence("online.no", ["thing": "a/lamp"]), state])])
        #expect(both.text(.english, Reading()).hasPrefix("thing a/lamp couldn't be reached, and <a/lamp/on>"), "inner sentences too")
        #expect(
            RuleSentence("on.availability", ["name": "a/lamp", "value": "offline"]).text(.english, Reading())
                == "thing a/lamp became offline")
    }

    @Test func bothLanguagesHaveTheSameKeysAndBlanks() {
        let (english, chinese) = (RuleCatalogue.english.forms, RuleCatalogue.chinese.forms)
        #expect(Set(english.keys) == Set(chinese.keys))
        for (key, form) in english { #expect(blanks(form) == blanks(chinese[key] ?? ""), "\(key)") }
    }

    private func blanks(_ form: String) -> Set<Substring> { Set(form.matches(of: /\{\w+\}/).map(\.output)) }

    @Test func tracesAreBounded() throws {
        var theatre = try theatre(#"{"template": "{{ states['a/lux/lux'] > 100 }}"}"#)
        for number in 0..<200 {
            try theatre.report("a/lux/lux", .number(Double(number)))
            try theatre.report("a/motion/motion", .boolean(number % 2 == 0))
        }
        let traces = theatre.engine.traces(of: RuleID(naming: "r"))
        #expect(traces.count <= 50 && traces.last?.outcome == .acted)
    }

    @Test func aTemplateThatComesToNothingIsAFailureThatSaysWhy() throws {
        let trace = try theatre(#"{"template": "{{ states['a/nothing/x'] + 1 }}"}"#).engine.traces(of: RuleID(naming: "r")).last
        #expect(trace?.outcome == .failed && trace?.reason?.key == "template")
        let value = try theatre(#"{"known": "a/lux/lux"}"#, #"{"set": {"a/lamp/on": "{{ [1] }}"}}"#).engine.traces(of: RuleID(naming: "r"))
            .last
        #expect(value?.sentence.text() == "Failed: a/lamp/on can't be [1]")
    }
}
