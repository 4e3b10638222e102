"""What a page of the console did that none may do, and waiting without `eval`."""

import re
import time

EXPECTED = re.compile(r"status of (4\d\d|50[03])|ERR_(FAILED|ABORTED|CONNECTION|INCOMPLETE)")


def until(page, condition, seconds=60):
    """Waits until a condition holds in the page. Playwright's own way needs `eval`, which the pages' policy forbids."""
    end = time.monotonic() + seconds
    while not page.evaluate(condition):
        assert time.monotonic() < end, f"never came true: {condition}"
        page.wait_for_timeout(20)


class Watch:
    """Collects script errors, violations of the policy and requests to other hosts."""

    def __init__(self, page, origin):
        self.faults = []
        self.origin = origin
        page.on("console", self.console)
        page.on("pageerror", lambda error: self.faults.append(f"script error: {error}"))
        page.on("request", lambda request: self.request(request.url))

    def console(self, message):
        if message.type in ("error", "warning") and not EXPECTED.search(message.text):
            self.faults.append(f"console {message.type}: {message.text}")

    def request(self, url):
        if not url.startswith((self.origin + "/", "data:", "about:")):
            self.faults.append(f"request to another host: {url}")
