"""Model files that were broken on purpose: a clear refusal, never a crash, and a server that goes on serving."""

import json
import shutil

import httpx
import pytest

import hostile_files
from health_watch import HealthWatch
from lares_server import MODELS, Server, must_run, run


def refused(result):
    """Not accepted, not crashed: one sentence on standard error."""
    assert result.returncode > 0, f"exit {result.returncode} (negative: killed by a signal): {result.stdout} {result.stderr[-500:]}"
    assert result.returncode < 128 and result.stderr.strip() and "Fatal error" not in result.stderr
    assert len(result.stderr) < 4000, "the message is longer than anybody reads"


@pytest.mark.parametrize("name", hostile_files.BROKEN_GGUF)
def test_a_broken_gguf_is_refused_at_import(tmp_path, name):
    file = tmp_path / "bad.gguf"
    file.write_bytes(hostile_files.BROKEN_GGUF[name])
    refused(run(["import", str(file), "--name", "bad"], tmp_path / "home", timeout=20))
    assert json.loads(must_run(["list", "--json"], tmp_path / "home")) == []


@pytest.mark.parametrize("name", hostile_files.BROKEN_SAFETENSORS)
def test_broken_safetensors_are_refused_at_import(tmp_path, name):
    folder = tmp_path / "bad"
    folder.mkdir()
    for file in (MODELS / "minilm").iterdir():
        if file.is_file() and file.name != "model.safetensors":
            (folder / file.name).write_bytes(file.read_bytes())
    (folder / "model.safetensors").write_bytes(hostile_files.BROKEN_SAFETENSORS[name])
    refused(run(["import", str(folder), "--name", "bad"], tmp_path / "home", timeout=20))


TOKENIZERS = {
    "empty": "",
    "no model": "{}",
    "deep": '{"a":' * 100_000,
    "vocabulary of strings": '{"model":{"type":"WordPiece","vocab":{"a":"b"},"unk_token":"[UNK]"}}',
    "negative id": '{"model":{"type":"WordPiece","vocab":{"[UNK]":-1,"[CLS]":1,"[SEP]":2},"unk_token":"[UNK]"}}',
    "huge id": '{"model":{"type":"WordPiece","vocab":{"[UNK]":9223372036854775807,"[CLS]":1,"[SEP]":2},"unk_token":"[UNK]"}}',
    "id twice": '{"model":{"type":"WordPiece","vocab":{"[UNK]":0,"[CLS]":0,"[SEP]":0},"unk_token":"[UNK]"}}',
}


@pytest.mark.parametrize("name", TOKENIZERS)
def test_a_broken_tokenizer_json_is_refused(tmp_path, name):
    """At import or at the latest when the model is asked for."""
    folder = tmp_path / "bad"
    shutil.copytree(MODELS / "minilm", folder)
    (folder / "tokenizer.json").write_text(TOKENIZERS[name])
    result = run(["import", str(folder), "--name", "bad"], tmp_path / "home", timeout=20)
    if result.returncode == 0:
        with Server(tmp_path / "home", models="") as server:
            answer = httpx.post(server.url + "/v1/embeddings", json={"model": "bad", "input": "hello"}, timeout=30)
            assert answer.status_code >= 400 and server.process.poll() is None
    else:
        refused(result)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """A server whose home holds every hostile model that import let pass."""
    folder = tmp_path_factory.mktemp("hostile")
    home, imported, stopped = folder / "home", [], {}
    must_run(["import", str(MODELS / "smollm2.gguf"), "--name", "smollm2"], home)
    cases = {f"impossible-{i}": hostile_files.model(folder, **change) for i, change in enumerate(hostile_files.IMPOSSIBLE.values())}
    cases |= {f"template-{i}": hostile_files.model(folder, **{"tokenizer.chat_template": t}) for i, t in enumerate(hostile_files.TEMPLATES.values())}
    cases["fine"] = hostile_files.model(folder, **{"tokenizer.chat_template": "{% for m in messages %}{{ m.content }}{% endfor %}"})
    for name, data in cases.items():
        file = folder / "case.gguf"
        file.write_bytes(data)
        result = run(["import", str(file), "--name", name], home, timeout=30)
        if result.returncode == 0:
            imported.append(name)
        else:
            stopped[name] = result
    with Server(home, models="smollm2") as server:
        yield server, imported, stopped


def test_the_model_the_hostile_ones_are_made_from_works(hostile):
    server, imported, stopped = hostile
    assert "fine" in imported, stopped["fine"].stderr
    answer = httpx.post(server.url + "/v1/chat/completions", json=chat("fine"), timeout=60)
    assert answer.status_code == 200, answer.text


def chat(model):
    return {"model": model, "messages": [{"role": "user", "content": "Hi"}], "max_tokens": 2}


def ask(hostile, name, acceptable):
    server, imported, stopped = hostile
    if name in stopped:
        refused(stopped[name])
        return
    with HealthWatch(server):
        answer = httpx.post(server.url + "/v1/chat/completions", json=chat(name), timeout=30)
    assert answer.status_code in acceptable, answer.text
    if answer.status_code != 200:
        assert answer.json()["error"]["message"] and len(answer.text) < 4000


# What an engine may shrug off: a field it does not use.
HARMLESS = {"context 0", "merge of unknown parts", "merge of nothing", "merge of three", "end token out of range", "scores NaN", "byte tokens broken", "rope dimension odd"}


@pytest.mark.parametrize("name", hostile_files.IMPOSSIBLE)
def test_an_impossible_model_is_refused(hostile, name):
    index = list(hostile_files.IMPOSSIBLE).index(name)
    ask(hostile, f"impossible-{index}", {400, 422, 500, 503} | ({200} if name in HARMLESS else set()))


@pytest.mark.parametrize("name", hostile_files.TEMPLATES)
def test_a_hostile_chat_template_is_stopped(hostile, name):
    index = list(hostile_files.TEMPLATES).index(name)
    ask(hostile, f"template-{index}", {400, 422, 500})


def test_the_other_model_still_answers(hostile):
    assert httpx.post(hostile[0].url + "/v1/chat/completions", json=chat("smollm2"), timeout=60).status_code == 200
