/* SPDX-License-Identifier: Apache-2.0 */
/* What this build and this machine have, a line each, for people and bug reports. */
#include "api/api.h"

static void add_machine(struct text *text, const struct machine *m) {
    const char *limited = m->isa == m->hardware_isa ? "" : ", limited by the context";
    lax_i_text_add(text, "instruction set: %s (this machine: %s%s)\n", lax_i_isa_name(m->isa),
                   lax_i_isa_name(m->hardware_isa), limited);
    lax_i_text_add(text, "caches: L1 %lld KiB, L2 %lld KiB, L3 %lld KiB\n",
                   (long long)m->l1_nbytes >> 10, (long long)m->l2_nbytes >> 10,
                   (long long)m->l3_nbytes >> 10);
}

static void add_threads(struct text *text, const struct lax_context *ctx) {
    const struct runtime *runtime = ctx->runtime;
    const char *by = runtime->pool != NULL           ? lax_i_pool_name()
                     : runtime->parallel_for != NULL ? "the host's"
                                                     : "serial";
    lax_i_text_add(text, "threads: %d of %d CPUs (%s)\n", (int)runtime->num_threads,
                   (int)ctx->machine.cpus, by);
}

static const char *policy_name(lax_policy policy) {
    return policy == LAX_POLICY_EXACT ? "exact" : policy == LAX_POLICY_FAST ? "fast" : "default";
}

static void add_settings(struct text *text, const struct lax_context *ctx) {
    lax_i_text_add(text, "policy: %s; subnormals: %s; plan cache: %s; forced lowering: %s\n",
                   policy_name(ctx->policy), ctx->runtime->flush_subnormals ? "flushed" : "kept",
                   ctx->cache != NULL ? "yes" : "no",
                   ctx->lowering[0] != '\0' ? ctx->lowering : "none");
}

static void add_libraries(struct text *text) {
    const char *pool = lax_i_pool_name();
    lax_i_text_add(text, "kernels of others: %s\n", lax_i_xsmm_describe());
    lax_i_text_add(text, "thread pool: %s\n", pool != NULL ? pool : "built without pthreadpool");
}

static const char *const kind_names[PROBLEM_KINDS] = {
    [PROBLEM_CONV] = "convolutions", [PROBLEM_WINDOW] = "window reductions",
    [PROBLEM_PICK] = "picks",        [PROBLEM_SCATTER] = "scatters",
    [PROBLEM_SCAN] = "scans",        [PROBLEM_MOVE] = "data movement",
};

static void add_lowerings(struct text *text) {
    for (int kind = 0; kind < PROBLEM_KINDS; kind++) {
        lax_i_text_add(text, "lowerings of %s:", kind_names[kind]);
        for (int i = 0; i < lax_i_n_lowerings; i++)
            if (lax_i_lowerings[i]->kind == (enum problem_kind)kind)
                lax_i_text_add(text, " %s", lax_i_lowerings[i]->name);
        lax_i_text_add(text, "\n");
    }
}

size_t lax_info(const lax_context *context, char *buffer, size_t capacity) {
    const struct lax_context *ctx = lax_i_context(context);
    struct text text = lax_i_text(buffer, capacity);
    lax_i_text_add(&text, "liblax %s\n", lax_version());
    add_machine(&text, &ctx->machine);
    add_threads(&text, ctx);
    add_settings(&text, ctx);
    add_libraries(&text);
    add_lowerings(&text);
    lax_i_list_kernels(&text, ctx->machine.isa);
    return text.length;
}
