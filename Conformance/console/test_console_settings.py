"""Language and theme: cookies, no script, no flash."""

import pytest


def background(page):
    return page.evaluate("getComputedStyle(document.body).backgroundColor")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_chosen_theme_wins_over_the_system(visit, scripts):
    page = visit("/settings", scheme="light", scripts=scripts)
    page.check("input[name=theme][value=dark]")
    page.click("main button.main")
    page.wait_for_selector("[role=status]")
    assert page.get_attribute("link[rel=stylesheet]", "href").endswith("console.dark.css")
    if scripts:
        assert background(page) == "rgb(19, 20, 18)"
        page.emulate_media(color_scheme="dark")
        page.check("input[name=theme][value=light]")
        page.click("main button.main")
        page.wait_for_selector("link[href$='console.light.css']", state="attached")
        assert background(page) == "rgb(245, 244, 240)"


def test_without_a_choice_the_system_decides(visit):
    assert background(visit("/settings", scheme="dark")) == "rgb(19, 20, 18)"
    assert background(visit("/settings", scheme="light")) == "rgb(245, 244, 240)"


def test_a_chosen_language_is_kept(visit):
    page = visit("/settings")
    page.check("input[name=language][value=zh]")
    page.click("main button.main")
    page.wait_for_selector("html[lang=zh-Hans]")
    page.goto(page.url.split("/settings")[0] + "/chat")
    assert page.locator("h1").inner_text() == "对话"


def test_the_way_back_after_a_choice_stays_on_this_server(visit, place):
    page = visit("/settings")
    for back in ("//elsewhere.example", "https://elsewhere.example", "/\\elsewhere.example", ""):
        answer = page.request.post(
            place.url + "/language", form={"language": "en", "back": back}, headers={"origin": place.url}, max_redirects=0
        )
        assert answer.status == 303 and answer.headers["location"] == "/models", back
