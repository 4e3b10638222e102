"""The sigmoid network with back-propagation on real data, beside scikit-learn's logistic regression and MLP, on the same folds.

python Conformance/classics.py LARES FOLDER-OF-TABLES [--repeats 3] [--only NAME]

LARES is the built program. Every fold is one `lares train`. Small tables: repeated stratified ten-fold cross-validation; Adult: its official
split, five seeds. The interval is the 95% interval of the paired difference, by the corrected resampled t-test (Nadeau & Bengio 2003).
"""

import argparse
import csv
import json
import pathlib
import subprocess
import tempfile

import numpy
from scipy import stats
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler


class Table:
    """Rows of texts and numbers, the columns of categories, and the labels."""

    def __init__(self, name, rows, labels, categories, hidden, decay, epochs, batch=32, rate=0.01):
        self.name, self.rows, self.labels, self.categories = name, numpy.array(rows, dtype=object), numpy.array(labels), set(categories)
        self.options = dict(hidden=hidden, decay=decay, epochs=epochs, batch=batch, rate=rate)

    @property
    def numbers(self):
        return [i for i in range(self.rows.shape[1]) if i not in self.categories]


def tables(folder):
    digits, cancer = load_digits(), load_breast_cancer()
    yield Table("digits", digits.data.tolist(), [f"d{y}" for y in digits.target], [], hidden=64, decay=0.3, epochs=60)
    yield Table("breast cancer", cancer.data.tolist(), [f"c{y}" for y in cancer.target], [], hidden=16, decay=0.3, epochs=60)
    german = [line.split() for line in (folder / "german.data").read_text().splitlines() if line.strip()]
    categories = [i for i, cell in enumerate(german[0][:-1]) if cell.startswith("A")]
    rows = [[cell if i in categories else float(cell) for i, cell in enumerate(row[:-1])] for row in german]
    yield Table("German credit", rows, [f"c{row[-1]}" for row in german], categories, hidden=16, decay=1.0, epochs=40)


def adult(folder, name):
    rows, labels = [], []
    for line in (folder / name).read_text().splitlines():
        cells = [cell.strip() for cell in line.split(",")]
        if len(cells) != 15:
            continue
        rows.append([float(cell) if i in (0, 2, 4, 10, 11, 12) else cell for i, cell in enumerate(cells[:-1])])
        labels.append(cells[-1].rstrip("."))
    return Table("Adult", rows, labels, [1, 3, 5, 6, 7, 8, 9, 13], hidden=64, decay=0.01, epochs=25, batch=128, rate=0.01)


