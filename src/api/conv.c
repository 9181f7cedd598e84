/* SPDX-License-Identifier: Apache-2.0 */
/* Public functions of the convolution family: each fills an operation and takes the one road. */
#include "api/api.h"

/* An argument and what sentences call it; name NULL: the operation has no such operand. */
struct argument {
    const lax_tensor *tensor;
    const char *name;
};

/* An operation on one or two operands with the caller's options. */
static lax_status conv_operation(lax_op kind, struct argument a, struct argument b,
                                 const lax_conv_options *options, lax_operation *op,
                                 lax_error *why) {
    lax_status s = lax_i_require(a.tensor, a.name, why);
    if (s == LAX_OK && b.name != NULL) s = lax_i_require(b.tensor, b.name, why);
    if (s != LAX_OK) return s;
    *op = LAX_OPERATION(.op = kind, .n_operands = b.name == NULL ? 1 : 2);
    op->operands[0] = *a.tensor;
    if (b.name != NULL) op->operands[1] = *b.tensor;
    return lax_i_copy_options(&op->conv, sizeof op->conv, options, "LAX_CONV_OPTIONS", why);
}

static lax_status set_result(lax_operation *op, const lax_tensor *out, const char *name,
                             lax_error *why) {
    lax_status s = lax_i_require(out, name, why);
    if (s != LAX_OK) return s;
    if (out->rank == -1)
        return lax_i_fail(why, LAX_ERROR_RANK, "%s must have rank 0 to %d, got -1", name,
                          LAX_MAX_RANK);
    op->n_results = 1;
    op->results[0] = *out;
    return LAX_OK;
}

static lax_status run2(lax_context *ctx, const lax_operation *op, const lax_tensor *a,
                       const lax_tensor *b, lax_tensor *out, lax_error *why) {
    return lax_i_run(ctx, op, (const lax_tensor *const[]){a, b}, (lax_tensor *const[]){out}, why);
}

/* --- conv_general_dilated --------------------------------------------------------------------- */

lax_status lax_conv_general_dilated(lax_context *ctx, const lax_tensor *lhs, const lax_tensor *rhs,
                                    const lax_conv_options *options, lax_tensor *out,
                                    lax_error *why) {
    lax_operation op;
    lax_status s = conv_operation(LAX_OP_CONV, (struct argument){lhs, "lhs"},
                                  (struct argument){rhs, "rhs"}, options, &op, why);
    if (s == LAX_OK) s = set_result(&op, out, "out", why);
    op.conv.open_batch = false;
    return s == LAX_OK ? run2(ctx, &op, lhs, rhs, out, why) : s;
}

lax_status lax_conv_general_dilated_shape(const lax_tensor *lhs, const lax_tensor *rhs,
                                          const lax_conv_options *options, lax_tensor *out,
                                          lax_error *why) {
    lax_operation op;
    lax_status s = conv_operation(LAX_OP_CONV, (struct argument){lhs, "lhs"},
                                  (struct argument){rhs, "rhs"}, options, &op, why);
    return s == LAX_OK ? lax_i_infer(&op, 0, out, why) : s;
}

lax_status lax_conv(lax_context *ctx, const lax_tensor *lhs, const lax_tensor *rhs,
                    const int64_t *window_strides, const char *padding, lax_tensor *out,
                    lax_error *why) {
    lax_conv_options options = LAX_CONV_OPTIONS(.padding = padding);
    lax_status s = lax_i_require(lhs, "lhs", why);
    if (s == LAX_OK) s = lax_i_require(padding, "padding", why);
    if (s != LAX_OK) return s;
    for (int d = 0; window_strides != NULL && d < lhs->rank - 2 && d < LAX_MAX_SPATIAL; d++) {
        if (window_strides[d] <= 0)
            return lax_i_fail(why, LAX_ERROR_WINDOW_STRIDE,
                              "window_strides must be positive, got %lld in dimension %d",
                              (long long)window_strides[d], d);
        options.window_strides[d] = window_strides[d];
    }
    return lax_conv_general_dilated(ctx, lhs, rhs, &options, out, why);
}

lax_status lax_conv_with_general_padding(lax_context *ctx, const lax_tensor *lhs,
                                         const lax_tensor *rhs, const lax_conv_options *options,
                                         lax_tensor *out, lax_error *why) {
    static const lax_conv_dimension_numbers unset;
    lax_conv_options ours;
    lax_status s = lax_i_copy_options(&ours, sizeof ours, options, "LAX_CONV_OPTIONS", why);
    if (s != LAX_OK) return s;
    if (ours.dim_labels != NULL || ours.dimension_numbers[0] != NULL ||
        ours.dimension_numbers[1] != NULL || ours.dimension_numbers[2] != NULL ||
        memcmp(&ours.indices, &unset, sizeof unset) != 0)
        return lax_i_fail(why, LAX_ERROR_VALUE,
                          "conv_with_general_padding takes no dimension numbers");
    if (ours.feature_group_count > 1 || ours.batch_group_count > 1)
        return lax_i_fail(why, LAX_ERROR_VALUE,
                          "conv_with_general_padding takes no groups, got feature_group_count %lld "
                          "and batch_group_count %lld",
                          (long long)ours.feature_group_count, (long long)ours.batch_group_count);
    return lax_conv_general_dilated(ctx, lhs, rhs, &ours, out, why);
}

