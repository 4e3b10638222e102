import Foundation
import LaresStore
import LaresThings
import Synchronization
import Testing

@Suite struct CommandGuardTests {
    @Test func onlyLaresPublishesWhereAThingTakesCommands() async throws {
        try await withHome { services, broker, device in
            let collector = Collector()
            try await broker.connected(collector, as: device, id: "device", filters: ["pub2/lock/api"]) { connection in
                try await connection.publish(message("pub2/lock/api", "before it is a command"))
                try await connection.publish(announcement("pub2/lock/api"))
                try await eventually { await isRefused("pub2/lock/api", connection) }
                try await connection.publish(message("pub2/lock", "LOCKED"))
                try await connection.publish(message("pub2/lock/api/answer", "done"))
                #expect(connection.status.state == .connected && connection.status.refused == [])
                try await services.home.publish(message("pub2/lock/api", "LOCK"))
                try await eventually { collector.messages.withLock { $0.contains { $0.payload == Array("LOCK".utf8) } } }
                try await connection.publish(announcement("pub2/lock/other"))
                try await eventually { await isRefused("pub2/lock/other", connection) }
                try await connection.publish(message("homeassistant/lock/d/config", "", isRetained: true))
                try await eventually { await !isRefused("pub2/lock/other", connection) }
                #expect(services.home.guardTrouble == nil)
            }
        }
    }

    @Test func accountsThatComeLaterAreBoundToo() async throws {
        try await withHome { services, broker, device in
            try await broker.connected(as: device, id: "device") { try await $0.publish(announcement("late/lock/rpc")) }
            try await eventually { services.home.things().count == 1 }
            let late = try await account("late", services, broker)
            try await broker.connected(as: late, id: "late") { connection in
                // The broker hears of a thing's topics a moment after the thing is there.
                try await eventually { await isRefused("late/lock/rpc", connection) }
                try await connection.publish(message("late/lock/rpc/events", "{}"))
            }
        }
    }

    @Test func aTopicIsGuardedAsLongAsOnePartTakesCommandsThere() async throws {
        try await withHome { services, broker, device in
            try await broker.connected(as: device, id: "device") { connection in
                try await connection.publish(announcement("pub2/api", of: "d"))
                try await eventually { services.home.things().count == 1 }
                let count = services.home.things().first?.thing.properties.count
                try await connection.publish(announcement("pub2/api", of: "e"))
                try await eventually { services.home.things().first?.thing.properties.count != count }
                try await eventually { await isRefused("pub2/api", connection) }
                try await connection.publish(message("homeassistant/lock/e/config", "", isRetained: true))
                try await eventually { services.home.things().first?.thing.properties.count == count }
                try await Task.sleep(for: .milliseconds(300))
                let isStillRefused = await isRefused("pub2/api", connection)
                #expect(isStillRefused)
            }
        }
    }

    /// The beginning of its own topics, Tasmota with a layout of its own, Zigbee2MQTT's requests, usual names however deep.
    @Test func otherLayoutsAreGuardedToo() async throws {
        try await withHome { services, broker, device in
            try await broker.connected(as: device, id: "device") { connection in
                try await connection.publish(announcement("pub2"))
                try await connection.publish(message("tasmota/discovery/DC4F22AABBCC/config", Self.tasmota, isRetained: true))
                for topic in [
                    "pub2", "pub2/plug/cmnd/POWER", "pub2/plug/cmnd/Backlog", "cmnd/pub2/POWER", "pub2/bridge/request/permit_join",
                    "pub2/a/b/c/d/e/f/set", "pub2/lamp/set/state", "pub2/relay/command",
                ] {
                    try await eventually { await isRefused(topic, connection) }
                }
                for topic in ["pub2/plug/stat/RESULT", "tele/pub2/STATE", "pub2/bridge/state", "pub2/lamp", "pub2/bridge/response/x"] {
                    try await connection.publish(message(topic, "{}"))
                }
            }
        }
    }

    @Test func announcementsBelowAnotherPrefixAreAllowedThereAlone() async throws {
        let prefix = try #require(DiscoveryPrefix("flat/ha"))
        try await withHome(below: prefix) { services, broker, device in
            let collector = Collector()
            try await broker.connected(collector, as: device, id: "device", filters: ["flat/ha/status"]) { connection in
                let isElsewhereRefused = await isRefused("homeassistant/lock/d/config", connection)
                let isGreetingRefused = await isRefused("flat/ha/status", connection)
                #expect(isElsewhereRefused && isGreetingRefused && connection.status.refused == [])
                let lock = announcement("pub2/lock/api")
                try await connection.publish(
                    MQTTMessage("flat/ha/lock/d/config", lock.payload, quality: .atLeastOnce, isRetained: true))
                try await eventually { services.home.things().count == 1 }
                try await services.home.publish(prefix.birth)
                try await eventually { collector.topics == ["flat/ha/status"] }
            }
            // What Lares announces of its own.
            let own = announcement("pub2/own/set", of: "own", on: "Own")
            try await services.home.say(own)
            try await eventually { services.home.things().count == 2 }
            let accounts = try await #require(services.control).accounts()
            #expect(accounts.map(\.topics) == [["pub2"]])
        }
    }

