"""Keys: shown once, and what a server that asks for them shows."""

import re
import shutil

import pytest
from lares_server import Server, must_run


@pytest.fixture(scope="module")
def locked(home, tmp_path_factory):
    """A server that asks everyone for a key, with a copy of the models."""
    folder = tmp_path_factory.mktemp("locked") / "home"
    shutil.copytree(home, folder, symlinks=True)
    secret = re.search(r"lares_\w+", must_run(["keys", "add", "tablet"], folder)).group()
    with Server(folder, "--require-key") as running:
        running.secret = secret
        yield running


def test_a_key_is_shown_once_and_can_be_revoked(visit, shots):
    page = visit("/keys")
    page.fill("#name", "kitchen tablet")
    page.click("main form button.main")
    secret = page.locator(".copy code").inner_text()
    assert re.fullmatch(r"lares_\w{40,}", secret)
    page.screenshot(path=shots / "keys-made.png", full_page=True)
    page.goto(page.url)
    assert secret not in page.content()
    page.click("a[aria-label='Revoke kitchen tablet']")
    assert "kitchen tablet" in page.locator("h1").inner_text()
    page.screenshot(path=shots / "keys-revoke.png", full_page=True)
    page.click("main form button.danger")
    page.wait_for_url("**/keys")
    assert page.locator("a[aria-label='Revoke kitchen tablet']").count() == 0


def test_a_key_without_a_name_is_refused_with_a_reason(visit):
    page = visit("/keys", scripts=False)
    page.fill("#name", "   ")
    page.click("main form button.main")
    assert "Give the key a name" in page.locator("#problem").inner_text()
    page.click("#problem a")
    assert page.url.endswith("#name"), "the summary leads to the field"


def test_a_refused_name_stays_and_the_role_is_shown(visit, shots):
    page = visit("/keys", "zh", width=390)
    for _ in range(2):
        page.fill("#name", "garage")
        page.select_option("#role", "owner")
        page.click("main form button.main")
        page.wait_for_selector("#problem:not([hidden]), .copy code")
    assert page.input_value("#name") == "garage" and page.input_value("#role") == "owner"
    assert page.get_attribute("#name", "aria-invalid") == "true"
    assert page.locator("#problem .detail").get_attribute("lang") == "en"
    page.screenshot(path=shots / "keys-problem-zh.png", full_page=True)
    assert "主人" in page.locator("tbody").inner_text()
    page.click("a[aria-label='吊销 garage']")
    page.click("main form button.danger")


def test_signing_in_opens_the_console_and_chat(visit, locked, shots):
    page = visit("/models", at=locked)
    assert "/sign-in" in page.url
    page.fill("#key", "lares_wrong")
    page.click("main form button.main")
    page.wait_for_selector("#problem")
    page.screenshot(path=shots / "sign-in-problem.png", full_page=True)
    page.fill("#key", locked.secret)
    page.click("main form button.main")
    page.wait_for_url("**/models")
    cookie = next(cookie for cookie in page.context.cookies() if cookie["name"] == "lares_key")
    assert cookie["httpOnly"] and cookie["sameSite"] == "Strict"
    page.goto(locked.url + "/chat?model=smollm2")
    page.fill("#message", "Say hello.")
    page.click("#send")
    page.wait_for_selector(".ai .meta", timeout=60_000)
    page.goto(locked.url + "/settings")
    assert "tablet" in page.locator("main").inner_text()
    page.click("form[action='/sign-out'] button")
    page.wait_for_url("**/sign-in")
    page.goto(locked.url + "/models")
    assert "/sign-in" in page.url


def test_the_password_manager_can_fill_the_key(visit, locked):
    page = visit("/sign-in", at=locked)
    assert page.get_attribute("#key", "type") == "password"
    assert page.get_attribute("#key", "autocomplete") == "current-password"
    assert page.get_attribute("input[name=username]", "autocomplete") == "username"
