"""What the machine can do, and whether it is idle enough to be measured."""

import dataclasses
import os
import pathlib
import platform
import subprocess
import tempfile
import time

FOLDER = pathlib.Path(__file__).parent


@dataclasses.dataclass
class Limits:
    """What two threads do in a second: bytes read from memory, operations on 8-bit and on 32-bit float numbers."""

    bandwidth: float
    integer: float
    float: float

    def __str__(self):
        return f"reads {self.bandwidth / 1e9:.1f} GB/s, {self.integer / 1e9:.0f} Gop/s (8-bit), {self.float / 1e9:.0f} GFLOP/s"


def limits():
    """Measured now."""
    compiler = next((c for c in ("cc", "gcc", "clang") if subprocess.run(["which", c], capture_output=True).returncode == 0), None)
    if compiler is None:
        raise SystemExit("bench: no C compiler found, which the measurement of the machine's limits needs: install gcc.")
    with tempfile.TemporaryDirectory() as folder:
        program = pathlib.Path(folder) / "limits"
        subprocess.run([compiler, "-O3", "-march=native", "-pthread", str(FOLDER / "limits.c"), "-o", str(program)], check=True)
        measured = subprocess.run([str(program)], check=True, capture_output=True, text=True).stdout.split()
    return Limits(*map(float, measured))


def busy_share(seconds=0.3):
    """Share of all processors that was busy during the next moments."""

    def counters():
        fields = [int(v) for v in pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]]
        return sum(fields[:8]), fields[3] + fields[4]

    total, idle = counters()
    time.sleep(seconds)
    later_total, later_idle = counters()
    return 1 - (later_idle - idle) / max(1, later_total - total)


class IdleCheck:
    """Waits before a sample until the machine is idle; counts the samples that had to be taken on a busy one."""

    def __init__(self, patience=float(os.environ.get("LARES_BENCH_PATIENCE", "30")), allowed=0.10):
        self.patience, self.allowed = patience, allowed
        self.samples = self.noisy = 0

    def wait(self):
        self.samples += 1
        end = time.monotonic() + self.patience
        while busy_share() > self.allowed:
            if time.monotonic() > end:
                self.noisy += 1
                return


def resident_bytes(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise SystemExit(f"bench: process {pid} has no VmRSS")


def description():
    model = next((l.split(":", 1)[1].strip() for l in pathlib.Path("/proc/cpuinfo").read_text().splitlines() if l.startswith("model name")), platform.machine())
    return f"{model}, {len(os.sched_getaffinity(0))} of {os.cpu_count()} processors, Linux {platform.release()}"
