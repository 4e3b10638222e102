"""Requests to `lares serve` with as little of the client's own time in them as Python allows: one socket, requests made beforehand."""

import json
import socket
import time


class Connection:
    def __init__(self, port, key=None):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=120)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.key = key

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def request(self, path, headers=None, **body):
        content = json.dumps(body).encode()
        lines = {"Host": "127.0.0.1", "Content-Type": "application/json", "Content-Length": len(content), **(headers or {})}
        if self.key:
            lines["Authorization"] = f"Bearer {self.key}"
        head = f"POST {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        return head.encode() + b"\r\n" + content

    def answer(self, request):
        """(seconds until the last byte of the answer, its body)."""
        start = time.perf_counter()
        self.socket.sendall(request)
        received = self.until(b"\r\n\r\n")
        head, _, body = received.partition(b"\r\n\r\n")
        self.check(head)
        length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
        parts, missing = [body], length - len(body)
        while missing > 0:
            parts.append(self.some())
            missing -= len(parts[-1])
        return time.perf_counter() - start, b"".join(parts)

    def first_event(self, request):
        """Seconds until the first event of a stream; the rest is read to its end."""
        return self.events(request)[0]

    def events(self, request):
        """Seconds until the first event of a stream, and until its last."""
        start = time.perf_counter()
        times = self.arrivals(request)
        return times[0] - start, times[-1] - start

    def arrivals(self, request):
        """When each event of a stream came, by `time.perf_counter`."""
        self.socket.sendall(request)
        head, _, received = self.until(b"\r\n\r\n").partition(b"\r\n\r\n")
        self.check(head + b"\r\n" + received)
        # The head comes before anything is computed, and its security policy says "data:" too.
        times = []
        while not received.endswith(b"\r\n0\r\n\r\n"):
            received += self.some()
            times += [time.perf_counter()] * (received.count(b"data: {") - len(times))
        if b'"error"' in received:
            raise SystemExit(f"bench: `lares serve` broke an answer off: {received[-600:].decode(errors='replace')}")
        return times

    def until(self, mark):
        received = self.some()
        while mark not in received:
            received += self.some()
        return received

    def some(self):
        data = self.socket.recv(1 << 20)
        if not data:
            raise SystemExit("bench: `lares serve` closed the connection")
        return data

    def check(self, head):
        if not head.startswith(b"HTTP/1.1 200"):
            raise SystemExit(f"bench: `lares serve` answered {head[:600].decode(errors='replace')}")
