"""The sigmoid network with back-propagation beside scikit-learn's logistic regression and MLP, on the same folds.

Each fold of ours is a few calls of `lares train`. Both sides choose their settings inside each outer fold, by the log loss on a quarter of its training
rows; the outer fold's test rows are seen once, by what was chosen. Small tables: stratified ten-fold cross-validation, repeated; Adult: its official split,
five seeds. The peer of a row is the better of the two families by the outer folds. The interval is the 95% interval of the paired
difference, by the corrected resampled t-test (Nadeau & Bengio 2003); a network does as well when the interval reaches zero.
"""

import concurrent.futures
import csv
import json
import pathlib
import subprocess
import tempfile

import numpy
from scipy import stats
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.model_selection import StratifiedKFold, train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

import classics_tables
import lares_program

FOLDER = pathlib.Path(__file__).resolve().parent.parent / ".build/classics"
WORKERS = 2  # folds at one time, a thread each
OURS = "Lares"

# What each side chooses from: four settings each. Small tables share their candidates.
SMALL = {
    OURS: [dict(hidden=hidden, decay=decay, epochs=50, batch=32) for hidden in (16, 64) for decay in (0.3, 1.0)],
    "logistic regression": [dict(C=c) for c in (0.01, 0.1, 1, 10)],
    "MLP": [dict(alpha=alpha, max_iter=300) for alpha in (1e-4, 0.01, 0.1, 1)],
}
LARGE = {
    OURS: [dict(hidden=64, decay=decay, epochs=epochs, batch=128) for decay in (0.01, 0.1) for epochs in (15, 25)],
    "logistic regression": [dict(C=c) for c in (0.01, 0.1, 1, 10)],
    "MLP": [dict(alpha=alpha, max_iter=50, early_stopping=True) for alpha in (1e-4, 1e-3, 0.01, 0.1)],
}


