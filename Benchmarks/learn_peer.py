"""The models of Sources/learn in PyTorch, eager, on two threads: one line of JSON for each, as `learn` prints them."""

import json
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.set_num_threads(2)
torch.manual_seed(0)


class SequenceToSequence(nn.Module):
    def __init__(self, tokens, hidden):
        super().__init__()
        self.source, self.target = nn.Embedding(tokens, hidden), nn.Embedding(tokens, hidden)
        self.encoder, self.decoder = nn.LSTM(hidden, hidden), nn.LSTM(hidden, hidden)
        self.output = nn.Linear(2 * hidden, tokens)

    def forward(self, read, written):
        memory, state = self.encoder(self.source(read))
        query, keys = self.decoder(self.target(written), state)[0].transpose(0, 1), memory.transpose(0, 1)
        context = F.scaled_dot_product_attention(*(x.unsqueeze(1) for x in (query, keys, keys))).squeeze(1)
        return self.output(torch.cat([query, context], -1))


class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.first, self.second = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        batch, length, width = x.shape
        q, k, v = (y.view(batch, length, 8, width // 8).transpose(1, 2) for y in self.qkv(self.first(x)).split(width, 2))
        seen = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).reshape(batch, length, width)
        x = x + self.out(seen)
        return x + self.down(F.gelu(self.up(self.second(x)), approximate="tanh"))


class SmallGPT(nn.Module):
    def __init__(self, tokens, width, layers, length):
        super().__init__()
        self.tokens, self.places = nn.Embedding(tokens, width), nn.Embedding(length, width)
        self.blocks = nn.Sequential(*(Block(width) for _ in range(layers)))
        self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, tokens, bias=False)

    def forward(self, text):
        return self.head(self.norm(self.blocks(self.tokens(text) + self.places.weight)))


def runs(step, seconds=1.5):
    for _ in range(5):
        step()
    for _ in range(5):
        begin, steps = time.perf_counter(), 0
        while time.perf_counter() - begin < seconds:
            step()
            steps += 1
        yield steps / (time.perf_counter() - begin)


def measure(name, model, labels, *inputs):
    optimizer = torch.optim.Adam(model.parameters())

    def step():
        optimizer.zero_grad()
        logits = model(*inputs)
        F.cross_entropy(logits.reshape(-1, logits.shape[-1]), labels.reshape(-1)).backward()
        optimizer.step()

    print(json.dumps({"name": name, "runs": list(runs(step))}))


def matmul(side=1024):
    a, b = torch.randn(side, side), torch.randn(side, side)
    for i in range(20):
        begin = time.perf_counter()
        torch.mm(a, b)
        if i >= 5:
            yield 2 * side**3 / 1e9 / (time.perf_counter() - begin)


def drawn(shape, limit):
    return torch.randint(0, limit, shape)


print(json.dumps({"name": "matmul1024", "runs": list(matmul())}))
labels = drawn((64,), 10)
measure("mlp", nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10)), labels, torch.rand(64, 784))
measure("seq2seq", SequenceToSequence(64, 256), drawn((64, 32), 64), drawn((32, 64), 64), drawn((32, 64), 64))
measure("transformer", SmallGPT(256, 256, 6, 128), drawn((16, 128), 256), drawn((16, 128), 256))
digits = nn.Sequential(
    nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
    nn.Linear(1024, 128), nn.ReLU(), nn.Linear(128, 10))
measure("cnn", digits, labels, torch.rand(64, 1, 8, 8))
