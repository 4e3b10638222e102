"""llama.cpp by its low-level calls: token ids in, logits out. No sampling and no templates of its own."""

import ctypes

import llama_cpp
import numpy as np

THREADS = 2


@ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)
def _quiet(level, text, user):
    if level >= 4:  # errors only
        print(text.decode(errors="replace"), end="")


def version():
    return {
        "llama_cpp_python": llama_cpp.__version__,
        "system": llama_cpp.llama_print_system_info().decode().strip(),
        "threads": THREADS,
        "kv": "f16",
        "flash_attention": "auto",
    }


class Reference:
    """One model and one context, cleared between prompts."""

    def __init__(self, path, context=2048, exact=False, flash=None, sequences=1):
        """`exact`: F32 keys and values and no flash attention, for an F32 file. `sequences`: how many may run side by side."""
        llama_cpp.llama_log_set(_quiet, ctypes.c_void_p(0))
        llama_cpp.llama_backend_init()
        self.model = llama_cpp.llama_model_load_from_file(str(path).encode(), llama_cpp.llama_model_default_params())
        if not self.model:
            raise SystemExit(f"llama.cpp does not load {path}")
        self.vocab = llama_cpp.llama_model_get_vocab(self.model)
        self.size = llama_cpp.llama_vocab_n_tokens(self.vocab)
        params = llama_cpp.llama_context_default_params()
        params.n_ctx = context
        params.n_batch = context
        params.n_ubatch = 512
        params.n_threads = params.n_threads_batch = THREADS
        if sequences > 1:
            params.n_seq_max = sequences
        if exact:
            params.type_k = params.type_v = 0
        if exact or flash is False:
            params.flash_attn_type = llama_cpp.LLAMA_FLASH_ATTN_TYPE_DISABLED
        self.context = llama_cpp.llama_init_from_model(self.model, params)
        self.limit = context

    def __del__(self):
        llama_cpp.llama_free(self.context)
        llama_cpp.llama_model_free(self.model)

    def tokenize(self, text, special=True):
        data = text.encode()
        room = len(data) + 16
        ids = (llama_cpp.llama_token * room)()
        count = llama_cpp.llama_tokenize(self.vocab, data, len(data), ids, room, True, special)
        return list(ids[:count])

    def is_end(self, token):
        return bool(llama_cpp.llama_vocab_is_eog(self.vocab, token))

    def clear(self):
        llama_cpp.llama_memory_clear(llama_cpp.llama_get_memory(self.context), True)
        self.used = 0

    def decode(self, ids, every_position=False):
        """Appends ids to the sequence; returns logits [positions asked for, vocabulary]."""
        assert self.used + len(ids) <= self.limit, "prompt longer than the context"
        batch = llama_cpp.llama_batch_init(len(ids), 0, 1)
        for i, token in enumerate(ids):
            batch.token[i] = token
            batch.pos[i] = self.used + i
            batch.n_seq_id[i] = 1
            batch.seq_id[i][0] = 0
            batch.logits[i] = every_position or i == len(ids) - 1
        batch.n_tokens = len(ids)
        if llama_cpp.llama_decode(self.context, batch) != 0:
            raise SystemExit("llama_decode failed")
        llama_cpp.llama_batch_free(batch)
        self.used += len(ids)
        positions = range(len(ids)) if every_position else [len(ids) - 1]
        rows = [
            np.ctypeslib.as_array(llama_cpp.llama_get_logits_ith(self.context, i), (self.size,)).copy()
            for i in positions
        ]
        return np.stack(rows)

    def decode_many(self, pieces):
        """`pieces`: (sequence, first position, ids). Returns the logits after the last id of each."""
        batch = llama_cpp.llama_batch_init(sum(len(ids) for _, _, ids in pieces), 0, 1)
        count, wanted = 0, []
        for sequence, start, ids in pieces:
            for i, token in enumerate(ids):
                batch.token[count], batch.pos[count], batch.n_seq_id[count] = token, start + i, 1
                batch.seq_id[count][0] = sequence
                batch.logits[count] = i == len(ids) - 1
                count += 1
            wanted.append(count - 1)
        batch.n_tokens = count
        if llama_cpp.llama_decode(self.context, batch) != 0:
            raise SystemExit("llama_decode failed")
        llama_cpp.llama_batch_free(batch)
        return [np.ctypeslib.as_array(llama_cpp.llama_get_logits_ith(self.context, i), (self.size,)).copy() for i in wanted]


def log_softmax(logits):
    logits = logits.astype(np.float64)
    top = logits.max()
    return logits - top - np.log(np.exp(logits - top).sum())
