import LaresPlaces
import LaresThings
import Testing

@Suite struct RuleWarningTests {
    private static let properties: [PropertyAddress: Property] = [
        "hall/lamp/on": Property("on", .boolean, isWritable: true),
        "hall/lamp/brightness": Property("brightness", .number(.init(least: 0, greatest: 254)), isWritable: true),
        "hall/lamp/effect": Property("effect", .choice(["calm", "fire"]), isWritable: true),
        "hall/motion/motion": Property("motion", .boolean),
        "hall/lux/lux": Property("lux", .number(.init(least: 0))),
    ]

    private func warnings(_ text: String) throws -> [RuleWarning] {
        try Rule(parsing: Array(text.utf8)).warnings(
            property: { Self.properties[$0] }, isThing: { thing in Self.properties.keys.contains { $0.thing == thing } })
    }

    private func rule(when: String = #"{"webhook": "x"}"#, only: String = "[]", then: String = #"{"notify": "x"}"#) -> String {
        #"{"name": "r", "when": \#(when), "only": \#(only), "then": \#(then)}"#
    }

    private func said(_ text: String) throws -> [String] { try warnings(text).map { "\($0.place): \($0.sentence)" } }

    @Test func whatIsThereHasNone() throws {
        let text = rule(
            when: #"[{"becomes": "hall/motion/motion", "to": true}, {"crosses": "hall/lux/lux", "below": 20}, {"time": "sunset"}]"#,
            only: #"[{"state": "hall/lamp/on", "is": false}, {"template": "{{ states['hall/lux/lux'] < 20 and 'km/h' }}"}]"#,
            then: #"{"set": {"hall/lamp/brightness": 254, "hall/lamp/effect": "{{ 'calm' }}"}}"#)
        #expect(try said(text) == [])
    }

    @Test func aThingInThePlaceOfAPropertyIsSaid() throws {
        #expect(
            try said(rule(when: #"{"becomes": "hall/motion", "to": true}"#)) == [
                "when[0].becomes: 'hall/motion' is a thing: which property of it is meant, such as hall/motion/on?"
            ])
    }

    @Test func whatIsUnknownIsSaidWithItsPlace() throws {
        let text = rule(
            when: #"[{"availability": "loft/fan", "to": "offline"}, {"crosses": "hall/lamp/nothing", "above": 2}]"#,
            only: #"{"any": [{"not": {"known": "loft/fan/on"}}, {"online": "x"}, {"template": "{{ states['a/b'] }}"}]}"#,
            then:
                #"[{"choose": [{"only": {"state": "hall/none/on", "is": true}, "then": {"stop": "x"}}], "else": {"wait_for": {"happens": "hall/none/press"}, "timeout": "1m"}}, {"parallel": [[{"repeat": {"notify": "{{ states['q/r/s'] }}"}, "while": {"known": "q/r/s"}}]]}]"#
        )
        #expect(
            try warnings(text).map(\.place) == [
                "when[0].availability", "when[1].crosses", "only[0].any[0].not.known", "only[0].any[1].online", "only[0].any[2].template",
                "then[0].choose[0].only[0].state", "then[0].else[0].wait_for[0].happens", "then[1].parallel[0][0].repeat[0].notify",
                "then[1].parallel[0][0].while[0].known",
            ])
    }

    @Test func whatAPropertyCanNotBeIsSaid() throws {
        let text = rule(
            when: #"[{"becomes": "hall/motion/motion", "to": ["ON", true]}, {"crosses": "hall/motion/motion", "above": 1}]"#,
            only: #"{"number": "hall/lux/lux", "below": -5}"#,
            then: #"{"set": {"hall/lamp/brightness": 900, "hall/lamp/on": 1, "hall/lamp/effect": "storm", "hall/motion/motion": true}}"#)
        #expect(
            try said(text) == [
                "when[0].to: hall/motion/motion is true or false only", "when[1].crosses: hall/motion/motion is no number",
                "only[0].below: hall/lux/lux is at least 0",
                "then[0].set.hall/lamp/brightness: hall/lamp/brightness lies between 0 and 254",
                "then[0].set.hall/lamp/on: hall/lamp/on is true or false only",
                "then[0].set.hall/lamp/effect: hall/lamp/effect is one of calm, fire",
                "then[0].set.hall/motion/motion: hall/motion/motion can't be set",
            ])
    }

    @Test func thereAreAtMostAHundred() throws {
        let actions = Array(repeating: #"{"set": {"a/b/c": true}}"#, count: 200).joined(separator: ",")
        #expect(try warnings(rule(then: "[\(actions)]")).count == 100)
    }
}
