"""KServe V2 beside MLServer: the same small network, the same request, one and sixteen connections.

The network has two layers (64 inputs, 128 hidden units with ReLU, 16 outputs, 10,384 weights). MLServer runs it in NumPy, as a runtime of its own
in its default settings but for one worker (its pool of processes is slower for a model this small). `http_load.c` sends the requests.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

import lares_program

FOLDER = pathlib.Path(__file__).parent
INPUTS, HIDDEN, OUTPUTS = 64, 128, 16
CONNECTIONS = (1, 16)
SECONDS = 2.0
NAME = "small"
TIMES_THE_REQUESTS, TIMES_THE_P99 = 8, 5  # of MLServer's requests a second, and of its p99 the fifth part


def measure(bench):
    sys.path.insert(0, str(FOLDER.parent / "Conformance"))
    with tempfile.TemporaryDirectory(prefix="lares-bench-v2-") as folder:
        folder = pathlib.Path(folder)
        program = compiled(folder)
        with lares(folder) as ours, mlserver(folder) as theirs:
            bench.notes.append(f"serving/v2/small: the two sides' numbers differ by at most {difference(ours, theirs):.1e}")
            for connections in CONNECTIONS:
                sides = {"theirs": lambda: load(program, theirs, connections), "ours": lambda: load(program, ours, connections)}
                load(program, ours, connections), load(program, theirs, connections)
                add(bench, f"serving/v2/small/{connections}", bench.in_turn(f"v2 {connections}", sides))


def add(bench, name, values):
    parts = {part: {side: [run[i] for run in runs] for side, runs in values.items()} for i, part in enumerate(("rate", "p50", "p99"))}
    bench.add(name, "requests/s", parts["rate"]["ours"], parts["rate"]["theirs"], peer="MLServer", ratio_goal=TIMES_THE_REQUESTS)
    for part, goal in (("p50", None), ("p99", TIMES_THE_P99)):
        bench.add(f"{name}/{part}", "ms", parts[part]["ours"], parts[part]["theirs"], smaller_is_better=True, peer="MLServer", ratio_goal=goal)


def compiled(folder):
    compiler = next((c for c in ("cc", "gcc", "clang") if shutil.which(c)), None)
    if compiler is None:
        raise SystemExit("bench: no C compiler found, which the load generator needs: install gcc.")
    program = folder / "http_load"
    subprocess.run([compiler, "-O2", str(FOLDER / "http_load.c"), "-o", str(program)], check=True)
    return program


def body():
    data = [round((i % 13 - 6) / 10, 1) for i in range(INPUTS)]
    return json.dumps({"inputs": [{"name": "x", "shape": [1, INPUTS], "datatype": "FP32", "data": data}]}).encode()


def load(program, port, connections):
    """Requests per second, and the median and 99th percentile of their latency in milliseconds."""
    head = f"POST /v2/models/{NAME}/infer HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\nContent-Length: {len(body())}\r\n\r\n"
    result = subprocess.run([str(program), str(port), str(connections), str(SECONDS)], input=head.encode() + body(), capture_output=True, check=True)
    return [float(v) for v in result.stdout.split()]


def answer(port):
    request = urllib.request.Request(f"http://127.0.0.1:{port}/v2/models/{NAME}/infer", body(), {"Content-Type": "application/json"})
    return json.load(urllib.request.urlopen(request, timeout=10))["outputs"][0]["data"]


def difference(ours, theirs):
    """Both sides must compute the same numbers for a comparison of their speed to mean anything."""
    most = max(abs(a - b) for a, b in zip(answer(ours), answer(theirs), strict=True))
    if most > 1e-4:
        raise SystemExit(f"bench: Lares and MLServer give numbers that differ by {most}: they do not compute the same")
    return most


class lares:
    """`lares serve` with the network published."""

    def __init__(self, folder):
        import networks

        file = networks.write_network(folder / "n.safetensors", networks.linear_plan(INPUTS, HIDDEN, OUTPUTS), networks.linear_tensors(INPUTS, HIDDEN, OUTPUTS))
        self.home = folder / "home"
        lares_program.run(["registry", "publish", str(file), NAME, "--promote"], home=self.home)

    def __enter__(self):
        self.port = lares_program.free_port()
        arguments = [lares_program.program(), "serve", "--no-home", "--port", str(self.port), "--threads", str(lares_program.THREADS)]
        self.process = subprocess.Popen(arguments, env=dict(os.environ, LARES_HOME=str(self.home)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait(self.process, self.port, f"/v2/models/{NAME}/ready")
        return self.port

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=60)


class mlserver:
    """MLServer with a runtime that computes the same network in NumPy."""

    def __init__(self, folder):
        self.folder = folder / "mlserver"
        self.folder.mkdir()
        (self.folder / "runtime.py").write_text((FOLDER / "mlserver_runtime.py").read_text())
        self.port, ports = lares_program.free_port(), [lares_program.free_port() for _ in range(2)]
        settings = {"http_port": self.port, "grpc_port": ports[0], "metrics_port": ports[1], "host": "127.0.0.1", "parallel_workers": 0, "debug": False}
        (self.folder / "settings.json").write_text(json.dumps(settings))
        (self.folder / "model-settings.json").write_text(json.dumps({"name": NAME, "implementation": "runtime.TwoLayers"}))

    def __enter__(self):
        # Its environment can be one of its own: its dependencies and those of the other peers do not always agree.
        program = os.environ.get("LARES_MLSERVER") or str(pathlib.Path(sys.executable).with_name("mlserver"))
        path = os.pathsep.join([str(self.folder), str(FOLDER.parent / "Conformance")])
        self.process = subprocess.Popen([program, "start", str(self.folder)], env=dict(os.environ, PYTHONPATH=path), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait(self.process, self.port, f"/v2/models/{NAME}/ready")
        return self.port

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=60)


def wait(process, port, path, seconds=90):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            raise SystemExit("bench: a server of the V2 rows ended before it was ready")
        try:
            if urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5).status == 200:
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise SystemExit("bench: a server of the V2 rows did not get ready")


ROWS = {"v2": measure}
