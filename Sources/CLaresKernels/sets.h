// The sets there are, by processor.
#ifndef LARES_SETS_H
#define LARES_SETS_H
#include "lares_kernels.h"
#include "lares_learn.h"
#if defined(__x86_64__)
#define LARES_X86 1
#elif defined(__aarch64__)
#define LARES_ARM 1
#endif

extern const lares_kernel_set lares_set_portable, lares_set_avx2, lares_set_avx512, lares_set_neon;

// Instruction sets are asked for per function, so the package needs no flags; intrinsics headers must come before.
#if defined(__clang__)
#define LARES_PRAGMA(x) _Pragma(#x)
#define LARES_TARGET(isa) LARES_PRAGMA(clang attribute push(__attribute__((target(isa))), apply_to = function))
#define LARES_TARGET_END _Pragma("clang attribute pop")
#else
#define LARES_PRAGMA(x) _Pragma(#x)
#define LARES_TARGET(isa) LARES_PRAGMA(GCC target(isa))
#define LARES_TARGET_END
#endif
#endif
