"""Embeddings of all-MiniLM-L6-v2 beside ONNX Runtime: texts in, vectors out, tokenisation counted on both sides.

Lares answers over HTTP and the peer in its own process, so the comparison is in the peer's favour.
"""

import base64
import json
import statistics

import numpy as np

import lares_program
from api import Connection
from peer import Peer
from texts import SENTENCE, Texts

NAME = "minilm"
LOWEST_COSINE = 0.9999
BATCHES = (4, 8, 16, 32, 64)
SINGLES = 100  # a latency is the median of so many requests, one after another


def measure(bench, model):
    texts = Texts(model)
    short, long = texts.drawn(256, 6, 40), texts.drawn(32, 240, 272)
    with lares_program.home_with(model, NAME) as home, lares_program.serving(home, NAME) as server, Peer("onnx") as peer:
        peer.ask("load", path=str(model))
        with Connection(server.port) as connection:
            bench.notes.append(f"embeddings: lowest cosine between the two sides {lowest_cosine(connection, peer, short + long):.6f}")
            latency(bench, connection, peer)
            rate(bench, "inference/embed256", connection, peer, short)
            rate(bench, "inference/embed-long", connection, peer, long)


def request(connection, texts):
    return connection.request("/v1/embeddings", model=NAME, input=texts, encoding_format="base64")


def latency(bench, connection, peer):
    one = request(connection, [SENTENCE])
    for _ in range(20):
        connection.answer(one)
    peer.ask("embed", texts=[SENTENCE], times=20)
    sides = {
        "theirs": lambda: 1000 * peer.ask("embed", texts=[SENTENCE], times=SINGLES)["seconds"],
        "ours": lambda: 1000 * statistics.median(connection.answer(one)[0] for _ in range(SINGLES)),
    }
    values = bench.in_turn("embed1", sides)
    bench.add("inference/embed1", "ms", values["ours"], values["theirs"], smaller_is_better=True, peer="ONNX Runtime")


def rate(bench, name, connection, peer, texts):
    whole = request(connection, texts)
    batch = best_batch(bench, peer, texts)
    bench.notes.append(f"{name}: ONNX Runtime was fastest with batches of {batch}")
    sides = {
        "theirs": lambda: len(texts) / peer.ask("embed", texts=texts, batch=batch)["seconds"],
        "ours": lambda: len(texts) / connection.answer(whole)[0],
    }
    sides["ours"]()
    values = bench.in_turn(name.split("/")[1], sides)
    bench.add(name, "texts/s", values["ours"], values["theirs"], peer="ONNX Runtime")


def best_batch(bench, peer, texts):
    """The size with which the peer is fastest on these texts: which one that is depends on their lengths and on the caches."""
    peer.ask("embed", texts=texts)
    seconds = {size: [] for size in BATCHES}
    for _ in range(3):
        for size in BATCHES:
            bench.idle.wait()
            seconds[size].append(peer.ask("embed", texts=texts, batch=size)["seconds"])
    return min(BATCHES, key=lambda size: min(seconds[size]))


def lowest_cosine(connection, peer, texts):
    """Both sides must compute the same vectors for a comparison of their speed to mean anything."""
    data = json.loads(connection.answer(request(connection, texts))[1])["data"]
    ours = np.stack([np.frombuffer(base64.b64decode(entry["embedding"]), "<f4") for entry in data])
    theirs = np.array(peer.ask("answer", texts=texts)["vectors"], np.float32)
    lowest = float(np.min(np.sum(ours * theirs, axis=1) / np.linalg.norm(ours, axis=1) / np.linalg.norm(theirs, axis=1)))
    if lowest < LOWEST_COSINE:
        raise SystemExit(f"bench: Lares and ONNX Runtime give vectors with a cosine of {lowest:.6f}: they do not compute the same")
    return lowest
