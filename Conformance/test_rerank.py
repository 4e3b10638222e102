"""`/v1/rerank`: documents by the nearness of their vectors to the query's."""

import httpx
import numpy as np
import pytest

QUERY = "How do I turn on the light in the kitchen?"
DOCUMENTS = ["The capital of France is Paris.", "The kitchen lamp is switched on with the button beside the door.", "Bread is baked at 220 degrees.", "厨房的灯"]


def rerank(server, **options):
    return httpx.post(server.url + "/v1/rerank", json={"model": "minilm", "query": QUERY, "documents": DOCUMENTS, **options}, timeout=30)


def test_scores_are_the_cosines_of_the_vectors_best_first(server, client):
    answer = rerank(server).json()
    vectors = [d.embedding for d in client.embeddings.create(model="minilm", input=[QUERY, *DOCUMENTS]).data]
    cosines = [float(np.dot(vectors[0], v)) for v in vectors[1:]]
    assert [r["index"] for r in answer["results"]] == sorted(range(4), key=lambda i: -cosines[i])
    assert answer["results"][0]["index"] == 1 and answer["object"] == "list" and answer["usage"]["prompt_tokens"] > 20
    assert all(r["relevance_score"] == pytest.approx(cosines[r["index"]], abs=1e-5) and "document" not in r for r in answer["results"])


def test_the_best_few_and_their_texts(server):
    documents = [{"text": d} for d in DOCUMENTS]
    results = rerank(server, documents=documents, top_n=2, return_documents=True).json()["results"]
    assert len(results) == 2 and results[0]["document"] == {"text": DOCUMENTS[1]}
    assert len(rerank(server, top_n=50).json()["results"]) == 4
    same = rerank(server, documents=["a", "b", "a"]).json()["results"]
    assert [r["index"] for r in same if r["index"] != 1] == [0, 2]


@pytest.mark.parametrize("options", [{"query": ""}, {"query": 5}, {"documents": []}, {"documents": "x"}, {"documents": [""]}, {"documents": [5]},
                                     {"documents": [{"title": "x"}]}, {"documents": ["x"] * 2048}, {"top_n": 0}, {"return_documents": "yes"}])  # fmt: skip
def test_wrong_requests_are_400(server, options):
    answer = rerank(server, **options)
    assert answer.status_code == 400 and answer.json()["error"]["type"] == "invalid_request_error"


def test_a_chat_model_does_not_rerank(server):
    assert rerank(server, model="smollm2").status_code == 400
