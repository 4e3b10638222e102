// Attention of a block of rows over chunks of 256 keys: scores, softmax and weighted values of one chunk, then a merge into the
// running softmax. Chunks start at multiples of 256 and merge in order, so a row's result depends neither on the rows beside it
// nor on how chunks are shared among threads.

static void NAME(lares_merge_f32)(float *into, float *maximum, float *sum, const float *part, float part_maximum, float part_sum, size_t n) {
    if (part_sum == 0) return;
    float keep = 0, take = 1;
    if (*sum != 0) {
        const float top = *maximum > part_maximum ? *maximum : part_maximum;
        float e[16] = {*maximum - top, part_maximum - top};
        vf_store(e, vf_exp(vf_load(e)));
        keep = e[0], take = e[1];
        *maximum = top;
    } else {
        *maximum = part_maximum;
        for (size_t i = 0; i < n; i++) into[i] = 0;
    }
    *sum = *sum * keep + part_sum * take;
    for (size_t i = 0; i < n; i += 16)
        vf_store(into + i, vf_fma(vf_load(part + i), vf_set(take), vf_mul(vf_load(into + i), vf_set(keep))));
}

enum { FEW_ROWS = 3 };

/// Products of C rows with one page of keys.
OP void page_scores(lares_layout type, int C, const uint8_t *page, const float *const *q, size_t head, float *scores) {
    vf acc[LARES_FLOAT_TILE];
    for (int c = 0; c < C; c++) acc[c] = vf_zero();
    float_tile(type, C, page, 16, q, head, acc);
    for (int c = 0; c < C; c++) vf_store(scores + (size_t)c * LARES_CHUNK, acc[c]);
}

OP void page_scores_rows(lares_layout type, size_t rows, const uint8_t *page, const float *const *q, size_t head, float *scores) {
    size_t r = 0;
    for (; r + LARES_FLOAT_TILE <= rows; r += LARES_FLOAT_TILE)
        page_scores(type, LARES_FLOAT_TILE, page, q + r, head, scores + r * LARES_CHUNK);
    for (; r + 3 <= rows; r += 3) page_scores(type, 3, page, q + r, head, scores + r * LARES_CHUNK);
    for (; r < rows; r++) page_scores(type, 1, page, q + r, head, scores + r * LARES_CHUNK);
}

/// C rows of probabilities times `keys` rows of values, added to the parts.
OP void page_values(lares_layout type, int C, const uint8_t *page, size_t stride, size_t keys, const float *probabilities, size_t head, float *part) {
    const float *p[LARES_FLOAT_TILE];
    const size_t size = type == LARES_F32 ? 4 : 2;
    for (int c = 0; c < C; c++) p[c] = probabilities + (size_t)c * LARES_CHUNK;
    for (size_t i = 0; i < head; i += 16) {
        vf acc[LARES_FLOAT_TILE];
        for (int c = 0; c < C; c++) acc[c] = vf_load(part + (size_t)c * LARES_HEAD + i);
        float_tile(type, C, page + i * size, stride, p, keys, acc);
        for (int c = 0; c < C; c++) vf_store(part + (size_t)c * LARES_HEAD + i, acc[c]);
    }
}

OP void page_values_rows(lares_layout type, size_t rows, const uint8_t *page, size_t stride, size_t keys, const float *p, size_t head, float *part) {
    size_t r = 0;
    for (; r + LARES_FLOAT_TILE <= rows; r += LARES_FLOAT_TILE)
        page_values(type, LARES_FLOAT_TILE, page, stride, keys, p + r * LARES_CHUNK, head, part + r * LARES_HEAD);
    for (; r + 3 <= rows; r += 3) page_values(type, 3, page, stride, keys, p + r * LARES_CHUNK, head, part + r * LARES_HEAD);
    for (; r < rows; r++) page_values(type, 1, page, stride, keys, p + r * LARES_CHUNK, head, part + r * LARES_HEAD);
}

