/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of windows over every dimension: reduce_window, average pooling, arg windows. */
#include "shape/shape.h"

/* --- pieces that the other window files use --------------------------------------------------- */

/* Positions are counted from both ends of the padded dimension; both must fit. */
static lax_status check_reach(const struct window_dim *dim, int d, lax_error *why) {
    int64_t dilated, end;
    if (lax_i_dilate_dim(dim->in, dim->base_dilation, &dilated) &&
        lax_i_add(dilated, dim->pad_hi, &end) && lax_i_sub(0, dim->pad_lo, &end))
        return LAX_OK;
    return lax_i_fail(why, LAX_ERROR_OVERFLOW,
                      "operand dimension %d: size %lld and padding (%lld, %lld) do not fit in "
                      "int64_t",
                      d, (long long)dim->in, (long long)dim->pad_lo, (long long)dim->pad_hi);
}

lax_status lax_i_window_dims(const struct window_spec *spec, const lax_tensor *operand,
                             struct window_dim *dims, lax_tensor *out, lax_error *why) {
    int64_t shape[LAX_MAX_RANK];
    for (int d = 0; d < spec->n; d++) {
        dims[d] = (struct window_dim){
            .in = operand->shape[d],
            .size = spec->size[d],
            .stride = spec->strides[d],
            .pad_lo = spec->pads[d][0],
            .pad_hi = spec->pads[d][1],
            .base_dilation = spec->base_dilation[d],
            .window_dilation = spec->window_dilation[d],
        };
        lax_status s = lax_i_window_dim(&dims[d], spec->padding, true, "operand", d, why);
        if (s == LAX_OK) s = check_reach(&dims[d], d, why);
        if (s != LAX_OK) return s;
        shape[d] = dims[d].out;
    }
    lax_i_form(out, operand->dtype, spec->n, shape);
    return lax_i_check_tensor(out, "out", why);
}

lax_status lax_i_check_same_shape(const lax_tensor *tensor, const lax_tensor *like,
                                  const char *name, const char *like_name, lax_error *why) {
    if (tensor->rank != like->rank)
        return lax_i_fail(why, LAX_ERROR_RANK_MISMATCH, "%s must have the rank of %s, %d, got %d",
                          name, like_name, like->rank, tensor->rank);
    for (int d = 0; d < like->rank; d++)
        if (tensor->shape[d] != like->shape[d])
            return lax_i_fail(why, LAX_ERROR_SHAPE_MISMATCH,
                              "%s must have the size of %s in dimension %d, %lld, got %lld", name,
                              like_name, d, (long long)like->shape[d], (long long)tensor->shape[d]);
    return LAX_OK;
}

lax_status lax_i_check_same_type(const lax_tensor *tensor, const lax_tensor *like, const char *name,
                                 const char *like_name, lax_error *why) {
    if (tensor->dtype == like->dtype) return LAX_OK;
    return lax_i_fail(why, LAX_ERROR_DTYPE_MISMATCH,
                      "%s must have the element type of %s, %s, got %s", name, like_name,
                      lax_dtype_name(like->dtype), lax_dtype_name(tensor->dtype));
}

lax_status lax_i_check_n_results(const struct shape *shape, int want, lax_error *why) {
    if (shape->n_results == 0 || shape->n_results == want) return LAX_OK;
    return lax_i_fail(why, LAX_ERROR_COUNT, "the operation has %d results, got %d", want,
                      shape->n_results);
}

lax_status lax_i_check_results(struct shape *shape, int n, const lax_tensor *expected,
                               lax_error *why) {
    static const char *const numbered[LAX_MAX_OPERANDS] = {"output 0", "output 1", "output 2",
                                                           "output 3", "output 4", "output 5",
                                                           "output 6", "output 7"};
    lax_status s = lax_i_check_n_results(shape, n, why);
    for (int i = 0; i < n && s == LAX_OK; i++) {
        if (shape->n_results == 0) shape->results[i].rank = -1;
        s = lax_i_check_result(&shape->results[i], &expected[i], n == 1 ? "out" : numbered[i], why);
    }
    shape->n_results = n;
    return s;
}

/* --- reducers --------------------------------------------------------------------------------- */

static const char *reducer_name(lax_reducer_kind kind) {
    static const char *const names[] = {"unset", "add", "mul", "max",      "min",
                                        "and",   "or",  "xor", "logaddexp"};
    return names[kind];
}

/* Is the reducer defined for the type? JAX refuses add and mul on pred, XLA has them. */
static bool defined(lax_reducer_kind kind, lax_dtype type, bool xla_rules) {
    enum dtype_kind k = lax_i_dtype_kind(type);
    switch (kind) {
    case LAX_ADD:
    case LAX_MUL: return k != KIND_PRED || xla_rules;
    case LAX_AND:
    case LAX_OR:
    case LAX_XOR: return k != KIND_FLOAT && k != KIND_COMPLEX;
    case LAX_LOGADDEXP: return k == KIND_FLOAT || k == KIND_COMPLEX;
    default: return true;
    }
}

lax_status lax_i_check_reducer(const struct spec *spec, lax_dtype type, const char *name,
                               lax_error *why) {
    const lax_reducer *r = &spec->operation->reducer;
    if (r->fn != NULL && r->kind != LAX_REDUCER_UNSET)
        return lax_i_fail(why, LAX_ERROR_OPTION_TWICE,
                          "%s is given twice: kind is %s and fn is set", name,
                          reducer_name(r->kind));
    if (r->fn == NULL && r->kind == LAX_REDUCER_UNSET)
        return lax_i_fail(why, LAX_ERROR_ENUM, "%s is unset: give a kind or a function", name);
    if (r->fn == NULL && !defined(r->kind, type, spec->xla_rules))
        return lax_i_fail(why, LAX_ERROR_DTYPE_OPERATION, "%s %s is not defined for %s", name,
                          reducer_name(r->kind), lax_dtype_name(type));
    return LAX_OK;
}

