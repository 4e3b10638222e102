"""Every page in both languages, both themes and both widths."""

import itertools
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from looks import LANGUAGES, LONG, LOOKS, SCHEMES, SIZES

PAGES = {
    "models": "/models",
    "model": "/models/smollm2",
    "embedding": "/models/minilm",
    "add": "/add-model",
    "remove": "/models/smollm2/remove",
    "chat": "/chat",
    "keys": "/keys",
    "settings": "/settings",
    "sign-in": "/sign-in",
    "missing": "/nothing-here",
    "networks": "/networks",
    "network": "/networks/flowers",
    "network-remove": "/networks/flowers/remove",
    "version": "/networks/flowers/versions/1",
    "try": "/networks/flowers/try",
    "training": "/training",
    "job": "/training/{job}",
    "job-remove": "/training/{job}/remove",
    "new-training": "/new-training",
    "training-form": "/new-training?data={data}",
    "recipe": "/new-training?job={job}",
}
LIVE = ("models", "networks", "training")

CONVERSATION = [{"role": "user", "content": "Show me code"}, {"role": "assistant", "content": "**Here** it is:\n\n```\nprint(1)\n```", "meta": ["12 tokens"]}]


def overflow(page):
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def serious(page):
    found = Axe().run(page).response["violations"]
    return [
        f"{fault['id']}: {fault['help']}\n  {fault['nodes'][0]['html'][:200]}\n  {fault['nodes'][0].get('failureSummary', '')}"
        for fault in found
        if fault["impact"] in ("serious", "critical")
    ]


def skipped_headings(page):
    """Levels of headings of which one is skipped."""
    levels = [int(tag[1]) for tag in page.eval_on_selector_all("h1,h2,h3,h4", "all => all.filter(h => h.closest('dialog,[hidden],nav') === null).map(h => h.tagName)")]
    return levels[0] != 1 or any(after > before + 1 for before, after in zip(levels, levels[1:]))


def small_targets(page):
    """What is to be pressed and is less than 24 pixels wide or high."""
    return page.eval_on_selector_all(
        "a,button,input:not([type=hidden]),select,textarea",
        """all => all.filter(e => e.checkVisibility() && !e.closest('.skip,.sr') && !e.matches('.skip,.sr'))
             .map(e => [e.outerHTML.slice(0, 120), e.closest('label')?.getBoundingClientRect() ?? e.getBoundingClientRect()])
             .filter(([, box]) => box.height < 24 || box.width < 24).map(([text]) => text)""",
    )


@pytest.mark.parametrize("language, scheme, width", LOOKS)
@pytest.mark.parametrize("name", PAGES)
def test_is_accessible_and_fits(visit, learned, shots, name, language, scheme, width):
    page = visit(PAGES[name].format(**learned), language, scheme, width)
    assert page.locator("h1").count() == 1
    assert page.locator("html").get_attribute("lang") == {"en": "en", "zh": "zh-Hans"}[language]
    if name in LIVE:
        page.wait_for_selector("#live:not([hidden])")
    page.screenshot(path=shots / f"{name}-{language}-{width}-{scheme}.png", full_page=True)
    assert overflow(page) <= 0
    assert not serious(page), "\n".join(serious(page))
    assert not skipped_headings(page)
    assert width != 390 or not small_targets(page), small_targets(page)


@pytest.mark.parametrize("language, scheme", list(itertools.product(LANGUAGES, SCHEMES)) if LONG else [("en", "dark"), ("zh", "light")])
def test_what_pages_become_is_accessible_too(visit, shots, language, scheme):
    page = visit("/chat?model=smollm2", language, scheme, 390)
    page.evaluate("""talk => sessionStorage.setItem('lares.chat', JSON.stringify({ model: 'smollm2', talk }))""", CONVERSATION)
    page.route("**/v1/chat/completions", lambda route: route.fulfill(status=500, content_type="application/json", body='{"error":{"message":"a fault","code":"x"}}'))
    page.reload()
    page.fill("#message", "and then?")
    page.click("#send")
    page.wait_for_selector("#problem:not([hidden])")
    page.screenshot(path=shots / f"chat-problem-{language}-{scheme}.png", full_page=True)
    assert page.locator(".ai").count() == 1 and not serious(page) and overflow(page) <= 0
    page = visit("/models/smollm2", language, scheme)
    page.click("[data-dialog]")
    page.wait_for_selector("dialog[open]")
    page.screenshot(path=shots / f"model-dialog-{language}-{scheme}.png")
    assert not serious(page)
    page = visit("/keys", language, scheme)
    page.fill("#name", f"made {language} {scheme}")
    page.click("main form button.main")
    page.wait_for_selector(".copy button")
    page.screenshot(path=shots / f"keys-made-{language}-{scheme}.png", full_page=True)
    assert not serious(page)
    page.click("tbody tr:last-child a.b")
    page.click("main form button.danger")


# Shifts that no one caused: what comes after a press is not counted.
SHIFTS = """() => { window.shifts = []; new PerformanceObserver(list => list.getEntries().forEach(shift => shift.hadRecentInput ||
  shifts.push(shift.value + ' ' + shift.sources.map(s => s.node?.outerHTML?.slice(0, 80) + ` from ${s.previousRect.x},${s.previousRect.y} ${s.previousRect.width}×${s.previousRect.height} to ${s.currentRect.x},${s.currentRect.y} ${s.currentRect.width}×${s.currentRect.height}`).join(' | ')))).observe({ type: 'layout-shift', buffered: true }); }"""


