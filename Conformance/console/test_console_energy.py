"""Energy in a real browser: what flowed, what it cost, tariffs and meters entered in forms."""

import types

import pytest
from home_devices import Home
from test_console_pages import overflow, serious
from looks import LOOKS

METERS = {"grid": "Grid import", "feed": "Grid export", "sun": "Solar inverter", "washer": "Washer", "fridge": "Fridge"}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    with Home(tmp_path_factory.mktemp("energy"), "--zone", "Europe/Rome") as home, home.client("z", home.account("z")) as device:
        home.empty = True
        home.device, home.url = device, home.server.url
        yield home


@pytest.fixture
def place(home):
    return types.SimpleNamespace(url=home.url)


@pytest.fixture(scope="module")
def metered(home):
    """Five meters that counted: 6 kWh bought, 1 sold, 4 made, 2 and 1.5 used by two devices."""
    for key, name in METERS.items():
        home.device.say(f"homeassistant/sensor/{key}/config", {"name": "Energy", "uniq_id": key, "stat_t": f"z/{key}", "dev_cla": "energy", "unit_of_meas": "kWh", "stat_cla": "total_increasing", "dev": {"ids": key, "name": name, "sa": "Cellar"}}, retain=True)
    home.wait(lambda: len(home.things()) == 5)
    for start, steps in ((100, {"grid": 0, "feed": 0, "sun": 0, "washer": 0, "fridge": 0}), (100, {"grid": 6, "feed": 1, "sun": 4, "washer": 2, "fridge": 1.5})):
        for key, more in steps.items():
            home.device.say(f"z/{key}", str(start + more))
        home.wait(lambda: home.value("cellar/fridge/energy") == start + steps["fridge"])
    home.wait(lambda: home.ask("/lares/v1/energy?by=hour")["total"]["grid_import"] == 6)
    home.empty = False
    return home


def test_the_empty_page_says_what_is_needed(visit, home, shots):
    assert home.empty
    for language, heading in (("en", "Energy needs a meter"), ("zh", "需要电表")):
        page = visit("/energy", language, width=390)
        assert page.locator(".empty h2").inner_text() == heading
        page.screenshot(path=shots / f"energy-empty-{language}.png", full_page=True)
        assert serious(page) == [] and overflow(page) <= 0


@pytest.mark.parametrize("language, scheme, width", LOOKS)
@pytest.mark.parametrize("span", ["day", "week", "month"])
def test_is_accessible_and_fits(visit, metered, shots, span, language, scheme, width):
    page = visit(f"/energy?span={span}", language, scheme, width)
    assert page.locator("h1").count() == 1 and page.locator(".plot rect").count() == 3, "bought and made above the line, sold below it"
    page.screenshot(path=shots / f"energy-{span}-{language}-{width}-{scheme}.png", full_page=True)
    assert overflow(page) <= 0
    assert serious(page) == []


def test_narrow_pages_fit(visit, metered):
    assert overflow(visit("/energy", width=320)) <= 0


def test_a_tariff_prices_what_flowed(visit, metered):
    page = visit("/energy", scripts=False)
    assert "Used 9.00 kWh, made 4.00 kWh, bought 6.00 kWh, sold 1.00 kWh." in page.locator(".head").inner_text().replace("\u00a0", " ")
    page.get_by_label("Price", exact=True).fill("0,50")
    page.get_by_label("Paid for what is sold").fill("0.10")
    page.get_by_role("button", name="Save", exact=True).first.click()
    page.get_by_role("status").wait_for()
    assert "It cost 2.90 EUR." in page.locator(".head").inner_text().replace("\u00a0", " ")
    assert metered.ask("/lares/v1/energy/tariffs")["tariffs"]["tariffs"][0]["price"] == 0.5
    row = page.locator("section:has(#uses) tr", has_text="Washer").inner_text().replace("\u00a0", " ")
    assert "2.00 kWh" in row and "0.67 EUR" in row


def test_two_prices_and_what_is_wrong_at_its_field(visit, metered):
    page = visit("/energy")
    page.get_by_label("Another price at some hours").check()
    page.get_by_label("Price at these hours").fill("cheap")
    page.get_by_role("button", name="Save", exact=True).first.click()
    page.get_by_role("alert").wait_for()
    assert page.get_attribute("#low", "aria-invalid") == "true" and page.input_value("#low") == "cheap"
    page.locator("#problem a").click()
    assert page.evaluate("document.activeElement.id") == "low"
    page.fill("#low", "0.2")
    page.get_by_role("button", name="Save", exact=True).first.click()
    page.get_by_role("status").wait_for()
    tariff = metered.ask("/lares/v1/energy/tariffs")["tariffs"]["tariffs"][-1]
    assert tariff["kind"] == "time_of_use" and tariff["blocks"][0]["from"] == "22:00" and tariff["blocks"][0]["price"] == 0.2
    page.get_by_text("All tariffs as text").click()
    page.fill("#text", '{"currency": "EUR", "tariffs": [{"from": "2026-01-01", "kind": "hourly"')
    page.get_by_role("button", name="Save the text").click()
    page.get_by_role("alert").wait_for()
    assert page.input_value("#text").startswith('{"currency"') and page.get_attribute("#text", "aria-invalid") == "true"


def test_people_say_what_a_meter_is(visit, metered):
    page = visit("/energy", "zh")
    page.get_by_label("Fridge", exact=True).select_option("none")
    page.get_by_role("button", name="保存", exact=True).last.click()
    page.get_by_role("status").wait_for()
    assert page.locator("section:has(#uses) tr", has_text="Fridge").count() == 0
    meters = {meter["property"]: meter["role"] for meter in metered.ask("/lares/v1/energy/meters")["meters"]}
    assert meters["cellar/fridge/energy"] == "none"
    page.get_by_label("Fridge", exact=True).select_option("")
    page.get_by_role("button", name="保存", exact=True).last.click()
    page.locator("section:has(#uses) tr", has_text="Fridge").first.wait_for()


def test_days_before_have_their_own_address(visit, metered):
    page = visit("/energy?span=week")
    page.get_by_role("link", name="Earlier").click()
    page.wait_for_url("**/energy?span=week&on=*")
    assert "Nothing flowed" in page.locator("main").inner_text()
    page.get_by_role("link", name="Later").click()
    page.wait_for_url("**/energy?span=week")
