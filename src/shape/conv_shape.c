/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of convolutions, their gradients, patches and local convolutions: features, groups,
 * element types, window arithmetic. Always in terms of the forward convolution. */
#include "shape/shape.h"

/* Forms of the forward convolution's tensors; any of them may come from a result. */
struct forward {
    const lax_tensor *lhs, *rhs, *grad; /* rhs NULL: patches; grad NULL: not a gradient */
};

static struct forward forward_of(const struct shape *s) {
    switch (s->spec->operation->op) {
    case LAX_OP_CONV_GRAD_LHS:
        return (struct forward){&s->results[0], &s->operands[1], &s->operands[0]};
    case LAX_OP_CONV_GRAD_RHS:
        return (struct forward){&s->operands[0], &s->results[0], &s->operands[1]};
    case LAX_OP_CONV_PATCHES: return (struct forward){&s->operands[0], NULL, NULL};
    default: return (struct forward){&s->operands[0], &s->operands[1], NULL};
    }
}

/* --- element types ---------------------------------------------------------------------------- */

static bool integral(enum dtype_kind k) { return k == KIND_SIGNED || k == KIND_UNSIGNED; }

/* JAX's _validate_preferred_element_type. */
static lax_status check_preferred(lax_dtype input, lax_dtype preferred, lax_error *why) {
    enum dtype_kind from = lax_i_dtype_kind(input), to = lax_i_dtype_kind(preferred);
    if (from == KIND_PRED) return LAX_OK;
    bool compatible = (integral(from) && (integral(to) || to == KIND_FLOAT)) ||
                      (from == KIND_FLOAT && to == KIND_FLOAT) ||
                      (from == KIND_COMPLEX && to == KIND_COMPLEX);
    if (!compatible)
        return lax_i_fail(
            why, LAX_ERROR_PREFERRED_KIND,
            "preferred_element_type %s does not go with operands of type %s: integers "
            "give integers or floats, floats floats, complex complex",
            lax_dtype_name(preferred), lax_dtype_name(input));
    if (from == KIND_SIGNED && to == KIND_UNSIGNED)
        return lax_i_fail(why, LAX_ERROR_PREFERRED_SIGN,
                          "preferred_element_type %s must have the same signedness as %s",
                          lax_dtype_name(preferred), lax_dtype_name(input));
    if (lax_dtype_size(preferred) < lax_dtype_size(input))
        return lax_i_fail(why, LAX_ERROR_PREFERRED_WIDTH,
                          "preferred_element_type %s must not be narrower than %s",
                          lax_dtype_name(preferred), lax_dtype_name(input));
    return LAX_OK;
}

/* The type of products and sums, which is the forward result's. */
static lax_status compute_type(const struct spec *spec, lax_dtype lhs, lax_dtype rhs,
                               lax_dtype *out, lax_error *why) {
    lax_dtype preferred = spec->conv.preferred;
    bool mixed = lhs == LAX_U8 && rhs == LAX_S8;
    if (lhs != rhs && !mixed)
        return lax_i_fail(why, LAX_ERROR_DTYPE_MISMATCH,
                          "lhs and rhs must have the same element type, got %s and %s",
                          lax_dtype_name(lhs), lax_dtype_name(rhs));
    if (mixed && preferred != LAX_DTYPE_UNSET && preferred != LAX_S32)
        return lax_i_fail(why, LAX_ERROR_PREFERRED_KIND,
                          "u8 with s8 gives s32, preferred_element_type cannot be %s",
                          lax_dtype_name(preferred));
    *out = mixed ? LAX_S32 : preferred == LAX_DTYPE_UNSET ? lhs : preferred;
    return mixed || spec->xla_rules ? LAX_OK : check_preferred(lhs, *out, why);
}

/* --- features and groups ---------------------------------------------------------------------- */

