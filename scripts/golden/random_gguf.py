"""Writes random-weight GGUFs of the families whose weights can't be had: always the same bytes, standard library only.

    python scripts/golden/random_gguf.py tiny FOLDER     # some twenty files of a few hundred kB: every family and tensor type
    python scripts/golden/random_gguf.py large FOLDER    # one of 1.1 GB, shaped like a model of 1.5 billion parameters

Prints one line of JSON for each file: name and SHA-256, which tests compare with the golden values.
"""

import dataclasses
import json
import math
import pathlib
import sys

import gguf_writer as gguf
from gguf_writer import I32

SEED = "lares-2026-11-23"


@dataclasses.dataclass
class Shape:
    name: str
    family: str  # the GGUF architecture
    types: tuple = ("F16",)  # one for each kind of matrix in turn
    embedding_type: str = ""
    layers: int = 2
    width: int = 256
    heads: int = 4
    kv_heads: int = 2
    head: int = 64
    hidden: int = 256
    vocabulary: int = 320
    tied: bool = False
    rope_base: float = 10000.0
    rope: dict = dataclasses.field(default_factory=dict)
    rope_factors: bool = False
    window: int = 0
    context: int = 4096

    @property
    def bias(self):
        return self.family == "qwen2"

    @property
    def query_norm(self):
        return self.family in ("qwen3", "gemma3")


QUANTISED = ["Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K"]

TINY = [
    *(Shape(f"llama-{t.lower()}", "llama", (t,), rope_factors=True, rope_base=500000.0) for t in ["F32", "F16", "BF16", *QUANTISED]),
    Shape("llama-linear", "llama", rope={"type": "linear", "factor": 4.0}),
    Shape("mistral", "llama", ("Q4_K", "Q6_K"), heads=4, kv_heads=1, head=128, rope_base=1000000.0),
    Shape("qwen2", "qwen2", ("Q4_0", "Q8_0"), tied=True, rope_base=1000000.0),
    Shape("qwen2-yarn", "qwen2", tied=True, rope_base=1000000.0, rope={"type": "yarn", "factor": 4.0, "original_context_length": 16}),
    Shape("qwen3", "qwen3", ("Q5_K", "Q4_K"), head=128, rope_base=1000000.0),
    Shape("gemma3", "gemma3", ("Q5_0", "Q4_K", "Q6_K", "Q8_0"), "Q8_0", layers=7, kv_heads=1, tied=True, rope_base=1000000.0, window=16),
    Shape("gemma3-f16", "gemma3", layers=7, kv_heads=1, head=32, tied=True, rope_base=1000000.0, window=16),
]

LARGE = Shape(
    "qwen2-1.5b", "qwen2", ("Q4_K", "Q4_K", "Q6_K", "Q4_K", "Q4_K", "Q4_K", "Q6_K"), "Q6_K",
    layers=28, width=1536, heads=12, kv_heads=2, head=128, hidden=8960, vocabulary=151936, tied=True, rope_base=1000000.0, context=32768,
)  # fmt: skip


