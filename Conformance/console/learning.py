"""Flowers that two measures and a colour tell apart, and a server that has learned from them."""

import random
import time

import httpx

RECIPE = {
    "name": "flowers",
    "data": {"file": "flowers.csv"},
    "columns": [{"name": "size", "from": ["length", "width"]}, {"name": "colour", "kind": "category"}],
    "target": {"name": "kind"},
    "split": {"validation": 0.2, "test": 0.2},
    "network": {"layers": [{"layer": "linear", "outputs": 16, "activation": "relu"}]},
    "optimizer": {"rate": 0.01},
    "epochs": 12,
    "early_stopping": {"patience": 5},
}


def flowers(count=600):
    draw = random.Random(3)
    rows = []
    for place in range(count):
        kind = ("rose", "iris", "viola")[place % 3]
        length, width = draw.gauss({"rose": 2, "iris": 5, "viola": 5}[kind], 0.5), draw.gauss({"rose": 1, "iris": 1, "viola": 3}[kind], 0.3)
        rows.append(f"{length:.2f},{width:.2f},{draw.choice(['red', 'deep blue'])},{kind}")
    return "length,width,colour,kind\n" + "\n".join(rows) + "\n"


def ask(url, method, path, **options):
    answer = httpx.request(method, url + path, timeout=60, **options)
    assert answer.is_success, f"{method} {path}: {answer.text}"
    return answer.json()


def train(url, recipe, data):
    """Runs a job to its end."""
    job = ask(url, "POST", "/lares/v1/jobs", json={"recipe": recipe, "data_id": data})["id"]
    end = time.monotonic() + 120
    while (state := ask(url, "GET", f"/lares/v1/jobs/{job}"))["state"] in ("queued", "running"):
        assert time.monotonic() < end, state
        time.sleep(0.1)
    assert state["state"] == "finished", state
    return job


def learn(url):
    """Two versions of a network, one in production and one on trial; the ids that pages of it have in their addresses."""
    data = ask(url, "POST", "/lares/v1/data", files={"data": ("flowers.csv", flowers())})["id"]
    job = train(url, RECIPE, data)
    train(url, RECIPE | {"seed": 2}, data)
    models = "/lares/v1/registry/models/flowers"
    ask(url, "POST", models + "/promote", json={"version": 1})
    ask(url, "PUT", models + "/aliases/stable", json={"version": 1})
    ask(url, "PUT", models + "/trial", json={"version": 2, "percent": 20})
    return {"job": job, "data": data}
