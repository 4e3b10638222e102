"""Public holidays of 2020 to 2050 by the Python package `holidays`, for the calendars that come with Lares.

    python3 -m venv venv && venv/bin/pip install holidays==0.109
    venv/bin/python scripts/golden/public_holidays.py > Tests/LaresPlacesTests/Golden/holidays.json

Days that are moved because they fall on a weekend are left out, as those countries have none. A few seconds.
"""

import json

import holidays

STATES = "bw by be bb hb hh he mv ni nw rp sl sn st sh th".split()
NAMES = ["de"] + [f"de-{state}" for state in STATES] + "at be cz dk fr it lu no pl pt se".split()
YEARS = range(2020, 2051)


def days(name, year):
    country, _, state = name.upper().partition("-")
    found = holidays.country_holidays(country, subdiv=state or None, years=year, observed=False)
    return " ".join(day.strftime("%m%d") for day in sorted(found))


print(json.dumps({"made": f"holidays {holidays.__version__}", "from": YEARS[0], "calendars": {name: [days(name, year) for year in YEARS] for name in NAMES}}, indent=0))
