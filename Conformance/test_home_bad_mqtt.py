"""Bytes that aren't MQTT, or are the wrong ones: from a device at the broker that Lares runs, and from a broker at Lares' client."""

import contextlib
import socket
import struct
import threading
import time

import pytest

from home_devices import Home
from home_load import GuestHome, OwnBroker
from lares_server import free_port
from test_home import announce


def string(text):
    data = text if isinstance(text, bytes) else text.encode()
    return struct.pack(">H", len(data)) + data


def length(number):
    parts = bytearray()
    while True:
        number, part = divmod(number, 128)
        parts.append(part | (0x80 if number else 0))
        if not number:
            return bytes(parts)


def packet(kind, body):
    return bytes([kind]) + length(len(body)) + body


def connect(account="", password="", version=5, keep_alive=60, will=None, name="bad"):
    flags = 2 | (0xC0 if account else 0) | (4 if will is not None else 0)
    body = string("MQTT") + bytes([version, flags]) + struct.pack(">H", keep_alive) + (b"\0" if version == 5 else b"") + string(name)
    return packet(0x10, body + (will or b"") + ((string(account) + string(password)) if account else b""))


def publish(topic, payload=b"x", quality=0, number=1, version=5, retain=0):
    return packet(0x30 | quality << 1 | retain, string(topic) + (struct.pack(">H", number) if quality else b"") + (b"\0" if version == 5 else b"") + payload)


def subscribe(filter, number=1):
    return packet(0x82, struct.pack(">H", number) + b"\0" + string(filter) + b"\1")


