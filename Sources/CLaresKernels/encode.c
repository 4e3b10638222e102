// Attention in which every row of a text sees every other, as two products of words: keys are a matrix that multiplies queries, values
// (turned) one that multiplies the weights of the keys.
#include "layout.h"

#include <string.h>

enum { WIDE = 2 * LARES_PANEL };

static size_t up_to(size_t n, size_t step) { return (n + step - 1) / step * step; }
static size_t parts(size_t n) { return (n + LARES_BLOCK - 1) / LARES_BLOCK; }

size_t lares_text_bytes(size_t tokens, size_t head) { return 2 * parts(tokens) * parts(head) * sizeof(lares_words); }

static lares_words *key_panels(const lares_text *text) { return (lares_words *)text->panels; }
static lares_words *value_panels(const lares_text *text) { return key_panels(text) + parts(text->tokens) * parts(text->head); }

/// 32 values as row `r` of a block.
static void pack_row(const lares_kernel_set *set, const float *x, size_t r, lares_words *block) {
    int16_t words[LARES_BLOCK];
    set->to_words(x, LARES_BLOCK, words, &block->steps[r]);
    for (size_t k = 0; k < LARES_BLOCK / 2; k++) memcpy(block->words[k][r], words + 2 * k, 4);
}

/// A block of keys: 32 tokens by 32 values of the head.
static void pack_keys(const lares_text *text, size_t token, size_t column, size_t tokens, size_t width, lares_words *block) {
    float x[LARES_BLOCK] = {0};
    if (tokens < WIDE) memset(block, 0, sizeof *block);
    for (size_t r = 0; r < tokens; r++) {
        memcpy(x, text->keys + (token + r) * text->stride + column, width * sizeof(float));
        pack_row(text->set, x, r, block);
    }
}

/// A block of values: 32 values of the head by 32 tokens.
static void pack_values(const lares_text *text, size_t token, size_t column, size_t tokens, size_t width, lares_words *block) {
    float turned[WIDE][LARES_BLOCK];
    if (tokens < LARES_BLOCK) memset(turned, 0, sizeof turned);
    for (size_t k = 0; k < tokens; k++) {
        const float *value = text->values + (token + k) * text->stride + column;
        for (size_t r = 0; r < width; r++) turned[r][k] = value[r];
    }
    if (width < WIDE) memset(block, 0, sizeof *block);
    for (size_t r = 0; r < width; r++) pack_row(text->set, turned[r], r, block);
}

static void pack(const lares_text *text) {
    const size_t along = parts(text->tokens), across = parts(text->head);
    for (size_t i = 0; i < along; i++)
        for (size_t j = 0; j < across; j++) {
            const size_t token = i * LARES_BLOCK, column = j * LARES_BLOCK, tokens = text->tokens - token, width = text->head - column;
            const size_t rows = tokens < LARES_BLOCK ? tokens : LARES_BLOCK, columns = width < LARES_BLOCK ? width : LARES_BLOCK;
            pack_keys(text, token, column, rows, columns, key_panels(text) + i * across + j);
            pack_values(text, token, column, rows, columns, value_panels(text) + j * along + i);
        }
}

// Rows at a time: their scores stay in the L2 cache.
enum { ROWS = 24, LEAST_ROWS = 6, SCORES = 12288 };

typedef struct {
    int16_t words[LEAST_ROWS * LARES_TEXT];
    float steps[LEAST_ROWS * LARES_TEXT / LARES_BLOCK];
} word_rows;

static lares_activations view(const word_rows *rows, size_t columns) {
    return (lares_activations){.words = rows->words, .steps = rows->steps, .columns = columns};
}

static void multiply(const lares_text *text, const lares_words *panels, size_t outputs, const lares_activations *x, size_t rows, float *out, size_t stride) {
    const size_t step = x->columns / LARES_BLOCK;
    for (size_t first = 0; first < outputs; first += WIDE, panels += step) {
        const size_t left = outputs - first;
        const lares_output to = {out + first, stride, NULL, 0, (int)(left < WIDE ? left : WIDE)};
        text->set->matmul[LARES_W14]((const uint8_t *)panels, x, rows, &to);
    }
}

/// One row's values as words, each counting `by` times as much.
static void put_row(const lares_kernel_set *set, const float *x, size_t columns, float by, size_t row, word_rows *out) {
    float *steps = out->steps + row * (columns / LARES_BLOCK);
    set->to_words(x, columns, out->words + row * columns, steps);
    for (size_t b = 0; b < columns / LARES_BLOCK; b++) steps[b] *= by;
}

static void attend_rows(const lares_text *text, size_t first, size_t count) {
    const size_t head = up_to(text->head, LARES_BLOCK), keys = up_to(text->tokens, LARES_BLOCK);
    word_rows x;
    float scores[LEAST_ROWS * LARES_TEXT];
    for (size_t r = 0; r < count; r++) {
        float query[LARES_HEAD] = {0};
        memcpy(query, text->queries + (first + r) * text->stride, text->head * sizeof(float));
        put_row(text->set, query, head, text->scale, r, &x);
    }
    const lares_activations queries = view(&x, head);
    multiply(text, key_panels(text), keys, &queries, count, scores, keys);
    for (size_t r = 0; r < count; r++) {
        float *s = scores + r * keys;
        const float sum = text->set->exp_sum(s, text->set->maximum(s, text->tokens), text->tokens, 1);
        memset(s + text->tokens, 0, (keys - text->tokens) * sizeof(float));
        put_row(text->set, s, keys, 1 / sum, r, &x);
    }
    const lares_activations weights = view(&x, keys);
    multiply(text, value_panels(text), text->head, &weights, count, text->out + first * text->out_stride, text->out_stride);
}

void lares_attend_text(const lares_text *text) {
    const size_t fitting = SCORES / up_to(text->tokens, LARES_BLOCK);
    const size_t rows = fitting > ROWS ? ROWS : fitting < LEAST_ROWS ? LEAST_ROWS : fitting;
    pack(text);
    for (size_t first = 0; first < text->tokens; first += rows)
        attend_rows(text, first, text->tokens - first < rows ? text->tokens - first : rows);
}
