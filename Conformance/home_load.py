"""A broker of one's own, and the load generator of the benchmarks."""

import contextlib
import json
import pathlib
import shutil
import socket
import subprocess
import time

import pytest

from home_devices import Home
from lares_server import ROOT, Server, free_port

CONFIGURATION = """listener {port} 127.0.0.1
allow_anonymous true
persistence true
persistence_location {folder}/
pid_file {folder}/mosquitto.pid
max_inflight_messages 1000
max_queued_messages 1000000
set_tcp_nodelay true
user root
"""


class OwnBroker:
    """mosquitto in a folder, for anyone; it can be killed and started again with what it kept."""

    def __init__(self, folder, port=None):
        self.folder, self.port = pathlib.Path(folder), port or free_port()
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "mosquitto.conf").write_text(CONFIGURATION.format(port=self.port, folder=self.folder))
        self.start()

    def start(self):
        program = shutil.which("mosquitto", path="/usr/sbin:/usr/bin")
        self.process = subprocess.Popen([program, "-c", str(self.folder / "mosquitto.conf")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + 10
        while time.monotonic() < end:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return
            time.sleep(0.01)
        raise AssertionError(f"mosquitto does not listen on port {self.port}")

    def end(self, how):
        self.process.send_signal(how)
        self.process.wait(timeout=20)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


class GuestHome(Home):
    """Lares at a broker that it doesn't run."""

    def __init__(self, folder, port, inside=()):
        self.folder, self.broker_port, self.inside = folder, port, inside
        self.flags = ("--mqtt-url", f"mqtt://127.0.0.1:{port}")
        self.start()

    def launch(self):
        return Server(self.folder, *self.flags, models=None, home=True, inside=self.inside)


@pytest.fixture(scope="session")
def load(tmp_path_factory):
    """Publishes lines of topic and payload by the C program: a process whose output is when it began and how long it took."""
    folder = tmp_path_factory.mktemp("load")
    program = folder / "mqtt_load"
    subprocess.run(["gcc", "-O2", str(ROOT / "Benchmarks/home/mqtt_load.c"), "-lmosquitto", "-o", str(program)], check=True)

    def publish(port, messages, qos=1, retain=False, rate=0, account="", password=""):
        file = folder / f"messages{time.monotonic_ns()}"
        file.write_text("".join(f"{topic}\t{payload}\n" for topic, payload in messages))
        words = ["127.0.0.1", port, account, password, file, qos, int(retain), 1000, rate]
        return subprocess.Popen([str(program), *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    return publish


def sensor(number):
    """What a sensor announces: (topic, payload) and where its readings go."""
    about = {"name": "Count", "uniq_id": f"m{number}", "stat_t": f"m/{number}", "unit_of_meas": "x", "dev": {"ids": [f"m{number}"], "name": f"Meter {number}"}}
    return f"homeassistant/sensor/m{number}/config", json.dumps(about)
