"""Points into Lares over HTTP and MQTT, into ClickHouse, and a year's dashboard; over HTTP the same lines into VictoriaMetrics and InfluxDB, one after the other.

    python3 Benchmarks/city_ingest.py [--points 5000000] [--runs 3] [--series 1000,10000,100000] [--only http,mqtt,clickhouse,dashboard]

Lares answers when points are on the disk (SQLite, full synchronisation). InfluxDB 1.6 synchronises its log before it answers. VictoriaMetrics answers when
they are in memory, and writes every few seconds. VictoriaMetrics and InfluxDB are Debian's (packages victoria-metrics and influxdb), looked for in
PATH and in LARES_PEERS. Neither of them speaks MQTT. Over MQTT a message has fifty points and goes at QoS 1 through the broker that Lares starts; the time
ends when the last point is on the disk.
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

import clickhouse
import home_broker
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
        self.mqtt = lares_program.free_port()
        return [lares_program.program(), "serve", "--port", str(port), "--mqtt-port", str(self.mqtt)], {"LARES_HOME": folder}, "/health"

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
        yield port, url, process
    finally:
        process.terminate()
        process.wait(120)


def measure(system, load, series, points):
    """Points a second, and bytes for each when the program has ended."""
    folder = tempfile.mkdtemp(prefix="lares-ingest-", dir=os.environ.get("LARES_BENCH_FOLDER"))
    try:
        with running(system, folder) as (port, url, process):
            bodies = points // LINES
            arguments = [load, str(port), system.path, str(CONNECTIONS), str(series), str(LINES), str(bodies), str(FIRST)]
            result = subprocess.run(arguments, check=True, capture_output=True, text=True)
            stored, seconds, median, slow, again = result.stdout.split()
            took = clickhouse.processor_seconds(process.pid)
            counted = system.count(url, series)
            if counted != bodies * LINES:
                raise SystemExit(f"bench: {system.name} has {counted} points instead of {bodies * LINES}")
        print(f"  {system.name}, {series} series: {int(stored) / float(seconds):,.0f} points/s; {median} ms, 99%: {slow} ms; {again} times told to wait")
        return int(stored) / float(seconds), system.bytes(folder) / int(stored), took / int(stored) * 1e6
    finally:
        shutil.rmtree(folder, ignore_errors=True)


# Points of a message over MQTT, and messages that may be unacknowledged.
FIELDS, IN_FLIGHT = 50, 1_000
TOOL = pathlib.Path(os.environ.get("LARES_CLICKHOUSE_BENCH", HERE.parent / ".build/benchmarks/release/clickhouse"))


def stored(url):
    return sum(tenant["stored"] for tenant in json.loads(get(url + "/lares/v1/ingest"))["tenants"])


def wait_for_broker(url):
    """Until Lares is connected to its broker, and takes points from it by both of its connections."""
    for _ in range(600):
        broker = json.loads(get(url + "/lares/v1/broker"))
        if broker["connection"]["state"] == "connected" and sum("-points-" in client["id"] for client in broker.get("clients", [])) == 2:
            return
        time.sleep(0.05)
    raise SystemExit("bench: Lares isn't connected to its broker")


def messages(series, points):
    """Messages of one line with fifty fields each; a gateway's fields are series of their own."""
    gateways = series // FIELDS
    for n in range(points // FIELDS):
        fields = ",".join(f"f{field:02}={100 + (n * 7_919 + field * 104_729) % 9_000 / 10:.1f}" for field in range(FIELDS))
        yield "lares/v1/points", f"air,district=north,gateway={n % gateways:06} {fields} {FIRST + n // gateways * 1_000}000000"


def measure_mqtt(load, series, points):
    """Points a second, from the first message until the last point is on the disk."""
    folder = tempfile.mkdtemp(prefix="lares-ingest-", dir=os.environ.get("LARES_BENCH_FOLDER"))
    try:
        system = Lares()
        with running(system, folder) as (port, url, server):
            wait_for_broker(url)
            body = json.dumps({"name": "bench", "topics": ["lares/v1/points"]}).encode()
            request = urllib.request.Request(url + "/lares/v1/broker/accounts", body, {"Content-Type": "application/json"})
            password = json.load(urllib.request.urlopen(request, timeout=10))["password"]
            broker = type("Broker", (), {"port": system.mqtt, "password": password})
            sent = points // FIELDS * FIELDS
            process = load.begin(broker, messages(series, points), qos=1)
            began = float(load.end(process)[0])
            while (there := stored(url)) < sent:
                if process.poll() not in (None, 0) or time.monotonic() - began > 600:
                    raise SystemExit(f"bench: {there} of {sent} points came over MQTT")
                time.sleep(0.005)
            pace = sent / (time.monotonic() - began)
            # Lares and the broker that it runs.
            took = sum(clickhouse.processor_seconds(pid) for pid in [server.pid, *children(server.pid)])
            return pace, took / sent * 1e6
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def year_lines(first, days):
    """Fifty series of five-minute readings."""
    return "".join(
        f"year,station={station:02} value={20 + (slot * 31 + station) % 97 / 10:.1f} {first + (day * 288 + slot) * 300_000}\n"
        for day in days for slot in range(288) for station in range(50))


def children(pid):
    return [int(word) for path in pathlib.Path(f"/proc/{pid}/task").glob("*/children") for word in path.read_text().split()]


def note(session, what, series, costs):
    session.notes.append(f"{what}, {series} series: {sorted(costs)[len(costs) // 2]:.2f} µs of a processor a point")


def fill_year(url, path, first):
    for day in range(0, 365, 5):
        get(url + path, year_lines(first, range(day, day + 5)).encode())


def measure_dashboards(session, peers):
    """Milliseconds of a year of fifty series, 500 buckets each, in one answer; the peer answers the mean, the least and the greatest as three questions."""
    end = int(time.time()) // 300 * 300_000
    first = end - 365 * 86_400_000
    sides = {}
    with contextlib.ExitStack() as stack:
        for system in [Lares(), *[peer for peer in peers if isinstance(peer, VictoriaMetrics)]]:
            folder = stack.enter_context(tempfile.TemporaryDirectory(dir=os.environ.get("LARES_BENCH_FOLDER")))
            _, url, _ = stack.enter_context(running(system, folder))
            fill_year(url, system.path, first)
            sides[system.name] = lares_dashboard(url) if isinstance(system, Lares) else victoria_dashboard(url, first, end)
        # Lares tidies its statistics a minute after its start.
        time.sleep(75)
        values = session.in_turn("dashboard", sides)
    session.add("city/dashboard", "ms", values["Lares"], values.get("VictoriaMetrics", ()), smaller_is_better=True, peer="VictoriaMetrics", goal=300)


def lares_dashboard(url):
    series = [f"year,station={station:02}/value" for station in range(50)]
    body = json.dumps({"title": "year", "panels": [{"kind": "chart", "span": "year", "series": series}]}).encode()
    request = urllib.request.Request(url + "/lares/v1/dashboards", body, {"Content-Type": "application/json"})
    number = json.load(urllib.request.urlopen(request, timeout=10))["number"]

    def once():
        began = time.perf_counter()
        answer = get(f"{url}/lares/v1/dashboards/{number}/data?width=500")
        took = (time.perf_counter() - began) * 1_000
        charts = json.loads(answer)["panels"][0]["series"]
        if len(charts) != 50 or min(len(chart["buckets"]) for chart in charts) < 300:
            raise SystemExit("bench: the dashboard has too few series or buckets")
        return took

    return once


def victoria_dashboard(url, first, end):
    get(url + "/internal/force_flush")
    step = (end - first) // 500 // 1_000

    def once():
        began = time.perf_counter()
        answers = []
        for function in ("avg", "min", "max"):
            query = {"query": f"{function}_over_time(year_value[{step}s])", "start": first // 1_000, "end": end // 1_000, "step": f"{step}s", "nocache": 1}
            answers.append(get(f"{url}/api/v1/query_range?{urllib.parse.urlencode(query)}"))
        took = (time.perf_counter() - began) * 1_000
        if any(len(json.loads(answer)["data"]["result"]) != 50 for answer in answers):
            raise SystemExit("bench: VictoriaMetrics has not all series")
        return took

    return once


def measure_clickhouse(session, series_list, points):
    with clickhouse.running() as (server, port):
        for series in series_list:
            found = []

            def pace():
                found.append(clickhouse.ingest(str(TOOL), server, port, series, points))
                return found[-1]["pace"]

            values = session.in_turn(f"clickhouse {series}", {"ours": pace})["ours"]
            session.add(f"city/ingest/clickhouse/{series}", "points/s", values, goal=1_000_000)
            session.add(f"city/bytes-per-point/clickhouse/{series}", "bytes", [one["merged"] for one in found], smaller_is_better=True)
            times = {name: sorted(one[name] for one in found)[len(found) // 2] for name in ("server", "merging", "sender")}
            session.notes.append(
                f"clickhouse, {series} series: µs of a processor a point: server {times['server']:.2f}, with merging {times['merging']:.2f}, sender {times['sender']:.2f}")
        for name, (median, slowest) in clickhouse.dashboard(str(TOOL), port).items():
            session.add(f"city/dashboard/clickhouse/{name.replace(' ', '-').replace(',', '')}", "ms", [median], smaller_is_better=True, goal=300)
            session.notes.append(f"dashboard on ClickHouse, {name}: median of nine {median} ms, slowest {slowest} ms")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--points", type=int, default=5_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--series", default="1000,10000,100000")
    parser.add_argument("--only", default="http,mqtt,clickhouse,dashboard")
    parser.add_argument("--output", type=pathlib.Path, default=HERE.parent / ".build/city-ingest.json")
    options = parser.parse_args()
    parts, series_list = options.only.split(","), [int(text) for text in options.series.split(",")]
    session = Session(options.runs, "VictoriaMetrics")
    peers = [kind() for kind, program in ((VictoriaMetrics, "victoria-metrics"), (InfluxDB, "influxd")) if found(program)]
    with tempfile.TemporaryDirectory() as folder:
        if "http" in parts:
            load = loader(folder)
            for series in series_list:
                systems = [Lares(), *peers]
                values = session.in_turn(
                    f"{series} series", {one.name: lambda one=one: measure(one, load, series, options.points) for one in systems})
                add(session, values, series, [peer.name for peer in peers])
                for system in systems:
                    note(session, f"http, {system.name}", series, [value[2] for value in values[system.name]])
    if "mqtt" in parts:
        load = home_broker.Load(in_flight=IN_FLIGHT)
        for series in series_list:
            values = session.in_turn(f"mqtt {series}", {"ours": lambda: measure_mqtt(load, series, options.points // 5)})["ours"]
            session.add(f"city/ingest/mqtt/{series}", "points/s", [pace for pace, _ in values], goal=100_000)
            note(session, "mqtt, Lares and its broker", series, [cost for _, cost in values])
    if "clickhouse" in parts and (shutil.which("clickhouse-server") or os.path.exists("/usr/sbin/clickhouse-server")):
        measure_clickhouse(session, series_list, 4 * options.points)
    if "dashboard" in parts:
        measure_dashboards(session, peers)
    session.finish(options.output)


def add(session, values, series, peers):
    for place, (row, unit) in enumerate((("city/ingest/http", "points/s"), ("city/bytes-per-point", "bytes"))):
        ours = [value[place] for value in values["Lares"]]
        for peer in peers or [None]:
            theirs = [value[place] for value in values[peer]] if peer else ()
            session.add(f"{row}/{series}", unit, ours, theirs, smaller_is_better=place == 1, peer=peer, goal=400_000 if place == 0 else None)


if __name__ == "__main__":
    main()
