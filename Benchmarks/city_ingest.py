"""Points over HTTP into Lares, VictoriaMetrics and InfluxDB: the same lines from the same program, one after the other.

    python3 Benchmarks/city_ingest.py [--points 5000000] [--runs 3] [--series 1000,10000,100000]

Lares answers when points are on the disk (SQLite, full synchronisation). InfluxDB 1.6 synchronises its log before it answers. VictoriaMetrics answers when
they are in memory, and writes every few seconds. VictoriaMetrics and InfluxDB are Debian's (packages victoria-metrics and influxdb), looked for in
PATH and in LARES_PEERS.
"""

import argparse
import contextlib
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

import lares_program
from session import Session

HERE = pathlib.Path(__file__).resolve().parent
# 2025-11-28T23:00:00Z
FIRST = 1_764_370_800_000
LINES, CONNECTIONS = 5_000, 4


def loader(folder):
    """The load generator, built once."""
    path = pathlib.Path(folder, "ingest_load")
    subprocess.run(["cc", "-O2", "-o", str(path), str(HERE / "ingest_load.c")], check=True)
    return str(path)


def found(program):
    return shutil.which(program, path=os.environ.get("LARES_PEERS", "") + os.pathsep + os.environ["PATH"])


def get(url, body=None):
    with urllib.request.urlopen(urllib.request.Request(url, data=body), timeout=60) as answer:
        return answer.read()


def wait_for(url):
    for _ in range(600):
        try:
            return get(url)
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise SystemExit(f"bench: nobody answers at {url}")


def size(folder):
    return sum(path.stat().st_size for path in pathlib.Path(folder).rglob("*") if path.is_file())


class Lares:
    name, path = "Lares", "/write?precision=ms"

    def start(self, folder, port):
        return [lares_program.program(), "serve", "--no-home", "--port", str(port)], {"LARES_HOME": folder}, "/health"

    def ready(self, url):
        pass

    def count(self, url, series):
        return json.loads(get(url + "/lares/v1/ingest"))["tenants"][0]["stored"]

    def bytes(self, folder):
        return sum(path.stat().st_size for path in pathlib.Path(folder).glob("telemetry*"))


class VictoriaMetrics:
    name, path = "VictoriaMetrics", "/write?precision=ms"

    def start(self, folder, port):
        return [found("victoria-metrics"), f"-storageDataPath={folder}", f"-httpListenAddr=127.0.0.1:{port}", "-retentionPeriod=100y"], {}, "/health"

    def ready(self, url):
        pass

    def count(self, url, series):
        get(url + "/internal/force_flush")
        query = urllib.parse.urlencode({"query": "sum(count_over_time(air_value[10y]))", "time": "2027-01-01T00:00:00Z"})
        result = json.loads(get(f"{url}/api/v1/query?{query}"))["data"]["result"]
        return int(float(result[0]["value"][1])) if result else 0

    def bytes(self, folder):
        return size(folder)


class InfluxDB:
    name, path = "InfluxDB", "/write?db=city&precision=ms"

    def start(self, folder, port):
        environment = {
            "INFLUXDB_DATA_DIR": folder + "/data", "INFLUXDB_META_DIR": folder + "/meta", "INFLUXDB_DATA_WAL_DIR": folder + "/wal",
            "INFLUXDB_HTTP_BIND_ADDRESS": f"127.0.0.1:{port}", "INFLUXDB_BIND_ADDRESS": f"127.0.0.1:{lares_program.free_port()}",
            "INFLUXDB_REPORTING_DISABLED": "true", "INFLUXDB_HTTP_LOG_ENABLED": "false", "INFLUXDB_MONITOR_STORE_ENABLED": "false",
        }
        return [found("influxd"), "run", "-config", "/dev/null"], environment, "/ping"

    def ready(self, url):
        get(url + "/query", urllib.parse.urlencode({"q": "CREATE DATABASE city"}).encode())

    def count(self, url, series):
        query = urllib.parse.urlencode({"db": "city", "q": "SELECT count(value) FROM air"})
        return json.loads(get(f"{url}/query?{query}"))["results"][0]["series"][0]["values"][0][1]

    def bytes(self, folder):
        return size(folder)


@contextlib.contextmanager
def running(system, folder):
    port = lares_program.free_port()
    command, environment, health = system.start(folder, port)
    process = subprocess.Popen(command, env=dict(os.environ, **environment), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(url + health)
        system.ready(url)
        yield port, url
    finally:
        process.terminate()
        process.wait(120)


def measure(system, load, series, points):
    """Points a second, and bytes for each when the program has ended."""
    folder = tempfile.mkdtemp(prefix="lares-ingest-", dir=os.environ.get("LARES_BENCH_FOLDER"))
    try:
        with running(system, folder) as (port, url):
            bodies = points // LINES
            arguments = [load, str(port), system.path, str(CONNECTIONS), str(series), str(LINES), str(bodies), str(FIRST)]
            result = subprocess.run(arguments, check=True, capture_output=True, text=True)
            stored, seconds, median, slow, again = result.stdout.split()
            counted = system.count(url, series)
            if counted != bodies * LINES:
                raise SystemExit(f"bench: {system.name} has {counted} points instead of {bodies * LINES}")
        print(f"  {system.name}, {series} series: {int(stored) / float(seconds):,.0f} points/s; {median} ms, 99%: {slow} ms; {again} times told to wait")
        return int(stored) / float(seconds), system.bytes(folder) / int(stored)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--points", type=int, default=5_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--series", default="1000,10000,100000")
    parser.add_argument("--output", type=pathlib.Path, default=HERE.parent / ".build/city-ingest.json")
    options = parser.parse_args()
    session = Session(options.runs, "VictoriaMetrics")
    peers = [kind() for kind, program in ((VictoriaMetrics, "victoria-metrics"), (InfluxDB, "influxd")) if found(program)]
    with tempfile.TemporaryDirectory() as folder:
        load = loader(folder)
        for series in (int(text) for text in options.series.split(",")):
            systems = [Lares(), *peers]
            values = session.in_turn(
                f"{series} series", {one.name: lambda one=one: measure(one, load, series, options.points) for one in systems})
            add(session, values, series, [peer.name for peer in peers])
    session.finish(options.output)


def add(session, values, series, peers):
    for place, (row, unit) in enumerate((("city/ingest/http", "points/s"), ("city/bytes-per-point", "bytes"))):
        ours = [value[place] for value in values["Lares"]]
        for peer in peers or [None]:
            theirs = [value[place] for value in values[peer]] if peer else ()
            session.add(f"{row}/{series}", unit, ours, theirs, smaller_is_better=place == 1, peer=peer, goal=400_000 if place == 0 else None)


if __name__ == "__main__":
    main()
