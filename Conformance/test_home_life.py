"""What a home is for besides switching: it tells people, senses, counts energy, moves house, and can be tried without devices."""

import http.server
import json
import re
import subprocess
import threading
import time
import urllib.request

import pytest
from aiosmtpd.controller import Controller

from home_devices import Home
from lares_server import PROGRAM, free_port, run
from test_home import announce, refusal


@pytest.fixture
def home(tmp_path):
    with Home(tmp_path, "--position", "52.52,13.40", "--zone", "Europe/Berlin") as home:
        yield home


@pytest.fixture
def hooks():
    """An HTTP server of somebody else's; it fails as often as it is told."""
    heard = []

    class Handler(http.server.BaseHTTPRequestHandler):
        fails = 0

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if Handler.fails > 0:
                Handler.fails -= 1
                self.send_response(503)
                self.send_header("Retry-After", "1")
                self.end_headers()
                return
            heard.append((self.path, {name.lower(): value for name, value in self.headers.items()}, json.loads(body)))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port, heard, Handler
    server.shutdown()


@pytest.fixture
def mail():
    letters = []

    class Handler:
        async def handle_DATA(self, server, session, envelope):
            letters.append(envelope)
            return "250 taken"

    controller = Controller(Handler(), hostname="127.0.0.1", port=free_port())
    controller.start()
    yield controller.port, letters
    controller.stop()


def test_a_rule_calls_an_address(home, hooks):
    """A channel's address for any rule, any other only for one that a person trusted; what fails is tried again."""
    port, heard, handler = hooks
    rule = lambda path: {"id": "call", "name": "Call", "when": [{"webhook": "go"}], "then": [{"call_webhook": f"http://127.0.0.1:{port}{path}", "body": {"who": "{{ trigger.data.who }}", "n": 3}}]}
    traces = lambda: home.ask("/lares/v1/rules/call/traces")["traces"]
    home.ask("/lares/v1/rules", rule("/free"))
    home.ask("/lares/v1/hooks/go", {"who": "postman"})
    home.wait(lambda: traces() and traces()[0]["outcome"] == "failed")
    assert "isn't called" in traces()[0]["sentence"] and heard == []
    handler.fails = 1
    home.ask("/lares/v1/rules", {"rule": rule("/free"), "trusted": True})
    home.ask("/lares/v1/hooks/go", {"who": "postman"})
    home.wait(lambda: [(path, body) for path, _, body in heard] == [("/free", {"who": "postman", "n": 3})], 30)
    home.ask("/lares/v1/channels", {"name": "door", "kind": "webhook", "url": f"http://127.0.0.1:{port}/door", "token": "secret-token"})
    home.ask("/lares/v1/rules", rule("/door"))
    home.ask("/lares/v1/hooks/go", {"who": "anna"})
    home.wait(lambda: len(heard) == 2, 30)
    path, headers, body = heard[1]
    assert path == "/door" and body == {"who": "anna", "n": 3} and "secret-token" in headers.get("authorization", "")


def test_people_are_told_by_every_channel(home, hooks, mail):
    (port, heard, _), (smtp, letters) = hooks, mail
    home.ask("/lares/v1/channels", {"name": "hook", "kind": "webhook", "url": f"http://127.0.0.1:{port}/hook", "token": "secret-token"})
    home.ask("/lares/v1/channels", {"name": "phone", "kind": "ntfy", "server": f"http://127.0.0.1:{port}", "topic": "lares"})
    home.ask("/lares/v1/channels", {"name": "mail", "kind": "email", "host": "127.0.0.1", "port": smtp, "security": "none", "from": "lares@example.org", "to": "anna@example.org"})
    home.ask("/lares/v1/recipients", {"name": "Anna", "channels": ["hook", "phone", "mail"]})
    assert "secret-token" not in json.dumps(home.ask("/lares/v1/channels"))
    home.ask("/lares/v1/rules", {"id": "r", "name": "r", "when": [{"webhook": "go"}], "then": [{"notify": "Wasser in der Küche", "title": "Leak", "to": "Anna"}]})
    home.ask("/lares/v1/hooks/go", {})
    home.wait(lambda: len(heard) == 2 and len(letters) == 1, 20)
    by_path = {path: (headers, body) for path, headers, body in heard}
    assert by_path["/hook"][1]["text"] == "Wasser in der Küche" and by_path["/hook"][0]["authorization"] == "Bearer secret-token"
    assert {name: by_path["/"][1][name] for name in ("topic", "title", "message", "priority")} == {"topic": "lares", "title": "Leak", "message": "Wasser in der Küche", "priority": 3}
    assert letters[0].rcpt_tos == ["anna@example.org"] and b"Subject:" in letters[0].content
    home.wait(lambda: all(delivery["state"] == "sent" for delivery in home.ask("/lares/v1/deliveries")["deliveries"]))
    assert refusal(home, "/lares/v1/channels", {"name": "x", "kind": "webhook", "url": "ftp://x"})[0] == 400
    assert refusal(home, "/lares/v1/channels/hook", method="DELETE", body=None)[0] == 409, "Anna is reached by it"


