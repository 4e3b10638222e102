// Compares a kernel set with the portable one over random shapes. Built and run by scripts/check-kernels.
#include "compare.h"
#include "lares_kernels.h"
#include "layout.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const lares_kernel_set lares_set_portable;

static uint64_t state = 0x9e3779b97f4a7c15;
uint32_t draw(uint32_t below) {
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return (uint32_t)(state >> 33) % below;
}
float number(void) { return ((float)draw(20001) - 10000) / 5000; }

void *room(size_t bytes) { return calloc(bytes + 64, 1); }

static int failures = 0;
void report(const char *set, const char *kernel, int cases, double worst, double allowed) {
    const int ok = worst <= allowed;  // NaN fails
    failures += !ok;
    printf("%-9s %-14s %4d cases  largest error %.2e (allowed %.0e)  %s\n", set, kernel, cases, worst, allowed, ok ? "ok" : "DIFFERS");
}

/// Largest difference relative to the size of the values.
double difference(const float *a, const float *b, size_t n) {
    double size = 1e-30, worst = 0;
    for (size_t i = 0; i < n; i++) size = fmax(size, fabs((double)b[i]));
    for (size_t i = 0; i < n; i++) {
        const double d = fabs((double)a[i] - b[i]) / size;
        if (!(d <= worst)) worst = d;
    }
    return worst;
}

static void random_panel(lares_layout layout, size_t columns, uint8_t *out) {
    if (layout == LARES_F32) {
        for (size_t i = 0; i < columns * 16; i++) ((float *)out)[i] = number();
        return;
    }
    if (layout == LARES_F16 || layout == LARES_BF16) {
        for (size_t i = 0; i < columns * 16; i++) {
            const float x = number();
            uint32_t bits;
            memcpy(&bits, &x, 4);
            ((uint16_t *)out)[i] = layout == LARES_F16 ? lares_half(x) : (uint16_t)(bits >> 16);
        }
        return;
    }
    if (layout == LARES_W14) {
        lares_words *block = (lares_words *)out;
        const int extreme = draw(4) == 0;  // largest words: where sums would overflow
        for (size_t b = 0; b < columns / 32; b++)
            for (int r = 0; r < 32; r++) {
                block[b].steps[r] = number() / 8192;
                for (int k = 0; k < 32; k++) block[b].words[k / 2][r][k % 2] = (int16_t)(extreme ? LARES_LARGEST_WORD : (int)draw(16383) - 8191);
            }
        return;
    }
    const lares_shape shape = lares_shape_of(layout);
    if (layout == LARES_Q8_UPPER) layout = LARES_Q8;
    for (size_t b = 0; b < columns / 32; b++) {
        uint8_t u[16 * 32];
        uint16_t d[16], m[16];
        int8_t sub[32];
        const int extreme = draw(4) == 0;  // largest quants: where sums would overflow
        for (int i = 0; i < 512; i++) u[i] = (uint8_t)(extreme ? (1 << shape.bits) - 1 : (int)draw(1u << shape.bits));
        for (int i = 0; i < 16; i++) d[i] = lares_half(number() / 16), m[i] = lares_half(number() / 4);
        for (int i = 0; i < 32; i++) sub[i] = (int8_t)(extreme ? -128 : (int)draw(256) - 128);
        lares_pack_block(layout, u, d, m, sub, b, columns / 32, out);
    }
}

typedef struct {
    int8_t *q;
    float *d, *s, *rounded, *plain, *steps;
    int16_t *sums, *words;
    lares_activations view;
} input;

static input make_input(const lares_kernel_set *set, size_t rows, size_t columns) {
    input x;
    x.plain = room(4 * rows * columns);
    x.q = room(rows * columns), x.d = room(rows * columns / 8), x.s = room(rows * columns / 8), x.rounded = room(rows * columns / 8);
    x.sums = room(rows * columns / 8), x.words = room(2 * rows * columns), x.steps = room(rows * columns / 8);
    const int extreme = draw(4) == 0;
    for (size_t i = 0; i < rows * columns; i++) x.plain[i] = extreme ? 2 : number();
    for (size_t r = 0; r < rows; r++) {
        const size_t b = r * columns / 32;
        const lares_quantised out = {x.q + r * columns, x.d + b, x.s + b, x.rounded + b, x.sums + 2 * b};
        set->quantise(x.plain + r * columns, columns, &out);
        set->to_words(x.plain + r * columns, columns, x.words + r * columns, x.steps + b);
    }
    x.view = (lares_activations){x.q, x.d, x.s, x.sums, x.plain, columns, x.words, x.steps};
    return x;
}

static void free_input(input x) { free(x.q), free(x.d), free(x.s), free(x.rounded), free(x.plain), free(x.sums), free(x.words), free(x.steps); }

