"""Broken and hostile model files: name → bytes. Each must be refused with a sentence, by a program that goes on living."""

import json
import struct
import sys

from lares_server import ROOT

sys.path.insert(0, str(ROOT / "scripts/golden"))
import gguf_writer  # noqa: E402
import random_gguf  # noqa: E402

U64 = (1 << 64) - 1
SHAPE = random_gguf.Shape("hostile", "llama", ("F16",), layers=1, width=64, heads=2, kv_heads=1, head=32, hidden=64)


def text(value):
    data = value if isinstance(value, bytes) else value.encode()
    return struct.pack("<Q", len(data)) + data


def pair(key, kind, data):
    return text(key) + struct.pack("<I", kind) + data


def tensor(name, dimensions, kind=0, offset=0, rank=None):
    return text(name) + struct.pack("<I", len(dimensions) if rank is None else rank) + b"".join(struct.pack("<Q", d & U64) for d in dimensions) + struct.pack("<IQ", kind & 0xFFFFFFFF, offset & U64)


ARCHITECTURE = pair("general.architecture", 8, text("llama"))


def gguf(pairs=(), tensors=(), data=b"\0" * 4096, magic=b"GGUF", version=3, tensor_count=None, pair_count=None):
    pairs = (ARCHITECTURE, *pairs)
    head = magic + struct.pack("<IQQ", version, len(tensors) if tensor_count is None else tensor_count, len(pairs) if pair_count is None else pair_count)
    head += b"".join(pairs) + b"".join(tensors)
    return head + bytes(-len(head) % 32) + data


def model(folder, change=None, **replace):
    """A whole tiny model that loads, with some metadata changed, dropped (None) or added; tensors can be changed by `change`."""
    path = folder / "model.gguf"
    values = random_gguf.metadata(SHAPE) | replace
    tensors = random_gguf.tensors(SHAPE)
    gguf_writer.write(path, {k: v for k, v in values.items() if v is not None}, change(tensors) if change else tensors)
    return path.read_bytes()


def vocabulary_of_integers(size):
    return struct.pack("<IQ", 4, size)


BROKEN_GGUF = {
    "empty": b"",
    "four bytes": b"GGUF",
    "magic FUGG": gguf(magic=b"FUGG"),
    "big endian": b"GGUF" + struct.pack(">IQQ", 3, 0, 0),
    **{f"version {v}": gguf(version=v) for v in (0, 1, 4, 0xFFFFFFFF)},
    "2^64-1 tensors": gguf(tensor_count=U64),
    "2^64-1 pairs": gguf(pair_count=U64),
    "2^60 pairs": gguf(pair_count=1 << 60),
    "key of 2^64-1 bytes": gguf([struct.pack("<Q", U64) + b"x"]),
    "string of 2^63 bytes": gguf([text("a") + struct.pack("<IQ", 8, 1 << 63)]),
    "empty key": gguf([pair("", 4, b"\0\0\0\0")]),
    "key twice": gguf([pair("a", 4, b"\0\0\0\0")] * 2),
    "key not UTF-8": gguf([pair(b"\xff\xfe", 4, b"\0\0\0\0")]),
    "unknown value type": gguf([pair("a", 99, b"\0" * 8)]),
    "array of 2^62": gguf([pair("a", 9, struct.pack("<IQ", 4, 1 << 62))]),
    "array of arrays, deep": gguf([pair("a", 9, struct.pack("<IQ", 9, 1) * 100_000)]),
    "array of unknown type": gguf([pair("a", 9, struct.pack("<IQ", 77, 1) + b"\0" * 8)]),
    "bool of 7": gguf([pair("a", 7, b"\7")]),
    "tensor twice": gguf(tensors=[tensor("a", [8]), tensor("a", [8], offset=32)]),
    "tensor without name": gguf(tensors=[tensor("", [8])]),
    "tensor name of 2^40": gguf(tensors=[struct.pack("<Q", 1 << 40) + b"a"]),
    "unknown tensor type": gguf(tensors=[tensor("a", [8], kind=200)]),
    "negative tensor type": gguf(tensors=[tensor("a", [8], kind=-1)]),
    "rank 0xFFFFFFFF": gguf(tensors=[tensor("a", [8], rank=0xFFFFFFFF)]),
    "rank 5": gguf(tensors=[tensor("a", [1, 1, 1, 1, 1])]),
    "zero dimension": gguf(tensors=[tensor("a", [0, 8])]),
    "negative dimension": gguf(tensors=[tensor("a", [-1, 8])]),
    "wrapping dimensions": gguf(tensors=[tensor("a", [(1 << 42) + 1, 1 << 22, 1 << 10])]),
    "two huge I8 tensors": gguf(tensors=[tensor("a", [0x7FFFFFFFFFFFFFC0], 24), tensor("b", [0x7FFFFFFFFFFFFFC0], 24)]),
    "huge F32 tensor": gguf(tensors=[tensor("a", [1 << 61])]),
    "blocks not filled": gguf(tensors=[tensor("a", [33], kind=2)]),
    "offset past the end": gguf(tensors=[tensor("a", [8], offset=1 << 40)]),
    "offset 2^64-32": gguf(tensors=[tensor("a", [8], offset=U64 - 31)]),
    "offset not aligned": gguf(tensors=[tensor("a", [8], offset=7)]),
    "data cut short": gguf(tensors=[tensor("a", [1 << 20])]),
    **{f"alignment {a}": gguf([pair("general.alignment", 4, struct.pack("<I", a))], [tensor("a", [8])]) for a in (0, 13, 0x80000000)},
    "alignment as INT32": gguf([pair("general.alignment", 5, struct.pack("<i", -32))], [tensor("a", [8])]),
    "no architecture": b"GGUF" + struct.pack("<IQQ", 3, 0, 0),
    "architecture unknown": b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + pair("general.architecture", 8, text("nonesuch")),
    "architecture a number": b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + pair("general.architecture", 4, b"\1\0\0\0"),
    "nothing but an architecture": gguf(),
}

