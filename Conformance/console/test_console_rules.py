"""Rules in a real browser: made of a blueprint, seen at work, tried over what was, switched off."""

import json
import types

import pytest
from home_devices import Home
from lares_server import must_run
from test_console_pages import overflow, serious
from test_home import announce
from looks import LOOKS

PAGES = {"rules": "/rules", "rule": "/rules/hall-light", "new": "/new-rule", "blueprint": "/new-rule?blueprint=motion_light", "blank": "/new-rule?blank=1", "schedules": "/schedules", "times": "/timers", "holidays": "/holidays"}
LIGHT = {"id": "hall-light", "name": "Hall light", "when": [{"becomes": "hall/motion/motion", "to": True}, {"time": "sunset"}], "then": [{"set": {"hall/lamp/on": True}}, {"notify": "Light in the hall"}]}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    with Home(tmp_path_factory.mktemp("rules"), "--position", "31.23,121.47", "--zone", "Asia/Shanghai") as home, home.client("z", home.account("z")) as device:
        announce(home, device, "Lamp", "l1", area="Hall")
        device.say("homeassistant/binary_sensor/m/config", {"name": None, "uniq_id": "m", "stat_t": "z/m", "dev_cla": "motion", "dev": {"ids": "m", "name": "Motion", "sa": "Hall"}}, retain=True)
        device.say("z/l1", {"state": "OFF"})
        device.say("z/m", "OFF")
        home.wait(lambda: home.value("hall/motion/motion") is False)
        home.ask("/lares/v1/rules", LIGHT)
        device.say("z/m", "ON")
        home.wait(lambda: home.value("hall/lamp/on") is True)
        blocks = {"id": "evening", "name": "Lamp in the evening", "when": [
            {"time": {"kind": "weekly", "days": ["mon", "tue", "wed", "thu", "fri"], "from": "18:00"}, "id": "on"},
            {"time": {"kind": "weekly", "days": ["mon", "tue", "wed", "thu", "fri"], "from": "22:30"}, "id": "off"}], "then": [{"notify": "x"}]}
        home.ask("/lares/v1/rules", blocks)
        home.device = device
        yield home


@pytest.fixture
def place(home):
    return types.SimpleNamespace(url=home.server.url)


@pytest.mark.parametrize("language, scheme, width", LOOKS)
@pytest.mark.parametrize("name", PAGES)
def test_is_accessible_and_fits(visit, home, shots, name, language, scheme, width):
    page = visit(PAGES[name], language, scheme, width)
    assert page.locator("h1").count() == 1
    page.screenshot(path=shots / f"rules-{name}-{language}-{width}-{scheme}.png", full_page=True)
    assert overflow(page) <= 0
    assert serious(page) == []


def test_what_it_did_and_why_and_what_it_told(visit, home):
    page = visit("/rules/hall-light")
    page.get_by_text("Acted").first.wait_for()
    assert "Motion became Motion" in page.locator("main").inner_text(), "as people call it, not its address"
    assert "Lamp to On" in page.locator("main").inner_text()
    assert visit("/rules").get_by_text("Light in the hall").count() == 1


def test_a_rule_is_a_sentence_that_says_when_and_what(visit, home):
    about = visit("/rules").locator("main").inner_text()
    assert "When Motion becomes Motion or it is sunset: Lamp on, tell people." in about
    assert "it is 18:00 (Mon to Fri) or it is 22:30 (Mon to Fri)" in about and "go on" not in about
    assert "到 18:00（周一至周五）" in visit("/rules", "zh").locator("main").inner_text()
    waiting = {"name": "Waits", "when": [{"becomes": "hall/motion/motion", "to": True}], "only": [{"not": {"state": "hall/lamp/on", "is": True}}],
               "then": [{"wait_for": [{"becomes": "hall/motion/motion", "to": False}], "timeout": "2m"}, {"repeat": [{"notify": "x"}], "times": 2}]}
    rule = home.ask("/lares/v1/rules", waiting)["rule"]["id"]
    about = visit(f"/rules/{rule}").locator(".head p").first.inner_text()
    assert about == "When Motion becomes Motion, if not: Lamp is On: wait until Motion becomes No motion, again and again: tell people."
    home.ask(f"/lares/v1/rules/{rule}", method="DELETE")


