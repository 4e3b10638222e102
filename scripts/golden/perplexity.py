"""Perplexity of a public-domain text, from llama.cpp: as it serves, and on the same weights as F32.

    python scripts/golden/perplexity.py MODELS_FOLDER Tests/LaresLanguageTests/Golden

Reads perplexity.txt there and writes perplexity.json: for each model the tokens of the text in pieces of at most 512, each read by itself, and the mean
negative log-likelihood of every token but the first of a piece, in both runs.
"""

import json
import pathlib
import sys
import tempfile

import numpy as np

import f32_twin
from llama_reference import Reference, log_softmax, version

PIECE = 512


def pieces(reference, text):
    """A piece begins with the token that the model's texts begin with, if there is one."""
    ids = reference.tokenize(text)
    begin = ids[:1] if reference.tokenize("") == ids[:1] else []
    body = ids[len(begin) :]
    step = PIECE - len(begin)
    return [begin + body[i : i + step] for i in range(0, len(body), step)]


def likelihood(reference, ids):
    reference.clear()
    logits = reference.decode(ids, every_position=True)
    return [-float(log_softmax(logits[i])[ids[i + 1]]) for i in range(len(ids) - 1)]


def mean_loss(reference, parts):
    return float(np.mean([loss for ids in parts for loss in likelihood(reference, ids)]))


def main():
    models, golden = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    text = (golden / "perplexity.txt").read_text()
    values = {"made": version(), "models": []}
    for model in ("smollm2", "gemma3"):
        reference = Reference(models / f"{model}.gguf")
        parts = pieces(reference, text)
        loss = mean_loss(reference, parts)
        with tempfile.TemporaryDirectory() as folder:
            twin = f32_twin.write(models / f"{model}.gguf", pathlib.Path(folder) / "twin.gguf")
            exact = mean_loss(Reference(twin, exact=True), parts)
        values["models"].append({"model": model, "pieces": parts, "loss": round(loss, 6), "exactLoss": round(exact, 6)})
        print(f"{model}: perplexity {np.exp(loss):.4f}, on F32 {np.exp(exact):.4f}")
    (golden / "perplexity.json").write_text(json.dumps(values, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
