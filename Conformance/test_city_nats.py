"""`lares ingest` pulls points from a real NATS server: what it acknowledged is stored, once, whatever is killed when."""

import contextlib
import json
import os
import pathlib
import signal
import sqlite3
import subprocess
import time

import paho.mqtt.client as mqtt
import pytest

import nats_server
from lares_server import PROGRAM, must_run

pytestmark = pytest.mark.skipif(not nats_server.PROGRAM, reason="nats-server isn't installed (scripts/setup conformance)")
STREAM = {"name": "CITY", "subjects": ["city.>"], "storage": "file"}


class Worker:
    def __init__(self, home, *ports, user="", flags=()):
        servers = [part for port in ports for part in ("--nats", f"nats://{user}127.0.0.1:{port}")]
        self.arguments = [str(PROGRAM), "ingest", *servers, "--stream", "CITY", *flags]
        self.environment = dict(os.environ, LARES_HOME=str(home))
        self.start()

    def start(self):
        self.process = subprocess.Popen(self.arguments, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)


@contextlib.contextmanager
def worker(*arguments, **options):
    one = Worker(*arguments, **options)
    try:
        yield one
    finally:
        if one.process.poll() is None:
            one.kill()


def readings(home):
    """(thing, property) of every series, with its times and values as they are on the disk."""
    found = {}
    files = [pathlib.Path(home, "telemetry.db"), *sorted(pathlib.Path(home).glob("telemetry-*.db"))]
    with contextlib.closing(sqlite3.connect(files[0])) as hot:
        series = {number: (thing, name) for number, thing, name in hot.execute("SELECT id, thing, property FROM series")}
        for table in ("hot_0", "hot_1"):
            for time_, number, value in hot.execute(f"SELECT time, series, value FROM {table}"):
                found.setdefault(series[number], {})[time_] = value
    return found


def drained(client, seconds=30):
    end = time.time() + seconds
    while client.pending("CITY", "lares") > 0:
        assert time.time() < end, "messages are left"
        time.sleep(0.1)


def wait_for_consumer(client):
    for _ in range(100):
        with contextlib.suppress(AssertionError):
            client.ask("$JS.API.CONSUMER.INFO.CITY.lares", {})
            return
        time.sleep(0.1)
    raise AssertionError("the consumer isn't made")


def lines(first, count):
    return [f"air,station={n % 7} no2={n} {1_764_370_800_000 + n}000000".encode() for n in range(first, first + count)]


def test_points_come_by_nats_and_by_mqtt(tmp_path):
    with nats_server.nats(user="lares", password="secret") as server:
        client = nats_server.Client(server.port, "lares", "secret")
        client.ask("$JS.API.STREAM.CREATE.CITY", STREAM)
        with worker(tmp_path, server.port, user="lares:secret@") as one:
            client.publish("city.north.air", lines(0, 500))
            client.publish("city.north.air", [b'{"thing":"hall","values":{"t":21.5,"on":true},"time":1764370800}\n{"thing":"hall","property":"t","value":22,"time":1764370801}', b"no points"])
            device = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv311, client_id="sensor")
            device.username_pw_set("lares", "secret")
            device.connect("127.0.0.1", server.mqtt)
            device.loop_start()
            device.publish("city/south/noise", b"noise,station=1 level=61.5 1764370800000000000", qos=1).wait_for_publish(10)
            device.loop_stop()
            wait_for_consumer(client)
            drained(client)
            assert one.stop() == 0
        found = readings(tmp_path)
        assert sum(len(found[("air,station=%d" % n, "no2")]) for n in range(7)) == 500
        assert found[("hall", "t")] == {1764370800000: 21.5, 1764370801000: 22} and found[("hall", "on")] == {1764370800000: 1}
        assert found[("noise,station=1", "level")] == {1764370800000: 61.5}
        with contextlib.closing(sqlite3.connect(tmp_path / "deadletters.db")) as letters:
            assert letters.execute("SELECT reason, source, bytes FROM letters").fetchall() == [("bad_line", "nats:CITY", b"no points")]


