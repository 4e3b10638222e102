"""Readings a second into one ClickHouse server, the bytes they take, and a year's dashboard: `clickhouse.py PROGRAM [POINTS]`; rows of `make bench ONLY=city`
too (`city_ingest.py`).

Starts a server of its own with the compression that scripts/city-cluster gives its nodes.
"""

import contextlib
import os
import pathlib
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

SETTINGS = """<yandex><logger><level>warning</level><log>{0}/log</log><errorlog>{0}/errors</errorlog></logger>
<http_port>{1}</http_port><listen_host>127.0.0.1</listen_host><max_connections>200</max_connections>
<keep_alive_timeout>10</keep_alive_timeout><max_concurrent_queries>100</max_concurrent_queries>
<uncompressed_cache_size>0</uncompressed_cache_size><mark_cache_size>1000000000</mark_cache_size>
<path>{0}/data/</path><tmp_path>{0}/data/tmp/</tmp_path><users_config>{0}/users.xml</users_config>
<default_profile>default</default_profile><default_database>default</default_database><timezone>UTC</timezone>
<mlock_executable>false</mlock_executable><compression><case><min_part_size>10000000</min_part_size>
<min_part_size_ratio>0</min_part_size_ratio><method>zstd</method></case></compression></yandex>"""
USERS = """<yandex><profiles><default/></profiles><quotas><default/></quotas><users><default><password/>
<networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></default></users></yandex>"""


def ask(port, question):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", data=question.encode(), timeout=600) as answer:
        return answer.read().decode().strip()


def wait_for(port):
    deadline = time.monotonic() + 30
    while True:
        try:
            return ask(port, "SELECT version()")
        except (OSError, urllib.error.URLError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def size(port, series):
    rows = ask(port, f"SELECT sum(bytes_on_disk) FROM system.parts WHERE active AND database = 'bench_ingest_{series}'")
    return int(rows)


def processor_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def children_seconds():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


@contextlib.contextmanager
def running():
    """A server of its own: its process and its port."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="lares-clickhouse-"))
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    (folder / "data").mkdir()
    (folder / "config.xml").write_text(SETTINGS.format(folder, port))
    (folder / "users.xml").write_text(USERS)
    server = subprocess.Popen([shutil.which("clickhouse-server") or "/usr/sbin/clickhouse-server", f"--config-file={folder}/config.xml"],
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        yield server, port
    finally:
        server.kill()
        server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def ingest(program, server, port, series, points):
    """Points a second, bytes a point as written and merged, and microseconds of a processor a point: the server's, with merging, the sender's."""
    database = f"bench_ingest_{series}"
    began, own = processor_seconds(server.pid), children_seconds()
    row = subprocess.run([program, "ingest", f"clickhouse://127.0.0.1:{port}", str(series), str(points)], capture_output=True, text=True, check=True).stdout
    row, *wrong = row.strip().splitlines()
    if wrong:
        raise SystemExit(f"bench: {wrong[0]}")
    sent, pace = (int(cell) for cell in row.strip("| ").split("|")[1:3])
    found = {"points": sent, "pace": pace, "written": size(port, series) / sent, "sender": (children_seconds() - own) / sent * 1e6}
    found["server"] = (processor_seconds(server.pid) - began) / sent * 1e6
    ask(port, f"OPTIMIZE TABLE {database}.lares_readings FINAL")
    found["merged"], found["merging"] = size(port, series) / sent, (processor_seconds(server.pid) - began) / sent * 1e6
    ask(port, f"DROP DATABASE {database}")
    return found


def dashboard(program, port):
    """Milliseconds of a dashboard by what it is made from: the median of nine, and the slowest."""
    said = subprocess.run([program, "dashboard", f"clickhouse://127.0.0.1:{port}"], capture_output=True, text=True, check=True).stdout
    if "WRONG" in said:
        raise SystemExit(f"bench: {said}")
    cells = [[cell.strip() for cell in line.strip("| ").split("|")] for line in said.strip().splitlines()[2:]]
    return {name: (int(median), int(slowest)) for name, median, slowest in cells}


def main(program, points):
    with running() as (server, port):
        version = ask(port, "SELECT version()")
        print(f"ClickHouse {version} and the program that sends on one machine.\n")
        print("| series | points | points/s durable and queryable | bytes a point, as written | merged | µs of a processor a point, server | with merging | sender |")
        print("|---:|---:|---:|---:|---:|---:|---:|---:|")
        for series in (1_000, 10_000, 100_000):
            one = ingest(program, server, port, series, points)
            times = f"{one['server']:.2f} | {one['merging']:.2f} | {one['sender']:.2f}"
            print(f"| {series} | {one['points']} | {one['pace']} | {one['written']:.2f} | {one['merged']:.2f} | {times} |", flush=True)
        print("\n| a year of 50 series, 500 buckets each | ms, median of 9 | slowest |\n|---|---:|---:|")
        for name, (median, slowest) in dashboard(program, port).items():
            print(f"| {name} | {median} | {slowest} |")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 20_000_000)
