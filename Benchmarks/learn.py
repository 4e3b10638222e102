"""Lares learning beside its peers on this machine. Two threads, interleaved, medians.

    python Benchmarks/learn.py [--runs 5] [--only mlp,transformer] [--output .build/learn.json]

Called by `make bench ONLY=learn`, which builds what it runs. Prints a table and writes the JSON. A ratio above 1 means that Lares is better.
"""

import gpt_rows
import learn_rows
import session
import v2_rows
import words_rows

# Modules with ROWS, {name: function of the session}: a new row is a line there, a new kind of rows a module here.
MODULES = [learn_rows, gpt_rows, words_rows, v2_rows]


if __name__ == "__main__":
    session.run({name: measure for module in MODULES for name, measure in module.ROWS.items()}, "PyTorch", "learn.json")
