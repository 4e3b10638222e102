"""A district in the real SUMO behind the real server: the demonstration, orders, hands, and what breaks."""

import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
import uuid

import pytest

from home_devices import Home
from lares_server import PROGRAM, ROOT, must_run
from test_traffic import SUMO, crossing, simulators  # noqa: F401 (a fixture)

pytestmark = pytest.mark.skipif(SUMO is None, reason="SUMO isn't installed: run `scripts/setup city`")
ENERGY = ROOT / ".build/citylearn"


@pytest.fixture(autouse=True)
def sumo(monkeypatch):
    if SUMO:
        monkeypatch.setenv("SUMO_HOME", str(SUMO))


@pytest.fixture
def city(tmp_path, crossing):  # noqa: F811
    """`lares serve --traffic` with two roads that cross; its demand ends after ten minutes and begins anew."""
    with Home(tmp_path, "--traffic", str(crossing)) as home:
        home.ask("/lares/v1/traffic", {"speed": 20}, "PATCH")
        home.wait(lambda: home.ask("/lares/v1/traffic")["state"] == "running" and junctions(home), 30)
        yield home


def junctions(home):
    return {junction["id"]: junction for junction in home.ask("/lares/v1/traffic/junctions")["junctions"]}


def change(home, name, **settings):
    return home.ask(f"/lares/v1/traffic/junctions/{name}", settings, "PATCH")


def refused(home, path, body=None, method=None):
    with pytest.raises(urllib.error.HTTPError) as failure:
        home.ask(path, body, method)
    return failure.value.code, json.loads(failure.value.read())["error"]


def order(home, junction, phase, seconds=60, name=None):
    return home.ask("/lares/v1/orders", {"id": name or str(uuid.uuid4()), "actuator": f"signal/{junction}", "value": {"phase": phase}, "expires": time.time() + seconds})


def events(server, path, count, seconds=20):
    """The first server-sent events of a stream."""
    found = []
    with urllib.request.urlopen(server.url + path, timeout=seconds) as answer:
        for line in answer:
            if line.startswith(b"data: "):
                found.append(json.loads(line[6:]))
                if len(found) == count:
                    return found
    raise AssertionError(f"{path} ended after {len(found)} events")


def test_a_street_runs_and_every_phase_is_an_order(city):
    (name,) = junctions(city)
    assert change(city, name, controller="max-wave")["stage"] in ("shadow", None)  # the street takes it up with its next second
    code, error = refused(city, f"/lares/v1/traffic/junctions/{name}", {"stage": "active"}, "PATCH")
    assert code == 409 and error["code"] == "needs_confirmation"
    change(city, name, stage="active", confirm=True)
    city.wait(lambda: junctions(city)[name]["stage"] == "active")
    city.wait(lambda: len(city.ask(f"/lares/v1/orders?actuator=signal/{name}&state=effective")["orders"]) > 3, 30)
    orders = city.ask("/lares/v1/orders?state=effective&issuer=max-wave")["orders"]
    assert orders and len({one["id"] for one in orders}) == len(orders)
    # From the readings through the decision to what was seen: the lamps themselves said what they show.
    newest = orders[0]
    assert newest["cause"]["decided"] in ("controller", "shell", "programme") and newest["cause"]["controller"] == "max-wave"
    assert newest["effect"]["shown"] == junctions(city)[name]["phases"][newest["value"]["phase"]]
    assert city.ask(f"/lares/v1/orders/{newest['id']}")["number"] == newest["number"]
    live = events(city.server, "/lares/v1/traffic/live", 3)
    assert live[0]["time"] < live[1]["time"] < live[2]["time"] and live[0]["junctions"][0]["id"] == name
    assert city.ask("/lares/v1/traffic")["violations"] == 0


def test_a_shell_is_proven_while_the_street_runs(city):
    (name,) = junctions(city)
    assert junctions(city)[name]["shell"]["state"] in ("proving", "proven"), "the street doesn't wait for it"
    shell = lambda: junctions(city)[name]["shell"]
    city.wait(lambda: shell()["state"] != "proving", 240)
    assert shell()["state"] == "proven" and shell()["states"] > 10_000 and shell()["why"] is None, shell()
    assert f"Shell: proven, {shell()['states']} states." in city.cli("traffic", "show", name)
    assert city.ask("/lares/v1/traffic")["violations"] == 0


