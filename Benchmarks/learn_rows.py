"""Steps of training a second beside PyTorch, eager: the same models, batches and optimizer, in child processes that are asked in turn."""

import os
import pathlib

from peer import Peer

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = pathlib.Path(os.environ.get("LARES_LEARN", ROOT / ".build/benchmarks/release/learn"))
SECONDS = 1.5  # of a sample, after steps to warm up
SHARE_OF_LIMIT = 0.85  # of the measured peak


def row(name, ratio_goal, unit="steps/s", limit=lambda limits: None):
    """`ratio_goal`: how many times PyTorch's rate is wanted; of a limit, 85% is wanted too."""

    def measure(session):
        with Peer("learn", PROGRAM) as ours, Peer("learn") as theirs:
            last = {}

            def sample(side, key):
                last[key] = side.ask("measure", name=name, seconds=SECONDS)
                return last[key]["rate"]

            values = session.in_turn(name, {"theirs": lambda: sample(theirs, "theirs"), "ours": lambda: sample(ours, "ours")})
            most = limit(session.limits)
            goal = None if most is None else SHARE_OF_LIMIT * most
            session.add(f"learn/{name}", unit, values["ours"], values["theirs"], most, peer=f"PyTorch {theirs.version}", goal=goal, ratio_goal=ratio_goal)
            if unit == "steps/s":
                memory = last["ours"]
                session.notes.append(
                    f"learn/{name}: a step asks for {memory['requests']:.0f} blocks of memory, {memory['fromSystem']:.2g} of them new from the system; "
                    f"at most {memory['peakBytes'] / 2**20:.0f} MiB at one time"
                )

    return measure


ROWS = {
    "matmul1024": row("matmul1024", 1.2, "GFLOP/s", lambda limits: limits.float / 1e9),
    "mlp": row("mlp", 1.5),
    "seq2seq": row("seq2seq", 1.5),
    "transformer": row("transformer", 1.2),
    "cnn": row("cnn", 1.5),
}
