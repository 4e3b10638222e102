"""A small language model from nothing beside nanoGPT's recipe in PyTorch: the loss on unseen text after as many steps, and whether llama.cpp reads it;
and what a large one learnt beside llama.cpp with the same adapter."""

import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

import lares_program
import words_corpus

ROOT = pathlib.Path(__file__).resolve().parent.parent
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
        command = [lares_program.program(), "language", "train", str(text), "--output", str(model), "--steps", str(STEPS), "--lang", "en"]
        ours = subprocess.run(command, capture_output=True, text=True, check=True)
        loss = float(re.search(r"before, ([\d.]+) now", ours.stderr)[1])
        session.add("learn/gpt", "nats a character", [loss], [theirs["loss"]], smaller_is_better=True, peer="nanoGPT's recipe", ratio_goal=1)
        same, example = must_go_on_alike(model)
        session.notes.append(
            f"learn/gpt: {STEPS} steps on the King James Bible; llama.cpp reads what was written and goes on greedily as Lares does: {same} of {len(PROMPTS)} "
            f"texts of 32 bytes are the same, others part where its own best two are within {CLOSE} nats: {example!r}"
        )


PROMPTS = ["And the LORD ", "In the beginning ", "And it came to pass", "The son of ", "Blessed is the man", "Behold, I "]
CLOSE = 0.1  # nats between two bytes that may change places: a rounding's work


def must_go_on_alike(path):
    """How many greedy texts are the same here and in llama.cpp, and the first of them; ends with an error where they differ though llama.cpp is sure."""
    from llama_cpp import Llama

    peer = Llama(str(path), n_ctx=64, logits_all=True, verbose=False)
    same, first = 0, None
    with lares_program.home_with(path, "tiny") as home, lares_program.serving(home, "tiny") as server:
        for prompt in PROMPTS:
            theirs = peer(prompt, max_tokens=32, temperature=0, logprobs=5)["choices"][0]
            ours = lares_program.completion(server.port, {"model": "tiny", "prompt": prompt, "max_tokens": 32, "temperature": 0})["text"]
            if ours == theirs["text"]:
                same, first = same + 1, first or ours
                continue
            # A token is a byte, and what was learnt is ASCII: places in the text are places among the tokens.
            at = len(os.path.commonprefix([ours, theirs["text"]]))
            likely = theirs["logprobs"]["top_logprobs"][at] if at < len(theirs["text"]) else {}
            if ours[at : at + 1] not in likely or max(likely.values()) - likely[ours[at]] > CLOSE:
                raise SystemExit(f"bench: after {prompt!r} Lares goes on with {ours!r}, llama.cpp with {theirs['text']!r}, which is sure at byte {at}: {likely}")
    return same, first


def adapter(session):
    """What SmolLM2 learnt, in an adapter: the loss on text it hasn't seen here and in llama.cpp with the same file, token by token."""
    model = MODELS / "smollm2.gguf"
    with tempfile.TemporaryDirectory() as folder, lares_program.home_with(model, "smollm2") as home:
        text, adapter = pathlib.Path(folder, "text.txt"), pathlib.Path(folder, "adapter.gguf")
        bible = king_james()
        text.write_text(bible[:200_000])
        unseen = [bible[begin : begin + 600] for begin in range(1_000_000, 1_008_000, 1000)]
        lares_program.run(["language", "tune", "smollm2", str(text), "--adapter", str(adapter), "--steps", "40"], home)
        lares_program.run(["import", str(adapter), "--name", "verse", "--base", "smollm2"], home)
        theirs, tokens = llama_losses(model, adapter, unseen)
        with lares_program.serving(home, "verse") as server:
            ours, plain = ([losses(server.port, name, part) for part in tokens] for name in ("verse", "smollm2"))
    apart = [abs(a - b) for ours, theirs in zip(ours, theirs) for a, b in zip(ours, theirs, strict=True)]
    mean = lambda lists: statistics.mean(loss for losses in lists for loss in losses)
    session.add("learn/adapter", "nats a token", [mean(ours)], [mean(theirs)], smaller_is_better=True, peer="llama.cpp")
    session.notes.append(f"learn/adapter: {mean(plain):.3f} nats without it; of {len(apart)} tokens the losses are {statistics.mean(apart):.3f} apart on average")


def losses(port, model, tokens):
    """Of each token but the first. A bias makes the model choose it; its log-probability is told as it was without the bias."""
    ask = lambda place: {"model": model, "prompt": tokens[:place], "max_tokens": 1, "temperature": 0, "logprobs": 1, "logit_bias": {str(tokens[place]): 100}}
    return [-lares_program.completion(port, ask(place))["logprobs"]["token_logprobs"][0] for place in range(1, len(tokens))]


def llama_losses(model, adapter, texts):
    """The same of texts, and the tokens of each."""
    from llama_cpp import Llama

    peer = Llama(str(model), lora_path=str(adapter), n_ctx=512, logits_all=True, verbose=False)
    answers = [peer(text, max_tokens=1, temperature=0, echo=True, logprobs=1)["choices"][0]["logprobs"]["token_logprobs"] for text in texts]
    tokens = [peer.tokenize(text.encode(), add_bos=False, special=True) for text in texts]
    # What is written after the text, if anything is, stands behind its tokens.
    return [[-value for value in answer[1 : len(part)]] for answer, part in zip(answers, tokens, strict=True)], tokens


ROWS = {"gpt": gpt, "adapter": adapter}
