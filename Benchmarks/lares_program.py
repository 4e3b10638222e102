"""The program under test: its `bench` and `serve` subcommands."""

import contextlib
import dataclasses
import json
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

import machine

ROOT = pathlib.Path(__file__).resolve().parent.parent
THREADS = 2


def program():
    path = pathlib.Path(os.environ.get("LARES_PROGRAM", ROOT / ".build/release/lares"))
    if not path.exists():
        raise SystemExit(f"bench: {path} is not there: run `swift build -c release --product lares` first.")
    return str(path)


def run(arguments, home=None):
    environment = dict(os.environ, **({"LARES_HOME": str(home)} if home else {}))
    result = subprocess.run([program(), *arguments], capture_output=True, text=True, env=environment)
    if result.returncode != 0:
        raise SystemExit(f"bench: lares {' '.join(arguments)} failed: {result.stderr.strip()}")
    return result.stdout


def bench(home, name, prompt=1, decode=2, parallel=1):
    """One reading in a process of its own, which warms itself up first: tokens per second of the prompt and of decoding, all answers together,
    and the bytes of weights that a token reads."""
    arguments = ["bench", name, "--json", "--prompt", str(prompt), "--decode", str(decode), "--runs", "1", "--threads", str(THREADS)]
    values = json.loads(run(arguments + (["--parallel", str(parallel)] if parallel > 1 else []), home))
    return {
        "prompt": values["prompt_tokens_per_second"],
        "decode": values["decode_tokens_per_second"],
        "bytes": values["profile"]["weight_bytes_per_token"],
    }


@contextlib.contextmanager
def home_with(path, name):
    """A data directory of its own with one model in it."""
    folder = tempfile.mkdtemp(prefix="lares-bench-", dir=os.environ.get("LARES_BENCH_FOLDER"))
    try:
        run(["import", str(path), "--name", name], home=folder)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def new_key(home, name):
    """The secret of a new key: whoever shows it is a caller of that name."""
    return json.loads(run(["keys", "add", name, "--json"], home=home))["secret"]


@dataclasses.dataclass
class Server:
    port: int
    pid: int
    start_seconds: float


@contextlib.contextmanager
def serving(home, model):
    """`lares serve` from its start to /ready with the model loaded, until the block ends."""
    with running(home, "--no-home", "--models", model) as server:
        yield server


@contextlib.contextmanager
def running(home, *flags):
    """`lares serve` without models, with the flags given, until the block ends."""
    port = free_port()
    begin = time.perf_counter()
    arguments = [program(), "serve", "--port", str(port), "--threads", str(THREADS), *flags]
    process = subprocess.Popen(arguments, env=dict(os.environ, LARES_HOME=str(home)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until_ready(process, port, begin)
        yield Server(port, process.pid, time.perf_counter() - begin)
    finally:
        process.terminate()
        process.wait(timeout=60)


def wait_until_ready(process, port, begin):
    while not is_ready(port):
        if process.poll() is not None or time.perf_counter() - begin > 120:
            raise SystemExit("bench: `lares serve` did not get ready")
        time.sleep(0.002)


def wait_for_port(port, seconds=10):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.01)
    raise SystemExit(f"bench: nothing listens on port {port}")


def start_to_ready(home, model):
    """Starts the server, waits for /ready, answers one request, stops it: (seconds, resident bytes after the answer)."""
    with serving(home, model) as server:
        ask(server.port, model)
        return server.start_seconds, machine.resident_bytes(server.pid)


def is_ready(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/ready", timeout=5) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def ask(port, model):
    completion(port, {"model": model, "prompt": "Hello", "max_tokens": 4})


def completion(port, body):
    """The first choice of an answer to a completion request."""
    head = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"http://127.0.0.1:{port}/v1/completions", json.dumps(body).encode(), head)
    return json.load(urllib.request.urlopen(request, timeout=60))["choices"][0]
