"""Watches that the server goes on answering while others ask for trouble."""

import threading
import time


class HealthWatch:
    """Asks /health all the time; remembers every answer that was wrong or took over a second."""

    def __init__(self, server):
        self.server, self.faults, self.asked = server, [], 0
        self.done = threading.Event()
        self.thread = threading.Thread(target=self.watch, daemon=True)

    def watch(self):
        while not self.done.is_set():
            begin = time.monotonic()
            status = self.server.status("/health", timeout=5)
            taken = time.monotonic() - begin
            self.asked += 1
            if status != 200 or taken > 1:
                self.faults.append((status, round(taken, 2)))
            self.done.wait(0.1)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, kind, *_):
        self.done.set()
        self.thread.join(timeout=10)
        if kind is None:
            assert self.server.process.poll() is None, f"the server ended: {self.server.said()}"
            assert not self.faults, f"/health failed or was slow {len(self.faults)} of {self.asked} times (status, seconds): {self.faults[:5]}"
