"""Energy control in a real browser: what is planned and ordered, taking over, the battery and a city's limits entered in forms."""

import datetime
import time
import types

import pytest
from home_devices import Home
from looks import LOOKS
from test_console_pages import overflow, serious
from test_energy_control import CONTROL, TARIFF, Battery, decided, not_near_the_hour, past


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    not_near_the_hour()
    with Home(tmp_path_factory.mktemp("control"), "--zone", "UTC") as home:
        home.battery = Battery(home)
        past(home)
        home.ask("/lares/v1/energy/tariffs", TARIFF, "PUT")
        home.url = home.server.url
        yield home
        home.battery.client.close()


@pytest.fixture
def place(home):
    return types.SimpleNamespace(url=home.url)


@pytest.fixture
def controlled(home):
    if not home.ask(CONTROL)["enabled"]:
        home.ask(CONTROL, home.battery.settings, "PUT")
    home.ask(CONTROL + "/hand-back", {}, "POST")
    home.wait(lambda: decided(home), 30)
    home.wait(lambda: home.ask(CONTROL + "/plan")["plan"], 10)
    return home


def words(page, where="main"):
    return page.locator(where).inner_text().replace("\u00a0", " ")


def test_a_person_says_what_the_battery_is(visit, home, shots):
    page = visit("/energy/control", scripts=False)
    assert "Nothing is controlled yet" in words(page, "#sentence")
    assert page.get_by_label("How full it is").locator("option").count() == 1 and page.get_by_label("What it is told").locator("option").count() == 1
    page.get_by_label("It holds, kWh").fill("a lot")
    page.get_by_label("At most, kW").fill("3")
    page.get_by_role("button", name="Save", exact=True).first.click()
    page.get_by_role("alert").wait_for()
    assert page.get_attribute("#capacity", "aria-invalid") == "true" and page.input_value("#capacity") == "a lot"
    page.get_by_label("It holds, kWh").fill("8,5")
    page.get_by_label("Kept for people, %").fill("20")
    page.get_by_role("button", name="Save", exact=True).first.click()
    page.get_by_role("status").first.wait_for()
    battery = home.ask(CONTROL)["settings"]["battery"]
    assert (battery["capacity_kwh"], battery["power_kw"], battery["reserve"], battery["order"]) == (8.5, 3, 0.2, home.battery.order)


@pytest.mark.parametrize("language, scheme, width", LOOKS)
def test_is_accessible_and_fits(visit, controlled, shots, language, scheme, width):
    page = visit("/energy/control", language, scheme, width)
    assert page.locator("h1").count() == 1 and page.locator(".plot").count() == 2, "the plan, and the price below it"
    assert page.locator(".plot path.inner").get_attribute("d") and page.locator(".plot path.c1").get_attribute("d")
    page.screenshot(path=shots / f"energy-control-{language}-{width}-{scheme}.png", full_page=True)
    assert overflow(page) <= 0
    assert serious(page) == []


def test_narrow_pages_fit(visit, controlled):
    assert overflow(visit("/energy/control", width=320)) <= 0


def test_the_page_says_how_it_stands(visit, controlled):
    page = visit("/energy/control")
    assert "80.0% full" in words(page, "#sentence")
    assert "Shadow" in words(page, ".pills") and "Controller" in words(page, ".pills")
    assert "0 of 14" in words(page, "section:has(#trust)")
    assert "Done" in words(page, "section:has(#orders)") and "by the rule" in words(page, "section:has(#orders)")
    page.locator("section:has(#plan) summary").click()
    rows = page.locator("section:has(#plan) tbody tr")
    assert rows.count() == 30 and {"0.200", "0.500"} <= set(rows.locator("td:first-of-type").all_inner_texts())
    overview = visit("/energy")
    assert "80.0% full" in words(overview, "section:has(#control)")
    overview.get_by_role("link", name="Open").click()
    overview.wait_for_url("**/energy/control")


