"""Texts to embed: the sentences of scripts/golden/prompts.py run on and are cut at a drawn number of tokens; always the same ones."""

import pathlib
import random
import sys

import tokenizers

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "scripts/golden"))
import prompts

SEED = 20261124
SENTENCE = "In winter the kitchen light follows the early sun."  # 12 tokens, CLS, SEP and the full stop counted


class Texts:
    def __init__(self, model):
        self.tokenizer = tokenizers.Tokenizer.from_file(str(model / "tokenizer.json"))
        self.tokenizer.no_truncation()
        self.tokenizer.no_padding()
        self.random = random.Random(SEED)

    def length(self, text):
        return len(self.tokenizer.encode(text).ids)

    def drawn(self, count, low, high):
        """`count` texts, each of a length drawn from `low` to `high` tokens."""
        return [self.text(self.random.randint(low, high)) for _ in range(count)]

    def text(self, most):
        """The longest beginning of some sentences, in whole words, with at most so many tokens."""
        words = " ".join(self.random.sample(prompts.SENTENCES, min(len(prompts.SENTENCES), 1 + most // 8))).split()
        count = next((n for n in range(1, len(words) + 1) if self.length(" ".join(words[:n])) > most), len(words) + 1)
        return " ".join(words[: count - 1])
