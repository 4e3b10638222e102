"""Golden values of the language models, from llama.cpp: log-probabilities and greedy continuations.

    python scripts/golden/language.py MODELS_FOLDER Tests/LaresLanguageTests/Golden [smollm2|gemma3 ...]

Needs llama-cpp-python (see Benchmarks/requirements.txt). The fields are described in the README.md beside the results.
"""

import hashlib
import json
import pathlib
import sys

import numpy as np

import prompts
from llama_reference import Reference, log_softmax, version

TOP = 64
GREEDY = 64


def sampled_positions(length, wanted=20):
    """First, last and an even spread between."""
    return sorted({round(i * (length - 1) / (wanted - 1)) for i in range(wanted)} if length > wanted else set(range(length)))


def distribution(logits):
    log_p = log_softmax(logits)
    top = np.argsort(-log_p, kind="stable")[:TOP]
    return {
        "ids": [int(i) for i in top],
        "logProbabilities": [round(float(log_p[i]), 4) for i in top],
        "rest": float(f"{max(0.0, 1.0 - float(np.exp(log_p[top]).sum())):.6g}"),
    }


def log_probabilities(reference, name, text):
    ids = reference.tokenize(text)
    reference.clear()
    logits = reference.decode(ids, every_position=True)
    positions = sampled_positions(len(ids))
    return {
        "name": name,
        "tokens": ids,
        "positions": [{"position": p, **distribution(logits[p])} for p in positions],
    }


def greedy(reference, language, text):
    ids = reference.tokenize(text)
    reference.clear()
    logits = reference.decode(ids)[0]
    out, gaps = [], []
    while True:
        second, first = np.partition(logits, -2)[-2:]
        token = int(np.argmax(logits))
        out.append(token)
        gaps.append(round(float(first - second), 3))
        if len(out) == GREEDY or reference.is_end(token):
            return {"language": language, "tokens": ids, "continuation": out, "gaps": gaps}
        logits = reference.decode([token])[0]


def texts_of(model):
    chat = prompts.smollm_chat if model == "smollm2" else (lambda text: text)
    chosen = [("en-chat" if model == "smollm2" else "en", chat(prompts.ENGLISH[1])), ("en-raw", prompts.ENGLISH[3]),
              ("code", prompts.ENGLISH[6]), ("zh-chat" if model == "smollm2" else "zh", chat(prompts.CHINESE[2])),
              ("zh-raw", prompts.CHINESE[4]), ("zh-long", "".join(prompts.SENTENCES_CHINESE))]
    chosen += [(f"mixed-{i}", text) for i, text in enumerate(prompts.MIXED)]
    chosen.append(("en-long", prompts.long_text(prompts.SENTENCES, 3)))
    return chat, chosen


def make(model, path):
    reference = Reference(path)
    chat, chosen = texts_of(model)
    file = pathlib.Path(path)
    return {
        "model": model,
        "fileBytes": file.stat().st_size,
        "fileSHA256": hashlib.sha256(file.read_bytes()).hexdigest(),
        "made": version(),
        "logProbabilities": [log_probabilities(reference, name, text) for name, text in chosen],
        "greedy": [greedy(reference, "en", chat(text)) for text in prompts.ENGLISH]
        + [greedy(reference, "zh", chat(text)) for text in prompts.CHINESE],
    }


def main():
    models, golden = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    for model in sys.argv[3:] or ["smollm2", "gemma3"]:
        values = make(model, models / f"{model}.gguf")
        target = golden / f"{model}.json"
        target.write_text(json.dumps(values, ensure_ascii=False, separators=(",", ":")) + "\n")
        longest = max(len(p["tokens"]) for p in values["logProbabilities"])
        full = sum(len(g["continuation"]) == GREEDY for g in values["greedy"])
        print(f"{target}: {target.stat().st_size} bytes, longest prompt {longest} tokens, {full} of 50 greedy texts run to {GREEDY}")


if __name__ == "__main__":
    main()
