import LaresJSON
import LaresThings
import Testing

@Suite struct HomeAssistantDiscoveryTests {
    static let kitchen = #"""
        {"dev": {"ids": ["ea334450945afc"], "cns": [["mac", "AA:BB:CC:DD:EE:FF"]], "name": "Kitchen", "mf": "Bla", "mdl": "xya", "mdl_id": "m1", "sw": "1.0",
        "hw": "1.0rev2", "sn": "ea3", "sa": "Ground floor", "cu": "http://10.0.0.2/", "via_device": "bridge"}, "o": {"name": "bla2mqtt", "sw": "2.1", "url": "https://bla.example"},
        "cmps": {"t": {"p": "sensor", "dev_cla": "temperature", "unit_of_meas": "°C", "val_tpl": "{{ value_json.temperature}}", "uniq_id": "temp01ae"},
        "h": {"p": "sensor", "dev_cla": "humidity", "unit_of_meas": "%", "val_tpl": "{{ value_json.humidity}}", "uniq_id": "hum01ae"},
        "r": {"p": "switch", "name": "Kitchen Relay", "uniq_id": "rel01ae", "cmd_t": "kitchen/relay"}},
        "stat_t": "kitchen/state", "qos": 1, "avty_t": "kitchen/online", "pl_avail": "1", "pl_not_avail": "0"}
        """#
    static let topic = "homeassistant/device/ea33/config"

    private func parts(_ said: [Announcement]) -> [Part] { said.compactMap(\.part) }

    @Test func aDeviceAnnouncesItsComponentsTogether() throws {
        var discovery = HomeAssistantDiscovery()
        let parts = parts(discovery.read(MQTTMessage(Self.topic, Self.kitchen)))
        #expect(parts.map(\.key) == ["homeassistant/sensor/temp01ae", "homeassistant/sensor/hum01ae", "homeassistant/switch/rel01ae"])
        #expect(parts.map { $0.properties[0].name } == ["temperature", "humidity", "on"])
        #expect(parts.map(\.name) == [nil, nil, "Relay"])
        let device = parts[0].device
        #expect(device.identifier == "ea334450945afc" && device.others == ["mac/aa:bb:cc:dd:ee:ff"] && device.area == "Ground floor")
        #expect(
            device.details.manufacturer == "Bla" && device.details.modelID == "m1" && device.details.configurationURL == "http://10.0.0.2/")
        #expect(device.details.via == "bridge" && Set(parts.map(\.device)).count == 1)
        #expect(parts[0].readers[0].topic == "kitchen/state" && parts[0].readers[0].quality == .atLeastOnce)
        let source = try #require(parts[0].availability?.sources.first)
        #expect(source.topic == "kitchen/online" && source.online == "1" && source.offline == "0")
        var relay = Rehearsal(parts[2])
        relay.hear("kitchen/state", "ON")
        #expect(relay["on"] == true)
    }

    @Test func whatAnUpdateLeavesOutIsGone() {
        var discovery = HomeAssistantDiscovery()
        _ = discovery.read(MQTTMessage(Self.topic, Self.kitchen))
        let less = Self.kitchen.replacing(
            #""h": {"p": "sensor", "dev_cla": "humidity", "unit_of_meas": "%", "val_tpl": "{{ value_json.humidity}}", "uniq_id": "hum01ae"},"#,
            with: "")
        let said = discovery.read(MQTTMessage(Self.topic, less))
        #expect(parts(said).count == 2 && said.compactMap(\.gone) == ["homeassistant/sensor/hum01ae"])
        let emptied = less.replacing(
            #""r": {"p": "switch", "name": "Kitchen Relay", "uniq_id": "rel01ae", "cmd_t": "kitchen/relay"}"#,
            with: #""r": {"p": "switch"}"#)
        #expect(discovery.read(MQTTMessage(Self.topic, emptied)).compactMap(\.gone) == ["homeassistant/switch/rel01ae"])
        #expect(discovery.read(MQTTMessage(Self.topic, "")).compactMap(\.gone) == ["homeassistant/sensor/temp01ae"])
        #expect(discovery.read(MQTTMessage(Self.topic, "")).isEmpty)
    }

    @Test func partsOutliveTheMigrationOfTheirDeviceAndTheWayBack() {
        var discovery = HomeAssistantDiscovery()
        let single = "homeassistant/sensor/kitchen/temperature/config"
        let config = #"{"dev_cla": "temperature", "stat_t": "kitchen/t", "uniq_id": "temp01ae", "dev": {"ids": "ea334450945afc"}}"#
        #expect(parts(discovery.read(MQTTMessage(single, config))).map(\.key) == ["homeassistant/sensor/temp01ae"])
        #expect(discovery.read(MQTTMessage(Self.topic, Self.kitchen)).compactMap(\.refusal).count == 1)
        #expect(discovery.read(MQTTMessage(single, #"{"migrate_discovery": true}"#)).isEmpty)
        #expect(parts(discovery.read(MQTTMessage(Self.topic, Self.kitchen))).count == 3)
        #expect(discovery.read(MQTTMessage(single, "")).isEmpty)
        #expect(discovery.read(MQTTMessage(Self.topic, #"{"migr_discvry": true}"#)).isEmpty)
        #expect(parts(discovery.read(MQTTMessage(single, config))).count == 1)
        #expect(
            Set(discovery.read(MQTTMessage(Self.topic, "")).compactMap(\.gone)) == [
                "homeassistant/sensor/hum01ae", "homeassistant/switch/rel01ae",
            ])
        #expect(discovery.read(MQTTMessage(single, "")).compactMap(\.gone) == ["homeassistant/sensor/temp01ae"])
    }

    @Test func aStrangerCanNotTakeAPartOver() {
        var discovery = HomeAssistantDiscovery()
        let config = #"{"cmd_t": "door/set", "stat_t": "door", "uniq_id": "door"}"#
        #expect(parts(discovery.read(MQTTMessage("homeassistant/lock/door/config", config))).count == 1)
        let stolen = discovery.read(MQTTMessage("homeassistant/lock/evil/config", config.replacing("door/set", with: "evil/set")))
        #expect(stolen.compactMap(\.refusal).first?.contains("announced it already") == true && parts(stolen).isEmpty)
    }

    @Test func whatCanNotBeUnderstoodLeavesThePartAsItWas() {
        var discovery = HomeAssistantDiscovery()
        let topic = "homeassistant/switch/a/config"
        #expect(parts(discovery.read(MQTTMessage(topic, #"{"cmd_t": "a/set", "uniq_id": "a"}"#))).count == 1)
        for broken in ["{", "[]", "null", #"{"cmd_t": "a/+", "uniq_id": "a"}"#, #"{"cmd_t": "a/set", "val_tpl": "{{", "uniq_id": "a"}"#] {
            let said = discovery.read(MQTTMessage(topic, broken))
            #expect(said.count == 1 && said[0].refusal != nil, "\(broken)")
        }
        #expect(discovery.read(MQTTMessage(topic, "")).compactMap(\.gone) == ["homeassistant/switch/a"])
    }

    @Test(arguments: [
        "homeassistant/light/a/config", "homeassistant/light/n/a/config", "homeassistant/binary_sensor/0x00-A_b/config",
    ])
    func theTopicSaysWhatIsAnnounced(topic: String) {
        var discovery = HomeAssistantDiscovery()
        #expect(!discovery.read(MQTTMessage(topic, #"{"cmd_t": "c", "stat_t": "s"}"#)).isEmpty)
        #expect(discovery.filters.contains { TopicName.matches(topic, $0) })
    }

    @Test(arguments: [
        "homeassistant/light/config", "homeassistant/light/a/b/c/config", "homeassistant/light/a b/config", "homeassistant/li-ght/a/config",
        "other/light/a/config",
        "homeassistant/light/a/state", "homeassistantx/light/a/config", "homeassistant//a/config", "homeassistant/status",
    ])
    func otherTopicsAreNone(topic: String) {
        var discovery = HomeAssistantDiscovery()
        #expect(discovery.read(MQTTMessage(topic, #"{"cmd_t": "c", "stat_t": "s"}"#)).isEmpty)
    }

    @Test func unknownComponentsAreKeptWithWhatTheyReport() throws {
        var mower = try Rehearsal(
            "lawn_mower",
            #"{"act_stat_t": "m/activity", "act_val_tpl": "{{ value_json.a }}", "dock_cmd_t": "m/dock", "name": "Mower", "uniq_id": "m"}"#)
        #expect(mower.part.component.description == "lawn_mower" && mower.part.properties.map(\.name) == ["activity"])
        mower.hear("m/activity", #"{"a": "mowing"}"#)
        #expect(mower["activity"] == "mowing" && mower.part.writers.isEmpty)
        let camera = try Rehearsal("camera", #"{"t": "cam/image", "uniq_id": "c"}"#)
        #expect(camera.part.properties.isEmpty && camera.part.component.description == "camera")
        #expect(try Rehearsal("time_machine", #"{"stat_t": "x"}"#).part.properties.map(\.name) == ["state"])
    }

    @Test func everythingOnTheListHasAReader() throws {
        let common =
            #""cmd_t": "c", "stat_t": "s", "options": ["a"], "uniq_id": "u", "mode_cmd_t": "m", "topic": "t", "type": "a", "subtype": "b""#
        for component in [
            "light", "switch", "climate", "lock", "cover", "fan", "sensor", "binary_sensor", "number", "select", "button", "text", "event",
            "valve",
            "humidifier", "water_heater", "vacuum", "alarm_control_panel", "siren", "device_tracker", "update", "scene",
            "device_automation",
        ] {
            let rehearsal = try Rehearsal(component, "{\(common)}")
            #expect(!rehearsal.part.properties.isEmpty && rehearsal.part.component.description == component, "\(component)")
            #expect(rehearsal.part.properties.allSatisfy { PropertyAddress("a/\($0.name)") != nil })
        }
    }

    @Test func availabilityComesInBothForms() throws {
        let list = try Rehearsal(
            "switch",
            #"{"~": "x", "cmd_t": "~/c", "avty": [{"t": "~/a", "val_tpl": "{{ value_json.state }}"}, {"topic": "b", "pl_avail": "up", "pl_not_avail": "down"}], "avty_mode": "all"}"#
        )
        let rule = try #require(list.part.availability)
        #expect(rule.sources.map(\.topic) == ["x/a", "b"] && rule.mode == .all && rule.sources[1].online == "up")
        var payload = Payload(Array(#"{"state": "online"}"#.utf8))
        #expect(try rule.sources[0].template?.value(of: &payload) == "online")
        #expect(try Rehearsal("switch", #"{"cmd_t": "c", "availability": {"topic": "a"}}"#).part.availability?.sources.count == 1)
        #expect(try Rehearsal("switch", #"{"cmd_t": "c"}"#).part.availability == nil)
    }

    @Test(
        arguments: [("in", "home", true), ("out", "not_home", false), ("work", "work", false), ("None", nil, nil)]
            as [(String, String?, Bool?)])
    func aTelephoneIsAtHomeOrSomewhereElse(said: String, location: String?, isHome: Bool?) throws {
        var phone = try Rehearsal("device_tracker", #"{"stat_t": "p", "pl_home": "in", "pl_not_home": "out"}"#)
        phone.hear("p", said)
        #expect(phone["location"] == location.map(PropertyValue.text) && phone["home"] == isHome.map(PropertyValue.boolean))
        #expect(phone.part.properties.map(\.name) == ["location", "home"] && phone.part.properties[1].quantity == "presence")
    }

    @Test func namesDecideThePropertiesOfSensors() throws {
        func property(_ component: String, _ config: String) throws -> String { try Rehearsal(component, config).part.properties[0].name }
        #expect(try property("sensor", #"{"stat_t": "s", "name": "Outdoor", "dev_cla": "temperature"}"#) == "outdoor")
        #expect(try property("sensor", #"{"stat_t": "s", "name": null, "dev_cla": "temperature"}"#) == "temperature")
        #expect(try property("sensor", #"{"stat_t": "s", "name": "Plug Power", "dev": {"ids": "a", "name": "Plug"}}"#) == "power")
        #expect(
            try property("sensor", #"{"stat_t": "s", "def_ent_id": "sensor.plug_linkquality", "dev": {"ids": "a", "name": "Plug"}}"#)
                == "linkquality")
        #expect(try property("binary_sensor", #"{"stat_t": "s", "dev_cla": "motion"}"#) == "motion")
        #expect(try property("sensor", #"{"stat_t": "s", "name": "温度"}"#) == "wen_du")
        #expect(try property("number", #"{"cmd_t": "s", "name": "2nd level"}"#) == "p_2nd_level")
    }

    @Test func whatOpensDisarmsAndHeatsIsMarked() throws {
        func hazards(_ component: String, _ config: String) throws -> [String: Hazard?] {
            try Rehearsal(component, config).part.properties.reduce(into: [:]) { $0[$1.name] = $1.hazard }
        }
        #expect(try hazards("lock", #"{"cmd_t": "c", "pl_open": "OPEN"}"#) == ["locked": .opens, "open": .opens])
        #expect(try hazards("cover", #"{"cmd_t": "c", "dev_cla": "garage", "pos_t": "p", "set_pos_t": "s"}"#)["position"] == .opens)
        #expect(try hazards("cover", #"{"cmd_t": "c", "dev_cla": "blind"}"#)["open"] == .some(nil))
        #expect(try hazards("alarm_control_panel", #"{"cmd_t": "c", "stat_t": "s"}"#)["armed"] == .disarms)
        #expect(try hazards("water_heater", #"{"temp_cmd_t": "c", "mode_cmd_t": "m"}"#)["target_temperature"] == .heats)
    }

    @Test func optionsOfTimeUnitsAndRolesAreKept() throws {
        let part = try Rehearsal(
            "sensor",
            #"{"stat_t": "s", "name": "E", "unit_of_meas": "m3", "stat_cla": "total_increasing", "exp_aft": 600, "ent_cat": "diagnostic"}"#
        ).part
        let property = part.properties[0]
        #expect(
            property.unit == Unit("m³") && property.accumulation == .totalIncreasing && property.expiresAfter == 600
                && property.role == .diagnostic)
        let motion = try Rehearsal("binary_sensor", #"{"stat_t": "s", "dev_cla": "motion", "off_dly": 5, "en": false}"#).part.properties[0]
        #expect(motion.resetsAfter == 5 && motion.role == .diagnostic)
    }

    /// Parts keep their names and histories when the prefix becomes another.
    @Test func announcementsMayHaveAnotherPrefix() throws {
        let prefix = try #require(DiscoveryPrefix("flat/ha"))
        var discovery = HomeAssistantDiscovery(prefix: prefix)
        #expect(discovery.filters == ["flat/ha/+/+/config", "flat/ha/+/+/+/config"])
        #expect(discovery.read(MQTTMessage(Self.topic, Self.kitchen)).isEmpty)
        let parts = parts(discovery.read(MQTTMessage("flat/ha/device/ea33/config", Self.kitchen)))
        #expect(parts.map(\.key) == ["homeassistant/sensor/temp01ae", "homeassistant/sensor/hum01ae", "homeassistant/switch/rel01ae"])
        #expect(prefix.birth == MQTTMessage("flat/ha/status", "online") && prefix.will.topic == "flat/ha/status")
    }

    @Test(arguments: ["", "/", "a/", "/a", "a//b", "a/+", "#", "a/#", "$SYS", "a\u{0}b", String(repeating: "x", count: 101)])
    func whatCanNotBeginTopicsIsNoPrefix(text: String) { #expect(DiscoveryPrefix(text) == nil) }

    @Test func birthAndWillAreHomeAssistants() {
        let status = DiscoveryPrefix.usual
        #expect(
            status.birth == MQTTMessage("homeassistant/status", "online") && status.will == MQTTMessage("homeassistant/status", "offline"))
        #expect(!status.birth.isRetained && status.birth.quality == .atMostOnce)
    }
}
