// Bodies of fork-joins over panels. They are C so that the threads share no reference counts: counting them for every panel took a fifth
// of a generated token.
#include "lares_kernels.h"

#include <string.h>

static lares_output multiply(const lares_product *product, size_t panel, size_t rows) {
    const size_t first = panel * product->width, left = product->outputs - first;
    lares_output out = product->output;
    out.out += first;
    if (out.bias) out.bias += first;
    out.valid = (int)(left < product->width ? left : product->width);
    product->kernel(product->weights + panel * product->panel_bytes, &product->input, rows, &out);
    return out;
}

void lares_product_panel(void *context, size_t index) {
    const lares_products *job = context;
    const lares_product *product = job->products;
    for (; index >= product->panels; product++) index -= product->panels;
    multiply(product, index, job->rows);
}

void lares_product_some(void *context, size_t index) {
    const lares_some_panels *job = context;
    multiply(&job->product, job->panels[index], job->rows);
}

void lares_product_top(void *context, size_t panel) {
    const lares_panel_tops *job = context;
    const lares_output out = multiply(&job->product, panel, job->rows);
    for (size_t r = 0; r < job->rows; r++) {
        const float *y = out.out + r * out.stride;
        float top = y[0];
        for (int i = 1; i < out.valid; i++) top = y[i] > top ? y[i] : top;
        job->tops[r * job->product.panels + panel] = top;
    }
}

// A block of gate and up for a tile of rows, activated and quantised while they are in the L1 cache: the hidden row never
// goes through memory as floats.

enum { TILE_ROWS = 48 };

static void finish_row(const lares_feed_forward *job, size_t block, size_t row, float *y, const float *up) {
    const size_t at = row * job->columns + block * LARES_BLOCK, blocks = job->columns / LARES_BLOCK;
    job->set->gate(job->activation, y, up, LARES_BLOCK);
    if (job->q) {
        const size_t b = row * blocks + block;
        const lares_quantised out = {job->q + at, job->d + b, job->s + b, job->rounded + b, job->sums + 2 * b};
        job->set->quantise(y, LARES_BLOCK, &out);
    }
    if (job->words) job->set->to_words(y, LARES_BLOCK, job->words + at, job->steps + row * blocks + block);
    if (job->plain)
        for (int i = 0; i < LARES_BLOCK; i++) job->plain[at + (size_t)i] = y[i];
}

static lares_activations advanced(const lares_activations *x, size_t rows) {
    const size_t blocks = x->columns / LARES_BLOCK;
    return (lares_activations){
        x->q + rows * x->columns, x->d + rows * blocks, x->s + rows * blocks, x->sums + 2 * rows * blocks, x->plain + rows * x->columns, x->columns,
        x->words + rows * x->columns, x->steps + rows * blocks};
}

/// 32 outputs of one matrix for a tile of rows.
static void one_block(const lares_product *matrix, size_t block, size_t first, size_t rows, float *out) {
    const lares_activations x = advanced(&matrix->input, first);
    const lares_output *there = &matrix->output;
    if (there->adding)
        for (size_t r = 0; r < rows; r++)
            memcpy(out + r * LARES_BLOCK, there->out + (first + r) * there->stride + block * LARES_BLOCK, LARES_BLOCK * sizeof *out);
    const size_t panels = LARES_BLOCK / matrix->width;
    for (size_t i = 0; i < panels; i++) {
        const size_t panel = panels * block + i;
        const float *bias = there->bias ? there->bias + panel * matrix->width : 0;
        const lares_output to = {out + i * matrix->width, LARES_BLOCK, bias, there->adding, (int)matrix->width};
        matrix->kernel(matrix->weights + panel * matrix->panel_bytes, &x, rows, &to);
    }
}

void lares_feed_forward_block(void *context, size_t block) {
    const lares_feed_forward *job = context;
    float gate[TILE_ROWS * LARES_BLOCK], up[TILE_ROWS * LARES_BLOCK];
    for (size_t first = 0; first < job->rows; first += TILE_ROWS) {
        const size_t count = job->rows - first < TILE_ROWS ? job->rows - first : TILE_ROWS;
        one_block(&job->up, block, first, count, up);
        if (job->gate.kernel) one_block(&job->gate, block, first, count, gate);
        for (size_t r = 0; r < count; r++) {
            if (job->gate.kernel) finish_row(job, block, first + r, gate + r * LARES_BLOCK, up + r * LARES_BLOCK);
            else finish_row(job, block, first + r, up + r * LARES_BLOCK, 0);
        }
    }
}
