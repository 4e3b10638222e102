// Products of packed panels with activation rows. Every output has one accumulator that takes the blocks in order, whatever the
// number of rows beside it: that is what makes a batch give each sequence exactly what it would get alone.

OP void put(const lares_output *o, size_t row, vf r) {
    float *out = o->out + row * o->stride;
    if (__builtin_expect(o->valid == LARES_PANEL, 1)) {
        if (o->bias) r = vf_add(r, vf_load(o->bias));
        if (o->adding) r = vf_add(vf_load(out), r);
        vf_store(out, r);
        return;
    }
    float t[LARES_PANEL];
    vf_store(t, r);
    for (int i = 0; i < o->valid; i++) {
        if (o->bias) t[i] += o->bias[i];
        out[i] = o->adding ? out[i] + t[i] : t[i];
    }
}

// Quants of column group g (4 columns, 0...7) as unsigned bytes. Helpers apart, because a recursive function is never inlined.
OP vb nibble_quants(const uint8_t *w, int g) { return vb_shift_mask(vb_load(w + 64 * (g & 3)), g < 4 ? 0 : -4, 0x0f); }
OP vb pair_quants(const uint8_t *w, int g) { return vb_shift_mask(vb_load(w + 64 * (g >> 2)), -2 * (g & 3), 0x03); }

OP vb quants(int bits, const uint8_t *w, const uint8_t *low, int g) {
    switch (bits) {
    case 8: return vb_or(vb_shift_mask(vb_load(w + 64 * (g & 3)), g < 4 ? 4 : 0, 0xf0), nibble_quants(low, g));
    case 4: return nibble_quants(w, g);
    case 5: return vb_or(nibble_quants(w, g), vb_shift_mask(vb_load(w + 256), 4 - g, 0x10));
    case 2: return pair_quants(w, g);
    case 3: return vb_or(pair_quants(w, g), vb_shift_mask(vb_load(w + 128), 2 - g, 0x04));
    default: return vb_or(nibble_quants(w, g), vb_shift_mask(vb_load(w + 256 + 64 * (g >> 2)), 4 - 2 * (g & 3), 0x30));
    }
}

/// The activations of one block: the first row's; a row further on, `stride` quants or `blocks` blocks further on.
typedef struct {
    const int8_t *q;
    const float *d, *s;
    const int16_t *sums;
    size_t stride, blocks;
} block_rows;

/// Keeps the rows in turns where the processor would see too few of them otherwise: their sums wait for nothing but themselves.
OP void pin(int rows, int ready, vp *acc) {
    if (LARES_TURNS(rows, ready)) vp_pin(acc);
    (void)rows, (void)ready;
}

/// Whole-number products of one block with C activation rows.
OP void block_products(int bits, int ready, const uint8_t *w, const int8_t *x, size_t stride, int C, vi *sum) {
    vp acc[LARES_TILE];
    for (int c = 0; c < C; c++) acc[c] = vp_zero();
#pragma GCC unroll 16
    for (int i = 0; i < 8; i++) {
        const int g = i >> 1 | (i & 1) << 2;  // both nibbles of a vector while it is in its register
        const vb u = ready ? vb_load(w + 64 * g) : quants(bits, w, NULL, g);
#pragma GCC unroll 16
        for (int c = 0; c < C; c++) acc[c] = vp_dot(acc[c], u, x + (size_t)c * stride + 4 * g), pin(C, ready, &acc[c]);
        if ((i + 1) % LARES_SUMS(bits) == 0 && i != 7) {
            for (int c = 0; c < C; c++) sum[c] = vi_flush(sum[c], acc[c]), acc[c] = vp_zero();
        }
    }
    for (int c = 0; c < C; c++) sum[c] = vi_flush(sum[c], acc[c]);
}

