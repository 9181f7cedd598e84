/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a plan: workspace first, so that nothing can fail behind the first output byte; then its
 * phases, each a set of blocks that the threads take one by one. Blocks depend on the problem
 * only, threads decide only who runs one. */
#include "exec/exec.h"

/* The thread count a plan was sized for, which its context's death does not change. */
static size_t scratch_stride(const struct plan *plan) {
    return lax_i_round_up(plan->scratch_nbytes, LAX_ALIGNMENT);
}

static int64_t slots_of(const struct plan *plan) {
    return plan->scratch_nbytes == 0 ? 0 : lax_i_max(plan->threads, 1);
}

size_t lax_i_workspace_nbytes(const struct plan *plan) {
    return (size_t)slots_of(plan) * scratch_stride(plan) +
           lax_i_round_up(plan->shared_nbytes, LAX_ALIGNMENT);
}

/* One phase on several threads: task i of the loop is worker i, which owns scratch i and takes
 * blocks until there are none. */
struct loop {
    const struct plan *plan;
    struct execution *execution;
    const struct phase *phase;
    unsigned char *scratch;
    int64_t tasks;
    _Atomic int64_t next;
};

static void work(void *argument, int64_t worker) {
    struct loop *loop = argument;
    void *scratch = loop->scratch + (size_t)worker * scratch_stride(loop->plan);
    if (loop->plan->scratch_nbytes > 0) memset(scratch, 0, LAX_ALIGNMENT);
    for (;;) {
        int64_t task = atomic_fetch_add_explicit(&loop->next, 1, memory_order_relaxed);
        if (task >= loop->tasks) return;
        if (atomic_load_explicit(&loop->execution->status, memory_order_relaxed) != LAX_OK) return;
        loop->phase->run(loop->plan, loop->execution, task, scratch);
    }
}

static void run_phase(const struct plan *plan, struct execution *execution,
                      const struct phase *phase, unsigned char *scratch) {
    struct loop loop = {.plan = plan, .execution = execution, .phase = phase, .scratch = scratch};
    atomic_init(&loop.next, 0);
    loop.tasks = phase->per_batch ? phase->tasks * execution->batch : phase->tasks;
    int64_t workers = lax_i_min(loop.tasks, lax_i_max(plan->threads, 1));
    if (workers > 0) lax_i_parallel(plan->runtime, plan->threads, workers, work, &loop);
}

static lax_status no_memory(size_t nbytes, lax_error *why) {
    return lax_i_fail(why, LAX_ERROR_MEMORY, "%zu bytes of workspace cannot be had", nbytes);
}

lax_status lax_i_execute(const struct plan *plan, struct execution *execution, void *workspace,
                         lax_error *why) {
    size_t nbytes = lax_i_workspace_nbytes(plan);
    const lax_allocator *allocator = &plan->runtime->allocator;
    unsigned char *own = NULL;
    if (nbytes > 0 && workspace == NULL) {
        workspace = own = lax_i_allocate(allocator, nbytes);
        if (own == NULL) return no_memory(nbytes, why);
    }
    unsigned char *scratch = workspace;
    execution->shared =
        nbytes == 0 ? NULL : scratch + (size_t)slots_of(plan) * scratch_stride(plan);
    atomic_init(&execution->status, LAX_OK);
    bool pack = execution->packed == NULL && !plan->pack_ahead_only;
    for (int i = 0; i < plan->n_phases; i++)
        if (i != plan->pack_phase || pack) run_phase(plan, execution, &plan->phases[i], scratch);
    if (own != NULL) lax_i_release(allocator, own, nbytes);
    lax_status s = (lax_status)atomic_load(&execution->status);
    return s == LAX_OK ? s : lax_i_fail(why, s, "a callback returned %s", lax_status_name(s));
}

lax_status lax_i_pack(const struct plan *plan, const void *rhs, void *packed, lax_error *why) {
    struct execution execution = {.in = {NULL, rhs}, .shared = packed, .ahead = true, .batch = 1};
    size_t nbytes = (size_t)slots_of(plan) * scratch_stride(plan);
    unsigned char *scratch = NULL;
    if (plan->pack_phase < 0) return LAX_OK;
    if (nbytes > 0 && (scratch = lax_i_allocate(&plan->runtime->allocator, nbytes)) == NULL)
        return no_memory(nbytes, why);
    atomic_init(&execution.status, LAX_OK);
    run_phase(plan, &execution, &plan->phases[plan->pack_phase], scratch);
    lax_i_release(&plan->runtime->allocator, scratch, nbytes);
    return LAX_OK;
}
