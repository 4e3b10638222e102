"""Steps of training a second beside PyTorch, eager: the same models, batches and optimizer, in child processes that are asked in turn."""

import os
import pathlib

from peer import Peer

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = pathlib.Path(os.environ.get("LARES_LEARN", ROOT / ".build/benchmarks/release/learn"))
SECONDS = 1.5  # of a sample, after steps to warm up


def row(name, unit="steps/s", limit=lambda limits: None):
    def measure(session):
        with Peer("learn", PROGRAM) as ours, Peer("learn") as theirs:
            last = {}

            def sample(side, key):
                last[key] = side.ask("measure", name=name, seconds=SECONDS)
                return last[key]["rate"]

            values = session.in_turn(name, {"theirs": lambda: sample(theirs, "theirs"), "ours": lambda: sample(ours, "ours")})
            session.add(f"learn/{name}", unit, values["ours"], values["theirs"], limit(session.limits), peer=f"PyTorch {theirs.version}")
            if unit == "steps/s":
                memory = last["ours"]
                session.notes.append(
                    f"learn/{name}: a step asks for {memory['requests']:.0f} blocks of memory, {memory['fromSystem']:.2g} of them new from the system; "
                    f"at most {memory['peakBytes'] / 2**20:.0f} MiB at one time"
                )

    return measure


ROWS = {
    "matmul1024": row("matmul1024", "GFLOP/s", lambda limits: limits.float / 1e9),
    "mlp": row("mlp"),
    "seq2seq": row("seq2seq"),
    "transformer": row("transformer"),
    "cnn": row("cnn"),
}
