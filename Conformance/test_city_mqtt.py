"""What a city says over MQTT: points to the broker that Lares runs, SensorThings (OGC 18-088, section 14) and NGSI-LD notifications, with real clients."""

import csv
import json
import time
import urllib.error
import urllib.request

import paho.mqtt.client as mqtt
import pytest

from home_devices import Home

NOW = int(time.time())

@pytest.fixture(autouse=True)
def now():
    """Before each test: what comes much later than it says it was measured is late."""
    global NOW
    NOW = int(time.time())

@pytest.fixture
def home(tmp_path):
    with Home(tmp_path) as home:
        # The home itself, points, and SensorThings.
        home.wait(lambda: len(home.ask("/lares/v1/broker")["clients"]) >= 4)
        yield home

def history(home, series):
    answer = home.ask(f"/lares/v1/history?property={series}&from={NOW - 3_600}&to={NOW + 3_600}&width=10000")
    return [bucket["last"] for bucket in answer["buckets"]]

def readings(home, series):
    """The values of every reading that is stored."""
    try:
        lines = home.server.get(f"/lares/v1/history.csv?property={series}&from={NOW - 3_600}&to={NOW + 3_600}").splitlines()[1:]
    except urllib.error.HTTPError:
        return []
    return [int(float(row[3])) for row in csv.reader(lines)]

