#!/usr/bin/env python3
"""Golden values of classical forecasting, for Tests/LaresForecastTests/Golden/forecasts.json.

    pip install numpy==2.4.6 statsmodels==0.15.0 statsforecast==2.1.1
    python3 scripts/golden/forecasts.py Tests/LaresForecastTests/Golden/forecasts.json

`filters`: what statsmodels' ETSModel makes of one series with weights and first states that are given: its forecasts and the logarithm of the likelihood.
Where seasons are factors, statsmodels divides by the new level rather than by the old one as the book does; there the book's equations are computed here.
`choices`: what statsforecast's AutoETS chooses for short series: its form, its corrected Akaike criterion, its forecasts.
`reconciled`: forecasts of a small hierarchy by the textbook's formula S (S' W^-1 S)^-1 S' W^-1, in numpy.
"""
import json
import sys
import warnings
from importlib.metadata import version

import numpy as np
from statsforecast.models import AutoETS
from statsmodels.tsa.exponential_smoothing.ets import ETSModel

SEED = 2008
SEASON = 4
TRENDS = {"N": (None, False), "A": ("add", False), "Ad": ("add", True)}
PARTS = {"N": None, "A": "add", "M": "mul"}


def rounded(values):
    return [float(f"{v:.12g}") for v in np.asarray(values).ravel()]


def factors(values, season, weights, state, trend):
    """Multiplicative errors and seasons (Hyndman et al. 2008, table 2.3)."""
    level, slope, season = state["level"], 0.0 if trend == "N" else state["slope"], list(season)
    damping = weights["damping"] if trend == "Ad" else 1.0
    squares = logarithms = 0.0
    for time, value in enumerate(values):
        usual = level + damping * slope
        expected = usual * season[time % SEASON]
        error = (value - expected) / expected
        squares, logarithms = squares + error**2, logarithms + np.log(expected)
        level = usual * (1 + weights["level"] * error)
        slope = 0.0 if trend == "N" else damping * slope + weights["slope"] * usual * error
        season[time % SEASON] *= 1 + weights["season"] * error
    forecasts = []
    for time in range(len(values), len(values) + 6):
        slope *= damping
        level += slope
        forecasts.append(level * season[time % SEASON])
    return forecasts, -len(values) / 2 * (np.log(2 * np.pi * squares / len(values)) + 1) - logarithms


def filters(random):
    time = np.arange(40)
    values = 20 + 0.3 * time + np.array([3, -1, -4, 2])[time % SEASON] + random.normal(0, 1, 40)
    weights = {"level": 0.4, "slope": 0.1, "damping": 0.9, "season": 0.2}
    state = {"level": 19.0, "slope": 0.5}
    cases = []
    for errors in "AM":
        for trend, (kind, damped) in TRENDS.items():
            for season in "NAM":
                if errors == "A" and season == "M":
                    continue
                first = {"N": [], "A": [2.5, -1.5, -3.0, 2.0], "M": [1.1, 0.95, 0.85, 1.1]}[season]
                if season == "M":
                    forecasts, likelihood = factors(values, first, weights, state, trend)
                    cases.append({"form": f"{errors},{trend},{season}", "season": first, "forecasts": rounded(forecasts), "likelihood": float(f"{likelihood:.12g}")})
                    continue
                known = {"initial_level": state["level"]}
                numbers = [weights["level"]]
                if kind:
                    known["initial_trend"] = state["slope"]
                    numbers.append(weights["slope"])
                if first:
                    known["initial_seasonal"] = first
                    numbers.append(weights["season"])
                if damped:
                    numbers.append(weights["damping"])
                model = ETSModel(
                    values, error=PARTS[errors], trend=kind, damped_trend=damped, seasonal=PARTS[season],
                    seasonal_periods=SEASON if first else None, initialization_method="known", **known)
                names = model.param_names[: len(numbers)]
                order = {"smoothing_level": weights["level"], "smoothing_trend": weights["slope"], "smoothing_seasonal": weights["season"], "damping_trend": weights["damping"]}
                found = model.smooth([order[name] for name in names])
                cases.append({"form": f"{errors},{trend},{season}", "season": first, "forecasts": rounded(found.forecast(6)), "likelihood": float(f"{found.llf:.12g}")})
    return {"values": rounded(values), "weights": weights, "state": state, "cases": cases}


def choices(random):
    time = np.arange(96)
    month = 1 + 0.3 * np.sin(2 * np.pi * time / 12) + 0.1 * np.cos(4 * np.pi * time / 12)
    series = {
        "factors": (50 + 0.8 * time) * month * (1 + random.normal(0, 0.04, 96)),
        "sums": 100 + 20 * month + random.normal(0, 3, 96),
        "walk": 40 + np.cumsum(random.normal(0, 1, 96)),
        "noise": 5 + random.normal(0, 1, 96),
        "below zero": -30 + 10 * month + 0.2 * time + random.normal(0, 1, 96),
    }
    found = []
    for name, values in series.items():
        values = np.array(rounded(values))
        model = AutoETS(season_length=12).fit(values)
        found.append({"name": name, "values": values.tolist(), "form": model.model_["method"], "criterion": float(model.model_["aicc"]),
                      "forecasts": rounded(model.predict(12)["mean"])})
    return found


def reconciled(random):
    """Total, two districts, three and two leaves."""
    below = np.array([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0], [0, 0, 0, 1, 1], *np.eye(5)])
    forecasts = random.normal(10, 3, (8, 3))
    residuals = random.normal(0, 1, (8, 30)) * np.array([3, 2, 2, 1, 1.5, 0.5, 1, 0.7])[:, None] + random.normal(0, 1, 30)
    count = residuals.shape[1]
    covariance = residuals @ residuals.T / count
    deviation = np.sqrt(np.diag(covariance))
    scaled = residuals / deviation[:, None]
    correlation = scaled @ scaled.T / count
    doubt = ((scaled**2) @ (scaled**2).T - (scaled @ scaled.T) ** 2 / count) / (count * (count - 1))
    off = ~np.eye(8, dtype=bool)
    kept = 1 - min(1, max(0, doubt[off].sum() / (correlation[off] ** 2).sum()))
    shrunk = np.where(off, kept * correlation, 1) * np.outer(deviation, deviation)
    weights = {"ols": np.eye(8), "wls-structural": np.diag(below.sum(1)), "wls": np.diag(np.diag(covariance)), "mint": shrunk}
    answers = {}
    for name, w in weights.items():
        inverse = np.linalg.inv(w)
        answers[name] = (below @ np.linalg.solve(below.T @ inverse @ below, below.T @ inverse @ forecasts)).round(9).tolist()
    return {"forecasts": forecasts.tolist(), "residuals": residuals.tolist(), "answers": answers, "kept": kept}


warnings.simplefilter("ignore")
random = np.random.default_rng(SEED)
golden = {"made_with": {name: version(name) for name in ("numpy", "statsmodels", "statsforecast")},
          "filters": filters(random), "choices": choices(random), "reconciled": reconciled(random)}
with open(sys.argv[1], "w") as file:
    json.dump(golden, file, indent=1)
    file.write("\n")
