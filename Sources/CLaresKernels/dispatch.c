#include "sets.h"

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

static const lares_kernel_set *chosen = &lares_set_portable;

__attribute__((constructor)) static void choose(void) {
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
        if (runs(sets[i]->name)) {
            chosen = sets[i];
            return;
        }
}

const lares_kernel_set *lares_kernels(void) { return chosen; }
