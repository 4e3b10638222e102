// Packed panels from unsigned quants, and back. See README.md for the picture.
#include "layout.h"

#include <string.h>

size_t lares_panel_rows(lares_layout layout) { return layout == LARES_W14 ? 2 * LARES_PANEL : LARES_PANEL; }

size_t lares_block_bytes(lares_layout layout) {
    if (layout == LARES_W14) return sizeof(lares_words);
    if (layout == LARES_F32) return LARES_PANEL * LARES_BLOCK * 4;
    if (layout == LARES_F16 || layout == LARES_BF16) return LARES_PANEL * LARES_BLOCK * 2;
    const lares_shape shape = lares_shape_of(layout);
    return lares_shape_bytes(shape) + (size_t)shape.low;
}

static inline uint32_t four(const uint8_t *p) {
    uint32_t x;
    memcpy(&x, p, 4);
    return x;
}

static inline void put_four(uint8_t *p, uint32_t x) { memcpy(p, &x, 4); }

/// Four groups of 16 rows: low nibbles hold columns 0...15, high nibbles 16...31.
static void nibble_plane(const uint8_t *u, uint8_t *out) {
    for (int c = 0; c < 4; c++)
        for (int r = 0; r < 16; r++)
            put_four(out + 64 * c + 4 * r, (four(u + 32 * r + 4 * c) & 0x0f0f0f0f) | (four(u + 32 * r + 16 + 4 * c) & 0x0f0f0f0f) << 4);
}

/// Bits `shift`, `shift` + 1 of every quant: vector v holds column groups 4v...4v+3.
static void pair_plane(const uint8_t *u, int shift, uint8_t *out) {
    for (int v = 0; v < 2; v++)
        for (int r = 0; r < 16; r++) {
            uint32_t x = 0;
            for (int g = 0; g < 4; g++) x |= ((four(u + 32 * r + 16 * v + 4 * g) >> shift) & 0x03030303) << (2 * g);
            put_four(out + 64 * v + 4 * r, x);
        }
}

/// Bit `shift` of every quant: bit g of a byte belongs to column group g.
static void bit_plane(const uint8_t *u, int shift, uint8_t *out) {
    for (int r = 0; r < 16; r++) {
        uint32_t x = 0;
        for (int g = 0; g < 8; g++) x |= ((four(u + 32 * r + 4 * g) >> shift) & 0x01010101) << g;
        put_four(out + 4 * r, x);
    }
}

/// Lower or upper halves (`shift` 0 or 4) of bytes.
static void half_plane(const uint8_t *u, int shift, uint8_t *out) {
    uint8_t halves[LARES_PANEL * LARES_BLOCK];
    for (int i = 0; i < LARES_PANEL * LARES_BLOCK; i++) halves[i] = (uint8_t)(u[i] >> shift) & 15;
    nibble_plane(halves, out);
}

void lares_pack_block(
    lares_layout layout, const uint8_t *u, const uint16_t *d, const uint16_t *m, const int8_t *sub, size_t b, size_t blocks, uint8_t *panel) {
    const lares_shape shape = lares_shape_of(layout);
    const size_t step = lares_shape_bytes(shape);
    uint8_t *out = panel + b * step;
    switch (shape.bits) {
    case 8: half_plane(u, 4, out), half_plane(u, 0, panel + blocks * step + b * (size_t)shape.low); break;
    case 4: nibble_plane(u, out); break;
    case 5: nibble_plane(u, out), bit_plane(u, 4, out + 256); break;
    case 6: nibble_plane(u, out), pair_plane(u, 4, out + 256); break;
    case 3: pair_plane(u, 0, out), bit_plane(u, 2, out + 128); break;
    default: pair_plane(u, 0, out); break;
    }
    out += shape.quants;
    memcpy(out, d, 32);
    if (shape.minimum) memcpy(out += 32, m, 32);
    if (shape.sub) memcpy(out + 32, sub, 32);
}

static uint8_t nibble_at(const uint8_t *plane, size_t r, size_t k) {
    return (plane[64 * (k / 4 % 4) + 4 * r + k % 4] >> (k < 16 ? 0 : 4)) & 15;
}