/// Scores of keys from..<to into probabilities, rows that see none get sum 0.
OP void chunk_softmax(const lares_attend *job, int32_t from, int32_t to, float *scores, float *maximum, float *sum) {
    for (size_t r = 0; r < job->rows; r++) {
        float *s = scores + r * LARES_CHUNK;
        const int32_t begin = job->first[r] > from ? job->first[r] - from : 0;
        const int32_t end = (job->last[r] + 1 < to ? job->last[r] + 1 : to) - from;
        const size_t width = ((size_t)(to - from) + 15) & ~(size_t)15;
        sum[r] = 0;
        for (int32_t k = 0; k < begin && k < (int32_t)width; k++) s[k] = -__builtin_inff();
        for (int32_t k = end > 0 ? end : 0; k < (int32_t)width; k++) s[k] = -__builtin_inff();
        if (end <= begin) {
            for (size_t k = 0; k < width; k++) s[k] = 0;
            continue;
        }
        vf top = vf_set(-__builtin_inff());
        for (size_t k = 0; k < width; k += 16) {
            const vf v = vf_mul(vf_load(s + k), vf_set(job->scale));
            vf_store(s + k, v);
            top = vf_max(v, top);
        }
        maximum[r] = vf_top(top);
        vf total = vf_zero();
        for (size_t k = 0; k < width; k += 16) {
            const vf e = vf_exp(vf_sub(vf_load(s + k), vf_set(maximum[r])));
            vf_store(s + k, e);
        }
        for (int32_t k = 0; k < begin; k++) s[k] = 0;
        for (int32_t k = end; k < (int32_t)width; k++) s[k] = 0;
        for (size_t k = 0; k < width; k += 16) total = vf_add(total, vf_load(s + k));
        sum[r] = vf_sum(total);
    }
}

// Up to three rows: two pages of keys, or two slices of a page of values, at once.

OP void pair_scores(int C, const uint8_t *page, const uint8_t *next, const float *const *q, size_t head, float *scores) {
    vf a[FEW_ROWS], b[FEW_ROWS];
    for (int c = 0; c < C; c++) a[c] = b[c] = vf_zero();
    float_pair(LARES_F16, C, page, next, 16, q, head, a, b);
    for (int c = 0; c < C; c++) vf_store(scores + (size_t)c * LARES_CHUNK, a[c]), vf_store(scores + (size_t)c * LARES_CHUNK + 16, b[c]);
}

OP void pair_values(int C, const uint8_t *page, size_t keys, const float *probabilities, size_t head, float *part) {
    const float *p[FEW_ROWS];
    for (int c = 0; c < C; c++) p[c] = probabilities + (size_t)c * LARES_CHUNK;
    for (size_t i = 0; i + 32 <= head; i += 32) {
        vf a[FEW_ROWS], b[FEW_ROWS];
        for (int c = 0; c < C; c++) {
            a[c] = vf_load(part + (size_t)c * LARES_HEAD + i);
            b[c] = vf_load(part + (size_t)c * LARES_HEAD + i + 16);
        }
        float_pair(LARES_F16, C, page + 2 * i, page + 2 * i + 32, head, p, keys, a, b);
        for (int c = 0; c < C; c++) {
            vf_store(part + (size_t)c * LARES_HEAD + i, a[c]);
            vf_store(part + (size_t)c * LARES_HEAD + i + 16, b[c]);
        }
    }
}

#define FEW(rows, f, ...) \
    do { \
        if ((rows) == 1) f(1, __VA_ARGS__); \
        else if ((rows) == 2) f(2, __VA_ARGS__); \
        else f(3, __VA_ARGS__); \
    } while (0)

/// The page of key `k`, which lies somewhere else: no processor guesses where.
OP void prefetch_page(const lares_attend *job, const uint16_t *base, int32_t k, int32_t to) {
    if (k < to) prefetch((const uint8_t *)(base + (size_t)job->pages[k / 16] * job->page_stride), 32 * job->head);
}

enum { WIDE_ROWS = 7 };  // from here on a page is converted to f32 once for all rows

