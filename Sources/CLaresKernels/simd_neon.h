// Sixteen lanes as four q registers; dot products of bytes by SDOT. Byte vectors hold 16 rows by 4 columns.
#include <arm_neon.h>
#include <string.h>
#define LARES_ISA neon
#define LARES_TILE 4
#define LARES_FLOAT_TILE 6
#define LARES_WORD_TILE 2
#define LARES_GEMM_VECTORS 1  // columns of a tile of 6 rows, by 16
#define LARES_WIDE_BYTES 1
#define LARES_TURNS(rows, ready) 1
#define LARES_SUMS(bits) 8  // sums are int32: never emptied early
#define LARES_READY(bits) ((bits) == 5 || (bits) == 6 || (bits) == 3 || (bits) == 8)  // quants that many rows find unpacked

typedef struct { float32x4_t v[4]; } vf;
typedef struct { uint8x16_t v[4]; } vb;
typedef struct { int32x4_t v[4]; } vi;
typedef vi vp, vs;

#define OP static inline __attribute__((always_inline))
#define EACH for (int i = 0; i < 4; i++)

OP vf vf_set(float x) { vf r; EACH r.v[i] = vdupq_n_f32(x); return r; }
OP vf vf_zero(void) { return vf_set(0); }
OP vf vf_load(const float *p) { vf r; EACH r.v[i] = vld1q_f32(p + 4 * i); return r; }
OP void vf_store(float *p, vf x) { EACH vst1q_f32(p + 4 * i, x.v[i]); }
OP vf vf_load_f16(const void *p) {
    vf r;
    EACH r.v[i] = vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16((const uint16_t *)p + 4 * i)));
    return r;
}
OP vf vf_load_bf16(const void *p) {
    vf r;
    EACH r.v[i] = vreinterpretq_f32_u32(vshll_n_u16(vld1_u16((const uint16_t *)p + 4 * i), 16));
    return r;
}
OP void vf_store_f16(uint16_t *p, vf x) { EACH vst1_u16(p + 4 * i, vreinterpret_u16_f16(vcvt_f16_f32(x.v[i]))); }
OP vf vf_fma(vf x, vf y, vf z) { vf r; EACH r.v[i] = vfmaq_f32(z.v[i], x.v[i], y.v[i]); return r; }
OP vf vf_mul(vf x, vf y) { vf r; EACH r.v[i] = vmulq_f32(x.v[i], y.v[i]); return r; }
OP vf vf_add(vf x, vf y) { vf r; EACH r.v[i] = vaddq_f32(x.v[i], y.v[i]); return r; }
OP vf vf_sub(vf x, vf y) { vf r; EACH r.v[i] = vsubq_f32(x.v[i], y.v[i]); return r; }
OP vf vf_div(vf x, vf y) { vf r; EACH r.v[i] = vdivq_f32(x.v[i], y.v[i]); return r; }
OP vf vf_sqrt(vf x) { vf r; EACH r.v[i] = vsqrtq_f32(x.v[i]); return r; }
OP vf vf_max(vf x, vf y) { vf r; EACH r.v[i] = vmaxnmq_f32(x.v[i], y.v[i]); return r; }
OP vf vf_min(vf x, vf y) { vf r; EACH r.v[i] = vminnmq_f32(x.v[i], y.v[i]); return r; }
OP vf vf_round(vf x) { vf r; EACH r.v[i] = vrndnq_f32(x.v[i]); return r; }
OP vf vf_abs(vf x) { vf r; EACH r.v[i] = vabsq_f32(x.v[i]); return r; }
OP vf vf_sign(vf x, vf y) { vf r; EACH r.v[i] = vbslq_f32(vdupq_n_u32(0x80000000u), y.v[i], x.v[i]); return r; }
OP vf vf_exp2i(vf n) {
    vf r;
    EACH r.v[i] = vreinterpretq_f32_s32(vshlq_n_s32(vaddq_s32(vcvtnq_s32_f32(n.v[i]), vdupq_n_s32(127)), 23));
    return r;
}
OP float vf_sum(vf x) { return vaddvq_f32(vaddq_f32(vaddq_f32(x.v[0], x.v[2]), vaddq_f32(x.v[1], x.v[3]))); }
OP float vf_top(vf x) { return vmaxnmvq_f32(vmaxnmq_f32(vmaxnmq_f32(x.v[0], x.v[1]), vmaxnmq_f32(x.v[2], x.v[3]))); }
OP vf vf_from(vi x) { vf r; EACH r.v[i] = vcvtq_f32_s32(x.v[i]); return r; }
OP int vf_store_bytes(int8_t *p, vf x) {
    int32x4_t w[4];
    EACH w[i] = vcvtnq_s32_f32(x.v[i]);
    vst1q_s8(p, vcombine_s8(vmovn_s16(vcombine_s16(vmovn_s32(w[0]), vmovn_s32(w[1]))), vmovn_s16(vcombine_s16(vmovn_s32(w[2]), vmovn_s32(w[3])))));
    return vaddvq_s32(vaddq_s32(vaddq_s32(w[0], w[1]), vaddq_s32(w[2], w[3])));
}

