"""Decisions on traffic signals, and how many signals one machine keeps.

    python Benchmarks/control.py [--runs 5] [--only decision] [--output .build/control.json]

Called by `make bench ONLY=control`, which builds what it runs. Prints a table and writes the JSON.
"""

import control_rows
import session


if __name__ == "__main__":
    session.run(control_rows.ROWS, "none", "control.json")