/// The same for full bytes: unpacked ones, or halves at `w` and `low`.
OP void byte_products(int ready, const uint8_t *w, const uint8_t *low, const block_rows *x, int C, vi *sum) {
#if LARES_WIDE_BYTES
    vp acc[LARES_TILE];
    for (int c = 0; c < C; c++) acc[c] = vp_zero();
#pragma GCC unroll 16
    for (int i = 0; i < 8; i++) {
        const int g = i >> 1 | (i & 1) << 2;
        const vb u = ready ? vb_load(w + 64 * g) : quants(8, w, low, g);
#pragma GCC unroll 16
        for (int c = 0; c < C; c++) acc[c] = vp_dot_bytes(acc[c], u, x->q + (size_t)c * x->stride + 4 * g), pin(C, ready, &acc[c]);
    }
    for (int c = 0; c < C; c++) sum[c] = vi_flush(sum[c], vi_bytes_done(acc[c], x->sums + 2 * x->blocks * (size_t)c));
#else
#pragma GCC unroll 2
    for (int plane = 0; plane < 2; plane++) {
        vp acc[LARES_TILE];
        for (int c = 0; c < C; c++) acc[c] = vp_zero();
#pragma GCC unroll 16
        for (int i = 0; i < 8; i++) {
            const int g = i >> 1 | (i & 1) << 2;
            const vb u = nibble_quants(plane ? w : low, g);
#pragma GCC unroll 16
            for (int c = 0; c < C; c++) acc[c] = vp_dot(acc[c], u, x->q + (size_t)c * x->stride + 4 * g), pin(C, ready, &acc[c]);
        }
        for (int c = 0; c < C; c++) sum[c] = vi_flush_by(sum[c], acc[c], plane ? 16 : 1);
    }
#endif
}

/// Whole-number products with sub-scales: sum over half blocks of scale * product.
OP void scaled_products(int bits, int ready, const uint8_t *w, const int8_t *scales, const int8_t *x, size_t stride, int C, vi *sum) {
#pragma GCC unroll 2
    for (int h = 0; h < 2; h++) {
        const vs s = vs_load(scales, h);
        vp acc[LARES_TILE];
        for (int c = 0; c < C; c++) acc[c] = vp_zero();
#pragma GCC unroll 4
        for (int g = 4 * h; g < 4 * h + 4; g++) {
            const vb u = ready ? vb_load(w + 64 * g) : quants(bits, w, NULL, g);
#pragma GCC unroll 16
            for (int c = 0; c < C; c++) acc[c] = vp_dot(acc[c], u, x + (size_t)c * stride + 4 * g), pin(C, ready, &acc[c]);
            if ((g + 1) % LARES_SUMS(bits) == 0 && g != 4 * h + 3) {
                for (int c = 0; c < C; c++) sum[c] = vi_flush_scaled(sum[c], acc[c], s), acc[c] = vp_zero();
            }
        }
        for (int c = 0; c < C; c++) sum[c] = vi_flush_scaled(sum[c], acc[c], s);
    }
}

// 16 KB of unpacked bytes and 3 KB of sums: both stay in the L1 cache.
enum { READY_BLOCKS = 32, READY_ROWS = 48, READY_BYTES = LARES_BLOCK * LARES_PANEL };

/// Part of a panel: blocks `from`..<`to`, their quants unpacked to bytes at `ready` or still in `w`.
typedef struct {
    const uint8_t *w, *ready;
    size_t from, to;
} panel_part;

/// One block with sub-scales: its sums are scaled as whole numbers, so that it costs one float step.
OP void scaled_block(lares_shape shape, int ready, const uint8_t *bytes, const uint8_t *after, const block_rows *x, int C, vf *acc) {
    const vf scale = vf_load_f16(after);
    const int8_t *stored = (const int8_t *)after + 32 + 32 * shape.minimum;
    int8_t scales[32], minimums[32];
    for (int i = 0; i < 32; i++) {
        scales[i] = shape.minimum ? (int8_t)(stored[i] & 15) : stored[i];
        minimums[i] = (int8_t)((uint8_t)stored[i] >> 4);
    }
    vi sum[LARES_TILE];
    for (int c = 0; c < C; c++) sum[c] = vi_zero();
    scaled_products(shape.bits, ready, bytes, scales, x->q, x->stride, C, sum);
#pragma GCC unroll 16
    for (int c = 0; c < C; c++) {
        const vi pairs = vi_pair_dot(shape.minimum ? minimums : scales, x->sums + 2 * x->blocks * (size_t)c);
        const vf d = vf_set(x->d[x->blocks * (size_t)c]);
        if (shape.offset != 0) sum[c] = vi_less(sum[c], pairs, (int)shape.offset);
        acc[c] = vf_fma(vf_mul(scale, d), vf_from(sum[c]), acc[c]);
        if (shape.minimum) acc[c] = vf_fma(vf_mul(vf_load_f16(after + 32), d), vf_from(pairs), acc[c]);
    }
}

