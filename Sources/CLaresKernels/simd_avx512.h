// Sixteen lanes as one zmm register; dot products of bytes by VNNI. Byte vectors hold 16 rows by 4 columns.
#ifndef LARES_EMULATED
#include <immintrin.h>
#endif
#include <string.h>
#define LARES_ISA avx512
#define LARES_TILE 12
#define LARES_FLOAT_TILE 12
#define LARES_WORD_TILE 6  // 12 whole and 12 float sums, 2 weights, 1 broadcast: 27 of 32 registers
#define LARES_GEMM_VECTORS 4  // columns of a tile of 6 rows, by 16
#define LARES_WIDE_BYTES 1
#define LARES_TURNS(rows, ready) ((rows) <= 8 || (ready))
#define LARES_SUMS(bits) 8  // sums are int32: never emptied early
#define LARES_READY(bits) ((bits) == 5 || (bits) == 6 || (bits) == 3 || (bits) == 8)  // quants that many rows find unpacked

typedef __m512 vf;
typedef __m512i vb, vi, vp, vs;

#define OP static inline __attribute__((always_inline))

OP vf vf_zero(void) { return _mm512_setzero_ps(); }
OP vf vf_set(float x) { return _mm512_set1_ps(x); }
OP vf vf_load(const float *p) { return _mm512_loadu_ps(p); }
OP void vf_store(float *p, vf x) { _mm512_storeu_ps(p, x); }
OP vf vf_load_f16(const void *p) { return _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)p)); }
OP vf vf_load_bf16(const void *p) {
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i *)p)), 16));
}
OP void vf_store_f16(uint16_t *p, vf x) { _mm256_storeu_si256((__m256i *)p, _mm512_cvtps_ph(x, _MM_FROUND_TO_NEAREST_INT)); }
OP vf vf_fma(vf x, vf y, vf z) { return _mm512_fmadd_ps(x, y, z); }
OP vf vf_mul(vf x, vf y) { return _mm512_mul_ps(x, y); }
OP vf vf_add(vf x, vf y) { return _mm512_add_ps(x, y); }
OP vf vf_sub(vf x, vf y) { return _mm512_sub_ps(x, y); }
OP vf vf_div(vf x, vf y) { return _mm512_div_ps(x, y); }
OP vf vf_sqrt(vf x) { return _mm512_sqrt_ps(x); }
OP vf vf_max(vf x, vf y) { return _mm512_max_ps(x, y); }
OP vf vf_min(vf x, vf y) { return _mm512_min_ps(x, y); }
OP vf vf_round(vf x) { return _mm512_cvtepi32_ps(_mm512_cvtps_epi32(x)); }
OP vf vf_abs(vf x) { return _mm512_castsi512_ps(_mm512_and_si512(_mm512_castps_si512(x), _mm512_set1_epi32(0x7fffffff))); }
OP vf vf_sign(vf x, vf y) {
    const __m512i m = _mm512_set1_epi32((int)0x80000000u);
    return _mm512_castsi512_ps(_mm512_or_si512(_mm512_andnot_si512(m, _mm512_castps_si512(x)), _mm512_and_si512(m, _mm512_castps_si512(y))));
}
OP vf vf_exp2i(vf n) { return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_add_epi32(_mm512_cvtps_epi32(n), _mm512_set1_epi32(127)), 23)); }
OP __m256 upper_half(vf x) { return _mm256_castpd_ps(_mm512_extractf64x4_pd(_mm512_castps_pd(x), 1)); }
OP float vf_sum(vf x) {
    __m256 t = _mm256_add_ps(_mm512_castps512_ps256(x), upper_half(x));
    __m128 u = _mm_add_ps(_mm256_castps256_ps128(t), _mm256_extractf128_ps(t, 1));
    u = _mm_add_ps(u, _mm_movehl_ps(u, u));
    return _mm_cvtss_f32(_mm_add_ss(u, _mm_movehdup_ps(u)));
}
OP float vf_top(vf x) {
    __m256 t = _mm256_max_ps(_mm512_castps512_ps256(x), upper_half(x));
    __m128 u = _mm_max_ps(_mm256_castps256_ps128(t), _mm256_extractf128_ps(t, 1));
    u = _mm_max_ps(u, _mm_movehl_ps(u, u));
    return _mm_cvtss_f32(_mm_max_ss(u, _mm_movehdup_ps(u)));
}
OP vf vf_from(vi x) { return _mm512_cvtepi32_ps(x); }
OP int vf_store_bytes(int8_t *p, vf x) {
    const __m512i w = _mm512_cvtps_epi32(x);
    _mm_storeu_si128((__m128i *)p, _mm512_cvtepi32_epi8(w));
    const __m256i t = _mm256_add_epi32(_mm512_castsi512_si256(w), _mm512_extracti64x4_epi64(w, 1));
    __m128i s = _mm_add_epi32(_mm256_castsi256_si128(t), _mm256_extracti128_si256(t, 1));
    s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0x4e));
    return _mm_cvtsi128_si32(_mm_add_epi32(s, _mm_shuffle_epi32(s, 0xb1)));
}

