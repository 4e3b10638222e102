import Foundation
import LaresStore
import LaresThings
import Synchronization
import Testing

@Suite struct BrokerTests {
    @Test func whatIsPublishedArrives() async throws {
        try await RunningBroker.with { broker in
            let collector = Collector()
            try await broker.connected(collector, filters: ["home/#"]) { connection in
                try await connection.publish(MQTTMessage("home/own", "isn't heard by who said it", quality: .atLeastOnce))
                try await broker.connected(id: "sensor") {
                    try await $0.publish(MQTTMessage("home/lamp", "ON", quality: .atLeastOnce))
                }
                try await eventually { collector.topics == ["home/lamp"] }
                #expect(collector.messages.withLock { $0.map(\.payload) } == [Array("ON".utf8)])
                #expect(connection.status.version == "5.0")
            }
        }
    }

    @Test func aMessageThatCouldNotBeKeptComesAgain() async throws {
        try await RunningBroker.with { broker in
            let collector = Collector(refusals: 2)
            try await broker.connected(collector, id: "keeper", filters: ["home/#"]) { _ in
                try await broker.connected(id: "sensor") { sensor in
                    try await sensor.publish(MQTTMessage("home/door", "open", quality: .atLeastOnce))
                }
                try await eventually { collector.topics == ["home/door"] }
                let ends = collector.statuses.withLock {
                    $0.filter { $0.reason?.contains("couldn't be kept") == true && $0.state == .waiting }.count
                }
                #expect(ends == 2)
            }
        }
    }

    @Test func whatCameWhileWeWereAwayIsThereAfterwards() async throws {
        try await RunningBroker.with { broker in
            try await broker.connected(id: "hub", filters: ["home/#"]) { _ in }
            try await broker.connected(id: "sensor") { try await $0.publish(MQTTMessage("home/door", "open", quality: .atLeastOnce)) }
            let collector = Collector()
            try await broker.connected(collector, id: "hub") { connection in
                try await eventually { collector.topics == ["home/door"] }
                #expect(connection.status.isResumed)
            }
        }
    }

    @Test func nothingIsSentLaterThatCouldNotBeSentNow() async throws {
        let settings = MQTTSettings(address: BrokerAddress(host: "127.0.0.1", port: try FreePort.any()), clientID: "alone")
        let connection = try MQTTConnection(settings, receiver: Collector())
        await #expect(throws: ThingsError.self) { try await connection.publish(MQTTMessage("home/lamp/set", "ON")) }
    }

    @Test func aBrokerThatIsKilledIsStartedAgainAndConnectedTo() async throws {
        try await RunningBroker.with { broker in
            let collector = Collector()
            try await broker.connected(collector, filters: ["home/#"]) { connection in
                for round in 1...3 {
                    let process = try #require(broker.process.status.process)
                    kill(process, SIGKILL)
                    try await eventually { broker.process.status.restarts == round && broker.process.status.isRunning }
                    try await eventually { connection.status.state == .connected }
                    try await broker.connected(id: "sensor") {
                        try await $0.publish(MQTTMessage("home/\(round)", "1", quality: .atLeastOnce))
                    }
                    try await eventually { collector.topics.last == "home/\(round)" }
                }
            }
        }
    }

    @Test func nobodyConnectsWithoutAnAccount() async throws {
        try await RunningBroker.with { broker in
            try await eventually { broker.process.status.isRunning }
            for (user, password) in [(nil, nil), ("lares", "guess"), ("guess", "guess")] as [(String?, String?)] {
                let reason = try await reason(of: broker.process.address.with(user: user, password: password))
                #expect(reason.lowercased().contains("authori"))
            }
        }
    }

    private func reason(of address: BrokerAddress) async throws -> String {
        var settings = MQTTSettings(address: address, clientID: "stranger")
        settings.retry = 0.05...0.1
        let collector = Collector()
        let connection = try MQTTConnection(settings, receiver: collector)
        let life = Task { await connection.run() }
        defer { life.cancel() }
        try await eventually { connection.status.reason?.lowercased().contains("authori") == true }
        #expect(!collector.statuses.withLock { $0.contains { $0.state == .connected } })
        return connection.status.reason ?? ""
    }

