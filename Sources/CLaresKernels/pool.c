// A run is published as one 64-bit ticket: run number above, next unclaimed index below. A thread claims a chunk by compare and
// swap on the whole ticket, so a late worker can never take from a run it did not read the description of. The caller waits only
// for chunks that were claimed, never for workers that have yet to wake: with a core taken away it does the work alone.
#define _GNU_SOURCE
#include "lares_pool.h"

#include <errno.h>
#include <malloc.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { CLASSES = 3, CHUNKS = 2, SPIN_NANOSECONDS = 30000 };
#define CLOSED 0xffffffffull

struct lares_pool {
    _Alignas(64) _Atomic uint64_t ticket;
    _Alignas(64) _Atomic uint32_t finished;  // indices done in this run
    _Atomic uint32_t caller_sleeps;
    _Alignas(64) _Atomic uint32_t runs;  // workers park on this
    _Atomic uint32_t sleepers;
    _Alignas(64) _Atomic(lares_body) body;
    _Atomic(void *) context;
    _Atomic uint32_t count;
    _Atomic uint32_t stopped;
    _Alignas(64) _Atomic uint32_t busy;  // a run is under way
    int workers;
    pthread_t threads[LARES_POOL_THREADS];

    pthread_mutex_t lock;  // guards what follows
    pthread_cond_t moved;
    int taken;
    int waiting[CLASSES];  // threads that want the turn, by class
    int resuming[CLASSES];  // of these, threads that had it and yielded
    uint64_t next[CLASSES], serving[CLASSES];  // arrival order within a class
};

static _Thread_local int inside;           // this thread is in a body
static _Thread_local lares_pool *turn_of;  // the pool whose turn this thread has
static _Thread_local int turn_depth, turn_class;

static void relax(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/// Spins for up to 30 us until *word differs from `seen`; true when it does.
static int spin(_Atomic uint32_t *word, uint32_t seen) {
    int64_t until = 0;
    for (unsigned i = 1;; i++) {
        if (atomic_load_explicit(word, memory_order_acquire) != seen) return 1;
        relax();
        if (i % 64) continue;
        if (!until) until = now() + SPIN_NANOSECONDS;
        else if (now() > until) return 0;
    }
}

static void sleep_on(_Atomic uint32_t *word, uint32_t seen) { syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, seen, NULL, NULL, 0); }
static void wake(_Atomic uint32_t *word, int count) { syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, count, NULL, NULL, 0); }

/// Takes chunks of the current run until none is left. Chunks shrink with what remains, so the last ones are single; what was done is told
/// once, because every claim and every telling moves a cache line from one processor to the other.
static void work(lares_pool *pool) {
    uint32_t done = 0;
    for (;;) {
        uint64_t ticket = atomic_load_explicit(&pool->ticket, memory_order_acquire);
        const uint32_t from = (uint32_t)ticket;
        const uint32_t count = atomic_load_explicit(&pool->count, memory_order_acquire);
        const lares_body body = atomic_load_explicit(&pool->body, memory_order_relaxed);
        void *context = atomic_load_explicit(&pool->context, memory_order_relaxed);
        if (from >= count) break;
        uint32_t chunk = (count - from) / (uint32_t)(CHUNKS * (pool->workers + 1));
        if (chunk == 0) chunk = 1;
        if (!atomic_compare_exchange_weak(&pool->ticket, &ticket, ticket + chunk)) continue;
        for (uint32_t i = from; i < from + chunk; i++) body(context, i);
        done += chunk;
    }
    if (done == 0) return;
    // Until this is told the run can't end, so `count` is still that of the run the chunks were of.
    const uint32_t count = atomic_load(&pool->count);
    if (atomic_fetch_add(&pool->finished, done) + done == count && atomic_load(&pool->caller_sleeps)) wake(&pool->finished, 1);
}

static void *worker(void *argument) {
    lares_pool *pool = argument;
    inside = 1;
    uint32_t seen = 0;
    for (;;) {
        if (!spin(&pool->runs, seen)) {
            atomic_fetch_add(&pool->sleepers, 1);
            while (atomic_load(&pool->runs) == seen) sleep_on(&pool->runs, seen);
            atomic_fetch_sub(&pool->sleepers, 1);
        }
        seen = atomic_load(&pool->runs);
        if (atomic_load(&pool->stopped)) return NULL;
        work(pool);
    }
}

void lares_return_freed_memory(void) {
#if defined(__GLIBC__)
    malloc_trim(0);
#endif
}

int lares_processors(void) {
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}

size_t lares_pool_bytes(void) { return sizeof(lares_pool); }

int lares_pool_open(lares_pool *pool, int workers) {
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->moved, NULL);
    if (workers > LARES_POOL_THREADS) workers = LARES_POOL_THREADS;
    // The number is fixed before the first thread runs: workers read it without a lock.
    pool->workers = workers;
    int started = 0;
    while (started < workers && pthread_create(&pool->threads[started], NULL, worker, pool) == 0) started++;
    if (started < workers) {
        pool->threads[started] = 0;  // a failed call may have written here; closing joins what is not 0
        lares_pool_close(pool);
        return 0;
    }
    return started;
}

