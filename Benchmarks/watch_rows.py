"""Row of watching: readings a second that the default detectors take in, 10,000 series, two threads. No peer."""

import os
import pathlib

from peer import Peer

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = pathlib.Path(os.environ.get("LARES_WATCH", ROOT / ".build/benchmarks/release/watch"))
SERIES, VALUES, GOAL = 10_000, 200, 200_000


def watch(session):
    with Peer("watch", PROGRAM) as program:
        found = []

        def pace():
            found.append(program.ask("watch", series=SERIES, values=VALUES, threads=2))
            return found[-1]["points"] / found[-1]["seconds"]

        values = session.in_turn("watch", {"ours": pace})["ours"]
    session.add("city/watch", "points/s", values, goal=GOAL)
    session.notes.append(f"city/watch: {SERIES} series, a detector keeps up to {found[-1]['bytes']} bytes; {found[-1]['alarms']} of {found[-1]['points']} readings were worth an alarm")


ROWS = {"watch": watch}