def write(path, rows, labels):
    with open(path, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow([f"x{i}" for i in range(rows.shape[1])] + ["label"])
        writer.writerows([*row, label] for row, label in zip(rows, labels))


def recipe(table, seed):
    options = table.options
    columns = [{"name": "numbers", "from": [f"x{i}" for i in table.numbers]}]
    columns += [{"name": f"x{i}", "kind": "category"} for i in sorted(table.categories)]
    return {
        "data": {"file": "train.csv"}, "columns": columns, "target": {"name": "label", "labels": sorted(set(table.labels.tolist()))},
        "split": {"test_file": "test.csv"},
        "network": {"layers": [{"layer": "linear", "outputs": options["hidden"], "activation": "sigmoid"}]},
        "optimizer": {"name": "adam", "rate": options["rate"], "decay": options["decay"]}, "schedule": {"name": "cosine"},
        "batch": options["batch"], "epochs": options["epochs"], "seed": seed,
    }


def ours(lares, table, train, test, seed):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        write(folder / "train.csv", *train)
        write(folder / "test.csv", *test)
        (folder / "recipe.json").write_text(json.dumps(recipe(table, seed)))
        done = subprocess.run([lares, "train", folder / "recipe.json", "--output", folder / "out", "--threads", "2"], capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"{table.name}: {done.stderr}")
        metrics = json.loads((folder / "out" / "card.json").read_text())["metrics"]["test"]
        return metrics["accuracy"], metrics.get("auc")


def theirs(table, model, train, test):
    prepare = ColumnTransformer([
        ("numbers", StandardScaler(), table.numbers), ("categories", OneHotEncoder(handle_unknown="ignore"), sorted(table.categories))])
    fitted = make_pipeline(prepare, model).fit(*train)
    labels = sorted(set(table.labels.tolist()))
    auc = roc_auc_score(test[1] == labels[1], fitted.predict_proba(test[0])[:, 1]) if len(labels) == 2 else None
    return fitted.score(*test), auc


def models(seed):
    return {
        "logistic regression": LogisticRegression(max_iter=2000),
        "MLP": MLPClassifier(random_state=seed, max_iter=300),
    }


def interval(differences, test_share):
    """Mean and half width; test_share is test over training rows."""
    n, mean = len(differences), numpy.mean(differences)
    error = numpy.sqrt((1 / n + test_share) * numpy.var(differences, ddof=1))
    return mean, stats.t.ppf(0.975, n - 1) * error


def report(name, scores, aucs, test_share):
    mean = {key: numpy.mean(values) for key, values in scores.items()}
    best = max((key for key in scores if key != "lares"), key=lambda key: mean[key])
    difference, half = interval(numpy.array(scores["lares"]) - numpy.array(scores[best]), test_share)
    verdict = "as well as the best" if difference + half >= 0 else "worse than the best"
    others = ", ".join(f"{key} {100 * mean[key]:.2f}" for key in scores if key != "lares")
    auc = "".join(f"; AUC {numpy.mean(aucs['lares']):.4f} (best of theirs {max(numpy.mean(v) for k, v in aucs.items() if k != 'lares'):.4f})" for _ in [0] if aucs["lares"][0] is not None)
    print(f"{name}: lares {100 * mean['lares']:.2f}% of {len(scores['lares'])} runs; {others}; difference to {best} "
          f"{100 * difference:+.2f} ± {100 * half:.2f} points: {verdict}{auc}", flush=True)
    return difference + half >= 0


def exclusive_or(lares):
    rows, labels = numpy.array([[a, b] for a in (0.0, 1.0) for b in (0.0, 1.0)], dtype=object), numpy.array(["no", "yes", "yes", "no"])
    table = Table("XOR", rows, labels, [], hidden=8, decay=0, epochs=1500, batch=4, rate=0.05)
    found = [ours(lares, table, (rows, labels), (rows, labels), seed)[0] for seed in range(1, 6)]
    regression = theirs(table, LogisticRegression(), (rows, labels), (rows, labels))[0]
    print(f"XOR: lares {[float(score) for score in found]} for five seeds; logistic regression {regression}", flush=True)
    return min(found) == 1


def cross_validate(lares, table, repeats, first_seed):
    scores, aucs = {}, {}
    for repeat in range(repeats):
        folds = StratifiedKFold(10, shuffle=True, random_state=first_seed + repeat)
        for fold, (train, test) in enumerate(folds.split(table.rows, table.labels)):
            train, test = (table.rows[train], table.labels[train]), (table.rows[test], table.labels[test])
            results = {"lares": ours(lares, table, train, test, fold + 1)}
            results |= {key: theirs(table, model, train, test) for key, model in models(fold).items()}
            for key, (score, auc) in results.items():
                scores.setdefault(key, []).append(score)
                aucs.setdefault(key, []).append(auc)
    return report(table.name, scores, aucs, 1 / 9)


def official_split(lares, folder, seeds):
    train, test = adult(folder, "adult.data"), adult(folder, "adult.test")
    train, test, table = (train.rows, train.labels), (test.rows, test.labels), train
    fixed = theirs(table, LogisticRegression(max_iter=2000), train, test)
    scores, aucs = {"logistic regression": [fixed[0]] * seeds}, {"logistic regression": [fixed[1]] * seeds}
    for seed in range(1, seeds + 1):
        for key, (score, auc) in {
            "lares": ours(lares, table, train, test, seed),
            "MLP": theirs(table, MLPClassifier(random_state=seed, max_iter=50, early_stopping=True), train, test),
        }.items():
            scores.setdefault(key, []).append(score)
            aucs.setdefault(key, []).append(auc)
    return report(f"Adult ({len(train[1])} rows, {len(test[1])} to test; {seeds} seeds)", scores, aucs, 0)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("lares")
    arguments.add_argument("tables", type=pathlib.Path)
    arguments.add_argument("--repeats", type=int, default=3)
    arguments.add_argument("--first-seed", type=int, default=0)
    arguments.add_argument("--only")
    options = arguments.parse_args()
    wanted = lambda name: options.only in (None, name)
    good = [exclusive_or(options.lares)] if wanted("XOR") else []
    good += [cross_validate(options.lares, table, options.repeats, options.first_seed) for table in tables(options.tables) if wanted(table.name)]
    if wanted("Adult"):
        good.append(official_split(options.lares, options.tables, 5))
    raise SystemExit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