int lares_pool_closed(const lares_pool *pool) { return (int)atomic_load(&pool->stopped); }

void lares_pool_close(lares_pool *pool) {
    if (lares_pool_closed(pool)) return;
    while (atomic_exchange(&pool->busy, 1)) relax();  // stays busy: later runs are on their callers
    atomic_store(&pool->stopped, 1);
    atomic_fetch_add(&pool->runs, 1);
    wake(&pool->runs, LARES_POOL_THREADS);
    for (int i = 0; i < pool->workers; i++)
        if (pool->threads[i]) pthread_join(pool->threads[i], NULL);
}

static void run_here(size_t count, lares_body body, void *context) {
    for (size_t i = 0; i < count; i++) body(context, i);
}

static void wait_finished(lares_pool *pool, uint32_t count) {
    uint32_t done;
    while ((done = atomic_load_explicit(&pool->finished, memory_order_acquire)) != count) {
        if (spin(&pool->finished, done)) continue;
        atomic_store(&pool->caller_sleeps, 1);
        done = atomic_load(&pool->finished);
        if (done != count) sleep_on(&pool->finished, done);
        atomic_store(&pool->caller_sleeps, 0);
    }
}

void lares_pool_run(lares_pool *pool, size_t count, lares_body body, void *context) {
    if (inside || count < 2 || count > UINT32_MAX / 2 || pool->workers == 0 || atomic_exchange(&pool->busy, 1)) {
        run_here(count, body, context);
        return;
    }
    const uint64_t run = (atomic_load(&pool->ticket) >> 32) + 1;
    // Closed while the description changes: a worker that still holds an old ticket beside the new count can't claim with it.
    atomic_store(&pool->ticket, run << 32 | CLOSED);
    atomic_store_explicit(&pool->body, body, memory_order_relaxed);
    atomic_store_explicit(&pool->context, context, memory_order_relaxed);
    atomic_store_explicit(&pool->count, (uint32_t)count, memory_order_release);
    atomic_store(&pool->finished, 0);
    atomic_store(&pool->ticket, (run + 1) << 32);
    atomic_fetch_add(&pool->runs, 1);
    if (atomic_load(&pool->sleepers)) wake(&pool->runs, (int)(count - 1 < LARES_POOL_THREADS ? count - 1 : LARES_POOL_THREADS));
    inside = 1;
    work(pool);
    inside = 0;
    wait_finished(pool, (uint32_t)count);
    atomic_store(&pool->busy, 0);
}

// Turns. Within a class, first come, first served; a thread that yielded resumes before newcomers of its class.

static int may_take(const lares_pool *pool, int work, uint64_t number, int resuming) {
    if (pool->taken) return 0;
    for (int c = 0; c < work; c++)
        if (pool->waiting[c]) return 0;
    return resuming || (pool->resuming[work] == 0 && pool->serving[work] == number);
}

static void take(lares_pool *pool, int work, int resuming) {
    const uint64_t number = resuming ? 0 : pool->next[work]++;
    pool->waiting[work]++;
    pool->resuming[work] += resuming;
    while (!may_take(pool, work, number, resuming)) pthread_cond_wait(&pool->moved, &pool->lock);
    pool->waiting[work]--;
    pool->resuming[work] -= resuming;
    if (!resuming) pool->serving[work]++;
    pool->taken = 1;
}

void lares_turn_take(lares_pool *pool, int work) {
    if (turn_of == pool) {
        turn_depth++;
        return;
    }
    pthread_mutex_lock(&pool->lock);
    take(pool, work, 0);
    pthread_mutex_unlock(&pool->lock);
    turn_of = pool, turn_depth = 1, turn_class = work;
}

void lares_turn_give(lares_pool *pool) {
    if (--turn_depth) return;
    turn_of = NULL;
    pthread_mutex_lock(&pool->lock);
    pool->taken = 0;
    pthread_cond_broadcast(&pool->moved);
    pthread_mutex_unlock(&pool->lock);
}

// Gives the turn away where one of the first `classes` waits for it, and takes it again after those.
static void let_in(lares_pool *pool, int classes, int resuming) {
    pthread_mutex_lock(&pool->lock);
    int others = 0;
    for (int c = 0; c < classes; c++) others += pool->waiting[c];
    if (others) {
        pool->taken = 0;
        pthread_cond_broadcast(&pool->moved);
        take(pool, turn_class, resuming);
    }
    pthread_mutex_unlock(&pool->lock);
}

void lares_turn_yield(lares_pool *pool) {
    if (turn_of == pool) let_in(pool, turn_class, 1);
}

void lares_turn_pass(lares_pool *pool) {
    if (turn_of == pool) let_in(pool, turn_class + 1, 0);
}
