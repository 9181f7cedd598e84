/* SPDX-License-Identifier: Apache-2.0 */
/* What suites of single lowerings share. */
#include "stage/conv_problem.h"

#include <stdlib.h>
#include <string.h>

int64_t one_of(struct rng *r, int64_t count, const int64_t *values) {
    return values[rng_in(r, 0, count - 1)];
}

void shape_by_spec(lax_tensor *t, lax_dtype type, int32_t rank, const int32_t *spec,
                   const int64_t *roles) {
    int64_t shape[LAX_MAX_RANK];
    for (int32_t d = 0; d < rank; d++) shape[spec[d]] = roles[d];
    *t = lax_tensor_of(type, NULL, rank, shape);
}

void conv_case_epilogue(struct rng *r, struct conv_case *p, int32_t features) {
    p->bias = view_new(r, p->form.dtype, 1, &p->form.shape[features], VIEW_INPUT);
    p->residual = view_like(r, &p->form, rng_chance(r, 50) ? VIEW_PLAIN : VIEW_INPUT);
    tensor_fill(r, &p->bias.tensor, FILL_UNIT);
    tensor_fill(r, &p->residual.tensor, FILL_UNIT);
    p->epilogue = (lax_epilogue){.size = sizeof p->epilogue, .alpha = -3, .beta = 5};
    if (rng_chance(r, 60)) p->epilogue.bias = &p->bias.tensor;
    if (rng_chance(r, 50)) p->epilogue.residual = &p->residual.tensor;
    p->epilogue.activation = (lax_activation)rng_in(r, LAX_ACTIVATION_NONE, LAX_TANH);
}

void conv_case_free(struct conv_case *p) {
    struct view *views[] = {&p->lhs, &p->rhs, &p->out, &p->expected, &p->bias, &p->residual};
    for (size_t i = 0; i < sizeof views / sizeof *views; i++) view_free(views[i]);
}

const lax_tensor **conv_case_inputs(struct conv_case *p, bool packed, const lax_tensor **inputs) {
    int n = 0;
    inputs[n++] = &p->lhs.tensor;
    if (!packed) inputs[n++] = &p->rhs.tensor;
    inputs[n] = p->epilogue.residual;
    return inputs;
}

static void *poisoned(const lax_plan *plan) {
    size_t nbytes = (lax_plan_workspace_size(plan) + 63) / 64 * 64;
    void *workspace = nbytes > 0 ? aligned_alloc(64, nbytes) : NULL;
    if (workspace) memset(workspace, 0xff, nbytes);
    return workspace;
}

lax_status conv_case_run(const struct conv_run *run, struct conv_case *p, lax_tensor *out,
                         lax_error *why) {
    const lax_tensor *inputs[3];
    lax_plan *plan;
    lax_packed *packed = NULL;
    const lax_epilogue *epilogue = p->epilogue.size > 0 ? &p->epilogue : NULL;
    p->options.lowering = run->lowering;
    lax_status s = lax_conv_plan(run->context, &p->lhs.tensor, &p->rhs.tensor, &p->options,
                                 epilogue, out, &plan, why);
    if (s == LAX_ERROR_LOWERING_REFUSED) return s;
    must(s, why, "lax_conv_plan");
    ck_assert_str_eq(lax_plan_lowering(plan), run->lowering);
    if (run->pack) must(lax_plan_pack(plan, &p->rhs.tensor, &packed, why), why, "lax_plan_pack");
    void *workspace = run->poison ? poisoned(plan) : NULL;
    must(lax_plan_execute(plan, conv_case_inputs(p, run->pack, inputs), packed, &out, workspace,
                          why),
         why, "lax_plan_execute");
    free(workspace);
    lax_packed_release(packed);
    lax_plan_release(plan);
    return LAX_OK;
}
