"""`lares language`: what is learnt from a text is served by the same program, as every other model is."""

import concurrent.futures
import json
import pathlib

import openai
import pytest

from lares_server import MODELS, Server, must_run, run

TEXT = pathlib.Path(__file__).parent.parent / "LICENSE"


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    must_run(["language", "train", str(TEXT), "--output", str(folder / "tiny.gguf"), "--steps", "80", "--width", "64", "--layers", "2"], str(folder))
    return folder


def test_a_trained_model_is_served(tiny):
    must_run(["import", str(tiny / "tiny.gguf"), "--name", "tiny"], str(tiny))
    shown = json.loads(must_run(["show", "tiny", "--json"], str(tiny)))
    assert shown["family"] == "llama"
    with Server(str(tiny), models="tiny") as server:
        client = openai.OpenAI(base_url=server.url + "/v1", api_key="none")
        answers = {client.completions.create(model="tiny", prompt="the ", max_tokens=20, temperature=0).choices[0].text for _ in range(2)}
    assert len(answers) == 1 and len(answers.pop()) > 0


def test_a_model_learns_more_and_what_it_learnt_can_be_merged(tiny, tmp_path):
    must_run(["import", str(tiny / "tiny.gguf"), "--name", "base"], str(tmp_path))
    text = tmp_path / "text.txt"
    text.write_text("the lamp in the hall is on. " * 200)
    options = ["--steps", "150", "--context", "32", "--learning-rate", "0.01"]
    answer = run(
        ["language", "tune", "base", str(text), "--adapter", str(tmp_path / "adapter.gguf"), "--output", str(tmp_path / "mine.gguf"), *options], str(tmp_path)
    )
    assert answer.returncode == 0, answer.stderr
    losses = [float(word) for word in answer.stderr.split("Loss on text")[1].replace(",", " ").split() if word.replace(".", "").isdigit()]
    assert losses[1] < losses[0] - 0.5, answer.stderr
    must_run(["import", str(tmp_path / "mine.gguf"), "--name", "mine"], str(tmp_path))
    assert (tmp_path / "adapter.gguf").stat().st_size < (tmp_path / "mine.gguf").stat().st_size
    refused = run(["import", str(tmp_path / "adapter.gguf"), "--name", "lamp"], str(tmp_path))
    assert refused.returncode != 0 and "--base" in refused.stderr
    must_run(["import", str(tmp_path / "adapter.gguf"), "--name", "lamp", "--base", "base"], str(tmp_path))
    refused = run(["rm", "base"], str(tmp_path))
    assert refused.returncode != 0 and "lamp" in refused.stderr
    with Server(str(tmp_path), models="lamp") as server:
        client = openai.OpenAI(base_url=server.url + "/v1", api_key="none")

        def said(model):
            return client.completions.create(model=model, prompt="the lamp in the hall is on. the lamp ", max_tokens=12, temperature=0).choices[0].text

        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            adapted, merged, plain = pool.map(said, ["lamp", "mine", "base"])
        assert adapted == merged and plain != adapted
        assert {model.id: model.parent for model in client.models.list()} == {"base": None, "lamp": "base", "mine": None}
        assert said("lamp") == adapted
        # Merged later, from the name of the adapter and from its file: the same as merged at once.
        for kind, of in [("q8_0", ["lamp"]), ("q8_0", [str(tmp_path / "adapter.gguf"), "--base", "base"]), ("f16", ["lamp"])]:
            must_run(["language", "merge", *of, "--output", str(tmp_path / "later.gguf"), "--type", kind], str(tmp_path))
            assert (tmp_path / "later.gguf").stat().st_size >= (tmp_path / "mine.gguf").stat().st_size
            if kind == "q8_0":
                assert (tmp_path / "later.gguf").read_bytes() == (tmp_path / "mine.gguf").read_bytes()
        must_run(["import", str(tmp_path / "later.gguf"), "--name", "later"], str(tmp_path))
        assert said("later") == adapted


def test_what_can_not_be_merged_is_told(tiny, tmp_path):
    home, adapter = str(tmp_path), str(tmp_path / "adapter.gguf")
    must_run(["import", str(tiny / "tiny.gguf"), "--name", "base"], home)
    must_run(["language", "tune", "base", str(TEXT), "--adapter", adapter, "--steps", "1", "--context", "8", "--batch", "1"], home)
    must_run(["language", "train", str(TEXT), "--output", str(tmp_path / "other.gguf"), "--steps", "1", "--width", "96", "--heads", "6", "--layers", "1"], home)
    must_run(["import", str(tmp_path / "other.gguf"), "--name", "other"], home)
    must_run(["import", adapter, "--name", "small", "--base", "base"], home)
    for words, said in [
        ([adapter], "--base"),
        ([adapter, "--base", "nobody"], "nobody"),
        ([adapter, "--base", "other"], "96 by 96"),
        ([adapter, "--base", "small"], "no adapter itself"),
        (["base"], "is a model, not an adapter"),
        (["small", "--type", "q2_k"], "q2_k"),
        ([str(tiny / "tiny.gguf"), "--base", "base"], "no LoRA adapter"),
    ]:
        answer = run(["language", "merge", *words, "--output", str(tmp_path / "x.gguf")], home)
        assert answer.returncode != 0 and said in answer.stderr and "Fatal" not in answer.stderr, (words, answer.stderr)
        assert not (tmp_path / "x.gguf").exists()


@pytest.mark.parametrize(
    "words, said",
    [
        (["train", "/nowhere.txt", "--output", "x"], "nowhere.txt"),
        (["train", str(MODELS / "smollm2.gguf"), "--output", "x"], "UTF-8"),
        (["train", str(TEXT), "--output", "x", "--width", "40"], "--width"),
        (["train", str(TEXT), "--output", "x", "--context", "8000"], "too short"),
        (["train", str(TEXT), "--output", "x", "--steps", "0"], "--steps"),
        (["train", str(TEXT), "--output", "/nowhere/x", "--steps", "1"], "/nowhere/x"),
        (["tune", "nobody", str(TEXT), "--output", "x"], "nobody"),
        (["tune", "nobody", str(TEXT)], "--output"),
    ],
)
def test_what_is_wrong_is_named(home, words, said):
    answer = run(["language", *words], home)
    assert answer.returncode != 0 and said in answer.stderr and "Fatal" not in answer.stderr


def test_texts_that_can_not_be_learned_from_are_told_in_a_sentence(tmp_path):
    (tmp_path / "short.txt").write_text("too short")
    (tmp_path / "bytes.txt").write_bytes(b"\xff\xfe" * 4000)
    for text, words in [("short.txt", "is too short"), ("bytes.txt", "is not UTF-8 text"), ("none.txt", "none.txt'"), (".", "is not a file")]:
        answer = run(["language", "train", str(tmp_path / text), "--output", str(tmp_path / "x.gguf")], str(tmp_path))
        assert answer.returncode == 1 and words in answer.stderr and len(answer.stderr.strip().splitlines()) == 1, answer.stderr
        assert "Error:" not in answer.stderr and "Usage" not in answer.stderr