OP void plain_block(
    lares_shape shape, int ready, const uint8_t *bytes, const uint8_t *low, const uint8_t *after, const block_rows *x, int C, vf *acc) {
    const vf scale = shape.unit == 1 ? vf_load_f16(after) : vf_mul(vf_load_f16(after), vf_set(shape.unit));
    const vf minimum = shape.minimum ? vf_load_f16(after + 32) : vf_mul(scale, vf_set(-shape.offset));
    vi sum[LARES_TILE];
    for (int c = 0; c < C; c++) sum[c] = vi_zero();
    if (shape.bits == 8) byte_products(ready, bytes, low, x, C, sum);
    else block_products(shape.bits, ready, bytes, x->q, x->stride, C, sum);
#pragma GCC unroll 16
    for (int c = 0; c < C; c++) {
        const size_t i = x->blocks * (size_t)c;
        acc[c] = vf_fma(vf_mul(scale, vf_set(x->d[i])), vf_from(sum[c]), acc[c]);
        acc[c] = vf_fma(minimum, vf_set(x->s[i]), acc[c]);
    }
}

// How many blocks ahead weights are asked for: the more is computed for each block, the fewer the processor sees ahead by itself.
enum { AHEAD = 7 };

OP void prefetch(const uint8_t *w, size_t bytes) {
    for (size_t i = 0; i < bytes; i += 64) __builtin_prefetch(w + i);
}

/// Asks for block `b` of a panel; behind its last one come those of the next panel.
OP void prefetch_block(lares_shape shape, const uint8_t *panel, size_t blocks, size_t b) {
    const size_t step = lares_shape_bytes(shape), low = (size_t)shape.low, is_next = b >= blocks;
    prefetch(panel + b * step + is_next * blocks * low, step);
    if (shape.bits == 8) prefetch(panel + blocks * step + b * low + is_next * blocks * step, low);
}

/// A part of a panel by C activation rows, added to acc.
OP void tile(lares_layout layout, int C, const panel_part *part, const lares_activations *x, size_t row, vf *acc) {
    const lares_shape shape = lares_shape_of(layout);
    const size_t blocks = x->columns / LARES_BLOCK, step = lares_shape_bytes(shape);
    const int ready = part->ready != NULL;
    for (size_t b = part->from; b < part->to; b++) {
        const uint8_t *w = part->w + b * step, *low = part->w + blocks * step + b * (size_t)shape.low;
        const uint8_t *bytes = ready ? part->ready + READY_BYTES * (b - part->from) : w;
        if (!ready) prefetch_block(shape, part->w, blocks, b + AHEAD);
        const size_t i = row * blocks + b;
        const block_rows rows = {x->q + i * LARES_BLOCK, x->d + i, x->s + i, x->sums + 2 * i, x->columns, blocks};
        if (shape.sub) scaled_block(shape, ready, bytes, w + shape.quants, &rows, C, acc);
        else plain_block(shape, ready, bytes, low, w + shape.quants, &rows, C, acc);
    }
}

OP void whole_tile(lares_layout layout, int C, const uint8_t *w, const lares_activations *x, size_t row, const lares_output *out) {
    const panel_part part = {w, NULL, 0, x->columns / LARES_BLOCK};
    vf acc[LARES_TILE];
    for (int c = 0; c < C; c++) acc[c] = vf_zero();
    tile(layout, C, &part, x, row, acc);
    for (int c = 0; c < C; c++) put(out, row + (size_t)c, acc[c]);
}

