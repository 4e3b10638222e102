"""A disk that is really full: what is told of it, that nothing is half there, that the program stays up, and that it works again with room."""

import json
import math
import struct
import threading

import httpx
import pytest

from lares_server import MODELS, Server, must_run, run
from networks import linear_plan, linear_tensors, write_network
from small_disk import SmallDisk
from test_training import RECIPE, points, start, wait_for_epoch

FULL = "the disk is full"


@pytest.fixture
def disk(request):
    with SmallDisk(getattr(request, "param", 120)) as disk:
        yield disk


@pytest.fixture
def home(disk):
    """A data directory on the small disk, as those inside name it."""
    (disk.path / "home").mkdir()
    return f"{disk.folder}/home"


def network(folder, scale=1.0):
    return str(write_network(folder / "n.safetensors", linear_plan(4, 8, 3), linear_tensors(4, 8, 3, scale)))


def large_network(folder):
    """180 MB of zeros."""
    hidden = 1 << 20
    sizes = {"hidden.weight": [40, hidden], "hidden.bias": [hidden], "y.weight": [hidden, 3], "y.bias": [3]}
    return str(write_network(folder / "large.safetensors", linear_plan(40, hidden, 3), {name: (shape, bytes(4 * math.prod(shape))) for name, shape in sizes.items()}))


def tensors(path):
    """The names in a safetensors file, which must be whole."""
    data = path.read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8 : 8 + length])
    assert max(t["data_offsets"][1] for name, t in header.items() if name != "__metadata__") == len(data) - 8 - length
    return header


