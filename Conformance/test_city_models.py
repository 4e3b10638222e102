"""Forecasters and detectors as versions of the registry, by the real program: trained as jobs from the history, served, written as series, shadowed, promoted."""

import contextlib
import json
import math
import os
import signal
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

import pytest

from home_devices import Home
from lares_server import must_run, run
from test_home import refusal
from test_watching import meter, say


@pytest.fixture
def home(tmp_path):
    with Home(tmp_path) as home:
        yield home


def wave(second):
    return 100 + 30 * math.sin(second * math.pi / 5) + second * 7 % 3


def ingest(home, lines):
    request = urllib.request.Request(home.server.url + "/lares/v1/ingest?precision=ms", data="\n".join(lines).encode(), headers={"Content-Type": "text/plain"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read())


def history(home, names, seconds=400, value=wave):
    """Readings of every second until now."""
    now = int(time.time())
    for name in names:
        ingest(home, [f"{name} load={value(second)} {second * 1000}" for second in range(now - seconds, now)])


def recipe(name, series, step=1, horizon=5, **more):
    plan = {"series": series, "step": step, "horizon": horizon, "seasons": [10], "model": "ets", "levels": [0.8], "backtest": {"windows": 12, "stride": 5}}
    return {"name": name, "data": {"history": {"days": 0.02}}, "forecaster": plan | more.pop("plan", {}), **more}


def finished(home, job, seconds=60):
    home.wait(lambda: home.ask(f"/lares/v1/jobs/{job['id']}")["state"] in ("finished", "failed", "cancelled"), seconds)
    return home.ask(f"/lares/v1/jobs/{job['id']}")


def train(home, recipe):
    job = finished(home, home.ask("/lares/v1/jobs", {"recipe": recipe}))
    assert job["state"] == "finished", job["message"]
    return job


class Feed(threading.Thread):
    """Tells a series' value every half second."""

    def __init__(self, home, name, value=wave):
        super().__init__(daemon=True)
        self.home, self.name, self.value, self.over = home, name, value, threading.Event()

    def run(self):
        while not self.over.wait(0.5):
            with contextlib.suppress(OSError):
                ingest(self.home, [f"{self.name} load={self.value(time.time())} {int(time.time() * 1000)}"])

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.join()


def refused_page(home, path):
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(home.server.url + path)
    return error.value.code


def live(home, name, role="production"):
    standing = home.ask(f"/lares/v1/registry/models/{name}")["live"] or {"versions": []}
    return next((version for version in standing["versions"] if version["role"] == role), {})


def written(home, series, since):
    path = f"/lares/v1/history?property={series}&from={since}&to={time.time() + 60}&width=1000"
    return home.ask(path)["buckets"]


def test_a_forecaster_from_history_to_series(home):
    history(home, ["feeder"])
    began = time.time()
    with Feed(home, "feeder"):
        job = train(home, recipe("load", ["feeder/load"]))
        assert job["card"]["kind"] == "forecaster" and job["card"]["data"]["sha256"]
        model = home.ask("/lares/v1/registry/models/load")
        (version,) = model["versions"]
        assert model["kind"] == "forecaster" and version["job"] == job["id"] and version["data_sha256"] == job["card"]["data"]["sha256"]
        assert {"backtest mase", "backtest mae", "backtest smape", "backtest windows", "backtest coverage"} <= set(version["card"]["metrics"])
        assert version["card"]["code_version"].startswith("lares ") and "–" in version["card"]["data"]
        home.wait(lambda: written(home, "feeder/load.forecast", began))
        answer = home.ask("/lares/v1/forecasts?series=feeder/load")
        assert answer["forecaster"] == "load" and answer["version"] == "1" and answer["step_seconds"] == 1 and len(answer["mean"]) == 5
        assert answer["intervals"][0]["level"] == 0.8 and answer["backtest"]["mae"] > 0 and answer["backtest"]["windows"] == 12
        assert all(low < mean < high for low, mean, high in zip(answer["intervals"][0]["lower"], answer["mean"], answer["intervals"][0]["upper"]))
        assert len(home.ask("/lares/v1/forecasts?series=feeder/load&model=load:1&horizon=2")["mean"]) == 2
        # Subscribed to, as it is written.
        with urllib.request.urlopen(home.server.url + "/lares/v1/forecasts/events?series=feeder/load", timeout=30) as stream:
            lines = (line for line in stream if line.startswith(b"data:"))
            first, second = (json.loads(next(lines)[5:]) for _ in range(2))
        assert first["series"] == "feeder/load" and second["start"] > first["start"] and first["forecaster"] == "load"
        home.wait(lambda: live(home, "load").get("values", 0) >= 3, 20)
        assert live(home, "load")["drifted"] is False
        found = {one["series"] for one in home.ask("/lares/v1/series?search=feeder")["series"]}
        assert {"feeder/load", "feeder/load.forecast", "feeder/load.forecast.lower", "feeder/load.forecast.upper"} <= found
        # Nobody else writes such a series.
        with pytest.raises(urllib.error.HTTPError) as refused:
            ingest(home, [f"feeder load.forecast=1 {int(time.time() * 1000)}"])
        assert "forecasts" in refused.value.read().decode()
        # The Open Inference Protocol: history in, mean and its interval out.
        asked = {"inputs": [{"name": "history", "datatype": "FP32", "shape": [1, 3], "data": [100, 110, 120]}]}
        outputs = {one["name"]: one for one in home.ask("/v2/models/load/infer", asked)["outputs"]}
        assert outputs["mean"]["shape"] == [1, 5] and outputs["lower"]["data"][0] < outputs["mean"]["data"][0] < outputs["upper"]["data"][0]
        # The console's pages show what makes sense of it: scores, no form to try.
        pages = {path: urllib.request.urlopen(home.server.url + path).read().decode() for path in ("/networks", "/networks/load", "/networks/load/versions/1", f"/training/{job['id']}", "/forecasts?series=feeder/load")}
        assert "forecaster" in pages["/networks"] and "Scaled error (MASE), back-test" in pages["/networks/load/versions/1"]
        assert "Values held to forecasts" in pages["/networks/load"] and all("/networks/load/try" not in page for page in pages.values())
        assert refused_page(home, "/networks/load/try") == 404
    assert "forecaster" in must_run(["registry", "list"], home.folder) and "load" in must_run(["registry", "show", "load"], home.folder)


def test_a_forecaster_waits_for_the_weather_and_knows_the_clocks_of_a_zone(home):
    heat = lambda second: (second // 20 * 7_919) % 41
    now = began = int(time.time())
    ingest(home, [f"weather heat={heat(second)} {second * 1000}" for second in range(now - 400, now)])
    history(home, ["feeder"], value=lambda second: wave(second) + 5 * heat(second))
    calendar = {"day": 1, "zone": "Europe/Berlin", "holidays": "de-be"}
    plan = {"model": "linear", "covariates": ["weather/heat"], "assumed": "observed", "calendar": calendar}
    job = train(home, recipe("load", ["feeder/load"], plan=plan))
    assert job["recipe"]["forecaster"]["calendar"] == calendar, "what was asked for stays as it was asked for"
    trouble = lambda: (home.ask("/lares/v1/registry/models/load")["live"] or {}).get("trouble") or ""
    home.wait(lambda: "weather/heat.forecast" in trouble(), 20)
    with pytest.raises(urllib.error.HTTPError) as waiting:
        home.ask("/lares/v1/forecasts?series=feeder/load&model=load")
    assert waiting.value.code == 409 and "waits for the forecast" in waiting.value.read().decode()
    # Somebody says what comes, as weather services do.
    now = int(time.time())
    assert ingest(home, [f"weather heat.forecast={heat(second)} {second * 1000}" for second in range(now - 60, now + 600)])["stored"] == 660
    home.wait(lambda: written(home, "feeder/load.forecast", began), 60)
    answer = home.ask("/lares/v1/forecasts?series=feeder/load&model=load")
    assert answer["forecaster"] == "load" and len(answer["mean"]) == 5 and trouble() == ""
    wrong = home.ask("/lares/v1/jobs", {"recipe": recipe("other", ["feeder/load"], plan=plan | {"calendar": {"day": 1, "zone": "Europe/Nowhere"}})})
    assert "Europe/Nowhere" in finished(home, wrong)["message"]


def test_a_forecast_is_an_attribute_of_its_thing(home):
    with home.client("z", home.account("z")) as device:
        meter(home, device)
        now = int(time.time())
        lines = [f"{at},hall/meter,power,{wave(at)}" for at in range(now - 300, now)]
        body = ("time,thing,property,value\n" + "\n".join(lines) + "\n").encode()
        request = urllib.request.Request(home.server.url + "/lares/v1/history.csv", data=body, headers={"Content-Type": "text/csv"})
        assert json.loads(urllib.request.urlopen(request).read())["added"] == 300
        say(home, device, [100])
        train(home, recipe("meter", ["hall/meter/power"]))
        entity = {}
        home.wait(lambda: entity.update(home.ask("/ngsi-ld/v1/entities/urn:ngsi-ld:Thing:hall:meter")) or "power_forecast" in entity)
        attribute = entity["power_forecast"]
        assert attribute["type"] == "Property" and attribute["unitCode"] == "WTT" and attribute["model"]["value"] == "meter" and attribute["version"]["value"] == "1"
        assert attribute["lower"]["value"] < attribute["value"] < attribute["upper"]["value"] and attribute["backtestMAE"]["value"] > 0


def test_drift_trains_anew_and_the_candidate_is_promoted(home):
    history(home, ["feeder"])
    train(home, recipe("load", ["feeder/load"], retrain={"pause": 3600}))
    with Feed(home, "feeder", lambda second: 5_000 + 3_000 * (int(second) % 2)):
        home.wait(lambda: len(home.ask("/lares/v1/registry/models/load")["versions"]) == 2, 60)
        model = home.ask("/lares/v1/registry/models/load")
        jobs = [job for job in home.ask("/lares/v1/jobs")["jobs"] if job["by"] == "lares"]
        assert len(jobs) == 1 and model["aliases"] == {"candidate": 2}
        # Nothing was promoted: the newest serves. Promotion and roll back move what is written.
        assert home.ask("/lares/v1/registry/models/load/promote", {"version": 1})["serving"] == 1
        home.wait(lambda: live(home, "load", "shadow").get("values", 0) >= 2, 20)
        assert home.ask("/lares/v1/forecasts?series=feeder/load")["version"] == "1"
        home.ask("/lares/v1/registry/models/load/promote", {})
        home.wait(lambda: home.ask("/lares/v1/forecasts?series=feeder/load")["version"] == "2")
        assert home.ask("/lares/v1/forecasts?series=feeder/load&model=load:1")["version"] == "1"
        home.ask("/lares/v1/registry/models/load/rollback", {})
        home.wait(lambda: home.ask("/lares/v1/forecasts?series=feeder/load")["version"] == "1")
        time.sleep(1)
        assert len([job for job in home.ask("/lares/v1/jobs")["jobs"] if job["by"] == "lares"]) == 1, "within the pause there is no other"


def test_a_detector_watches_and_its_candidate_counts(home):
    with home.client("z", home.account("z")) as device:
        meter(home, device)
        say(home, device, [100 + step * 7 % 13 + step / 1000 for step in range(120)])
        # Readings of one moment are kept a millisecond apart: the last lie a little ahead.
        time.sleep(0.5)
        detector = {"name": "odd", "data": {"history": {"days": 1}}, "detector": {"series": ["hall/meter/power"], "learning": 20, "severity": "critical"}}
        for _ in range(2):
            train(home, detector)
        home.ask("/lares/v1/registry/models/odd/promote", {"version": 1})
        home.wait(lambda: live(home, "odd", "shadow").get("version") == 2 and live(home, "odd").get("version") == 1, 20)
        say(home, device, [101, 9000])
        home.wait(lambda: home.ask("/lares/v1/alarms")["alarms"], 10)
        (alarm,) = home.ask("/lares/v1/alarms")["alarms"]
        assert alarm["cause"]["model"] == "odd" and alarm["cause"]["version"] == "1" and alarm["severity"] == "critical"
        assert live(home, "odd")["alarms"] == 1 and live(home, "odd", "shadow")["alarms"] == 1
        assert home.ask("/lares/v1/registry/models/odd/promote", {})["serving"] == 2
        home.wait(lambda: live(home, "odd").get("version") == 2, 20)
        refused = refusal(home, "/v2/models/odd/infer", {"inputs": [{"name": "x", "datatype": "FP32", "shape": [1], "data": [1]}]})
        assert refused[0] == 400 and "detector" in str(refused)
        # A detector of another kind.
        train(home, {**detector, "name": "rhythm", "detector": {**detector["detector"], "kind": "spectral"}})
        home.wait(lambda: live(home, "rhythm").get("series") == 1, 20)


def test_alarms_of_one_place_are_one_incident_with_the_forecast(home):
    """A load that is forecast, and the air beside it: both odd at once."""
    load, air = "feeder,place=Old\\ Mill", "air,place=Old\\ Mill"
    history(home, [load])
    now = int(time.time())
    ingest(home, [f"{air} no2={wave(second)} {second * 1000}" for second in range(now - 400, now)])
    began = time.time()
    with Feed(home, load):
        train(home, recipe("load", [f"{load}/load"]))
        home.wait(lambda: written(home, urllib.parse.quote(f"{load}/load.forecast"), began))
        for name in ("load", "no2"):
            home.ask("/lares/v1/watches", {"id": name, "things": "#", "properties": name, "learning": 100, "scope": "all"})
        # What is told on the line is what came since it is watched.
        time.sleep(4)
        at = int(time.time() * 1000)
        ingest(home, [f"{load} load=9000 {at}", f"{air} no2=9000 {at}"])

        def found():
            return {alarm["series"]: alarm for alarm in home.ask("/lares/v1/alarms")["alarms"]}

        home.wait(lambda: set(found()) == {f"{load}/load", f"{air}/no2"})
        assert {alarm["place"] for alarm in found().values()} == {"old_mill"}
        (incident,) = {alarm["incident"] for alarm in found().values()}

        def line():
            return home.ask(f"/lares/v1/incidents/{incident}")["timeline"]

        home.wait(lambda: any(entry["kind"] == "forecast" for entry in line()), 20)
    entries = line()
    (forecast,) = (place for place, entry in enumerate(entries) if entry["kind"] == "forecast")
    assert entries[forecast]["subject"] == f"{load}/load" and 0 < float(entries[forecast]["what"]) < 1000
    alarm = next(entry for entry in entries if entry["kind"] == "alarm" and entry["subject"] == str(found()[f"{load}/load"]["number"]))
    assert entries[alarm["because"]]["kind"] == "reading" and entries[alarm["because"]]["because"] == forecast
    for series in (f"{load}/load", f"{air}/no2"):
        assert sum(entry["kind"] == "reading" and entry["subject"] == series for entry in entries) >= 1
    assert len([entry for entry in entries if entry["kind"] == "reading" and entry["subject"] == f"{load}/load"]) > 1, "what led to it"


def test_bad_recipes_say_what_is_wrong(home):
    history(home, ["feeder"], 50)
    good = recipe("load", ["feeder/load"])
    wrong = [
        (good | {"forecaster": good["forecaster"] | {"step": 0}}, "step"),
        (good | {"forecaster": good["forecaster"] | {"colour": 1}}, "colour"),
        (good | {"detector": {}}, "one of the two"),
        (good | {"data": {}}, "history"),
        (good | {"data": {"history": {"weeks": 1}}}, "weeks"),
        (good | {"name": "a b/c"}, "name"),
        (good | {"forecaster": good["forecaster"] | {"series": ["feeder/none"]}}, "feeder/none"),
    ]
    for bad, says in wrong:
        status, body = refusal(home, "/lares/v1/jobs", {"recipe": bad})[:2]
        assert status in (400, 404) and says in json.dumps(body), (says, body)
    # What only the data show is the job's failure.
    job = finished(home, home.ask("/lares/v1/jobs", {"recipe": recipe("load", ["feeder/load"], plan={"horizon": 40})}))
    assert job["state"] == "failed" and "feeder/load" in job["message"]
    for query in ("series=feeder/load&model=none", "series=feeder/load&model=none:1"):
        assert refusal(home, "/lares/v1/forecasts?" + query, None)[0] == 404
    assert home.ask("/lares/v1/registry/models")["models"] == []


def test_lares_train_makes_one_from_a_table(tmp_path):
    rows = "\n".join(f"{1_700_000_000 + 3600 * hour},{wave(hour)},{2 * wave(hour)},{3 * wave(hour)}" for hour in range(24 * 30))
    (tmp_path / "load.csv").write_text("time,a/x,b/x,city/x\n" + rows + "\n")
    plan = {"series": ["city/x", "a/x", "b/x"], "step": 3600, "horizon": 12, "seasons": [10], "calendar": {"day": 2, "weekdays": True}, "hierarchy": {"children": {"city/x": ["a/x", "b/x"]}}}
    (tmp_path / "load.json").write_text(json.dumps({"data": {"file": "load.csv"}, "forecaster": plan | {"backtest": {"windows": 28, "stride": 6}}}))
    said = must_run(["train", str(tmp_path / "load.json"), "--output", str(tmp_path / "out")], tmp_path)
    assert "mase" in said
    card = json.loads((tmp_path / "out" / "card.json").read_text())
    assert card["kind"] == "forecaster" and card["metrics"]["backtest"]["mase"] < 1
    must_run(["registry", "publish", str(tmp_path / "out" / "forecaster.json"), "load"], tmp_path)
    assert json.loads(must_run(["registry", "list", "--json"], tmp_path))[0]["kind"] == "forecaster"
    (tmp_path / "bad.json").write_text(json.dumps({"data": {"file": "none.csv"}, "forecaster": plan}))
    failed = run(["train", str(tmp_path / "bad.json"), "--output", str(tmp_path / "bad")], tmp_path)
    assert failed.returncode != 0 and "none.csv" in failed.stderr


@pytest.mark.long
@pytest.mark.timeout(400)
def test_a_kill_in_mid_job_leaves_no_half_version(tmp_path):
    """Kill -9 of the server while many series are learnt: the job begins anew and comes to one whole version."""
    with Home(tmp_path) as home:
        count, steps = 240, 24 * 30
        rows = "\n".join(f"{1_700_000_000 + 3600 * hour}," + ",".join(f"{wave(hour + place):.3f}" for place in range(count)) for hour in range(steps))
        data = "time," + ",".join(f"m{place}/x" for place in range(count)) + "\n" + rows + "\n"
        wanted = {"name": "many", "data": {"file": "x.csv"}, "forecaster": {"series": [f"m{place}/x" for place in range(count)], "step": 3600, "horizon": 24, "seasons": [24], "budget": 600}}
        job = home.ask("/lares/v1/jobs", {"recipe": wanted, "data": data})
        kills = 0
        for _ in range(3):
            home.wait(lambda: home.ask(f"/lares/v1/jobs/{job['id']}")["state"] != "queued", 30)
            time.sleep(1)
            if home.ask(f"/lares/v1/jobs/{job['id']}")["state"] == "finished":
                break
            os.kill(home.server.process.pid, signal.SIGKILL)
            home.server.process.wait()
            kills += 1
            home.start()
        assert kills and finished(home, job, 250)["state"] == "finished"
        (version,) = home.ask("/lares/v1/registry/models/many")["versions"]
        assert version["job"] == job["id"] and home.ask(f"/lares/v1/jobs/{job['id']}")["attempts"] <= 4
