"""Public space over a real broker: zones that count what cameras see and keep nothing of it, devices whose habits are known, flows that are watched."""

import pathlib

import pytest

from home_devices import Home
from test_home import refusal
from test_home_people import ask, key

SQUARE = {"id": "square", "camera": "north", "area": [[0, 0], [1, 0], [1, 1], [0, 1]], "classes": ["person"], "interval": 60, "least": 2}


@pytest.fixture
def home(tmp_path):
    with Home(tmp_path) as home:
        yield home


def people(*tracks):
    return {"detections": [{"class": "person", "box": [0.4, 0.5, 0.1, 0.3], "track": track, "confidence": 0.9} for track in tracks]}


def test_a_zone_is_a_thing_and_lives_through_a_restart(home):
    assert home.ask("/lares/v1/zones", SQUARE) == SQUARE
    home.wait(lambda: "zone_square" in home.things())
    assert home.ask("/lares/v1/cameras/north/detections", people("a", "b")) == {"zones": 1}
    assert home.ask("/lares/v1/cameras/south/detections", people("a")) == {"zones": 0}
    home.server.process.kill()
    home.server.process.wait()
    home.start()
    assert home.ask("/lares/v1/zones")["zones"] == [SQUARE]


def test_who_does_not_see_a_zone_is_not_told_of_it(home):
    """Where a camera counts, and what it is called, is for who sees the counts."""
    home.ask("/lares/v1/zones", SQUARE)
    home.wait(lambda: "zone_square" in home.things())
    guest, looks, minds = key(home, "visitor", "--role", "guest"), key(home, "wall", "--role", "viewer"), key(home, "desk", "--role", "owner")
    zones = lambda secret: ask(home, secret, "/lares/v1/zones")[1]["zones"]
    assert zones(guest) == zones(looks) == [SQUARE]
    policy = home.ask("/lares/v1/policy")
    home.ask("/lares/v1/policy", {"policy": {"version": 1, "scopes": {"guest": {"areas": ["garden"]}}}, "revision": policy["revision"]}, "PUT")
    assert "zone_square" not in [thing["id"] for thing in ask(home, guest, "/lares/v1/things")[1]["things"]]
    assert zones(guest) == [] and zones(looks) == zones(minds) == [SQUARE]


@pytest.mark.long
def test_counts_are_series_and_nothing_else_is_on_the_disk(home, tmp_path):
    home.ask("/lares/v1/zones", SQUARE)
    home.wait(lambda: "zone_square" in home.things())
    secret = "track-4711-secret"
    for tracks in ((secret, "b"), (secret, "c"), (secret,)):
        home.ask("/lares/v1/cameras/north/detections", people(*tracks))
    home.wait(lambda: home.value("zone_square/count") in (2, 3), 80)
    for file in pathlib.Path(tmp_path).rglob("*"):
        assert not file.is_file() or secret.encode() not in file.read_bytes(), file


def test_habits_of_devices_are_counted(home):
    with home.client("z", home.account("z")) as device:
        device.say("homeassistant/sensor/m/config", {"name": None, "uniq_id": "m", "stat_t": "z/m", "unit_of_meas": "W", "dev_cla": "power", "dev": {"ids": "m", "name": "Meter", "sa": "Hall"}}, retain=True)
        home.wait(lambda: "hall/meter" in home.things())
        for value in range(20):
            device.say("z/m", f"{value}")
        home.wait(lambda: home.value("hall/meter/power") == 19)
        known = {one["thing"]: one for one in home.ask("/lares/v1/devices")["devices"]}
        assert known["hall/meter"]["messages"] >= 20 and known["hall/meter"]["odd"] == []


def test_a_flow_is_watched_as_such(home):
    watch = {"id": "water", "things": "#", "properties": "flow", "severity": "critical", "threshold": 0.5, "learning": 600, "enabled": True, "kind": "flow"}
    assert home.ask("/lares/v1/watches", watch) == watch


def test_watches_of_each_kind_are_kept_as_they_are_said(home):
    usual = {"id": "kind", "things": "#", "properties": "power", "severity": "major", "threshold": 0.5, "learning": 600, "enabled": True}
    together = {"kind": "multivariate", "properties": ["power", "voltage"]}
    for kind in ({"kind": "change-point"}, {"kind": "likelihood"}, {"kind": "spectral"}, together):
        assert home.ask("/lares/v1/watches", {**usual, **kind}) == {**usual, **kind}
    for wrong in ({"kind": "wrong"}, {"kind": "multivariate"}, {**together, "properties": ["power"]}, {"properties": ["power", "voltage"]}, {"kind": "change-point", "threshold": 0.6}):
        assert refusal(home, "/lares/v1/watches", {**usual, **wrong})[0] == 400


def test_what_cannot_be_is_refused(home):
    for zone in ({}, {"id": "a"}, {**SQUARE, "id": "A"}, {**SQUARE, "least": 0}, {**SQUARE, "interval": 1}, {**SQUARE, "area": [[0, 0]]}, {**SQUARE, "faces": True}):
        assert refusal(home, "/lares/v1/zones", zone)[0] == 400
    for event in ({}, {"detections": 1}, {"detections": [{"class": "person"}]}, {"detections": [{"class": "", "box": [0, 0, 1, 1]}]}, {"detections": [{"class": "person", "box": [0, 0, -1, 1]}]}):
        assert refusal(home, "/lares/v1/cameras/north/detections", event)[0] == 400
    assert refusal(home, "/lares/v1/zones/none", None, "DELETE")[0] == 404
    assert refusal(home, "/lares/v1/watches", {"id": "a", "kind": "other"})[0] == 400