static uint8_t quant_at(const lares_shape *shape, const uint8_t *block, const uint8_t *low, size_t r, size_t k) {
    const size_t g = k / 4, at = 4 * r + k % 4;
    const uint8_t nibble = nibble_at(block, r, k), pair = (block[64 * (g / 4) + at] >> (2 * (g % 4))) & 3;
    switch (shape->bits) {
    case 8: return (uint8_t)(nibble << 4) | nibble_at(low, r, k);
    case 4: return nibble;
    case 5: return (uint8_t)(nibble | ((block[256 + at] >> g) & 1) << 4);
    case 6: return (uint8_t)(nibble | ((block[256 + 64 * (g / 4) + at] >> (2 * (g % 4))) & 3) << 4);
    case 3: return (uint8_t)(pair | ((block[128 + at] >> g) & 1) << 2);
    default: return pair;
    }
}

static float half_at(const uint8_t *p, size_t r) {
    uint16_t h;
    memcpy(&h, p + 2 * r, 2);
    return lares_float(h);
}

static void unpack_block(lares_layout layout, const uint8_t *panel, size_t b, size_t blocks, size_t r, float *out) {
    const lares_shape shape = lares_shape_of(layout);
    const size_t step = lares_shape_bytes(shape);
    const uint8_t *block = panel + b * step, *low = panel + blocks * step + b * (size_t)shape.low;
    const uint8_t *after = block + shape.quants;
    const float d = half_at(after, r), m = shape.minimum ? half_at(after + 32, r) : 0;
    for (size_t k = 0; k < LARES_BLOCK; k++) {
        const int u = quant_at(&shape, block, low, r, k) - (int)shape.offset;
        const int8_t sub = shape.sub ? (int8_t)after[32 + 32 * shape.minimum + 2 * (int)r + (int)(k / 16)] : 1;
        if (shape.sub && shape.minimum) out[k] = d * (float)((sub & 15) * u) + m * (float)((uint8_t)sub >> 4);
        else out[k] = d * (float)(sub * u) + m;
    }
}

void lares_unpack_row(lares_layout layout, const uint8_t *panel, size_t columns, size_t r, float *out) {
    if (layout == LARES_W14) {
        lares_unpack_words(panel, columns, r, out);
    } else if (layout == LARES_F32) {
        for (size_t k = 0; k < columns; k++) memcpy(out + k, panel + 4 * (16 * k + r), 4);
    } else if (layout == LARES_F16) {
        for (size_t k = 0; k < columns; k++) out[k] = half_at(panel + 32 * k, r);
    } else if (layout == LARES_BF16) {
        for (size_t k = 0; k < columns; k++) {
            uint16_t h;
            memcpy(&h, panel + 2 * (16 * k + r), 2);
            const uint32_t bits = (uint32_t)h << 16;
            memcpy(out + k, &bits, 4);
        }
    } else {
        const size_t blocks = columns / LARES_BLOCK;
        for (size_t b = 0; b < blocks; b++) unpack_block(layout, panel, b, blocks, r, out + b * LARES_BLOCK);
    }
}

// What is left out is d * (low - 7.5): of 16 even steps, with a mean square of (16 * 16 - 1) / 12, and as good as independent of the
// activations. So the error is about |x| * sqrt(mean over the columns of d * d * 21.25).
float lares_upper_error(const uint8_t *panel, size_t columns) {
    const lares_shape shape = lares_shape_of(LARES_Q8);
    const size_t blocks = columns / LARES_BLOCK, step = lares_shape_bytes(shape);
    float sums[LARES_PANEL] = {0}, top = 0;
    for (size_t b = 0; b < blocks; b++)
        for (size_t r = 0; r < LARES_PANEL; r++) {
            const float d = half_at(panel + b * step + shape.quants, r);
            sums[r] += d * d;
        }
    for (size_t r = 0; r < LARES_PANEL; r++) top = sums[r] > top ? sums[r] : top;
    return __builtin_sqrtf(top / (float)blocks * 21.25f);
}

float lares_lower_mean(const uint8_t *panel, size_t columns) {
    const lares_shape shape = lares_shape_of(LARES_Q8);
    const size_t blocks = columns / LARES_BLOCK;
    const uint8_t *low = panel + blocks * lares_shape_bytes(shape);
    size_t sum = 0;
    for (size_t i = 0; i < blocks * (size_t)shape.low; i++) sum += (low[i] & 15u) + (low[i] >> 4);
    return (float)sum / (float)(2 * blocks * (size_t)shape.low);
}

void lares_write_key(const uint16_t *key, size_t head, size_t slot, uint16_t *page) {
    for (size_t i = 0; i < head; i++) page[16 * i + slot] = key[i];
}
