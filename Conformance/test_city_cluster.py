"""A city on one machine: devices publish over MQTT to three brokers, two workers keep what they said on four ClickHouse nodes. One of each is killed
under load; nothing acknowledged is lost and nothing counts twice. A node that hangs holds nothing up. And a worker is killed at random moments, a hundred times."""

import collections
import contextlib
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import threading
import time
import urllib.parse
import urllib.request

import paho.mqtt.client as mqtt
import pytest

import nats_server
from lares_server import PROGRAM, ROOT

CLICKHOUSE = shutil.which("clickhouse-server") or shutil.which("clickhouse-server", path="/usr/sbin")
HAS_ZOOKEEPER = pathlib.Path("/usr/share/java/zookeeper.jar").exists()
pytestmark = [
    pytest.mark.long, pytest.mark.timeout(3_600),
    pytest.mark.skipif(
        not (CLICKHOUSE and HAS_ZOOKEEPER and nats_server.PROGRAM),
        reason="clickhouse-server, zookeeper or nats-server isn't installed: the city's cluster is NOT tested"),
]
FIRST = 1_764_370_800_000
# Points of a message, and how far apart their times are.
POINTS = 50
KILLS = int(os.environ.get("LARES_KILLS", "100"))


class City:
    """What `scripts/city-cluster` starts."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.environment = dict(os.environ, LARES_PROGRAM=str(PROGRAM), LARES_NATS_SERVER=nats_server.PROGRAM)

    def run(self, *arguments):
        done = subprocess.run([str(ROOT / "scripts/city-cluster"), *arguments, str(self.folder)], env=self.environment, capture_output=True,
                              text=True, timeout=400)
        assert done.returncode == 0, done.stdout + done.stderr + self.said()
        return done.stdout

    def said(self):
        outputs = [self.folder / name / "output" for name in ("worker-1", "worker-2")]
        return "\n".join(path.read_text(errors="replace")[-1_500:] for path in outputs if path.exists())

    @property
    def state(self):
        return json.loads((self.folder / "cluster.json").read_text())

    def port(self, name, use):
        return self.state["ports"][name][use]

    def ask(self, question, node="clickhouse-1-1"):
        query = urllib.parse.urlencode({"database": "city"})
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port(node, 'http')}/?{query}", data=question.encode(), timeout=60) as answer:
            return [line.split("\t") for line in answer.read().decode().splitlines()]

    def worker(self, name):
        return self.state["processes"][name]


@contextlib.contextmanager
def city(folder):
    one = City(folder)
    try:
        one.run("up")
        yield one
    finally:
        subprocess.run([str(ROOT / "scripts/city-cluster"), "down", str(folder)], env=one.environment, capture_output=True, timeout=120)


class Device(threading.Thread):
    """Publishes messages of fifty points at QoS 1, to another broker whenever its own is gone, and notes which it was thanked for."""

    def __init__(self, number, ports, stop):
        super().__init__(daemon=True)
        self.number, self.ports, self.stop = number, ports, stop
        self.acknowledged, self.sent, self.reconnects, self.failure = [], 0, 0, None

    def run(self):
        try:
            place = self.number
            while not self.stop.is_set():
                with contextlib.suppress(OSError, ValueError, RuntimeError):
                    self.talk(self.ports[place % len(self.ports)])
                place += 1
                self.reconnects += 1
                time.sleep(0.1)
        except BaseException as error:  # told by whoever waits for it
            self.failure = error

    def talk(self, port):
        client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=f"device-{self.number}", protocol=mqtt.MQTTv311, clean_session=True)
        connected = threading.Event()
        client.on_connect = lambda *_: connected.set()
        client.connect("127.0.0.1", port, keepalive=10)
        client.loop_start()
        try:
            if not connected.wait(10):
                return
            while not self.stop.is_set() and client.is_connected():
                first = self.sent
                if self.number % 2:
                    times = [FIRST + (first * POINTS + n) * 10 for n in range(POINTS)]
                    lines = [json.dumps({"thing": f"d{self.number}", "property": "v", "value": first, "time": time_ / 1_000}) for time_ in times]
                else:
                    lines = [f"d{self.number} v={first} {FIRST + (first * POINTS + n) * 10}000000" for n in range(POINTS)]
                # What isn't thanked for is sent again, perhaps to another broker, which may have it twice then.
                info = client.publish(f"city/district/d{self.number}", "\n".join(lines), qos=1)
                info.wait_for_publish(15)
                if not info.is_published():
                    return
                self.acknowledged.append(first)
                self.sent += 1
        finally:
            client.loop_stop()
            with contextlib.suppress(OSError):
                client.disconnect()


@contextlib.contextmanager
def devices(city, count):
    stop = threading.Event()
    ports = [city.port(name, "mqtt") for name in ("nats-1", "nats-2", "nats-3")]
    all_of_them = [Device(number, ports, stop) for number in range(count)]
    for device in all_of_them:
        device.start()
    try:
        yield all_of_them
    finally:
        stop.set()
        for device in all_of_them:
            device.join(60)
            assert device.failure is None, device.failure


def more(devices, messages, seconds=180):
    """Waits until so many more messages were thanked for."""
    wanted = sum(len(device.acknowledged) for device in devices) + messages
    end = time.monotonic() + seconds
    while sum(len(device.acknowledged) for device in devices) < wanted:
        assert time.monotonic() < end, "the brokers thank for nothing any more"
        time.sleep(0.05)


def stored(city):
    """(thing, time) of every reading, and how often it counts."""
    rows = city.ask(
        "SELECT thing, time, count() FROM (SELECT series, time, argMax(number, version) AS n FROM lares_readings GROUP BY series, time) "
        "ANY LEFT JOIN (SELECT DISTINCT line AS series, thing FROM lares_series) USING series WHERE thing LIKE 'd%' GROUP BY thing, time")
    return {(thing, int(moment)): int(count) for thing, moment, count in rows}


def missing(devices, found):
    """Points that a device was thanked for and that aren't there."""
    return [
        (device.number, message) for device in devices for message in device.acknowledged for n in range(POINTS)
        if (f"d{device.number}", FIRST + (message * POINTS + n) * 10) not in found]


