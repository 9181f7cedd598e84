/* SPDX-License-Identifier: Apache-2.0 */
/* From an operation as the library knows it to the oracle's functions. */
#include "reference/reference.h"

static lax_dtype product_type(const lax_operation *op) {
    lax_dtype a = op->operands[0].dtype, b = op->operands[1].dtype;
    if (op->conv.preferred_element_type) return op->conv.preferred_element_type;
    return a == LAX_U8 && b == LAX_S8 ? LAX_S32 : a;
}

/* The result of a gradient is rounded to the type of what it is a gradient of. */
static struct ref_array rounded(struct ref_array a, lax_dtype type) {
    if (a.dtype == type) return a;
    if (a.match == REF_FLOAT) {
        a.dtype = type;
        return a;
    }
    struct ref_array b = ref_array_converted(&a, type);
    ref_array_free(&a);
    return b;
}

static struct ref_array conv_family(const lax_operation *op, const struct ref_array *in) {
    struct ref_conv c;
    const lax_tensor *result = &op->results[0];
    int64_t filter[LAX_MAX_RANK];
    switch (op->op) {
    case LAX_OP_CONV:
        ref_conv_of(&op->conv, &op->operands[0], in[1].shape, &c);
        return ref_conv_forward(&c, product_type(op), &in[0], &in[1]);
    case LAX_OP_CONV_GRAD_LHS:
        ref_conv_of(&op->conv, result, in[1].shape, &c);
        return rounded(ref_conv_adjoint_lhs(&c, result->shape, &in[0], &in[1]), result->dtype);
    case LAX_OP_CONV_GRAD_RHS:
        ref_conv_of(&op->conv, &op->operands[0], result->shape, &c);
        return rounded(ref_conv_adjoint_rhs(&c, result->shape, &in[1], &in[0]), result->dtype);
    default: break;
    }
    /* patches and local: the window's sizes come from filter_shape, not from rhs */
    int32_t rank = op->operands[0].rank;
    ref_conv_numbers(op->conv.dimension_numbers, op->conv.dim_labels, &op->conv.indices, rank, &c);
    for (int32_t d = 0; d < rank; d++) filter[c.rhs[d]] = d < 2 ? 1 : op->filter_shape[d - 2];
    ref_conv_of(&op->conv, &op->operands[0], filter, &c);
    if (op->op == LAX_OP_CONV_PATCHES) return ref_patches(&c, op->filter_shape, &in[0]);
    return ref_local(&c, op->filter_shape, product_type(op), &in[0], &in[1]);
}

static int32_t window_reduction(const lax_operation *op, const struct ref_window *w,
                                const struct ref_array *in, struct ref_array *out) {
    struct ref_value init[LAX_MAX_OPERANDS];
    const void *const *values = op->window.init_values;
    for (int32_t k = 0; k < op->n_operands; k++) {
        if (values[k]) init[k] = ref_load(in[k].dtype, values[k]);
    }
    if (op->reducer.fn) {
        ref_reduce_window_fn(w, &op->reducer, op->n_operands, in, init, out);
        return op->n_operands;
    }
    out[0] = ref_reduce_window(w, op->reducer.kind, &in[0], values[0] ? &init[0] : NULL);
    return 1;
}

static int32_t window_family(const lax_operation *op, const struct ref_array *in,
                             struct ref_array *out) {
    struct ref_window w;
    lax_select select = op->select.kind ? op->select.kind : LAX_GE;
    struct ref_value init = {0, 0, 0};
    ref_window_of(&op->window, in[0].rank, in[0].shape, &w);
    switch (op->op) {
    case LAX_OP_REDUCE_WINDOW: return window_reduction(op, &w, in, out);
    case LAX_OP_AVG_POOL:
        out[0] = ref_avg_pool(&w, op->exclude_padding, op->ceil_pads, &in[0]);
        return 1;
    case LAX_OP_REDUCE_WINDOW_ARG:
        ref_window_arg(&w, select, &in[0], op->results[1].dtype, out);
        return 2;
    case LAX_OP_SELECT_AND_GATHER_ADD:
        out[0] = ref_select_and_gather_add(&w, select, &in[0], &in[1]);
        return 1;
    default:
        if (op->window.init_values[0]) init = ref_load(in[0].dtype, op->window.init_values[0]);
        out[0] = ref_select_and_scatter(&w, select, op->reducer.kind, &in[0], &in[1], init);
        return 1;
    }
}

static int32_t move_family(const lax_operation *op, const struct ref_array *in,
                           struct ref_array *out) {
    struct ref_value value = {0, 0, 0};
    switch (op->op) {
    case LAX_OP_SCAN: out[0] = ref_scan(op->reducer.kind, op->axis, op->reverse, &in[0]); return 1;
    case LAX_OP_PAD:
        if (op->padding_value) value = ref_load(in[0].dtype, op->padding_value);
        out[0] = ref_pad(&op->pad, &in[0], value);
        return 1;
    case LAX_OP_TRANSPOSE:
        out[0] = ref_transpose(op->permutation, &in[0], op->results[0].dtype);
        return 1;
    case LAX_OP_REDUCE_PRECISION:
        out[0] = ref_reduce_precision(op->exponent_bits, op->mantissa_bits, &in[0]);
        return 1;
    default: break;
    }
    if (op->reducer.fn) {
        ref_reduce_fn(&op->reducer, &op->reduce, op->n_operands, in, out);
        return op->n_operands;
    }
    if (op->reduce.init_values[0]) value = ref_load(in[0].dtype, op->reduce.init_values[0]);
    out[0] = ref_reduce(op->reducer.kind, &op->reduce, &in[0],
                        op->reduce.init_values[0] ? &value : NULL);
    return 1;
}

int32_t ref_operation(const lax_operation *op, const lax_tensor *in, struct ref_array *out) {
    struct ref_array arrays[LAX_MAX_OPERANDS];
    int32_t n = 1;
    for (int32_t k = 0; k < op->n_operands; k++) arrays[k] = ref_array_read(&in[k]);
    if (op->op >= LAX_OP_CONV && op->op <= LAX_OP_CONV_LOCAL) {
        out[0] = conv_family(op, arrays);
    } else if (op->op >= LAX_OP_REDUCE_WINDOW && op->op <= LAX_OP_SELECT_AND_GATHER_ADD) {
        n = window_family(op, arrays, out);
    } else {
        n = move_family(op, arrays, out);
    }
    for (int32_t k = 0; k < op->n_operands; k++) ref_array_free(&arrays[k]);
    return n;
}
