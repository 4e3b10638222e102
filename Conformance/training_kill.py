"""Kills `lares train` and its child with SIGKILL at random moments, most of which are spent in writing checkpoints, and lets it go on each time.

After every kill the checkpoint, if there is one, must be a whole safetensors file. When the training has come to its end at last, its network
and card must have the same bits as those of a training that nobody disturbed.

    python training_kill.py [rounds [seed]]
"""

import json
import os
import pathlib
import random
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time

from lares_server import PROGRAM, must_run

# Two megabytes of numbers with Adam's memory, written after every second step.
RECIPE = {
    "data": {"file": "points.csv"},
    "columns": [{"name": "place", "from": ["x", "y"]}],
    "target": {"name": "inside"},
    "split": {"validation": 0.2},
    "network": {"layers": [{"layer": "linear", "outputs": 400, "activation": "relu"}, {"layer": "dropout", "rate": 0.1}, {"layer": "linear", "outputs": 400, "activation": "relu"}]},
    "early_stopping": {"patience": 1_000_000},
    "batch": 8,
    "checkpoint_steps": 2,
    "seed": 5,
}


def is_whole(path):
    """Whether a safetensors file's length is the one that its header says."""
    data = path.read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8 : 8 + length])
    return max(t["data_offsets"][1] for name, t in header.items() if name != "__metadata__") == len(data) - 8 - length


def command(folder, output):
    return ["train", str(folder / "ring.json"), "--output", str(folder / output), "--threads", "1"]


def kill(folder, moment):
    """Lets it work for a while and kills it: whether it was killed before its end."""
    process = subprocess.Popen([str(PROGRAM), *command(folder, "killed")], env=dict(os.environ, LARES_HOME=str(folder)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
    try:
        process.wait(timeout=moment)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    return process.returncode == -signal.SIGKILL


def main(rounds, seed):
    draw = random.Random(seed)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="lares-training-kill-"))
    try:
        rows = [(draw.uniform(-1, 1), draw.uniform(-1, 1)) for _ in range(160)]
        (folder / "points.csv").write_text("x,y,inside\n" + "".join(f"{x:.4f},{y:.4f},{'yes' if x * x + y * y < 0.6 else 'no'}\n" for x, y in rows))
        (folder / "ring.json").write_text(json.dumps(RECIPE | {"epochs": 8 * rounds}))
        began = time.monotonic()
        must_run(command(folder, "whole"), folder, timeout=3600)
        whole, killed, cut, checkpoints, seen = time.monotonic() - began, 0, 0, 0, set()
        print(f"undisturbed it takes {whole:.1f} s", flush=True)
        checkpoint = folder / "killed/checkpoint.safetensors"
        while killed < rounds and kill(folder, draw.uniform(0.02, max(0.3, 1.6 * whole / rounds))):
            killed += 1
            parts = set((folder / "killed").glob("*.part"))
            cut, seen = cut + bool(parts - seen), parts
            if checkpoint.exists():
                checkpoints += 1
                assert is_whole(checkpoint), f"after kill {killed} the checkpoint is not whole"
            if killed % 50 == 0:
                print(f"{killed} kills, {time.monotonic() - began:.0f} s", flush=True)
        must_run(command(folder, "killed"), folder, timeout=3600)
        for name in ("network.safetensors", "card.json"):
            assert (folder / "killed" / name).read_bytes() == (folder / "whole" / name).read_bytes(), f"{name} has other bits"
        print(f"{killed} kills at random moments (seed {seed}): {cut} in the middle of writing a file; {checkpoints} times a whole checkpoint was there")
        print("broken checkpoints: 0; the bits at the end: the same as those of an undisturbed training")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200, int(sys.argv[2]) if len(sys.argv) > 2 else 20261128)