/* --- patches and local ------------------------------------------------------------------------ */

/* Copies filter_shape; whether its entries are positive is for the shape stage. */
static lax_status set_filter(lax_operation *op, const int64_t *filter_shape, lax_error *why) {
    int n = (int)lax_i_min(op->operands[0].rank - 2, LAX_MAX_SPATIAL);
    if (n <= 0) return LAX_OK;
    lax_status s = lax_i_require(filter_shape, "filter_shape", why);
    if (s == LAX_OK) memcpy(op->filter_shape, filter_shape, (size_t)n * sizeof *filter_shape);
    return s;
}

lax_status lax_conv_general_dilated_patches(lax_context *ctx, const lax_tensor *lhs,
                                            const int64_t *filter_shape,
                                            const lax_conv_options *options, lax_tensor *out,
                                            lax_error *why) {
    lax_operation op;
    lax_status s = conv_operation(LAX_OP_CONV_PATCHES, (struct argument){lhs, "lhs"},
                                  (struct argument){NULL, NULL}, options, &op, why);
    if (s == LAX_OK) s = set_filter(&op, filter_shape, why);
    if (s == LAX_OK) s = set_result(&op, out, "out", why);
    return s == LAX_OK ? run2(ctx, &op, lhs, NULL, out, why) : s;
}

lax_status lax_conv_general_dilated_patches_shape(const lax_tensor *lhs,
                                                  const int64_t *filter_shape,
                                                  const lax_conv_options *options, lax_tensor *out,
                                                  lax_error *why) {
    lax_operation op;
    lax_status s = conv_operation(LAX_OP_CONV_PATCHES, (struct argument){lhs, "lhs"},
                                  (struct argument){NULL, NULL}, options, &op, why);
    if (s == LAX_OK) s = set_filter(&op, filter_shape, why);
    return s == LAX_OK ? lax_i_infer(&op, 0, out, why) : s;
}

lax_status lax_conv_general_dilated_local(lax_context *ctx, const lax_tensor *lhs,
                                          const lax_tensor *rhs, const int64_t *filter_shape,
                                          const lax_conv_options *options, lax_tensor *out,
                                          lax_error *why) {
    lax_operation op;
    lax_status s = conv_operation(LAX_OP_CONV_LOCAL, (struct argument){lhs, "lhs"},
                                  (struct argument){rhs, "rhs"}, options, &op, why);
    if (s == LAX_OK) s = set_filter(&op, filter_shape, why);
    if (s == LAX_OK) s = set_result(&op, out, "out", why);
    return s == LAX_OK ? run2(ctx, &op, lhs, rhs, out, why) : s;
}

lax_status lax_conv_general_dilated_local_shape(const lax_tensor *lhs, const lax_tensor *rhs,
                                                const int64_t *filter_shape,
                                                const lax_conv_options *options, lax_tensor *out,
                                                lax_error *why) {
    lax_operation op;
    lax_status s = conv_operation(LAX_OP_CONV_LOCAL, (struct argument){lhs, "lhs"},
                                  (struct argument){rhs, "rhs"}, options, &op, why);
    if (s == LAX_OK) s = set_filter(&op, filter_shape, why);
    return s == LAX_OK ? lax_i_infer(&op, 0, out, why) : s;
}

/* --- gradients -------------------------------------------------------------------------------- */

lax_status lax_conv_general_dilated_grad_lhs(lax_context *ctx, const lax_tensor *grad,
                                             const lax_tensor *rhs, const lax_conv_options *options,
                                             lax_tensor *lhs_grad, lax_error *why) {
    lax_operation op;
    lax_status s = conv_operation(LAX_OP_CONV_GRAD_LHS, (struct argument){grad, "grad"},
                                  (struct argument){rhs, "rhs"}, options, &op, why);
    if (s == LAX_OK) s = set_result(&op, lhs_grad, "lhs_grad", why);
    return s == LAX_OK ? run2(ctx, &op, grad, rhs, lhs_grad, why) : s;
}

lax_status lax_conv_general_dilated_grad_rhs(lax_context *ctx, const lax_tensor *lhs,
                                             const lax_tensor *grad,
                                             const lax_conv_options *options, lax_tensor *rhs_grad,
                                             lax_error *why) {
    lax_operation op;
    lax_status s = conv_operation(LAX_OP_CONV_GRAD_RHS, (struct argument){lhs, "lhs"},
                                  (struct argument){grad, "grad"}, options, &op, why);
    if (s == LAX_OK) s = set_result(&op, rhs_grad, "rhs_grad", why);
    return s == LAX_OK ? run2(ctx, &op, lhs, grad, rhs_grad, why) : s;
}

