import Foundation
import LaresJSON
import LaresPlaces
import LaresTesting
import LaresThings
import Testing

@Suite struct RuleFormTests {
    static let whole = #"""
        {"id": "hall-light", "name": "Hall light", "note": "As Anna likes it", "enabled": false, "paused_until": "2026-12-24T16:00:00Z",
        "variables": {"level": "{{ 40 if states['hall/lux/lux'] else 100 }}", "plain": [1, {"a": null}]},
        "when": [
        {"becomes": "hall/motion/motion", "to": true, "from": [false, "x"], "for": "1m30s", "by": ["device", "principal"], "id": "moved"},
        {"becomes": "hall/lamp/color", "to": {"hue": 30, "saturation": 80}}, {"happens": "hall/button/action", "is": ["single", "double"]},
        {"crosses": "hall/lux/lux", "above": 10, "below": 40.5, "margin": 2, "for": "2.5s"}, {"time": "07:30"}, {"time": "sunset-30m"},
        {"time": {"kind": "cron", "expression": "*/15 8-17 * * mon-fri"}}, {"time": {"kind": "weekly", "days": ["mon"], "from": "06:00"}},
        {"event": "alarm", "data": {"zone": 2}}, {"mqtt": "a/+/b/#", "payload": "on"}, {"availability": "hall/lamp", "to": "offline", "for": 300},
        {"webhook": "door"}, {"model": "camera", "answer": "fox"}],
        "only": [
        {"all": [{"any": [{"not": {"state": "hall/lamp/on", "is": [true, 1], "for": "5m", "within": "1h", "by": ["rule"]}}]}]},
        {"number": "hall/lux/lux", "above": 1, "below": 2}, {"known": "hall/lux/lux"}, {"between": ["22:00", "sunrise+15m"]},
        {"days": ["mon", "fri"]}, {"holidays": ["de-be"]},
        {"dates": [{"from": "12-20", "through": "01-06"}, {"from": "2026-07-01", "through": "2026-07-14"}]}, {"template": "{{ level > 3 }}"}, {"online": "hall/lamp"}, {"triggered_by": ["moved"]}],
        "then": [
        {"set": {"hall/lamp/on": true, "hall/lamp/brightness": "{{ level }}"}, "confirm": "5s"}, {"scene": "evening"}, {"wait": "0s"},
        {"after": "5m", "then": [{"scene": "night"}]},
        {"wait_for": [{"becomes": "hall/motion/motion", "to": false}], "timeout": "10m", "on_timeout": "go_on"},
        {"choose": [{"only": [{"known": "hall/lux/lux"}], "then": [{"stop": "it is known"}]}], "else": [{"only": [{"online": "hall/lamp"}]}]},
        {"repeat": [{"wait": "1s"}], "times": 3}, {"repeat": [{"wait": "1s"}], "while": [{"online": "hall/lamp"}], "most": 7},
        {"repeat": [{"wait": "1s"}], "until": [{"online": "hall/lamp"}]}, {"parallel": [[{"wait": "1s"}], [{"wait": "2s"}, {"wait": "3s"}]]},
        {"notify": "{{ level }}", "title": "Hall", "to": "anna"}, {"call_model": "m", "input": {"q": ["{{ level }}"]}, "timeout": "10s"},
        {"call_webhook": "https://example.org/x", "body": {"a": 1}}, {"publish": "a/b", "payload": "{{ level }}", "retain": true},
        {"fire": "done", "data": {"level": "{{ level }}"}}, {"let": {"level": 3}}],
        "mode": "queued", "most": 1, "missed": {"policy": "run_once", "within": 3600}}
        """#

    @Test func whatIsWrittenIsReadAsTheSame() throws {
        let rule = try Rule(Self.whole)
        #expect(rule.triggers.count == 13 && rule.conditions.count == 10 && rule.actions.count == 16 && rule.mode == .queued(most: 1))
        #expect(try Rule(rule.json) == rule)
        #expect(!rule.json.serialized.replacing(#"{"a":null}"#, with: "").contains("null"))
        #expect(try Rule(parsing: rule.json.data).json == rule.json)
    }

    @Test func oneTriggerNeedsNoList() throws {
        let short = try Rule(#"{"name": "R", "when": {"becomes": "a/b/c", "to": true}, "then": {"set": {"a/l/on": true}}}"#)
        #expect(short == Rule("R", when: .becomes("a/b/c", true), then: [.set("a/l/on", true)]))
    }

    private static let then = #""then": [{"scene": "x"}]"#
    private static let when = #""when": [{"webhook": "x"}]"#

    @Test(arguments: [
        (#"{"name": "r", \#(then)}"#, "1 to 64 triggers"), (#"{"name": "", \#(when), \#(then)}"#, "name"),
        (#"{"name": "r", \#(when)}"#, "then"),
        (#"{"name": "r", "when": [{"becomes": "x"}], \#(then)}"#, "when[0].becomes"),
        (#"{"name": "r", "when": [{"becomes": "a/b/c", "too": 1}], \#(then)}"#, "when[0].too"),
        (#"{"name": "r", "when": [{"becomes": "a/b/c", "for": "1m"}], \#(then)}"#, "when[0].for"),
        (#"{"name": "r", "when": [{"becomes": "a/b/c", "webhook": "x"}], \#(then)}"#, "when[0].becomes"),
        (#"{"name": "r", "when": [{"to": true}], \#(then)}"#, "when[0]"),
        (#"{"name": "r", "when": [{"crosses": "a/b/c"}], \#(then)}"#, "when[0].above"),
        (#"{"name": "r", "when": [{"crosses": "a/b/c", "above": 5, "below": 4}], \#(then)}"#, "when[0].above"),
        (#"{"name": "r", "when": [{"time": "24:00"}], \#(then)}"#, "when[0].time"),
        (#"{"name": "r", "when": [{"time": {"kind": "sun"}}], \#(then)}"#, "when[0].time.event"),
        (#"{"name": "r", "when": [{"mqtt": "a/#/b"}], \#(then)}"#, "when[0].mqtt"),
        (#"{"name": "r", "when": [{"availability": "a/b", "to": "gone"}], \#(then)}"#, "when[0].to"),
        (#"{"name": "r", \#(when), "only": [{"not": {"between": ["1"]}}], \#(then)}"#, "only[0].not.between"),
        (#"{"name": "r", \#(when), "only": [{"template": "{{ a"}], \#(then)}"#, "only[0].template"),
        (#"{"name": "r", \#(when), "only": [{"state": "a/b/c"}], \#(then)}"#, "only[0].is"),
        (#"{"name": "r", \#(when), "then": [{"set": {"a/b": {"x": 1}}}]}"#, "then[0].set.a/b"),
        (#"{"name": "r", \#(when), "then": [{"wait": "32d"}]}"#, "then[0].wait"),
        (#"{"name": "r", \#(when), "then": [{"wait": -1}]}"#, "then[0].wait"),
        (#"{"name": "r", \#(when), "then": [{"wait_for": [{"webhook": "x"}]}]}"#, "then[0].timeout"),
        (#"{"name": "r", \#(when), "then": [{"repeat": [{"scene": "x"}]}]}"#, "then[0].times"),
        (#"{"name": "r", \#(when), "then": [{"repeat": [{"scene": "x"}], "times": 1001}]}"#, "then[0].times"),
        (#"{"name": "r", \#(when), "then": [{"parallel": [[{"scen": "x"}]]}]}"#, "then[0].parallel[0][0]"),
        (#"{"name": "r", \#(when), "then": [{"let": {"states": 1}}]}"#, "then[0].let.states"),
        (#"{"name": "r", \#(when), "then": [{"publish": "a/+", "payload": 1}]}"#, "then[0].publish"),
        (#"{"name": "r", \#(when), "then": [{"call_webhook": "file:///etc/passwd"}]}"#, "then[0].call_webhook"),
        (#"{"name": "r", \#(when), \#(then), "mode": "single", "most": 2}"#, "most"),
        (#"{"name": "r", \#(when), \#(then), "id": "A b"}"#, "id"),
    ])
    func whatIsWrongIsNamed(_ text: String, _ place: String) {
        let error = #expect(throws: RuleError.self) { try Rule(text) }
        #expect(error?.message.contains(place) == true, "\(error?.message ?? "")")
    }

    @Test func depthAndCountsAreBounded() throws {
        func nested(_ depth: Int) -> String {
            (0..<depth).reduce(#"{"scene": "x"}"#) { inner, _ in #"{"after": "1s", "then": [\#(inner)]}"# }
        }
        _ = try Rule(#"{"name": "r", \#(Self.when), "then": [\#(nested(7))]}"#)
        #expect(throws: RuleError.self) { try Rule(#"{"name": "r", \#(Self.when), "then": [\#(nested(8))]}"#) }
        let many = Array(repeating: #"{"scene": "x"}"#, count: 16).joined(separator: ",")
        let outer = Array(repeating: #"{"after": "1s", "then": [\#(many)]}"#, count: 16).joined(separator: ",")
        #expect(throws: RuleError.self) { try Rule(#"{"name": "r", \#(Self.when), "then": [\#(outer)]}"#) }
    }

    @Test(arguments: ["5m", "1h30m", "45s", "2.5s", "1d", "0.001s", "31d", "0s", "1d2h3m4.05s"])
    func lengthsOfTimeAreWrittenAsTheyAreRead(_ text: String) {
        #expect(TimeSpan(text)?.description == text)
    }

    @Test(arguments: ["", "5", "m", "5 m", "1m1h", "1.5m", "-1s", "32d", "31d1s", "1.2.3s", "1.0001s", "9999999999s", "1e3s", "٣s", "1m1m"])
    func damagedLengthsOfTimeAreRefused(_ text: String) { #expect(TimeSpan(text) == nil) }

    @Test(arguments: ["07:30", "sunset", "sunrise+1h", "dusk-45m", "noon+90s"])
    func momentsOfTheDayAreRead(_ text: String) {
        #expect(DayMoment(text) != nil && DayMoment(text).flatMap { DayMoment($0.description) } == DayMoment(text))
    }

    @Test(arguments: ["7:30", "sunset-", "sunset 30m", "midnight", "sunset-13h", "sunset-0.5s", "sunset--5m"])
    func damagedMomentsAreRefused(_ text: String) { #expect(DayMoment(text) == nil) }

    @Test func mutatedRulesAreReadOrRefusedAndAlwaysEnd() throws {
        var random = Mutations(seed: 2_907)
        let text = Self.whole.replacing("\"enabled\": false", with: "\"enabled\": true")
        let site = try Site.berlin(holidays: ["de-be": HolidayCalendar(days: [:])])
        var accepted = 0
        for _ in 0..<Mutations.inputs / 5 {
            let bytes = random.mutate(Array(text.utf8))
            do throws(RuleError) {
                let rule = try Rule(parsing: bytes)
                guard try Rule(rule.json) == rule else {
                    Issue.record("\(String(decoding: bytes, as: UTF8.self))")
                    continue
                }
                accepted += 1
                var engine = RuleEngine(at: moment("2026-11-28T12:00"))
                try engine.set(rule, at: moment("2026-11-28T12:00"), in: MemoryWorld(site: site))
                _ = engine.start(rule.id, at: moment("2026-11-28T12:00"), in: MemoryWorld(site: site))
            } catch { #expect(!error.message.isEmpty) }
        }
        #expect(accepted > Mutations.inputs / 1000 && accepted < Mutations.inputs / 5)
    }
}
