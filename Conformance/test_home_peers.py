"""Devices that others wrote, unmodified: ha-mqtt-device with its device announcements, lnxlink as an agent of a computer; and HATasmota as the judge of what Tasmota's messages mean."""

import asyncio
import contextlib
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import threading
import time

import pytest

from home_devices import Home
from lares_server import ROOT, on_a_loop
from test_home import refusal

sys.path.append(str(ROOT / "scripts/golden"))
LNXLINK = pathlib.Path(os.environ.get("LARES_LNXLINK", ROOT / ".build/python/lnxlink/bin/lnxlink"))


@pytest.fixture
def home(tmp_path):
    with Home(tmp_path) as home:
        yield home


class Box:
    """A box of ha-mqtt-device with a thermostat, a fan, a lock and a valve, in a loop of its own; `state` is what it was told to be."""

    def __init__(self, port, account, password, **options):
        import ha_mqtt_device as library

        self.state, self.ready, self.loop = {}, threading.Event(), asyncio.new_event_loop()
        self.library, self.account = library, {"hostname": "127.0.0.1", "port": port, "username": account, "password": password}
        self.options = options
        self.thread = threading.Thread(target=lambda: self.loop.run_until_complete(self.live()), daemon=True)
        self.thread.start()
        assert self.ready.wait(10)

    async def live(self):
        make, self.over = self.library, asyncio.Event()
        climate = make.Climate("box_climate", "Thermostat", modes=["off", "heat", "cool", "auto"], temperature_unit="C", min_temp=10, max_temp=30, temp_step=0.5)
        fan = make.Fan("box_fan", "Fan", percentage_enabled=True, oscillation_enabled=True, direction_enabled=True, preset_mode_enabled=True, preset_modes=["eco", "boost"])
        lock = make.Lock("box_lock", "Lock")
        valve = make.Valve("box_valve", "Valve")
        box = make.Device(make.AioMqttProvider(**self.account), make.DeviceInfo("box", "Box", manufacturer="Peer", suggested_area="Cellar", **self.options), [climate, fan, lock, valve])

        async def told(part, does, event):
            self.state[part, event.event_type] = event.state
            if act := does.get(event.event_type):
                await act(event.state)

        deeds = [
            (climate, {"temperature": lambda text: climate.set_target_temperature(float(text)), "mode": climate.set_mode}),
            (fan, {"command": lambda text: fan.set_state(text == "on"), "percentage": lambda text: fan.set_percentage(int(text)), "preset_mode": fan.set_preset_mode,
                  "oscillation": lambda text: fan.set_oscillation(text == "on"), "direction": fan.set_direction}),
            (lock, {"command": lambda text: lock.set_state(text + "ed")}),
            (valve, {"command": valve.set_state}),
        ]
        async with box.provider, box:
            for part, does in deeds:
                await part.on_event(lambda event, part=part, does=does: told(part.component, does, event))
            await climate.set_current_temperature(19.5)
            await climate.set_target_temperature(21.0)
            await climate.set_mode("heat")
            await climate.set_action("heating")
            await fan.set_state(False)
            await fan.set_percentage(30)
            await lock.set_state("locked")
            await valve.set_state("closed")
            self.ready.set()
            await self.over.wait()

    def close(self):
        self.loop.call_soon_threadsafe(self.over.set)
        self.thread.join(10)


@pytest.mark.parametrize("prefix", [None, "box"])
def test_a_box_of_ha_mqtt_device(home, prefix):
    """One announcement for all parts, on the library's usual topics, and on topics of an account's own."""
    pytest.importorskip("ha_mqtt_device")
    password = home.account("box", prefix or "homeassistant/device/box")
    box = Box(home.broker_port, "box", password, **({"topic_prefix": prefix} if prefix else {}))
    try:
        home.wait(lambda: "cellar/box" in home.things())
        value = lambda name: home.thing("cellar/box")["properties"][name]["value"]
        expected = {"temperature": 19.5, "target_temperature": 21, "mode": "heat", "action": "heating", "fan_on": False, "speed": 30, "locked": True, "valve_state": "closed"}
        home.wait(lambda: all(value(name) == known for name, known in expected.items()))
        for asked, part, told in (
            ({"target_temperature": 22.5}, ("climate", "temperature"), "22.5"), ({"mode": "cool"}, ("climate", "mode"), "cool"), ({"speed": 60}, ("fan", "percentage"), "60"),
            ({"oscillating": True}, ("fan", "oscillation"), "on"), ({"direction": "reverse"}, ("fan", "direction"), "reverse"), ({"preset": "boost"}, ("fan", "preset_mode"), "boost"),
            ({"fan_on": True}, ("fan", "command"), "on"), ({"open": True}, ("valve", "command"), "open"), ({"locked": False, "confirm": True}, ("lock", "command"), "unlock"), ({"locked": True}, ("lock", "command"), "lock"),
        ):
            answer = home.ask("/lares/v1/things/cellar/box", asked)
            assert answer["outcome"] == ("sent" if "open" in asked else "confirmed"), (asked, answer)
            home.wait(lambda: box.state.get(part) == told)
        home.wait(lambda: value("valve_state") == "open")
        assert refusal(home, "/lares/v1/things/cellar/box", {"target_temperature": 31})[0] == 400
        assert refusal(home, "/lares/v1/things/cellar/box", {"locked": False})[1]["code"] == "needs_confirmation"
    finally:
        box.close()
    home.wait(lambda: home.thing("cellar/box")["availability"] == "offline")