OP void chunk_scores(const lares_attend *job, int32_t from, int32_t to, float *scratch, float *scores) {
    for (int32_t k = from; k < to; k += 16) {
        const size_t page = (size_t)k / 16;
        float *s = scores + (k - from);
        const uint16_t *keys = job->keys + (size_t)job->pages[page] * job->page_stride;
        if (job->rows <= FEW_ROWS && k + 16 < to) {
            const uint16_t *next = job->keys + (size_t)job->pages[page + 1] * job->page_stride;
            prefetch_page(job, job->keys, k + 32, to);
            prefetch_page(job, job->keys, k + 48, to);
            FEW(job->rows, pair_scores, (const uint8_t *)keys, (const uint8_t *)next, job->q, job->head, s);
            k += 16;
        } else if (job->rows < WIDE_ROWS) {
            page_scores_rows(LARES_F16, job->rows, (const uint8_t *)keys, job->q, job->head, s);
        } else {
            for (size_t i = 0; i < 16 * job->head; i += 16) vf_store(scratch + i, vf_load_f16(keys + i));
            page_scores_rows(LARES_F32, job->rows, (const uint8_t *)scratch, job->q, job->head, s);
        }
    }
}

OP void chunk_values(const lares_attend *job, int32_t from, int32_t to, float *scratch, const float *probabilities, float *part) {
    for (int32_t k = from; k < to; k += 16) {
        const size_t page = (size_t)k / 16, count = to - k < 16 ? (size_t)(to - k) : 16;
        const float *p = probabilities + (k - from);
        const uint16_t *values = job->values + (size_t)job->pages[page] * job->page_stride;
        if (job->rows <= FEW_ROWS && job->head % 32 == 0) {
            prefetch_page(job, job->values, k + 16, to);
            FEW(job->rows, pair_values, (const uint8_t *)values, count, p, job->head, part);
        } else if (job->rows < WIDE_ROWS) {
            page_values_rows(LARES_F16, job->rows, (const uint8_t *)values, job->head, count, p, job->head, part);
        } else {
            for (size_t i = 0; i < count * job->head; i += 16) vf_store(scratch + i, vf_load_f16(values + i));
            page_values_rows(LARES_F32, job->rows, (const uint8_t *)scratch, job->head, count, p, job->head, part);
        }
    }
}

static void NAME(lares_attend_f16)(const lares_attend *job) {
    float scores[LARES_ROWS * LARES_CHUNK], part[LARES_ROWS * LARES_HEAD], scratch[16 * LARES_HEAD];
    float maximum[LARES_ROWS], sum[LARES_ROWS], part_maximum[LARES_ROWS], part_sum[LARES_ROWS];
    for (size_t r = 0; r < job->rows; r++) {
        maximum[r] = sum[r] = 0;
        for (size_t i = 0; i < job->head; i++) job->out[r][i] = 0;
    }
    for (int32_t from = job->from; from < job->to; from += LARES_CHUNK) {
        const int32_t to = job->to < from + LARES_CHUNK ? job->to : from + LARES_CHUNK;
        int32_t begin = to;  // pages no row sees (before every window) are never touched
        for (size_t r = 0; r < job->rows; r++) begin = job->first[r] < begin ? job->first[r] : begin;
        begin = begin < from ? from : begin & ~15;
        if (begin >= to) continue;
        for (size_t r = 0; r < job->rows; r++)
            for (size_t i = 0; i < job->head; i++) part[r * LARES_HEAD + i] = 0;
        chunk_scores(job, begin, to, scratch, scores);
        prefetch_page(job, job->values, begin, to);
        chunk_softmax(job, begin, to, scores, part_maximum, part_sum);
        chunk_values(job, begin, to, scratch, scores, part);
        for (size_t r = 0; r < job->rows; r++)
            NAME(lares_merge_f32)(job->out[r], &maximum[r], &sum[r], part + r * LARES_HEAD, part_maximum[r], part_sum[r], job->head);
    }
    for (size_t r = 0; r < job->rows; r++) {
        if (job->maximum) {
            job->maximum[r] = maximum[r], job->sum[r] = sum[r];
        } else {
            const float by = sum[r] > 0 ? 1.0f / sum[r] : 0;
            for (size_t i = 0; i < job->head; i += 16) vf_store(job->out[r] + i, vf_mul(vf_load(job->out[r] + i), vf_set(by)));
        }
    }
}
