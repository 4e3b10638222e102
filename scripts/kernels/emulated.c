// The AVX-512 set with its instructions emulated by SIMDe, for machines without them.
#define LARES_EMULATED 1
#define SIMDE_ENABLE_NATIVE_ALIASES 1
#include <simde/x86/avx512.h>
#include <simde/x86/f16c.h>
#include <simde/x86/fma.h>

// Debian's SIMDe gives this alias the arguments of the masked form.
#undef _mm512_madd_epi16
#define _mm512_madd_epi16(a, b) simde_mm512_madd_epi16(a, b)

// Conversions SIMDe lacks, as two halves each.
static inline __m512 halves_to_floats(__m256i h) {
    return simde_mm512_castsi512_ps(simde_mm512_inserti64x4(
        simde_mm512_castsi256_si512(_mm256_castps_si256(_mm256_cvtph_ps(_mm256_castsi256_si128(h)))),
        _mm256_castps_si256(_mm256_cvtph_ps(_mm256_extracti128_si256(h, 1))), 1));
}
static inline __m256i floats_to_halves(__m512 x) {
    const __m512d d = simde_mm512_castps_pd(x);
    const __m256 lo = _mm256_castpd_ps(simde_mm512_extractf64x4_pd(d, 0)), hi = _mm256_castpd_ps(simde_mm512_extractf64x4_pd(d, 1));
    return _mm256_inserti128_si256(_mm256_castsi128_si256(_mm256_cvtps_ph(lo, 0)), _mm256_cvtps_ph(hi, 0), 1);
}
#define _mm512_cvtph_ps(h) halves_to_floats(h)
#define _mm512_cvtps_ph(x, mode) floats_to_halves(x)

#include "sets.h"
#include "simd_avx512.h"
#include "set.inc.h"

int compare(const lares_kernel_set *set);

int main(void) { return compare(&lares_set_avx512) != 0; }
