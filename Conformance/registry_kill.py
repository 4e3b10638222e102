"""Kills `lares registry` with SIGKILL at random moments while it publishes, promotes, rolls back, names, tries beside production and removes, and looks
for what that broke.

After every kill the registry is, whole, what it was before the call, or what it is to be after it: versions, each with its whole file by its own
SHA-256, aliases, and the trial; what a call that ended well was about has happened. A part of the publishing calls is left alone, so that there is
something to lose. At the end a server is started, which removes the files that nothing needs.

    python registry_kill.py [rounds [seed]]
"""

import collections
import dataclasses
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

from lares_server import PROGRAM, Server, must_run
from networks import linear_plan, write_network

INPUTS, HIDDEN, OUTPUTS = 64, 4096, 16  # 1.3 MB a file
NAMES = ["night", "day"]


@dataclasses.dataclass
class State:
    """What the registry says of the network."""

    versions: dict = dataclasses.field(default_factory=dict)  # number -> sha256
    aliases: dict = dataclasses.field(default_factory=dict)  # name -> number
    trial: tuple = None  # number and percent

    def but(self, **changes):
        return dataclasses.replace(self, **changes)

    @property
    def production(self):
        return self.aliases.get("production")

    @property
    def standard(self):
        """What requests get."""
        return self.production or max(self.versions)


