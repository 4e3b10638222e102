"""Writes what Home Assistant makes of announcements, states and commands, for Tests/LaresThingsTests/Golden/components.json.

    python3.11 -m venv ha && ha/bin/pip install "setuptools<80" "josepy<2" homeassistant==2024.3.3 pytest-homeassistant-custom-component==0.13.109 janus
    LARES_GOLDEN=Tests/LaresThingsTests/Golden/components.json ha/bin/python -m pytest -q -p no:logging -o asyncio_mode=auto scripts/golden/discovery.py

Home Assistant runs with a broker that only notes what is published. What it knows of an entity is put into Lares' words here, so that the test compares values.
"""
import json
import os
import pathlib
from importlib.metadata import version

import discovery_cases
from pytest_homeassistant_custom_component.common import async_fire_mqtt_message

UNKNOWN = ("unknown", "unavailable")
ATTRIBUTES = {
    "cover": {"current_position": "position", "current_tilt_position": "tilt"},
    "valve": {"current_position": "position"},
    "climate": {"temperature": "target_temperature", "target_temp_high": "target_high", "target_temp_low": "target_low", "current_temperature": "temperature",
                "humidity": "target_humidity", "current_humidity": "humidity", "hvac_action": "action", "fan_mode": "fan_mode", "swing_mode": "swing_mode", "preset_mode": "preset"},
    "water_heater": {"temperature": "target_temperature", "current_temperature": "temperature"},
    "fan": {"percentage": "speed", "preset_mode": "preset", "oscillating": "oscillating", "direction": "direction"},
    "humidifier": {"humidity": "target_humidity", "current_humidity": "humidity", "mode": "mode", "action": "action"},
    "vacuum": {"battery_level": "battery", "fan_speed": "fan_speed"},
    "siren": {"tone": "tone", "volume_level": "volume"},
    "update": {"installed_version": "installed_version", "latest_version": "latest_version"},
    "event": {"event_type": "event"},
    "device_tracker": {"latitude": "latitude", "longitude": "longitude", "gps_accuracy": "accuracy"},
    "light": {"brightness": "brightness", "color_temp_kelvin": "color_temp", "hs_color": "color", "effect": "effect"},
}
STATES = {"switch": "on", "light": "on", "siren": "on", "fan": "on", "humidifier": "on", "binary_sensor": "value", "sensor": "value", "number": "value", "select": "value", "text": "value",
          "lock": "state", "cover": "state", "valve": "state", "climate": "mode", "water_heater": "mode", "vacuum": "state", "alarm_control_panel": "state", "device_tracker": "location"}


def word(value):
    return {"on": True, "off": False}.get(value, value)


def in_lares_words(component, state):
    """What Home Assistant knows, by Lares' names. Colours of lamps that show white come out of their temperature there, and are left out."""
    known = {}
    if component in STATES and state.state not in UNKNOWN:
        name = STATES[component]
        known[name] = word(state.state) if name == "on" or component == "binary_sensor" else state.state
    for attribute, name in ATTRIBUTES.get(component, {}).items():
        value = state.attributes.get(attribute)
        if value is None:
            continue
        if name == "brightness":
            value = round(value / 2.55, 3)
        if name == "volume":
            value *= 100
        if name == "color":
            if state.attributes.get("color_mode") in ("color_temp", "white", "brightness"):
                continue
            value = {"hue": value[0], "saturation": value[1]}
        known[name] = value
    return known


async def run(hass, mqtt, number, component, config, messages, commands):
    topic = f"homeassistant/{component}/case{number}/config"
    published = mqtt.async_publish
    async_fire_mqtt_message(hass, topic, json.dumps(config))
    await hass.async_block_till_done()
    entities = [state.entity_id for state in hass.states.async_all(component)]
    assert len(entities) == 1, (number, component, entities)
    initial = in_lares_words(component, hass.states.get(entities[0]))
    states = []
    for where, payload in messages:
        async_fire_mqtt_message(hass, where, payload)
        await hass.async_block_till_done()
        states.append([where, payload, in_lares_words(component, hass.states.get(entities[0]))])
    told = []
    for service, data, asked in commands:
        published.reset_mock()
        await hass.services.async_call(component, service, {"entity_id": entities[0], **data}, blocking=True)
        told.append([asked, [[call.args[0], str(call.args[1]), call.args[2], call.args[3]] for call in published.mock_calls]])
    async_fire_mqtt_message(hass, topic, "")
    await hass.async_block_till_done()
    assert not hass.states.async_all(component), (number, component)
    return {"topic": topic, "component": component, "config": config, "initial": initial, "states": states, "commands": told}


async def test_discovery(hass, mock_hass_config, mqtt_mock_entry):
    mqtt = await mqtt_mock_entry()
    cases = [await run(hass, mqtt, number, *case) for number, case in enumerate(discovery_cases.CASES)]
    made = {"homeassistant": version("homeassistant")}
    text = json.dumps({"made": made, "cases": cases}, ensure_ascii=False, separators=(",", ":"))
    pathlib.Path(os.environ["LARES_GOLDEN"]).write_text(text + "\n")
