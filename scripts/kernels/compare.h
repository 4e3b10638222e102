// What the comparisons share; in compare.c.
#ifndef COMPARE_H
#define COMPARE_H
#include "lares_kernels.h"

uint32_t draw(uint32_t below);
float number(void);
void *room(size_t bytes);
void report(const char *set, const char *kernel, int cases, double worst, double allowed);
/// Largest difference relative to the size of the values.
double difference(const float *a, const float *b, size_t n);
void compare_learn(const lares_kernel_set *set);
#endif