def test_other_sensors_have_earned_nothing(city):
    (name,) = junctions(city)
    change(city, name, controller="max-wave", stage="guarded", confirm=True)
    city.wait(lambda: junctions(city)[name]["stage"] == "guarded")
    code, error = refused(city, f"/lares/v1/traffic/junctions/{name}", {"sensors": "loops", "stage": "guarded"}, "PATCH")
    assert code == 409 and error["code"] == "needs_confirmation"
    change(city, name, sensors="loops")
    city.wait(lambda: junctions(city)[name]["stage"] == "shadow")


def test_the_street_is_a_map(city):
    with urllib.request.urlopen(city.server.url + "/lares/v1/traffic/network") as answer:
        network, tag, kind = json.loads(answer.read()), answer.headers["ETag"], answer.headers["Content-Type"]
    assert kind == "application/geo+json" and network["lares"]["crs"] == "local-metres"
    kinds = {feature["properties"]["kind"] for feature in network["features"]}
    assert kinds == {"lane", "junction", "head"}
    west, south, east, north = network["bbox"]
    points = [p for f in network["features"] if f["geometry"]["type"] == "LineString" for p in f["geometry"]["coordinates"]]
    assert all(west <= x <= east and south <= y <= north for x, y in points)
    again = urllib.request.Request(city.server.url + "/lares/v1/traffic/network", headers={"If-None-Match": tag})
    with pytest.raises(urllib.error.HTTPError) as same:
        urllib.request.urlopen(again)
    assert same.value.code == 304


def test_people_take_over_and_hand_back(city):
    (name,) = junctions(city)
    change(city, name, controller="max-wave", stage="active", confirm=True)
    city.wait(lambda: city.ask(f"/lares/v1/orders?actuator=signal/{name}")["orders"], 30)
    code, error = refused(city, "/lares/v1/orders", {"id": "mine", "actuator": f"signal/{name}", "value": {"phase": 1}, "expires": time.time() + 60})
    assert code == 409 and error["code"] == "owned" and "take it over first" in error["message"]
    city.ask(f"/lares/v1/traffic/junctions/{name}/take-over", {"reason": "a procession"})
    city.wait(lambda: junctions(city)[name]["takenOver"])
    for phase in (2, 0):
        placed = order(city, name, phase)
        assert placed["state"] in ("acknowledged", "effective") and placed["issuer"] == {"kind": "person", "name": "local"}
        city.wait(lambda: city.ask(f"/lares/v1/orders/{placed['id']}")["state"] == "effective", 60)
    # The same id again does nothing, one of yesterday is too late, and a phase that isn't there fails with a sentence.
    assert order(city, name, 0, name=placed["id"])["number"] == placed["number"]
    assert order(city, name, 1, seconds=-86_400)["state"] == "expired"
    assert "has the phases" in order(city, name, 99)["reason"]
    city.ask(f"/lares/v1/traffic/junctions/{name}/hand-back", {})
    city.wait(lambda: not junctions(city)[name]["takenOver"])
    hands = city.ask("/lares/v1/handovers")["handovers"]
    assert [hand["reason"] for hand in hands] == [None, "a procession"] and hands[0]["to"]["name"] == "max-wave"
    kinds = [event["kind"] for event in city.ask("/lares/v1/traffic/events")["events"]]
    assert {"taken-over", "handed-back"} <= set(kinds)
    audit = [entry["act"] for entry in city.ask("/lares/v1/audit")["entries"]]
    assert {"actuator.taken", "actuator.handedBack", "order.placed"} <= set(audit)


