/* SPDX-License-Identifier: Apache-2.0 */
/* The built-in thread pool: pthreadpool, kept from hanging. A bare pthreadpool hangs in a nested
 * loop, and in a forked child, whose copy of the pool has no threads. */
#include "context/context.h"

#if defined(LAX_HAVE_PTHREADPOOL)
#include <pthreadpool.h>
#include <sched.h>
#include <unistd.h>

/* `owner` is twice the id of the process that the threads belong to, plus 1 while a loop runs. */
struct loop {
    lax_task task;
    void *argument;
};

struct pool {
    lax_allocator allocator;
    size_t n_threads;
    atomic_llong owner;
    pthreadpool_t threads; /* NULL once stopped, or when a child cannot get threads */
    struct loop loop;      /* the one that runs */
    atomic_uint handed;    /* orders `loop` and its data between the caller and the threads, as
                              pthreadpool does, too, but where race detectors cannot see it */
};

const char *lax_i_pool_name(void) { return "pthreadpool"; }

lax_status lax_i_pool_create(const lax_allocator *allocator, int32_t threads, struct pool **out,
                             lax_error *why) {
    struct pool *pool = lax_i_allocate(allocator, sizeof *pool);
    if (pool == NULL)
        return lax_i_fail(why, LAX_ERROR_MEMORY, "no memory for the %zu bytes of a thread pool",
                          sizeof *pool);
    pool->allocator = *allocator;
    pool->n_threads = (size_t)threads;
    atomic_init(&pool->owner, 2 * (long long)getpid());
    atomic_init(&pool->handed, 0);
    pool->threads = pthreadpool_create(pool->n_threads);
    if (pool->threads == NULL) {
        lax_i_release(allocator, pool, sizeof *pool);
        return lax_i_fail(why, LAX_ERROR_THREADS, "%d threads cannot be started", (int)threads);
    }
    *out = pool;
    return LAX_OK;
}

/* Makes the pool this caller's until release(). In a child of fork() the parent's mark counts for
 * nothing, and the copied threads, which do not exist, are left behind for new ones. */
static bool acquire(struct pool *pool) {
    long long mine = 2 * (long long)getpid(), seen = atomic_load(&pool->owner);
    if (seen == mine + 1) return false;
    if (!atomic_compare_exchange_strong(&pool->owner, &seen, mine + 1)) return false;
    if (seen != mine && pool->threads != NULL) pool->threads = pthreadpool_create(pool->n_threads);
    return true;
}

static void release(struct pool *pool) { atomic_store(&pool->owner, 2 * (long long)getpid()); }

void lax_i_pool_stop(struct pool *pool) {
    long long mine = 2 * (long long)getpid(), seen = mine;
    while (!atomic_compare_exchange_weak(&pool->owner, &seen, mine + 1)) {
        if (seen != mine && seen != mine + 1) return; /* another process's threads */
        seen = mine;
        sched_yield();
    }
    if (pool->threads != NULL) pthreadpool_destroy(pool->threads);
    pool->threads = NULL;
    release(pool);
}

void lax_i_pool_destroy(struct pool *pool) {
    lax_allocator allocator = pool->allocator;
    lax_i_pool_stop(pool);
    lax_i_release(&allocator, pool, sizeof *pool);
}

static void run_index(void *argument, size_t index) {
    struct pool *pool = argument;
    atomic_load_explicit(&pool->handed, memory_order_acquire);
    pool->loop.task(pool->loop.argument, (int64_t)index);
    atomic_fetch_add_explicit(&pool->handed, 1, memory_order_release);
}

void lax_i_pool_run(void *pool_argument, int64_t count, lax_task task, void *argument) {
    struct pool *pool = pool_argument;
    if (!acquire(pool)) {
        for (int64_t i = 0; i < count; i++) task(argument, i);
        return;
    }
    pool->loop = (struct loop){task, argument};
    atomic_fetch_add_explicit(&pool->handed, 1, memory_order_release);
    /* Without threads pthreadpool runs the loop in the caller. */
    pthreadpool_parallelize_1d(pool->threads, run_index, pool, (size_t)count, 0);
    atomic_load_explicit(&pool->handed, memory_order_acquire);
    release(pool);
}
#else
const char *lax_i_pool_name(void) { return NULL; }

lax_status lax_i_pool_create(const lax_allocator *allocator, int32_t threads, struct pool **out,
                             lax_error *why) {
    (void)allocator;
    *out = NULL;
    return lax_i_fail(why, LAX_ERROR_THREADS, "built without a thread pool for %d threads",
                      (int)threads);
}

void lax_i_pool_stop(struct pool *pool) { (void)pool; }

void lax_i_pool_destroy(struct pool *pool) { (void)pool; }

void lax_i_pool_run(void *pool, int64_t count, lax_task task, void *argument) {
    (void)pool;
    for (int64_t i = 0; i < count; i++) task(argument, i);
}
#endif