def test_tenants_and_letters_of_a_worker_that_runs(tmp_path):
    def letters(*flags):
        return json.loads(must_run(["ingest", "letters", "--json", *flags], tmp_path))

    def until(test):
        end = time.time() + 20
        while not test():
            assert time.time() < end, letters()
            time.sleep(0.1)

    with nats_server.nats() as server:
        client = nats_server.Client(server.port)
        client.ask("$JS.API.STREAM.CREATE.CITY", STREAM)
        must_run(["ingest", "tenants", "add", "north", "--series", "1"], tmp_path)
        with worker(tmp_path, server.port, flags=("--tenant-level", "2")) as one:
            wait_for_consumer(client)
            client.publish("city.north.air", [b"air,station=1 no2=1 1764370800000000000", b"air,station=2 no2=2 1764370800000000000"])
            client.publish("city.east.air", [b"air,station=1 no2=3 1764370800000000000"])
            drained(client)
            assert {(letter["tenant"], letter["code"]) for letter in letters()} == {("north", "too_many_series"), ("east", "unknown_tenant")}
            assert [letter["tenant"] for letter in letters("--reason", "unknown_tenant", "--limit", "1")] == ["east"]
            # As long as nobody made the tenant, a letter of its stays.
            must_run(["ingest", "replay", "--reason", "unknown_tenant"], tmp_path)
            must_run(["ingest", "tenants", "add", "east"], tmp_path)
            must_run(["ingest", "tenants", "add", "north", "--series", "5", "--points-per-second", "1000"], tmp_path)
            time.sleep(3)
            must_run(["ingest", "replay"], tmp_path)
            until(lambda: letters() == [])
            client.publish("city.east.air", [b"air,station=1 no2=4 1764370801000000000"])
            drained(client)
            must_run(["ingest", "tenants", "remove", "east"], tmp_path)
            time.sleep(3)
            client.publish("city.east.air", [b"air,station=1 no2=5 1764370802000000000"])
            drained(client)
            assert [letter["code"] for letter in letters()] == ["unknown_tenant"]
            assert one.stop() == 0
        listed = json.loads(must_run(["ingest", "tenants", "--json"], tmp_path))
        assert [(tenant["tenant"], tenant["series"], tenant["points_per_second"]) for tenant in listed] == [("north", 5, 1000)]
        found = readings(tmp_path)
        assert found[("@north/air,station=1", "no2")] == {1764370800000: 1} and found[("@north/air,station=2", "no2")] == {1764370800000: 2}
        assert found[("@east/air,station=1", "no2")] == {1764370800000: 3, 1764370801000: 4}
        assert ("air,station=1", "no2") not in found, "a tenant that nobody made is nobody else"
    # Letters are forgotten after 30 days, by workers too.
    with contextlib.closing(sqlite3.connect(tmp_path / "deadletters.db")) as rows:
        with rows:
            rows.execute("UPDATE letters SET time = time - 31 * 86400000")
    with nats_server.nats() as server:
        client = nats_server.Client(server.port)
        client.ask("$JS.API.STREAM.CREATE.CITY", STREAM)
        with worker(tmp_path, server.port):
            until(lambda: letters() == [])


@pytest.mark.long
def test_nothing_acknowledged_is_lost_when_worker_or_server_is_killed(tmp_path):
    with nats_server.nats() as server:
        client = nats_server.Client(server.port)
        client.ask("$JS.API.STREAM.CREATE.CITY", STREAM)
        with worker(tmp_path, server.port) as one:
            for turn in range(6):
                client.publish("city.north.air", lines(turn * 2_000, 2_000))
                if turn == 3:
                    client.close()
                    server.kill()
                    server.start()
                    client = nats_server.Client(server.port)
                else:
                    time.sleep(0.05 * turn)
                    one.kill()
                    one.start()
            wait_for_consumer(client)
            # What was in hand when a worker was killed comes again after a minute.
            drained(client, 120)
            one.stop()
        found = readings(tmp_path)
        stored = {time: value for n in range(7) for time, value in found[("air,station=%d" % n, "no2")].items()}
        assert stored == {1_764_370_800_000 + n: n for n in range(12_000)}


@pytest.mark.long
def test_each_server_of_a_cluster_may_be_killed_under_load(tmp_path):
    with nats_server.cluster() as cluster:
        cluster.until(lambda client: client.ask("$JS.API.STREAM.CREATE.CITY", dict(STREAM, num_replicas=3)))
        with worker(tmp_path, *cluster.ports) as one:
            sent = 0

            def more(count):
                nonlocal sent
                for _ in range(count // 200):
                    cluster.until(lambda client: client.publish("city.north.air", lines(sent, 200)))
                    sent += 200

            more(2_000)
            for number in range(3):
                cluster.kill(number)
                more(2_000)
                cluster.start(number)
                time.sleep(4)
            cluster.until(lambda client: drained(client, 90), 120)
            one.stop()
        found = readings(tmp_path)
        stored = {time: value for n in range(7) for time, value in found[("air,station=%d" % n, "no2")].items()}
        assert stored == {1_764_370_800_000 + n: n for n in range(8_000)}


def test_a_wrong_password_and_a_missing_stream_are_told(tmp_path):
    with nats_server.nats(user="lares", password="secret") as server:
        with worker(tmp_path, server.port, user="lares:wrong@") as one:
            assert one.process.wait(60) != 0
            assert b"uthorization" in one.process.stderr.read()
        with worker(tmp_path, server.port, user="lares:secret@") as one:
            assert one.process.wait(60) != 0
            assert b"stream not found" in one.process.stderr.read()
