"""Figures on public data, computed again by `lares eval`. Data are in a folder that LARES_CITY_DATA names, or ../shared/data/city beside the repository: `nab`,
`ett/ETTh1.csv`, `energy/vic_electricity.csv`. Without a benchmark of Numenta's there it is taken from where `scripts/nab` clones it. What isn't there is skipped."""

import json
import os
import pathlib

import pytest

from lares_server import ROOT, must_run
from test_city_clickhouse import swift_tests

CITY = pathlib.Path(os.environ.get("LARES_CITY_DATA", ROOT.parent / "shared/data/city"))
CHECKOUT = pathlib.Path(os.environ.get("LARES_NAB", ROOT / ".build/nab"))
NAB = next((folder for folder in (CITY / "nab", CHECKOUT) if (folder / "data").is_dir()), None)
# What other detectors said, of which some checkouts have no more than the scores.
SAID = next((folder / "results" for folder in (CITY / "nab", CHECKOUT) if any((folder / "results").glob("*/artificialNoAnomaly"))), None)
ETT, VICTORIA = CITY / "ett/ETTh1.csv", CITY / "energy/vic_electricity.csv"
WHERE = f"isn't in {CITY}, which LARES_CITY_DATA would name"
NEEDS_NAB = pytest.mark.skipif(NAB is None, reason=f"the Numenta Anomaly Benchmark {WHERE}, and `scripts/nab` didn't clone it: detectors are NOT scored")
NEEDS_SAID = pytest.mark.skipif(SAID is None, reason="no folder has what other detectors said of the benchmark (`scripts/nab` clones it): the scorer is NOT verified")
NEEDS_ETT = pytest.mark.skipif(not ETT.exists(), reason=f"ett/ETTh1.csv {WHERE}: forecasters are NOT scored on it")
NEEDS_VICTORIA = pytest.mark.skipif(not VICTORIA.exists(), reason=f"energy/vic_electricity.csv {WHERE}: the day-ahead forecaster is NOT scored")
# The goals: mean squared errors of all seven series, 96, 192, 336 and 720 hours ahead.
MOST = {96: 0.370, 192: 0.403, 336: 0.428, 720: 0.434}


def rows(tmp_path, *arguments, timeout=900):
    return json.loads(must_run(["eval", *map(str, arguments), "--json"], tmp_path, timeout=timeout))["rows"]


@NEEDS_NAB
@pytest.mark.timeout(900)
def test_detectors_on_the_benchmark(tmp_path):
    ours = next(row for row in rows(tmp_path, "nab", NAB) if row["detector"] == "lares ensemble")
    assert ours["standard"] > 70.1 and ours["cross_validated"] > 70.1
    print(f"standard {ours['standard']:.2f}, threshold of each folder chosen on the others {ours['cross_validated']:.2f}")


@NEEDS_NAB
@NEEDS_SAID
@pytest.mark.timeout(900)
def test_the_scorer_gives_the_published_figures(tmp_path):
    """Of what other detectors said, with the thresholds that the benchmark keeps."""
    found = rows(tmp_path, "nab", NAB, "--results", SAID)
    published = {row["detector"]: row for row in found if row["origin"] == "published"}
    assert published["ARTime"]["standard"] == pytest.approx(74.85377223215792)
    rescored = [row for row in found if row["origin"] == "rescored"]
    assert {row["detector"] for row in rescored} == {folder.parent.name for folder in SAID.glob("*/artificialNoAnomaly")} and rescored
    for row in rescored:
        for profile in ("standard", "reward_low_FP_rate", "reward_low_FN_rate"):
            assert row[profile] == pytest.approx(published[row["detector"]][profile], abs=1e-9), (row["detector"], profile)


@NEEDS_ETT
@pytest.mark.timeout(900)
def test_linear_forecasters_on_etth1(tmp_path):
    scores = next(row for row in rows(tmp_path, "ett", ETT, "--members", "0") if row["name"] == "nlinear")["scores"]
    assert all(scores[f"{hours} mse"] <= most for hours, most in MOST.items()), scores


@NEEDS_ETT
@pytest.mark.long
@pytest.mark.timeout(3_600)
def test_a_learned_forecaster_on_etth1(tmp_path):
    scores = next(row for row in rows(tmp_path, "ett", ETT, timeout=3_000) if row["name"] == "stid")["scores"]
    assert sum(scores[f"{hours} mse"] < most for hours, most in MOST.items()) >= 2, scores


@NEEDS_VICTORIA
@pytest.mark.long
@pytest.mark.timeout(1_800)
def test_the_next_day_of_victoria(tmp_path):
    found = {row["name"]: row["scores"]["mape"] for row in rows(tmp_path, "victoria", VICTORIA, timeout=1_500)}
    assert found["repeat 7 d"] == pytest.approx(5.22, abs=0.01)
    assert found["day-ahead"] <= 2.2, found


@NEEDS_ETT
@NEEDS_VICTORIA
@pytest.mark.long
@pytest.mark.timeout(3_600)
def test_intervals_hold_their_level_on_real_series():
    swift_tests("ConformalTests", LARES_CITY_DATA=str(CITY))
