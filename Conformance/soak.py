"""Mixed load on the real program for a long time: chats of every length, streams that are left, answers bound to a form, calls of tools,
embeddings, requests that are wrong.

    python Conformance/soak.py [--requests 20000] [--callers 16]

Memory must stay flat once the caches are full, /health must answer within a second, and nothing may be left running at the end.
"""

import argparse
import asyncio
import json
import pathlib
import random
import shutil
import statistics
import sys
import tempfile
import time

import httpx
import jsonschema

from lares_server import MODELS, Server, must_run

TEXT = (pathlib.Path(__file__).parent.parent / "LICENSE").read_text()
GROWTH_ALLOWED = 32 << 20


def words(random_source, most):
    begin = random_source.randrange(len(TEXT) - 10 * most)
    return TEXT[begin : begin + random_source.randrange(10, 10 * most)]


class Load:
    def __init__(self, server, requests, seed):
        self.server, self.left, self.random = server, requests, random.Random(seed)
        self.done, self.latencies, self.faults = {}, [], []

    async def caller(self, client):
        while self.left > 0:
            self.left -= 1
            kind = self.random.choices(["chat", "stream", "leave", "long", "embed", "wrong", "form", "tool"], [25, 20, 13, 5, 17, 5, 8, 7])[0]
            begin = time.monotonic()
            try:
                await getattr(self, kind)(client)
            except Exception as error:
                self.faults.append(f"{kind}: {error!r}")
            self.latencies.append(time.monotonic() - begin)
            self.done[kind] = self.done.get(kind, 0) + 1

    def question(self, most_words, most_tokens, **more):
        content = "Say something about this: " + words(self.random, most_words)
        options = {"model": "smollm2", "max_tokens": self.random.randrange(1, most_tokens), "temperature": self.random.choice([0, 0.7, 1.2])}
        return options | {"messages": [{"role": "user", "content": content}]} | more

    async def ask(self, client, path, body, expected=200):
        answer = await client.post(path, json=body)
        assert answer.status_code == expected, f"{answer.status_code} {answer.text[:200]}"
        return answer.json()

    async def chat(self, client):
        answer = await self.ask(client, "/v1/chat/completions", self.question(20, 24))
        assert answer["choices"][0]["finish_reason"] in ("stop", "length")

    async def long(self, client):
        await self.ask(client, "/v1/chat/completions", self.question(400, 64))

    async def stream(self, client):
        async with client.stream("POST", "/v1/chat/completions", json=self.question(20, 32, stream=True)) as answer:
            lines = [line async for line in answer.aiter_lines() if line]
        assert lines[-1] == "data: [DONE]", lines[-1:]

    async def leave(self, client):
        async with client.stream("POST", "/v1/chat/completions", json=self.question(40, 400, stream=True)) as answer:
            seen, most = 0, self.random.randrange(1, 12)
            async for _ in answer.aiter_lines():
                seen += 1
                if seen > most:
                    return

    def schema(self):
        """One of many, so that forms are compiled, kept and let go."""
        rooms = [f"room {self.random.randrange(200)}" for _ in range(3)]
        properties = {"room": {"enum": rooms}, "on": {"type": "boolean"}, "level": {"type": "integer", "minimum": 0, "maximum": 100}}
        return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}

    async def form(self, client):
        schema = self.schema()
        bound = {"type": "json_schema", "json_schema": {"name": "lamp", "schema": schema}}
        answer = await self.ask(client, "/v1/chat/completions", self.question(20, 64, response_format=bound))
        choice = answer["choices"][0]
        if choice["finish_reason"] == "stop":
            jsonschema.validate(json.loads(choice["message"]["content"]), schema)

    async def tool(self, client):
        schema = self.schema()
        tools = [{"type": "function", "function": {"name": "set_lamp", "parameters": schema}}]
        answer = await self.ask(client, "/v1/chat/completions", self.question(20, 96, tools=tools, tool_choice="required"))
        choice = answer["choices"][0]
        if choice["finish_reason"] == "tool_calls":
            for call in choice["message"]["tool_calls"]:
                jsonschema.validate(json.loads(call["function"]["arguments"]), schema)

    async def embed(self, client):
        texts = [words(self.random, 20) for _ in range(self.random.randrange(1, 9))]
        answer = await self.ask(client, "/v1/embeddings", {"model": "minilm", "input": texts})
        assert len(answer["data"]) == len(texts)

    async def wrong(self, client):
        bodies = [({"model": "nobody", "messages": [{"role": "user", "content": "x"}]}, 404), (self.question(10, 8, temperature=-1), 400), ([], 400)]
        body, status = self.random.choice(bodies)
        await self.ask(client, "/v1/chat/completions", body, status)


