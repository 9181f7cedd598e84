/* SPDX-License-Identifier: Apache-2.0 */
/* Public functions of windows: each fills an operation and takes the one road. */
#include "api/api.h"

/* An operation with `count` operands and the caller's window options. */
static lax_status window_operation(lax_op kind, int32_t count, const lax_tensor *operands,
                                   const lax_window_options *options, lax_operation *op,
                                   lax_error *why) {
    lax_status s = lax_i_require(operands, "operand", why);
    if (s != LAX_OK) return s;
    if (count < 1 || count > LAX_MAX_OPERANDS)
        return lax_i_fail(why, LAX_ERROR_COUNT, "count must be 1 to %d, got %d", LAX_MAX_OPERANDS,
                          count);
    *op = LAX_OPERATION(.op = kind, .n_operands = count);
    memcpy(op->operands, operands, (size_t)count * sizeof *operands);
    return lax_i_copy_options(&op->window, sizeof op->window, options, "LAX_WINDOW_OPTIONS", why);
}

static lax_status add_results(lax_operation *op, int32_t count, const lax_tensor *out,
                              const char *name, lax_error *why) {
    lax_status s = lax_i_require(out, name, why);
    for (int32_t i = 0; i < count && s == LAX_OK; i++) {
        if (out[i].rank == -1)
            s = lax_i_fail(why, LAX_ERROR_RANK, "%s must have rank 0 to %d, got -1", name,
                           LAX_MAX_RANK);
        else
            op->results[op->n_results++] = out[i];
    }
    return s;
}

static lax_status copy_reducer(const lax_reducer *reducer, lax_operation *op, lax_error *why) {
    lax_status s = lax_i_require(reducer, "reducer", why);
    if (s != LAX_OK) return s;
    return lax_i_copy_options(&op->reducer, sizeof op->reducer, reducer, "LAX_REDUCER", why);
}

static void pointers(int32_t n, lax_tensor *tensors, lax_tensor **out) {
    for (int32_t i = 0; i < n; i++) out[i] = &tensors[i];
}

/* Runs with operands and results as they lie in arrays. */
static lax_status run_n(lax_context *ctx, const lax_operation *op, const lax_tensor *operands,
                        lax_tensor *out, lax_error *why) {
    const lax_tensor *in[LAX_MAX_OPERANDS];
    lax_tensor *results[LAX_MAX_OPERANDS];
    for (int32_t i = 0; i < op->n_operands; i++) in[i] = &operands[i];
    pointers(op->n_results, out, results);
    return lax_i_run(ctx, op, in, results, why);
}

/* --- reduce_window ---------------------------------------------------------------------------- */

lax_status lax_reduce_window_n(lax_context *ctx, int32_t count, const lax_tensor *operands,
                               const lax_reducer *reducer, const lax_window_options *options,
                               lax_tensor *out, lax_error *why) {
    lax_operation op;
    lax_status s = window_operation(LAX_OP_REDUCE_WINDOW, count, operands, options, &op, why);
    if (s == LAX_OK) s = copy_reducer(reducer, &op, why);
    if (s == LAX_OK) s = add_results(&op, count, out, "out", why);
    return s == LAX_OK ? run_n(ctx, &op, operands, out, why) : s;
}

lax_status lax_reduce_window(lax_context *ctx, const lax_tensor *operand, lax_reducer_kind reducer,
                             const lax_window_options *options, lax_tensor *out, lax_error *why) {
    return lax_reduce_window_n(ctx, 1, operand, &LAX_REDUCER(.kind = reducer), options, out, why);
}

lax_status lax_reduce_window_shape(const lax_tensor *operand, const lax_window_options *options,
                                   lax_tensor *out, lax_error *why) {
    lax_operation op;
    lax_status s = window_operation(LAX_OP_REDUCE_WINDOW, 1, operand, options, &op, why);
    if (s != LAX_OK) return s;
    op.reducer = LAX_REDUCER(.kind = LAX_MAX); /* defined for every type */
    return lax_i_infer(&op, 0, out, why);
}

