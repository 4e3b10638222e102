"""A run of benchmarks: its samples in turn, its rows and notes."""

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

    def add(self, name, unit, ours, theirs=(), limit=None, smaller_is_better=False, peer=None):
        self.rows.append(Row(name, unit, ours, list(theirs), (peer or self.peer) if theirs else None, limit, smaller_is_better))

    def finish(self, output):
        print_table(self.rows)
        for note in self.notes:
            print(note)
        if self.idle.noisy:
            print(f"\n{self.idle.noisy} of {self.idle.samples} samples were taken while other programs were busy: repeat on an idle machine.")
        write_json(self.rows, output)
