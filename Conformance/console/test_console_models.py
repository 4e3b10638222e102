"""The models as they change."""

import re

from watched_page import until


def test_the_sentence_on_top_comes_from_data(visit):
    page = visit("/models")
    sentence = page.locator("#sentence").inner_text()
    assert re.fullmatch(r"\d+ serving\. [\d.]+ of [\d.,]+\sGB memory in use\. Nothing leaves this machine\.", sentence), sentence
    assert int(sentence.split()[0]) == page.locator("tbody .pill.ok").count()


def test_rows_follow_the_server_without_losing_focus(visit, place):
    page = visit("/models")
    page.wait_for_selector("#live:not([hidden])")
    page.focus("tr[data-name=smollm2] a")
    page.evaluate("document.querySelector('tr[data-name=smollm2] .pill').textContent = 'stale'")
    page.evaluate("document.getElementById('rows').append(Object.assign(document.createElement('tr'), { innerHTML: '<th>gone</th>' }))")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    until(page, "!document.getElementById('rows').textContent.includes('stale')")
    assert "gone" not in page.locator("#rows").inner_text()
    assert page.evaluate("document.activeElement.closest('tr')?.dataset.name") == "smollm2"


def test_a_lost_connection_is_said_with_its_time(visit, shots):
    page = visit("/chat")
    page.route("**/models/events", lambda route: route.abort())
    page.goto(page.url.split("/chat")[0] + "/models")
    page.wait_for_selector("#offline:not([hidden])")
    page.screenshot(path=shots / "models-offline.png")
    assert re.search(r"No connection since \d\d:\d\d\. Values are the last known\.", page.locator("#offline").inner_text())
    assert page.locator("#live").is_hidden()
    assert page.locator("#rows tr").count() >= 1


def test_the_examples_of_a_model_can_be_copied(visit, place):
    page = visit("/models/smollm2")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.click(".copy >> nth=0 >> button")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"curl {place.url}/v1/chat/completions") and '"model": "smollm2"' in copied
    assert page.locator(".copy button").first.inner_text() == "Copied"


def test_a_source_that_is_none_is_explained(visit, shots):
    for scripts in (True, False):
        page = visit("/models/add", scripts=scripts)
        page.fill("#source", "hf:only-an-owner")
        page.click("#start")
        page.wait_for_selector("#problem:not([hidden])")
        assert page.locator("#problem p").inner_text()
        assert page.input_value("#source") == "hf:only-an-owner", "what was typed is kept"
        page.screenshot(path=shots / f"add-problem-{'script' if scripts else 'plain'}.png")
