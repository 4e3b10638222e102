"""Versions over the command line and the API: what is refused, promotion and rolling back under load, canary, shadow, memory after unloading."""

import json
import pathlib
import struct
import subprocess
import sys
import threading
import time

import httpx
import numpy as np
import pytest

from lares_server import Server, must_run, run
from networks import linear_plan, linear_tensors, simple_plan, write_network

API = "/lares/v1/registry/models"


def publish(home, name, scale=1.0, *flags):
    file = write_network(home / "n.safetensors", linear_plan(4, 8, 3), linear_tensors(4, 8, 3, scale))
    return json.loads(must_run(["registry", "publish", str(file), name, "--json", *flags], home))


@pytest.fixture
def place(tmp_path):
    """A data directory with two versions of `net`, the first in production, and a server on it."""
    publish(tmp_path, "net", 1.0, "--promote")
    publish(tmp_path, "net", 1e15)
    with Server(tmp_path, models=None) as server:
        with httpx.Client(base_url=server.url, timeout=30) as http:
            yield tmp_path, server, http


def ask(http, x=1.0, version=None):
    path = "/v2/models/net" + (f"/versions/{version}" if version else "") + "/infer"
    return http.post(path, json={"inputs": [{"name": "x", "shape": [1, 4], "datatype": "FP32", "data": [x] * 4}]})


def test_the_life_of_a_network(tmp_path):
    card = tmp_path / "card.json"
    card.write_text(json.dumps({"summary": "which flower", "metrics": {"accuracy": 0.97}, "licence": "MIT", "parents": ["iris:1"]}))
    shown = publish(tmp_path, "iris", 1.0, "--card", str(card), "--job", "job-7", "--data-hash", "ab12")
    version = shown["versions"][0]
    assert version["version"] == 1 and version["aliases"] == ["candidate"] and version["card"]["metrics"] == {"accuracy": 0.97}
    assert version["job"] == "job-7" and version["data_sha256"] == "ab12" and version["inputs"][0]["shape"] == [-1, 4]
    publish(tmp_path, "iris", 2.0)
    publish(tmp_path, "iris", 3.0)
    must_run(["registry", "promote", "iris", "1"], tmp_path)
    must_run(["registry", "promote", "iris"], tmp_path)
    must_run(["registry", "alias", "iris", "night", "2"], tmp_path)
    models = json.loads(must_run(["registry", "list", "--json"], tmp_path))
    assert models[0]["serving"] == 3 and models[0]["aliases"] == {"candidate": 3, "night": 2, "production": 3}
    assert "is in production" in must_run(["registry", "rollback", "iris"], tmp_path)
    assert json.loads(must_run(["registry", "show", "iris", "--json"], tmp_path))["serving"] == 1
    assert run(["registry", "rollback", "iris"], tmp_path).returncode == 1
    assert run(["registry", "rm", "iris", "2"], tmp_path).returncode == 1, "an alias means it"
    must_run(["registry", "alias", "--remove", "iris", "night"], tmp_path)
    must_run(["registry", "rm", "iris", "2"], tmp_path)
    assert run(["registry", "show", "iris", "2"], tmp_path).returncode == 66
    must_run(["registry", "rm", "iris"], tmp_path)
    assert list((tmp_path / "blobs").iterdir()) == []
    assert publish(tmp_path, "iris")["versions"][0]["version"] == 4, "a number is never used again"


