#ifndef LARES_KERNELS_H
#define LARES_KERNELS_H
int lares_kernels_placeholder(void);
#endif
