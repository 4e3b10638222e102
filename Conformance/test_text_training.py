"""Translators, word vectors and language models by a recipe: as jobs that are followed, cancelled, killed and published, and by `lares train`."""

import hashlib
import json
import os
import subprocess
import time
import urllib.request

import httpx
import pytest

from lares_server import PROGRAM, Server, must_run, run
from test_training import ask, every_child, wait_until

MONTHS = [(1, "January"), (5, "May"), (12, "December")]
PAIRS = "".join(f"{day} {name}\t{number:02}-{day:02}\n" for number, name in MONTHS for day in range(1, 29))
TRANSLATOR = {"name": "dates", "translator": {"width": 48, "epochs": 60, "batch": 8, "rate": 0.01, "held": 0.05, "seed": 3}}

SYLLABLES = [f"{first}{second}{third}" for first in "bdklmnrst" for second in "aeiou" for third in "bdklmnrst"]
SENTENCES = "\n".join(" ".join(SYLLABLES[(n * n + 7 * k) % len(SYLLABLES)] for k in range(40)) for n in range(1_500)) + "\n"
WORDS = {"name": "near", "words": {"method": "skipgram", "dimensions": 24, "window": 3, "epochs": 20, "min_count": 1, "seed": 3}}

LANGUAGE = {"name": "tiny", "language": {"width": 32, "layers": 1, "heads": 2, "context": 32, "steps": 100, "batch": 4, "seed": 3}}
TUNING = {"name": "lamp", "tuning": {"model": "tiny", "rank": 4, "context": 16, "steps": 100, "batch": 4, "rate": 0.01}}

KINDS = {"translator": (TRANSLATOR, PAIRS), "words": (WORDS, SENTENCES)}
IDLE = 5  # SCHED_IDLE


def changed(recipe, **members):
    kind = next(kind for kind in KINDS if kind in recipe)
    return recipe | {kind: recipe[kind] | members}


def start(server, recipe, text):
    return ask(server, "/lares/v1/jobs", {"recipe": recipe, "data": text})["id"]


def of_threads(pid, what):
    """Of each thread: priorities are the threads' own."""
    return [what(int(thread)) for thread in os.listdir(f"/proc/{pid}/task")]


def niceness(thread):
    return os.getpriority(os.PRIO_PROCESS, thread)


def is_over(job):
    return job["state"] not in ("queued", "running")


def translated(server, *texts):
    body = {"inputs": [{"name": "text", "shape": [len(texts)], "datatype": "BYTES", "data": list(texts)}]}
    answer = httpx.post(f"{server.url}/v2/models/dates/infer", json=body, timeout=30)
    assert answer.status_code == 200, answer.text
    return answer.json()["outputs"][0]["data"]


def is_served(server, kind):
    """What a finished job published answers, and says where it came from."""
    if kind == "translator":
        assert translated(server, "3 May", "17 December") == ["05-03", "12-17"]
    else:
        found = httpx.get(f"{server.url}/lares/v1/words/near/nearest", params={"word": SYLLABLES[0], "count": 3}, timeout=30).json()
        assert len(found["words"]) == 3 and all(abs(word["similarity"]) < 1.01 for word in found["words"]), found


@pytest.mark.parametrize("kind", KINDS)
def test_a_job_is_followed_to_a_version_that_answers(tmp_path, kind):
    recipe, text = KINDS[kind]
    with Server(tmp_path, models=None) as server:
        job = start(server, recipe, text)
        with urllib.request.urlopen(f"{server.url}/lares/v1/jobs/{job}/events", timeout=60) as stream:
            seen = [json.loads(line[6:]) for line in stream if line.startswith(b"data: ")]
        done, progress = seen[-1], [event["progress"] for event in seen if event["progress"]]
        assert done["state"] == "finished", done
        assert [note["event"] for note in done["log"]] == ["queued", "started", "finished"]
        assert progress[-1]["epoch"] == progress[-1]["epochs"] == recipe[kind]["epochs"] and progress[-1]["step"] == progress[-1]["steps"]
        losses = [part["loss"][1] for part in ask(server, f"/lares/v1/jobs/{job}/curve")["parts"]]
        assert len(losses) == recipe[kind]["epochs"] and losses[-1] < losses[0], losses
        assert done["card"]["data"]["sha256"] == hashlib.sha256(text.encode()).hexdigest() and done["card"]["recipe"] == recipe
        model = httpx.get(f"{server.url}/lares/v1/registry/models/{recipe['name']}", timeout=30).json()
        version = model["versions"][0]
        assert version["job"] == job and version["data_sha256"] == done["card"]["data"]["sha256"], version
        is_served(server, kind)
        for page in ("/training", f"/training/{job}"):
            shown = httpx.get(server.url + page, timeout=30)
            assert shown.status_code == 200 and recipe["name"] in shown.text, page
        assert "<path" in shown.text or "<polyline" in shown.text, "the curve is drawn"


