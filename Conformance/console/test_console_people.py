"""People, their PINs and the policy in a real browser."""

import json
import types

import pytest
from home_devices import Home
from lares_server import must_run
from test_console_pages import overflow, serious
from looks import LOOKS


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    with Home(tmp_path_factory.mktemp("people")) as home:
        home.anna = home.ask("/lares/v1/people", {"name": "Anna", "role": "owner", "language": "en"})["id"]
        home.ask("/lares/v1/people", {"name": "小明", "role": "child", "language": "zh"})
        yield home


@pytest.fixture
def place(home):
    return types.SimpleNamespace(url=home.server.url)


@pytest.mark.parametrize("language, scheme, width", LOOKS)
@pytest.mark.parametrize("name", ["people", "person", "remove", "keys"])
def test_is_accessible_and_fits(visit, home, shots, name, language, scheme, width):
    page = visit({"people": "/people", "person": f"/people/{home.anna}", "remove": f"/people/{home.anna}/remove", "keys": "/keys"}[name], language, scheme, width)
    assert page.locator("h1").count() == 1
    page.screenshot(path=shots / f"people-{name}-{language}-{width}-{scheme}.png", full_page=True)
    assert overflow(page) <= 0
    assert serious(page) == []


@pytest.mark.parametrize("path", ["/people", "/people/{anna}"])
def test_narrow_pages_fit(visit, home, path):
    assert overflow(visit(path.format(anna=home.anna), width=320)) <= 0


def test_a_person_comes_gets_a_pin_and_goes(visit, home, shots):
    page = visit("/people", scripts=False)
    page.get_by_label("Name", exact=True).fill("Anna")
    page.get_by_role("button", name="Add", exact=True).click()
    assert page.get_attribute("#name", "aria-invalid") == "true" and "Somebody has this name" in page.locator("#problem").inner_text()
    page.get_by_label("Name", exact=True).fill("Bruno")
    page.get_by_label("Role").first.select_option("guest")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_role("heading", name="Bruno", level=1).wait_for()
    page.fill("#new-pin", "1234")
    page.get_by_role("button", name="Set PIN").click()
    assert page.get_attribute("#new-pin", "aria-invalid") == "true" and page.locator("#new-pin").input_value() == ""
    page.screenshot(path=shots / "person-wrong-pin.png", full_page=True)
    page.fill("#new-pin", "4071")
    page.get_by_role("button", name="Set PIN").click()
    assert "with a PIN" in page.locator(".head").inner_text()
    page.get_by_role("button", name="Remove PIN").click()
    assert "without a PIN" in page.locator(".head").inner_text()
    page.get_by_role("link", name="Remove person").click()
    page.get_by_role("button", name="Remove").click()
    page.wait_for_url("**/people?saved=1")
    assert [person["name"] for person in home.ask("/lares/v1/people")["people"]] == ["Anna", "小明"]


def test_the_policy_is_saved_unless_somebody_was_faster(visit, home):
    slow = visit("/people")
    page = visit("/people")
    page.get_by_label("Guest, Opens the house").select_option("pin")
    page.get_by_label("Seconds a question waits").fill("90")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/people?saved=1")
    policy = home.ask("/lares/v1/policy")["policy"]
    assert policy["hazards"]["opens"]["guest"] == "pin" and policy["confirmation_seconds"] == 90
    assert page.get_by_label("Model or program, Heats unattended").locator("option").count() == 4, "never nothing"
    slow.get_by_label("Child, Opens the house").select_option("allow")
    slow.get_by_role("button", name="Save", exact=True).click()
    slow.get_by_role("alert").wait_for()
    assert "Somebody changed this meanwhile" in slow.locator("#problem").inner_text()
    assert home.ask("/lares/v1/policy")["policy"]["hazards"]["opens"]["child"] == "refuse"


def test_a_key_belongs_to_a_person_with_a_pin_who_is_asked_for_it(visit, home, shots):
    page = visit("/keys")
    page.get_by_label("Name", exact=True).fill("Anna's phone")
    page.get_by_label("What it may do").select_option("owner")
    page.get_by_label("Whose it is").select_option(label="Anna")
    page.get_by_role("button", name="Make key").click()
    secret = page.locator("pre code").inner_text()
    assert "Anna's phone" in visit(f"/people/{home.anna}").locator("section:has(#keys)").inner_text()
    home.ask(f"/lares/v1/people/{home.anna}/pin", {"new_pin": "4071"}, "PUT")
    page.context.add_cookies([{"name": "lares_key", "value": secret, "url": home.server.url}])
    page.goto(home.server.url + "/people")
    page.get_by_label("Name", exact=True).fill("Carla")
    page.locator("#pin-add").fill("9999")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_role("alert").wait_for()
    assert page.get_attribute("#pin-add", "aria-invalid") == "true" and page.input_value("#pin-add") == ""
    page.screenshot(path=shots / "people-wrong-own-pin.png", full_page=True)
    assert serious(page) == []
    page.locator("#pin-add").fill("4071")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_role("heading", name="Carla", level=1).wait_for()


def test_others_see_no_people_but_themselves(visit, home):
    child = next(person["id"] for person in home.ask("/lares/v1/people")["people"] if person["name"] == "小明")
    secret = json.loads(must_run(["keys", "add", "tablet", "--role", "child", "--person", child, "--json"], home.folder))["secret"]
    page = visit("/chat")
    page.context.add_cookies([{"name": "lares_key", "value": secret, "url": home.server.url}])
    assert page.goto(home.server.url + "/people").status == 404
    assert page.goto(f"{home.server.url}/people/{home.anna}").status == 404
    page.goto(f"{home.server.url}/people/{child}")
    assert page.locator("#new-pin").count() == 1 and page.locator("#name").count() == 0
    page.fill("#new-pin", "8352")
    page.get_by_role("button", name="Set PIN").click()
    page.get_by_text("with a PIN").wait_for()