def byte_alphabet():
    """The printable stand-ins that byte-level BPE uses for the 256 bytes."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    stand_ins = iter(range(256, 512))
    return [chr(b) if b in plain else chr(next(stand_ins)) for b in range(256)]


def byte_level_vocabulary(size):
    letters = byte_alphabet()
    specials = ["<|begin|>", "<|end|>"]
    pairs = [(a, b) for a in letters for b in letters][: max(0, size - 258)]
    triples = [(a + b, c) for a in letters for b in letters for c in letters[:2]][: max(0, size - 258 - len(pairs))]
    tokens = specials + letters + [a + b for a, b in pairs + triples]
    assert len(tokens) == size == len(set(tokens))
    return {
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": "qwen2",
        "tokenizer.ggml.tokens": tokens,
        "tokenizer.ggml.token_type": [I32(3)] * 2 + [I32(1)] * (size - 2),
        "tokenizer.ggml.merges": [f"{a} {b}" for a, b in pairs + triples],
        "tokenizer.ggml.bos_token_id": 0,
        "tokenizer.ggml.eos_token_id": 1,
        "tokenizer.ggml.add_bos_token": False,
    }


def sentencepiece_vocabulary(size):
    specials = ["<pad>", "<eos>", "<bos>", "<unk>"]
    words = [chr(c) for c in range(32, 127)][: size - 260]
    assert len(words) == size - 260
    return {
        "tokenizer.ggml.model": "llama",
        "tokenizer.ggml.tokens": specials + [f"<0x{b:02X}>" for b in range(256)] + ["\u2581" if w == " " else w for w in words],
        "tokenizer.ggml.scores": [0.0] * 260 + [-1.0 - i for i in range(len(words))],
        "tokenizer.ggml.token_type": [I32(3)] * 3 + [I32(2)] + [I32(6)] * 256 + [I32(1)] * len(words),
        "tokenizer.ggml.bos_token_id": 2,
        "tokenizer.ggml.eos_token_id": 1,
        "tokenizer.ggml.unknown_token_id": 3,
        "tokenizer.ggml.add_bos_token": True,
        "tokenizer.ggml.add_space_prefix": False,
    }


def metadata(shape):
    f = shape.family
    values = {
        "general.architecture": f,
        "general.name": f"Random {shape.name}",
        "general.quantization_version": 2,
        f"{f}.context_length": shape.context,
        f"{f}.embedding_length": shape.width,
        f"{f}.block_count": shape.layers,
        f"{f}.feed_forward_length": shape.hidden,
        f"{f}.attention.head_count": shape.heads,
        f"{f}.attention.head_count_kv": shape.kv_heads,
        f"{f}.attention.key_length": shape.head,
        f"{f}.attention.value_length": shape.head,
        f"{f}.attention.layer_norm_rms_epsilon": 1e-6,
        f"{f}.rope.freq_base": shape.rope_base,
        f"{f}.rope.dimension_count": shape.head,
        f"{f}.vocab_size": shape.vocabulary,
    }
    values |= {f"{f}.rope.scaling.{key}": value for key, value in shape.rope.items()}
    if shape.window:
        values[f"{f}.attention.sliding_window"] = shape.window
    return values | (sentencepiece_vocabulary(shape.vocabulary) if f == "gemma3" else byte_level_vocabulary(shape.vocabulary))


def tensors(shape):
    made = []

    def add(name, type_name, dimensions, make):
        made.append((name, type_name, dimensions, make))

    def matrix(name, type_name, columns, rows, gain=1.0):
        deviation = gain / math.sqrt(columns)
        add(name, type_name, (columns, rows), lambda: gguf.weights(type_name, columns * rows, deviation, f"{SEED}/{shape.name}/{name}"))

    def norm(name, size):
        add(name, "F32", (size,), lambda: gguf.values_near_one(size, f"{SEED}/{shape.name}/{name}"))

    def bias(name, size):
        add(name, "F32", (size,), lambda: gguf.values_near_one(size, f"{SEED}/{shape.name}/{name}", -0.5, 0.5))

    types = [shape.types[i % len(shape.types)] for i in range(7)]
    embedding_type = shape.embedding_type or types[0]
    matrix("token_embd.weight", embedding_type, shape.width, shape.vocabulary, 1.5)
    norm("output_norm.weight", shape.width)
    if not shape.tied:
        matrix("output.weight", embedding_type, shape.width, shape.vocabulary, 1.5)
    if shape.rope_factors:
        add("rope_freqs.weight", "F32", (shape.head // 2,), lambda: gguf.f32(llama3_factors(shape)))
    for i in range(shape.layers):
        layer(shape, f"blk.{i}.", types, matrix, norm, bias)
    return made


def layer(shape, prefix, types, matrix, norm, bias):
    q_rows, kv_rows = shape.heads * shape.head, shape.kv_heads * shape.head
    norm(prefix + "attn_norm.weight", shape.width)
    matrix(prefix + "attn_q.weight", types[0], shape.width, q_rows)
    matrix(prefix + "attn_k.weight", types[1], shape.width, kv_rows)
    matrix(prefix + "attn_v.weight", types[2], shape.width, kv_rows)
    matrix(prefix + "attn_output.weight", types[3], q_rows, shape.width)
    if shape.bias:
        bias(prefix + "attn_q.bias", q_rows)
        bias(prefix + "attn_k.bias", kv_rows)
        bias(prefix + "attn_v.bias", kv_rows)
    if shape.query_norm:
        norm(prefix + "attn_q_norm.weight", shape.head)
        norm(prefix + "attn_k_norm.weight", shape.head)
    if shape.family == "gemma3":
        norm(prefix + "post_attention_norm.weight", shape.width)
        norm(prefix + "post_ffw_norm.weight", shape.width)
    norm(prefix + "ffn_norm.weight", shape.width)
    matrix(prefix + "ffn_gate.weight", types[4], shape.width, shape.hidden)
    matrix(prefix + "ffn_up.weight", types[5], shape.width, shape.hidden)
    matrix(prefix + "ffn_down.weight", types[6], shape.hidden, shape.width)


def llama3_factors(shape, factor=8.0, low=1.0, high=4.0, trained=32):
    """The frequency factors of Llama 3.1: long waves are stretched, short ones kept, those between blended."""
    factors = []
    for i in range(shape.head // 2):
        wave = 2 * math.pi * shape.rope_base ** (2 * i / shape.head)
        if wave < trained / high:
            factors.append(1.0)
        elif wave > trained / low:
            factors.append(factor)
        else:
            smooth = (trained / wave - low) / (high - low)
            factors.append(1 / ((1 - smooth) / factor + smooth))
    return factors


def write(shape, folder):
    path = pathlib.Path(folder) / f"{shape.name}.gguf"
    return {"file": path.name, "sha256": gguf.write(path, metadata(shape), tensors(shape))}


def main():
    kind, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    for shape in TINY if kind == "tiny" else [LARGE]:
        print(json.dumps(write(shape, folder)), flush=True)


if __name__ == "__main__":
    main()
