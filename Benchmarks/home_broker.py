"""A broker with the configuration and the accounts that Lares gives its own: each hub gets one, and connects to it with Lares' account."""

import json
import pathlib
import shutil
import subprocess
import tempfile
import urllib.request

import lares_program

FOLDER = pathlib.Path(__file__).parent


class Template:
    """The files of a broker that Lares began, and an account `bench` for the device that sends the load."""

    def __init__(self):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="lares-broker-"))
        self.folder = self.home / "broker"
        port = lares_program.free_port()
        with lares_program.running(self.home, "--mqtt-port", str(port)) as server:
            request = urllib.request.Request(f"http://127.0.0.1:{server.port}/lares/v1/broker/accounts", json.dumps({"name": "bench", "topics": ["bench"]}).encode(), {"Content-Type": "application/json"})
            self.password = json.load(urllib.request.urlopen(request, timeout=10))["password"]
        self.port = port

    def close(self):
        shutil.rmtree(self.home, ignore_errors=True)


class Broker:
    """mosquitto, with nothing retained, on a port of its own."""

    def __init__(self, template):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="lares-broker-"))
        self.port, self.password = lares_program.free_port(), template.password
        shutil.copy(template.folder / "accounts.json", self.folder)
        self.hub_password = (template.folder / "lares.password").read_text()
        text = (template.folder / "mosquitto.conf").read_text()
        text = text.replace(str(template.folder), str(self.folder)).replace(f"listener {template.port} ", f"listener {self.port} ")
        (self.folder / "mosquitto.conf").write_text(text)
        self.process = subprocess.Popen(["/usr/sbin/mosquitto", "-c", str(self.folder / "mosquitto.conf")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        lares_program.wait_for_port(self.port)

    @property
    def url(self):
        return f"mqtt://lares:{self.hub_password}@127.0.0.1:{self.port}"

    def close(self):
        self.process.terminate()
        self.process.wait(timeout=20)
        shutil.rmtree(self.folder, ignore_errors=True)


class Load:
    """The load generator and the timer of commands, built when they are needed."""

    def __init__(self, in_flight=1000):
        self.folder, self.in_flight = pathlib.Path(tempfile.mkdtemp(prefix="lares-load-")), in_flight
        for name in ("mqtt_load", "command_time"):
            subprocess.run(["cc", "-O2", str(FOLDER / f"home/{name}.c"), "-lmosquitto", "-o", str(self.folder / name)], check=True)

    def begin(self, broker, messages, qos=0, retain=False, rate=0):
        """Starts to publish (topic, payload) pairs as the device `bench`; `end` waits for the last."""
        file = self.folder / "messages"
        file.write_text("".join(f"{topic}\t{payload}\n" for topic, payload in messages))
        words = ["127.0.0.1", broker.port, "bench", broker.password, file, qos, int(retain), self.in_flight, rate]
        return subprocess.Popen([str(self.folder / "mqtt_load"), *map(str, words)], stdout=subprocess.PIPE, text=True)

    def end(self, process):
        """When it began (time.monotonic) and the seconds it took."""
        said, _ = process.communicate(timeout=600)
        if process.returncode:
            raise SystemExit("bench: the load generator failed")
        return tuple(map(float, said.split()))

    def publish(self, *arguments, **options):
        return self.end(self.begin(*arguments, **options))

    def commands(self, hub, broker, requests, command, state, times):
        """Milliseconds of each command until it was at the device, and until it was answered."""
        files = []
        for number, request in enumerate(requests):
            files.append(self.folder / f"request{number}")
            files[-1].write_bytes(request)
        words = [hub.port, ",".join(map(str, files)), broker.port, "lares", broker.hub_password, command, state, times]
        said = subprocess.run([str(self.folder / "command_time"), *map(str, words)], check=True, capture_output=True, text=True).stdout
        return [tuple(map(float, line.split())) for line in said.splitlines()]

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)
