"""Home Assistant on the same broker: both hubs find the same devices, and are of one mind about them whoever gives the order."""

import pathlib
import sys
import time

import pytest

from furnished_home import furnish
from home_devices import Home
from lares_server import ROOT

sys.path.append(str(ROOT / "Benchmarks"))
pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]

# Lares' name of each property, and where Home Assistant has it: an entity's state (None) or attribute, and how that reads in Lares' words.
ON = (None, lambda state: {"on": True, "off": False}.get(state))
PERCENT = ("brightness", lambda value: None if value is None else round(value / 2.55, 1))
SAME = lambda attribute: (attribute, lambda value: value)
NUMBER = (None, float)
WORD = (None, lambda state: state)
LIGHT = {"on": ON, "brightness": PERCENT}
HOME = {
    "living_room/ceiling_lamp": {"light.ceiling_lamp": LIGHT},
    "living_room/floor_lamp": {"light.floor_lamp": {"on": ON}},
    "kitchen/kitchen_light": {"light.kitchen_light": LIGHT},
    "hall/hall_light": {"light.hall_light": LIGHT},
    "living_room/blinds": {"cover.blinds": {"position": SAME("current_position")}},
    "living_room/air_conditioner": {"climate.air_conditioner": {"mode": WORD, "target_temperature": SAME("temperature"), "temperature": SAME("current_temperature"), "action": SAME("hvac_action")}},
    "hall/front_door": {"lock.front_door": {"locked": (None, lambda state: {"locked": True, "unlocked": False}.get(state))}},
    "living_room/climate_sensor": {"sensor.climate_sensor_temperature": {"temperature": NUMBER}, "sensor.climate_sensor_humidity": {"humidity": NUMBER}},
    "hall/motion": {"binary_sensor.motion": {"motion": ON}},
    "living_room/balcony_window": {"binary_sensor.balcony_window": {"window": ON}},
    "kitchen/coffee_machine": {"switch.coffee_machine": {"on": ON}, "sensor.coffee_machine_power": {"power": NUMBER}},
}


@pytest.fixture(scope="module")
def hubs(tmp_path_factory):
    """Lares with its broker, Home Assistant at it by Lares' own account (only that one may command), and the furnished home."""
    import home_assistant

    if not home_assistant.PROGRAM.exists():
        pytest.skip(f"{home_assistant.PROGRAM} is not there: run `scripts/setup conformance`, which installs it")
    with Home(tmp_path_factory.mktemp("home")) as home, home.client("z", home.account("z")) as device:
        furnish(device)
        home.wait(lambda: set(HOME) <= set(home.things()))
        password = (pathlib.Path(home.folder) / "broker/lares.password").read_text()
        other = home_assistant.HomeAssistant(home.broker_port, "lares", password)
        try:
            home.wait(lambda: {entity for entities in HOME.values() for entity in entities} <= set(states(other)), seconds=60)
            time.sleep(3)  # it subscribes to states a while after it shows entities
            report_again(device)
            yield home, other, device
        finally:
            other.close()


def report_again(device):
    """Those who came late hear what isn't retained."""
    for topic, text in (("l1", '{"state":"ON","brightness":153}'), ("l2", "OFF"), ("l3", '{"state":"ON","brightness":255}'), ("l4", '{"state":"OFF","brightness":10}'), ("c1/pos", "50"), ("k1/mode", "heat"),
                        ("k1/t", "21.5"), ("k1/now", "21.4"), ("k1/act", "heating"), ("d1", "LOCKED"), ("s1", "21.4"), ("s2", "47"), ("b1", "ON"), ("b2", "OFF"), ("b2/there", "offline"), ("p1", "OFF"), ("p2", "0.4")):
        device.say(f"z/{topic}", text)


def states(other):
    return {state["entity_id"]: state for state in other.ask("/api/states")}


