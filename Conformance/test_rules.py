"""Rules of the home, over a real broker: they act, say why they didn't, go on after a restart, and never open the door unasked."""

import json
import time
import urllib.error
import urllib.request

import httpx
import pytest

from home_devices import Home, light
from lares_server import MODELS, must_run, run
from networks import words_plan, write_network
from test_home import announce, readings, refusal


@pytest.fixture
def home(tmp_path):
    with Home(tmp_path, "--position", "52.52,13.40", "--zone", "Europe/Berlin") as home:
        yield home


@pytest.fixture
def device(home):
    with home.client("z", home.account("z")) as client:
        announce(home, client, "Lamp", "l1", area="Hall")
        client.say("homeassistant/binary_sensor/m/config", {"name": None, "uniq_id": "m", "stat_t": "z/m", "dev_cla": "motion", "dev": {"ids": "m", "name": "Motion", "sa": "Hall"}}, retain=True)
        client.say("z/l1", {"state": "OFF"})
        client.say("z/m", "OFF")
        home.wait(lambda: home.value("hall/motion/motion") is False and home.value("hall/lamp/on") is False)
        yield client


LIGHT = {"id": "hall-light", "name": "Hall light", "when": [{"becomes": "hall/motion/motion", "to": True}], "then": [{"set": {"hall/lamp/on": True}}]}


def traces(home, rule="hall-light"):
    return home.ask(f"/lares/v1/rules/{rule}/traces")["traces"]


def test_a_rule_acts_and_says_why(home, device):
    saved = home.ask("/lares/v1/rules", LIGHT)
    assert saved["rule"]["id"] == "hall-light" and saved["rule"]["enabled"] is True and saved["trusted"] is False
    began = time.monotonic()
    device.say("z/m", "ON")
    home.wait(lambda: home.value("hall/lamp/on") is True)
    assert time.monotonic() - began < 1
    assert home.thing("hall/lamp")["properties"]["on"]["cause"]["kind"] == "rule"
    home.wait(lambda: traces(home)[0]["outcome"] == "acted")
    assert "hall/motion/motion" in traces(home)[0]["because"]
    assert home.ask("/lares/v1/rules/hall-light", {"enabled": False}, method="PATCH")["rule"]["enabled"] is False
    device.say("z/l1", {"state": "OFF"})
    device.say("z/m", "OFF")
    device.say("z/m", "ON")
    time.sleep(0.5)
    assert home.value("hall/lamp/on") is False


def test_a_rule_that_does_not_act_says_why(home, device):
    home.ask("/lares/v1/rules", LIGHT | {"only": [{"state": "hall/lamp/brightness", "is": 40}]})
    device.say("z/m", "ON")
    home.wait(lambda: traces(home) and traces(home)[0]["outcome"] == "declined")
    assert traces(home)[0]["sentence"] and home.value("hall/lamp/on") is False


def test_a_wait_goes_on_after_a_restart(home, device):
    home.ask("/lares/v1/rules", LIGHT | {"then": [{"wait": "6s"}, {"set": {"hall/lamp/on": True}}]})
    device.say("z/m", "ON")
    home.wait(lambda: traces(home) and traces(home)[0]["outcome"] == "running")
    assert home.stop() == 0
    device.client.reconnect_delay_set(1, 1)
    home.start()
    home.wait(lambda: device.client.is_connected(), seconds=20)
    home.wait(lambda: home.value("hall/lamp/on") is True, seconds=20)


def test_no_rule_opens_the_door_unless_a_person_said_that_it_may(home, device):
    announce(home, device, "Front door", "d1", component="lock", schema=None, stat_t="z/d1", cmd_t="z/d1/set")
    device.listen("z/d1/set", lambda text: device.client.publish("z/d1", text + "ED", qos=1))
    device.say("z/d1", "LOCKED")
    home.wait(lambda: home.value("front_door/locked") is True)
    opening = LIGHT | {"id": "open", "name": "Open", "then": [{"set": {"front_door/locked": False}}]}
    home.ask("/lares/v1/rules", opening)
    device.say("z/m", "ON")
    home.wait(lambda: traces(home, "open") and traces(home, "open")[0]["outcome"] == "failed")
    assert home.value("front_door/locked") is True and not any(topic == "z/d1/set" for topic, _ in device.messages)
    home.ask("/lares/v1/rules", {"rule": opening, "trusted": True})
    device.say("z/m", "OFF")
    device.say("z/m", "ON")
    home.wait(lambda: home.value("front_door/locked") is False)


