"""The city's pages in a real browser: dashboards, forecasts, alarms, the quality of data, what comes in, and questions to the API."""

import json
import math
import time
import types
import urllib.error
import urllib.parse
import urllib.request

import pytest
from home_devices import Home
from lares_server import must_run
from test_console_pages import SHIFTS, overflow, serious
from watched_page import until
from looks import LOOKS

HOSTILE = "<img src=x onerror=alert(1)>,q='\"</script>"
HOUR = 3600
# Names stand in the store as the line protocol writes them.
SHOWN = HOSTILE.replace(" ", "\\ ") + "/v"


def send(home, text, query="precision=s", kind="text/plain"):
    request = urllib.request.Request(f"{home.server.url}/lares/v1/ingest?{query}", data=text.encode(), headers={"Content-Type": kind})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.loads(answer.read())


def demand(hour):
    """A day and a week, and something between."""
    return 300 + 80 * math.sin(hour * math.pi / 12) + (40 if hour % 168 < 120 else 0) + hour * 7 % 11


def fill(home):
    now = int(time.time())
    home.last = now // HOUR * HOUR
    year = [f"air,station={station:02},unit=µg/m³ no2={20 + station + 9 * math.sin(day / 9 + station):.1f} {now - day * 86_400}" for day in range(365) for station in range(50)]
    assert send(home, "\n".join(year))["dead_letters"] == 0
    weeks = [f"grid,area=east,unit=kW demand={demand(hour):.2f} {home.last - (6 * 168 - hour) * HOUR}" for hour in range(6 * 168) if not 700 <= hour < 720]
    assert send(home, "\n".join(weeks))["dead_letters"] == 0
    # Points that are double, late, changed and flagged, and lines that can't be taken.
    send(home, "\n".join(["odd v=1 %d" % (now - 900), "odd v=1 %d" % (now - 900), "odd v=2 %d" % (now - 600), "odd v=3 %d" % (now - 700), "odd,quality=suspect v=4 %d" % (now - 300)]))
    send(home, SHOWN.removesuffix("/v") + f" v=7 {now - 60}")
    refused = send(home, f'odd v="<b>text</b>" {now}\nodd v=5 {now - 30}')
    assert refused["dead_letters"] == 1 and refused["stored"] == 1


def meter(home, device):
    device.say("homeassistant/sensor/m/config", {"name": None, "uniq_id": "m", "stat_t": "z/m", "unit_of_meas": "W", "dev_cla": "power", "dev": {"ids": "m", "name": "Pump", "sa": "Depot"}}, retain=True)
    home.wait(lambda: "depot/pump" in home.things())
    home.ask("/lares/v1/watches", {"id": "pumps", "things": "depot/+", "properties": "power", "severity": "critical", "learning": 20})
    for value in [100 + step * 7 % 13 for step in range(100)] + [5000]:
        device.say("z/m", f"{value}")
    home.wait(lambda: home.ask("/lares/v1/alarms")["alarms"])


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    with Home(tmp_path_factory.mktemp("city"), "--zone", "Europe/Rome") as home, home.client("z", home.account("z")) as device:
        home.guest = json.loads(must_run(["keys", "add", "guest", "--role", "guest", "--json"], home.folder))["secret"]
        home.device = device
        fill(home)
        meter(home, device)
        home.board = None
        yield home


@pytest.fixture
def place(home):
    return types.SimpleNamespace(url=home.server.url)


@pytest.fixture(scope="module")
def board(home, browser):
    """The address of a dashboard that a person made in the browser: fifty series of a year, one chart, latest values, alarms."""
    page = browser.new_page()
    page.goto(home.server.url + "/dashboards")
    assert page.locator(".empty h2").inner_text() == "No dashboards yet"
    page.get_by_label("Title").fill("East <b>district</b>")
    page.get_by_role("button", name="Make dashboard").click()
    add(page, "Chart", "Air", "1 year", "station no2", everything=True)
    add(page, "Chart", "Demand", "1 week", "east demand")
    add(page, "Latest values", "Now", "1 day", "onerror")
    page.get_by_role("searchbox").fill("demand")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Add ticked").click()
    add(page, "Open alarms", "", "1 day", None)
    page.get_by_role("link", name="Show dashboard").click()
    address = page.url.removeprefix(home.server.url)
    page.close()
    return address


