"""Rows of the table that `make bench` prints and writes."""

import dataclasses
import json
import os
import statistics


def median(values):
    return statistics.median(values)


@dataclasses.dataclass
class Row:
    """One line of the table. A row without runs of a peer has no ratio."""

    name: str
    unit: str
    ours_runs: list
    peer_runs: list = dataclasses.field(default_factory=list)
    peer_name: str | None = None
    limit: float | None = None
    smaller_is_better: bool = False
    goal: float | None = None
    ratio_goal: float | None = None  # how many times as good as the peer's it is to be

    @property
    def ours(self):
        return median(self.ours_runs)

    @property
    def peer(self):
        return median(self.peer_runs) if self.peer_runs else None

    @property
    def ratio(self):
        if not self.peer_runs:
            return None
        return self.peer / self.ours if self.smaller_is_better else self.ours / self.peer

    @property
    def verdict(self):
        """The goals, and whether each is met; empty without one."""
        said = []
        if self.goal is not None:
            is_met = self.ours <= self.goal if self.smaller_is_better else self.ours >= self.goal
            said.append(f"{shown(self.goal)} {'met' if is_met else 'MISSED'}")
        if self.ratio_goal is not None and self.ratio is not None:
            said.append(f"{shown(self.ratio_goal)}x {'met' if self.ratio >= self.ratio_goal else 'MISSED'}")
        return ", ".join(said)

    def json(self):
        return {
            "name": self.name,
            "unit": self.unit,
            "ours": rounded(self.ours),
            "peer": rounded(self.peer),
            "peerName": self.peer_name,
            "ratio": rounded(self.ratio),
            "limit": rounded(self.limit),
            "goal": self.goal,
            "ratioGoal": self.ratio_goal,
            "runs": len(self.ours_runs),
            "oursRuns": [rounded(v) for v in self.ours_runs],
            "peerRuns": [rounded(v) for v in self.peer_runs],
        }


def rounded(value):
    return None if value is None else float(f"{value:.4g}")


def shown(value, form=".4g"):
    return "" if value is None else format(value, form)


def print_table(rows):
    heads = ["name", "unit", "Lares", "peer", "ratio", "limit", "of limit", "goal", "spread", "runs"]
    lines = [heads]
    for row in rows:
        share = None if row.limit is None else row.limit / row.ours if row.smaller_is_better else row.ours / row.limit
        spread = f"{min(row.ours_runs):.4g}–{max(row.ours_runs):.4g}"
        peer = f"{shown(row.peer)} {row.peer_name or ''}".strip()
        lines.append([row.name, row.unit, shown(row.ours), peer, shown(row.ratio, ".2f"), shown(row.limit), shown(share, ".0%"), row.verdict, spread, str(len(row.ours_runs))])
    # A column that nothing is in says nothing.
    lines = list(zip(*(column for column in zip(*lines) if any(column[1:]))))
    widths = [max(map(len, column)) for column in zip(*lines)]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip())


def write_json(rows, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([row.json() for row in rows], indent=1, ensure_ascii=False) + "\n")
    print(f"written to {os.path.relpath(path)}")
