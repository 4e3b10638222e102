"""/openapi.json describes what is served: every documented path answers, and Schemathesis finds no answer that breaks its description."""

import json
import os
import pathlib
import subprocess
import sys

import httpx

EXAMPLES, SECONDS = ("12", "60") if os.environ.get("LARES_LONG") else ("4", "20")
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"


def test_the_description_is_openapi_3_1(server):
    description = json.loads(server.get("/openapi.json"))
    assert description["openapi"].startswith("3.1") and description["info"]["version"]
    wanted = {"/v1/models", "/v1/models/{model}", "/v1/chat/completions", "/v1/completions", "/v1/embeddings", "/health", "/ready", "/metrics"}
    assert wanted <= set(description["paths"])


def test_every_documented_path_is_served(server):
    description = json.loads(server.get("/openapi.json"))
    for path, operations in description["paths"].items():
        for method in set(operations) & {"get", "post", "put", "delete", "patch"}:
            # A model that does not exist: whatever answers says so itself, and nothing is changed.
            url = path.replace("{model}", "none").replace("{name}", "none").replace("{alias}", "none").replace("{key}", "none").replace("{version}", "1")
            answer = httpx.request(method, server.url + url, json={} if method in ("post", "put", "patch") else None, timeout=30)
            assert answer.status_code != 405, f"{method} {path}"
            assert answer.status_code < 500 or path == "/ready", f"{method} {path}: {answer.status_code}"


def test_schemathesis_finds_no_answer_that_breaks_the_description(server, health, tmp_path):
    """Other people's generator of requests, on the paths that change nothing; the same requests every time."""
    program = pathlib.Path(sys.executable).with_name("schemathesis")
    arguments = ["run", f"{server.url}/openapi.json", "--include-path-regex", "^/(v1/|health|ready|metrics|openapi)", "--phases", "examples,coverage,fuzzing"]
    limits = ["--max-examples", EXAMPLES, "--max-time", SECONDS, "--request-timeout", "30", "--generation-deterministic", "--continue-on-failure", "--no-color"]
    result = subprocess.run([str(program), *arguments, *limits, "--checks", CHECKS], capture_output=True, text=True, cwd=tmp_path, timeout=170)
    assert result.returncode == 0, result.stdout[-8000:] + result.stderr[-2000:]
