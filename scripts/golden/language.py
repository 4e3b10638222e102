"""Golden values of the language models, from llama.cpp: log-probabilities and greedy continuations.

    python scripts/golden/language.py MODELS_FOLDER Tests/LaresLanguageTests/Golden [smollm2|gemma3 ...] [--decided]

`--decided` makes only that list anew.

Needs llama-cpp-python (see Benchmarks/requirements.txt), numpy and gguf. The fields are described in the README.md beside the results.

llama.cpp rounds activations to 8 bits, and so does every fast engine: two correct runs differ. What is exact is llama.cpp on the same
weights as F32, so these values are made too, and the fifty `decided` prompts are those on which all of its runs agree.
"""

import hashlib
import json
import pathlib
import sys
import tempfile

import numpy as np

import f32_twin
import prompts
from llama_reference import Reference, log_softmax, version

TOP = 64
GREEDY = 64
SMALLEST_GAP = 0.25  # logits: about the noise that 8-bit activations leave
TOGETHER = 25


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


def log_probabilities(reference, ids):
    reference.clear()
    logits = reference.decode(ids, every_position=True)
    return [{"position": p, **distribution(logits[p])} for p in sampled_positions(len(ids))], logits


def divergence(exact, other):
    """Mean KL of two arrays of logits over the sampled positions."""
    values = []
    for p in sampled_positions(len(exact)):
        log_p, log_q = log_softmax(exact[p]), log_softmax(other[p])
        values.append(float((np.exp(log_p) * (log_p - log_q)).sum()))
    return float(np.mean(values))


def step_of(logits):
    second, first = np.partition(logits, -2)[-2:]
    return int(np.argmax(logits)), round(float(first - second), 3)


def greedy(reference, ids):
    """One prompt by itself: (ids chosen, gaps)."""
    reference.clear()
    out, gaps = [], []
    logits = reference.decode(ids)[0]
    while True:
        token, gap = step_of(logits)
        out.append(token)
        gaps.append(gap)
        if len(out) == GREEDY or reference.is_end(token):
            return out, gaps
        logits = reference.decode([token])[0]


def greedy_together(reference, prompts_ids):
    """Many prompts side by side: the same, faster."""
    results = [([], []) for _ in prompts_ids]
    for first in range(0, len(prompts_ids), TOGETHER):
        reference.clear()
        part = range(first, min(first + TOGETHER, len(prompts_ids)))
        pieces = [(i - first, 0, prompts_ids[i]) for i in part]
        while pieces:
            following = []
            for (sequence, start, ids), logits in zip(pieces, reference.decode_many(pieces)):
                out, gaps = results[first + sequence]
                token, gap = step_of(logits)
                out.append(token)
                gaps.append(gap)
                if len(out) < GREEDY and not reference.is_end(token):
                    following.append((sequence, start + len(ids), [token]))
            pieces = following
    return results


def texts_of(model):
    chat = prompts.smollm_chat if model == "smollm2" else (lambda text: text)
    chosen = [("en-chat" if model == "smollm2" else "en", chat(prompts.ENGLISH[1])), ("en-raw", prompts.ENGLISH[3]),
              ("code", prompts.ENGLISH[6]), ("zh-chat" if model == "smollm2" else "zh", chat(prompts.CHINESE[2])),
              ("zh-raw", prompts.CHINESE[4]), ("zh-long", "".join(prompts.SENTENCES_CHINESE))]
    chosen += [(f"mixed-{i}", text) for i, text in enumerate(prompts.MIXED)]
    chosen.append(("en-long", prompts.long_text(prompts.SENTENCES, 3)))
    return chat, chosen


