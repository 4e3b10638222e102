"""Rows of control: how long decisions on a signal take, and how many signals two cores keep. No peer."""

import os
import pathlib

from peer import Peer

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = pathlib.Path(os.environ.get("LARES_CONTROL", ROOT / ".build/benchmarks/release/control"))
DECISIONS, SIGNALS, SECONDS = 20_000, 1_000, 60


def decision(session):
    """Microseconds for one decision, reading the vehicles included."""
    with Peer("control", PROGRAM) as program:
        for name, goal in (("max-wave", 50), ("max-pressure", 50), ("actuated", 50), ("learned", 1_000)):

            def pace():
                found = program.ask("decide", controller=name, decisions=DECISIONS)
                return found["seconds"] / found["decisions"] * 1e6

            session.add(f"control/decision {name}", "µs", session.in_turn(name, {"ours": pace})["ours"], smaller_is_better=True, goal=goal)


def junctions(session):
    """Seconds of a thousand streets that go by in one: shells, monitors and the simulated traffic included."""
    with Peer("control", PROGRAM) as program:

        def pace():
            found = program.ask("keep", controller="learned", signals=SIGNALS, seconds=SECONDS, threads=2)
            assert found["safe"] and found["passed"] > 0
            return SECONDS / found["seconds"]

        session.add("control/junctions", "s/s", session.in_turn("junctions", {"ours": pace})["ours"], goal=1)
    session.notes.append(f"control/junctions: {SIGNALS} signals with the learned controller on two threads, {SECONDS} s each")


ROWS = {"decision": decision, "junctions": junctions}