static lax_status check_groups(const struct conv_shape *c, lax_error *why) {
    if (c->in_features % c->feature_groups != 0)
        return lax_i_fail(why, LAX_ERROR_FEATURE_DIVIDE,
                          "feature_group_count %lld must divide the lhs feature dimension of size "
                          "%lld",
                          (long long)c->feature_groups, (long long)c->in_features);
    if (c->in_features / c->feature_groups != c->rhs_features)
        return lax_i_fail(why, LAX_ERROR_FEATURE_MISMATCH,
                          "lhs feature dimension of size %lld divided by feature_group_count %lld "
                          "must equal the rhs input feature dimension, got %lld",
                          (long long)c->in_features, (long long)c->feature_groups,
                          (long long)c->rhs_features);
    if (c->out_features % c->feature_groups != 0 || c->out_features % c->batch_groups != 0)
        return lax_i_fail(why, LAX_ERROR_OUTPUT_DIVIDE,
                          "rhs output feature dimension of size %lld must be a multiple of "
                          "%s_group_count %lld",
                          (long long)c->out_features, c->feature_groups > 1 ? "feature" : "batch",
                          (long long)lax_i_max(c->feature_groups, c->batch_groups));
    if (c->batch % c->batch_groups != 0)
        return lax_i_fail(why, LAX_ERROR_BATCH_DIVIDE,
                          "batch_group_count %lld must divide the lhs batch dimension of size %lld",
                          (long long)c->batch_groups, (long long)c->batch);
    return LAX_OK;
}

/* --- windows ---------------------------------------------------------------------------------- */

/* Every spatial dimension; `kernel` holds the window's sizes. */
static lax_status fill_dims(const struct spec *spec, const lax_tensor *lhs, const int64_t *kernel,
                            struct conv_shape *c, lax_error *why) {
    const struct window_spec *w = &spec->conv.window;
    c->n = w->n;
    c->numbers = spec->conv.numbers;
    for (int d = 0; d < w->n; d++) {
        c->dim[d] = (struct window_dim){
            .in = lhs->shape[c->numbers.lhs_spec[2 + d]],
            .size = kernel[d],
            .stride = w->strides[d],
            .pad_lo = w->pads[d][0],
            .pad_hi = w->pads[d][1],
            .base_dilation = w->base_dilation[d],
            .window_dilation = w->window_dilation[d],
            .reversed = w->reversal[d],
        };
        lax_status s = lax_i_window_dim(&c->dim[d], w->padding, spec->xla_rules, "spatial", d, why);
        if (s != LAX_OK) return s;
    }
    c->batch = lhs->shape[c->numbers.lhs_spec[0]];
    c->in_features = lhs->shape[c->numbers.lhs_spec[1]];
    return LAX_OK;
}

/* The form of the forward result. */
static void forward_result(const struct conv_shape *c, lax_dtype dtype, lax_tensor *out) {
    int64_t shape[LAX_MAX_RANK];
    shape[c->numbers.out_spec[0]] = c->batch / c->batch_groups;
    shape[c->numbers.out_spec[1]] = c->out_features;
    for (int d = 0; d < c->n; d++) shape[c->numbers.out_spec[2 + d]] = c->dim[d].out;
    lax_i_form(out, dtype, c->n + 2, shape);
}

/* --- convolution and its gradients ------------------------------------------------------------ */

static lax_status infer_forward(const struct spec *spec, const lax_tensor *lhs,
                                const lax_tensor *rhs, struct conv_shape *c, lax_error *why) {
    int64_t kernel[LAX_MAX_SPATIAL];
    const int32_t *rhs_spec = spec->conv.numbers.rhs_spec;
    for (int d = 0; d < spec->conv.window.n; d++) kernel[d] = rhs->shape[rhs_spec[2 + d]];
    c->batch = lhs->shape[spec->conv.numbers.lhs_spec[0]];
    c->in_features = lhs->shape[spec->conv.numbers.lhs_spec[1]];
    c->out_features = rhs->shape[rhs_spec[0]];
    c->rhs_features = rhs->shape[rhs_spec[1]];
    c->feature_groups = spec->conv.feature_groups;
    c->batch_groups = spec->conv.batch_groups;
    lax_status s = check_groups(c, why);
    return s == LAX_OK ? fill_dims(spec, lhs, kernel, c, why) : s;
}

static lax_status check_rank(const lax_tensor *t, const lax_tensor *like, const char *name,
                             lax_error *why) {
    if (t->rank == like->rank) return lax_i_check_tensor(t, name, why);
    return lax_i_fail(why, LAX_ERROR_RANK_MISMATCH, "%s must have rank %d, got %d", name,
                      like->rank, t->rank);
}

