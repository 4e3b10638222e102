"""ONNX Runtime as a child process that embeds what it is told to, two threads, tokenisation by `tokenizers` counted.

It gets the best that is known: the fused graph, texts sorted by length so that a batch has little padding, arrays made beforehand by numpy.
"""

import os

os.environ["RAYON_NUM_THREADS"] = "2"

import pathlib
import statistics
import time

import numpy as np
import onnxruntime
import tokenizers

import child
import onnx_model

THREADS = 2


class Peer:
    def load(self, path):
        start = time.perf_counter()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = THREADS, 1
        options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        options.log_severity_level = 3
        self.session = onnxruntime.InferenceSession(onnx_model.build(path), options, providers=["CPUExecutionProvider"])
        self.tokenizer = tokenizers.Tokenizer.from_file(str(pathlib.Path(path) / "tokenizer.json"))
        self.tokenizer.no_truncation()
        self.tokenizer.no_padding()
        self.batch = 32
        return {"seconds": time.perf_counter() - start}

    def vectors(self, rows):
        """One vector for each row of token ids, in their order."""
        order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
        result = np.empty((len(rows), 384), np.float32)
        for first in range(0, len(order), self.batch):
            places = order[first : first + self.batch]
            longest = len(rows[places[-1]])
            ids, mask = np.zeros((len(places), longest), np.int32), np.zeros((len(places), longest), np.int32)
            for i, place in enumerate(places):
                length = len(rows[place])
                ids[i, :length], mask[i, :length] = rows[place], 1
            result[places] = self.session.run(None, {"ids": ids, "mask": mask})[0]
        return result

    def tokens(self, texts):
        # A single text spares itself the way through the tokenizer's threads.
        if len(texts) == 1:
            return [self.tokenizer.encode(texts[0]).ids]
        return [e.ids for e in self.tokenizer.encode_batch_fast(texts)]

    def embed(self, texts, times=1, batch=32):
        """Median seconds from texts to vectors."""
        self.batch = batch
        seconds = []
        for _ in range(times):
            start = time.perf_counter()
            self.vectors(self.tokens(texts))
            seconds.append(time.perf_counter() - start)
        return {"seconds": statistics.median(seconds)}

    def answer(self, texts):
        return {"vectors": self.vectors(self.tokens(texts)).tolist()}


if __name__ == "__main__":
    child.serve(Peer(), onnxruntime.__version__)
