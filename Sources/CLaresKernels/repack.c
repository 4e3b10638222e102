// GGUF rows (ggml's block formats, k-quants included) to packed panels. One function a format takes a block of 32 columns apart.
#include "layout.h"

#include <string.h>

typedef struct {
    uint8_t u[LARES_PANEL][LARES_BLOCK];
    uint16_t d[LARES_PANEL], m[LARES_PANEL];
    int8_t sub[LARES_PANEL][2];
} parts;

static inline uint16_t half_bits(const uint8_t *p) {
    uint16_t h;
    memcpy(&h, p, 2);
    return h;
}

static inline void nibbles(const uint8_t *qs, uint8_t *u) {
    for (int i = 0; i < 16; i++) u[i] = qs[i] & 15, u[16 + i] = qs[i] >> 4;
}

static inline void fifth_bits(const uint8_t *qh, uint8_t *u) {
    for (int i = 0; i < 32; i++) u[i] |= (uint8_t)(((qh[i / 8] >> (i % 8)) & 1) << 4);
}

static void take_q4_0(const uint8_t *row, size_t b, parts *p, int r) {
    const uint8_t *s = row + 18 * b;
    p->d[r] = half_bits(s);
    nibbles(s + 2, p->u[r]);
}

static void take_q4_1(const uint8_t *row, size_t b, parts *p, int r) {
    const uint8_t *s = row + 20 * b;
    p->d[r] = half_bits(s), p->m[r] = half_bits(s + 2);
    nibbles(s + 4, p->u[r]);
}

static void take_q5_0(const uint8_t *row, size_t b, parts *p, int r) {
    const uint8_t *s = row + 22 * b;
    p->d[r] = half_bits(s);
    nibbles(s + 6, p->u[r]);
    fifth_bits(s + 2, p->u[r]);
}

static void take_q5_1(const uint8_t *row, size_t b, parts *p, int r) {
    const uint8_t *s = row + 24 * b;
    p->d[r] = half_bits(s), p->m[r] = half_bits(s + 2);
    nibbles(s + 8, p->u[r]);
    fifth_bits(s + 4, p->u[r]);
}

static void take_q8_0(const uint8_t *row, size_t b, parts *p, int r) {
    const uint8_t *s = row + 34 * b;
    p->d[r] = half_bits(s);
    for (int i = 0; i < 32; i++) p->u[r][i] = s[2 + i] ^ 0x80;
}

static void take_q2_k(const uint8_t *row, size_t b, parts *p, int r) {
    const uint8_t *s = row + 84 * (b / 8), *q = s + 16 + 32 * (b % 8 / 4);
    p->d[r] = half_bits(s + 80), p->m[r] = half_bits(s + 82) ^ 0x8000;
    for (int i = 0; i < 32; i++) p->u[r][i] = (q[i] >> (2 * (b % 4))) & 3;
    memcpy(p->sub[r], s + 2 * (b % 8), 2);
}

static int8_t q3_scale(const uint8_t *s, size_t i) {
    const int low = i < 8 ? s[i] & 15 : s[i - 8] >> 4, high = (s[8 + i % 4] >> (2 * (i / 4))) & 3;
    return (int8_t)((low | high << 4) - 32);
}

static void take_q3_k(const uint8_t *row, size_t b, parts *p, int r) {
    const uint8_t *s = row + 110 * (b / 8), *q = s + 32 + 32 * (b % 8 / 4);
    p->d[r] = half_bits(s + 108);
    for (int i = 0; i < 32; i++) p->u[r][i] = (uint8_t)(((q[i] >> (2 * (b % 4))) & 3) | ((s[i] >> (b % 8)) & 1) << 2);
    p->sub[r][0] = q3_scale(s + 96, 2 * (b % 8)), p->sub[r][1] = q3_scale(s + 96, 2 * (b % 8) + 1);
}

