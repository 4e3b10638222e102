"""Data sets over the API: sent as files, checked before they are kept, and never in memory as a whole."""

import socket
import time

import httpx
import pytest

from lares_server import Server
from test_training import RECIPE, points, wait_until


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    home = tmp_path_factory.mktemp("data")
    with Server(home, models=None) as running:
        running.folder = home / "data"
        yield running


def kept(server):
    return httpx.get(f"{server.url}/lares/v1/data", timeout=30).json()["data"]


def send(server, text, name="points.csv", **options):
    return httpx.post(f"{server.url}/lares/v1/data", files={"data": (name, text)}, timeout=120, **options)


def test_a_file_is_sent_once_and_trained_with_twice(place):
    answer = send(place, points(300))
    assert answer.status_code == 201, answer.text
    data = answer.json()
    assert data["name"] == "points.csv" and data["summary"]["rows"] == 300 and [c["numeric"] for c in data["summary"]["columns"]] == [True, True, False, False]
    jobs = [httpx.post(f"{place.url}/lares/v1/jobs", json={"recipe": RECIPE | {"epochs": 2}, "data_id": data["id"]}, timeout=30).json()["id"] for _ in range(2)]
    for job in jobs:
        done = wait_until(place, job, lambda job: job["state"] not in ("queued", "running"))
        assert done["state"] == "finished", done
        assert done["card"]["data"]["sha256"] == data["sha256"], "what was learned from is what was sent"
        assert [note["event"] for note in done["log"]] == ["queued", "started", "finished"] and done["by"] == "local"
        curve = httpx.get(f"{place.url}/lares/v1/jobs/{job}/curve", timeout=30).json()
        assert [part["loss"][0] for part in curve["parts"]] == pytest.approx([epoch["loss"] for epoch in done["card"]["curve"]])
    assert httpx.delete(f"{place.url}/lares/v1/data/{data['id']}", timeout=30).json() == {"removed": data["id"], "bytes_freed": data["bytes"]}
    assert kept(place) == []


@pytest.mark.parametrize("text, reason", [
    (b"", "its first line must name the columns"),
    (b"a,b\n", "has no rows"),
    (b"a,b\n1,2\n3\n", "line 3 has 1 fields, the first line has 2"),
    (b"a,a\n1,2\n", "names the column 'a' twice"),
    (b"a,b\n1,\"2\n", "ends inside quotes"),
    (b"a,b\n1,\xff\xfe\n", "is not UTF-8"),
    (b"\x89PNG\r\n\x1a\n\x00\x00", ""),
    (b'{"a":1}\n{"a":[2]}\n', "line 1"),
    (b"a" * (2 << 20), "more than 1048576 bytes"),
    (b"a," * 5000 + b"a\n", "more than 4096 columns"),
])
def test_what_is_no_table_is_refused_with_its_place(place, text, reason):
    for answer in (send(place, text), httpx.post(f"{place.url}/lares/v1/data?name=points.csv", content=text, headers={"Content-Type": "text/csv"}, timeout=60)):
        assert answer.status_code == 400, answer.text
        error = answer.json()["error"]
        assert reason in error["message"] and "points.csv" in error["message"] and error["code"] == "bad_data", error
    assert kept(place) == []


def test_a_huge_file_is_refused_and_takes_no_memory(place):
    before = place.resident_bytes()
    chunk = b"0.1,0.2,left,yes\n" * 60_000

    def rows():
        yield b"x,y,side,inside\n"
        for _ in range(80):
            yield chunk

    answer = httpx.post(f"{place.url}/lares/v1/data?name=huge.csv", content=rows(), headers={"Content-Type": "text/csv"}, timeout=120)
    assert answer.status_code == 413 and "more than 67108864 bytes" in answer.json()["error"]["message"], answer.text
    assert place.resident_bytes() - before < 40 << 20, "80 MB went by"
    assert kept(place) == [] and place.status("/health") == 200


def test_a_large_file_is_kept_and_takes_little_memory(place):
    chunk = b"0.1,0.2,left,yes\n" * 60_000
    before = place.resident_bytes()
    began = time.monotonic()
    answer = send(place, b"x,y,side,inside\n" + chunk * 30, "large.csv")
    assert answer.status_code == 201 and answer.json()["summary"]["rows"] == 1_800_000, answer.text
    print(f"30 MB, 1,800,000 rows: sent and read through in {time.monotonic() - began:.1f} s, {(place.resident_bytes() - before) >> 20} MB more memory")
    assert place.resident_bytes() - before < 40 << 20
    httpx.delete(f"{place.url}/lares/v1/data/{answer.json()['id']}", timeout=30)


def test_an_upload_that_breaks_off_leaves_nothing(place):
    for head in ("Content-Type: text/csv\r\n", "Content-Type: multipart/form-data; boundary=b\r\n"):
        with socket.create_connection(("127.0.0.1", place.port), timeout=10) as connection:
            connection.sendall(f"POST /lares/v1/data?name=x.csv HTTP/1.1\r\nHost: localhost\r\n{head}Content-Length: 100000\r\n\r\n".encode())
            connection.sendall(b'--b\r\nContent-Disposition: form-data; name="data"; filename="x.csv"\r\n\r\na,b\n' + b"1,2\n" * 1_000)
    end = time.monotonic() + 10
    while list(place.folder.iterdir()) and time.monotonic() < end:
        time.sleep(0.05)
    assert list(place.folder.iterdir()) == [] and kept(place) == []


def test_a_page_of_another_site_sends_no_data(place):
    answer = send(place, "a\n1\n", headers={"Origin": "https://elsewhere.example"})
    assert answer.status_code == 403 and kept(place) == []
