"""A child process with a peer in it: llama.cpp, ONNX Runtime or PyTorch; or a program of our own that speaks as they do."""

import json
import pathlib
import subprocess
import sys


class Peer:
    def __init__(self, name="llama", program=None):
        self.name = name
        self.command = [str(program)] if program else [sys.executable, str(pathlib.Path(__file__).parent / f"{name}_peer.py")]

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
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
            raise SystemExit(f"bench: the {self.name} peer ended while it was asked to {command}: `{' '.join(self.command)}` shows why")
        return json.loads(line)

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(timeout=30)
