"""What serving adds to a model: answers side by side, a prompt that begins like the one before, who goes first, and who waits."""

import random
import statistics
import subprocess
import sys
import threading
import time

import lares_program
from api import Connection
from peer import Peer

LABEL = "smollm2"
SEQUENCES = 8
DECODE = 64
PREFIX, SUFFIX = 1_500, 16
LONG, SHORT = 2_000, 8
BESIDE = 1_000  # tokens of the prompt that is read beside an answer, and is read before that ends
URGENT = {"service_tier": "priority"}
FIRST_ID, LAST_ID = 300, 4_999  # ordinary tokens: past the bytes and the special ones


def batch(bench, models):
    """Eight answers side by side: tokens per second of all of them."""
    path = models / f"{LABEL}.gguf"
    with lares_program.home_with(path, LABEL) as home, Peer() as peer:
        peer.ask("load", path=str(path), context=SEQUENCES * (DECODE + 32), sequences=SEQUENCES)
        peer.ask("generate_side_by_side", count=2)
        sides = {
            "theirs": lambda: SEQUENCES * DECODE / peer.ask("generate_side_by_side", count=DECODE)["seconds"],
            "ours": lambda: lares_program.bench(home, LABEL, decode=DECODE, parallel=SEQUENCES)["decode"],
            "alone": lambda: lares_program.bench(home, LABEL, decode=DECODE)["decode"],
        }
        values = bench.in_turn("batch8", sides)
    bench.add("inference/batch8", "tokens/s", values["ours"], values["theirs"])
    gain = statistics.median(values["ours"]) / statistics.median(values["alone"])
    bench.notes.append(f"batch8: {SEQUENCES} answers side by side are {gain:.2f} times as fast as one alone")


def busy(bench, models):
    """What one busy process on one of the processors leaves of the speed of an answer."""
    path = models / f"{LABEL}.gguf"
    with lares_program.home_with(path, LABEL) as home, Peer() as peer:
        peer.ask("load", path=str(path), context=DECODE + 32)
        peer.ask("generate", count=2)
        sides = {
            "theirs alone": lambda: DECODE / peer.ask("generate", count=DECODE)["seconds"],
            "theirs": lambda: beside_a_busy_process(lambda: DECODE / peer.ask("generate", count=DECODE)["seconds"]),
            "alone": lambda: lares_program.bench(home, LABEL, decode=DECODE)["decode"],
            "ours": lambda: beside_a_busy_process(lambda: lares_program.bench(home, LABEL, decode=DECODE)["decode"]),
        }
        values = bench.in_turn("busy", sides)
    bench.add("inference/busy", "tokens/s", values["ours"], values["theirs"])
    speeds = {side: statistics.median(runs) for side, runs in values.items()}
    shares = speeds["ours"] / speeds["alone"], speeds["theirs"] / speeds["theirs alone"]
    bench.notes.append("busy: beside one busy process {:.0%} of the speed of an idle machine are left; llama.cpp {:.0%}".format(*shares))


def beside_a_busy_process(measure):
    process = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        time.sleep(0.5)
        return measure()
    finally:
        process.kill()
        process.wait()


def prefix(bench, models):
    """Time to first token of a prompt whose first 1,500 tokens were those of the one before."""
    path = models / f"{LABEL}.gguf"
    with lares_program.home_with(path, LABEL) as home, lares_program.serving(home, LABEL) as server, Peer() as peer:
        peer.ask("load", path=str(path), context=PREFIX + 2 * SUFFIX)
        peer.ask("continued", prefix=64, suffix=SUFFIX)
        with Connection(server.port) as connection:
            connection.first_event(completion(connection, ids(64)))
            sides = {"theirs": lambda: peer.ask("continued", prefix=PREFIX, suffix=SUFFIX), "ours": lambda: continued(connection)}
            values = bench.in_turn("prefix", sides)
    seconds = {side: {part: [v[part] for v in runs] for part in ("first", "second")} for side, runs in values.items()}
    ours, theirs = ([1000 * v for v in seconds[side]["second"]] for side in ("ours", "theirs"))
    bench.add("inference/prefix", "ms", ours, theirs, smaller_is_better=True)
    shares = {side: statistics.median(v["second"]) / statistics.median(v["first"]) for side, v in seconds.items()}
    bench.notes.append(f"prefix: the second request takes {shares['ours']:.1%} of the first one's time; llama.cpp {shares['theirs']:.1%}")