lax_status lax_i_check_reduction(const struct spec *spec, const struct shape *shape,
                                 const void *const *init_values, lax_error *why) {
    const lax_operation *op = spec->operation;
    lax_status s = lax_i_check_reducer(spec, shape->operands[0].dtype, "reducer", why);
    if (s != LAX_OK) return s;
    if (op->reducer.fn == NULL && shape->n_operands != 1)
        return lax_i_fail(why, LAX_ERROR_COUNT, "reducer %s takes 1 operand, got %d",
                          reducer_name(op->reducer.kind), shape->n_operands);
    for (int i = 0; i < LAX_MAX_OPERANDS; i++) {
        if (i < shape->n_operands && op->reducer.fn != NULL && init_values[i] == NULL)
            return lax_i_fail(why, LAX_ERROR_NULL,
                              "init_values[%d] is NULL: a function has no known identity", i);
        if (i >= shape->n_operands && init_values[i] != NULL)
            return lax_i_fail(why, LAX_ERROR_COUNT,
                              "init_values[%d] is set, but there are %d operands", i,
                              shape->n_operands);
    }
    for (int i = 1; i < shape->n_operands && s == LAX_OK; i++)
        s = lax_i_check_same_shape(&shape->operands[i], &shape->operands[0],
                                   lax_i_operand_name(op->op, i), "operand 0", why);
    return s;
}

/* --- the operations --------------------------------------------------------------------------- */

static lax_status infer_reduce_window(const struct spec *spec, struct shape *out, lax_error *why) {
    lax_tensor expected[LAX_MAX_OPERANDS];
    lax_status s = lax_i_check_reduction(spec, out, spec->operation->window.init_values, why);
    for (int i = 0; i < out->n_operands && s == LAX_OK; i++)
        s = lax_i_window_dims(&spec->window, &out->operands[i], out->window, &expected[i], why);
    return s == LAX_OK ? lax_i_check_results(out, out->n_operands, expected, why) : s;
}

static lax_status check_ceil_pads(const struct spec *spec, const struct shape *out,
                                  lax_error *why) {
    const int64_t *pads = spec->operation->ceil_pads;
    for (int d = 0; d < LAX_MAX_RANK; d++) {
        int64_t limit = d < spec->window.n ? lax_i_max(out->window[d].pad_hi, 0) : 0;
        if (pads[d] < 0 || pads[d] > limit)
            return lax_i_fail(why, LAX_ERROR_VALUE,
                              "ceil_pads[%d] must be 0 to %lld, the high padding, got %lld", d,
                              (long long)limit, (long long)pads[d]);
    }
    return LAX_OK;
}

static lax_status infer_avg_pool(const struct spec *spec, struct shape *out, lax_error *why) {
    lax_tensor expected;
    lax_dtype type = out->operands[0].dtype;
    enum dtype_kind kind = lax_i_dtype_kind(type);
    if (kind != KIND_FLOAT && kind != KIND_COMPLEX)
        return lax_i_fail(why, LAX_ERROR_DTYPE_OPERATION,
                          "avg_pool needs floats or complex numbers, got %s", lax_dtype_name(type));
    lax_status s = lax_i_window_dims(&spec->window, &out->operands[0], out->window, &expected, why);
    if (s == LAX_OK) s = check_ceil_pads(spec, out, why);
    return s == LAX_OK ? lax_i_check_results(out, 1, &expected, why) : s;
}

/* The type of indices: what the result has, or s32; every index of the operand must fit. */
static lax_status index_type(const struct shape *out, int result, lax_dtype *type, lax_error *why) {
    int64_t n = lax_tensor_elements(&out->operands[0]);
    lax_dtype given = out->n_results == 0 ? LAX_DTYPE_UNSET : out->results[result].dtype;
    *type = given == LAX_DTYPE_UNSET ? LAX_S32 : given;
    if (*type != LAX_S32 && *type != LAX_S64)
        return lax_i_fail(why, LAX_ERROR_DTYPE_MISMATCH,
                          "indices must have element type s32 or s64, got %s",
                          lax_dtype_name(*type));
    if (*type == LAX_S32 && n > INT64_C(0x80000000))
        return lax_i_fail(why, LAX_ERROR_OVERFLOW,
                          "indices of %lld elements do not fit in s32: use s64", (long long)n);
    return LAX_OK;
}

static lax_status infer_arg(const struct spec *spec, struct shape *out, lax_error *why) {
    lax_tensor expected[2];
    lax_dtype type = out->operands[0].dtype, indices = LAX_S32;
    int n = out->n_results == 1 ? 1 : 2; /* one result: the indices only */
    lax_status s = lax_i_check_ordered(spec, type, why);
    if (s == LAX_OK) s = lax_i_check_n_results(out, n, why);
    if (s == LAX_OK) s = index_type(out, n - 1, &indices, why);
    if (s == LAX_OK)
        s = lax_i_window_dims(&spec->window, &out->operands[0], out->window, expected, why);
    if (s != LAX_OK) return s;
    lax_i_form(&expected[n - 1], indices, spec->window.n, expected[0].shape);
    return lax_i_check_results(out, n, expected, why);
}

lax_status lax_i_shape_window(const struct spec *spec, struct shape *out, lax_error *why) {
    switch (spec->operation->op) {
    case LAX_OP_AVG_POOL: return infer_avg_pool(spec, out, why);
    case LAX_OP_REDUCE_WINDOW_ARG: return infer_arg(spec, out, why);
    default: return infer_reduce_window(spec, out, why);
    }
}
