// Floats to panels of 14-bit words, and back.
#include "layout.h"

#include <math.h>
#include <string.h>

static float value_at(uint32_t type, const uint8_t *row, size_t k) {
    uint32_t bits = 0;
    memcpy(&bits, row + k * (type ? 2 : 4), type ? 2 : 4);
    if (type == 1) return lares_float((uint16_t)bits);
    if (type == 30) bits <<= 16;
    float x;
    memcpy(&x, &bits, 4);
    return x;
}

static void pack_row(const float *x, size_t r, lares_words *out) {
    float top = 0;
    for (size_t k = 0; k < LARES_BLOCK; k++) top = fmaxf(top, fabsf(x[k]));
    out->steps[r] = top / LARES_LARGEST_WORD;
    const float inverse = top > 1e-30f ? LARES_LARGEST_WORD / top : 0;
    for (size_t k = 0; k < LARES_BLOCK; k++) out->words[k / 2][r][k % 2] = (int16_t)lrintf(x[k] * inverse);
}

void lares_pack_words(uint32_t type, const uint8_t *source, size_t row_bytes, size_t rows, size_t columns, uint8_t *out) {
    lares_words *panel = (lares_words *)out;
    memset(panel, 0, sizeof *panel * (columns / LARES_BLOCK));
    for (size_t r = 0; r < rows; r++)
        for (size_t b = 0; b < columns / LARES_BLOCK; b++) {
            float x[LARES_BLOCK];
            for (size_t k = 0; k < LARES_BLOCK; k++) x[k] = value_at(type, source + r * row_bytes, b * LARES_BLOCK + k);
            pack_row(x, r, panel + b);
        }
}

void lares_unpack_words(const uint8_t *packed, size_t columns, size_t r, float *out) {
    const lares_words *panel = (const lares_words *)packed;
    for (size_t k = 0; k < columns; k++) {
        const lares_words *block = panel + k / LARES_BLOCK;
        out[k] = block->steps[r] * (float)block->words[k % LARES_BLOCK / 2][r][k % 2];
    }
}
