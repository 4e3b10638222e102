"""SIGTERM drains: what runs finishes, what is new is refused, then the program ends with 0."""

import signal
import time

import httpx

from lares_server import Server

BODY = {"model": "smollm2", "prompt": "Once upon a time", "max_tokens": 200, "stream": True, "temperature": 0, "ignore_eos": True}


def test_a_running_stream_finishes_and_new_requests_are_refused(home):
    server = Server(home)
    refused = None
    with httpx.stream("POST", server.url + "/v1/completions", json=BODY, timeout=60) as answer:
        lines = answer.iter_lines()
        next(lines)
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        try:
            refused = httpx.post(server.url + "/v1/completions", json={**BODY, "stream": False}, timeout=5).status_code
            assert server.status("/ready") in (503, None)
        except httpx.ConnectError:
            refused = 503  # not listening any more is a refusal too
        rest = [line for line in lines if line]
    assert rest[-1] == "data: [DONE]" and '"length"' in "".join(rest[-3:])
    assert len(rest) > 100
    assert refused == 503
    assert server.process.wait(timeout=30) == 0


def test_an_idle_server_stops_at_once(home):
    server = Server(home)
    begin = time.monotonic()
    assert server.stop() == 0
    assert time.monotonic() - begin < 5


def test_the_limit_of_the_drain_is_kept(home):
    server = Server(home, "--drain-seconds", "1")
    with httpx.stream("POST", server.url + "/v1/completions", json={**BODY, "max_tokens": 8000}, timeout=60) as answer:
        lines = answer.iter_lines()
        next(lines)
        begin = time.monotonic()
        assert server.stop(seconds=25) == 0
        assert 1 <= time.monotonic() - begin < 8
        rest = [line for line in lines if line]
    assert '"draining"' in rest[-1]  # the client is told why its answer ends


def test_a_killed_server_starts_again(home):
    server = Server(home)
    server.process.kill()
    server.process.wait()
    with Server(home) as again:
        assert again.status("/ready") == 200
