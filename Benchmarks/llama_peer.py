"""llama.cpp as a child process that measures what it is told to: one JSON command a line in, one JSON answer a line out.

The loops are those of llama-bench: random ids, one warm-up, no tokenisation and no sampling; each reading starts with an empty context.
"""

import ctypes
import json
import random
import sys
import time

import llama_cpp

THREADS = 2
ERRORS_ONLY = 4


@ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)
def quiet(level, text, user):
    if level >= ERRORS_ONLY:
        sys.stderr.write(text.decode(errors="replace"))


class Peer:
    def load(self, path, context):
        start = time.perf_counter()
        params = llama_cpp.llama_model_default_params()
        self.model = llama_cpp.llama_model_load_from_file(path.encode(), params)
        if not self.model:
            raise SystemExit(f"llama.cpp does not load {path}")
        options = llama_cpp.llama_context_default_params()
        options.n_ctx, options.n_batch, options.n_ubatch = context, 2048, 512
        options.n_threads = options.n_threads_batch = THREADS
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


def main():
    llama_cpp.llama_log_set(quiet, ctypes.c_void_p(0))
    llama_cpp.llama_backend_init()
    peer = Peer()
    print(json.dumps({"version": llama_cpp.__version__}), flush=True)
    for line in sys.stdin:
        command = json.loads(line)
        answer = getattr(peer, command.pop("do"))(**command)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