@pytest.mark.parametrize("language, width", SIZES)
@pytest.mark.parametrize("name", PAGES)
def test_nothing_moves_by_itself(visit, learned, name, language, width):
    page = visit(PAGES[name].format(**learned), language, width=width)
    page.evaluate(SHIFTS)
    if name in LIVE:
        page.wait_for_selector("#live:not([hidden])")
    page.wait_for_timeout(300)
    assert page.evaluate("shifts") == []


@pytest.mark.long
@pytest.mark.parametrize("language, width", SIZES)
@pytest.mark.parametrize("name", PAGES)
def test_nothing_moves_while_a_page_arrives_in_pieces(visit, learned, name, language, width):
    page = visit(PAGES[name].format(**learned), language, width=width)
    network = page.context.new_cdp_session(page)
    network.send("Network.emulateNetworkConditions", {"offline": False, "latency": 0, "downloadThroughput": 15_000, "uploadThroughput": -1})
    page.reload()
    page.evaluate(SHIFTS)
    page.wait_for_timeout(100)
    assert page.evaluate("shifts") == []


@pytest.mark.parametrize("width", [1280, 390, 320])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_live_values_move_nothing(visit, language, width):
    page = visit(PAGES["models"], language, width=width)
    page.wait_for_selector("#live:not([hidden])")
    page.evaluate(SHIFTS)
    page.eval_on_selector_all("#rows td.num", "all => all.forEach(cell => (cell.textContent = {en: '888\u00a0tok/s', zh: '888\u00a0词元/秒'}[document.documentElement.lang.slice(0, 2)]))")
    page.wait_for_timeout(200)
    assert page.evaluate("shifts") == []
    assert page.eval_on_selector_all("#rows td.num", "all => all.filter(cell => cell.scrollWidth > cell.clientWidth).length") == 0


@pytest.mark.parametrize("language", LANGUAGES if LONG else ["en"])
@pytest.mark.parametrize("name", PAGES)
def test_needs_no_sideways_scrolling_at_320_pixels_and_twice_the_text(visit, learned, shots, name, language):
    page = visit(PAGES[name].format(**learned), language, width=320)
    assert overflow(page) <= 0, "at 320 px"
    page.screenshot(path=shots / f"{name}-{language}-320.png", full_page=True)
    page.set_viewport_size({"width": 640, "height": 844})
    page.evaluate("document.documentElement.style.setProperty('font-size', '200%')")
    assert overflow(page) <= 0, "at 640 px with text twice as large"


@pytest.mark.parametrize("name", PAGES)
def test_is_complete_without_scripts(visit, learned, name):
    page = visit(PAGES[name].format(**learned), scripts=False)
    assert page.locator("h1").inner_text()
    assert page.locator("noscript").count() == 0


@pytest.mark.parametrize("name", ["models", "chat", "networks", "training"])
def test_an_empty_server_offers_the_first_step(visit, empty_place, shots, name):
    for language in ("en", "zh"):
        page = visit(PAGES[name], language, width=390, at=empty_place)
        page.screenshot(path=shots / f"{name}-empty-{language}.png", full_page=True)
        assert page.locator(".empty h2").inner_text()
        assert page.locator(".empty a.b").count() == 1
        assert not serious(page)


def test_pages_styles_and_scripts_stay_within_their_budgets(visit, learned, place):
    page = visit("/models")
    for path in PAGES.values():
        answer = page.request.get(place.url + path.format(**learned), headers={"accept": "text/html"})
        assert len(answer.body()) < 60_000, path
    names = re.findall(r"/assets/\w+/", page.content())
    folder = place.url + names[0]
    sizes = {name: len(page.request.get(folder + name).body()) for name in ("console.css", "console.js", "chat.js", "prose.js", "pull.js", "stream.js", "grid.js")}
    assert sizes["console.css"] < 14_000
    for scripts in (("chat.js", "prose.js", "stream.js"), ("pull.js", "stream.js"), ("grid.js",)):
        assert sizes["console.js"] + sum(sizes[name] for name in scripts) < 20_000, scripts


def test_assets_are_kept_for_good_under_their_hash_and_checked_under_another(visit, place):
    page = visit("/models")
    address = page.get_attribute("link[rel=stylesheet]", "href")
    first = page.request.get(place.url + address)
    assert "immutable" in first.headers["cache-control"]
    other = page.request.get(place.url + "/assets/0/console.css", headers={"if-none-match": first.headers["etag"]})
    assert other.status == 304 and other.headers["cache-control"] == "no-cache"


def test_the_policy_allows_nothing_inline_and_nobody_else(visit, learned, place):
    page = visit("/models")
    headers = page.request.get(place.url + "/models").headers
    assert headers["content-security-policy"] == (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    assert headers["x-content-type-options"] == "nosniff"
    for path in PAGES.values():
        html = page.request.get(place.url + path.format(**learned), headers={"accept": "text/html"}).text()
        assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", html), path
