import Foundation
import LaresJSON
import LaresThings
import Testing

@Suite struct GroupTests {
    private var home = HomeModel()
    private var reader = HomeAssistantDiscovery()
    private var now = Date(timeIntervalSince1970: 1_800_000_000)

    private mutating func announce(_ component: String, _ name: String, _ extra: String = "", entity: String = "null") throws {
        let payload =
            #"{"name":\#(entity),"uniq_id":"\#(name)","stat_t":"\#(name)","cmd_t":"\#(name)/set","avty_t":"\#(name)/there",\#(extra)"dev":{"ids":"\#(name)","name":"\#(name)"}}"#
        for announcement in reader.read(MQTTMessage("homeassistant/\(component)/\(name)/config", payload)) {
            guard case .part(let part) = announcement else {
                Issue.record("refused: \(announcement)")
                continue
            }
            try home.install(part, at: now)
        }
        say("\(name)/there", "online")
    }

    private mutating func lamp(_ name: String, dims: Bool = true) throws {
        try announce("light", name, #""schema":"json","brightness":\#(dims),"#)
    }

    private mutating func say(_ topic: String, _ payload: String) { home.receive(MQTTMessage(topic, payload), at: now) }

    private let id = ThingID("groups/all")!

    private mutating func group(_ members: String...) throws {
        try home.set(try ThingGroup(id: id, name: "All", members: members.map { ThingID($0)! }), at: now)
    }

    private func value(_ property: String) -> PropertyValue? { home.state(of: PropertyAddress(id, property))?.reported }

    private mutating func send(_ values: [String: PropertyValue]) throws -> HomeModel.Sending {
        try home.send(ThingCommand(id, values, by: Cause(.principal, name: "anna")), at: now)
    }

    @Test mutating func aGroupIsWhatItsThingsAre() throws {
        try lamp("a")
        try lamp("b", dims: false)
        say("a", #"{"state":"ON","brightness":51}"#)
        try group("a", "b")
        #expect(home.thing(id)?.properties.map(\.name) == ["on", "brightness"] && home.thing(id)?.category.description == "light")
        #expect(value("on") == .boolean(true) && value("brightness") == .number(20))
        _ = home.takeEvents()
        say("a", #"{"state":"OFF"}"#)
        #expect(value("on") == .boolean(false))
        let changes = home.takeEvents().compactMap { if case .changed(let change) = $0 { change } else { nil } }
        #expect(changes.map(\.address.description) == ["a/on", "groups/all/on"], "a group's change is told, once")
        say("b", #"{"state":"ON"}"#)
        #expect(value("on") == .boolean(true), "one is enough")
    }

    @Test mutating func aCommandGoesToAllThatCanAndIsConfirmedByAll() throws {
        try lamp("a")
        try lamp("b")
        try announce("switch", "c")
        try group("a", "b", "c")
        let sending = try send(["on": .boolean(true), "brightness": .number(40)])
        #expect(sending.messages.map(\.topic).sorted() == ["a/set", "b/set", "c/set"])
        #expect(sending.messages.first { $0.topic == "c/set" }.map { String(decoding: $0.payload, as: UTF8.self) } == "ON")
        say("a", #"{"state":"ON","brightness":102}"#)
        say("b", #"{"state":"ON","brightness":102}"#)
        #expect(home.takeOutcomes().isEmpty)
        say("c", "ON")
        #expect(home.takeOutcomes().map(\.outcome) == [.confirmed])
        #expect(home.state(of: PropertyAddress(ThingID("a")!, "on"))?.cause?.name == "anna")
        #expect(home.state(of: PropertyAddress(id, "on"))?.cause?.name == "anna")
    }

    @Test mutating func whoIsAwayIsLeftOut() throws {
        try lamp("a")
        try lamp("b")
        try group("a", "b")
        say("a/there", "offline")
        #expect(try send(["on": .boolean(true)]).messages.map(\.topic) == ["b/set"])
        #expect(home.availability(of: id) == .online)
        say("b/there", "offline")
        #expect(home.availability(of: id) == .offline)
        #expect(throws: ThingsError.self) { try send(["on": .boolean(true)]) }
    }

    @Test mutating func allLocksMustBeLockedForTheirGroupToBe() throws {
        try announce("lock", "a")
        try announce("lock", "b")
        try group("a", "b")
        say("a", "LOCKED")
        say("b", "UNLOCKED")
        #expect(value("locked") == .boolean(false))
        say("b", "LOCKED")
        #expect(value("locked") == .boolean(true))
        #expect(home.thing(id)?.property("locked")?.hazard(of: .boolean(false)) == .opens, "what is dangerous for one is so for all")
    }

    @Test mutating func aGroupFollowsItsThings() throws {
        try lamp("a")
        try group("a", "b")
        try lamp("b")
        say("b", #"{"state":"ON","brightness":255}"#)
        #expect(value("brightness") == .number(100), "b came later")
        say("a", #"{"state":"ON","brightness":51}"#)
        #expect(value("brightness") == .number(60), "the mean of both")
        for announcement in reader.read(MQTTMessage("homeassistant/light/b/config", "")) {
            guard case .gone(let key) = announcement else { continue }
            home.remove(part: key, at: now)
        }
        #expect(home.thing(ThingID("b")!) == nil && value("brightness") == .number(20), "b is gone, and its part of the group with it")
        home.remove(group: id)
        #expect(home.thing(id) == nil && home.groups.isEmpty)
        say("a", #"{"state":"ON"}"#)
    }

    @Test mutating func thingsThatHaveNothingInCommonMakeNoNonsense() throws {
        try announce("number", "a", #""min":0,"max":10,"#, entity: #""Level""#)
        try announce("number", "b", #""min":20,"max":30,"#, entity: #""Level""#)
        try group("a", "b")
        #expect(home.thing(id)?.properties.isEmpty == true)
        try announce("number", "c", #""min":5,"max":25,"#, entity: #""Level""#)
        try group("a", "c")
        #expect(home.thing(id)?.property("level")?.kind == .number(.init(least: 5, greatest: 10, step: 1)))
    }

    @Test(arguments: [
        #"{"name":"x"}"#, #"{"name":"x","members":[]}"#, #"{"name":"x","members":["a","a"]}"#, #"{"name":"x","members":["groups/y"]}"#,
        #"{"id":"hall/x","name":"x","members":["a"]}"#, #"{"name":"","members":["a"]}"#, #"{"name":"x","members":["A B"]}"#, "[]",
        #"{"name":"x","members":["a"],"more":1}"#,
    ])
    func whatIsNoGroupIsRefused(_ text: String) {
        #expect(throws: JSONError.self) { try ThingGroup(try JSON(parsing: Array(text.utf8))) }
    }
}
