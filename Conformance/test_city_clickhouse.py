"""Telemetry in ClickHouse: the program on Debian's old server, the store's own tests on a current engine, and a cluster that loses nodes."""

import os
import pathlib
import shutil
import subprocess
import sys
import time

import pytest

import nats_server
from home_devices import Home
from lares_server import ROOT, free_port, run
from test_city_nats import STREAM, drained, wait_for_consumer, worker
from test_home import readings

SERVER = shutil.which("clickhouse-server") or shutil.which("clickhouse-server", path="/usr/sbin")
NEEDS_SERVER = pytest.mark.skipif(SERVER is None, reason="clickhouse-server isn't installed: telemetry in ClickHouse is NOT tested")
SETTINGS = """<yandex><logger><level>warning</level><log>{0}/log</log><errorlog>{0}/errors</errorlog></logger>
<http_port>{1}</http_port><listen_host>127.0.0.1</listen_host><max_connections>200</max_connections>
<keep_alive_timeout>10</keep_alive_timeout><max_concurrent_queries>100</max_concurrent_queries>
<uncompressed_cache_size>0</uncompressed_cache_size><mark_cache_size>100000000</mark_cache_size>
<path>{0}/data/</path><tmp_path>{0}/data/tmp/</tmp_path><users_config>{0}/users.xml</users_config>
<default_profile>default</default_profile><default_database>default</default_database><timezone>UTC</timezone>
<mlock_executable>false</mlock_executable></yandex>"""
USERS = """<yandex><profiles><default/></profiles><quotas><default/></quotas><users><default><password>a:b</password>
<networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></default></users></yandex>"""


class ClickHouse:
    """A server of the tests' own, which can be killed and started again."""

    def __init__(self, folder):
        self.folder, self.port = pathlib.Path(folder), free_port()
        (self.folder / "data").mkdir(parents=True)
        (self.folder / "config.xml").write_text(SETTINGS.format(self.folder, self.port))
        (self.folder / "users.xml").write_text(USERS)
        self.url = f"clickhouse://default:a%3Ab@127.0.0.1:{self.port}/home"
        self.start()

    def start(self):
        self.process = subprocess.Popen([SERVER, f"--config-file={self.folder}/config.xml"], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def kill(self):
        self.process.kill()
        self.process.wait()


@pytest.fixture
def clickhouse(tmp_path):
    server = ClickHouse(tmp_path / "clickhouse")
    yield server
    server.kill()


def level(home, account="z"):
    client = home.client(account, home.account(account, "z"))
    client.say("homeassistant/sensor/m/config", {"name": "Level", "uniq_id": "m", "stat_t": "z/m", "unit_of_meas": "%", "dev": {"ids": "m", "name": "Tank"}}, retain=True)
    home.wait(lambda: "tank" in home.things())
    return client


@NEEDS_SERVER
def test_histories_move_to_clickhouse_and_go_on_there(tmp_path, clickhouse):
    folder = tmp_path / "home"
    with Home(folder) as home, level(home) as device:
        for number in range(50):
            device.say("z/m", str(number))
        home.wait(lambda: len(readings(home, "tank/level")) == 50)
    with Home(folder, "--telemetry", clickhouse.url) as home:
        home.wait(lambda: '"done":true' in (folder / "telemetry-move.json").read_text().replace(" ", ""))
        assert readings(home, "tank/level") == list(range(50))
    with Home(folder, "--telemetry", clickhouse.url) as home, level(home, "z2") as device:
        assert home.value("tank/level") == 49, "the state after a start comes from the history"
        clickhouse.kill()
        device.say("z/m", "77")
        time.sleep(0.5)
        clickhouse.start()
        device.say("z/m", "78")
        home.wait(lambda: readings(home, "tank/level")[-1:] == [78], seconds=30)
        assert readings(home, "tank/level")[:50] == list(range(50)), "what came while the server was away is kept or not; nothing else is"
        history = home.ask("/lares/v1/history?property=tank/level&width=100")
        assert max(bucket["max"] for bucket in history["buckets"]) == 78


@NEEDS_SERVER
@pytest.mark.skipif(not nats_server.PROGRAM, reason="nats-server isn't installed (scripts/setup conformance): alarms of what workers store are NOT tested")
def test_what_a_worker_stores_raises_an_alarm(tmp_path, clickhouse):
    now = int(time.time())

    def line(step, value):
        return f"air,station=7 no2={value} {now - 200 + step}000000000".encode()

    with nats_server.nats() as server, Home(tmp_path / "home", "--telemetry", clickhouse.url) as home:
        client = nats_server.Client(server.port)
        client.ask("$JS.API.STREAM.CREATE.CITY", STREAM)
        with worker(tmp_path / "worker", server.port, flags=("--telemetry", clickhouse.url)) as one:
            client.publish("city.air", [line(step, 100 + step * 7 % 13) for step in range(100)])
            wait_for_consumer(client)
            drained(client, 60)
            home.ask("/lares/v1/watches", {"id": "air", "things": "#", "properties": "no2", "learning": 60, "scope": "all"})
            client.publish("city.air", [line(step, 100 + step * 7 % 13) for step in range(100, 150)])
            client.publish("city.air", [line(150, 9000)])
            home.wait(lambda: home.ask("/lares/v1/alarms")["alarms"], seconds=40)
            (alarm,) = home.ask("/lares/v1/alarms")["alarms"]
            assert alarm["series"] == "air,station=7/no2" and alarm["cause"]["value"] == 9000 and alarm["raised_at"] == now - 50
            assert one.stop() == 0


@pytest.mark.parametrize("url, reason", [("clickhouse://", "host"), ("http://a", "clickhouse://"), ("clickhouse://a/b;c", "letters"), ("clickhouse://a?x=1", "cluster")])
def test_an_address_that_makes_no_sense_is_refused(tmp_path, url, reason):
    result = run(["serve", "--port", str(free_port()), "--telemetry", url], tmp_path)
    assert result.returncode != 0 and reason in result.stderr and "Traceback" not in result.stderr, result.stderr


def swift_tests(pattern, **environment):
    """The tests of the store, in the build that `make test` made."""
    command = ["swift", "test", "-c", "release", "--disable-testable-imports", "--filter", pattern]
    result = subprocess.run(command, cwd=ROOT, env=dict(os.environ, **environment), capture_output=True, text=True, timeout=3_000)
    assert result.returncode == 0, (result.stdout + result.stderr)[-4_000:]
    return result.stdout + result.stderr


@pytest.mark.long
@pytest.mark.timeout(3_600)
def test_a_current_engine_keeps_every_promise_too():
    pytest.importorskip("chdb", reason="chdb isn't installed: statements are NOT checked on a current engine")
    port = free_port()
    engine = subprocess.Popen([sys.executable, str(pathlib.Path(__file__).parent / "city_engine.py"), str(port)],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        version = engine.stdout.readline().strip()
        assert int(version.split(".")[0]) >= 25, version
        said = swift_tests("PromiseTests|TelemetryTwinTests|ClickHouseTelemetryTests|TelemetryMigrationTests",
                           LARES_TEST_CLICKHOUSE=f"clickhouse://127.0.0.1:{port}", LARES_LONG="")
        assert "clickhouse" in said
    finally:
        engine.stdin.close()
        engine.wait(timeout=30)


@pytest.mark.long
@pytest.mark.timeout(3_600)
@NEEDS_SERVER
def test_a_cluster_that_loses_nodes_loses_no_reading_and_counts_none_twice():
    swift_tests("ClickHouseClusterTests", LARES_LONG="1")