def decided_prompts(path, twin):
    """The first 25 candidates of each language on which the default run, the run without flash attention and the exact run agree."""
    room = {"context": 24576, "sequences": TOGETHER}
    default = Reference(path, **room)
    candidates = [(language, default.tokenize(text)) for group in prompts.decided_candidates() for language, text in group]
    candidates = [c for c in candidates if len(c[1]) + GREEDY < room["context"] // TOGETHER]
    runs = greedy_together(default, [ids for _, ids in candidates])
    kept = [(c, r) for c, r in zip(candidates, runs) if len(r[0]) == GREEDY and min(r[1]) >= SMALLEST_GAP]
    print(f"{len(kept)} of {len(candidates)} candidates are never close", file=sys.stderr, flush=True)
    del default
    for reference in (lambda: Reference(path, flash=False, **room), lambda: Reference(twin, exact=True, **room)):
        others = greedy_together(reference(), [c[1] for c, _ in kept])
        kept = [(c, r) for (c, r), other in zip(kept, others) if other[0] == r[0]]
    chosen = []
    for language in ("en", "zh"):
        entries = [entry(c[0], c[1], *r) for c, r in kept if c[0] == language]
        print(f"{language}: {len(entries)} of {sum(c[0] == language for c in candidates)} candidates are decided")
        chosen += entries[:25]
    return chosen


def entry(language, ids, continuation, gaps):
    return {"language": language, "tokens": ids, "continuation": continuation, "gaps": gaps}


def make(model, path, twin):
    file = pathlib.Path(path)
    say = lambda what: print(f"{model}: {what}", file=sys.stderr, flush=True)  # noqa: E731
    chat, chosen = texts_of(model)
    reference = Reference(path)
    log_ps = [(name, reference.tokenize(text)) for name, text in chosen]
    default = [log_probabilities(reference, ids) for _, ids in log_ps]
    say("greedy")
    open_ended = [("en", reference.tokenize(chat(t))) for t in prompts.ENGLISH] + [("zh", reference.tokenize(chat(t))) for t in prompts.CHINESE]
    greedy_default = [entry(language, ids, *greedy(reference, ids)) for language, ids in open_ended]
    say("exact log-probabilities")
    reference = Reference(twin, exact=True)
    exact = [log_probabilities(reference, ids) for _, ids in log_ps]
    say("exact greedy")
    reference = Reference(twin, exact=True, context=8192, sequences=TOGETHER)
    greedy_exact = [entry(language, ids, *run) for (language, ids), run in zip(open_ended, greedy_together(reference, [ids for _, ids in open_ended]))]
    del reference
    say("decided prompts")
    return {
        "model": model,
        "fileBytes": file.stat().st_size,
        "fileSHA256": hashlib.sha256(file.read_bytes()).hexdigest(),
        "made": version(),
        "noise": {
            "meanKL": float(f"{np.mean([divergence(e[1], d[1]) for e, d in zip(exact, default)]):.3g}"),
            "greedyEqual": sum(a["continuation"] == b["continuation"] for a, b in zip(greedy_default, greedy_exact)),
        },
        "logProbabilities": [
            {"name": name, "tokens": ids, "noise": float(f"{divergence(e[1], d[1]):.3g}"), "positions": d[0], "exact": e[0]}
            for (name, ids), d, e in zip(log_ps, default, exact)
        ],
        "greedy": greedy_default,
        "exactGreedy": greedy_exact,
        "decided": decided_prompts(path, twin),
    }


def main():
    models, golden = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    chosen = [a for a in sys.argv[3:] if a != "--decided"] or ["smollm2", "gemma3"]
    for model in chosen:
        path, target = models / f"{model}.gguf", golden / f"{model}.json"
        with tempfile.TemporaryDirectory() as folder:
            twin = f32_twin.write(path, pathlib.Path(folder) / "twin.gguf")
            if "--decided" in sys.argv:
                values = json.loads(target.read_text()) | {"decided": decided_prompts(path, twin)}
            else:
                values = make(model, path, twin)
        target.write_text(json.dumps(values, ensure_ascii=False, separators=(",", ":")) + "\n")
        print(f"{target}: {target.stat().st_size} bytes, noise {values['noise']}, {len(values['decided'])} decided prompts")


if __name__ == "__main__":
    main()
