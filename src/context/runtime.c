/* SPDX-License-Identifier: Apache-2.0 */
/* What plans share with the context that made them and may outlive it with: allocator, threads,
 * floating-point environment. */
#include "context/context.h"

static struct runtime default_runtime = {.num_threads = 1};

struct runtime *lax_i_runtime_default(void) {
    default_runtime.allocator = lax_i_malloc_allocator; /* no constant expression */
    return &default_runtime;
}

static lax_status make_threads(struct runtime *runtime, const lax_context_options *o,
                               lax_error *why) {
    runtime->num_threads = o->num_threads;
    runtime->parallel_for = o->parallel_for;
    runtime->parallel_user = o->parallel_user;
    if (o->parallel_for != NULL || o->num_threads == 1) return LAX_OK;
    if (lax_i_pool_name() == NULL) {
        runtime->num_threads = 1;
        return LAX_OK;
    }
    lax_status status = lax_i_pool_create(&o->allocator, o->num_threads, &runtime->pool, why);
    if (status != LAX_OK) return status;
    runtime->parallel_for = lax_i_pool_run;
    runtime->parallel_user = runtime->pool;
    return LAX_OK;
}

lax_status lax_i_runtime_create(const lax_context_options *o, struct runtime **out,
                                lax_error *why) {
    struct runtime *runtime = lax_i_allocate(&o->allocator, sizeof *runtime);
    if (runtime == NULL)
        return lax_i_fail(why, LAX_ERROR_MEMORY, "no memory for the %zu bytes of a runtime",
                          sizeof *runtime);
    memset(runtime, 0, sizeof *runtime);
    runtime->allocator = o->allocator;
    runtime->flush_subnormals = o->flush_subnormals;
    atomic_init(&runtime->detached, false);
    atomic_init(&runtime->references, 1);
    lax_status status = make_threads(runtime, o, why);
    if (status == LAX_OK)
        *out = runtime;
    else
        lax_i_release(&o->allocator, runtime, sizeof *runtime);
    return status;
}

void lax_i_runtime_retain(struct runtime *runtime) {
    if (runtime != &default_runtime)
        atomic_fetch_add_explicit(&runtime->references, 1, memory_order_relaxed);
}

void lax_i_runtime_release(struct runtime *runtime) {
    if (runtime == &default_runtime) return;
    if (atomic_fetch_sub_explicit(&runtime->references, 1, memory_order_acq_rel) != 1) return;
    lax_allocator allocator = runtime->allocator;
    if (runtime->pool != NULL) lax_i_pool_destroy(runtime->pool);
    lax_i_release(&allocator, runtime, sizeof *runtime);
}

void lax_i_runtime_detach(struct runtime *runtime) {
    atomic_store(&runtime->detached, true);
    if (runtime->pool != NULL) lax_i_pool_stop(runtime->pool);
}