def test_taking_over_and_handing_back_by_keyboard(visit, controlled):
    page = visit("/energy/control")
    page.get_by_label("Power in kW").focus()
    page.keyboard.type("zwei")
    page.keyboard.press("Enter")
    page.get_by_role("alert").wait_for()
    assert page.get_attribute("#kw", "aria-invalid") == "true"
    page.get_by_label("Power in kW").fill("-1,5")
    page.get_by_label("Why", exact=True).fill("guests")
    page.get_by_role("button", name="Take over").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Hand back to the controller").wait_for()
    assert controlled.value(controlled.battery.order) == -1500
    assert "guests" in words(page, "section:has(#say)") and "By hand" in words(page, ".pills")
    page.get_by_role("button", name="Hand back to the controller").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Take over").wait_for()
    assert controlled.ask(CONTROL)["mode"] == "automatic"


def test_what_a_city_may_have_is_off_until_somebody_says_so(visit, controlled):
    page = visit("/energy/control", "zh")
    assert not page.get_by_label("答复城市的请求").is_checked()
    page.get_by_label("答复城市的请求").check()
    page.get_by_label("最多少用（kW）").fill("1.5")
    page.get_by_label("电池保留（%）").fill("30")
    page.get_by_label("城市的地址").fill("http://example.org")
    page.get_by_label("密钥", exact=True).fill("a-secret")
    page.locator("section:has(#city) button").click()
    page.get_by_role("alert").wait_for()
    page.get_by_label("答复城市的请求").check()
    page.get_by_label("最多少用（kW）").fill("1.5")
    page.get_by_label("电池保留（%）").fill("30")
    page.get_by_label("城市的地址").fill("http://127.0.0.1:9")
    page.get_by_label("密钥", exact=True).fill("a-secret")
    page.locator("section:has(#city) button").click()
    page.get_by_role("status").first.wait_for()
    limits = controlled.ask("/lares/v1/flexibility/limits")
    assert limits["willing"] and limits["most_less_kw"] == 1.5 and limits["reserve"] == 0.3
    assert "a-secret" not in page.content() and "a-secret" not in str(limits)
    controlled.ask("/lares/v1/flexibility/limits", {"willing": False}, "PUT")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_district_on_a_phone_shows_how_things_stand(visit, controlled, shots, language):
    """Nothing of its tables lies outside of the screen: least of all what became of an order or a request."""
    soon = datetime.datetime.fromtimestamp((time.time() // 3600 + 30) * 3600, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    controlled.ask("/lares/v1/flexibility/requests", {"id": "evening", "from": soon, "hours": 2, "kw": -123.5})
    page = visit("/district", language, width=390)
    page.screenshot(path=shots / f"district-{language}-390.png", full_page=True)
    tables = page.locator("#now .tw")
    assert tables.count() == 2, "orders, and requests"
    for place in range(2):
        assert tables.nth(place).evaluate("box => box.scrollWidth - box.clientWidth") <= 0
        for state in tables.nth(place).locator("tbody .pill").all():
            box = state.bounding_box()
            assert box and box["x"] >= 0 and box["x"] + box["width"] <= 390
    assert ("Battery" if language == "en" else "电池") in words(page, "#now")
    assert "max-wave" not in words(page) and overflow(page) <= 0


def test_all_settings_as_text(visit, controlled):
    page = visit("/energy/control")
    page.get_by_text("Cars, heat pumps and everything as text").click()
    before = page.input_value("#text")
    page.fill("#text", '{"enabled": true, "batery": {}}')
    page.get_by_role("button", name="Save the text").click()
    page.get_by_role("alert").wait_for()
    assert "batery" in page.input_value("#text") and page.get_attribute("#text", "aria-invalid") == "true"
    page.fill("#text", before)
    page.get_by_role("button", name="Save the text").click()
    page.get_by_role("status").first.wait_for()
    assert controlled.ask(CONTROL)["settings"]["battery"]["order"] == controlled.battery.order