def eventually(city, is_so, seconds):
    """How the street stands once it is so; it is told what it was instead."""
    end = time.monotonic() + seconds
    while not is_so(status := city.ask("/lares/v1/traffic")):
        assert time.monotonic() < end, json.dumps(status)
        time.sleep(0.05)
    return status


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_a_simulator_that_dies_or_hangs_is_started_again(city, how):
    (name,) = junctions(city)
    change(city, name, controller="max-wave", stage="guarded", confirm=True)
    city.wait(lambda: junctions(city)[name]["stage"] == "guarded")
    (first,) = simulators(city.server.process.pid)
    os.kill(first, how)
    eventually(city, lambda status: status["restarts"] == 1, 40)
    assert city.ask("/lares/v1/traffic")["trouble"]
    city.wait(lambda: city.ask("/lares/v1/traffic")["state"] == "running", 20)
    since = city.ask("/lares/v1/traffic")["since"]
    assert first not in simulators(city.server.process.pid)
    assert any(event["kind"] == "simulator" for event in city.ask("/lares/v1/traffic/events")["events"])
    # What it earned is kept, and nothing unsafe was shown.
    assert junctions(city)[name]["stage"] == "guarded" and city.ask("/lares/v1/traffic")["violations"] == 0
    # Of what was ordered before it broke off nothing waits any more; the street that runs now orders anew.
    old = [one for one in city.ask("/lares/v1/orders?limit=1000")["orders"] if one["ordered"] < since]
    assert old and {one["state"] for one in old} <= {"effective", "failed"}


def test_a_killed_lares_goes_on_and_sends_nothing_twice(city):
    (name,) = junctions(city)
    change(city, name, controller="max-pressure", stage="guarded", confirm=True)
    city.wait(lambda: len(city.ask("/lares/v1/orders")["orders"]) > 3, 30)
    (simulator,) = simulators(city.server.process.pid)
    city.server.process.kill()
    city.server.process.wait()
    killed = time.time()
    # SUMO ends with it.
    end = time.monotonic() + 10
    while os.path.exists(f"/proc/{simulator}") and time.monotonic() < end:
        time.sleep(0.05)
    assert not os.path.exists(f"/proc/{simulator}")
    city.start()
    # What it has ordered since it goes on is seen as anything is.
    before = {one["id"]: one for one in city.ask("/lares/v1/orders?limit=1000")["orders"] if one["ordered"] < killed}
    known_now = len(city.ask("/lares/v1/orders?limit=1000")["orders"])
    assert len(before) > 3
    city.wait(lambda: city.ask("/lares/v1/traffic")["state"] == "running" and junctions(city)[name]["stage"] == "guarded", 30)
    city.wait(lambda: len(city.ask("/lares/v1/orders?limit=1000")["orders"]) > known_now, 60)
    after = {one["id"]: one for one in city.ask("/lares/v1/orders?limit=1000")["orders"]}
    # What was on its way when it was killed isn't sent again: it stays as it was, or is given up.
    for known, one in before.items():
        assert after[known]["sent"] == one["sent"] and (after[known]["state"] == one["state"] or after[known]["state"] == "failed")


def test_junctions_are_things_with_histories(city):
    (name,) = junctions(city)
    series = junctions(city)[name]["series"]["queue"]
    city.wait(lambda: city.value(series) is not None, 30)
    thing = series.split("/")[0]
    assert {"queue", "throughput"} <= city.thing(thing)["properties"].keys()
    city.wait(lambda: city.ask(f"/lares/v1/series?thing={thing}")["series"], 20)


def test_a_lane_is_closed_and_opened_again(city):
    (name,) = junctions(city)
    lane = junctions(city)[name]["approaches"][0]["lane"]
    city.ask("/lares/v1/traffic/closures", {"lane": lane, "seconds": 100})
    city.wait(lambda: [closure["lane"] for closure in city.ask("/lares/v1/traffic/closures")["closures"]] == [lane])
    city.wait(lambda: not city.ask("/lares/v1/traffic/closures")["closures"], 30)
    texts = [event["text"] for event in city.ask("/lares/v1/traffic/events")["events"] if event["kind"] == "closure"]
    assert texts == [f"{lane} is open again", f"{lane} is closed for 100 s"]
    # Of a street that breaks off SUMO forgets what was closed: it is told again, and it ends by itself all the same.
    city.ask("/lares/v1/traffic/closures", {"lane": lane, "seconds": 300})
    city.wait(lambda: city.ask("/lares/v1/traffic/closures")["closures"])
    until = city.ask("/lares/v1/traffic/closures")["closures"][0]["until"]
    (simulator,) = simulators(city.server.process.pid)
    os.kill(simulator, signal.SIGKILL)
    eventually(city, lambda status: status["restarts"] == 1 and status["state"] == "running", 40)
    # The demand's ten minutes may have been over meanwhile, and the clock have begun anew.
    assert [(one["lane"], one["until"] in (until, until - 600)) for one in city.ask("/lares/v1/traffic/closures")["closures"]] == [(lane, True)]
    city.wait(lambda: not city.ask("/lares/v1/traffic/closures")["closures"], 60)
    assert city.ask("/lares/v1/traffic")["violations"] == 0
    assert refused(city, "/lares/v1/traffic/closures", {"lane": "nowhere"})[0] == 400


