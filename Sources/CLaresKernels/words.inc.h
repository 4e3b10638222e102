// Products of words of 14 bits, weights and activations alike: four times the floats' rate with VNNI and as good as exact (a word is
// off by 2^-14 of its block's largest). A tile is two vectors of weights wide: each broadcast serves both.

/// One block of a panel by C activation rows.
OP void word_block(int C, const lares_words *w, const int16_t *x, const float *steps, size_t columns, vf (*acc)[2]) {
    vi sum[LARES_WORD_TILE][2];
    for (int c = 0; c < C; c++) sum[c][0] = sum[c][1] = vi_zero();
#pragma GCC unroll 4
    for (int k = 0; k < LARES_BLOCK / 2; k++) {
        const vb first = vb_load((const uint8_t *)w->words[k]), second = vb_load((const uint8_t *)w->words[k][LARES_PANEL]);
#pragma GCC unroll 8
        for (int c = 0; c < C; c++) {
            const vb pair = vb_pair(x + (size_t)c * columns + 2 * k);
            sum[c][0] = vi_dot_pair(sum[c][0], first, pair);
            sum[c][1] = vi_dot_pair(sum[c][1], second, pair);
        }
    }
    const vf first = vf_load(w->steps), second = vf_load(w->steps + LARES_PANEL);
    for (int c = 0; c < C; c++) {
        const vf step = vf_set(steps[(size_t)c * (columns / LARES_BLOCK)]);
        acc[c][0] = vf_fma(vf_from(sum[c][0]), vf_mul(first, step), acc[c][0]);
        acc[c][1] = vf_fma(vf_from(sum[c][1]), vf_mul(second, step), acc[c][1]);
    }
}

OP void put_wide(const lares_output *out, size_t row, vf first, vf second) {
    lares_output half = *out;
    half.valid = out->valid < LARES_PANEL ? out->valid : LARES_PANEL;
    put(&half, row, first);
    half.valid = out->valid - half.valid;
    half.out += LARES_PANEL;
    if (half.bias) half.bias += LARES_PANEL;
    if (half.valid) put(&half, row, second);
}

/// T tiles of C rows: while few rows pass over a panel, each of its blocks is fetched once for all of them.
OP void word_tiles(int T, int C, const uint8_t *panel, const lares_activations *x, size_t row, const lares_output *out) {
    const lares_words *w = (const lares_words *)panel;
    const size_t blocks = x->columns / LARES_BLOCK;
    vf acc[2 * LARES_WORD_TILE][2];
    for (int c = 0; c < T * C; c++) acc[c][0] = acc[c][1] = vf_zero();
    for (size_t b = 0; b < blocks; b++) {
        if (row == 0) prefetch((const uint8_t *)(w + b + 2), sizeof *w);  // later rows find the panel in the cache
        for (int c = 0; c < T * C; c += C) {
            const size_t r = row + (size_t)c;
            word_block(C, w + b, x->words + r * x->columns + b * LARES_BLOCK, x->steps + r * blocks + b, x->columns, acc + c);
        }
    }
    for (int c = 0; c < T * C; c++) put_wide(out, row + (size_t)c, acc[c][0], acc[c][1]);
}

static void NAME(lares_matmul_w14)(const uint8_t *w, const lares_activations *x, size_t rows, const lares_output *out) {
    size_t row = 0;
    for (; row + 2 * LARES_WORD_TILE <= rows; row += 2 * LARES_WORD_TILE) word_tiles(2, LARES_WORD_TILE, w, x, row, out);
    if (row + LARES_WORD_TILE <= rows) word_tiles(1, LARES_WORD_TILE, w, x, row, out), row += LARES_WORD_TILE;
    if (LARES_WORD_TILE > 4 && row + 4 <= rows) word_tiles(1, 4, w, x, row, out), row += 4;
    if (LARES_WORD_TILE > 2 && row + 2 <= rows) word_tiles(1, 2, w, x, row, out), row += 2;
    if (row < rows) word_tiles(1, 1, w, x, row, out);
}

static void NAME(lares_to_words_f32)(const float *x, size_t columns, int16_t *words, float *steps) {
    for (size_t b = 0; b < columns / LARES_BLOCK; b++, x += LARES_BLOCK, words += LARES_BLOCK) {
        const vf low = vf_load(x), high = vf_load(x + 16);
        const float top = vf_top(vf_max(vf_abs(low), vf_abs(high)));
        const vf inverse = vf_set(top > 1e-30f ? LARES_LARGEST_WORD / top : 0);
        vf_store_words(words, vf_mul(low, inverse), vf_mul(high, inverse));
        steps[b] = top * (1.0f / LARES_LARGEST_WORD);
    }
}
