// Compares what a kernel set has for learning with the portable one. Called by compare.c.
#include "compare.h"
#include "lares_learn.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

extern const lares_kernel_set lares_set_portable;
#define PLAIN (lares_set_portable.learn)

static float *numbers(size_t n) {
    float *x = room(4 * n);
    for (size_t i = 0; i < n; i++) x[i] = number();
    return x;
}

/// A copy for the second set to change.
static float *same(const float *x, size_t n) {
    float *y = room(4 * n);
    memcpy(y, x, 4 * n);
    return y;
}

static lares_gemm random_product(float *a, float *b, const float *bias, size_t m, size_t n, size_t k) {
    for (size_t i = 0; i < m * k; i++) a[i] /= sqrtf((float)k);  // sums of the size of one: functions don't magnify their errors
    lares_gemm g = {.m = m, .n = n, .k = k, .a = a, .b = b, .c_row = n + 3, .adding = (int)draw(2)};
    if (draw(2)) g.a_row = k, g.a_column = 1;
    else g.a_row = 1, g.a_column = m;
    if (draw(2)) g.b_row = n, g.b_column = 1;
    else g.b_row = 1, g.b_column = k;
    g.bias = draw(2) ? bias : NULL;
    g.unary = (lares_unary)draw(7);
    return g;
}

static void check_gemm(const lares_kernel_set *set) {
    double worst = 0;
    const int cases = 120;
    for (int i = 0; i < cases; i++) {
        const size_t m = 1 + draw(i % 4 ? 40 : 300), n = 1 + draw(200), k = 1 + draw(i % 3 ? 90 : 900), size = m * (n + 3);
        float *a = numbers(m * k), *b = numbers(k * n), *bias = numbers(n), *c = numbers(size), *d = same(c, size);
        lares_gemm g = random_product(a, b, bias, m, n, k);
        float *scratch = room(4 * (lares_gemm_room(&g, 1) + 1)), *e = same(c, size), *f = same(c, size);
        const int keeps = (int)draw(2);
        g.c = c, g.applied = keeps ? e : NULL, lares_gemm_run(0, 1, set->learn, g, scratch);
        g.c = d, g.applied = keeps ? f : NULL, lares_gemm_run(0, 1, PLAIN, g, scratch);
        worst = fmax(worst, fmax(difference(c, d, size), difference(e, f, size)));
        free(a), free(b), free(bias), free(c), free(d), free(e), free(f), free(scratch);
    }
    report(set->name, "gemm", cases, worst, 3e-6);
}

static void check_maps(const lares_kernel_set *set) {
    double worst = 0;
    const int cases = 13 * 20;
    for (int i = 0; i < cases; i++) {
        const lares_unary f = (lares_unary)(i % 13);
        const size_t n = 1 + draw(70);
        float *x = numbers(n), *y = room(4 * n), *z = room(4 * n), *dy = numbers(n), *dx = room(4 * n), *dz = room(4 * n);
        for (size_t j = 0; j < n; j++) x[j] = f == LARES_LOG || f == LARES_SQRT || f == LARES_RECIPROCAL ? fabsf(x[j]) + 0.1f : x[j];
        set->learn->map(f, x, y, n), PLAIN->map(f, x, z, n);
        set->learn->map_back(f, x, z, dy, dx, n), PLAIN->map_back(f, x, z, dy, dz, n);
        worst = fmax(worst, fmax(difference(y, z, n), difference(dx, dz, n)));
        free(x), free(y), free(z), free(dy), free(dx), free(dz);
    }
    report(set->name, "maps", cases, worst, 3e-6);
}

static void check_sums(const lares_kernel_set *set) {
    double worst = 0;
    const int cases = 60;
    for (int i = 0; i < cases; i++) {
        const size_t n = 1 + draw(200), rows = 1 + draw(9);
        float *x = numbers(n * rows), *y = numbers(n * rows), *a = numbers(n), *b = same(a, n);
        const float sums[] = {set->learn->sum(x, n), set->learn->dot(x, y, n)}, plain[] = {PLAIN->sum(x, n), PLAIN->dot(x, y, n)};
        worst = fmax(worst, fabs((double)sums[0] - plain[0]) / (2 * (double)n) + fabs((double)sums[1] - plain[1]) / (4 * (double)n));
        set->learn->sum_rows(x, rows, n, n, a), PLAIN->sum_rows(x, rows, n, n, b);
        worst = fmax(worst, difference(a, b, n));
        const lares_binary f = (lares_binary)draw(6);
        const int a_step = (int)draw(2), b_step = (int)draw(2);
        for (size_t j = 0; j < n; j++) y[j] = fabsf(y[j]) + 0.1f;
        set->learn->zip(f, x, a_step, y, b_step, a, n), PLAIN->zip(f, x, a_step, y, b_step, b, n);
        worst = fmax(worst, difference(a, b, n));
        set->learn->add_scaled(a, x, 0.3f, n), PLAIN->add_scaled(b, x, 0.3f, n);
        worst = fmax(worst, difference(a, b, n));
        float *places = same(y, n), *others = same(y, n);
        set->learn->take_larger(x, 0x3f800000, a, places, n), PLAIN->take_larger(x, 0x3f800000, b, others, n);
        worst = fmax(worst, fmax(difference(a, b, n), difference(places, others, n)));
        free(places), free(others);
        set->learn->softmax_back(x, y, 0.5f, a, n), PLAIN->softmax_back(x, y, 0.5f, b, n);
        set->learn->scale_to(a, 0.7f, a, n), PLAIN->scale_to(b, 0.7f, b, n);
        worst = fmax(worst, difference(a, b, n));
        free(x), free(y), free(a), free(b);
    }
    report(set->name, "sums", cases, worst, 3e-6);
}

