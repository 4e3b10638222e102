"""Rules in a real browser: made of a blueprint, seen at work, tried over what was, switched off."""

import types

import pytest
from home_devices import Home
from test_console_pages import overflow, serious
from test_home import announce

PAGES = {"rules": "/rules", "rule": "/rules/hall-light", "new": "/new-rule", "blueprint": "/new-rule?blueprint=motion_light", "blank": "/new-rule?blank=1"}
LIGHT = {"id": "hall-light", "name": "Hall light", "when": [{"becomes": "hall/motion/motion", "to": True}, {"time": "sunset"}], "then": [{"set": {"hall/lamp/on": True}}, {"notify": "Light in the hall"}]}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    with Home(tmp_path_factory.mktemp("rules"), "--position", "31.23,121.47", "--zone", "Asia/Shanghai") as home, home.client("z", home.account("z")) as device:
        announce(home, device, "Lamp", "l1", area="Hall")
        device.say("homeassistant/binary_sensor/m/config", {"name": None, "uniq_id": "m", "stat_t": "z/m", "dev_cla": "motion", "dev": {"ids": "m", "name": "Motion", "sa": "Hall"}}, retain=True)
        device.say("z/l1", {"state": "OFF"})
        device.say("z/m", "OFF")
        home.wait(lambda: home.value("hall/motion/motion") is False)
        home.ask("/lares/v1/rules", LIGHT)
        device.say("z/m", "ON")
        home.wait(lambda: home.value("hall/lamp/on") is True)
        home.device = device
        yield home


@pytest.fixture
def place(home):
    return types.SimpleNamespace(url=home.server.url)


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("language, scheme", [("en", "light"), ("zh", "dark")])
@pytest.mark.parametrize("name", PAGES)
def test_is_accessible_and_fits(visit, home, shots, name, language, scheme, width):
    page = visit(PAGES[name], language, scheme, width)
    assert page.locator("h1").count() == 1
    page.screenshot(path=shots / f"rules-{name}-{language}-{width}-{scheme}.png", full_page=True)
    assert overflow(page) <= 0
    assert serious(page) == []


def test_what_it_did_and_why_and_what_it_told(visit, home):
    page = visit("/rules/hall-light")
    page.get_by_text("Acted").first.wait_for()
    assert "hall/motion/motion became true" in page.locator("main").inner_text()
    assert visit("/rules").get_by_text("Light in the hall").count() == 1


def test_a_rule_is_tried_over_last_week(visit, home):
    page = visit("/rules/hall-light")
    page.get_by_role("button", name="Try over last week").click()
    page.get_by_role("heading", name="What it would have done last week").wait_for()
    assert "hall/lamp/on" in page.locator("main").inner_text()


def test_what_is_wrong_is_said_and_what_was_written_stays(visit, home):
    page = visit("/rules/hall-light")
    page.get_by_role("textbox", name="The rule").fill('{"name": "x"')
    page.get_by_role("button", name="Save").click()
    page.get_by_role("alert").wait_for()
    assert page.get_by_role("textbox", name="The rule").input_value().strip() == '{"name": "x"'


def test_a_blueprint_makes_a_rule_that_is_switched_off_and_removed(visit, home):
    page = visit("/new-rule?blueprint=motion_light")
    page.get_by_label("Name", exact=True).fill("By motion")
    page.get_by_label("Motion sensors").fill("hall/motion/motion")
    page.get_by_label("Light, on or off").fill("hall/lamp/on")
    page.get_by_role("button", name="Make the rule").click()
    page.get_by_role("heading", name="By motion", level=1).wait_for()
    page.get_by_role("switch", name="By motion").click()
    page.wait_for_url("**/rules/by_motion")
    assert page.get_by_role("switch", name="By motion").get_attribute("aria-checked") == "false"
    page.get_by_role("button", name="Remove rule").click()
    page.wait_for_url("**/rules")
    assert len(home.ask("/lares/v1/rules")["rules"]) == 1
