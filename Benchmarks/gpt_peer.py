"""nanoGPT's recipe for a processor in PyTorch (its README: 4 layers, 4 heads, width 128, context 64, batch 12, 2,000 steps), character by character.

    python gpt_peer.py text.txt [steps]

Prints one line of JSON: the loss on the last tenth of the text, which it hasn't seen, and the seconds it took.
"""

import json
import math
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

CONTEXT, BATCH, WIDTH, HEADS, LAYERS = 64, 12, 128, 4, 4
PEAK, LOWEST, WARM_UP = 1e-3, 1e-4, 100


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = (nn.LayerNorm(WIDTH, bias=False) for _ in range(2))
        self.qkv, self.out = nn.Linear(WIDTH, 3 * WIDTH, bias=False), nn.Linear(WIDTH, WIDTH, bias=False)
        self.up, self.down = nn.Linear(WIDTH, 4 * WIDTH, bias=False), nn.Linear(4 * WIDTH, WIDTH, bias=False)

    def forward(self, x):
        batch, time, width = x.shape
        q, k, v = (y.view(batch, time, HEADS, width // HEADS).transpose(1, 2) for y in self.qkv(self.first(x)).split(width, 2))
        seen = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).reshape(batch, time, width)
        x = x + self.out(seen)
        return x + self.down(F.gelu(self.up(self.second(x))))


class GPT(nn.Module):
    def __init__(self, symbols):
        super().__init__()
        self.symbols, self.places = nn.Embedding(symbols, WIDTH), nn.Embedding(CONTEXT, WIDTH)
        self.blocks, self.norm = nn.Sequential(*(Block() for _ in range(LAYERS))), nn.LayerNorm(WIDTH, bias=False)
        for name, parameter in self.named_parameters():
            if parameter.dim() == 2:
                deep = name.endswith(("out.weight", "down.weight"))
                nn.init.normal_(parameter, std=0.02 / math.sqrt(2 * LAYERS) if deep else 0.02)

    def forward(self, text):
        x = self.symbols(text) + self.places(torch.arange(text.shape[1]))
        return self.norm(self.blocks(x)) @ self.symbols.weight.T


def rate(step, steps):
    if step < WARM_UP:
        return PEAK * (step + 1) / WARM_UP
    part = min(1, (step - WARM_UP) / max(1, steps - WARM_UP))
    return LOWEST + (PEAK - LOWEST) * (1 + math.cos(math.pi * part)) / 2


def main():
    text, steps = open(sys.argv[1], encoding="utf-8").read(), int(sys.argv[2]) if len(sys.argv) > 2 else 2000
    torch.set_num_threads(2)
    torch.manual_seed(1)
    symbols = sorted(set(text))
    numbers = torch.tensor([symbols.index(c) for c in text])
    cut = len(numbers) * 9 // 10

    def batch(part):
        places = torch.randint(len(part) - CONTEXT, (BATCH,))
        return torch.stack([part[p : p + CONTEXT] for p in places]), torch.stack([part[p + 1 : p + 1 + CONTEXT] for p in places])

    def loss(model, part):
        inputs, labels = batch(part)
        return F.cross_entropy(model(inputs).flatten(0, 1), labels.flatten())

    model = GPT(len(symbols))
    decayed = [p for p in model.parameters() if p.dim() >= 2]
    rest = [p for p in model.parameters() if p.dim() < 2]
    optimizer = torch.optim.AdamW([{"params": decayed, "weight_decay": 0.1}, {"params": rest, "weight_decay": 0}], betas=(0.9, 0.99))
    begin = time.monotonic()
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = rate(step, steps)
        optimizer.zero_grad(set_to_none=True)
        loss(model, numbers[:cut]).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1)
        optimizer.step()
    seconds = time.monotonic() - begin
    with torch.no_grad():
        unseen = sum(loss(model, numbers[cut:]).item() for _ in range(200)) / 200
    print(json.dumps({"loss": unseen, "seconds": seconds, "parameters": sum(p.numel() for p in model.parameters())}))


if __name__ == "__main__":
    main()