def test_a_rule_is_tried_over_last_week(visit, home):
    page = visit("/rules/hall-light")
    page.get_by_role("button", name="Try over last week").click()
    page.get_by_role("heading", name="What it would have done last week").wait_for()
    shown = page.locator('section[aria-labelledby="replay"]').inner_text()
    assert "Lamp" in shown and "tell people: “Light in the hall”" in shown and "{" not in shown, "words, not data"


def test_what_is_wrong_is_said_and_what_was_written_stays(visit, home):
    page = visit("/rules/hall-light")
    page.get_by_role("button", name="As text", exact=True).click()
    page.get_by_role("textbox", name="The rule").fill('{"name": "x"')
    page.get_by_role("button", name="Save").click()
    page.get_by_role("alert").wait_for()
    assert page.get_by_role("textbox", name="The rule").input_value().strip() == '{"name": "x"'


def field(page, name):
    return page.locator(f'[id="{name}"]')


def add(page, path, kind):
    field(page, f"{path}.new").select_option(kind)
    page.locator(f'button[value="add {path}"]').click()


def test_a_rule_is_written_in_a_form(visit, home, shots):
    page = visit("/new-rule?blank=1")
    page.get_by_label("Name", exact=True).fill("By form")
    field(page, "when.0.becomes").fill("hall/motion/motion")
    field(page, "when.0.becomes").press("Tab")
    page.locator('select[id="when.0.to"]').select_option("true")
    add(page, "only", "between")
    field(page, "only.0.from").fill("sunset")
    assert page.evaluate("document.activeElement.id") == "only.0.from", "who adds a part fills it in next"
    field(page, "only.0.through").fill("23:30")
    add(page, "only", "days")
    page.get_by_role("checkbox", name="Saturday").check()
    field(page, "then.0.address").fill("hall/lamp/on")
    field(page, "then.0.address").press("Tab")
    page.locator('select[id="then.0.value"]').select_option("true")
    add(page, "then", "after")
    field(page, "then.1.after").fill("5m")
    add(page, "then.1.then", "set")
    field(page, "then.1.then.0.address").fill("hall/lamp/on")
    field(page, "then.1.then.0.address").press("Tab")
    page.locator('select[id="then.1.then.0.value"]').select_option("false")
    add(page, "then", "notify")
    page.screenshot(path=shots / "rules-form.png", full_page=True)
    page.set_viewport_size({"width": 390, "height": 844})
    assert overflow(page) <= 0 and serious(page) == []
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("button", name="Make the rule").click()
    assert "'then[2].notify' must be filled in" in page.get_by_role("alert").inner_text()
    field(page, "then.2.notify").fill("Light <b>on</b>")
    page.locator('button[value="up then.2"]').click()
    page.get_by_role("button", name="Make the rule").click()
    page.get_by_role("heading", name="By form", level=1).wait_for()
    rule = next(rule["rule"] for rule in home.ask("/lares/v1/rules")["rules"] if rule["rule"]["name"] == "By form")
    assert rule["when"] == [{"becomes": "hall/motion/motion", "to": True}]
    assert rule["only"] == [{"between": ["sunset", "23:30"]}, {"days": ["sat"]}]
    assert rule["then"] == [{"set": {"hall/lamp/on": True}}, {"notify": "Light <b>on</b>"}, {"after": "5m", "then": [{"set": {"hall/lamp/on": False}}]}]
    page.locator('button[value="remove only.1"]').click()
    page.locator('[id="only.1.kind"]').wait_for(state="detached")
    assert home.ask("/lares/v1/rules/by_form")["rule"]["only"] == rule["only"], "nothing changes before it is saved"
    page.get_by_role("button", name="Save").click()
    page.wait_for_load_state()
    assert home.ask("/lares/v1/rules/by_form")["rule"]["only"] == rule["only"][:1]


