#!/usr/bin/env python3
"""Writes what croniter, zoneinfo, dateutil, astral and holidays make of schedules, for Tests/LaresPlacesTests/Golden/schedules.json.

    pip install croniter==7.0.0 astral==3.2 python-dateutil==2.9.0.post0 holidays==0.109
    python3 scripts/golden/schedules.py Tests/LaresPlacesTests/Golden/schedules.json
    python3 scripts/golden/schedules.py --sun-only --every 1 all.json      # every day of the sun, for the test with LARES_SCHEDULES_GOLDEN=all.json

Wall times come from croniter, which is given no time zone; zoneinfo makes moments of them by the rule under test: what clocks skip comes
behind the gap, what they show twice comes the first time. Expressions for every hour are matched against what wall clocks show in each quarter of an hour of elapsed time.
"""
import argparse
import json
from datetime import date, datetime, timedelta, timezone
from importlib.metadata import version
from zoneinfo import ZoneInfo

import croniter
import holidays
from astral import Observer, sun
from dateutil.rrule import rrulestr
from holidays.ical import ICalExporter

# Years that are over, so that no later version of the time zone database changes them.
FIRST, LAST = 2015, 2024
ZONES = {  # latitude and longitude of the city
    "Europe/Berlin": (52.52, 13.405), "Europe/London": (51.5074, -0.1278), "Europe/Helsinki": (60.1699, 24.9384),
    "Europe/Istanbul": (41.0082, 28.9784), "Europe/Moscow": (55.7558, 37.6173), "Atlantic/Reykjavik": (64.1466, -21.9426),
    "Africa/Cairo": (30.0444, 31.2357), "Africa/Casablanca": (33.5731, -7.5898), "Asia/Tehran": (35.6892, 51.389),
    "Asia/Kolkata": (22.5726, 88.3639), "Asia/Shanghai": (39.47, 75.99), "Asia/Pyongyang": (39.0392, 125.7625),
    "Australia/Sydney": (-33.8688, 151.2093), "Australia/Lord_Howe": (-31.5553, 159.0821), "Pacific/Auckland": (-36.8509, 174.7645),
    "Pacific/Chatham": (-43.9535, -176.5597), "Pacific/Apia": (-13.8507, -171.7514), "America/New_York": (40.7128, -74.006),
    "America/St_Johns": (47.5615, -52.7126), "America/Sao_Paulo": (-23.5505, -46.6333), "America/Havana": (23.1136, -82.3666),
    "America/Los_Angeles": (34.0522, -118.2437), "America/Asuncion": (-25.2637, -57.5759), "Pacific/Kiritimati": (1.8721, -157.4278),
    "Arctic/Longyearbyen": (78.2232, 15.6267), "Antarctica/Troll": (-72.0117, 2.535),
}
WALL = [
    "30 2 * * *", "*/20 2 * * *", "0 0 * * *", "15,45 0-3 * * *", "30 1 * * sun", "0 12 13 * fri", "0 8-18/2 1-7,15 * mon-fri", "5 4 29 feb *",
    "0 22 */2 * 1", "10 3 31 1-12 */3", "59 23 28-31 * 0,7", "0 6 * jan,jul,oct 2-4",
]
HOURLY = ["*/15 * * * *", "30 * * * *", "7 0-23 * * sat,sun"]
RULES = [
    "20000101 FREQ=YEARLY", "20000229 FREQ=YEARLY", "19970911 FREQ=YEARLY;BYMONTH=11;BYDAY=4TH", "20000101 FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO",
    "20000103 FREQ=YEARLY;INTERVAL=3;COUNT=7", "20000101 FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=2,3,4,5,6,7,8;BYDAY=TU",
    "20000101 FREQ=YEARLY;BYDAY=20MO", "20000101 FREQ=YEARLY;BYDAY=-1SU;UNTIL=20151231", "20000601 FREQ=YEARLY;BYMONTH=1,6;BYMONTHDAY=-1,1",
    "20000101 FREQ=YEARLY;BYMONTH=10;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "20050315 FREQ=YEARLY;BYMONTH=3;COUNT=5", "20000101 FREQ=YEARLY;BYDAY=FR;BYMONTHDAY=13",
    "20000101 FREQ=YEARLY;BYMONTH=9;BYDAY=1MO,3MO;INTERVAL=2", "20000101 FREQ=YEARLY;BYMONTH=6;BYDAY=SA;BYMONTHDAY=20,21,22,23,24,25,26",
]
EVENTS = {"dawn": sun.dawn, "sunrise": sun.sunrise, "noon": sun.noon, "sunset": sun.sunset, "dusk": sun.dusk}
MASK = (1 << 64) - 1
COMMITTED = "Tests/LaresPlacesTests/Golden/schedules.json"


def digest(moments):
    """FNV-1a over whole moments instead of bytes, and their number: enough to find a difference, and small."""
    value = 0xCBF29CE484222325
    for moment in moments:
        value = ((value ^ (moment & MASK)) * 0x100000001B3) & MASK
    return {"count": len(moments), "hash": f"{value:016x}"}


def wall_times(expression):
    """All wall times of an expression. A star with a step leaves a day field free, as cron has it (croniter's implement_cron_bug)."""
    start, end = datetime(FIRST, 1, 1), datetime(LAST + 1, 1, 1)
    times = croniter.croniter(expression, start - timedelta(seconds=1), implement_cron_bug=True)
    while (time := times.get_next(datetime)) < end:
        yield time


