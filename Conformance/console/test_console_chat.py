"""The chat, with a real model that really streams."""

import json
import re

import pytest

from watched_page import until


def ask(page, text):
    page.fill("#message", text)
    page.click("#send")


def stream(text, finish="stop"):
    """The events of an answer; without a finish, the connection is lost before its end."""
    ends = [{"delta": {}, "finish_reason": finish}] if finish else []
    choices = [{"delta": {"content": text}, "finish_reason": None}, *ends]
    events = [json.dumps({"choices": [{"index": 0, **choice}]}) for choice in choices] + (["[DONE]"] if finish else [])
    return {"status": 200, "content_type": "text/event-stream", "body": "".join(f"data: {event}\n\n" for event in events)}


def chat_answered(visit, answer):
    """A chat whose questions get an answer made up beforehand."""
    page = visit("/chat?model=smollm2")
    page.route("**/v1/chat/completions", lambda route: route.fulfill(**answer))
    return page


def asked(page):
    """The requests a page will send for answers."""
    sent = []
    page.on("request", lambda request: sent.append(request.post_data) if request.url.endswith("/v1/chat/completions") else None)
    return sent


def test_an_answer_streams_in_and_ends_with_its_figures(visit, shots):
    page = visit("/chat?model=smollm2")
    page.evaluate(
        """() => { window.lengths = []; new MutationObserver(() => lengths.push(document.querySelector('.ai')?.textContent.length ?? 0))
             .observe(document.getElementById('log'), { subtree: true, childList: true, characterData: true }); }"""
    )
    ask(page, "Why is the sky blue? Answer in three sentences.")
    until(page, "document.querySelector('.ai')?.textContent.length > 40")
    assert page.locator("#log").get_attribute("aria-live") == "off"
    assert page.locator("#spoken").inner_text() == "", "nothing is spoken while it streams"
    page.wait_for_selector(".ai .meta", timeout=60_000)
    page.screenshot(path=shots / "chat-answer.png")
    assert len(set(page.evaluate("lengths"))) > 5, "the text came in pieces"
    figures = page.locator(".ai .meta").inner_text()
    assert re.search(r"\d+\stokens", figures) and re.search(r"\d\stok/s", figures) and re.search(r"first word after [\d.]+\ss", figures)
    prose = page.locator(".ai .stack").inner_text()
    assert page.locator("#spoken").text_content().split()[:5] == prose.split()[:5], "the finished text is spoken"


def test_the_conversation_goes_on_and_starts_anew(visit, shots):
    page = visit("/chat?model=smollm2", "zh", "dark", 390)
    sent = asked(page)
    ask(page, "Say hello in one short sentence.")
    page.wait_for_selector(".ai .meta", timeout=60_000)
    ask(page, "And now say goodbye in one short sentence.")
    until(page, "document.querySelectorAll('.ai .meta').length === 2")
    page.screenshot(path=shots / "chat-answer-zh-390-dark.png")
    assert [turn["role"] for turn in json.loads(sent[1])["messages"]] == ["user", "assistant", "user"]
    page.reload()
    assert page.locator(".me").count() == 2, "the tab keeps the conversation"
    page.click("#new")
    assert page.locator(".me").count() == 0
    assert page.evaluate("document.activeElement.id") == "message"


def test_text_of_a_person_and_of_a_model_is_never_markup(visit):
    page = chat_answered(visit, stream("<img src=x onerror=alert(1)> **bold** `<b>`"))
    ask(page, "<script>alert(1)</script>")
    page.wait_for_selector(".ai .meta")
    assert page.locator(".me").inner_text() == "<script>alert(1)</script>"
    assert page.locator("#log img").count() == 0
    assert page.locator(".ai b").inner_text() == "bold"
    assert page.locator(".ai code").inner_text() == "<b>"


@pytest.mark.parametrize(
    ("status", "error", "said"),
    [
        (429, {"message": "queue", "code": "queue_full"}, "Try again in 7"),
        (400, {"message": "long", "code": "context_length_exceeded"}, "longer than the model can read"),
        (503, {"message": "stop", "code": "draining"}, "stopping"),
        (401, {"message": "key", "code": "invalid_api_key"}, "Sign in again"),
        (500, {"message": "a fault the API names", "code": "internal_error"}, "a mistake of its own"),
        (404, {"message": "gone", "code": "model_not_found"}, "no model of this name"),
    ],
)
def test_a_refusal_is_said_and_the_message_can_be_sent_again(visit, status, error, said):
    refusal = {"status": status, "headers": {"retry-after": "7"}, "content_type": "application/json", "body": json.dumps({"error": error})}
    page = chat_answered(visit, refusal)
    ask(page, "Hello")
    page.wait_for_selector("#problem:not([hidden])")
    assert said in page.locator("#problem").inner_text()
    assert page.locator(".me, .ai").count() == 0 and page.input_value("#message") == "Hello", "the message is back in its box"
    assert page.locator("#send-do").is_visible() and page.locator("#begin").is_visible()
    if status == 401:
        assert page.get_attribute("#problem a", "href") == "/sign-in?back=/chat"
    else:
        assert page.locator("#problem [lang=en]").inner_text() == error["message"]
    page.reload()
    assert page.locator(".me").count() == 0, "nothing of it is remembered"


