// Sixteen lanes as two ymm registers. Byte vectors hold 16 rows by 4 columns.
#include <immintrin.h>
#include <string.h>
#define LARES_ISA avx2
#define LARES_TILE 4         // activation rows a quantised tile takes
#define LARES_FLOAT_TILE 6   // 12 accumulators, 2 weights, 1 broadcast: 15 of 16 registers
#define LARES_WORD_TILE 2    // 8 sums, 4 weights, 1 broadcast, 1 product
#define LARES_GEMM_VECTORS 1  // columns of a tile of 6 rows, by 16
#define LARES_WIDE_BYTES 0   // no dot product of full bytes: 8-bit weights go as two 4-bit planes
#define LARES_TURNS(rows, ready) 1
#define LARES_SUMS(bits) ((bits) == 4 ? 8 : (bits) == 5 ? 4 : (bits) == 6 ? 2 : 8)  // pair sums an int16 lane holds
#define LARES_READY(bits) ((bits) == 5 || (bits) == 6 || (bits) == 3)  // quants that many rows find unpacked

typedef struct { __m256 a, b; } vf;
typedef struct { __m256i a, b; } vb;
typedef struct { __m256i a, b; } vi;
typedef vi vp;  // partial sums: pairs in int16
typedef vi vs;  // sub-scales, doubled in int16

#define OP static inline __attribute__((always_inline))