    @Test func aDeviceMayReportButNotCommand() async throws {
        try await RunningBroker.with { broker in
            let control = BrokerControl(broker.process.controlAddress)
            try await eventually { broker.process.status.isRunning }
            let account = try #require(BrokerAccounts.Account(name: "kitchen", topics: ["zigbee2mqtt"]))
            let device = broker.process.address.with(user: "kitchen", password: try await control.add(account))
            #expect(try await control.accounts() == [account])
            let collector = Collector()
            try await broker.connected(collector, filters: ["#"]) { _ in
                try await broker.connected(as: device, id: "device", filters: ["zigbee2mqtt/lamp/set", "other/#"]) { connection in
                    try await connection.publish(MQTTMessage("zigbee2mqtt/lamp", "{}", quality: .atLeastOnce))
                    try await connection.publish(MQTTMessage("homeassistant/light/lamp/config", "{}", quality: .atLeastOnce))
                    for forbidden in [
                        "zigbee2mqtt/lamp/set", "zigbee2mqtt/front/door/set", "other/lamp", "homeassistant/status", "cmnd/plug/POWER",
                    ] {
                        await #expect(throws: ThingsError.self) {
                            try await connection.publish(MQTTMessage(forbidden, "ON", quality: .atLeastOnce))
                        }
                    }
                    try await eventually { connection.status.refused == ["other/#"] }
                }
                try await eventually { collector.topics.count >= 2 }
            }
            #expect(collector.topics == ["zigbee2mqtt/lamp", "homeassistant/light/lamp/config"])
            try await control.remove("kitchen")
            #expect(try await control.accounts() == [])
        }
    }

    /// A listener's limit is said after it, once for each.
    @Test func theBrokerIsToldItsLimits() throws {
        let folder = try LaresHome(path: NSTemporaryDirectory() + "/lares-limits-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(atPath: folder.path) }
        var settings = BrokerSettings()
        (settings.largestPacket, settings.connections, settings.queue) = (70_000, 7, 9)
        settings.tls = BrokerSettings.TLS(chain: "/chain.pem", key: "/key.pem")
        _ = try BrokerProcess(settings, home: folder)
        let text = try String(contentsOfFile: folder.path + "/broker/mosquitto.conf", encoding: .utf8)
        let lines = text.split(separator: "\n").map(String.init)
        #expect(lines.contains("max_packet_size 70000") && lines.contains("max_queued_messages 9"))
        let listeners = lines.indices.filter { lines[$0].hasPrefix("listener ") }
        #expect(listeners.map { lines[$0] } == ["listener 8883 127.0.0.1", "listener 1883 127.0.0.1"])
        #expect(listeners.map { lines[$0 + 1] } == ["max_connections 7", "max_connections 7"])
        let usual = BrokerSettings()
        #expect(usual.largestPacket == 1 << 20 && usual.connections == 1_000)
    }

    @Test func theLogTellsWhoIsConnected() async throws {
        try await RunningBroker.with { broker in
            try await broker.connected(id: "a (p3, c1, k9, u'x') as b") { _ in
                try await eventually { broker.process.log.clients["a (p3, c1, k9, u'x') as b"]?.user == "lares" }
                #expect(broker.process.log.clients.values.first?.version == "5.0")
            }
            try await eventually { broker.process.log.clients.isEmpty }
        }
    }

    @Test(arguments: [
        ("mqtt://host", "mqtt://host:1883"), ("mqtts://user:p%40ss@host:9", "mqtts://host:9"), ("mqtt://[::1]:1883", "mqtt://[::1]:1883"),
    ])
    func urlsOfBrokersAreRead(url: String, address: String) throws {
        let read = try BrokerAddress(url: url)
        #expect(read.description == address)
        if read.user != nil { #expect(read.password == "p@ss") }
    }

    @Test(arguments: ["", "host", "http://host", "mqtt://", "mqtt://host:0", "mqtt://host:99999", "mqtt://host/path", "mqtt://host?x"])
    func otherURLsAreRefused(url: String) { #expect(throws: ThingsError.self) { try BrokerAddress(url: url) } }
}

extension BrokerAddress {
    fileprivate func with(user: String?, password: String?) -> BrokerAddress {
        var changed = self
        (changed.user, changed.password) = (user, password)
        return changed
    }
}
