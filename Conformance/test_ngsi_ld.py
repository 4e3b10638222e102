"""NGSI-LD over the real program: entities, queries, the past, contexts, tenants, and notifications that outlive kill -9."""

import http.server
import json
import signal
import threading
import time

import httpx
import pytest

from lares_server import Server

CORE = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.8.jsonld"


@pytest.fixture
def city(tmp_path):
    with Server(tmp_path, models=None, home=True) as running:
        yield City(running)


class City:
    def __init__(self, server):
        self.server = server
        self.base = server.url + "/ngsi-ld/v1"

    def ask(self, method, path, body=None, status=None, **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = httpx.request(method, f"{self.base}/{path}", json=body, headers=headers, timeout=20)
        assert status is None or answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer


class Receiver:
    """Takes notifications; while it is away it answers 503."""

    def __init__(self):
        self.got, self.away = [], False
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                if not receiver.away:
                    receiver.got.append(body)
                self.send_response(503 if receiver.away else 200)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/told"

    def wait(self, count, seconds=30):
        end = time.monotonic() + seconds
        while len(self.got) < count and time.monotonic() < end:
            time.sleep(0.05)
        return self.got


def building(number, **more):
    return {"id": f"urn:ngsi-ld:Building:{number}", "type": "Building", "level": {"type": "Property", "value": number}, **more}


def test_an_entity_lives_and_ends(city):
    made = city.ask("POST", "entities", building(1), 201)
    assert made.headers["location"] == "/ngsi-ld/v1/entities/urn:ngsi-ld:Building:1"
    city.ask("POST", "entities", building(1), 409)
    city.ask("PATCH", "entities/urn:ngsi-ld:Building:1", {"level": {"value": 7}, "name": "Tower"}, 204)
    assert city.ask("GET", "entities/urn:ngsi-ld:Building:1?options=keyValues", status=200).json() == {"id": "urn:ngsi-ld:Building:1", "type": "Building", "level": 7, "name": "Tower"}
    city.ask("DELETE", "entities/urn:ngsi-ld:Building:1", status=204)
    gone = city.ask("GET", "entities/urn:ngsi-ld:Building:1", status=404)
    assert gone.json()["type"] == "https://uri.etsi.org/ngsi-ld/errors/ResourceNotFound"


def test_queries_places_and_pages(city):
    place = lambda n: {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [13.0 + n / 100, 52.5]}}
    answer = city.ask("POST", "entityOperations/create", [building(n, location=place(n)) for n in range(20)], 201)
    assert len(answer.json()) == 20
    page = city.ask("GET", "entities?type=Building&q=level>=5&limit=10&count=true", status=200)
    assert page.headers["ngsild-results-count"] == "15" and len(page.json()) == 10 and 'rel="next"' in page.headers["link"]
    near = city.ask("GET", "entities?type=Building&georel=near;maxDistance==1000&geometry=Point&coordinates=[13.1,52.5]", status=200)
    assert {e["level"]["value"] for e in near.json()} == {9, 10, 11}
    query = {"type": "Query", "entities": [{"type": "Building", "idPattern": "^urn:.*:1$"}]}
    assert [e["id"] for e in city.ask("POST", "entityOperations/query", query, 200).json()] == ["urn:ngsi-ld:Building:1"]


def test_the_past_is_kept(city):
    city.ask("POST", "entities", building(0), 201)
    for minute in range(1, 4):
        change = {"level": {"type": "Property", "value": minute, "observedAt": f"2026-01-01T00:0{minute}:00Z"}}
        city.ask("PATCH", "entities/urn:ngsi-ld:Building:0", change, 204)
    past = city.ask("GET", "temporal/entities/urn:ngsi-ld:Building:0?options=temporalValues&attrs=level", status=200).json()
    assert [value for value, _ in past["level"]["values"]] == [1, 2, 3]


