"""Who may have what done: people, PINs, policy and questions, over the real server and broker."""

import json
import time
import urllib.error
import urllib.request

import pytest

from home_devices import Home
from lares_server import must_run, run
from test_home import announce, refusal


@pytest.fixture
def home(tmp_path):
    with Home(tmp_path) as home:
        yield home


@pytest.fixture
def lock(home):
    with home.client("z", home.account("z")) as client:
        client.say("homeassistant/lock/d1/config", {"name": None, "uniq_id": "d1", "stat_t": "z/d1", "cmd_t": "z/d1/set", "dev": {"ids": ["d1"], "name": "Door", "sa": "Hall"}}, retain=True)
        client.listen("z/d1/set", lambda text: client.client.publish("z/d1", text + "ED", qos=1))
        client.say("z/d1", "LOCKED")
        announce(home, client, "Lamp", "l1", area="Hall")
        client.say("z/l1", {"state": "OFF"})
        home.wait(lambda: home.value("hall/door/locked") is True and home.value("hall/lamp/on") is False)
        yield client


def key(home, name, *flags):
    return must_run(["keys", "add", name, *flags], home.folder).strip()


def ask(home, secret, path, body=None, method=None):
    """The status and the answer for the holder of a key."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(home.server.url + path, data, {"Content-Type": "application/json", "Authorization": f"Bearer {secret}"}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())["error"]


DOOR = "/lares/v1/things/hall/door"


def test_a_pin_opens_and_wrong_ones_are_slowed_down(home, lock):
    assert refusal(home, DOOR, {"locked": False})[1]["code"] == "needs_confirmation"
    assert home.ask(DOOR, {"locked": False, "confirm": True})["outcome"] == "confirmed"
    home.ask(DOOR, {"locked": True})
    anna = home.ask("/lares/v1/people", {"name": "Anna", "role": "owner"})
    assert anna["has_pin"] is False
    assert refusal(home, f"/lares/v1/people/{anna['id']}/pin", {"new_pin": "1234"}, "PUT")[0] == 400, "it is tried first"
    assert home.ask(f"/lares/v1/people/{anna['id']}/pin", {"new_pin": "4071"}, "PUT") == {"set": True}
    phone = key(home, "phone", "--role", "owner", "--person", anna["id"])
    assert ask(home, phone, DOOR, {"locked": False, "confirm": True})[1]["code"] == "needs_pin"
    assert ask(home, phone, DOOR, {"locked": False, "pin": "4072"})[1]["code"] == "wrong_pin"
    status, answer = ask(home, phone, DOOR, {"locked": False, "pin": "4071"})
    assert status == 200 and answer["outcome"] == "confirmed"
    codes = [ask(home, phone, DOOR, {"locked": False, "pin": "9999"})[1]["code"] for _ in range(7)]
    assert codes[-1] == "too_many_tries", codes
    assert ask(home, phone, DOOR, {"locked": False, "pin": "4071"})[0] == 429, "even the right one waits"
    home.stop()
    home.start()
    assert ask(home, phone, DOOR, {"locked": False, "pin": "4071"})[0] == 429, "a restart doesn't help"
    assert "4071" not in open(home.folder / "audit.db", errors="replace").read()


def test_owners_read_the_log(home, lock):
    assert refusal(home, DOOR, {"locked": False})[1]["code"] == "needs_confirmation"
    home.ask(DOOR, {"locked": False, "confirm": True})
    page = home.ask("/lares/v1/audit?limit=2")
    assert {entry["act"] for entry in page["entries"]} == {"deed.permitted", "thing.set"} and page["next"] == page["entries"][-1]["number"]
    held = home.ask(f"/lares/v1/audit?before={page['next']}&act=deed.held&who=local")
    assert len(held["entries"]) == 1 and held["next"] is None
    assert "hall/door" in held["entries"][0]["subject"] and held["entries"][0]["detail"]["hazards"] == ["opens"]
    assert home.ask("/lares/v1/audit?who=nobody") == {"entries": [], "next": None}
    for wrong in ("limit=0", "limit=1001", "limit=x", "before=0", "before=99999999999999999999"):
        assert refusal(home, "/lares/v1/audit?" + wrong, None)[0] == 400, wrong
    for role in ("guest", "resident", "viewer", "agent"):
        assert ask(home, key(home, role, "--role", role), "/lares/v1/audit")[0] == 403
    assert ask(home, key(home, "owner", "--role", "owner"), "/lares/v1/audit")[0] == 200
    lines = must_run(["audit", "--act", "deed.held"], home.folder)
    assert "hall/door" in lines and "deed.permitted" not in lines
    assert [entry["act"] for entry in json.loads(must_run(["audit", "--act", "deed.held", "--json"], home.folder))] == ["deed.held"]


def test_the_policy_moves_with_the_home_where_an_owner_says_so(home, lock):
    assert "policy" not in home.ask("/lares/v1/home/export")["sections"] or not home.ask("/lares/v1/home/export")["sections"]["policy"], "nobody set one"
    policy = home.ask("/lares/v1/policy")["policy"]
    policy["hazards"]["opens"]["guest"], policy["scopes"]["guest"] = "confirm", {"things": ["hall/door"]}
    home.ask("/lares/v1/policy", {"policy": policy}, "PUT")
    file = home.ask("/lares/v1/home/export")
    assert file["sections"]["policy"] == [policy]
    policy["hazards"]["opens"]["guest"] = "refuse"
    home.ask("/lares/v1/policy", {"policy": policy}, "PUT")
    anna = home.ask("/lares/v1/people", {"name": "Anna", "role": "owner"})
    home.ask(f"/lares/v1/people/{anna['id']}/pin", {"new_pin": "4071"}, "PUT")
    phone = key(home, "phone", "--role", "owner", "--person", anna["id"])
    take = lambda secret, **more: ask(home, secret, "/lares/v1/home/import", {"home": file, "policy": {"conflicts": "take_theirs"}} | more)
    guest_may = lambda: home.ask("/lares/v1/policy")["policy"]["hazards"]["opens"]["guest"]
    file["sections"]["areas"].append({"id": "loft", "name": "Loft"})
    status, plan = take(phone)
    section = next(section for section in plan["sections"] if section["name"] == "policy")
    assert status == 200 and section["conflict"] == 1 and guest_may() == "refuse", "a plan writes nothing"
    for pin, code in ((None, "needs_pin"), ("4072", "wrong_pin")):
        status, answer = take(phone, apply=True, pin=pin)
        assert status == 403 and answer["code"] == code and guest_may() == "refuse"
        assert not any(area["id"] == "loft" for area in home.ask("/lares/v1/areas")["areas"]), "nothing else is taken either"
    assert take(key(home, "ben", "--role", "resident"), apply=True)[0] == 403
    assert take(phone, apply=True, policy={"conflicts": "keep_mine"})[0] == 200 and guest_may() == "refuse", "what is here stays"
    assert take(phone, apply=True, pin="4071")[0] == 200 and guest_may() == "confirm"
    assert any(area["id"] == "loft" for area in home.ask("/lares/v1/areas")["areas"])
    assert home.ask("/lares/v1/audit?act=policy.set&limit=1")["entries"][0]["who"] == "phone"
    file["sections"]["policy"] = [{"version": 1, "hazards": {"opens": {"agent": "allow"}}}]
    status, plan = take(phone, apply=True, pin="4071")
    refused = next(section for section in plan["sections"] if section["name"] == "policy")
    assert status == 200 and refused["refused"] == 1 and "agent" in refused["items"][0]["reason"] and guest_may() == "confirm"


def test_the_command_line_says_what_to_type(home, lock):
    refused = run(["set", "hall/door", "locked=false", "--server", home.server.url], home.folder)
    assert refused.returncode != 0 and "--confirm" in refused.stderr and "hall/door" in refused.stderr and "send" not in refused.stderr
    assert "did it" in home.cli("set", "hall/door", "locked=false", "--confirm")


def test_guests_see_and_set_what_they_may(home, lock):
    guest = key(home, "tablet", "--role", "guest")
    assert ask(home, guest, "/lares/v1/things/hall/lamp", {"on": True})[0] == 200
    status, answer = ask(home, guest, DOOR, {"locked": False, "confirm": True})
    assert status == 403 and answer["code"] == "not_allowed"
    assert ask(home, guest, "/lares/v1/rules", {"id": "x", "name": "x", "when": [{"webhook": "x"}], "then": [{"notify": "x"}]})[0] == 403
    assert ask(home, guest, "/lares/v1/people")[0] == 403
    viewer = key(home, "screen")
    assert ask(home, viewer, "/lares/v1/things/hall/lamp", {"on": False})[0] == 403
    home.ask("/lares/v1/groups", {"name": "Hall", "members": ["hall/lamp"]})
    home.ask("/lares/v1/scenes", {"name": "Evening", "states": {"hall/lamp": {"on": True}}})
    listed = lambda: [ask(home, guest, f"/lares/v1/{kind}")[1][kind] for kind in ("groups", "scenes")]
    assert [[one["name"] for one in kind] for kind in listed()] == [["Hall"], ["Evening"]]
    waits = home.ask("/lares/v1/delayed", {"thing": "hall/lamp", "set": {"on": True}, "in_seconds": 600})["id"]
    assert [one["id"] for one in ask(home, guest, "/lares/v1/delayed")[1]["delayed"]] == [waits]
    home.ask("/lares/v1/rules", {"id": "tell", "name": "Tell", "when": [{"becomes": "hall/lamp/on", "to": True}], "then": [{"notify": "It is lit."}]})
    home.ask("/lares/v1/rules/tell/start", {})
    seen = lambda: [len(ask(home, guest, f"/lares/v1/{kind}")[1][kind]) for kind in ("rules", "notices")]
    home.wait(lambda: seen() == [1, 1])
    policy = home.ask("/lares/v1/policy")
    changed = {"version": 1, "scopes": {"guest": {"areas": ["garden"]}}}
    assert home.ask("/lares/v1/policy", {"policy": changed, "revision": policy["revision"]}, "PUT")["revision"] == policy["revision"] + 1
    assert ask(home, guest, "/lares/v1/things/hall/lamp", {"on": False})[0] == 404, "what they don't see isn't there"
    assert ask(home, guest, "/lares/v1/things")[1]["things"] == []
    assert listed() == [[], []], "nor is what it is part of"
    assert seen() == [0, 0] and ask(home, guest, "/lares/v1/rules/tell")[0] == ask(home, guest, "/lares/v1/rules/tell/traces")[0] == 404
    assert ask(home, guest, "/lares/v1/delayed")[1]["delayed"] == []
    assert ask(home, guest, f"/lares/v1/delayed/{waits}", method="DELETE")[0] == 404
    assert ask(home, guest, "/lares/v1/history?property=hall/lamp/brightness")[0] == 404
    assert refusal(home, "/lares/v1/policy", {"policy": changed, "revision": policy["revision"]}, "PUT")[0] == 409
    assert refusal(home, "/lares/v1/policy", {"policy": {"version": 1, "hazards": {"opens": {"guest": "yes"}}}}, "PUT")[0] == 400


def test_who_sees_a_part_writes_rules_of_that_part(home, lock):
    """A resident of the garden makes no rule about the hall, in the place of none that names it, and none that listens to the broker."""
    secret = key(home, "gardener", "--role", "resident")
    home.ask("/lares/v1/rules", {"id": "hall", "name": "Hall", "when": [{"becomes": "hall/lamp/on", "to": True}], "then": [{"notify": "x"}]})
    policy = home.ask("/lares/v1/policy")
    home.ask("/lares/v1/policy", {"policy": {"version": 1, "scopes": {"resident": {"areas": ["garden"]}}}, "revision": policy["revision"]}, "PUT")
    rule = lambda **parts: {"id": "mine", "name": "Mine", "when": [{"time": "03:00"}], "then": [{"notify": "x"}]} | parts
    try:
        assert ask(home, secret, "/lares/v1/rules", rule())[0] == 200
        for parts in ({"when": [{"becomes": "hall/lamp/on", "to": True}]}, {"then": [{"set": {"hall/lamp/on": True}}]}, {"only": [{"template": "{{ value('hall/lamp/on') }}"}]}):
            assert ask(home, secret, "/lares/v1/rules", rule(**parts))[0] in (400, 404), parts
            assert ask(home, secret, "/lares/v1/replays", {"rule": rule(**parts)})[0] in (400, 404), parts
        assert ask(home, secret, "/lares/v1/rules", rule(when=[{"mqtt": "z/#"}]))[0] == 403
        assert ask(home, secret, "/lares/v1/rules", rule(id="hall"))[0] == 409
        assert ask(home, secret, "/lares/v1/rules/hall", method="DELETE")[0] == 404
    finally:
        now = home.ask("/lares/v1/policy")
        home.ask("/lares/v1/policy", {"policy": policy["policy"], "revision": now["revision"]}, "PUT")
        home.ask("/lares/v1/rules/hall", method="DELETE")
        home.ask("/lares/v1/rules/mine", method="DELETE")


def test_an_account_of_a_name_that_there_is_is_refused(home):
    home.account("kitchen")
    assert refusal(home, "/lares/v1/broker/accounts", {"name": "kitchen"})[0] == 400


def test_nobody_opens_the_door_by_a_detour(home, lock):
    """Rules and scenes do what is dangerous for whoever made them, not for whoever starts or rewrites them."""
    night = {"id": "night", "name": "Night", "when": [{"time": "03:00"}], "then": [{"set": {"hall/door/locked": False}}]}
    leave = {"id": "leave", "name": "Leave", "states": {"hall/lamp": {"on": False}}}
    home.ask("/lares/v1/rules", {"rule": night, "trusted": True})
    home.ask("/lares/v1/scenes", leave)
    opening = leave | {"states": {"hall/door": {"locked": False}}}
    for role in ("guest", "child", "agent", "resident"):
        secret = key(home, role, "--role", role)
        assert ask(home, secret, "/lares/v1/rules/night/start", {})[0] == 403, role
        assert ask(home, secret, "/lares/v1/scenes", opening)[0] == 403, role
        assert ask(home, secret, "/lares/v1/scenes/leave", method="DELETE")[0] == (200 if role == "resident" else 403), role
    assert home.value("hall/door/locked") is True
    assert home.ask("/lares/v1/scenes", opening)["id"] == "leave"
    assert home.ask("/lares/v1/rules/night/start", {})["trusted"] is True
    home.wait(lambda: home.value("hall/door/locked") is False)


def test_a_trusted_rule_is_not_trusted_for_who_makes_none(home, lock):
    """By a webhook, by a timer that they start or bring forward, and by a rule in between: for them it asks, as any rule."""
    when = [{"webhook": "door"}, {"event": "timer"}, {"event": "knock"}]
    home.ask("/lares/v1/rules", {"rule": {"id": "door", "name": "Door", "when": when, "then": [{"set": {"hall/lamp/on": True}}, {"set": {"hall/door/locked": False}}]}, "trusted": True})
    home.ask("/lares/v1/rules", {"id": "knock", "name": "Knock", "when": [{"webhook": "knock"}], "then": [{"fire": "knock"}]})
    questions = lambda: home.ask("/lares/v1/confirmations")["confirmations"]
    ours = home.ask("/lares/v1/timers", {"name": "Ours", "seconds": 3600})["id"]

    def held(secret, path, body, method=None):
        assert ask(home, secret, path, body, method)[0] in (200, 201), path
        home.wait(questions)
        assert home.value("hall/door/locked") is True and home.value("hall/lamp/on") is True, "what isn't dangerous is done"
        assert [question["asked_by"] for question in questions()] == ["rule:door"]
        home.ask(f"/lares/v1/confirmations/{questions()[0]['id']}", {"answer": "no"})
        home.ask("/lares/v1/things/hall/lamp", {"on": False})

    for role in ("guest", "child", "agent"):
        secret = key(home, role, "--role", role)
        held(secret, "/lares/v1/hooks/door", {})
        held(secret, "/lares/v1/hooks/knock", {})
        held(secret, "/lares/v1/timers", {"name": "Eggs", "seconds": 1})
    held(secret, f"/lares/v1/timers/{ours}", {"do": "add", "seconds": -3599})
    assert ask(home, key(home, "resident", "--role", "resident"), "/lares/v1/hooks/door", {})[0] == 200
    home.wait(lambda: home.value("hall/door/locked") is False)
    assert questions() == []


def test_what_waits_is_judged_again(home, lock):
    """Not done for a key that ended, nor when it is dangerous by then; what is dangerous waits for a day at most."""
    waiting = lambda secret, thing, values, seconds, **more: ask(home, secret, "/lares/v1/delayed", {"thing": thing, "set": values, "in_seconds": seconds} | more)
    resident, guest = key(home, "resident", "--role", "resident"), key(home, "guest", "--role", "guest")
    assert waiting(resident, "hall/door", {"locked": False}, 90_000, confirm=True)[0] == 400
    assert waiting(resident, "hall/door", {"locked": False}, 2)[1]["code"] == "needs_confirmation"
    assert waiting(guest, "hall/lamp", {"on": True}, 3)[0] == 201
    must_run(["keys", "revoke", "guest"], home.folder)
    told = lambda: [notice["text"] for notice in home.ask("/lares/v1/notices")["notices"]]
    home.wait(lambda: any("key_ended" in text for text in told()), 10)
    assert home.value("hall/lamp/on") is False
    assert "hall/lamp" in home.ask("/lares/v1/audit?act=deed.refused")["entries"][0]["subject"]
    assert waiting(resident, "hall/lamp", {"on": True}, 3)[0] == 201
    home.ask("/lares/v1/things/hall/lamp", {"hazards": {"on": "heats"}}, "PATCH")
    home.wait(lambda: any("confirmation" in text for text in told()), 10)
    assert home.value("hall/lamp/on") is False
    home.ask("/lares/v1/things/hall/lamp", {"hazards": {}}, "PATCH")
    assert waiting(resident, "hall/door", {"locked": False}, 1, confirm=True)[0] == 201
    home.wait(lambda: home.value("hall/door/locked") is False, 10)
    assert {entry["act"] for entry in home.ask("/lares/v1/audit?who=resident&limit=2")["entries"]} == {"deed.permitted", "thing.set"}


def test_an_agent_asks_and_a_person_answers_once(home, lock):
    agent = key(home, "assistant", "--role", "agent")
    assert ask(home, agent, "/lares/v1/things/hall/lamp", {"on": True})[0] == 200
    status, answer = ask(home, agent, DOOR, {"locked": False, "confirm": True})
    assert status == 403 and answer["code"] == "confirmation_pending", "it may not say itself that a person means it"
    question = home.ask("/lares/v1/confirmations")["confirmations"][0]
    assert question["thing"] == "hall/door" and question["order"] == {"locked": False} and question["asked_by"] == "assistant"
    path = f"/lares/v1/confirmations/{question['id']}"
    assert ask(home, agent, path, {"answer": "yes"})[0] == 403, "nor answer it"
    assert home.value("hall/door/locked") is True
    assert home.ask(path, {"answer": "yes"})["outcome"] == "confirmed" and home.value("hall/door/locked") is False
    assert refusal(home, path, {"answer": "yes"})[0] == 404, "once"
    assert ask(home, agent, path)[1]["state"] == "begun"
    home.ask(DOOR, {"locked": True})
    assert ask(home, agent, DOOR, {"locked": False})[1]["code"] == "confirmation_pending"
    home.ask(f"/lares/v1/confirmations/{home.ask('/lares/v1/confirmations')['confirmations'][0]['id']}", {"answer": "no"})
    assert home.value("hall/door/locked") is True and home.ask("/lares/v1/confirmations")["confirmations"] == []


def test_a_rule_that_is_not_trusted_asks(home, lock):
    home.ask("/lares/v1/rules", {"id": "open", "name": "Open", "when": [{"webhook": "ring"}], "then": [{"set": {"hall/door/locked": False}}]})
    home.ask("/lares/v1/hooks/ring", {})
    home.wait(lambda: home.ask("/lares/v1/confirmations")["confirmations"])
    question = home.ask("/lares/v1/confirmations")["confirmations"][0]
    assert question["asked_by"] == "rule:open" and home.value("hall/door/locked") is True
    assert home.ask(f"/lares/v1/confirmations/{question['id']}", {"answer": "yes"})["outcome"] == "confirmed"


def test_people_and_policy_at_the_command_line(home):
    identifier = home_run(home, "people", "add", "Ben", "--role", "resident", "--language", "de").strip()
    assert "Ben" in home_run(home, "people") and "PIN" not in home_run(home, "people")
    home_run(home, "people", "pin", "Ben", stdin="8203\n")
    assert "has a PIN" in home_run(home, "people")
    assert '"pin_if_set"' in home_run(home, "policy")
    home_run(home, "people", "remove", identifier)
    assert "Ben" not in home_run(home, "people")


def home_run(home, *arguments, **options):
    return must_run(list(arguments), home.folder, **options)
