"""Zones that count what cameras see, and how devices behave, in a real browser."""

import json
import types

import pytest
from home_devices import Home
from lares_server import must_run
from looks import LOOKS
from test_console_pages import SHIFTS, overflow, serious, small_targets
from test_home import refusal

SQUARE = {"id": "square", "camera": "north", "area": [[0, 0], [1, 0], [1, 1], [0, 1]], "classes": ["person"], "interval": 60, "least": 2}
GATE = {"id": "gate", "camera": "<b>south</b>", "line": [[0, 0.5], [1, 0.5]], "classes": [], "interval": 900, "least": 5}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    with Home(tmp_path_factory.mktemp("safety")) as home, home.client("z", home.account("z")) as device:
        home.guest = json.loads(must_run(["keys", "add", "guest", "--role", "guest", "--json"], home.folder))["secret"]
        device.say("homeassistant/sensor/m/config", {"name": None, "uniq_id": "m", "stat_t": "z/m", "unit_of_meas": "W", "dev_cla": "power", "dev": {"ids": "m", "name": "Meter <b>1</b>", "sa": "Hall"}}, retain=True)
        home.wait(lambda: any(name.startswith("hall/meter") for name in home.things()))
        for value in range(20):
            device.say("z/m", f"{value}")
        home.ask("/lares/v1/zones", SQUARE)
        home.ask("/lares/v1/zones", GATE)
        home.wait(lambda: "zone_square" in home.things() and home.ask("/lares/v1/devices")["devices"])
        yield home


@pytest.fixture
def place(home):
    return types.SimpleNamespace(url=home.server.url)


@pytest.mark.parametrize("language, scheme, width", LOOKS)
@pytest.mark.parametrize("name", ["zones", "devices"])
def test_is_accessible_and_fits(visit, shots, name, language, scheme, width):
    page = visit("/" + name, language, scheme, width)
    page.evaluate(SHIFTS)
    assert page.locator("h1").count() == 1 and page.evaluate("shifts") == []
    page.screenshot(path=shots / f"{name}-{language}-{width}-{scheme}.png", full_page=True)
    assert overflow(page) <= 0
    assert not serious(page), "\n".join(serious(page))
    assert not small_targets(page), small_targets(page)
    page.set_viewport_size({"width": 320, "height": 844})
    assert overflow(page) <= 0, "at 320 px"


def test_a_zone_is_made_and_removed(visit, home):
    page = visit("/zones")
    assert "<b>south</b>" in page.locator("main").inner_text(), "a camera's name is text"
    page.get_by_label("Name", exact=True).fill("crossing")
    page.get_by_label("Camera").fill("east")
    page.get_by_label("Shape").select_option("line")
    page.get_by_label("Points").fill("0,0.5 1,0.5 1,1")
    page.get_by_role("button", name="Count in a zone").click()
    assert page.get_attribute("#points", "aria-invalid") == "true" and page.input_value("#camera") == "east", "what was written stays"
    page.get_by_label("Points").fill("0,0.25 1,0.5")
    page.get_by_label("Classes").fill("car, bus")
    page.get_by_label("Minutes").fill("5")
    page.get_by_label("Least count").fill("3")
    page.get_by_role("button", name="Count in a zone").click()
    page.locator(".picks").get_by_text("crossing").first.wait_for()
    made = next(zone for zone in home.ask("/lares/v1/zones")["zones"] if zone["id"] == "crossing")
    assert made == {"id": "crossing", "camera": "east", "line": [[0, 0.25], [1, 0.5]], "classes": ["bus", "car"], "interval": 300, "least": 3}
    page.get_by_role("button", name="Remove zone crossing").click()
    page.wait_for_load_state()
    assert [zone["id"] for zone in home.ask("/lares/v1/zones")["zones"]] == ["gate", "square"]


def test_devices_are_listed_with_what_they_do(visit, home):
    page = visit("/devices")
    row = page.locator("tbody tr", has_text="Meter <b>1</b>")
    assert row.count() == 1 and "As usual" in row.inner_text()
    known = {one["thing"]: one for one in home.ask("/lares/v1/devices")["devices"]}
    assert page.locator("tbody tr").count() == len(known)


def test_a_guest_changes_no_zones_and_sees_no_habits(visit, home):
    page = visit("/chat")
    page.context.add_cookies([{"name": "lares_key", "value": home.guest, "url": home.server.url}])
    page.goto(home.server.url + "/zones")
    assert page.get_by_role("button", name="Count in a zone").count() == 0 and page.locator(".picks form").count() == 0
    assert page.locator(".side a[href='/devices']").count() == 0
    assert page.request.get(home.server.url + "/devices", headers={"accept": "text/html"}).status in (403, 404)
    answer = page.request.post(home.server.url + "/zones/remove", form={"zone": "gate"}, headers={"accept": "text/html", "origin": home.server.url})
    assert answer.status in (403, 404) and len(home.ask("/lares/v1/zones")["zones"]) == 2


def test_zones_and_devices_at_the_command_line(home):
    run = home.cli
    run("zones", "set", "bridge", "--camera", "west", "--line", "0,0.5 1,0.5", "--classes", "bicycle", "--interval", "60", "--least", "1")
    zones = {zone["id"]: zone for zone in json.loads(run("zones", "list", "--json"))["zones"]}
    assert zones["bridge"] == {"id": "bridge", "camera": "west", "line": [[0, 0.5], [1, 0.5]], "classes": ["bicycle"], "interval": 60, "least": 1}
    assert "bridge" in run("zones") and "0.0,0.5 1.0,0.5" in run("zones")
    run("zones", "remove", "bridge")
    assert "bridge" not in run("zones")
    assert refusal(home, "/lares/v1/zones/bridge", None, "DELETE")[0] == 404
    assert any("meter" in line and "as usual" in line for line in run("devices").splitlines())
    assert json.loads(run("devices", "--odd", "--json"))["devices"] == []