@pytest.mark.parametrize("kind, epochs", [("translator", 400), ("words", 400)])
def test_a_job_that_was_killed_with_the_server_goes_on_and_is_published(tmp_path, kind, epochs):
    recipe, text = KINDS[kind]
    recipe = changed(recipe, epochs=epochs)
    server = Server(tmp_path, models=None)
    try:
        job = start(server, recipe, text)
        wait_until(server, job, lambda job: job["progress"] and job["progress"]["epoch"] > epochs / 10)
        worker = every_child(server.process.pid)
        assert worker and IDLE in of_threads(worker[0], os.sched_getscheduler), "it must give way to the server"
        server.process.kill()
        server.process.wait()
        assert (tmp_path / f"jobs/{job}/output/checkpoint.safetensors").exists()
        server = Server(tmp_path, models=None)
        done = wait_until(server, job, is_over)
        assert done["state"] == "finished" and done["attempts"] == 2 and "resumed" in [note["event"] for note in done["log"]], done
        assert sorted(file.name for file in (tmp_path / f"jobs/{job}/output").iterdir()) == ["card.json", f"{kind}.safetensors"]
        assert ask(server, f"/lares/v1/jobs/{job}/curve")["parts"][0]["epoch"] < epochs / 10, "the curve begins where the training began"
        is_served(server, kind)
    finally:
        server.stop()


@pytest.mark.parametrize("kind, recipe, file", [("language", LANGUAGE, "model.gguf"), ("tuning", TUNING, "adapter.gguf")])
def test_a_language_job_that_was_killed_with_the_server_ends_with_the_same_bits(tmp_path, kind, recipe, file):
    recipe = recipe | {kind: recipe[kind] | {"steps": 6_000, "rate": 0.001}}
    (tmp_path / "text.txt").write_text(SENTENCES)
    (tmp_path / "r.json").write_text(json.dumps(recipe | {"data": {"file": "text.txt"}}))
    if kind == "tuning":
        sizes = ["--steps", "20", "--width", "32", "--layers", "1", "--heads", "2"]
        must_run(["language", "train", str(tmp_path / "text.txt"), "--output", str(tmp_path / "tiny.gguf"), *sizes], tmp_path)
        must_run(["import", str(tmp_path / "tiny.gguf"), "--name", "tiny"], tmp_path)
    must_run(["train", str(tmp_path / "r.json"), "--threads", "1"], tmp_path)
    server = Server(tmp_path, models=None)
    try:
        job = start(server, recipe, SENTENCES)
        wait_until(server, job, lambda job: job["progress"] and job["progress"]["epoch"] > 10)
        server.process.kill()
        server.process.wait()
        output = tmp_path / f"jobs/{job}/output"
        assert (output / "checkpoint.safetensors").exists() and not (output / file).exists()
        server = Server(tmp_path, models=None)
        done = wait_until(server, job, is_over)
        assert done["state"] == "finished" and done["attempts"] == 2 and "resumed" in [note["event"] for note in done["log"]], done
        assert {path.name for path in output.iterdir()} == {"card.json", file}
        assert (output / file).read_bytes() == (tmp_path / "r" / file).read_bytes(), "as if nothing had been"
        body = {"model": recipe["name"], "prompt": "the lamp ", "max_tokens": 4, "temperature": 0}
        assert httpx.post(f"{server.url}/v1/completions", json=body, timeout=60).status_code == 200
    finally:
        server.stop()


