"""A child process with a peer in it: llama.cpp, or ONNX Runtime."""

import json
import pathlib
import subprocess
import sys


class Peer:
    def __init__(self, name="llama"):
        self.name = name

    def __enter__(self):
        program = pathlib.Path(__file__).parent / f"{self.name}_peer.py"
        self.process = subprocess.Popen([sys.executable, str(program)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.version = json.loads(self.process.stdout.readline())["version"]
        return self

    @property
    def pid(self):
        return self.process.pid

    def ask(self, command, **arguments):
        self.process.stdin.write(json.dumps({"do": command, **arguments}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"bench: the {self.name} peer ended while it was asked to {command}: `python Benchmarks/{self.name}_peer.py` shows why")
        return json.loads(line)

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(timeout=30)