def test_the_card_of_a_training_lies_beside_its_network(tmp_path):
    (tmp_path / "card.json").write_text(json.dumps({"format": "lares model card 1", "code": "lares 1", "data": {"file": "d.csv", "sha256": "ab12", "rows": {}}, "metrics": {"test": {"accuracy": 0.5}}, "recipe": {}}))
    file = write_network(tmp_path / "n.safetensors", linear_plan(4, 8, 3), linear_tensors(4, 8, 3))
    taken = run(["registry", "publish", str(file), "net", "--json"], tmp_path)
    assert "card.json', which lies beside the file" in taken.stderr
    named = run(["registry", "publish", str(file), "net", "--json", "--card", str(tmp_path / "card.json")], tmp_path)
    assert "beside" not in named.stderr
    for result in (taken, named):
        version = json.loads(result.stdout)["versions"][-1]
        assert version["card"]["metrics"] == {"test accuracy": 0.5} and version["card"]["code_version"] == "lares 1" and version["data_sha256"] == "ab12"
    (tmp_path / "other.json").write_text('{"accuracy": 1}')
    refused = run(["registry", "publish", str(file), "net", "--card", str(tmp_path / "other.json")], tmp_path)
    assert refused.returncode == 1 and "'accuracy' is unknown; there may be code_version, data, licence" in refused.stderr, refused.stderr


def test_a_file_with_another_signature_than_was_declared_is_not_published(place):
    home, _, http = place
    shown = json.loads(must_run(["registry", "show", "net", "--json"], home))["versions"][0]
    right = {"inputs": shown["inputs"], "outputs": shown["outputs"]}
    wrong = {"inputs": [{"name": "x", "datatype": "FP32", "shape": [-1, 5]}], "outputs": right["outputs"]}
    file, path = home / "n.safetensors", home / "signature.json"
    for declared, code, words in [
        (right, 0, ""),
        (wrong, 1, "x: FP32 [-1, 5] → y: FP32 [-1, 3], is not the file's, which is x: FP32 [-1, 4]"),
        ({"inputs": []}, 1, "'outputs' is missing"),
        ({"inputs": [{"name": "x", "datatype": "FLOAT", "shape": []}], "outputs": []}, 1, "it may be BOOL"),
    ]:
        path.write_text(json.dumps(declared))
        result = run(["registry", "publish", str(file), "net", "--signature", str(path)], home)
        assert result.returncode == code and words in result.stderr, result.stderr
        answer = http.post(f"{API}/net/versions", json={"path": str(file), "signature": declared})
        assert answer.status_code == (400 if code else 201), answer.text
        assert not code or words in answer.json()["error"]["message"], answer.text
    missing = run(["registry", "publish", str(file), "net", "--signature", str(home / "none.json")], home)
    assert missing.returncode == 1 and "none.json" in missing.stderr
    versions = json.loads(must_run(["registry", "show", "net", "--json"], home))["versions"]
    assert [version["version"] for version in versions] == [1, 2, 3, 4], "two declarations were right"


def test_another_signature_is_promoted_only_when_that_is_said(place):
    home, _, http = place
    file = write_network(home / "wide.safetensors", linear_plan(5, 8, 3), linear_tensors(5, 8, 3))
    card = {"path": str(file), "card": {"accuracy": 1}}
    answer = http.post(f"{API}/net/versions", json=card)
    assert answer.status_code == 400 and "'accuracy' is unknown; there may be code_version" in answer.json()["error"]["message"]
    assert http.post(f"{API}/net/versions", json={"path": str(file)}).status_code == 201
    for method, path, body in [("POST", "promote", {}), ("PUT", "aliases/production", {"version": 3}), ("PUT", "trial", {"version": 3})]:
        answer = http.request(method, f"{API}/net/{path}", json=body)
        assert answer.status_code == 409 and answer.json()["error"]["code"] == "other_signature", answer.text
        assert "[-1, 5]" in answer.text and "[-1, 4]" in answer.text
    refused = run(["registry", "promote", "net"], home)
    assert refused.returncode == 1 and "--new-signature" in refused.stderr
    assert http.post(f"{API}/net/promote", json={"new_signature": True}).json()["serving"] == 3
    assert http.post(f"{API}/net/rollback").json()["serving"] == 1, "what was in production comes back without a question"
    assert "is in production" in must_run(["registry", "promote", "net", "--new-signature"], home)


