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

OP vb quants(int bits, const uint8_t *w, int g) {
    switch (bits) {
    case 4: return nibble_quants(w, g);
    case 5: return vb_or(nibble_quants(w, g), vb_shift_mask(vb_load(w + 256), 4 - g, 0x10));
    case 2: return pair_quants(w, g);
    case 3: return vb_or(pair_quants(w, g), vb_shift_mask(vb_load(w + 128), 2 - g, 0x04));
    default: return vb_or(nibble_quants(w, g), vb_shift_mask(vb_load(w + 256 + 64 * (g >> 2)), 4 - 2 * (g & 3), 0x30));
    }
}

/// Whole-number products of one block with C activation rows.
OP void block_products(int bits, const uint8_t *w, const int8_t *x, size_t stride, int C, vi *sum) {
    vp acc[LARES_TILE];
    for (int c = 0; c < C; c++) acc[c] = vp_zero();
#pragma GCC unroll 8
    for (int i = 0; i < 8; i++) {
        const int g = i >> 1 | (i & 1) << 2;  // both nibbles of a vector while it is in its register
        const vb u = quants(bits, w, g);
#pragma GCC unroll 8
        for (int c = 0; c < C; c++) acc[c] = vp_dot(acc[c], u, x + (size_t)c * stride + 4 * g), vp_pin(&acc[c]);
        if ((i + 1) % LARES_SUMS(bits) == 0 && i != 7) {
            for (int c = 0; c < C; c++) sum[c] = vi_flush(sum[c], acc[c]), acc[c] = vp_zero();
        }
    }
    for (int c = 0; c < C; c++) sum[c] = vi_flush(sum[c], acc[c]);
}

/// The same for full bytes.
OP void byte_products(const uint8_t *w, const int8_t *x, size_t stride, const int16_t *sums, size_t blocks, int C, vi *sum) {
#if LARES_WIDE_BYTES
    vp acc[LARES_TILE];
    for (int c = 0; c < C; c++) acc[c] = vp_zero();
#pragma GCC unroll 8
    for (int g = 0; g < 8; g++) {
        const vb u = vb_load(w + 64 * g);
#pragma GCC unroll 8
        for (int c = 0; c < C; c++) acc[c] = vp_dot_bytes(acc[c], u, x + (size_t)c * stride + 4 * g);
    }
    for (int c = 0; c < C; c++) sum[c] = vi_flush(sum[c], vi_bytes_done(acc[c], sums + 2 * blocks * (size_t)c));
#else
    (void)sums, (void)blocks;
#pragma GCC unroll 2
    for (int plane = 0; plane < 2; plane++) {
        vp acc[LARES_TILE];
        for (int c = 0; c < C; c++) acc[c] = vp_zero();
#pragma GCC unroll 8
        for (int g = 0; g < 8; g++) {
            const vb u = vb_shift_mask(vb_load(w + 64 * g), -4 * plane, 0x0f);
#pragma GCC unroll 8
            for (int c = 0; c < C; c++) acc[c] = vp_dot(acc[c], u, x + (size_t)c * stride + 4 * g), vp_pin(&acc[c]);
        }
        for (int c = 0; c < C; c++) sum[c] = vi_flush_by(sum[c], acc[c], plane ? 16 : 1);
    }
#endif
}

/// Whole-number products with sub-scales: sum over half blocks of scale * product.
OP void scaled_products(int bits, const uint8_t *w, const int8_t *scales, const int8_t *x, size_t stride, int C, vi *sum) {
#pragma GCC unroll 2
    for (int h = 0; h < 2; h++) {
        const vs s = vs_load(scales, h);
        vp acc[LARES_TILE];
        for (int c = 0; c < C; c++) acc[c] = vp_zero();
#pragma GCC unroll 4
        for (int g = 4 * h; g < 4 * h + 4; g++) {
            const vb u = quants(bits, w, g);
#pragma GCC unroll 8
            for (int c = 0; c < C; c++) acc[c] = vp_dot(acc[c], u, x + (size_t)c * stride + 4 * g), vp_pin(&acc[c]);
            if ((g + 1) % LARES_SUMS(bits) == 0 && g != 4 * h + 3) {
                for (int c = 0; c < C; c++) sum[c] = vi_flush_scaled(sum[c], acc[c], s), acc[c] = vp_zero();
            }
        }
        for (int c = 0; c < C; c++) sum[c] = vi_flush_scaled(sum[c], acc[c], s);
    }
}

