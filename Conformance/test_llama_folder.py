"""A Llama as Hugging Face's libraries keep it: imported, it answers what a plain NumPy reading of the same folder says, and it learns more."""

import json
import struct

import httpx
import numpy as np
import pytest

from lares_server import ROOT, Server, must_run, run

VOCABULARY, WIDTH, INNER, LAYERS, HEADS, SHARED, SIZE = 1507, 64, 128, 2, 4, 2, 16
CONFIG = {
    "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": WIDTH, "intermediate_size": INNER, "num_hidden_layers": LAYERS,
    "num_attention_heads": HEADS, "num_key_value_heads": SHARED, "vocab_size": VOCABULARY, "max_position_embeddings": 128, "rms_norm_eps": 1e-5,
    "rope_theta": 10000.0, "hidden_act": "silu", "tie_word_embeddings": False, "eos_token_id": 0,
}  # fmt: skip


def weights():
    draw = np.random.default_rng(7)
    matrix = lambda rows, columns, deviation=0.15: draw.normal(0, deviation, (rows, columns)).astype(np.float16)
    vector = lambda: draw.uniform(0.5, 1.5, WIDTH).astype(np.float16)
    found = {"model.embed_tokens": matrix(VOCABULARY, WIDTH, 1), "model.norm": vector(), "lm_head": matrix(VOCABULARY, WIDTH)}
    for layer in range(LAYERS):
        found |= {
            f"model.layers.{layer}.{name}": value
            for name, value in {
                "input_layernorm": vector(), "post_attention_layernorm": vector(), "self_attn.q_proj": matrix(HEADS * SIZE, WIDTH),
                "self_attn.k_proj": matrix(SHARED * SIZE, WIDTH), "self_attn.v_proj": matrix(SHARED * SIZE, WIDTH),
                "self_attn.o_proj": matrix(WIDTH, HEADS * SIZE), "mlp.gate_proj": matrix(INNER, WIDTH), "mlp.up_proj": matrix(INNER, WIDTH),
                "mlp.down_proj": matrix(WIDTH, INNER),
            }.items()
        }  # fmt: skip
    return found


def write(folder, config=CONFIG):
    """config.json, model.safetensors, tokenizer.json."""
    folder.mkdir(exist_ok=True)
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for name, value in weights().items():
        header[name + ".weight"] = {"dtype": "F16", "shape": list(value.shape), "data_offsets": [len(data), len(data) + value.nbytes]}
        data += value.tobytes()
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    (folder / "model.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + data)
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "tokenizer.json").write_bytes((ROOT / "Tests/LaresLanguageTests/Golden/tokenizers/smollm.tokenizer.json").read_bytes())
    return folder


def log_probabilities(tokens):
    """What comes next, as the model's paper and its libraries have it: RMS norms, rotary halves of heads, gated networks."""
    all_weights = {name: value.astype(np.float64) for name, value in weights().items()}
    norm = lambda x, w: x / np.sqrt((x * x).mean(-1, keepdims=True) + 1e-5) * w
    angles = np.arange(len(tokens))[:, None] * 10000.0 ** (-np.arange(SIZE // 2) / (SIZE // 2))
    cosine, sine = (np.concatenate([f(angles)] * 2, -1)[None] for f in (np.cos, np.sin))

    def turned(x, heads):
        x = x.reshape(len(tokens), heads, SIZE).transpose(1, 0, 2)
        halves = np.concatenate([-x[..., SIZE // 2 :], x[..., : SIZE // 2]], -1)
        return x * cosine + halves * sine

    x = all_weights["model.embed_tokens"][tokens]
    for layer in range(LAYERS):
        w = lambda name: all_weights[f"model.layers.{layer}.{name}"]
        a = norm(x, w("input_layernorm"))
        q, k = turned(a @ w("self_attn.q_proj").T, HEADS), turned(a @ w("self_attn.k_proj").T, SHARED)
        v = (a @ w("self_attn.v_proj").T).reshape(len(tokens), SHARED, SIZE).transpose(1, 0, 2)
        k, v = (np.repeat(part, HEADS // SHARED, 0) for part in (k, v))
        scores = q @ k.transpose(0, 2, 1) / np.sqrt(SIZE) + np.triu(np.full((len(tokens),) * 2, -np.inf), 1)
        scores = np.exp(scores - scores.max(-1, keepdims=True))
        mixed = (scores / scores.sum(-1, keepdims=True)) @ v
        x = x + mixed.transpose(1, 0, 2).reshape(len(tokens), -1) @ w("self_attn.o_proj").T
        b = norm(x, w("post_attention_layernorm"))
        gate = b @ w("mlp.gate_proj").T
        x = x + (gate / (1 + np.exp(-gate)) * (b @ w("mlp.up_proj").T)) @ w("mlp.down_proj").T
    logits = norm(x[-1], all_weights["model.norm"]) @ all_weights["lm_head"].T
    return logits - logits.max() - np.log(np.exp(logits - logits.max()).sum())


@pytest.fixture(scope="module")
def llama(tmp_path_factory):
    home = tmp_path_factory.mktemp("llama")
    must_run(["import", str(write(home / "folder")), "--name", "mine"], home)
    return home


def test_it_answers_what_the_folder_says(llama):
    shown = json.loads(must_run(["show", "mine", "--json"], llama))
    assert shown["family"] == "llama" and shown["context_length"] == 128, shown
    draw = np.random.default_rng(3)
    with Server(llama, models="mine") as server, httpx.Client(base_url=server.url, timeout=60) as http:
        for length in (1, 2, 7, 30, 90):
            tokens = draw.integers(10, VOCABULARY - 10, length).tolist()
            answer = http.post("/v1/completions", json={"model": "mine", "prompt": tokens, "max_tokens": 1, "temperature": 0, "logprobs": 5}).json()
            expected = log_probabilities(tokens)
            said = answer["choices"][0]["logprobs"]["token_logprobs"][0]
            assert said == pytest.approx(expected.max(), abs=0.02), (length, answer)


def test_it_learns_more(llama, tmp_path):
    text = tmp_path / "text.txt"
    text.write_text("the lamp in the hall is on. " * 300)
    answer = run(["language", "tune", "mine", str(text), "--adapter", str(tmp_path / "a.gguf"), "--steps", "30", "--context", "32", "--learning-rate", "0.01"], llama)
    assert answer.returncode == 0, answer.stderr
    losses = [float(word) for word in answer.stderr.split("Loss on text")[1].replace(",", " ").split() if word.replace(".", "").isdigit()]
    assert losses[1] < losses[0] - 0.5, answer.stderr
    must_run(["import", str(tmp_path / "a.gguf"), "--name", "lamp", "--base", "mine"], llama)


@pytest.mark.parametrize("change, words", [({"hidden_size": 96}, "shape"), ({"rope_scaling": {"rope_type": "yarn"}}, "yarn"), ({"vocab_size": 20}, "tokens"), ({"attention_bias": True}, "biases"), ({"num_attention_heads": 0}, "num_attention_heads")])
def test_folders_that_can_not_be_taken_over_are_explained(tmp_path, change, words):
    refused = run(["import", str(write(tmp_path / "folder", CONFIG | change)), "--name", "bad"], tmp_path)
    assert refused.returncode != 0 and words in refused.stderr and "Fatal" not in refused.stderr, refused.stderr
    assert json.loads(must_run(["list", "--json"], tmp_path)) == []
