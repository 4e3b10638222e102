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
    "rooms": "/rooms",
    "year": "/things/living_room/air_conditioner?span=year",
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
    if name not in ("confirm", "rooms"):
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


def test_a_scene_that_opens_the_door_asks_first(visit, home):
    home.ask("/lares/v1/scenes", {"name": "Come in", "states": {"hall/front_door": {"locked": False}}})
    page = visit("/home/rooms/hall", scripts=False)
    page.get_by_role("button", name="Come in").click()
    page.wait_for_url("**/home/scene?**")
    assert "Come in" in page.inner_text("h1") and "Front door" in page.inner_text(".head p")
    page.get_by_role("link", name="Leave it").click()
    page.wait_for_url("**/home/rooms/hall")
    assert home.value("hall/front_door/locked") is True
    page.get_by_role("button", name="Come in").click()
    page.get_by_role("button", name="Set", exact=True).click()
    page.wait_for_url("**/home/rooms/hall")
    home.wait(lambda: home.value("hall/front_door/locked") is False)
    home.ask("/lares/v1/things/hall/front_door", {"locked": True})
    home.ask("/lares/v1/scenes/come_in", method="DELETE")


def test_histories_of_states_and_of_any_span(visit, home):
    """Without scripts: the span is in the address, a state has a lane, and the table says how long it was so."""
    home.ask("/lares/v1/things/kitchen/kitchen_light", {"on": False})
    home.ask("/lares/v1/things/kitchen/kitchen_light", {"on": True})
    page = visit("/things/kitchen/kitchen_light", scripts=False)
    spans = page.get_by_role("navigation", name="How long")
    assert spans.locator("[aria-current=page]").inner_text() == "Day"
    assert {"On", "Off"} <= set(page.locator(".lanes > span").all_inner_texts())
    assert all(path.get_attribute("d").startswith("M") for path in page.locator(".lanes .held").all())
    assert "Now On; in the last 24 hours mostly" in page.locator("main").inner_text()
    page.get_by_text("Show as table").first.click()
    assert page.get_by_role("columnheader", name="How long").count() >= 1
    for word, span in (("Hour", "hour"), ("7 days", "week"), ("30 days", "month"), ("Year", "year")):
        page.get_by_role("navigation", name="How long").get_by_role("link", name=word, exact=True).click()
        page.wait_for_url(f"**span={span}*")
        assert page.locator(".lanes .held").count() >= 1 and overflow(page) <= 0
    page.get_by_role("link", name="Earlier").click()
    page.wait_for_url("**to=*")
    assert page.get_by_text("Nothing was reported then.").count() == 1
    page.get_by_role("link", name="Later").click()
    page.get_by_role("navigation", name="How long").get_by_role("link", name="Day", exact=True).click()
    page.wait_for_url("**span=day*")
    page.locator(".lanes").first.wait_for(state="attached")
    home.ask("/lares/v1/things/kitchen/kitchen_light", {"on": True, "brightness": 100})


def test_a_lock_and_a_climate_have_lanes(visit, home):
    page = visit("/things/hall/front_door", "zh")
    assert page.locator(".lanes").count() >= 1 and serious(page) == []
    words = visit("/things/living_room/air_conditioner").locator(".lanes > span").all_inner_texts()
    assert any(word in words for word in ("Heat", "Cool", "Heating", "Off")), words


def test_rooms_floors_and_groups_are_made_by_hand(visit, home):
    page = visit("/rooms", scripts=False)
    floor = page.get_by_role("region", name="Name a floor")
    floor.get_by_label("Number").fill("1")
    floor.get_by_label("Name", exact=True).fill("Upstairs")
    floor.get_by_label("Name in Chinese").fill("二楼")
    floor.get_by_role("button", name="Save").click()
    assert home.ask("/lares/v1/floors")["floors"] == [{"level": 1, "name": "Upstairs", "names": {"zh": "二楼"}}]
    page.get_by_role("link", name="Change Hall", exact=True).click()
    room = page.get_by_role("region", name="Change the room")
    assert room.get_by_label("Name", exact=True).input_value() == "Hall"
    room.get_by_label("Floor").select_option("1")
    room.get_by_label("Name in Chinese").fill("走廊")
    room.get_by_role("button", name="Save").click()
    hall = next(area for area in home.ask("/lares/v1/areas")["areas"] if area["id"] == "hall")
    assert hall["level"] == 1 and hall["names"] == {"zh": "走廊"}
    assert visit("/rooms", "zh").get_by_role("row", name="走廊 二楼").count() == 1
    group = page.get_by_role("region", name="Make a group")
    group.get_by_label("Name", exact=True).fill("Two lamps")
    group.get_by_label("Ceiling lamp").check()
    group.get_by_label("Hall light").check()
    group.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Change Two lamps").click()
    change = page.get_by_role("region", name="Change the group")
    assert change.get_by_label("Hall light").is_checked()
    change.get_by_label("Hall light").uncheck()
    change.get_by_label("Name", exact=True).fill("One lamp")
    change.get_by_role("button", name="Save").click()
    assert home.ask("/lares/v1/groups")["groups"] == [{"id": "groups/two_lamps", "name": "One lamp", "members": ["living_room/ceiling_lamp"]}]
    page.get_by_role("link", name="One lamp", exact=True).click()
    page.get_by_role("heading", name="One lamp", level=1).wait_for()
    page = visit("/rooms?group=groups/two_lamps", scripts=False)
    page.get_by_role("button", name="Remove the group").click()
    page.get_by_role("button", name="Remove Upstairs").click()
    assert home.ask("/lares/v1/groups")["groups"] == [] and home.ask("/lares/v1/floors")["floors"] == []


def test_a_group_of_nothing_is_refused(visit, home):
    page = visit("/rooms", scripts=False)
    group = page.get_by_role("region", name="Make a group")
    group.get_by_label("Name", exact=True).fill("Nothing")
    group.get_by_role("button", name="Save").click()
    assert page.get_by_role("alert").count() == 1 and home.ask("/lares/v1/groups")["groups"] == []
