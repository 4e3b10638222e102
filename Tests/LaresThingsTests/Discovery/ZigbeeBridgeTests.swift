import LaresJSON
import LaresTesting
import LaresThings
import Testing

@Suite struct ZigbeeBridgeTests {
    static let devices = #"""
        [{"ieee_address": "0x00124b", "type": "Coordinator", "network_address": 0, "supported": true, "disabled": false, "friendly_name": "Coordinator", "definition": null,
        "interview_completed": true}, {"ieee_address": "0x0017", "type": "Router", "network_address": 29159, "supported": true, "disabled": false, "friendly_name": "Flur/Lampe",
        "definition": {"model": "LED1545G12", "vendor": "IKEA", "description": "bulb", "exposes": []}, "power_source": "Mains (single phase)", "interview_completed": true}, {"x": 1}, 5]
        """#
    static let info = #"""
        {"version": "2.1.0", "commit": "abc", "coordinator": {"ieee_address": "0x00124b", "type": "zStack3x0", "meta": {"revision": 20230507}}, "network": {"channel": 15,
        "extended_pan_id": "0x00", "pan_id": 5674}, "log_level": "info", "permit_join": true, "permit_join_end": 1733666394000, "restart_required": false, "config": {}}
        """#
    static let samples = [
        ("devices", devices), ("info", info),
        ("groups", #"[{"id": 1, "friendly_name": "hall", "scenes": [], "members": [{"ieee_address": "0x0017", "endpoint": 1}]}]"#),
        (
            "event",
            #"{"type": "device_interview", "data": {"friendly_name": "0x1", "ieee_address": "0x1", "status": "successful", "supported": true}}"#
        ),
        ("response/device/rename", #"{"data": {"from": "a", "to": "b"}, "status": "ok", "transaction": "t1"}"#),
        ("state", #"{"state": "online"}"#),
    ]

    @Test func theBridgeSaysWhatItIs() {
        var bridge = ZigbeeBridge()
        let changes = Self.samples.map { bridge.read(MQTTMessage("zigbee2mqtt/bridge/\($0.0)", $0.1)) }
        #expect(changes[0] == [.devices] && changes[1] == [.info] && changes[2] == [.groups] && changes[5] == [.online])
        #expect(
            bridge.devices.count == 2 && bridge.devices[1].model == "LED1545G12" && bridge.devices[1].name == "Flur/Lampe"
                && bridge.devices[1].isInterviewed)
        #expect(
            bridge.version == "2.1.0" && bridge.permitsJoining && bridge.joiningEnds == 1_733_666_394 && bridge.channel == 15
                && bridge.isOnline == true)
        #expect(bridge.groups.first?.members.first?.address == "0x0017")
        guard case .event(let event)? = changes[3].first, case .response(let response)? = changes[4].first else {
            Issue.record("an event and an answer were expected")
            return
        }
        #expect(event.kind == "device_interview" && event.status == "successful")
        #expect(response.request == "device/rename" && response.isDone && response.transaction == "t1")
        #expect(bridge.read(MQTTMessage("zigbee2mqtt/Flur/Lampe", "{}")).isEmpty)
    }

    @Test func requestsAreMessages() throws {
        let bridge = ZigbeeBridge()
        func said(_ message: MQTTMessage) -> String { "\(message.topic) \(String(decoding: message.payload, as: UTF8.self))" }
        #expect(
            try said(bridge.permitJoin(seconds: 120, transaction: "7"))
                == #"zigbee2mqtt/bridge/request/permit_join {"time":120,"value":true,"transaction":"7"}"#)
        #expect(
            try said(bridge.rename("0x1", to: "hall/lamp"))
                == #"zigbee2mqtt/bridge/request/device/rename {"from":"0x1","to":"hall/lamp","homeassistant_rename":true}"#)
        #expect(
            said(bridge.remove("lamp", isForced: true))
                == #"zigbee2mqtt/bridge/request/device/remove {"id":"lamp","force":true,"block":false}"#)
        for name in ["", "a+b", "#", "/a", "a/", " a", "a\u{0}", String(repeating: "x", count: 101)] {
            #expect(throws: ThingsError.self) { try bridge.rename("0x1", to: name) }
        }
        #expect(throws: ThingsError.self) { try bridge.permitJoin(seconds: 255) }
    }

    @Test func whatIsDoneWithGroupsAreMessages() throws {
        let bridge = ZigbeeBridge(base: "attic/z2m")
        func said(_ message: MQTTMessage) -> String { "\(message.topic) \(String(decoding: message.payload, as: UTF8.self))" }
        let start = "attic/z2m/bridge/request/group/"
        #expect(try said(bridge.addGroup("hall", transaction: "7")) == start + #"add {"friendly_name":"hall","transaction":"7"}"#)
        #expect(
            try said(bridge.renameGroup("hall", to: "hall/all"))
                == start + #"rename {"from":"hall","to":"hall/all","homeassistant_rename":true}"#)
        #expect(said(bridge.removeGroup("hall")) == start + #"remove {"id":"hall"}"#)
        #expect(said(bridge.add("0x0017", to: "hall")) == start + #"members/add {"group":"hall","device":"0x0017"}"#)
        #expect(said(bridge.remove("0x0017", from: "hall")) == start + #"members/remove {"group":"hall","device":"0x0017"}"#)
        for name in ["", "a+b", "#", "/a", "a/", " a"] {
            #expect(throws: ThingsError.self) { try bridge.addGroup(name) }
            #expect(throws: ThingsError.self) { try bridge.renameGroup("hall", to: name) }
        }
    }

    @Test func damagedMessagesNeverTrap() {
        var mutations = Mutations(seed: 9, pieces: Mutations.announcements)
        var bridge = ZigbeeBridge()
        for number in 0..<Mutations.inputs / 5 {
            let (topic, text) = Self.samples[number % Self.samples.count]
            _ = bridge.read(MQTTMessage("zigbee2mqtt/bridge/\(topic)", mutations.mutate(Array(text.utf8))))
        }
    }
}
