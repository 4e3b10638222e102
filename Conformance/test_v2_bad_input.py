"""What KServe V2 says to requests that don't fit: a clear error of 4xx, the server lives, and what is right is answered after it."""

import json
import pathlib
import random
import struct
import tempfile

import httpx
import numpy as np
import pytest
import tritonclient.http as triton
from tritonclient.utils import InferenceServerException

from lares_server import Server, exchange, must_run, status_of
from networks import joined_plan, simple_plan, words_plan, write_network

ROUNDS = 400
INTEGERS = ["INT8", "INT16", "INT32", "INT64", "UINT8", "UINT16", "UINT32", "UINT64"]


@pytest.fixture(scope="module")
def networks():
    with tempfile.TemporaryDirectory(prefix="lares-v2-bad-") as folder:
        folder = pathlib.Path(folder)
        must_run(["registry", "publish", str(write_network(folder / "a.safetensors", simple_plan())), "simple"], folder)
        must_run(["registry", "publish", str(write_network(folder / "b.safetensors", words_plan())), "words"], folder)
        for datatype in [*INTEGERS, "BOOL"]:
            plan = joined_plan(datatype, "multiply" if datatype == "BOOL" else "add")  # sums of truths would leave their type
            must_run(["registry", "publish", str(write_network(folder / "c.safetensors", plan)), datatype.lower()], folder)
        with Server(folder, models=None) as server:
            yield server
            assert good(server) == 200, "the server lives and answers"


def tensor(name="INPUT0", shape=(1, 16), datatype="INT32", **more):
    return {"name": name, "shape": list(shape), "datatype": datatype} | (more or {"data": list(range(16))})


def request(*inputs, **more):
    return {"inputs": list(inputs)} | more


def good(server):
    return httpx.post(f"{server.url}/v2/models/simple/infer", json=request(tensor(), tensor("INPUT1"))).status_code


OTHER = tensor("INPUT1")
BAD = {
    "no inputs": request(),
    "inputs are no array": {"inputs": 5},
    "an input is no object": {"inputs": [5]},
    "an input is missing": request(tensor()),
    "an input is there twice": request(tensor(), tensor(), OTHER),
    "an unknown input": request(tensor(), OTHER, tensor("INPUT2")),
    "another type": request(tensor(datatype="INT64"), OTHER),
    "no type": request(tensor(datatype="COMPLEX64"), OTHER),
    "a type that is no text": request(tensor(datatype=5), OTHER),
    "another rank": request(tensor(shape=(16,)), OTHER),
    "another size": request(tensor(shape=(2, 8)), OTHER),
    "rows that differ": request(tensor(shape=(2, 16), data=list(range(32))), OTHER),
    "no rows": request(tensor(shape=(0, 16), data=[]), tensor("INPUT1", shape=(0, 16), data=[])),
    "a negative size": request(tensor(shape=(-1, 16)), OTHER),
    "a huge size": request(tensor(shape=(2**62, 16)), OTHER),
    "sizes beyond 64 bits": request(tensor(shape=(2**63, 2**63)), OTHER),
    "sizes whose product is beyond 64 bits": request(tensor(shape=(2**40, 2**40)), OTHER),
    "a size that is no number": request(tensor(shape=("1", 16)), OTHER),
    "a fraction of a size": request(tensor(shape=(1.5, 16)), OTHER),
    "too few elements": request(tensor(data=[1]), OTHER),
    "too many elements": request(tensor(data=list(range(17))), OTHER),
    "nested in another way": request(tensor(data=[list(range(8)), list(range(8))]), OTHER),
    "nested and flat": request(tensor(data=[list(range(15)), 1]), OTHER),
    "a fraction": request(tensor(data=[0.5] * 16), OTHER),
    "a number beyond its type": request(tensor(data=[2**31] * 16), OTHER),
    "a text for a number": request(tensor(data=["1"] * 16), OTHER),
    "null for a number": request(tensor(data=[None] * 16), OTHER),
    "no data": {"inputs": [{"name": "INPUT0", "shape": [1, 16], "datatype": "INT32"}, OTHER]},
    "data is no array": request(tensor(data=5), OTHER),
    "bytes that aren't there": request(tensor(parameters={"binary_data_size": 64}), OTHER),
    "a negative number of bytes": request(tensor(parameters={"binary_data_size": -1}), OTHER),
    "a huge number of bytes": request(tensor(parameters={"binary_data_size": 2**63 - 1}), OTHER),
    "data and bytes": request(tensor(data=[1] * 16, parameters={"binary_data_size": 0}), OTHER),
    "shared memory": request(tensor(parameters={"shared_memory_region": "r", "shared_memory_byte_size": 64}), OTHER),
    "an unknown output": request(tensor(), OTHER, outputs=[{"name": "OUTPUT7"}]),
    "outputs are no array": request(tensor(), OTHER, outputs=7),
    "classification": request(tensor(), OTHER, outputs=[{"name": "OUTPUT0", "parameters": {"classification": 3}}]),
    "an id that is no text": request(tensor(), OTHER, id=7),
    "parameters are no object": request(tensor(), OTHER, parameters=[]),
}


