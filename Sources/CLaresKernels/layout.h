// Bytes of a block of 16 rows by 32 columns: planes of quants first, then what turns them into weights. Included by every set.
// The lower halves of 8-bit quants lie behind all blocks of the panel: whoever wants an estimate reads only what is before them.
#ifndef LARES_LAYOUT_H
#define LARES_LAYOUT_H
#include "lares_kernels.h"

typedef struct {
    int bits;      // of the quants
    float offset;  // subtracted from the quants; 0 when a minimum is stored
    int minimum;   // f16 minimum per row
    int sub;       // scales per 16 columns
    int quants;    // bytes of the planes
    int low;       // bytes of the lower halves, behind all blocks
    float unit;    // what a quant counts
} lares_shape;

static inline __attribute__((always_inline)) lares_shape lares_shape_of(lares_layout layout) {
    switch (layout) {
    case LARES_Q4: return (lares_shape){4, 8, 0, 0, 256, 0, 1};
    case LARES_Q4M: return (lares_shape){4, 0, 1, 0, 256, 0, 1};
    case LARES_Q5: return (lares_shape){5, 16, 0, 0, 320, 0, 1};
    case LARES_Q5M: return (lares_shape){5, 0, 1, 0, 320, 0, 1};
    case LARES_Q8: return (lares_shape){8, 128, 0, 0, 256, 256, 1};
    case LARES_Q8_UPPER: return (lares_shape){4, 7.53125f, 0, 0, 256, 256, 16};  // 16 * 7.53125 = 128 - 7.5, the mean lower half
    case LARES_Q2S: return (lares_shape){2, 0, 1, 1, 128, 0, 1};
    case LARES_Q3S: return (lares_shape){3, 4, 0, 1, 192, 0, 1};
    case LARES_Q6S: return (lares_shape){6, 32, 0, 1, 384, 0, 1};
    default: return (lares_shape){0, 0, 0, 0, 0, 0, 1};
    }
}

/// A block of LARES_W14: 32 rows by 32 columns, two columns of a row side by side.
typedef struct {
    int16_t words[LARES_BLOCK / 2][2 * LARES_PANEL][2];
    float steps[2 * LARES_PANEL];  // what one of a row's words counts
} lares_words;

// 32 products of two of them fit a 32-bit sum.
enum { LARES_LARGEST_WORD = 8191 };

void lares_pack_words(uint32_t type, const uint8_t *source, size_t row_bytes, size_t rows, size_t columns, uint8_t *out);
void lares_unpack_words(const uint8_t *panel, size_t columns, size_t r, float *out);

// From one block to the next. After the quants: 16 f16 scales, 16 f16 minimums (if any), 16 pairs of int8 sub-scales (if any).
static inline __attribute__((always_inline)) size_t lares_shape_bytes(lares_shape s) {
    return (size_t)(s.quants + 32 + 32 * s.minimum + 32 * s.sub);
}
#endif
