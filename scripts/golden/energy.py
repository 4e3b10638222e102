#!/usr/bin/env python3
"""Works out what energy costs, five minutes after five minutes by zoneinfo, for Tests/LaresPlacesTests/Golden/energy.json.

    python3 scripts/golden/energy.py Tests/LaresPlacesTests/Golden/energy.json

The test makes the same flows from the same formula, puts them into a telemetry store, and compares what the account says of them.
"""
import json
import sys
from collections import defaultdict
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

STEP = 300
METERS = {"import": (7919, 60), "export": (104729, 25), "solar": (1299709, 90), "lamp": (15485863, 20), "oven": (179424673, 70)}
HOLIDAYS = ["2024-04-01", "2024-10-28"]
# Years that are over, so that no later version of the time zone database changes them.
PLACES = [
    ("Europe/Berlin", "2024-03-28", "2024-04-03"), ("Europe/Berlin", "2024-10-25", "2024-11-02"),
    ("Australia/Lord_Howe", "2024-04-05", "2024-04-08"), ("Australia/Lord_Howe", "2024-10-04", "2024-10-07"),
    ("Asia/Kolkata", "2024-03-30", "2024-04-02"), ("America/St_Johns", "2024-11-01", "2024-11-04"),
    ("America/Havana", "2024-03-09", "2024-03-11"), ("America/Havana", "2024-11-02", "2024-11-04"),
]


def flow(name, slot):
    """Watt-hours of a slot of five minutes, by its number since 1970."""
    factor, most = METERS[name]
    return slot * factor // 1000 % most


def tariffs(first):
    """A fixed price, times of use from the second day, market prices from the last day but one."""
    second, third = (str(date.fromisoformat(first) + timedelta(days=n)) for n in (1, 3))
    workdays = ["mon", "tue", "wed", "thu", "fri"]
    return {"currency": "EUR", "tariffs": [
        {"from": first, "kind": "fixed", "price": 0.31, "feed_in": 0.08, "standing": 0.5},
        {"from": second, "kind": "time_of_use", "otherwise": 0.3, "feed_in": 0.07, "standing": 0.4, "blocks": [
            {"days": workdays, "from": "17:15", "to": "20:00", "holidays": {"days": "exclude", "calendars": ["x"]}, "price": 0.45},
            {"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "from": "22:00", "to": "02:30", "price": 0.2}]},
        {"from": third, "kind": "hourly", "factor": 1.19, "surcharge": 0.15, "feed_in": 0.05}]}


def market(hour):
    """The price of an hour since 1970; some have none."""
    return None if hour % 17 == 0 else (hour * 31 % 97 - 20) / 100


def minutes(text):
    return int(text[:2]) * 60 + int(text[3:])


def begins(block, day):
    if day.strftime("%a").lower() not in block["days"]:
        return False
    return "holidays" not in block or str(day) not in HOLIDAYS


def price(tariff, local, instant):
    if tariff["kind"] == "fixed":
        return tariff["price"]
    if tariff["kind"] == "hourly":
        found = market(instant // 3600)
        return None if found is None else found * tariff["factor"] + tariff["surcharge"]
    clock = local.hour * 60 + local.minute
    for block in tariff["blocks"]:
        start, end = minutes(block["from"]), minutes(block["to"])
        inside = start <= clock < end and begins(block, local.date()) if start < end else (
            clock >= start and begins(block, local.date()) or clock < end and begins(block, local.date() - timedelta(days=1)))
        if inside:
            return block["price"]
    return tariff["otherwise"]


def case(name, first, last):
    zone, book = ZoneInfo(name), tariffs(first)
    start = datetime.fromisoformat(first).replace(tzinfo=timezone.utc) - timedelta(days=2)
    parts = defaultdict(lambda: defaultdict(float))   # what is used under one price in one hour of clocks
    for slot in range(int(start.timestamp()) // STEP, int(start.timestamp()) // STEP + 20 * 288):
        instant = slot * STEP
        local = datetime.fromtimestamp(instant, zone)
        if not first <= str(local.date()) <= last:
            continue
        tariff = [t for t in book["tariffs"] if t["from"] <= str(local.date())][-1]
        paid = price(tariff, local, instant)
        hourly = any(t["kind"] == "hourly" for t in book["tariffs"])
        edges = tuple(local.hour * 60 + local.minute >= minutes(t) for t in ("17:15", "20:00", "22:00", "02:30"))
        key = (str(local.date()), local.hour, local.utcoffset(), edges, instant // 3600 if hourly else 0, paid)
        part = parts[key]
        part["tariff"] = tariff
        for meter in METERS:
            part[meter] += flow(meter, slot) / 1000
    days = {}
    for (day, hour, offset, _, _, paid), part in parts.items():
        sums = days.setdefault(day, defaultdict(float) | {"day": day, "hours": set(), "standing": part["tariff"].get("standing", 0)})
        sums["hours"].add((hour, offset))
        for meter in METERS:
            sums[meter] += part[meter]
        sums["income"] += part["export"] * part["tariff"]["feed_in"]
        if paid is None:
            sums["unpriced"] += part["import"]
            continue
        cost = part["import"] * paid
        used = max(part["import"] + part["solar"] - part["export"], part["lamp"] + part["oven"])
        sums["cost"] += cost
        sums["oven_cost"] += cost * part["oven"] / used if used else 0
    return {"zone": name, "from": first, "through": last, "tariffs": book,
            "days": [{k: len(v) if k == "hours" else v if isinstance(v, str) else round(v, 9) for k, v in d.items()} for d in days.values()]}


golden = {"holidays": HOLIDAYS, "cases": [case(*place) for place in PLACES]}
with open(sys.argv[1], "w") as file:
    json.dump(golden, file, indent=1)
    file.write("\n")
