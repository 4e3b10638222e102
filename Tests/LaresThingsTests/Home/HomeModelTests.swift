import Foundation
import LaresThings
import Testing

@Suite struct HomeModelTests {
    private var home = HomeModel()
    private var reader = HomeAssistantDiscovery()
    private var now = Date(timeIntervalSince1970: 1_800_000_000)

    private mutating func announce(_ topic: String, _ payload: String) throws {
        for announcement in reader.read(MQTTMessage(topic, payload)) {
            switch announcement {
            case .part(let part): try home.install(part, at: now)
            case .gone(let key): home.remove(part: key, at: now)
            case .refused(_, let reason): Issue.record("refused: \(reason)")
            }
        }
    }

    private mutating func say(_ topic: String, _ payload: String) { home.receive(MQTTMessage(topic, payload), at: now) }

    private mutating func announceLamp(name: String = "null", device: String = #"{"ids":"1","name":"Lamp","sa":"Hall"}"#) throws {
        try announce(
            "homeassistant/light/lamp/config",
            #"{"name":\#(name),"uniq_id":"lamp1","schema":"json","stat_t":"lamp","cmd_t":"lamp/set","brightness":true,"dev":\#(device)}"#)
    }

    private mutating func announceSensor(_ extra: String = "", unique: String = "t1") throws {
        try announce(
            "homeassistant/sensor/\(unique)/config",
            #"{"name":"Temperature","uniq_id":"\#(unique)","stat_t":"\#(unique)","unit_of_meas":"°C","dev":{"ids":"1","name":"Lamp","sa":"Hall"}\#(extra)}"#
        )
    }

    private let lamp = ThingID("hall/lamp")!

    private func state(_ property: String) -> PropertyState? { home.state(of: PropertyAddress(lamp, property)) }

    private func command(_ values: [String: PropertyValue]) -> ThingCommand {
        ThingCommand(lamp, values, by: Cause(.principal, name: "anna"))
    }

    @Test mutating func partsOfADeviceAreOneThing() throws {
        try announceLamp()
        try announceSensor()
        #expect(home.things.map(\.id) == [lamp])
        let thing = try #require(home.thing(lamp))
        #expect(thing.category.description == "light" && thing.name == "Lamp" && thing.area?.description == "hall")
        #expect(Set(["on", "brightness", "temperature"]).isSubset(of: Set(thing.properties.map(\.name))))
    }

    @Test mutating func reportsChangeStatesAndTell() throws {
        try announceLamp()
        _ = home.takeEvents()
        say("lamp", #"{"state":"ON","brightness":51}"#)
        #expect(state("on")?.reported == .boolean(true) && state("brightness")?.reported == .number(20))
        let changes = home.takeEvents().compactMap { if case .changed(let change) = $0 { change } else { nil } }
        #expect(changes.map(\.address.property) == ["on", "brightness"] && changes.allSatisfy { $0.cause == .device && $0.old == nil })
        say("lamp", #"{"state":"ON","brightness":51}"#)
        #expect(home.takeEvents().isEmpty)
    }

    @Test mutating func aCommandIsConfirmedByAReportAndIsItsCause() throws {
        try announceLamp()
        say("lamp", #"{"state":"OFF"}"#)
        let sending = try home.send(command(["on": .boolean(true)]), at: now)
        #expect(sending.isConfirmable && sending.messages.map(\.topic) == ["lamp/set"])
        #expect(state("on")?.reported == .boolean(false) && state("on")?.desired == .boolean(true))
        say("lamp", #"{"state":"ON"}"#)
        #expect(state("on")?.reported == .boolean(true) && state("on")?.desired == nil)
        #expect(state("on")?.cause == Cause(.principal, name: "anna", command: sending.number))
        #expect(home.takeOutcomes().map(\.outcome) == [.confirmed])
    }

    @Test mutating func aReportThatDisagreesConfirmsNothing() throws {
        try announceLamp()
        _ = try home.send(command(["brightness": .number(40)]), at: now)
        say("lamp", #"{"state":"ON","brightness":255}"#)
        #expect(state("brightness")?.desired == .number(40) && home.takeOutcomes().isEmpty)
        say("lamp", #"{"state":"ON","brightness":102}"#)
        #expect(home.takeOutcomes().map(\.outcome) == [.confirmed])
    }

    @Test mutating func aCommandThatNobodyAnswersIsSentOnceMoreAndGivenUp() throws {
        try announceLamp()
        let sending = try home.send(command(["on": .boolean(true)]), at: now)
        #expect(home.pass(to: now + 1.9).isEmpty)
        #expect(home.pass(to: now + 2) == sending.messages)
        #expect(home.pass(to: now + 4.9).isEmpty && home.takeOutcomes().isEmpty)
        #expect(home.pass(to: now + 5).isEmpty)
        #expect(home.takeOutcomes().map(\.outcome) == [.unanswered] && state("on")?.desired == nil)
        #expect(home.nextDate == nil)
    }

    private mutating func announceNumber(_ component: String, _ extra: String) throws {
        try announce(
            "homeassistant/\(component)/n/config",
            #"{"name":null,"uniq_id":"n","dev":{"ids":"1","name":"Lamp","sa":"Hall"},\#(extra)}"#)
    }

    @Test mutating func aThingThatStandsStillIsNotConfirmed() throws {
        try announceNumber("number", #""stat_t":"n","cmd_t":"n/set","min":5,"max":30,"step":1"#)
        let property = try #require(home.thing(lamp)?.properties.first { $0.isWritable }?.name)
        say("n", "21")
        _ = try home.send(command([property: .number(22)]), at: now)
        say("n", "21")
        #expect(home.takeOutcomes().isEmpty)
        _ = home.pass(to: now + 5)
        #expect(home.takeOutcomes().map(\.outcome) == [.unanswered])
    }

    @Test mutating func aFanThatRoundsUpIsConfirmedAndADeadOneIsNot() throws {
        try announceNumber("fan", #""cmd_t":"f/set","pct_cmd_t":"f/speed","pct_stat_t":"f/is","spd_rng_min":1,"spd_rng_max":3"#)
        say("f/is", "3")
        _ = try home.send(command(["speed": .number(40)]), at: now)
        say("f/is", "3")
        #expect(home.takeOutcomes().isEmpty)
        say("f/is", "2")
        #expect(home.takeOutcomes().map(\.outcome) == [.confirmed])
    }

    @Test mutating func aBlindThatMovesIsGivenTime() throws {
        try announceNumber("cover", #""cmd_t":"c/set","pos_t":"c/is","set_pos_t":"c/to""#)
        say("c/is", "100")
        _ = try home.send(command(["position": .number(0)]), at: now)
        #expect(home.pass(to: now + 25).isEmpty, "a motor isn't told twice")
        now += 25
        say("c/is", "50")
        #expect(home.pass(to: now + 25).isEmpty && home.takeOutcomes().isEmpty)
        now += 28
        say("c/is", "0")
        #expect(home.takeOutcomes().map(\.outcome) == [.confirmed])
    }

    @Test mutating func aFadingLampIsNotAskedAgainInTheMiddle() throws {
        try announce(
            "homeassistant/light/lamp/config",
            #"{"name":null,"uniq_id":"lamp1","schema":"json","stat_t":"lamp","cmd_t":"lamp/set","brightness":true,"transition":true,"dev":{"ids":"1","name":"Lamp","sa":"Hall"}}"#
        )
        _ = try home.send(command(["brightness": .number(80), "transition": .number(10)]), at: now)
        #expect(home.pass(to: now + 11).isEmpty && home.takeOutcomes().isEmpty)
        _ = home.pass(to: now + 15)
        #expect(home.takeOutcomes().map(\.outcome) == [.unanswered])
    }

    @Test mutating func whatIsSoAlreadyIsConfirmedSoonAndNotSentTwice() throws {
        try announceLamp()
        say("lamp", #"{"state":"ON"}"#)
        _ = try home.send(command(["on": .boolean(true)]), at: now)
        #expect(home.pass(to: now + 1).isEmpty)
        #expect(home.takeOutcomes().map(\.outcome) == [.confirmed])
    }

    @Test mutating func aRefusedUpdateLeavesAThingAsItWas() throws {
        try announceLamp()
        try announce(
            "homeassistant/switch/s/config", #"{"name":null,"uniq_id":"s","stat_t":"s","cmd_t":"s/set","dev":{"ids":"2","name":"Plug"}}"#)
        let update =
            #"{"name":null,"uniq_id":"lamp1","schema":"json","stat_t":"other","cmd_t":"s/set","dev":{"ids":"1","name":"Lamp","sa":"Hall"}}"#
        guard case .part(let part)? = reader.read(MQTTMessage("homeassistant/light/lamp/config", update)).first else { return }
        #expect(throws: ThingsError.self) {
            var copy = home
            try copy.install(part, at: now)
        }
        try? home.install(part, at: now)
        say("lamp", #"{"state":"ON"}"#)
        #expect(state("on")?.reported == .boolean(true))
        #expect(try home.send(command(["on": .boolean(false)]), at: now).messages.map(\.topic) == ["lamp/set"])
    }

    @Test(
        arguments: [
            ("switch", "Garage", Hazard.opens), ("switch", "Garage light", nil), ("button", "Gate", .opens), ("switch", "Oven", .heats),
            ("switch", "Plug", nil), ("button", "Gateway", nil), ("switch", "Hobby room", nil), ("button", "Garden-gate", .opens),
            ("button", "车库门", .opens), ("switch", "烤箱", .heats), ("switch", "Rolltor", .opens), ("button", "Hoftor auf", .opens),
            ("switch", "Motor", nil), ("switch", "Ventilator", nil),
        ] as [(String, String, Hazard?)])
    mutating func whatANameTellsOfDanger(component: String, name: String, hazard: Hazard?) throws {
        try announce(
            "homeassistant/\(component)/d/config",
            #"{"name":null,"uniq_id":"d","cmd_t":"d/set","dev":{"ids":"1","name":"\#(name)","sa":"Hall"}}"#)
        let thing = try #require(home.things.first)
        #expect(thing.properties.filter(\.isWritable).map(\.hazard) == [hazard])
    }

    @Test(
        arguments: [
            ("Rolltor", "", true), ("Garage door", "", true), ("Rollladen", "", false),
            ("Gate", #","dev_cla":"blind","stat_t":"d""#, false),
        ] as [(String, String, Bool)])
    mutating func aCoverThatDoesNotSayWhatItIsMayBeAGate(name: String, rest: String, isGate: Bool) throws {
        try announce(
            "homeassistant/cover/d/config",
            #"{"name":null,"uniq_id":"d","cmd_t":"d/set","set_pos_t":"d/pos"\#(rest),"dev":{"ids":"1","name":"\#(name)","sa":"Hall"}}"#)
        let thing = try #require(home.things.first)
        let dangerous = Set(thing.properties.filter { $0.hazard == .opens }.map(\.name))
        #expect(dangerous == (isGate ? ["open", "position"] : []))
    }

    @Test mutating func anOvenWithAThermometerIsDangerousToo() throws {
        let device = #""dev":{"ids":"1","name":"Oven","sa":"Hall"}"#
        try announce(
            "homeassistant/number/n/config",
            #"{"name":"Target","uniq_id":"n","stat_t":"n","cmd_t":"n/set","min":50,"max":250,\#(device)}"#)
        try announce("homeassistant/sensor/o/config", #"{"name":"Temperature","uniq_id":"o","stat_t":"o",\#(device)}"#)
        let oven = try #require(home.things.first)
        #expect(oven.category.description == "sensor" && oven.properties.filter(\.isWritable).map(\.hazard) == [.heats])
    }

    @Test mutating func whatIsDangerousIsNeverSentTwice() throws {
        try announce(
            "homeassistant/lock/door/config",
            #"{"name":null,"uniq_id":"l","stat_t":"door","cmd_t":"door/set","dev":{"ids":"1","name":"Lamp","sa":"Hall"}}"#)
        _ = try home.send(command(["locked": .boolean(false)]), at: now)
        #expect(home.pass(to: now + 3).isEmpty)
    }

    @Test mutating func aLaterCommandTakesTheEarlierOnesPlace() throws {
        try announceLamp()
        let first = try home.send(command(["on": .boolean(true), "brightness": .number(20)]), at: now)
        let second = try home.send(command(["on": .boolean(false)]), at: now)
        #expect(home.takeOutcomes().isEmpty)
        say("lamp", #"{"state":"OFF","brightness":51}"#)
        let outcomes = Dictionary(uniqueKeysWithValues: home.takeOutcomes().map { ($0.number, $0.outcome) })
        #expect(outcomes == [first.number: .confirmed, second.number: .confirmed])
    }

    @Test(
        arguments: [
            (["on": .number(1)], ThingsError.Code.badValue), (["brightness": .number(101)], .badValue),
            (["brightness": .number(.nan)], .badValue),
            (["colour": .boolean(true)], .unknown), ([:], .badValue), (["temperature": .number(20)], .notWritable),
        ] as [([String: PropertyValue], ThingsError.Code)])
    mutating func whatCanNotBeIsNotSent(values: [String: PropertyValue], code: ThingsError.Code) throws {
        try announceLamp()
        try announceSensor()
        let before = home.states(of: lamp)
        let wrong = command(values)
        do {
            _ = try home.send(wrong, at: now)
            Issue.record("it was sent")
        } catch { #expect(error.code == code) }
        #expect(home.states(of: lamp) == before)
    }

    @Test mutating func aThingThatIsOfflineIsNotAsked() throws {
        try announceLamp(device: #"{"ids":"1","name":"Lamp","sa":"Hall"},"avty_t":"lamp/there"}"#.dropLast(1).description)
        #expect(home.availability(of: lamp) == .unknown)
        say("lamp/there", "offline")
        #expect(home.availability(of: lamp) == .offline)
        let wanted = command(["on": .boolean(true)])
        #expect(throws: ThingsError.self) {
            var copy = home; _ = try copy.send(wanted, at: now)
        }
        say("lamp/there", "online")
        #expect(home.availability(of: lamp) == .online)
    }

    /// What the topics a and b say one after the other (+ there, - away, ? another word), and what the thing is then: + online, - offline, ? unknown.
    @Test(
        arguments: [
            ("all", "a+ a? b+ b- b+ a- b-", "??+-+--"), ("all", "a- b+ a+", "--+"),
            ("any", "a- b? b- a+ b+ a- b-", "??-+++-"), ("any", "b+ a- b-", "++-"),
            ("latest", "a+ b- b? a+ a- b+", "+--+-+"), (nil, "a+ b- b? a+ a- b+", "+--+-+"), ("nonsense", "a+ b-", "+-"),
        ] as [(String?, String, String)])
    mutating func severalTopicsTellTogetherWhetherAThingIsThere(mode: String?, said: String, expected: String) throws {
        let rule = mode.map { #","avty_mode":"\#($0)""# } ?? ""
        try announceLamp(
            device: #"{"ids":"1","name":"Lamp","sa":"Hall"},"avty":[{"t":"a"},{"t":"b","pl_avail":"up","pl_not_avail":"down"}]\#(rule)"#)
        #expect(home.availability(of: lamp) == .unknown)
        let words: [Substring: String] = ["a+": "online", "a-": "offline", "b+": "up", "b-": "down"]
        let signs: [Availability: Character] = [.online: "+", .offline: "-", .unknown: "?"]
        var seen = ""
        for step in said.split(separator: " ") {
            say(String(step.prefix(1)), words[step] ?? "perhaps")
            seen.append(try #require(home.availability(of: lamp).flatMap { signs[$0] }))
        }
        #expect(seen == expected)
    }

    @Test mutating func whoComesLaterHearsWhatWasSaidForAll() throws {
        for name in ["a", "b"] {
            try announce(
                "homeassistant/switch/\(name)/config",
                #"{"name":null,"uniq_id":"\#(name)","stat_t":"\#(name)","cmd_t":"\#(name)/set","avty_t":"bridge/state","dev":{"ids":"\#(name)","name":"\#(name)"}}"#
            )
            if name == "a" { say("bridge/state", "online") }
        }
        #expect(home.availability(of: ThingID("a")!) == .online && home.availability(of: ThingID("b")!) == .online)
        say("bridge/state", "offline")
        #expect(home.availability(of: ThingID("b")!) == .offline)
    }

    @Test mutating func reportsExpire() throws {
        try announceSensor(#","exp_aft":30"#)
        say("t1", "21.5")
        #expect(state("temperature")?.reported == .number(21.5) && home.nextDate == now + 30)
        now += 20
        say("t1", "21.5")
        _ = home.pass(to: now + 29)
        #expect(state("temperature")?.reported == .number(21.5))
        _ = home.pass(to: now + 30)
        #expect(state("temperature")?.reported == nil && state("temperature")?.cause?.kind == .time)
    }

    @Test mutating func motionEndsByItself() throws {
        try announce(
            "homeassistant/binary_sensor/m/config",
            #"{"name":"Motion","uniq_id":"m","stat_t":"m","off_dly":5,"dev_cla":"motion","dev":{"ids":"1","name":"Lamp","sa":"Hall"}}"#)
        say("m", "ON")
        #expect(state("motion")?.reported == .boolean(true))
        _ = home.pass(to: now + 5)
        #expect(state("motion")?.reported == .boolean(false) && home.nextDate == nil)
    }

    @Test mutating func anUpdateKeepsWhatIsKnownAndARemovalForgetsIt() throws {
        try announceLamp()
        try announceSensor()
        say("lamp", #"{"state":"ON"}"#)
        try announceLamp(name: "\"Ceiling\"")
        #expect(state("on")?.reported == .boolean(true))
        home.remove(part: "light/lamp1", at: now)
        try announce("homeassistant/light/lamp/config", "")
        #expect(home.thing(lamp)?.properties.map(\.name) == ["temperature"] && home.thing(lamp)?.category.description == "sensor")
        say("lamp", #"{"state":"OFF"}"#)
        try announce("homeassistant/sensor/t1/config", "")
        #expect(home.count == 0)
    }

    /// Zigbee2MQTT takes an announcement back and makes it anew when a device is called otherwise; what a battery reports comes hours later.
    @Test mutating func aDeviceThatIsCalledOtherwiseIsTheSameThingWithItsState() throws {
        let topic = "homeassistant/sensor/0x0017/temperature/config"
        func payload(_ name: String) -> String {
            #"{"name":"Temperature","uniq_id":"0x0017_temperature","stat_t":"zigbee2mqtt/\#(name)","val_tpl":"{{ value_json.temperature }}","unit_of_meas":"°C","dev":{"ids":["zigbee2mqtt_0x0017"],"name":"\#(name)"}}"#
        }
        try announce(topic, payload("Old"))
        say("zigbee2mqtt/Old", #"{"temperature":21.5}"#)
        let address = PropertyAddress(ThingID("old")!, "temperature")
        let since = home.state(of: address)?.reportedAt
        now += 60
        try announce(topic, "")
        #expect(home.count == 0)
        try announce(topic, payload("New"))
        #expect(home.things.map(\.id) == [ThingID("old")!] && home.things.first?.name == "New", "by its address it is the same")
        #expect(home.state(of: address)?.reported == .number(21.5) && home.state(of: address)?.reportedAt == since)
        _ = home.takeEvents()
        say("zigbee2mqtt/New", #"{"temperature":21.5}"#)
        #expect(!home.takeEvents().contains { if case .changed = $0 { true } else { false } }, "nothing changed")
        say("zigbee2mqtt/Old", #"{"temperature":1}"#)
        #expect(home.state(of: address)?.reported == .number(21.5))
    }

    @Test mutating func whatComesBackAsSomethingElseKnowsNothing() throws {
        try announceSensor()
        say("t1", "21.5")
        try announce("homeassistant/sensor/t1/config", "")
        try announceSensor(#","dev_cla":"enum","options":["warm","cold"]"#)
        #expect(home.state(of: PropertyAddress(lamp, "temperature"))?.reported == nil)
    }

    @Test mutating func namesStayWhateverComesFirst() throws {
        try announce(
            "homeassistant/sensor/a/config",
            #"{"name":"Temperature","uniq_id":"a","stat_t":"a","dev":{"ids":"1","name":"Lamp","sa":"Hall"}}"#)
        try announce(
            "homeassistant/sensor/b/config",
            #"{"name":"Temperature","uniq_id":"b","stat_t":"b","dev":{"ids":"1","name":"Lamp","sa":"Hall"}}"#)
        let names = home.thing(lamp)?.properties.map(\.name)
        #expect(names?.count == 2 && Set(names ?? []).count == 2)
        var later = HomeModel(names: home.names)
        var again = HomeAssistantDiscovery()
        for unique in ["b", "a"] {
            for case .part(let part) in again.read(
                MQTTMessage(
                    "homeassistant/sensor/\(unique)/config",
                    #"{"name":"Temperature","uniq_id":"\#(unique)","stat_t":"\#(unique)","dev":{"ids":"1","name":"Lamp","sa":"Hall"}}"#))
            { try later.install(part, at: now) }
        }
        for unique in ["a", "b"] {
            home.receive(MQTTMessage(unique, unique == "a" ? "1" : "2"), at: now)
            later.receive(MQTTMessage(unique, unique == "a" ? "1" : "2"), at: now)
        }
        #expect(home.states(of: lamp).mapValues(\.reported) == later.states(of: lamp).mapValues(\.reported))
    }

    @Test mutating func thingsOfTheSameNameAreTwo() throws {
        try announceLamp()
        try announce(
            "homeassistant/switch/x/config",
            #"{"name":null,"uniq_id":"x","stat_t":"x","cmd_t":"x/set","dev":{"ids":"2","name":"Lamp","sa":"Hall"}}"#)
        #expect(home.things.map(\.id.description) == ["hall/lamp", "hall/lamp-2"])
    }
}