@pytest.mark.long
def test_what_was_not_delivered_is_delivered_after_a_kill(home, hooks):
    port, heard, handler = hooks
    handler.fails = 2
    home.ask("/lares/v1/channels", {"name": "hook", "kind": "webhook", "url": f"http://127.0.0.1:{port}/hook"})
    home.ask("/lares/v1/recipients", {"name": "Anna", "channels": ["hook"]})
    home.ask("/lares/v1/rules", {"id": "r", "name": "r", "when": [{"webhook": "go"}], "then": [{"notify": "hello"}]})
    home.ask("/lares/v1/hooks/go", {})
    home.wait(lambda: handler.fails < 2, 20)
    home.server.process.kill()
    home.server.process.wait()
    home.start()
    home.wait(lambda: heard, 60)
    assert [body["text"] for _, _, body in heard] == ["hello"]


def test_energy_and_its_cost(home):
    with home.client("z", home.account("z")) as device:
        device.say("homeassistant/sensor/g/config", {"name": "Energy bought", "uniq_id": "g", "stat_t": "z/g", "unit_of_meas": "kWh", "dev_cla": "energy", "stat_cla": "total_increasing", "dev": {"ids": "g", "name": "Grid meter"}}, retain=True)
        home.wait(lambda: "grid_meter" in home.things())
        device.say("z/g", "100")
        home.wait(lambda: home.value("grid_meter/energy_bought") == 100)
        now = time.time()
        lines = "time,thing,property,value\n" + "".join(f"{now - hour * 3600},grid_meter,energy_bought,{100 - hour}\n" for hour in range(48, 0, -1)) + "1,nobody,x,1\n"
        request = urllib.request.Request(home.server.url + "/lares/v1/history.csv", lines.encode(), {"Content-Type": "text/csv"}, method="POST")
        answer = json.loads(urllib.request.urlopen(request, timeout=30).read())
        assert answer["added"] == 48 and answer["refused"] == 1 and "nobody" in answer["refusals"][0]["reason"]
        home.ask("/lares/v1/energy/tariffs", {"currency": "EUR", "tariffs": [{"from": "2020-01-01", "kind": "fixed", "price": 0.5}]}, "PUT")
        assert home.ask("/lares/v1/energy/meters")["meters"] == [{"property": "grid_meter/energy_bought", "role": "grid_import", "guessed": True}]
        home.wait(lambda: home.ask("/lares/v1/energy")["total"]["grid_import"] == pytest.approx(48, abs=1.1), 20)
        report = home.ask("/lares/v1/energy?by=hour")
        assert report["total"]["cost"]["total"] == pytest.approx(report["total"]["grid_import"] * 0.5), report["total"]
        assert refusal(home, "/lares/v1/energy/tariffs", {"currency": "EUR", "tariffs": [{"from": "2020-01-01", "kind": "fixed", "price": "much"}]}, "PUT")[0] == 400
        assert refusal(home, "/lares/v1/energy?by=minute", None)[0] == 400


def send_history(home, rows):
    request = urllib.request.Request(home.server.url + "/lares/v1/history.csv", ("time,thing,property,value\n" + rows).encode(), {"Content-Type": "text/csv"}, method="POST")
    return json.loads(urllib.request.urlopen(request, timeout=30).read())


