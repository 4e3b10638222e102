"""A small language model from nothing beside nanoGPT's recipe in PyTorch: the loss on unseen text after as many steps, and whether llama.cpp reads it;
and what a large one learnt beside llama.cpp with the same adapter."""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import lares_program
import words_corpus

ROOT = pathlib.Path(__file__).resolve().parent.parent
LARES = ROOT / ".build/release/lares"
MODELS = pathlib.Path(os.environ.get("LARES_TEST_MODELS", ROOT / ".build/models"))
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


def adapter(session):
    """Texts that SmolLM2 goes on with under an adapter, here and in llama.cpp: how many of their 32 tokens are the same until the first that differs."""
    from llama_cpp import Llama

    model = MODELS / "smollm2.gguf"
    with tempfile.TemporaryDirectory() as folder, lares_program.home_with(model, "smollm2") as home:
        text, adapter = pathlib.Path(folder, "text.txt"), pathlib.Path(folder, "adapter.gguf")
        text.write_text(king_james()[:200_000])
        lares_program.run(["language", "tune", "smollm2", str(text), "--adapter", str(adapter), "--steps", "40"], home)
        lares_program.run(["import", str(adapter), "--name", "verse", "--base", "smollm2"], home)
        with lares_program.serving(home, "verse") as server:
            ours = {name: [lares_program.continued(server.port, name, prompt, 32) for prompt in PROMPTS] for name in ("verse", "smollm2")}
        peer = Llama(str(model), lora_path=str(adapter), n_ctx=256, verbose=False)
        theirs = [peer(prompt, max_tokens=32, temperature=0)["choices"][0]["text"] for prompt in PROMPTS]
    changed = sum(a != b for a, b in zip(ours["verse"], ours["smollm2"]))
    alike = [len(os.path.commonprefix([a, b])) / max(1, len(a)) for a, b in zip(ours["verse"], theirs)]
    session.add("learn/adapter", "of text alike", alike)
    session.notes.append(f"learn/adapter: {changed} of {len(PROMPTS)} texts changed by it; {sum(a == 1 for a in alike)} the same in llama.cpp to the last letter")


PROMPTS = ["And the king said", "In those days", "The river", "Then came the woman", "My house is", "He went up to", "The light of the", "Blessed are"]
ROWS = {"gpt": gpt, "adapter": adapter}
