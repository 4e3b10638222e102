"""The sigmoid network with back-propagation beside scikit-learn's logistic regression and MLP.

    python Benchmarks/classics.py [--only digits,adult] [--output .build/classics.json]

Called by `make bench ONLY=classics`, which builds what it runs. Prints a table and writes the JSON. Accuracy doesn't depend on how busy the machine is.
"""

import os

# A process for each fold: more threads in each would only be in each other's way. Warnings of iterations that ran out are no results.
os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", PYTHONWARNINGS="ignore")

import classics_rows  # noqa: E402
import session  # noqa: E402


if __name__ == "__main__":
    session.run(classics_rows.ROWS, "scikit-learn", "classics.json")
