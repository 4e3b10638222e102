"""Word vectors of `lares words` and of gensim, each read by the other."""

import json

import httpx
import numpy as np
import pytest
from gensim.models import FastText, KeyedVectors, Word2Vec
from gensim.models.fasttext import save_facebook_model

from lares_server import Server, must_run, run


LINES = ["the cat drinks milk", "the dog drinks milk", "der Bär trinkt 牛奶", "a train leaves the station"] * 20


@pytest.fixture
def corpus(tmp_path):
    path = tmp_path / "corpus.txt"
    path.write_text("\n".join(LINES) + "\n")
    return path


def trained(home, corpus, output, *options):
    must_run(["words", "train", str(corpus), "--output", str(output), "--dimensions", "12", "--threads", "1", *options], home)
    return output


def nearest(home, vectors, word):
    return json.loads(must_run(["words", "nearest", str(vectors), word, "--json"], home))


@pytest.mark.parametrize("format", ["text", "binary"])
def test_gensim_reads_ours(home, corpus, tmp_path, format):
    path = trained(home, corpus, tmp_path / "vectors", "--format", format)
    vectors = KeyedVectors.load_word2vec_format(str(path), binary=format == "binary")
    assert vectors.vector_size == 12 and {"cat", "bär", "牛奶"} <= set(vectors.index_to_key)
    for found, (word, cosine) in zip(nearest(home, path, "cat"), vectors.most_similar("cat", topn=10)):
        assert found["word"] == word and found["similarity"] == pytest.approx(cosine, abs=1e-5)


@pytest.mark.parametrize("binary", [False, True])
def test_we_read_gensims(home, tmp_path, binary):
    model = Word2Vec([line.split() for line in LINES], vector_size=9, min_count=1, seed=1)
    path = tmp_path / "gensim.vectors"
    model.wv.save_word2vec_format(str(path), binary=binary)
    for found, (word, cosine) in zip(nearest(home, path, "cat"), model.wv.most_similar("cat", topn=10)):
        assert found["similarity"] == pytest.approx(cosine, abs=1e-5)
    out = tmp_path / "again.safetensors"
    must_run(["words", "convert", str(path), str(out)], home)
    assert nearest(home, out, "cat") == nearest(home, path, "cat")


def test_we_read_fasttext_and_its_unseen_words(home, tmp_path):
    model = FastText([line.split() for line in LINES], vector_size=8, min_count=1, bucket=200, seed=1)
    path = tmp_path / "fasttext.bin"
    save_facebook_model(model, str(path))
    for pair in [("cat", "dog"), ("unseen", "cat"), ("Bären", "牛奶粉")]:
        found = json.loads(must_run(["words", "similarity", str(path), *pair, "--json"], home))["similarity"]
        assert found == pytest.approx(float(model.wv.similarity(*pair)), abs=1e-5)


def test_n_grams_of_ours_give_unseen_words_a_vector(home, corpus, tmp_path):
    plain = trained(home, corpus, tmp_path / "plain.safetensors")
    grams = trained(home, corpus, tmp_path / "grams.safetensors", "--ngrams", "--buckets", "500")
    assert nearest(home, grams, "trains")
    refused = run(["words", "nearest", str(plain), "trains"], home)
    assert refused.returncode == 1 and "trains" in refused.stderr and "n-grams" in refused.stderr
    refused = run(["words", "train", str(corpus), "--output", str(tmp_path / "grams.bin"), "--ngrams"], home)
    assert refused.returncode == 64 and "Only safetensors keeps n-grams" in refused.stderr and not (tmp_path / "grams.bin").exists()
    converted = run(["words", "convert", str(grams), str(tmp_path / "grams.bin")], home)
    assert converted.returncode == 0 and "has no n-grams" in converted.stderr


def test_a_seed_gives_the_same_file(home, corpus, tmp_path):
    files = [trained(home, corpus, tmp_path / name, "--seed", seed) for name, seed in [("a.bin", "7"), ("b.bin", "7"), ("c.bin", "8")]]
    a, b, c = (file.read_bytes() for file in files)
    assert a == b != c


def test_evaluation_agrees_with_gensims(home, corpus, tmp_path):
    path = trained(home, corpus, tmp_path / "vectors.bin")
    vectors = KeyedVectors.load_word2vec_format(str(path), binary=True)
    pairs = tmp_path / "pairs.tsv"
    rows = [("cat", "dog", 9), ("cat", "milk", 5), ("train", "station", 7), ("dog", "station", 1), ("cat", "nobody", 2)]
    pairs.write_text("".join(f"{a}\t{b}\t{score}\n" for a, b, score in rows))
    questions = tmp_path / "questions.txt"
    questions.write_text(": pets\ncat milk dog drinks\ncat dog milk drinks\n")
    ours = json.loads(must_run(["words", "evaluate", str(path), "--pairs", str(pairs), "--analogies", str(questions), "--json"], home))
    assert ours["spearman"] == pytest.approx(float(vectors.evaluate_word_pairs(str(pairs))[1][0]), abs=1e-9)
    assert (ours["pairs"], ours["unknown_pairs"], ours["analogies_asked"]) == (4, 1, 2)
    assert ours["analogies_correct"] / 2 == pytest.approx(vectors.evaluate_word_analogies(str(questions))[0])


