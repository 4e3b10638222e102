"""A disk that can be filled: a tmpfs in a mount namespace of its own, which needs no rights where the system lets anyone make one."""

import contextlib
import errno
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

import pytest


class SmallDisk:
    """`folder` is where programs inside see the disk, `path` where this process does; `inside` goes before a command that is to see it."""

    def __init__(self, megabytes):
        self.folder = tempfile.mkdtemp(prefix="lares-disk-")
        script = 'mount -t tmpfs -o size="$2"m lares "$1" && echo ready && exec sleep infinity'
        tools = [shutil.which(tool) for tool in ("unshare", "nsenter")]
        if not all(tools):
            pytest.skip("a small disk needs unshare and nsenter (util-linux)")
        self.holder = subprocess.Popen([tools[0], "-Urm", "sh", "-c", script, "sh", self.folder, str(megabytes)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if self.holder.stdout.readline() != b"ready\n":
            pytest.skip(f"no small disk can be made: this system lets users make no namespaces of their own ({self.holder.stderr.read().decode().strip()})")
        self.path = pathlib.Path(f"/proc/{self.holder.pid}/root{self.folder}")
        self.inside = [tools[1], f"--target={self.holder.pid}", "--user", "--mount", "--preserve-credentials"]

    def fill(self):
        """Takes all the room there is, most of it in one call."""
        with open(self.path / "filler", "ab", buffering=0) as filler:
            status = os.statvfs(self.path)
            with contextlib.suppress(OSError):
                os.posix_fallocate(filler.fileno(), 0, max(1, status.f_bavail * status.f_frsize - (1 << 16)))
            filler.seek(0, os.SEEK_END)
            for size in (1 << 16, 1 << 12, 1):
                try:
                    while True:
                        filler.write(bytes(size))
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise

    def free(self):
        (self.path / "filler").unlink()

    def fill_when(self, test, seconds=20):
        """Fills it at the moment `test` comes true."""
        end = time.monotonic() + seconds
        while not test():
            time.sleep(0.001)
            assert time.monotonic() < end, "what the disk was to be filled at never came"
        self.fill()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.holder.kill()
        self.holder.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
