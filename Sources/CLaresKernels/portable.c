#include "sets.h"
#if defined(__clang__)
#pragma clang fp contract(off)
#endif
#include "simd_portable.h"
#include "set.inc.h"
