"""Word vectors beside gensim, and for quality Google's word2vec.c too: words a second of training, WordSim-353 and Google's analogies.

All learn from the corpus of words_corpus.py with gensim's defaults for skip-gram (100 numbers, window 5, 5 drawn words, at least 5 times,
5 epochs) on two threads, and all are measured by `lares words evaluate` with the questions that come with gensim. word2vec.c has no seed: two threads
that write into each other's numbers make its runs differ.
"""

import json
import pathlib
import statistics
import subprocess
import sys

import lares_program
import words_corpus

HERE = pathlib.Path(__file__).parent
SEEDS = 5
EPOCHS = 5
MOST_LOSS = {"wordsim": 0.02, "analogies": 1.0}  # what the mean may be lower by


FOLDER = HERE.parent / ".build/dictionaries"


class Training:
    """Both sides' training on the corpus."""

    def __init__(self):
        self.corpus = words_corpus.corpus(FOLDER)
        self.output = self.corpus.with_name("scratch.bin")
        self.sides = {"theirs": self.theirs, "ours": self.ours}
        self.program = None

    def ours(self, epochs, seed):
        arguments = ["--unit", "spaces", "--epochs", str(epochs), "--seed", str(seed), "--threads", str(lares_program.THREADS), "--json"]
        return json.loads(lares_program.run(["words", "train", str(self.corpus), "--output", str(self.output), *arguments]))

    def theirs(self, epochs, seed):
        command = [sys.executable, str(HERE / "words_peer.py"), str(self.corpus), str(epochs), str(seed), str(self.output)]
        answer = subprocess.run(command, capture_output=True, text=True)
        if answer.returncode:
            raise SystemExit(f"bench: gensim failed: {answer.stderr.strip()[-500:]}")
        self.sizes = json.loads(answer.stdout)
        return self.sizes

    def original(self, epochs, seed):
        """word2vec.c, with the flags of its README for speed; it needs `seed` for nothing."""
        self.program = self.program or words_corpus.original(FOLDER)
        options = {"train": self.corpus, "output": self.output, "cbow": 0, "size": 100, "window": 5, "negative": 5, "hs": 0, "sample": 1e-3, "alpha": 0.025,
                   "min-count": 5, "iter": epochs, "threads": lares_program.THREADS, "binary": 1, "debug": 0}  # fmt: skip
        done = subprocess.run([str(self.program), *(str(part) for name, value in options.items() for part in (f"-{name}", value))], capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"bench: word2vec.c failed: {done.stderr.strip()[-500:]}")


def speed(bench):
    training = Training()
    values = bench.in_turn("wordvectors/speed", {side: lambda train=train: train(1, 1)["words_per_second"] for side, train in training.sides.items()})
    bench.add("learn/wordvectors/speed", "words/s", values["ours"], values["theirs"], peer="gensim", ratio_goal=1.5)
    sizes = training.sizes
    bench.notes.append(f"word vectors: GCIDE and WordNet, {sizes['words']:,} words of a vocabulary of {sizes['vocabulary']:,}")


def quality(bench):
    """Five runs of each side. Means decide, because the target is one of means."""
    training = Training()
    sides = training.sides | {"original": training.original}
    values = {name: {side: [] for side in sides} for name in MOST_LOSS}
    for seed in range(1, SEEDS + 1):
        for side, train in sides.items():
            train(EPOCHS, seed)
            found = evaluate(training.output)
            values["wordsim"][side].append(found["spearman"])
            values["analogies"][side].append(100 * found["analogies_correct"] / found["analogies_asked"])
        print(f"  wordvectors/quality {seed}/{SEEDS}", file=sys.stderr, flush=True)
    for name, unit in (("wordsim", "Spearman"), ("analogies", "% right")):
        ours, theirs, original = (values[name][side] for side in ("ours", "theirs", "original"))
        bench.add(f"learn/wordvectors/{name}", unit, ours, theirs, peer="gensim")
        bench.add(f"learn/wordvectors/{name}/c", unit, ours, original, peer="word2vec.c")
        mean = statistics.mean
        verdict = "met" if mean(ours) - mean(original) >= -MOST_LOSS[name] else "MISSED"
        bench.notes.append(
            f"learn/wordvectors/{name}: mean of {SEEDS} {mean(ours):.4g}, word2vec.c's {mean(original):.4g}, gensim's {mean(theirs):.4g}: "
            f"not lower than word2vec.c's by more than {MOST_LOSS[name]}: {verdict}"
        )


def evaluate(vectors):
    import gensim

    questions = pathlib.Path(gensim.__file__).parent / "test/test_data"
    arguments = ["--pairs", str(questions / "wordsim353.tsv"), "--analogies", str(questions / "questions-words.txt"), "--json"]
    return json.loads(lares_program.run(["words", "evaluate", str(vectors), *arguments]))


ROWS = {"wordvectors": speed, "wordquality": quality}
