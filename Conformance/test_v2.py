"""KServe V2 with Triton's and KServe's own clients, against networks that were published through the command line."""

import asyncio
import gzip
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import zlib

import httpx
import kserve
import numpy as np
import pytest
import tritonclient.http as triton
import tritonclient.http.aio as triton_aio
from tritonclient.utils import InferenceServerException

from lares_server import Server, must_run, on_a_loop
from networks import joined_plan, linear_plan, linear_tensors, simple_plan, words_plan, write_network

FLOATS = {"FP16": np.float16, "FP32": np.float32, "FP64": np.float64}


@pytest.fixture(scope="module")
def networks():
    """A server of its own with the networks of this file: seven, as one of Triton's examples wants it, and the name that another looks for."""
    with tempfile.TemporaryDirectory(prefix="lares-v2-") as folder:
        folder = pathlib.Path(folder)
        plans = {"simple": simple_plan(), "sum-int32": joined_plan("INT32", "add"), "words": words_plan()}
        plans |= {f"sum-{t.lower()}": joined_plan(t, "add") for t in ("FP32", "FP64", "FP16")}
        for name, plan in plans.items():
            must_run(["registry", "publish", str(write_network(folder / "n.safetensors", plan)), name], folder)
        file = write_network(folder / "n.safetensors", linear_plan(4, 8, 3), linear_tensors(4, 8, 3))
        must_run(["registry", "publish", str(file), "small", "--promote"], folder)
        with Server(folder, "--v2-name", "triton", models=None) as server:
            yield server


@pytest.fixture
def client(networks):
    return triton.InferenceServerClient(f"127.0.0.1:{networks.port}", concurrency=4)


def inputs(binary=(False, True), rows=1):
    data = [np.arange(16 * rows, dtype=np.int32).reshape(rows, 16), np.full((rows, 16), -1, np.int32)]
    tensors = [triton.InferInput(f"INPUT{i}", [rows, 16], "INT32") for i in range(2)]
    for tensor, values, is_binary in zip(tensors, data, binary):
        tensor.set_data_from_numpy(values, binary_data=is_binary)
    return data, tensors


@pytest.mark.parametrize("binary", [(True, True), (False, False), (True, False), (False, True)])
@pytest.mark.parametrize("answer", [True, False, None])
@pytest.mark.parametrize("packing", [None, "gzip", "deflate"])
def test_sum_and_difference(client, binary, answer, packing):
    data, tensors = inputs(binary, rows=3)
    outputs = None if answer is None else [triton.InferRequestedOutput(f"OUTPUT{i}", binary_data=answer) for i in range(2)]
    result = client.infer("simple", tensors, outputs=outputs, request_id="42", request_compression_algorithm=packing)
    assert result.get_response()["id"] == "42" and result.get_response()["model_version"] == "1"
    np.testing.assert_array_equal(result.as_numpy("OUTPUT0"), data[0] + data[1])
    np.testing.assert_array_equal(result.as_numpy("OUTPUT1"), data[0] - data[1])
    assert result.as_numpy("OUTPUT0").dtype == np.int32


def test_only_the_outputs_asked_for_come(client):
    result = client.infer("simple", inputs()[1], outputs=[triton.InferRequestedOutput("OUTPUT1")])
    assert [o["name"] for o in result.get_response()["outputs"]] == ["OUTPUT1"]


def test_many_at_a_time_each_gets_its_own(client):
    asked = []
    for i in range(64):
        data = np.full((1 + i % 3, 16), i, np.int32)
        tensors = [triton.InferInput(f"INPUT{k}", list(data.shape), "INT32").set_data_from_numpy(data) for k in range(2)]
        asked.append((i, client.async_infer("simple", tensors)))
    for i, request in asked:
        np.testing.assert_array_equal(request.get_result().as_numpy("OUTPUT0"), np.full((1 + i % 3, 16), 2 * i))


def test_the_asyncio_client(networks):
    async def run():
        async with triton_aio.InferenceServerClient(f"127.0.0.1:{networks.port}") as client:
            assert await client.is_server_live() and await client.is_model_ready("simple")
            results = await asyncio.gather(*(client.infer("simple", inputs(rows=2)[1]) for _ in range(32)))
            return [r.as_numpy("OUTPUT0") for r in results]

    data, _ = inputs(rows=2)
    for answer in on_a_loop(run()):
        np.testing.assert_array_equal(answer, data[0] + data[1])