class Watch:
    """Memory and the time /health takes, every second."""

    def __init__(self, server, load):
        self.server, self.load, self.memory, self.slowest = server, load, [], 0.0

    async def run(self):
        total = self.load.left
        begin = time.monotonic()
        while self.load.left > 0:
            asked = time.monotonic()
            status = await asyncio.to_thread(self.server.status, "/health")
            self.slowest = max(self.slowest, time.monotonic() - asked)
            if status != 200:
                self.load.faults.append(f"/health answered {status}")
            self.memory.append((total - self.load.left, self.server.resident_bytes()))
            if len(self.memory) % 30 == 1:
                print(f"{time.monotonic() - begin:6.0f} s  {total - self.load.left:6d} requests  {self.memory[-1][1] / 1e6:6.0f} MB", flush=True)
            await asyncio.sleep(1)

    def growth(self):
        """Resident bytes of the last fifth of the run less those of the second fifth: medians."""
        fifth = max(1, len(self.memory) // 5)
        values = [bytes for _, bytes in self.memory]
        return statistics.median(values[-fifth:]) - statistics.median(values[fifth : 2 * fifth] or values)


async def soak(server, options):
    load = Load(server, options.requests, options.seed)
    watch = Watch(server, load)
    limits = httpx.Limits(max_connections=options.callers * 2)
    async with httpx.AsyncClient(base_url=server.url, timeout=300, limits=limits) as client:
        await asyncio.gather(watch.run(), *(load.caller(client) for _ in range(options.callers)))
    return load, watch


def report(load, watch, seconds, server):
    quantiles = statistics.quantiles(load.latencies, n=100)
    print(f"\n{sum(load.done.values())} requests of {len(load.done)} kinds in {seconds:.0f} s: " + ", ".join(f"{n} {k}" for k, n in sorted(load.done.items())))
    print(f"latency p50 {quantiles[49]:.2f} s, p99 {quantiles[98]:.2f} s; slowest /health {watch.slowest * 1000:.0f} ms")
    print(f"resident {watch.memory[-1][1] / 1e6:.0f} MB, growth from the second to the last fifth {watch.growth() / 1e6:+.1f} MB")
    for name in ("lares_requests_running", "lares_requests_queued"):
        print(f"{name} at the end: {server.metric(name):.0f}")
    faults = load.faults + ([f"memory grew by {watch.growth() / 1e6:.0f} MB"] if watch.growth() > GROWTH_ALLOWED else [])
    faults += ["/health took over a second"] if watch.slowest > 1 else []
    print(f"{len(faults)} faults" + "".join(f"\n  {fault}" for fault in faults[:20]))
    return faults


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--requests", type=int, default=20_000)
    options.add_argument("--callers", type=int, default=16)
    options.add_argument("--seed", type=int, default=1)
    options = options.parse_args()
    home = tempfile.mkdtemp(prefix="lares-soak-")
    try:
        must_run(["import", str(MODELS / "smollm2.gguf"), "--name", "smollm2"], home)
        must_run(["import", str(MODELS / "minilm"), "--name", "minilm"], home)
        with Server(home, models="smollm2,minilm") as server:
            begin = time.monotonic()
            load, watch = asyncio.run(soak(server, options))
            faults = report(load, watch, time.monotonic() - begin, server)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
