"""gensim on two threads beside `lares words train`: skip-gram with its defaults, read by its fastest way (corpus_file).

    python Benchmarks/words_peer.py CORPUS EPOCHS SEED [OUTPUT]

Prints a line of JSON: words of the vocabulary trained on a second. The count of the vocabulary is not timed.
"""

import json
import sys
import time

from gensim.models import Word2Vec

corpus, epochs, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
model = Word2Vec(vector_size=100, window=5, min_count=5, sg=1, negative=5, sample=1e-3, alpha=0.025, min_alpha=0.0001, workers=2, seed=seed)
model.build_vocab(corpus_file=corpus)
words = int(sum(model.wv.get_vecattr(word, "count") for word in model.wv.index_to_key))
begin = time.perf_counter()
model.train(corpus_file=corpus, total_words=model.corpus_total_words, total_examples=model.corpus_count, epochs=epochs)
seconds = time.perf_counter() - begin
if len(sys.argv) > 4:
    model.wv.save_word2vec_format(sys.argv[4], binary=True)
print(json.dumps({"words_per_second": words * epochs / seconds, "words": words, "vocabulary": len(model.wv)}))
