"""Health of sensors, codes of alarms and removing things, in a real browser."""

import json
import types

import pytest
from home_devices import Home
from test_console_pages import overflow, serious
from looks import LOOKS


def announce(device, component, key, name, **payload):
    device.say(f"homeassistant/{component}/{key}/config", {"name": None, "uniq_id": key, "stat_t": f"z/{key}", "dev": {"ids": key, "name": name, "sa": "Hall"}} | payload, retain=True)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    with Home(tmp_path_factory.mktemp("health")) as home, home.client("z", home.account("z")) as device:
        announce(device, "sensor", "b1", "Window sensor", dev_cla="battery", unit_of_meas="%", stat_cla="measurement")
        announce(device, "sensor", "t1", "Cellar sensor", dev_cla="temperature", unit_of_meas="°C", stat_cla="measurement")
        announce(device, "alarm_control_panel", "a1", "Alarm", cmd_t="z/a1/set", code="REMOTE_CODE", code_arm_required=True, cmd_tpl='{"do": "{{ action }}", "code": "{{ code }}"}')
        home.wait(lambda: len([thing for thing in home.things().values() if thing["area"] == "hall"]) >= 3)
        device.say("z/b1", "8")
        device.say("z/t1", "500")
        device.say("z/a1", "disarmed")
        home.orders = []
        device.listen("z/a1/set", lambda text: (home.orders.append(json.loads(text)), device.client.publish("z/a1", "armed_away", qos=1)))
        home.wait(lambda: len(home.ask("/lares/v1/faults")["faults"]) == 2, seconds=15)
        home.device = device
        yield home


@pytest.fixture
def place(home):
    return types.SimpleNamespace(url=home.server.url)


@pytest.mark.parametrize("language, scheme, width", LOOKS)
@pytest.mark.parametrize("name, path", [("things", "/things"), ("thing", "/things/hall/window_sensor"), ("alarm", "/things/hall/alarm"), ("remove", "/remove-thing/hall/alarm")])
def test_is_accessible_and_fits(visit, home, shots, name, path, language, scheme, width):
    page = visit(path, language, scheme, width)
    assert page.locator("h1").count() == 1
    page.screenshot(path=shots / f"health-{name}-{language}-{width}-{scheme}.png", full_page=True)
    assert overflow(page) <= 0
    assert serious(page) == []


def test_faults_are_told_in_words(visit, home):
    text = visit("/things").locator("section.faulty").inner_text().replace("\u00a0", " ")
    assert "Its battery is at 8%: change it soon." in text and "It says 500 °C, which isn’t between" in text
    text = visit("/things/hall/window_sensor", "zh").locator("section.faulty").inner_text()
    assert "电池剩余 8%" in text and "500" not in text
    assert visit("/things/hall/alarm").locator("section.faulty").count() == 0


def test_an_alarm_is_armed_with_its_code(visit, home):
    page = visit("/things/hall/alarm")
    row = page.locator("tr", has=page.get_by_text("armed", exact=True))
    row.get_by_label("Code").fill("0815")
    row.get_by_role("combobox").select_option("armed_away")
    row.get_by_role("button", name="Set", exact=True).click()
    home.wait(lambda: home.orders)
    assert home.orders[-1]["code"] == "0815"


def test_a_thing_is_removed_in_two_steps(visit, home):
    page = visit("/things/hall/cellar_sensor")
    page.get_by_role("link", name="Remove thing").click()
    page.get_by_role("link", name="Keep").click()
    page.wait_for_url("**/things/hall/cellar_sensor")
    page.get_by_role("link", name="Remove thing").click()
    page.get_by_role("button", name="Remove").click()
    page.wait_for_url("**/things")
    home.wait(lambda: "hall/cellar_sensor" not in home.things())