def test_what_can_not_work_is_said_beside_the_rule(visit, home):
    home.ask("/lares/v1/rules", {"id": "off-course", "name": "Off course", "when": [{"time": "07:00"}], "only": [{"days": ["sat"]}, {"state": "hall/lamp/on", "is": False}], "then": [{"set": {"loft/fan/on": True}}]})
    page = visit("/rules/off-course")
    assert "then[0].set.loft/fan/on" in page.locator("main").inner_text()
    assert "Its other conditions may hold it back then." in page.locator('section[aria-labelledby="moments"]').inner_text()
    home.ask("/lares/v1/rules/off-course", method="DELETE")


def test_holidays_are_added_and_removed(visit, home, tmp_path):
    file = tmp_path / "days.ics"
    file.write_text("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20200301\r\nSUMMARY:Founding <b>day</b>\r\nRRULE:FREQ=YEARLY\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")
    page = visit("/holidays")
    page.get_by_label("Name", exact=True).fill("Wrong Name")
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_role("button", name="Add a calendar").click()
    page.get_by_role("alert").wait_for()
    page.get_by_label("Name", exact=True).fill("ours")
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_role("button", name="Add a calendar").click()
    page.get_by_text("Founding <b>day</b>").first.wait_for()
    page.get_by_role("button", name="Remove ours").click()
    page.get_by_text("None yet.").wait_for()
    assert not any(calendar["name"] == "ours" for calendar in home.ask("/lares/v1/holidays")["holidays"])


def test_what_no_form_holds_stays_as_it_is(visit, home):
    wide = {"id": "wide", "name": "Wide", "note": "n", "variables": {"level": 3}, "mode": "queued", "most": 4, "when": [{"becomes": "hall/motion/motion", "to": [True, False], "id": "m"}, {"time": "sunset-30m"}, {"crosses": "hall/lamp/brightness", "above": 20.5, "for": "1m30s"}],
            "only": [{"any": [{"days": ["mon"]}, {"not": {"online": "hall/lamp"}}]}, {"state": "hall/lamp/on", "is": False}, {"template": "{{ level > 2 }}"}],
            "then": [{"set": {"hall/lamp/on": True}, "confirm": "5s"}, {"choose": [{"only": [{"triggered_by": ["m"]}], "then": [{"stop": "enough"}]}], "else": [{"wait": "2s"}]}, {"notify": "x", "title": "t", "urgent": True}, {"set": {"hall/lamp/brightness": "{{ level }}", "hall/lamp/on": True}}]}
    home.ask("/lares/v1/rules", wide)
    before = home.ask("/lares/v1/rules/wide")["rule"]
    page = visit("/rules/wide")
    for way in ("As text", "As a form"):
        page.get_by_role("button", name=way, exact=True).click()
        page.wait_for_load_state()
    page.get_by_role("button", name="Save").click()
    page.wait_for_load_state()
    assert page.get_by_role("alert").count() == 0
    assert home.ask("/lares/v1/rules/wide")["rule"] == before