# Well-formed files whose model is impossible. They may be refused at import or, at the latest, at load.
IMPOSSIBLE = {
    "513 layers": {"llama.block_count": 513},
    "4 billion layers": {"llama.block_count": 0xFFFFFFFF},
    "no layers": {"llama.block_count": 0},
    "no heads": {"llama.attention.head_count": 0},
    "heads do not divide": {"llama.attention.head_count": 3},
    "more KV heads than heads": {"llama.attention.head_count_kv": 64},
    "head of 2^32-1": {"llama.attention.key_length": 0xFFFFFFFF},
    "width 0": {"llama.embedding_length": 0},
    "width 2^32-1": {"llama.embedding_length": 0xFFFFFFFF},
    "hidden 0": {"llama.feed_forward_length": 0},
    "context 0": {"llama.context_length": 0},
    "rope dimension odd": {"llama.rope.dimension_count": 31},
    "rope base NaN": {"llama.rope.freq_base": float("nan")},
    "rope base 0": {"llama.rope.freq_base": 0.0},
    "epsilon NaN": {"llama.attention.layer_norm_rms_epsilon": float("nan")},
    "epsilon a string": {"llama.attention.layer_norm_rms_epsilon": "small"},
    "layers missing in metadata": {"llama.block_count": None},
    "no tokens": {"tokenizer.ggml.tokens": None},
    "tokens are numbers": {"tokenizer.ggml.tokens": [1, 2, 3]},
    "too few tokens": {"tokenizer.ggml.tokens": ["a", "b"]},
    "token types too short": {"tokenizer.ggml.token_type": [1]},
    "unknown tokenizer": {"tokenizer.ggml.model": "nonesuch"},
    "unknown pre-tokenizer": {"tokenizer.ggml.pre": "nonesuch"},
    "merge of three": {"tokenizer.ggml.merges": ["a b c"]},
    "merge of nothing": {"tokenizer.ggml.merges": ["", " ", "  "]},
    "merge of unknown parts": {"tokenizer.ggml.merges": ["qqqq zzzz"]},
    "end token out of range": {"tokenizer.ggml.eos_token_id": 0xFFFFFFFF},
}
SENTENCEPIECE = {"tokenizer.ggml.model": "llama", "tokenizer.ggml.merges": None, "tokenizer.ggml.pre": None}
IMPOSSIBLE |= {
    "scores missing": SENTENCEPIECE,
    "scores as UINT32": SENTENCEPIECE | {"tokenizer.ggml.scores": [1] * 320},
    "scores too short": SENTENCEPIECE | {"tokenizer.ggml.scores": [0.0]},
    "scores NaN": SENTENCEPIECE | {"tokenizer.ggml.scores": [float("nan")] * 320},
    "byte tokens broken": SENTENCEPIECE
    | {"tokenizer.ggml.scores": [0.0] * 320, "tokenizer.ggml.tokens": ["<0x-1>", "<0xZZ>", *(f"<0x{i}>" for i in range(318))],
       "tokenizer.ggml.token_type": [gguf_writer.I32(6)] * 320},
}  # fmt: skip

