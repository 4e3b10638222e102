"""OGC SensorThings 1.1: a real client (FROST's own, for Python), and the questions of the standard's three capabilities over HTTP.

The questions follow the test methods of OGC's ets-sta10 in what they ask; they are our own, and no certificate.
`LARES_STA_URL` names a running service to ask instead, such as http://127.0.0.1:8080/sta/v1.1; whatever it has is deleted.
"""

import os

import frost_sta_client as frost
import geojson
import pytest
import requests

from lares_server import Server

MEASUREMENT = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"
SETS = {
    "Things": (("name", "description"), ("Datastreams", "HistoricalLocations", "Locations")),
    "Locations": (("name", "description", "encodingType", "location"), ("HistoricalLocations", "Things")),
    "HistoricalLocations": (("time",), ("Thing", "Locations")),
    "Datastreams": (("name", "description", "unitOfMeasurement", "observationType"), ("Thing", "Sensor", "ObservedProperty", "Observations")),
    "Sensors": (("name", "description", "encodingType", "metadata"), ("Datastreams",)),
    "ObservedProperties": (("name", "definition", "description"), ("Datastreams",)),
    "Observations": (("phenomenonTime", "result", "resultTime"), ("Datastream", "FeatureOfInterest")),
    "FeaturesOfInterest": (("name", "description", "encodingType", "feature"), ("Observations",)),
}


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    if given := os.environ.get("LARES_STA_URL"):
        yield given
        return
    with Server(tmp_path_factory.mktemp("sensorthings"), models=None, home=True) as server:
        yield server.url + "/sta/v1.1"


@pytest.fixture
def empty(url):
    for name in ("Observations", "FeaturesOfInterest", "Datastreams", "MultiDatastreams", "Sensors", "ObservedProperties", "HistoricalLocations", "Locations", "Things"):
        while found := requests.get(f"{url}/{name}").json()["value"]:
            for entity in found:
                assert requests.delete(entity["@iot.selfLink"]).status_code == 200
    return url


def stream(i, observed=None):
    named = {"name": f"observed {i}", "definition": f"http://example.org/{i}", "description": f"observed {i}"}
    return {
        "name": f"datastream {i}", "description": f"datastream {i}", "observationType": MEASUREMENT,
        "unitOfMeasurement": {"name": "Lumen", "symbol": "lm", "definition": "http://example.org/lumen"},
        "ObservedProperty": {"@iot.id": observed} if observed else named,
        "Sensor": {"name": f"sensor {i}", "description": f"sensor {i}", "encodingType": "application/pdf", "metadata": f"Light flux sensor {i}"},
    }


def place(i, x, y):
    return {"name": f"location {i}", "description": f"location {i}", "encodingType": "application/vnd.geo+json", "location": {"type": "Point", "coordinates": [x, y]}}


@pytest.fixture
def furnished(empty):
    """Two things that each moved once, four streams, twelve observations."""
    def create(path, body):
        answer = requests.post(f"{empty}/{path}", json=body)
        assert answer.status_code == 201, answer.text
        return requests.get(answer.headers["Location"]).json()

    one = create("Things", {"name": "thing 1", "description": "thing 1", "properties": {"reference": "first"}, "Locations": [place(1, -117.05, 51.05)], "Datastreams": [stream(1), stream(2)]})
    shared = requests.get(f"{one['@iot.selfLink']}/Datastreams?$expand=ObservedProperty").json()["value"][1]["ObservedProperty"]["@iot.id"]
    two = create("Things", {"name": "thing 2", "description": "thing 2", "Locations": [place(2, -100.05, 50.05)], "Datastreams": [stream(3), stream(4, shared)]})
    places = [requests.get(thing["@iot.selfLink"] + "/Locations").json()["value"][0]["@iot.id"] for thing in (one, two)]
    for thing, other in ((one, places[1]), (two, places[0])):
        assert requests.patch(thing["@iot.selfLink"], json={"Locations": [{"@iot.id": other}]}).status_code == 200
    streams = [entity["@iot.selfLink"] for entity in requests.get(f"{empty}/Datastreams").json()["value"]]
    for i in range(12):
        answer = requests.post(f"{streams[i // 3]}/Observations", json={"phenomenonTime": f"2015-03-{i + 1:02}T00:00:00Z", "result": i + 1})
        assert answer.status_code == 201, answer.text
    return empty


def values(url, query=""):
    answer = requests.get(url + query)
    assert answer.status_code == 200, f"{query}: {answer.text}"
    return answer.json()["value"]


def test_entities_have_what_the_standard_says(furnished):
    root = requests.get(furnished).json()
    assert {entry["name"] for entry in root["value"]} == set(SETS) | {"MultiDatastreams"} and root["serverSettings"]["conformance"]
    for name, (properties, links) in SETS.items():
        entity = values(f"{furnished}/{name}")[0]
        link = entity["@iot.selfLink"]
        assert link == f"{furnished}/{name}({entity['@iot.id']})" and requests.get(link).json() == entity
        for one in properties:
            assert one in entity
            if one != "resultTime":
                assert list(requests.get(f"{link}/{one}").json()) == [one]
                bare = requests.get(f"{link}/{one}/$value")
                assert bare.status_code == 200 and bare.text.startswith("{") == (one in ("location", "feature", "unitOfMeasurement"))
        for one in links:
            assert entity[f"{one}@iot.navigationLink"] == f"{link}/{one}" and requests.get(f"{link}/{one}").status_code == 200
            assert requests.get(f"{link}/{one}/$ref").status_code == 200
        assert requests.get(f"{furnished}/{name}(9223372036854775807)").status_code == 404