def test_rules_in_a_loop_are_stopped(home, device):
    for name, value in (("on", True), ("off", False)):
        home.ask("/lares/v1/rules", {"id": name, "name": name, "when": [{"becomes": "hall/lamp/on", "to": not value}], "then": [{"set": {"hall/lamp/on": value}}]})
    home.ask("/lares/v1/things/hall/lamp", {"on": True})
    home.wait(lambda: any("stopped" == trace["outcome"] or "loop" in trace["sentence"] for name in ("on", "off") for trace in traces(home, name)), seconds=30)
    count = len([m for m in device.messages if m[0] == "z/l1/set"])
    time.sleep(1)
    assert len([m for m in device.messages if m[0] == "z/l1/set"]) - count <= 2


def test_a_rule_is_tried_over_what_was(home, device):
    for _ in range(3):
        device.say("z/m", "ON")
        device.say("z/m", "OFF")
    home.wait(lambda: len(readings(home, "hall/motion/motion")) >= 7)
    result = home.ask("/lares/v1/replays", {"rule": LIGHT})
    assert [deed["does"] for deed in result["deeds"]] == [{"set": {"hall/lamp/on": True}}] * 3 and not result["cut"]
    assert home.value("hall/lamp/on") is False, "a replay does nothing"


def test_what_is_tried_switches_off_again_and_knows_who_did_what(home, device):
    """A motion light over recorded history: what a hand or another rule did is told apart, and what it does itself counts."""
    light = home.ask("/lares/v1/blueprints/motion_light", {"inputs": {"motion": "hall/motion/motion", "light": "hall/lamp/on", "timeout": "1s", "override": "0s"}, "try": True})
    device.say("z/m", "ON")
    device.say("z/m", "OFF")
    home.wait(lambda: len(readings(home, "hall/motion/motion")) >= 3)
    time.sleep(1.2)
    result = home.ask("/lares/v1/replays", {"rule": light})
    assert [deed["does"] for deed in result["deeds"]] == [{"set": {"hall/lamp/on": True}}, {"set": {"hall/lamp/on": False}}]
    assert result["unreplayable"] == [] and result["until"] > time.time() - 60
    home.ask("/lares/v1/things/hall/lamp", {"on": True})
    device.say("z/l1", {"state": "OFF"})
    home.wait(lambda: home.value("hall/lamp/on") is False)
    by = lambda kind: {"name": "by", "when": [{"becomes": "hall/lamp/on", "to": True, "by": [kind]}], "then": [{"notify": "x"}]}
    count = lambda kind: len(home.ask("/lares/v1/replays", {"rule": by(kind)})["deeds"])
    home.wait(lambda: count("principal") == 1)
    assert count("device") == count("rule") == 0


def test_things_out_of_reach_are_replayed(home, device):
    announce(home, device, "Plug", "p1", area="Hall", avty_t="z/p1/there")
    rule = {"name": "gone", "when": [{"availability": "hall/plug", "to": "offline"}], "then": [{"notify": "gone"}]}
    assert [gap["place"] for gap in home.ask("/lares/v1/replays", {"rule": rule})["unreplayable"]] == ["when[0].availability"]
    for word in ("online", "offline", "online", "offline"):
        device.say("z/p1/there", word)
        home.wait(lambda: home.thing("hall/plug")["availability"] == word)
    result = home.ask("/lares/v1/replays", {"rule": rule})
    assert len(result["deeds"]) == 2 and result["unreplayable"] == []
    assert "availability" not in urllib.request.urlopen(f"{home.server.url}/lares/v1/history.csv?thing=hall/plug", timeout=30).read().decode(), "no property of it"


