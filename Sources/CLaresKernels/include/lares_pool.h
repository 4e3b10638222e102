#ifndef LARES_POOL_H
#define LARES_POOL_H

#include <stddef.h>
#include <stdint.h>

// Fork-join over worker threads, and taking turns between classes of work. The memory is the caller's; see ComputePool.swift.

typedef struct lares_pool lares_pool;
typedef void (*lares_body)(void *context, size_t index);

enum { LARES_POOL_THREADS = 256 };

/// Gives memory that was freed back to the system, where the allocator can.
void lares_return_freed_memory(void);

/// Processors this process may run on.
int lares_processors(void);
/// Bytes a pool needs, aligned to 64.
size_t lares_pool_bytes(void);
/// Makes a pool in zeroed memory and starts `workers` threads; returns how many started.
int lares_pool_open(lares_pool *pool, int workers);
/// Stops and joins the workers. Runs after it stay on the caller.
void lares_pool_close(lares_pool *pool);
int lares_pool_closed(const lares_pool *pool);
/// Calls body(context, 0 ..< count) on the caller and the workers and returns when all calls have. Inside a body, and while another
/// thread's run is under way, everything runs on the caller.
void lares_pool_run(lares_pool *pool, size_t count, lares_body body, void *context);

/// Waits for the turn of a class (0 is the most urgent of three). Turns nest on a thread.
void lares_turn_take(lares_pool *pool, int work);
void lares_turn_give(lares_pool *pool);
/// Lets more urgent classes go first, if any waits and this thread has the turn.
void lares_turn_yield(lares_pool *pool);
/// Lets those of the same class go first too that wait already.
void lares_turn_pass(lares_pool *pool);

#endif