static void check_products(const lares_kernel_set *set) {
    static const char *const names[] = {"q4", "q4m", "q5", "q5m", "q8", "q2s", "q3s", "q6s", "f32", "f16", "bf16", "q8_upper", "w14"};
    for (int layout = 0; layout < LARES_LAYOUTS; layout++) {
        double worst = 0;
        const int cases = 24;
        for (int i = 0; i < cases; i++) {
            const size_t rows = 1 + draw(21), columns = 32 * (1 + draw(20));
            uint8_t *panel = room(lares_block_bytes((lares_layout)layout) * columns / 32);
            const uint32_t wide = (uint32_t)lares_panel_rows((lares_layout)layout);
            const size_t stride = wide + 4;
            float *a = room(4 * rows * stride), *b = room(4 * rows * stride), bias[32];
            random_panel((lares_layout)layout, columns, panel);
            for (int j = 0; j < 32; j++) bias[j] = number();
            for (size_t j = 0; j < rows * stride; j++) a[j] = b[j] = number();
            const input x = make_input(&lares_set_portable, rows, columns);
            const int valid = (int)(draw(3) ? wide : 1 + draw(wide)), adding = (int)draw(2);
            lares_output out = {a, stride, draw(2) ? bias : NULL, adding, valid};
            set->matmul[layout](panel, &x.view, rows, &out);
            out.out = b;
            lares_set_portable.matmul[layout](panel, &x.view, rows, &out);
            worst = fmax(worst, difference(a, b, rows * stride));
            free_input(x), free(panel), free(a), free(b);
        }
        report(set->name, names[layout], cases, worst, 3e-6);
    }
}

static void check_quantise(const lares_kernel_set *set) {
    double worst = 0;
    for (int i = 0; i < 50; i++) {
        const size_t columns = 32 * (1 + draw(12));
        const uint64_t seed = state;
        const input a = make_input(set, 3, columns);
        state = seed;
        const input b = make_input(&lares_set_portable, 3, columns);
        if (memcmp(a.words, b.words, 6 * columns) || memcmp(a.q, b.q, 3 * columns) || memcmp(a.sums, b.sums, 12 * columns / 32)) worst = 1;
        worst = fmax(worst, difference(a.d, b.d, 3 * columns / 32));
        worst = fmax(worst, difference(a.steps, b.steps, 3 * columns / 32));
        worst = fmax(worst, difference(a.s, b.s, 3 * columns / 32));
        worst = fmax(worst, difference(a.rounded, b.rounded, 3 * columns / 32));
        free_input(a), free_input(b);
    }
    report(set->name, "quantise", 50, worst, 0);
}

static void check_rows(const lares_kernel_set *set) {
    const lares_kernel_set *plain = &lares_set_portable;
    double norm = 0, layer = 0, gate = 0, turn = 0, half = 0, sums = 0;
    for (int i = 0; i < 40; i++) {
        const size_t n = 16 * (1 + draw(40));
        float x[640], y[640], w[640], a[640], b[640];
        uint16_t ha[640], hb[640];
        for (size_t j = 0; j < n; j++) x[j] = 4 * number(), y[j] = number(), w[j] = number();
        set->rms_norm(x, w, 1e-6f, n, a), plain->rms_norm(x, w, 1e-6f, n, b);
        norm = fmax(norm, difference(a, b, n));
        set->layer_norm(x, i % 2 ? y : NULL, w, y, 1e-6f, n, a), plain->layer_norm(x, i % 2 ? y : NULL, w, y, 1e-6f, n, b);
        layer = fmax(layer, difference(a, b, n));
        const lares_activation kind = (lares_activation)(i % 3);
        memcpy(a, x, sizeof a), memcpy(b, x, sizeof b);
        set->gate(kind, a, i % 8 < 4 ? y : NULL, n), plain->gate(kind, b, i % 8 < 4 ? y : NULL, n);
        gate = fmax(gate, difference(a, b, n));
        memcpy(a, x, sizeof a), memcpy(b, x, sizeof b);
        set->rotate(a, y, w, n / 2, i % 2), plain->rotate(b, y, w, n / 2, i % 2);
        set->add(a, y, n), plain->add(b, y, n), set->scale(a, 0.7f, n), plain->scale(b, 0.7f, n);
        turn = fmax(turn, difference(a, b, n));
        set->to_half(x, ha, n), plain->to_half(x, hb, n);
        memcpy(a, x, sizeof a), memcpy(b, x, sizeof b);
        set->round_half(a, n), plain->round_half(b, n);
        if (memcmp(ha, hb, 2 * n)) half = 1;
        half = fmax(half, difference(a, b, n));
        const size_t odd = n - draw(16);
        const float top = set->maximum(x, odd);
        if (top != plain->maximum(x, odd)) sums = 1;
        memcpy(a, x, sizeof a), memcpy(b, x, sizeof b);
        const float sa = set->exp_sum(a, top, odd, 1), sb = plain->exp_sum(b, top, odd, 1);
        sums = fmax(sums, fmax(fabs((double)sa - sb) / sb, difference(a, b, odd)));
    }
    report(set->name, "rms_norm", 40, norm, 2e-6);
    report(set->name, "layer_norm", 40, layer, 3e-6);
    report(set->name, "gate", 40, gate, 2e-6);
    report(set->name, "rotate+add", 40, turn, 1e-6);
    report(set->name, "half", 40, half, 0);
    report(set->name, "softmax", 40, sums, 2e-6);
}