def continued(connection):
    shared = ids(PREFIX)
    first = connection.first_event(completion(connection, shared + ids(SUFFIX)))
    return {"first": first, "second": connection.first_event(completion(connection, shared + ids(SUFFIX)))}


def act(bench, models):
    """Time to first token of a short urgent request that comes while a long prompt of another caller is read."""
    path = models / f"{LABEL}.gguf"
    with lares_program.home_with(path, LABEL) as home:
        reader, actor = lares_program.new_key(home, "reader"), lares_program.new_key(home, "actor")
        with lares_program.serving(home, LABEL) as server, Connection(server.port, reader) as long, Connection(server.port, actor) as short:
            for connection in (long, short):
                connection.first_event(completion(connection, ids(64)))
            alone = [1000 * short.first_event(completion(short, ids(SHORT), **URGENT)) for _ in range(5)]
            values = bench.in_turn("act", {"ours": lambda: 1000 * interrupting(long, short)})
    bench.add("inference/act", "ms", values["ours"], smaller_is_better=True)
    bench.notes.append(f"act: {statistics.median(alone):.1f} ms when nobody else asks")


def interrupting(long, short):
    """Seconds to the first token of a short request sent 50 to 250 ms after the long one."""
    request, urgent = completion(long, ids(LONG)), completion(short, ids(SHORT), **URGENT)
    reading = threading.Thread(target=long.first_event, args=(request,))
    reading.start()
    time.sleep(random.uniform(0.05, 0.25))
    if not reading.is_alive():
        raise SystemExit("bench: the long prompt was read before the short request could be sent: nothing was interrupted")
    seconds = short.first_event(urgent)
    reading.join()
    return seconds


def gap(bench, models):
    """What another caller's long prompt does to the time between an answer's tokens: its 95th percentile while the prompt is read."""
    path = models / f"{LABEL}.gguf"
    with lares_program.home_with(path, LABEL) as home:
        reader, writer = lares_program.new_key(home, "reader"), lares_program.new_key(home, "writer")
        with lares_program.serving(home, LABEL) as server, Connection(server.port, reader) as long, Connection(server.port, writer) as answer:
            for connection in (long, answer):
                connection.first_event(completion(connection, ids(64)))
            sides = {"alone": lambda: late(answer.arrivals(completion(answer, ids(64), max_tokens=200))), "ours": lambda: beside(long, answer)}
            values = bench.in_turn("gap", sides)
    bench.add("inference/gap", "ms", [value for value, _ in values["ours"]], smaller_is_better=True)
    alone, reading = statistics.median(values["alone"]), statistics.median(seconds for _, seconds in values["ours"])
    bench.notes.append(f"gap: {alone:.1f} ms when nobody else asks; the prompt of {BESIDE} tokens is read in {reading:.2f} s beside the answer")


def late(times):
    """The 95th percentile of the milliseconds between events."""
    gaps = sorted(1000 * (after - before) for before, after in zip(times, times[1:]))
    return gaps[int(0.95 * len(gaps))]


def beside(long, answer):
    """The same for an answer while a long prompt is read, and the seconds that takes."""
    request, times = completion(answer, ids(64), max_tokens=1_500), []
    writing = threading.Thread(target=lambda: times.extend(answer.arrivals(request)))
    writing.start()
    time.sleep(0.3)
    start = time.perf_counter()
    seconds = long.first_event(completion(long, ids(BESIDE)))
    if not writing.is_alive():
        raise SystemExit("bench: the answer ended before the long prompt was read")
    writing.join()
    return late([moment for moment in times if start <= moment <= start + seconds]), seconds


def completion(connection, prompt, **more):
    body = {"model": LABEL, "prompt": prompt, "max_tokens": 2, "temperature": 0, "ignore_eos": True, "stream": True, **more}
    return connection.request("/v1/completions", **body)


def ids(count):
    return [random.randint(FIRST_ID, LAST_ID) for _ in range(count)]
