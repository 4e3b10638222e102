"""A NATS server with JetStream and MQTT, and the few words of its protocol that a test needs."""

import contextlib
import json
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time

from lares_server import free_port

PROGRAM = shutil.which("nats-server", path=str(pathlib.Path(sys.prefix, "bin"))) or shutil.which("nats-server")


class Client:
    """A connection that publishes and asks, one thing after the other."""

    def __init__(self, port, user=None, password=None):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.file = self.socket.makefile("rb")
        assert self.file.readline().startswith(b"INFO ")
        options = {"verbose": False, "headers": True, "user": user, "pass": password}
        self.send(b"CONNECT " + json.dumps(options).encode() + b"\r\nSUB _INBOX.test 1\r\nPING\r\n")
        self.until(b"PONG")

    def send(self, data):
        self.socket.sendall(data)

    def until(self, word):
        while True:
            line = self.file.readline()
            assert line and not line.startswith(b"-ERR"), line
            if line.startswith(b"PING"):
                self.send(b"PONG\r\n")
            if line.startswith(word):
                return line

    def ask(self, subject, body):
        data = json.dumps(body).encode()
        self.send(f"PUB {subject} _INBOX.test {len(data)}\r\n".encode() + data + b"\r\n")
        size = int(self.until(b"MSG").split()[-1])
        answer = json.loads(self.file.read(size + 2)[:size])
        assert "error" not in answer, answer
        return answer

    def publish(self, subject, payloads):
        """Each is in the stream when this returns."""
        for payload in payloads:
            self.send(f"PUB {subject} _INBOX.test {len(payload)}\r\n".encode() + payload + b"\r\n")
        for _ in payloads:
            size = int(self.until(b"MSG").split()[-1])
            answer = json.loads(self.file.read(size + 2)[:size])
            assert "error" not in answer, answer

    def pending(self, stream, consumer):
        """Messages that aren't acknowledged yet."""
        info = self.ask(f"$JS.API.CONSUMER.INFO.{stream}.{consumer}", {})
        return info["num_pending"] + info["num_ack_pending"]

    def close(self):
        self.socket.close()


class Server:
    """`nats-server` on free ports; it may be killed and started again."""

    def __init__(self, folder, user=None, password=None):
        self.port, self.mqtt, self.process = free_port(), free_port(), None
        config = f'server_name: n1\nlisten: "127.0.0.1:{self.port}"\njetstream {{ store_dir: "{folder}/js" }}\nmqtt {{ listen: "127.0.0.1:{self.mqtt}" }}\n'
        if user:
            config += f'accounts {{ CITY {{ jetstream: enabled, users: [{{user: "{user}", password: "{password}"}}] }} }}\n'
        self.config = pathlib.Path(folder, "nats.conf")
        self.config.write_text(config)
        self.start()

    def start(self):
        self.process = subprocess.Popen([PROGRAM, "-c", str(self.config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(200):
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            time.sleep(0.05)
        raise AssertionError("nats-server doesn't listen")

    def kill(self):
        self.process.kill()
        self.process.wait()


@contextlib.contextmanager
def nats(**options):
    with tempfile.TemporaryDirectory() as folder:
        server = Server(folder, **options)
        try:
            yield server
        finally:
            server.kill()


class Cluster:
    """Three servers that keep a stream together; any one may be killed."""

    def __init__(self, folder):
        self.ports = [free_port() for _ in range(3)]
        self.routes = [free_port() for _ in range(3)]
        self.folder, self.processes = folder, [None] * 3
        for number in range(3):
            self.start(number)

    def start(self, number):
        routes = ", ".join(f"nats://127.0.0.1:{port}" for port in self.routes)
        config = pathlib.Path(self.folder, f"n{number}.conf")
        config.write_text(
            f'server_name: n{number}\nlisten: "127.0.0.1:{self.ports[number]}"\njetstream {{ store_dir: "{self.folder}/js{number}" }}\n'
            f'cluster {{ name: city, listen: "127.0.0.1:{self.routes[number]}", routes: [{routes}] }}\n')
        self.processes[number] = subprocess.Popen([PROGRAM, "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def kill(self, number):
        self.processes[number].kill()
        self.processes[number].wait()

    def until(self, deed, seconds=60):
        """Does something with a client of any server, again and again until it succeeds."""
        end = time.time() + seconds
        while True:
            for port in self.ports:
                with contextlib.suppress(OSError, AssertionError, ValueError, IndexError):
                    client = Client(port)
                    try:
                        return deed(client)
                    finally:
                        client.close()
            assert time.time() < end, "no server of the cluster does it"
            time.sleep(0.3)


@contextlib.contextmanager
def cluster():
    with tempfile.TemporaryDirectory() as folder:
        three = Cluster(folder)
        try:
            yield three
        finally:
            for process in three.processes:
                process.kill()
                process.wait()
