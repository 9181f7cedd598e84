/* SPDX-License-Identifier: Apache-2.0 */
/* dot_general as a convolution without spatial dimensions: batch dimensions are feature groups.
 * lhs [free, batch * contracting] * rhs [batch * free, contracting] -> [free, batch * free]. */
#include "text/eval.h"

/* One operand's axes by role. */
struct axes {
    int n, order[LAX_MAX_RANK];       /* a permutation */
    int64_t batch, contracting, free; /* products of sizes */
    int n_free, free_axis[LAX_MAX_RANK];
};

static bool contains(const struct int_list *list, int64_t axis) {
    for (int i = 0; i < list->n; i++)
        if (list->values[i] == axis) return true;
    return false;
}

/* Products cannot overflow where the operand is not empty; empty ones are handled before. */
static void classify(const lax_tensor *form, const struct int_list *batch,
                     const struct int_list *contracting, struct axes *out) {
    *out = (struct axes){.batch = 1, .contracting = 1, .free = 1};
    for (int i = 0; i < batch->n; i++) out->batch *= form->shape[batch->values[i]];
    for (int i = 0; i < contracting->n; i++)
        out->contracting *= form->shape[contracting->values[i]];
    for (int d = 0; d < form->rank; d++) {
        if (contains(batch, d) || contains(contracting, d)) continue;
        out->free *= form->shape[d];
        out->free_axis[out->n_free++] = d;
    }
}

static void append(struct axes *axes, const struct int_list *list) {
    for (int i = 0; i < list->n; i++) axes->order[axes->n++] = (int)list->values[i];
}

static void append_free(struct axes *axes) {
    for (int i = 0; i < axes->n_free; i++) axes->order[axes->n++] = axes->free_axis[i];
}

/* The operand's axes in order, dense, as a matrix. */
static lax_status matrix(struct frame *frame, const struct value *value, const struct axes *axes,
                         int64_t columns, struct value *out) {
    struct value permuted = *value;
    for (int d = 0; d < axes->n; d++) {
        permuted.view.shape[d] = value->view.shape[axes->order[d]];
        permuted.view.strides[d] = value->view.strides[axes->order[d]];
    }
    lax_status status = lax_i_value_dense(frame, &permuted, out);
    if (status != LAX_OK) return status;
    int64_t shape[2] = {lax_tensor_elements(&permuted.view) / columns, columns};
    out->view = lax_tensor_of(out->view.dtype, out->view.data, 2, shape);
    return LAX_OK;
}

/* A convolution without spatial dimensions, by XLA's rules of result types. */
static lax_status multiply(struct frame *frame, const lax_tensor *lhs, const lax_tensor *rhs,
                           int64_t groups, lax_tensor *out) {
    lax_operation operation =
        LAX_OPERATION(.op = LAX_OP_CONV, .n_operands = 2, .n_results = 1, .operands = {*lhs, *rhs},
                      .results = {*out},
                      .conv =
                          LAX_CONV_OPTIONS(.dim_labels = "bf_oi->bf", .feature_group_count = groups,
                                           .preferred_element_type = out->dtype),
                      .xla_rules = true);
    return lax_operation_run(frame->ctx, &operation, (const lax_tensor *[]){lhs, rhs},
                             (lax_tensor *[]){out}, frame->why);
}

/* [lhs free, batch, rhs free] in memory, [batch, lhs free, rhs free] as the result's axes. */
static void result_view(const struct instruction *i, const struct axes *lhs, lax_tensor *view) {
    lax_tensor form = i->results[0], memory = {.rank = form.rank};
    int batches = i->lists[0].n, n = 0, axis[LAX_MAX_RANK];
    for (int d = 0; d < lhs->n_free; d++) axis[n++] = batches + d;
    for (int d = 0; d < batches; d++) axis[n++] = d;
    for (; n < form.rank; n++) axis[n] = n;
    for (int d = 0; d < form.rank; d++) memory.shape[d] = form.shape[axis[d]];
    lax_i_row_major(&memory);
    for (int d = 0; d < form.rank; d++) form.strides[axis[d]] = memory.strides[d];
    form.data = view->data;
    *view = form;
}

static void set_zero(lax_tensor *tensor) {
    memset(tensor->data, 0, (size_t)lax_tensor_elements(tensor) * lax_dtype_size(tensor->dtype));
}

lax_status lax_i_eval_dot(struct frame *frame, const struct instruction *i, struct value *result) {
    const struct value *left = lax_i_operand_value(frame, i, 0);
    const struct value *right = lax_i_operand_value(frame, i, 1);
    const struct int_list *l = i->lists;
    lax_status status = lax_i_value_new(frame, &i->results[0], result);
    if (status != LAX_OK || lax_i_empty(&i->results[0])) return status;
    if (lax_i_empty(&left->view) || lax_i_empty(&right->view)) { /* nothing to sum */
        set_zero(&result->view);
        return LAX_OK;
    }
    struct axes lhs, rhs;
    struct value a = {0}, b = {0};
    classify(&left->view, &l[0], &l[2], &lhs);
    classify(&right->view, &l[1], &l[3], &rhs);
    append_free(&lhs);
    append(&lhs, &l[0]);
    append(&lhs, &l[2]);
    append(&rhs, &l[1]);
    append_free(&rhs);
    append(&rhs, &l[3]);
    status = matrix(frame, left, &lhs, lhs.batch * lhs.contracting, &a);
    if (status == LAX_OK) status = matrix(frame, right, &rhs, rhs.contracting, &b);
    lax_tensor out = lax_tensor_of(i->results[0].dtype, result->view.data, 2,
                                   (int64_t[]){lhs.free, lhs.batch * rhs.free});
    if (status == LAX_OK) status = multiply(frame, &a.view, &b.view, lhs.batch, &out);
    lax_i_value_drop(&a);
    lax_i_value_drop(&b);
    if (status == LAX_OK) result_view(i, &lhs, &result->view);
    if (status != LAX_OK) lax_i_value_drop(result);
    return status;
}