def moment(wall, zone):
    """When clocks first show a time, or the end of the gap that hides it. Wall times are naive."""
    first = wall.replace(tzinfo=zone, fold=0)
    seconds = int(first.timestamp())
    if datetime.fromtimestamp(seconds, zone).replace(tzinfo=None) == wall:
        return seconds
    # In a gap: the instant at which the offset changes, by bisection between the two readings of the wall time.
    low, high = sorted((int(wall.replace(tzinfo=zone, fold=1).timestamp()), seconds))
    before = datetime.fromtimestamp(low, zone).utcoffset()
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if datetime.fromtimestamp(middle, zone).utcoffset() == before else (low, middle)
    return high


def bounds(zone):
    return [moment(datetime(year, 1, 1), zone) for year in (FIRST, LAST + 1)]


def wall_moments(times, zone):
    first, end = bounds(zone)
    return sorted({at for at in (moment(time, zone) for time in times) if first <= at < end})


def offsets(zone):
    """How far clocks are ahead of UTC, for every quarter of an hour: none of these years' changes comes in between."""
    first, end = bounds(zone)
    return [(at, int(datetime.fromtimestamp(at, zone).utcoffset().total_seconds())) for at in range(first, end, 900)]


def hourly_moments(expression, offsets):
    """Every minute of elapsed time whose wall clock matches an expression for every hour of every month."""
    minutes, hours, days, months, weekdays = croniter.croniter.expand(expression)[0]
    assert days == months == ["*"] and hours in (["*"], list(range(24)))
    moments = []
    for at, offset in offsets:
        wall = at + offset
        if weekdays == ["*"] or (wall // 86_400 + 4) % 7 in weekdays:
            moments += [at + 60 * minute for minute in range(15) if (wall // 60 + minute) % 60 in minutes]
    return moments


def is_consistent(observer, event, at):
    """Whether the sun, by astral's own heights, passes the event's within 20 seconds of the time it gives.

    It doesn't where an event in local time lies on another day of UTC and astral takes that day's neighbour, and where the sun grazes the
    horizon so that astral's two steps of iteration aren't enough.
    """
    if event == "noon":
        return True
    seen = sun.SUN_APPARENT_RADIUS if event in ("sunrise", "sunset") else 6.0
    height = -seen - sun.refraction_at_zenith(90 + seen)
    before, behind = (sun.elevation(observer, at + timedelta(seconds=by), with_refraction=False) for by in (-20, 20))
    return min(before, behind) < height < max(before, behind)


def sun_table(zone, position, every):
    """Seconds from UTC midnight of each day to its events; null where astral has none, or one that contradicts itself."""
    observer = Observer(*position)
    table, dropped = {event: [] for event in EVENTS}, 0
    day = date(FIRST, 1, 1)
    while day.year <= LAST:
        for event, function in EVENTS.items():
            seconds = None
            try:
                at = function(observer, day, tzinfo=zone)
                if is_consistent(observer, event, at):
                    seconds = round(at.timestamp() - datetime(day.year, day.month, day.day, tzinfo=timezone.utc).timestamp())
                else:
                    dropped += 1
            except ValueError:
                pass
            table[event].append(seconds)
        day += timedelta(days=every)
    return {"zone": zone.key, "latitude": position[0], "longitude": position[1], "dropped": dropped, **table}


def rule_days(text):
    start, rule = text.split(" ")
    days = rrulestr(f"DTSTART:{start}T000000\nRRULE:{rule}").between(datetime(1999, 1, 1), datetime(2030, 12, 31), inc=True)
    return {"start": start, "rule": rule, "days": [day.strftime("%Y%m%d") for day in days]}


def calendars():
    """Files as people import them, and the days that the package itself lists. Their stamps, which change with every run, are taken out."""
    for country, part in (("DE", "BE"), ("US", None), ("CN", None), ("IL", None)):
        days = holidays.country_holidays(country, subdiv=part, years=range(2024, 2026))
        lines = [line for line in ICalExporter(days).generate().split("\r\n") if not line.startswith(("DTSTAMP", "CATEGORIES"))]
        yield {"country": country, "text": "\r\n".join(lines), "days": [str(day) for day in sorted(days) if 2024 <= day.year <= 2025]}


def cron_cases(zones):
    """Number, digest, first and last of every crontab's moments in every zone."""
    cases = []
    for expression in WALL:
        times = list(wall_times(expression))
        for name, zone in zones.items():
            moments = wall_moments(times, zone)
            cases.append({"cron": expression, "zone": name, **digest(moments), "first": moments[0], "last": moments[-1]})
    for name, zone in zones.items():
        quarters = offsets(zone)
        for expression in HOURLY:
            moments = hourly_moments(expression, quarters)
            cases.append({"cron": expression, "zone": name, **digest(moments), "first": moments[0], "last": moments[-1]})
    return cases


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--every", type=int, default=29, help="days from one of the sun's days to the next")
    parser.add_argument("--sun-only", action="store_true", help="leave the crontabs as they are in the committed file")
    parser.add_argument("out")
    arguments = parser.parse_args()
    zones = {name: ZoneInfo(name) for name in ZONES}
    cases = json.load(open(COMMITTED))["cron"] if arguments.sun_only else cron_cases(zones)
    golden = {
        "made": ", ".join(f"{name} {version(name)}" for name in ("croniter", "astral", "python-dateutil", "holidays")),
        "from": f"{FIRST}-01-01", "through": f"{LAST}-12-31", "cron": cases, "every": arguments.every,
        "sun": [sun_table(zones[name], position, arguments.every) for name, position in ZONES.items()],
        "rules": [rule_days(text) for text in RULES], "calendars": list(calendars()),
    }
    with open(arguments.out, "w") as file:
        json.dump(golden, file, separators=(",", ":"))
        file.write("\n")


main()