@pytest.mark.parametrize("content", [b"", b"2 3\na 1 2 3\n", b"1 2\na 1 nan\n", b"\xba\x16\x4f\x2f\x0c\0\0\0", b"no vectors"])
def test_broken_files_end_with_one_sentence(home, tmp_path, content):
    path = tmp_path / "broken"
    path.write_bytes(content)
    refused = run(["words", "nearest", str(path), "a"], home)
    assert refused.returncode == 1 and str(path) in refused.stderr and len(refused.stderr.splitlines()) == 1


def test_numbers_out_of_range_are_named(home, corpus, tmp_path):
    refused = run(["words", "train", str(corpus), "--output", str(tmp_path / "v.bin"), "--dimensions", "0"], home)
    assert refused.returncode == 1 and "dimensions" in refused.stderr


def test_vectors_are_finite(home, corpus, tmp_path):
    path = trained(home, corpus, tmp_path / "v.bin", "--architecture", "cbow", "--negatives", "0", "--learning-rate", "1")
    vectors = KeyedVectors.load_word2vec_format(str(path), binary=True)
    assert np.isfinite(vectors.vectors).all()


def test_vectors_are_versions_that_are_asked_over_http(corpus, tmp_path):
    for number, architecture in enumerate(("skipgram", "cbow"), 1):
        path = trained(tmp_path, corpus, tmp_path / "pets.safetensors", "--architecture", architecture, "--seed", "1")
        must_run(["registry", "publish", str(path), "pets"], tmp_path)
    must_run(["registry", "promote", "pets", "1"], tmp_path)
    by_file = nearest(tmp_path, path, "cat")
    with Server(tmp_path, models=None) as server, httpx.Client(base_url=server.url) as http:
        def ask(what, **query):
            return http.get(f"/lares/v1/words/pets/{what}", params=query)

        found = ask("nearest", word="cat", version="candidate").json()["words"]
        assert [one["word"] for one in found] == [one["word"] for one in by_file]
        assert [one["similarity"] for one in found] == pytest.approx([one["similarity"] for one in by_file], abs=1e-5)
        assert ask("nearest", word="cat").json()["words"] != found  # production is another version
        assert len(ask("nearest", word="牛奶", count=2).json()["words"]) == 2
        assert "cat" not in [one["word"] for one in ask("analogy", a="cat", b="dog", c="milk").json()["words"]]
        assert -1 <= ask("similarity", a="cat", b="dog").json()["similarity"] <= 1
        trial = {"version": 2, "percent": 50}
        assert http.put("/lares/v1/registry/models/pets/trial", json=trial).status_code == 200
        answers = [ask("nearest", word="cat").json()["words"] for _ in range(10)]
        assert answers.count(found) == 5, "a trial answers about words as often as it says"
        assert http.get("/lares/v1/registry/models/pets").json()["trial"]["answers"] == 5
        assert http.delete("/lares/v1/registry/models/pets/trial").status_code == 200
        tensor = {"inputs": [{"name": "word", "shape": [2], "datatype": "BYTES", "data": ["cat", "dog"]}]}
        assert http.post("/v2/models/pets/infer", json=tensor).json()["outputs"][0]["shape"] == [2, 12]
        assert http.get("/networks/pets").status_code == 200
        for what, query, status in (
            ("nearest", {"word": "zebra"}, 404), ("nearest", {}, 400), ("nearest", {"word": "cat", "count": "0"}, 400),
            ("analogy", {"a": "cat", "b": "dog"}, 400), ("similarity", {"a": "cat", "b": "x" * 2_000}, 400), ("nearest", {"word": "cat", "version": "9"}, 404),
        ):  # fmt: skip
            answer = ask(what, **query)
            assert answer.status_code == status and answer.json()["error"]["message"], (what, query, answer.text)
        assert http.get("/lares/v1/words/none/nearest", params={"word": "cat"}).status_code == 404
        tensor["inputs"][0]["data"][1] = "zebra"
        assert http.post("/v2/models/pets/infer", json=tensor).status_code == 400


def test_damaged_vectors_are_not_published(corpus, tmp_path):
    path = trained(tmp_path, corpus, tmp_path / "pets.bin", "--format", "binary")
    path.write_bytes(path.read_bytes()[:-7])
    result = run(["registry", "publish", str(path), "pets"], tmp_path)
    assert result.returncode != 0 and "cut short" in result.stderr
