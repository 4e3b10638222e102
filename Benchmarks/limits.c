// What this machine can do at best with two threads: bytes read per second from memory, 8-bit multiply-adds and float multiply-adds.
// Prints "<bytes per second> <integer operations per second> <float operations per second>". Built by machine.py with -O3 -march=native.
#define _GNU_SOURCE
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__ARM_NEON)
#include <arm_neon.h>
#endif

enum { threads = 2, megabytes = 256, repeats = 3 };
static pthread_barrier_t barrier;
static double seconds[threads];
static volatile uint64_t sink;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static uint64_t read_all(const uint64_t *p, size_t words) {
    uint64_t s[16] = {0};
    for (size_t i = 0; i < words; i += 16) {
        for (int j = 0; j < 16; j++) s[j] ^= p[i + (size_t)j];
    }
    uint64_t all = 0;
    for (int j = 0; j < 16; j++) all ^= s[j];
    return all;
}

static void *reader(void *argument) {
    int index = *(int *)argument;
    size_t bytes = (size_t)megabytes << 20;
    uint64_t *p = aligned_alloc(2 << 20, bytes);
    madvise(p, bytes, MADV_HUGEPAGE); // as the weights lie: with small pages the reader waits for addresses
    memset(p, index + 1, bytes);
    pthread_barrier_wait(&barrier);
    double start = now();
    for (int r = 0; r < repeats; r++) sink ^= read_all(p, bytes / 8);
    seconds[index] = now() - start;
    free(p);
    return 0;
}

enum { chains = 10, rounds = 20000000 };

// Multiply-adds of 8-bit numbers in one round over all chains, counting a multiply and an add as two operations.
#if defined(__AVX512VNNI__)
enum { operations = chains * 128 };
static uint64_t multiply(void) {
    __m512i sum[chains], a = _mm512_set1_epi8(3), b = _mm512_set1_epi8(5);
    for (int j = 0; j < chains; j++) sum[j] = _mm512_set1_epi32(j);
    for (long i = 0; i < rounds; i++)
        for (int j = 0; j < chains; j++) {
            sum[j] = _mm512_dpbusd_epi32(sum[j], a, b);
            __asm__ volatile("" : "+v"(sum[j]));
        }
    int total = 0;
    for (int j = 0; j < chains; j++) total += _mm512_reduce_add_epi32(sum[j]);
    return (uint64_t)total;
}
#elif defined(__AVX2__)
enum { operations = chains * 64 };
static uint64_t multiply(void) { // products summed in pairs to 16 bits, then added: the best without VNNI
    __m256i sum[chains], a = _mm256_set1_epi8(3), b = _mm256_set1_epi8(5);
    for (int j = 0; j < chains; j++) sum[j] = _mm256_set1_epi32(j);
    for (long i = 0; i < rounds; i++)
        for (int j = 0; j < chains; j++) {
            __m256i product = _mm256_maddubs_epi16(a, b);
            __asm__ volatile("" : "+x"(product));
            sum[j] = _mm256_add_epi16(sum[j], product);
        }
    uint64_t total = 0;
    for (int j = 0; j < chains; j++) total += (uint64_t)_mm256_extract_epi64(sum[j], 0);
    return total;
}
#elif defined(__ARM_FEATURE_DOTPROD)
enum { operations = chains * 32 };
static uint64_t multiply(void) {
    int32x4_t sum[chains];
    int8x16_t a = vdupq_n_s8(3), b = vdupq_n_s8(5);
    for (int j = 0; j < chains; j++) sum[j] = vdupq_n_s32(j);
    for (long i = 0; i < rounds; i++)
        for (int j = 0; j < chains; j++) {
            sum[j] = vdotq_s32(sum[j], a, b);
            __asm__ volatile("" : "+w"(sum[j]));
        }
    int total = 0;
    for (int j = 0; j < chains; j++) total += vaddvq_s32(sum[j]);
    return (uint64_t)total;
}
#else
enum { operations = 0 };
static uint64_t multiply(void) { return 0; }
#endif

static void *multiplier(void *argument) {
    int index = *(int *)argument;
    pthread_barrier_wait(&barrier);
    double start = now();
    sink ^= multiply();
    seconds[index] = now() - start;
    return 0;
}

// Float multiply-adds in one round over all chains, counting two operations each.
#if defined(__AVX512F__)
enum { float_operations = chains * 32 };
typedef __m512 vector;
#define FILL(x) _mm512_set1_ps(x)
#define MULTIPLY_ADD(s, a, b) _mm512_fmadd_ps(s, a, b)
#define KEEP(s) __asm__ volatile("" : "+v"(s))
#elif defined(__FMA__)
enum { float_operations = chains * 16 };
typedef __m256 vector;
#define FILL(x) _mm256_set1_ps(x)
#define MULTIPLY_ADD(s, a, b) _mm256_fmadd_ps(s, a, b)
#define KEEP(s) __asm__ volatile("" : "+x"(s))
#elif defined(__ARM_NEON)
enum { float_operations = chains * 8 };
typedef float32x4_t vector;
#define FILL(x) vdupq_n_f32(x)
#define MULTIPLY_ADD(s, a, b) vfmaq_f32(b, s, a)
#define KEEP(s) __asm__ volatile("" : "+w"(s))
#endif

static void *float_multiplier(void *argument) {
    int index = *(int *)argument;
    pthread_barrier_wait(&barrier);
    double start = now();
#ifdef FILL
    vector sum[chains], a = FILL(0.9999f), b = FILL(0.5f);
    for (int j = 0; j < chains; j++) sum[j] = FILL((float)j);
    for (long i = 0; i < rounds; i++)
        for (int j = 0; j < chains; j++) {
            sum[j] = MULTIPLY_ADD(sum[j], a, b);
            KEEP(sum[j]);
        }
#endif
    seconds[index] = now() - start;
    return 0;
}

static double slowest(void *(*work)(void *)) {
    pthread_t ids[threads];
    int indices[threads];
    pthread_barrier_init(&barrier, 0, threads);
    for (int i = 0; i < threads; i++) {
        indices[i] = i;
        pthread_create(&ids[i], 0, work, &indices[i]);
    }
    double worst = 0;
    for (int i = 0; i < threads; i++) {
        pthread_join(ids[i], 0);
        if (seconds[i] > worst) worst = seconds[i];
    }
    return worst;
}

int main(void) {
    double bytes = 0, integer = 0, floats = 0;
    for (int attempt = 0; attempt < 8; attempt++) {
        double b = (double)threads * repeats * ((double)megabytes * 1048576.0) / slowest(reader);
        double m = (double)threads * rounds * operations / slowest(multiplier);
        if (b > bytes) bytes = b;
        if (m > integer) integer = m;
#ifdef FILL
        double f = (double)threads * rounds * float_operations / slowest(float_multiplier);
        if (f > floats) floats = f;
#endif
    }
    printf("%.0f %.0f %.0f\n", bytes, integer, floats);
    return 0;
}
