"""A home of many things: its pages stay light, and what is looked for is found."""

import types
import urllib.request

import pytest
from home_devices import Home
from test_console_pages import overflow, serious

ROOMS, LAMPS = 8, 20


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    with Home(tmp_path_factory.mktemp("many")) as home, home.client("z", home.account("z")) as device:
        for place in range(ROOMS * LAMPS):
            config = {"name": None, "uniq_id": f"l{place}", "schema": "json", "brightness": True, "stat_t": f"z/l{place}", "cmd_t": f"z/l{place}/set",
                      "dev": {"ids": f"l{place}", "name": f"Lamp {place}", "sa": f"Room {place % ROOMS}", "mf": "Lares", "mdl": "L1"}}
            device.say(f"homeassistant/light/l{place}/config", config, retain=True)
            device.say(f"z/l{place}", {"state": "OFF", "brightness": 100})
        home.wait(lambda: len(home.things()) == ROOMS * LAMPS and home.value(f"room_{(ROOMS * LAMPS - 1) % ROOMS}/lamp_{ROOMS * LAMPS - 1}/on") is False, 30)
        yield home


@pytest.fixture
def place(home):
    return types.SimpleNamespace(url=home.server.url)


def test_the_home_shows_some_of_each_room_and_where_the_others_are(visit, home):
    page = visit("/home")
    page.wait_for_selector("#live:not([hidden])")
    assert 0 < page.locator(".tiles > li").count() <= 80 and page.locator(".group").count() == ROOMS
    more = page.get_by_role("link", name="10 more in Room 3")
    assert serious(page) == []
    more.click()
    page.wait_for_url("**/home/rooms/room_3")
    assert page.locator(".tiles > li").count() == LAMPS
    with urllib.request.urlopen(home.server.url + "/home") as answer:
        assert len(answer.read()) < 140_000  # 465,000 with all of them


@pytest.mark.parametrize("width", [1280, 390])
def test_things_are_found_page_by_page_or_by_name(visit, home, width):
    page = visit("/things", width=width)
    assert page.locator("#rows tr").count() == 100 and "Page 1 of 2" in page.locator("main").inner_text()
    assert overflow(page) <= 0 and serious(page) == []
    page.get_by_role("link", name="Next", exact=True).click()
    page.wait_for_url("**page=2")
    assert page.locator("#rows tr").count() == 60
    page.get_by_role("searchbox").fill("lamp 77")
    page.get_by_role("button", name="Find").click()
    page.wait_for_url("**q=lamp*")
    assert page.locator("#rows tr").count() == 1 and "Lamp 77" in page.locator("#rows").inner_text()
    if width == 390:
        assert "Room 5" in page.locator("#rows").inner_text(), "on a phone the room stands below the name"
    page.wait_for_selector("#live:not([hidden])")
    page.wait_for_timeout(500)
    assert page.locator("#rows tr").count() == 1, "what changes keeps to what was looked for"
    page.goto(home.server.url + "/things?q=%3Cb%3Enowhere&page=7")
    assert "No thing is called so." in page.locator("main").inner_text()
    page.goto(home.server.url + "/things?room=room_2")
    assert page.locator("#rows tr").count() == LAMPS
