"""Golden embeddings of all-MiniLM-L6-v2 from sentence-transformers (float32, CPU).

    python scripts/golden/embedding.py MODELS_FOLDER Tests/LaresLanguageTests/Golden

Needs sentence-transformers and a CPU build of torch. `tokens` holds the ids that were fed in, so that the test of the
encoder does not depend on the tokenizer; `embedding` is little-endian float32 in base64.
"""

import base64
import json
import pathlib
import sys

import numpy as np
import sentence_transformers
import torch
import transformers

import prompts

CONTEXT = 512


def texts():
    odd = ["", " ", ".", "a", "\n\t", "🙂", "ÀÉÎõü naïve café", "x" * 300, "1234567890", "Hello, World!!! (again) [and again]"]
    long = [prompts.long_text(prompts.SENTENCES, 1), prompts.long_text(prompts.SENTENCES, 3), "".join(prompts.SENTENCES_CHINESE)]
    return odd + long + prompts.SENTENCES[:12] + prompts.SENTENCES_CHINESE[:9] + prompts.ENGLISH[:3] + prompts.CHINESE[:3]


def main():
    models, golden = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    torch.set_num_threads(2)
    model = sentence_transformers.SentenceTransformer(str(models / "minilm"), device="cpu")
    model.max_seq_length = CONTEXT
    entries = []
    for text in texts():
        tokens = model.tokenizer(text, truncation=True, max_length=CONTEXT)["input_ids"]
        vector = np.asarray(model.encode(text, normalize_embeddings=True), dtype="<f4")
        entries.append({"text": text, "tokens": tokens, "embedding": base64.b64encode(vector.tobytes()).decode()})
    values = {
        "model": "all-MiniLM-L6-v2",
        "made": {"sentence_transformers": sentence_transformers.__version__, "transformers": transformers.__version__, "torch": torch.__version__},
        "context": CONTEXT,
        "entries": entries,
    }
    target = golden / "minilm.json"
    target.write_text(json.dumps(values, ensure_ascii=False, separators=(",", ":")) + "\n")
    print(f"{target}: {target.stat().st_size} bytes, {len(entries)} texts, longest {max(len(e['tokens']) for e in entries)} tokens")


if __name__ == "__main__":
    main()
