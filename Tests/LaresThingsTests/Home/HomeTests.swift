import Foundation
import LaresJSON
import LaresStore
import LaresThings
import Synchronization
import Testing

@Suite struct HomeTests {
    private let clock = FixedClock(Date(timeIntervalSince1970: 1_800_000_000))
    private let lamp = ThingID("hall/lamp")!

    private func withFolder<R>(_ body: (LaresHome) throws -> R) throws -> R {
        let path = NSTemporaryDirectory() + "/lares-home-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try body(try LaresHome(path: path))
    }

    private func home(_ folder: LaresHome, _ recorder: Recorder? = nil) throws -> Home {
        try Home(store: try HomeStore(home: folder), recorder: recorder, readers: [HomeAssistantDiscovery()], clock: clock)
    }

    private let announcement = MQTTMessage(
        "homeassistant/light/lamp/config",
        #"{"name":null,"uniq_id":"lamp1","stat_t":"lamp","cmd_t":"lamp/set","dev":{"ids":"1","name":"Lamp","sa":"Hall"}}"#, isRetained: true
    )

    /// Keeps changes in memory; fails as often as it is told to.
    private final class Recorder: ChangeRecorder {
        struct Full: Error {}
        let changes = Mutex<[Change]>([])
        let failures = Mutex(0)

        func record(_ new: [Change], property: (PropertyAddress) -> Property?) throws {
            let fails = failures.withLock { left in
                defer { left = max(0, left - 1) }
                return left > 0
            }
            if fails { throw Full() }
            changes.withLock { $0 += new }
        }
    }

    @Test func aHomeIsAsItWasAfterARestart() throws {
        try withFolder { folder in
            let before = try home(folder)
            try before.receive([announcement, MQTTMessage("lamp", "ON")])
            try before.saveStates()
            var wording = Wording()
            (wording.name, wording.names, wording.aliases) = ("Flurlicht", ["zh": "走廊灯"], ["the light"])
            try before.set(wording, of: lamp)
            try before.set(Area(id: AreaID("hall")!, name: "Hall", level: 1))
            let after = try home(folder)
            #expect(after.things() == before.things())
            #expect(after.thing(lamp)?.thing.name(in: "zh-Hans") == "走廊灯" && after.thing(lamp)?.thing.name == "Flurlicht")
            #expect(after.areas() == [Area(id: AreaID("hall")!, name: "Hall", level: 1)])
            #expect(after.state(of: PropertyAddress(lamp, "on"))?.reported == .boolean(true))
        }
    }