/// Scale and minimum of a 32-column sub-block, folded into f16. The product is rounded once (2^-11), an eighth of the error the
/// int8 activations bring; keeping both factors would cost a multiply per block and row in the kernels.
static void fold_k4(const uint8_t *s, size_t j, parts *p, int r) {
    const uint8_t *q = s + 4;
    const int sc = j < 4 ? q[j] & 63 : (q[j + 4] & 15) | (q[j - 4] >> 6) << 4;
    const int mn = j < 4 ? q[j + 4] & 63 : (q[j + 4] >> 4) | (q[j] >> 6) << 4;
    p->d[r] = lares_half(lares_float(half_bits(s)) * (float)sc);
    p->m[r] = lares_half(-lares_float(half_bits(s + 2)) * (float)mn);
}

static void take_q4_k(const uint8_t *row, size_t b, parts *p, int r) {
    const uint8_t *s = row + 144 * (b / 8), *q = s + 16 + 32 * (b % 8 / 2);
    fold_k4(s, b % 8, p, r);
    for (int i = 0; i < 32; i++) p->u[r][i] = (q[i] >> (4 * (b % 2))) & 15;
}

static void take_q5_k(const uint8_t *row, size_t b, parts *p, int r) {
    const uint8_t *s = row + 176 * (b / 8), *q = s + 48 + 32 * (b % 8 / 2);
    fold_k4(s, b % 8, p, r);
    for (int i = 0; i < 32; i++) p->u[r][i] = (uint8_t)(((q[i] >> (4 * (b % 2))) & 15) | ((s[16 + i] >> (b % 8)) & 1) << 4);
}

static void take_q6_k(const uint8_t *row, size_t b, parts *p, int r) {
    const size_t half = b % 8 / 4, j = b % 4;
    const uint8_t *s = row + 210 * (b / 8), *low = s + 64 * half + 32 * (j & 1), *high = s + 128 + 32 * half;
    p->d[r] = half_bits(s + 208);
    for (int i = 0; i < 32; i++) p->u[r][i] = (uint8_t)(((low[i] >> (4 * (j / 2))) & 15) | ((high[i] >> (2 * j)) & 3) << 4);
    memcpy(p->sub[r], s + 192 + 2 * (b % 8), 2);
}

typedef struct {
    lares_layout layout;
    void (*take)(const uint8_t *row, size_t block, parts *p, int r);
} format;

static format format_of(uint32_t type) {
    switch (type) {
    case 2: return (format){LARES_Q4, take_q4_0};
    case 3: return (format){LARES_Q4M, take_q4_1};
    case 6: return (format){LARES_Q5, take_q5_0};
    case 7: return (format){LARES_Q5M, take_q5_1};
    case 8: return (format){LARES_Q8, take_q8_0};
    case 10: return (format){LARES_Q2S, take_q2_k};
    case 11: return (format){LARES_Q3S, take_q3_k};
    case 12: return (format){LARES_Q4M, take_q4_k};
    case 13: return (format){LARES_Q5M, take_q5_k};
    default: return (format){LARES_Q6S, take_q6_k};
    }
}

static void transpose(const uint8_t *source, size_t row_bytes, size_t rows, size_t columns, size_t size, uint8_t *out) {
    memset(out, 0, columns * LARES_PANEL * size);
    for (size_t r = 0; r < rows; r++)
        for (size_t k = 0; k < columns; k++) memcpy(out + (k * LARES_PANEL + r) * size, source + r * row_bytes + k * size, size);
}

void lares_pack_panel(
    lares_layout layout, uint32_t type, const uint8_t *source, size_t row_bytes, size_t rows, size_t columns, uint8_t *out) {
    if (layout == LARES_W14) {
        lares_pack_words(type, source, row_bytes, rows, columns, out);
        return;
    }
    if (type == 0) {
        transpose(source, row_bytes, rows, columns, 4, out);
        return;
    }
    if (type == 1 || type == 30) {
        transpose(source, row_bytes, rows, columns, 2, out);
        return;
    }
    const format f = format_of(type);
    parts p;
    memset(&p, 0, sizeof p);
    const size_t blocks = columns / LARES_BLOCK;
    for (size_t b = 0; b < blocks; b++) {
        for (size_t r = 0; r < rows; r++) f.take(source + r * row_bytes, b, &p, (int)r);
        lares_pack_block(f.layout, &p.u[0][0], p.d, p.m, &p.sub[0][0], b, blocks, out);
    }
}