static void check_norms(const lares_kernel_set *set) {
    double worst = 0;
    const int cases = 40;
    for (int i = 0; i < cases; i++) {
        const size_t n = 2 + draw(100);
        const int centred = (int)draw(2);
        float *x = numbers(n), *w = numbers(n), *b = numbers(n), *dy = numbers(n), s[2], t[2];
        float *out = room(16 * n), *plain = room(16 * n);
        set->learn->normalise(x, w, b, 1e-5f, centred, n, out, s), PLAIN->normalise(x, w, b, 1e-5f, centred, n, plain, t);
        set->learn->normalise_back(x, w, dy, t, centred, n, out + n, out + 2 * n, out + 3 * n);
        PLAIN->normalise_back(x, w, dy, t, centred, n, plain + n, plain + 2 * n, plain + 3 * n);
        worst = fmax(worst, difference(out, plain, 4 * n));
        free(x), free(w), free(b), free(dy), free(out), free(plain);
    }
    report(set->name, "norms", cases, worst, 5e-6);
}

static void check_adam(const lares_kernel_set *set) {
    double worst = 0;
    const int cases = 20;
    const lares_adam step = {0.01f, 0.9f, 0.999f, 1e-8f, 0.1f, 10, 1000};
    for (int i = 0; i < cases; i++) {
        const size_t n = 1 + draw(100);
        float *w = numbers(3 * n), *g = numbers(n);
        for (size_t j = 2 * n; j < 3 * n; j++) w[j] *= w[j];
        float *v = same(w, 3 * n);
        set->learn->adam(&step, w, g, w + n, w + 2 * n, n), PLAIN->adam(&step, v, g, v + n, v + 2 * n, n);
        worst = fmax(worst, difference(w, v, 3 * n));
        free(w), free(g), free(v);
    }
    report(set->name, "adam", cases, worst, 3e-6);
}

/// All arrays of a cell in one, so that they are compared together.
static void cells(const lares_learn_set *set, float *x, size_t n, int is_lstm) {
    lares_cell c = {1, n, x, x + 4 * n, x + 5 * n, x + 6 * n, x + 7 * n, x + 10 * n, x + 11 * n};
    lares_cell_back b = {1, n, x, x + 4 * n, x + 11 * n, x + 10 * n, x + 12 * n, x + 13 * n, x + 14 * n, x + 18 * n};
    if (is_lstm) set->lstm(&c, 0), set->lstm_back(&b, 0);
    else set->gru(&c, 0), set->gru_back(&b, 0);
}

static void check_cells(const lares_kernel_set *set) {
    double worst = 0;
    const int cases = 40;
    for (int i = 0; i < cases; i++) {
        const size_t n = 1 + draw(50);
        float *x = numbers(22 * n), *y = same(x, 22 * n);
        cells(set->learn, x, n, i % 2), cells(PLAIN, y, n, i % 2);
        worst = fmax(worst, difference(x, y, 22 * n));
        free(x), free(y);
    }
    report(set->name, "cells", cases, worst, 3e-6);
}

/// Rows of inputs, outputs and errors in one, so that they are compared together.
static void word_step(const lares_learn_set *set, float *x, size_t inputs, size_t outputs, size_t stride) {
    lares_word_step s = {.stride = stride, .inputs = inputs, .outputs = outputs, .rate = 0.1f};
    for (size_t i = 0; i < inputs; i++) s.in[i] = x + i * stride;
    for (size_t o = 0; o < outputs; o++) s.out[o] = x + (inputs + o) * stride, s.labels[o] = o % 3 == 0;
    s.errors = x + (inputs + outputs) * stride;
    set->word_step(&s);
}

static void check_words(const lares_kernel_set *set) {
    double worst = 0;
    const int cases = 60;
    for (int i = 0; i < cases; i++) {
        const size_t inputs = 1 + draw(LARES_WORD_INPUTS), outputs = 1 + draw(40), stride = 16 * (1 + draw(8));
        const size_t n = (2 * inputs + outputs) * stride;
        float *x = numbers(n);
        for (size_t j = 0; j < n; j++) x[j] *= 0.3f;
        float *y = same(x, n);
        word_step(set->learn, x, inputs, outputs, stride), word_step(PLAIN, y, inputs, outputs, stride);
        worst = fmax(worst, difference(x, y, n));
        free(x), free(y);
    }
    report(set->name, "word vectors", cases, worst, 3e-6);
}

void compare_learn(const lares_kernel_set *set) {
    check_gemm(set), check_maps(set), check_sums(set), check_norms(set), check_adam(set), check_cells(set), check_words(set);
}
