#!/usr/bin/env python3
"""Writes what HATasmota makes of Tasmota's announcements, for Tests/LaresThingsTests/Golden/tasmota.json.

    pip install HATasmota==0.9.2
    python3 scripts/golden/tasmota.py Tests/LaresThingsTests/Golden/tasmota.json

The announcements are written here in the shape Tasmota 13 sends them. Each device: what entities there are with their names, what messages mean to
them, and what commands they publish.
"""
import asyncio
import json
import pathlib
import sys
from importlib.metadata import version
from types import SimpleNamespace

from hatasmota import discovery

MAC = "DC4F22AABBCC"


def config(**changes):
    base = {
        "ip": "192.168.1.20", "dn": "Plug", "fn": ["Plug", None, None, None, None, None, None, None], "hn": "tasmota-3020", "mac": MAC, "md": "Sonoff Basic", "ty": 0, "if": 0,
        "cam": 0, "ofln": "Offline", "onln": "Online", "state": ["OFF", "ON", "TOGGLE", "HOLD"], "sw": "13.4.0", "t": "plug", "ft": "%prefix%/%topic%/",
        "tp": ["cmnd", "stat", "tele"], "rl": [1, 0, 0, 0, 0, 0, 0, 0], "swc": [-1] * 8, "swn": [None] * 8, "btn": [0] * 8,
        "so": {"4": 0, "11": 0, "13": 0, "17": 1, "20": 0, "30": 0, "68": 0, "73": 0, "82": 0, "114": 0, "117": 0}, "lk": 1, "lt_st": 0, "bat": 0, "dslp": 0,
        "sho": [0, 0, 0, 0], "sht": [[0, 0, 0]] * 4, "ver": 1,
    }
    options = {**base["so"], **changes.pop("so", {})}
    return {**base, **changes, "so": options}


ON, OFF = ("set_state", [True], {"on": True}), ("set_state", [False], {"on": False})


def lit(attributes, asked):
    return ("set_state", [True, attributes], {"on": True, **asked})


# What is announced, its sensors, messages, and per entity the commands with what Lares is asked for instead.
DEVICES = [
    (config(), None, [["stat/plug/RESULT", '{"POWER":"ON"}'], ["tele/plug/STATE", '{"Time":"2026-01-01T00:00:00","POWER":"OFF","Wifi":{"RSSI":70}}'], ["stat/plug/RESULT", '{"POWER2":"ON"}']],
     {"switch relay 0": [ON, OFF]}),
    (config(fn=["Left", "Right", "Third"], rl=[1, 1, 1, 0], t="strip", ft="home/%topic%/%prefix%/%id%/", state=["aus", "an", "um", "halt"]), None,
     [["home/strip/stat/AABBCC/RESULT", '{"POWER2":"an"}'], ["home/strip/tele/AABBCC/STATE", '{"POWER1":"an","POWER2":"aus","POWER3":"an"}']], {"switch relay 1": [ON, OFF]}),
    (config(rl=[1, 0], so={"30": 1}), None, [["stat/plug/RESULT", '{"POWER":"ON"}']], {"light relay 0": [("set_state", [True, {}], {"on": True})]}),
    (config(rl=[2, 0], lt_st=1), None, [["stat/plug/RESULT", '{"POWER":"ON","Dimmer":40}'], ["tele/plug/STATE", '{"POWER":"OFF","Dimmer":40}']],
     {"light light 0": [lit({}, {}), lit({"brightness": 60}, {"brightness": 60}), ("set_state", [False, {}], {"on": False}), lit({"brightness": 60, "transition": 0}, {"brightness": 60, "transition": 0})]}),
    (config(rl=[2, 0], lt_st=2), None, [["tele/plug/STATE", '{"POWER":"ON","Dimmer":40,"CT":370}']], {"light light 0": [lit({"color_temp": 250}, {"color_temp": 4000})]}),
    (config(rl=[2, 0], lt_st=5, so={"82": 1, "117": 1}), None, [["tele/plug/STATE", '{"POWER":"ON","Dimmer":50,"HSBColor":"120,80,50","CT":300,"Scheme":2}']],
     {"light light 0": [lit({"color_hs": [200.4, 49.6]}, {"color": {"hue": 200.4, "saturation": 49.6}}), lit({"effect": "Random"}, {"effect": "Random"}),
                        lit({"brightness": 30, "transition": 4}, {"brightness": 30, "transition": 4})]}),
    (config(rl=[2, 0], lt_st=4), None, [["tele/plug/STATE", '{"POWER":"ON","Dimmer":50,"HSBColor":"0,0,50","White":30}']], {"light light 0": [lit({"white_value": 70}, {"white": 70})]}),
    (config(rl=[2, 2], lt_st=5, lk=0, fn=["Colour", "White"]), None, [["tele/plug/STATE", '{"POWER1":"ON","POWER2":"OFF","Dimmer1":20,"Dimmer2":70,"HSBColor":"10,20,30","CT":200}']],
     {"light light 0": [lit({"brightness": 11}, {"brightness": 11})], "light light 1": [lit({"brightness": 12}, {"brightness": 12})]}),
    (config(rl=[2, 2, 0], lt_st=2, so={"68": 1, "20": 1}), None, [["tele/plug/STATE", '{"POWER1":"ON","POWER2":"ON","Channel":[10,20],"Channel1":10,"Channel2":20}']],
     {"light light 1": [lit({"brightness": 33}, {"brightness": 33})]}),
    (config(rl=[2, 0], lt_st=1, ty=1), None, [["tele/plug/STATE", '{"POWER":"ON","Dimmer":80}']], {"light light 0": [lit({"brightness": 5}, {"brightness": 5})]}),
    (config(rl=[3, 3, 1, 3, 3, 0], sho=[0, 1], sht=[[-90, 90, 24], [0, 0, 0]]), None,
     [["stat/plug/RESULT", '{"Shutter1":{"Position":54,"Direction":-1,"Target":0,"Tilt":0}}'], ["tele/plug/SENSOR", '{"Shutter2":{"Position":100,"Direction":0}}'],
      ["stat/plug/STATUS10", '{"StatusSNS":{"Shutter1":{"Position":0,"Direction":0,"Target":0,"Tilt":90},"Shutter2":{"Position":30,"Direction":1}}}']],
     {"cover shutter 0": [("set_position", [40], {"position": 40}), ("open", [], {"open": True}), ("stop", [], {"stop": True}), ("set_tilt_position", [25], {"tilt": 25})],
      "cover shutter 1": [("set_position", [40], {"position": 40}), ("close", [], {"close": True})]}),
    (config(rl=[1, 1, 1, 1]) | {"if": 1}, None, [["stat/plug/RESULT", '{"FanSpeed":2}'], ["tele/plug/STATE", '{"POWER1":"ON","FanSpeed":0}']],
     {"fan fan ifan": [("set_speed", [2], {"speed": 66.67}), ("set_speed", [0], {"on": False}), ("set_speed", [1], {"speed": 33})]}),
    (config(rl=[0], swc=[1, 13, 0, 5], swn=["Window", None, None, None], so={"114": 1}), None,
     [["stat/plug/RESULT", '{"Window":{"Action":"ON"}}'], ["tele/plug/SENSOR", '{"Time":"x","Window":"OFF","Switch2":"ON"}'], ["stat/plug/RESULT", '{"Switch2":{"Action":"ON"}}'],
      ["stat/plug/STATUS10", '{"StatusSNS":{"Window":"ON","Switch4":"ON"}}']], {}),
    (config(), {"sn": {"Time": "2026-01-01T00:00:00", "AM2301": {"Temperature": 21.3, "Humidity": 45.0, "DewPoint": 9.0}, "BMP280": {"Temperature": 22.0, "Pressure": 1011.2},
                       "ENERGY": {"TotalStartTime": "2018-11-23T15:33:47", "Total": 0.017, "Yesterday": 0.0, "Today": 0.002, "Power": [0, 5], "Factor": 0.39, "Voltage": 234},
                       "TX23": {"Speed": {"Act": 14.8, "Avg": 8.5}, "Dir": {"Card": "WSW", "Deg": 247.5}}, "ANALOG": {"Illuminance1": 30}, "TempUnit": "C", "PressureUnit": "hPa", "SpeedUnit": "km/h"}, "ver": 1},
     [["tele/plug/SENSOR", '{"AM2301":{"Temperature":19.5,"Humidity":50.1},"ENERGY":{"Total":1.5,"Power":[7,8]},"TX23":{"Speed":{"Act":3},"Dir":{"Card":"N"}}}'],
      ["stat/plug/STATUS10", '{"StatusSNS":{"BMP280":{"Pressure":1000},"ANALOG":{"Illuminance1":77}}}']], {}),
]


