import Foundation
import LaresJSON
import LaresPlaces
import LaresThings
import Testing

@Suite struct BlueprintTests {
    private func rule(_ id: String, _ inputs: [String: JSON]) throws -> Rule {
        try #require(Blueprint.named(id)).rule(named: id, with: inputs)
    }

    @Test func allThatComeWithLaresAreReadAndSpeakTwoLanguages() {
        #expect(Blueprint.builtIn.count == Blueprint.sourceCount && Blueprint.builtIn.count == 8)
        for blueprint in Blueprint.builtIn {
            #expect(blueprint.names["en"] != nil && blueprint.names["zh"] != nil)
            #expect(blueprint.inputs.allSatisfy { $0.labels["en"] != nil && $0.labels["zh"] != nil }, "\(blueprint.id)")
        }
    }

    @Test func whatIsMissingUnknownOrWrongIsNamed() throws {
        let motion = try #require(Blueprint.named("motion_light"))
        let inputs: [([String: JSON], String)] = [
            (["light": "a/lamp/on"], "motion"), (["motion": "a/m/motion", "light": "lamp"], "light"),
            (["motion": "a/m/motion", "light": "a/lamp/on", "dark": -1], "dark"), (["motion": [], "light": "a/lamp/on"], "motion"),
            (["motion": "a/m/motion", "light": "a/lamp/on", "timeout": "soon"], "timeout"), (["color": "red"], "color"),
        ]
        for (inputs, name) in inputs {
            let error = #expect(throws: RuleError.self) { try motion.rule(named: "x", with: inputs) }
            #expect(error?.code == .badInput && error?.message.contains("'\(name)'") == true, "\(error?.message ?? "")")
        }
    }

    @Test func whatTheyTellPeopleIsInTheLanguageOfWhoMadeThem() throws {
        func texts(_ id: String, _ inputs: [String: JSON], _ language: String) throws -> String {
            try #require(Blueprint.named(id)).rule(named: id, with: inputs, language: language).json.serialized
        }
        let batteries: [String: JSON] = ["batteries": "a/x/battery"]
        #expect(try texts("low_battery", batteries, "zh").contains("的电量只剩"))
        #expect(try texts("low_battery", batteries, "en").contains("The battery of {{ trigger.thing }}"))
        #expect(try texts("low_battery", batteries, "fr").contains("The battery of"), "English for any other")
        let power: [String: JSON] = ["power": "a/plug/power"]
        #expect(try texts("appliance_finished", power, "zh").contains("已运行完毕"))
        let said = try texts("appliance_finished", power.merging(["text": "Hang it up"]) { $1 }, "zh")
        #expect(said.contains("Hang it up") && !said.contains("已运行完毕"), "what is given is said, and nothing else")
        for id in ["leak", "door_left_open"] {
            let text = try texts(id, [id == "leak" ? "sensors" : "door": "a/x/y"], "en")
            #expect(text.contains("{{ trigger.thing }}") && !text.contains("$"), "nothing is left to be filled in")
        }
    }

    @Test func motionLightsTheDarkAndGoesOutAfterTheLastMotion() throws {
        let rule = try rule(
            "motion_light",
            ["motion": ["a/one/motion", "a/two/motion"], "light": "a/lamp/on", "lux": "a/lux/lux", "timeout": "3m", "dark": 40])
        #expect(try Rule(rule.json) == rule)
        try RuleStory(values: ["d": 5, "b": 300]).check(
            [rule],
            """
            a/one/motion  0-1-0-------1-0----------
            a/two/motion  0----1--0----------------
            a/lux/lux     d--b-------bb------------
            a/lamp/on   > --1--------0-------------
            """)
    }

    @Test func aLampThatAHandSwitchedIsLeftAlone() throws {
        let rule = try rule("motion_light", ["motion": "a/one/motion", "light": "a/lamp/on", "timeout": "3m", "override": "5m"])
        // Switched on by hand: it stays on.
        try RuleStory().check(
            [rule],
            """
            a/lamp/on     01------------
            a/one/motion  0-1-0---------
            a/lamp/on   > --------------
            """)
        // Switched off by hand while there is motion: it stays off for five minutes.
        let theatre = try RuleStory().check(
            [rule],
            """
            a/one/motion  01-0-1-0-1-0--
            a/lamp/on     0--0----------
            a/lamp/on   > -1-------1----
            """)
        let why = theatre.engine.traces(of: rule.id).map { $0.sentence.text() }
        #expect(why.contains("Didn't act: a/lamp/on was false, not true, and a/lamp/on was false"), "\(why)")
    }

    @Test func climateFollowsWhoIsInAndWindows() throws {
        let rule = try rule(
            "climate_by_presence",
            [
                "people": ["p/anna/home", "p/ben/home"], "target": "a/heater/target", "windows": "a/window/open", "leaving": "3m",
                "airing": "2m",
            ])
        try RuleStory(values: ["c": 21, "w": 17]).check(
            [rule],
            """
            p/anna/home       1-0------1--------
            p/ben/home        1---0-------------
            a/window/open     0----------1---0--
            a/heater/target > -------w-c---w---c
            """)
    }