    @Test func whereAnnouncementsGoNoCommandsDo() async throws {
        try await withHome { services, broker, device in
            try await broker.connected(as: device, id: "device") { connection in
                try await connection.publish(announcement("homeassistant/light/other/config"))
                try await eventually { services.home.faults.announcements == 1 }
                #expect(services.home.faults.last?.contains("where devices announce themselves") == true)
                #expect(services.home.things().isEmpty)
            }
        }
    }

    @Test func rulesForTopicsAreBounded() throws {
        let path = NSTemporaryDirectory() + "/lares-guard-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let store = try HomeStore(home: try LaresHome(path: path))
        let home = try Home(store: store, recorder: nil, readers: [HomeAssistantDiscovery()], isGuarded: true)
        let long = String(repeating: "x", count: 1_000)
        try home.receive((0..<600).map { announcement("pub2/\($0)/\(long)", of: "d\($0)", on: "device \($0)") })
        let count = home.things().count
        #expect((400..<600).contains(count))
        #expect(home.faults.announcements == 600 - count && home.faults.last?.contains("ends in '/set'") == true)
        try home.receive([announcement("pub2/\(long)/set", of: "usual", on: "usual")])
        #expect(home.things().count == count + 1)
        // What is there already may say so again, and what goes makes room.
        try home.receive([announcement("pub2/0/\(long)", of: "d0", on: "device 0")])
        try home.receive([message("homeassistant/lock/d100/config", "", isRetained: true)])
        try home.receive([announcement("pub2/599/\(long)", of: "d599", on: "device 599")])
        #expect(home.things().count == count + 1 && home.faults.announcements == 600 - count)
    }

    private static let tasmota = """
        {"dn":"Plug","fn":["Plug"],"hn":"tasmota-3020","mac":"DC4F22AABBCC","md":"Sonoff Basic","ty":0,"if":0,"ofln":"Offline",\
        "onln":"Online","state":["OFF","ON","TOGGLE","HOLD"],"sw":"13.4.0","t":"pub2/plug","ft":"%topic%/%prefix%/",\
        "tp":["cmnd","stat","tele"],"rl":[1],"swc":[-1],"swn":[null],"btn":[0],"so":{},"lk":1,"lt_st":0,"bat":0,"dslp":0,"ver":1}
        """

    private func announcement(_ topic: String, of id: String = "d", on device: String = "Door") -> MQTTMessage {
        let text = """
            {"name":"\(id)","uniq_id":"\(id)","stat_t":"pub2/lock","cmd_t":"\(topic)","dev":{"ids":["\(device)"],"name":"\(device)"}}
            """
        return message("homeassistant/lock/\(id)/config", text, isRetained: true)
    }

    private func message(_ topic: String, _ text: String, isRetained: Bool = false) -> MQTTMessage {
        MQTTMessage(topic, text, quality: .atLeastOnce, isRetained: isRetained)
    }

    private func isRefused(_ topic: String, _ connection: MQTTConnection) async -> Bool {
        do throws(ThingsError) { try await connection.publish(message(topic, "UNLOCK")) } catch { return true }
        return false
    }

    private func account(_ name: String, _ services: HomeServices, _ broker: RunningBroker) async throws -> BrokerAddress {
        let account = try #require(BrokerAccounts.Account(name: name, topics: [name]))
        let control = try #require(services.control)
        var address = broker.process.address
        (address.user, address.password) = (name, try await control.add(account))
        return address
    }

    /// A home with a broker of its own and the account `pub2`.
    private func withHome(
        below discovery: DiscoveryPrefix = .usual, _ body: @Sendable (HomeServices, RunningBroker, BrokerAddress) async throws -> Void
    ) async throws {
        let path = NSTemporaryDirectory() + "/lares-guard-\(UUID().uuidString)"
        let folder = try LaresHome(path: path)
        defer { try? FileManager.default.removeItem(atPath: path) }
        var settings = BrokerSettings()
        settings.port = try FreePort.any()
        let services = try await HomeServices(in: folder, broker: .own(settings), discovery: discovery)
        let broker = RunningBroker(process: try #require(services.broker), folder: folder)
        let life = Task { await services.run() }
        do {
            try await eventually { services.home.status.state == .connected }
            try await body(services, broker, try await account("pub2", services, broker))
        } catch {
            life.cancel()
            await life.value
            throw error
        }
        life.cancel()
        await life.value
    }
}
