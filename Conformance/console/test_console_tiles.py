"""What tiles say and do for things of every kind, in a real browser."""

import json
import types

import pytest
from home_devices import Home
from test_console_pages import overflow, serious
from looks import LOOKS


def furnish(device):
    def add(component, key, title, area, part=None, **payload):
        about = {"ids": [key.split("-")[0]], "name": title} | ({"sa": area} if area else {})
        device.say(f"homeassistant/{component}/{key}/config", {"name": part, "uniq_id": key, "dev": about} | payload, retain=True)

    add("vacuum", "v1", "Robot vacuum", "Living room", stat_t="z/v1", cmd_t="z/v1/set", sup_feat=["start", "stop", "pause", "return_home", "status"])
    add("alarm_control_panel", "a1", "Alarm", "Hall", stat_t="z/a1", cmd_t="z/a1/set", sup_feat=["arm_home", "arm_away"], code_arm_required=False, code_disarm_required=False)
    add("cover", "c1", "Awning", "Garden", cmd_t="z/c1/set", stat_t="z/c1", dev_cla="awning")
    add("cover", "c2", "Rolltor", "Garden", cmd_t="z/c2/set", stat_t="z/c2")
    add("scene", "k1-film", "Scenes", "Living room", "Film", cmd_t="z/k1/film")
    add("scene", "k1-night", "Scenes", "Living room", "Good night", cmd_t="z/k1/night")
    add("button", "b1", "Gong", "Hall", cmd_t="z/b1/set")
    add("select", "d1-page", "Desk display", "Study", "Page", stat_t="z/d1", val_tpl="{{ value_json.page }}", cmd_t="z/d1/page", ops=["clock", "top_news"])
    add("text", "d1-message", "Desk display", "Study", "Message", stat_t="z/d1", val_tpl="{{ value_json.message }}", cmd_t="z/d1/message")
    add("device_tracker", "p1", "Anna", None, stat_t="z/p1", json_attr_t="z/p1/a")
    add("light", "l1", "Quiet lamp", "Hall", stat_t="z/l1", cmd_t="z/l1/set")
    for key, title, area, value in (("t1", "Thermometer", "Living room", "20.5"), ("t2", "Fridge", "Living room", "4"), ("t3", "Air sensor", "Garden", "3.5")):
        add("sensor", key, title, area, stat_t=f"z/{key}", dev_cla="temperature", unit_of_meas="°C")
        device.say(f"z/{key}", value)
    add("sensor", "h1-h", "Hygrometer", "Living room", "Humidity", stat_t="z/h1", dev_cla="humidity", unit_of_meas="%")
    for topic, text in (("v1", '{"state": "docked"}'), ("a1", "disarmed"), ("c1", "closed"), ("c2", "closed"), ("d1", '{"page": "clock", "message": "Hello"}'), ("p1", "not_home"), ("h1", "45")):
        device.say(f"z/{topic}", text)
    device.say("z/p1/a", '{"latitude": 52.540000000000006, "longitude": 13.425}')


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    with Home(tmp_path_factory.mktemp("tiles")) as home, home.client("z", home.account("z")) as device:
        furnish(device)
        home.wait(lambda: home.value("living_room/hygrometer/humidity") == 45 and home.value("anna/location") == "not_home")
        home.wait(lambda: home.value("living_room/senses/comfort") == "comfortable", 30)
        home.device = device
        for topic in ("v1/set", "c1/set", "c2/set", "k1/night", "b1/set"):
            device.listen(f"z/{topic}")
        device.listen("z/a1/set", lambda text: device.client.publish("z/a1", {"DISARM": "disarmed", "ARM_HOME": "armed_home"}[text], qos=1))
        device.listen("z/d1/page", lambda text: device.client.publish("z/d1", json.dumps({"page": text, "message": "Hello"}), qos=1))
        yield home


@pytest.fixture
def place(home):
    return types.SimpleNamespace(url=home.server.url)


def tile(page, name):
    return page.locator(".tiles>li", has=page.get_by_role("link", name=name, exact=True))


def text(locator):
    return locator.inner_text().replace("\u00a0", " ")


