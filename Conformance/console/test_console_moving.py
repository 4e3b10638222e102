"""A home that moves out as a file and into another, in a real browser."""

import json
import types

import pytest
from furnished_home import furnish
from home_devices import Home
from test_console_pages import overflow, serious
from looks import LOOKS


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    with Home(tmp_path_factory.mktemp("out")) as home, home.client("z", home.account("z")) as device:
        furnish(device)
        home.wait(lambda: len(home.things()) >= 11)
        home.ask("/lares/v1/areas", {"id": "loft", "name": "Loft"})
        home.ask("/lares/v1/rules", {"id": "bell", "name": "Bell", "when": [{"event": "bell"}], "then": [{"notify": "Somebody is at the door"}]})
        yield home


@pytest.fixture(scope="module")
def other(tmp_path_factory):
    with Home(tmp_path_factory.mktemp("in")) as other:
        other.ask("/lares/v1/areas", {"id": "loft", "name": "Attic"})
        yield other


@pytest.fixture
def place(home):
    return types.SimpleNamespace(url=home.server.url)


@pytest.fixture(scope="module")
def exported(home, browser, tmp_path_factory):
    context = browser.new_context()
    page = context.new_page()
    page.goto(home.server.url + "/moving")
    with page.expect_download() as download:
        page.get_by_role("link", name="Export the home").click()
    path = tmp_path_factory.mktemp("file") / "home.json"
    download.value.save_as(path)
    context.close()
    return path


def test_the_file_is_a_home(home, exported):
    assert json.loads(exported.read_text()) == home.ask("/lares/v1/home/export")


def test_what_is_no_home_is_refused_at_its_field(visit, tmp_path):
    page = visit("/moving")
    (tmp_path / "x.json").write_text('{"format": "other"')
    page.set_input_files("#file", tmp_path / "x.json")
    page.get_by_role("button", name="Show what would change").click()
    page.get_by_role("alert").wait_for()
    assert page.get_attribute("#file", "aria-invalid") == "true"


@pytest.mark.parametrize("scripts", [True, False])
def test_a_plan_is_shown_then_carried_out(visit, home, other, exported, shots, scripts):
    page = visit("/moving", at=types.SimpleNamespace(url=other.server.url), scripts=scripts)
    page.set_input_files("#file", exported)
    page.get_by_label("Where both say something").select_option("take_theirs")
    page.get_by_role("button", name="Show what would change").click()
    assert page.locator("#plan").inner_text() == ("This would change" if scripts else "Nothing would change")
    if not scripts:
        return
    assert "Loft" not in str(other.ask("/lares/v1/areas")), "nothing is written yet"
    page.get_by_text("To look at").click()
    page.screenshot(path=shots / "moving-plan.png", full_page=True)
    assert serious(page) == [] and overflow(page) <= 0
    page.get_by_role("button", name="Import").first.click()
    page.get_by_text("It was imported").wait_for()
    assert {area["name"] for area in other.ask("/lares/v1/areas")["areas"]} >= {"Loft"}
    rule = other.ask("/lares/v1/rules/bell")["rule"]
    assert rule["name"] == "Bell" and rule["enabled"] is False


def test_files_of_home_assistant_are_taken(visit, other, tmp_path):
    (tmp_path / "core.area_registry").write_text(json.dumps({"version": 1, "minor_version": 8, "key": "core.area_registry", "data": {"areas": [{"id": "sauna", "name": "Sauna", "aliases": [], "floor_id": None, "labels": []}]}}))
    page = visit("/moving", "zh", at=types.SimpleNamespace(url=other.server.url))
    page.set_input_files("#file", tmp_path / "core.area_registry")
    page.get_by_role("button", name="导入", exact=True).click()
    page.get_by_text("已导入").wait_for()
    assert "Sauna" in str(other.ask("/lares/v1/areas"))


@pytest.mark.parametrize("language, scheme, width", LOOKS)
@pytest.mark.parametrize("name, path", [("moving", "/moving"), ("settings", "/settings")])
def test_is_accessible_and_fits(visit, shots, name, path, language, scheme, width):
    page = visit(path, language, scheme, width)
    assert page.locator("h1").count() == 1
    page.screenshot(path=shots / f"moving-{name}-{language}-{width}-{scheme}.png", full_page=True)
    assert overflow(page) <= 0
    assert serious(page) == []
