"""llama.cpp as a child process that measures what it is told to: one JSON command a line in, one JSON answer a line out.

The loops are those of llama-bench: random ids, one warm-up, no tokenisation and no sampling; each reading starts with an empty context. Only `answer`
writes text, and samples as llama.cpp's server does.
"""

import ctypes
import random
import sys
import time

import llama_cpp
import numpy
from llama_cpp import llama_grammar

import child

THREADS = 2
ERRORS_ONLY = 4


@ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)
def quiet(level, text, user):
    if level >= ERRORS_ONLY:
        sys.stderr.write(text.decode(errors="replace"))


class Peer:
    def load(self, path, context, sequences=1):
        start = time.perf_counter()
        params = llama_cpp.llama_model_default_params()
        self.model = llama_cpp.llama_model_load_from_file(path.encode(), params)
        if not self.model:
            raise SystemExit(f"llama.cpp does not load {path}")
        options = llama_cpp.llama_context_default_params()
        options.n_ctx, options.n_batch, options.n_ubatch = context, 2048, 512
        options.n_threads = options.n_threads_batch = THREADS
        options.n_seq_max, options.kv_unified = sequences, False
        self.sequences = sequences
        self.context = llama_cpp.llama_init_from_model(self.model, options)
        self.size = llama_cpp.llama_vocab_n_tokens(llama_cpp.llama_model_get_vocab(self.model))
        return {"seconds": time.perf_counter() - start}

    def clear(self):
        llama_cpp.llama_memory_clear(llama_cpp.llama_get_memory(self.context), True)

    def decode(self, ids):
        array = (llama_cpp.llama_token * len(ids))(*ids)
        if llama_cpp.llama_decode(self.context, llama_cpp.llama_batch_get_one(array, len(ids))) != 0:
            raise SystemExit("llama_decode failed")
        llama_cpp.llama_synchronize(self.context)

    def ids(self, count):
        return [random.randrange(self.size) for _ in range(count)]

    def prompt(self, count):
        ids = self.ids(count)
        self.clear()
        start = time.perf_counter()
        self.decode(ids)
        return {"seconds": time.perf_counter() - start}

    def generate(self, count):
        ids = self.ids(count)
        self.clear()
        start = time.perf_counter()
        for token in ids:
            self.decode([token])
        return {"seconds": time.perf_counter() - start}

    def generate_side_by_side(self, count):
        """`count` steps, each with one token of every sequence and logits for all of them."""
        ids = self.ids(count)
        self.clear()
        batch = llama_cpp.llama_batch_init(self.sequences, 0, 1)
        start = time.perf_counter()
        for position, token in enumerate(ids):
            batch.n_tokens = self.sequences
            for sequence in range(self.sequences):
                batch.token[sequence], batch.pos[sequence], batch.logits[sequence] = token, position, 1
                batch.n_seq_id[sequence], batch.seq_id[sequence][0] = 1, sequence
            if llama_cpp.llama_decode(self.context, batch) != 0:
                raise SystemExit("llama_decode failed")
            llama_cpp.llama_synchronize(self.context)
        seconds = time.perf_counter() - start
        llama_cpp.llama_batch_free(batch)
        return {"seconds": seconds}

    def continued(self, prefix, suffix):
        """A prompt of both parts, and then another one that begins with the same prefix and ends in other tokens."""
        shared = self.ids(prefix)
        self.clear()
        start = time.perf_counter()
        self.decode(shared + self.ids(suffix))
        first = time.perf_counter() - start
        other = self.ids(suffix)
        start = time.perf_counter()
        llama_cpp.llama_memory_seq_rm(llama_cpp.llama_get_memory(self.context), 0, prefix, -1)
        self.decode(other)
        return {"first": first, "second": time.perf_counter() - start}

    def set_form(self, schema):
        """The JSON Schema that bound answers have."""
        self.gbnf = llama_grammar.json_schema_to_gbnf(schema).encode()
        return {}

    def answer(self, prompt, count, is_bound, seed):
        """Seconds from the first of `count` tokens to the last, each drawn from all (end tokens are read like others)."""
        vocabulary = llama_cpp.llama_model_get_vocab(self.model)
        grammar = llama_cpp.llama_sampler_init_grammar(vocabulary, self.gbnf, b"root") if is_bound else None
        sampler = Sampler(self.context, self.size, llama_cpp.llama_sampler_init_dist(seed), grammar)
        self.clear()
        self.decode(self.tokens(vocabulary, prompt.encode()))
        token = sampler.next()
        start = time.perf_counter()
        for _ in range(count - 1):
            self.decode([token])
            token = sampler.next()
        seconds = time.perf_counter() - start
        sampler.free()
        return {"seconds": seconds}

    def tokens(self, vocabulary, text):
        array = (llama_cpp.llama_token * len(text))()
        count = llama_cpp.llama_tokenize(vocabulary, text, len(text), array, len(text), True, False)
        return array[:count]


class Sampler:
    """A draw that the grammar is asked about afterwards; only a token that it refuses makes it look at all of them, for another draw."""

    def __init__(self, context, size, draw, grammar):
        self.context, self.size, self.draw, self.grammar = context, size, draw, grammar
        self.all = numpy.zeros(size, dtype=[("id", numpy.int32), ("logit", numpy.float32), ("p", numpy.float32)])
        self.one = numpy.zeros(1, dtype=self.all.dtype)

    def next(self):
        token = self.drawn(self.fresh())
        if self.grammar:
            self.one[0] = (token, 1, 0)
            llama_cpp.llama_sampler_apply(self.grammar, ctypes.byref(candidates(self.one)))
            if self.one["logit"][0] == -numpy.inf:
                array = self.fresh()
                llama_cpp.llama_sampler_apply(self.grammar, ctypes.byref(array))
                token = self.drawn(array)
            llama_cpp.llama_sampler_accept(self.grammar, token)
        return token

    def fresh(self):
        """All tokens with the logits of the last one read."""
        self.all["id"] = numpy.arange(self.size)
        self.all["logit"] = numpy.ctypeslib.as_array(llama_cpp.llama_get_logits_ith(self.context, -1), (self.size,))
        return candidates(self.all)

    def drawn(self, array):
        llama_cpp.llama_sampler_apply(self.draw, ctypes.byref(array))
        return array.data[array.selected].id

    def free(self):
        for sampler in filter(None, (self.draw, self.grammar)):
            llama_cpp.llama_sampler_free(sampler)


def candidates(tokens):
    return llama_cpp.llama_token_data_array(tokens.ctypes.data_as(llama_cpp.llama_token_data_p), len(tokens), -1, False)


def main():
    llama_cpp.llama_log_set(quiet, ctypes.c_void_p(0))
    llama_cpp.llama_backend_init()
    child.serve(Peer(), llama_cpp.__version__)


if __name__ == "__main__":
    main()
