"""Streams that are watched: alarms and incidents over a real broker, kill -9 in between."""

import pytest

from home_devices import Home
from test_home import refusal


@pytest.fixture
def home(tmp_path):
    with Home(tmp_path) as home:
        yield home


def meter(home, device):
    device.say("homeassistant/sensor/m/config", {"name": None, "uniq_id": "m", "stat_t": "z/m", "unit_of_meas": "W", "dev_cla": "power", "dev": {"ids": "m", "name": "Meter", "sa": "Hall"}}, retain=True)
    home.wait(lambda: "hall/meter" in home.things())


def say(home, device, values):
    for value in values:
        device.say("z/m", f"{value}")
    home.wait(lambda: home.value("hall/meter/power") == values[-1])


def alarms(home, query=""):
    return home.ask("/lares/v1/alarms" + query)["alarms"]


def test_an_alarm_lives_through_a_kill(home):
    with home.client("z", home.account("z")) as device:
        meter(home, device)
        watch = home.ask("/lares/v1/watches", {"id": "power", "things": "hall/+", "properties": "power", "severity": "critical", "learning": 20})
        assert watch == {"id": "power", "things": "hall/+", "properties": "power", "severity": "critical", "threshold": 0.5, "learning": 20, "enabled": True}
        say(home, device, [100 + step * 7 % 13 for step in range(100)])
        assert alarms(home) == []
        say(home, device, [5000])
        home.wait(lambda: alarms(home))
        (alarm,) = alarms(home, "?state=raised&severity=critical&place=hall&thing=hall/meter&watch=power")
        assert alarm["series"] == "hall/meter/power" and alarm["cause"]["value"] == 5000 and alarm["cause"]["score"] >= 0.5 and alarm["cause"]["model"] == "ensemble"
        number, incident = alarm["number"], alarm["incident"]
        assert home.ask(f"/lares/v1/alarms/{number}/acknowledge", {})["state"] == "acknowledged"
        home.server.process.kill()
        home.server.process.wait()
        home.start()
        assert home.ask(f"/lares/v1/alarms/{number}")["acknowledged"]["by"] == "local"
        assert [watch["id"] for watch in home.ask("/lares/v1/watches")["watches"]] == ["power"]
        assert home.ask(f"/lares/v1/alarms/{number}/shelve", {"seconds": 60})["state"] == "shelved"
        assert home.ask(f"/lares/v1/alarms/{number}/clear", {})["cleared_by"] == "local"
        line = home.ask(f"/lares/v1/incidents/{incident}")["timeline"]
        assert [entry["what"] for entry in line if entry["kind"] == "alarm"] == ["raised", "acknowledged", "shelved", "cleared"]
        assert line[0]["kind"] == "reading" and line[1]["because"] == 0
        assert home.ask("/lares/v1/incidents")["incidents"][0]["ended_at"] >= alarm["raised_at"]


def test_what_cannot_be_is_refused(home):
    for watch in ({}, {"id": "A"}, {"id": "a", "things": "x#"}, {"id": "a", "threshold": 0}, {"id": "a", "other": 1}):
        assert refusal(home, "/lares/v1/watches", watch)[0] == 400
    assert refusal(home, "/lares/v1/watches/none", None)[0] == 404
    assert refusal(home, "/lares/v1/watches/none", None, "DELETE")[0] == 404
    for path in ("/lares/v1/alarms/1", "/lares/v1/alarms/x", "/lares/v1/incidents/1"):
        assert refusal(home, path, None)[0] == 404
    assert refusal(home, "/lares/v1/alarms/1/acknowledge", {})[0] == 404
    for query in ("?state=bad", "?severity=bad", "?limit=0", "?limit=1001", "?before=x"):
        assert refusal(home, "/lares/v1/alarms" + query, None)[0] == 400
