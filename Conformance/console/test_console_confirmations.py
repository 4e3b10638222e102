"""Questions in a real browser: seen on the page of the home, answered with and without a PIN."""

import json
import types
import urllib.error
import urllib.request

import pytest
from furnished_home import furnish
from home_devices import Home
from lares_server import must_run
from test_console_pages import overflow, serious
from looks import LOOKS


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    with Home(tmp_path_factory.mktemp("ask")) as home, home.client("z", home.account("z")) as device:
        furnish(device)
        home.wait(lambda: home.value("hall/front_door/locked") is True)
        home.bot = json.loads(must_run(["keys", "add", "bot", "--role", "agent", "--json"], home.folder))["secret"]
        yield home


@pytest.fixture
def place(home):
    return types.SimpleNamespace(url=home.server.url)


def ask(home):
    """A model asks to unlock the front door: a person is asked."""
    request = urllib.request.Request(home.server.url + "/lares/v1/things/hall/front_door", data=b'{"locked": false}', headers={"Content-Type": "application/json", "Authorization": f"Bearer {home.bot}"})
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(request)
    assert json.loads(error.value.read())["error"]["code"] == "confirmation_pending"


def pending(home):
    return home.ask("/lares/v1/confirmations")["confirmations"]


def test_the_empty_page_says_what_belongs_there(visit, home, shots):
    for language in ("en", "zh"):
        page = visit("/confirmations", language, width=390)
        page.screenshot(path=shots / f"confirmations-empty-{language}.png", full_page=True)
        assert serious(page) == [] and overflow(page) <= 0


def test_a_question_appears_on_the_page_of_the_home_and_is_declined(visit, home):
    page = visit("/home")
    page.wait_for_selector("#live:not([hidden])")
    assert page.locator("#asking .note").count() == 0
    ask(home)
    page.locator("#asking .note").wait_for(timeout=3000)
    assert "Front door" in page.locator("#asking").inner_text()
    page.get_by_role("link", name="Answer").click()
    page.get_by_role("button", name="No", exact=True).click()
    page.get_by_text("It isn’t done.").wait_for()
    assert pending(home) == [] and home.value("hall/front_door/locked") is True


@pytest.mark.parametrize("language, scheme, width", LOOKS)
def test_is_accessible_and_fits(visit, home, shots, language, scheme, width):
    if not pending(home):
        ask(home)
    for name, path in (("confirmations", "/confirmations"), ("home-asked", "/home")):
        page = visit(path, language, scheme, width)
        assert page.locator("h1").count() == 1
        page.screenshot(path=shots / f"{name}-{language}-{width}-{scheme}.png", full_page=True)
        assert overflow(page) <= 0 and serious(page) == []


def test_a_yes_has_it_done_without_scripts_too(visit, home):
    if not pending(home):
        ask(home)
    page = visit("/confirmations", scripts=False)
    page.get_by_role("button", name="Yes, do it").click()
    page.get_by_text("It is done.").wait_for()
    home.wait(lambda: home.value("hall/front_door/locked") is False)
    home.ask("/lares/v1/things/hall/front_door", {"locked": True})


def test_a_pin_is_asked_of_whom_has_one(visit, home, shots):
    anna = home.ask("/lares/v1/people", {"name": "Anna", "role": "owner", "language": "en"})["id"]
    home.ask(f"/lares/v1/people/{anna}/pin", {"new_pin": "4071"}, "PUT")
    phone = json.loads(must_run(["keys", "add", "phone", "--role", "owner", "--person", anna, "--json"], home.folder))["secret"]
    ask(home)
    page = visit("/chat")
    page.context.add_cookies([{"name": "lares_key", "value": phone, "url": home.server.url}])
    page.goto(home.server.url + "/confirmations")
    page.get_by_label("Your PIN").fill("9876")
    page.get_by_role("button", name="Yes, do it").click()
    page.get_by_role("alert").wait_for()
    assert page.get_by_label("Your PIN").get_attribute("aria-invalid") == "true"
    page.screenshot(path=shots / "confirmations-wrong-pin.png", full_page=True)
    page.get_by_label("Your PIN").fill("4071")
    page.get_by_role("button", name="Yes, do it").click()
    page.get_by_text("It is done.").wait_for()
    home.wait(lambda: home.value("hall/front_door/locked") is False)
