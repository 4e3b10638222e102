"""Zigbee networks in a real browser, with a bridge that answers as Zigbee2MQTT does."""

import json
import time
import types

import pytest
from home_devices import Home
from lares_server import run
from test_console_pages import overflow, serious
from looks import LOOKS


class Bridge:
    """Zigbee2MQTT's side of the topics below `zigbee2mqtt/bridge`."""

    def __init__(self, client):
        self.client, self.name, self.asked, self.groups = client, "lamp", [], {}
        for request in ("permit_join", "device/rename", "device/remove", "group/add", "group/rename", "group/remove", "group/members/add", "group/members/remove"):
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

    def tell_groups(self):
        groups = [{"id": number, "friendly_name": name, "members": [{"ieee_address": device, "endpoint": 1} for device in members]} for number, (name, members) in self.groups.items()]
        self.client.client.publish("zigbee2mqtt/bridge/groups", json.dumps(groups), qos=1, retain=True)

    def group(self, name):
        return next(number for number, (known, _) in self.groups.items() if name in (known, str(number)))

    def change_groups(self, request, payload):
        if request == "group/add":
            self.groups[max(self.groups, default=0) + 1] = (payload["friendly_name"], [])
        elif request == "group/rename":
            number = self.group(payload["from"])
            self.groups[number] = (payload["to"], self.groups[number][1])
        elif request == "group/remove":
            del self.groups[self.group(payload["id"])]
        else:
            members = self.groups[self.group(payload["group"])][1]
            members.append(payload["device"]) if request.endswith("add") else members.remove(payload["device"])
        self.tell_groups()

    def answer(self, request, payload):
        self.asked.append((request, payload))
        wrong = "taken" in (payload.get("to"), payload.get("friendly_name"))
        if request.startswith("group/") and not wrong:
            self.change_groups(request, payload)
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
        home.bridge.home = home
        home.wait(lambda: home.ask("/lares/v1/zigbee")["bridges"] and home.ask("/lares/v1/zigbee")["bridges"][0]["devices"])
    return home.bridge


def test_the_empty_page_says_what_is_needed(visit, home, shots):
    for language in ("en", "zh"):
        page = visit("/zigbee", language, width=390)
        page.screenshot(path=shots / f"zigbee-empty-{language}.png", full_page=True)
        assert page.locator(".empty h2").count() == 1 and serious(page) == [] and overflow(page) <= 0


def known(bridge, name):
    """The devices of a group that Lares knows of; none: there is no such group."""
    return next((group["members"] for group in bridge.home.ask("/lares/v1/zigbee")["bridges"][0]["groups"] if group["name"] == name), None)


@pytest.mark.parametrize("language, scheme, width", LOOKS)
@pytest.mark.parametrize("name, path", [("zigbee", "/zigbee"), ("device", "/zigbee/device?bridge=zigbee2mqtt&device=0x2"), ("remove", "/zigbee/remove?bridge=zigbee2mqtt&device=0x2"), ("new-group", "/zigbee/group?bridge=zigbee2mqtt"), ("group", "/zigbee/group?bridge=zigbee2mqtt&group=9"), ("remove-group", "/zigbee/remove?bridge=zigbee2mqtt&group=9")])
def test_is_accessible_and_fits(visit, bridge, shots, name, path, language, scheme, width):
    if bridge.groups.setdefault(9, ("attic", ["0x2"])) and not known(bridge, "attic"):
        bridge.tell_groups()
        bridge.home.wait(lambda: known(bridge, "attic"))
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


