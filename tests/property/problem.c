/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a random problem: data, oracle, a run in some way, checks, complaint. */
#include "property/problem.h"

#include <stdio.h>
#include <string.h>

void problem_init(struct problem *p, const struct family *family, int64_t number) {
    memset(p, 0, sizeof *p);
    p->family = family;
    p->number = number;
    p->rng = rng_of((uint64_t)(family - families), (uint64_t)number);
    p->op = LAX_OPERATION(.n_results = 1);
    p->op.conv.size = sizeof p->op.conv;
    p->op.window.size = sizeof p->op.window;
    p->op.reducer.size = sizeof p->op.reducer;
    p->op.select.size = sizeof p->op.select;
    p->op.pad.size = sizeof p->op.pad;
    p->op.reduce.size = sizeof p->op.reduce;
    family->make(p);
}

int64_t problem_size(struct problem *p, int64_t low, int64_t high) {
    int64_t size = low;
    bool taken = true;
    for (int tries = 0; tries < 5 && taken; tries++) {
        size = rng_in(&p->rng, low, high);
        taken = size == 1;
        for (int32_t i = 0; i < p->n_used; i++) taken |= p->used[i] == size;
    }
    if (p->n_used < 32) p->used[p->n_used++] = size;
    return size;
}

void problem_operand(struct problem *p, int32_t k, lax_dtype type, int32_t rank,
                     const int64_t *shape) {
    p->op.operands[k] = lax_tensor_of(type, NULL, rank, shape);
    if (p->op.n_operands <= k) p->op.n_operands = k + 1;
}

static void take_operands(struct problem *p) {
    for (int32_t k = 0; k < p->op.n_operands; k++) {
        p->in[k] = view_like(&p->rng, &p->op.operands[k], p->plain ? VIEW_PLAIN : VIEW_INPUT);
        tensor_fill(&p->rng, &p->in[k].tensor, p->fill[k]);
        if (p->in[k].memory.map) guarded_read_only(&p->in[k].memory);
        p->op.operands[k] = p->in[k].tensor;
        p->op.operands[k].data = NULL;
    }
}

static void take_results(struct problem *p) {
    for (int32_t k = 0; k < p->n_out; k++) {
        const struct ref_array *e = &p->expected[k];
        p->out[k] =
            view_new(&p->rng, e->dtype, e->rank, e->shape, p->plain ? VIEW_PLAIN : VIEW_OUTPUT);
        p->op.results[k] = p->out[k].tensor;
        p->op.results[k].data = NULL;
    }
    p->op.n_results = p->n_out;
}

void problem_data(struct problem *p) {
    lax_tensor in[LAX_MAX_OPERANDS];
    take_operands(p);
    for (int32_t k = 0; k < p->op.n_operands; k++) in[k] = p->in[k].tensor;
    if (p->family->expect) {
        p->n_out = 1;
        p->family->expect(p);
    } else {
        p->n_out = ref_operation(&p->op, in, p->expected);
    }
    take_results(p);
}

void problem_free(struct problem *p) {
    for (int32_t k = 0; k < p->op.n_operands; k++) view_free(&p->in[k]);
    for (int32_t k = 0; k < p->n_out; k++) {
        view_free(&p->out[k]);
        ref_array_free(&p->expected[k]);
    }
}

void problem_fail(const struct problem *p, const char *how, const char *complaint) {
    char text[3000] = "";
    if (!p->family->call) lax_operation_print(&p->op, text, sizeof text);
    ck_abort_msg("%s\n  in: %s problem %lld, seed %llu, %s\n  %s\n"
                 "  again: LAX_TEST_SEED=%llu LAX_TEST_FAMILY=%s LAX_TEST_NUMBER=%lld",
                 complaint, p->family->name, (long long)p->number, (unsigned long long)test_seed(),
                 how, text, (unsigned long long)test_seed(), p->family->name, (long long)p->number);
}

static void check_results(struct problem *p, const char *how) {
    struct message m;
    for (int32_t k = 0; k < p->n_out; k++) {
        if (!agrees(&p->expected[k], &p->out[k].tensor, &m)) problem_fail(p, how, m.text);
        if (!view_holes_intact(&p->out[k])) {
            problem_fail(p, how, "bytes outside the result's elements were written");
        }
    }
}

bool problem_is_forced(const struct problem *p) {
    return p->op.conv.lowering || p->op.window.lowering || p->op.reduce.lowering ||
           p->pool.lowering || p->transpose.lowering;
}

void problem_force(struct problem *p, const char *lowering) {
    p->op.conv.lowering = lowering;
    p->op.window.lowering = lowering;
    p->op.reduce.lowering = lowering;
    p->pool.lowering = lowering;
    p->transpose.lowering = lowering;
}

/* The contexts that problems run in, made once a process. */
static lax_context *some_context(struct rng *r) {
    static lax_context *contexts[HOST_COUNT + 2];
    int64_t i = rng_in(r, -2, HOST_COUNT + 1);
    if (i < 0) return NULL;
    if (!contexts[i]) {
        contexts[i] = i < HOST_COUNT ? context_with_host((enum host)i, 4)
                                     : context_with_threads(i == HOST_COUNT ? 1 : 3);
    }
    return contexts[i];
}

enum way { WAY_CALL, WAY_OPERATION, WAY_PLAN };

static lax_status run(lax_context *ctx, struct problem *p, int way, lax_error *why) {
    if (way == WAY_CALL || p->family->call) return problem_call(ctx, p, why);
    if (way == WAY_OPERATION) return problem_by_operation(ctx, p, why);
    return problem_by_plan(ctx, p, (enum plan_use)(way - WAY_PLAN), why);
}

/* A lowering to force, which may refuse or have another kind of problem. */
static const char *some_lowering(struct rng *r) {
    static const char *const names[] = {"direct", "direct_w", "direct_k",  "brgemm",   "strips",
                                        "passes", "blocks",   "separable", "reference"};
    return names[rng_in(r, 0, sizeof names / sizeof *names - 1)];
}

void problem_check(struct problem *p) {
    static const char *const names[] = {"one call",     "lax_operation_run",
                                        "plan",         "plan, workspace",
                                        "plan, packed", "plan, packed into"};
    struct rng r = rng_of(77, (uint64_t)p->number);
    lax_context *ctx = some_context(&r);
    int way =
        rng_chance(&r, 40) ? WAY_CALL : (int)rng_in(&r, WAY_OPERATION, WAY_PLAN + PLAN_USES - 1);
    if (rng_chance(&r, 60)) problem_force(p, some_lowering(&r));
    lax_error why;
    lax_status status = run(ctx, p, way, &why);
    if (status == LAX_ERROR_LOWERING_REFUSED || status == LAX_ERROR_LOWERING_NAME) {
        problem_force(p, NULL);
        status = run(ctx, p, way, &why);
    }
    if (status != LAX_OK) problem_fail(p, names[way], why.text);
    check_results(p, names[way]);
}
