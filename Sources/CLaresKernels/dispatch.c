#include "sets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef LARES_ARM
#include <sys/auxv.h>
#endif

static int runs(const char *name) {
    if (!strcmp(name, "portable")) return 1;
#if defined(LARES_X86)
    __builtin_cpu_init();
    const int avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
    if (!strcmp(name, "avx2")) return avx2;
    if (!strcmp(name, "avx512"))
        return avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
               __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vnni");
#elif defined(LARES_ARM)
    if (!strcmp(name, "neon")) return (getauxval(AT_HWCAP) >> 20) & 1;  // HWCAP_ASIMDDP
#endif
    return 0;
}

static const lares_kernel_set *const sets[] = {
#if defined(LARES_X86)
    &lares_set_avx512,
    &lares_set_avx2,
#elif defined(LARES_ARM)
    &lares_set_neon,
#endif
    &lares_set_portable,
};

const lares_kernel_set *lares_kernels_named(const char *name) {
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
        if (!strcmp(sets[i]->name, name) && runs(name)) return sets[i];
    return NULL;
}

static const lares_kernel_set *chosen;

/// The fastest set that this processor runs, or the one that LARES_KERNELS names: how the others are tested and compared.
__attribute__((constructor)) static void choose(void) {
    const char *wanted = getenv("LARES_KERNELS");
    const lares_kernel_set *named = wanted ? lares_kernels_named(wanted) : NULL;
    if (wanted && *wanted && !named) fprintf(stderr, "LARES_KERNELS: this processor runs no set '%s'; the fastest one is used\n", wanted);
    for (size_t i = 0; i < sizeof sets / sizeof *sets && !named; i++)
        if (runs(sets[i]->name)) named = sets[i];
    chosen = named;
}

const lares_kernel_set *lares_kernels(void) { return chosen; }