def test_what_can_not_be_replayed_is_said(home, device, tmp_path):
    when = [{"event": "storm"}, {"mqtt": "z/+/x"}, {"webhook": "ring"}, {"model": "ear"}, {"becomes": "hall/lamp/brightness", "to": 40}]
    rule = {"name": "deaf", "when": when, "then": [{"notify": "x"}]}
    gaps = home.ask("/lares/v1/replays", {"rule": rule})["unreplayable"]
    assert [gap["place"] for gap in gaps] == ["when[0].event", "when[1].mqtt", "when[2].webhook", "when[3].model", "when[4].becomes"]
    file = tmp_path / "deaf.json"
    file.write_text(json.dumps(rule))
    tried = run(["rules", "replay", str(file), "--server", home.server.url], home.folder)
    assert tried.returncode == 0 and "when[1].mqtt" in tried.stderr


def test_no_rule_publishes_unless_a_person_said_that_it_may(home, device):
    """A lock may listen on any topic: a rule's own messages are as dangerous as what it sets."""
    device.listen("z/lock/set")
    rule = {"id": "shout", "name": "Shout", "when": [{"webhook": "go"}], "then": [{"publish": "z/lock/set", "payload": "UNLOCK"}]}
    home.ask("/lares/v1/rules", rule)
    home.ask("/lares/v1/hooks/go", {})
    home.wait(lambda: traces(home, "shout") and traces(home, "shout")[0]["outcome"] == "failed")
    assert "may not publish on 'z/lock/set'" in traces(home, "shout")[0]["sentence"]
    assert ("z/lock/set", "UNLOCK") not in device.messages
    home.ask("/lares/v1/rules", {"rule": rule, "trusted": True})
    home.ask("/lares/v1/hooks/go", {})
    home.wait(lambda: ("z/lock/set", "UNLOCK") in device.messages)


def test_times_are_shown_before_saving(home, device):
    rule = {"name": "Evening", "when": [{"time": "sunset"}], "then": [{"set": {"hall/lamp/on": True}}]}
    shown = home.ask("/lares/v1/rules", {"rule": rule, "try": True})
    assert len(shown["next"]) == 20 and shown["next"] == sorted(shown["next"]) and shown["next"][0] > time.time()
    assert home.ask("/lares/v1/rules")["rules"] == []


def test_times_that_conditions_do_not_let_through_are_not_shown(home, device):
    rule = {"name": "Saturday", "when": [{"time": "07:00"}], "only": [{"days": ["sat"]}], "then": [{"set": {"hall/lamp/on": True}}]}
    shown = home.ask("/lares/v1/rules", {"rule": rule, "try": True})
    assert len(shown["next"]) == 20 and all(later - earlier > 6 * 86_400 for earlier, later in zip(shown["next"], shown["next"][1:]))
    assert shown["conditional"] is False and shown["warnings"] == []
    also = rule | {"only": rule["only"] + [{"state": "hall/lamp/on", "is": False}]}
    assert home.ask("/lares/v1/rules", {"rule": also, "try": True})["conditional"] is True


def test_what_can_not_work_is_said_and_saved(home, device):
    wrong = {"name": "Wrong", "when": [{"becomes": "hall/motion", "to": True}], "then": [{"set": {"hall/lamp/on": 900, "hall/motion/motion": True, "loft/fan/on": True}}]}
    tried, kept = home.ask("/lares/v1/rules", {"rule": wrong, "try": True}), home.ask("/lares/v1/rules", wrong)
    places = ["when[0].becomes", "then[0].set.hall/lamp/on", "then[0].set.hall/motion/motion", "then[0].set.loft/fan/on"]
    for answer in (tried, kept, home.ask("/lares/v1/rules/wrong")):
        assert [warning["place"] for warning in answer["warnings"]] == places and all(warning["message"] for warning in answer["warnings"])
    assert home.ask("/lares/v1/rules", LIGHT)["warnings"] == []


def test_trying_refuses_what_saving_refuses(home, device):
    rule = LIGHT | {"only": [{"holidays": ["atlantis"]}]}
    for body in (rule, {"rule": rule, "try": True}):
        status, error = refusal(home, "/lares/v1/rules", body)
        assert status == 400 and "atlantis" in error["message"]
    assert refusal(home, "/lares/v1/rules", {"rule": LIGHT, "try": "yes"})[0] == 400, "what is misspelt is not saved"
    assert home.ask("/lares/v1/rules")["rules"] == []