def write(path, rows, labels):
    with open(path, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow([f"x{place}" for place in range(rows.shape[1])] + ["label"])
        writer.writerows([*row, label] for row, label in zip(rows, labels))


def recipe(table, options, seed):
    columns = [{"name": "numbers", "from": [f"x{place}" for place in table.numbers]}] if table.numbers else []
    columns += [{"name": f"x{place}", "kind": "category"} for place in table.categories]
    return {
        "data": {"file": "train.csv"}, "columns": columns, "target": {"name": "label", "labels": table.classes},
        "split": {"test_file": "test.csv"},
        "network": {"layers": [{"layer": "linear", "outputs": options["hidden"], "activation": "sigmoid"}]},
        "optimizer": {"name": "adam", "rate": options.get("rate", 0.01), "decay": options["decay"]}, "schedule": {"name": "cosine"},
        "batch": options["batch"], "epochs": options["epochs"], "seed": seed,
    }  # fmt: skip


def ours(table, options, train, test, seed):
    """Metrics of one training: accuracy, log loss and, of two classes, the area under the ROC curve."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        write(folder / "train.csv", *train)
        write(folder / "test.csv", *test)
        (folder / "recipe.json").write_text(json.dumps(recipe(table, options, seed)))
        lares_program.run(["train", str(folder / "recipe.json"), "--output", str(folder / "out"), "--threads", "1"], folder)
        metrics = json.loads((folder / "out/card.json").read_text())["metrics"]["test"]
        return metrics["accuracy"], metrics["log_loss"], metrics.get("auc")


def theirs(table, model, train, test):
    prepare = ColumnTransformer([("numbers", StandardScaler(), table.numbers), ("categories", OneHotEncoder(handle_unknown="ignore"), table.categories)])
    fitted = make_pipeline(prepare, model).fit(*train)
    chances, right = fitted.predict_proba(test[0]), fitted.score(*test)
    auc = roc_auc_score(test[1] == table.classes[1], chances[:, 1]) if len(table.classes) == 2 else None
    return right, log_loss(test[1], chances, labels=table.classes), auc


def measured(table, side, options, train, test, seed):
    if side == OURS:
        return ours(table, options, train, test, seed)
    model = LogisticRegression(max_iter=3000, **options) if side == "logistic regression" else MLPClassifier(random_state=seed, **options)
    return theirs(table, model, train, test)


def chosen(table, side, candidates, train, seed):
    """The candidate with the lowest log loss on a quarter of the training rows."""
    rows, labels = train
    inner, held = train_test_split(numpy.arange(len(labels)), test_size=0.25, stratify=labels, random_state=seed)
    losses = [measured(table, side, options, (rows[inner], labels[inner]), (rows[held], labels[held]), seed)[1] for options in candidates]
    return candidates[int(numpy.argmin(losses))]


def fold(table, train, test, seed):
    """What each side reaches on a fold's test rows with what it chose on its training rows."""
    train, test = table.part(train), table.part(test)
    choices = {side: chosen(table, side, candidates, train, seed) for side, candidates in SMALL.items()}
    return {side: (measured(table, side, options, train, test, seed), options) for side, options in choices.items()}


def interval(differences, test_share):
    """Mean and half width; test_share is test over training rows."""
    count, mean = len(differences), numpy.mean(differences)
    error = numpy.sqrt((1 / count + test_share) * numpy.var(differences, ddof=1))
    return mean, stats.t.ppf(0.975, count - 1) * error


def report(session, table, results, test_share, what):
    """A row, its goal the least that counts as well as the better of theirs, and a note of all figures. `results`: by side, runs of metrics and choice."""
    right = {side: numpy.array([100 * metrics[0] for metrics, _ in runs]) for side, runs in results.items()}
    best = max((side for side in right if side != OURS), key=lambda side: right[side].mean())
    difference, half = interval(right[OURS] - right[best], test_share)
    row = f"learn/classics/{table.name.lower().replace(' ', '-')}"
    session.add(row, "% right", [right[OURS].mean()], [right[best].mean()], peer=f"scikit-learn's {best}", goal=right[best].mean() - half)
    verdict = "as well as the better of theirs" if difference + half >= 0 else "WORSE than the better of theirs"
    figures = ", ".join(f"{side} {values.mean():.2f}%" for side, values in right.items())
    note = f"{row}: {what}; {figures}; paired difference to {best} {difference:+.2f} ± {half:.2f} points: {verdict}"
    if len(table.classes) == 2:
        note += "; area under the ROC curve " + ", ".join(f"{side} {numpy.mean([m[2] for m, _ in runs]):.4f}" for side, runs in results.items())
    session.notes.append(note)


def cross_validated(make, repeats):
    def measure(session):
        table = make()
        tasks = []
        for repeat in range(repeats):
            folds = StratifiedKFold(10, shuffle=True, random_state=repeat)
            tasks += [(table, train, test, 100 * repeat + number) for number, (train, test) in enumerate(folds.split(table.rows, table.labels))]
        with concurrent.futures.ProcessPoolExecutor(WORKERS) as pool:
            folds = list(pool.map(fold, *zip(*tasks)))
        results = {side: [one[side] for one in folds] for side in SMALL}
        report(session, table, results, 1 / 9, f"{len(table.labels)} rows, {repeats} times ten folds")

    return measure


def official_split(session, seeds=5):
    table, unseen = classics_tables.adult(FOLDER)
    train, test = (table.rows, table.labels), (unseen.rows, unseen.labels)
    with concurrent.futures.ProcessPoolExecutor(WORKERS) as pool:
        asked = {side: pool.submit(chosen, table, side, candidates, train, 0) for side, candidates in LARGE.items()}
        choices = {side: answer.result() for side, answer in asked.items()}
        # Logistic regression draws nothing: one run stands for all seeds.
        runs = {side: [pool.submit(measured, table, side, options, train, test, seed) for seed in range(1, (1 if side == "logistic regression" else seeds) + 1)] for side, options in choices.items()}
        results = {side: [(answer.result(), choices[side]) for answer in answers] for side, answers in runs.items()}
    results["logistic regression"] *= seeds
    report(session, table, results, 0, f"official split, {len(train[1])} rows to learn from and {len(test[1])} to test, {seeds} seeds")


def exclusive_or(session):
    """What no straight line does: all four rows right, for each of five seeds."""
    table = classics_tables.Table("XOR", [[a, b] for a in (0.0, 1.0) for b in (0.0, 1.0)], ["no", "yes", "yes", "no"])
    all_rows = table.rows, table.labels
    # A hundred times over: an epoch ends with a checkpoint on the disk, and fifteen are enough of these.
    often = numpy.tile(table.rows, (100, 1)), numpy.tile(table.labels, 100)
    options = dict(hidden=8, decay=0, epochs=15, batch=4, rate=0.05)
    found = [100 * ours(table, options, often, all_rows, seed)[0] for seed in range(1, 6)]
    line = 100 * theirs(table, LogisticRegression(), all_rows, all_rows)[0]
    # The worst seed decides: a median would hide two that learnt nothing.
    session.add("learn/classics/xor", "% right", [min(found)], [line], peer="logistic regression", goal=100)
    session.notes.append(f"learn/classics/xor: the worst of five seeds; all: {', '.join(f'{value:.0f}' for value in found)}")


ROWS = {
    "xor": exclusive_or,
    "digits": cross_validated(classics_tables.digits, 3),
    "breast-cancer": cross_validated(classics_tables.breast_cancer, 3),
    "german-credit": cross_validated(lambda: classics_tables.german_credit(FOLDER), 3),
    "adult": official_split,
}
