"""The audit log and the broker in a real browser."""

import json
import types

import pytest
from home_devices import Home
from lares_server import must_run
from test_console_pages import overflow, serious
from looks import LOOKS

LOCK = {"name": None, "uniq_id": "d1", "stat_t": "z/d1", "cmd_t": "z/d1/api", "dev": {"ids": ["d1"], "name": "Door", "sa": "Hall"}}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    with Home(tmp_path_factory.mktemp("audit")) as home:
        with home.client("kitchen", home.account("kitchen", "z", "zigbee2mqtt"), name="a <lamp>") as client:
            client.listen("z/d1/api", lambda text: client.client.publish("z/d1", text + "ED", qos=1))
            client.say("homeassistant/lock/d1/config", LOCK, retain=True)
            client.say("z/d1", "LOCKED")
            home.wait(lambda: home.value("hall/door/locked") is True)
            home.ask("/lares/v1/things/hall/door", {"locked": False, "confirm": True})
            for _ in range(110):  # more than a page
                home.ask("/lares/v1/things/hall/door", {"locked": True})
            yield home


@pytest.fixture
def place(home):
    return types.SimpleNamespace(url=home.server.url)


@pytest.mark.parametrize("language, scheme, width", LOOKS)
@pytest.mark.parametrize("path", ["/audit", "/audit?act=nothing", "/broker", "/settings"])
def test_is_accessible_and_fits(visit, shots, path, language, scheme, width):
    page = visit(path, language, scheme, width)
    assert page.locator("h1").count() == 1
    page.screenshot(path=shots / f"trust{path.replace('/', '-').replace('?', '-')}-{language}-{width}-{scheme}.png", full_page=True)
    assert overflow(page) <= 0
    assert serious(page) == []


@pytest.mark.parametrize("path", ["/audit", "/broker"])
def test_narrow_pages_fit(visit, path):
    assert overflow(visit(path, width=320)) <= 0


def test_the_log_is_read_in_pages_and_by_act(visit):
    page = visit("/settings", scripts=False)
    page.locator("section:has(#audit)").get_by_role("link", name="Open").click()
    rows = page.locator("tbody tr")
    assert rows.count() == 100
    page.get_by_role("link", name="Older").click()
    assert 0 < rows.count() < 100 and "before=" in page.url
    page.get_by_role("link", name="Newest").click()
    assert rows.count() == 100 and "before=" not in page.url
    page.get_by_label("What", exact=True).select_option(label="Something dangerous was permitted")
    page.get_by_label("Who", exact=True).select_option("local")
    page.get_by_role("button", name="Show", exact=True).click()
    assert rows.count() == 1 and "hall/door" in rows.first.inner_text() and "opens" in rows.first.inner_text()


def test_the_page_says_who_is_connected(visit):
    page = visit("/things", scripts=False)
    page.get_by_role("link", name="Who is connected").click()
    client = page.locator("section:has(#clients) tbody tr", has_text="a <lamp>")
    assert client.count() == 1 and "kitchen" in client.inner_text() and "127.0.0.1" in client.inner_text()
    account = page.locator("section:has(#accounts) tbody tr", has_text="kitchen")
    assert "z, zigbee2mqtt" in account.inner_text() and account.locator("td").last.inner_text() == "1"
    assert page.get_by_role("alert").count() == 0


def test_only_owners_see_them(visit, home):
    secret = json.loads(must_run(["keys", "add", "tablet", "--role", "resident", "--json"], home.folder))["secret"]
    page = visit("/chat")
    page.context.add_cookies([{"name": "lares_key", "value": secret, "url": home.server.url}])
    for path in ("/audit", "/broker"):
        assert page.goto(home.server.url + path).status == 404
    page.goto(home.server.url + "/settings")
    assert page.locator("a[href='/audit'], a[href='/broker']").count() == 0
