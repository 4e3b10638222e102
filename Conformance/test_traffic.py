"""Traffic signals in the real SUMO: the safety shell, the controllers, and a simulator that dies."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import time

import pytest

from lares_server import PROGRAM, ROOT

HOMES = [os.environ.get("SUMO_HOME"), *sorted((ROOT / ".build/python/traffic/lib").glob("*/site-packages/sumo"))]
SUMO = next((pathlib.Path(home) for home in HOMES if home and pathlib.Path(home, "bin/sumo").exists()), None)
pytestmark = pytest.mark.skipif(SUMO is None, reason="SUMO isn't installed: run `scripts/setup bench control`")


@pytest.fixture(scope="module")
def crossing(tmp_path_factory):
    """Two roads that cross, with people on foot: made from our own plain files by SUMO's netconvert."""
    folder = tmp_path_factory.mktemp("traffic") / "crossing"
    shutil.copytree(ROOT / "Conformance/traffic", folder)
    plain = ["-n", "crossing.nod.xml", "-e", "crossing.edg.xml", "-x", "crossing.con.xml", "-o", "crossing.net.xml"]
    options = ["--no-turnarounds", "true", "--tls.yellow.time", "3", "--tls.default-type", "static"]
    subprocess.run([SUMO / "bin/netconvert", *plain, *options], cwd=folder, env=dict(os.environ, SUMO_HOME=str(SUMO)), check=True, capture_output=True)
    return folder


def start(folder, *flags):
    environment = dict(os.environ, SUMO_HOME=str(SUMO), LANG="C.UTF-8", LC_ALL="C.UTF-8")
    return subprocess.Popen([PROGRAM, "eval", "traffic", folder, *flags], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_every_method_keeps_the_street_safe(crossing):
    running = start(crossing, "--seeds", "2", "--json")
    output, errors = running.communicate(timeout=120)
    assert running.returncode == 0, errors
    result = json.loads(output)
    assert result["simulator"] == "SUMO 1.28.0"
    rows = {row["name"]: row for row in result["networks"][0]["rows"]}
    assert {"fixed", "actuated", "max-pressure, 5 s", "max-wave, 5 s", "learned", "learned, loops only"} <= rows.keys()
    assert all(row["violations"] == 0 and row["fall_backs"] == 0 and len(row["delays"]) == 2 for row in rows.values())
    # On unequal roads whoever looks at the traffic is better than who doesn't.
    assert rows["learned"]["mean"] < rows["fixed"]["mean"]
    assert rows["learned, loops only"]["mean"] < rows["fixed"]["mean"]


def test_the_same_seed_gives_the_same_delays(crossing):
    outputs = []
    for _ in range(2):
        running = start(crossing, "--seeds", "1", "--json", "--learned-only")
        outputs.append(json.loads(running.communicate(timeout=60)[0]))
    first, second = ([row["delays"] for row in output["networks"][0]["rows"]] for output in outputs)
    assert first == second


def simulators(process):
    found = subprocess.run(["pgrep", "-P", str(process), "-f", "remote-port"], capture_output=True, text=True).stdout.split()
    return [int(child) for child in found]


def cpu_seconds(process):
    fields = pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_a_simulator_that_dies_is_a_clear_error(crossing, tmp_path, how):
    shutil.copytree(crossing, tmp_path, dirs_exist_ok=True)
    for file in (tmp_path / "crossing.rou.xml", tmp_path / "crossing.sumocfg"):
        file.write_text(file.read_text().replace('"600"', '"60000"'))  # so long that it is still driving when it dies
    running = start(tmp_path, "--seeds", "2", "--learned-only", "--patience", "2")
    deadline = time.time() + 150  # first it proves the signal's shell
    while not (found := simulators(running.pid)) and time.time() < deadline:
        time.sleep(0.01)
    while cpu_seconds(found[0]) < 1 and time.time() < deadline:  # it has read its network and drives
        time.sleep(0.01)
    os.kill(found[0], how)
    output, errors = running.communicate(timeout=30)
    assert running.returncode != 0
    assert "fell back to its programme" in errors and "SUMO is gone" in errors
    assert not pathlib.Path(f"/proc/{found[0]}").exists() or how == signal.SIGKILL


def test_what_is_no_network_is_a_clear_error(tmp_path):
    running = start(tmp_path)
    _, errors = running.communicate(timeout=30)
    assert running.returncode != 0 and ".sumocfg" in errors