lax_status lax_reduce_window_plan(lax_context *ctx, int32_t count, const lax_tensor *operands,
                                  const lax_reducer *reducer, const lax_window_options *options,
                                  const lax_tensor *out, lax_plan **plan, lax_error *why) {
    lax_operation op;
    lax_status s = window_operation(LAX_OP_REDUCE_WINDOW, count, operands, options, &op, why);
    if (s == LAX_OK) s = copy_reducer(reducer, &op, why);
    if (s == LAX_OK) s = add_results(&op, count, out, "out", why);
    return s == LAX_OK ? lax_operation_plan(ctx, &op, plan, why) : s;
}

lax_status lax_reduce_window_arg(lax_context *ctx, const lax_tensor *operand, lax_select select,
                                 const lax_window_options *options, lax_tensor *values,
                                 lax_tensor *indices, lax_error *why) {
    lax_operation op;
    lax_status s = window_operation(LAX_OP_REDUCE_WINDOW_ARG, 1, operand, options, &op, why);
    if (s == LAX_OK && values != NULL) s = add_results(&op, 1, values, "values", why);
    if (s == LAX_OK) s = add_results(&op, 1, indices, "indices", why);
    if (s != LAX_OK) return s;
    op.select = LAX_SELECTOR(.kind = select);
    lax_tensor *both[2] = {values, indices};
    return lax_i_run(ctx, &op, &operand, values == NULL ? &both[1] : both, why);
}

/* --- select ----------------------------------------------------------------------------------- */

/* An argument and what sentences call it. */
struct argument {
    const lax_tensor *tensor;
    const char *name;
};

/* The two operands of a select operation side by side. */
static lax_status pair_operation(lax_op kind, struct argument a, struct argument b,
                                 const lax_window_options *options, lax_operation *op,
                                 lax_error *why) {
    lax_status s = lax_i_require(a.tensor, a.name, why);
    if (s == LAX_OK) s = lax_i_require(b.tensor, b.name, why);
    if (s == LAX_OK) s = window_operation(kind, 1, a.tensor, options, op, why);
    if (s != LAX_OK) return s;
    op->n_operands = 2;
    op->operands[1] = *b.tensor;
    return LAX_OK;
}

lax_status lax_select_and_scatter(lax_context *ctx, const lax_tensor *operand,
                                  const lax_selector *select, const lax_tensor *source,
                                  const lax_reducer *scatter, const lax_window_options *options,
                                  lax_tensor *out, lax_error *why) {
    lax_operation op;
    lax_status s = pair_operation(LAX_OP_SELECT_AND_SCATTER, (struct argument){operand, "operand"},
                                  (struct argument){source, "source"}, options, &op, why);
    if (s == LAX_OK) s = lax_i_require(select, "select", why);
    if (s == LAX_OK) s = lax_i_require(scatter, "scatter", why);
    if (s == LAX_OK)
        s = lax_i_copy_options(&op.select, sizeof op.select, select, "LAX_SELECTOR", why);
    if (s == LAX_OK) s = copy_reducer(scatter, &op, why);
    if (s == LAX_OK) s = add_results(&op, 1, out, "out", why);
    if (s != LAX_OK) return s;
    return lax_i_run(ctx, &op, (const lax_tensor *const[]){operand, source}, &out, why);
}

lax_status lax_select_and_scatter_add(lax_context *ctx, const lax_tensor *source,
                                      const lax_tensor *operand, lax_select select,
                                      const lax_window_options *options, lax_tensor *out,
                                      lax_error *why) {
    lax_status s = lax_i_require(operand, "operand", why);
    if (s != LAX_OK) return s;
    lax_reducer_kind add = operand->dtype == LAX_PRED ? LAX_OR : LAX_ADD;
    return lax_select_and_scatter(ctx, operand, &LAX_SELECTOR(.kind = select), source,
                                  &LAX_REDUCER(.kind = add), options, out, why);
}

