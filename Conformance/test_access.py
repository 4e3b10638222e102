"""Who may call: keys, names and origins, and where Lares agrees to listen."""

import json
import socket
import ssl
import subprocess
import tempfile
import time

import httpx
import openai
import pytest

from lares_server import Server, exchange, must_run, run, status_of


@pytest.fixture(scope="module")
def locked(home):
    """A server that wants a key, and a key."""
    made = json.loads(must_run(["keys", "add", "conformance", "--json"], home))  # it may ask models, and no more
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


def test_a_key_for_models_administers_nothing(locked):
    server, secret = locked
    headers = {"Authorization": f"Bearer {secret}"}
    for method, path, body in (("GET", "/lares/v1/keys", None), ("POST", "/lares/v1/keys", {"name": "mine", "admin": True}),
                               ("POST", "/lares/v1/models", {"source": "/etc/passwd"}), ("DELETE", "/lares/v1/models/smollm2", None)):  # fmt: skip
        answer = httpx.request(method, server.url + path, headers=headers, json=body)
        assert answer.status_code == 403 and answer.json()["error"]["code"] == "not_allowed", path


def test_a_browser_without_a_key_that_opens_is_led_to_the_sign_in_page(locked):
    server, _ = locked
    page = httpx.get(server.url + "/models?a=b", headers={"Accept": "text/html", "Cookie": "lares_key=lares_" + "0" * 64})
    assert page.status_code == 303 and page.headers["location"] == "/sign-in?back=%2Fmodels%3Fa%3Db"
    assert page.headers["set-cookie"].startswith("lares_key=;")


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


def test_pages_of_another_port_are_refused_and_of_this_one_are_not(server):
    body = {"model": "smollm2", "messages": [{"role": "user", "content": "x"}], "max_tokens": 1}
    for origin, status in ((server.url, 200), (f"http://127.0.0.1:{server.port + 1}", 403), ("http://localhost:3000", 403), ("http://6.6.6.6", 403)):
        assert httpx.post(server.url + "/v1/chat/completions", headers={"Origin": origin}, json=body, timeout=60).status_code == status, origin


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


@pytest.fixture(scope="module")
def encrypted(home, tmp_path_factory):
    """A server with a certificate of its own making."""
    folder = tmp_path_factory.mktemp("tls")
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                    "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)  # fmt: skip
    with Server(home, "--tls-certificate", str(certificate), "--tls-key", str(key), certificate=certificate) as running:
        yield running, certificate


def test_clients_talk_to_it_encrypted(encrypted):
    server, certificate = encrypted
    context = ssl.create_default_context(cafile=str(certificate))
    with httpx.Client(verify=context) as web:
        client = openai.OpenAI(base_url=server.url + "/v1", api_key="x", max_retries=0, http_client=web)
        answer = client.chat.completions.create(model="smollm2", messages=[{"role": "user", "content": "Hi"}], max_tokens=2)
        assert answer.usage.completion_tokens
        pieces = list(client.chat.completions.create(model="smollm2", messages=[{"role": "user", "content": "Hi"}], max_tokens=2, stream=True))
        assert pieces[-1].choices[0].finish_reason
    with pytest.raises(httpx.ConnectError):
        httpx.get(server.url + "/health")  # nobody vouches for the certificate
    old = ssl.create_default_context(cafile=str(certificate))
    old.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises(httpx.ConnectError):
        httpx.get(server.url + "/health", verify=old)


def frames(stream):
    """The frames of HTTP/2 (RFC 9113, section 4.1) as they come: type, flags, stream, payload."""
    read = stream.makefile("rb")
    while head := read.read(9):
        yield head[3], head[4], int.from_bytes(head[5:9], "big"), read.read(int.from_bytes(head[:3], "big"))


def test_http_2_is_spoken_where_the_client_offers_it(encrypted):
    server, certificate = encrypted
    context = ssl.create_default_context(cafile=str(certificate))
    context.set_alpn_protocols(["h2"])
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as plain, context.wrap_socket(plain, server_hostname="localhost") as stream:
        assert stream.selected_alpn_protocol() == "h2"
        # GET https, then the path and the authority as text (RFC 7541): /health of localhost.
        fields = b"\x82\x87" + b"\x04\x07/health" + b"\x01\x09localhost"
        request = len(fields).to_bytes(3, "big") + b"\x01\x05" + (1).to_bytes(4, "big") + fields
        stream.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\x04\0\0\0\0\0" + request)
        answer = b""
        for kind, flags, number, payload in frames(stream):
            if number == 1 and kind == 1:
                assert payload[0] == 0x88  # :status 200
            if number == 1 and kind == 0:
                answer += payload
            if number == 1 and flags & 1:
                break
    assert json.loads(answer)["status"] == "ok"


def test_a_connection_that_never_shakes_hands_is_closed_and_others_are_not(encrypted):
    server, certificate = encrypted
    kept = httpx.Limits(keepalive_expiry=60)
    with httpx.Client(verify=ssl.create_default_context(cafile=str(certificate)), limits=kept) as web, \
            socket.create_connection(("127.0.0.1", server.port)) as silent:  # fmt: skip
        first = web.get(server.url + "/health").extensions["network_stream"]
        begin = time.monotonic()
        silent.settimeout(30)
        assert silent.recv(1) == b""
        assert 5 < time.monotonic() - begin < 20
        assert web.get(server.url + "/health").extensions["network_stream"].get_extra_info("socket") is first.get_extra_info("socket")