/// One panel by C activation rows.
OP void tile(lares_layout layout, int C, const uint8_t *w, const lares_activations *x, size_t row, const lares_output *out) {
    const lares_shape shape = lares_shape_of(layout);
    const size_t blocks = x->columns / LARES_BLOCK, step = lares_shape_bytes(shape);
    const int8_t *q = x->q + row * x->columns;
    const float *d = x->d + row * blocks, *s = x->s + row * blocks;
    const int16_t *sums = x->sums + 2 * row * blocks;
    vf acc[LARES_TILE];
    for (int c = 0; c < C; c++) acc[c] = vf_zero();
    for (size_t b = 0; b < blocks; b++, w += step, q += LARES_BLOCK) {
        const uint8_t *after = w + shape.quants;
        const vf scale = vf_load_f16(after);
        vi sum[LARES_TILE];
        for (int c = 0; c < C; c++) sum[c] = vi_zero();
        if (shape.sub) {
            int8_t scales[32], minimums[32];
            const int8_t *stored = (const int8_t *)after + 32 + 32 * shape.minimum;
            for (int i = 0; i < 32; i++) {
                scales[i] = shape.minimum ? (int8_t)(stored[i] & 15) : stored[i];
                minimums[i] = (int8_t)((uint8_t)stored[i] >> 4);
            }
            scaled_products(shape.bits, w, scales, q, x->columns, C, sum);
#pragma GCC unroll 8
            for (int c = 0; c < C; c++) {
                const vi pairs = vi_pair_dot(shape.minimum ? minimums : scales, sums + 2 * (blocks * (size_t)c + b));
                const vf dc = vf_set(d[blocks * (size_t)c + b]);
                if (shape.offset) sum[c] = vi_less(sum[c], pairs, shape.offset);
                acc[c] = vf_fma(vf_mul(scale, dc), vf_from(sum[c]), acc[c]);
                if (shape.minimum) acc[c] = vf_fma(vf_mul(vf_load_f16(after + 32), dc), vf_from(pairs), acc[c]);
            }
        } else {
            if (shape.bits == 8) byte_products(w, q, x->columns, sums + 2 * b, blocks, C, sum);
            else block_products(shape.bits, w, q, x->columns, C, sum);
            const vf minimum = shape.minimum ? vf_load_f16(after + 32) : vf_mul(scale, vf_set((float)-shape.offset));
#pragma GCC unroll 8
            for (int c = 0; c < C; c++) {
                const size_t i = blocks * (size_t)c + b;
                acc[c] = vf_fma(vf_mul(scale, vf_set(d[i])), vf_from(sum[c]), acc[c]);
                acc[c] = vf_fma(minimum, vf_set(s[i]), acc[c]);
            }
        }
    }
    for (int c = 0; c < C; c++) put(out, row + (size_t)c, acc[c]);
}

OP void panel(lares_layout layout, const uint8_t *w, const lares_activations *x, size_t rows, const lares_output *out) {
    size_t row = 0;
    for (; row + LARES_TILE <= rows; row += LARES_TILE) tile(layout, LARES_TILE, w, x, row, out);
    if (LARES_TILE > 4 && row + 4 <= rows) tile(layout, 4, w, x, row, out), row += 4;
    if (row + 2 <= rows) tile(layout, 2, w, x, row, out), row += 2;
    if (row < rows) tile(layout, 1, w, x, row, out);
}

#define PANEL(layout, name) \
    static void NAME(lares_matmul_##name)(const uint8_t *w, const lares_activations *x, size_t rows, const lares_output *out) { \
        panel(layout, w, x, rows, out); \
    }
PANEL(LARES_Q4, q4)
PANEL(LARES_Q4M, q4m)
PANEL(LARES_Q5, q5)
PANEL(LARES_Q5M, q5m)
PANEL(LARES_Q8, q8)
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
