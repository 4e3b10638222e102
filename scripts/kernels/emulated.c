// The AVX-512 set with its instructions emulated by SIMDe, for machines without them. What Debian's SIMDe lacks is written below
// as two AVX2 halves.
#define LARES_EMULATED 1
#define SIMDE_ENABLE_NATIVE_ALIASES 1
#include <simde/x86/avx512.h>
#include <simde/x86/f16c.h>
#include <simde/x86/fma.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline))

INLINE __m512i join(__m256i lo, __m256i hi) { return simde_mm512_inserti64x4(simde_mm512_castsi256_si512(lo), hi, 1); }
INLINE __m256i low(__m512i x) { return simde_mm512_extracti64x4_epi64(x, 0); }
INLINE __m256i high(__m512i x) { return simde_mm512_extracti64x4_epi64(x, 1); }
INLINE __m512 join_floats(__m256 lo, __m256 hi) { return simde_mm512_castsi512_ps(join(_mm256_castps_si256(lo), _mm256_castps_si256(hi))); }
INLINE __m256 low_floats(__m512 x) { return _mm256_castsi256_ps(low(simde_mm512_castps_si512(x))); }
INLINE __m256 high_floats(__m512 x) { return _mm256_castsi256_ps(high(simde_mm512_castps_si512(x))); }

INLINE __m512 from_halves(__m256i h) {
    return join_floats(_mm256_cvtph_ps(_mm256_castsi256_si128(h)), _mm256_cvtph_ps(_mm256_extracti128_si256(h, 1)));
}
INLINE __m256i to_halves(__m512 x) {
    return _mm256_inserti128_si256(_mm256_castsi128_si256(_mm256_cvtps_ph(low_floats(x), 0)), _mm256_cvtps_ph(high_floats(x), 0), 1);
}
INLINE __m512i widen(__m256i x) {
    return join(_mm256_cvtepi16_epi32(_mm256_castsi256_si128(x)), _mm256_cvtepi16_epi32(_mm256_extracti128_si256(x, 1)));
}
INLINE __m512i widen_unsigned(__m256i x) {
    return join(_mm256_cvtepu16_epi32(_mm256_castsi256_si128(x)), _mm256_cvtepu16_epi32(_mm256_extracti128_si256(x, 1)));
}
INLINE __m128i to_bytes(__m512i x) {
    int32_t words[16];
    int8_t bytes[16];
    memcpy(words, &x, 64);
    for (int i = 0; i < 16; i++) bytes[i] = (int8_t)words[i];
    __m128i r;
    memcpy(&r, bytes, 16);
    return r;
}
INLINE __m512 to_floats(__m512i x) { return join_floats(_mm256_cvtepi32_ps(low(x)), _mm256_cvtepi32_ps(high(x))); }
INLINE __m512i to_words(__m512 x) { return join(_mm256_cvtps_epi32(low_floats(x)), _mm256_cvtps_epi32(high_floats(x))); }

#undef _mm512_madd_epi16  // the alias has the arguments of the masked form
#define _mm512_madd_epi16(a, b) simde_mm512_madd_epi16(a, b)
#undef _mm512_cvtph_ps
#define _mm512_cvtph_ps(h) from_halves(h)
#undef _mm512_cvtps_ph
#define _mm512_cvtps_ph(x, mode) to_halves(x)
#undef _mm512_cvtepi16_epi32
#define _mm512_cvtepi16_epi32(x) widen(x)
#undef _mm512_cvtepu16_epi32
#define _mm512_cvtepu16_epi32(x) widen_unsigned(x)
#undef _mm512_cvtepi32_epi8
#define _mm512_cvtepi32_epi8(x) to_bytes(x)
#undef _mm512_cvtepi32_ps
#define _mm512_cvtepi32_ps(x) to_floats(x)
#undef _mm512_cvtps_epi32
#define _mm512_cvtps_epi32(x) to_words(x)
// SIMDe wants shift counts written as numbers; ours are constant only after inlining.
#undef _mm512_slli_epi16
#define _mm512_slli_epi16(x, n) join(_mm256_slli_epi16(low(x), (int)(n)), _mm256_slli_epi16(high(x), (int)(n)))
#undef _mm512_srli_epi16
#define _mm512_srli_epi16(x, n) join(_mm256_srli_epi16(low(x), (int)(n)), _mm256_srli_epi16(high(x), (int)(n)))
#undef _mm512_slli_epi32
#define _mm512_slli_epi32(x, n) join(_mm256_slli_epi32(low(x), n), _mm256_slli_epi32(high(x), n))
#undef _mm512_srai_epi32
#define _mm512_srai_epi32(x, n) join(_mm256_srai_epi32(low(x), n), _mm256_srai_epi32(high(x), n))

#include "sets.h"
#include "simd_avx512.h"
#include "set.inc.h"

int compare(const lares_kernel_set *set);

int main(void) { return compare(&lares_set_avx512) != 0; }
