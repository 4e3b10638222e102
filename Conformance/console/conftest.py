"""A real browser on the real server."""

import os
import pathlib
import shutil
import types

import pytest
from learning import learn
from lares_server import ROOT, Server
from playwright.sync_api import sync_playwright
from watched_page import Watch

LANGUAGES = {"en": "en-GB", "zh": "zh-CN"}


@pytest.fixture(scope="session")
def place(request):
    """The server most checks look at; LARES_CONSOLE_URL names one that already runs."""
    if url := os.environ.get("LARES_CONSOLE_URL"):
        return types.SimpleNamespace(url=url)
    return request.getfixturevalue("server")


@pytest.fixture(scope="session")
def learned(place):
    """The server has a network of two versions and the trainings that made them: the ids in the addresses of their pages."""
    return learn(place.url)


@pytest.fixture(scope="session")
def empty_place(tmp_path_factory):
    """A server without any model."""
    with Server(tmp_path_factory.mktemp("empty"), models=None) as running:
        yield running


@pytest.fixture(scope="session")
def browser():
    # The shell is Chromium without its windows: pages load in two thirds of the time. LARES_BROWSER names another.
    names = [os.environ.get("LARES_BROWSER", "chromium-headless-shell"), "chromium", "chromium-browser", "google-chrome"]
    program = next((found for name in names if (found := shutil.which(name))), None)
    if not program:
        pytest.fail("no Chromium: run `make test`, which installs it")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture
def visit(browser, place):
    """Opens a page as a person would have it: `visit("/models", "zh", "dark", 390)`. What no page may do fails the check."""
    contexts = []
    watches = []

    def opened(path, language="en", scheme="light", width=1280, height=844, scripts=True, at=None):
        url = (at or place).url
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            locale=LANGUAGES[language],
            java_script_enabled=scripts,
        )
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        watches.append(Watch(page, url))
        page.goto(url + path)
        return page

    yield opened
    for context in contexts:
        context.close()
    faults = [fault for watch in watches for fault in watch.faults]
    assert not faults, "\n".join(faults)


@pytest.fixture(scope="session")
def shots():
    """Where screenshots go: LARES_SHOTS, or .build/shots."""
    folder = pathlib.Path(os.environ.get("LARES_SHOTS", ROOT / ".build/shots"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder
