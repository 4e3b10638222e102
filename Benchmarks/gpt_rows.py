"""A small language model from nothing beside nanoGPT's recipe in PyTorch: the loss on unseen text after as many steps, and whether llama.cpp reads it."""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

import words_corpus

ROOT = pathlib.Path(__file__).resolve().parent.parent
LARES = ROOT / ".build/release/lares"
STEPS = 2000


def king_james():
    """The Bible of 1611, in the public domain, without the numbers of its verses (Debian's bible-kjv)."""
    folder = ROOT / ".build/king-james"
    folder.mkdir(parents=True, exist_ok=True)
    for package in ("bible-kjv", "bible-kjv-text"):
        words_corpus.fetch(folder, package)
    program, = folder.glob("unpacked/usr/*/bible")
    command = [str(program), "-p", str(folder / "unpacked/usr/lib"), "-f", "gen1:1-rev22:21"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return re.sub(r"^\d?[A-Za-z]+\d+:\d+ ", "", text, flags=re.M)


def gpt(session):
    with tempfile.TemporaryDirectory() as folder:
        text, model = pathlib.Path(folder, "text.txt"), pathlib.Path(folder, "tiny.gguf")
        text.write_text(king_james())
        session.idle.wait()
        peer = subprocess.run([sys.executable, str(ROOT / "Benchmarks/gpt_peer.py"), str(text), str(STEPS)], capture_output=True, text=True, check=True)
        theirs = json.loads(peer.stdout.splitlines()[-1])
        session.idle.wait()
        ours = subprocess.run(
            [str(LARES), "language", "train", str(text), "--output", str(model), "--steps", str(STEPS)], capture_output=True, text=True, check=True
        )
        loss = float(re.search(r"before, ([\d.]+) now", ours.stderr)[1])
        session.add("learn/gpt", "nats a character", [loss], [theirs["loss"]], smaller_is_better=True, peer="nanoGPT's recipe")
        session.notes.append(f"learn/gpt: {STEPS} steps on the King James Bible; llama.cpp reads what was written and goes on: {continued(model)!r}")


def continued(model):
    from llama_cpp import Llama

    return Llama(str(model), n_ctx=64, verbose=False)("And the LORD ", max_tokens=32, temperature=0)["choices"][0]["text"]


ROWS = {"gpt": gpt}