OP vb vb_load(const uint8_t *p) { return _mm512_loadu_si512(p); }
OP void vb_store(uint8_t *p, vb x) { _mm512_storeu_si512(p, x); }
OP vb vb_or(vb x, vb y) { return _mm512_or_si512(x, y); }
OP vb vb_shift_mask(vb x, int n, uint8_t mask) {
    if (n > 0) x = _mm512_slli_epi16(x, (unsigned)n);
    if (n < 0) x = _mm512_srli_epi16(x, (unsigned)-n);
    return _mm512_and_si512(x, _mm512_set1_epi8((char)mask));
}
OP vi vi_zero(void) { return _mm512_setzero_si512(); }
OP vp vp_zero(void) { return vi_zero(); }
#ifdef LARES_EMULATED
OP void vp_pin(vp *acc) { (void)acc; }
#else
OP void vp_pin(vp *acc) { __asm__("" : "+v"(*acc)); }
#endif
OP vp vp_dot(vp acc, vb w, const int8_t *x) {
    int32_t four;
    memcpy(&four, x, 4);
    return _mm512_dpbusd_epi32(acc, w, _mm512_set1_epi32(four));
}
OP vp vp_dot_bytes(vp acc, vb w, const int8_t *x) { return vp_dot(acc, w, x); }
OP vi vi_bytes_done(vp acc, const int16_t *sums) { (void)sums; return acc; }
OP vi vi_flush(vi sum, vp p) { return _mm512_add_epi32(sum, p); }
OP vi vi_flush_scaled(vi sum, vp p, vs s) { return _mm512_add_epi32(sum, _mm512_mullo_epi32(p, s)); }
OP vs vs_load(const int8_t *p, int which) {
    const __m512i pairs = _mm512_cvtepi16_epi32(_mm256_loadu_si256((const __m256i *)p));  // byte 0: first, byte 1: second
    return which ? _mm512_srai_epi32(_mm512_slli_epi32(pairs, 16), 24) : _mm512_srai_epi32(_mm512_slli_epi32(pairs, 24), 24);
}
OP vi vi_pair_dot(const int8_t *p, const int16_t *sums) {
    int32_t two;
    memcpy(&two, sums, 4);
    return _mm512_madd_epi16(_mm512_cvtepi8_epi16(_mm256_loadu_si256((const __m256i *)p)), _mm512_set1_epi32(two));
}
OP vi vi_less(vi x, vi y, int n) { return _mm512_sub_epi32(x, _mm512_mullo_epi32(y, _mm512_set1_epi32(n))); }
OP float half_round(float x) { return _mm_cvtss_f32(_mm_cvtph_ps(_mm_cvtps_ph(_mm_set_ss(x), _MM_FROUND_TO_NEAREST_INT))); }

OP void vf_store_words(int16_t *p, vf x, vf y) {
    const __m512i order = _mm512_setr_epi64(0, 2, 4, 6, 1, 3, 5, 7);  // packing takes 128 bits of x and of y in turn
    _mm512_storeu_si512(p, _mm512_permutexvar_epi64(order, _mm512_packs_epi32(_mm512_cvtps_epi32(x), _mm512_cvtps_epi32(y))));
}
OP vb vb_pair(const int16_t *x) {
    int32_t two;
    memcpy(&two, x, 4);
    return _mm512_set1_epi32(two);
}
OP vi vi_dot_pair(vi acc, vb w, vb x) {
#ifdef LARES_EMULATED
    return _mm512_add_epi32(acc, _mm512_madd_epi16(w, x));
#else
    __asm__("vpdpwssd %2, %1, %0" : "+v"(acc) : "v"(w), "v"(x));  // clang makes two instructions of the intrinsic: half as fast
    return acc;
#endif
}
