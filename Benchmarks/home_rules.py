"""1,000 rules beside 1,000 automations: how many changes they keep up with, how late they act at 10,000 a second, and how fast many act at once."""

import threading
import time

import paho.mqtt.client as mqtt

from home_assistant import HomeAssistant
from home_lares import Lares
from home_rows import THINGS
from home_stage import wait

RATE = 10_000
LIMIT = 5_000
# The rules that act while changes are counted: 21 of them, the last change of all is such a one's.
FEW = [*range(0, THINGS, 50), THINGS - 1]


def rule(i):
    return {"rule": {"id": f"bench-{i}", "name": f"Rule {i}", "when": [{"crosses": f"sensor_{i}/level", "above": LIMIT}], "then": [{"publish": f"bench/effect/{i}", "payload": "1"}]}, "trusted": True}


def automation(i):
    return {"id": f"bench-{i}", "alias": f"Rule {i}", "trigger": [{"platform": "numeric_state", "entity_id": f"sensor.bench_s{i}", "above": LIMIT}],
            "action": [{"service": "mqtt.publish", "data": {"topic": f"bench/effect/{i}", "payload": "1"}}]}


def turn_of(i, turns):
    """The turn in which a sensor crosses its limit."""
    return i % turns


def changes(turns, run, acting):
    """Every sensor changes once a turn; those that act cross the limit in one of them."""
    return [(f"bench/s{i}/state", f"{(LIMIT if i in acting and turn == turn_of(i, turns) else 0) + run * 200 + turn + 1}") for turn in range(turns) for i in range(THINGS)]


class Effects:
    """When each rule's message came."""

    def __init__(self, broker):
        self.times, self.expected, self.all = {}, 0, threading.Event()
        self.client = mqtt.Client()
        self.client.username_pw_set("lares", broker.hub_password)
        self.client.on_message = self.hear
        self.client.on_connect = lambda *_: self.client.subscribe("bench/effect/#")
        ready = threading.Event()
        self.client.on_subscribe = lambda *_: ready.set()
        self.client.connect("127.0.0.1", broker.port)
        self.client.loop_start()
        ready.wait(5)

    def hear(self, client, _, message):
        self.times.setdefault(int(message.topic.rsplit("/", 1)[1]), time.monotonic())
        if len(self.times) == self.expected:
            self.all.set()

    def begin(self, expected):
        self.times, self.expected = {}, expected
        self.all.clear()


class Ruled:
    """A hub with 1,000 things and 1,000 rules."""

    def __init__(self, stage, kind):
        automations = [automation(i) for i in range(THINGS)] if kind is HomeAssistant else ()
        self.stage, self.run, self.missing = stage, 0, 0
        self.hub, self.broker = stage.furnished(kind, THINGS, **({"automations": automations} if automations else {}))
        if kind is Lares:
            for i in range(THINGS):
                self.hub.ask("/lares/v1/rules", rule(i))
        self.effects = Effects(self.broker)
        stage.callback(self.effects.client.loop_stop)

    def act(self, turns, rate, acting=FEW):
        """Seconds from the first change until the last effect, and how late the last effect was after its change was due."""
        self.run += 1
        self.fall()
        self.effects.begin(len(acting))
        began, _ = self.stage.load.publish(self.broker, changes(turns, self.run, set(acting)), qos=0, rate=rate)
        self.effects.all.wait(60)
        self.missing += len(acting) - len(self.effects.times)
        late = {i: when - began - ((turn_of(i, turns) * THINGS + i) / rate if rate else 0) for i, when in self.effects.times.items()}
        return max(self.effects.times.values()) - began, max(late.values())

    def fall(self):
        """Takes every sensor below the limit, so that it can cross it."""
        low = self.run * 200
        self.stage.load.publish(self.broker, [(f"bench/s{i}/state", f"{low}") for i in range(THINGS)], qos=1)
        wait(lambda: self.hub.value(THINGS - 1) == low, f"{self.hub.name} did not hear the sensors fall")
        time.sleep(0.5)

    def speed(self, turns):
        """Changes a second."""
        return turns * THINGS / self.act(turns, 0)[0]

    def acts(self):
        """Effects a second when all sensors cross their limits at once."""
        return THINGS / self.act(1, 0, range(THINGS))[0]


def rules(session, stage):
    ours, theirs = Ruled(stage, Lares), Ruled(stage, HomeAssistant)
    values = session.in_turn("rules", {"ours": lambda: ours.speed(100), "theirs": lambda: theirs.speed(20)})
    session.add("home/rules", "changes/s", values["ours"], values["theirs"], goal=RATE)
    values = session.in_turn("rules at a rate", {"ours": lambda: ours.act(100, RATE)[1] * 1e3, "theirs": lambda: theirs.act(100, RATE)[1] * 1e3})
    session.add("home/rules/lag", "ms", values["ours"], values["theirs"], smaller_is_better=True, goal=1_000)
    values = session.in_turn("rules that act", {"ours": ours.acts, "theirs": theirs.acts})
    session.add("home/rules/acts", "acts/s", values["ours"], values["theirs"])
    session.notes.append(
        f"home/rules: {THINGS} rules, one a sensor, of which {len(FEW)} act; changes as fast as the broker takes them until the last effect (100 a sensor; 20 for the peer). "
        f"lag: the longest from a change to its effect in {100 * THINGS} changes at {RATE} a second. acts: all rules at once. "
        f"Effects that had not come after 60 s: {ours.missing} of Lares, {theirs.missing} of its peer")


ROWS = {"rules": rules}