OP vf vf_zero(void) { return (vf){_mm256_setzero_ps(), _mm256_setzero_ps()}; }
OP vf vf_set(float x) { return (vf){_mm256_set1_ps(x), _mm256_set1_ps(x)}; }
OP vf vf_load(const float *p) { return (vf){_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8)}; }
OP void vf_store(float *p, vf x) { _mm256_storeu_ps(p, x.a); _mm256_storeu_ps(p + 8, x.b); }
OP vf vf_load_f16(const void *p) {
    return (vf){_mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)p)), _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)p + 1))};
}
OP __m256 bf16_half(__m128i h) { return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(h), 16)); }
OP vf vf_load_bf16(const void *p) {
    return (vf){bf16_half(_mm_loadu_si128((const __m128i *)p)), bf16_half(_mm_loadu_si128((const __m128i *)p + 1))};
}
OP void vf_store_f16(uint16_t *p, vf x) {
    _mm_storeu_si128((__m128i *)p, _mm256_cvtps_ph(x.a, _MM_FROUND_TO_NEAREST_INT));
    _mm_storeu_si128((__m128i *)p + 1, _mm256_cvtps_ph(x.b, _MM_FROUND_TO_NEAREST_INT));
}
OP vf vf_fma(vf x, vf y, vf z) { return (vf){_mm256_fmadd_ps(x.a, y.a, z.a), _mm256_fmadd_ps(x.b, y.b, z.b)}; }
OP vf vf_mul(vf x, vf y) { return (vf){_mm256_mul_ps(x.a, y.a), _mm256_mul_ps(x.b, y.b)}; }
OP vf vf_add(vf x, vf y) { return (vf){_mm256_add_ps(x.a, y.a), _mm256_add_ps(x.b, y.b)}; }
OP vf vf_sub(vf x, vf y) { return (vf){_mm256_sub_ps(x.a, y.a), _mm256_sub_ps(x.b, y.b)}; }
OP vf vf_div(vf x, vf y) { return (vf){_mm256_div_ps(x.a, y.a), _mm256_div_ps(x.b, y.b)}; }
OP vf vf_sqrt(vf x) { return (vf){_mm256_sqrt_ps(x.a), _mm256_sqrt_ps(x.b)}; }
OP vf vf_max(vf x, vf y) { return (vf){_mm256_max_ps(x.a, y.a), _mm256_max_ps(x.b, y.b)}; }
OP vf vf_min(vf x, vf y) { return (vf){_mm256_min_ps(x.a, y.a), _mm256_min_ps(x.b, y.b)}; }
OP vf vf_round(vf x) {
    return (vf){_mm256_round_ps(x.a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC),
                _mm256_round_ps(x.b, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)};
}
OP vf vf_abs(vf x) {
    const __m256 m = _mm256_castsi256_ps(_mm256_set1_epi32(0x7fffffff));
    return (vf){_mm256_and_ps(x.a, m), _mm256_and_ps(x.b, m)};
}
/// |x| with the sign of y.
OP vf vf_sign(vf x, vf y) {
    const __m256 m = _mm256_set1_ps(-0.0f);
    return (vf){_mm256_or_ps(_mm256_andnot_ps(m, x.a), _mm256_and_ps(m, y.a)), _mm256_or_ps(_mm256_andnot_ps(m, x.b), _mm256_and_ps(m, y.b))};
}
/// 2 to a whole power in -126...127.
OP vf vf_exp2i(vf n) {
    const __m256i bias = _mm256_set1_epi32(127);
    return (vf){_mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32(_mm256_cvtps_epi32(n.a), bias), 23)),
                _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32(_mm256_cvtps_epi32(n.b), bias), 23))};
}
OP float vf_sum(vf x) {
    __m256 t = _mm256_add_ps(x.a, x.b);
    __m128 u = _mm_add_ps(_mm256_castps256_ps128(t), _mm256_extractf128_ps(t, 1));
    u = _mm_add_ps(u, _mm_movehl_ps(u, u));
    return _mm_cvtss_f32(_mm_add_ss(u, _mm_movehdup_ps(u)));
}
OP float vf_top(vf x) {
    __m256 t = _mm256_max_ps(x.a, x.b);
    __m128 u = _mm_max_ps(_mm256_castps256_ps128(t), _mm256_extractf128_ps(t, 1));
    u = _mm_max_ps(u, _mm_movehl_ps(u, u));
    return _mm_cvtss_f32(_mm_max_ss(u, _mm_movehdup_ps(u)));
}
OP vf vf_from(vi x) { return (vf){_mm256_cvtepi32_ps(x.a), _mm256_cvtepi32_ps(x.b)}; }
/// Whole numbers in -127...127 as sixteen bytes; returns their sum.
OP int vf_store_bytes(int8_t *p, vf x) {
    __m256i w = _mm256_packs_epi32(_mm256_cvtps_epi32(x.a), _mm256_cvtps_epi32(x.b));
    w = _mm256_permute4x64_epi64(w, 0xd8);
    __m128i lo = _mm256_castsi256_si128(w), hi = _mm256_extracti128_si256(w, 1);
    _mm_storeu_si128((__m128i *)p, _mm_packs_epi16(lo, hi));
    __m128i s = _mm_madd_epi16(_mm_add_epi16(lo, hi), _mm_set1_epi16(1));
    s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0x4e));
    return _mm_cvtsi128_si32(_mm_add_epi32(s, _mm_shuffle_epi32(s, 0xb1)));
}

