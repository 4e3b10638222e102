"""`lares language`, `words` and `translate` killed with SIGKILL in the middle: the same command goes on from its checkpoint, to the same bits."""

import os
import pathlib
import signal
import subprocess
import time

import pytest

from lares_server import PROGRAM, must_run, run

LICENSE = pathlib.Path(__file__).parent.parent / "LICENSE"


def sentences(folder):
    """A text that takes a while, whatever the machine."""
    words = [f"{first}{second}{third}" for first in "bdklmnrst" for second in "aeiou" for third in "bdklmnrst"]
    lines = (" ".join(words[(n * n + 7 * k) % len(words)] for k in range(40)) for n in range(6_000))
    (folder / "text.txt").write_text("\n".join(lines) + "\n")
    return folder / "text.txt"


def pairs(folder):
    (folder / "pairs.tsv").write_text("".join(f"{n} and {n * 7 % 1000}\t{n * 7 % 1000}, {n}\n" for n in range(1, 1_000)))
    return folder / "pairs.tsv"


def tuned(folder):
    """A small model of the store to tune."""
    must_run(["language", "train", str(LICENSE), "--output", str(folder / "base.gguf"), "--steps", "4", "--width", "64", "--layers", "2"], folder)
    must_run(["import", str(folder / "base.gguf"), "--name", "base"], folder)
    return "base"


# What is learnt, what it is learnt from, and the options that make it last some seconds.
KINDS = {
    "language train": (lambda folder: [str(LICENSE), "--steps", "400", "--width", "64", "--layers", "2"], "--output"),
    "language tune": (lambda folder: [tuned(folder), str(LICENSE), "--steps", "300", "--context", "48"], "--adapter"),
    "words train": (lambda folder: [str(sentences(folder)), "--threads", "1", "--epochs", "20", "--dimensions", "60"], "--output"),
    "words train --ngrams": (lambda folder: [str(sentences(folder)), "--threads", "1", "--epochs", "10", "--dimensions", "60", "--buckets", "5000"], "--output"),
    "translate train": (lambda folder: [str(pairs(folder)), "--epochs", "12", "--width", "32"], "--output"),
}


def command(kind, arguments, flag, output, checkpoint):
    return [*kind.split(), *arguments, flag, str(output), "--checkpoint", str(checkpoint)]


def kill_when_written(arguments, home, checkpoint):
    """Runs a command until it has written its checkpoint anew, and kills it a moment later."""
    before = written_at(checkpoint)
    process = subprocess.Popen([str(PROGRAM), *arguments], env=dict(os.environ, LARES_HOME=str(home)), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    end = time.monotonic() + 60
    while written_at(checkpoint) == before:
        assert process.poll() is None, f"it ended before it wrote a checkpoint: {process.stderr.read().decode()}"
        assert time.monotonic() < end, "no checkpoint for a minute"
        time.sleep(0.002)
    time.sleep(0.02)
    process.kill()
    process.communicate()
    assert process.returncode == -signal.SIGKILL, "it was faster than the kill"


def written_at(path):
    return path.stat().st_mtime_ns if path.exists() else None


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_killed_goes_on_to_the_same_bits(tmp_path, kind):
    make, flag = KINDS[kind]
    arguments = make(tmp_path)
    ending = ".gguf" if kind.startswith("language") else ".safetensors"
    # The same name, which a GGUF file bears inside, in two folders.
    (tmp_path / "whole").mkdir(), (tmp_path / "killed").mkdir()
    whole, killed, checkpoint = tmp_path / f"whole/mine{ending}", tmp_path / f"killed/mine{ending}", tmp_path / "checkpoint"
    must_run([*kind.split(), *arguments, flag, str(whole)], tmp_path)
    again = command(kind, arguments, flag, killed, checkpoint)
    for _ in range(2):
        kill_when_written(again, tmp_path, checkpoint)
        assert not killed.exists()
    answer = run(again, str(tmp_path))
    assert answer.returncode == 0 and "from the checkpoint" in answer.stderr, answer.stderr
    assert killed.read_bytes() == whole.read_bytes()
    assert not checkpoint.exists(), "what is finished needs no checkpoint"


@pytest.mark.parametrize("kind", ["language train", "words train", "translate train"])
def test_a_checkpoint_that_is_cut_short_or_anothers_is_named(tmp_path, kind):
    make, flag = KINDS[kind]
    arguments, checkpoint, output = make(tmp_path), tmp_path / "checkpoint", tmp_path / "out.safetensors"
    again = command(kind, arguments, flag, output, checkpoint)
    kill_when_written(again, tmp_path, checkpoint)
    whole = checkpoint.read_bytes()
    for length in (0, 5, 200, len(whole) // 2, len(whole) - 1):
        checkpoint.write_bytes(whole[:length])
        refused = run(again, str(tmp_path))
        assert refused.returncode == 1 and "cut short or damaged" in refused.stderr and str(checkpoint) in refused.stderr, refused.stderr
        assert len(refused.stderr.strip().splitlines()) <= 2 and not output.exists() and checkpoint.read_bytes() == whole[:length]
    checkpoint.write_bytes(whole)
    refused = run([*again, "--seed", "2"], str(tmp_path))
    assert refused.returncode == 1 and "other settings" in refused.stderr and checkpoint.read_bytes() == whole, refused.stderr


@pytest.mark.parametrize("kind", ["language train", "words train", "translate train"])
def test_places_that_can_not_be_written_are_told_before_anything_is_learnt(tmp_path, kind):
    make, flag = KINDS[kind]
    arguments = make(tmp_path)
    began = time.monotonic()
    for output, checkpoint in ((tmp_path / "none/x.safetensors", tmp_path / "c"), (tmp_path / "x.safetensors", tmp_path / "none/c"), (tmp_path, tmp_path / "c")):
        refused = run(command(kind, arguments, flag, output, checkpoint), str(tmp_path))
        assert refused.returncode != 0 and ("none/" in refused.stderr or "folder" in refused.stderr), refused.stderr
    assert time.monotonic() - began < 5, "it should be told at once"
    assert not list(tmp_path.glob("*.part"))
