#ifndef LARES_WORD_VECTORS_H
#define LARES_WORD_VECTORS_H

#include <stddef.h>
#include <stdint.h>

// Training of word vectors (Mikolov et al. 2013; with n-grams Bojanowski et al. 2017). Threads change the rows they share without locks
// (Hogwild, Niu et al. 2011); a part of the text draws its own random numbers, so on one thread a seed gives the same bits.

enum {
    LARES_WORD_DIMENSIONS = 1024,  // most of a row
    LARES_WORD_SENTENCE = 10000,   // longer sentences are cut
    LARES_WORD_OUTPUTS = 128,      // most output rows of a word
    LARES_WORD_INPUTS = 16,        // context words that share a word's outputs in one step
};

/// Drawing by one table look-up (Walker 1977): of a place, itself below `threshold` of 2^32, else `other`.
typedef struct {
    uint32_t threshold, other;
} lares_alias;

/// Lists of rows, one after another: those of word w are rows[starts[w]] ..< rows[starts[w + 1]].
typedef struct {
    const uint32_t *starts, *rows;
} lares_row_lists;

typedef struct {
    size_t stride;   // floats of a row, a multiple of 16
    float *inputs;   // [words + buckets][stride]
    float *outputs;  // [words][stride], or [inner nodes][stride] of the hierarchical softmax
    uint32_t words, window, negatives;  // negatives 0: hierarchical softmax
    int bag;                            // the mean of a window tells its middle (CBOW); else each word of it does (skip-gram)
    const uint32_t *keep;               // [words] a word stays when 32 random bits are at most this
    const lares_alias *draws;           // [words]
    lares_row_lists paths;              // of the tree, from the root
    const uint8_t *branches;            // beside paths.rows: 1 where a path turns to the second child
    lares_row_lists grams;              // starts NULL: words are rows of their own alone
} lares_word_model;

/// Parts of a text to train on: the context of the body `word_vectors`, whose index is the part.
typedef struct {
    const lares_word_model *model;
    const int32_t *tokens;  // words; a negative number ends a sentence
    const size_t *ends;     // part i is ends[i] ..< ends[i + 1]
    uint64_t seed;
    float rate;
    double *losses;    // [parts] sum over some of the predictions
    uint64_t *counts;  // [parts] how many they are
} lares_word_round;

/// One step: `inputs` predict that output o has label labels[o]. Outputs move; what the inputs should move by is written to `errors`.
typedef struct {
    size_t stride, inputs, outputs;
    const float *in[LARES_WORD_INPUTS];
    float *out[LARES_WORD_OUTPUTS];
    float labels[LARES_WORD_OUTPUTS];
    float rate;
    float *errors;  // [inputs][stride]
    double *loss;   // NULL: not asked for
} lares_word_step;

#endif