@pytest.mark.parametrize(
    ("name", "words"),
    [("empty", "no network"), ("text", "no network"), ("cut", "no network"), ("not finite", "not finite"), ("no plan", "no network"), ("overflows", "random inputs")],
)
def test_what_can_not_be_published(tmp_path, name, words):
    file = write_network(tmp_path / "n.safetensors", linear_plan(4, 8, 3), linear_tensors(4, 8, 3))
    if name == "cut":
        file.write_bytes(file.read_bytes()[:-5])
    elif name in ("empty", "text"):
        file.write_text("" if name == "empty" else "hello")
    elif name == "not finite":
        write_network(file, linear_plan(4, 8, 3), linear_tensors(4, 8, 3) | {"y.bias": ([3], [1.0, float("nan"), 0.0])})
    elif name == "overflows":
        write_network(file, linear_plan(4, 8, 3), linear_tensors(4, 8, 3, 1e39 / 2e1))
    elif name == "no plan":
        file.write_bytes(struct.pack("<Q", 8) + b"{}      ")
    result = run(["registry", "publish", str(file), "net"], tmp_path)
    assert result.returncode == 1 and words in result.stderr and "blobs" not in result.stderr, result.stderr
    assert name != "cut" or f"'{file}'" in result.stderr and "make it or get it again" in result.stderr, result.stderr
    assert json.loads(must_run(["registry", "list", "--json"], tmp_path)) == [] and list((tmp_path / "blobs").iterdir()) == []


def test_promotion_and_rolling_back_fail_no_request(place):
    """Two callers ask without a pause while versions change, forty times at least."""
    _, server, _ = place
    stop, seen, failures, changes = threading.Event(), {}, [], 0

    def load():
        with httpx.Client(base_url=server.url, timeout=30) as http:
            while not stop.is_set():
                answer = ask(http)
                if answer.status_code == 200:
                    version = answer.json()["model_version"]
                    seen[version] = seen.get(version, 0) + 1
                else:
                    failures.append(answer.text)

    callers = [threading.Thread(target=load) for _ in range(2)]
    for caller in callers:
        caller.start()
    with httpx.Client(base_url=server.url + API, timeout=30) as http:
        while changes < 40 or sum(seen.values()) < 200:
            changes += 2
            assert http.post("/net/promote", json={"version": 2}).json()["serving"] == 2
            assert http.post("/net/rollback").json()["serving"] == 1
    stop.set()
    for caller in callers:
        caller.join()
    print(f"{changes} changes, answers by version {seen}, failures {len(failures)}")
    assert not failures and set(seen) == {"1", "2"}


def test_a_canary_gets_its_part_of_the_requests(place):
    _, _, http = place
    trial = http.put(f"{API}/net/trial", json={"version": 2, "percent": 20}).json()["trial"]
    assert trial["kind"] == "canary" and trial["percent"] == 20
    versions = [ask(http).json()["model_version"] for _ in range(100)]
    assert versions.count("2") == 20
    assert http.get(f"{API}/net").json()["trial"]["answers"] == 20
    assert http.post(f"{API}/net/promote", json={"version": 2}).json()["trial"] is None, "promoting what is tried ends the trial"


def test_a_canary_that_fails_is_taken_back_and_nobody_notices(place):
    _, _, http = place
    http.put(f"{API}/net/trial", json={"version": 2, "percent": 50, "error_share": 0.1, "least": 5})
    answers = [ask(http, 1e12) for _ in range(40)]
    assert ask(http, 1e12, version=2).status_code == 400, "the canary really fails"
    assert {a.status_code for a in answers} == {200} and {a.json()["model_version"] for a in answers} == {"1"}
    assert http.get(f"{API}/net").json()["trial"] is None


def test_a_wrong_request_does_not_count_against_a_canary(place):
    _, _, http = place
    http.put(f"{API}/net/trial", json={"version": 2, "percent": 100, "error_share": 0, "least": 1})
    wrong = {"inputs": [{"name": "x", "shape": [1, 5], "datatype": "FP32", "data": [0] * 5}]}
    assert http.post("/v2/models/net/infer", json=wrong).status_code == 400
    assert http.get(f"{API}/net").json()["trial"]["failures"] == 0


