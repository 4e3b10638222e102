"""Starts, watches and stops the real program."""

import asyncio
import concurrent.futures
import json
import os
import pathlib
import signal
import socket
import ssl
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = pathlib.Path(os.environ.get("LARES_PROGRAM", ROOT / ".build/release/lares"))
MODELS = pathlib.Path(os.environ.get("LARES_TEST_MODELS", ROOT / ".build/models"))


def run(arguments, home, timeout=120, stdin=None, inside=()):
    """One call of the command line, in English."""
    return subprocess.run(
        [*inside, str(PROGRAM), *arguments],
        env=dict(os.environ, LARES_HOME=str(home), LANG="C.UTF-8", LC_ALL="C.UTF-8"),
        capture_output=True,
        text=True,
        timeout=timeout,
        input=stdin,
    )


def must_run(arguments, home, **options):
    result = run(arguments, home, **options)
    assert result.returncode == 0, f"lares {' '.join(arguments)} exited with {result.returncode}: {result.stderr}"
    return result.stdout


def on_a_loop(coroutine):
    """Runs it on a thread of its own: the browser's driver keeps a loop running on the main one."""
    with concurrent.futures.ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Server:
    """`lares serve` on a free loopback port. It starts with few open files allowed, as many a shell does: it has to ask for more itself."""

    def __init__(self, folder, *flags, models="smollm2", certificate=None, inside=(), home=False):
        self.port = free_port()
        self.url = f"{'https' if certificate else 'http'}://127.0.0.1:{self.port}"
        self.context = ssl.create_default_context(cafile=str(certificate)) if certificate else None
        self.log = tempfile.TemporaryFile("w+")
        arguments = [*inside, "sh", "-c", 'ulimit -Sn 512; exec "$@"', "sh", str(PROGRAM), "serve", "--port", str(self.port), *(["--models", models] if models else []), *([] if home else ["--no-home"]), *flags]
        self.process = subprocess.Popen(arguments, env=dict(os.environ, LARES_HOME=str(folder)), stdout=self.log, stderr=self.log)
        self.wait_until_ready()

    def wait_until_ready(self, seconds=60):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            assert self.process.poll() is None, f"`lares serve` ended with {self.process.returncode}: {self.said()}"
            if self.status("/ready") == 200:
                return
            time.sleep(0.02)
        raise AssertionError(f"`lares serve` was not ready within {seconds} s: {self.said()}")

    def status(self, path, timeout=5):
        try:
            with urllib.request.urlopen(self.url + path, timeout=timeout, context=self.context) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return None

    def get(self, path, timeout=10):
        with urllib.request.urlopen(self.url + path, timeout=timeout, context=self.context) as answer:
            return answer.read().decode()

    def metric(self, name):
        """The sum of a metric over its labels; 0 when it is not there."""
        lines = [l for l in self.get("/metrics").splitlines() if l.split("{")[0].split(" ")[0] == name]
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines)

    def wait_for_metric(self, name, test, seconds=5):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            value = self.metric(name)
            if test(value):
                return value
            time.sleep(0.05)
        raise AssertionError(f"{name} is {value} after {seconds} s")

    def resident_bytes(self):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise AssertionError("the server has no VmRSS: has it ended?")

    def said(self):
        self.log.seek(0)
        return self.log.read()[-4000:]

    def stop(self, seconds=30):
        """SIGTERM, then waits: the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"`lares serve` did not stop within {seconds} s of SIGTERM: {self.said()}") from None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        code = self.stop()
        assert code == 0, f"`lares serve` ended with {code}: {self.said()}"


def exchange(port, data, timeout=10, half_close=False):
    """Sends raw bytes, reads until the server closes or falls silent: what it said."""
    answer = b""
    with socket.create_connection(("127.0.0.1", port), timeout=timeout) as connection:
        connection.settimeout(timeout)
        try:
            connection.sendall(data)
            if half_close:
                connection.shutdown(socket.SHUT_WR)
            while part := connection.recv(65536):
                answer += part
                if complete(answer):
                    break
        except (TimeoutError, ConnectionError):
            pass
    return answer


def complete(answer):
    head, _, body = answer.partition(b"\r\n\r\n")
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return len(body) >= int(line.split(b":")[1])
    return False


def status_of(answer):
    """The status code of a raw answer, None when there is none."""
    parts = answer.split(b" ", 2)
    return int(parts[1]) if len(parts) > 1 and answer.startswith(b"HTTP/1.") else None


def post(path, body, headers="", host="localhost"):
    """The bytes of a POST request."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {len(data)}\r\n{headers}\r\n".encode() + data