def test_wrong_rules_are_refused_with_the_place(home, device):
    for wrong in ({}, LIGHT | {"when": []}, LIGHT | {"then": [{"sett": {}}]}, LIGHT | {"when": [{"becomes": "hall"}]}, LIGHT | {"extra": 1}, LIGHT | {"name": ""}, [], LIGHT | {"then": [{"set": {"hall/lamp/on": "{{ (" }}]}):
        status, error = refusal(home, "/lares/v1/rules", wrong)
        assert status == 400 and error["message"], wrong
    assert refusal(home, "/lares/v1/rules/none", None)[0] == 404


def test_blueprints_make_rules(home, device):
    blueprints = {blueprint["id"]: blueprint for blueprint in home.ask("/lares/v1/blueprints")["blueprints"]}
    assert len(blueprints) >= 8
    motion = next(blueprint for name, blueprint in blueprints.items() if "motion" in name)
    inputs = {i["name"]: "hall/motion/motion" if i["kind"] == "property" and "motion" in i["name"] else "hall/lamp/on" for i in motion["inputs"] if not i["optional"] and i["default"] is None}
    # A hand that switched it off a moment ago is respected for so long.
    rule = home.ask(f"/lares/v1/blueprints/{motion['id']}", {"name": "Hall by motion", "inputs": inputs | {"override": "1s"}})
    time.sleep(1.2)
    assert rule["rule"]["name"] == "Hall by motion"
    device.say("z/m", "ON")
    home.wait(lambda: home.value("hall/lamp/on") is True)


def test_blueprints_know_who_is_at_home_by_telephones(home, device):
    device.say("homeassistant/device_tracker/p/config", {"name": None, "uniq_id": "p", "stat_t": "z/p", "dev": {"ids": "p", "name": "Anna"}}, retain=True)
    device.say("z/p", "home")
    home.wait(lambda: home.value("anna/home") is True)
    for blueprint in ("climate_by_presence", "vacation"):
        page = home.server.get(f"/new-rule?blueprint={blueprint}")
        assert 'name="in-people" value="anna/home"' in page, "the form offers the telephone"
    saved = home.ask("/lares/v1/blueprints/vacation", {"name": "Away", "inputs": {"people": "anna/location", "lights": "hall/lamp/on"}})
    assert not saved["warnings"]
    home.ask("/lares/v1/rules", {"name": "Evening", "when": {"webhook": "evening"}, "then": {"fire": "presence", "data": {"property": "hall/lamp/on", "value": True}}})
    home.ask("/lares/v1/hooks/evening", {})
    home.wait(lambda: traces(home, saved["rule"]["id"]))
    time.sleep(0.3)
    assert home.value("hall/lamp/on") is False, "somebody is in"
    device.say("z/p", "work")
    home.wait(lambda: home.value("anna/home") is False)
    home.ask("/lares/v1/hooks/evening", {})
    home.wait(lambda: home.value("hall/lamp/on") is True)


