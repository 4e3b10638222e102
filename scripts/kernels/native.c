// Every set this processor runs, beside the portable one.
#include "lares_kernels.h"

#include <stdio.h>

int compare(const lares_kernel_set *set);

int main(void) {
    static const char *const names[] = {"avx512", "avx2", "neon"};
    int failures = 0, compared = 0;
    for (int i = 0; i < 3; i++) {
        const lares_kernel_set *set = lares_kernels_named(names[i]);
        if (set) failures = compare(set), compared++;
    }
    if (!compared) printf("this processor runs the portable set only: nothing to compare\n");
    return failures != 0;
}
