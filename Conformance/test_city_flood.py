"""A million new series in a minute, as a tag that changes with every point makes them: they are refused by name, memory stays where it is, and the series
that are known go on. Over HTTP and over MQTT."""

import json
import time
import urllib.error
import urllib.request

import pytest

from home_devices import Home

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]
NOW = int(time.time()) * 1_000
FLOOD, BODY, LIMIT = 1_000_000, 20_000, 20_000


def write(home, tenant, lines, timeout=120):
    request = urllib.request.Request(f"{home.server.url}/lares/v1/ingest?precision=ms&tenant={tenant}", data="\n".join(lines).encode(),
                                     headers={"Content-Type": "text/plain"})
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            return json.loads(answer.read())
    except urllib.error.HTTPError as error:
        # Nothing of it could be taken; the answer says so in the same words.
        assert error.code == 400, error.read()
        return json.loads(error.read())


def status(home, tenant):
    return next(one for one in home.ask("/lares/v1/ingest")["tenants"] if one["tenant"] == tenant)


def test_a_million_new_series_in_a_minute_are_refused_and_the_rest_goes_on(tmp_path, capsys):
    with Home(tmp_path) as home:
        home.ask("/lares/v1/ingest/tenants/north", {"series": LIMIT}, method="PUT")
        home.ask("/lares/v1/ingest/tenants/south", {"series": 100}, method="PUT")
        for tenant in ("north", "south"):
            assert write(home, tenant, [f"air,station=7 no2=0 {NOW}"])["stored"] == 1
        began, resident, slowest, refused = time.monotonic(), [], 0, 0
        for round_ in range(FLOOD // BODY):
            answer = write(home, "north", [f"req,id={round_ * BODY + n} ms=1 {NOW + n}" for n in range(BODY)])
            refused += answer["dead_letters"]
            if answer["dead_letters"]:
                assert answer["reasons"][0]["code"] == "too_many_series" and "tag" in answer["reasons"][0]["message"], answer["reasons"][0]
            # The series that are known go on, the flooded tenant's own too, and nobody waits for the flood.
            for tenant in ("north", "south"):
                asked = time.monotonic()
                assert write(home, tenant, [f"air,station=7 no2={round_ + 1} {NOW + round_ + 1}"])["stored"] == 1
                slowest = max(slowest, time.monotonic() - asked)
            resident.append(home.server.resident_bytes())
        took = time.monotonic() - began
        assert refused == FLOOD - (LIMIT - 1), "as many series as the tenant may have are taken, and not one more"
        assert status(home, "north")["series"] == LIMIT and status(home, "south")["series"] == 1
        # From when the limit is reached on, nothing grows but what is kept to recognise names, which is bounded.
        settled = resident[len(resident) // 4]
        assert max(resident) - settled < 100 << 20, f"memory grew from {settled >> 20} to {max(resident) >> 20} MiB"
        assert slowest < 2, f"a known series waited for {slowest:.1f} s"
        letters = home.ask("/lares/v1/deadletters?tenant=north&reason=too_many_series&limit=1")
        assert letters["letters"][0]["code"] == "too_many_series"
        with capsys.disabled():
            print(f"\n{FLOOD} new series in {took:.0f} s: {refused} refused, memory {settled >> 20} to {max(resident) >> 20} MiB, a known series waited {slowest * 1e3:.0f} ms at most")


def test_a_flood_over_mqtt_is_refused_too(tmp_path):
    with Home(tmp_path) as home:
        home.ask("/lares/v1/ingest/tenants/north", {"series": 1_000}, method="PUT")
        home.wait(lambda: len(home.ask("/lares/v1/broker")["clients"]) >= 3)
        with home.client("gateway", home.account("gateway", "lares/v1/points/north")) as gateway:
            gateway.say("lares/v1/points/north", f"air,station=7 no2=0 {NOW}000000")
            home.wait(lambda: status(home, "north")["stored"] == 1)
            before = home.server.resident_bytes()
            for round_ in range(200):
                gateway.say("lares/v1/points/north", "\n".join(f"req,id={round_ * 500 + n} ms=1 {NOW + n}000000" for n in range(500)))
            gateway.say("lares/v1/points/north", f"air,station=7 no2=1 {NOW + 1}000000")
            home.wait(lambda: status(home, "north")["stored"] == 1_001, seconds=60)
        assert status(home, "north")["series"] == 1_000 and status(home, "north")["dead_letters"] == 100_000 - 999
        assert home.server.resident_bytes() - before < 100 << 20
        letter = home.ask("/lares/v1/deadletters?tenant=north&reason=too_many_series&limit=1")["letters"][0]
        assert letter["source"] == "mqtt"
        # With room for them, what was refused is tried again.
        home.ask("/lares/v1/ingest/tenants/north", {"series": 200_000}, method="PUT")
        for _ in range(100):
            answer = home.ask("/lares/v1/deadletters/replay?tenant=north&reason=too_many_series", {}, method="POST")
            if not home.ask("/lares/v1/deadletters?tenant=north&reason=too_many_series&limit=1")["letters"]:
                break
        assert status(home, "north")["series"] == 100_001, answer
