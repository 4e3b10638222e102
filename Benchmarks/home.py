"""The home of Lares beside Home Assistant on this machine: the same broker, accounts, announcements and messages. In turn, medians.

    .build/python/homeassistant/bin/python Benchmarks/home.py [--runs 5] [--only start,messages] [--output .build/home.json]

Called by `make bench ONLY=home`, which installs the peer. Prints a table and writes the JSON. A ratio above 1 means that Lares is better.
"""

import subprocess

import home_rows
import home_rules
import session
from home_stage import Stage


def measure(row, session):
    with Stage() as stage:
        row(session, stage)


if __name__ == "__main__":
    print(f"broker: {subprocess.run(['/usr/sbin/mosquitto', '-h'], capture_output=True, text=True).stdout.splitlines()[0]}, as Lares configures it", flush=True)
    session.run(home_rows.ROWS | home_rules.ROWS, home_rows.PEER, "home.json", measure)
