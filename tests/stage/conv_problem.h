/* SPDX-License-Identifier: Apache-2.0 */
/* Random convolutions for the suites of one lowering: sizes of a window, tensors between guard
 * pages, an epilogue, and one run by a lowering that is forced by name. */
#ifndef LAX_TESTS_CONV_PROBLEM_H
#define LAX_TESTS_CONV_PROBLEM_H

#include "support/support.h"

struct conv_case {
    lax_dtype type; /* of the operands */
    int32_t n;
    lax_conv_options options;
    lax_tensor form; /* of the result */
    struct view lhs, rhs, out, expected, bias, residual;
    lax_epilogue epilogue;
};

int64_t one_of(struct rng *r, int64_t count, const int64_t *values);
/* A tensor's form from the sizes of its roles: batch, features, spatial. */
void shape_by_spec(lax_tensor *t, lax_dtype type, int32_t rank, const int32_t *spec,
                   const int64_t *roles);
/* Bias and residual of the result's form, one value a feature along axis `features`; exact. */
void conv_case_epilogue(struct rng *r, struct conv_case *p, int32_t features);
void conv_case_free(struct conv_case *p);
/* In the order of lax_plan_execute(). */
const lax_tensor **conv_case_inputs(struct conv_case *p, bool packed, const lax_tensor **inputs);

/* How a case is run: NULL and false unless said. */
struct conv_run {
    lax_context *context;
    const char *lowering;
    bool pack;   /* weights ahead */
    bool poison; /* a workspace of the caller's, full of NaN */
};
/* A plan of its own and one execution. A refusal is handed on; everything else must succeed. */
lax_status conv_case_run(const struct conv_run *run, struct conv_case *p, lax_tensor *out,
                         lax_error *why);

#endif