class Broker:
    """Notes subscriptions and what is published."""

    def __init__(self):
        self.topics, self.published = [], []

    async def subscribe(self, state, topics):
        self.topics += topics.values()
        return topics

    async def publish(self, topic, payload, **_):
        self.published.append([topic, str(payload)])

    async def say(self, topic, payload):
        for one in self.topics:
            if one["topic"] == topic:
                result = one["msg_callback"](SimpleNamespace(topic=topic, payload=payload))
                if asyncio.iscoroutine(result):
                    await result


async def entity(name, made, messages, commands):
    broker = Broker()
    one = discovery.get_entity(made, broker)
    heard = []
    one.set_on_state_callback(lambda state=None, **kwargs: heard.append([state, kwargs]))
    await one.subscribe_topics()
    said = []
    for topic, payload in messages:
        heard.clear()
        await broker.say(topic, payload)
        said.append(list(heard))
    told = []
    for method, arguments, asked in commands:
        broker.published.clear()
        await getattr(one, method)(*arguments)
        told.append([asked, list(broker.published)])
    facts = {key: getattr(made, key) for key in ("quantity", "unit", "off_delay", "value_path", "availability_topic") if hasattr(made, key)}
    return {"id": name, "name": made.friendly_name, "said": said, "commands": told, **facts}


async def main():
    devices = []
    for announced, sensors, messages, commands in DEVICES:
        checked = discovery.TasmotaDiscoveryMsg(announced)
        entities = []
        for platform in ("binary_sensor", "cover", "fan", "light", "switch"):
            for made, (_, _, kind, number) in discovery.get_entities_for_platform(checked, platform):
                name = f"{platform} {kind} {number}"
                if made is not None:
                    entities.append(await entity(name, made, messages, commands.get(name, [])))
        if sensors:
            for made, (_, _, _, number) in discovery.get_sensor_entities(sensors, checked):
                entities.append(await entity(f"sensor {number}", made, messages, []))
        triggers = [[t.source, t.idx, t.event, t.type] for t in discovery.get_switch_triggers(checked) + discovery.get_button_triggers(checked) if t.is_active]
        devices.append({"config": announced, "sensors": sensors, "messages": messages, "entities": entities, "triggers": triggers})
    text = json.dumps({"made": {"HATasmota": version("HATasmota")}, "devices": devices}, ensure_ascii=False, separators=(",", ":"))
    pathlib.Path(sys.argv[1]).write_text(text + "\n")
    print(len(devices), "devices,", sum(len(device["entities"]) for device in devices), "entities")


if __name__ == "__main__":
    asyncio.run(main())