static lax_status infer_gradient(const struct spec *spec, struct shape *out, lax_error *why) {
    struct forward f = forward_of(out);
    bool wrt_lhs = spec->operation->op == LAX_OP_CONV_GRAD_LHS;
    const char *name = wrt_lhs ? "lhs_grad" : "rhs_grad";
    lax_tensor expected, primal = out->results[0];
    lax_dtype dtype;
    if (out->n_results != 1)
        return lax_i_fail(why, LAX_ERROR_COUNT, "a gradient has one result, got %d",
                          out->n_results);
    lax_status s = check_rank(&primal, f.grad, name, why);
    if (s == LAX_OK) s = infer_forward(spec, f.lhs, f.rhs, &out->conv, why);
    if (s == LAX_OK) s = compute_type(spec, f.lhs->dtype, f.rhs->dtype, &dtype, why);
    if (s != LAX_OK) return s;
    forward_result(&out->conv, dtype, &expected);
    lax_tensor grad = *f.grad;
    for (int d = 0; d < grad.rank; d++) grad.strides[d] = expected.strides[d];
    s = lax_i_check_result(&grad, &expected, "grad", why);
    if (s != LAX_OK) return s;
    out->conv.compute = dtype;
    lax_i_form(&expected, primal.dtype, primal.rank, primal.shape);
    return lax_i_check_result(&out->results[0], &expected, name, why);
}

static lax_status check_epilogue(const struct spec *spec, struct shape *out, lax_error *why) {
    const lax_epilogue *e = &spec->operation->epilogue;
    const lax_tensor *result = &out->results[0];
    lax_tensor expected;
    if (e->size == 0) return LAX_OK;
    if (lax_i_dtype_kind(out->conv.compute) != KIND_FLOAT &&
        (e->bias != NULL || e->residual != NULL || e->activation != LAX_ACTIVATION_NONE))
        return lax_i_fail(why, LAX_ERROR_DTYPE_OPERATION,
                          "an epilogue needs a float result, got %s",
                          lax_dtype_name(out->conv.compute));
    if (e->bias != NULL) {
        lax_i_form(&expected, result->dtype, 1, &out->conv.out_features);
        out->bias = *e->bias;
        int64_t stride = out->bias.strides[0];
        out->bias.strides[0] = 1; /* inputs may broadcast */
        lax_status s = out->bias.rank == -1 ? LAX_ERROR_RANK : LAX_OK;
        if (s == LAX_OK)
            s = lax_i_check_result(&out->bias, &expected, "bias", why);
        else
            s = lax_i_fail(why, s, "bias must have rank 1, got -1");
        if (s != LAX_OK) return s;
        out->bias.strides[0] = stride;
    }
    if (e->residual == NULL) return LAX_OK;
    out->residual = *e->residual;
    lax_i_form(&expected, result->dtype, result->rank, result->shape);
    lax_tensor form = out->residual;
    lax_i_row_major(&form);
    if (form.rank == -1) return lax_i_fail(why, LAX_ERROR_RANK, "residual has rank -1");
    lax_status s = lax_i_check_result(&form, &expected, "residual", why);
    return s == LAX_OK ? lax_i_check_tensor(&out->residual, "residual", why) : s;
}

static lax_status infer_conv(const struct spec *spec, struct shape *out, lax_error *why) {
    struct forward f = forward_of(out);
    lax_tensor expected;
    lax_dtype dtype;
    lax_status s = compute_type(spec, f.lhs->dtype, f.rhs->dtype, &dtype, why);
    if (s == LAX_OK) s = infer_forward(spec, f.lhs, f.rhs, &out->conv, why);
    if (s != LAX_OK) return s;
    out->conv.compute = dtype;
    if (spec->operation->conv.open_batch && out->conv.batch_groups > 1)
        return lax_i_fail(why, LAX_ERROR_UNSUPPORTED,
                          "open_batch with batch_group_count %lld is not supported",
                          (long long)out->conv.batch_groups);
    forward_result(&out->conv, dtype, &expected);
    s = lax_i_check_tensor(&expected, "out", why);
    if (s == LAX_OK) s = lax_i_check_result(&out->results[0], &expected, "out", why);
    return s == LAX_OK ? check_epilogue(spec, out, why) : s;
}

/* --- patches and local convolution ------------------------------------------------------------ */

/* No groups, no reversal, and a filter shape of n positive entries. */
static lax_status check_filter(const struct spec *spec, int64_t *filter, int64_t *taps,
                               lax_error *why) {
    const lax_operation *op = spec->operation;
    int n = spec->conv.window.n;
    if (spec->conv.feature_groups != 1 || spec->conv.batch_groups != 1)
        return lax_i_fail(why, LAX_ERROR_VALUE,
                          "group counts must be unset with filter_shape, got feature_group_count "
                          "%lld and batch_group_count %lld",
                          (long long)spec->conv.feature_groups, (long long)spec->conv.batch_groups);
    for (int d = 0; d < n; d++) {
        if (spec->conv.window.reversal[d])
            return lax_i_fail(why, LAX_ERROR_VALUE,
                              "window_reversal[%d] must be unset with filter_shape", d);
        filter[d] = op->filter_shape[d];
        if (filter[d] <= 0)
            return lax_i_fail(why, LAX_ERROR_WINDOW_SIZE,
                              "filter_shape must be positive in all %d dimensions, got %lld in "
                              "dimension %d",
                              n, (long long)filter[d], d);
    }
    if (!lax_i_product(n, filter, taps))
        return lax_i_fail(why, LAX_ERROR_OVERFLOW, "the product of filter_shape does not fit");
    return LAX_OK;
}

