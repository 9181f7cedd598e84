/* SPDX-License-Identifier: Apache-2.0 */
/* Every way to run an operation: its own function, lax_operation_run, plans. */
#include "property/problem.h"

#include <stdlib.h>
#include <string.h>

static lax_status call_conv(lax_context *ctx, struct problem *p, lax_error *why) {
    const lax_tensor *a = &p->in[0].tensor, *b = &p->in[1].tensor;
    const lax_conv_options *o = &p->op.conv;
    lax_tensor *y = &p->out[0].tensor;
    switch (p->op.op) {
    case LAX_OP_CONV: return lax_conv_general_dilated(ctx, a, b, o, y, why);
    case LAX_OP_CONV_GRAD_LHS: return lax_conv_general_dilated_grad_lhs(ctx, a, b, o, y, why);
    case LAX_OP_CONV_GRAD_RHS: return lax_conv_general_dilated_grad_rhs(ctx, a, b, o, y, why);
    case LAX_OP_CONV_PATCHES:
        return lax_conv_general_dilated_patches(ctx, a, p->op.filter_shape, o, y, why);
    default: return lax_conv_general_dilated_local(ctx, a, b, p->op.filter_shape, o, y, why);
    }
}

static lax_status call_reduction(lax_context *ctx, struct problem *p, lax_error *why) {
    lax_tensor in[LAX_MAX_OPERANDS], out[LAX_MAX_OPERANDS];
    int32_t n = p->op.n_operands;
    bool simple = !p->op.reducer.fn && rng_chance(&p->rng, 70);
    for (int32_t k = 0; k < n; k++) {
        in[k] = p->in[k].tensor;
        out[k] = p->out[k].tensor;
    }
    if (p->op.op == LAX_OP_REDUCE) {
        if (simple && !p->op.reduce.init_values[0] && !p->op.reduce.lowering) {
            return lax_reduce(ctx, in, p->op.reducer.kind, p->op.reduce.n_dimensions,
                              p->op.reduce.dimensions, out, why);
        }
        return lax_reduce_n(ctx, n, in, &p->op.reducer, &p->op.reduce, out, why);
    }
    if (simple) return lax_reduce_window(ctx, in, p->op.reducer.kind, &p->op.window, out, why);
    return lax_reduce_window_n(ctx, n, in, &p->op.reducer, &p->op.window, out, why);
}

static lax_status call_select(lax_context *ctx, struct problem *p, lax_error *why) {
    const lax_tensor *a = &p->in[0].tensor, *b = &p->in[1].tensor;
    const lax_operation *o = &p->op;
    lax_tensor *y = &p->out[0].tensor;
    if (o->op == LAX_OP_REDUCE_WINDOW_ARG) {
        return lax_reduce_window_arg(ctx, a, o->select.kind, &o->window, y, &p->out[1].tensor, why);
    }
    if (o->op == LAX_OP_SELECT_AND_GATHER_ADD) {
        return lax_select_and_gather_add(ctx, a, b, o->select.kind, &o->window, y, why);
    }
    if (o->reducer.kind == LAX_ADD && !o->window.init_values[0] && rng_chance(&p->rng, 50)) {
        return lax_select_and_scatter_add(ctx, b, a, o->select.kind, &o->window, y, why);
    }
    return lax_select_and_scatter(ctx, a, &o->select, b, &o->reducer, &o->window, y, why);
}

static lax_status call_scan(lax_context *ctx, struct problem *p, lax_error *why) {
    const lax_tensor *a = &p->in[0].tensor;
    const lax_operation *o = &p->op;
    lax_tensor *y = &p->out[0].tensor;
    switch (o->reducer.kind) {
    case LAX_ADD: return lax_cumsum(ctx, a, o->axis, o->reverse, y, why);
    case LAX_MUL: return lax_cumprod(ctx, a, o->axis, o->reverse, y, why);
    case LAX_MAX: return lax_cummax(ctx, a, o->axis, o->reverse, y, why);
    case LAX_MIN: return lax_cummin(ctx, a, o->axis, o->reverse, y, why);
    default: return lax_cumlogsumexp(ctx, a, o->axis, o->reverse, y, why);
    }
}

