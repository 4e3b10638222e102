"""Word vectors beside gensim: words a second of training, and quality by WordSim-353 and Google's analogies.

Both learn from the corpus of words_corpus.py with gensim's defaults for skip-gram (100 numbers, window 5, 5 drawn words, at least 5 times,
5 epochs) on two threads, and both are measured by `lares words evaluate` with the questions that come with gensim.
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


def speed(bench):
    training = Training()
    values = bench.in_turn("wordvectors/speed", {side: lambda train=train: train(1, 1)["words_per_second"] for side, train in training.sides.items()})
    bench.add("learn/wordvectors/speed", "words/s", values["ours"], values["theirs"], peer="gensim")
    sizes = training.sizes
    bench.notes.append(f"word vectors: GCIDE and WordNet, {sizes['words']:,} words of a vocabulary of {sizes['vocabulary']:,}")


def quality(bench):
    """Five seeds of each side. Means decide, because the target is one of means."""
    training = Training()
    values = {name: {side: [] for side in training.sides} for name in MOST_LOSS}
    for seed in range(1, SEEDS + 1):
        for side, train in training.sides.items():
            train(EPOCHS, seed)
            found = evaluate(training.output)
            values["wordsim"][side].append(found["spearman"])
            values["analogies"][side].append(100 * found["analogies_correct"] / found["analogies_asked"])
        print(f"  wordvectors/quality {seed}/{SEEDS}", file=sys.stderr, flush=True)
    for name, unit in (("wordsim", "Spearman"), ("analogies", "% right")):
        ours, theirs = values[name]["ours"], values[name]["theirs"]
        bench.add(f"learn/wordvectors/{name}", unit, ours, theirs, peer="gensim")
        difference = statistics.mean(ours) - statistics.mean(theirs)
        verdict = "met" if difference >= -MOST_LOSS[name] else "missed"
        bench.notes.append(f"learn/wordvectors/{name}: mean {statistics.mean(ours):.4g}, gensim's {statistics.mean(theirs):.4g}: target {verdict}")


def evaluate(vectors):
    import gensim

    questions = pathlib.Path(gensim.__file__).parent / "test/test_data"
    arguments = ["--pairs", str(questions / "wordsim353.tsv"), "--analogies", str(questions / "questions-words.txt"), "--json"]
    return json.loads(lares_program.run(["words", "evaluate", str(vectors), *arguments]))


ROWS = {"wordvectors": speed, "wordquality": quality}
