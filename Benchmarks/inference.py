"""Lares beside llama.cpp and ONNX Runtime on this machine: speed, start, memory and embeddings. Two threads, interleaved, medians.

    python Benchmarks/inference.py [--runs 5] [--only smollm2,gemma3,batch,prefix,act,gap,busy,grammar,embed,large] [--output .build/bench.json]

Called by `make bench`; LARES_TEST_MODELS names the folder of models. Prints a table and writes the JSON. A ratio above 1 means that Lares is better.
"""

import argparse
import os
import pathlib
import subprocess
import sys

import embedding_rows
import grammar_rows
import lares_program
import machine
import serving_rows
from peer import Peer
from gguf_shape import body_weights
from session import Session

ROOT = pathlib.Path(__file__).resolve().parent.parent
MODELS = pathlib.Path(os.environ.get("LARES_TEST_MODELS", ROOT / ".build/models"))
PEER = "llama.cpp"


class Bench(Session):
    def speed(self, label, path, prompt, decode):
        """Prompt and decode speed of one model."""
        ours, theirs = {"prompt": [], "decode": []}, {"prompt": [], "decode": []}
        with lares_program.home_with(path, label) as home, Peer() as peer:
            peer.ask("load", path=str(path), context=prompt + decode)
            peer.ask("prompt", count=min(prompt, 64))
            peer.ask("generate", count=2)
            for run in range(self.runs):
                for side in ("ours", "theirs") if run % 2 else ("theirs", "ours"):
                    self.idle.wait()
                    if side == "ours":
                        ours["prompt"].append(lares_program.bench(home, label, prompt=prompt)["prompt"])
                        self.idle.wait()
                        reading = lares_program.bench(home, label, decode=decode)
                        ours["decode"].append(reading["decode"])
                    else:
                        theirs["prompt"].append(prompt / peer.ask("prompt", count=prompt)["seconds"])
                        self.idle.wait()
                        theirs["decode"].append(decode / peer.ask("generate", count=decode)["seconds"])
                print(f"  {label} {run + 1}/{self.runs}", file=sys.stderr, flush=True)
        self.add(f"inference/{label}/prompt{prompt}", "tokens/s", ours["prompt"], theirs["prompt"], limit=self.limits.integer / (2 * body_weights(path)))
        self.add(f"inference/{label}/decode{decode}", "tokens/s", ours["decode"], theirs["decode"], limit=self.limits.bandwidth / reading["bytes"])

    def start(self, prefix, label, path):
        """Process start of the server to /ready with the model loaded, and what it keeps resident after one short answer.

        llama.cpp's start is the load alone, inside a running process; its memory is what the load and one short run added.
        """
        ours, theirs, our_memory, their_memory = [], [], [], []
        with lares_program.home_with(path, label) as home:
            lares_program.start_to_ready(home, label)  # warms the file cache
            for _ in range(self.runs):
                self.idle.wait()
                seconds, memory = lares_program.start_to_ready(home, label)
                ours.append(seconds)
                our_memory.append(memory)
                with Peer() as peer:
                    empty = machine.resident_bytes(peer.pid)
                    self.idle.wait()
                    theirs.append(peer.ask("load", path=str(path), context=256)["seconds"])
                    peer.ask("prompt", count=4)
                    their_memory.append(machine.resident_bytes(peer.pid) - empty)
        size = path.stat().st_size
        self.add(f"{prefix}/start", "s", ours, theirs, smaller_is_better=True)
        self.add(f"{prefix}/memory", "× file", [m / size for m in our_memory], [m / size for m in their_memory], smaller_is_better=True)

    def small(self, label):
        path = MODELS / f"{label}.gguf"
        self.speed(label, path, 512, 128)
        if label == "smollm2":
            self.start("inference", label, path)

    def large(self):
        folder = MODELS / "large"
        path = folder / "qwen2-1.5b.gguf"
        if not path.exists():
            print("  writing a random model of 1.5 billion parameters", file=sys.stderr, flush=True)
            subprocess.run([sys.executable, str(ROOT / "scripts/golden/random_gguf.py"), "large", str(folder)], check=True, stdout=subprocess.DEVNULL)
        self.speed("qwen2-1.5b", path, 128, 32)
        self.start("inference/qwen2-1.5b", "qwen2-1.5b", path)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--runs", type=int, default=5)
    options.add_argument("--only", default="smollm2,gemma3,batch,prefix,act,gap,busy,grammar,embed,large")
    options.add_argument("--output", type=pathlib.Path, default=ROOT / ".build/bench.json")
    options = options.parse_args()
    bench = Bench(options.runs, PEER)
    parts = {
        "large": bench.large,
        "batch": lambda: serving_rows.batch(bench, MODELS),
        "prefix": lambda: serving_rows.prefix(bench, MODELS),
        "act": lambda: serving_rows.act(bench, MODELS),
        "gap": lambda: serving_rows.gap(bench, MODELS),
        "busy": lambda: serving_rows.busy(bench, MODELS),
        "grammar": lambda: grammar_rows.measure(bench, MODELS),
        "embed": lambda: embedding_rows.measure(bench, MODELS / "minilm"),
    }
    for part in options.only.split(","):
        parts[part]() if part in parts else bench.small(part)
    bench.finish(options.output)


if __name__ == "__main__":
    main()