def add(page, kind, heading, span, words, everything=False):
    if not page.url.endswith("/edit"):
        page.locator(".crumb a").click()
    page.get_by_role("radio", name=kind).check()
    page.get_by_label("Heading").fill(heading)
    page.get_by_label("How far back").select_option(label=span.replace(" ", "\u00a0"))
    page.get_by_role("button", name="Add panel").click()
    if words:
        page.get_by_role("searchbox").fill(words)
        page.get_by_role("button", name="Search").click()
        if everything:
            page.get_by_role("button", name="Add all shown").click()
        else:
            page.get_by_role("checkbox").first.check()
            page.get_by_role("button", name="Add ticked").click()


def demand_page(path="/forecasts"):
    return f"{path}?series={urllib.parse.quote('grid,area=east/demand', safe='')}"


PAGES = {
    "dashboards": "/dashboards",
    "dashboard": "{board}",
    "edit": "{board}/edit",
    "panel": "{board}/panels/1?find=demand",
    "forecasts": "/forecasts",
    "forecast": demand_page() + "&horizon=48",
    "alarms": "/alarms",
    "alarm": "/alarms/1",
    "incident": "/incidents/1",
    "quality": "/quality",
    "letters": "/quality/letters",
    "letter": "/quality/letters/1",
    "ingest": "/ingest",
    "query": demand_page("/query") + "&span=week",
    "query-forecast": demand_page("/query") + "&what=forecasts",
}


@pytest.mark.parametrize("language, scheme, width", LOOKS)
@pytest.mark.parametrize("name", PAGES)
def test_is_accessible_and_fits(visit, board, shots, name, language, scheme, width):
    page = visit(PAGES[name].format(board=board), language, scheme, width)
    page.evaluate(SHIFTS)
    assert page.locator("h1").count() == 1
    if page.locator("#live").count():
        page.wait_for_selector("#live:not([hidden])")
    page.screenshot(path=shots / f"city-{name}-{language}-{width}-{scheme}.png", full_page=True)
    assert overflow(page) <= 0
    assert not serious(page), "\n".join(serious(page))
    levels = [int(tag[1]) for tag in page.eval_on_selector_all("h1,h2,h3,h4", "all => all.filter(h => h.closest('[hidden],nav,details:not([open])') === null).map(h => h.tagName)")]
    assert levels[0] == 1 and all(after <= before + 1 for before, after in zip(levels, levels[1:])), levels
    assert page.evaluate("shifts") == []
    page.set_viewport_size({"width": 320, "height": 844})
    assert overflow(page) <= 0, "at 320 px"


def test_pages_stay_within_their_budget_and_show_names_as_text(visit, board, place):
    page = visit("/dashboards")
    for path in PAGES.values():
        answer = page.request.get(place.url + path.format(board=board), headers={"accept": "text/html"})
        html = answer.text()
        assert answer.status == 200 and len(answer.body()) < 60_000, (path, len(answer.body()))
        assert "<img" not in html and "<b>district" not in html and "<b>text" not in html and "onerror=alert(1)>" not in html, path
        assert " style=" not in html and "{{" not in html and "[[" not in html, path
    assert page.goto(place.url + board).status == 200
    assert page.locator("h1").inner_text() == "East <b>district</b>"
    assert SHOWN in page.locator(".lasts").inner_text()


def test_fifty_series_of_a_year_are_fifty_pictures(visit, board):
    page = visit(board, scripts=False)
    pictures = page.locator(".smalls li")
    assert pictures.count() == 50 and all(path and path.endswith("z") for path in page.eval_on_selector_all(".smalls path", "all => all.map(path => path.getAttribute('d'))"))
    assert "to" in pictures.first.inner_text()
    assert page.locator(".plot").count() == 1 and page.locator(".panel").count() == 4
    page.get_by_role("link", name="1 hour", exact=True).click()
    assert page.url.endswith("?span=hour") and "Nothing was heard in the last hour." in page.locator(".panel").nth(1).inner_text()