def test_a_vehicle_that_breaks_down_becomes_an_alarm_with_its_story(city):
    (name,) = junctions(city)
    lane = junctions(city)[name]["approaches"][0]["lane"]
    asked = {"lane": lane, "by": "vehicle", "seconds": 400, "before": 60}
    # It takes its place when there is room for it, and is seen once it has stood for 25 s with the way before it free.
    assert city.ask("/lares/v1/traffic/closures", asked)["by"] == "vehicle"
    city.wait(lambda: [(one["lane"], one["by"]) for one in city.ask("/lares/v1/traffic/closures")["closures"]] == [(lane, "vehicle")])
    city.ask(f"/lares/v1/traffic/junctions/{name}/take-over", {"reason": "somebody stands there"})
    city.wait(lambda: city.ask("/lares/v1/alarms?watch=traffic-incidents")["alarms"], 60)
    (alarm,) = city.ask("/lares/v1/alarms?watch=traffic-incidents")["alarms"][:1]
    assert alarm["cause"]["model"] in ("traffic-stranded", "traffic-stuck") and alarm["severity"] == "major"
    city.ask(f"/lares/v1/traffic/junctions/{name}/hand-back", {})
    line = lambda: city.ask(f"/lares/v1/incidents/{alarm['incident']}")["timeline"]
    city.wait(lambda: any(entry["kind"] == "signal" and entry["what"].startswith("handed-back") for entry in line()), 20)
    assert any(entry["kind"] == "signal" and "somebody stands there" in entry["what"] for entry in line()), line()
    assert city.ask(f"/lares/v1/traffic/closures/{lane}", method="DELETE") == {"reopened": lane}
    city.wait(lambda: not city.ask("/lares/v1/traffic/closures")["closures"])
    assert city.ask("/lares/v1/traffic")["restarts"] == 0
    for wrong in ({**asked, "lane": "nowhere"}, {**asked, "by": "wind"}, {**asked, "before": 500}, {"lane": lane, "before": 3}):
        assert refused(city, "/lares/v1/traffic/closures", wrong)[0] == 400


def test_a_street_begins_at_the_time_that_is_said(city, crossing):  # noqa: F811
    for wrong in ("8", "24:00", 8, ["08:00"]):
        code, error = refused(city, "/lares/v1/traffic", {"folder": str(crossing), "clock": wrong}, "PATCH")
        assert code == 400 and error["param"] == "clock"
    city.ask("/lares/v1/traffic", {"folder": str(crossing), "clock": "00:05"}, "PATCH")
    status = eventually(city, lambda status: (status["time"] or 0) > 0, 30)
    assert 300 < status["time"] < 400 and status["clock"].startswith("00:0")


def test_who_may_only_look_takes_nothing_over(city):
    (name,) = junctions(city)
    key = json.loads(must_run(["keys", "add", "looker", "--role", "viewer", "--json"], city.folder))["secret"]
    for path, body, method in [
        (f"/lares/v1/traffic/junctions/{name}/take-over", {}, "POST"),
        (f"/lares/v1/actuators/signal/{name}/take-over", {}, "POST"),
        ("/lares/v1/orders", {"id": "a", "actuator": f"signal/{name}", "value": {"phase": 1}, "expires": time.time() + 60}, "POST"),
        ("/lares/v1/traffic", {"speed": 2}, "PATCH"),
        (f"/lares/v1/traffic/junctions/{name}", {"controller": "fixed"}, "PATCH"),
    ]:
        request = urllib.request.Request(
            city.server.url + path, data=json.dumps(body).encode(), method=method, headers={"Content-Type": "application/json", "Authorization": f"Bearer {key}"}
        )
        with pytest.raises(urllib.error.HTTPError) as failure:
            urllib.request.urlopen(request)
        assert failure.value.code == 403, path


