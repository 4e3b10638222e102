#include "lares_kernels.h"

#include <string.h>

static uint32_t bits_of(float x) {
    uint32_t b;
    memcpy(&b, &x, 4);
    return b;
}

static float float_of(uint32_t b) {
    float x;
    memcpy(&x, &b, 4);
    return x;
}

uint16_t lares_half(float x) {
    const uint32_t b = bits_of(x), sign = (b >> 16) & 0x8000, magnitude = b & 0x7fffffff;
    if (magnitude > 0x7f800000) return (uint16_t)(sign | 0x7e00);   // NaN
    if (magnitude >= 0x477ff000) return (uint16_t)(sign | 0x7c00);  // rounds past 65504
    if (magnitude < 0x38800000) {                                    // subnormal: the adder rounds to nearest even
        const float f = float_of(magnitude) + 0.5f;
        return (uint16_t)(sign | (bits_of(f) - 0x3f000000));
    }
    const uint32_t rounded = magnitude + 0xfff + ((magnitude >> 13) & 1);
    return (uint16_t)(sign | ((rounded - 0x38000000) >> 13));
}

float lares_float(uint16_t h) {
    const uint32_t sign = (uint32_t)(h & 0x8000) << 16, exponent = (h >> 10) & 31, fraction = h & 0x3ff;
    if (exponent == 31) return float_of(sign | 0x7f800000 | (fraction << 13));
    if (exponent == 0) {
        const float f = (float)fraction * 5.9604644775390625e-8f;  // 2^-24
        return float_of(sign | bits_of(f));
    }
    return float_of(sign | ((exponent + 112) << 23) | (fraction << 13));
}