def test_a_checkpoint(disk, tmp_path):
    (tmp_path / "points.csv").write_text(points())
    (tmp_path / "ring.json").write_text(json.dumps(RECIPE | {"epochs": 300}))
    must_run(["train", str(tmp_path / "ring.json"), "--output", str(tmp_path / "whole"), "--threads", "1"], tmp_path)
    output = f"{disk.folder}/ring"
    training = start(tmp_path, output, tmp_path, inside=disk.inside)
    wait_for_epoch(training, 3)
    disk.fill()
    _, said = training.communicate(timeout=60)
    assert training.returncode == 1 and f"checkpoint.safetensors' could not be written: {FULL}; make room and try again, nothing was changed" in said, said
    left = {file.name for file in (disk.path / "ring").iterdir()}
    assert left == {"checkpoint.safetensors"} and tensors(disk.path / "ring/checkpoint.safetensors"), left
    disk.free()
    must_run(["train", str(tmp_path / "ring.json"), "--output", output, "--threads", "1"], tmp_path, inside=disk.inside)
    for name in ("network.safetensors", "card.json"):
        assert (disk.path / "ring" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes(), "the same bits as where there was room"


def is_empty(disk):
    return not list((disk.path / "home/blobs").iterdir()) and not list((disk.path / "home/downloads").iterdir())


@pytest.mark.parametrize("disk", [300], indirect=True)
@pytest.mark.parametrize("what", ["network", "model"])
def test_taking_in_a_file(disk, home, tmp_path, what):
    """Full before it begins, and filled up while a file of 180 MB is copied."""
    if what == "model":
        (tmp_path / "m.gguf").write_bytes(bytes(180 << 20))
        commands = [["import", str(tmp_path / "m.gguf"), "--name", "it"], ["import", str(next((MODELS / "random").glob("*.gguf"))), "--name", "it"]]
    else:
        commands = [["registry", "publish", large_network(tmp_path), "it"], ["registry", "publish", network(tmp_path), "it"]]
    must_run(["registry", "list"], home, inside=disk.inside)
    disk.fill()
    result = run(commands[0], home, inside=disk.inside)
    assert result.returncode == 1 and FULL in result.stderr and "make room" in result.stderr and is_empty(disk), result.stderr
    disk.free()
    filling = threading.Thread(target=disk.fill_when, args=[lambda: list((disk.path / "home/downloads").glob("*.new"))])
    filling.start()
    result = run(commands[0], home, inside=disk.inside)
    filling.join()
    assert result.returncode == 1 and FULL in result.stderr and "make room" in result.stderr, result.stderr
    assert is_empty(disk)
    disk.free()
    for kind in (["registry", "list"], ["list"]):
        assert not json.loads(must_run([*kind, "--json"], home, inside=disk.inside)), "nothing half there"
    must_run(commands[1], home, inside=disk.inside)


@pytest.mark.parametrize("command", [["keys", "add", "someone"], ["alias", "it", "that"], ["registry", "alias", "net", "night", "1"]])
def test_a_command_that_writes_a_database(disk, home, tmp_path, command):
    must_run(["registry", "publish", network(tmp_path), "net"], home, inside=disk.inside)
    must_run(["import", str(next((MODELS / "random").glob("*.gguf"))), "--name", "it"], home, inside=disk.inside)
    must_run(["keys", "add", "first"], home, inside=disk.inside)
    disk.fill()
    result = run(command, home, inside=disk.inside)
    assert result.returncode == 1 and "full" in result.stderr and "make room" in result.stderr, result.stderr
    assert len(result.stderr.strip().splitlines()) == 1, result.stderr
    disk.free()
    must_run(command, home, inside=disk.inside)


def wait(read, test, seconds=30):
    for _ in range(seconds * 20):
        value = read()
        if test(value):
            return value
        threading.Event().wait(0.05)
    raise AssertionError(f"still {value}")


def ask(http):
    return http.post("/v2/models/net/infer", json={"inputs": [{"name": "x", "shape": [1, 4], "datatype": "FP32", "data": [1.0] * 4}]})


def test_a_server(disk, home, tmp_path):
    """Networks answer all the while; jobs and publishing are refused with 507; a job whose disk fills up fails, and goes on with room."""
    must_run(["registry", "publish", network(tmp_path), "net", "--promote"], home, inside=disk.inside)
    job = {"recipe": RECIPE | {"name": "ring", "epochs": 400}, "data": points()}
    file = network(tmp_path, scale=2.0)
    with Server(home, models=None, inside=disk.inside) as server, httpx.Client(base_url=server.url, timeout=30) as http:
        running = http.post("/lares/v1/jobs", json=job).json()["id"]
        path = f"/lares/v1/jobs/{running}"
        wait(lambda: http.get(path).json()["progress"], lambda progress: progress and progress["epoch"] > 2)
        disk.fill()
        failed = wait(lambda: http.get(path).json(), lambda job: job["state"] == "failed")
        assert FULL in failed["message"] and "make room" in failed["message"]
        for refused in (http.post("/lares/v1/jobs", json=job), http.post("/lares/v1/registry/models/net/versions", json={"path": file})):
            assert refused.status_code == 507 and refused.json()["error"]["code"] == "no_space", refused.text
            assert "make room" in refused.json()["error"]["message"]
        assert ask(http).status_code == 200 and http.get("/health").status_code == 200
        assert [job["id"] for job in http.get("/lares/v1/jobs").json()["jobs"]] == [running]
        assert [folder.name for folder in (disk.path / "home/jobs").iterdir()] == [running]
        assert len(http.get("/lares/v1/registry/models/net").json()["versions"]) == 1
        disk.free()
        assert http.post(path + "/resume").status_code == 202
        finished = wait(lambda: http.get(path).json(), lambda job: job["state"] in ("finished", "failed"), 60)
        assert finished["state"] == "finished" and finished["card"]["epochs"] == 400, finished["message"]
        assert http.get("/lares/v1/registry/models/ring").json()["versions"][0]["job"] == running
        assert http.post("/lares/v1/registry/models/net/versions", json={"path": file}).status_code == 201


def test_jobs_that_end_while_nothing_can_be_written_down(disk, home):
    """The end of a job is known though `jobs.db` can't be written, is written when there is room, and outlives the server."""
    with Server(home, models=None, inside=disk.inside) as server, httpx.Client(base_url=server.url, timeout=30) as http:
        job = http.post("/lares/v1/jobs", json={"recipe": RECIPE | {"epochs": 1_000_000}, "data": points()}).json()["id"]
        waiting = http.post("/lares/v1/jobs", json={"recipe": RECIPE | {"epochs": 2}, "data": points()}).json()["id"]
        wait(lambda: http.get(f"/lares/v1/jobs/{job}").json()["progress"], lambda progress: progress and progress["epoch"] > 2)
        disk.fill()
        wait(lambda: http.get(f"/lares/v1/jobs/{job}").json()["state"], lambda state: state == "failed")
        shown = wait(lambda: http.get(f"/lares/v1/jobs/{waiting}").json(), lambda job: job["message"])
        assert shown["state"] == "queued" and "can't be written down" in shown["message"] and "full" in shown["message"], shown
        disk.free()
        wait(lambda: http.get(f"/lares/v1/jobs/{waiting}").json()["state"], lambda state: state == "finished")
    with Server(home, models=None, inside=disk.inside) as server, httpx.Client(base_url=server.url, timeout=30) as http:
        assert {j["id"]: j["state"] for j in http.get("/lares/v1/jobs").json()["jobs"]} == {job: "failed", waiting: "finished"}


def test_starting_a_server(disk, home):
    must_run(["keys", "add", "first"], home, inside=disk.inside)
    disk.fill()
    result = run(["serve", "--no-home", "--port", "1"], home, timeout=20, inside=disk.inside)
    assert result.returncode == 1 and "disk is full" in result.stderr and "make room" in result.stderr, result.stderr
    disk.free()
    with Server(home, models=None, inside=disk.inside) as server:
        assert server.status("/health") == 200
