"""llama.cpp as a child process that measures what it is told to: one JSON command a line in, one JSON answer a line out.

The loops are those of llama-bench: random ids, one warm-up, no tokenisation and no sampling; each reading starts with an empty context.
"""

import ctypes
import random
import sys
import time

import llama_cpp

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


def main():
    llama_cpp.llama_log_set(quiet, ctypes.c_void_p(0))
    llama_cpp.llama_backend_init()
    child.serve(Peer(), llama_cpp.__version__)


if __name__ == "__main__":
    main()