def settled(city, devices, seconds=240):
    """What is stored, when the workers are through; what was in the hand of one that was killed comes again after a minute."""
    end = time.monotonic() + seconds
    while missing(devices, found := stored(city)):
        assert time.monotonic() < end, f"{len(missing(devices, found))} acknowledged points are missing\n{city.said()}"
        time.sleep(1)
    return found


def check(city, devices):
    found = settled(city, devices)
    assert set(found.values()) == {1}, "a reading counts twice"
    # A message that nobody was thanked for may be there or not, but whole and once; nothing else is.
    possible = {f"d{device.number}": device.sent + 1 for device in devices}
    strange = [key for key in found if not 0 <= key[1] - FIRST < possible[key[0]] * POINTS * 10]
    assert not strange, f"nobody sent these: {strange[:5]}"
    acknowledged = sum(len(device.acknowledged) for device in devices) * POINTS
    assert acknowledged <= len(found) <= acknowledged + len(devices) * POINTS
    return acknowledged, found


def test_one_of_each_is_killed_under_load(tmp_path, capsys):
    with city(tmp_path) as one, devices(one, 4) as load:
        more(load, 40)
        for name in ("worker-1", "nats-1", "clickhouse-1-1", "clickhouse-2-2", "worker-2", "nats-3"):
            one.run("kill", name)
            more(load, 40)
            one.run("start", name)
            more(load, 40)
        for device in load:
            device.stop.set()
        for device in load:
            device.join(60)
        acknowledged, found = check(one, load)
        # All replicas say the same when they have caught up.
        for node in ("clickhouse-1-2", "clickhouse-2-1", "clickhouse-2-2"):
            end = time.monotonic() + 60
            while (count := one.ask("SELECT count() FROM (SELECT series, time FROM lares_readings GROUP BY series, time)", node)[0][0]) != str(len(found)):
                assert time.monotonic() < end, f"{node} has {count} readings of {len(found)}"
                time.sleep(1)
        again = sum(device.reconnects for device in load)
        with capsys.disabled():
            print(f"\n{acknowledged} acknowledged points, all there and each once; devices changed brokers {again} times")


def test_a_node_that_hangs_holds_nothing_up(tmp_path, capsys):
    """A node is stopped (SIGSTOP): connections to it are made, and nobody answers. What devices are thanked for is stored all the same."""
    with city(tmp_path) as one, devices(one, 2) as load:
        more(load, 40)
        waits = {}
        for name, others in (("clickhouse-1-1", ("clickhouse-1-2", "clickhouse-2-1")), ("clickhouse-2-1", ("clickhouse-1-2", "clickhouse-2-2"))):
            os.kill(one.worker(name), signal.SIGSTOP)
            try:
                more(load, 40)
                wanted = sum(len(device.acknowledged) for device in load) * POINTS
                start = time.monotonic()
                # Of each shard, its other replica says what it has itself: a question to all might wait for the one that hangs.
                while sum(int(one.ask("SELECT uniqExact(series, time) FROM lares_readings_local", node)[0][0]) for node in others) < wanted:
                    assert time.monotonic() - start < 150, f"{name} holds everything up\n{one.said()}"
                    time.sleep(0.5)
                waits[name] = round(time.monotonic() - start)
            finally:
                os.kill(one.worker(name), signal.SIGCONT)
            more(load, 40)
        for device in load:
            device.stop.set()
        for device in load:
            device.join(60)
        acknowledged, _ = check(one, load)
        with capsys.disabled():
            print(f"\n{acknowledged} acknowledged points, all there and each once; stored after {waits} seconds while a node hung")


def test_a_worker_that_is_killed_at_random_moments_loses_nothing(tmp_path, capsys):
    chance = random.Random(6)
    with city(tmp_path) as one, devices(one, 2) as load:
        more(load, 10)
        kills = collections.Counter()
        for _ in range(KILLS):
            # One of the two is gone at a time; the moment is anywhere between a start and a few seconds of work.
            name = f"worker-{chance.randint(1, 2)}"
            time.sleep(chance.uniform(0, 1.5))
            os.kill(one.worker(name), signal.SIGKILL)
            one.run("start", name)
            kills[name] += 1
        for device in load:
            device.stop.set()
        for device in load:
            device.join(60)
        acknowledged, found = check(one, load)
        twice = one.ask("SELECT count() - uniqExact(series, time) FROM lares_readings")[0][0]
        assert sum(kills.values()) == KILLS
        with capsys.disabled():
            print(f"\n{KILLS} kills of a worker: {acknowledged} acknowledged points, {len(found)} stored, none lost, none counted twice "
                  f"({twice} rows stood twice on the disk for a while, as they were delivered again)")
