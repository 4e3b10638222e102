"""The home beside Home Assistant: start, memory, discovery, messages, commands."""

import statistics
import time
import urllib.error
import urllib.request

import home_assistant
import home_broker
from home_assistant import HomeAssistant
from home_lares import Lares
from home_stage import Stage, levels, memory, wait

THINGS = 1_000
PEER = f"Home Assistant {home_assistant.version()}"
BOTH = (Lares, HomeAssistant)
# Messages of a burst; no more than the broker keeps for a hub that falls behind.
BURSTS = {Lares: 100 * THINGS, HomeAssistant: 20 * THINGS}


def start(session, stage):
    """From exec to the first answer with 1,000 things known; Lares starts its broker too."""
    ours = Lares(at=stage.template)
    stage.callback(ours.stop)
    stage.announce(ours, stage.template, 0, THINGS)
    theirs, _ = stage.furnished(HomeAssistant, THINGS)

    def again(hub, side):
        hub.stop()
        session.idle.wait()
        hub.start()
        if side == "ours" and hub.count() != THINGS:
            raise SystemExit(f"bench: Lares has {hub.count()} things after a start instead of {THINGS}")
        return hub.start_seconds

    values = session.in_turn("start", {"ours": lambda: again(ours, "ours"), "theirs": lambda: again(theirs, "theirs")})
    session.add("home/start", "s", values["ours"], values["theirs"], smaller_is_better=True, goal=0.5)


def footprints(stage, kind):
    """MiB resident with 204 and with 1,000 things, each with a report."""
    hub, broker = stage.furnished(kind, 204)
    time.sleep(2)
    few = memory(hub.pid)
    stage.announce(hub, broker, 204, THINGS)
    stage.first_reports(hub, broker, THINGS)
    time.sleep(2)
    return few, memory(hub.pid)


def sizes(session, stage):
    values = {}
    for kind in BOTH:
        runs = []
        for _ in range(session.runs if kind is Lares else min(session.runs, 3)):
            with Stage() as own:
                runs.append(footprints(own, kind))
        values[kind] = runs
    for place, count in enumerate((204, THINGS)):
        ours, theirs = ([run[place][0] / (1 << 20) for run in values[kind]] for kind in BOTH)
        session.add(f"home/memory/{count}", "MiB", ours, theirs, smaller_is_better=True, goal=80 if count == THINGS else None)
    shares = [statistics.median(run[1][1] for run in values[kind]) / (1 << 20) for kind in BOTH]
    session.notes.append(f"home/memory: resident size; the proportional one with {THINGS} things is {shares[0]:.0f} MiB for Lares and {shares[1]:.0f} MiB for its peer")


def discovery(session, stage):
    """Seconds from the first announcement until all things are in the API."""
    for count, peers_runs in ((THINGS, min(session.runs, 3)), (10 * THINGS, 1)):
        values = {}
        for kind in BOTH:
            values[kind] = []
            for run in range(session.runs if kind is Lares else peers_runs):
                with Stage() as own:
                    hub, broker = own.hub(kind)
                    time.sleep(1)
                    session.idle.wait()
                    values[kind].append(own.announce(hub, broker, 0, count))
        session.add(f"home/discover/{count}", "s", values[Lares], values[HomeAssistant], smaller_is_better=True, goal=5 if count > THINGS else None)
    session.notes.append(f"home/discover: the peer's {10 * THINGS} things were found once")


