"""Embeddings with the official `openai` client, held against sentence-transformers."""

import base64

import httpx
import numpy as np
import openai
import pytest


def cosine(a, b):
    a, b = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))


def reference(golden):
    entries = [e for e in golden("minilm")["entries"] if e["text"]]
    return entries, [np.frombuffer(base64.b64decode(e["embedding"]), dtype="<f4") for e in entries]


def test_every_text_has_the_vector_of_the_reference(client, golden):
    entries, vectors = reference(golden)
    short = [(e, v) for e, v in zip(entries, vectors) if len(e["tokens"]) < 500]
    answer = client.embeddings.create(model="minilm", input=[e["text"] for e, _ in short])
    assert [d.index for d in answer.data] == list(range(len(short)))
    worst = min(cosine(d.embedding, v) for d, (_, v) in zip(answer.data, short))
    assert worst > 0.9999


def test_token_ids_give_the_vector_of_their_text(client, golden):
    entries, vectors = reference(golden)
    chosen = [(e["tokens"], v) for e, v in zip(entries, vectors)][:12]
    answer = client.embeddings.create(model="minilm", input=[t for t, _ in chosen])
    assert min(cosine(d.embedding, v) for d, (_, v) in zip(answer.data, chosen)) > 0.9999
    one = client.embeddings.create(model="minilm", input=chosen[0][0])
    assert cosine(one.data[0].embedding, chosen[0][1]) > 0.9999 and one.usage.prompt_tokens == len(chosen[0][0])


def test_float_and_base64_are_the_same_numbers(server, client):
    as_floats = client.embeddings.create(model="minilm", input="hello", encoding_format="float").data[0].embedding
    as_default = client.embeddings.create(model="minilm", input="hello").data[0].embedding  # the client asks for base64 here
    raw = httpx.post(server.url + "/v1/embeddings", json={"model": "minilm", "input": "hello", "encoding_format": "base64"}).json()
    assert isinstance(raw["data"][0]["embedding"], str)
    assert np.allclose(as_floats, as_default, atol=1e-6) and len(as_floats) == 384
    assert np.linalg.norm(as_floats) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("dimensions", [1, 64, 384])
def test_fewer_dimensions_are_cut_and_normalised_again(client, dimensions):
    whole = np.array(client.embeddings.create(model="minilm", input="hello").data[0].embedding)
    cut = np.array(client.embeddings.create(model="minilm", input="hello", dimensions=dimensions).data[0].embedding)
    assert len(cut) == dimensions
    assert np.allclose(cut, whole[:dimensions] / np.linalg.norm(whole[:dimensions]), atol=1e-5)


@pytest.mark.parametrize("options", [{"input": ""}, {"input": []}, {"input": [""]}, {"input": 5}, {"input": [[]]}, {"input": [-5]}, {"input": [10**9]},
                                     {"input": "x", "dimensions": 0}, {"input": "x", "dimensions": 385}, {"input": "x", "encoding_format": "hex"}])  # fmt: skip
def test_wrong_requests_are_400(server, options):
    answer = httpx.post(server.url + "/v1/embeddings", json={"model": "minilm", **options}, timeout=30)
    assert answer.status_code == 400 and answer.json()["error"]["type"] == "invalid_request_error"


def test_a_text_too_long_is_refused_not_cut(client):
    with pytest.raises(openai.BadRequestError) as caught:
        client.embeddings.create(model="minilm", input="lamp " * 2000)
    assert caught.value.code == "context_length_exceeded" and "512" in caught.value.message


def test_a_language_model_does_not_embed(client):
    with pytest.raises(openai.BadRequestError):
        client.embeddings.create(model="smollm2", input="x")
