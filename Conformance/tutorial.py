"""A tutorial of docs/tutorials as what can be run: its blocks of code, the commands in them, and a shell that they are typed into."""

import dataclasses
import json
import os
import pathlib
import re
import subprocess
import time

from lares_server import MODELS, PROGRAM, ROOT, free_port

TUTORIALS = ROOT / "docs/tutorials"


@dataclasses.dataclass
class Command:
    """What is typed, and what the tutorial shows below it."""

    text: str
    shown: list


@dataclasses.dataclass
class Block:
    language: str
    lines: list
    before: str  # the paragraph above

    @property
    def commands(self):
        """Of a console, a command for each prompt; of a script, one for each line that doesn't go on below."""
        if self.language == "sh":
            return self.statements
        found = []
        for line in self.lines if self.language == "console" else []:
            if line.startswith("$ "):
                found.append(Command(line[2:], []))
            elif found and found[-1].text.endswith("\\") and not found[-1].shown:
                found[-1].text += "\n" + line
            else:
                found[-1].shown.append(line)
        return found


    @property
    def statements(self):
        found, open_until, goes_on = [], None, False
        for line in self.lines:
            if goes_on or open_until:
                found[-1].text += "\n" + line
            else:
                found.append(Command(line, []))
            here = re.search(r"<<'(\w+)'", line)
            open_until = here[1] if here else None if line == open_until else open_until
            goes_on = line.endswith(("\\", "|"))
        return found


def blocks(path):
    found, paragraph, above, inside = [], [], [], None
    for line in path.read_text().splitlines():
        if line.startswith("```") and inside is None:
            inside = Block(line[3:], [], " ".join(paragraph or above))
        elif line.startswith("```"):
            found.append(inside)
            inside, paragraph, above = None, [], []
        elif inside:
            inside.lines.append(line)
        elif not line.strip():
            above, paragraph = paragraph or above, []
        else:
            paragraph.append(line)
    assert inside is None, f"{path} ends within a block of code"
    return found


class Shell:
    """Types a tutorial's commands in a folder of its own, with a data directory and a port of its own. `smaller` maps a part of a command to what is put behind
    the command, `left_out` a part of a command to the reason why it isn't run here."""

    def __init__(self, folder, smaller=None, left_out=None):
        self.folder, self.smaller, self.left_out = pathlib.Path(folder), smaller or {}, left_out or {}
        self.port, self.id, self.servers, self.skipped = free_port(), None, [], []
        (self.folder / "bin").mkdir()
        (self.folder / "bin/lares").write_text(f'#!/bin/sh\nexec "{PROGRAM}" "$@"\n')
        (self.folder / "bin/lares").chmod(0o755)
        (self.folder / "Benchmarks").symlink_to(ROOT / "Benchmarks")
        self.environment = dict(
            os.environ, PATH=f"{self.folder / 'bin'}:{os.environ['PATH']}", LARES_HOME=str(self.folder / "home"), LARES_PORT=str(self.port),
            LARES_NO_HOME="true", LARES_TEST_MODELS=str(MODELS), LANG="C.UTF-8", LC_ALL="C.UTF-8",
        )  # fmt: skip

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for server in self.servers:
            server.terminate()
        for server in self.servers:
            server.wait(60)

    def run(self, path):
        """All blocks of a tutorial: what each command wrote, by the command."""
        written = {}
        for block in blocks(path):
            if block.language == "json":
                self.keep(block)
            outputs = self.type(block.commands)
            written |= {command.text: output for command, output in zip(block.commands, outputs)}
        return written

    def keep(self, block):
        """A file whose content is shown, below a paragraph that begins with its name."""
        name = re.match(r"`([\w.-]+)`", block.before)
        assert name, f"no file is named above {block.lines[0]!r}"
        (self.folder / name[1]).write_text("\n".join(block.lines) + "\n")

    def type(self, commands):
        """The outputs of the commands of one block, which share their variables; errors end the test."""
        outputs, ready = [""] * len(commands), []
        for place, command in enumerate(commands):
            reason = next((reason for part, reason in self.left_out.items() if part in command.text), None)
            if reason:
                self.skipped.append(f"{command.text.splitlines()[0]}: {reason}")
            elif command.text.rstrip().endswith("&"):
                self.flush(commands, ready, outputs)
                ready = []
                self.serve(command.text.rstrip()[:-1])
            else:
                if re.search(r"\bID\b", command.text):  # the number is in the answer before
                    self.flush(commands, ready, outputs)
                    ready = []
                ready.append(place)
        self.flush(commands, ready, outputs)
        return outputs

    def flush(self, commands, places, outputs):
        if not places:
            return
        script = "set -eo pipefail\n" + "".join(f"{self.changed(commands[place].text)}\nprintf '\\036'\n" for place in places)
        root = any(commands[place].text.startswith("swift run") for place in places)
        done = subprocess.run(["bash", "-c", script], cwd=ROOT if root else self.folder, env=self.environment, capture_output=True, text=True, timeout=1_800)
        assert done.returncode == 0, f"exit {done.returncode} of:\n{script}\n{done.stdout[-2_000:]}\n{done.stderr[-2_000:]}"
        for place, output in zip(places, done.stdout.split("\036")):
            outputs[place] = output
            assert output.strip() or not commands[place].shown or done.stderr.strip(), f"{commands[place].text!r} wrote nothing; the tutorial shows {commands[place].shown}"
            self.note(output)

    def changed(self, text):
        """A command as it is run here: on this port, in this folder, with the number that the last answer had."""
        text = text.replace("127.0.0.1:11435", f"127.0.0.1:{self.port}").replace("/tmp/", f"{self.folder}/")
        if self.id:
            text = re.sub(r"\bID\b", self.id, text)
        more = " ".join(more for part, more in self.smaller.items() if part in text)
        return f"{text} {more}".rstrip()

    def note(self, output):
        """Remembers the id in an answer, which later commands call ID."""
        try:
            answer = json.loads(output)
        except ValueError:
            return
        if isinstance(answer, dict) and "id" in answer:
            self.id = answer["id"]

    def serve(self, command):
        """Starts a command in the background, in the place of a server that an earlier block started; whoever types has the moment until it listens."""
        for server in self.servers:
            server.terminate()
            server.wait(60)
        log = open(self.folder / "server.log", "w")
        self.servers = [subprocess.Popen(["bash", "-c", f"exec {self.changed(command)}"], cwd=self.folder, env=self.environment, stdout=log, stderr=log)]
        end = time.monotonic() + 60
        while subprocess.run(["curl", "-sf", "-o", "/dev/null", f"http://127.0.0.1:{self.port}/ready"]).returncode != 0:
            assert self.servers[0].poll() is None and time.monotonic() < end, (self.folder / "server.log").read_text()
            time.sleep(0.1)