class Bursts:
    """Bursts of reports at a hub, each with values of its own."""

    def __init__(self, stage, kind, **options):
        self.stage, self.kind, self.burst = stage, kind, 0
        self.hub, self.broker = stage.furnished(kind, THINGS, **options)
        time.sleep(3)  # a recorder that commits each second has the first reports too
        self.stored = self.hub.stored() if kind is Lares or options.get("recorder") else None

    def run(self, qos):
        """Messages a second to state, and to the disk; None where nothing is stored."""
        self.burst += 1
        messages = levels(THINGS, BURSTS[self.kind] // THINGS, self.burst)
        began, there = self.stage.burst(self.hub, self.broker, messages, qos)
        return len(messages) / (there - began), self.kept(len(messages), began)

    def kept(self, count, began):
        if self.stored is None:
            return None
        self.stored += count
        # Lares: readings are kept in the order in which they came, so the last sensor's tell; all are counted after.
        each = self.stored // THINGS
        done = (lambda: self.hub.stored_of(THINGS - 1) >= each) if self.kind is Lares else (lambda: self.hub.stored() >= self.stored)
        end = wait(done, f"{self.hub.name} did not store all reports", 120)
        if self.hub.stored() != self.stored:
            raise SystemExit(f"bench: {self.hub.name} stored {self.hub.stored()} reports instead of {self.stored}")
        return count / (end - began)


def alone(stage, qos):
    """Messages a second that the device and a broker without any hub come to."""
    broker = home_broker.Broker(stage.template)
    try:
        return 100 * THINGS / stage.load.publish(broker, levels(THINGS, 100, 0), qos=qos)[1]
    finally:
        broker.close()


def messages(session, stage):
    ours, plain, recording = Bursts(stage, Lares), Bursts(stage, HomeAssistant), Bursts(stage, HomeAssistant, recorder=True)
    for qos, goal in ((0, 50_000), (1, 30_000)):
        sides = {"ours": lambda: ours.run(qos), "plain": lambda: plain.run(qos), "recording": lambda: recording.run(qos)}
        values = session.in_turn(f"messages, quality {qos}", sides)
        our_state, our_disk = zip(*values["ours"])
        limit = statistics.median(alone(stage, qos) for _ in range(3))
        session.add(f"home/messages/qos{qos}", "messages/s", list(our_state), [state for state, _ in values["plain"]], limit, goal=goal)
        session.add(f"home/messages/qos{qos}/stored", "messages/s", list(our_disk), [disk for _, disk in values["recording"]], limit, goal=goal)
    session.notes.append(
        f"home/messages: {THINGS} things, bursts of {BURSTS[Lares]} messages for Lares and {BURSTS[HomeAssistant]} for its peer, every last value and every count of stored reports right; "
        f"{stage.load.in_flight} messages in flight from the device, 1000 to the hub; `stored`: Lares always stores, its peer with its recorder (a commit a second), the other rows without; limit: the device and the broker without any hub")


def commands(session, stage):
    """From the request to the message at the device, 1,000 in a row over one connection."""
    sides = {}
    for kind in BOTH:
        hub, broker = stage.furnished(kind, THINGS)
        requests = [hub.command(True), hub.command(False)]
        timed = lambda times, hub=hub, broker=broker, requests=requests: stage.load.commands(hub, broker, requests, "bench/lamp/set", "bench/lamp/state", times)
        timed(100)
        sides[kind] = lambda timed=timed: sorted(command for command, _ in timed(1_000))
    values = session.in_turn("commands", sides)
    for name, place, goal in (("p50", 500, 0.5), ("p95", 950, None), ("p99", 990, None)):
        ours, theirs = ([run[place] for run in values[kind]] for kind in BOTH)
        session.add(f"home/command/{name}", "ms", ours, theirs, smaller_is_better=True, goal=goal)


MONTH = 30 * 86_400


def fill(hub, end):
    """A month of one reading a second of one series, until a moment; waits where Lares says that too much waits."""
    begin, lines = end - MONTH, 100_000
    for start in range(begin, end, lines):
        body = "".join(f"month value={(at // 60) % 97}.{at % 10} {at}\n" for at in range(start, min(end, start + lines))).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{hub.port}/lares/v1/ingest?precision=s", body, {"Content-Type": "text/plain"})
        while True:
            try:
                urllib.request.urlopen(request, timeout=120).close()
                break
            except urllib.error.HTTPError as error:
                if error.code != 429:
                    raise
                time.sleep(float(error.headers.get("Retry-After", 1)))


def telemetry(session, stage):
    """Milliseconds until a chart of 1,000 pixels of a month of one-second data is answered, moved by some minutes each time; and of its last day."""
    hub, _ = stage.hub(Lares)
    end = int(time.time()) - 60
    fill(hub, end)
    time.sleep(20)  # readings are sorted into their month behind the answers

    def chart(seconds, shift):
        began = time.perf_counter()
        answer = hub.ask(f"/lares/v1/history?property=month/value&width=1000&from={end - shift - seconds}&to={end - shift}")
        took = (time.perf_counter() - began) * 1000
        if not 300 <= len(answer["buckets"]) <= 1000:
            raise SystemExit(f"bench: a chart has {len(answer['buckets'])} buckets")
        if shift == 0 and seconds == MONTH and not abs(sum(bucket["count"] for bucket in answer["buckets"]) - MONTH) <= 7_200:
            raise SystemExit(f"bench: a chart of {MONTH} readings counts {sum(bucket['count'] for bucket in answer['buckets'])}")
        return took

    for name, seconds in (("month", MONTH), ("day", 86_400)):
        runs = []
        for _ in range(session.runs):
            session.idle.wait()
            runs.append(sorted(chart(seconds, shift * 60) for shift in range(20)))
        session.add(f"home/telemetry/{name}", "ms", [run[10] for run in runs], smaller_is_better=True, goal=100 if name == "month" else None)
        session.add(f"home/telemetry/{name}/worst", "ms", [run[-1] for run in runs], smaller_is_better=True)


ROWS = {"start": start, "memory": sizes, "discover": discovery, "messages": messages, "command": commands, "telemetry": telemetry}
