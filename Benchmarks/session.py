"""A run of benchmarks: its samples in turn, its rows and notes."""

import argparse
import pathlib
import sys

import machine
from rows import Row, print_table, write_json


class Session:
    def __init__(self, runs, peer):
        self.runs, self.peer = runs, peer
        self.idle = machine.IdleCheck()
        self.rows, self.notes = [], []
        self.limits = machine.limits()
        print(f"{machine.description()}; {self.limits}, two threads", flush=True)
        if runs < 5:
            print("note: medians of fewer than five runs are for trying out only", file=sys.stderr)

    def in_turn(self, label, sides):
        """The values of each of the functions in `sides`, run after run; who begins changes with each run, and each waits for an idle machine."""
        values = {name: [] for name in sides}
        for run in range(self.runs):
            for name in reversed(sides) if run % 2 else sides:
                self.idle.wait()
                values[name].append(sides[name]())
            print(f"  {label} {run + 1}/{self.runs}", file=sys.stderr, flush=True)
        return values

    def add(self, name, unit, ours, theirs=(), limit=None, smaller_is_better=False, peer=None, goal=None, ratio_goal=None):
        self.rows.append(Row(name, unit, ours, list(theirs), (peer or self.peer) if theirs else None, limit, smaller_is_better, goal, ratio_goal))

    def finish(self, output):
        print_table(self.rows)
        for note in self.notes:
            print(note)
        if self.idle.noisy:
            print(f"\n{self.idle.noisy} of {self.idle.samples} samples were taken while other programs were busy: repeat on an idle machine.")
        write_json(self.rows, output)


def run(rows, peer, output, measure=lambda row, session: row(session)):
    """The rows that the command line names, or all of `rows`, measured in a session of their own; `output` is where the JSON goes unless it says otherwise."""
    options = argparse.ArgumentParser()
    options.add_argument("--runs", type=int, default=5)
    options.add_argument("--only", default=",".join(rows))
    options.add_argument("--output", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent.parent / ".build" / output)
    options = options.parse_args()
    unknown = [name for name in options.only.split(",") if name not in rows]
    if unknown:
        raise SystemExit(f"bench: there is no row '{unknown[0]}': use some of {', '.join(rows)}")
    session = Session(options.runs, peer)
    for name in options.only.split(","):
        measure(rows[name], session)
    session.finish(options.output)
