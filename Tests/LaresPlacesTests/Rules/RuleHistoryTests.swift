import Foundation
import LaresJSON
import LaresPlaces
import LaresThings
import Testing

/// What a rule would have done over what a store recorded.
@Suite struct RuleHistoryTests {
    private let place: MovingHome
    private let automations: Automations
    private let telemetry = MemoryTelemetry()
    private let start = moment("2026-11-28T18:00")
    private let lamp: PropertyAddress = "hall/lamp/on", motion: PropertyAddress = "hall/motion/motion"
    private let lux: PropertyAddress = "hall/lux/lux", button: PropertyAddress = "hall/button/press"

    init() throws {
        place = try MovingHome()
        try place.announce("01")
        try place.home.receive([
            Self.part("binary_sensor", "m", "Motion", #""dev_cla":"motion""#),
            Self.part("sensor", "l", "Lux", #""dev_cla":"illuminance","unit_of_meas":"lx""#),
            Self.part("event", "b", "Button", #""dev_cla":"button","evt_typ":["press","hold"]"#),
        ])
        automations = try Automations(
            home: place.home, store: RuleStore(place.store), site: Site(zone: .utc), scenes: Scenes(home: place.home, store: place.store),
            clock: MovingHome.clock)
    }

    private static func part(_ component: String, _ id: String, _ name: String, _ more: String) -> MQTTMessage {
        MQTTMessage(
            "homeassistant/\(component)/\(id)/config",
            #"{"name":null,"uniq_id":"\#(id)","stat_t":"\#(id)",\#(more),"dev":{"ids":"\#(id)","name":"\#(name)","sa":"Hall"}}"#,
            isRetained: true)
    }

    /// The only property of a thing, whatever it is called.
    private func only(_ thing: String) throws -> PropertyAddress {
        let id = try #require(ThingID(thing)), view = try #require(place.home.thing(id))
        return PropertyAddress(id, try #require(view.thing.properties.first { $0.role == .primary }).name)
    }

    private func record(_ key: SeriesKey, _ kind: SeriesKind, _ readings: [(minute: Double, value: ReadingValue)]) async throws {
        let series = try await telemetry.declare([SeriesDeclaration(key, kind)])[0]
        try await telemetry.append(readings.map { Reading(series, at: Timestamp(start + $0.minute * 60), $0.value) })
    }

    private func flags(_ address: PropertyAddress, _ readings: [(Double, Bool)]) async throws {
        try await record(SeriesKey(address), .measurement, readings.map { ($0.0, .number($0.1 ? 1 : 0)) })
    }

    private func causes(_ address: PropertyAddress, _ readings: [(Double, String)]) async throws {
        try await record(SeriesKey(address).cause, .state, readings.map { ($0.0, .state($0.1)) })
    }

    private func replay(_ rule: Rule, minutes: Double = 60, reading most: Int = RuleReplay.mostReadings) async throws -> RuleReplay {
        let range = Timestamp(start)..<Timestamp(start + minutes * 60)
        return try await automations.replay(rule, over: range, in: telemetry, reading: most)
    }

    private func rule(_ when: String, only: String = "[]", then: String = #"[{"notify": "x"}]"#) throws -> Rule {
        try Rule(parsing: Array(#"{"name": "r", "when": \#(when), "only": \#(only), "then": \#(then)}"#.utf8))
    }

    /// The minutes at which something would have been done.
    private func minutes(_ replay: RuleReplay) -> [Double] { replay.deeds.map { $0.date.timeIntervalSince(start) / 60 } }

    @Test(
        arguments: [
            (#"{"becomes": "hall/motion/motion", "to": true}"#, [2.0, 6]), (#"{"crosses": "LUX", "below": 10}"#, [4]),
            (#"{"happens": "BUTTON", "is": "press"}"#, [3, 5]), (#"{"time": "18:30"}"#, [30]),
            (#"{"availability": "hall/lamp", "to": "offline"}"#, [7]),
            (#"{"availability": "hall/lamp", "to": "online", "for": "2m"}"#, [2, 10]),
        ])
    func whatIsRecordedTriggers(_ when: String, _ expected: [Double]) async throws {
        let (lux, button) = (try only("hall/lux"), try only("hall/button"))
        try await flags(motion, [(-1, false), (2, true), (4, false), (6, true)])
        try await record(SeriesKey(lux), .measurement, [(1, .number(50)), (4, .number(5))])
        try await record(SeriesKey(button), .state, [(3, .state("press")), (4, .state("hold")), (5, .state("press"))])
        try await record(.availability(of: lamp.thing), .state, [(7, .state("offline")), (8, .state("online"))])
        let text = when.replacing("LUX", with: "\(lux)").replacing("BUTTON", with: "\(button)")
        let result = try await replay(try rule(text))
        #expect(minutes(result) == expected && result.unreplayable.isEmpty && !result.isCut)
    }

    @Test(
        arguments: [
            (#"{"event": "storm"}"#, "when[0].event"), (#"{"mqtt": "z/+/x"}"#, "when[0].mqtt"),
            (#"{"webhook": "ring"}"#, "when[0].webhook"),
            (#"{"model": "ear"}"#, "when[0].model"), (#"{"becomes": "hall/motion/motion", "to": true}"#, "when[0].becomes"),
            (#"{"availability": "hall/lamp", "to": "offline"}"#, "when[0].availability"),
        ])
    func whatIsNotRecordedIsSaid(_ when: String, _ named: String) async throws {
        let result = try await replay(try rule(when))
        #expect(result.deeds.isEmpty && result.unreplayable.map(\.place) == [named])
        for catalogue in [RuleCatalogue.english, .chinese] {
            let text = try #require(result.unreplayable.first).sentence.text(catalogue)
            #expect(!text.isEmpty && !text.contains("replay.") && !text.contains("{"))
        }
    }

    @Test func whatStandsWithinActionsIsReplayedOrSaidToo() async throws {
        try await flags(motion, [(2, true), (5, false)])
        let then =
            #"[{"wait_for": [{"becomes": "hall/motion/motion", "to": false}, {"event": "x"}], "timeout": "9m"}, {"call_model": "ear", "input": "?"}]"#
        let result = try await replay(try rule(#"{"time": "18:03"}"#, then: then))
        #expect(minutes(result) == [5], "the model is asked when nobody moves any more")
        #expect(result.unreplayable.map(\.place) == ["then[0].wait_for[1].event", "then[1].call_model"])
    }

    @Test func whetherAThingCouldBeReachedCounts() async throws {
        try await flags(motion, [(-1, false), (2, true), (4, false), (6, true)])
        try await record(.availability(of: lamp.thing), .state, [(3, .state("offline")), (7, .state("online"))])
        let online = try await replay(try rule(#"{"becomes": "hall/motion/motion", "to": true}"#, only: #"[{"online": "hall/lamp"}]"#))
        #expect(minutes(online) == [2], "it was there until it wasn't for the first time")
    }

    @Test func whoseDoingItWasCounts() async throws {
        try await flags(lamp, [(-1, false), (2, true), (4, false), (6, true), (8, false)])
        try await causes(lamp, [(2, "principal"), (6, "rule other")])
        func times(_ by: String) async throws -> [Double] {
            minutes(try await replay(try rule(#"{"becomes": "hall/lamp/on", "to": true, "by": ["\#(by)"]}"#)))
        }
        #expect(try await times("principal") == [2])
        #expect(try await times("rule") == [6])
        #expect(try await times("device") == [])
    }

    private func motionLight(_ more: [String: JSON] = [:]) throws -> Rule {
        let inputs: [String: JSON] = ["motion": "hall/motion/motion", "light": "hall/lamp/on", "timeout": "5m"]
        return try #require(Blueprint.named("motion_light")).rule(named: "by motion", with: inputs.merging(more) { $1 })
    }

    @Test func aMotionLightGoesOffAgain() async throws {
        try await flags(motion, [(-1, false), (2, true), (4, false), (30, true), (31, false)])
        try await flags(lamp, [(-60, false)])
        let result = try await replay(try motionLight())
        #expect(minutes(result) == [2, 9, 30, 36])
        let values = result.deeds.compactMap { deed -> PropertyValue? in
            guard case .set(let command) = deed.effect.kind else { return nil }
            return command.values["on"]
        }
        #expect(values == [true, false, true, false])
    }

    @Test func aMotionLightLeavesALampAloneThatAHandSwitched() async throws {
        try await flags(motion, [(-1, false), (2, true), (4, false), (20, true), (21, false)])
        // By hand: on before anyone moves; off while the rule would have it on.
        try await flags(lamp, [(-60, false), (1, true), (15, false)])
        let result = try await replay(try motionLight())
        #expect(result.deeds.isEmpty, "theirs, and off by hand five minutes ago")
    }

    @Test func whatTheRuleDidItselfIsReplaced() async throws {
        try await flags(motion, [(-1, false), (2, true), (4, false)])
        try await flags(lamp, [(-60, false), (2.01, true), (9.01, false)])
        let longer = try motionLight(["timeout": "10m"])
        try await causes(lamp, [(2.01, "rule \(longer.id)"), (9.01, "rule \(longer.id)")])
        #expect(minutes(try await replay(longer)) == [2, 14], "not switched off when the rule of that time did")
    }

    @Test func whatASceneSetsIsSet() async throws {
        let scene = try Scene(id: "bright", name: "Bright", states: [lamp.thing: ["on": true]])
        try automations.scenes?.set(scene)
        try await flags(lamp, [(-1, false)])
        let rule = try rule(
            #"{"time": "18:03"}"#,
            then:
                #"[{"scene": "bright"}, {"wait": "1s"}, {"only": [{"state": "hall/lamp/on", "is": true, "by": ["rule"]}]}, {"notify": "lit"}]"#
        )
        #expect(try await replay(rule).deeds.count == 2)
    }

    @Test func everyReadingIsLookedAt() async throws {
        let lux = try only("hall/lux"), series = try await telemetry.declare([SeriesDeclaration(SeriesKey(lux), .measurement)])[0]
        let times = (0..<120_000).map { Timestamp(milliseconds: Timestamp(start).milliseconds + Int64($0) * 10) }
        for part in stride(from: 0, to: times.count, by: 40_000) {
            try await telemetry.append(
                (part..<part + 40_000).map { Reading(series, at: times[$0], .number($0 == 119_999 ? 900 : Double($0 % 2))) })
        }
        let rule = try rule(#"{"crosses": "\#(lux)", "above": 500}"#)
        let all = try await replay(rule)
        #expect(all.deeds.count == 1 && !all.isCut && all.end == start + 3_600)
        let some = try await replay(rule, reading: 60_000)
        #expect(some.deeds.isEmpty && some.isCut)
        #expect(some.end > start + 590 && some.end < start + 610, "it says until when it went")
    }
}
