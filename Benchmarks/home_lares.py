"""Lares as a hub at a broker it is given: what home_assistant.py is for its peer."""

import contextlib
import json
import pathlib
import shutil
import tempfile
import time
import urllib.error
import urllib.request

import lares_program
from home_assistant import request_bytes


class Lares:
    name = "Lares"

    def __init__(self, broker=None, at=None):
        """At a broker, or with one of its own that it keeps in the data directory of the template `at`."""
        self.folder = at.home if at else pathlib.Path(tempfile.mkdtemp(prefix="lares-bench-"))
        self.flags = ("--mqtt-port", str(at.port)) if at else ("--mqtt-url", broker.url)
        self.start()

    def start(self):
        """Starts it: seconds from exec until it is ready and the home answers."""
        begin = time.perf_counter()
        self.running = contextlib.ExitStack()
        server = self.running.enter_context(lares_program.running(self.folder, *self.flags))
        self.port, self.pid = server.port, server.pid
        self.wait_for_home()
        self.start_seconds = time.perf_counter() - begin
        return self.start_seconds

    def wait_for_home(self, seconds=30):
        end = time.monotonic() + seconds
        while self.ask("/lares/v1/broker")["connection"]["state"] != "connected":
            if time.monotonic() > end:
                raise SystemExit("bench: Lares did not get to its broker")
            time.sleep(0.002)

    def ask(self, path, body=None):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", None if body is None else json.dumps(body).encode(), {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def things(self):
        return self.ask("/lares/v1/things")["things"]

    def count(self):
        return len(self.things())

    def knows(self, number):
        with contextlib.suppress(urllib.error.HTTPError):
            return bool(self.ask(f"/lares/v1/things/sensor_{number}"))
        return False

    def value(self, number):
        """The level of a sensor; None when it has none."""
        try:
            return self.ask(f"/lares/v1/things/sensor_{number}")["properties"]["level"]["value"]
        except (urllib.error.HTTPError, KeyError):
            return None

    def values(self):
        named = {thing["id"]: thing for thing in self.things()}
        return {int(name.removeprefix("sensor_")): thing["properties"]["level"]["value"] for name, thing in named.items() if name.startswith("sensor_")}

    def stored_of(self, number):
        """How many readings of a sensor are kept."""
        later = time.time() + 3600
        buckets = self.ask(f"/lares/v1/history?property=sensor_{number}/level&width=2&to={later:.0f}")["buckets"]
        return sum(bucket["count"] for bucket in buckets)

    def stored(self, sensors=1000):
        return sum(map(self.stored_of, range(sensors)))

    def command(self, on):
        """The bytes of a request that switches the lamp."""
        return request_bytes("/lares/v1/things/lamp", {"on": on}, {"Content-Type": "application/json"})

    def stop(self):
        self.running.close()

    def close(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

