"""The program under test: its `bench` and `serve` subcommands."""

import contextlib
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


def bench(home, name, prompt=1, decode=2):
    """One reading in a process of its own, which warms itself up first: tokens per second of the prompt and of decoding."""
    text = run(["bench", name, "--json", "--prompt", str(prompt), "--decode", str(decode), "--runs", "1", "--threads", str(THREADS)], home)
    values = json.loads(text)
    return {"prompt": values["prompt_tokens_per_second"], "decode": values["decode_tokens_per_second"]}


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


def start_to_ready(home, model):
    """Starts the server, waits for /ready, answers one request, stops it: (seconds, resident bytes after the answer)."""
    port = free_port()
    begin = time.perf_counter()
    arguments = [program(), "serve", "--port", str(port), "--models", model, "--threads", str(THREADS)]
    process = subprocess.Popen(arguments, env=dict(os.environ, LARES_HOME=str(home)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not is_ready(port):
            if process.poll() is not None or time.perf_counter() - begin > 120:
                raise SystemExit("bench: `lares serve` did not get ready")
            time.sleep(0.002)
        seconds = time.perf_counter() - begin
        ask(port, model)
        return seconds, machine.resident_bytes(process.pid)
    finally:
        process.terminate()
        process.wait(timeout=60)


def is_ready(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/ready", timeout=5) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def ask(port, model):
    body = json.dumps({"model": model, "prompt": "Hello", "max_tokens": 4}).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{port}/v1/completions", body, {"Content-Type": "application/json"})
    urllib.request.urlopen(request, timeout=60).read()
