"""Kills `lares registry` with SIGKILL at random moments while it publishes, promotes, rolls back and removes, and looks for what that broke.

After every kill: each version that was there before, or that the program had said was published, is there, unless it was being removed;
each version there is has its whole file, by its own SHA-256; the alias of production means a version that is there. What a killed call was
about may have happened or not. A part of the publishing calls is left alone, so that there is something to lose.

    python registry_kill.py [rounds [seed]]
"""

import hashlib
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

from lares_server import PROGRAM, must_run
from networks import linear_plan, write_network

INPUTS, HIDDEN, OUTPUTS = 64, 4096, 16  # 1.3 MB a file


class Registry:
    def __init__(self, folder, draw):
        self.folder, self.draw = pathlib.Path(folder), draw
        self.versions = {}  # number -> sha256, as last seen
        self.production = None
        self.time = 0.3  # what a call that isn't killed takes
        self.counts = dict.fromkeys(["killed", "finished", "published", "absent", "present"], 0)

    def network(self):
        """A file that no other is like."""
        sizes = {"hidden.weight": [INPUTS, HIDDEN], "hidden.bias": [HIDDEN], "y.weight": [HIDDEN, OUTPUTS], "y.bias": [OUTPUTS]}
        value = self.draw.random()
        tensors = {name: (shape, [value] * (shape[0] * (shape[1] if len(shape) > 1 else 1))) for name, shape in sizes.items()}
        return write_network(self.folder / "next.safetensors", linear_plan(INPUTS, HIDDEN, OUTPUTS), tensors)

    def call(self, *arguments, kill):
        """Runs a command, or kills it at a moment of its life: whether it had finished."""
        started = time.monotonic()
        process = subprocess.Popen([str(PROGRAM), "registry", *arguments], env=dict(os.environ, LARES_HOME=str(self.folder)), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if not kill:
            output, error = process.communicate(timeout=60)
            assert process.returncode == 0, error.decode()
            self.time = 0.8 * self.time + 0.2 * (time.monotonic() - started)
            return True
        try:
            process.wait(timeout=self.draw.uniform(0, 1.1 * self.time))
        except subprocess.TimeoutExpired:
            process.kill()
        process.communicate()
        self.counts["killed" if process.returncode == -9 else "finished"] += 1
        return process.returncode == 0

    def look(self):
        """What is there now, every file checked."""
        models = json.loads(must_run(["registry", "list", "--json"], self.folder))
        if not models:
            return {}, None
        found = {v["version"]: v for v in models[0]["versions"]}
        for version in found.values():
            blob = self.folder / "blobs" / f"sha256-{version['sha256']}"
            data = blob.read_bytes()
            assert len(data) == version["bytes"], f"version {version['version']}: {len(data)} bytes of {version['bytes']}"
            assert hashlib.sha256(data).hexdigest() == version["sha256"], f"version {version['version']} has another content than its name"
        production = models[0]["aliases"].get("production")
        assert production is None or production in found, f"production means version {production}, which isn't there"
        return {number: v["sha256"] for number, v in found.items()}, production

    def publish(self, kill):
        digest = hashlib.sha256(self.network().read_bytes()).hexdigest()
        said = self.call("publish", str(self.folder / "next.safetensors"), "net", kill=kill)
        found, production = self.look()
        new = {n: d for n, d in found.items() if n not in self.versions}
        self.must_keep(found)
        assert production == self.production
        assert all(d == digest for d in new.values()) and len(new) <= 1 and (not said or new), f"published {said}, new {new}"
        assert all(n > max(self.versions, default=0) for n in new), "numbers rise"
        self.counts["published"] += len(new)
        if kill and not said:
            self.counts["present" if new else "absent"] += 1
        self.versions = found

    def must_keep(self, found, besides=None):
        lost = {n for n in self.versions if n != besides and found.get(n) != self.versions[n]}
        assert not lost, f"versions {sorted(lost)} are lost or changed"

    def promote(self, kill):
        target = self.draw.choice(sorted(self.versions))
        said = self.call("promote", "net", str(target), kill=kill)
        found, production = self.look()
        assert found == self.versions, "promoting changes no version"
        assert production in (self.production, target) and (not said or production == target)
        self.production = production

    def remove(self, kill):
        latest = max(self.versions)
        targets = [n for n in self.versions if n not in (latest, self.production)]
        if not targets:
            return
        target = self.draw.choice(targets)
        said = self.call("rm", "net", str(target), kill=kill)
        found, production = self.look()
        self.must_keep(found, besides=target)
        assert production == self.production and (not said or target not in found)
        self.versions = found


def main(rounds, seed):
    draw = random.Random(seed)
    folder = tempfile.mkdtemp(prefix="lares-kill-")
    try:
        registry = Registry(folder, draw)
        for _ in range(3):
            registry.publish(kill=False)
        registry.promote(kill=False)
        began, kills = time.monotonic(), 0
        while registry.counts["killed"] < rounds:
            kind = draw.random()
            if kind < 0.65 or len(registry.versions) < 4:
                registry.publish(kill=draw.random() < 0.95)
            elif kind < 0.8:
                registry.promote(kill=True)
            else:
                registry.remove(kill=True)
            if registry.counts["killed"] % 50 == 0 and registry.counts["killed"] != kills:
                kills = registry.counts["killed"]
                print(f"{kills} kills, {len(registry.versions)} versions, {time.monotonic() - began:.0f} s", flush=True)
        for _ in range(2):
            registry.publish(kill=False)  # it goes on as if nothing had been
        counts = registry.counts
        orphans = len(list((registry.folder / "blobs").iterdir())) - len(set(registry.versions.values()))
        print(f"{counts['killed']} calls killed at random moments (seed {seed}), {counts['finished']} were faster than the kill; {counts['published']} versions published")
        print(f"of the publishing calls that were cut off, {counts['absent']} left no version and {counts['present']} a whole one")
        print(f"lost versions: 0; half-written versions: 0; files that no version needs: {orphans}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200, int(sys.argv[2]) if len(sys.argv) > 2 else 20261124)
