"""The models as they change."""

import functools
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
    page.route("**/model-events", lambda route: route.abort())
    page.goto(page.url.split("/chat")[0] + "/models")
    page.wait_for_selector("#offline:not([hidden])")
    page.screenshot(path=shots / "models-offline.png")
    assert re.search(r"No connection since \d\d:\d\d\. Values are the last known\.", page.locator("#offline").inner_text())
    assert page.locator("#live").is_hidden()
    assert page.locator("#rows tr").count() >= 1


def test_a_page_that_was_hidden_has_one_stream_again(visit):
    page = visit("/chat")
    asked = []
    page.route("**/model-events", lambda route: (asked.append(1), route.fulfill(status=503)))
    page.goto(page.url.split("/chat")[0] + "/models")
    page.wait_for_selector("#offline:not([hidden])")
    before = len(asked)
    for hidden in ("true", "false"):
        page.evaluate(f"Object.defineProperty(document, 'hidden', {{ value: {hidden}, configurable: true }}); document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_timeout(6500)
    assert len(asked) == before + 2, "the stream of the return and its one repetition; no timer of before"


def test_an_ended_session_is_no_lost_connection(visit):
    page = visit("/chat")
    page.route("**/model-events", lambda route: route.fulfill(status=401))
    base = page.url.split("/chat")[0]
    page.goto(base + "/models")
    page.route("**/models", lambda route: route.fulfill(status=401))
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_selector("#offline a:not([hidden])")
    assert "session has ended" in page.locator("#offline").inner_text()
    assert page.get_attribute("#offline a", "href") == "/sign-in?back=/models"


def test_what_can_not_be_copied_is_selected(visit):
    page = visit("/models/smollm2")
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')); }")
    page.click(".copy >> nth=0 >> button")
    assert page.evaluate("getSelection().toString()").startswith("curl http")
    assert "copy it yourself" in page.locator(".copy button").first.inner_text()


def test_a_model_is_taken_out_of_memory_and_comes_back(visit, place, shots):
    page = visit("/models/minilm")
    page.click("form[action$='/unload'] button")
    page.wait_for_selector(".pill:not(.ok)")
    assert "Stored" in page.locator(".pill").inner_text() and page.locator("form[action$='/unload']").count() == 0
    page.screenshot(path=shots / "model-stored.png", full_page=True)
    answer = page.request.post(place.url + "/v1/embeddings", data={"model": "minilm", "input": "hall"}, headers={"origin": place.url})
    assert answer.ok
    page.reload()
    assert page.locator("form[action$='/unload']").count() == 1


def test_known_models_are_one_press_away_and_a_stop_is_said(visit, shots):
    page = visit("/add-model")
    assert page.locator("[name=pick]").evaluate_all("all => all.map(b => b.value)") == ["smollm2", "minilm", "gemma3"]
    sent = []
    page.route("**/add-model", lambda route: sent.append(route.request.post_data))  # never answered
    page.click("[name=pick][value=gemma3]")
    page.wait_for_selector("#cancel:not([hidden])")
    assert page.evaluate("document.activeElement.id") == "cancel"
    page.screenshot(path=shots / "add-running.png", full_page=True)
    page.keyboard.press("Enter")
    page.wait_for_selector("#start:not([hidden])")
    assert sent and "pick=gemma3" in sent[0]
    assert page.locator("#said").inner_text().startswith("Stopped.") and page.evaluate("document.activeElement.id") == "start"


def answer(status, route):
    route.fulfill(status=status, body="no")


def test_a_refusal_of_a_fetch_says_why(visit):
    for status, said in ((401, "Sign in"), (403, "may not add models"), (400, "incomplete"), (500, "could not begin")):
        page = visit("/add-model")
        page.route("**/add-model", functools.partial(answer, status))
        page.click("[name=pick][value=smollm2]")
        page.wait_for_selector("#problem:not([hidden])")
        assert said in page.locator("#problem").inner_text()
        assert page.locator("#start").is_visible()


def test_the_examples_of_a_model_can_be_copied(visit, place):
    page = visit("/models/smollm2")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.click(".copy >> nth=0 >> button")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"curl {place.url}/v1/chat/completions") and '"model": "smollm2"' in copied
    assert page.locator(".copy button").first.inner_text() == "Copied"


def test_a_source_that_is_none_is_explained(visit, shots):
    for scripts in (True, False):
        page = visit("/add-model", scripts=scripts)
        page.fill("#source", "hf:only-an-owner")
        page.click("#start")
        page.wait_for_selector("#problem:not([hidden])")
        assert page.locator("#problem p").inner_text()
        assert page.input_value("#source") == "hf:only-an-owner", "what was typed is kept"
        page.screenshot(path=shots / f"add-problem-{'script' if scripts else 'plain'}.png")