def test_a_blueprint_makes_a_rule_that_is_switched_off_and_removed(visit, home):
    page = visit("/new-rule?blueprint=motion_light")
    page.get_by_label("Name", exact=True).fill("By motion")
    suiting = set(page.get_by_role("group", name="Motion sensors").locator("label").all_inner_texts())
    assert "Motion" in suiting <= {"Motion", "Senses"}, "what suits is offered, and nothing else"
    page.get_by_role("group", name="Motion sensors").get_by_role("checkbox", name="Motion").check()
    page.get_by_label("Light, on or off").select_option("hall/lamp/on")
    page.get_by_role("button", name="Make the rule").click()
    page.get_by_role("heading", name="By motion", level=1).wait_for()
    rule = home.ask("/lares/v1/rules/by_motion")["rule"]
    assert rule["when"] == [{"becomes": "hall/motion/motion", "to": True}] and {"set": {"hall/lamp/on": False}} in rule["then"]
    page.get_by_role("switch", name="By motion").click()
    page.wait_for_url("**/rules/by_motion")
    assert page.get_by_role("switch", name="By motion").get_attribute("aria-checked") == "false"
    page.get_by_role("button", name="Remove rule").click()
    page.wait_for_url("**/rules")
    assert not any(rule["rule"]["name"] == "By motion" for rule in home.ask("/lares/v1/rules")["rules"])


@pytest.mark.parametrize("path", ["/new-rule?blank=1", "/new-rule?blueprint=motion_light"])
def test_a_rule_is_tried_before_it_is_made(visit, home, path):
    page = visit(path)
    page.get_by_label("Name", exact=True).fill("Draft")
    if "blank" in path:
        field(page, "when.0.becomes").fill("hall/motion/motion")
        field(page, "when.0.becomes").press("Tab")
        page.locator('select[id="when.0.to"]').select_option("true")
        field(page, "then.0.address").fill("hall/lamp/on")
        field(page, "then.0.address").press("Tab")
        page.locator('select[id="then.0.value"]').select_option("false")
    else:
        page.get_by_role("group", name="Motion sensors").get_by_role("checkbox", name="Motion").check()
        page.get_by_label("Light, on or off").select_option("hall/lamp/on")
    page.get_by_role("button", name="Try over last week").click()
    page.get_by_role("heading", name="What it would have done last week").wait_for()
    if "blank" in path:
        assert "Lamp off" in page.locator('section[aria-labelledby="replay"]').inner_text()
    assert serious(page) == []
    page.get_by_role("button", name="Next times").click()
    page.get_by_text("No time starts it").wait_for()
    assert not any(rule["rule"]["name"] == "Draft" for rule in home.ask("/lares/v1/rules")["rules"]), "trying keeps nothing"
    page.get_by_role("button", name="Make it switched off").click()
    page.get_by_role("heading", name="Draft", level=1).wait_for()
    assert home.ask("/lares/v1/rules/draft")["rule"]["enabled"] is False
    home.ask("/lares/v1/rules/draft", method="DELETE")


def test_what_is_never_recorded_is_said_and_times_are_shown(visit, home):
    page = visit("/new-rule?blank=1")
    for path, inside in {"when.0": "when.0.becomes", "then.0": "then.0.address"}.items():
        page.locator(f'button[value="remove {path}"]').click()
        field(page, inside).wait_for(state="detached")
    page.get_by_role("button", name="As text", exact=True).click()
    page.get_by_role("textbox", name="The rule").fill("name: In YAML\nwhen:\n  - mqtt: z/+/x\n  - time: '07:00'\nthen:\n  - notify: hello\n")
    page.get_by_role("button", name="Try over last week").click()
    page.get_by_role("heading", name="Not as it would be").wait_for()
    assert "when[0].mqtt" in page.locator('section[aria-labelledby="replay"]').inner_text()
    page.get_by_role("button", name="Next times").click()
    page.locator('section[aria-labelledby="trial-moments"]').wait_for()
    assert page.locator('section[aria-labelledby="trial-moments"] li').count() == 20
    page.get_by_role("button", name="Make the rule").click()
    page.get_by_role("heading", name="In YAML", level=1).wait_for()
    assert home.ask("/lares/v1/rules/in_yaml")["rule"]["when"] == [{"mqtt": "z/+/x"}, {"time": "07:00"}]
    home.ask("/lares/v1/rules/in_yaml", method="DELETE")


