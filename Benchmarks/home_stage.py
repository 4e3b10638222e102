"""What the rows of the home share: brokers, the load, hubs beside each other, and the things that announce themselves."""

import contextlib
import json
import pathlib
import time

import home_broker
from home_assistant import HomeAssistant
from home_lares import Lares


def sensors(first, end):
    """Announcements of sensors, each a device of its own."""
    for i in range(first, end):
        device = {"ids": [f"bench_s{i}"], "name": f"Sensor {i}", "mf": "Bench", "mdl": "S1"}
        about = {"name": "Level", "uniq_id": f"bench_s{i}", "obj_id": f"bench_s{i}", "stat_t": f"bench/s{i}/state", "unit_of_meas": "W", "dev_cla": "power", "stat_cla": "measurement", "dev": device}
        yield f"homeassistant/sensor/bench_s{i}/config", json.dumps(about, separators=(",", ":"))


LAMP = {"name": None, "uniq_id": "bench_lamp", "obj_id": "bench_lamp", "schema": "json", "stat_t": "bench/lamp/state", "cmd_t": "bench/lamp/set", "dev": {"ids": ["bench_lamp"], "name": "Lamp"}}


def levels(count, rounds, burst):
    """Reports of `count` sensors in turn; no value comes twice on a topic, in whatever burst."""
    return [(f"bench/s{i}/state", f"{burst * 10_000 + turn}.{i % 10}") for turn in range(rounds) for i in range(count)]


def wait(test, what, seconds=120, pause=0.005):
    """Waits until `test` is true: when it was found so (time.monotonic)."""
    end = time.monotonic() + seconds
    while not test():
        if time.monotonic() > end:
            raise SystemExit(f"bench: {what} within {seconds} s")
        time.sleep(pause)
    return time.monotonic()


def memory(pid):
    """Bytes resident, and of them those that aren't shared, others' share counted."""
    fields = {line.split(":")[0]: int(line.split()[1]) * 1024 for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:] if line.split()[-1] == "kB"}
    return fields["Rss"], fields["Pss"]


class Stage(contextlib.ExitStack):
    """Everything is closed when it is."""

    def __init__(self):
        super().__init__()
        self.template = home_broker.Template()
        self.callback(self.template.close)
        self.load = home_broker.Load()
        self.callback(self.load.close)

    def hub(self, kind, **options):
        """A new hub at a new broker: (hub, broker)."""
        broker = home_broker.Broker(self.template)
        self.callback(broker.close)
        hub = Lares(broker) if kind is Lares else HomeAssistant(broker.port, "lares", broker.hub_password, **options)
        self.callback(hub.close)
        return hub, broker

    def furnished(self, kind, count, **options):
        """A hub that knows sensors, each with a first report, and the lamp."""
        hub, broker = self.hub(kind, **options)
        self.load.publish(broker, [("homeassistant/light/bench_lamp/config", json.dumps(LAMP)), ("bench/lamp/state", '{"state":"OFF"}')], qos=1, retain=True)
        self.announce(hub, broker, 0, count)
        self.first_reports(hub, broker, count)
        return hub, broker

    def first_reports(self, hub, broker, count):
        """Retained, so that a hub which subscribes later than it shows a thing has them too."""
        self.load.publish(broker, levels(count, 1, 0), qos=1, retain=True)
        wait(lambda: None not in hub.values().values(), f"{hub.name} did not hear the first reports", pause=0.2)

    def announce(self, hub, broker, first, end, pause=0.005):
        """Announces sensors: seconds from the first message until all are in the hub's API."""
        began, _ = self.load.publish(broker, list(sensors(first, end)), qos=1, retain=True)
        # Counting costs more than looking for the last one, which need not be the last to be found.
        there = wait(lambda: hub.knows(end - 1) and hub.count() >= end, f"{hub.name} had not found {end} things", 900, pause)
        return there - began

    def burst(self, hub, broker, messages, qos):
        """Sends reports: when the first was sent and when the last was in the hub's state (time.monotonic); every last value must be right."""
        process = self.load.begin(broker, messages, qos=qos)
        last = {int(topic.split("/")[1][1:]): float(value) for topic, value in messages}
        final = int(messages[-1][0].split("/")[1][1:])
        there = wait(lambda: hub.value(final) == last[final], f"{hub.name} did not have the last report", 300)
        began, _ = self.load.end(process)
        got = hub.values()
        wrong = [number for number, value in last.items() if got[number] != value]
        if wrong:
            raise SystemExit(f"bench: {hub.name} has {len(wrong)} wrong values, such as that of sensor {wrong[0]}: {got[wrong[0]]} instead of {last[wrong[0]]}")
        return began, there
