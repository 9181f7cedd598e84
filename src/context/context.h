/* SPDX-License-Identifier: Apache-2.0 */
/* What a call runs in: allocator, threads, instruction-set limit, policy, log and plan cache. */
#ifndef LAX_CONTEXT_CONTEXT_H
#define LAX_CONTEXT_CONTEXT_H

#include "base/base.h"
#include "cpu/cpu.h"

#include <stdatomic.h>

struct plan_cache;
struct pool;

/* Threads, shared by a context and its plans: plans may outlive the context. */
struct runtime {
    lax_allocator allocator;
    lax_parallel_for parallel_for; /* NULL: serial */
    void *parallel_user;
    int32_t num_threads;
    bool flush_subnormals;
    struct pool *pool;    /* the built-in pool, or NULL */
    atomic_bool detached; /* the context is gone: plans run serially */
    atomic_int references;
};

struct lax_context {
    struct runtime *runtime;
    struct machine machine;
    lax_policy policy;
    lax_log log;
    void *log_user;
    bool verbose;
    char lowering[32];        /* forced lowering, or "" */
    struct plan_cache *cache; /* or NULL */
};

/* The context, or the constant default one for NULL: serial, malloc, no cache. */
const struct lax_context *lax_i_context(const lax_context *ctx);
/* One line to a log; NULL: to standard error. */
void lax_i_log(lax_log log, void *user, const char *line);

/* Validates options and fills what they leave open from the environment and the machine. Whether
 * `lowering` exists is the caller's to check. */
lax_status lax_i_context_resolve(const lax_context_options *options, lax_context_options *out,
                                 lax_error *why);
/* Makes a context of resolved options. */
lax_status lax_i_context_make(const lax_context_options *options, lax_context **out,
                              lax_error *why);
void lax_i_context_free(lax_context *context);

/* One reference, the caller's. */
lax_status lax_i_runtime_create(const lax_context_options *options, struct runtime **out,
                                lax_error *why);
/* The default runtime, serial with malloc: retaining and releasing it does nothing. For the
 * default context only, which asks once. */
struct runtime *lax_i_runtime_default(void);
void lax_i_runtime_retain(struct runtime *runtime);
void lax_i_runtime_release(struct runtime *runtime);
/* Ends the threads; what still holds the runtime runs serially from now on. */
void lax_i_runtime_detach(struct runtime *runtime);

/* Runs task(argument, i) for i in [0, count) on at most `threads` threads (0: all), each in the
 * runtime's floating-point environment; returns when all are done. Threads take the next index
 * when they are free; callers must not let results depend on who takes which. */
void lax_i_parallel(const struct runtime *runtime, int32_t threads, int64_t count, lax_task task,
                    void *argument);

/* --- the built-in pool (pthreadpool) --------------------------------------------------------- */

/* "pthreadpool", or NULL when the library was built without it. */
const char *lax_i_pool_name(void);
/* Fails for memory or threads. */
lax_status lax_i_pool_create(const lax_allocator *allocator, int32_t threads, struct pool **out,
                             lax_error *why);
/* Ends the threads, waiting for a loop that is running; later loops run inline. */
void lax_i_pool_stop(struct pool *pool);
void lax_i_pool_destroy(struct pool *pool);
/* A lax_parallel_for. Nested, or busy with another loop: inline. After fork() the child gets
 * threads of its own. */
void lax_i_pool_run(void *pool, int64_t count, lax_task task, void *argument);

/* --- plan cache: bounded, reference-counted values under copied keys -------------------------- */

struct cache_value {
    atomic_int references;
    void (*destroy)(struct cache_value *value);
    size_t nbytes;
};

struct plan_cache *lax_i_cache_create(const lax_allocator *allocator, int32_t entries,
                                      size_t nbytes);
void lax_i_cache_destroy(struct plan_cache *cache);
/* A retained value, or NULL. */
struct cache_value *lax_i_cache_find(struct plan_cache *cache, const void *key, size_t nbytes);
/* Stores (and retains) a value; drops the least recently used ones beyond the bounds. When memory
 * is short nothing is stored. */
void lax_i_cache_store(struct plan_cache *cache, const void *key, size_t nbytes,
                       struct cache_value *value);
void lax_i_value_retain(struct cache_value *value);
void lax_i_value_release(struct cache_value *value);

#endif /* LAX_CONTEXT_CONTEXT_H */
