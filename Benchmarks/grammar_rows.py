"""What a JSON Schema costs while an answer is written: the same server and prompt, as many tokens, with the schema and without."""

import json
import random
import statistics

import lares_program
from api import Connection
from peer import Peer

LABEL = "smollm2"
TOKENS = 256
PROMPT = "The lamps, blinds and heaters of a large house, room by room, as a list in JSON:\n"
# More entries than fit into the answer, so that it can't end before its tokens are written.
SCHEMA = {
    "type": "array",
    "minItems": TOKENS,
    "items": {
        "type": "object",
        "properties": {
            "name": {"type": "string", "minLength": 1, "maxLength": 40},
            "kind": {"enum": ["lamp", "blind", "heater"]},
            "floor": {"type": "integer", "minimum": -1, "maximum": 3},
            "on": {"type": "boolean"},
            "level": {"type": "number", "minimum": 0, "maximum": 100},
            "note": {"type": ["string", "null"]},
        },
        "required": ["name", "kind", "floor", "on", "level", "note"],
        "additionalProperties": False,
    },
}
FORM = {"response_format": {"type": "json_schema", "json_schema": {"name": "devices", "schema": SCHEMA}}}
SAMPLINGS = {"every token drawn": {"temperature": 1}, "one of the best 40 drawn": {"temperature": 1, "top_k": 40}, "greedy": {"temperature": 0}}


def measure(bench, models):
    path = models / f"{LABEL}.gguf"
    with lares_program.home_with(path, LABEL) as home, lares_program.serving(home, LABEL) as server, Peer() as peer, Connection(server.port) as connection:
        peer.ask("load", path=str(path), context=2 * TOKENS)
        peer.ask("set_form", schema=json.dumps(SCHEMA))
        sides = {"theirs free": lambda: theirs(peer, False), "theirs bound": lambda: theirs(peer, True)}
        for name, sampling in SAMPLINGS.items():
            sides[name + " free"] = lambda sampling=sampling: ours(connection, {"ignore_eos": True, **sampling})
            sides[name + " bound"] = lambda sampling=sampling: ours(connection, {**FORM, **sampling})
        for side in sides.values():
            side()
        values = bench.in_turn("grammar", sides)
    drawn = next(iter(SAMPLINGS))
    bench.add("inference/grammar", "tokens/s", values[f"{drawn} bound"], values["theirs bound"])
    for name in [*SAMPLINGS, "theirs"]:
        free, bound = (statistics.median(values[f"{name} {side}"]) for side in ("free", "bound"))
        whose = "llama.cpp, every token drawn" if name == "theirs" else name
        bench.notes.append(f"grammar: {whose}: {bound:.1f} tokens/s with the schema, {free:.1f} without: {1 - bound / free:.1%} lost")


def ours(connection, options):
    """Tokens per second between the first and the last of an answer."""
    body = {"model": LABEL, "prompt": PROMPT, "max_tokens": TOKENS, "stream": True, "seed": random.randrange(1 << 30), **options}
    first, last = connection.events(connection.request("/v1/completions", **body))
    return (TOKENS - 1) / (last - first)


def theirs(peer, is_bound):
    seconds = peer.ask("answer", prompt=PROMPT, count=TOKENS, is_bound=is_bound, seed=random.randrange(1 << 30))["seconds"]
    return (TOKENS - 1) / seconds
