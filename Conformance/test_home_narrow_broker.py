"""A broker that Lares doesn't run and that lets nobody subscribe to everything: it is asked for what is needed, and told of as such."""

import base64
import hashlib
import json
import pathlib
import socket
import subprocess
import time

import pytest

from home_devices import Client, Home, light
from lares_server import free_port, run

PLUGIN = pathlib.Path("/usr/lib/x86_64-linux-gnu/mosquitto_dynamic_security.so")
STARTS = ["homeassistant/#", "tasmota/#", "zigbee2mqtt/#", "z/#"]


def account(name, *roles):
    salt = b"twelve bytes"
    digest = hashlib.pbkdf2_hmac("sha512", name.encode(), salt, 101)
    return {"username": name, "password": base64.b64encode(digest).decode(), "salt": base64.b64encode(salt).decode(), "iterations": 101, "roles": [{"rolename": role} for role in roles]}


@pytest.fixture
def broker(tmp_path):
    """Its port. The hub may subscribe below four beginnings, a device to anything."""
    if not PLUGIN.exists():
        pytest.skip("mosquitto's plugin for dynamic security isn't here")
    port = free_port()
    allow = lambda topic: {"acltype": "subscribePattern", "topic": topic, "priority": 0, "allow": True}
    rules = {
        "defaultACLAccess": {"publishClientSend": True, "publishClientReceive": True, "subscribe": False, "unsubscribe": True},
        "clients": [account("hub", "narrow"), account("device", "wide")],
        "roles": [{"rolename": "narrow", "acls": [allow(start) for start in STARTS]}, {"rolename": "wide", "acls": [allow("#")]}],
    }
    (tmp_path / "rules.json").write_text(json.dumps(rules))
    (tmp_path / "mosquitto.conf").write_text(f"listener {port} 127.0.0.1\nallow_anonymous false\nplugin {PLUGIN}\nplugin_opt_config_file {tmp_path}/rules.json\nuser root\n")
    process = subprocess.Popen(["/usr/sbin/mosquitto", "-c", str(tmp_path / "mosquitto.conf")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until_it_listens(process, port)
        yield port
    finally:
        process.kill()
        process.wait()


def until_it_listens(process, port, seconds=10):
    """A broker needs a moment, and longer on a busy machine, before it takes connections."""
    end = time.monotonic() + seconds
    while True:
        assert process.poll() is None, f"mosquitto ended with {process.returncode}"
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert time.monotonic() < end, "mosquitto doesn't listen"
            time.sleep(0.02)


def test_a_broker_that_forbids_everything_is_asked_for_what_is_needed(broker, tmp_path):
    home = Home.__new__(Home)
    home.certificate, home.folder, home.broker_port = None, tmp_path / "home", broker
    home.flags = ("--mqtt-url", f"mqtt://hub:hub@127.0.0.1:{broker}")
    with Client(broker, "device", "device") as device:
        device.say("homeassistant/light/l1/config", light("Early lamp", "l1"), retain=True)
        device.say("z/l1", '{"state":"OFF"}', retain=True)
        device.listen("z/l1/set", lambda text: device.client.publish("z/l1", text, qos=1, retain=True))
        device.say("zigbee2mqtt/bridge/info", {"version": "2.1.0", "coordinator": {"ieee_address": "0x9"}, "permit_join": False}, retain=True)
        home.start()
        try:
            # What was there before.
            home.wait(lambda: home.value("early_lamp/on") is False)
            assert "#" in home.ask("/lares/v1/broker")["connection"]["refused"]
            assert home.ask("/lares/v1/things/early_lamp", {"on": True})["outcome"] == "confirmed"
            # What comes later.
            device.say("homeassistant/sensor/s1/config", {"name": "Temperature", "uniq_id": "s1", "stat_t": "z/s1", "unit_of_meas": "°C", "dev": {"ids": ["s1"], "name": "Late sensor"}}, retain=True)
            home.wait(lambda: "late_sensor" in home.things())
            home.wait(lambda: device.say("z/s1", "21.5") and home.value("late_sensor/temperature") == 21.5)
            home.wait(lambda: [bridge["bridge"] for bridge in home.ask("/lares/v1/zigbee")["bridges"]] == ["zigbee2mqtt"])
            # And after a restart, at once.
            assert home.stop() == 0
            device.say("z/s1", "22.5", retain=True)
            home.start()
            home.wait(lambda: home.value("late_sensor/temperature") == 22.5)
            device.say("z/s1", "23.5")
            home.wait(lambda: home.value("late_sensor/temperature") == 23.5)
        finally:
            assert home.stop() == 0, home.server.said()


def test_a_broker_with_a_certificate_of_its_own_authority(tmp_path):
    """By TLS, trusted by the file that is named, and by nothing else."""
    key, certificate, port = tmp_path / "key.pem", tmp_path / "certificate.pem", free_port()
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                    "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate], check=True, capture_output=True)
    (tmp_path / "mosquitto.conf").write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\ncertfile {certificate}\nkeyfile {key}\nuser root\n")
    process = subprocess.Popen(["/usr/sbin/mosquitto", "-c", str(tmp_path / "mosquitto.conf")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    home = Home.__new__(Home)
    home.certificate, home.folder, home.broker_port = None, tmp_path / "home", port
    try:
        home.flags = ("--mqtt-url", f"mqtts://localhost:{port}", "--mqtt-ca", str(certificate))
        home.start()
        assert home.stop() == 0
        home.flags = ("--mqtt-url", f"mqtts://localhost:{port}")
        home.server = home.launch()
        home.wait(lambda: home.ask("/lares/v1/broker")["connection"]["reason"])
        assert home.ask("/lares/v1/broker")["connection"]["state"] != "connected"
        assert home.stop() == 0
    finally:
        process.kill()
        process.wait()
    result = run(["serve", "--mqtt-url", f"mqtts://localhost:{port}", "--mqtt-ca", str(tmp_path / "none"), "--port", "0"], tmp_path / "home", timeout=20)
    assert result.returncode != 0 and "can't be read" in result.stderr
