"""A battery that follows orders over the real server and broker: rule, plan, people, faults, kill -9; and a city that asks a home, as two programs."""

import datetime
import http.server
import json
import sqlite3
import threading
import time
import urllib.error
import urllib.request

import pytest

from home_devices import Home
from test_home import refusal
from test_home_people import ask, key

CONTROL = "/lares/v1/energy/control"
# The dear hours and those of much use lie around now, so that the tests see the same at any time of day.
PEAK = int(time.time() // 3600) % 24
TARIFF = {
    "currency": "EUR",
    "tariffs": [
        {"from": "2020-01-01", "kind": "time_of_use", "otherwise": 0.2, "blocks": [{"from": f"{(PEAK - 1) % 24:02}:00", "to": f"{(PEAK + 3) % 24:02}:00", "price": 0.5}]}
    ],
}


class Battery:
    """A battery as a device on the broker: it reports its charge, and obeys its setpoint."""

    def __init__(self, home):
        self.home, self.heard, self.obeys = home, [], True
        self.client = home.client("z", home.account("z"))
        device = {"ids": ["bat"], "name": "Battery", "sa": "Cellar"}
        self.client.say("homeassistant/sensor/bat_soc/config", {"name": "Charge", "uniq_id": "bat_soc", "stat_t": "z/soc", "dev_cla": "battery", "unit_of_meas": "%", "stat_cla": "measurement", "dev": device}, retain=True)
        self.client.say("homeassistant/number/bat_set/config", {"name": "Setpoint", "uniq_id": "bat_set", "stat_t": "z/power", "cmd_t": "z/power/set", "min": -3000, "max": 3000, "step": 1, "unit_of_meas": "W", "dev_cla": "power", "dev": device}, retain=True)
        self.client.say("homeassistant/sensor/grid/config", {"name": "Energy import", "uniq_id": "grid", "stat_t": "z/grid", "dev_cla": "energy", "unit_of_meas": "kWh", "stat_cla": "total_increasing", "dev": {"ids": ["grid"], "name": "Grid", "sa": "Cellar"}}, retain=True)
        self.client.listen("z/power/set", self.obey)
        home.wait(lambda: {"cellar/battery", "cellar/grid"} <= set(home.things()))
        self.say(80)
        self.client.say("z/power", "0")
        properties = home.thing("cellar/battery")["properties"]
        self.charge = "cellar/battery/" + next(name for name, one in properties.items() if one.get("unit") == "%")
        self.order = "cellar/battery/" + next(name for name, one in properties.items() if one.get("writable"))
        home.wait(lambda: home.value(self.charge) == 80 and home.value(self.order) == 0)

    def obey(self, text):
        self.heard.append(float(text))
        if self.obeys:
            self.client.client.publish("z/power", text, qos=1)

    def say(self, charge):
        self.client.say("z/soc", str(charge))

    @property
    def settings(self):
        return {"enabled": True, "battery": {"charge": self.charge, "order": self.order, "capacity_kwh": 8, "power_kw": 3, "reserve": 0.1}}


def past(home, days=10):
    """Hours of a meter at the grid, up to the last full one."""
    meter = next("cellar/grid," + name for name in home.thing("cellar/grid")["properties"])
    hour, total, rows = int(time.time() // 3600) - 24 * days, 0.0, ["time,thing,property,value"]
    while hour * 3600 < time.time() - 3600:
        total += 0.4 + (1.5 if (hour - PEAK) % 24 < 3 else 0)
        rows.append(f"{hour * 3600 + 3590},{meter},{total}")
        hour += 1
    request = urllib.request.Request(home.server.url + "/lares/v1/history.csv", "\n".join(rows).encode() + b"\n", {"Content-Type": "text/csv"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert json.loads(answer.read())["added"] >= 24 * days - 1


def not_near_the_hour():
    """What is looked at twice must lie in one hour."""
    left = 3600 - time.time() % 3600
    if left < 90:
        time.sleep(left + 25)


@pytest.fixture
def home(tmp_path):
    not_near_the_hour()
    with Home(tmp_path, "--zone", "UTC") as home:
        yield home


@pytest.fixture
def battery(home):
    battery = Battery(home)
    past(home)
    home.ask("/lares/v1/energy/tariffs", TARIFF, "PUT")
    yield battery
    battery.client.close()


def decided(home, device="battery"):
    orders = [order for order in home.ask(CONTROL)["orders"] if order["device"] == device]
    return orders and orders[0]["state"] in ("confirmed", "failed") and orders[0]


def test_the_rule_is_sent_and_everything_is_written_down(home, battery):
    assert home.ask(CONTROL)["enabled"] is False
    status, error = refusal(home, CONTROL, {**battery.settings, "batery": {}}, "PUT")
    assert status == 400 and "batery" in error["message"]
    wrong = battery.settings
    wrong["battery"]["order"] = battery.charge
    assert refusal(home, CONTROL, wrong, "PUT")[1]["code"] == "bad_control"
    shown = home.ask(CONTROL, battery.settings, "PUT")
    assert shown["stage"] == "shadow" and shown["mode"] == "automatic"
    home.wait(lambda: decided(home), 20)
    order = decided(home)
    assert order["state"] == "confirmed" and order["reason"] == "rule" and battery.heard[-1] == round(order["kw"] * 1000)
    assert home.ask(CONTROL)["faults"] == []
    plan = home.ask(CONTROL + "/plan")["plan"]["hours"]
    assert len(plan) == 30 and {hour["price"] for hour in plan} == {0.2, 0.5} and all(hour["load_kwh"] > 0 for hour in plan)
    entry = home.ask(CONTROL + "/history?kind=decision")["entries"][0]
    assert entry["stage"] == "shadow" and entry["charge"] == 0.8 and entry["price"] in (0.2, 0.5) and entry["forecast_kwh"] > 0
    acts = home.ask("/lares/v1/audit?limit=50")["entries"]
    assert any(act["act"] == "thing.set" and act["who"] == "control:energy" for act in acts), acts
    said = home.cli("energy")
    assert "shadow" in said and "80%" in said and "battery" in said
    assert "17:00" in home.cli("energy", "plan") and "decision" in home.cli("energy", "history")


def test_a_person_has_it_at_once(home, battery):
    home.ask(CONTROL, battery.settings, "PUT")
    home.wait(lambda: decided(home), 20)
    looks, lives = key(home, "wall", "--role", "viewer"), key(home, "phone", "--role", "resident")
    assert ask(home, looks, CONTROL + "/take-over", {"kw": 1})[0] == 403
    status, shown = ask(home, lives, CONTROL + "/take-over", {"kw": 1.5, "why": "a storm"})
    assert status == 200 and shown["mode"] == "manual" and shown["takeover"]["by"] == "phone"
    assert battery.heard[-1] == 1500 and home.value(battery.order) == 1500
    assert refusal(home, CONTROL + "/take-over", {"hours": 2})[0] == 400
    assert home.ask(CONTROL + "/hand-back", {"why": "over"}, "POST")["mode"] == "automatic"
    home.wait(lambda: (decided(home) or {}).get("reason") == "rule", 20)
    kinds = [entry["kind"] for entry in home.ask(CONTROL + "/history")["entries"]]
    assert kinds.index("handback") < kinds.index("takeover")
    assert ask(home, lives, CONTROL + "/step-back", {"stage": "shadow"})[0] == 403
    assert refusal(home, CONTROL + "/step-back", {"stage": "active"})[1]["code"] == "bad_control"


def test_energy_is_ordered_and_changes_hands_as_all_actuators_do(home, battery):
    """Each order stands in the book with what led to it; a take-over there counts here, and nobody orders what isn't in their hands."""
    home.ask(CONTROL, battery.settings, "PUT")
    home.wait(lambda: decided(home), 20)
    order = home.ask("/lares/v1/orders?actuator=energy/home")["orders"][0]
    assert order["state"] == "effective" and order["issuer"]["name"] == "energy" and order["value"]["property"] == battery.order
    assert order["cause"]["readings"]["charge"] == 0.8 and order["cause"]["stage"] == "shadow" and len(order["cause"]["prices"]) == 6
    lives, guest = key(home, "phone", "--role", "resident"), key(home, "visitor", "--role", "guest")
    mine = {"id": "mine", "actuator": "energy/home", "value": {"kw": 1.5}, "expires": time.time() + 60}
    assert ask(home, lives, "/lares/v1/orders", mine)[0] == 409
    assert ask(home, guest, "/lares/v1/actuators/energy/home/take-over", {})[0] == 403
    assert ask(home, lives, "/lares/v1/actuators/energy/home/take-over", {"reason": "a storm"})[0] == 200
    status, done = ask(home, lives, "/lares/v1/orders", {**mine, "id": "mine-2"})
    assert status == 201 and done["state"] == "effective" and battery.heard[-1] == 1500
    shown = home.ask(CONTROL)
    assert shown["mode"] == "manual" and shown["takeover"]["by"] == "phone" and shown["takeover"]["why"] == "a storm"
    assert ask(home, lives, "/lares/v1/actuators/energy/home/hand-back", {"reason": "over"})[0] == 200
    home.wait(lambda: home.ask(CONTROL)["mode"] == "automatic", 10)
    home.wait(lambda: (decided(home) or {}).get("reason") == "rule", 20)
    acts = [act["act"] for act in home.ask("/lares/v1/audit?limit=50")["entries"]]
    assert "actuator.taken" in acts and "actuator.handedBack" in acts, acts
    policy = home.ask("/lares/v1/policy")
    home.ask("/lares/v1/policy", {"policy": {"version": 1, "scopes": {"guest": {"areas": ["garden"]}}}, "revision": policy["revision"]}, "PUT")
    assert ask(home, guest, "/lares/v1/orders")[1]["orders"] == [] and ask(home, guest, f"/lares/v1/orders/{order['id']}")[0] == 404


def test_a_take_over_of_the_release_before_is_kept(home, battery):
    """Its hands stood in energy.db alone: the book of orders learns of them at the first start."""
    home.ask(CONTROL, battery.settings, "PUT")
    home.wait(lambda: decided(home), 20)
    home.ask(CONTROL + "/take-over", {"kw": 1, "why": "a storm"})
    home.server.process.kill()
    home.server.process.wait()
    with sqlite3.connect(home.folder / "energy.db") as database:
        database.execute("UPDATE kept SET value = json_remove(value, '$.isInBook') WHERE name = 'state'")
    with sqlite3.connect(home.folder / "orders.db") as database:
        database.execute("DELETE FROM owners")
    home.start()
    home.wait(lambda: any(one["actuator"] == "energy/home" and one["owner"]["kind"] == "person" for one in home.ask("/lares/v1/actuators")["actuators"]), 20)
    assert home.ask(CONTROL)["mode"] == "manual"
    assert home.ask(CONTROL + "/hand-back", {}, "POST")["mode"] == "automatic"
    assert home.ask("/lares/v1/handovers")["handovers"][0]["to"]["name"] == "energy"


def test_who_does_not_see_the_battery_is_not_told_of_it(home, battery):
    """A key for another part of the home learns neither the battery's name, nor how full it is, nor what it was told."""
    home.ask(CONTROL, battery.settings, "PUT")
    home.wait(lambda: decided(home), 20)
    looks, guest = key(home, "wall", "--role", "viewer"), key(home, "visitor", "--role", "guest")
    policy = home.ask("/lares/v1/policy")
    home.ask("/lares/v1/policy", {"policy": {"version": 1, "scopes": {"guest": {"areas": ["garden"]}}}, "revision": policy["revision"]}, "PUT")
    shown = ask(home, looks, CONTROL)[1]
    assert shown["settings"]["battery"] == home.ask(CONTROL)["settings"]["battery"] and shown["battery"]["charge"] == 0.8 and shown["orders"]
    assert any(hour["battery_kwh"] is not None for hour in ask(home, looks, CONTROL + "/plan")[1]["plan"]["hours"])
    for path in (CONTROL, CONTROL + "/plan", CONTROL + "/history"):
        status, answer = ask(home, guest, path)
        assert status == 200 and "cellar" not in json.dumps(answer), answer
    shown = ask(home, guest, CONTROL)[1]
    assert shown["enabled"] is True and shown["orders"] == [] and "battery" not in shown and "battery" not in shown["settings"]
    assert {hour["battery_kwh"] for hour in ask(home, guest, CONTROL + "/plan")[1]["plan"]["hours"]} == {None}
    entries = ask(home, guest, CONTROL + "/history")[1]["entries"]
    assert {entry["kind"] for entry in entries} == {"settings", "decision"} and "sent_kw" not in entries[0]


def test_a_battery_that_does_not_obey_and_one_that_says_nonsense_are_seen(home, battery):
    battery.obeys = False
    battery.client.say("z/power", "-7")
    home.ask(CONTROL, battery.settings, "PUT")
    home.wait(lambda: "battery.order" in home.ask(CONTROL)["faults"] or (decided(home) or {}).get("state") == "failed", 40)
    assert decided(home)["trouble"]
    battery.obeys = True
    battery.say(100)
    home.ask(CONTROL, {"enabled": False}, "PUT")
    count = len(battery.heard)
    time.sleep(3)
    assert len(battery.heard) == count, "nothing is ordered by what is off"


def test_kill_9_in_the_middle_of_an_hour_orders_nothing_twice(home, battery):
    home.ask(CONTROL, battery.settings, "PUT")
    home.wait(lambda: decided(home), 20)
    before, count = decided(home), len(battery.heard)
    number = home.ask(CONTROL + "/history?kind=decision")["entries"][0]["number"]
    home.server.process.kill()
    home.server.process.wait()
    home.start()
    time.sleep(6)
    after = decided(home)
    assert (after["id"], after["hour"], after["state"]) == (before["id"], before["hour"], "confirmed")
    assert len(battery.heard) == count
    assert home.ask(CONTROL + "/history?kind=decision")["entries"][0]["number"] == number
    assert home.ask(CONTROL)["settings"]["battery"]["capacity_kwh"] == 8


def test_what_it_would_have_cost(home, battery):
    answer = home.ask("/lares/v1/energy/replay?capacity_kwh=6&power_kw=3")
    assert answer["currency"] == "EUR" and answer["hours"] >= 200
    # The rule sells what the evening needs, and may cost more than no battery; the plan saves a fifth at least.
    assert answer["plan"]["cost"] < 0.8 * min(answer["rule"]["cost"], answer["without"]["cost"])
    assert answer["saved"] == pytest.approx(answer["without"]["cost"] - answer["plan"]["cost"], abs=1e-3)
    assert "EUR" in home.cli("energy", "replay", "--capacity", "6", "--power", "3")
    assert refusal(home, "/lares/v1/energy/replay?capacity_kwh=-1", None)[0] == 400
    assert refusal(home, "/lares/v1/energy/replay?from=2020-01-01&through=2020-01-10", None)[0] == 409


class Witness(http.server.ThreadingHTTPServer):
    """Stands between a home and a city, and writes down all that the home says."""

    def __init__(self, target):
        self.target, self.said = target, []
        super().__init__(("127.0.0.1", 0), self.Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    class Handler(http.server.BaseHTTPRequestHandler):
        def relay(self):
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            self.server.said.append((self.command, self.path, dict(self.headers), body))
            headers = {name: value for name, value in self.headers.items() if name.lower() in ("content-type", "authorization")}
            request = urllib.request.Request(self.server.target + self.path, body or None, headers, method=self.command)
            try:
                with urllib.request.urlopen(request, timeout=10) as answer:
                    status, text = answer.status, answer.read()
            except urllib.error.HTTPError as error:
                status, text = error.code, error.read()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = relay

        def log_message(self, *_):
            pass


def trusted(home):
    """A home whose controller was trusted for weeks: its trials can't be waited for here."""
    assert home.stop() == 0
    with sqlite3.connect(home.folder / "energy.db") as database:
        state = json.loads(database.execute("SELECT value FROM kept WHERE name = 'state'").fetchone()[0])
        state["trust"] = {"stage": "active", "days": []}
        del state["hour"]
        database.execute("UPDATE kept SET value = ? WHERE name = 'state'", [json.dumps(state)])
    database.close()
    home.start()


def hour(ahead):
    return datetime.datetime.fromtimestamp((time.time() // 3600 + ahead) * 3600, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(seconds):
    return datetime.datetime.fromtimestamp(time.time() + seconds, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_a_city_asks_and_a_home_answers_without_saying_anything_of_itself(home, battery, tmp_path_factory):
    home.ask(CONTROL, battery.settings, "PUT")
    home.wait(lambda: decided(home), 20)
    trusted(home)
    home.wait(battery.client.client.is_connected)  # the program was begun anew, and its broker with it
    battery.say(80)
    home.wait(lambda: home.ask(CONTROL)["stage"] == "active" and decided(home), 20)
    with Home(tmp_path_factory.mktemp("city")) as city:
        secret = key(city, "homes", "--role", "viewer")
        witness = Witness(city.server.url)
        limits = {"willing": True, "most_less_kw": 2, "most_more_kw": 0, "reserve": 0.2, "every_seconds": 1}
        address = f"http://127.0.0.1:{witness.server_address[1]}"
        assert refusal(home, "/lares/v1/flexibility/limits", {**limits, "city": "http://example.org", "key": secret}, "PUT")[0] == 400
        shown = home.ask("/lares/v1/flexibility/limits", {**limits, "city": address, "key": secret}, "PUT")
        assert secret not in json.dumps(shown) and secret not in json.dumps(home.ask("/lares/v1/flexibility/limits"))

        for wrong in ({"kw": 0}, {"hours": 25}, {"from": "yesterday"}, {"answer_by": hour(9)}, {"home": "anna"}):
            assert refusal(city, "/lares/v1/flexibility/requests", {"from": hour(3), "hours": 2, "kw": -1, **wrong})[0] == 400, wrong
        body = {"id": "evening", "from": hour(3), "hours": 2, "kw": -1, "answer_by": moment(25)}
        assert city.ask("/lares/v1/flexibility/requests", body)["id"] == "evening"
        assert city.ask("/lares/v1/flexibility/requests", body)["state"] == "open", "the same once more is published once"
        assert refusal(city, "/lares/v1/flexibility/requests", {**body, "kw": -2})[0] == 409
        assert ask(city, secret, "/lares/v1/flexibility/requests", {**body, "id": "other"})[0] == 403, "homes don't ask"

        city.wait(lambda: city.ask("/lares/v1/flexibility/requests/evening")["offers"] == 1, 20)
        assert -1 <= city.ask("/lares/v1/flexibility/requests/evening")["offered_kw"] <= -0.25
        offers = "/lares/v1/flexibility/requests/evening/offers"
        for wrong in ({"kw": 1}, {"kw": -0.3}, {"kw": -26}, {"token": "short"}, {"charge": 0.8}):
            assert ask(city, secret, offers, {"token": "0123456789abcdef", "kw": -1, **wrong})[0] == 400, wrong
        assert ask(city, secret, offers + "/0123456789abcdef")[0] == 404
        city.wait(lambda: city.ask("/lares/v1/flexibility/requests/evening")["state"] == "awarded", 40)
        home.wait(lambda: [one["answer"] for one in home.ask("/lares/v1/flexibility/answers")["answers"]] == ["promised"], 20)
        promise = home.ask(CONTROL)["promises"][0]
        outcome = city.ask("/lares/v1/flexibility/requests/evening")
        assert promise["from"] == hour(3) and promise["kw"] == pytest.approx(outcome["committed_kw"])
        assert refusal(city, "/lares/v1/flexibility/requests/evening", None, "DELETE")[0] == 409
        assert ask(city, secret, offers, {"token": "0123456789abcdef", "kw": -1})[0] == 409, "too late"
        assert "evening" in city.cli("flexibility") and "promised" in home.cli("energy", "answers")

        # Nothing but one number under a name that was made up, and what was asked.
        for method, path, headers, body in witness.said:
            if method == "POST":
                assert set(json.loads(body)) == {"token", "kw"} and json.loads(body)["kw"] % 0.25 == 0
            else:
                assert body == b""
            assert set(name.lower() for name in headers) <= {"host", "user-agent", "accept", "authorization", "content-type", "content-length", "connection"}
        posted = [json.loads(body)["token"] for method, _, _, body in witness.said if method == "POST"]
        assert len(set(posted)) == 1 and len(posted[0]) == 32

        # Who changes their mind is free at once, and asks no more.
        home.ask("/lares/v1/flexibility/limits", {"willing": False}, "PUT")
        home.wait(lambda: home.ask(CONTROL)["promises"] == [])
        count = len(witness.said)
        time.sleep(3)
        assert len(witness.said) <= count + 1
        witness.shutdown()
