"""The first run in a real browser: a place is named and gets its owner, or it is left for later."""

import json
import types

import pytest
from home_devices import Home
from lares_server import must_run
from test_console_pages import overflow, serious
from looks import LOOKS


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    with Home(tmp_path_factory.mktemp("welcome")) as home:
        yield home


@pytest.fixture
def place(home):
    return types.SimpleNamespace(url=home.server.url)


@pytest.mark.parametrize("language, scheme, width", LOOKS)
def test_is_accessible_and_fits(visit, home, shots, language, scheme, width):
    page = visit("/", language, scheme, width)
    assert page.url.endswith("/welcome") and page.locator("h1").count() == 1
    page.screenshot(path=shots / f"welcome-{language}-{width}-{scheme}.png", full_page=True)
    assert overflow(page) <= 0
    assert serious(page) == []


def test_it_fits_a_narrow_page(visit, home):
    assert overflow(visit("/welcome", width=320)) <= 0


def test_who_says_later_is_not_asked_again(visit, home):
    page = visit("/", scripts=False)
    page.get_by_role("button", name="Later").click()
    page.wait_for_url("**/home")
    page.goto(home.server.url + "/")
    assert page.url.endswith("/home")


def test_only_administrators_are_led_there(visit, home):
    secret = json.loads(must_run(["keys", "add", "panel", "--role", "guest", "--json"], home.folder))["secret"]
    page = visit("/chat")
    page.context.add_cookies([{"name": "lares_key", "value": secret, "url": home.server.url}])
    page.goto(home.server.url + "/")
    assert page.url.endswith("/home")
    assert page.goto(home.server.url + "/welcome").status == 404


def test_a_place_is_set_up(visit, home, shots):
    page = visit("/")
    page.get_by_label("What it is called").fill("Villa Rosa")
    page.get_by_label("Time zone").fill("Europe/Nowhere")
    page.get_by_label("Your name").fill("Anna")
    page.get_by_label("PIN, if you want one").fill("1111")
    page.get_by_role("button", name="Begin").click()
    page.get_by_role("alert").wait_for()
    assert page.get_attribute("#zone", "aria-invalid") == "true" and page.input_value("#owner") == "Anna"
    page.screenshot(path=shots / "welcome-wrong.png", full_page=True)
    assert serious(page) == []
    page.get_by_label("Time zone").fill("Europe/Rome")
    page.get_by_label("Latitude").fill("41,9")
    page.get_by_role("button", name="Begin").click()
    assert page.get_attribute("#longitude", "aria-invalid") == "true"
    page.get_by_label("Longitude").fill("12.5")
    page.get_by_label("PIN, if you want one").fill("1111")
    page.get_by_role("button", name="Begin").click()
    page.get_by_role("alert").wait_for()
    assert page.get_attribute("#new-pin", "aria-invalid") == "true"
    assert home.ask("/lares/v1/people")["people"] == [] and home.ask("/lares/v1/home/site") == {}
    page.get_by_label("中文").check()
    page.get_by_label("PIN, if you want one").fill("4071")
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url("**/home")
    assert page.locator("html").get_attribute("lang") == "zh-Hans" and page.locator(".side .brand").inner_text() == "Villa Rosa"
    person = home.ask("/lares/v1/people")["people"][0]
    assert person["name"] == "Anna" and person["role"] == "owner" and person["has_pin"]
    site = home.ask("/lares/v1/home/site")
    assert site["zone"] == "Europe/Rome" and site["position"] == {"latitude": 41.9, "longitude": 12.5}
    page.goto(home.server.url + "/")
    assert page.url.endswith("/home")
    page.goto(home.server.url + "/settings")
    page.get_by_role("link", name="更改").click()
    assert page.input_value("#name") == "Villa Rosa" and page.locator("#owner").count() == 0