@pytest.mark.parametrize("kind", KINDS)
def test_a_job_is_cancelled_and_can_go_on(tmp_path, kind):
    recipe, text = KINDS[kind]
    with Server(tmp_path, models=None) as server:
        job = start(server, changed(recipe, epochs=10_000), text)
        wait_until(server, job, lambda job: job["progress"] and job["progress"]["epoch"] > 2)
        ask(server, f"/lares/v1/jobs/{job}", method="DELETE")
        assert wait_until(server, job, is_over)["state"] == "cancelled"
        assert httpx.get(f"{server.url}/lares/v1/registry/models/{recipe['name']}", timeout=30).status_code == 404
        ask(server, f"/lares/v1/jobs/{job}/resume", method="POST")
        wait_until(server, job, lambda job: job["state"] == "running")
        ask(server, f"/lares/v1/jobs/{job}", method="DELETE")
        wait_until(server, job, is_over)


def test_texts_are_sent_as_data_sets(tmp_path):
    (tmp_path / "pairs.tsv").write_text(PAIRS)
    (tmp_path / "dates.json").write_text(json.dumps(TRANSLATOR | {"data": {"file": "pairs.tsv"}}))
    with Server(tmp_path, models=None) as server:
        answer = must_run(["jobs", "start", str(tmp_path / "dates.json"), "--follow", "--server", server.url], tmp_path)
        assert "candidate of 'dates'" in answer, answer
        sets = httpx.get(f"{server.url}/lares/v1/data", timeout=30).json()["data"]
        assert [(data["name"], data["summary"]) for data in sets] == [("pairs.tsv", {"lines": 84, "pairs": True})]
        sent = httpx.post(f"{server.url}/lares/v1/data?name=corpus.txt", content="no \"table\n", headers={"Content-Type": "text/plain"}, timeout=30)
        assert sent.status_code == 201 and sent.json()["summary"] == {"lines": 1, "pairs": False}, sent.text


@pytest.mark.parametrize("recipe, text, words", [
    (changed(TRANSLATOR, epoch=3), PAIRS, "'translator.epoch' is unknown; there may be batch"),
    (changed(TRANSLATOR, width=50), PAIRS, "multiple of 16"),
    (changed(WORDS, method="glove"), SENTENCES, "it may be skipgram, cbow"),
    (WORDS | {"columns": []}, SENTENCES, "'columns' is unknown"),
    (WORDS | {"translator": {}}, SENTENCES, "and only one"),
    ({"language": {"width": 40}}, SENTENCES, "multiple of 32"),
    ({"tuning": {"rank": 2}}, SENTENCES, "'tuning.model' is missing"),
])
def test_a_recipe_that_is_wrong_is_refused_before_anything_begins(tmp_path, recipe, text, words):
    (tmp_path / "text.txt").write_text(text)
    (tmp_path / "r.json").write_text(json.dumps(recipe | {"data": {"file": "text.txt"}}))
    result = run(["train", str(tmp_path / "r.json")], tmp_path)
    assert result.returncode == 1 and words in result.stderr and not (tmp_path / "r/card.json").exists(), result.stderr


@pytest.mark.parametrize("recipe, text, words", [(TRANSLATOR, "one side\n", "line 1"), (TRANSLATOR, "", "no pairs"), (WORDS, "a\n", "longer text"), (LANGUAGE, "too short", "is too short")])
def test_a_job_says_what_is_wrong_with_its_text(tmp_path, recipe, text, words):
    with Server(tmp_path, models=None) as server:
        failed = wait_until(server, start(server, recipe, text), is_over)
        assert failed["state"] == "failed" and words in failed["message"], failed


