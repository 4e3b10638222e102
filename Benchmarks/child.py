"""The loop of a peer's process: one JSON command a line in, one JSON answer a line out."""

import json
import sys


def serve(peer, version):
    print(json.dumps({"version": version}), flush=True)
    for line in sys.stdin:
        command = json.loads(line)
        answer = getattr(peer, command.pop("do"))(**command)
        print(json.dumps(answer), flush=True)
