"""Other people's broken inputs, where a folder of them is at hand: LARES_SHARED_DATA, or ../shared/data beside the repository."""

import os
import pathlib

import httpx
import pytest

from lares_server import MODELS, ROOT, run

SHARED = pathlib.Path(os.environ.get("LARES_SHARED_DATA", ROOT.parent / "shared/data"))
JSON_TESTS = sorted((SHARED / "trust/json_test_suite/test_parsing").glob("*.json"))
SAFETENSORS = sorted((SHARED / "trust/safetensors_bad").glob("*.safetensors"))


@pytest.mark.skipif(not JSON_TESTS, reason="no JSONTestSuite here")
def test_json_is_read_as_the_json_test_suite_says(server, health):
    """y_ is JSON, n_ is not, i_ is ours to choose; none of them is a request, so all get 400."""
    wrong = []
    with httpx.Client(base_url=server.url, headers={"Content-Type": "application/json"}, timeout=30) as client:
        for file in JSON_TESTS:
            answer = client.post("/v1/chat/completions", content=file.read_bytes())
            is_json = answer.json()["error"]["code"] != "invalid_json"
            if answer.status_code != 400 or file.name[0] == "y" and not is_json or file.name[0] == "n" and is_json:
                wrong.append((file.name, answer.status_code, answer.text[:200]))
    assert not wrong and len(JSON_TESTS) > 300


@pytest.mark.skipif(not SAFETENSORS, reason="no broken safetensors here")
@pytest.mark.parametrize("file", SAFETENSORS, ids=lambda file: file.stem)
def test_broken_safetensors_are_refused(tmp_path, file):
    """bad_ is refused with a sentence; the well-formed ones may wait for the load to find that they hold another model's tensors."""
    folder = tmp_path / "model"
    folder.mkdir()
    for part in (MODELS / "minilm").iterdir():
        if part.is_file() and part.name != "model.safetensors":
            (folder / part.name).write_bytes(part.read_bytes())
    (folder / "model.safetensors").write_bytes(file.read_bytes())
    result = run(["import", str(folder), "--name", "bad"], tmp_path / "home", timeout=20)
    if result.returncode or file.stem.startswith("bad_"):
        assert 0 < result.returncode < 128 and result.stderr.strip() and "Fatal error" not in result.stderr
