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


def adapter():
    """GGUF v3: a LoRA adapter of two maps of the fuzzer's small network."""
    values = [text("general.type") + struct.pack("<I", 8) + text("adapter"), text("adapter.type") + struct.pack("<I", 8) + text("lora"),
              text("general.architecture") + struct.pack("<I", 8) + text("llama"), text("adapter.lora.alpha") + struct.pack("<If", 6, 4.0)]  # fmt: skip
    tensors, data = b"", b""
    for name, inputs, outputs in (("attn_q", 8, 8), ("ffn_down", 16, 8)):
        for part, sizes in (("lora_a", (inputs, 2)), ("lora_b", (2, outputs))):
            tensors += text(f"blk.0.{name}.weight.{part}") + struct.pack("<IQQIQ", 2, *sizes, 0, len(data))
            data += struct.pack(f"<{sizes[0] * sizes[1]}f", *([0.5] * sizes[0] * sizes[1]))
            data += bytes(-len(data) % 32)
    head = b"GGUF" + struct.pack("<IQQ", 3, 4, len(values)) + b"".join(values) + tensors
    return head + bytes(-len(head) % 32) + data


PLANS = {
    "classes": {"inputs": [{"name": "size", "type": "FP32", "shape": [-1, 2]}, {"name": "colour", "type": "BYTES", "shape": [-1, 1]}],
        "steps": [{"name": "standard", "layer": "standardise", "from": "size", "mean": [1, 2.5], "deviation": [0.5, 1]}, {"name": "kinds", "layer": "one_hot", "from": "colour", "categories": ["red", "blue"]},
        {"name": "all", "layer": "concatenate", "from": ["standard", "kinds"]}, {"layer": "linear", "outputs": 3, "activation": "gelu"}, {"layer": "dropout", "rate": 0.5}, {"name": "logits", "layer": "linear", "outputs": 2},
        {"name": "p", "layer": "softmax"}, {"name": "class", "layer": "label", "from": "logits", "labels": ["a", "b"]}], "outputs": [{"name": "class"}, {"name": "p"}]},
    "images": {"inputs": [{"name": "x", "type": "FP16", "shape": [-1, 64]}], "steps": [{"layer": "reshape", "shape": [8, 8, 1]}, {"layer": "conv2d", "outputs": 2, "window": [5, 3], "padding": [2, 1], "stride": 2, "activation": "relu"},
        {"layer": "maxpool", "window": 2}, {"layer": "flatten"}, {"name": "y", "layer": "layer_norm"}], "outputs": [{"name": "y", "type": "FP64"}]},
    "sequences": {"inputs": [{"name": "t", "type": "INT64", "shape": [-1, -1]}], "steps": [{"layer": "embedding", "tokens": 9, "width": 4}, {"layer": "transformer", "heads": 2, "hidden": 8, "causal": True, "places": True, "dropout": 0.1},
        {"name": "w", "layer": "lstm", "hidden": 3, "outputs": "all"}, {"layer": "gru", "hidden": 3, "outputs": "all"}, {"layer": "conv1d", "outputs": 2, "window": 1}, {"layer": "mean_over_time"}, {"name": "y", "layer": "rescale", "mean": [0, 1], "deviation": [2, 2]}], "outputs": [{"name": "y"}]},
    "sums": {"inputs": [{"name": n, "type": "UINT8", "shape": [-1, 4]} for n in "ab"], "steps": [{"name": "s", "layer": "add", "from": ["a", "b"]}, {"name": "d", "layer": "subtract", "from": ["s", "b"]}, {"name": "m", "layer": "multiply", "from": ["a", "b"]}],
        "outputs": [{"name": "s", "type": "INT16"}, {"name": "d", "type": "UINT64"}, {"name": "o", "from": "m", "type": "INT32"}]},
}  # fmt: skip


