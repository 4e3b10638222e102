#include "sets.h"
#ifdef LARES_X86
#include <immintrin.h>
#include <string.h>
LARES_TARGET("avx2,fma,f16c")
#include "simd_avx2.h"
#include "set.inc.h"
LARES_TARGET_END
#endif