def sta(home, path, body=None, method=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{home.server.url}/sta/v1.1/{path}", data, {"Content-Type": "application/json"}, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        location, text = answer.headers.get("Location"), answer.read()
        return location or json.loads(text)

def stream(home, name="PM10"):
    """The path of a new Datastream with all that it needs: "Datastreams(1)"."""
    place = sta(home, "Datastreams", {
        "name": name, "description": "dust", "observationType": "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement",
        "unitOfMeasurement": {"name": "microgram per cubic metre", "symbol": "µg/m³", "definition": "http://unit.example/1"},
        "Thing": {"name": "station 7", "description": "by the road", "Locations": [{"name": "here", "description": "here", "encodingType": "application/geo+json", "location": {"type": "Point", "coordinates": [13.4, 52.5]}}]},
        "Sensor": {"name": "s", "description": "s", "encodingType": "text/html", "metadata": "x"},
        "ObservedProperty": {"name": "PM10", "definition": "http://pm10.example", "description": "dust"}})
    return place.rsplit("/", 1)[1]

def test_points_are_published_for_a_tenant_and_nobody_else(home):
    home.ask("/lares/v1/ingest/tenants/north", {}, method="PUT")
    with home.client("gateway", home.account("gateway", "lares/v1/points/north"), version=mqtt.MQTTv311) as gateway:
        gateway.say("lares/v1/points/north", f"air,station=7 no2=12.5,o3=31 {NOW}000000000\nbroken")
        gateway.say("lares/v1/points/north/gate/7", json.dumps({"thing": "gate", "values": {"count": 3}, "time": NOW}))
        # Another tenant's topic is not theirs: the broker drops it.
        gateway.say("lares/v1/points", f"air,station=7 no2=99 {NOW}000000000")
        home.wait(lambda: history(home, "@north/air,station=7/no2") == [12.5])
    home.wait(lambda: history(home, "@north/gate/count") == [3])
    assert home.ask("/lares/v1/series?search=station")["count"] == 2
    (letter,) = home.ask("/lares/v1/deadletters?tenant=north")["letters"]
    assert letter["code"] == "bad_line" and letter["source"] == "mqtt"

def test_points_that_were_acknowledged_outlive_a_kill(home):
    home.ask("/lares/v1/ingest/tenants/north", {}, method="PUT")
    with home.client("gateway", home.account("gateway", "lares/v1/points/north")) as gateway:
        sent = [gateway.client.publish("lares/v1/points/north", f"air,station=7 no2={number} {(NOW - 600) * 1_000 + number}000000", qos=1) for number in range(2_000)]
        home.wait(lambda: readings(home, "@north/air,station=7/no2"))
        acknowledged = [number for number, one in enumerate(sent) if one.is_published()]
        home.server.process.kill()
        home.server.process.wait()
    home.start()
    # What Lares hadn't acknowledged the broker sends again, from what it wrote down when it ended with Lares.
    home.wait(lambda: set(acknowledged) <= set(readings(home, "@north/air,station=7/no2")), seconds=30)
    stored = readings(home, "@north/air,station=7/no2")
    assert len(stored) == len(set(stored)), "a reading counts twice"

def test_a_tenant_that_nobody_made_is_told_so(home):
    with home.client("gateway", home.account("gateway", "lares/v1/points/east")) as gateway:
        gateway.say("lares/v1/points/east", f"air no2=1 {NOW}000000000")
        home.wait(lambda: home.ask("/lares/v1/deadletters")["letters"])
    (letter,) = home.ask("/lares/v1/deadletters")["letters"]
    assert letter["code"] == "unknown_tenant" and letter["tenant"] == "east"
    home.ask("/lares/v1/ingest/tenants/east", {}, method="PUT")
    assert home.ask(f"/lares/v1/deadletters/{letter['id']}/replay", {}, method="POST") is not None

def test_observations_are_made_by_publishing_and_told_to_subscribers(home):
    one, two = stream(home), stream(home, "NO2")
    password = home.account("station", f"v1.1/{one}")
    with home.client("station", password) as station, home.client("board", home.account("board", "v1.1/Observations", f"v1.1/{one}")) as board:
        board.listen("v1.1/Observations")
        board.listen(f"v1.1/{one}/Observations")
        board.listen(f"v1.1/{one}/description")
        time.sleep(0.5)
        station.say(f"v1.1/{one}/Observations", {"result": 17.5, "phenomenonTime": "2026-11-30T12:00:00Z"})
        home.wait(lambda: len(board.messages) >= 3)
        told = dict((topic, json.loads(text)) for topic, text in board.messages if "@iot.selfLink" in text)
        assert set(told) == {"v1.1/Observations", f"v1.1/{one}/Observations"}
        assert all(observation["result"] == 17.5 and observation["@iot.selfLink"].endswith(f"Observations({observation['@iot.id']})") for observation in told.values())
        # What comes by HTTP is told as well, and so is a property that changes.
        sta(home, f"{one}/Observations", {"result": 18.5})
        sta(home, one, {"description": "fine dust"}, method="PATCH")
        home.wait(lambda: (f"v1.1/{one}/description", json.dumps({"description": "fine dust"}, separators=(",", ":"))) in [(topic, text.replace(": ", ":")) for topic, text in board.messages])
        # On a stream's topic nobody observes for another stream, and only an account of the stream gets there at all.
        station.say(f"v1.1/{one}/Observations", {"result": 1, "Datastream": {"@iot.id": int(two[12:-1])}})
        station.say(f"v1.1/{two}/Observations", {"result": 2})
        station.say(f"v1.1/{one}/Observations", "no JSON")
        station.say(f"v1.1/{one}/Observations", {"result": 19.5})
        home.wait(lambda: [o["result"] for o in sta(home, f"{one}/Observations?$orderby=id")["value"]] == [17.5, 18.5, 19.5])
        assert sta(home, f"{two}/Observations")["value"] == []
        # Whoever looks after the data is told what was dropped, and why; a replay with the mended text makes the Observation.
        home.wait(lambda: len(home.ask("/lares/v1/deadletters?reason=bad_observation")["letters"]) == 2)
        broken, other = home.ask("/lares/v1/deadletters?reason=bad_observation")["letters"]
        assert {broken["source"], other["source"]} == {f"sensorthings:v1.1/{one}/Observations"} and "stream" in other["message"]
        assert home.ask(f"/lares/v1/deadletters/{broken['id']}/replay", {"result": 20.5}, method="POST")["stored"] == 1
        assert [o["result"] for o in sta(home, f"{one}/Observations?$orderby=id")["value"]] == [17.5, 18.5, 19.5, 20.5]
        # A clock in 2199 isn't the latest reading, and the Observation is there all the same.
        sta(home, f"{two}/Observations", {"result": 4, "resultQuality": "suspect"})
        sta(home, f"{two}/Observations", {"result": 5, "phenomenonTime": "2199-01-01T00:00:00Z"})
        home.wait(lambda: home.ask("/lares/v1/deadletters?reason=clock_ahead")["letters"])
        series = f"sensorthings/datastream-{two[12:-1]}/result"
        assert [found["latest"]["value"] for found in home.ask("/lares/v1/series?search=datastream")["series"] if found["series"] == series] == [4]
        assert len(sta(home, f"{two}/Observations")["value"]) == 2

def test_ngsi_ld_notifications_go_to_a_broker(home):
    password = home.account("board", "city")
    with home.client("board", password) as board:
        board.listen("city/told")
        subscription = {
            "id": "urn:ngsi-ld:Subscription:1", "type": "Subscription", "entities": [{"type": "Building"}],
            "notification": {"endpoint": {
                "uri": f"mqtt://board:{password}@127.0.0.1:{home.broker_port}/city/told", "accept": "application/json",
                "receiverInfo": [{"key": "X-City", "value": "north"}], "notifierInfo": [{"key": "MQTT-Version", "value": "mqtt3.1.1"}, {"key": "MQTT-QoS", "value": "1"}]}}}
        ngsi(home, "subscriptions", subscription)
        ngsi(home, "entities", {"id": "urn:ngsi-ld:Building:1", "type": "Building", "level": {"type": "Property", "value": 4}})
        home.wait(lambda: board.messages)
        told = json.loads(board.messages[0][1])
        assert told["body"]["type"] == "Notification" and told["body"]["data"][0]["level"]["value"] == 4
        assert told["metadata"]["Content-Type"] == "application/json" and told["metadata"]["X-City"] == "north" and "json-ld#context" in told["metadata"]["Link"]
        home.wait(lambda: ngsi(home, "subscriptions/urn:ngsi-ld:Subscription:1")["notification"]["status"] == "ok")
        for wrong in ({"key": "MQTT-QoS", "value": "3"}, {"key": "MQTT-Version", "value": "mqtt4"}):
            subscription["id"] = "urn:ngsi-ld:Subscription:2"
            subscription["notification"]["endpoint"]["notifierInfo"] = [wrong]
            with pytest.raises(urllib.error.HTTPError) as refused:
                ngsi(home, "subscriptions", subscription)
            assert refused.value.code == 400

def ngsi(home, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{home.server.url}/ngsi-ld/v1/{path}", data, {"Content-Type": "application/json"} if data else {})
    with urllib.request.urlopen(request, timeout=30) as answer:
        text = answer.read()
        return json.loads(text) if text else None

def test_ingested_series_and_errors_may_be_watched(home):
    home.ask("/lares/v1/watches", {"id": "air", "things": "air,station=7", "properties": "no2", "scope": "all", "learning": 20})
    lines = [f"air,station=7 no2={100 + n * 7 % 13} {(NOW - 3_000 + n * 10)}000000000" for n in range(100)]
    write(home, lines)
    home.wait(lambda: home.ask("/lares/v1/watches")["series"] == 1)
    write(home, [f"air,station=7 no2=5000 {NOW - 1_990}000000000", f"air,station=8 no2=9000 {NOW - 1_990}000000000"])
    home.wait(lambda: home.ask("/lares/v1/alarms")["alarms"])
    (alarm,) = home.ask("/lares/v1/alarms?watch=air")["alarms"]
    assert alarm["series"] == "air,station=7/no2" and alarm["cause"]["value"] == 5000
    home.server.process.kill()
    home.server.process.wait()
    home.start()
    assert home.ask(f"/lares/v1/alarms/{alarm['number']}")["series"] == "air,station=7/no2"

def write(home, lines):
    request = urllib.request.Request(home.server.url + "/lares/v1/ingest", data="\n".join(lines).encode(), headers={"Content-Type": "text/plain"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read())

def test_a_dashboard_over_the_api_is_bounded_by_pixels(home):
    write(home, [f"air,station={station} no2={n % 50} {NOW - 86_000 + n * 8}000000000" for station in range(5) for n in range(10_000)])
    panels = [{"kind": "chart", "title": "NO2", "series": [f"air,station={station}/no2" for station in range(5)]}, {"kind": "latest", "series": ["air,station=0/no2"]}, {"kind": "alarms"}]
    board = home.ask("/lares/v1/dashboards", {"title": "Air", "panels": panels})
    assert [panel["number"] for panel in board["panels"]] == [1, 2, 3] and board["owner"]
    data = home.ask(f"/lares/v1/dashboards/{board['number']}/data?width=100")
    chart, latest, alarms = data["panels"]
    assert len(chart["series"]) == 5 and all(10 < len(one["buckets"]) <= 100 for one in chart["series"])
    assert sum(bucket["count"] for bucket in chart["series"][0]["buckets"]) >= 9_900
    assert latest["series"][0]["latest"]["value"] == 49 and alarms["alarms"] == []
    assert home.ask("/lares/v1/dashboards")["dashboards"] == [board]
    changed = home.ask(f"/lares/v1/dashboards/{board['number']}", {"title": "Other", "shared": False, "panels": []}, method="PUT")
    assert changed["title"] == "Other" and changed["panels"] == []
    for wrong in ({"title": ""}, {"title": "x", "panels": [{"kind": "pie"}]}, {"title": "x", "other": 1}, {"title": "x", "panels": [{"kind": "chart", "series": ["a"]}]}):
        with pytest.raises(urllib.error.HTTPError) as refused:
            home.ask("/lares/v1/dashboards", wrong)
        assert refused.value.code == 400
    assert home.ask(f"/lares/v1/dashboards/{board['number']}", method="DELETE") == {"removed": board["number"]}
    with pytest.raises(urllib.error.HTTPError) as gone:
        home.ask(f"/lares/v1/dashboards/{board['number']}")
    assert gone.value.code == 404