OP vb vb_load(const uint8_t *p) { return (vb){_mm256_loadu_si256((const __m256i *)p), _mm256_loadu_si256((const __m256i *)p + 1)}; }
OP void vb_store(uint8_t *p, vb x) { _mm256_storeu_si256((__m256i *)p, x.a); _mm256_storeu_si256((__m256i *)p + 1, x.b); }
OP vb vb_or(vb x, vb y) { return (vb){_mm256_or_si256(x.a, y.a), _mm256_or_si256(x.b, y.b)}; }
/// (x shifted left by n, right when negative) & mask, per byte; the mask clears what crosses bytes.
OP vb vb_shift_mask(vb x, int n, uint8_t mask) {
    const __m256i m = _mm256_set1_epi8((char)mask);
    if (n > 0) x = (vb){_mm256_slli_epi16(x.a, n), _mm256_slli_epi16(x.b, n)};
    if (n < 0) x = (vb){_mm256_srli_epi16(x.a, -n), _mm256_srli_epi16(x.b, -n)};
    return (vb){_mm256_and_si256(x.a, m), _mm256_and_si256(x.b, m)};
}
OP vi vi_zero(void) { return (vi){_mm256_setzero_si256(), _mm256_setzero_si256()}; }
OP vp vp_zero(void) { return vi_zero(); }
OP vp vp_dot(vp acc, vb w, const int8_t *x) {
    int32_t four;
    memcpy(&four, x, 4);
    const __m256i v = _mm256_set1_epi32(four);
    return (vp){_mm256_add_epi16(acc.a, _mm256_maddubs_epi16(w.a, v)), _mm256_add_epi16(acc.b, _mm256_maddubs_epi16(w.b, v))};
}
/// Keeps the compiler from regrouping the sums of a tile column by column, which spills every unpacked weight.
OP void vp_pin(vp *acc) { __asm__("" : "+x"(acc->a), "+x"(acc->b)); }
OP vi vi_flush_by(vi sum, vp p, int factor) {
    const __m256i f = _mm256_set1_epi16((short)factor);
    return (vi){_mm256_add_epi32(sum.a, _mm256_madd_epi16(p.a, f)), _mm256_add_epi32(sum.b, _mm256_madd_epi16(p.b, f))};
}
OP vi vi_flush(vi sum, vp p) { return vi_flush_by(sum, p, 1); }
OP vi vi_flush_scaled(vi sum, vp p, vs s) {
    return (vi){_mm256_add_epi32(sum.a, _mm256_madd_epi16(p.a, s.a)), _mm256_add_epi32(sum.b, _mm256_madd_epi16(p.b, s.b))};
}
OP __m256i sub_double(__m256i pairs, int which) {
    const __m256i lo = _mm256_setr_epi8(0, 1, 0, 1, 4, 5, 4, 5, 8, 9, 8, 9, 12, 13, 12, 13, 0, 1, 0, 1, 4, 5, 4, 5, 8, 9, 8, 9, 12, 13, 12, 13);
    return _mm256_shuffle_epi8(pairs, which ? _mm256_add_epi8(lo, _mm256_set1_epi8(2)) : lo);
}
/// Sub-scales of half block `which` from sixteen int8 pairs.
OP vs vs_load(const int8_t *p, int which) {
    return (vs){sub_double(_mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)p)), which),
                sub_double(_mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)p + 1)), which)};
}
/// Per row p[0] * sums[0] + p[1] * sums[1].
OP vi vi_pair_dot(const int8_t *p, const int16_t *sums) {
    int32_t two;
    memcpy(&two, sums, 4);
    const __m256i v = _mm256_set1_epi32(two);
    return (vi){_mm256_madd_epi16(_mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)p)), v),
                _mm256_madd_epi16(_mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)p + 1)), v)};
}
/// x - n * y.
OP vi vi_less(vi x, vi y, int n) {
    const __m256i f = _mm256_set1_epi32(n);
    return (vi){_mm256_sub_epi32(x.a, _mm256_mullo_epi32(y.a, f)), _mm256_sub_epi32(x.b, _mm256_mullo_epi32(y.b, f))};
}
OP float half_round(float x) { return _cvtsh_ss(_cvtss_sh(x, _MM_FROUND_TO_NEAREST_INT)); }

OP void store_words(int16_t *p, vf x) {
    const __m256i w = _mm256_packs_epi32(_mm256_cvtps_epi32(x.a), _mm256_cvtps_epi32(x.b));
    _mm256_storeu_si256((__m256i *)p, _mm256_permute4x64_epi64(w, 0xd8));
}
/// Whole numbers in -8191...8191 as words.
OP void vf_store_words(int16_t *p, vf x, vf y) { store_words(p, x), store_words(p + 16, y); }
/// Two words in every lane of 32 bits.
OP vb vb_pair(const int16_t *x) {
    int32_t two;
    memcpy(&two, x, 4);
    return (vb){_mm256_set1_epi32(two), _mm256_set1_epi32(two)};
}
OP vi vi_dot_pair(vi acc, vb w, vb x) {
    return (vi){_mm256_add_epi32(acc.a, _mm256_madd_epi16(w.a, x.a)), _mm256_add_epi32(acc.b, _mm256_madd_epi16(w.b, x.b))};
}