WHOLE = {
    "id": "whole", "name": "Whole", "mode": "single",
    "when": [
        {"time": {"kind": "weekly", "days": ["mon", "fri"], "from": "18:00"}, "id": "evening"}, {"time": {"kind": "cron", "expression": "30 7 * * 1-5"}},
        {"time": {"kind": "interval", "every": 900}}, {"time": {"kind": "once", "at": "2030-12-24T16:00"}}, {"time": {"kind": "sun", "event": "dusk", "offset": -1800, "not_after": "21:00", "days": ["sat"]}},
        {"model": "ear", "answer": {"label": "glass"}}],
    "only": [
        {"known": "hall/lamp/on"}, {"dates": [{"from": "10-01", "through": "04-30"}]}, {"triggered_by": ["evening"]},
        {"any": [{"days": ["sat"]}, {"not": {"state": "hall/lamp/on", "is": True}}]}, {"all": [{"online": "hall/lamp"}]},
        {"any": [{"all": [{"any": [{"all": [{"any": [{"all": [{"state": "hall/lamp/on", "is": False}]}]}]}]}]}]}],
    "then": [
        {"wait_for": [{"becomes": "hall/motion/motion", "to": False}], "timeout": "2m", "on_timeout": "go_on"}, {"only": [{"days": ["mon"]}]}, {"let": {"level": 3}},
        {"call_model": "ear", "input": {"text": "x"}, "into": "said", "timeout": "30s"}, {"call_webhook": "https://example.org/x", "body": {"a": 1}},
        {"publish": "z/x", "payload": "{{ level }}", "retain": True}, {"fire": "storm", "data": {"a": 1}}],
}


def test_nearly_all_of_a_rule_has_fields(visit, home):
    home.ask("/lares/v1/rules", WHOLE)
    before = home.ask("/lares/v1/rules/whole")["rule"]
    page = visit("/rules/whole")
    assert page.locator("fieldset.part textarea").count() == 0, "nothing of it stands as text"
    assert overflow(page) <= 0 and serious(page) == []
    page.get_by_role("button", name="Save").click()
    page.wait_for_load_state()
    assert page.get_by_role("alert").count() == 0
    assert home.ask("/lares/v1/rules/whole")["rule"] == before
    home.ask("/lares/v1/rules/whole", method="DELETE")


def test_times_and_groups_are_written_in_a_form(visit, home):
    page = visit("/new-rule?blank=1")
    page.get_by_label("Name", exact=True).fill("Every")
    page.locator('button[value="remove when.0"]').click()
    page.locator('[id="when.0.becomes"]').wait_for(state="detached")
    add(page, "when", "interval")
    field(page, "when.0.every").fill("15m")
    add(page, "only", "any_of")
    add(page, "only.0.any", "known")
    add(page, "only.0.any", "dates")
    field(page, "only.0.any.1.from").fill("12-20")
    field(page, "only.0.any.1.through").fill("01-06")
    page.locator('button[value="remove then.0"]').click()
    page.locator('[id="then.0.address"]').wait_for(state="detached")
    add(page, "then", "wait_for")
    add(page, "then.0.wait_for", "event")
    field(page, "then.0.wait_for.0.event").fill("storm")
    field(page, "then.0.timeout").fill("5m")
    add(page, "then", "fire")
    field(page, "then.1.fire").fill("calm")
    field(page, "only.0.any.0.known").fill("hall/lamp/on")
    page.get_by_role("button", name="Make the rule").click()
    page.get_by_role("heading", name="Every", level=1).wait_for()
    rule = home.ask("/lares/v1/rules/every")["rule"]
    assert rule["when"][0]["time"]["every"] == 900
    assert rule["only"] == [{"any": [{"known": "hall/lamp/on"}, {"dates": [{"from": "12-20", "through": "01-06"}]}]}]
    assert rule["then"] == [{"wait_for": [{"event": "storm"}], "timeout": "5m"}, {"fire": "calm"}]
    home.ask("/lares/v1/rules/every", method="DELETE")


