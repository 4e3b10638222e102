"""Hourly series to be forecast: made ones that look like what a city measures, and windows of real ones.

Made series are named by their seed: the same seed gives the same series. Each is an array of HOURS + STEPS values; what is missing is NaN, and nothing
is missing among the last STEPS, which are what has to be forecast.
"""

import csv
import pathlib

import numpy as np

HOURS, STEPS = 8760, 48
DAY, WEEK = 24, 168


def bump(hours, middle, width):
    """A rise around an hour of the day, over midnight too."""
    away = (hours - middle + 12) % 24 - 12
    return np.exp(-0.5 * (away / width) ** 2)


def persistent(random, count, keep, deviation):
    """Noise that keeps a share of itself from hour to hour; its deviation is that of all of it."""
    steps, out, last = random.normal(0, deviation * np.sqrt(1 - keep**2), count), np.empty(count), 0.0
    for i, step in enumerate(steps):
        last = keep * last + step
        out[i] = last
    return out


def daily(random, hours, kind):
    """Over the hours of a day: homes rise in the morning and the evening, offices by day, traffic at the two rush hours."""
    shift = random.normal(0, 0.7)
    if kind == "home":
        return 0.25 + random.uniform(0.3, 0.6) * bump(hours, 7.5 + shift, 1.8) + random.uniform(0.6, 1.1) * bump(hours, 19.5 + shift, 2.8)
    if kind == "office":
        return 0.2 + random.uniform(0.8, 1.2) * bump(hours, 13 + shift, 3.5)
    if kind == "traffic":
        return 0.1 + random.uniform(0.7, 1.1) * bump(hours, 8 + shift, 1.3) + 0.6 * bump(hours, 13, 3) + random.uniform(0.7, 1.1) * bump(hours, 17.3 + shift, 1.8)
    return 0.5 + random.uniform(0.3, 0.6) * bump(hours, 15 + shift, 4.5)  # something that follows the weather


def made(seed):
    """A year and two days of one sensor."""
    random = np.random.default_rng(seed)
    count = HOURS + STEPS
    time = np.arange(count) + random.integers(0, WEEK)
    hours, days = time % DAY, time // DAY % 7
    kind = random.choice(["home", "office", "traffic", "weather"])
    workday, weekend = daily(random, hours, kind), daily(random, hours, "home" if kind == "home" else "weather")
    quiet = {"home": random.uniform(0.9, 1.25), "office": random.uniform(0.2, 0.6), "traffic": random.uniform(0.4, 0.8), "weather": 1}[kind]
    shape = np.where(days < 5, workday, workday if kind == "weather" else quiet * (0.5 * weekend + 0.5 * workday))
    year = 1 + random.uniform(0, 0.25) * np.cos(2 * np.pi * (time / 8766 + random.uniform()))
    trend = 1 + random.normal(0, 0.1) * np.arange(count) / count
    for _ in range(random.integers(0, 3)):  # something is built, or closed
        trend[random.integers(0, count) :] *= random.uniform(0.75, 1.3)
    weather = persistent(random, count, 0.97, random.uniform(0.02, 0.12))
    noise = persistent(random, count, random.uniform(0, 0.7), random.uniform(0.02, 0.12))
    values = 10 ** random.uniform(0, 3) * shape * year * trend * (1 + weather) * (1 + noise)
    if kind == "weather" and random.uniform() < 0.5:
        values -= values.mean()  # as temperatures are: below zero too
    return damaged(random, values)


def damaged(random, values):
    """Gaps of hours or days, and single values that are wrong."""
    past = values[:HOURS]
    past[random.uniform(size=HOURS) < 0.001] *= random.uniform(0, 3)
    for _ in range(random.integers(0, 12)):
        begin = random.integers(0, HOURS)
        past[begin : begin + random.integers(1, 48)] = np.nan
    return values


def columns(path, names):
    with open(path) as file:
        rows = list(csv.DictReader(file))
    return [np.array([float(row[name] or "nan") for row in rows]) for name in names]


def windows(series, ends):
    return [series[max(0, end - HOURS) : end + STEPS] for end in ends]


def real(folder, part):
    """51 windows of the transformer, of Victoria and of homes: `trial` ones to make choices with, later `test` ones to measure on."""
    folder, is_test = pathlib.Path(folder), part == "test"
    found = []
    for column in columns(folder / "ett/ETTh1.csv", ["HUFL", "HULL", "MUFL", "MULL", "LUFL", "LULL", "OT"]):
        found += windows(column, [15000, 16003, 17006] if is_test else [9000, 10603, 12206])
    demand, temperature = columns(folder / "energy/vic_electricity.csv", ["Demand", "Temperature"])
    demand, temperature = demand[: len(demand) // 2 * 2].reshape(-1, 2).sum(1), temperature[::2]
    found += windows(demand, range(18000, 26000, 907) if is_test else range(9000, 17000, 907))
    found += windows(temperature, range(18400, 26000, 1515) if is_test else range(9400, 17000, 1515))
    for number in range(1, 6):
        (load,) = columns(folder / f"citylearn/Building_{number}.csv", ["non_shiftable_load"])
        found += windows(load, [7700, 8205, 8710] if is_test else [5000, 5803, 6606])
    return found


def scale(series):
    """What MASE divides by: how far apart values a day apart are, in the year that is learnt from."""
    past = series[:-STEPS]
    return np.nanmean(np.abs(past[DAY:] - past[:-DAY]))


def mase(series, forecast):
    return float(np.nanmean(np.abs(series[-STEPS:] - forecast)) / scale(series))
