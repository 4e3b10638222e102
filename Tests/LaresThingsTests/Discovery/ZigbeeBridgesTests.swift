import Foundation
import LaresStore
import LaresThings
import Testing

@Suite struct ZigbeeBridgesTests {
    private func home() throws -> Home {
        let folder = try LaresHome(path: FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path)
        return try Home(store: try HomeStore(home: folder), recorder: nil, readers: [HomeAssistantDiscovery()])
    }

    @Test func aBridgeIsFoundByWhatItSays() throws {
        let home = try home()
        try home.receive([
            MQTTMessage("x/bridge/devices", #"[{"ieee_address":"0x1","friendly_name":"lamp","type":"Router"}]"#),
            MQTTMessage("attic/z/bridge/state", #"{"state":"online"}"#),
            MQTTMessage("attic/z/bridge/info", #"{"version":"2.1.0","coordinator":{"ieee_address":"0x9"},"permit_join":false}"#),
            MQTTMessage("attic/z/bridge/devices", #"[{"ieee_address":"0x1","friendly_name":"lamp","type":"Router"}]"#),
            MQTTMessage("bridge/info", #"{"coordinator":{"ieee_address":"0x9"}}"#), MQTTMessage("/bridge/info", "{"),
        ])
        #expect(home.zigbeeBridges().map(\.base) == ["attic/z"])
        #expect(home.zigbeeBridges().first?.devices.map(\.name) == ["lamp"] && home.zigbeeBridges().first?.version == "2.1.0")
        #expect(home.zigbeeBridges().first?.isOnline == true, "what was said before counts")
        try home.receive([MQTTMessage("attic/z/bridge/info", #"{"coordinator":{"ieee_address":"0x9"},"permit_join":true}"#)])
        #expect(home.zigbeeBridges().first?.permitsJoining == true)
    }

    @Test func moreBridgesThanThereCanBeAreNotKept() throws {
        let home = try home()
        try home.receive((0..<100).map { MQTTMessage("b\($0)/bridge/info", #"{"coordinator":{"ieee_address":"0x9"}}"#) })
        #expect(home.zigbeeBridges().count == 16)
    }

    @Test func whoIsNotThereIsNotAsked() async throws {
        let home = try home()
        await #expect(throws: ThingsError.self) {
            try await home.ask(bridge: "z") { bridge, transaction throws(ThingsError) in
                try bridge.permitJoin(seconds: 1, transaction: transaction)
            }
        }
    }
}
