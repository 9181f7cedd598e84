/* SPDX-License-Identifier: Apache-2.0 */
/* Element-wise operations on whole arrays: operands are made dense, the kernel runs over all. */
#include "text/eval.h"

/* Operand k in row-major order and, where it may be a scalar, in the result's shape. */
static lax_status dense_operand(struct frame *frame, const struct instruction *i, int k,
                                struct value *out) {
    struct value value = *lax_i_operand_value(frame, i, k);
    const lax_tensor *form = &i->results[0];
    if (value.view.rank == 0 && form->rank != 0) {
        lax_tensor spread = *form;
        spread.dtype = value.view.dtype;
        spread.data = value.view.data;
        memset(spread.strides, 0, sizeof spread.strides);
        value.view = spread;
    }
    return lax_i_value_dense(frame, &value, out);
}

static elementwise_fn *kernel_of(const struct instruction *i) {
    lax_dtype dtype = i->operands[i->op == OP_SELECT ? 1 : 0]->results[0].dtype;
    return i->op == OP_COMPARE ? lax_i_order_kernel(dtype, i->compare)
                               : lax_i_elementwise(i->op, dtype);
}

static lax_status by_kernel(struct frame *frame, const struct instruction *i,
                            struct value *result) {
    struct value operands[3] = {0};
    const void *in[3] = {NULL};
    lax_status status = LAX_OK;
    for (int k = 0; k < i->n_operands && status == LAX_OK; k++) {
        status = dense_operand(frame, i, k, &operands[k]);
        in[k] = operands[k].view.data;
    }
    if (status == LAX_OK) status = lax_i_value_new(frame, &i->results[0], result);
    if (status == LAX_OK) {
        int64_t n = lax_tensor_elements(&result->view);
        if (n > 0) kernel_of(i)(result->view.data, in, n);
        if (i->op == OP_COMPARE) lax_i_mask_order(result->view.data, n, i->direction);
    }
    for (int k = 0; k < i->n_operands; k++) lax_i_value_drop(&operands[k]);
    return status;
}

static lax_status eval_convert(struct frame *frame, const struct instruction *i,
                               struct value *result) {
    lax_status status = lax_i_value_new(frame, &i->results[0], result);
    if (status != LAX_OK || lax_i_empty(&result->view)) return status;
    status = lax_transpose(frame->ctx, &lax_i_operand_value(frame, i, 0)->view, NULL, &result->view,
                           frame->why);
    if (status != LAX_OK) lax_i_value_drop(result);
    return status;
}

lax_status lax_i_eval_elementwise(struct frame *frame, const struct instruction *i,
                                  struct value *result) {
    const struct value *first = lax_i_operand_value(frame, i, 0);
    if (i->op == OP_CONVERT) return eval_convert(frame, i, result);
    if (i->op != OP_COPY) return by_kernel(frame, i, result);
    lax_i_value_view(first, &first->view, result);
    return LAX_OK;
}
