// Sixteen lanes as plain arrays: the twin every other set is compared with, and the fallback where no other runs.
#include <math.h>
#include <string.h>
#define LARES_ISA portable
#define LARES_TILE 2
#define LARES_FLOAT_TILE 4
#define LARES_WORD_TILE 2
#define LARES_GEMM_VECTORS 1  // columns of a tile of 6 rows, by 16
#define LARES_WIDE_BYTES 1
#define LARES_TURNS(rows, ready) 1
#define LARES_SUMS(bits) 8
#define LARES_READY(bits) ((void)(bits), 0)  // quants that many rows find unpacked

typedef struct { float v[16]; } vf;
typedef struct { uint8_t v[64]; } vb;
typedef struct { int32_t v[16]; } vi;
typedef vi vp, vs;

#define OP static inline __attribute__((always_inline))
#define EACH for (int i = 0; i < 16; i++)

OP vf vf_set(float x) { vf r; EACH r.v[i] = x; return r; }
OP vf vf_zero(void) { return vf_set(0); }
OP vf vf_load(const float *p) { vf r; memcpy(&r, p, 64); return r; }
OP void vf_store(float *p, vf x) { memcpy(p, &x, 64); }
OP vf vf_load_f16(const void *p) { vf r; EACH r.v[i] = lares_float(((const uint16_t *)p)[i]); return r; }
OP vf vf_load_bf16(const void *p) {
    vf r;
    EACH { const uint32_t bits = (uint32_t)((const uint16_t *)p)[i] << 16; memcpy(&r.v[i], &bits, 4); }
    return r;
}
OP void vf_store_f16(uint16_t *p, vf x) { EACH p[i] = lares_half(x.v[i]); }
// Not fused: without the instruction, fmaf is a library call and a hundred times slower.
OP vf vf_fma(vf x, vf y, vf z) { EACH z.v[i] += x.v[i] * y.v[i]; return z; }
OP vf vf_mul(vf x, vf y) { EACH x.v[i] *= y.v[i]; return x; }
OP vf vf_add(vf x, vf y) { EACH x.v[i] += y.v[i]; return x; }
OP vf vf_sub(vf x, vf y) { EACH x.v[i] -= y.v[i]; return x; }
OP vf vf_div(vf x, vf y) { EACH x.v[i] /= y.v[i]; return x; }
OP vf vf_sqrt(vf x) { EACH x.v[i] = sqrtf(x.v[i]); return x; }
OP vf vf_max(vf x, vf y) { EACH x.v[i] = x.v[i] > y.v[i] ? x.v[i] : y.v[i]; return x; }
OP vf vf_min(vf x, vf y) { EACH x.v[i] = x.v[i] < y.v[i] ? x.v[i] : y.v[i]; return x; }
OP vf vf_round(vf x) { EACH x.v[i] = nearbyintf(x.v[i]); return x; }
OP vf vf_abs(vf x) { EACH x.v[i] = fabsf(x.v[i]); return x; }
OP vf vf_sign(vf x, vf y) { EACH x.v[i] = copysignf(x.v[i], y.v[i]); return x; }
OP vf vf_exp2i(vf n) {
    EACH { const int32_t bits = ((int32_t)n.v[i] + 127) * (1 << 23); memcpy(&n.v[i], &bits, 4); }
    return n;
}
OP float vf_sum(vf x) { float s = 0; EACH s += x.v[i]; return s; }
OP float vf_top(vf x) { float s = x.v[0]; EACH s = x.v[i] > s ? x.v[i] : s; return s; }
OP vf vf_from(vi x) { vf r; EACH r.v[i] = (float)x.v[i]; return r; }
OP int vf_store_bytes(int8_t *p, vf x) {
    int s = 0;
    x = vf_round(x);
    EACH { p[i] = (int8_t)x.v[i]; s += p[i]; }
    return s;
}

OP vb vb_load(const uint8_t *p) { vb r; memcpy(&r, p, 64); return r; }
OP void vb_store(uint8_t *p, vb x) { memcpy(p, &x, 64); }
OP vb vb_or(vb x, vb y) { for (int i = 0; i < 64; i++) x.v[i] |= y.v[i]; return x; }
OP vb vb_shift_mask(vb x, int n, uint8_t mask) {
    for (int i = 0; i < 64; i++) x.v[i] = (uint8_t)(n >= 0 ? x.v[i] << n : x.v[i] >> -n) & mask;
    return x;
}
OP vi vi_zero(void) { vi r; EACH r.v[i] = 0; return r; }
OP vp vp_zero(void) { return vi_zero(); }
OP void vp_pin(vp *acc) { (void)acc; }
OP vp vp_dot(vp acc, vb w, const int8_t *x) {
    EACH acc.v[i] += w.v[4 * i] * x[0] + w.v[4 * i + 1] * x[1] + w.v[4 * i + 2] * x[2] + w.v[4 * i + 3] * x[3];
    return acc;
}
OP vp vp_dot_bytes(vp acc, vb w, const int8_t *x) { return vp_dot(acc, w, x); }
OP vi vi_bytes_done(vp acc, const int16_t *sums) { (void)sums; return acc; }
OP vi vi_flush(vi sum, vp p) { EACH sum.v[i] += p.v[i]; return sum; }
OP vi vi_flush_scaled(vi sum, vp p, vs s) { EACH sum.v[i] += p.v[i] * s.v[i]; return sum; }
OP vs vs_load(const int8_t *p, int which) { vs r; EACH r.v[i] = p[2 * i + which]; return r; }
OP vi vi_pair_dot(const int8_t *p, const int16_t *sums) {
    vi r;
    EACH r.v[i] = p[2 * i] * sums[0] + p[2 * i + 1] * sums[1];
    return r;
}
OP vi vi_less(vi x, vi y, int n) { EACH x.v[i] -= n * y.v[i]; return x; }
OP float half_round(float x) { return lares_float(lares_half(x)); }

OP void vf_store_words(int16_t *p, vf x, vf y) { EACH p[i] = (int16_t)nearbyintf(x.v[i]), p[16 + i] = (int16_t)nearbyintf(y.v[i]); }
OP vb vb_pair(const int16_t *x) { vb r; EACH memcpy(r.v + 4 * i, x, 4); return r; }
OP vi vi_dot_pair(vi acc, vb w, vb x) {
    int16_t a[32], b[32];
    memcpy(a, &w, 64), memcpy(b, &x, 64);
    EACH acc.v[i] += a[2 * i] * b[2 * i] + a[2 * i + 1] * b[2 * i + 1];
    return acc;
}