def test_health_metadata_configuration_and_statistics(client):
    assert client.is_server_live() and client.is_server_ready() and client.is_model_ready("simple") and client.is_model_ready("simple", "1")
    assert not client.is_model_ready("nothing")
    assert "binary_tensor_data" in client.get_server_metadata()["extensions"]
    metadata = client.get_model_metadata("simple")
    assert metadata["versions"] == ["1"] and metadata["inputs"][0] == {"name": "INPUT0", "datatype": "INT32", "shape": [-1, 16]}
    config = client.get_model_config("simple")
    assert config["max_batch_size"] == 64 and config["input"][1] == {"name": "INPUT1", "data_type": "TYPE_INT32", "dims": [16]}
    before = client.get_inference_statistics("simple")["model_stats"][0]
    client.infer("simple", inputs(rows=5)[1])
    after = client.get_inference_statistics("simple", "1")["model_stats"][0]
    assert after["inference_count"] == before["inference_count"] + 5
    assert after["inference_stats"]["success"]["count"] == before["inference_stats"]["success"]["count"] + 1
    with pytest.raises(InferenceServerException, match="Request for unknown model"):
        client.get_model_metadata("nothing")


def test_load_and_unload(client):
    assert {e["name"]: e["state"] for e in client.get_model_repository_index()}["words"] == "READY"
    client.unload_model("words")
    assert not client.is_model_ready("words")
    assert {e["name"]: e["state"] for e in client.get_model_repository_index()}["words"] == "UNAVAILABLE"
    with pytest.raises(InferenceServerException, match="was unloaded"):
        client.infer("words", [triton.InferInput("word", [1, 1], "BYTES").set_data_from_numpy(np.array([["mild"]], dtype=object))])
    client.load_model("words", config='{"max_batch_size": "16", "dynamic_batching": {"max_queue_delay_microseconds": 200}}')
    assert client.is_model_ready("words") and client.get_model_config("words")["max_batch_size"] == 16
    client.load_model("words")
    assert client.get_model_config("words")["max_batch_size"] == 64
    for name, config in (("nothing", None), ("words", "{"), ("words", '{"max_batch_size": 0}'), ("words", '{"platform": "onnx"}')):
        with pytest.raises(InferenceServerException, match="failed to load"):
            client.load_model(name, config=config)


@pytest.mark.parametrize("binary", [True, False])
def test_texts(client, binary):
    words = np.array([["热"], ["kalt"], ["unbekannt"]], dtype=object)
    tensor = triton.InferInput("word", [3, 1], "BYTES").set_data_from_numpy(words, binary_data=binary)
    result = client.infer("words", [tensor], outputs=[triton.InferRequestedOutput("again", binary_data=binary), triton.InferRequestedOutput("known")])
    got = [w.decode() if isinstance(w, bytes) else w for w in result.as_numpy("again").flatten()]
    assert got == ["热", "kalt", "?"]
    assert result.as_numpy("known").reshape(3, 4).argmax(1).tolist() == [2, 1, 0]


@pytest.mark.parametrize("datatype", FLOATS)
@pytest.mark.parametrize("binary", [True, False])
def test_floats(client, datatype, binary):
    data = np.array([[0.5, -1.25, 1024]], FLOATS[datatype])
    tensors = [triton.InferInput(n, [1, 3], datatype).set_data_from_numpy(data, binary_data=binary) for n in ("a", "b")]
    result = client.infer(f"sum-{datatype.lower()}", tensors, outputs=[triton.InferRequestedOutput("y", binary_data=binary)])
    np.testing.assert_array_equal(result.as_numpy("y"), data * 2)
    assert result.as_numpy("y").dtype == FLOATS[datatype]


def sums(networks, datatype, number, binary):
    """What a network of that type says to `number` + 0: the number, or the words of a refusal."""
    if not binary:
        tensors = [{"name": n, "shape": [1, 3], "datatype": datatype, "data": [x] * 3} for n, x in (("a", number), ("b", 0))]
        answer = httpx.post(f"{networks.url}/v2/models/sum-{datatype.lower()}/infer", json={"inputs": tensors})
        return answer.json()["outputs"][0]["data"][0] if answer.status_code == 200 else answer.json()["error"]
    tensors = [triton.InferInput(n, [1, 3], datatype).set_data_from_numpy(np.full((1, 3), x, FLOATS[datatype])) for n, x in (("a", number), ("b", 0))]
    try:
        return float(triton.InferenceServerClient(f"127.0.0.1:{networks.port}").infer(f"sum-{datatype.lower()}", tensors).as_numpy("y")[0, 0])
    except InferenceServerException as error:
        return str(error)


