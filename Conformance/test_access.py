"""Who may call: keys, names and origins, and where Lares agrees to listen."""

import json
import subprocess
import tempfile

import httpx
import openai
import pytest

from lares_server import Server, exchange, must_run, run, status_of


@pytest.fixture(scope="module")
def locked(home):
    """A server that wants a key, and a key."""
    made = json.loads(must_run(["keys", "add", "conformance", "--json"], home))
    with Server(home, "--require-key") as running:
        yield running, made["secret"]
    must_run(["keys", "revoke", "conformance"], home)


def connect(server, key):
    return openai.OpenAI(base_url=server.url + "/v1", api_key=key, max_retries=0)


def test_a_right_key_opens(locked):
    server, secret = locked
    assert connect(server, secret).models.list().data


@pytest.mark.parametrize("key", ["wrong", "lares_" + "0" * 40, "é", "x" * 8000])
def test_a_wrong_key_is_401(locked, key):
    server, _ = locked
    answer = httpx.get(server.url + "/v1/models", headers={"Authorization": b"Bearer " + key.encode()})
    assert answer.status_code in (401, 431)
    if answer.status_code == 401:
        assert answer.json()["error"]["code"] == "invalid_api_key"


def test_no_key_is_401_and_the_client_says_so(locked):
    server, _ = locked
    assert httpx.get(server.url + "/v1/models").json()["error"]["code"] == "missing_api_key"
    with pytest.raises(openai.AuthenticationError):
        connect(server, "wrong").models.list()


def test_metrics_and_administration_need_the_key_and_health_does_not(locked):
    server, secret = locked
    assert server.status("/health") == 200 and server.status("/ready") == 200
    assert server.status("/metrics") == 401
    assert httpx.get(server.url + "/metrics", headers={"Authorization": f"Bearer {secret}"}).status_code == 200


def test_a_revoked_key_stops_working(locked, home):
    server, _ = locked
    secret = json.loads(must_run(["keys", "add", "short-lived", "--json"], home))["secret"]
    assert connect(server, secret).models.list().data
    must_run(["keys", "revoke", "short-lived"], home)
    with pytest.raises(openai.AuthenticationError):
        connect(server, secret).models.list()


def test_the_secret_is_nowhere_in_the_data_directory(locked, home):
    _, secret = locked
    found = subprocess.run(["grep", "-rlF", "--include=*.db*", secret, str(home)], capture_output=True, text=True)
    assert found.stdout == ""


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "", "localhost:", "[::1", "localhost\x00",
                                  "169.254.169.254", "localhost:99999999999", "user@localhost"])  # fmt: skip
def test_a_wrong_host_is_refused(server, host):
    answer = exchange(server.port, f"GET /v1/models HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    assert status_of(answer) in (400, 403) or not answer


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "LOCALHOST", "[::1]"])
def test_loopback_names_pass(server, host):
    assert status_of(exchange(server.port, f"GET /v1/models HTTP/1.1\r\nHost: {host}:{server.port}\r\nConnection: close\r\n\r\n".encode())) == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "https://localhost.evil.example", "null", "file://", "javascript:alert(1)"])
def test_pages_of_other_origins_are_refused(server, origin):
    for method, path in (("GET", "/v1/models"), ("POST", "/v1/chat/completions"), ("GET", "/metrics")):
        answer = httpx.request(method, server.url + path, headers={"Origin": origin}, json={} if method == "POST" else None)
        assert answer.status_code == 403, path


def test_a_form_of_a_foreign_page_is_no_request(server):
    """text/plain is what a page may send anywhere without asking first."""
    body = json.dumps({"model": "smollm2", "messages": [{"role": "user", "content": "x"}]})
    answer = httpx.post(server.url + "/v1/chat/completions", content=body, headers={"Content-Type": "text/plain"})
    assert answer.status_code == 415


def test_the_console_is_under_a_content_security_policy(server):
    answer = httpx.get(server.url + "/", follow_redirects=True, headers={"Accept": "text/html"})
    policy = answer.headers["content-security-policy"]
    assert answer.status_code == 200 and "frame-ancestors 'none'" in policy and "unsafe-eval" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("flags", [[], ["--insecure-listen"]])
def test_another_address_needs_a_key(flags):
    with tempfile.TemporaryDirectory() as empty:
        result = run(["serve", "--host", "0.0.0.0", "--port", "0", *flags], empty, timeout=30)
    assert result.returncode not in (0, None) and result.returncode > 0
    assert "key" in result.stderr


def test_another_address_with_a_key_needs_tls_or_the_flag():
    with tempfile.TemporaryDirectory() as folder:
        must_run(["keys", "add", "x"], folder)
        result = run(["serve", "--host", "0.0.0.0", "--port", "0"], folder, timeout=30)
    assert result.returncode > 0 and "TLS" in result.stderr and "--" in result.stderr