/* The forward convolution's shape, and options with everything but the direction filled. */
static lax_status forward_shape(const lax_tensor *lhs, const lax_tensor *rhs,
                                const lax_conv_options *forward, lax_conv_options *gradient,
                                struct conv_shape *out, lax_error *why) {
    struct spec spec = {0};
    struct shape shape = {0};
    lax_operation op;
    lax_status s = lax_i_require(gradient, "gradient", why);
    if (s == LAX_OK)
        s = conv_operation(LAX_OP_CONV, (struct argument){lhs, "lhs"},
                           (struct argument){rhs, "rhs"}, forward, &op, why);
    if (s == LAX_OK) s = lax_i_check(&op, &spec, &shape, why);
    if (s != LAX_OK) return s;
    *out = shape.conv;
    *gradient = LAX_CONV_OPTIONS(.policy = op.conv.policy, .lowering = op.conv.lowering);
    return LAX_OK;
}

/* (second, first, spatial...): JAX's _conv_spec_transpose. */
static void transpose_spec(const int32_t *spec, int n, int32_t *out) {
    for (int i = 0; i < n + 2; i++) out[i] = spec[i < 2 ? 1 - i : i];
}

static int64_t dilated(int64_t size, int64_t dilation) {
    return size == 0 ? 0 : (size - 1) * dilation + 1;
}

lax_status lax_conv_grad_lhs_options(const lax_tensor *lhs, const lax_tensor *rhs,
                                     const lax_conv_options *forward, lax_conv_options *gradient,
                                     lax_error *why) {
    struct conv_shape c;
    lax_status s = forward_shape(lhs, rhs, forward, gradient, &c, why);
    if (s != LAX_OK) return s;
    for (int d = 0; d < c.n; d++) {
        const struct window_dim *w = &c.dim[d];
        int64_t kernel = dilated(w->size, w->window_dilation);
        gradient->window_strides[d] = w->base_dilation;
        gradient->lhs_dilation[d] = w->stride;
        gradient->rhs_dilation[d] = w->window_dilation;
        gradient->window_reversal[d] = !w->reversed;
        gradient->pads[d][0] = kernel - 1 - w->pad_lo;
        gradient->pads[d][1] =
            dilated(w->in, w->base_dilation) + w->pad_lo - dilated(w->out, w->stride);
    }
    memcpy(gradient->indices.lhs_spec, c.numbers.out_spec, sizeof c.numbers.out_spec);
    transpose_spec(c.numbers.rhs_spec, c.n, gradient->indices.rhs_spec);
    memcpy(gradient->indices.out_spec, c.numbers.lhs_spec, sizeof c.numbers.lhs_spec);
    gradient->feature_group_count = lax_i_max(c.feature_groups, c.batch_groups);
    return LAX_OK;
}

lax_status lax_conv_grad_rhs_options(const lax_tensor *lhs, const lax_tensor *rhs,
                                     const lax_conv_options *forward, lax_conv_options *gradient,
                                     lax_error *why) {
    struct conv_shape c;
    lax_status s = forward_shape(lhs, rhs, forward, gradient, &c, why);
    for (int d = 0; d < c.n && s == LAX_OK; d++) {
        const struct window_dim *w = &c.dim[d];
        int64_t in = dilated(w->in, w->base_dilation), out = dilated(w->out, w->stride);
        int64_t kernel = dilated(w->size, w->window_dilation);
        if (w->reversed)
            s = lax_i_fail(why, LAX_ERROR_UNSUPPORTED,
                           "window_reversal[%d] is set: the gradient's result would be reversed, "
                           "call lax_conv_general_dilated_grad_rhs instead",
                           d);
        gradient->window_strides[d] = w->window_dilation;
        gradient->lhs_dilation[d] = w->base_dilation;
        gradient->rhs_dilation[d] = w->stride;
        gradient->pads[d][0] = w->pad_lo;
        gradient->pads[d][1] = out - in + kernel - w->pad_lo - 1;
    }
    if (s != LAX_OK) return s;
    transpose_spec(c.numbers.lhs_spec, c.n, gradient->indices.lhs_spec);
    transpose_spec(c.numbers.out_spec, c.n, gradient->indices.rhs_spec);
    transpose_spec(c.numbers.rhs_spec, c.n, gradient->indices.out_spec);
    gradient->batch_group_count = c.feature_groups;
    gradient->feature_group_count = c.batch_groups;
    return LAX_OK;
}

/* --- plans ------------------------------------------------------------------------------------ */

lax_status lax_conv_plan(lax_context *ctx, const lax_tensor *lhs, const lax_tensor *rhs,
                         const lax_conv_options *options, const lax_epilogue *epilogue,
                         const lax_tensor *out, lax_plan **plan, lax_error *why) {
    lax_operation op;
    lax_status s = conv_operation(LAX_OP_CONV, (struct argument){lhs, "lhs"},
                                  (struct argument){rhs, "rhs"}, options, &op, why);
    if (s == LAX_OK) s = set_result(&op, out, "out", why);
    if (s == LAX_OK && epilogue != NULL)
        s = lax_i_copy_options(&op.epilogue, sizeof op.epilogue, epilogue, "LAX_EPILOGUE", why);
    return s == LAX_OK ? lax_operation_plan(ctx, &op, plan, why) : s;
}