def test_a_shadow_computes_unseen_and_is_taken_back_when_it_fails(place):
    _, _, http = place
    http.put(f"{API}/net/trial", json={"version": 2, "kind": "shadow", "least": 10})
    assert {ask(http).json()["model_version"] for _ in range(20)} == {"1"}
    trial = wait(lambda: http.get(f"{API}/net").json()["trial"], lambda t: t["answers"] == 20)
    assert trial["failures"] == 0 and trial["largest_difference"] > 1 and trial["disagreements"] == 0
    assert {ask(http, 1e12).status_code for _ in range(40)} == {200}
    assert wait(lambda: http.get(f"{API}/net").json(), lambda n: n["trial"] is None)


def wait(read, test):
    for _ in range(100):
        value = read()
        if test(value):
            return value
        threading.Event().wait(0.05)
    raise AssertionError(f"still {value}")


def test_another_process_changes_what_is_served(place):
    home, _, http = place
    assert ask(http).json()["model_version"] == "1"
    must_run(["registry", "promote", "net", "2"], home)
    assert wait(lambda: ask(http).json()["model_version"], lambda v: v == "2")


def test_unloading_gives_the_memory_back(tmp_path):
    size = 4096
    sizes = {"hidden.weight": [64, size], "hidden.bias": [size], "y.weight": [size, size], "y.bias": [size]}
    tensors = {name: (shape, np.ones(shape, "<f4").tobytes()) for name, shape in sizes.items()}
    plan = linear_plan(64, size, size)
    must_run(["registry", "publish", str(write_network(tmp_path / "n.safetensors", plan, tensors)), "large"], tmp_path)
    with Server(tmp_path, models=None) as server, httpx.Client(base_url=server.url, timeout=60) as http:
        def round_trip():
            assert http.post("/v2/repository/models/large/load").status_code == 200
            body = {"inputs": [{"name": "x", "shape": [1, 64], "datatype": "FP32", "data": [1.0] * 64}]}
            assert http.post("/v2/models/large/infer", json=body).status_code == 200
            loaded = server.resident_bytes()
            assert http.post("/v2/repository/models/large/unload").status_code == 200
            time.sleep(0.5)  # whoever infers last lets go of it after it answered
            return loaded, server.resident_bytes()

        round_trip()
        before = server.resident_bytes()
        loaded, after = round_trip()
        print(f"64 MiB of weights: resident {before / 2**20:.0f} MiB before, {loaded / 2**20:.0f} loaded, {after / 2**20:.0f} unloaded")
        assert loaded - before > 48 << 20 and after - before < 8 << 20


def test_only_administrators_change_the_registry(tmp_path):
    publish(tmp_path, "net", 1.0, "--promote")
    secret = json.loads(must_run(["keys", "add", "reader", "--json"], tmp_path))["secret"]
    with Server(tmp_path, "--require-key", models=None) as server:
        with httpx.Client(base_url=server.url, headers={"Authorization": f"Bearer {secret}"}) as http:
            assert httpx.get(f"{server.url}/v2/health/live").status_code == 200
            assert httpx.post(f"{server.url}/v2/models/net/infer").status_code == 401
            assert ask(http).status_code == 200 and http.get(API).status_code == 200
            for method, path in [("POST", f"{API}/net/promote"), ("POST", f"{API}/net/rollback"), ("PUT", f"{API}/net/trial"), ("DELETE", f"{API}/net"), ("POST", f"{API}/net/versions"), ("POST", "/v2/repository/models/net/unload"), ("POST", "/v2/repository/models/net/load")]:
                assert http.request(method, path, json={}).status_code == 403, f"{method} {path}"


@pytest.mark.long
def test_killing_it_at_random_moments():
    program = pathlib.Path(__file__).with_name("registry_kill.py")
    result = subprocess.run([sys.executable, str(program), "30", "7"], capture_output=True, text=True, timeout=600)
    assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-4000:]