typedef struct {
    float *q, *out, *maximum, *sum;
    uint16_t *pages_k, *pages_v;
    uint32_t table[64];
} cache;

static void run_attention(const lares_kernel_set *set, cache *c, const lares_queries *shape, lares_attend job, int parts) {
    lares_queries queries = *shape;
    queries.set = set;
    queries.out = c->out;
    if (parts) job.maximum = c->maximum, job.sum = c->sum;
    lares_attend_queries(&queries, &job);
}

static void check_attention(const lares_kernel_set *set) {
    double worst = 0;
    const int cases = 30, keys = 40 * 16;
    for (int i = 0; i < cases; i++) {
        const size_t head = 16 * (1 + draw(16)), heads = 1 + draw(4), stride = heads * head + 8;
        const int position = (int)draw(600), room_left = keys - position;
        size_t count = 1 + draw((uint32_t)(LARES_ROWS / heads));
        if ((int)count > room_left) count = (size_t)room_left;
        cache a, b;
        a.q = room(4 * count * stride);
        a.pages_k = room(2 * head * (size_t)keys), a.pages_v = room(2 * head * (size_t)keys);
        for (size_t j = 0; j < count * stride; j++) a.q[j] = number();
        for (size_t j = 0; j < head * (size_t)keys; j++) a.pages_k[j] = lares_half(number()), a.pages_v[j] = lares_half(number());
        for (uint32_t j = 0; j < 40; j++) a.table[j] = (j * 7) % 40;
        b = a;
        a.out = room(4 * count * stride), b.out = room(4 * count * stride);
        a.maximum = room(4 * LARES_ROWS), b.maximum = room(4 * LARES_ROWS), a.sum = room(4 * LARES_ROWS), b.sum = room(4 * LARES_ROWS);
        const lares_queries queries = {
            .queries = a.q, .query_stride = stride, .out_stride = stride, .count = count, .heads = heads, .position = position,
            .window = draw(2) ? 1 + (int)draw(300) : 0};
        lares_attend job = {
            .head = head, .page_stride = 16 * head, .pages = a.table, .to = position + (int)count, .scale = 0.2f, .keys = a.pages_k,
            .values = a.pages_v};
        if (draw(2) && position > 256) job.from = 256;
        const int parts = (int)draw(2);
        run_attention(set, &a, &queries, job, parts), run_attention(&lares_set_portable, &b, &queries, job, parts);
        worst = fmax(worst, difference(a.out, b.out, count * stride));
        if (parts) worst = fmax(worst, difference(a.sum, b.sum, count * heads));
        free(a.q), free(a.pages_k), free(a.pages_v), free(a.out), free(b.out);
        free(a.maximum), free(b.maximum), free(a.sum), free(b.sum);
    }
    report(set->name, "attention", cases, worst, 1e-5);
}

static void check_texts(const lares_kernel_set *set) {
    double worst = 0;
    for (int i = 0; i < 12; i++) {
        const size_t head = 16 * (1 + draw(8)), tokens = 1 + draw(700), stride = 2 * head;
        float *in = room(12 * tokens * stride), *a = room(4 * tokens * stride), *b = room(4 * tokens * stride);
        for (size_t j = 0; j < 3 * tokens * stride; j++) in[j] = number();
        uint8_t *panels = room(lares_text_bytes(tokens, head));
        lares_text text = {
            .set = set, .queries = in, .keys = in + tokens * stride, .values = in + 2 * tokens * stride, .stride = stride, .tokens = tokens,
            .head = head, .scale = 0.2f, .out = a, .out_stride = stride, .panels = panels};
        lares_attend_text(&text);
        text.set = &lares_set_portable, text.out = b;
        lares_attend_text(&text);
        worst = fmax(worst, difference(a, b, tokens * stride));
        free(in), free(a), free(b), free(panels);
    }
    report(set->name, "texts", 12, worst, 1e-4);  // a weight that falls to the other side of a half is off by a word
}

int compare(const lares_kernel_set *set) {
    check_texts(set);
    check_quantise(set);
    check_products(set);
    check_rows(set);
    check_attention(set);
    compare_learn(set);
    return failures;
}