class Registry:
    def __init__(self, folder, draw):
        self.folder, self.draw = pathlib.Path(folder), draw
        self.state = State()
        self.last = 0  # the highest number there ever was
        self.history = []  # what was in production, the latest last
        self.times = collections.defaultdict(lambda: 0.3)  # by command: what a call takes that isn't killed
        self.counts = collections.Counter()
        self.kills = collections.Counter()

    def network(self):
        """A file that no other is like."""
        sizes = {"hidden.weight": [INPUTS, HIDDEN], "hidden.bias": [HIDDEN], "y.weight": [HIDDEN, OUTPUTS], "y.bias": [OUTPUTS]}
        value = self.draw.random()
        tensors = {name: (shape, [value] * (shape[0] * (shape[1] if len(shape) > 1 else 1))) for name, shape in sizes.items()}
        return write_network(self.folder / "next.safetensors", linear_plan(INPUTS, HIDDEN, OUTPUTS), tensors)

    def call(self, *arguments, kill):
        """Runs a command, or kills it at a moment of its life: whether it had finished."""
        started, command = time.monotonic(), arguments[0]
        process = subprocess.Popen([str(PROGRAM), "registry", *arguments], env=dict(os.environ, LARES_HOME=str(self.folder)), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            process.wait(timeout=self.draw.uniform(0, 1.1 * self.times[command]) if kill else 60)
            self.times[command] = 0.8 * self.times[command] + 0.2 * (time.monotonic() - started)
        except subprocess.TimeoutExpired:
            process.kill()
        _, error = process.communicate()
        assert process.returncode in (0, -9), f"{arguments}: {error.decode()}"
        assert kill or process.returncode == 0, f"{arguments} took over a minute"
        if kill:
            self.counts["killed" if process.returncode == -9 else "finished"] += 1
            self.kills[command] += process.returncode == -9
        return process.returncode == 0

    def look(self):
        """What is there now, every file checked."""
        models = json.loads(must_run(["registry", "list", "--json"], self.folder))
        if not models:
            return State()
        for version in models[0]["versions"]:
            data = (self.folder / "blobs" / f"sha256-{version['sha256']}").read_bytes()
            assert len(data) == version["bytes"], f"version {version['version']}: {len(data)} bytes of {version['bytes']}"
            assert hashlib.sha256(data).hexdigest() == version["sha256"], f"version {version['version']} has another content than its name"
        trial = models[0]["trial"]
        return State({v["version"]: v["sha256"] for v in models[0]["versions"]}, models[0]["aliases"], trial and (trial["version"], trial["percent"]))

    def change(self, *arguments, to, kill=True):
        """Makes a call, or kills it: whether what it is about has happened."""
        said = self.call(*arguments, kill=kill)
        found = self.look()
        assert found == to or not said and found == self.state, f"{arguments}, which ended {'well' if said else 'killed'}, made {found} of {self.state}"
        self.state = found
        return said or found == to

    def publish(self, kill=True):
        number, digest = self.last + 1, hashlib.sha256(self.network().read_bytes()).hexdigest()
        to = self.state.but(versions=self.state.versions | {number: digest}, aliases=self.state.aliases | {"candidate": number})
        before = self.counts["killed"]
        happened = self.change("publish", str(self.folder / "next.safetensors"), "net", to=to, kill=kill)
        self.last += happened
        self.counts["published"] += happened
        if self.counts["killed"] > before:
            self.counts["present" if happened else "absent"] += 1

    def promote(self, kill=True):
        target = self.draw.choice(sorted(self.state.versions))
        if target == self.state.production:
            return
        to = self.state.but(aliases=self.state.aliases | {"production": target}, trial=None if self.state.trial and self.state.trial[0] == target else self.state.trial)
        if self.change("promote", "net", str(target), to=to, kill=kill):
            self.history.append(target)

    def roll_back(self):
        """To what was in production before, which ends a trial."""
        before = [number for number in self.history if number != self.state.production]
        if not before:
            return
        to = self.state.but(aliases=self.state.aliases | {"production": before[-1]}, trial=None)
        if self.change("rollback", "net", to=to):
            while self.history[-1] != before[-1]:
                self.history.pop()

    def alias(self):
        name, aliases = self.draw.choice(NAMES), self.state.aliases
        if name in aliases and self.draw.random() < 0.3:
            self.change("alias", "--remove", "net", name, to=self.state.but(aliases={a: n for a, n in aliases.items() if a != name}))
        else:
            target = self.draw.choice(sorted(self.state.versions))
            self.change("alias", "net", name, str(target), to=self.state.but(aliases=aliases | {name: target}))

    def try_out(self):
        if self.state.trial and self.draw.random() < 0.3:
            self.change("canary", "net", "--stop", to=self.state.but(trial=None))
            return
        target, percent = self.draw.choice([n for n in sorted(self.state.versions) if n != self.state.standard]), self.draw.randint(1, 50)
        self.change("canary", "net", str(target), "--percent", str(percent), to=self.state.but(trial=(target, percent)))

    def remove(self):
        held = {*self.state.aliases.values(), *(self.state.trial or ())[:1]}
        targets = [n for n in sorted(self.state.versions) if n not in held]
        if not targets:
            return
        target = self.draw.choice(targets)
        if self.change("rm", "net", str(target), to=self.state.but(versions={n: d for n, d in self.state.versions.items() if n != target})):
            self.history = [number for number in self.history if number != target]

    def orphans(self):
        return len({path.name for path in (self.folder / "blobs").iterdir()} - {f"sha256-{digest}" for digest in self.state.versions.values()})


def main(rounds, seed):
    draw = random.Random(seed)
    folder = tempfile.mkdtemp(prefix="lares-kill-")
    try:
        registry = Registry(folder, draw)
        for _ in range(3):
            registry.publish(kill=False)
        registry.promote(kill=False)
        others = [registry.promote, registry.roll_back, registry.alias, registry.try_out, registry.remove]
        began, kills = time.monotonic(), 0
        while registry.counts["killed"] < rounds:
            if draw.random() < 0.5 or len(registry.state.versions) < 4:
                registry.publish(kill=draw.random() < 0.95)
            else:
                draw.choices(others, [3, 2, 2, 2, 3])[0]()
            if registry.counts["killed"] % 50 == 0 and registry.counts["killed"] != kills:
                kills = registry.counts["killed"]
                print(f"{kills} kills, {len(registry.state.versions)} versions, {time.monotonic() - began:.0f} s", flush=True)
        for _ in range(2):
            registry.publish(kill=False)  # it goes on as if nothing had been
        counts, left = registry.counts, registry.orphans()
        with Server(folder, models=None):
            swept = registry.orphans()
        assert registry.look() == registry.state, "a start changes nothing"
        assert swept == 0, f"{swept} files that no version needs are still there after a start"
        print(f"{counts['killed']} calls killed at random moments (seed {seed}), {counts['finished']} were faster than the kill; {counts['published']} versions published")
        print("killed by command: " + ", ".join(f"{command} {count}" for command, count in sorted(registry.kills.items()) if count))
        print(f"of the publishing calls that were cut off, {counts['absent']} left no version and {counts['present']} a whole one")
        print(f"lost versions: 0; half-written versions: 0; files that no version needs: {left}, {swept} after a server's start")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200, int(sys.argv[2]) if len(sys.argv) > 2 else 20261124)