def test_a_dashboard_is_live(visit, home, board):
    page = visit(board)
    page.wait_for_selector("#live:not([hidden])")
    send(home, f"grid,area=east,unit=kW demand=777 {int(time.time())}")
    until(page, "document.querySelector('.lasts').innerText.includes('777')")


def test_panels_are_moved_and_taken_away(visit, home, board):
    page = visit(board + "/edit")
    page.get_by_role("button", name="Move Now up").click()
    page.get_by_role("status").wait_for()
    assert page.locator(".picks h3").all_inner_texts() == ["Air", "Now", "Demand", "Open alarms"]
    page.get_by_role("button", name="Move Demand up").click()
    page.get_by_role("status").wait_for()
    page.get_by_role("textbox", name="Title").fill("")
    page.evaluate("document.querySelectorAll('form').forEach(form => form.noValidate = true)")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("alert").wait_for()
    assert page.get_attribute("#title", "aria-invalid") == "true"


def test_a_forecast_has_its_band_and_its_record(visit, home):
    page = visit(demand_page() + "&horizon=24")
    answer = home.ask("/lares/v1/forecasts?horizon=24&series=" + urllib.parse.quote("grid,area=east/demand", safe=""))
    text = page.locator("main").inner_text().replace("\u00a0", " ")
    assert answer["model"] in text and f"back-test of {answer['backtest']['windows']} forecasts" in text and "8 times in 10" in text
    for look in (".inner", ".outer", ".c1", ".c2"):
        assert page.locator(f".plot {look}").get_attribute("d"), look
    inner, outer = answer["intervals"]
    assert all(low <= least < mean < most <= high for low, least, mean, most, high in zip(outer["lower"], inner["lower"], answer["mean"], inner["upper"], outer["upper"]))
    later = (int(answer["start"]) - home.last) // HOUR
    assert sum(low <= demand(6 * 168 + later + step) <= high for step, (low, high) in enumerate(zip(outer["lower"], outer["upper"]))) >= 20
    page.get_by_text("Show as table").click()
    assert page.locator("tbody tr").count() == 24
    page = visit(demand_page() + "&horizon=168")
    assert page.locator(".plot .gap").get_attribute("d"), "the twenty hours that are missing"
    page = visit("/forecasts")
    page.get_by_role("searchbox").fill("odd")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="odd/v").click()
    assert "Too little is known" in page.get_by_role("status").first.inner_text() and "are needed" in page.locator("main").inner_text()


def test_an_alarm_is_seen_put_away_and_over(visit, home):
    page = visit("/alarms?span=hour")
    page.wait_for_selector("#live:not([hidden])")
    assert page.locator("#line .critical rect").count() == 1 and page.locator("#line .incident rect").count() == 1
    page.get_by_role("button", name="Acknowledge").first.click()
    page.get_by_text("Seen by nobody: 0.").wait_for()
    assert home.ask("/lares/v1/alarms/1")["state"] == "acknowledged"
    page.get_by_role("link", name="Zoom in").click()
    assert "span=quarter" in page.url
    page.get_by_role("link", name="Hide Readings").click()
    assert "without=reading" in page.url and "Readings" not in page.locator("#line").inner_text()
    page.get_by_role("link", name="Earlier").click()
    assert "&to=" in page.url and page.get_by_role("link", name="Later").count() == 1
    page.goto(home.server.url + "/alarms/1")
    assert page.locator(".plot .c1").get_attribute("d")
    page.get_by_label("Don't show it for").select_option("8")
    page.get_by_role("button", name="Shelve").click()
    page.get_by_text("Shelved until").wait_for()
    page.evaluate("document.querySelectorAll('form').forEach(form => form.noValidate = true)")
    page.get_by_role("button", name="Clear").click()
    page.get_by_role("alert").wait_for()
    assert page.get_attribute("#reason", "aria-invalid") == "true"
    page.get_by_label("Why it is over").fill("the pump was <i>mended</i>")
    page.get_by_role("button", name="Clear").click()
    page.get_by_text("the pump was <i>mended</i>").wait_for()
    assert home.ask("/lares/v1/alarms/1")["cleared_because"] == "the pump was <i>mended</i>"