def network():
    """Two linear layers."""
    plan = {"inputs": [{"name": "x", "type": "FP32", "shape": [-1, 2]}], "steps": [{"name": "h", "layer": "linear", "outputs": 3, "activation": "tanh"}, {"name": "y", "layer": "linear", "outputs": 1, "bias": False}], "outputs": [{"name": "y"}]}
    head, at = {"__metadata__": {"format": "lares network 1", "plan": json.dumps(plan)}}, 0
    for name, shape in (("h.bias", [3]), ("h.weight", [2, 3]), ("y.weight", [3, 1])):
        size = 4 * shape[0] * (shape[1] if len(shape) > 1 else 1)
        head[name] = {"dtype": "F32", "shape": shape, "data_offsets": [at, at + size]}
        at += size
    text = json.dumps(head).encode()
    return struct.pack("<Q", len(text)) + text + struct.pack(f"<{at // 4}f", *([0.25] * (at // 4)))


RECIPE = {"name": "net", "data": {"file": "t.csv", "separator": ",", "missing": ["", "?"], "on_missing": "fill"},
    "columns": [{"name": "p", "from": ["x", "y"], "standardise": True}, {"name": "c", "kind": "category", "embedding": 3}, {"name": "x", "standardise": False}],
    "target": {"name": "t", "kind": "class", "labels": ["a", "b"]}, "split": {"validation": 0.2, "test": 0.1}, "network": {"layers": [{"layer": "linear", "outputs": 4, "activation": "silu"}, {"layer": "dropout", "rate": 0.2}]},
    "loss": "cross_entropy", "optimizer": {"name": "sgd", "rate": 0.1, "momentum": 0.9, "nesterov": True, "decay": 0.01, "decay_for": "all", "clip": 1}, "schedule": {"name": "stepped", "factor": 0.5, "every": 3, "warmup": 2},
    "batch": 4, "epochs": 3, "early_stopping": {"patience": 2, "margin": 0.1}, "seed": 3, "checkpoint_steps": 2}  # fmt: skip
NUMBERS = RECIPE | {"target": {"name": "y", "kind": "number"}, "columns": [{"name": "x"}], "loss": "huber", "optimizer": {"name": "rmsprop"}, "schedule": {"name": "cosine", "to": 0}}
PLANNED = {"data": {"file": "t.csv"}, "columns": [{"name": "x"}], "target": {"name": "t"}, "network": {"learn": "y", "plan": {"inputs": [{"name": "x", "type": "FP32", "shape": [-1, 1]}], "steps": [{"name": "y", "layer": "linear", "outputs": 2}], "outputs": [{"name": "y"}]}}}

CSV = 'x,y,c,t\n1,2.5,red,a\r\n-1e-3,?,"blue, ""dark""",b\n0,1,"two\nlines",a\n3,4,,b\n'
JSONL = '{"x": 1, "y": 2.5, "c": "red", "t": "a"}\n{"x": -1e-3, "y": 0, "c": "\\u00e9\\ud83d\\ude00", "t": "b"}\n\n{"t": "a", "c": true, "y": 1, "x": 2}'
TENSOR = {"name": "x", "shape": [1, 2], "datatype": "FP32", "data": [[0.5, -1e3]]}
BYTES = {"name": "w", "shape": [2], "datatype": "BYTES", "parameters": {"binary_data_size": 11}}
WHOLE = {"name": "i", "shape": [2, 1], "datatype": "INT16", "parameters": {"binary_data_size": 4}}


def tensors(inputs, tail=b"", header=None, **more):
    body = json.dumps({"id": "1", "inputs": inputs, "outputs": [{"name": "y", "parameters": {"binary_data": True}}], "parameters": {"binary_data_output": False}} | more).encode()
    return struct.pack("<H", 0xFFFF if header is None else len(body)) + body + tail


def words():
    rows = [("the", (0.5, -1.25)), ("热", (1e-3, 2)), ("b", (3, 4))]
    yield "text", b"3 2\n" + b"".join(f"{w} {a} {b}\n".encode() for w, (a, b) in rows)
    yield "headless", b"".join(f"{w} {a} {b} 1\n".encode() for w, (a, b) in rows)
    yield "binary", b"3 2\n" + b"".join(w.encode() + b" " + struct.pack("<2f", *v) + b"\n" for w, v in rows)
    head = json.dumps({"__metadata__": {"format": "lares.word-vectors", "words": "a\nb", "counts": "2 1", "grams": "3 6"}, "pieces": {"dtype": "F32", "shape": [3, 2], "data_offsets": [0, 24]},
                       "vectors": {"dtype": "F32", "shape": [2, 2], "data_offsets": [24, 40]}}).encode()  # fmt: skip
    yield "safetensors", struct.pack("<Q", len(head)) + head + bytes(40)


CHAT = {"model": "m", "messages": [{"role": "system", "content": "é汉𝄞"}, {"role": "user", "content": [{"type": "text", "text": "a"}]}], "stream": True, "n": 2,
        "stream_options": {"include_usage": True}, "logit_bias": {"5": -1.5}, "stop": ["x", "\n"], "seed": 2**63 - 1, "temperature": 1e-3, "logprobs": True, "top_logprobs": 3}  # fmt: skip
COMPLETION = {"model": "m", "prompt": [[1, 2], [3]], "max_tokens": 5, "echo": False, "logprobs": 3, "best_of": 1, "suffix": None}
EMBEDDINGS = {"model": "m", "input": ["a", "b"], "dimensions": 3, "encoding_format": "base64"}
TEMPLATE = "{% for m in messages %}{{ '<|' + m.role + '|>' + m['content'] | trim }}{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}"

GOLDEN = pathlib.Path(__file__).resolve().parent.parent / "Tests/LaresThingsTests/Golden"
YAML = pathlib.Path(__file__).parent.parent / "Tests/LaresYAMLTests/Golden"
ZIGBEE = {
    "devices": [{"ieee_address": "0x0017", "type": "Router", "network_address": 29159, "supported": True, "friendly_name": "hall/lamp",
                 "definition": {"model": "LED1545G12", "vendor": "IKEA", "description": "bulb"}, "interview_completed": True}],
    "groups": [{"id": 1, "friendly_name": "hall", "members": [{"ieee_address": "0x0017", "endpoint": 1}]}],
    "info": {"version": "2.1.0", "coordinator": {"ieee_address": "0x00124b"}, "network": {"channel": 15}, "permit_join": True, "permit_join_end": 1733666394000},
    "event": {"type": "device_joined", "data": {"friendly_name": "0x1", "ieee_address": "0x1", "status": "started"}},
    "response/permit_join": {"data": {"time": 60}, "status": "ok", "transaction": 7},
}  # fmt: skip


RULES = {
    "light": {"when": [{"becomes": "a/m/motion", "to": True, "for": "1s"}, {"crosses": "a/l/lux", "below": 40, "margin": 2}, {"time": "sunset-30m"}],
              "only": [{"any": [{"between": ["22:00", "07:00"]}, {"template": "{{ states['a/l/lux'] < 40 }}"}]}, {"dates": {"from": "10-01", "through": "03-31"}}],
              "then": [{"set": {"a/l/on": True}}, {"wait_for": [{"becomes": "a/m/motion", "to": False}], "timeout": "5m", "on_timeout": "go_on"}, {"set": {"a/l/on": False}}], "mode": "restart"},
    "loop": {"when": {"time": {"kind": "cron", "expression": "*/7 * * * *"}}, "variables": {"n": 3},
             "then": [{"repeat": [{"fire": "x", "data": {"n": "{{ repeat.index }}"}}, {"wait": "1s"}], "while": [{"template": "{{ repeat.index < n }}"}], "most": 5},
                      {"choose": [{"only": [{"days": ["sat"]}], "then": [{"stop": "s"}]}], "else": [{"parallel": [[{"notify": "a"}], [{"call_model": "m", "input": "q", "timeout": "1s", "on_timeout": "go_on"}]]}]}], "mode": "queued", "most": 3},
}  # fmt: skip
CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VEVENT
UID:1
DTSTART;VALUE=DATE:20260101
SUMMARY:New Year\\, really
RRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO,2TU;BYSETPOS=1;COUNT=9
EXDATE;VALUE=DATE:20270101
END:VEVENT
BEGIN:VEVENT
UID:2
DTSTART;VALUE=DATE:20261225
DURATION:P2D
RRULE:FREQ=YEARLY;INTERVAL=2;BYMONTHDAY=-1,25;UNTIL=20300101
END:VEVENT
END:VCALENDAR
"""


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
    if parser == "adapter":
        yield "small", adapter()
    if parser == "plan":
        for name, plan in PLANS.items():
            yield name, json.dumps(plan).encode()
    if parser == "network":
        yield "small", network()
    if parser == "recipe":
        for name, recipe in (("classes", RECIPE), ("numbers", NUMBERS), ("plan", PLANNED)):
            yield name, json.dumps(recipe).encode()
    if parser == "csv":
        yield "small", CSV.encode()
        yield "marked", b"\xef\xbb\xbf" + CSV.replace("\n", "\r\n").encode()
    if parser == "jsonl":
        yield "small", JSONL.encode()
    if parser == "words":
        yield from words()
    if parser == "discovery":
        for number, case in enumerate(json.loads((GOLDEN / "components.json").read_text())["cases"]):
            said = case["states"][-1][1] if case["states"] else "ON"
            yield f"case{number}", "\n".join([case["topic"], json.dumps(case["config"]), said]).encode()
    if parser == "tasmota":
        for number, device in enumerate(json.loads((GOLDEN / "tasmota.json").read_text())["devices"]):
            yield f"device{number}", "\n".join([json.dumps(device["config"]), json.dumps(device["sensors"]), device["messages"][-1][1]]).encode()
    if parser == "zigbee":
        yield "state", b'state\n{"state": "online"}'
        for name, said in ZIGBEE.items():
            yield name.replace("/", "-"), f"{name}\n{json.dumps(said)}".encode()
    if parser == "yaml":
        for number, case in enumerate(json.loads((YAML / "yaml.json").read_text())["cases"]):
            yield f"case{number}", case["yaml"].encode()
    if parser == "rule":
        for name, rule in RULES.items():
            yield name, json.dumps({"name": name} | rule).encode()
    if parser == "calendar":
        yield "small", CALENDAR.replace("\n", "\r\n").encode()
    if parser == "points":
        for name, text in POINTS.items():
            yield name, text.encode()
    if parser == "nats":
        yield "session", NATS.encode()
    if parser == "tensors":
        yield "json", tensors([TENSOR])
        yield "binary", tensors([WHOLE, TENSOR, BYTES], struct.pack("<2h", 1, -2) + struct.pack("<I", 1) + b"a" + struct.pack("<I", 2) + "é".encode(), header=True)
    if parser == "json":
        for name, body in (("chat", CHAT), ("completion", COMPLETION), ("embeddings", EMBEDDINGS)):
            yield name, json.dumps(body).encode()
            yield name + "-unescaped", json.dumps(body, ensure_ascii=False).encode()


# The first byte says the format: a multiple of three is line protocol, then JSON lines, then CSV.
POINTS = {
    "line": '0air,station=7 no2=12.5,o3="x y" 1764370800000000000\n# a\na\\ b,quality=bad,unit=°F t=1i,ok=true\n\nbad\nair a=1',
    "jsonl": '1{"thing":"hall","values":{"t":1,"u":"x"},"time":5}\n{"measurement":"a","tags":{"b":"c"},"fields":{"d":1}}\n'
             '{"thing":"hall","property":"t","value":-2e3,"time":"2026-11-29T07:00:00.5+01:00","unit":"°F","quality":"suspect"}\n',
    "csv": '2time,thing,property,value,unit,quality\r\n1,"ha""ll",t,2,°C,good\r\n2,hall,t,x,,\r\n',
    "wide": '2time,hall/t [°C],hall/h\n1,2,3\n',
}
NATS = ('INFO {"connect_urls":["a:1"]}\r\nPONG\r\nMSG _INBOX.abc.made 1 13\r\n{"config":{}}\r\n'
        'MSG a.b 1 $JS.ACK.CITY.w.1.1.1.1.0 3\r\nabc\r\nHMSG _INBOX.abc.m 1 31 31\r\nNATS/1.0 100 Idle Heartbeat\r\n\r\n\r\nPING\r\n')


def main():
    parser, folder, models = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    for name, data in seeds(parser, models):
        (folder / f"seed-{name}").write_bytes(data)


main()
