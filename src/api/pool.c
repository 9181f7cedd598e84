/* SPDX-License-Identifier: Apache-2.0 */
/* Pooling: spatial windows in a layout, turned into windows over every dimension. */
#include "api/api.h"

/* --- layout ----------------------------------------------------------------------------------- */

/* The axes of the spatial dimensions, in the order of the layout; NULL: the convention's. */
static lax_status spatial_axes(const lax_pool_options *o, int rank, int *axes, lax_error *why) {
    const char *layout = o->layout;
    int n = 0, roles = 0;
    if (layout == NULL) {
        int first = o->convention > LAX_POOL_FLAX ? 2 : 1;
        for (int d = 0; d < rank - 2; d++) axes[n++] = first + d;
        return LAX_OK;
    }
    if ((int)strlen(layout) != rank)
        return lax_i_fail(why, LAX_ERROR_LABELS_LENGTH,
                          "layout \"%.30s\" has %zu letters, operand has rank %d", layout,
                          strlen(layout), rank);
    for (int d = 0; d < rank; d++) {
        bool role = layout[d] == 'N' || layout[d] == 'C';
        if (strchr(layout + d + 1, layout[d]) != NULL)
            return lax_i_fail(why, role ? LAX_ERROR_LABELS_ROLE : LAX_ERROR_LABELS_DUPLICATE,
                              "layout \"%s\" has '%c' more than once", layout, layout[d]);
        roles += role;
        if (!role && n < LAX_MAX_SPATIAL) axes[n] = d;
        n += !role;
    }
    if (roles != 2)
        return lax_i_fail(why, LAX_ERROR_LABELS_ROLE,
                          "layout must contain 'N' and 'C' exactly once, got \"%s\"", layout);
    return LAX_OK;
}

/* --- options ---------------------------------------------------------------------------------- */

/* What pooling options say, spatial dimension by spatial dimension. */
struct pool {
    int n, axes[LAX_MAX_SPATIAL];
    struct window_dim dim[LAX_MAX_SPATIAL];
    int64_t extra[LAX_MAX_SPATIAL]; /* high padding that ceil_mode adds */
};

/* ceil_mode rounds the output size up, if the last window starts inside the operand or its low
 * padding; a window that is too long by less than a stride has one output, as ONNX's formula gives.
 * false: sizes do not fit in int64_t. */
static bool round_up(struct window_dim *dim, int64_t *extra) {
    int64_t window = (dim->size - 1) * dim->window_dilation + 1, start, end;
    int64_t padded = dim->in + dim->pad_lo + dim->pad_hi;
    if (padded <= window - dim->stride || dim->in + dim->pad_lo <= 0) return true; /* no outputs */
    int64_t steps = padded < window ? 0 : lax_i_ceil_div(padded - window, dim->stride);
    if (!lax_i_mul(steps, dim->stride, &start) || start >= dim->in + dim->pad_lo)
        start = (steps - 1) * dim->stride;
    if (!lax_i_add(start, window, &end)) return false;
    *extra = lax_i_max(end - padded, 0);
    return lax_i_add(dim->pad_hi, *extra, &dim->pad_hi);
}

/* --- conventions ------------------------------------------------------------------------------ */

static bool any_set(const int64_t *values) {
    for (int d = 0; d < LAX_MAX_SPATIAL; d++)
        if (values[d] != 0) return true;
    return false;
}

/* The window of a global pooling; whatever else says what windows are would say it twice. */
static lax_status set_global(lax_pool_options *o, const lax_tensor *operand, const int *axes,
                             lax_error *why) {
    bool twice = any_set(o->window) || any_set(o->strides) || any_set(o->dilation) ||
                 any_set(&o->pads[0][0]) || any_set(&o->pads[LAX_MAX_SPATIAL / 2][0]) ||
                 o->padding != NULL || o->ceil_mode;
    if (twice)
        return lax_i_fail(
            why, LAX_ERROR_OPTION_TWICE,
            "global pooling takes no window, strides, dilation, padding or ceil_mode");
    for (int d = 0; d < operand->rank - 2; d++) o->window[d] = operand->shape[axes[d]];
    for (int d = 0; d < operand->rank - 2; d++) {
        if (o->window[d] > 0) continue;
        return lax_i_fail(why, LAX_ERROR_WINDOW_SIZE,
                          "global pooling over spatial dimension %d, which is empty", d);
    }
    return LAX_OK;
}

/* What a convention says differently from flax becomes explicit. */
static lax_status apply_convention(lax_pool_options *o, lax_error *why) {
    if (o->convention < LAX_POOL_UNSET || o->convention > LAX_POOL_ONNX)
        return lax_i_fail(why, LAX_ERROR_ENUM, "unknown pooling convention %d", (int)o->convention);
    if (o->include_padding && o->exclude_padding)
        return lax_i_fail(why, LAX_ERROR_OPTION_TWICE,
                          "include_padding and exclude_padding are both set");
    if (o->convention == LAX_POOL_TORCH && !any_set(o->strides))
        memcpy(o->strides, o->window, sizeof o->strides);
    if (o->convention != LAX_POOL_ONNX) return LAX_OK;
    o->exclude_padding = !o->include_padding;
    if (o->padding != NULL && strcmp(o->padding, "SAME_UPPER") == 0) o->padding = "SAME";
    if (o->padding != NULL && strcmp(o->padding, "NOTSET") == 0) o->padding = NULL;
    return LAX_OK;
}