def test_an_agent_of_a_computer(home, tmp_path):
    """lnxlink announces this machine, reports it, does what it is told, and says goodbye."""
    if not LNXLINK.exists():
        pytest.skip(f"{LNXLINK} is not there: run `make test`, which installs it")
    settings = {
        "mqtt": {"transport": "mqtt", "prefix": "lnxlink", "clientId": "desk", "server": "127.0.0.1", "port": home.broker_port,
                 "auth": {"user": "lnxlink", "pass": home.account("lnxlink"), "tls": False, "tls_allow_insecure": False, "keyfile": "", "certfile": "", "ca_certs": ""},
                 "discovery": {"enabled": True, "prefix": "homeassistant"}, "lwt": {"enabled": True, "qos": 1}, "clear_on_off": True},
        "update_interval": 1, "update_on_change": False, "modules": ["memory", "boot_time", "logging_level", "cpu"], "custom_modules": None, "exclude": [], "settings": {},
    }
    file = tmp_path / "lnxlink.yaml"
    file.write_text(json.dumps(settings))
    with open(tmp_path / "said", "w") as said:
        agent = subprocess.Popen([str(LNXLINK), "-i", "-c", str(file)], stdout=said, stderr=said, cwd=tmp_path, env=dict(os.environ, HOME=str(tmp_path)))
    try:
        home.wait(lambda: "desk" in home.things(), seconds=30)
        home.wait(lambda: {"memory_usage", "logging_level"} <= set(home.thing("desk")["properties"]), seconds=20)
        home.wait(lambda: 0 < (home.value("desk/memory_usage") or 0) < 100, seconds=20)
        home.wait(lambda: home.value("desk/logging_level") == "INFO", seconds=20)
        assert home.ask("/lares/v1/things/desk", {"logging_level": "WARNING"})["outcome"] == "confirmed"
        assert home.value("desk/logging_level") == "WARNING"
        assert home.thing("desk")["availability"] == "online"
        agent.send_signal(signal.SIGTERM)
        home.wait(lambda: home.thing("desk")["availability"] == "offline", seconds=20)
    finally:
        with contextlib.suppress(subprocess.TimeoutExpired):
            agent.wait(10)
        agent.kill()
        agent.wait()


def tasmota_cases():
    pytest.importorskip("hatasmota")
    import tasmota

    return tasmota


def in_lares_words(platform, heard):
    """What HATasmota told of an entity, by Lares' names; nothing that it didn't tell."""
    if not heard:
        return {}
    state, more = heard[-1]
    known = {}
    if platform in ("switch", "light", "binary_sensor"):
        known["on" if platform != "binary_sensor" else "value"] = state
    if platform == "fan":
        known |= {"on": state != 0, "speed": round(state / 3 * 100)}
    names = {"brightness": "brightness", "position": "position", "tilt": "tilt", "white_value": "white", "effect": "effect"}
    known |= {names[name]: value for name, value in more.get("attributes", more).items() if name in names and value is not None}
    return known


@pytest.fixture(scope="module")
def tasmotas(tmp_path_factory):
    """A home, an account, and the commands under way, which end before it does."""
    with Home(tmp_path_factory.mktemp("home")) as home:
        home.password, home.asking = home.account("tasmota", "plug", "strip", "home"), []
        yield home
        for thread in home.asking:
            thread.join(20)


