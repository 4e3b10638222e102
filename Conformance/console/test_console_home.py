"""Rooms and things in a real browser, with devices that answer over a real broker."""

import time
import types

import pytest
from furnished_home import furnish
from home_devices import Home
from test_console_pages import overflow, serious
from looks import LOOKS

PAGES = {
    "home": "/home",
    "room": "/home/rooms/living_room",
    "things": "/things",
    "thing": "/things/living_room/ceiling_lamp",
    "climate": "/things/living_room/air_conditioner",
    "confirm": "/home/confirm?thing=hall/front_door&property=locked&value=false&back=/home",
}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    with Home(tmp_path_factory.mktemp("home")) as home, home.client("z", home.account("z")) as device:
        furnish(device)
        home.wait(lambda: len(home.things()) == 11 and home.value("kitchen/coffee_machine/power") == 0.4)
        home.device, home.url = device, home.server.url
        yield home


@pytest.fixture
def place(home):
    """`visit` looks at this server."""
    return types.SimpleNamespace(url=home.url)


@pytest.mark.parametrize("language, scheme, width", LOOKS)
@pytest.mark.parametrize("name", PAGES)
def test_is_accessible_and_fits(visit, shots, name, language, scheme, width):
    page = visit(PAGES[name], language, scheme, width)
    assert page.locator("h1").count() == 1
    if name != "confirm":
        page.wait_for_selector("#live:not([hidden])")
    page.screenshot(path=shots / f"{name}-{language}-{width}-{scheme}.png", full_page=True)
    assert overflow(page) <= 0
    assert serious(page) == []


@pytest.mark.parametrize("name", PAGES)
def test_narrow_pages_fit(visit, name):
    assert overflow(visit(PAGES[name], width=320)) <= 0


def switch(page, name):
    return page.get_by_role("switch", name=name, exact=True)


def wait(test, seconds=5):
    end = time.monotonic() + seconds
    while time.monotonic() < end and not test():
        time.sleep(0.01)
    assert test()


def test_a_switch_moves_when_the_thing_says_so(visit, home):
    page = visit(PAGES["room"])
    page.wait_for_selector("#live:not([hidden])")
    before = switch(page, "Ceiling lamp").get_attribute("aria-checked")
    switch(page, "Ceiling lamp").click()
    wait(lambda: switch(page, "Ceiling lamp").get_attribute("aria-checked") != before)
    assert str(home.value("living_room/ceiling_lamp/on")).lower() == switch(page, "Ceiling lamp").get_attribute("aria-checked")
    switch(page, "Ceiling lamp").press("Space")
    wait(lambda: switch(page, "Ceiling lamp").get_attribute("aria-checked") == before)
    assert page.evaluate("document.activeElement.getAttribute('role')") == "switch"


def test_one_that_does_not_answer_stays_and_the_page_says_so(visit):
    page = visit(PAGES["room"])
    page.wait_for_selector("#live:not([hidden])")
    switch(page, "Floor lamp").click()
    page.get_by_text("Asked for: On").wait_for(timeout=2000)
    assert switch(page, "Floor lamp").get_attribute("aria-checked") == "false"
    page.get_by_text("It did not answer.").wait_for(timeout=9000)
    assert switch(page, "Floor lamp").get_attribute("aria-checked") == "false"


def test_what_a_device_reports_is_seen_within_a_tenth_of_a_second(visit, home):
    page = visit(PAGES["room"])
    page.wait_for_selector("#live:not([hidden])")
    page.evaluate("""() => new MutationObserver(() => (window.seen = performance.timeOrigin + performance.now())).observe(document.getElementById('t-living_room--climate_sensor'), {childList: true, subtree: true})""")
    delays = []
    for number in range(9):
        text = f"{22.1 + number / 10:.1f}"
        sent = time.time() * 1000
        home.device.client.publish("z/s1", text, qos=0)
        page.get_by_text(text, exact=False).first.wait_for(timeout=3000)
        delays.append(page.evaluate("window.seen") - sent)
        time.sleep(0.1)
    assert sorted(delays)[4] < 100, delays
    home.device.say("z/s1", "21.4")


def test_sliders_and_steppers(visit, home):
    page = visit(PAGES["room"])
    page.wait_for_selector("#live:not([hidden])")
    page.get_by_label("Blinds, Position: more").click()
    home.wait(lambda: home.value("living_room/blinds/position") == 60)
    page.get_by_role("slider", name="Blinds, Position").fill("30")
    home.wait(lambda: home.value("living_room/blinds/position") == 30)
    page.get_by_label("Air conditioner, Target temperature: more").click()
    home.wait(lambda: home.value("living_room/air_conditioner/target_temperature") == 22)


def test_doors_are_opened_in_two_steps(visit, home):
    page = visit(PAGES["home"])
    page.get_by_role("button", name="Unlock…").click()
    page.wait_for_url("**/home/confirm**")
    assert home.value("hall/front_door/locked") is True
    page.get_by_role("link", name="Keep locked").click()
    page.wait_for_url("**/home")
    page.get_by_role("button", name="Unlock…").click()
    page.get_by_role("button", name="Unlock…").click()
    page.wait_for_url("**/home")
    home.wait(lambda: home.value("hall/front_door/locked") is False)
    page.get_by_role("button", name="Lock", exact=True).click()
    home.wait(lambda: home.value("hall/front_door/locked") is True)


def test_all_of_it_works_without_scripts(visit, home):
    page = visit(PAGES["room"], scripts=False)
    before = home.value("living_room/ceiling_lamp/on")
    switch(page, "Ceiling lamp").click()
    page.wait_for_url("**/home/rooms/living_room")
    assert home.value("living_room/ceiling_lamp/on") is not before
    page.get_by_label("Blinds, Position: less").click()
    page.wait_for_url("**/home/rooms/living_room")
    switch(page, "Floor lamp").click()
    page.get_by_role("alert").wait_for(timeout=9000)
    assert "did not answer" in page.get_by_role("alert").inner_text()


def test_people_name_things_and_rooms(visit, home):
    page = visit("/things/kitchen/coffee_machine")
    page.get_by_label("Name", exact=True).fill("Espresso")
    page.get_by_label("Name in Chinese").fill("咖啡机")
    page.get_by_label("Other names").fill("coffee, the machine")
    page.get_by_label("Room").fill("Pantry")
    page.get_by_role("region", name="In your words").get_by_role("button", name="Save").click()
    page.get_by_role("heading", name="Espresso", level=1).wait_for()
    thing = home.thing("kitchen/coffee_machine")
    assert thing["area"] == "pantry" and thing["names"] == {"zh": "咖啡机"} and thing["aliases"] == ["coffee", "the machine"]
    assert visit("/home/rooms/pantry", "zh").get_by_text("咖啡机").count() == 1


def test_a_page_is_small(visit, home):
    import urllib.request

    with urllib.request.urlopen(home.url + PAGES["home"]) as answer:
        assert len(answer.read()) < 60_000


def test_a_scene_is_kept_and_applied(visit, home):
    before = home.value("living_room/ceiling_lamp/on")
    page = visit("/home/rooms/living_room")
    page.get_by_text("Scenes", exact=True).click()
    page.get_by_label("New scene").fill("As it was")
    page.get_by_role("button", name="Keep").click()
    home.ask("/lares/v1/things/living_room/ceiling_lamp", {"on": not before})
    page.get_by_role("button", name="As it was").click()
    home.wait(lambda: home.value("living_room/ceiling_lamp/on") == before)
    assert home.ask("/lares/v1/scenes")["scenes"][0]["name"] == "As it was"
    page.screenshot(path=".build/shots/scenes.png", full_page=True)