OP vb vb_load(const uint8_t *p) { vb r; EACH r.v[i] = vld1q_u8(p + 16 * i); return r; }
OP void vb_store(uint8_t *p, vb x) { EACH vst1q_u8(p + 16 * i, x.v[i]); }
OP vb vb_or(vb x, vb y) { vb r; EACH r.v[i] = vorrq_u8(x.v[i], y.v[i]); return r; }
OP vb vb_shift_mask(vb x, int n, uint8_t mask) {
    vb r;
    EACH r.v[i] = vandq_u8(n == 0 ? x.v[i] : vshlq_u8(x.v[i], vdupq_n_s8((int8_t)n)), vdupq_n_u8(mask));
    return r;
}
OP vi vi_zero(void) { vi r; EACH r.v[i] = vdupq_n_s32(0); return r; }
OP vp vp_zero(void) { return vi_zero(); }
OP void vp_pin(vp *acc) { (void)acc; }
/// Weights below 128 only: SDOT takes both sides signed.
OP vp vp_dot(vp acc, vb w, const int8_t *x) {
    int32_t four;
    memcpy(&four, x, 4);
    const int8x16_t v = vreinterpretq_s8_s32(vdupq_n_s32(four));
    EACH acc.v[i] = vdotq_s32(acc.v[i], vreinterpretq_s8_u8(w.v[i]), v);
    return acc;
}
/// Full bytes: u = q + 128, so u·x = q·x + 128 Σx.
OP vp vp_dot_bytes(vp acc, vb w, const int8_t *x) {
    EACH w.v[i] = veorq_u8(w.v[i], vdupq_n_u8(0x80));
    return vp_dot(acc, w, x);
}
OP vi vi_bytes_done(vp acc, const int16_t *sums) {
    EACH acc.v[i] = vaddq_s32(acc.v[i], vdupq_n_s32(128 * (sums[0] + sums[1])));
    return acc;
}
OP vi vi_flush(vi sum, vp p) { EACH sum.v[i] = vaddq_s32(sum.v[i], p.v[i]); return sum; }
OP vi vi_flush_scaled(vi sum, vp p, vs s) { EACH sum.v[i] = vmlaq_s32(sum.v[i], p.v[i], s.v[i]); return sum; }
OP vs vs_load(const int8_t *p, int which) {
    vs r;
    const int8x16x2_t pairs = vld2q_s8(p);
    const int8x16_t one = which ? pairs.val[1] : pairs.val[0];
    const int16x8_t lo = vmovl_s8(vget_low_s8(one)), hi = vmovl_s8(vget_high_s8(one));
    r.v[0] = vmovl_s16(vget_low_s16(lo)), r.v[1] = vmovl_s16(vget_high_s16(lo));
    r.v[2] = vmovl_s16(vget_low_s16(hi)), r.v[3] = vmovl_s16(vget_high_s16(hi));
    return r;
}
OP vi vi_pair_dot(const int8_t *p, const int16_t *sums) {
    const vs first = vs_load(p, 0), second = vs_load(p, 1);
    vi r;
    EACH r.v[i] = vmlaq_n_s32(vmulq_n_s32(first.v[i], sums[0]), second.v[i], sums[1]);
    return r;
}
OP vi vi_less(vi x, vi y, int n) { EACH x.v[i] = vmlsq_n_s32(x.v[i], y.v[i], n); return x; }
OP float half_round(float x) { return vgetq_lane_f32(vcvt_f32_f16(vcvt_f16_f32(vdupq_n_f32(x))), 0); }

OP void vf_store_words(int16_t *p, vf x, vf y) {
    EACH vst1_s16(p + 4 * i, vmovn_s32(vcvtnq_s32_f32(x.v[i])));
    EACH vst1_s16(p + 16 + 4 * i, vmovn_s32(vcvtnq_s32_f32(y.v[i])));
}
OP vb vb_pair(const int16_t *x) {
    int32_t two;
    memcpy(&two, x, 4);
    vb r;
    EACH r.v[i] = vreinterpretq_u8_s32(vdupq_n_s32(two));
    return r;
}
OP vi vi_dot_pair(vi acc, vb w, vb x) {
    EACH {
        const int16x8_t a = vreinterpretq_s16_u8(w.v[i]), b = vreinterpretq_s16_u8(x.v[i]);
        acc.v[i] = vaddq_s32(acc.v[i], vpaddq_s32(vmull_s16(vget_low_s16(a), vget_low_s16(b)), vmull_high_s16(a, b)));
    }
    return acc;
}