def test_numbers_of_entities_are_series(city):
    server, now = city.server, time.time()
    httpx.put(server.url + "/lares/v1/ingest/tenants/north", json={}, timeout=20).raise_for_status()
    moment = lambda ago: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now - ago))
    for tenant, number in (({}, 1), ({"NGSILD_Tenant": "north"}, 2)):
        city.ask("POST", "entities", building(1, level={"type": "Property", "value": number, "observedAt": moment(600)}), 201, **tenant)
    city.ask("PATCH", "entities/urn:ngsi-ld:Building:1", {"level": {"type": "Property", "value": 5, "observedAt": moment(300)}}, 204)
    # A clock that is far ahead is the entity's, and no reading.
    city.ask("PATCH", "entities/urn:ngsi-ld:Building:1", {"level": {"type": "Property", "value": 7, "observedAt": "2199-01-01T00:00:00Z"}}, 204)

    def history(series):
        lines = httpx.get(f"{server.url}/lares/v1/history.csv?property={series}&from={now - 3_600}&to={now + 3_600}", timeout=20).text.splitlines()
        return [float(line.split(",")[-1]) for line in lines[1:]]

    end = time.monotonic() + 15
    while not (httpx.get(server.url + "/lares/v1/deadletters?reason=clock_ahead", timeout=20).json()["letters"] and httpx.get(server.url + "/lares/v1/series?search=Building", timeout=20).json()["count"] == 2):
        assert time.monotonic() < end
        time.sleep(0.1)
    assert history("urn:ngsi-ld:Building:1/level") == [1, 5] and history("@north/urn:ngsi-ld:Building:1/level") == [2]
    assert city.ask("GET", "entities/urn:ngsi-ld:Building:1?options=keyValues", status=200).json()["level"] == 7


def test_contexts_of_other_servers_are_not_fetched(city):
    body = {**building(1), "@context": "https://elsewhere.example/context.jsonld"}
    answer = city.ask("POST", "entities", body, 504, content_type="application/ld+json")
    assert answer.json()["type"].endswith("/LdContextNotAvailable")


def test_tenants_are_kept_apart(city):
    city.ask("GET", "entities?type=Building", status=404, NGSILD_Tenant="west")
    city.ask("POST", "entities", building(1), 201, NGSILD_Tenant="west")
    assert len(city.ask("GET", "entities?type=Building", status=200, NGSILD_Tenant="west").json()) == 1
    assert city.ask("GET", "entities?type=Building", status=200).json() == []


def test_notifications_survive_kill_9(tmp_path):
    """The receiver is away, the server is killed in the middle of changes; every change that was answered is told, in order."""
    receiver = Receiver()
    receiver.away = True
    first = Server(tmp_path, models=None, home=True)
    city = City(first)
    subscription = {"id": "urn:ngsi-ld:Subscription:1", "type": "Subscription", "entities": [{"type": "Building"}], "notification": {"endpoint": {"uri": receiver.url}}}
    city.ask("POST", "subscriptions", subscription, 201)
    for number in range(50):
        city.ask("POST", "entities", building(number), 201)
    first.process.send_signal(signal.SIGKILL)
    first.process.wait()
    receiver.away = False
    with Server(tmp_path, models=None, home=True):
        told = receiver.wait(50)
    levels = [entity["level"]["value"] for body in told for entity in body["data"]]
    seen = list(dict.fromkeys(levels))
    assert seen == list(range(50)), "told in order, at least once each"


@pytest.mark.parametrize("body", [b"", b"{", b"[" * 100, b"\xff", b'{"id":3}', b'{"id":"urn:a:b","type":"T","@context":[[[[[[[[[[[[{}]]]]]]]]]]]]}', b'{"id":"urn:a:b","type":"T","a":{"type":"GeoProperty","value":{"type":"Polygon","coordinates":[[]]}}}'])
def test_bad_bodies_are_refused(city, body):
    answer = httpx.post(city.base + "/entities", content=body, headers={"content-type": "application/ld+json"}, timeout=20)
    assert 400 <= answer.status_code < 500, answer.text
    assert city.server.status("/health") == 200