    @Test func aThingThatWentOverToAnotherFormOfDiscoveryHearsAfterARestart() throws {
        try withFolder { folder in
            let before = try home(folder)
            let device =
                #"{"dev":{"ids":"1","name":"Lamp","sa":"Hall"},"o":{"name":"x"},"cmps":{"lamp":{"p":"light","name":null,"uniq_id":"lamp1","stat_t":"new","cmd_t":"new/set"}}}"#
            try before.receive([
                announcement, MQTTMessage(announcement.topic, #"{"migrate_discovery": true}"#, isRetained: true),
                MQTTMessage("homeassistant/device/one/config", device, isRetained: true),
                MQTTMessage(announcement.topic, "", isRetained: true),
                MQTTMessage("new", "ON"),
            ])
            #expect(before.state(of: PropertyAddress(lamp, "on"))?.reported == .boolean(true))
            let after = try home(folder)
            try after.receive([MQTTMessage("new", "OFF")])
            #expect(after.state(of: PropertyAddress(lamp, "on"))?.reported == .boolean(false))
        }
    }

    @Test func whatWasRefusedIsNotRememberedInsteadOfWhatWas() throws {
        try withFolder { folder in
            let before = try home(folder)
            let plug = MQTTMessage(
                "homeassistant/switch/s/config",
                #"{"name":null,"uniq_id":"s","stat_t":"s","cmd_t":"s/set","dev":{"ids":"2","name":"Plug"}}"#,
                isRetained: true)
            let update = MQTTMessage(
                announcement.topic,
                #"{"name":null,"uniq_id":"lamp1","stat_t":"x","cmd_t":"s/set","dev":{"ids":"1","name":"Lamp","sa":"Hall"}}"#,
                isRetained: true)
            try before.receive([announcement, plug, update])
            let after = try home(folder)
            try after.receive([MQTTMessage("lamp", "ON")])
            #expect(after.state(of: PropertyAddress(lamp, "on"))?.reported == .boolean(true))
        }
    }

    @Test func anOwnerSaysWhatIsDangerous() throws {
        try withFolder { folder in
            let place = try home(folder)
            try place.receive([announcement])
            let command = ThingCommand(lamp, ["on": .boolean(true)], by: Cause(.principal, name: "anna"))
            #expect(place.dangers(of: command).isEmpty)
            try place.set(try Wording(["hazards": ["on": "opens"]]), of: lamp)
            try place.set(try ThingGroup(name: "All", members: [lamp]))
            #expect(place.dangers(of: command).map(\.hazard) == [.opens])
            let all = ThingCommand(ThingID("groups/all")!, ["on": .boolean(true)], by: command.cause)
            #expect(place.dangers(of: all).map(\.hazard) == [.opens], "whichever way it comes")
            #expect(try home(folder).wording(of: lamp).hazards == ["on": .opens])
            #expect(throws: JSONError.self) { try Wording(["hazards": ["on": "explodes"]]) }
        }
    }

    private let relay = MQTTMessage(
        "homeassistant/switch/relay/config",
        #"{"name":"Relay 1","uniq_id":"r1","stat_t":"relay","cmd_t":"relay/set","dev":{"ids":"2","name":"Box","sa":"Hall"}}"#,
        isRetained: true)

    @Test(arguments: ["on", "relay_1"], ["on", "relay_1"])
    func aDangerIsFoundByWhateverNameItIsSaidAndSet(said: String, set: String) throws {
        try withFolder { folder in
            let (place, box) = (try home(folder), ThingID("hall/box")!)
            try place.receive([relay])
            #expect(place.thing(box)?.thing.properties.map(\.name) == ["relay_1"])
            try place.set(try Wording(["hazards": .object([said: "opens"])]), of: box)
            #expect(place.dangers(of: ThingCommand(box, [set: .boolean(true)], by: Cause(.principal))).map(\.hazard) == [.opens])
            #expect(place.wording(of: box).hazards == ["relay_1": .opens] && place.thing(box)?.thing.properties[0].hazard == .opens)
        }
    }

    @Test(arguments: [["of": "opens"], ["on": "opens", "relay_1": "none"]] as [JSON])
    func whatIsSaidOfNothingOrTwiceIsRefused(hazards: JSON) throws {
        try withFolder { folder in
            let (place, box) = (try home(folder), ThingID("hall/box")!)
            try place.receive([relay])
            #expect(throws: ThingsError.self) { try place.set(try Wording(["hazards": hazards]), of: box) }
            #expect(place.wording(of: box).isEmpty)
        }
    }

    @Test func whatWasSaidOfAPropertyThatIsGoneForbidsNoOtherChange() throws {
        try withFolder { folder in
            let place = try home(folder)
            try place.receive([announcement])
            var wording = try Wording(["hazards": ["on": "opens"]])
            try place.set(wording, of: lamp)
            try place.receive([
                MQTTMessage(
                    "homeassistant/sensor/s/config",
                    #"{"name":"Glow","uniq_id":"s","stat_t":"s","dev":{"ids":"1","name":"Lamp","sa":"Hall"}}"#),
                MQTTMessage(announcement.topic, ""),
            ])
            #expect(place.thing(lamp)?.thing.property("on") == nil)
            wording.name = "Reading lamp"
            try place.set(wording, of: lamp)
            #expect(place.wording(of: lamp) == wording)
        }
    }

    @Test func aGroupIsDangerousWhenItsOwnerSaysSo() throws {
        try withFolder { folder in
            let (place, group) = (try home(folder), try ThingGroup(name: "All", members: [lamp]))
            try place.receive([announcement])
            try place.set(group)
            try place.set(try Wording(["hazards": ["on": "heats"]]), of: group.id)
            #expect(place.dangers(of: ThingCommand(group.id, ["on": .boolean(true)], by: Cause(.principal))).map(\.hazard) == [.heats])
            #expect(place.dangers(of: ThingCommand(lamp, ["on": .boolean(true)], by: Cause(.principal))).isEmpty)
        }
    }

    /// A relay that gives a pulse for each command: a second one closes what the first opened.
    @Test(arguments: [(nil, 2), ("opens", 1)] as [(String?, Int)])
    func whatAnOwnerCallsDangerousIsSentOnce(hazard: String?, times: Int) async throws {
        try await RunningBroker.with { broker in
            let path = NSTemporaryDirectory() + "/lares-home-\(UUID().uuidString)"
            defer { try? FileManager.default.removeItem(atPath: path) }
            let (place, box, collector) = (try home(try LaresHome(path: path)), ThingID("hall/box")!, Collector())
            try place.receive([relay])
            if let hazard { try place.set(try Wording(["hazards": ["on": .string(hazard)]]), of: box) }
            try await broker.connected(collector, id: "watcher", filters: ["relay/set", "end"]) { watcher in
                try await broker.connected(id: "home") { connection in
                    place.connect(connection)
                    let command = ThingCommand(box, ["on": .boolean(true)], by: Cause(.principal))
                    let asking = Task { await place.outcome(of: command) }
                    try await eventually { collector.topics == ["relay/set"] }
                    clock.advance(by: 3)
                    try place.passTime()
                    clock.advance(by: 10)
                    try place.passTime()
                    let outcome = await asking.value
                    #expect(throws: ThingsError.self) { try outcome.get() }
                    try await connection.publish(MQTTMessage("end", "", quality: .atLeastOnce))
                    try await eventually { collector.topics.last == "end" }
                }
            }
            #expect(collector.topics.filter { $0 == "relay/set" }.count == times)
        }
    }

    /// A switch that is a part of a device, announced by itself.
    private func part(_ number: Int, of device: String, in room: String = "Hall") -> MQTTMessage {
        MQTTMessage(
            "homeassistant/switch/\(device)_\(number)/config",
            #"{"name":"Gate \#(number)","uniq_id":"\#(device)\#(number)","stat_t":"\#(device)/\#(number)","cmd_t":"\#(device)/\#(number)/set","dev":{"ids":"\#(device)","name":"\#(device)","sa":"\#(room)"}}"#
        )
    }

    @Test func aThousandPartsAreDescribedTogether() async throws {
        let path = NSTemporaryDirectory() + "/lares-home-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let folder = try LaresHome(path: path), home = try home(folder), start = ContinuousClock.now
        let events = home.events()
        try home.receive((0..<1_000).map { part($0, of: "box") } + [MQTTMessage("box/7", "ON"), MQTTMessage("box/7", "OFF")])
        let box = try #require(home.thing(ThingID("hall/box")!)?.thing)
        #expect(box.properties.count == 1_000 && box.properties.allSatisfy { $0.hazard == .opens })
        var (described, said): (Int, [PropertyValue?]) = (0, [])
        for await event in events {
            switch event {
            case .described: described += 1
            case .changed(let change): said.append(change.new)
            default: break
            }
            if said.count == 2 { break }
        }
        #expect(described == 1 && said == [.boolean(true), .boolean(false)], "and each hears what is said after it was announced")
        #expect(try self.home(folder).thing(box.id)?.thing == box)
        #expect(ContinuousClock.now - start < .seconds(5))
        try home.receive([part(1_000, of: "box")])
        #expect(home.faults.announcements == 1 && home.thing(box.id)?.thing.properties.count == 1_000)
    }

    @Test func roomsThatDevicesNameAreBounded() throws {
        try withFolder { folder in
            let home = try home(folder)
            try home.receive((0..<600).map { part(0, of: "box\($0)", in: "Room \($0)") })
            #expect(home.things().count == 600 && home.areas().count == 500)
            try home.set(Area(id: AreaID("mine")!, name: "Mine"))
            #expect(home.areas().count == 501)
        }
    }

    @Test func whatCouldNotBeRecordedIsRecordedNextTime() throws {
        try withFolder { folder in
            let recorder = Recorder()
            let home = try home(folder, recorder)
            try home.receive([announcement])
            recorder.failures.withLock { $0 = 1 }
            #expect(throws: Recorder.Full.self) { try home.receive([MQTTMessage("lamp", "ON")]) }
            try home.receive([MQTTMessage("lamp", "ON"), MQTTMessage("lamp", "OFF")])
            #expect(recorder.changes.withLock { $0.map(\.new) } == [.boolean(true), .boolean(false)])
        }
    }

    @Test func messagesAndTimeMayComeTogether() throws {
        try withFolder { folder in
            let recorder = Recorder()
            let home = try home(folder, recorder)
            try home.receive([announcement])
            DispatchQueue.concurrentPerform(iterations: 400) { number in
                guard number.isMultiple(of: 2) else { return try! home.receive([MQTTMessage("lamp", number % 4 == 1 ? "ON" : "OFF")]) }
                try! home.passTime()
            }
            let changes = recorder.changes.withLock(\.self)
            #expect(!changes.isEmpty && zip(changes, changes.dropFirst()).allSatisfy { $0.new == $1.old })
        }
    }

    @Test func aThingThatWasRemovedStaysAwayAfterARestart() throws {
        try withFolder { folder in
            let before = try home(folder)
            try before.receive([announcement])
            try before.receive([MQTTMessage(announcement.topic, "")])
            #expect(try before.things().isEmpty && home(folder).things().isEmpty)
        }
    }

    @Test func whatCanNotBeUnderstoodIsCountedAndChangesNothing() throws {
        try withFolder { folder in
            let home = try home(folder)
            try home.receive([
                announcement, MQTTMessage("homeassistant/light/x/config", "{"), MQTTMessage("homeassistant/light/lamp/config", "[1]"),
            ])
            #expect(home.faults.announcements == 2 && home.things().count == 1)
        }
    }

    @Test func watchersHearWhatHappens() async throws {
        let path = NSTemporaryDirectory() + "/lares-home-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let home = try home(try LaresHome(path: path))
        try home.receive([announcement])
        let events = home.events()
        try home.receive([MQTTMessage("lamp", "ON")])
        for await event in events {
            guard case .changed(let change) = event else { continue }
            #expect(change.address.description == "hall/lamp/on" && change.new == .boolean(true))
            break
        }
    }

    @Test func nothingIsSetWithoutABroker() async throws {
        let path = NSTemporaryDirectory() + "/lares-home-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let home = try home(try LaresHome(path: path))
        try home.receive([announcement])
        let command = ThingCommand(lamp, ["on": .boolean(true)], by: Cause(.principal))
        await #expect(throws: ThingsError.self) { try await home.carryOut(command) }
        #expect(home.state(of: PropertyAddress(lamp, "on"))?.desired == nil)
    }
}