TEMPLATES = {
    "macro calls itself": "{% macro x() %}{{ x() }}{% endmacro %}{{ x() }}",
    "100,000 parentheses": "{{ " + "(" * 100_000 + "1" + ")" * 100_000 + " }}",
    "python inside": "{{ lipsum.__globals__['os'].popen('id').read() }}",
    "python classes": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "range of 10^9": "{% for i in range(10**9) %}x{% endfor %}",
    "nested loops": "{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}{% endfor %}{% endfor %}{% endfor %}",
    "string that doubles": "{% set ns = namespace(s='x') %}{% for i in range(99) %}{% set ns.s = ns.s + ns.s %}{% endfor %}{{ ns.s }}",
    "list that doubles": "{% set ns = namespace(s=[1]) %}{% for i in range(99) %}{% set ns.s = ns.s + ns.s %}{% endfor %}",
    "huge product": "{{ 'x' * 10**12 }}",
    "huge power": "{{ 10**10**10 }}",
    "division by zero": "{{ 1 // 0 }} {{ 1 % 0 }}",
    "smallest over -1": "{{ (-9223372036854775807 - 1) // -1 }}",
    "never ends": "{% for m in messages %}",
    "raises": "{{ raise_exception('no') }}",
    "100,000 ifs": "{% if true %}" * 100_000 + "{% endif %}" * 100_000,
    "endless indent": "{{ 'a' | indent(10**12) }}",
    "negative slice": "{{ 'abc'[-99999999999999999999:9223372036854775807:0] }}",
}


def safetensors(header, data=b"", length=None):
    raw = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(raw) if length is None else length) + raw + data


def entry(shape, begin, end, dtype="F32"):
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


BROKEN_SAFETENSORS = {
    "empty": b"",
    "seven bytes": b"\0" * 7,
    "header of 2^56": safetensors({}, length=1 << 56),
    "header of 2^64-1": safetensors({}, length=U64),
    "header longer than the file": safetensors({}, length=1000),
    "header empty": safetensors(b""),
    "header not UTF-8": safetensors(b'{"\xff":1}'),
    "header an array": safetensors(b"[]"),
    "header not JSON": safetensors(b"{nope"),
    "100,000 brackets": safetensors(b"[" * 100_000),
    "100,000 objects": safetensors(b'{"a":' * 100_000),
    "shape wraps": safetensors({"a": entry([2, U64 - 1], 0, 4)}, b"\0" * 4),
    "shape wraps to 4": safetensors({"a": entry([4194305, 4194305, 211106198978564], 0, 16)}, b"\0" * 16),
    "shape negative": safetensors({"a": entry([-1], 0, 4)}, b"\0" * 4),
    "shape a fraction": safetensors({"a": entry([1.5], 0, 4)}, b"\0" * 4),
    "overlap": safetensors({"a": entry([2], 0, 8), "b": entry([2], 4, 12)}, b"\0" * 12),
    "hole": safetensors({"a": entry([1], 0, 4), "b": entry([1], 8, 12)}, b"\0" * 12),
    "something behind": safetensors({"a": entry([1], 0, 4)}, b"\0" * 4 + b"PK\3\4 polyglot"),
    "cut short": safetensors({"a": entry([1000], 0, 4000)}, b"\0" * 40),
    "offsets negative": safetensors({"a": entry([1], -4, 0)}, b"\0" * 4),
    "begin after end": safetensors({"a": entry([1], 8, 4)}, b"\0" * 8),
    "offsets huge": safetensors({"a": entry([1], U64 - 3, U64)}, b"\0" * 4),
    "size does not fit": safetensors({"a": entry([3], 0, 4)}, b"\0" * 4),
    "key twice": safetensors(b'{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', b"\0" * 4),
    "unknown type": safetensors({"a": entry([1], 0, 4, "F13")}, b"\0" * 4),
    "nothing a model needs": safetensors({"a": entry([1], 0, 4)}, b"\0" * 4),
}
