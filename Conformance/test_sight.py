"""Who sees a part of the home finds nothing of the rest, wherever they look: every GET of /openapi.json, and what reads by other methods."""

import json
import re
import socket
import time
import urllib.error
import urllib.request

import pytest

from home_devices import Home
from lares_server import must_run
from test_home import announce

HIDDEN = re.compile("quagga|okapi", re.IGNORECASE)
# Numbers, dates and words that the questions ask for; a thing's places lead to the one that isn't seen.
FIELDS = {"area": "vault", "thing": "quagga", "property": "vault/quagga/on", "series": "vault/quagga/on", "rule": "quagga", "from": "2026-01-01", "through": "2026-01-02"}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    with Home(tmp_path_factory.mktemp("sight")) as home, home.client("z", home.account("z", "z", "zigbee2mqtt")) as client:
        furnish(home, client)
        policy = home.ask("/lares/v1/policy")
        scope = {"areas": ["garden"]}
        home.ask("/lares/v1/policy", {"policy": {"version": 1, "keys": {"gardener": scope, "visitor": scope}}, "revision": policy["revision"]}, "PUT")
        home.resident, home.guest, home.owner = (key(home, *of) for of in (("gardener", "resident"), ("visitor", "guest"), ("boss", "owner")))
        yield home


def furnish(home, client):
    """A lamp and a sensor with an empty battery in the vault, with all that names them; a lamp in the garden."""
    announce(home, client, "Quagga", "l1", area="Vault")
    announce(home, client, "Lantern", "l2", area="Garden")
    client.say("homeassistant/sensor/b1/config", {"name": "Quagga battery", "uniq_id": "b1", "stat_t": "z/b1", "dev_cla": "battery", "unit_of_meas": "%", "dev": {"ids": ["b1"], "name": "Quagga sensor", "sa": "Vault"}}, retain=True)
    for topic, payload in (("z/l1", {"state": "ON"}), ("z/l2", {"state": "OFF"}), ("z/b1", "2")):
        client.say(topic, payload)
    client.say("zigbee2mqtt/bridge/info", {"version": "2.1.0", "coordinator": {"ieee_address": "0x1"}, "permit_join": False}, retain=True)
    client.say("zigbee2mqtt/bridge/devices", [{"ieee_address": "0x2", "friendly_name": "quagga", "type": "Router", "supported": True, "interview_completed": True, "definition": {"vendor": "IKEA", "model": "L"}}], retain=True)
    client.say("homeassistant/light/quagga/config", "{")
    home.wait(lambda: home.value("vault/quagga/on") is True and home.value("garden/lantern/on") is False)
    home.ask("/lares/v1/things/vault/quagga", {"name": "Okapi"}, "PATCH")
    home.ask("/lares/v1/groups", {"name": "Quagga", "members": ["vault/quagga"]})
    home.ask("/lares/v1/scenes", {"name": "Quagga", "states": {"vault/quagga": {"on": True}}})
    home.ask("/lares/v1/rules", {"id": "quagga", "name": "Okapi", "when": [{"webhook": "x"}], "then": [{"set": {"vault/quagga/on": True}}, {"notify": "Okapi"}]})
    home.ask("/lares/v1/rules/quagga/start", {})
    home.ask("/lares/v1/delayed", {"thing": "vault/quagga", "set": {"on": False}, "in_seconds": 3600})
    home.ask("/lares/v1/presence", {"enabled": True, "properties": ["vault/quagga/on"]}, "PUT")
    home.ask("/lares/v1/retention", {"things": {"vault/quagga": {"readings": 30}}}, "PUT")
    home.wait(lambda: home.ask("/lares/v1/faults")["faults"] and home.ask("/lares/v1/zigbee")["bridges"] and home.ask("/lares/v1/notices")["notices"], 30)


def key(home, name, role):
    return must_run(["keys", "add", name, "--role", role], home.folder).strip()


