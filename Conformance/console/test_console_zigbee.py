"""Zigbee networks in a real browser, with a bridge that answers as Zigbee2MQTT does."""

import json
import time
import types

import pytest
from home_devices import Home
from test_console_pages import overflow, serious
from looks import LOOKS


class Bridge:
    """Zigbee2MQTT's side of the topics below `zigbee2mqtt/bridge`."""

    def __init__(self, client):
        self.client, self.name, self.asked = client, "lamp", []
        for request in ("permit_join", "device/rename", "device/remove"):
            client.listen(f"zigbee2mqtt/bridge/request/{request}", lambda text, request=request: self.answer(request, json.loads(text)))
        client.say("zigbee2mqtt/bridge/state", {"state": "online"}, retain=True)
        self.tell(False)
        self.devices()

    def tell(self, joins):
        info = {"version": "2.1.0", "coordinator": {"ieee_address": "0x1", "type": "zStack"}, "network": {"channel": 11}, "permit_join": joins}
        self.client.client.publish("zigbee2mqtt/bridge/info", json.dumps(info | ({"permit_join_end": (time.time() + 254) * 1000} if joins else {})), qos=1, retain=True)

    def devices(self):
        lamp = {"ieee_address": "0x2", "friendly_name": self.name, "type": "Router", "supported": True, "interview_completed": True, "definition": {"vendor": "IKEA", "model": "LED1545G12"}}
        radio = {"ieee_address": "0x1", "friendly_name": "Coordinator", "type": "Coordinator"}
        self.client.client.publish("zigbee2mqtt/bridge/devices", json.dumps([radio, lamp]), qos=1, retain=True)

    def answer(self, request, payload):
        self.asked.append((request, payload))
        wrong = request == "device/rename" and payload["to"] == "taken"
        if request == "permit_join":
            self.tell(payload["time"] > 0)
        elif request == "device/rename" and not wrong:
            self.name = payload["to"]
            self.devices()
        reply = {"data": payload, "status": "error" if wrong else "ok", "transaction": payload["transaction"]} | ({"error": "friendly_name 'taken' is already in use"} if wrong else {})
        self.client.client.publish(f"zigbee2mqtt/bridge/response/{request}", json.dumps(reply), qos=1)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    with Home(tmp_path_factory.mktemp("zigbee")) as home, home.client("zigbee2mqtt", home.account("zigbee2mqtt")) as client:
        home.client_of_bridge = client
        home.bridge = None
        yield home


@pytest.fixture
def place(home):
    return types.SimpleNamespace(url=home.server.url)


@pytest.fixture
def bridge(home):
    if not home.bridge:
        home.bridge = Bridge(home.client_of_bridge)
        home.wait(lambda: home.ask("/lares/v1/zigbee")["bridges"] and home.ask("/lares/v1/zigbee")["bridges"][0]["devices"])
    return home.bridge


def test_the_empty_page_says_what_is_needed(visit, home, shots):
    for language in ("en", "zh"):
        page = visit("/zigbee", language, width=390)
        page.screenshot(path=shots / f"zigbee-empty-{language}.png", full_page=True)
        assert page.locator(".empty h2").count() == 1 and serious(page) == [] and overflow(page) <= 0


@pytest.mark.parametrize("language, scheme, width", LOOKS)
@pytest.mark.parametrize("name, path", [("zigbee", "/zigbee"), ("device", "/zigbee/device?bridge=zigbee2mqtt&device=0x2"), ("remove", "/zigbee/remove?bridge=zigbee2mqtt&device=0x2")])
def test_is_accessible_and_fits(visit, bridge, shots, name, path, language, scheme, width):
    page = visit(path, language, scheme, width)
    assert page.locator("h1").count() == 1
    page.screenshot(path=shots / f"zigbee-{name}-{language}-{width}-{scheme}.png", full_page=True)
    assert overflow(page) <= 0
    assert serious(page) == []


def test_devices_may_join_and_the_time_left_is_told(visit, bridge, shots):
    page = visit("/zigbee")
    page.wait_for_selector("#live:not([hidden])")
    page.get_by_role("button", name="Let devices join").click()
    page.get_by_text("New devices may join:").wait_for()
    assert bridge.asked[-1][0] == "permit_join" and bridge.asked[-1][1]["time"] == 254
    page.screenshot(path=shots / "zigbee-open.png", full_page=True)
    before = page.locator("#sentence").inner_text()
    page.wait_for_timeout(2500)
    assert page.locator("#sentence").inner_text() != before, "it counts down"
    page.get_by_role("button", name="Stop joining").click()
    page.get_by_text("Nobody may join now.").wait_for()


def test_a_device_is_renamed_and_a_name_that_is_taken_is_refused_at_its_field(visit, bridge):
    page = visit("/zigbee", scripts=False)
    page.get_by_role("link", name="lamp").click()
    page.get_by_label("Name", exact=True).fill("taken")
    page.get_by_role("button", name="Rename").click()
    page.get_by_role("alert").wait_for()
    assert page.get_attribute("#name", "aria-invalid") == "true" and page.input_value("#name") == "taken"
    assert "already in use" in page.locator("#problem .detail").inner_text()
    page.get_by_label("Name", exact=True).fill("hall lamp")
    page.get_by_role("button", name="Rename").click()
    page.wait_for_url("**/zigbee")
    page.get_by_role("link", name="hall lamp").wait_for()


def test_a_device_is_removed_in_two_steps(visit, bridge):
    page = visit("/zigbee/device?bridge=zigbee2mqtt&device=0x2")
    page.get_by_role("link", name="Remove device").click()
    page.get_by_role("button", name="Remove").click()
    page.wait_for_url("**/zigbee")
    assert bridge.asked[-1][0] == "device/remove" and bridge.asked[-1][1]["id"] == "0x2"
