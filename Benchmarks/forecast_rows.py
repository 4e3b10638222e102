"""Rows of forecasts. LARES_CITY_DATA names a folder with ett/ETTh1.csv, energy/vic_electricity.csv and citylearn/Building_1.csv to Building_5.csv;
without it only made series are forecast. AutoETS takes seconds for a series, so it forecasts the samples once and its forecasts are kept in .build/autoets."""

import concurrent.futures
import os
import pathlib
import statistics
import tempfile
import time

import numpy as np

import forecast_series
from forecast_series import DAY, STEPS
from peer import Peer

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = pathlib.Path(os.environ.get("LARES_FORECAST", ROOT / ".build/benchmarks/release/forecast1000"))
COUNT, SAMPLE, SEEDS = 1000, 50, 1  # the made series have the seeds 1 to 1000, those of the sample are the first
GOAL_SECONDS = 60


def ours(program, series):
    """The forecasts of all, and the seconds that fitting and forecasting took. Shorter series begin later: they are missing until then."""
    length = max(map(len, series)) - STEPS
    table = np.full((len(series), length), np.nan)
    for row, values in zip(table, series):
        row[length - (len(values) - STEPS) :] = values[:-STEPS]
    with tempfile.TemporaryDirectory() as folder:
        given, answered = pathlib.Path(folder, "series.f64"), pathlib.Path(folder, "forecasts.f64")
        table.tofile(given)
        found = program.ask("forecast", input=str(given), output=str(answered), count=len(series), steps=STEPS, seasons=[DAY, forecast_series.WEEK])
        return np.fromfile(answered).reshape(len(series), STEPS), found


def filled(past):
    """What is missing is the value of the day before: AutoETS takes no gaps."""
    past = past.copy()
    for hour in np.flatnonzero(np.isnan(past)):
        past[hour] = past[hour - DAY] if hour >= DAY and not np.isnan(past[hour - DAY]) else np.nanmean(past)
    return past


def autoets(values):
    from statsforecast.models import AutoETS

    begun = time.monotonic()
    forecast = AutoETS(season_length=DAY).fit(filled(values[:-STEPS])).predict(STEPS)["mean"]
    return forecast, time.monotonic() - begun


def theirs(name, series):
    kept = ROOT / f".build/autoets/{name}.npz"
    if not kept.exists():
        with concurrent.futures.ProcessPoolExecutor(2) as pool:
            found = list(pool.map(autoets, series))
        kept.parent.mkdir(parents=True, exist_ok=True)
        np.savez(kept, forecasts=[f for f, _ in found], seconds=[s for _, s in found], sums=[np.nansum(v) for v in series])
    kept = np.load(kept)
    if not np.allclose(kept["sums"], [np.nansum(v) for v in series]):
        raise SystemExit(f"bench: .build/autoets/{name}.npz is of other series: remove it")
    return kept["forecasts"], float(kept["seconds"].mean())


def quality(session, program, name, series):
    """MASE of each series of a sample; the mean decides."""
    forecasts, _ = ours(program, series)
    peer, seconds = theirs(name, series)
    measure = [forecast_series.mase(values, forecast) for values, forecast in zip(series, forecasts)]
    their_measure = [forecast_series.mase(values, forecast) for values, forecast in zip(series, peer)]
    naive = [forecast_series.mase(values, np.tile(filled(values[:-STEPS])[-DAY:], 2)) for values in series]
    mean, their_mean = statistics.mean(measure), statistics.mean(their_measure)
    session.add(f"city/forecast1000/mase-{name}", "MASE", [mean], [their_mean], smaller_is_better=True, peer="AutoETS", goal=round(their_mean, 4))
    better = sum(a <= b for a, b in zip(measure, their_measure))
    session.notes.append(
        f"{name}: mean MASE of {len(series)} series {mean:.4f}, AutoETS {their_mean:.4f}, yesterday again {statistics.mean(naive):.4f}; "
        f"not worse than AutoETS on {better}; AutoETS took {seconds:.2f} s a series"
    )
    return seconds


def measure(session):
    made = [forecast_series.made(seed) for seed in range(SEEDS, SEEDS + COUNT)]
    with Peer("forecast1000", PROGRAM) as program:
        processor = []

        def run():
            found = ours(program, made)[1]
            processor.append(found["processor_seconds"])
            return found["seconds"]

        runs = session.in_turn("forecast1000", {"ours": run})
        session.notes.append(f"forecast1000: {statistics.median(processor):.1f} s of both processors together")
        seconds = quality(session, program, "made", made[:SAMPLE])
        session.add("city/forecast1000", "s", runs["ours"], [COUNT * seconds / 2], smaller_is_better=True, peer="AutoETS on 50, two at a time", goal=GOAL_SECONDS)
        if data := os.environ.get("LARES_CITY_DATA"):
            quality(session, program, "real", forecast_series.real(data, "test"))


ROWS = {"forecast1000": measure}