lax_status problem_call(lax_context *ctx, struct problem *p, lax_error *why) {
    const lax_tensor *a = &p->in[0].tensor;
    const lax_operation *o = &p->op;
    lax_tensor *y = &p->out[0].tensor;
    if (p->family->call) return p->family->call(ctx, p, why);
    switch (o->op) {
    case LAX_OP_REDUCE:
    case LAX_OP_REDUCE_WINDOW: return call_reduction(ctx, p, why);
    case LAX_OP_REDUCE_WINDOW_ARG:
    case LAX_OP_SELECT_AND_GATHER_ADD:
    case LAX_OP_SELECT_AND_SCATTER: return call_select(ctx, p, why);
    case LAX_OP_AVG_POOL: return problem_by_operation(ctx, p, why);
    case LAX_OP_SCAN: return call_scan(ctx, p, why);
    case LAX_OP_PAD: return lax_pad(ctx, a, o->padding_value, &o->pad, y, why);
    case LAX_OP_TRANSPOSE: return lax_transpose(ctx, a, o->permutation, y, why);
    case LAX_OP_REDUCE_PRECISION:
        return lax_reduce_precision(ctx, a, o->exponent_bits, o->mantissa_bits, y, why);
    default: return call_conv(ctx, p, why);
    }
}

static void pointers(struct problem *p, const lax_tensor **in, lax_tensor **out) {
    for (int32_t k = 0; k < p->op.n_operands; k++) in[k] = &p->in[k].tensor;
    for (int32_t k = 0; k < p->n_out; k++) out[k] = &p->out[k].tensor;
}

lax_status problem_by_operation(lax_context *ctx, struct problem *p, lax_error *why) {
    const lax_tensor *in[LAX_MAX_OPERANDS] = {NULL};
    lax_tensor *out[LAX_MAX_OPERANDS] = {NULL};
    pointers(p, in, out);
    return lax_operation_run(ctx, &p->op, in, out, why);
}

/* Executes with a workspace of exactly the size asked for, filled with NaN, between guard pages. */
static lax_status execute_guarded(const lax_plan *plan, struct problem *p, const lax_packed *packed,
                                  lax_error *why) {
    const lax_tensor *in[LAX_MAX_OPERANDS] = {NULL};
    lax_tensor *out[LAX_MAX_OPERANDS] = {NULL};
    pointers(p, in, out);
    size_t nbytes = lax_plan_workspace_size(plan);
    struct guarded memory = guarded_new(nbytes, nbytes % 64 == 0);
    memset(memory.bytes, 0xff, nbytes);
    lax_status status = lax_plan_execute(plan, in, packed, out, nbytes ? memory.bytes : NULL, why);
    if (!guarded_intact(&memory)) problem_fail(p, "plan", "written outside the workspace");
    guarded_free(&memory);
    return status;
}

static lax_status execute_packed(const lax_plan *plan, struct problem *p, enum plan_use use,
                                 lax_error *why) {
    lax_packed *packed = NULL;
    size_t nbytes = lax_plan_packed_size(plan);
    struct guarded memory = guarded_new(nbytes, nbytes % 64 == 0);
    const lax_tensor *rhs = &p->in[1].tensor;
    lax_status status;
    if (use == PLAN_PACKED_INTO && nbytes > 0) {
        status = lax_plan_pack_into(plan, rhs, memory.bytes, nbytes, &packed, why);
    } else {
        use = PLAN_PACKED;
        status = lax_plan_pack(plan, rhs, &packed, why);
    }
    if (status == LAX_OK) status = execute_guarded(plan, p, packed, why);
    if (!guarded_intact(&memory)) problem_fail(p, "plan", "written outside the packed weights");
    if (use == PLAN_PACKED) lax_packed_release(packed);
    guarded_free(&memory);
    return status;
}

lax_status problem_by_plan(lax_context *ctx, struct problem *p, enum plan_use use, lax_error *why) {
    const lax_tensor *in[LAX_MAX_OPERANDS] = {NULL};
    lax_tensor *out[LAX_MAX_OPERANDS] = {NULL};
    lax_plan *plan = NULL;
    pointers(p, in, out);
    lax_status status = lax_operation_plan(ctx, &p->op, &plan, why);
    if (status != LAX_OK) return status;
    if (use >= PLAN_PACKED && p->op.op == LAX_OP_CONV) {
        status = execute_packed(plan, p, use, why);
    } else if (use >= PLAN_WORKSPACE) {
        status = execute_guarded(plan, p, NULL, why);
    } else {
        status = lax_plan_execute(plan, in, NULL, out, NULL, why);
    }
    lax_plan_release(plan);
    return status;
}