def test_a_server_that_can_not_be_reached_gives_the_message_back(visit):
    page = visit("/chat?model=smollm2")
    page.route("**/v1/chat/completions", lambda route: route.abort())
    ask(page, "Hello")
    page.wait_for_selector("#problem:not([hidden])")
    assert "did not answer" in page.locator("#problem").inner_text() and page.input_value("#message") == "Hello"


def test_an_empty_answer_is_said(visit):
    page = chat_answered(visit, stream(" "))
    ask(page, "Hello")
    page.wait_for_selector("#problem:not([hidden])")
    assert "nothing to say" in page.locator("#problem").inner_text() and page.input_value("#message") == "Hello"


def test_a_new_chat_during_an_answer_begins_empty(visit):
    page = visit("/chat?model=smollm2")
    sent = asked(page)
    ask(page, "Write a very long story about a lighthouse keeper and the sea.")
    until(page, "document.querySelector('.ai')?.textContent.length > 20")
    page.click("#new")
    page.wait_for_timeout(300)
    assert page.locator(".me, .ai").count() == 0 and page.locator("#send-do").is_visible() and page.input_value("#message") == ""
    ask(page, "Say hello in one short sentence.")
    page.wait_for_selector(".ai .meta", timeout=60_000)
    assert [turn["content"] for turn in json.loads(sent[1])["messages"]] == ["Say hello in one short sentence."]


def test_what_was_asked_is_remembered_before_the_answer(visit):
    page = visit("/chat?model=smollm2")
    page.route("**/v1/chat/completions", lambda route: None)  # never answered
    ask(page, "Do not lose this")
    page.wait_for_selector(".me")
    page.reload()
    assert page.input_value("#message") == "Do not lose this" and page.locator(".me").count() == 0


def test_a_lost_connection_keeps_what_arrived(visit):
    page = chat_answered(visit, stream("The beginning", finish=None))
    ask(page, "Hello")
    page.wait_for_selector("#problem:not([hidden])")
    assert "connection was lost" in page.locator("#problem").inner_text()
    assert "The beginning" in page.locator(".ai").inner_text()


def test_thirty_messages_at_a_time_and_no_scrolling_against_the_reader(visit):
    page = visit("/chat?model=smollm2")
    talk = [{"role": ("user", "assistant")[i % 2], "content": f"message {i} " + "word " * 60} for i in range(80)]
    page.evaluate("talk => sessionStorage.setItem('lares.chat', JSON.stringify({ model: 'smollm2', talk }))", talk)
    page.reload()
    assert page.locator(".me, .ai").count() == 30
    assert "message 79" in page.locator(".ai").last.inner_text()
    page.focus("#earlier")
    page.keyboard.press("Enter")
    assert page.locator(".me, .ai").count() == 60
    assert page.evaluate("document.activeElement.id") == "earlier", "the focus stays"
    page.evaluate("document.querySelector('.me').dataset.mark = 'kept'")
    page.evaluate("scrollTo(0, 200)")
    held = page.evaluate("scrollY")
    page.route("**/v1/chat/completions", lambda route: (page.evaluate("scrollTo(0, 200)"), route.fulfill(**stream("new text"))))
    page.fill("#message", "one more")
    page.evaluate("document.getElementById('talk').requestSubmit()")
    until(page, "document.querySelectorAll('.ai .meta').length > 0")
    assert page.evaluate("scrollY") == held, "a reader who scrolled up stays there"
    assert page.locator(".me, .ai").count() == 62 and page.locator("[data-mark=kept]").count() == 1, "messages are only added"
    page.click("#earlier")
    assert page.locator(".me, .ai").count() == 82 and page.locator("#earlier").is_hidden()
    assert page.evaluate("document.activeElement.textContent").startswith("message 0 "), "the focus goes to what was asked for"


def test_chinese_input_methods_keep_their_enter(visit):
    page = visit("/chat?model=smollm2", "zh")
    page.fill("#message", "你好")
    page.evaluate(
        "document.getElementById('message').dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true, cancelable: true }))"
    )
    assert page.locator(".me").count() == 0
    assert page.input_value("#message") == "你好"


def test_it_works_with_scripts_off(visit, shots):
    page = visit("/chat?model=smollm2", scripts=False)
    page.fill("#message", "Say hello in one short sentence.")
    page.click("#send", timeout=90_000)
    page.wait_for_selector(".ai .meta", timeout=90_000)
    page.fill("#message", "Now say goodbye in one short sentence.")
    page.click("#send", timeout=90_000)
    page.wait_for_selector(".ai .meta >> nth=1", timeout=90_000)
    page.screenshot(path=shots / "chat-without-scripts.png", full_page=True)
    assert page.locator(".me").count() == 2 and page.locator(".ai").count() == 2


def test_leaving_the_page_frees_the_place_of_its_answer(visit, place):
    page = visit("/chat?model=smollm2")
    ask(page, "Write a very long story about a lighthouse keeper and the sea.")
    until(page, "document.querySelector('.ai')?.textContent.length > 20")
    page.goto(place.url + "/settings")
    place.wait_for_metric("lares_requests_running", lambda count: count == 0)