    /// Telephones say where they are and whether that is at home; either address will do.
    @Test func climateFollowsTelephones() throws {
        let rule = try rule(
            "climate_by_presence", ["people": ["anna/location", "ben/home"], "target": "a/heater/target", "leaving": "3m"])
        try RuleStory(values: ["c": 21, "w": 17]).check(
            [rule],
            """
            anna/home         1-0------1--
            ben/home          1---0-------
            a/heater/target > -------w-c--
            """)
        let two = try self.rule("climate_by_presence", ["people": "anna/location_2", "target": "a/heater/target"])
        #expect(two.json["when"]?.elements?.first?["becomes"] == "anna/home_2")
    }

    @Test func anEmptyHomeIsOneThatAllHaveLeft() throws {
        let rule = try rule("vacation", ["people": ["anna/location", "ben/home"], "lights": ["a/lamp/on"]])
        let lit = RuleEvent.fired("presence", data: ["property": "a/lamp/on", "value": true], by: .device)
        for (anna, ben, acts) in [(false, false, true), (true, false, false), (false, true, false)] {
            var theatre = RuleTheatre(at: moment("2026-11-28T18:00"))
            theatre.know("anna/home", .boolean(anna))
            theatre.know("ben/home", .boolean(ben))
            try theatre.engine.set(rule, at: theatre.now, in: theatre.world)
            try theatre.tell(lit)
            #expect(theatre.deeds.count == (acts ? 1 : 0), "\(anna) \(ben)")
        }
        let error = #expect(throws: RuleError.self) { try self.rule("vacation", ["lights": ["a/lamp/on"]]) }
        #expect(error?.code == .badInput && error?.message.contains("'people' or 'away'") == true)
    }

    @Test func leaksShutTheValveAndAreSaidAgain() throws {
        try RuleStory().check(
            [try rule("leak", ["sensors": ["a/one/wet", "a/two/wet"], "valve": "a/valve/open", "again": "2m"])],
            """
            a/one/wet     0-1--0-----
            a/valve/open  1----------
            a/valve/open > --0--------
            notify >      --n-n------
            """)
    }

    @Test func aDoorLeftOpenIsSaidAgainUntilItIsShut() throws {
        try RuleStory().check(
            [try rule("door_left_open", ["door": ["a/door/open", "a/window/open"], "span": "3m", "again": "4m"])],
            """
            a/door/open    0-1---------0-1-0---
            a/window/open  0-------------------
            notify >       -----n---n----------
            """)
    }

    @Test func anApplianceIsFinishedAfterItHasWorked() throws {
        try RuleStory(values: ["i": 1, "w": 1800, "l": 12]).check(
            [try rule("appliance_finished", ["power": "a/plug/power", "to": "anna"])],
            """
            a/plug/power  -i---w---l--w-i-------w-i
            notify >      ----------------n--------
            """)
    }

    @Test func batteriesAreSaidOnceUntilTheyAreFullAgain() throws {
        try RuleStory(tick: 600, values: ["l": 14, "m": 17, "f": 100]).check(
            [try rule("low_battery", ["batteries": ["a/x/battery", "a/y/battery"]])],
            """
            a/x/battery  flmlmf-l-
            a/y/battery  f---l----
            notify >     --n--n--n
            """)
    }

    @Test func theFanFollowsTheHumidity() throws {
        let rule = try rule("humidity_fan", ["humidity": "a/bath/humidity", "fan": "a/fan/on", "most": "8m"])
        try RuleStory(values: ["l": 50, "h": 70, "m": 61]).check(
            [rule],
            """
            a/bath/humidity  l-h---m--l----h--------------
            a/fan/on         0----------------------------
            a/fan/on >       ---1------0----1-------0-----
            """)
        // A fan that someone switched on is theirs.
        try RuleStory(values: ["l": 50, "h": 70]).check(
            [rule],
            """
            a/fan/on         01-----------
            a/bath/humidity  l-h---l------
            a/fan/on >       -------------
            """)
    }

    @Test func anEmptyHomeLooksLivedIn() throws {
        let start = moment("2026-11-21T00:00")
        let recorded = [(19 * 3600, true), (22 * 3600, false)].map { time, isOn in
            PresenceSimulation.Switching(thing: "a/lamp/on", instant: Int(start.timeIntervalSince1970) + time, value: .bool(isOn))
        }
        let simulation = try PresenceSimulation(repeating: recorded, in: .utc, seed: 1)
        var theatre = RuleTheatre(at: moment("2026-11-28T18:00"))
        theatre.know("p/all/away", true)
        theatre.know("a/lamp/on", false)
        let rule = try rule("vacation", ["away": "p/all/away", "lights": ["a/lamp/on", "b/lamp/on"]])
        try theatre.engine.set(rule, at: theatre.now, in: theatre.world)
        for switching in simulation.switchings(on: try #require(CalendarDay("2026-11-28"))) {
            try theatre.pass(to: Date(timeIntervalSince1970: Double(switching.instant)))
            try theatre.tell(switching.event)
        }
        let lamp = try #require(ThingID("a/lamp"))
        let cause = Cause(.rule, name: "vacation")
        #expect(theatre.deeds.map(\.kind) == [true, false].map { .set(ThingCommand(lamp, ["on": .boolean($0)], by: cause)) })
        try theatre.report("p/all/away", false)
        try theatre.tell(.fired("presence", data: ["property": "a/lamp/on", "value": true], by: .device))
        #expect(theatre.deeds.count == 2)
    }
}
