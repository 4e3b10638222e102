import LaresJSON
import LaresThings
import Testing

/// Payloads in the shapes that ESPHome, Zigbee2MQTT and others announce.
@Suite struct FamilyTests {
    @Test func esphomeAnnouncesWithObjectIdsAndOldFlags() throws {
        var lamp = try Rehearsal(
            "light",
            #"""
            {"schema": "json", "brightness": true, "rgb": true, "color_temp": true, "effect": true, "effect_list": ["None", "Rainbow"], "name": "Desk lamp", "stat_t": "desk/light/lamp/state",
            "cmd_t": "desk/light/lamp/command", "avty_t": "desk/status", "uniq_id": "ESPlightlamp", "obj_id": "desk_lamp", "dev": {"ids": "a020a6112233", "name": "desk",
            "sw": "esphome v2024.6", "mdl": "nodemcuv2", "mf": "espressif"}}
            """#, topic: "homeassistant/light/desk/lamp/config")
        #expect(lamp.part.objectID == "desk_lamp" && lamp.part.name == "lamp" && lamp.part.key == "homeassistant/light/ESPlightlamp")
        #expect(lamp.part.properties.map(\.name) == ["on", "brightness", "color_temp", "color", "effect", "transition"])
        lamp.hear(
            "desk/light/lamp/state", #"{"state":"ON","brightness":255,"color_mode":"rgb","color":{"r":255,"g":0,"b":0},"effect":"None"}"#)
        #expect(lamp["on"] == true && lamp["brightness"] == 100 && lamp["color"]?.color?.hue == 0)
        let red = try #require(Color(hue: 0, saturation: 100))
        #expect(try lamp.told(["color": .color(red)]) == [#"desk/light/lamp/command {"state":"ON","color":{"r":255,"g":0,"b":0}}"#])
    }

    @Test func zigbee2mqttSharesOneTopicAmongManyParts() throws {
        let announced: [(String, String)] = [
            (
                "light/0x0017/light",
                #""schema": "json", "brightness": true, "brightness_scale": 254, "supported_color_modes": ["xy", "color_temp"], "min_mireds": 250, "max_mireds": 454, "command_topic": "zigbee2mqtt/Flur/Lampe/set", "name": null, "unique_id": "0x0017_light_zigbee2mqtt""#
            ),
            (
                "sensor/0x0017/linkquality",
                #""unit_of_measurement": "lqi", "value_template": "{{ value_json.linkquality }}", "entity_category": "diagnostic", "enabled_by_default": false, "name": "Linkquality", "unique_id": "0x0017_linkquality_zigbee2mqtt""#
            ),
            (
                "select/0x0017/power_on_behavior",
                #""command_topic": "zigbee2mqtt/Flur/Lampe/set", "command_topic_postfix": "power_on_behavior", "command_template": "{\"power_on_behavior\": \"{{ value }}\"}", "options": ["off", "on", "previous"], "value_template": "{{ value_json.power_on_behavior }}", "name": "Power-on behavior", "unique_id": "0x0017_pob""#
            ),
            (
                "update/0x0017/update",
                #""payload_install": "{\"id\": \"0x0017\"}", "command_topic": "zigbee2mqtt/bridge/request/device/ota_update/update", "value_template": "{\"latest_version\":\"{{ value_json['update']['latest_version'] }}\",\"installed_version\":\"{{ value_json['update']['installed_version'] }}\",\"update_percentage\":{{ value_json['update'].get('progress', 'null') }},\"in_progress\":{{ (value_json['update']['state'] == 'updating')|lower }}}", "name": null, "unique_id": "0x0017_update""#
            ),
        ]
        var rehearsals = try announced.map { topic, options in
            try Rehearsal(
                "",
                #"{"availability": [{"topic": "zigbee2mqtt/bridge/state", "value_template": "{{ value_json.state }}"}], "device": {"identifiers": ["zigbee2mqtt_0x0017"], "name": "Flur/Lampe"}, "state_topic": "zigbee2mqtt/Flur/Lampe", "origin": {"name": "Zigbee2MQTT", "sw": "2.1.0", "url": "https://www.zigbee2mqtt.io"}, \#(options)}"#,
                topic: "homeassistant/\(topic)/config")
        }
        for place in rehearsals.indices {
            rehearsals[place].hear(
                "zigbee2mqtt/Flur/Lampe",
                #"{"brightness":254,"color_mode":"color_temp","color_temp":370,"color":{"x":0.46,"y":0.41},"state":"ON","linkquality":120,"power_on_behavior":"previous","update":{"installed_version":16,"latest_version":17,"state":"available"}}"#
            )
            #expect(rehearsals[place].problems.isEmpty)
        }
        #expect(rehearsals[0].known == ["on": true, "brightness": 100, "color_temp": 2702])
        #expect(rehearsals[1].part.properties[0].role == .diagnostic && rehearsals[1].known == ["linkquality": 120])
        #expect(rehearsals[2].known == ["power_on_behavior": "previous"])
        #expect(try rehearsals[2].told(["power_on_behavior": "on"]) == [#"zigbee2mqtt/Flur/Lampe/set {"power_on_behavior": "on"}"#])
        #expect(rehearsals[3]["installed_version"] == "16" && rehearsals[3]["latest_version"] == "17")
        #expect(try rehearsals[3].told(["install": true]) == [#"zigbee2mqtt/bridge/request/device/ota_update/update {"id": "0x0017"}"#])
    }

    @Test func eventsMayComeOutOfProgramsOfTemplates() throws {
        // What Zigbee2MQTT's events need of the language: named groups, zip, continue, pairs made into a dictionary.
        let template = #"""
            {% set action = value_json.action | default('') %}{% set ns = namespace(r=[('event_type', action)]) %}
            {% for p in [{'find': '^(?P<button>[a-z0-9]+)_(?P<event_type>press|hold)$', 'groups': ['button', 'event_type']}] %}
            {% set m = action | regex_findall(p.find) %}{% if m[0] is undefined %}{% continue %}{% endif %}
            {% for key, value in zip(p.groups, m[0]) %}{% set ns.r = ns.r | rejectattr(0, 'eq', key) | list + [(key, value)] %}{% endfor %}{% endfor %}
            {{ dict.from_keys(ns.r | reject('eq', ('event_type', ''))) | to_json }}
            """#
        let config: JSON = ["stat_t": "s", "event_types": ["press", "hold", "single"], "val_tpl": .string(template), "name": "action"]
        var remote = try Rehearsal("event", config.serialized)
        remote.hear("s", #"{"action": "left_hold"}"#)
        #expect(remote["action"] == "hold")
        remote.hear("s", #"{"action": "single"}"#)
        remote.hear("s", #"{"action": ""}"#)
        #expect(remote["action"] == "single" && remote.problems.isEmpty)
    }

    @Test func triggersOfAutomationsAreEvents() throws {
        var remote = try Rehearsal(
            "device_automation",
            #"{"automation_type": "trigger", "type": "action", "subtype": "single", "payload": "single", "topic": "zigbee2mqtt/Remote", "value_template": "{{ value_json.action }}", "device": {"identifiers": ["r"]}}"#
        )
        #expect(
            remote.part.properties[0].isEvent && remote.part.properties[0].name == "action_single" && !remote.part.readers[0].takesRetained)
        remote.hear("zigbee2mqtt/Remote", #"{"action": "double"}"#)
        #expect(remote.known.isEmpty)
        remote.hear("zigbee2mqtt/Remote", #"{"action": "single"}"#)
        #expect(remote["action_single"] == "single")
    }

    @Test func aLightOfTwoVersionsIsReadTheSame() throws {
        for modes in [#""color_mode": true, "supported_color_modes": ["hs"]"#, #""supported_color_modes": ["hs"]"#, #""hs": true"#] {
            var light = try Rehearsal("light", #"{"schema": "json", "stat_t": "s", "cmd_t": "c", "brightness": true, \#(modes)}"#)
            light.hear("s", #"{"state": "ON", "color": {"h": 30, "s": 80}}"#)
            #expect(light["color"]?.color == Color(hue: 30, saturation: 80))
        }
    }

    @Test func alarmsAskForTheirCode() throws {
        let alarm = try Rehearsal("alarm_control_panel", #"{"stat_t": "s", "cmd_t": "c", "code": "1234", "code_arm_required": false}"#)
        #expect(try alarm.told(["armed": "armed_away"]) == ["c ARM_AWAY"])
        #expect(throws: ThingsError.self) { try alarm.told(["armed": "disarmed"]) }
        #expect(throws: ThingsError.self) { try alarm.told(["armed": "disarmed", "code": "9"]) }
        #expect(try alarm.told(["armed": "disarmed", "code": "1234"]) == ["c DISARM"])
    }

    @Test func whatCanNotBeSetIsRefused() throws {
        let light = try Rehearsal("light", #"{"schema": "json", "cmd_t": "c", "stat_t": "s", "brightness": true}"#)
        for (name, value) in [
            ("brightness", PropertyValue.number(101)), ("brightness", .text("x")), ("nothing", .boolean(true)), ("transition", .number(2)),
        ] {
            #expect(throws: ThingsError.self) { try light.told([name: value]) }
        }
        #expect(throws: ThingsError.self) { try Rehearsal("sensor", #"{"stat_t": "s", "name": "t"}"#).told(["t": "x"]) }
        #expect(try light.told(["brightness": 0]) == [#"c {"state":"OFF"}"#])
    }
}
