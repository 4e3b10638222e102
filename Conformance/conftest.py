"""One server for the whole session, with the test models imported through the command line."""

import json
import os
import resource
import shutil
import tempfile
import time

import openai
import pytest

from health_watch import HealthWatch
from lares_server import MODELS, PROGRAM, ROOT, Server, must_run


def pytest_collection_modifyitems(config, items):
    if not os.environ.get("LARES_LONG"):
        for item in [i for i in items if "long" in i.keywords]:
            items.remove(item)
            config.hook.pytest_deselected(items=[item])
    for item in items:
        if "health" in item.fixturenames:
            item.add_marker("alone")


def pytest_runtest_setup(item):
    until = os.environ.get("LARES_TEST_UNTIL")
    if until and time.time() > int(until):
        pytest.skip("not run: the time that CI has was up")


def pytest_terminal_summary(terminalreporter):
    """What passing tests printed are the figures they measured: told at the end, where `-q` would swallow them."""
    measured = [report for report in terminalreporter.stats.get("passed", []) if report.when == "call" and report.capstdout.strip()]
    if not measured:
        return
    terminalreporter.section("figures")
    for report in sorted(measured, key=lambda report: report.nodeid):
        terminalreporter.write_line(report.nodeid)
        for line in report.capstdout.strip().splitlines():
            terminalreporter.write_line(f"    {line}")


@pytest.fixture(scope="session", autouse=True)
def everything_is_there():
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(8192, most), most))  # this side of a thousand connections; the server sees to its own
    assert PROGRAM.exists(), f"{PROGRAM} is not there: run `make test`, which builds it"
    for name in ("smollm2.gguf", "minilm/model.safetensors"):
        assert (MODELS / name).exists(), f"{MODELS / name} is not there: run `make test`, which fetches the test models"


@pytest.fixture(scope="session")
def home():
    """A data directory with SmolLM2 and MiniLM in it."""
    folder = tempfile.mkdtemp(prefix="lares-conformance-")
    must_run(["import", str(MODELS / "smollm2.gguf"), "--name", "smollm2"], folder)
    must_run(["import", str(MODELS / "minilm"), "--name", "minilm"], folder)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def server(home):
    with Server(home, models="smollm2,minilm") as running:
        yield running


@pytest.fixture(scope="session")
def client(server):
    return openai.OpenAI(base_url=server.url + "/v1", api_key="none-needed", max_retries=0, timeout=120)


@pytest.fixture
def async_client(server):
    return openai.AsyncOpenAI(base_url=server.url + "/v1", api_key="none-needed", max_retries=0, timeout=120)


@pytest.fixture
def golden():
    return lambda name: json.loads((ROOT / "Tests/LaresLanguageTests/Golden" / f"{name}.json").read_text())


@pytest.fixture
def health(server):
    """/health must answer within a second while the test runs, and after it."""
    with HealthWatch(server) as watch:
        yield watch