@pytest.mark.parametrize("language, scheme, width", LOOKS)
def test_is_accessible_and_fits(visit, home, shots, language, scheme, width):
    page = visit("/home", language, scheme, width)
    page.screenshot(path=shots / f"tiles-{language}-{width}-{scheme}.png", full_page=True)
    assert overflow(page) <= 0
    assert serious(page) == []
    assert overflow(visit("/home", language, scheme, 320)) <= 0


def test_rooms_are_as_warm_as_their_air(visit, home):
    assert text(visit("/home").locator("#sentence")).startswith("20.5 °C. Outside 3.5 °C.")
    assert text(visit("/home/rooms/living_room").locator("#sentence")).startswith("20.5 °C.")
    assert "Outside" not in text(visit("/home/rooms/living_room").locator("#sentence"))


def test_no_light_is_on_only_where_one_said_so(visit, home):
    assert "No light on" not in text(visit("/home/rooms/hall").locator("#sentence"))
    home.device.say("z/l1", "OFF")
    home.wait(lambda: home.value("hall/quiet_lamp/on") is False)
    assert "No light on" in text(visit("/home/rooms/hall").locator("#sentence"))


def test_tiles_say_how_things_are_in_words(visit, home):
    page = visit("/home")
    assert "Message Hello" in text(tile(page, "Desk display")) and "Page " in text(tile(page, "Desk display"))
    assert "Away" in text(tile(page, "Anna")) and "not_home" not in text(page.locator("#main"))
    assert "Latitude" not in text(tile(page, "Anna")), "where she is to the metre stands on her own page"
    assert "52.5400 °" in text(visit("/things/anna").locator("main"))
    assert "Docked" in text(tile(page, "Robot vacuum"))
    assert "Nothing reported yet" not in text(tile(page, "Scenes"))
    assert text(tile(page, "Senses").locator(".big")).strip() == "Comfortable"
    chinese = visit("/home", "zh")
    assert "舒适" in text(tile(chinese, "感知").locator(".big"))
    assert "体感" in text(tile(chinese, "感知")) and "Feels like" not in text(chinese.locator("#main"))


@pytest.mark.parametrize("scripts", [True, False])
def test_tiles_do_what_things_can(visit, home, scripts):
    page = visit("/home", scripts=scripts)
    for name, act, message in (
        ("Robot vacuum", "Start", ("z/v1/set", "start")), ("Awning", "Open", ("z/c1/set", "OPEN")), ("Scenes", "Good night", ("z/k1/night", "ON")),
        ("Gong", "Press", ("z/b1/set", "PRESS")),
    ):
        count = home.device.messages.count(message)
        tile(page, name).get_by_role("button", name=f"{name}: {act}", exact=True).click()
        home.wait(lambda: home.device.messages.count(message) == count + 1)
        page = visit("/home", scripts=scripts)
    for name, choice, message in (("Desk display", "top_news", ("z/d1/page", "top_news")), ("Alarm", "armed_home", ("z/a1/set", "ARM_HOME"))):
        tile(page, name).get_by_role("combobox").select_option(choice)
        tile(page, name).get_by_role("button", name="Set", exact=True).click()
        home.wait(lambda: message in home.device.messages)
        page = visit("/home", scripts=scripts)


def test_gates_and_guards_ask_first(visit, home):
    page = visit("/home")
    tile(page, "Rolltor").get_by_role("button", name="Rolltor: Open…", exact=True).click()
    page.wait_for_url("**/home/confirm**")
    assert "Rolltor: Open?" in text(page.locator("#main"))
    assert ("z/c2/set", "OPEN") not in home.device.messages
    page.get_by_role("button", name="Open", exact=True).click()
    home.wait(lambda: ("z/c2/set", "OPEN") in home.device.messages)
    page = visit("/home")
    tile(page, "Alarm").get_by_role("combobox").select_option("disarmed")
    tile(page, "Alarm").get_by_role("button", name="Set", exact=True).click()
    page.wait_for_url("**/home/confirm**")
    assert ("z/a1/set", "DISARM") not in home.device.messages