def differences(home, other):
    """Where the hubs differ: (address, Lares', Home Assistant's)."""
    things, known, found = home.things(), states(other), []
    for thing, entities in HOME.items():
        for entity, properties in entities.items():
            if (known[entity]["state"] == "unavailable") != (things[thing]["availability"] == "offline"):
                found.append((thing, things[thing]["availability"], known[entity]["state"]))
            if known[entity]["state"] == "unavailable":
                continue
            for name, (attribute, reads) in properties.items():
                ours = things[thing]["properties"][name]["value"]
                theirs = reads(known[entity]["attributes"].get(attribute) if attribute else known[entity]["state"])
                # Home Assistant forgets the brightness of a lamp that is off.
                if name == "brightness" and known[entity]["state"] == "off":
                    continue
                if ours != theirs and not (isinstance(ours, (int, float)) and isinstance(theirs, (int, float)) and abs(ours - theirs) < 0.21):
                    found.append((f"{thing}/{name}", ours, theirs))
    return found


def agree(home, other):
    end = time.monotonic() + 5
    while (found := differences(home, other)) and time.monotonic() < end:
        time.sleep(0.1)
    assert not found, found


def test_both_see_the_same_home(hubs):
    home, other, _ = hubs
    agree(home, other)
    named = {f"{thing}/{name}" for thing, entities in HOME.items() for properties in entities.values() for name in properties}
    print(f"{len(HOME)} devices, {len(named)} properties: both hubs are of one mind about all")
    assert len(named) == 19 and home.thing("living_room/balcony_window")["availability"] == "offline"


@pytest.mark.parametrize("address,asked", [
    ("living_room/ceiling_lamp", {"on": False}), ("living_room/ceiling_lamp", {"on": True, "brightness": 40}), ("kitchen/kitchen_light", {"brightness": 10}), ("living_room/blinds", {"position": 80}),
    ("living_room/air_conditioner", {"mode": "cool"}), ("living_room/air_conditioner", {"target_temperature": 19.5}), ("hall/front_door", {"locked": False, "confirm": True}),
    ("kitchen/coffee_machine", {"on": True}),
])
def test_what_lares_is_asked_for_both_know(hubs, address, asked):
    home, other, _ = hubs
    answer = home.ask(f"/lares/v1/things/{address}", asked)
    assert answer["outcome"] == "confirmed"
    agree(home, other)


@pytest.mark.parametrize("service,data,address,value", [
    ("light/turn_off", {"entity_id": "light.ceiling_lamp"}, "living_room/ceiling_lamp/on", False),
    ("light/turn_on", {"entity_id": "light.hall_light", "brightness_pct": 60}, "hall/hall_light/brightness", 60),
    ("cover/set_cover_position", {"entity_id": "cover.blinds", "position": 15}, "living_room/blinds/position", 15),
    ("climate/set_hvac_mode", {"entity_id": "climate.air_conditioner", "hvac_mode": "off"}, "living_room/air_conditioner/mode", "off"),
    ("climate/set_temperature", {"entity_id": "climate.air_conditioner", "temperature": 24}, "living_room/air_conditioner/target_temperature", 24),
    ("lock/lock", {"entity_id": "lock.front_door"}, "hall/front_door/locked", True),
    ("switch/turn_off", {"entity_id": "switch.coffee_machine"}, "kitchen/coffee_machine/on", False),
])
def test_what_home_assistant_is_asked_for_both_know(hubs, service, data, address, value):
    home, other, _ = hubs
    other.ask(f"/api/services/{service}", data)
    home.wait(lambda: home.value(address) == value or isinstance(value, int) and abs(home.value(address) - value) < 0.3)
    agree(home, other)


def test_what_devices_report_both_know(hubs):
    home, other, device = hubs
    for topic, text in (("s1", "18.75"), ("b1", "OFF"), ("b2/there", "online"), ("b2", "ON"), ("p2", "1150"), ("l2", "ON"), ("k1/act", "idle")):
        device.say(f"z/{topic}", text)
    agree(home, other)


def test_a_device_that_goes_is_gone_for_both(hubs):
    home, other, device = hubs
    device.say("homeassistant/light/l2/config", "", retain=True)
    home.wait(lambda: "living_room/floor_lamp" not in home.things() or home.thing("living_room/floor_lamp")["availability"] == "removed")
    home.wait(lambda: "light.floor_lamp" not in states(other))