def test_a_schedule_sets_one_value_and_another_at_its_end(visit, home):
    page = visit("/schedules")
    for name, text in {"What": "hall/lamp/brightness", "To what": "80", "Time": "18:00", "At the end, to what": "20", "First day": "10-01", "Last day": "04-30", "Name": "Heating"}.items():
        page.get_by_label(name, exact=True).fill(text)
    page.get_by_role("button", name="Make schedule").click()
    assert "Say until when" in page.locator("main").inner_text()
    page.get_by_label("Until", exact=True).fill("22:00")
    page.get_by_label("Holidays", exact=True).select_option("no")
    page.get_by_role("button", name="Make schedule").click()
    assert "Choose a calendar" in page.locator("main").inner_text()
    page.get_by_label("Calendar of holidays", exact=True).select_option("de-be")
    page.get_by_role("button", name="Make schedule").click()
    home.wait(lambda: home.ask("/lares/v1/rules/heating")["rule"])
    rule = home.ask("/lares/v1/rules/heating")["rule"]
    assert rule["only"] == [{"dates": [{"from": "10-01", "through": "04-30"}]}, {"not": {"holidays": ["de-be"]}}]
    assert [trigger["time"] if isinstance(trigger["time"], str) else trigger["time"]["from"] for trigger in rule["when"]] == ["18:00", "22:00"]
    then = rule["then"][0]
    assert then["choose"][0]["then"] == [{"set": {"hall/lamp/brightness": 80}}] and then["else"] == [{"set": {"hall/lamp/brightness": 20}}]
    home.ask("/lares/v1/rules/heating", method="DELETE")


def test_a_winters_night_sets_back_only_what_it_set(visit, home):
    page = visit("/schedules")
    for name, text in {"What": "hall/lamp/brightness", "To what": "17", "Time": "22:00", "Until": "06:00", "At the end, to what": "21", "First day": "12-01", "Last day": "02-28", "Name": "Night"}.items():
        page.get_by_label(name, exact=True).fill(text)
    page.get_by_role("button", name="Make schedule").click()
    home.wait(lambda: home.ask("/lares/v1/rules/night")["rule"])
    ends, begins = home.ask("/lares/v1/rules/night")["rule"]["only"][0]["any"]
    assert ends == {"all": [{"triggered_by": ["off"]}, {"state": "hall/lamp/brightness", "is": 17}]}, "a summer's morning isn't touched"
    assert begins == {"all": [{"triggered_by": ["on"]}, {"dates": [{"from": "12-01", "through": "02-28"}]}]}
    home.ask("/lares/v1/rules/night", method="DELETE")


def test_a_schedule_is_tried_and_made(visit, home):
    page = visit("/schedules")
    assert page.locator(".lane rect").count() >= 10, "blocks and moments of a week are drawn"
    page.get_by_label("What", exact=True).fill("hall/lamp/on")
    page.get_by_label("Time", exact=True).fill("06:45")
    page.get_by_label("Until").fill("07:30")
    page.get_by_role("checkbox", name="Sunday").uncheck()
    page.get_by_role("button", name="Show next times").click()
    assert page.get_by_role("heading", name="Next times").count() == 1 and page.locator(".cols-list li").count() == 20
    assert not any(rule["rule"]["name"].startswith("hall/lamp 06:45") for rule in home.ask("/lares/v1/rules")["rules"])
    page.get_by_label("Name", exact=True).fill("Morning")
    page.get_by_role("button", name="Make schedule").click()
    page.get_by_text("06:45–07:30").first.wait_for()
    rule = next(rule["rule"] for rule in home.ask("/lares/v1/rules")["rules"] if rule["rule"]["name"] == "Morning")
    assert "sun" not in rule["when"][0]["time"]["days"]
    page.get_by_label("What", exact=True).fill("hall/nothing")
    page.get_by_role("button", name="Make schedule").click()
    assert "Choose what is to be set" in page.locator("main").inner_text()