def test_an_incident_says_what_led_to_what(visit, home):
    page = visit("/incidents/1")
    entries = page.locator(".tl li")
    assert "Pump" in entries.first.inner_text() and "5,000" in entries.first.inner_text()
    entries.nth(1).get_by_role("link").click()
    assert page.url.endswith("#e1") and "Followed 1:" in entries.nth(1).inner_text()


def test_alarms_appear_by_themselves(visit, home):
    page = visit("/alarms?span=hour")
    page.wait_for_selector("#live:not([hidden])")
    before = page.locator("#alarms li").count()
    home.device.say("homeassistant/sensor/n/config", {"name": None, "uniq_id": "n", "stat_t": "z/n", "unit_of_meas": "W", "dev_cla": "power", "dev": {"ids": "n", "name": "Fan", "sa": "Depot"}}, retain=True)
    home.wait(lambda: "depot/fan" in home.things())
    for value in [100 + step * 7 % 13 for step in range(100)] + [9000]:
        home.device.say("z/n", f"{value}")
    until(page, f"document.querySelectorAll('#alarms li').length > {before}")
    assert "Fan" in page.locator("#alarms").inner_text()


def test_the_quality_of_each_series(visit, home):
    page = visit("/quality?noticed=1")
    page.get_by_role("searchbox").fill("odd")
    page.get_by_role("button", name="Search").click()
    page.wait_for_url("**noticed=1**find=odd**")
    heads = page.locator("thead th").all_inner_texts()
    cells = dict(zip(heads, page.locator("tbody tr", has_text="odd/v").locator("th,td").all_inner_texts()))
    assert (cells["Late"], cells["Double"], cells["Flagged"]) == ("1", "1", "1"), cells
    assert visit("/quality?noticed=1").locator("tbody tr").count() == 25
    page = visit("/quality?span=week")
    page.get_by_role("searchbox").fill("grid east")
    page.get_by_role("button", name="Search").click()
    cells = dict(zip(heads, page.locator("tbody tr").first.locator("th,td").all_inner_texts()))
    assert cells["Usually every"].replace("\u00a0", " ") == "60 min", cells
    page = visit("/quality")
    page.get_by_role("link", name="Next").click()
    assert "after=" in page.url and page.locator("tbody tr").count() == 25


def test_a_dead_letter_is_mended_and_tried_again(visit, home):
    page = visit("/quality")
    page.get_by_role("link", name="Dead letters").click()
    assert "<b>text</b>" in page.locator("pre").first.inner_text()
    page.get_by_role("button", name="Try letter 1 again").click()
    page.get_by_text("Tried again: 0 points taken, 1 lines refused.").wait_for()
    page.locator(".picks h2 a").first.click()
    page.fill("#text", f"odd v=6 {int(time.time()) - 5}")
    page.get_by_role("button", name="Try again").click()
    page.get_by_text("Tried again: 1 points taken, 0 lines refused.").wait_for()
    assert page.locator(".empty h2").inner_text() == "No dead letters"


def test_rates_quotas_and_who_was_told_to_wait(visit, home):
    home.ask("/lares/v1/ingest/tenants/north", {"series": 10, "points_per_second": 10, "bytes_per_second": None, "keys": []}, "PUT")
    page = visit("/ingest")
    page.wait_for_selector("#live:not([hidden])")
    lines = "\n".join(f"x v={place} {place}" for place in range(100))
    send(home, lines, "precision=s&tenant=north")
    with pytest.raises(urllib.error.HTTPError) as refusal:
        send(home, lines, "precision=s&tenant=north")
    assert refusal.value.code == 429
    until(page, "document.querySelector('#rates').innerText.includes('north, http:local')")
    text = page.locator("#rates").inner_text().replace("\u00a0", " ")
    assert "10.0 points/s" in text or "10 points/s" in text
    assert "Senders were told to wait 1 times in the last hour." in text and "of 400,000" in text