static lax_status infer_patches(const struct spec *spec, struct shape *out, lax_error *why) {
    struct conv_shape *c = &out->conv;
    int64_t filter[LAX_MAX_SPATIAL], taps;
    lax_tensor expected;
    const lax_tensor *lhs = &out->operands[0];
    lax_status s = check_filter(spec, filter, &taps, why);
    if (s == LAX_OK) s = fill_dims(spec, lhs, filter, c, why);
    if (s != LAX_OK) return s;
    c->feature_groups = c->batch_groups = c->rhs_features = 1;
    lax_dtype dtype = spec->conv.preferred == LAX_DTYPE_UNSET ? lhs->dtype : spec->conv.preferred;
    s = spec->xla_rules ? LAX_OK : check_preferred(lhs->dtype, dtype, why);
    if (s != LAX_OK) return s;
    if (!lax_i_mul(c->in_features, taps, &c->out_features))
        return lax_i_fail(why, LAX_ERROR_OVERFLOW,
                          "%lld features times %lld filter positions do not fit",
                          (long long)c->in_features, (long long)taps);
    c->compute = dtype;
    forward_result(c, dtype, &expected);
    s = lax_i_check_tensor(&expected, "out", why);
    return s == LAX_OK ? lax_i_check_result(&out->results[0], &expected, "out", why) : s;
}

static lax_status infer_local(const struct spec *spec, struct shape *out, lax_error *why) {
    struct conv_shape *c = &out->conv;
    int64_t filter[LAX_MAX_SPATIAL], taps, features;
    lax_tensor expected;
    const lax_tensor *lhs = &out->operands[0], *rhs = &out->operands[1];
    const int32_t *rhs_spec = spec->conv.numbers.rhs_spec;
    lax_dtype dtype;
    lax_status s = check_filter(spec, filter, &taps, why);
    if (s == LAX_OK) s = fill_dims(spec, lhs, filter, c, why);
    if (s == LAX_OK) s = compute_type(spec, lhs->dtype, rhs->dtype, &dtype, why);
    if (s != LAX_OK) return s;
    c->feature_groups = c->batch_groups = 1;
    c->out_features = rhs->shape[rhs_spec[0]];
    c->rhs_features = c->in_features;
    c->compute = dtype;
    if (!lax_i_mul(c->in_features, taps, &features) || features != rhs->shape[rhs_spec[1]])
        return lax_i_fail(why, LAX_ERROR_FEATURE_MISMATCH,
                          "rhs input feature dimension must have size %lld (lhs features) x %lld "
                          "(filter positions), got %lld",
                          (long long)c->in_features, (long long)taps,
                          (long long)rhs->shape[rhs_spec[1]]);
    for (int d = 0; d < c->n; d++)
        if (rhs->shape[rhs_spec[2 + d]] != c->dim[d].out)
            return lax_i_fail(why, LAX_ERROR_SHAPE_MISMATCH,
                              "rhs spatial dimension %d must have the output's size %lld, got %lld",
                              d, (long long)c->dim[d].out, (long long)rhs->shape[rhs_spec[2 + d]]);
    forward_result(c, dtype, &expected);
    s = lax_i_check_tensor(&expected, "out", why);
    return s == LAX_OK ? lax_i_check_result(&out->results[0], &expected, "out", why) : s;
}

lax_status lax_i_shape_conv(const struct spec *spec, struct shape *out, lax_error *why) {
    lax_op op = spec->operation->op;
    if (op == LAX_OP_CONV_GRAD_LHS || op == LAX_OP_CONV_GRAD_RHS)
        return infer_gradient(spec, out, why);
    if (out->n_results == 0) out->results[0].rank = -1;
    out->n_results = 1;
    if (op == LAX_OP_CONV_PATCHES) return infer_patches(spec, out, why);
    if (op == LAX_OP_CONV_LOCAL) return infer_local(spec, out, why);
    return infer_conv(spec, out, why);
}