def test_rules_at_the_command_line(home, device, tmp_path):
    assert "door_left_open" in home.cli("rules", "make")
    assert "'hall_motion'" in home.cli("rules", "make", "motion_light", "motion=hall/motion/motion", "light=hall/lamp/on", "override=1s", "--name", "Hall motion")
    assert home.ask("/lares/v1/rules/hall_motion")["rule"]["when"] == [{"becomes": "hall/motion/motion", "to": True}]
    assert "hall_motion" in home.cli("rules")
    time.sleep(1.2)
    device.say("z/m", "ON")
    home.wait(lambda: home.value("hall/lamp/on") is True)
    said = home.cli("rules", "why", "hall_motion")
    assert "hall/motion/motion became true" in said and "hall/lamp/on to true" in said
    home.cli("rules", "off", "hall_motion")
    assert home.ask("/lares/v1/rules/hall_motion")["rule"]["enabled"] is False
    home.cli("rules", "on", "hall_motion")
    home.cli("rules", "off", "hall_motion", "--for", "2")
    assert home.ask("/lares/v1/rules/hall_motion")["rule"]["paused_until"].endswith("Z")
    file = tmp_path / "evening.json"
    file.write_text(json.dumps({"id": "evening", "name": "Evening", "when": [{"time": "21:00"}], "then": [{"set": {"hall/lamp/on": False}}, {"set": {"attic/x/on": True}}]}))
    tried = run(["rules", "save", str(file), "--try", "--server", home.server.url], home.folder)
    assert tried.returncode == 0 and len(tried.stdout.splitlines()) == 21 and "attic/x" in tried.stderr
    assert refusal(home, "/lares/v1/rules/evening", None)[0] == 404, "trying puts nothing in place"
    home.cli("rules", "save", str(file))
    assert "hall/lamp/on" in home.cli("rules", "replay", "evening", "--days", "2") and '"name": "Evening"' in home.cli("rules", "show", "evening")
    file.with_suffix(".yaml").write_text("id: rung\nname: Rung\nwhen:\n  - webhook: ring\nthen:\n  - notify: Someone rang\n")
    assert "'rung'" in home.cli("rules", "save", str(file.with_suffix(".yaml")))
    home.cli("rules", "remove", "evening")
    assert run(["rules", "show", "evening", "--server", home.server.url], home.folder).returncode == 1
    wrong = run(["rules", "make", "leek", "--server", home.server.url], home.folder)
    assert wrong.returncode == 1 and "leak" in wrong.stderr


def test_blueprints_speak_to_people(home, device):
    rule = home.ask("/lares/v1/blueprints/door_left_open", {"inputs": {"door": "hall/motion/motion", "span": "1s", "again": "10m"}})
    assert rule["rule"]["name"] == "Door left open"
    device.say("z/m", "ON")
    home.wait(lambda: [notice["text"] for notice in home.ask("/lares/v1/notices")["notices"]] == ["Motion (Hall) is still open"], 20)
    request = urllib.request.Request(f"{home.server.url}/lares/v1/blueprints/leak", json.dumps({"inputs": {"sensors": "hall/motion/motion"}, "try": True}).encode(), {"Content-Type": "application/json", "Accept-Language": "zh-CN"})
    chinese = json.loads(urllib.request.urlopen(request, timeout=30).read())
    assert chinese["name"] == "漏水" and "漏水！" in json.dumps(chinese, ensure_ascii=False)


def test_hooks_and_notices(home, device):
    home.ask("/lares/v1/rules", {"id": "bell", "name": "Bell", "when": [{"webhook": "doorbell"}], "then": [{"notify": "Somebody rang"}]})
    home.ask("/lares/v1/hooks/doorbell", {"who": "postman"})
    home.wait(lambda: [notice["text"] for notice in home.ask("/lares/v1/notices")["notices"]] == ["Somebody rang"])


def test_messages_on_any_topic_may_trigger(home, device):
    home.ask("/lares/v1/rules", {"id": "raw", "name": "Raw", "when": [{"mqtt": "z/+/button", "payload": "press"}], "then": [{"set": {"hall/lamp/on": True}}]})
    device.say("z/remote/button", "hold")
    device.say("z/remote/button", "press")
    home.wait(lambda: home.value("hall/lamp/on") is True)


def test_a_rule_asks_models(tmp_path):
    """A trained network and a language model, each asked by a rule; what they say is used."""
    must_run(["import", str(MODELS / "smollm2.gguf"), "--name", "smollm2"], tmp_path)
    must_run(["registry", "publish", str(write_network(tmp_path / "words.safetensors", words_plan())), "words", "--promote"], tmp_path)
    with Home(tmp_path) as home:
        schema = {"type": "object", "properties": {"mood": {"enum": ["good", "bad"]}}, "required": ["mood"], "additionalProperties": False}
        then = [
            {"call_model": "words", "input": {"word": "kalt"}, "into": "known", "timeout": "30s"},
            {"call_model": "smollm2", "input": {"prompt": "The sun shines. What mood is that?", "schema": schema}, "into": "said", "timeout": "2m"},
            {"notify": "{{ known.again }} {{ said.mood in ['good', 'bad'] }}"},
            {"call_model": "nobody", "input": "x", "timeout": "30s"},
        ]
        home.ask("/lares/v1/rules", {"id": "r", "name": "r", "when": [{"webhook": "go"}], "then": then})
        home.ask("/lares/v1/hooks/go", {})
        home.wait(lambda: home.ask("/lares/v1/notices")["notices"], 120)
        assert home.ask("/lares/v1/notices")["notices"][0]["text"] == "kalt True"
        home.wait(lambda: "nobody" in json.dumps(traces(home, "r")), 30)


