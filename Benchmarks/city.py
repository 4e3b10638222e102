"""Forecasts and watching at the scale of a city. Two threads; the same series for both sides, in turn, medians.

    python Benchmarks/city.py [--runs 5] [--only watch] [--output .build/city.json]

Called by `make bench ONLY=city`, which builds what it runs. Prints a table and writes the JSON. A ratio above 1 means that Lares is better.
"""

import forecast_rows
import session
import watch_rows


if __name__ == "__main__":
    session.run(forecast_rows.ROWS | watch_rows.ROWS, "statsforecast", "city.json")
