"""Trainings by `lares train` and as jobs of the server: what they leave, how they go on after a kill, and that serving doesn't feel them."""

import hashlib
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

import pytest

from lares_server import PROGRAM, Server, run

RECIPE = {
    "data": {"file": "points.csv"},
    "columns": [{"name": "place", "from": ["x", "y"]}, {"name": "side", "kind": "category"}],
    "target": {"name": "inside"},
    "split": {"test": 0.2},
    "network": {"layers": [{"layer": "linear", "outputs": 64, "activation": "tanh"}, {"layer": "linear", "outputs": 64, "activation": "tanh"}]},
    "optimizer": {"rate": 0.01},
    "batch": 32,
    "epochs": 30,
    "seed": 5,
}


def points(count=2000):
    """Points of a square, and whether they lie in a ring."""
    draw = random.Random(7)
    rows = []
    for _ in range(count):
        x, y = draw.uniform(-1, 1), draw.uniform(-1, 1)
        rows.append(f"{x:.5f},{y:.5f},{'left' if x < 0 else 'right'},{'yes' if 0.3 < x * x + y * y < 0.8 else 'no'}")
    return "x,y,side,inside\n" + "\n".join(rows) + "\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "points.csv").write_text(points())
    (tmp_path / "ring.json").write_text(json.dumps(RECIPE))
    return tmp_path


def make_long(folder):
    (folder / "ring.json").write_text(json.dumps(RECIPE | {"epochs": 300}))