def test_timers_commands_that_wait_and_looking_lived_in(visit, home):
    page = visit("/timers")
    page.get_by_label("Name", exact=True).fill("Eggs")
    page.get_by_label("Minutes", exact=True).fill("0")
    page.evaluate("document.querySelectorAll('form').forEach(form => form.noValidate = true)")
    page.get_by_role("button", name="Start timer").click()
    page.get_by_text("A timer runs for more than nothing").first.wait_for()
    page.get_by_label("Minutes", exact=True).fill("30")
    page.get_by_role("button", name="Start timer").click()
    page.get_by_role("button", name="Pause Eggs").click()
    page.get_by_text("Paused, 0:").wait_for()
    assert [timer["state"] for timer in home.ask("/lares/v1/timers")["timers"]] == ["paused"]
    page.get_by_role("button", name="Stop Eggs").click()
    page.get_by_text("No timer runs.").wait_for()
    home.ask("/lares/v1/delayed", {"thing": "hall/lamp", "set": {"on": False}, "in_seconds": 3600})
    page.reload()
    page.get_by_role("button", name="Take back hall/lamp/on=false").click()
    page.get_by_text("Nothing waits.").wait_for()
    page.get_by_role("checkbox", name="Simulate presence").check()
    page.get_by_role("checkbox", name="Lamp", exact=True).check()
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Nothing was switched on such a day").wait_for()
    assert home.ask("/lares/v1/presence")["properties"] == ["hall/lamp/on"]


def test_a_rule_is_paused(visit, home):
    page = visit("/rules/hall-light")
    page.get_by_label("For how long").select_option("24")
    page.get_by_role("button", name="Pause", exact=True).click()
    page.get_by_text("Nothing triggers it until").wait_for()
    page.get_by_role("button", name="Go on now").click()
    page.get_by_text("Nothing triggers it until").wait_for(state="detached")


def offered(page):
    return set(page.eval_on_selector_all("datalist option, select#what option, #what option, form[action='/new-rule'] :is(select option, input[type=checkbox])", "all => all.map(option => option.value)"))


def test_forms_offer_only_what_one_sees(visit, home):
    """A resident of the garden isn't told what the things of the hall are called, nor what they can be set to."""
    announce(home, home.device, "Spot", "spot", area="Garden")
    home.wait(lambda: "garden/spot" in home.things())
    home.ask("/lares/v1/scenes", {"name": "Hall bright", "states": {"hall/lamp": {"on": True}}})
    secret = json.loads(must_run(["keys", "add", "gardener", "--role", "resident", "--json"], home.folder))["secret"]
    policy = home.ask("/lares/v1/policy")
    home.ask("/lares/v1/policy", {"policy": {"version": 1, "scopes": {"resident": {"areas": ["garden"]}}}, "revision": policy["revision"]}, "PUT")
    try:
        page = visit("/new-rule?blank=1")
        assert {"hall/lamp/on", "garden/spot/on"} <= offered(page), "who sees all is offered all"
        page.context.add_cookies([{"name": "lares_key", "value": secret, "url": home.server.url}])
        for path in ("/new-rule?blank=1", "/new-rule?blueprint=motion_light", "/schedules"):
            page.goto(home.server.url + path)
            assert "garden/spot/on" in offered(page), path
            assert "hall/" not in page.content(), path
        page.goto(home.server.url + "/new-rule?blank=1")
        add(page, "then", "scene")
        assert "Hall bright" not in page.content()
        field(page, "then.0.address").fill("hall/lamp/on")
        field(page, "then.0.address").press("Tab")
        page.wait_for_timeout(1_000)
        assert page.locator('select[id="then.0.value"]').count() == 0, "what can't be seen isn't described"
    finally:
        now = home.ask("/lares/v1/policy")
        home.ask("/lares/v1/policy", {"policy": policy["policy"], "revision": now["revision"]}, "PUT")
