"""Files of networks, written by hand: one safetensors whose metadata holds the plan."""

import json
import math
import struct


def write_network(path, plan, tensors=None):
    """Writes a network; `tensors` maps names to (shape, floats or their bytes)."""
    header, data = {"__metadata__": {"format": "lares network 1", "plan": json.dumps(plan)}}, b""
    for name, (shape, values) in sorted((tensors or {}).items()):
        packed = values if isinstance(values, bytes) else struct.pack(f"<{len(values)}f", *values)
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [len(data), len(data) + len(packed)]}
        data += packed
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)
    return path


def simple_plan():
    """The model of Triton's examples: the sum and the difference of two rows of sixteen numbers."""
    return {
        "inputs": [{"name": f"INPUT{i}", "type": "INT32", "shape": [-1, 16]} for i in range(2)],
        "steps": [{"name": "sum", "layer": "add", "from": ["INPUT0", "INPUT1"]}, {"name": "difference", "layer": "subtract", "from": ["INPUT0", "INPUT1"]}],
        "outputs": [{"name": "OUTPUT0", "from": "sum", "type": "INT32"}, {"name": "OUTPUT1", "from": "difference", "type": "INT32"}],
    }


def joined_plan(datatype, layer="concatenate"):
    """A network of any type of numbers: its output is made of two inputs side by side."""
    return {
        "inputs": [{"name": name, "type": datatype, "shape": [-1, 3]} for name in ("a", "b")],
        "steps": [{"name": "y", "layer": layer, "from": ["a", "b"]}],
        "outputs": [{"name": "y", "type": datatype}],
    }


def words_plan():
    """Texts in, texts out: a word that is known comes back, another becomes "?"."""
    return {
        "inputs": [{"name": "word", "type": "BYTES", "shape": [-1, 1]}],
        "steps": [
            {"name": "place", "layer": "lookup", "categories": ["kalt", "热", "mild"]},
            {"name": "known", "layer": "one_hot", "size": 4},
            {"name": "again", "layer": "label", "labels": ["?", "kalt", "热", "mild"]},
        ],
        "outputs": [{"name": "again"}, {"name": "known"}],
    }


def linear_plan(inputs, hidden, outputs):
    """A network of two layers; `linear_tensors` makes its weights."""
    return {
        "inputs": [{"name": "x", "type": "FP32", "shape": [-1, inputs]}],
        "steps": [{"name": "hidden", "layer": "linear", "outputs": hidden, "activation": "relu"}, {"name": "y", "layer": "linear", "outputs": outputs}],
        "outputs": [{"name": "y"}],
    }


def linear_tensors(inputs, hidden, outputs, scale=1.0):
    """Weights that are neither random nor all the same."""
    sizes = {"hidden.weight": [inputs, hidden], "hidden.bias": [hidden], "y.weight": [hidden, outputs], "y.bias": [outputs]}
    return {name: (shape, [scale * ((7 * i) % 11 - 5) / 50 for i in range(math.prod(shape))]) for name, shape in sizes.items()}