def test_what_is_incomplete_is_refused_whole(empty):
    body = {"name": "Office", "description": "Office", "Locations": [place(1, 1, 1)], "Datastreams": [{key: value for key, value in stream(1).items() if key != "Sensor"}]}
    assert requests.post(f"{empty}/Things", json=body).status_code == 400
    for name in SETS:
        assert values(f"{empty}/{name}") == []


def test_changes_and_deletions(furnished):
    thing = values(f"{furnished}/Things")[0]
    changed = requests.patch(thing["@iot.selfLink"], json={"description": "patched"}).json()
    assert changed == thing | {"description": "patched"}
    assert requests.patch(thing["@iot.selfLink"], json={"Locations": [place(9, 1, 1)]}).status_code == 400
    patch = [{"op": "add", "path": "/properties/floor", "value": 3}]
    assert requests.patch(thing["@iot.selfLink"], json=patch, headers={"Content-Type": "application/json-patch+json"}).json()["properties"] == {"reference": "first", "floor": 3}
    assert requests.delete(thing["@iot.selfLink"]).status_code == 200 and requests.get(thing["@iot.selfLink"]).status_code == 404
    assert len(values(f"{furnished}/Datastreams")) == 2 and len(values(f"{furnished}/Observations")) == 6 and len(values(f"{furnished}/Locations")) == 2


def test_queries(furnished):
    page = requests.get(f"{furnished}/Observations?$count=true&$top=1&$skip=2&$orderby=phenomenonTime asc&$filter=result gt '3'").json()
    assert page["@iot.count"] == 6 and [one["result"] for one in page["value"]] == [6]
    assert [one["result"] for one in values(f"{furnished}/Observations", "?$filter=Datastream/Thing/name eq 'thing 2' and result mod 2 eq 0&$orderby=result desc")] == [12, 10, 8]
    assert [one["name"] for one in values(f"{furnished}/Things", "?$filter=Datastreams/Observations/phenomenonTime ge 2015-03-12T00:00:00.000%2B00:00")] == ["thing 2"]
    assert len(values(f"{furnished}/Locations", "?$filter=st_within(location, geography'POLYGON((-110 40, -110 60, -90 60, -90 40, -110 40))')")) == 1
    deep = values(f"{furnished}/Things", "?$select=name&$expand=Datastreams($select=name;$expand=Observations($top=1;$orderby=result desc;$select=result))")
    assert [[one["Observations"][0]["result"] for one in thing["Datastreams"]] for thing in deep] == [[3, 6], [9, 12]]
    seen, link = [], f"{furnished}/Observations?$top=5"
    while link:
        answer = requests.get(link).json()
        seen += [one["result"] for one in answer["value"]]
        link = answer.get("@iot.nextLink")
    assert seen == list(range(1, 13))
    wrong = requests.get(f"{furnished}/Observations?$filter=result eqq 5")
    assert wrong.status_code == 400 and "character 8" in wrong.json()["message"]


def test_frosts_client_for_python_creates_reads_changes_and_deletes(empty):
    service = frost.SensorThingsService(empty)
    thing = frost.Thing("The Thing", "A thing", {"room": "attic"})
    thing.locations = [frost.Location(name="here", description="here", location=geojson.Point((8.4, 49.0)), encoding_type="application/geo+json")]
    service.create(thing)
    assert thing.id
    unit = frost.UnitOfMeasurement("degree Celsius", "°C", "ucum:Cel")
    stream = frost.Datastream(name="temperature", description="air", observation_type=MEASUREMENT, unit_of_measurement=unit)
    stream.thing = thing
    stream.sensor = frost.Sensor(name="sensor", description="a sensor", encoding_type="application/pdf", metadata="sheet")
    stream.observed_property = frost.ObservedProperty(name="temperature", definition="ucum:Cel", description="of the air")
    service.create(stream)
    for i in range(5):
        observation = frost.Observation(result=20 + i, phenomenon_time=f"2026-01-01T0{i}:00:00Z", datastream=frost.Datastream(id=stream.id))
        service.create(observation)
    rows = frost.DataArrayValue()
    rows.datastream = frost.Datastream(id=stream.id)
    rows.components = {rows.Property.PHENOMENON_TIME, rows.Property.RESULT}
    for i in range(5, 9):
        rows.add_observation(frost.Observation(result=20 + i, phenomenon_time=f"2026-01-01T0{i}:00:00Z"))
    assert len(service.observations().create(frost.DataArrayDocument(value=[rows]))) == 4
    found = service.datastreams().find(stream.id).get_observations().query().filter("result ge 22").orderby("phenomenonTime", "desc").top(3).list()
    results = [one.result for one in found]
    assert results == [28, 27, 26, 25, 24, 23, 22]
    every = service.things().query().expand("Datastreams").list()
    assert [one.name for one in every] == ["The Thing"] and len(every.entities[0].datastreams.entities) == 1
    thing = service.things().find(thing.id)
    thing.name = "Renamed"
    service.update(thing)
    assert service.things().find(thing.id).name == "Renamed"
    service.delete(thing)
    assert values(f"{empty}/Observations") == []