@pytest.mark.parametrize("number", range(14))
def test_tasmota_as_hatasmota_understands_it(tasmotas, number):
    """What each message means, and what each command publishes."""
    tasmota, home = tasmota_cases(), tasmotas
    config, sensors, messages, commands = tasmota.DEVICES[number]
    config = config | {"mac": f"DC4F{number:02X}{config['mac'][6:]}"}  # names last: each is a device of its own
    from hatasmota import discovery

    checked = discovery.TasmotaDiscoveryMsg(config)
    topic = config["ft"].replace("%topic%", config["t"]).replace("%id%", config["mac"][-6:])
    starts = [topic.replace("%prefix%", prefix).rstrip("/") for prefix in config["tp"]]
    announcement = f"tasmota/discovery/{config['mac']}/"
    with home.client("tasmota", home.password) as device:
        device.listen(starts[0] + "/#")
        device.say(announcement + "config", config, retain=True)
        device.say(announcement + "sensors", sensors or {"sn": {"Time": "2026-01-01T00:00:00"}, "ver": 1}, retain=True)
        home.wait(lambda: home.things())
        [thing] = home.things()
        device.say(starts[2] + "/LWT", "Online", retain=True)
        home.wait(lambda: home.thing(thing)["availability"] == "online")
        judged = 0
        for platform in ("switch", "light", "fan", "cover", "binary_sensor"):
            for made, (_, _, kind, index) in discovery.get_entities_for_platform(checked, platform):
                if made is None:
                    continue
                name = f"{platform} {kind} {index}"
                oracle = on_a_loop(tasmota.entity(name, made, messages, commands.get(name, [])))
                judged += compare(home, device, thing, starts[0], platform, made, oracle, messages, commands.get(name, []))
        judged += sum(compare_sensor(home, device, thing, made, messages) for made, _ in discovery.get_sensor_entities(sensors or {"sn": {}}, checked))
        print(f"{thing}: {judged} values and commands agree")
        assert judged
        for part in ("sensors", "config"):
            device.say(announcement + part, "", retain=True)
        home.wait(lambda: not home.things())


def compare(home, device, thing, start, platform, made, oracle, messages, commands):
    """How many values and commands of an entity agree; one that doesn't fails."""
    count = 0
    for (topic, payload), heard in zip(messages, oracle["said"]):
        expected = in_lares_words(platform, heard)
        device.say(topic, payload)
        names = {name: found for name in expected if (found := address(home, thing, platform, made, name))}
        for name, found in names.items():
            agrees(home, f"{thing}/{found}", expected[name])
            count += 1
    for (_, _, asked), (_, published) in zip(commands, oracle["commands"]):
        body = {found: value for name, value in asked.items() if (found := address(home, thing, platform, made, name))}
        if not body:
            continue
        device.messages.clear()
        home.asking.append(threading.Thread(target=ignoring(lambda body=body: home.ask(f"/lares/v1/things/{thing}", body)), daemon=True))
        home.asking[-1].start()
        wanted = [(topic, payload) for topic, payload in published if payload != ""]
        heard = lambda: [m for m in device.messages if m[0].startswith(start) and m[1] != ""]
        home.wait(lambda: len(heard()) >= len(wanted), seconds=3)
        assert sorted(heard()[: len(wanted)]) == sorted(wanted), (body, heard(), wanted)
        count += 1
    return count


def is_near(ours, theirs):
    """Whether they are the same, percent to half of one."""
    return ours == theirs or None not in (ours, theirs) and not isinstance(theirs, (str, bool)) and abs(ours - theirs) < 0.51


def agrees(home, address, expected):
    end = time.monotonic() + 3
    while not is_near(home.value(address), expected):
        assert time.monotonic() < end, (address, home.value(address), expected)
        time.sleep(0.02)


def compare_sensor(home, device, thing, made, messages):
    """How many readings of a sensor agree. Both name it alike, but for numbers that Lares counts from 1."""
    label = re.sub(r"^(ENERGY Power) (\d)$", lambda found: f"{found[1]} {int(found[2]) + 1}", made.friendly_name)
    name = next(name for name, known in home.thing(thing)["properties"].items() if known.get("label") == label)
    oracle = on_a_loop(tasmota_cases().entity(label, made, messages, []))
    count = 0
    for (topic, payload), heard in zip(messages, oracle["said"]):
        device.say(topic, payload)
        if heard:
            agrees(home, f"{thing}/{name}", heard[-1][0])
            count += 1
    return count


def ignoring(call):
    def run():
        with contextlib.suppress(OSError):
            call()

    return run


def address(home, thing, platform, made, name):
    """The property of a thing that an entity's value is; with several entities of a kind it bears the entity's name."""
    properties = home.thing(thing)["properties"]
    slug = "".join(letter if letter.isalnum() else "_" for letter in (made.friendly_name or "").lower()).strip("_")
    choices = [name, slug, f"{slug}_{name}", f"{platform}_{name}"] if name in ("on", "value") else [name, f"{slug}_{name}"]
    found = [choice for choice in choices if choice in properties]
    return found[-1] if found else None