@pytest.mark.parametrize("name", BAD)
def test_refused_with_words(networks, name):
    answer = httpx.post(f"{networks.url}/v2/models/simple/infer", json=BAD[name])
    assert 400 <= answer.status_code < 500, answer.text
    assert set(answer.json()) == {"error"} and len(answer.json()["error"]) > 10


def binary(server, header, tail, length=None, model="simple", **headers):
    body = json.dumps(header).encode()
    headers = {"Inference-Header-Content-Length": str(len(body) if length is None else length)} | headers
    return httpx.post(f"{server.url}/v2/models/{model}/infer", content=body + tail, headers=headers)


@pytest.mark.parametrize(
    ("size", "tail", "length"),
    [(64, b"", None), (64, b"x" * 63, None), (63, b"x" * 63, None), (64, b"x" * 65, None), (0, b"", None), (128, b"x" * 128, None), (64, b"x" * 64, 5), (64, b"x" * 64, 10**9), (64, b"x" * 64, -1), (64, b"x" * 64, "9" * 30), (64, b"x" * 64, "abc")],
)
def test_lies_about_bytes(networks, size, tail, length):
    header = request(tensor(parameters={"binary_data_size": size}), OTHER)
    answer = binary(networks, header, tail, length)
    assert answer.status_code == 400 and "error" in answer.json(), answer.text


@pytest.mark.parametrize("tail", [b"", b"\x01", b"\x05\0\0\0abc", struct.pack("<I", 2**32 - 1) + b"abc", b"\x01\0\0\0\xff", b"\x01\0\0\0ab", b"\x01\0\0\0a" * 2])
def test_lies_about_texts(networks, tail):
    header = request({"name": "word", "shape": [1, 1], "datatype": "BYTES", "parameters": {"binary_data_size": len(tail)}})
    assert binary(networks, header, tail, model="words").status_code == 400


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"5", b"[" * 200_000, b'{"inputs":' + b"[" * 60_000 + b"]" * 60_000 + b"}", b"\xff\xfe", b'{"inputs": [' + b"1," * 100_000 + b"1]}"])
def test_bodies_that_are_no_request(networks, body):
    answer = httpx.post(f"{networks.url}/v2/models/simple/infer", content=body, headers={"Content-Type": "application/json"})
    assert 400 <= answer.status_code < 500 and "error" in answer.json()


@pytest.mark.parametrize(("encoding", "body"), [("gzip", b"no gzip"), ("deflate", b"x"), ("br", b"x"), ("gzip", b"\x1f\x8b\x08" + b"\0" * 30), ("gzip", b"")])
def test_packed_bodies_that_are_damaged(networks, encoding, body):
    answer = httpx.post(f"{networks.url}/v2/models/simple/infer", content=body, headers={"Content-Encoding": encoding})
    assert answer.status_code in (400, 415) and "error" in answer.json()


