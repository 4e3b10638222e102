#ifndef LARES_KERNELS_H
#define LARES_KERNELS_H

#include <stddef.h>
#include <stdint.h>

// Plain C under LaresTensor. Nothing here allocates or checks lengths: Swift does both before it calls in.
// Layouts are described in README.md; every instruction set reads the same ones.

enum { LARES_PANEL = 16, LARES_BLOCK = 32, LARES_CHUNK = 256, LARES_ROWS = 48, LARES_HEAD = 256, LARES_TEXT = 8192 };

/// How 16 rows by 32 columns of weights lie in memory once repacked.
typedef enum {
    LARES_Q4 = 0,   // 4 bits, offset 8            (Q4_0)
    LARES_Q4M = 1,  // 4 bits, stored minimum      (Q4_1, Q4_K)
    LARES_Q5 = 2,   // 5 bits, offset 16           (Q5_0)
    LARES_Q5M = 3,  // 5 bits, stored minimum      (Q5_1, Q5_K)
    LARES_Q8 = 4,   // 8 bits, offset 128          (Q8_0)
    LARES_Q2S = 5,  // 2 bits, scales and minimums per 16 columns (Q2_K)
    LARES_Q3S = 6,  // 3 bits, scales per 16 columns, offset 4    (Q3_K)
    LARES_Q6S = 7,  // 6 bits, scales per 16 columns, offset 32   (Q6_K)
    LARES_F32 = 8,
    LARES_F16 = 9,
    LARES_BF16 = 10,
    LARES_Q8_UPPER = 11,  // an estimate from a LARES_Q8 panel's upper halves; never packed
    LARES_W14 = 12,       // words of 14 bits, 32 rows a panel; what encoders turn floats into
    LARES_LAYOUTS = 13
} lares_layout;

/// Rows of activations: bytes for the quantised layouts, words for LARES_W14, `plain` for the float ones.
typedef struct {
    const int8_t *q;      // [rows][columns]
    const float *d;       // [rows][columns / 32], scale
    const float *s;       // [rows][columns / 32], scale times the sum of the block's q
    const int16_t *sums;  // [rows][columns / 32][2], sums of q over each half block
    const float *plain;   // [rows][columns]
    size_t columns;
    const int16_t *words; // [rows][columns]
    const float *steps;   // [rows][columns / 32], what one of `words` counts
} lares_activations;

/// Where the outputs of a panel go, for every activation row.
typedef struct {
    float *out;         // first of the outputs of row 0
    size_t stride;      // floats from one row to the next
    const float *bias;  // of these outputs (`valid` are read) or NULL
    int adding;         // out += result
    int valid;          // outputs to write, 1...rows of a panel
} lares_output;

typedef void (*lares_matmul)(const uint8_t *panel, const lares_activations *x, size_t rows, const lares_output *out);

/// Where one row of quantised activations is written.
typedef struct {
    int8_t *q;
    float *d;
    float *s;         // exact
    float *rounded;   // scale times sum, rounded to f16 as Q8_1 stores it
    int16_t *sums;
} lares_quantised;

typedef enum { LARES_SILU = 0, LARES_GELU_TANH = 1, LARES_GELU_ERF = 2 } lares_activation;

/// Queries of one key/value head against a range of keys. Rows are (query, head) pairs.
typedef struct {
    size_t rows;               // 1...LARES_ROWS
    size_t head;               // head dimension, a multiple of 16, at most LARES_HEAD
    const float *const *q;     // [rows] pointers to `head` floats
    const int32_t *first;      // [rows] first key a row sees
    const int32_t *last;       // [rows] last key a row sees
    const uint16_t *keys;      // f16 pages of this head: [head][16]
    const uint16_t *values;    // f16 pages of this head: [16][head]
    size_t page_stride;        // elements from one page to the next
    const uint32_t *pages;     // page table
    int32_t from, to;          // keys from..<to; `from` is a multiple of LARES_CHUNK
    float scale;
    float *const *out;         // [rows] pointers to `head` floats
    float *maximum, *sum;      // [rows] state of an unfinished softmax; NULL: the rows are finished here
} lares_attend;

typedef struct {
    const char *name;
    lares_matmul matmul[LARES_LAYOUTS];
    void (*quantise)(const float *x, size_t columns, const lares_quantised *out);
    void (*to_words)(const float *x, size_t columns, int16_t *words, float *steps);
    void (*rms_norm)(const float *x, const float *weight, float epsilon, size_t n, float *out);
    void (*layer_norm)(const float *x, const float *add, const float *weight, const float *bias, float epsilon, size_t n, float *out);
    void (*add)(float *x, const float *y, size_t n);
    void (*gate)(lares_activation kind, float *gate, const float *up, size_t n);  // gate = act(gate) * up; up NULL: act(gate)
    void (*rotate)(float *x, const float *cosines, const float *sines, size_t pairs, int interleaved);
    void (*to_half)(const float *x, uint16_t *out, size_t n);
    void (*round_half)(float *x, size_t n);
    void (*attend)(const lares_attend *job);
    void (*merge)(float *into, float *maximum, float *sum, const float *part, float part_maximum, float part_sum, size_t n);
    void (*scale)(float *x, float by, size_t n);
    float (*maximum)(const float *x, size_t n);
    float (*exp_sum)(float *x, float minus, size_t n, int store);  // sum of exp(x - minus); stores the terms when asked
    const struct lares_learn_set *learn;  // lares_learn.h
} lares_kernel_set;

