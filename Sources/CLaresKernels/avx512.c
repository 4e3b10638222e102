#include "sets.h"
#if defined(LARES_X86) && !defined(LARES_EMULATED)
#include <immintrin.h>
#include <string.h>
LARES_TARGET("avx2,fma,f16c,avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")
#include "simd_avx512.h"
#include "set.inc.h"
LARES_TARGET_END
#endif
