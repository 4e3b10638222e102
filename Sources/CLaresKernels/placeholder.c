#include "lares_kernels.h"
int lares_kernels_placeholder(void) { return 0; }