@pytest.mark.parametrize("kind", KINDS)
def test_lares_train_learns_by_the_same_recipe(tmp_path, kind):
    recipe, text = KINDS[kind]
    (tmp_path / "text.txt").write_text(text)
    (tmp_path / "r.json").write_text(json.dumps(recipe | {"data": {"file": "text.txt"}}))
    result = run(["train", str(tmp_path / "r.json"), "--threads", "1"], tmp_path)
    epochs = recipe[kind]["epochs"]
    assert result.returncode == 0 and f"epoch {epochs}/{epochs}" in result.stderr and f"r/{kind}.safetensors" in result.stdout, result
    assert sorted(file.name for file in (tmp_path / "r").iterdir()) == ["card.json", f"{kind}.safetensors"]
    version = json.loads(must_run(["registry", "publish", str(tmp_path / f"r/{kind}.safetensors"), "mine", "--json"], tmp_path))["versions"][0]
    assert version["data_sha256"] == hashlib.sha256(text.encode()).hexdigest() and "learnt from" in version["card"]["summary"]


@pytest.mark.parametrize("flags, nice", [([], 10), (["--priority", "normal"], 0), (["--priority", "idle"], 19)])
def test_the_commands_give_way_too(tmp_path, flags, nice):
    (tmp_path / "text.txt").write_text(SENTENCES)
    arguments = ["words", "train", str(tmp_path / "text.txt"), "--output", str(tmp_path / "w.safetensors"), "--epochs", "10000", *flags]
    process = subprocess.Popen([str(PROGRAM), *arguments], env=dict(os.environ, LARES_HOME=str(tmp_path)), stderr=subprocess.DEVNULL)
    try:
        end, expected, seen = time.monotonic() + 20, max(nice, niceness(0)), []
        while time.monotonic() < end and (len(seen) < 2 or max(seen) != expected):
            seen = of_threads(process.pid, niceness)
            time.sleep(0.05)
        assert max(seen) == expected and process.poll() is None, seen
    finally:
        process.kill()
        process.wait()


def test_a_language_model_and_an_adapter_for_it_become_models(tmp_path):
    """One made from nothing, one that changes it; both are served by the server that trained them."""
    with Server(tmp_path, models=None) as server:
        def said(model):
            body = {"model": model, "prompt": "the lamp ", "max_tokens": 12, "temperature": 0, "logprobs": 1}
            answer = httpx.post(f"{server.url}/v1/completions", json=body, timeout=60)
            assert answer.status_code == 200, answer.text
            return answer.json()["choices"][0]["logprobs"]["token_logprobs"]

        unknown = httpx.post(f"{server.url}/lares/v1/jobs", json={"recipe": TUNING, "data": SENTENCES}, timeout=30)
        assert unknown.status_code == 400 and "tuning.model" in unknown.json()["error"]["message"], unknown.text
        for recipe, text in ((LANGUAGE, SENTENCES), (TUNING, "the lamp in the hall is on. " * 200)):
            done = wait_until(server, start(server, recipe, text), is_over)
            assert done["state"] == "finished" and done["card"]["metrics"]["validation"]["log_loss"] > 0, done
            curve = ask(server, f"/lares/v1/jobs/{done['id']}/curve")["parts"]
            assert len(curve) == 100 and curve[-1]["loss"][0] < curve[0]["loss"][0], curve
            assert f'href="/models/{recipe["name"]}"' in httpx.get(f"{server.url}/training/{done['id']}", timeout=30).text
        assert said("tiny") != said("lamp"), "what was learnt changes how likely what follows is"
        again = httpx.post(f"{server.url}/lares/v1/jobs", json={"recipe": LANGUAGE, "data": SENTENCES}, timeout=30)
        assert again.status_code == 400 and "is a model already" in again.json()["error"]["message"], again.text


def test_a_language_model_that_was_stopped_goes_on_where_it_was(tmp_path):
    recipe = LANGUAGE | {"language": LANGUAGE["language"] | {"steps": 100_000}}
    server = Server(tmp_path, models=None)
    try:
        job = start(server, recipe, SENTENCES)
        wait_until(server, job, lambda job: job["progress"] and job["progress"]["step"] > 20)
        assert server.stop() == 0
        server = Server(tmp_path, models=None)
        going = wait_until(server, job, lambda job: job["state"] == "finished" or job["progress"] and "resumed" in [note["event"] for note in job["log"]])
        assert going["progress"]["step"] > 20 and "resumed" in [note["event"] for note in going["log"]], going
        if not is_over(going):
            ask(server, f"/lares/v1/jobs/{job}", method="DELETE")
            wait_until(server, job, is_over)
    finally:
        server.stop()
