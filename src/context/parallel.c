/* SPDX-License-Identifier: Apache-2.0 */
/* Parallel loops: indices are handed out one by one to at most as many threads as asked for, each
 * in the runtime's floating-point environment. */
#include "context/context.h"

struct loop {
    lax_task task;
    void *argument;
    int64_t count;
    bool flush_subnormals;
    atomic_llong next;
};

/* One thread's part: indices until there are none left. */
static void take_indices(void *argument, int64_t share) {
    struct loop *loop = argument;
    unsigned saved = lax_i_fp_enter(loop->flush_subnormals);
    (void)share;
    for (;;) {
        int64_t i = atomic_fetch_add_explicit(&loop->next, 1, memory_order_relaxed);
        if (i >= loop->count) break;
        loop->task(loop->argument, i);
    }
    lax_i_fp_leave(saved);
}

static void run_inline(const struct runtime *runtime, int64_t count, lax_task task,
                       void *argument) {
    unsigned saved = lax_i_fp_enter(runtime->flush_subnormals);
    for (int64_t i = 0; i < count; i++) task(argument, i);
    lax_i_fp_leave(saved);
}

void lax_i_parallel(const struct runtime *runtime, int32_t threads, int64_t count, lax_task task,
                    void *argument) {
    int64_t shares = runtime->num_threads;
    if (threads > 0) shares = lax_i_min(shares, threads);
    shares = lax_i_min(shares, count);
    if (shares <= 1 || runtime->parallel_for == NULL || atomic_load(&runtime->detached)) {
        run_inline(runtime, count, task, argument);
        return;
    }
    struct loop loop = {.task = task,
                        .argument = argument,
                        .count = count,
                        .flush_subnormals = runtime->flush_subnormals};
    atomic_init(&loop.next, 0);
    runtime->parallel_for(runtime->parallel_user, shares, take_indices, &loop);
}
