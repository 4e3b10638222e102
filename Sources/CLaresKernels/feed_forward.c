// Two panels of gate and up for a tile of rows, activated and quantised while they are in the L1 cache: the hidden row never
// goes through memory as floats.
#include "lares_kernels.h"

enum { TILE_ROWS = 32 };

static void finish_row(const lares_feed_forward *job, size_t row, float *gate, const float *up) {
    const size_t at = row * job->columns + job->block * LARES_BLOCK, blocks = job->columns / LARES_BLOCK;
    float *y = gate;
    job->set->gate(job->activation, y, up, LARES_BLOCK);
    if (job->q) {
        const size_t b = row * blocks + job->block;
        const lares_quantised out = {job->q + at, job->d + b, job->s + b, job->rounded + b, job->sums + 2 * b};
        job->set->quantise(y, LARES_BLOCK, &out);
    }
    if (job->plain)
        for (int i = 0; i < LARES_BLOCK; i++) job->plain[at + (size_t)i] = y[i];
}

static lares_activations advanced(const lares_activations *x, size_t rows) {
    const size_t blocks = x->columns / LARES_BLOCK;
    return (lares_activations){
        x->q + rows * x->columns, x->d + rows * blocks, x->s + rows * blocks, x->sums + 2 * rows * blocks, x->plain + rows * x->columns, x->columns};
}

void lares_feed_forward_rows(const lares_feed_forward *job, size_t rows) {
    float gate[TILE_ROWS * LARES_BLOCK], up[TILE_ROWS * LARES_BLOCK];
    for (size_t first = 0; first < rows; first += TILE_ROWS) {
        const size_t count = rows - first < TILE_ROWS ? rows - first : TILE_ROWS;
        const lares_activations u = advanced(job->up_input, first);
        for (int p = 0; p < 2; p++) {
            const lares_output to = {up + 16 * p, LARES_BLOCK, job->bias ? job->bias + 16 * p : 0, 0, LARES_PANEL};
            job->up_product(job->up[p], &u, count, &to);
            if (!job->gate_product) continue;
            const lares_activations g = advanced(job->gate_input, first);
            const lares_output gated = {gate + 16 * p, LARES_BLOCK, 0, 0, LARES_PANEL};
            job->gate_product(job->gate[p], &g, count, &gated);
        }
        for (size_t r = 0; r < count; r++) {
            if (job->gate_product) finish_row(job, first + r, gate + r * LARES_BLOCK, up + r * LARES_BLOCK);
            else finish_row(job, first + r, up + r * LARES_BLOCK, 0);
        }
    }
}
