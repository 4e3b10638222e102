"""Hostile and broken requests: each gets a clear error, and /health answers within a second all the while."""

import json
import socket
import threading
import time

import httpx
import pytest

from lares_server import Server, exchange, post, status_of

CHAT = "/v1/chat/completions"
GOOD = {"model": "smollm2", "messages": [{"role": "user", "content": "Hi"}], "max_tokens": 2, "temperature": 0}


def nested(depth, kind):
    if kind == "array":
        return b"[" * depth + b"]" * depth
    return b'{"a":' * depth + b"1" + b"}" * depth


@pytest.mark.parametrize("depth", [100, 160, 300, 511, 512, 100_000])
@pytest.mark.parametrize("kind", ["array", "object"])
@pytest.mark.parametrize("path", [CHAT, "/v1/completions", "/v1/embeddings"])
def test_deeply_nested_json_is_400(server, health, depth, kind, path):
    whole = nested(depth, kind)
    inside = b'{"model":"smollm2","input":"x","prompt":"x","messages":[{"role":"user","content":"x"}],"metadata":' + whole + b"}"
    for body in (whole, inside):
        answer = httpx.post(server.url + path, content=body, headers={"Content-Type": "application/json"}, timeout=30)
        assert answer.status_code == 400 and answer.json()["error"]["message"]


def test_deep_json_that_never_ends_is_400(server, health):
    answer = httpx.post(server.url + CHAT, content=b"[" * 1_000_000, headers={"Content-Type": "application/json"}, timeout=30)
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"nul", b'{"a":1,}', b"\xff\xfe", b'"\xed\xa0\x80"', b'{"model":"smollm2","model":"x"}', b"1e999", b"-", b'"\\ud800"', b"\x00",
     b'{"a": 1} trailing', b"[1,2", b'{"model": "smollm2", "messages": [{"role": "user", "content": "\\ud83d"}]}', b"99999999999999999999999999"],
)  # fmt: skip
def test_broken_json_is_400(server, health, body):
    answer = httpx.post(server.url + CHAT, content=body, headers={"Content-Type": "application/json"}, timeout=30)
    assert answer.status_code == 400 and answer.json()["error"]["type"] == "invalid_request_error"


def test_odd_but_valid_text_is_answered(server, health):
    for content in ("\u0000", "\ufeff", "🙂" * 50, "\u202e abc", "<|im_start|>system\n", "a\u0301" * 100, "\r\n\t"):
        body = {**GOOD, "messages": [{"role": "user", "content": content}]}
        assert httpx.post(server.url + CHAT, json=body, timeout=60).status_code == 200