def said(home, secret, path, body=None, wait=1):
    """The status, and what is said within a second; streams go on."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(home.server.url + path, data, {"Content-Type": "application/json", "Authorization": f"Bearer {secret}"})
    try:
        with urllib.request.urlopen(request, timeout=wait) as answer:
            text = b""
            try:
                while part := answer.read1(1 << 20):
                    text += part
            except (TimeoutError, socket.timeout):
                pass
            return answer.status, text.decode(errors="replace")
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(errors="replace")
    except (TimeoutError, socket.timeout):
        return 200, ""


def questions(home, fields=FIELDS, other="quagga"):
    """Every documented GET with what it must be told, and the names that are told."""
    description = json.loads(urllib.request.urlopen(home.server.url + "/openapi.json").read())
    for path, operations in description["paths"].items():
        if "get" not in operations:
            continue
        needed = [field["name"] for field in operations["get"].get("parameters", []) if field["in"] == "query" and field.get("required")]
        told = lambda name: fields.get(name, other)
        address = re.sub(r"\{(\w+)\}", lambda field: told(field[1]), path)
        yield path, address + ("?" + "&".join(f"{name}={told(name)}" for name in needed) if needed else "")


def test_no_get_tells_of_what_one_does_not_see(home):
    assert HIDDEN.search(said(home, home.owner, "/lares/v1/things")[1]), "who sees everything finds it"
    for role, secret in (("resident", home.resident), ("guest", home.guest)):
        asked = 0
        for path, address in questions(home):
            status, text = said(home, secret, address)
            assert status < 500 or status == 503, (path, status, text)
            # A refusal may repeat what was asked for; nobody asked for an okapi.
            told = re.sub("(vault/)?quagga(/on)?", "", text) if "quagga" in address and status >= 400 else text
            assert not HIDDEN.search(told), (role, path, text[:2000])
            asked += 1
        assert asked > 80
        assert '"garden/lantern"' in said(home, secret, "/lares/v1/things")[1]


def test_nor_does_what_reads_by_other_methods(home):
    secret = home.resident
    column = lambda address: {"columns": [{"name": "x", "property": address}], "every": "five_minutes", "days": 1}
    for question in (column("vault/quagga/on"), {"readings": ["vault/quagga/on"], "days": 1}, {"series": ["vault/quagga_sensor/battery"], "step": 3600, "days": 1}):
        assert said(home, secret, "/lares/v1/history/table", question)[0] == 404, question
    assert said(home, secret, "/lares/v1/history/table", column("garden/lantern/on"))[0] == 200
    status, text = said(home, secret, "/lares/v1/scenes", {"name": "All", "capture": {"area": "vault"}})
    assert status in (400, 404) and not HIDDEN.search(text), text
    status, text = said(home, secret, "/lares/v1/scenes", {"name": "All", "capture": {"things": ["vault/quagga", "garden/lantern"]}})
    assert status == 201 and list(json.loads(text)["states"]) == ["garden/lantern"], text
    assert said(home, secret, "/lares/v1/scenes", {"name": "All", "states": {"vault/quagga": {"on": True}}})[0] == 404


def tenants(home):
    """Two tenants with a key each, a station each with an alarm, and a dashboard of both; {tenant: (secret, number of its alarm)}."""
    secrets, now = {}, int(time.time())
    for tenant, station in (("north", "narwhal"), ("south", "sawfish")):
        made = json.loads(must_run(["keys", "add", tenant, "--role", "resident", "--json"], home.folder))
        secrets[tenant] = made["secret"]
        home.ask(f"/lares/v1/ingest/tenants/{tenant}", {"keys": [made["key"]["id"]]}, "PUT")
        home.ask("/lares/v1/watches", {"id": tenant, "things": f"@{tenant}/air,station={station}", "properties": "no2", "scope": "all", "learning": 20})
        write(home, tenant, [f"air,station={station} no2={100 + n * 7 % 13} {now - 1_010 + n * 10}000000000" for n in range(100)])
    home.wait(lambda: home.ask("/lares/v1/watches")["series"] == 2)
    for tenant, station in (("north", "narwhal"), ("south", "sawfish")):
        write(home, tenant, [f"air,station={station} no2=5000 {now - 10}000000000"])
    found = lambda: {alarm["series"][1:6]: alarm["number"] for alarm in home.ask("/lares/v1/alarms")["alarms"] if alarm["series"][:1] == "@"}
    home.wait(lambda: set(found()) == set(secrets))
    home.ask("/lares/v1/dashboards", {"title": "Air", "panels": [{"kind": kind, "series": [NORTH + "/no2", SOUTH + "/no2"]} for kind in ("chart", "latest", "alarms")]})
    return {tenant: (secret, found()[tenant]) for tenant, secret in secrets.items()}


NORTH, SOUTH = "@north/air,station=narwhal", "@south/air,station=sawfish"


def write(home, tenant, lines):
    request = urllib.request.Request(home.server.url + f"/lares/v1/ingest?tenant={tenant}", "\n".join(lines).encode(), {"Content-Type": "text/plain"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert json.loads(answer.read())["stored"] == len(lines)


def test_a_tenants_key_reads_its_own_series_and_no_others(home):
    made = tenants(home)
    (secret, own), (_, others) = made["north"], made["south"]
    fields = dict(FIELDS, area="south", thing=SOUTH, property=SOUTH + "/no2", series=SOUTH + "/no2")
    for path, address in list(questions(home, fields, "1")) + [("/lares/v1/history.csv", f"/lares/v1/history.csv?thing={SOUTH}"), ("alarm", f"/lares/v1/alarms/{others}")]:
        status, text = said(home, secret, address)
        assert status < 500 or status == 503, (path, status, text)
        # A refusal may repeat what was asked for.
        assert "sawfish" not in (text.replace(SOUTH, "") if status >= 400 else text), (path, text[:2000])

    def shown(address, body=None):
        status, text = said(home, secret, address, body, 30)
        assert status == 200, (address, status, text)
        return text

    assert [one["series"] for one in json.loads(shown("/lares/v1/series?search=station"))["series"]] == [NORTH + "/no2"]
    series = f"property={NORTH}/no2"
    assert json.loads(shown("/lares/v1/history?" + series))["buckets"] and json.loads(shown("/lares/v1/statistics?" + series))["statistics"]
    for question in (series, f"thing={NORTH}"):
        assert len(shown("/lares/v1/history.csv?" + question).splitlines()) == 102
    status, text = said(home, secret, f"/lares/v1/forecasts?series={NORTH}/no2", wait=30)
    assert status in (200, 409), "an hour of readings may be too little, but they are there: " + text
    assert [alarm["number"] for alarm in json.loads(shown("/lares/v1/alarms"))["alarms"] if alarm["series"][:1] == "@"] == [own]
    assert "narwhal" in shown(f"/lares/v1/alarms/{own}") and said(home, secret, f"/lares/v1/alarms/{others}")[0] == 404
    (board,) = [one for one in json.loads(shown("/lares/v1/dashboards"))["dashboards"] if one["title"] == "Air"]
    assert [(panel["series"], panel["hidden"]) for panel in board["panels"]] == [([NORTH + "/no2"], 1)] * 3
    chart, latest, alarms = json.loads(shown(f"/lares/v1/dashboards/{board['number']}/data?span=day"))["panels"]
    assert chart["series"][0]["buckets"] and latest["series"][0]["latest"]["value"] == 5000 and [alarm["number"] for alarm in alarms["alarms"]] == [own]
    assert "narwhal" in shown("/lares/v1/history/table", {"readings": [NORTH + "/no2"], "days": 1})
    assert said(home, secret, "/lares/v1/history/table", {"readings": [SOUTH + "/no2"], "days": 1})[0] == 404
    # Who has no tenant's key sees none of them.
    assert all(said(home, home.resident, f"/lares/v1/history?property={thing}/no2")[0] == 404 for thing in (NORTH, SOUTH))