static lax_status read_dims(const lax_pool_options *o, const lax_tensor *operand, struct pool *pool,
                            lax_error *why) {
    int64_t size[LAX_MAX_SPATIAL], strides[LAX_MAX_SPATIAL], dilation[LAX_MAX_SPATIAL];
    int64_t pads[LAX_MAX_SPATIAL][2];
    enum padding_word word = PADDING_PAIRS;
    int n = pool->n;
    lax_status s =
        lax_i_option_array(&(struct option){"window", LAX_MAX_SPATIAL, LAX_ERROR_WINDOW_SIZE},
                           o->window, n, size, why);
    if (s == LAX_OK)
        s = lax_i_option_array(
            &(struct option){"strides", LAX_MAX_SPATIAL, LAX_ERROR_WINDOW_STRIDE}, o->strides, n,
            strides, why);
    if (s == LAX_OK)
        s = lax_i_option_array(&(struct option){"dilation", LAX_MAX_SPATIAL, LAX_ERROR_DILATION},
                               o->dilation, n, dilation, why);
    if (s == LAX_OK) s = lax_i_option_pads(o->pads, LAX_MAX_SPATIAL, n, pads, why);
    if (s == LAX_OK && o->padding != NULL) s = lax_i_padding_word(o->padding, &word, why);
    for (int d = 0; d < n && s == LAX_OK; d++) {
        if (o->padding != NULL && (pads[d][0] != 0 || pads[d][1] != 0))
            return lax_i_fail(why, LAX_ERROR_OPTION_TWICE,
                              "padding is given twice: padding is \"%.20s\" and pads[%d] is set",
                              o->padding, d);
        pool->dim[d] = (struct window_dim){.in = operand->shape[pool->axes[d]],
                                           .size = size[d],
                                           .stride = strides[d],
                                           .pad_lo = pads[d][0],
                                           .pad_hi = pads[d][1],
                                           .base_dilation = 1,
                                           .window_dilation = dilation[d]};
        s = lax_i_window_dim(&pool->dim[d], word, true, "spatial", d, why);
        if (s == LAX_OK && o->ceil_mode && !round_up(&pool->dim[d], &pool->extra[d]))
            s = lax_i_fail(why, LAX_ERROR_OVERFLOW,
                           "spatial dimension %d: the padding that ceil_mode adds does not fit in "
                           "int64_t",
                           d);
    }
    return s;
}

static lax_status read_pool(const lax_tensor *operand, const lax_pool_options *options,
                            lax_pool_options *ours, struct pool *pool, lax_error *why) {
    *pool = (struct pool){0};
    lax_status s = lax_i_require(operand, "operand", why);
    if (s == LAX_OK) s = lax_i_copy_options(ours, sizeof *ours, options, "LAX_POOL_OPTIONS", why);
    if (s == LAX_OK) s = lax_i_check_tensor(operand, "operand", why);
    if (s != LAX_OK) return s;
    if (operand->rank < 2)
        return lax_i_fail(why, LAX_ERROR_RANK,
                          "operand of a pooling must have rank 2 to %d (batch, spatial dimensions "
                          "and features), got %d",
                          LAX_MAX_RANK, operand->rank);
    pool->n = operand->rank - 2;
    if (s == LAX_OK) s = apply_convention(ours, why);
    if (s == LAX_OK) s = spatial_axes(ours, operand->rank, pool->axes, why);
    if (s == LAX_OK && ours->global) s = set_global(ours, operand, pool->axes, why);
    return s == LAX_OK ? read_dims(ours, operand, pool, why) : s;
}

/* The operation with window options over every dimension. */
static lax_status pool_operation(lax_op kind, const lax_tensor *operand,
                                 const lax_pool_options *options, lax_operation *op,
                                 lax_error *why) {
    lax_pool_options ours;
    struct pool pool;
    lax_status s = read_pool(operand, options, &ours, &pool, why);
    if (s != LAX_OK) return s;
    *op = LAX_OPERATION(.op = kind, .n_operands = 1, .exclude_padding = ours.exclude_padding);
    op->operands[0] = *operand;
    op->window = LAX_WINDOW_OPTIONS(.policy = ours.policy, .lowering = ours.lowering);
    for (int d = 0; d < operand->rank; d++)
        op->window.window_dimensions[d] = op->window.window_strides[d] =
            op->window.window_dilation[d] = 1;
    for (int d = 0; d < pool.n; d++) {
        int axis = pool.axes[d];
        op->window.window_dimensions[axis] = pool.dim[d].size;
        op->window.window_strides[axis] = pool.dim[d].stride;
        op->window.window_dilation[axis] = pool.dim[d].window_dilation;
        op->window.pads[axis][0] = pool.dim[d].pad_lo;
        op->window.pads[axis][1] = pool.dim[d].pad_hi;
        if (kind == LAX_OP_AVG_POOL) op->ceil_pads[axis] = pool.extra[d];
    }
    return LAX_OK;
}

