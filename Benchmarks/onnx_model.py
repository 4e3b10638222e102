"""A BERT encoder as the graph that ONNX Runtime's own transformer optimiser ends in, built from safetensors: float32 in and out.

    python Benchmarks/onnx_model.py .build/models/minilm Tests/LaresLanguageTests/Golden/minilm.json    # compares it with the golden vectors

Every layer is Attention (packed QKV) · MatMul · SkipLayerNormalization · MatMul · BiasGelu · MatMul · SkipLayerNormalization of the domain
com.microsoft. The embedding of token type 0 is added to the positions, as Lares does, which saves the peer a look-up. The mean's division
falls away, because the vector is normalised after it.
"""

import base64
import json
import pathlib
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file

FUSED = "com.microsoft"


class Graph:
    def __init__(self, tensors, config):
        self.tensors, self.config = tensors, config
        self.nodes, self.constants = [], []

    def weight(self, name):
        return self.tensors.get(name, self.tensors.get("bert." + name))

    def constant(self, name, values):
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def node(self, kind, inputs, output, domain="", **attributes):
        self.nodes.append(helper.make_node(kind, inputs, [output] if isinstance(output, str) else output, domain=domain, **attributes))
        return output

    def matmul(self, x, name, output):
        return self.node("MatMul", [x, self.constant(name, self.weight(name + ".weight").T)], output)

    def norm(self, name):
        return [self.constant(f"{name}.{part}", self.weight(f"{name}.{part}")) for part in ("weight", "bias")]

    def add_and_norm(self, x, skip, norm, bias, output):
        bias = self.constant(bias, self.weight(bias))
        return self.node("SkipLayerNormalization", [x, skip, *self.norm(norm), bias], output, FUSED, epsilon=self.config["layer_norm_eps"])

    def embeddings(self):
        words = self.constant("words", self.weight("embeddings.word_embeddings.weight"))
        type_zero = self.weight("embeddings.token_type_embeddings.weight")[0]
        positions = self.constant("positions", self.weight("embeddings.position_embeddings.weight") + type_zero)
        inputs = ["ids", "", words, positions, "", *self.norm("embeddings.LayerNorm"), "mask"]
        return self.node("EmbedLayerNormalization", inputs, ["stream", "lengths"], FUSED, epsilon=self.config["layer_norm_eps"])[0]

    def layer(self, index, stream):
        name = f"encoder.layer.{index}."
        parts = [name + f"attention.self.{part}" for part in ("query", "key", "value")]
        packed = self.constant(name + "qkv", np.concatenate([self.weight(p + ".weight").T for p in parts], axis=1))
        bias = self.constant(name + "qkv.bias", np.concatenate([self.weight(p + ".bias") for p in parts]))
        heads = self.config["num_attention_heads"]
        mixed = self.node("Attention", [stream, packed, bias, "lengths"], name + "mixed", FUSED, num_heads=heads)
        part = self.matmul(mixed, name + "attention.output.dense", name + "attended")
        stream = self.add_and_norm(part, stream, name + "attention.output.LayerNorm", name + "attention.output.dense.bias", name + "middle")
        up = self.matmul(stream, name + "intermediate.dense", name + "up")
        bias = self.constant(name + "up.bias", self.weight(name + "intermediate.dense.bias"))
        hidden = self.node("BiasGelu", [up, bias], name + "hidden", FUSED)
        part = self.matmul(hidden, name + "output.dense", name + "down")
        return self.add_and_norm(part, stream, name + "output.LayerNorm", name + "output.dense.bias", name + "stream")

    def pooled(self, stream):
        self.node("Cast", ["mask"], "present", to=TensorProto.FLOAT)
        self.node("Unsqueeze", ["present", self.constant("one", np.array([1], np.int64))], "row")
        self.node("MatMul", ["row", stream], "sums")
        self.node("Squeeze", ["sums", "one"], "sum")
        self.node("LpNormalization", ["sum"], "vectors", axis=-1, p=2)


def build(folder):
    """The model of a folder of safetensors, as bytes for an InferenceSession: int32 `ids` and `mask` of [batch, length], padded on the right."""
    folder = pathlib.Path(folder)
    tensors = {name: values.astype(np.float32) for name, values in load_file(folder / "model.safetensors").items() if values.dtype.kind == "f"}
    graph = Graph(tensors, json.loads((folder / "config.json").read_text()))
    stream = graph.embeddings()
    for index in range(graph.config["num_hidden_layers"]):
        stream = graph.layer(index, stream)
    graph.pooled(stream)
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT32, ["batch", "length"]) for name in ("ids", "mask")]
    output = helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["batch", graph.config["hidden_size"]])
    whole = helper.make_graph(graph.nodes, "encoder", inputs, [output], graph.constants)
    domains = [helper.make_opsetid("", 17), helper.make_opsetid(FUSED, 1)]
    return helper.make_model(whole, opset_imports=domains, ir_version=9).SerializeToString()


def golden_cosines(embed, path):
    """Lowest cosine between the golden vectors and those that `embed` gives for their tokens, and how many there are."""
    entries = json.loads(pathlib.Path(path).read_text())["entries"]
    golden = np.stack([np.frombuffer(base64.b64decode(e["embedding"]), "<f4") for e in entries])
    vectors = embed([e["tokens"] for e in entries])
    return float(np.min(np.sum(golden * vectors, axis=1) / np.linalg.norm(golden, axis=1) / np.linalg.norm(vectors, axis=1))), len(entries)


def main():
    from onnx_peer import Peer

    peer = Peer()
    peer.load(sys.argv[1])
    lowest, count = golden_cosines(peer.vectors, sys.argv[2])
    print(f"lowest cosine {lowest:.7f} over {count} texts")
    if lowest < 0.99999:
        raise SystemExit("onnx_model: the graph does not compute what sentence-transformers did")


if __name__ == "__main__":
    main()