def test_the_call_that_is_shown_is_the_one_that_is_made(visit, home):
    page = visit(demand_page("/query") + "&what=statistics&span=week&period=hour")
    url = page.locator("pre[aria-label=URL] code").inner_text()
    answer = json.loads(urllib.request.urlopen(url, timeout=10).read())
    assert f"curl '{url}'" == page.locator("pre[aria-label=curl] code").inner_text()
    assert answer["property"] == "grid,area=east/demand" and len(answer["statistics"]) > 100
    assert page.locator(".plot .c1").get_attribute("d") and page.locator(".tall tbody tr").count() == 100
    with page.expect_download() as loaded:
        page.get_by_role("link", name="All readings as CSV").click()
    assert "demand" in loaded.value.path().read_text()
    page = visit("/query?series=" + urllib.parse.quote(SHOWN, safe=""))
    assert page.locator("main section h2").first.inner_text() == SHOWN and page.locator(".tall tbody tr").count() == 1
    page = visit(demand_page("/query") + "&width=1")
    assert page.get_attribute("#width", "aria-invalid") == "true"


def test_a_guest_sees_what_the_policy_lets_them_see(visit, home, board):
    page = visit("/chat")
    page.context.add_cookies([{"name": "lares_key", "value": home.guest, "url": home.server.url}])
    for path in ("/quality", "/quality/letters", "/quality/letters/1", "/ingest", "/ingest-events", board + "/edit"):
        assert page.request.get(home.server.url + path, headers={"accept": "text/html"}).status == 404, path
    page.goto(home.server.url + board)
    assert "50 of its series are gone, or not for you to see." in page.locator(".panel").first.inner_text()
    assert page.locator(".smalls li").count() == 0 and page.get_by_role("link", name="Edit dashboard").count() == 0
    assert page.locator(".side a[href='/ingest']").count() == 0 and page.locator(".side a[href='/alarms']").count() == 1
    page.goto(home.server.url + demand_page())
    assert page.locator(".plot").count() == 0 and "not for you to see" in page.locator("main").inner_text()
    assert page.goto(home.server.url + demand_page("/query")).status == 400
    page.goto(home.server.url + "/alarms/1")
    assert page.get_by_role("button", name="Clear").count() == 0
    page.goto(home.server.url + "/forecasts?find=")
    assert "no2" not in page.locator(".founds").inner_text()


def test_forms_of_other_sites_are_refused(home, board):
    for path in ("/dashboards", board + "/edit", "/alarms/1", "/quality/letters"):
        request = urllib.request.Request(home.server.url + path, data=b"act=remove&title=x", headers={"Origin": "http://evil.example"})
        with pytest.raises(urllib.error.HTTPError) as refusal:
            urllib.request.urlopen(request, timeout=5)
        assert refusal.value.code == 403, path


def test_everything_works_by_keyboard(visit, home, board):
    page = visit("/alarms")
    page.get_by_role("link", name="Zoom out").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**span=week*")
    page = visit(board + "/panels/1")
    page.get_by_role("searchbox").focus()
    page.keyboard.type("odd")
    page.keyboard.press("Enter")
    page.wait_for_url("**find=odd*")
    page.get_by_role("checkbox").first.focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Add ticked").focus()
    page.keyboard.press("Enter")
    page.get_by_text("odd/v").first.wait_for()
    page.get_by_role("button", name="Remove odd/v").press("Enter")
    page.get_by_role("button", name="Remove odd/v").wait_for(state="detached")


def test_a_dashboard_is_removed(visit, home, board):
    page = visit(board + "/edit")
    page.get_by_role("button", name="Remove dashboard").click()
    page.wait_for_url("**/dashboards")
    assert page.goto(home.server.url + board).status == 404
