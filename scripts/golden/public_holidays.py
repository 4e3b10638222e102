"""Public holidays of 2020 to 2050 by the Python package `holidays`, for the calendars that come with Lares.

    python3 -m venv venv && venv/bin/pip install holidays==0.109 ephem==4.2.1
    venv/bin/python scripts/golden/public_holidays.py > Tests/LaresPlacesTests/Golden/holidays.json

Days that are holidays beside those on a weekend are in it where a law has them: in the United States, in England and Wales, and the Dutch King's Day.
China's weekends that are worked, and the days off for them, are left out: they are decreed year by year, as the longer Spring Festival of 2020 was. With `--festivals` it writes the table of
China's festivals (month and day) instead, once new moons and the sun have agreed to it. A few seconds.
"""

import datetime
import json
import math
import sys

import ephem
import holidays

STATES = "bw by be bb hb hh he mv ni nw rp sl sn st sh th".split()
NAMES = ["de"] + [f"de-{state}" for state in STATES] + "at be ch cn cz dk es fr gb it lu nl no pl pt se us".split()
PARTS = {"gb": "ENG"}
OBSERVED = ("gb", "nl", "us")
DECREED = ("Day off", "Extended")
YEARS = range(2020, 2051)


FESTIVALS = {"(Spring Festival)": 0, "Tomb-Sweeping": None, "Dragon Boat": 4, "Mid-Autumn": 14}  # days after the new moon
CHINA = datetime.timedelta(hours=8)


def country(name, year, **options):
    code, _, state = name.upper().partition("-")
    return holidays.country_holidays(code, subdiv=state or PARTS.get(name), years=year, observed=name in OBSERVED, **options)


def days(name, year):
    found = country(name, year) if name != "cn" else {day for day, word in country(name, year, language="en_US").items() if not any(decreed in word for decreed in DECREED)}
    return " ".join(day.strftime("%m%d") for day in sorted(found))


def festivals(year):
    known = country("cn", year, language="en_US")
    row = [min(day for day, word in known.items() if festival in word) for festival in FESTIVALS]
    for day, after in zip(row, FESTIVALS.values()):
        midnight = datetime.datetime(day.year, day.month, day.day) - CHINA
        end = ephem.Date(midnight + datetime.timedelta(days=1))
        if after is None:
            assert longitude(ephem.Date(midnight)) <= 15 < longitude(end), day
        else:
            assert (day - (ephem.previous_new_moon(end).datetime() + CHINA).date()).days == after, day
    return "(" + ", ".join(f"{day:%-m%d}" for day in row) + ")"


def longitude(time):
    return math.degrees(ephem.Ecliptic(ephem.Sun(time), epoch=time).lon)


if "--festivals" in sys.argv:
    print(",\n".join(festivals(year) for year in YEARS))
else:
    print(json.dumps({"made": f"holidays {holidays.__version__}", "from": YEARS[0], "calendars": {name: [days(name, year) for year in YEARS] for name in NAMES}}, indent=0))