# What a device may send; each after its own greeting, "" for none. (name, greeting as whom, bytes)
DEVICE = [
    ("CONNACK to the broker (CVE-2021-28166)", True, bytes.fromhex("101000044d5154540502003c03210014000029020001e000")),
    ("CONNACK before a greeting", False, b"\x20\x02\x00\x00"),
    ("no greeting and a large length (CVE-2023-0809)", False, b"\x30\xff\xff\xff\x7f" + b"x" * 1000),
    ("a greeting as long as can be (CVE-2017-7651)", False, b"\x10\xff\xff\xff\x7f" + b"x" * 1000),
    ("a length of five bytes", False, b"\x10\xff\xff\xff\xff\x7f"),
    ("a will with a property that it can't have (CVE-2023-3592)", False, connect(will=b"\x03\x23\x00\x01" + string("z/w") + string("x"))),
    ("a will with properties cut short", False, connect(will=b"\x7f")),
    ("quality 2 with one number, a thousand times (CVE-2023-28366)", True, publish("z/q", quality=2, number=7) * 1000),
    ("an answer to a subscription that nobody made (CVE-2024-10525)", True, b"\x90\x03\x00\x01\x00"),
    ("an answer to a subscription without codes", True, b"\x90\x02\x00\x01"),
    ("quality 3", True, packet(0x36, string("z/q") + b"\0\1\0x")),
    ("a topic with a wildcard", True, publish("z/+/x")),
    ("a topic with '#'", True, publish("z/#")),
    ("a topic with NUL", True, publish(b"z/\0x")),
    ("a topic that isn't UTF-8", True, publish(b"z/\xff\xfe")),
    ("a topic of surrogates", True, publish(b"z/\xed\xa0\x80")),
    ("no topic", True, publish("")),
    ("a topic longer than the packet", True, b"\x30\x04\xff\xffab"),
    ("a topic of 65,535 bytes", True, publish("z/" + "x" * 65_533)),
    ("a topic of 30,000 levels", True, publish("z" + "/" * 30_000)),
    ("a topic alias that was never made", True, packet(0x30, string("") + b"\x03\x23\x00\x09x")),
    ("topic alias 0", True, packet(0x30, string("z/a") + b"\x03\x23\x00\x00x")),
    ("a property twice", True, packet(0x30, string("z/a") + b"\x04\x01\x00\x01\x00x")),
    ("properties longer than the packet", True, packet(0x30, string("z/a") + b"\xff\xff\x7f")),
    ("a subscription without filters", True, packet(0x82, b"\0\1\0")),
    ("a subscription to all of $SYS and $CONTROL", True, subscribe("$SYS/#") + subscribe("$CONTROL/#", 2) + subscribe("#", 3)),
    ("a greeting twice", True, connect()),
    ("a packet of kind 0", True, b"\x00\x00"),
    ("AUTH that nobody asked for", True, b"\xf0\x02\x18\x00"),
    ("noise", False, bytes(range(256)) * 40),
    ("HTTP", False, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    with Home(tmp_path_factory.mktemp("home")) as home:
        home.password = home.account("z")
        with home.client("z", home.password) as device:
            announce(home, device, "Lamp", "l1", area="Hall")
            yield home


def send(port, data, seconds=2.0):
    """What was answered until the other side closed or fell silent."""
    said = b""
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as connection:
        try:
            connection.sendall(data)
            while part := connection.recv(65536):
                said += part
        except OSError:
            pass
    return said


@pytest.mark.parametrize("data,isGreeted", [pytest.param(data, greeted, id=name) for name, greeted, data in DEVICE])
def test_a_device_that_speaks_badly_disturbs_nobody(home, data, isGreeted):
    before = home.ask("/lares/v1/broker")["broker"]["restarts"]
    send(home.broker_port, (connect("z", home.password) if isGreeted else b"") + data, 0.4)
    assert home.ask("/lares/v1/things/hall/lamp", {"on": True})["outcome"] == "confirmed"
    after = home.ask("/lares/v1/broker")
    assert after["broker"]["restarts"] == before and after["connection"]["state"] == "connected"


def kinds(said):
    """The kinds of the packets in what a broker said; 2 is CONNACK, 4 PUBACK, 14 DISCONNECT."""
    found = []
    while len(said) > 1:
        size, place, shift = 0, 1, 0
        while True:
            part = said[place]
            size, place, shift = size | (part & 127) << shift, place + 1, shift + 7
            if part < 128:
                break
        found.append(said[0] >> 4)
        said = said[place + size:]
    return found


def test_a_packet_has_at_most_a_mebibyte(home):
    greeting = connect("z", home.password)
    taken = send(home.broker_port, greeting + publish("z/large", b"x" * (1_048_576 - 100), quality=1), 2)
    assert kinds(taken)[:2] == [2, 4]
    refused = send(home.broker_port, greeting + publish("z/large", b"x" * 1_048_576, quality=1), 2)
    assert kinds(refused) in ([2], [2, 14])
    assert home.ask("/lares/v1/things/hall/lamp", {"on": True})["outcome"] == "confirmed"


def test_accounts_hear_and_say_only_what_is_theirs(home):
    """`#`, `$SYS` and another's topics are refused to a device; what it hears is its own."""
    with home.client("spy", home.account("spy")) as spy, home.client("z", home.password, name="other") as device:
        for filter in ("#", "+/#", "$SYS/#", "z/#", "z/l1/set", "$CONTROL/#", "$share/x/#", "$share/x/z/#"):
            spy.listen(filter)
        time.sleep(0.3)
        device.say("z/l1", {"state": "ON"})
        home.ask("/lares/v1/things/hall/lamp", {"on": False})
        time.sleep(0.5)
        assert not [topic for topic, _ in spy.messages if not topic.startswith("spy")], spy.messages
        spy.client.publish("$CONTROL/dynamic-security/v1", '{"commands":[{"command":"createClient","username":"evil","password":"x"}]}', qos=1)
        spy.client.publish("$SYS/broker/version", "evil", qos=1)
        time.sleep(0.3)
        assert "evil" not in str(home.ask("/lares/v1/broker/accounts"))


def test_who_keeps_silent_is_let_go(home):
    """CVE-2020-13849: a keep-alive of one second is kept to."""
    with socket.create_connection(("127.0.0.1", home.broker_port), timeout=10) as connection:
        connection.sendall(connect("z", home.password, keep_alive=1, name="silent"))
        began = time.monotonic()
        while connection.recv(4096):
            pass
        assert time.monotonic() - began < 5


def test_a_flood_of_retained_messages(home):
    with home.client("z", home.password, name="flood") as device:
        for number in range(20_000):
            sent = device.client.publish(f"z/flood/{number}", "x" * 100, qos=0, retain=True)
        sent.wait_for_publish(20)
        device.say("z/l1", {"state": "ON", "brightness": 51})
        home.wait(lambda: home.value("hall/lamp/brightness") == 20, seconds=20)
        assert home.ask("/lares/v1/things/hall/lamp", {"on": False})["outcome"] == "confirmed"
        assert home.server.resident_bytes() < 200 << 20


WELCOME = b"\x20\x03\x00\x00\x00"
# What a broker may answer to the greeting of Lares. Each ends the connection or is passed over; Lares goes on.
BROKER = {
    "a welcome of no length": b"\x20\x00",
    "a welcome with a reserved flag": b"\x20\x03\xff\x00\x00",
    "a welcome with properties cut short": b"\x20\x03\x00\x00\x7f",
    "a welcome twice": WELCOME * 2,
    "an answer to a subscription without codes": WELCOME + b"\x90\x03\x00\x01\x00",
    "an answer to a subscription that is cut short": WELCOME + b"\x90\x01\x00",
    "an answer to a subscription that nobody made": WELCOME + b"\x90\x04\x77\x77\x00\x00",
    "acknowledgements of nothing": WELCOME + b"\x40\x02\x12\x34\x50\x02\x12\x34\x62\x02\x12\x34\x70\x02\x12\x34",
    "a message with a topic that isn't UTF-8": WELCOME + publish(b"z/\xff\xfe"),
    "a message with NUL in its topic": WELCOME + publish(b"z/\0"),
    "a message with a wildcard in its topic": WELCOME + publish("z/+/#"),
    "a message without a topic": WELCOME + publish(""),
    "a message with a topic longer than it": WELCOME + b"\x30\x04\xff\xffab",
    "quality 3": WELCOME + packet(0x36, string("z/q") + b"\0\1\0x"),
    "number 0": WELCOME + publish("z/q", quality=1, number=0),
    "quality 2 with one number a thousand times": WELCOME + publish("z/q", quality=2, number=7) * 1000,
    "a length as long as can be": WELCOME + b"\x30\xff\xff\xff\x7f" + b"x" * 10_000,
    "a length of five bytes": WELCOME + b"\x30\xff\xff\xff\xff\x7f",
    "properties longer than the packet": WELCOME + packet(0x30, string("z/a") + b"\xff\xff\x7f"),
    "a goodbye with a reason that isn't UTF-8": WELCOME + packet(0xE0, b"\x8b\x05\x1f\x00\x02\xff\xfe"),
    "a greeting": WELCOME + connect(),
    "AUTH": WELCOME + b"\xf0\x02\x18\x00",
    "noise": bytes(range(256)) * 40,
    "HTTP": b"HTTP/1.1 400 Bad Request\r\n\r\n",
    "nothing": b"",
}


class BadBroker:
    """Answers each greeting with the next of many bad things, then closes."""

    def __init__(self):
        self.port, self.told = free_port(), []
        self.listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(1)
                name, data = list(BROKER.items())[len(self.told) % len(BROKER)]
                self.told.append(name)
                try:
                    connection.recv(4096)
                    connection.sendall(data)
                    time.sleep(0.1)
                    connection.recv(4096)
                except OSError:
                    pass

    def close(self):
        self.listener.close()


@pytest.mark.long
@pytest.mark.timeout(900)
def test_a_broker_that_speaks_badly_is_left_and_tried_again(tmp_path):
    """Every bad answer in turn; models are served all the while, and a good broker on that port is used."""
    bad = BadBroker()
    home = GuestHome.__new__(GuestHome)
    home.folder, home.broker_port, home.inside, home.flags = tmp_path / "home", bad.port, (), ("--mqtt-url", f"mqtt://127.0.0.1:{bad.port}")
    home.server = home.launch()
    try:
        end = time.monotonic() + 800
        while len(bad.told) < len(BROKER) and time.monotonic() < end:
            assert home.server.process.poll() is None, (bad.told[-1:], home.server.said())
            assert home.server.status("/health") == 200
            time.sleep(0.2)
        assert len(bad.told) >= len(BROKER), bad.told
        assert home.server.resident_bytes() < 150 << 20
        bad.close()
        with OwnBroker(tmp_path / "broker", bad.port):
            home.wait(lambda: home.ask("/lares/v1/broker")["connection"]["state"] == "connected", seconds=40)
    finally:
        assert home.stop() == 0