lax_status lax_select_and_scatter_shape(const lax_tensor *operand, const lax_tensor *source,
                                        const lax_window_options *options, lax_tensor *out,
                                        lax_error *why) {
    lax_operation op;
    lax_status s = pair_operation(LAX_OP_SELECT_AND_SCATTER, (struct argument){operand, "operand"},
                                  (struct argument){source, "source"}, options, &op, why);
    if (s != LAX_OK) return s;
    op.reducer = LAX_REDUCER(.kind = LAX_MAX); /* defined for every type */
    return lax_i_infer(&op, 0, out, why);
}

lax_status lax_select_and_gather_add(lax_context *ctx, const lax_tensor *tangents,
                                     const lax_tensor *operand, lax_select select,
                                     const lax_window_options *options, lax_tensor *out,
                                     lax_error *why) {
    lax_operation op;
    lax_status s =
        pair_operation(LAX_OP_SELECT_AND_GATHER_ADD, (struct argument){tangents, "tangents"},
                       (struct argument){operand, "operand"}, options, &op, why);
    if (s == LAX_OK) s = add_results(&op, 1, out, "out", why);
    if (s != LAX_OK) return s;
    op.select = LAX_SELECTOR(.kind = select);
    return lax_i_run(ctx, &op, (const lax_tensor *const[]){tangents, operand}, &out, why);
}

/* --- gradients -------------------------------------------------------------------------------- */

static int64_t dilated(int64_t size, int64_t dilation) {
    return size == 0 ? 0 : (size - 1) * dilation + 1;
}

/* JAX's transpose of reduce_window add: strides and base dilations trade places. */
static lax_status add_grad_options(const lax_tensor *operand, const lax_window_options *options,
                                   lax_window_options *out, lax_tensor *reduced, lax_error *why) {
    struct spec spec = {0};
    struct shape shape = {0};
    lax_operation op;
    lax_status s = window_operation(LAX_OP_REDUCE_WINDOW, 1, operand, options, &op, why);
    if (s != LAX_OK) return s;
    op.reducer = LAX_REDUCER(.kind = LAX_ADD);
    s = lax_i_check(&op, &spec, &shape, why);
    if (s != LAX_OK) return s;
    *reduced = shape.results[0];
    *out = LAX_WINDOW_OPTIONS(.policy = op.window.policy, .lowering = op.window.lowering);
    for (int d = 0; d < operand->rank; d++) {
        const struct window_dim *w = &shape.window[d];
        int64_t before = dilated(w->size, w->window_dilation) - 1;
        if (!lax_i_sub(before, w->pad_lo, &before))
            return lax_i_fail(why, LAX_ERROR_OVERFLOW,
                              "operand dimension %d: window %lld and padding %lld do not fit in "
                              "int64_t",
                              d, (long long)w->size, (long long)w->pad_lo);
        out->window_dimensions[d] = w->size;
        out->window_strides[d] = w->base_dilation;
        out->base_dilation[d] = w->stride;
        out->window_dilation[d] = w->window_dilation;
        out->pads[d][0] = before;
        out->pads[d][1] = dilated(w->in, w->base_dilation) + w->pad_lo - dilated(w->out, w->stride);
    }
    return LAX_OK;
}

static lax_status add_grad(lax_context *ctx, const lax_tensor *grad, const lax_tensor *operand,
                           const lax_window_options *options, lax_tensor *operand_grad,
                           lax_error *why) {
    lax_window_options ours;
    lax_tensor reduced, like = *operand_grad;
    lax_status s = add_grad_options(operand, options, &ours, &reduced, why);
    if (s == LAX_OK) s = lax_i_check_same_shape(grad, &reduced, "grad", "the reduced operand", why);
    if (s == LAX_OK) s = lax_i_check_same_type(grad, operand, "grad", "operand", why);
    if (s == LAX_OK) s = lax_i_check_same_shape(&like, operand, "operand_grad", "operand", why);
    return s == LAX_OK ? lax_reduce_window(ctx, grad, LAX_ADD, &ours, operand_grad, why) : s;
}