def test_holidays_are_those_of_the_calendars_that_are_there(tmp_path):
    (tmp_path / "holidays").mkdir()
    (tmp_path / "holidays/de-be.ics").write_text("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART;VALUE=DATE:20261225\r\nSUMMARY:Weihnachten\r\nRRULE:FREQ=YEARLY\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")
    with Home(tmp_path, "--zone", "Europe/Berlin") as home:
        rule = {"id": "r", "name": "r", "when": [{"webhook": "go"}], "only": [{"not": {"holidays": ["de-be"]}}], "then": [{"notify": "no holiday"}]}
        home.ask("/lares/v1/rules", rule)
        home.ask("/lares/v1/hooks/go", {})
        today = time.strftime("%m-%d")
        if today != "12-25":
            home.wait(lambda: home.ask("/lares/v1/notices")["notices"])
        code, error = refusal(home, "/lares/v1/rules", rule | {"only": [{"holidays": ["atlantis"]}]})
        assert code == 400 and "atlantis" in error["message"]


CALENDAR = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART;VALUE=DATE:20200301\r\nSUMMARY:Founding day\r\nRRULE:FREQ=YEARLY\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"


def put_holidays(home, name, text, kind="text/calendar"):
    return httpx.put(f"{home.server.url}/lares/v1/holidays/{name}", content=text, headers={"content-type": kind}, timeout=30)


def test_calendars_of_holidays_come_and_go_without_a_restart(tmp_path):
    rule = {"id": "r", "name": "r", "when": [{"time": "07:00"}], "only": [{"holidays": ["ours"]}], "then": [{"notify": "x"}]}
    with Home(tmp_path, "--zone", "UTC") as home:
        listed = {calendar["name"]: calendar for calendar in home.ask("/lares/v1/holidays")["holidays"]}
        assert listed["de-be"]["built_in"] and len(listed["de-be"]["next"]) == 5 and "ours" not in listed
        assert refusal(home, "/lares/v1/rules", rule)[0] == 400
        answer = put_holidays(home, "ours", CALENDAR)
        assert answer.status_code == 200 and answer.json()["next"][0]["name"] == "Founding day" and not answer.json()["built_in"]
        shown = home.ask("/lares/v1/rules", {"rule": rule, "try": True})
        assert [time.strftime("%m-%d %H", time.gmtime(moment)) for moment in shown["next"]][:3] == ["03-01 07"] * 3
        home.ask("/lares/v1/rules", rule)
        gone = httpx.delete(f"{home.server.url}/lares/v1/holidays/ours", timeout=30)
        assert gone.status_code == 409 and gone.json()["error"]["code"] == "in_use"
        for name, text, kind, status in (("Ours", CALENDAR, "text/calendar", 400), ("x", "no calendar", "text/calendar", 400), ("x", CALENDAR, "text/plain", 415), ("x", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "text/calendar", 400)):
            assert put_holidays(home, name, text, kind).status_code == status, (name, text, kind)
        assert httpx.delete(f"{home.server.url}/lares/v1/holidays/de-be", timeout=30).status_code == 409
        assert httpx.delete(f"{home.server.url}/lares/v1/holidays/none", timeout=30).status_code == 404
    with Home(tmp_path, "--zone", "UTC") as home:
        assert [kept["rule"]["id"] for kept in home.ask("/lares/v1/rules")["rules"]] == ["r"], "it is there after a restart"
        home.ask("/lares/v1/rules/r", method="DELETE")
        assert httpx.delete(f"{home.server.url}/lares/v1/holidays/ours", timeout=30).status_code == 200
        assert refusal(home, "/lares/v1/rules", rule)[0] == 400
