"""Home Assistant as a process of its own, set up by files: an MQTT entry, a user with a lasting token, and no add-on beyond what a row needs."""

import base64
import contextlib
import hashlib
import hmac
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

import lares_program

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = pathlib.Path(os.environ.get("LARES_HOME_ASSISTANT", ROOT / ".build/python/homeassistant/bin/hass"))
KEY = "0123456789abcdef" * 8
LONG_AGO = "2024-03-01T00:00:00+00:00"


def version():
    return next((PROGRAM.parent.parent / "lib").glob("python3*/site-packages/homeassistant-*.dist-info")).name.split("-")[1].removesuffix(".dist")


def token():
    """A lasting access token, signed with KEY as Home Assistant signs it."""

    def part(data):
        return base64.urlsafe_b64encode(json.dumps(data).encode()).rstrip(b"=")

    text = part({"alg": "HS256", "typ": "JWT"}) + b"." + part({"iss": "bench", "iat": 1_700_000_000, "exp": 2_900_000_000})
    return (text + b"." + base64.urlsafe_b64encode(hmac.new(KEY.encode(), text, hashlib.sha256).digest()).rstrip(b"=")).decode()


def storage(broker_port, account, password):
    """What Home Assistant reads from its folder .storage."""
    user = {"id": "u", "group_ids": ["system-admin"], "is_owner": True, "is_active": True, "name": "Bench", "system_generated": False, "local_only": False}
    refresh = {"id": "bench", "user_id": "u", "client_id": None, "client_name": "bench", "client_icon": None, "token_type": "long_lived_access_token", "created_at": LONG_AGO,
               "access_token_expiration": 315_360_000.0, "token": "0" * 128, "jwt_key": KEY, "last_used_at": None, "last_used_ip": None, "credential_id": None, "version": "2024.3.3"}
    entry = {"entry_id": "mqtt", "version": 1, "minor_version": 1, "domain": "mqtt", "title": "broker", "options": {}, "pref_disable_new_entities": False, "pref_disable_polling": False,
             "source": "user", "unique_id": None, "disabled_by": None, "data": {"broker": "127.0.0.1", "port": broker_port, "username": account, "password": password, "discovery": True}}
    return {
        "auth": {"version": 1, "minor_version": 1, "key": "auth", "data": {"users": [user], "groups": [{"id": "system-admin", "name": "Administrators"}], "credentials": [], "refresh_tokens": [refresh]}},
        "core.config_entries": {"version": 1, "minor_version": 1, "key": "core.config_entries", "data": {"entries": [entry]}},
        "onboarding": {"version": 4, "minor_version": 1, "key": "onboarding", "data": {"done": ["user", "core_config", "analytics", "integration"]}},
    }


class HomeAssistant:
    """Home Assistant at a broker. `recorder` is its own: SQLite, a commit a second."""

    name = "Home Assistant"

    def __init__(self, broker_port, account, password, recorder=False, automations=()):
        if not PROGRAM.exists():
            raise SystemExit(f"{PROGRAM} is not there: run `make bench ONLY=home`, which installs it")
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="lares-hass-"))
        self.port, self.token, self.recorder = lares_program.free_port(), token(), recorder
        (self.folder / ".storage").mkdir()
        for name, content in storage(broker_port, account, password).items():
            (self.folder / ".storage" / name).write_text(json.dumps(content))
        parts = {"homeassistant": {"name": "Home", "latitude": 52.52, "longitude": 13.4, "elevation": 34, "time_zone": "UTC", "unit_system": "metric", "country": "DE"},
                 "http": {"server_host": "127.0.0.1", "server_port": self.port}, "api": {}, "logger": {"default": "error"}}
        if recorder:
            parts["recorder"] = {"commit_interval": 1}
        if automations:
            parts["automation"] = list(automations)
        # JSON is YAML.
        (self.folder / "configuration.yaml").write_text(json.dumps(parts))
        self.start()

    def start(self):
        """Starts it: seconds from exec to the first answer."""
        begin = time.perf_counter()
        self.log = open(self.folder / "said", "a")
        self.process = subprocess.Popen([str(PROGRAM), "-c", str(self.folder), "--skip-pip"], stdout=self.log, stderr=self.log)
        while not self.answers():
            if self.process.poll() is not None or time.perf_counter() - begin > 120:
                raise SystemExit(f"bench: Home Assistant did not start: {(self.folder / 'said').read_text()[-3000:]}")
            time.sleep(0.002)
        self.start_seconds = time.perf_counter() - begin
        return self.start_seconds

    def answers(self):
        with contextlib.suppress(OSError):
            return self.ask("/api/") is not None
        return False

    @property
    def pid(self):
        return self.process.pid

    def ask(self, path, body=None):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", None if body is None else json.dumps(body).encode(), self.headers())
        with urllib.request.urlopen(request, timeout=60) as answer:
            text = answer.read().decode()
        return json.loads(text) if text[:1] in "[{" else text

    def headers(self):
        return {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}

    def count(self):
        return int(self.ask("/api/template", {"template": "{{ states | map(attribute='entity_id') | select('search', '\\\\.bench_') | list | count }}"}))

    def knows(self, number):
        with contextlib.suppress(urllib.error.HTTPError):
            return bool(self.ask(f"/api/states/sensor.bench_s{number}"))
        return False

    def value(self, number):
        """The level of a sensor; None when it has none."""
        try:
            return number_in(self.ask(f"/api/states/sensor.bench_s{number}")["state"])
        except urllib.error.HTTPError:
            return None

    def values(self):
        start = "sensor.bench_s"
        return {int(state["entity_id"].removeprefix(start)): number_in(state["state"]) for state in self.ask("/api/states") if state["entity_id"].startswith(start)}

    def stored(self):
        """How many states of sensors are in its database."""
        with contextlib.closing(sqlite3.connect(f"file:{self.folder}/home-assistant_v2.db?mode=ro", uri=True, timeout=30)) as database:
            words = "SELECT COUNT(*) FROM states JOIN states_meta USING (metadata_id) WHERE states_meta.entity_id LIKE 'sensor.bench_s%' AND state NOT IN ('unknown', 'unavailable')"
            return database.execute(words).fetchone()[0]

    def command(self, on):
        """The bytes of a request that switches the lamp."""
        return request_bytes(f"/api/services/light/turn_{'on' if on else 'off'}", {"entity_id": "light.bench_lamp"}, self.headers())

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def close(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def number_in(state):
    return None if state in ("unknown", "unavailable") else float(state)


def request_bytes(path, body, headers):
    content = json.dumps(body).encode()
    lines = {"Host": "127.0.0.1", "Content-Length": len(content), **headers}
    return (f"POST {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines.items()) + "\r\n").encode() + content
