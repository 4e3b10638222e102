"""Notices in a real browser: channels and recipients entered in forms, and a program that really gets them."""

import http.server
import json
import threading
import types

import pytest
from home_devices import Home
from test_console_pages import overflow, serious
from looks import LOOKS


class Receiver(http.server.BaseHTTPRequestHandler):
    heard = []

    def do_POST(self):
        Receiver.heard.append(({name.lower(): value for name, value in self.headers.items()}, json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    with Home(tmp_path_factory.mktemp("notices"), "--zone", "Europe/Rome") as home, http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as receiver:
        threading.Thread(target=receiver.serve_forever, daemon=True).start()
        home.hook = f"http://127.0.0.1:{receiver.server_port}/hook/secret"
        yield home
        receiver.shutdown()


@pytest.fixture
def place(home):
    return types.SimpleNamespace(url=home.server.url)


def test_a_channel_and_a_recipient_are_entered_and_a_test_arrives(visit, home, shots):
    page = visit("/notices", scripts=False)
    page.screenshot(path=shots / "notices-empty.png", full_page=True)
    page.get_by_role("link", name="Add a channel").click()
    page.get_by_role("link", name="A program (webhook)").click()
    page.get_by_label("Name", exact=True).fill("Hook!")
    page.get_by_label("Address").fill(home.hook)
    page.get_by_label("Token").fill("t0p")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("alert").wait_for()
    assert page.get_attribute("#name", "aria-invalid") == "true" and page.input_value("#url") == home.hook
    page.get_by_label("Name", exact=True).fill("hook")
    page.get_by_label("Token").fill("t0p")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/notices?saved=1")
    assert "secret" not in page.content() and "t0p" not in page.content()
    page.get_by_role("button", name="Send a test to hook").click()
    page.wait_for_url("**/notices?tested=1")
    home.wait(lambda: Receiver.heard)
    headers, body = Receiver.heard[-1]
    assert headers["authorization"] == "Bearer t0p" and "This is a test" in body["text"]
    page.get_by_role("link", name="Add somebody").click()
    page.get_by_label("Name", exact=True).fill("Anna Bianchi")
    page.get_by_label("hook").check()
    page.get_by_label("From").fill("22:00")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("alert").wait_for()
    assert page.get_attribute("#to", "aria-invalid") == "true" and page.get_by_label("hook").is_checked()
    page.get_by_label("To", exact=True).fill("07:00")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/notices?saved=1")
    assert "Quiet from 22:00 to 07:00" in page.locator("main").inner_text()


@pytest.mark.parametrize("language, scheme, width", LOOKS)
@pytest.mark.parametrize("name, path", [
    ("notices", "/notices"), ("channel", "/notices/channels/hook"), ("ntfy", "/new-channel"), ("email", "/new-channel?kind=email"),
    ("recipient", "/notices/recipients/Anna%20Bianchi"), ("remove", "/notices/channels/hook/remove")])  # fmt: skip
def test_is_accessible_and_fits(visit, home, shots, name, path, language, scheme, width):
    page = visit(path, language, scheme, width)
    assert page.locator("h1").count() == 1
    page.screenshot(path=shots / f"notices-{name}-{language}-{width}-{scheme}.png", full_page=True)
    assert overflow(page) <= 0
    assert serious(page) == []


def test_narrow_pages_fit(visit, home):
    for path in ("/notices", "/new-channel?kind=email", "/new-recipient"):
        assert overflow(visit(path, width=320)) <= 0, path


def test_what_a_rule_tells_is_delivered_and_shown(visit, home):
    home.ask("/lares/v1/rules", {"id": "bell", "name": "Bell", "when": [{"event": "bell"}], "then": [{"notify": "Somebody is at the door", "urgent": True}]})
    home.ask("/lares/v1/rules/bell/start", {})
    home.wait(lambda: any("at the door" in body.get("text", "") for _, body in Receiver.heard))
    page = visit("/notices")
    assert page.locator("section:has(#told)", has_text="Somebody is at the door").count() == 1
    page.locator("section:has(#deliveries) tr", has_text="Somebody is at the door").get_by_text("Sent").wait_for()


def test_a_password_that_is_left_out_stays(visit, home):
    page = visit("/notices/channels/hook")
    assert page.input_value("#token") == "" and page.input_value("#url") == ""
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/notices?saved=1")
    before = len(Receiver.heard)
    page.get_by_role("button", name="Send a test to hook").click()
    home.wait(lambda: len(Receiver.heard) > before)
    assert Receiver.heard[-1][0]["authorization"] == "Bearer t0p"


def test_what_is_in_use_stays_until_it_is_free(visit, home):
    page = visit("/notices/channels/hook/remove")
    page.get_by_role("button", name="Remove").click()
    page.get_by_role("alert").wait_for()
    assert "Somebody is told on it" in page.locator("#problem").inner_text()
    for path in ("/notices/recipients/Anna%20Bianchi/remove", "/notices/channels/hook/remove"):
        page.goto(home.server.url + path)
        page.get_by_role("button", name="Remove").click()
        page.wait_for_url("**/notices?saved=1")
    assert home.ask("/lares/v1/channels")["channels"] == [] and home.ask("/lares/v1/recipients")["recipients"] == []
