"""Writes inputs for libFuzzer to begin with: small well-formed files of each kind, some from the test models where they are at hand.

python3 Fuzz/seeds.py PARSER FOLDER MODELS
"""

import json
import pathlib
import struct
import sys

LONGEST = 65536  # what scripts/fuzz lets an input have


def text(value):
    data = value.encode()
    return struct.pack("<Q", len(data)) + data


def gguf():
    """GGUF v3: three values, an array and one tensor."""
    values = text("general.architecture") + struct.pack("<I", 8) + text("llama")
    values += text("llama.block_count") + struct.pack("<II", 4, 1)
    values += text("tokenizer.ggml.tokens") + struct.pack("<IIQ", 9, 8, 3) + text("<s>") + text("a") + text("b")
    tensor = text("output_norm.weight") + struct.pack("<IQIQ", 1, 8, 0, 0)
    head = b"GGUF" + struct.pack("<IQQ", 3, 1, 3) + values + tensor
    return head + bytes(-len(head) % 32) + struct.pack("<8f", *range(8))


def safetensors():
    head = json.dumps({"__metadata__": {"format": "pt"}, "a": {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]},
                       "b": {"dtype": "F16", "shape": [4], "data_offsets": [16, 24]}}).encode()  # fmt: skip
    return struct.pack("<Q", len(head)) + head + bytes(24)


def word_pieces():
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "hello", "##s", "the", "a", "##b", ",", "world"]
    special = [{"id": i, "content": w, "special": True, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False} for i, w in enumerate(words[:4])]
    return {"version": "1.0", "added_tokens": special, "normalizer": {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None, "lowercase": True},
            "pre_tokenizer": {"type": "BertPreTokenizer"}, "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100, "vocab": {w: i for i, w in enumerate(words)}}}  # fmt: skip


def byte_pairs():
    words = ["<s>", "H", "e", "l", "o", "he", "ll", "\u0120", "\u0120h"]
    return {"version": "1.0", "added_tokens": [{"id": 0, "content": "<s>", "special": True}], "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": False, "use_regex": True},
            "decoder": {"type": "ByteLevel"}, "model": {"type": "BPE", "vocab": {w: i for i, w in enumerate(words)}, "merges": ["h e", ["l", "l"]]}}  # fmt: skip


CHAT = {"model": "m", "messages": [{"role": "system", "content": "é汉𝄞"}, {"role": "user", "content": [{"type": "text", "text": "a"}]}], "stream": True, "n": 2,
        "stream_options": {"include_usage": True}, "logit_bias": {"5": -1.5}, "stop": ["x", "\n"], "seed": 2**63 - 1, "temperature": 1e-3, "logprobs": True, "top_logprobs": 3}  # fmt: skip
COMPLETION = {"model": "m", "prompt": [[1, 2], [3]], "max_tokens": 5, "echo": False, "logprobs": 3, "best_of": 1, "suffix": None}
EMBEDDINGS = {"model": "m", "input": ["a", "b"], "dimensions": 3, "encoding_format": "base64"}
TEMPLATE = "{% for m in messages %}{{ '<|' + m.role + '|>' + m['content'] | trim }}{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}"


def seeds(parser, models):
    """Name and bytes of each input."""
    if parser in ("gguf", "model"):
        yield "small", gguf()
        for file in sorted((models / "random").glob("*.gguf")):
            with file.open("rb") as whole:
                yield file.stem, whole.read(LONGEST)
    if parser == "safetensors":
        yield "small", safetensors()
    if parser == "tokenizer":
        yield "word-pieces", json.dumps(word_pieces()).encode()
        yield "byte-pairs", json.dumps(byte_pairs()).encode()
    if parser == "template":
        yield "small", TEMPLATE.encode()
        for file in sorted((models / "templates").glob("*.jinja")):
            yield file.stem, file.read_bytes()[:LONGEST]
    if parser == "json":
        for name, body in (("chat", CHAT), ("completion", COMPLETION), ("embeddings", EMBEDDINGS)):
            yield name, json.dumps(body).encode()
            yield name + "-unescaped", json.dumps(body, ensure_ascii=False).encode()


def main():
    parser, folder, models = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    for name, data in seeds(parser, models):
        (folder / f"seed-{name}").write_bytes(data)


main()