def test_power_of_changes_alone_holds_and_what_is_old_is_deleted_as_people_say(home):
    with home.client("z", home.account("z")) as device:
        device.say("homeassistant/sensor/p/config", {"name": "Power", "uniq_id": "p", "stat_t": "z/p", "unit_of_meas": "W", "dev_cla": "power", "dev": {"ids": "p", "name": "Plug"}}, retain=True)
        home.wait(lambda: "plug" in home.things())
        day = int(time.time() // 86400 - 10) * 86400
        assert send_history(home, f"{day + 8 * 3600},plug,power,2000\n{day + 11 * 3600},plug,power,0\n")["added"] == 2
        [period] = home.ask(f"/lares/v1/statistics?property=plug/power&period=day&from={day}&to={day + 86400}")["statistics"]
        assert period["amount"] == pytest.approx(6000)
        hours = home.ask(f"/lares/v1/statistics?property=plug/power&period=hour&from={day}&to={day + 86400}")["statistics"]
        assert [hour["mean"] for hour in hours] == pytest.approx([2000, 2000, 2000, 0])
        usual = home.ask("/lares/v1/retention")
        assert usual == {"default": {"readings": 400, "five_minutes": 400, "hours": None}, "things": {}, "properties": {}}
        book = {"default": {"readings": 100}, "things": {"plug": {"readings": 5}}}
        kept = home.ask("/lares/v1/retention", book, "PUT")
        assert kept["things"]["plug"]["readings"] == 5 and home.ask("/lares/v1/retention") == kept
        for wrong in ({"things": {"nobody": {"readings": 5}}}, {"default": {"readings": 0}}, {"days": 5}, [], {"properties": {"plug/powre": {"readings": 5}}}):
            assert refusal(home, "/lares/v1/retention", wrong, "PUT")[0] == 400, wrong
        page = urllib.request.urlopen(home.server.url + "/things/plug", timeout=20).read().decode()
        assert 'action="/keep-thing/plug"' in page and '<option value="5" selected>' in page


def test_the_home_moves(home, tmp_path_factory):
    with home.client("z", home.account("z")) as device:
        announce(home, device, "Lamp", "l1", area="Hall")
        home.ask("/lares/v1/things/hall/lamp", {"name": "Leselampe", "aliases": ["reading light"]}, "PATCH")
        home.ask("/lares/v1/rules", {"id": "r", "name": "Evening", "when": [{"time": "sunset"}], "then": [{"set": {"hall/lamp/on": True}}]})
        (file := tmp_path_factory.mktemp("moving") / "home.json").write_text(home.cli("home", "export"))
    with Home(tmp_path_factory.mktemp("new"), "--position", "52.52,13.40") as other:
        assert "rules  new  r" in other.cli("home", "import", str(file)).replace("\t", " ") and other.ask("/lares/v1/rules")["rules"] == []
        other.cli("home", "import", str(file), "--apply")
        rule = other.ask("/lares/v1/rules")["rules"][0]["rule"]
        assert rule["name"] == "Evening" and rule["enabled"] is False, "it waits to be looked at"
        with other.client("z", other.account("z")) as device:
            device.say("homeassistant/light/l1/config", {"name": None, "uniq_id": "l1", "schema": "json", "stat_t": "z/l1", "cmd_t": "z/l1/set", "dev": {"ids": ["l1"], "name": "Lamp", "sa": "Hall"}}, retain=True)
            other.wait(lambda: other.thing("hall/lamp")["name"] == "Leselampe")


def test_rules_are_written_as_yaml(home):
    text = "id: bell\nname: Bell\nwhen:\n  - webhook: ring\nthen:\n  - notify: Someone rang\n"
    request = urllib.request.Request(home.server.url + "/lares/v1/rules", text.encode(), {"Content-Type": "application/yaml"})
    assert json.loads(urllib.request.urlopen(request, timeout=30).read())["rule"]["name"] == "Bell"
    request = urllib.request.Request(home.server.url + "/lares/v1/rules/bell", headers={"Accept": "application/yaml"})
    assert "webhook: ring" in urllib.request.urlopen(request, timeout=30).read().decode()
    bomb = "a: &a [x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b,*b]\n"
    request = urllib.request.Request(home.server.url + "/lares/v1/rules", bomb.encode(), {"Content-Type": "application/yaml"})
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(request, timeout=30)
    assert error.value.code == 400


def test_the_virtual_home_is_alive_within_a_minute(home):
    began = time.monotonic()
    demo = subprocess.Popen([str(PROGRAM), "demo", "home", "--server", home.server.url, "--days", "2", "--position", "52.52,13.40", "--zone", "Europe/Berlin"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env={"LARES_HOME": str(home.folder), "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"})
    try:
        home.wait(lambda: sum(thing["availability"] == "online" for thing in home.things().values()) >= 45, 50)
        assert time.monotonic() - began < 60
        rooms = {thing["area"] for thing in home.things().values()} - {None}
        assert len(rooms) >= 6 and {"kitchen", "living_room", "bedroom"} <= rooms
        assert home.ask("/lares/v1/things/living_room/ceiling_light", {"on": True, "brightness": 50})["outcome"] == "confirmed"
        assert refusal(home, "/lares/v1/things/kitchen/oven", {"target": 220})[1]["code"] == "needs_confirmation"
        home.wait(lambda: home.ask("/lares/v1/energy?by=day")["total"]["consumption"] > 5, 50)
        home.wait(lambda: "living_room/senses" in home.things(), 30)
        assert any(fault["code"] == "low_battery" for fault in home.ask("/lares/v1/faults")["faults"])
        home.wait(lambda: len(home.ask("/lares/v1/rules")["rules"]) == 8, 20)
        rules = home.ask("/lares/v1/rules")["rules"]
        assert all(rule["rule"]["id"].startswith("demo_") and rule["warnings"] == [] for rule in rules), rules
        assert sum(rule["next"] is not None for rule in rules) == 3
        assert [group["members"][-1] for group in home.ask("/lares/v1/groups")["groups"]] == ["hall_light"]
        assert home.things()["hall_light"]["area"] == "hall" and home.things()["washing_machine"]["area"] == "bathroom"
        assert {floor["level"] for floor in home.ask("/lares/v1/floors")["floors"]} == {0, 1}
    finally:
        demo.terminate()
        assert demo.wait(20) == 0, demo.stderr.read()
    assert run(["demo", "home", "--remove", "--server", home.server.url], home.folder).returncode == 0
    home.wait(lambda: len([name for name in home.things() if not name.endswith("/senses")]) == 0, 20)
    assert home.ask("/lares/v1/rules")["rules"] == home.ask("/lares/v1/groups")["groups"] == []


def test_timers_ring_and_commands_wait(home):
    home.ask("/lares/v1/rules", {"id": "rung", "name": "Rung", "when": [{"event": "timer", "data": {"name": "Eggs"}}], "then": [{"notify": "They are done"}]})
    with home.client("z", home.account("z")) as device:
        announce(home, device, "Lamp", "l1", area="Hall")
        device.say("z/l1", {"state": "OFF"})
        home.wait(lambda: home.value("hall/lamp/on") is False)
        assert home.ask("/lares/v1/timers", {"name": "Eggs", "seconds": 1.5})["state"] == "running"
        waits = home.ask("/lares/v1/delayed", {"thing": "hall/lamp", "set": {"on": True}, "in_seconds": 2})
        assert [one["id"] for one in home.ask("/lares/v1/delayed")["delayed"]] == [waits["id"]]
        gone = home.ask("/lares/v1/delayed", {"thing": "hall/lamp", "set": {"on": False}, "in_seconds": 3})
        home.ask(f"/lares/v1/delayed/{gone['id']}", method="DELETE")
        home.stop()
        home.start()
        home.wait(lambda: home.value("hall/lamp/on") is True)
        home.wait(lambda: {"They are done", "⏰ Eggs"} <= {notice["text"] for notice in home.ask("/lares/v1/notices")["notices"]})
        assert home.ask("/lares/v1/delayed")["delayed"] == home.ask("/lares/v1/timers")["timers"] == []
        assert refusal(home, "/lares/v1/timers", {"seconds": 0})[0] == 400
        assert refusal(home, "/lares/v1/timers/9", {"do": "pause"})[0] == 404
        assert refusal(home, "/lares/v1/delayed", {"thing": "hall/lamp", "set": {"on": 7}, "in_seconds": 1})[0] == 400
        waits = home.cli("set", "hall/lamp", "on=off", "--in", "1h10m").split()[-1]
        started = home.cli("timers", "start", "4m", "Tea")
        tea = started.split()[0]
        assert "Tea: 4:00" in started and "Tea: 1:0" in home.cli("timers", "add", tea, "3600")
        home.cli("timers", "pause", tea)
        listed = home.cli("timers")
        assert re.search(r"Tea +paused +1:0", listed) and re.search(r"hall/lamp +on=false +1:(10:00|09:)", listed), listed
        home.cli("timers", "stop", tea)
        home.cli("timers", "cancel", waits)
        assert home.ask("/lares/v1/delayed")["delayed"] == home.ask("/lares/v1/timers")["timers"] == []
        for wrong in ("soon", "-5m", "nan", "inf"):
            assert run(["timers", "start", "--server", home.server.url, "--", wrong], home.folder).returncode == 64, wrong
        # Longer than a timer may be, but commands wait for a year at most.
        home.cli("timers", "cancel", home.cli("set", "hall/lamp", "on=off", "--in", "31000000").split()[-1])


def test_it_looks_lived_in_and_rules_can_be_paused(home):
    with home.client("z", home.account("z")) as device:
        announce(home, device, "Lamp", "l1", area="Hall")
        device.say("z/l1", {"state": "OFF"})
        home.wait(lambda: home.value("hall/lamp/on") is False)
        week, now = 7 * 86400, time.time()
        rows = "".join(f"{now - week + after},hall/lamp,on,{value}\n" for after, value in ((0, 1), (1800, 0)))
        imported = urllib.request.Request(home.server.url + "/lares/v1/history.csv", ("time,thing,property,value\n" + rows).encode(), {"Content-Type": "text/csv"}, method="POST")
        urllib.request.urlopen(imported, timeout=20).read()
        plan = {"enabled": True, "properties": ["hall/lamp/on"], "weeks": 1, "jitter_seconds": 0}
        today = home.ask("/lares/v1/presence", plan, "PUT")["today"]
        assert [one["property"] for one in today][:1] == ["hall/lamp/on"], today
        assert refusal(home, "/lares/v1/presence", {"weeks": 0}, "PUT")[0] == 400
        home.ask("/lares/v1/rules", {"id": "lit", "name": "Lit", "when": [{"becomes": "hall/lamp/on", "to": True}], "then": [{"notify": "lit"}]})
        assert home.ask("/lares/v1/rules/lit", {"pause_seconds": 600}, "PATCH")["rule"]["paused_until"].endswith("Z")
        device.say("z/l1", {"state": "ON"})
        home.wait(lambda: home.value("hall/lamp/on") is True)
        home.ask("/lares/v1/rules/lit", {"pause_seconds": 0}, "PATCH")
        device.say("z/l1", {"state": "OFF"})
        device.say("z/l1", {"state": "ON"})
        home.wait(lambda: [notice["text"] for notice in home.ask("/lares/v1/notices")["notices"]].count("lit") == 1)


def test_what_is_here_no_more_is_shown_with_its_history(home):
    with home.client("z", home.account("z")) as device:
        announce(home, device, "Lamp", "l1", area="Hall")
        device.say("z/l1", {"state": "ON"})
        home.wait(lambda: home.value("hall/lamp/on") is True)
        assert home.ask("/lares/v1/gone")["gone"] == []
        device.say("homeassistant/light/l1/config", "", retain=True)
        home.wait(lambda: not home.things())
        home.wait(lambda: [one["id"] for one in home.ask("/lares/v1/gone")["gone"]] == ["hall/lamp"])
        with urllib.request.urlopen(home.server.url + "/lares/v1/history.csv?thing=hall/lamp", timeout=20) as answer:
            assert ",hall/lamp,on," in answer.read().decode()
