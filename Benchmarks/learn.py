"""Lares learning beside its peers on this machine. Two threads, interleaved, medians.

    python Benchmarks/learn.py [--runs 5] [--only mlp,transformer] [--output .build/learn.json]

Called by `make bench ONLY=learn`, which builds what it runs. Prints a table and writes the JSON. A ratio above 1 means that Lares is better.
"""

import argparse
import pathlib

import gpt_rows
import learn_rows
import v2_rows
import words_rows
from session import Session

ROOT = pathlib.Path(__file__).resolve().parent.parent
# Modules with ROWS, {name: function of the session}: a new row is a line there, a new kind of rows a module here.
MODULES = [learn_rows, gpt_rows, words_rows, v2_rows]


def main():
    rows = {name: measure for module in MODULES for name, measure in module.ROWS.items()}
    options = argparse.ArgumentParser()
    options.add_argument("--runs", type=int, default=5)
    options.add_argument("--only", default=",".join(rows))
    options.add_argument("--output", type=pathlib.Path, default=ROOT / ".build/learn.json")
    options = options.parse_args()
    unknown = [name for name in options.only.split(",") if name not in rows]
    if unknown:
        raise SystemExit(f"bench: there is no row '{unknown[0]}': use some of {', '.join(rows)}")
    session = Session(options.runs, "PyTorch")
    for name in options.only.split(","):
        rows[name](session)
    session.finish(options.output)


if __name__ == "__main__":
    main()
