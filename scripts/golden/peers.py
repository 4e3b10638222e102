#!/usr/bin/env python3
"""Writes what two Python packages announce and report as devices, for Tests/LaresThingsTests/Golden/peers.json.

    pip install ha-mqtt-device==1.3.0 ha-mqtt-discoverable==0.26.0
    python3 scripts/golden/peers.py Tests/LaresThingsTests/Golden/peers.json

ha-mqtt-device announces all its components together, ha-mqtt-discoverable one by one. Each message is noted as it would be published.
"""
import asyncio
import dataclasses
import inspect
import json
import pathlib
import sys
from importlib.metadata import version
from types import SimpleNamespace

import ha_mqtt_device
import ha_mqtt_discoverable.sensors as one_by_one
import paho.mqtt.client as paho
from ha_mqtt_device import Device, DeviceInfo
from ha_mqtt_device.entity import Entity
from ha_mqtt_discoverable import DeviceInfo as OldDevice
from ha_mqtt_discoverable import Settings

# What some entities ask for beside their id and name.
NEEDED = {
    "SelectEntity": {"options": ["a", "b"]}, "EventEntity": {"event_types": ["press"]}, "Climate": {"modes": ["off", "heat"]}, "Image": {"content_type": "image/png"},
    "InfraredEmitter": None, "InfraredReceiver": None, "Light": {"brightness": True}, "Fan": {"percentage": True}, "Lock": {"payload_open": "OPEN", "code_format": "^[0-9]+$"},
}


class Provider:
    """Notes what is published."""

    def __init__(self):
        self.published = []

    async def publish(self, topic, message, **_):
        payload = message.payload if hasattr(message, "payload") else message
        self.published.append([topic.topic if hasattr(topic, "topic") else topic, payload if isinstance(payload, str) else bytes(payload).decode()])

    async def subscribe(self, topic, callback):
        pass


def entities():
    for _, kind in sorted(vars(ha_mqtt_device).items()):
        if not (inspect.isclass(kind) and issubclass(kind, Entity) and kind is not Entity):
            continue
        extra = NEEDED.get(kind.__name__, {})
        if extra is None:
            continue
        known = {field.name for field in dataclasses.fields(kind)}
        try:
            yield kind(unique_id=f"x1_{kind.component}_{kind.__name__.lower()}", name=kind.__name__, **{k: v for k, v in extra.items() if k in known})
        except (TypeError, ValueError) as error:
            print("left out:", kind.__name__, error, file=sys.stderr)


async def together():
    provider = Provider()
    info = DeviceInfo(device_id="x1", name="Workshop", manufacturer="Lares", model="M", connections=[("mac", "00:11:22:33:44:55")], origin_name="test", origin_sw="1")
    device = Device(provider, info, entities=list(entities()))
    async with device:
        for entity in device.entities:
            for method, value in (("set_state", "ON"), ("set_target_temperature", 21.5), ("set_mode", "heat"), ("set_current_temperature", 19.5), ("locked", None), ("set_locked", True)):
                try:
                    call = getattr(entity, method, None)
                    if call:
                        await (call(value) if value is not None else call())
                except Exception:
                    pass  # not this entity's kind of value
    return provider.published


class Client(paho.Client):
    """A broker's client that notes what is published and is never connected."""

    def __init__(self):
        super().__init__(paho.CallbackAPIVersion.VERSION2)
        self.published = []

    def publish(self, topic, payload=None, **_):
        self.published.append([topic, payload if isinstance(payload, str) else json.dumps(payload)])
        return SimpleNamespace(rc=0, is_published=lambda: True, wait_for_publish=lambda *_: None)

    def subscribe(self, *_, **__):
        return paho.MQTT_ERR_SUCCESS, 1


def alone():
    client = Client()
    device = OldDevice(name="Cellar", identifiers="cellar-1", manufacturer="Lares")
    extra = {"LightInfo": {"brightness": True, "color_mode": True, "supported_color_modes": ["rgb"], "effect": True, "effect_list": ["rainbow"]}, "SelectInfo": {"options": ["a", "b"]},
             "DeviceTriggerInfo": {"type": "button_press", "subtype": "button_1"}, "SensorInfo": {"unit_of_measurement": "W", "device_class": "power"}}
    for name in ("BinarySensor", "Sensor", "Switch", "Light", "Cover", "Valve", "Button", "DeviceTrigger", "Text", "Number", "Camera", "Image", "Select", "Lock"):
        info = getattr(one_by_one, f"{name}Info")
        kind = getattr(one_by_one, name)
        more = dict(extra.get(info.__name__, {}))
        if "topic" in info.model_fields and info.model_fields["topic"].is_required():
            more["topic"] = f"cellar/{name.lower()}"
        try:
            settings = Settings(mqtt=Settings.MQTT(client=client), entity=info(name=name, unique_id=f"cellar_{name.lower()}", device=device, **more))
            made = kind(settings, lambda *_: None) if issubclass(kind, one_by_one.Subscriber) else kind(settings)
            made.write_config()
            for method in ("on", "update_state", "locked", "open"):
                try:
                    call = getattr(made, method, None)
                    call and (call(5) if method == "update_state" else call())
                except Exception:
                    pass
        except Exception as error:
            print("left out:", name, repr(error)[:200], file=sys.stderr)
    return client.published


made = {name: version(name) for name in ("ha-mqtt-device", "ha-mqtt-discoverable")}
messages = {"together": asyncio.run(together()), "alone": alone()}
pathlib.Path(sys.argv[1]).write_text(json.dumps({"made": made, **messages}, ensure_ascii=False, separators=(",", ":")) + "\n")
print({name: len(said) for name, said in messages.items()})