def start(folder, output, home, *flags, inside=()):
    return subprocess.Popen(
        [*inside, str(PROGRAM), "train", str(folder / "ring.json"), "--output", str(folder / output), "--json", "--threads", "1", *flags],
        env=dict(os.environ, LARES_HOME=str(home), LC_ALL="C.UTF-8"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def events(process):
    for line in process.stdout:
        yield json.loads(line)


def wait_for_epoch(process, epoch):
    for event in events(process):
        if event["event"] == "progress" and event["progress"]["epoch"] >= epoch:
            return
    raise AssertionError("the training ended first")



def every_child(pid):
    return [int(child) for task in pathlib.Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()]


def test_a_recipe_becomes_a_network_with_its_card(folder, home):
    result = run(["train", str(folder / "ring.json"), "--output", str(folder / "out")], home)
    assert result.returncode == 0, result.stderr
    assert "Test: accuracy" in result.stdout and "epoch 30/30" in result.stderr
    card = json.loads((folder / "out" / "card.json").read_text())
    assert card["metrics"]["test"]["accuracy"] > 0.9 and len(card["data"]["sha256"]) == 64
    assert sorted(p.name for p in (folder / "out").iterdir()) == ["card.json", "network.safetensors"]


def test_ctrl_c_and_kill_9_lose_nothing(folder, home):
    make_long(folder)
    assert run(["train", str(folder / "ring.json"), "--output", str(folder / "whole")], home).returncode == 0
    stopped = start(folder, "parts", home)
    wait_for_epoch(stopped, 3)
    stopped.send_signal(signal.SIGINT)
    _, said = stopped.communicate(timeout=60)
    assert stopped.returncode == 130 and "To go on: lares train" in said, said
    assert not (folder / "parts" / "network.safetensors").exists()

    killed = start(folder, "parts", home)
    begun = next(events(killed))
    assert begun["event"] == "started" and begun["resumed"] and [part["epoch"] for part in begun["losses"]["parts"]][:3] == [1, 2, 3]
    wait_for_epoch(killed, 8)
    worker = every_child(killed.pid)
    for pid in [killed.pid, *worker]:
        os.kill(pid, signal.SIGKILL)
    killed.wait()

    assert run(["train", str(folder / "ring.json"), "--output", str(folder / "parts")], home).returncode == 0
    for name in ("network.safetensors", "card.json"):
        assert (folder / "parts" / name).read_bytes() == (folder / "whole" / name).read_bytes()


def test_a_test_file_that_changed_is_other_data(folder, home):
    """The card says by which file the network was measured, and a training doesn't go on with another."""
    test, recipe = folder / "test.csv", RECIPE | {"split": {"test_file": "test.csv"}, "epochs": 300}
    test.write_text(points(200))
    (folder / "ring.json").write_text(json.dumps(recipe))
    stopped = start(folder, "out", home)
    wait_for_epoch(stopped, 2)
    stopped.send_signal(signal.SIGINT)
    stopped.communicate(timeout=60)
    kept = test.read_text()
    test.write_text(points(100))
    refused = run(["train", str(folder / "ring.json"), "--output", str(folder / "out")], home)
    assert refused.returncode == 1 and "other data" in refused.stderr, refused.stderr
    test.write_text(kept)
    assert run(["train", str(folder / "ring.json"), "--output", str(folder / "out")], home).returncode == 0
    data = json.loads((folder / "out" / "card.json").read_text())["data"]
    digests = [hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in ("points.csv", "test.csv")]
    assert [data["sha256"], data["test_sha256"]] == digests and data["rows"]["test"] == 200


def test_files_that_are_mixed_go_on_with_the_same_bits(folder, home):
    (folder / "more.csv").write_text(points(500))
    files = [{"file": "points.csv"}, {"file": str(folder / "more.csv"), "weight": 3}]
    (folder / "ring.json").write_text(json.dumps(RECIPE | {"data": {"files": files}, "epochs": 150}))
    assert run(["train", str(folder / "ring.json"), "--output", str(folder / "whole")], home).returncode == 0
    stopped = start(folder, "parts", home)
    wait_for_epoch(stopped, 2)
    stopped.send_signal(signal.SIGINT)
    stopped.communicate(timeout=60)
    assert stopped.returncode == 130
    assert run(["train", str(folder / "ring.json"), "--output", str(folder / "parts")], home).returncode == 0
    for name in ("network.safetensors", "card.json"):
        assert (folder / "parts" / name).read_bytes() == (folder / "whole" / name).read_bytes()
    digests = "".join(hashlib.sha256((folder / name).read_bytes()).hexdigest() + "\n" for name in ("points.csv", "more.csv"))
    assert json.loads((folder / "whole" / "card.json").read_text())["data"]["sha256"] == hashlib.sha256(digests.encode()).hexdigest()


def test_the_worker_ends_when_who_started_it_is_killed(folder, home):
    make_long(folder)
    training = start(folder, "out", home)
    wait_for_epoch(training, 1)
    worker = every_child(training.pid)
    assert worker
    killed = time.time()
    training.kill()
    training.wait()
    end = time.monotonic() + 20
    while time.monotonic() < end and os.path.exists(f"/proc/{worker[0]}/cmdline") and pathlib.Path(f"/proc/{worker[0]}/cmdline").read_bytes():
        time.sleep(0.05)
    assert not os.path.exists(f"/proc/{worker[0]}") or not pathlib.Path(f"/proc/{worker[0]}/cmdline").read_bytes()
    assert (folder / "out" / "checkpoint.safetensors").stat().st_mtime > killed, "it ended without a last checkpoint"


@pytest.mark.parametrize("change, reason", [
    ({"epoch": 3}, "'epoch' is unknown"),
    ({"data": {"file": "missing.csv"}}, "can't be read"),
    ({"columns": [{"name": "z"}]}, "no column 'z'"),
    ({"optimizer": {"name": "sgd", "rate": 1000}, "network": {"layers": [{"layer": "linear", "outputs": 8}]}}, "no longer finite"),
])
def test_mistakes_are_told_in_a_sentence(folder, home, change, reason):
    (folder / "ring.json").write_text(json.dumps(RECIPE | change))
    result = run(["train", str(folder / "ring.json")], home)
    assert result.returncode == 1 and reason in result.stderr and len(result.stderr.strip().splitlines()) <= 12


HEAD = "x,y,side,inside\n0.1,0.2,left,no\n"
PLAN = {"inputs": [{"name": "place", "type": "FP32", "shape": [-1, 3]}, {"name": "side", "type": "BYTES", "shape": [-1, 1]}], "steps": [{"name": "y", "layer": "linear", "from": "place", "outputs": 2}], "outputs": [{"name": "y"}]}


@pytest.mark.parametrize("data, change, sentence", [
    ("", {}, "points.csv' is empty: its first line must name the columns"),
    ("x,y,side,inside\n", {}, "points.csv' has no rows: there is nothing to learn from"),
    (HEAD + "0.1,0.2,left\n", {}, "points.csv' line 3 has 3 fields, the first line has 4: every line must have as many as the first"),
    (HEAD + "0.1,nan,left,no\n", {}, "points.csv' line 3, column 'y' is \"nan\": every number must be finite"),
    (HEAD + "-inf,0,left,no\n", {}, "points.csv' line 3, column 'x' is \"-inf\": every number must be finite"),
    (HEAD + "0.1,1e999,left,no\n", {}, "points.csv' line 3, column 'y' is \"1e999\""),
    (HEAD + "0.1,0.2,left,maybe\n", {"target": {"name": "inside", "labels": ["no", "yes"]}}, "column 'inside' is \"maybe\", which is none of the 2 labels of the recipe"),
    (HEAD + HEAD[16:].replace("no", "yes"), {"split": {}, "network": {"learn": "y", "plan": PLAN}}, "the plan's input 'place' is floats [any, 3], the column gives floats [any, 2]: change the shape in the plan, or the column's 'from'"),
])
def test_data_that_can_not_be_learned_from(folder, home, data, change, sentence):
    (folder / "points.csv").write_text(data)
    (folder / "ring.json").write_text(json.dumps(RECIPE | change))
    result = run(["train", str(folder / "ring.json")], home)
    assert result.returncode == 1 and sentence in result.stderr and len(result.stderr.strip().splitlines()) == 1, result.stderr


def test_places_that_can_not_be_used_are_told_in_a_sentence(folder, home):
    (folder / "file").write_text("x")
    for flags, words in [(["--output", "/proc/x"], "the folder '/proc/x' can't be made: "), (["--output", str(folder / "file")], "can't be made: File exists"), (["--data", str(folder)], "is not a regular file")]:
        result = run(["train", str(folder / "ring.json"), *flags], home)
        assert result.returncode == 1 and words in result.stderr and len(result.stderr.strip().splitlines()) == 1, result.stderr
        assert "Error Domain" not in result.stderr


def test_a_folder_has_one_training_at_a_time(folder, home):
    (folder / "ring.json").write_text(json.dumps(RECIPE | {"epochs": 1_000_000}))
    first = start(folder, "out", home)
    wait_for_epoch(first, 1)
    second = run(["train", str(folder / "ring.json"), "--output", str(folder / "out")], home)
    assert second.returncode == 1 and any(f"process {pid} trains in the folder" in second.stderr for pid in every_child(first.pid)), second.stderr
    first.send_signal(signal.SIGINT)
    first.communicate(timeout=60)
    left = {file.name for file in (folder / "out").iterdir()}
    assert left == {"checkpoint.safetensors"}
    (folder / "out/checkpoint.safetensors").rename(folder / "out/checkpoint.safetensors.x1.part")  # as of one that was killed while it wrote
    (folder / "ring.json").write_text(json.dumps(RECIPE | {"epochs": 2}))
    assert run(["train", str(folder / "ring.json"), "--output", str(folder / "out")], home).returncode == 0
    assert {file.name for file in (folder / "out").iterdir()} == {"card.json", "network.safetensors"}


def test_a_checkpoint_that_is_cut_short_is_named_and_kept(folder, home):
    make_long(folder)
    training = start(folder, "ring", home)
    wait_for_epoch(training, 2)
    training.send_signal(signal.SIGINT)
    training.communicate(timeout=60)
    checkpoint = folder / "ring/checkpoint.safetensors"
    whole = checkpoint.read_bytes()
    for length in (0, 7, len(whole) // 2, len(whole) - 1):
        checkpoint.write_bytes(whole[:length])
        result = run(["train", str(folder / "ring.json")], home)
        assert result.returncode == 1 and "checkpoint.safetensors' is cut short or damaged: put back a copy, or remove the checkpoint to begin anew" in result.stderr
        assert checkpoint.read_bytes() == whole[:length]


WIDE = RECIPE | {"network": {"layers": [{"layer": "linear", "outputs": 20000}, {"layer": "linear", "outputs": 10000}]}}
BROAD = RECIPE | {"network": {"layers": [{"layer": "linear", "outputs": 600}, {"layer": "linear", "outputs": 600}]}}


@pytest.mark.parametrize("recipe, flags, words", [
    (WIDE, ["--memory", "200"], "needed more than its memory limit of 200 MB"),
    (BROAD, ["--disk", "3"], "beyond its disk limit of 3 MB: raise the limit (lares train: --disk"),
    (RECIPE | {"epochs": 1_000_000}, ["--seconds", "2"], "ended at its time limit of 2 s: raise the limit (lares train: --seconds"),
])
def test_a_limit_ends_the_training_and_says_which_and_how_to_raise_it(folder, home, recipe, flags, words):
    (folder / "ring.json").write_text(json.dumps(recipe))
    result = run(["train", str(folder / "ring.json"), *flags], home)
    assert result.returncode == 1 and words in result.stderr and not (folder / "ring/network.safetensors").exists(), result.stderr
    assert not list((folder / "ring").glob("*.part"))


def test_limits_that_are_none(folder, home):
    for flags in (["--disk", "0"], ["--seconds", "0"], ["--memory", "1"]):
        assert "must lie between" in run(["train", str(folder / "ring.json"), *flags], home).stderr


def ask(server, path, body=None, method=None):
    request = urllib.request.Request(server.url + path, method=method, data=json.dumps(body).encode() if body else None, headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read())


def wait_until(server, job, test, seconds=120):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        shown = ask(server, f"/lares/v1/jobs/{job}")
        if test(shown):
            return shown
        time.sleep(0.05)
    raise AssertionError(shown)


@pytest.fixture
def place():
    with tempfile.TemporaryDirectory() as folder:
        yield folder


def test_a_job_is_followed_to_its_end(place):
    with Server(place, models=None) as server:
        job = ask(server, "/lares/v1/jobs", {"recipe": RECIPE | {"epochs": 5}, "data": points()})
        assert job["state"] == "queued"
        with urllib.request.urlopen(f"{server.url}/lares/v1/jobs/{job['id']}/events", timeout=60) as stream:
            seen = [json.loads(line[6:]) for line in stream if line.startswith(b"data: ")]
        assert seen[-1]["state"] == "finished" and seen[-1]["card"]["metrics"]["test"]["accuracy"] > 0.5
        assert any(event["state"] == "running" for event in seen)
        assert [j["id"] for j in ask(server, "/lares/v1/jobs")["jobs"]] == [job["id"]]
        ask(server, f"/lares/v1/jobs/{job['id']}", method="DELETE")
        assert ask(server, "/lares/v1/jobs") == {"jobs": []}
        with pytest.raises(urllib.error.HTTPError) as error:
            ask(server, f"/lares/v1/jobs/{job['id']}")
        assert error.value.code == 404


def test_jobs_at_the_command_line(folder, place):
    (folder / "ring.json").write_text(json.dumps(RECIPE | {"name": "ring", "epochs": 5}))
    with Server(place, models=None) as server:
        def jobs(*words):
            return run(["jobs", *words, "--server", server.url], place)

        assert "jobs start RECIPE" in jobs().stdout
        done = jobs("start", str(folder / "ring.json"), "--follow")
        assert done.returncode == 0 and "candidate of 'ring'" in done.stdout and "accuracy" in done.stdout, done
        (folder / "ring.json").write_text(json.dumps(RECIPE | {"epochs": 100_000}))
        long = json.loads(jobs("start", str(folder / "ring.json"), "--seconds", "600", "--json").stdout)
        assert long["limits"]["seconds"] == 600 and long["data_id"]
        wait_until(server, long["id"], lambda job: job["progress"] and job["progress"]["epoch"] > 1)
        table = jobs().stdout.splitlines()
        assert len(table) == 3 and long["id"] in table[1] and "/100000" in table[1] and "5/5" in table[2], table
        assert "is cancelled" in jobs("cancel", long["id"]).stdout
        wait_until(server, long["id"], lambda job: job["state"] == "cancelled")
        assert jobs("follow", long["id"]).returncode == 1
        assert "goes on" in jobs("resume", long["id"], "--seconds", "900").stdout
        assert json.loads(jobs("show", long["id"]).stdout)["limits"]["seconds"] == 900
        jobs("cancel", long["id"])
        wait_until(server, long["id"], lambda job: job["state"] == "cancelled")
        assert "is removed" in jobs("cancel", long["id"]).stdout
        missing = jobs("start", str(folder / "ring.json"), "--data", str(folder / "none.csv"))
        assert missing.returncode == 1 and "none.csv" in missing.stderr
    assert run(["jobs", "--server", server.url], place).returncode != 0


def test_a_job_can_be_cancelled_and_a_bad_recipe_is_refused(place):
    with Server(place, models=None) as server:
        jobs = [ask(server, "/lares/v1/jobs", {"recipe": RECIPE | {"epochs": 100000}, "data": points()})["id"] for _ in range(2)]
        wait_until(server, jobs[0], lambda job: job["progress"] and job["progress"]["epoch"] > 1)
        assert ask(server, f"/lares/v1/jobs/{jobs[1]}", method="DELETE")["state"] == "cancelled"
        ask(server, f"/lares/v1/jobs/{jobs[0]}", method="DELETE")
        wait_until(server, jobs[0], lambda job: job["state"] == "cancelled")
        for recipe in ({}, RECIPE | {"epoch": 1}, [1]):
            with pytest.raises(urllib.error.HTTPError) as error:
                ask(server, "/lares/v1/jobs", {"recipe": recipe, "data": "x"})
            assert error.value.code == 400 and json.loads(error.value.read())["error"]["message"]
        bare = {key: value for key, value in RECIPE.items() if key != "data"}
        short = ask(server, "/lares/v1/jobs", {"recipe": bare | {"epochs": 2}, "data": points()})["id"]
        assert wait_until(server, short, lambda job: job["state"] not in ("queued", "running"))["state"] == "finished"
        broken = ask(server, "/lares/v1/jobs", {"recipe": RECIPE, "data": "x,y,side,inside\n1,2\n"})["id"]
        assert "line 2 has 2 fields" in wait_until(server, broken, lambda job: job["state"] == "failed")["message"]


def test_a_job_that_meets_its_limit_goes_on_with_a_larger_one(place):
    """And ends with the bits of one that was never ended."""
    with Server(place, models=None) as server:
        recipe = RECIPE | {"epochs": 500}
        undisturbed = ask(server, "/lares/v1/jobs", {"recipe": recipe, "data": points()})
        assert undisturbed["limits"] == {"memory_mb": 2048, "seconds": 86400, "disk_mb": 4096}
        limited = ask(server, "/lares/v1/jobs", {"recipe": recipe, "data": points(), "limits": {"seconds": 1}})["id"]
        failed = wait_until(server, limited, lambda job: job["state"] not in ("queued", "running"))
        assert failed["state"] == "failed" and failed["spent_seconds"] >= 1 and (failed["progress"] or {"epoch": 0})["epoch"] < 500
        assert "time limit of 1 s" in failed["message"] and '"limits": {"seconds"' in failed["message"]
        again = ask(server, f"/lares/v1/jobs/{limited}/resume", {"limits": {"seconds": 600}})
        assert again["state"] in ("queued", "running") and again["limits"]["seconds"] == 600 and again["limits"]["disk_mb"] == 4096
        assert wait_until(server, limited, lambda job: job["state"] not in ("queued", "running"))["state"] == "finished"
        outputs = [pathlib.Path(place) / "jobs" / job / "output" for job in (undisturbed["id"], limited)]
        for name in ("network.safetensors", "card.json"):
            assert (outputs[0] / name).read_bytes() == (outputs[1] / name).read_bytes()
        for wrong, status in ((f"/lares/v1/jobs/{limited}/resume", 409), ("/lares/v1/jobs/none/resume", 404)):
            with pytest.raises(urllib.error.HTTPError) as error:
                ask(server, wrong, method="POST")
            assert error.value.code == status
        for limits in ({"seconds": 0}, {"disk": 5}, {"memory_mb": "2"}, [1]):
            with pytest.raises(urllib.error.HTTPError) as error:
                ask(server, "/lares/v1/jobs", {"recipe": recipe, "data": points(), "limits": limits})
            assert error.value.code == 400 and json.loads(error.value.read())["error"]["param"] == "limits"


@pytest.mark.long
def test_killing_it_at_random_moments():
    program = pathlib.Path(__file__).with_name("training_kill.py")
    result = subprocess.run([sys.executable, str(program), "30", "7"], capture_output=True, text=True, timeout=600)
    assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-4000:]


@pytest.mark.parametrize("kill", ["worker", "server", "stop"])
def test_a_job_survives(place, kill):
    server = Server(place, models=None)
    try:
        job = ask(server, "/lares/v1/jobs", {"recipe": RECIPE | {"epochs": 200}, "data": points()})["id"]
        wait_until(server, job, lambda job: job["progress"] and job["progress"]["epoch"] > 3)
        if kill == "worker":
            for pid in every_child(server.process.pid):
                os.kill(pid, signal.SIGKILL)
            failed = wait_until(server, job, lambda job: job["state"] == "failed")
            assert "ended by signal 9" in failed["message"] and server.status("/health") == 200
            return
        if kill == "server":
            server.process.kill()
            server.process.wait()
        else:
            assert server.stop() == 0
        time.sleep(1)  # for the worker to write its checkpoint
        server = Server(place, models=None)
        job = wait_until(server, job, lambda job: job["state"] == "finished")
        assert job["attempts"] == (2 if kill == "server" else 1) and job["card"]["epochs"] == 200
    finally:
        server.stop()


@pytest.mark.long
@pytest.mark.alone
def test_chat_is_as_quick_beside_a_training(home):
    """The 95th percentile of the time to a whole short answer, alone and beside a job with the usual settings, in turns."""
    with Server(home) as server:
        body = {"model": "smollm2", "messages": [{"role": "user", "content": "Name a colour."}], "max_tokens": 16, "temperature": 0}

        def times(count):
            found = []
            for i in range(count):
                began = time.monotonic()
                ask(server, "/v1/chat/completions", body | {"seed": i})
                found.append(time.monotonic() - began)
            return found

        def p95(values):
            return sorted(values)[int(0.95 * len(values))]

        times(5)
        alone, beside = [], []
        for _ in range(4):
            alone += times(25)
            job = ask(server, "/lares/v1/jobs", {"recipe": RECIPE | {"epochs": 1000000, "batch": 256}, "data": points(20000)})["id"]
            before = wait_until(server, job, lambda job: job["progress"] and job["progress"]["step"] > 20)["progress"]["step"]
            beside += times(25)
            steps = ask(server, f"/lares/v1/jobs/{job}")["progress"]["step"] - before
            ask(server, f"/lares/v1/jobs/{job}", method="DELETE")
            wait_until(server, job, lambda job: job["state"] == "cancelled")
        ratio = p95(beside) / p95(alone)
        print(f"p95 of a chat answer of 16 tokens: {1000 * p95(alone):.0f} ms alone, {1000 * p95(beside):.0f} ms beside a training ({steps} steps the last time): {ratio:.2f} times")
        assert ratio < 1.5 and steps > 0