def send_large(server, head, part, count):
    """Sends a body of count parts until the server has had enough: what it said."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(head)
        try:
            for _ in range(count):
                connection.sendall(part)
        except (ConnectionError, TimeoutError):
            pass
        try:
            return connection.recv(65536)
        except (ConnectionError, TimeoutError):
            return b""


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_of_100_megabytes_is_refused_without_being_kept(server, health, chunked):
    before = server.resident_bytes()
    part, count = b" " * 65536, 1600
    if chunked:
        head = f"POST {CHAT} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
        part = b"10000\r\n" + part + b"\r\n"
    else:
        head = f"POST {CHAT} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(part) * count}\r\n\r\n".encode()
    answer = send_large(server, head, part, count)
    assert status_of(answer) == 413 or answer == b""  # a reset may overtake the answer
    assert server.resident_bytes() - before < 160 << 20


LIMIT = 16 << 20  # of a body, unless `lares serve` is told otherwise


@pytest.mark.parametrize("filling", [b"0,", b'{"a":0},', b"[],", b'"' + b"a" * 1000 + b'",'], ids=["numbers", "objects", "arrays", "texts"])
def test_many_large_bodies_at_once_stay_bounded(server, filling):
    """Twenty bodies just under the limit: more than there is memory for bodies. Each is answered, or told to come back, and /health answers."""
    before, statuses = server.resident_bytes(), []
    body = b'{"model":"smollm2","messages":[],"metadata":[' + filling * ((LIMIT - 100) // len(filling)) + b"0]}"
    assert LIMIT - 2000 < len(body) <= LIMIT

    def send():
        statuses.append(httpx.post(server.url + CHAT, content=body, headers={"Content-Type": "application/json"}, timeout=120).status_code)

    threads = [threading.Thread(target=send) for _ in range(20)]
    for thread in threads:
        thread.start()
    highest = 0
    while any(thread.is_alive() for thread in threads):
        highest = max(highest, server.resident_bytes())
        assert server.status("/health", timeout=10) == 200
        time.sleep(0.02)
    assert len(statuses) == 20 and set(statuses) <= {400, 503} and 400 in statuses
    assert highest - before < 700 << 20


def test_an_object_of_one_name_a_million_times_is_400(server, health):
    body = b"{" + b'"a":0,' * 1_000_000 + b'"model":"smollm2"}'
    begin = time.monotonic()
    answer = httpx.post(server.url + CHAT, content=body, headers={"Content-Type": "application/json"}, timeout=30)
    assert answer.status_code == 400 and "members" in answer.json()["error"]["message"]
    assert time.monotonic() - begin < 5


def test_a_body_in_tiny_chunks_is_read(server, health):
    data = json.dumps(GOOD).encode() + b" " * 100_000
    chunks = b"".join(b"1\r\n" + bytes([b]) + b"\r\n" for b in data) + b"0\r\n\r\n"
    head = f"POST {CHAT} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    assert status_of(exchange(server.port, head + chunks, timeout=60)) == 200


def test_slow_clients_take_nothing_from_others(server, health):
    connections = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(200)]
    try:
        for turn in range(4):
            for i, connection in enumerate(connections):
                connection.sendall(b"POST "[turn : turn + 1] if i % 2 else (b"G", b"E", b"T", b" ")[turn])
            time.sleep(0.3)
        assert httpx.post(server.url + CHAT, json=GOOD, timeout=60).status_code == 200
    finally:
        for connection in connections:
            connection.close()


def test_a_client_that_does_not_read_its_stream_holds_up_nobody(server, health):
    """Its answer is written and waits to be read; others are answered meanwhile. That its connection is closed is a test of the server's own."""
    body = {**GOOD, "stream": True, "max_tokens": 2000, "ignore_eos": True}
    with socket.create_connection(("127.0.0.1", server.port)) as idle:
        idle.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        idle.sendall(post(CHAT, body))
        for _ in range(3):
            assert httpx.post(server.url + CHAT, json=GOOD, timeout=60).status_code == 200
    server.wait_for_metric("lares_requests_running", lambda running: running == 0, seconds=10)


def test_half_closed_connections_do_no_harm(server, health):
    # What is answered at once is answered; whoever closes their side while a model works has left, and gets no answer of the model.
    health_request = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
    assert status_of(exchange(server.port, health_request, half_close=True, timeout=5)) in (200, None)
    long = post(CHAT, {**GOOD, "max_tokens": 2000, "ignore_eos": True})
    assert status_of(exchange(server.port, long, half_close=True, timeout=10)) in (499, None)
    for data in (b"POST /v1/chat", b""):
        assert status_of(exchange(server.port, data, half_close=True, timeout=5)) in (400, None)
    server.wait_for_metric("lares_requests_running", lambda running: running == 0, seconds=10)


def test_a_thousand_connections_at_once(server, health):
    connections = []
    try:
        for _ in range(1000):
            connections.append(socket.create_connection(("127.0.0.1", server.port), timeout=10))
        for connection in connections:
            connection.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        statuses = [status_of(connection.recv(4096)) for connection in connections]
    finally:
        for connection in connections:
            connection.close()
    assert statuses == [200] * 1000


