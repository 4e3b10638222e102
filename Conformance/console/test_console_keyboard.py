"""Everything with the keyboard alone."""

from watched_page import until


def focused(page):
    return page.evaluate("document.activeElement.id || document.activeElement.className")


def tab_to(page, selector, limit=60):
    for _ in range(limit):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"{selector} can't be reached with Tab")


def test_the_skip_link_comes_first_and_leads_to_the_content(visit):
    page = visit("/models")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('.skip')")
    assert page.locator(".skip").bounding_box()["y"] >= 0
    page.keyboard.press("Enter")
    assert focused(page) == "main"
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_focus_is_seen(visit):
    page = visit("/models")
    tab_to(page, "main a.b, main th a")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "3px"


def test_a_message_is_sent_and_an_answer_stopped(visit):
    page = visit("/chat?model=smollm2")
    tab_to(page, "#message")
    page.keyboard.type("Write a very long story about a lighthouse keeper and the sea.")
    page.keyboard.press("Enter")
    page.wait_for_selector("#stop-do:not([hidden])")
    until(page, "document.querySelector('.ai')?.textContent.length > 20")
    page.keyboard.press("Tab")
    assert focused(page) == "send"
    page.keyboard.press("Enter")
    page.wait_for_selector(".ai .meta")
    assert "stopped by you" in page.locator(".ai .meta").inner_text()
    assert focused(page) == "send"
    assert page.locator("#send-do").is_visible()


def test_escape_stops_the_answer(visit):
    page = visit("/chat?model=smollm2")
    tab_to(page, "#message")
    page.keyboard.type("Count from one to one thousand in words.")
    page.keyboard.press("Enter")
    until(page, "document.querySelector('.ai')?.textContent.length > 20")
    page.keyboard.press("Escape")
    page.wait_for_selector(".ai .meta")
    assert focused(page) == "message"


def test_the_language_is_changed(visit):
    page = visit("/models")
    tab_to(page, ".side button[name=language]")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator("html").get_attribute("lang") == "zh-Hans"
    assert page.locator("h1").inner_text() == "模型"
    assert page.url.endswith("/models")


def test_the_dialog_opens_keeps_focus_and_gives_it_back(visit):
    page = visit("/models/smollm2")
    tab_to(page, "[data-dialog]")
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog[open]")
    assert page.evaluate("document.activeElement.closest('dialog') !== null")
    assert page.evaluate("document.activeElement.matches('[data-close]')"), "the safe choice has the focus"
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0
    assert page.evaluate("document.activeElement.matches('[data-dialog]')")
