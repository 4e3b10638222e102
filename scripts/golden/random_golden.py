"""Golden logits of the random-weight models, from llama.cpp.

    python scripts/golden/random_golden.py FOLDER Tests/LaresLanguageTests/Golden

Writes the models into FOLDER with random_gguf.py, runs them, and writes random.json. `noise` is the KL divergence of llama.cpp's own
quantised run from a run of the same weights as F32: what the quantised activations alone cost.
"""

import json
import pathlib
import random
import sys

import numpy as np

import f32_twin
import random_gguf
from llama_reference import Reference, log_softmax, version

LENGTH = 48


def token_ids(shape):
    return random.Random(random_gguf.SEED + shape.name).choices(range(4, shape.vocabulary), k=LENGTH)


def run(path, ids):
    reference = Reference(path, context=256)
    reference.clear()
    return np.stack([log_softmax(row) for row in reference.decode(ids, every_position=True)])


def kl(p, q):
    return float((np.exp(p) * (p - q)).sum(axis=-1).mean())


def golden(shape, folder):
    written = random_gguf.write(shape, folder)
    ids = token_ids(shape)
    log_p = run(folder / written["file"], ids)
    exact = run(f32_twin.write(folder / written["file"], folder / "twin.gguf"), ids)
    (folder / "twin.gguf").unlink()
    assert np.isfinite(log_p).all(), f"{shape.name}: logits are not finite"
    return {
        **written,
        "family": shape.family,
        "types": sorted({t[1] for t in random_gguf.tensors(shape)}),
        "tokens": ids,
        "noise": float(f"{kl(exact, log_p):.3g}"),
        "positions": [{"position": p, "logProbabilities": [round(float(v), 4) for v in log_p[p]]} for p in (0, 20, LENGTH - 1)],
    }


def main():
    folder, target = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]) / "random.json"
    folder.mkdir(parents=True, exist_ok=True)
    models = []
    for shape in random_gguf.TINY:
        models.append(golden(shape, folder))
        log_p = np.array(models[-1]["positions"][-1]["logProbabilities"])
        print(f"{shape.name:14} noise {models[-1]['noise']:.2e}  entropy {-(np.exp(log_p) * log_p).sum():.2f}", flush=True)
    target.write_text(json.dumps({"made": version(), "models": models}, separators=(",", ":")) + "\n")
    print(f"{target}: {target.stat().st_size} bytes")


if __name__ == "__main__":
    main()