/// The fastest set this processor runs; chosen once.
const lares_kernel_set *lares_kernels(void);
/// The set with this name ("portable", "avx2", "avx512", "neon"), or NULL where it can't run.
const lares_kernel_set *lares_kernels_named(const char *name);

/// Rows of a panel: 16, or 32 for LARES_W14.
size_t lares_panel_rows(lares_layout layout);
/// Bytes of one block (a panel's rows by 32 columns) of a layout.
size_t lares_block_bytes(lares_layout layout);

/// Packs 16 rows by 32 columns as block `b` of a panel of so many: `u` unsigned quants [16][32], the rest as the layout needs (f16 bits;
/// sub-scales are [16][2]).
void lares_pack_block(
    lares_layout layout, const uint8_t *u, const uint16_t *d, const uint16_t *m, const int8_t *sub, size_t b, size_t blocks, uint8_t *panel);
/// Packs one panel of a GGUF matrix; `rows` of its rows are present, the others become zero. `type` is the ggml type id, `layout` what
/// such weights are packed as; only floats (f32, f16, bf16) may become LARES_W14.
void lares_pack_panel(
    lares_layout layout, uint32_t type, const uint8_t *source, size_t row_bytes, size_t rows, size_t columns, uint8_t *out);
/// Decodes row `r` of a packed panel.
void lares_unpack_row(lares_layout layout, const uint8_t *panel, size_t columns, size_t r, float *out);

/// One matrix of a fork-join over panels.
typedef struct {
    const uint8_t *weights;
    size_t panel_bytes, panels;
    size_t width;    // outputs of a panel
    size_t outputs;  // rows of the matrix; the last panel may be filled up
    lares_matmul kernel;
    lares_activations input;
    lares_output output;  // of the first panel; `valid` is not read
} lares_product;

typedef struct {
    const lares_product *products;
    size_t rows;  // activation rows
} lares_products;
/// Body of a fork-join over the panels of all `products`, one after another; the context is a lares_products.
void lares_product_panel(void *products, size_t panel);

/// Some panels of one matrix.
typedef struct {
    lares_product product;
    size_t rows;
    const uint32_t *panels;
} lares_some_panels;
/// Body of a fork-join over `panels`; the context is a lares_some_panels.
void lares_product_some(void *some, size_t index);

/// All panels of one matrix, and each one's largest output.
typedef struct {
    lares_product product;
    size_t rows;
    float *tops;  // [rows][panels]
} lares_panel_tops;
/// Body of a fork-join over the panels; the context is a lares_panel_tops.
void lares_product_top(void *tops, size_t panel);
/// An upper bound of the root mean square error of LARES_Q8_UPPER, over the rows of a LARES_Q8 panel, for activations of norm 1.
float lares_upper_error(const uint8_t *panel, size_t columns);
/// The mean of the lower halves of a LARES_Q8 panel: 7.5 where they are even, as the error supposes.
float lares_lower_mean(const uint8_t *panel, size_t columns);

/// out[rows][32 wide] = act(gate) * up, quantised as one block of every row. The outputs of gate and up are read only, to be added before act.
typedef struct {
    const lares_kernel_set *set;
    lares_product gate;  // kernel NULL: no gate, act(up)
    lares_product up;
    lares_activation activation;
    size_t rows;
    int8_t *q;  // quantised destination arrays, whole matrix; NULL: none
    float *d, *s, *rounded;
    int16_t *sums;
    int16_t *words;  // words, whole matrix; NULL: none
    float *steps;
    float *plain;  // plain destination, whole matrix; NULL: none
    size_t columns;
} lares_feed_forward;
/// Body of a fork-join over the blocks of 32 outputs; the context is a lares_feed_forward.
void lares_feed_forward_block(void *job, size_t block);

/// Consecutive queries of one sequence, for the heads that share a key/value head. What isn't here is as in lares_attend.
typedef struct {
    const lares_kernel_set *set;
    const float *queries;  // first head of the first query
    size_t query_stride;
    float *out;  // heads side by side, as the queries
    size_t out_stride;
    size_t count, heads;  // count * heads <= LARES_ROWS
    int32_t position;     // of the first query
    int32_t window;       // 0: none
} lares_queries;
/// Fills in q, first, last, out and rows of `job` from the queries and attends.
void lares_attend_queries(const lares_queries *queries, const lares_attend *job);

/// One head of a text whose rows all see each other.
typedef struct {
    const lares_kernel_set *set;
    const float *queries, *keys, *values;  // this head of the first token
    size_t stride;                         // floats from one token to the next
    size_t tokens, head;                   // at most LARES_TEXT and LARES_HEAD
    float scale;
    float *out;
    size_t out_stride;
    uint8_t *panels;  // lares_text_bytes to work in
} lares_text;
size_t lares_text_bytes(size_t tokens, size_t head);
void lares_attend_text(const lares_text *text);

/// f16 bits of a float, round to nearest even, and back.
uint16_t lares_half(float x);
float lares_float(uint16_t h);

/// Writes one key (scattered into the page's [head][16] panel at `slot`) and one value row.
void lares_write_key(const uint16_t *key, size_t head, size_t slot, uint16_t *page);

#endif