@pytest.mark.parametrize("binary", [True, False])
def test_what_the_types_of_floats_hold(networks, binary):
    """All is computed in 32 bits: FP64 is rounded to that and not taken beyond it, FP16 to 16; bytes and JSON say the same."""
    assert sums(networks, "FP64", 0.1, binary) == float(np.float32(0.1))
    assert sums(networks, "FP32", 0.1, binary) == pytest.approx(0.1, rel=1e-7)
    assert sums(networks, "FP16", 0.1, binary) == pytest.approx(float(np.float16(0.1)), rel=1e-7)
    assert "FP64 is taken up to 3.4028235e+38, since everything is computed in 32 bits" in sums(networks, "FP64", 1e300, binary)
    if not binary:
        assert "FP16 is taken up to 65504" in sums(networks, "FP16", 1e5, binary)
        assert sums(networks, "FP16", 65504, binary) == 65504


def test_a_sum_that_16_bits_do_not_hold_is_refused(networks):
    tensors = [{"name": n, "shape": [1, 3], "datatype": "FP16", "data": [60000] * 3} for n in "ab"]
    answer = httpx.post(f"{networks.url}/v2/models/sum-fp16/infer", json={"inputs": tensors})
    assert answer.status_code == 400 and "would be 120000.0, which is no FP16" in answer.json()["error"], answer.text


def test_a_body_that_is_the_only_input(networks):
    rows = np.arange(8, dtype="<f4").reshape(2, 4)
    answer = httpx.post(f"{networks.url}/v2/models/small/infer", content=rows.tobytes(), headers={"Inference-Header-Content-Length": "0"})
    assert answer.status_code == 200, answer.text
    length = int(answer.headers["inference-header-content-length"])
    output = json.loads(answer.content[:length])["outputs"][0]
    got = np.frombuffer(answer.content[length:], "<f4").reshape(output["shape"])
    nested = httpx.post(f"{networks.url}/v2/models/small/infer", json={"inputs": [{"name": "x", "shape": [2, 4], "datatype": "FP32", "data": rows.tolist()}]})
    np.testing.assert_allclose(got.flatten(), nested.json()["outputs"][0]["data"], rtol=1e-6)


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress])
def test_a_packed_body_that_unpacks_to_too_much_is_refused(networks, pack):
    encoding = "gzip" if pack is gzip.compress else "deflate"
    answer = httpx.post(f"{networks.url}/v2/models/small/infer", content=pack(b"[" * (64 << 20)), headers={"Content-Encoding": encoding})
    assert answer.status_code == 413 and "error" in answer.json()


def test_kserves_client(networks):
    async def run():
        async with kserve.InferenceRESTClient(kserve.RESTConfig(protocol="v2", timeout=20)) as client:
            assert await client.is_server_live(networks.url) and await client.is_server_ready(networks.url)
            assert await client.is_model_ready(networks.url, "simple") and not await client.is_model_ready(networks.url, "nothing")
            for binary in (True, False):
                data = np.arange(16, dtype=np.int32).reshape(1, 16)
                tensors = [kserve.InferInput(f"INPUT{i}", [1, 16], "INT32") for i in range(2)]
                for tensor in tensors:
                    tensor.set_data_from_numpy(data, binary_data=binary)
                parameters = {"binary_data_output": True} if binary else {}
                response = await client.infer(networks.url, kserve.InferRequest("simple", tensors, parameters=parameters), model_name="simple")
                for output, expected in zip(response.outputs, (2 * data, 0 * data)):
                    np.testing.assert_array_equal(output.as_numpy(), expected)

    on_a_loop(run())


EXAMPLES = ["infer_client", "async_infer_client", "aio_infer_client", "health_metadata", "model_control"]


@pytest.mark.skipif("LARES_TRITON_CLIENT" not in os.environ, reason="LARES_TRITON_CLIENT names no checkout of triton-inference-server/client")
@pytest.mark.parametrize("example", EXAMPLES)
def test_tritons_own_examples(networks, example):
    program = pathlib.Path(os.environ["LARES_TRITON_CLIENT"]) / f"src/python/examples/simple_http_{example}.py"
    result = subprocess.run([sys.executable, str(program), "-u", f"127.0.0.1:{networks.port}"], capture_output=True, text=True, timeout=60)
    httpx.post(f"{networks.url}/v2/repository/models/simple/load")
    assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-2000:]
