"""Closed lanes in the real SUMO: how soon they are seen, and that nothing is told without one."""

import json
import os
import subprocess

import pytest

from lares_server import PROGRAM
from test_traffic import SUMO, crossing  # noqa: F401  the crossing is a fixture

pytestmark = pytest.mark.skipif(SUMO is None, reason="SUMO isn't installed: run `scripts/setup bench control`")


def lengthen(folder, seconds):
    """The crossing's demand lasts ten minutes; incidents need time to learn and to be seen."""
    for file in (folder / "crossing.rou.xml", folder / "crossing.sumocfg"):
        file.write_text(file.read_text().replace('"600"', f'"{seconds}"'))


def evaluate(folder, *flags, timeout):
    environment = dict(os.environ, SUMO_HOME=str(SUMO), LANG="C.UTF-8", LC_ALL="C.UTF-8")
    command = [PROGRAM, "eval", "incidents", folder, "--json", *flags]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=timeout)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.long
def test_vehicles_that_stand_in_the_way_are_seen(crossing, tmp_path):  # noqa: F811
    folder = tmp_path / "crossing"
    subprocess.run(["cp", "-r", crossing, folder], check=True)
    lengthen(folder, 1800)
    result = evaluate(folder, "--seeds", "2", "--closures", "2", "--flow", "100", "--standing-only", timeout=300)
    incidents = result["incidents"]
    assert result["simulator"] == "SUMO 1.28.0" and incidents["junction_hours"] == pytest.approx(2 * 1500 / 3600, abs=0.01)
    rows = {row["method"]: row for row in incidents["rows"]}
    assert {"vehicles", "loops", "vehicles and loops", "California (loops)", "silent green (loops)"} == rows.keys()
    assert len(incidents["closures"]) == rows["vehicles"]["seen"]["of"] >= 2
    assert rows["vehicles"]["seen"]["share"] >= 0.75
    assert rows["vehicles"]["false_alarms"] == 0
    for closure in incidents["closures"]:
        assert closure["closing"] == "standing" and closure["delays"].keys() == rows.keys()


@pytest.mark.parametrize("flags, words", [(("--closures", "0"), "--closures"), (("--seeds", "0"), "--seeds"), (("--flow", "0"), "--flow")])
def test_wrong_options_are_clear_errors(tmp_path, flags, words):
    done = subprocess.run([PROGRAM, "eval", "incidents", tmp_path, *flags], env=dict(os.environ, LANG="C.UTF-8"), capture_output=True, text=True, timeout=30)
    assert done.returncode != 0 and words in done.stderr


def test_a_simulation_that_is_too_short_is_a_clear_error(crossing):  # noqa: F811
    environment = dict(os.environ, SUMO_HOME=str(SUMO), LANG="C.UTF-8", LC_ALL="C.UTF-8")
    done = subprocess.run([PROGRAM, "eval", "incidents", crossing, "--seeds", "1"], env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode != 0 and "600" in done.stderr