lax_status lax_reduce_window_grad(lax_context *ctx, const lax_tensor *grad,
                                  const lax_tensor *operand, lax_reducer_kind reducer,
                                  const lax_window_options *options, lax_tensor *operand_grad,
                                  lax_error *why) {
    lax_status s = lax_i_require(grad, "grad", why);
    if (s == LAX_OK) s = lax_i_require(operand, "operand", why);
    if (s == LAX_OK) s = lax_i_require(operand_grad, "operand_grad", why);
    if (s == LAX_OK) s = lax_i_check_tensor(grad, "grad", why);
    if (s != LAX_OK) return s;
    switch (reducer) {
    case LAX_ADD: return add_grad(ctx, grad, operand, options, operand_grad, why);
    case LAX_MAX:
        return lax_select_and_scatter_add(ctx, grad, operand, LAX_GE, options, operand_grad, why);
    case LAX_MIN:
        return lax_select_and_scatter_add(ctx, grad, operand, LAX_LE, options, operand_grad, why);
    default:
        return lax_i_fail(why, LAX_ERROR_ENUM, "reducer must be add, max or min, got %d",
                          (int)reducer);
    }
}

/* --- reduce ----------------------------------------------------------------------------------- */

static lax_status reduce_operation(int32_t count, const lax_tensor *operands,
                                   const lax_reduce_options *options, lax_operation *op,
                                   lax_error *why) {
    lax_status s = window_operation(LAX_OP_REDUCE, count, operands, NULL, op, why);
    if (s != LAX_OK) return s;
    return lax_i_copy_options(&op->reduce, sizeof op->reduce, options, "LAX_REDUCE_OPTIONS", why);
}

lax_status lax_reduce_n(lax_context *ctx, int32_t count, const lax_tensor *operands,
                        const lax_reducer *reducer, const lax_reduce_options *options,
                        lax_tensor *out, lax_error *why) {
    lax_operation op;
    lax_status s = reduce_operation(count, operands, options, &op, why);
    if (s == LAX_OK) s = copy_reducer(reducer, &op, why);
    if (s == LAX_OK) s = add_results(&op, count, out, "out", why);
    return s == LAX_OK ? run_n(ctx, &op, operands, out, why) : s;
}

/* Options from a list of dimensions; what is wrong with their values is for the shape stage. */
static lax_status list_options(int32_t n, const int32_t *dimensions, lax_reduce_options *out,
                               lax_error *why) {
    *out = LAX_REDUCE_OPTIONS(.n_dimensions = n);
    if (n < 0 || n > LAX_MAX_RANK)
        return lax_i_fail(why, LAX_ERROR_COUNT, "n_dimensions must be 0 to %d, got %d",
                          LAX_MAX_RANK, n);
    if (n == 0) return LAX_OK;
    lax_status s = lax_i_require(dimensions, "dimensions", why);
    if (s == LAX_OK) memcpy(out->dimensions, dimensions, (size_t)n * sizeof *dimensions);
    return s;
}

lax_status lax_reduce(lax_context *ctx, const lax_tensor *operand, lax_reducer_kind reducer,
                      int32_t n_dimensions, const int32_t *dimensions, lax_tensor *out,
                      lax_error *why) {
    lax_reduce_options options;
    lax_status s = list_options(n_dimensions, dimensions, &options, why);
    if (s != LAX_OK) return s;
    return lax_reduce_n(ctx, 1, operand, &LAX_REDUCER(.kind = reducer), &options, out, why);
}

lax_status lax_reduce_shape(const lax_tensor *operand, int32_t n_dimensions,
                            const int32_t *dimensions, lax_tensor *out, lax_error *why) {
    lax_reduce_options options;
    lax_operation op;
    lax_status s = list_options(n_dimensions, dimensions, &options, why);
    if (s == LAX_OK) s = reduce_operation(1, operand, &options, &op, why);
    if (s != LAX_OK) return s;
    op.reducer = LAX_REDUCER(.kind = LAX_MAX); /* defined for every type */
    return lax_i_infer(&op, 0, out, why);
}
