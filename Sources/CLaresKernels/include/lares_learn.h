#ifndef LARES_LEARN_H
#define LARES_LEARN_H

#include "lares_pool.h"
#include "lares_word_vectors.h"

// What learning needs beside inference: products of float matrices, and loops over floats with their derivatives. As in lares_kernels.h,
// nothing allocates and lengths were checked before. Arrays may have any length and alignment.

/// y = f(x). Those up to LARES_SQRT have a derivative that follows from y alone.
typedef enum {
    LARES_IDENTITY = 0,
    LARES_RELU,
    LARES_SIGMOID,
    LARES_TANH,
    LARES_EXP,
    LARES_SQRT,
    LARES_UNARY_GELU,  // by tanh
    LARES_UNARY_SILU,
    LARES_LOG,
    LARES_ABS,
    LARES_SQUARE,
    LARES_NEGATE,
    LARES_RECIPROCAL
} lares_unary;

typedef enum { LARES_ADD = 0, LARES_SUBTRACT, LARES_MULTIPLY, LARES_DIVIDE, LARES_MAXIMUM, LARES_MINIMUM } lares_binary;

/// One step of an optimizer over n parameters; fields as in the papers. `decay` is taken from the parameter itself (AdamW).
typedef struct {
    float rate, beta1, beta2, epsilon, decay;
    float correction1, correction2;  // 1 / (1 - beta^t)
} lares_adam;

/// Gates of recurrent cells for one step of `rows` sequences; see learn_cells.inc.h.
typedef struct {
    size_t rows, hidden;
    float *gates;            // LSTM [rows][4 hidden] i f g o; GRU [rows][3 hidden] r z n; values before, activations after
    const float *before;     // LSTM c, GRU h of the step before, [rows][hidden]
    float *cell, *out;       // LSTM c and h; GRU: h in out
    const float *recurrent;  // GRU: h U + b of the gates, [rows][3 hidden]
    float *candidate;        // GRU: the part of n that r multiplies, kept for the way back, [rows][hidden]
    float *tanh_cell;        // LSTM: tanh c, kept for the way back
} lares_cell;

/// The way back: gradients of what lares_cell wrote, into gradients of what it read.
typedef struct {
    size_t rows, hidden;
    const float *gates, *before, *tanh_cell, *candidate;
    const float *d_out;  // gradient of out
    float *d_cell;       // LSTM: in: of cell; out: of before. GRU: out: of before, but for what comes through U
    float *d_gates;      // of the sums before the activations
    float *d_recurrent;  // GRU: of h U + b
} lares_cell_back;

struct lares_gemm;

/// Loops of one instruction set.
typedef struct lares_learn_set {
    void (*gemm_part)(const struct lares_gemm *product);
    void (*gemm_pack_a)(const struct lares_gemm *product);
    void (*gemm_pack_b)(const struct lares_gemm *product, size_t first, size_t last);  // panels of 16 columns
    void (*map)(lares_unary f, const float *x, float *y, size_t n);
    void (*map_back)(lares_unary f, const float *x, const float *y, const float *dy, float *dx, size_t n);  // dx = dy f'(x); y = f(x)
    void (*zip)(lares_binary f, const float *a, int a_step, const float *b, int b_step, float *out, size_t n);  // steps 0 or 1
    void (*add_scaled)(float *x, const float *y, float scale, size_t n);                                        // x += scale y
    void (*scale_to)(const float *x, float scale, float *out, size_t n);
    float (*sum)(const float *x, size_t n);
    float (*dot)(const float *x, const float *y, size_t n);
    void (*take_larger)(const float *x, uint32_t place, float *out, float *places, size_t n);  // places holds bits of whole numbers
    void (*sum_rows)(const float *x, size_t rows, size_t columns, size_t row, float *out);  // out[columns] += the sum of the rows
    void (*softmax_back)(const float *y, const float *dy, float scale, float *dx, size_t n);
    void (*normalise)(const float *x, const float *weight, const float *bias, float epsilon, int centred, size_t n, float *y, float *statistics);
    void (*normalise_back)(
        const float *x, const float *weight, const float *dy, const float *statistics, int centred, size_t n, float *dx, float *d_weight, float *d_bias);
    void (*adam)(const lares_adam *step, float *w, const float *g, float *m, float *v, size_t n);
    lares_body lstm, gru;            // the context is a lares_cell
    lares_body lstm_back, gru_back;  // the context is a lares_cell_back
    void (*word_step)(const lares_word_step *step);
    lares_body word_vectors;  // the context is a lares_word_round
} lares_learn_set;

/// c[m][n] = f(a[m][k] · b[k][n] + bias), or += before bias and f when `adding`. Steps are in floats, so a transpose is only other steps.
typedef struct lares_gemm {
    size_t m, n, k;
    const float *a;
    size_t a_row, a_column;
    const float *b;
    size_t b_row, b_column;
    float *c;
    size_t c_row;
    int adding;
    const float *bias;  // [n] or NULL
    lares_unary unary;
    float *applied;              // NULL: f is applied in c. Else c keeps the sums and f of them comes here, rows c_row apart; may be c
    float *packed_a, *packed_b;  // NULL; or packed_b as lares_gemm_pack left it, and b NULL
    size_t packed_depth;         // rows of packed_b; set by what packs
} lares_gemm;

/// Rows of A that are packed side by side when it is transposed.
enum { LARES_GEMM_PANEL = 48 };
/// Floats from panel to panel: not a power of two, or all would meet in the same few lines of the cache.
#define LARES_GEMM_PANEL_STEP(k) (LARES_GEMM_PANEL * (k) + 16)

/// Floats of scratch memory a product needs; often 0.
size_t lares_gemm_room(const lares_gemm *product, int threads);
/// Computes a product on the pool, or on the caller alone when `threads` is 1 or there is little to do.
void lares_gemm_run(lares_pool *pool, int threads, const lares_learn_set *set, lares_gemm product, float *scratch);

/// Floats that B packed ahead takes.
size_t lares_gemm_packed_room(const lares_gemm *product);
/// Packs B into packed_b, for products that meet it again and again. On the caller alone.
void lares_gemm_pack(const lares_learn_set *set, const lares_gemm *product);

#endif