MALFORMED = {
    "noise": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256)),
    "no version": b"GET /\r\n\r\n",
    "wrong version": b"GET / HTTP/9.9\r\nHost: localhost\r\n\r\n",
    "unknown method": b"BREW /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "no host": b"GET /v1/models HTTP/1.1\r\n\r\n",
    "two hosts": b"GET /v1/models HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n",
    "space in name": b"GET /v1/models HTTP/1.1\r\nHost : localhost\r\n\r\n",
    "NUL in value": b"GET /v1/models HTTP/1.1\r\nHost: local\x00host\r\n\r\n",
    "huge header": b"GET /v1/models HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * (1 << 20) + b"\r\n\r\n",
    "many headers": b"GET /v1/models HTTP/1.1\r\nHost: localhost\r\n" + b"".join(b"X-%d: 1\r\n" % i for i in range(20000)) + b"\r\n",
    "huge path": b"GET /" + b"a" * (1 << 20) + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "negative length": f"POST {CHAT} HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n".encode(),
    "huge length": f"POST {CHAT} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99999999999999999999\r\n\r\n".encode(),
    "two lengths": f"POST {CHAT} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!".encode(),
    "length and chunked": f"POST {CHAT} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n".encode(),
    "bad chunk size": f"POST {CHAT} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n".encode(),
    "huge chunk size": f"POST {CHAT} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n".encode(),
    "absolute uri": b"GET http://evil.example/v1/models HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    "broken uri": b"GET http://[::1/v1/models HTTP/1.1\r\nHost: [::1\r\n\r\n",
}


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_http_is_refused(server, health, name):
    answer = exchange(server.port, MALFORMED[name], timeout=5, half_close=True)
    status = status_of(answer)
    assert status is None or 400 <= status < 500 or status in (501, 505), answer[:200]


@pytest.mark.parametrize("value", ["00-" + "0" * 200, "zz", "00--01", "\u00e9", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7", "-" * 1000])
def test_a_malformed_traceparent_is_ignored(server, health, value):
    answer = httpx.get(server.url + "/v1/models", headers={"traceparent": value.encode(), "tracestate": ("a=1," * 500).encode()})
    assert answer.status_code == 200


@pytest.mark.parametrize("value", ["bytes=0-18446744073709551615", "bytes=-9223372036854775809", "bytes=9223372036854775807-1", "bytes=--1", "bytes=," * 500])
def test_an_overflowing_range_is_no_crash(server, health, value):
    for path in ("/", "/assets/console.css", "/openapi.json"):
        assert httpx.get(server.url + path, headers={"Range": value}, follow_redirects=True).status_code < 500


@pytest.mark.parametrize("path", ["/v1/models/../../etc/passwd", "/v1/models/%2e%2e%2f%2e%2e%2fetc%2fpasswd", "/assets/../../../etc/passwd", "/assets/%2e%2e/%2e%2e/etc/passwd",
                                  "/assets/%252e%252e%252fetc/passwd", "/assets/..%5c..%5cetc%5cpasswd", "/assets//etc/passwd", "/v1/models/%ff%fe", "/v1/models/%00",
                                  "/v1/models/" + "a" * 5000, "/v1/models/sha256:..%2f..%2f", "//evil.example/%2e%2e"])  # fmt: skip
def test_paths_lead_nowhere_else(server, health, path):
    answer = exchange(server.port, f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    assert b"root:" not in answer and 400 <= status_of(answer) < 500


@pytest.mark.parametrize("method,path", [("DELETE", CHAT), ("GET", CHAT), ("PUT", "/v1/models"), ("POST", "/health"), ("PATCH", "/metrics")])
def test_a_wrong_method_is_405_with_what_is_allowed(server, method, path):
    answer = httpx.request(method, server.url + path)
    assert answer.status_code == 405 and answer.headers["allow"]


def test_an_unknown_path_is_404_in_the_same_shape(server):
    answer = httpx.get(server.url + "/v1/nothing/here")
    assert answer.status_code == 404 and answer.json()["error"]["message"]


@pytest.fixture(scope="module")
def narrow(home):
    with Server(home, "--queue", "1") as running:
        yield running


def test_a_full_queue_is_429_and_says_when_to_come_back(narrow):
    """Far more requests than the batch and the queue hold."""
    body = {**GOOD, "max_tokens": 64, "ignore_eos": True}
    answers = []

    def ask():
        answers.append(httpx.post(narrow.url + CHAT, json=body, timeout=150))

    threads = [threading.Thread(target=ask) for _ in range(160)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    refused = [a for a in answers if a.status_code == 429]
    assert len(answers) == 160 and {a.status_code for a in answers} <= {200, 429}
    assert refused and all(int(a.headers["retry-after"]) >= 1 for a in refused)
    assert all(a.json()["error"]["type"] == "rate_limit_error" for a in refused)
    narrow.wait_for_metric("lares_requests_running", lambda running: running == 0, seconds=10)
    assert httpx.post(narrow.url + CHAT, json=GOOD, timeout=60).status_code == 200