OP void panel(lares_layout layout, const uint8_t *w, const lares_activations *x, size_t rows, const lares_output *out) {
    size_t row = 0;
    for (; row + LARES_TILE <= rows; row += LARES_TILE) whole_tile(layout, LARES_TILE, w, x, row, out);
    for (; LARES_TILE > 8 && row + 8 <= rows; row += 8) whole_tile(layout, 8, w, x, row, out);
    for (; LARES_TILE > 4 && row + 4 <= rows; row += 4) whole_tile(layout, 4, w, x, row, out);
    if (row + 2 <= rows) whole_tile(layout, 2, w, x, row, out), row += 2;
    if (row < rows) whole_tile(layout, 1, w, x, row, out);
}

/// Unpacked blocks by rows `first`..<`end`; sums of a panel's earlier blocks wait in `state`.
OP void ready_tiles(lares_layout layout, const panel_part *part, const lares_activations *x, size_t first, size_t end, float *state, const lares_output *out) {
    for (size_t row = first; row < end; row += LARES_TILE) {
        float *kept = state + LARES_PANEL * (row - first);
        vf acc[LARES_TILE];
        for (size_t c = 0; c < LARES_TILE; c++) acc[c] = part->from ? vf_load(kept + LARES_PANEL * c) : vf_zero();
        tile(layout, LARES_TILE, part, x, row, acc);
        for (size_t c = 0; c < LARES_TILE; c++) {
            if (part->to == x->columns / LARES_BLOCK) put(out, row + c, acc[c]);
            else vf_store(kept + LARES_PANEL * c, acc[c]);
        }
    }
}

/// Whole tiles of many rows: quants whose bits lie apart are put together once for 48 rows instead of once a tile.
OP void ready_panel(lares_layout layout, const uint8_t *w, const lares_activations *x, size_t rows, const lares_output *out) {
    const lares_shape shape = lares_shape_of(layout);
    const size_t blocks = x->columns / LARES_BLOCK, step = lares_shape_bytes(shape);
    _Alignas(64) uint8_t bytes[READY_BLOCKS * READY_BYTES];
    _Alignas(64) float state[READY_ROWS * LARES_PANEL];
    for (size_t first = 0; first < rows; first += READY_ROWS) {
        const size_t end = rows - first < READY_ROWS ? rows : first + READY_ROWS;
        for (size_t from = 0; from < blocks; from += READY_BLOCKS) {
            const panel_part part = {w, bytes, from, blocks - from < READY_BLOCKS ? blocks : from + READY_BLOCKS};
            for (size_t b = from; b < part.to; b++)
                for (int g = 0; g < 8; g++) {
                    const vb u = quants(shape.bits, w + b * step, w + blocks * step + b * (size_t)shape.low, g);
                    vb_store(bytes + READY_BYTES * (b - from) + 64 * (size_t)g, u);
                }
            ready_tiles(layout, &part, x, first, end, state, out);
        }
    }
}

/// The activations from `row` on.
OP lares_activations rest_of(const lares_activations *x, size_t row) {
    const size_t blocks = x->columns / LARES_BLOCK;
    lares_activations rest = *x;
    rest.q += row * x->columns, rest.d += row * blocks, rest.s += row * blocks, rest.sums += 2 * row * blocks;
    return rest;
}

OP void many_or_few(lares_layout layout, const uint8_t *w, const lares_activations *x, size_t rows, const lares_output *out) {
    const int bits = lares_shape_of(layout).bits;
    const size_t even = rows / LARES_TILE * LARES_TILE;
    if (!LARES_READY(bits) || even < 3 * LARES_TILE) {
        panel(layout, w, x, rows, out);
        return;
    }
    ready_panel(layout, w, x, even, out);
    const lares_activations rest = rest_of(x, even);
    lares_output after = *out;
    after.out += even * out->stride;
    panel(layout, w, &rest, rows - even, &after);
}

#define PANEL(layout, name) \
    static void NAME(lares_matmul_##name)(const uint8_t *w, const lares_activations *x, size_t rows, const lares_output *out) { \
        many_or_few(layout, w, x, rows, out); \
    }
PANEL(LARES_Q4, q4)
PANEL(LARES_Q4M, q4m)
PANEL(LARES_Q5, q5)
PANEL(LARES_Q5M, q5m)
PANEL(LARES_Q8, q8)
PANEL(LARES_Q8_UPPER, q8_upper)
PANEL(LARES_Q2S, q2s)
PANEL(LARES_Q3S, q3s)
PANEL(LARES_Q6S, q6s)