static lax_status run_pool(lax_context *ctx, lax_operation *op, const lax_tensor *operand,
                           lax_tensor *out, lax_error *why) {
    lax_status s = lax_i_require(out, "out", why);
    if (s != LAX_OK) return s;
    if (out->rank == -1) return lax_i_fail(why, LAX_ERROR_RANK, "out has rank -1");
    op->n_results = 1;
    op->results[0] = *out;
    return lax_i_run(ctx, op, &operand, &out, why);
}

/* --- public ----------------------------------------------------------------------------------- */

lax_status lax_pool_window(const lax_tensor *operand, const lax_pool_options *options,
                           lax_window_options *window, lax_error *why) {
    lax_operation op;
    lax_status s = lax_i_require(window, "window", why);
    if (s == LAX_OK) s = pool_operation(LAX_OP_REDUCE_WINDOW, operand, options, &op, why);
    if (s == LAX_OK) *window = op.window;
    return s;
}

lax_status lax_pool_shape(const lax_tensor *operand, const lax_pool_options *options,
                          lax_tensor *out, lax_error *why) {
    lax_operation op;
    lax_status s = pool_operation(LAX_OP_REDUCE_WINDOW, operand, options, &op, why);
    if (s != LAX_OK) return s;
    op.reducer = LAX_REDUCER(.kind = LAX_MAX);
    return lax_i_infer(&op, 0, out, why);
}

lax_status lax_max_pool(lax_context *ctx, const lax_tensor *operand,
                        const lax_pool_options *options, lax_tensor *out, lax_error *why) {
    lax_operation op;
    lax_status s = pool_operation(LAX_OP_REDUCE_WINDOW, operand, options, &op, why);
    if (s != LAX_OK) return s;
    op.reducer = LAX_REDUCER(.kind = LAX_MAX);
    return run_pool(ctx, &op, operand, out, why);
}

lax_status lax_min_pool(lax_context *ctx, const lax_tensor *operand,
                        const lax_pool_options *options, lax_tensor *out, lax_error *why) {
    lax_operation op;
    lax_status s = pool_operation(LAX_OP_REDUCE_WINDOW, operand, options, &op, why);
    if (s != LAX_OK) return s;
    op.reducer = LAX_REDUCER(.kind = LAX_MIN);
    return run_pool(ctx, &op, operand, out, why);
}

lax_status lax_avg_pool(lax_context *ctx, const lax_tensor *operand,
                        const lax_pool_options *options, lax_tensor *out, lax_error *why) {
    lax_operation op;
    lax_status s = pool_operation(LAX_OP_AVG_POOL, operand, options, &op, why);
    return s == LAX_OK ? run_pool(ctx, &op, operand, out, why) : s;
}

/* Row-major in every dimension -> row-major in the spatial ones; -1 stays. */
static int64_t plane_index(const lax_tensor *operand, const struct pool *pool, int64_t index) {
    int64_t position[LAX_MAX_RANK], plane = 0;
    if (index < 0) return index;
    for (int d = operand->rank - 1; d >= 0; d--) {
        position[d] = index % operand->shape[d];
        index /= operand->shape[d];
    }
    for (int d = 0; d < pool->n; d++)
        plane = plane * operand->shape[pool->axes[d]] + position[pool->axes[d]];
    return plane;
}

static void to_planes(const lax_tensor *operand, const struct pool *pool, lax_tensor *indices) {
    int64_t at[LAX_MAX_RANK] = {0};
    if (lax_tensor_elements(indices) == 0) return;
    do {
        int64_t offset = lax_i_offset(indices->rank, at, indices->strides);
        if (indices->dtype == LAX_S32) {
            int32_t *p = (int32_t *)indices->data + offset;
            *p = (int32_t)plane_index(operand, pool, *p);
        } else {
            int64_t *p = (int64_t *)indices->data + offset;
            *p = plane_index(operand, pool, *p);
        }
    } while (lax_i_next(indices->rank, at, indices->shape));
}

lax_status lax_pool_indices(lax_context *ctx, const lax_tensor *operand, lax_select select,
                            const lax_pool_options *options, lax_tensor *out, lax_tensor *indices,
                            lax_error *why) {
    lax_operation op;
    lax_pool_options ours;
    struct pool pool;
    lax_status s = read_pool(operand, options, &ours, &pool, why);
    if (s == LAX_OK) s = pool_operation(LAX_OP_REDUCE_WINDOW_ARG, operand, options, &op, why);
    if (s == LAX_OK) s = lax_reduce_window_arg(ctx, operand, select, &op.window, out, indices, why);
    if (s == LAX_OK && ours.convention == LAX_POOL_TORCH) to_planes(operand, &pool, indices);
    return s;
}
