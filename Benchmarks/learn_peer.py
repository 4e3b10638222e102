"""The models of Sources/learn in PyTorch, eager, on two threads, as a child process that measures what it is told to."""

import time

import torch
import torch.nn as nn
import torch.nn.functional as F

import child

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


def training(model, labels, *inputs):
    optimizer = torch.optim.Adam(model.parameters())

    def step():
        optimizer.zero_grad()
        logits = model(*inputs)
        F.cross_entropy(logits.reshape(-1, logits.shape[-1]), labels.reshape(-1)).backward()
        optimizer.step()

    return step


def drawn(shape, limit):
    return torch.randint(0, limit, shape)


def mlp():
    return training(nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10)), drawn((64,), 10), torch.rand(64, 784))


def seq2seq():
    return training(SequenceToSequence(64, 256), drawn((64, 32), 64), drawn((32, 64), 64), drawn((32, 64), 64))


def transformer():
    return training(SmallGPT(256, 256, 6, 128), drawn((16, 128), 256), drawn((16, 128), 256))


def cnn():
    digits = nn.Sequential(
        nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(1024, 128), nn.ReLU(), nn.Linear(128, 10))
    return training(digits, drawn((64,), 10), torch.rand(64, 1, 8, 8))


def matmul1024():
    a, b = torch.randn(1024, 1024), torch.randn(1024, 1024)
    return lambda: torch.mm(a, b)


UNITS = {"matmul1024": 2 * 1024**3 / 1e9}  # what a step counts; 1 for steps


class Peer:
    def __init__(self):
        self.steps = {}

    def measure(self, name, seconds):
        """Steps a second."""
        step = self.steps.get(name)
        if step is None:
            step = self.steps[name] = {"mlp": mlp, "seq2seq": seq2seq, "transformer": transformer, "cnn": cnn, "matmul1024": matmul1024}[name]()
        for _ in range(3):
            step()
        begin, count = time.perf_counter(), 0
        while time.perf_counter() - begin < seconds:
            step()
            count += 1
        return {"rate": count * UNITS.get(name, 1) / (time.perf_counter() - begin)}


if __name__ == "__main__":
    child.serve(Peer(), torch.__version__)