// Float weights: [column][16] in the stored type.

enum { FLOAT_DEPTH = 256 };  // columns at a time: 16 KB of f32 panel stay in L1 while every row passes

OP vf weights(lares_layout layout, const uint8_t *w, size_t i) {
    if (layout == LARES_F32) return vf_load((const float *)w + i);
    return layout == LARES_F16 ? vf_load_f16((const uint16_t *)w + i) : vf_load_bf16((const uint16_t *)w + i);
}

/// acc[c] += sum over k of w[k * wide ...] * x[c][k], in order of k.
OP void float_tile(lares_layout layout, int C, const uint8_t *w, size_t wide, const float *const *x, size_t depth, vf *acc) {
    for (size_t k = 0; k < depth; k++) {
        const vf v = weights(layout, w, k * wide);
#pragma GCC unroll 12
        for (int c = 0; c < C; c++) acc[c] = vf_fma(v, vf_set(x[c][k]), acc[c]);
    }
}

/// The same with two streams of weights, for rows too few to hide the latency of their sums.
OP void float_pair(lares_layout layout, int C, const uint8_t *w, const uint8_t *v, size_t wide, const float *const *x, size_t depth, vf *a, vf *b) {
    for (size_t k = 0; k < depth; k++) {
        const vf first = weights(layout, w, k * wide);
#pragma GCC unroll 4
        for (int c = 0; c < C; c++) a[c] = vf_fma(first, vf_set(x[c][k]), a[c]);
        const vf second = weights(layout, v, k * wide);
#pragma GCC unroll 4
        for (int c = 0; c < C; c++) b[c] = vf_fma(second, vf_set(x[c][k]), b[c]);
    }
}

OP void float_rows(lares_layout layout, int C, const uint8_t *w, const lares_activations *x, size_t row, size_t from, size_t depth, float *state) {
    const size_t size = layout == LARES_F32 ? 4 : 2;
    const float *in[LARES_FLOAT_TILE];
    vf acc[LARES_FLOAT_TILE];
    for (int c = 0; c < C; c++) in[c] = x->plain + (row + (size_t)c) * x->columns + from;
    for (int c = 0; c < C; c++) acc[c] = from ? vf_load(state + LARES_PANEL * c) : vf_zero();
    float_tile(layout, C, w + from * LARES_PANEL * size, LARES_PANEL, in, depth, acc);
    for (int c = 0; c < C; c++) vf_store(state + LARES_PANEL * c, acc[c]);
}

enum { FLOAT_ROWS = 48 };

OP void float_panel(lares_layout layout, const uint8_t *w, const lares_activations *x, size_t rows, const lares_output *out) {
    float state[FLOAT_ROWS * LARES_PANEL];
    for (size_t first = 0; first < rows; first += FLOAT_ROWS) {
        const size_t count = rows - first < FLOAT_ROWS ? rows - first : FLOAT_ROWS;
        for (size_t from = 0; from < x->columns; from += FLOAT_DEPTH) {
            const size_t depth = x->columns - from < FLOAT_DEPTH ? x->columns - from : FLOAT_DEPTH;
            size_t r = 0;
            for (; r + LARES_FLOAT_TILE <= count; r += LARES_FLOAT_TILE)
                float_rows(layout, LARES_FLOAT_TILE, w, x, first + r, from, depth, state + LARES_PANEL * r);
            for (; r + 2 <= count; r += 2) float_rows(layout, 2, w, x, first + r, from, depth, state + LARES_PANEL * r);
            if (r < count) float_rows(layout, 1, w, x, first + r, from, depth, state + LARES_PANEL * r);
        }
        for (size_t r = 0; r < count; r++) put(out, first + r, vf_load(state + LARES_PANEL * r));
    }
}

#define FLOAT_PANEL(layout, name) \
    static void NAME(lares_matmul_##name)(const uint8_t *w, const lares_activations *x, size_t rows, const lares_output *out) { \
        float_panel(layout, w, x, rows, out); \
    }
FLOAT_PANEL(LARES_F32, f32)
FLOAT_PANEL(LARES_F16, f16)
FLOAT_PANEL(LARES_BF16, bf16)
