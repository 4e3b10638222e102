"""Devices for tests of the home: a broker that Lares runs, accounts on it, and things that answer like real ones."""

import json
import threading
import time
import urllib.request

import paho.mqtt.client as mqtt

from lares_server import Server, free_port, must_run


class Home:
    """`lares serve` with a broker of its own on a free port."""

    def __init__(self, folder, *flags, certificate=None):
        self.folder = folder
        self.certificate = certificate
        self.broker_port = free_port()
        self.flags = flags
        self.start()

    def start(self):
        self.server = self.launch()
        self.wait(lambda: self.ask("/lares/v1/broker")["connection"]["state"] == "connected")

    def launch(self):
        return Server(self.folder, "--mqtt-port", str(self.broker_port), *self.flags, models=None, home=True, certificate=self.certificate)

    def stop(self):
        return self.server.stop()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        assert self.stop() == 0, self.server.said()

    def ask(self, path, body=None, method=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.server.url + path, data=data, method=method, headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30, context=self.server.context) as answer:
            return json.loads(answer.read())

    def thing(self, name):
        return self.ask("/lares/v1/things/" + name)

    def value(self, address):
        name, _, property = address.rpartition("/")
        return self.thing(name)["properties"][property]["value"]

    def things(self):
        return {thing["id"]: thing for thing in self.ask("/lares/v1/things")["things"]}

    def wait(self, test, seconds=10):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                if test():
                    return
            except (OSError, KeyError):
                pass
            time.sleep(0.02)
        assert test(), self.server.said()

    def account(self, name, *topics):
        """The password of a new account."""
        made = {}
        self.wait(lambda: made.update(self.ask("/lares/v1/broker/accounts", {"name": name, "topics": list(topics or [name])})) or True)
        return made["password"]

    def cli(self, *arguments):
        return must_run([*arguments, "--server", self.server.url], self.folder)

    def client(self, account, password, **options):
        return Client(self.broker_port, account, password, **options)


class Client:
    """A client of the broker by paho-mqtt."""

    def __init__(self, port, account=None, password=None, version=mqtt.MQTTv5, name=""):
        self.messages, self.refused, self.connected = [], [], threading.Event()
        self.answers, self.topics = {}, []
        self.client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=name, protocol=version)
        self.client.username_pw_set(account, password)
        self.client.max_inflight_messages_set(1000)
        self.client.on_connect = self.welcome
        self.client.on_message = self.hear
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()
        assert self.connected.wait(5)

    def welcome(self, *_):
        # A broker that was started again knows nobody's subscriptions.
        for topic in self.topics:
            self.client.subscribe(topic, qos=1)
        self.connected.set()

    def hear(self, client, _, message):
        self.messages.append((message.topic, message.payload.decode(errors="replace")))
        if message.topic in self.answers:
            self.answers[message.topic](message.payload.decode())

    def say(self, topic, payload, qos=1, retain=False):
        text = payload if isinstance(payload, (str, bytes)) else json.dumps(payload)
        sent = self.client.publish(topic, text, qos=qos, retain=retain)
        sent.wait_for_publish(5)
        return sent

    def listen(self, topic, answer=None):
        if answer:
            self.answers[topic] = answer
        self.topics.append(topic)
        self.client.subscribe(topic, qos=1)

    def close(self):
        self.client.disconnect()
        self.client.loop_stop()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def light(name, identifier, area=None, **options):
    """What a light with one topic announces."""
    device = {"ids": [identifier], "name": name} | ({"sa": area} if area else {})
    return {"name": None, "uniq_id": identifier, "schema": "json", "stat_t": f"z/{identifier}", "cmd_t": f"z/{identifier}/set", "brightness": True, "dev": device} | options