def test_what_was_learnt_comes_from_the_registry(city, tmp_path):
    (name,) = junctions(city)
    # Twelve quantities of streets as textbooks have them, and what those cost who are left when a plan ends.
    weights = [0.0] * 12 + [3, 0, 4]
    path = tmp_path / "planner.json"
    path.write_text('{"format":"lares signal controller 2","parameters":%s}' % json.dumps(weights))
    must_run(["registry", "publish", str(path), "planner"], city.folder)
    change(city, name, controller="learned", model="planner:1", stage="active", confirm=True)
    city.wait(lambda: junctions(city)[name]["model"] == {"name": "planner", "version": 1}, 20)
    city.wait(lambda: city.ask("/lares/v1/orders?issuer=learned&state=effective")["orders"], 60)
    newest = city.ask("/lares/v1/orders?issuer=learned&state=effective")["orders"][0]
    assert newest["issuer"] == {"kind": "controller", "name": "learned", "model": "planner", "version": 1}
    assert refused(city, f"/lares/v1/traffic/junctions/{name}", {"model": "nothing:1"}, "PATCH")[0] in (400, 404)


def test_the_demonstration_lives_within_a_minute(tmp_path):
    with Home(tmp_path) as home:
        began = time.monotonic()
        flags = ["--energy", str(ENERGY)] if (ENERGY / "schema.json").exists() else []
        demo = subprocess.Popen(
            [PROGRAM, "demo", "city", "--server", home.server.url, "--speed", "5", "--at", "08:00", *flags], env=dict(os.environ, LARES_HOME=str(tmp_path)), cwd=ROOT,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        try:
            home.wait(lambda: len(junctions(home)) == 12, 60)
            home.wait(lambda: sum(junction["vehicles"] or 0 for junction in junctions(home).values()) > 10, 60)
            home.wait(lambda: {junction["controller"] for junction in junctions(home).values()} == {"fixed", "actuated", "max-pressure", "max-wave", "learned"}, 30)
            assert time.monotonic() - began < 60
            assert {junction["stage"] for junction in junctions(home).values()} == {None, "shadow", "guarded", "active"}
            if flags:
                home.wait(lambda: home.value("district/home_1/load") > 0, 30)
                # Its water is watched by what is said to have been used before.
                home.wait(lambda: any(watch["id"] == "demo-water" and watch["kind"] == "flow" for watch in home.ask("/lares/v1/watches")["watches"]), 60)
            home.wait(lambda: any(order["state"] == "effective" for order in home.ask("/lares/v1/orders")["orders"]), 60)
            # Something goes wrong within the first minutes: a loop lies, and its junction falls back.
            home.wait(lambda: any(event["kind"] == "loop-failed" for event in home.ask("/lares/v1/traffic/events")["events"]), 150)
            # Its shells have two shapes of nearly four million states each, which are proven beside all of that, in minutes.
            shells = lambda: {junction["shell"]["state"] for junction in junctions(home).values()}
            if os.environ.get("LARES_LONG"):
                home.wait(lambda: shells() == {"proven"}, 900)
            assert shells() <= ({"proven"} if os.environ.get("LARES_LONG") else {"proving", "proven"}), shells()
            assert home.ask("/lares/v1/traffic")["violations"] == 0
        finally:
            demo.send_signal(signal.SIGINT)
            output, _ = demo.communicate(timeout=20)
        assert demo.returncode == 0, output
        # The street goes on without the demonstration, until it is taken away.
        assert home.ask("/lares/v1/traffic")["state"] == "running"
        removed = subprocess.run([PROGRAM, "demo", "city", "--server", home.server.url, "--remove", *flags], env=dict(os.environ, LARES_HOME=str(tmp_path)), cwd=ROOT, capture_output=True, text=True, timeout=60)
        assert removed.returncode == 0, removed.stderr
        assert home.ask("/lares/v1/traffic")["state"] == "off"
        assert not [watch for watch in home.ask("/lares/v1/watches")["watches"] if watch["id"] == "demo-water"]
        home.wait(lambda: not [name for name in home.things() if name.startswith(("signal_", "district/"))], 30)