def test_groups_are_made_filled_renamed_and_removed(visit, bridge):
    page = visit("/zigbee", scripts=False)
    page.get_by_role("link", name="New group").click()
    page.get_by_label("Name", exact=True).fill("taken")
    page.get_by_role("button", name="Make the group").click()
    page.get_by_role("alert").wait_for()
    assert page.get_attribute("#name", "aria-invalid") == "true" and page.input_value("#name") == "taken"
    page.get_by_label("Name", exact=True).fill("downstairs")
    page.get_by_role("button", name="Make the group").click()
    page.wait_for_url("**/zigbee")
    assert bridge.asked[-1][0] == "group/add" and bridge.asked[-1][1]["friendly_name"] == "downstairs"
    bridge.home.wait(lambda: known(bridge, "downstairs") == [])
    page.reload()
    page.get_by_role("link", name="downstairs").click()
    page.get_by_label("Device", exact=True).select_option("0x2")
    page.get_by_role("button", name="Add to the group").click()
    page.wait_for_url("**/zigbee/group?*")
    assert bridge.asked[-1] == ("group/members/add", {"group": "downstairs", "device": "0x2", "transaction": bridge.asked[-1][1]["transaction"]})
    bridge.home.wait(lambda: known(bridge, "downstairs") == ["0x2"])
    page.reload()
    assert page.get_by_label("Device", exact=True).count() == 0, "there is nobody else"
    page.get_by_role("button", name=f"Take {bridge.name} out").click()
    bridge.home.wait(lambda: known(bridge, "downstairs") == [])
    assert bridge.asked[-1][0] == "group/members/remove" and bridge.asked[-1][1]["device"] == "0x2"
    page.reload()
    page.get_by_label("Name", exact=True).fill("ground floor")
    page.get_by_role("button", name="Rename").click()
    page.wait_for_url("**/zigbee")
    bridge.home.wait(lambda: known(bridge, "ground floor") == [])
    page.reload()
    page.get_by_role("link", name="ground floor").click()
    page.get_by_role("link", name="Remove group").click()
    page.get_by_role("button", name="Remove").click()
    page.wait_for_url("**/zigbee")
    assert bridge.asked[-1][0] == "group/remove" and bridge.asked[-1][1]["id"] == "ground floor"
    bridge.home.wait(lambda: known(bridge, "ground floor") is None)


def test_at_the_command_line(home, bridge):
    assert "0x2" in home.cli("zigbee") and "nobody may join" in home.cli("zigbee", "list")
    home.cli("zigbee", "permit-join", "--seconds", "30")
    assert bridge.asked[-1][0] == "permit_join" and bridge.asked[-1][1]["time"] == 30
    home.wait(lambda: "devices may join" in home.cli("zigbee"))
    home.cli("zigbee", "permit-join", "--seconds", "0", "--bridge", "zigbee2mqtt")
    home.cli("zigbee", "rename", "0x2", "shelf")
    assert bridge.asked[-1][0] == "device/rename" and bridge.asked[-1][1]["to"] == "shelf"
    home.cli("zigbee", "groups", "add", "evening")
    home.wait(lambda: known(bridge, "evening") == [])
    home.cli("zigbee", "groups", "include", "evening", "0x2")
    home.wait(lambda: known(bridge, "evening") == ["0x2"])
    line = next(line for line in home.cli("zigbee", "groups").splitlines() if line.startswith("evening"))
    assert "shelf" in line
    home.cli("zigbee", "groups", "exclude", "evening", "0x2")
    home.cli("zigbee", "groups", "rename", "evening", "night")
    home.wait(lambda: known(bridge, "night") == [])
    home.cli("zigbee", "groups", "remove", "night")
    home.wait(lambda: known(bridge, "night") is None)
    assert [request for request, _ in bridge.asked[-5:]] == ["group/add", "group/members/add", "group/members/remove", "group/rename", "group/remove"]
    refused = run(["zigbee", "groups", "add", "taken", "--server", home.server.url], home.folder)
    assert refused.returncode == 1 and "already in use" in refused.stderr
    unknown = run(["zigbee", "permit-join", "--bridge", "attic", "--server", home.server.url], home.folder)
    assert unknown.returncode == 1 and "No Zigbee network" in unknown.stderr