@pytest.mark.parametrize("path", ["/v2/models/none/infer", "/v2/models/simple/versions/9/infer", "/v2/models/simple/versions/x/infer", "/v2/models/%00/infer", "/v2/models/simple/versions/99999999999999999999/infer"])
def test_models_that_are_not_there(networks, path):
    answer = httpx.post(networks.url + path, json=request(tensor(), OTHER))
    assert answer.status_code == 404 and "error" in answer.json()


def test_a_wrong_method_and_a_wrong_type(networks):
    assert httpx.get(f"{networks.url}/v2/models/simple/infer").status_code == 405
    assert httpx.post(f"{networks.url}/v2/models/simple/infer", data={"a": "b"}).status_code == 415


def test_a_body_that_is_cut_short(networks):
    head = b"POST /v2/models/simple/infer HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{"
    assert status_of(exchange(networks.port, head, half_close=True)) in (None, 400)


@pytest.mark.parametrize("binary", [True, False])
@pytest.mark.parametrize("datatype", [*INTEGERS, "BOOL"])
def test_the_ends_of_every_type_come_back(networks, datatype, binary):
    kind = np.bool_ if datatype == "BOOL" else getattr(np, datatype.lower())
    least, most = (0, 1) if datatype == "BOOL" else (np.iinfo(kind).min, min(np.iinfo(kind).max, 2**63 - 1))
    data = [np.array([[least, most, 1]], kind), np.array([[1, 1, 1]] if datatype == "BOOL" else [[0, 0, 0]], kind)]
    tensors = [triton.InferInput(n, [1, 3], datatype).set_data_from_numpy(d, binary_data=binary) for n, d in zip("ab", data)]
    outputs = [triton.InferRequestedOutput("y", binary_data=binary)]
    client = triton.InferenceServerClient(f"127.0.0.1:{networks.port}")
    answer = client.infer(datatype.lower(), tensors, outputs=outputs).as_numpy("y")
    assert answer.dtype == kind and answer.tolist() == [[kind(least), kind(most), kind(1)]]


@pytest.mark.parametrize("binary", [True, False])
def test_the_upper_half_of_uint64_is_refused_with_its_end(networks, binary):
    data = np.full((1, 3), 2**63, np.uint64)
    tensors = [triton.InferInput(n, [1, 3], "UINT64").set_data_from_numpy(data, binary_data=binary) for n in "ab"]
    with pytest.raises(InferenceServerException, match="9223372036854775807"):
        triton.InferenceServerClient(f"127.0.0.1:{networks.port}").infer("uint64", tensors)


def test_sums_that_leave_their_type_are_refused(networks):
    tensors = [{"name": n, "shape": [1, 3], "datatype": "INT8", "data": [100, 0, 0]} for n in "ab"]
    answer = httpx.post(f"{networks.url}/v2/models/int8/infer", json={"inputs": tensors})
    assert answer.status_code == 400 and "200" in answer.json()["error"]


def test_mutations(networks):
    """Bytes changed at random, with a seed: nothing but answers and refusals."""
    draw = random.Random(20261124)
    seeds = [(json.dumps(request(tensor(), OTHER)).encode(), b""), (json.dumps(request(tensor(parameters={"binary_data_size": 64}), OTHER)).encode(), bytes(64))]
    pieces = [b"[", b"]", b"{", b"}", b'"', b",", b"-", b"9223372036854775808", b"1e999", b"null", b"[[[[", b'"shape":', b'"data":', b"\0", b"-1"]
    statuses = set()
    with httpx.Client(base_url=networks.url) as http:
        for _ in range(ROUNDS):
            header, tail = draw.choice(seeds)
            header = bytearray(header)
            for _ in range(draw.randint(1, 4)):
                at = draw.randrange(len(header) + 1)
                if draw.random() < 0.5:
                    header[at:at] = draw.choice(pieces)
                else:
                    del header[at : at + draw.randint(1, 6)]
            length = len(header) + draw.choice([0, 0, 0, -1, 1, 7])
            answer = http.post("/v2/models/simple/infer", content=bytes(header) + tail, headers={"Inference-Header-Content-Length": str(length)})
            statuses.add(answer.status_code)
            assert answer.status_code == 200 or (400 <= answer.status_code < 500 and "error" in answer.json()), answer.text
    assert 400 in statuses
