#include "sets.h"
#ifdef LARES_ARM
#include <arm_neon.h>
#include <string.h>
#if defined(__clang__)
LARES_TARGET("dotprod")
#else
LARES_TARGET("arch=armv8.2-a+dotprod")
#endif
#include "simd_neon.h"
#include "set.inc.h"
LARES_TARGET_END
#endif
