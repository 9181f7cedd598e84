/* SPDX-License-Identifier: Apache-2.0 */
/* Movement of data: reverse, slice, broadcast and transpose are views; reshape is one where the
 * memory allows; concatenate and converting copies are the library's transpose. */
#include "text/eval.h"

static void eval_reverse(const struct instruction *i, lax_tensor *view) {
    char *data = view->data;
    int64_t size = (int64_t)lax_dtype_size(view->dtype);
    for (int k = 0; k < i->lists[0].n; k++) {
        int64_t d = i->lists[0].values[k];
        if (view->shape[d] > 0) data += (view->shape[d] - 1) * view->strides[d] * size;
        view->strides[d] = -view->strides[d];
    }
    view->data = data;
}

static void eval_slice(const struct instruction *i, lax_tensor *view) {
    char *data = view->data;
    int64_t size = (int64_t)lax_dtype_size(view->dtype);
    bool empty = lax_i_empty(view);
    for (int d = 0; d < view->rank; d++) {
        if (!empty) data += i->lists[0].values[d] * view->strides[d] * size;
        view->strides[d] *= i->lists[2].values[d];
        view->shape[d] = i->results[0].shape[d];
    }
    view->data = data;
}

/* Stride 0 along new axes and along those of size 1 that grow. */
static void eval_broadcast(const struct instruction *i, lax_tensor *view) {
    const lax_tensor from = *view;
    *view = i->results[0];
    view->data = from.data;
    memset(view->strides, 0, sizeof view->strides);
    for (int k = 0; k < i->lists[0].n; k++) {
        int64_t d = i->lists[0].values[k];
        if (from.shape[k] == view->shape[d]) view->strides[d] = from.strides[k];
    }
}

static void eval_transpose(const struct instruction *i, lax_tensor *view) {
    const lax_tensor from = *view;
    for (int d = 0; d < view->rank; d++) {
        view->shape[d] = from.shape[i->family->operation.permutation[d]];
        view->strides[d] = from.strides[i->family->operation.permutation[d]];
    }
}

static lax_status eval_reshape(struct frame *frame, const struct instruction *i,
                               struct value *result) {
    struct value dense;
    lax_status status = lax_i_value_dense(frame, lax_i_operand_value(frame, i, 0), &dense);
    if (status != LAX_OK) return status;
    void *data = dense.view.data;
    dense.view = i->results[0];
    dense.view.data = data;
    lax_i_row_major(&dense.view);
    *result = dense;
    return LAX_OK;
}

/* Numbers along one axis, converted from s64, and broadcast along the others. */
static lax_status eval_iota(struct frame *frame, const struct instruction *i,
                            struct value *result) {
    int64_t axis = i->lists[0].values[0], n = i->results[0].shape[axis];
    lax_tensor line = lax_tensor_of(i->results[0].dtype, NULL, 1, &n);
    lax_tensor counted = lax_tensor_of(LAX_S64, NULL, 1, &n);
    struct value counts = {0};
    lax_status status = lax_i_value_new(frame, &counted, &counts);
    if (status != LAX_OK) return status;
    for (int64_t k = 0; k < n; k++) ((int64_t *)counts.view.data)[k] = k;
    status = lax_i_value_new(frame, &line, result);
    if (status == LAX_OK)
        status = lax_transpose(frame->ctx, &counts.view, NULL, &result->view, frame->why);
    lax_i_value_drop(&counts);
    if (status != LAX_OK) {
        lax_i_value_drop(result);
        return status;
    }
    void *data = result->view.data;
    result->view = i->results[0];
    memset(result->view.strides, 0, sizeof result->view.strides);
    result->view.strides[axis] = 1;
    result->view.data = data;
    return LAX_OK;
}

/* Each operand is copied into its part of the result. */
static lax_status eval_concatenate(struct frame *frame, const struct instruction *i,
                                   struct value *result) {
    int64_t axis = i->lists[0].values[0], start = 0;
    lax_status status = lax_i_value_new(frame, &i->results[0], result);
    int64_t size = (int64_t)lax_dtype_size(result->view.dtype);
    for (int k = 0; k < i->n_operands && status == LAX_OK; k++) {
        const lax_tensor *operand = &lax_i_operand_value(frame, i, k)->view;
        lax_tensor part = result->view;
        part.shape[axis] = operand->shape[axis];
        part.data = (char *)part.data + start * part.strides[axis] * size;
        start += part.shape[axis];
        if (lax_i_empty(&part)) continue;
        status = lax_transpose(frame->ctx, operand, NULL, &part, frame->why);
    }
    if (status != LAX_OK) lax_i_value_drop(result);
    return status;
}

/* lax.convert: a transpose that also changes the type. */
static lax_status converted(struct frame *frame, const struct instruction *i,
                            struct value *result) {
    struct value view = *result;
    lax_status status = lax_i_value_new(frame, &i->results[0], result);
    if (status != LAX_OK) *result = (struct value){0};
    if (status == LAX_OK && !lax_i_empty(&result->view))
        status = lax_transpose(frame->ctx, &view.view, NULL, &result->view, frame->why);
    lax_i_value_drop(&view);
    if (status != LAX_OK) lax_i_value_drop(result);
    return status;
}

lax_status lax_i_eval_move(struct frame *frame, const struct instruction *i, struct value *result) {
    if (i->op == OP_RESHAPE) return eval_reshape(frame, i, result);
    if (i->op == OP_IOTA) return eval_iota(frame, i, result);
    if (i->op == OP_CONCATENATE) return eval_concatenate(frame, i, result);
    const struct value *operand = lax_i_operand_value(frame, i, 0);
    lax_tensor view = operand->view;
    switch (i->op) {
    case OP_REVERSE: eval_reverse(i, &view); break;
    case OP_SLICE: eval_slice(i, &view); break;
    case OP_BROADCAST: eval_broadcast(i, &view); break;
    case OP_TRANSPOSE: eval_transpose(i, &view); break;
    default: break;
    }
    lax_i_value_view(operand, &view, result);
    return view.dtype == i->results[0].dtype ? LAX_OK : converted(frame, i, result);
}
