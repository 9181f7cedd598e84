/* SPDX-License-Identifier: Apache-2.0 */
/* Hosts for parallel loops: backwards, inline, shuffled, on threads of their own. */
#include "support/support.h"

#include <pthread.h>
#include <stdlib.h>

enum host hosts[HOST_COUNT] = {HOST_REVERSED, HOST_INLINE, HOST_SHUFFLED, HOST_FOREIGN};

struct share {
    int64_t first, count, step;
    lax_task task;
    void *argument;
};

static void *run_share(void *user) {
    const struct share *s = user;
    for (int64_t i = s->first; i < s->count; i += s->step) s->task(s->argument, i);
    return NULL;
}

/* Three threads that exist for this loop only; those that cannot start run inline. */
static void foreign(int64_t count, lax_task task, void *argument) {
    pthread_t threads[3];
    struct share shares[3];
    bool started[3];
    for (int i = 0; i < 3; i++) {
        shares[i] = (struct share){i, count, 3, task, argument};
        started[i] = pthread_create(&threads[i], NULL, run_share, &shares[i]) == 0;
        if (!started[i]) run_share(&shares[i]);
    }
    for (int i = 0; i < 3; i++) {
        if (started[i]) pthread_join(threads[i], NULL);
    }
}

static void shuffled(int64_t count, lax_task task, void *argument) {
    struct rng r = {(uint64_t)count};
    int32_t *order = malloc((size_t)count * sizeof *order);
    ck_assert_ptr_nonnull(order);
    rng_permutation(&r, (int32_t)count, order);
    for (int64_t i = 0; i < count; i++) task(argument, order[i]);
    free(order);
}

static void reversed(int64_t count, lax_task task, void *argument) {
    for (int64_t i = count - 1; i >= 0; i--) task(argument, i);
}

void host_parallel_for(void *host, int64_t count, lax_task task, void *argument) {
    if (count <= 0) return;
    switch (*(enum host *)host) {
    case HOST_REVERSED: reversed(count, task, argument); return;
    case HOST_SHUFFLED: shuffled(count, task, argument); return;
    case HOST_FOREIGN: foreign(count, task, argument); return;
    default:
        for (int64_t i = 0; i < count; i++) task(argument, i);
    }
}

static lax_context *created(const lax_context_options *options) {
    lax_context *context = NULL;
    lax_error why;
    must(lax_context_create(options, &context, &why), &why, "lax_context_create");
    return context;
}

lax_context *context_with_host(enum host host, int32_t threads) {
    return created(&LAX_CONTEXT_OPTIONS(.parallel_for = host_parallel_for,
                                        .parallel_user = &hosts[host], .num_threads = threads));
}

lax_context *context_with_threads(int32_t threads) {
    return created(&LAX_CONTEXT_OPTIONS(.num_threads = threads));
}

lax_context *context_forced(const char *lowering) {
    return created(&LAX_CONTEXT_OPTIONS(.num_threads = 1, .lowering = lowering));
}
