/* SPDX-License-Identifier: Apache-2.0 */
/* Windows that pick an element: arg windows and select_and_gather_add become a pick problem,
 * select_and_scatter a scatter problem. Dimensions stay as they are: indices count in them. */
#include "layout/layout.h"

static void set_axes(const struct shape *s, int rank, struct window_axis *axis) {
    for (int d = 0; d < rank; d++) {
        const struct window_dim *w = &s->window[d];
        axis[d] = (struct window_axis){
            w->in, w->size, w->out, w->stride, w->pad_lo, w->base_dilation, w->window_dilation, 0};
    }
}

static lax_select select_of(const lax_operation *op) {
    return op->select.kind == LAX_SELECT_UNSET ? LAX_GE : op->select.kind;
}

static void layout_arg(const struct shape *s, struct pick_problem *p) {
    const lax_tensor *operand = &s->operands[0], *indices = &s->results[s->n_results - 1];
    p->rank = operand->rank;
    p->indices = true;
    p->keep_keys = s->n_results == 2;
    p->value_result = s->n_results - 1;
    p->nan = LAX_NAN_HELD;
    p->key_type = operand->dtype;
    p->value_type = indices->dtype;
    memcpy(p->key_stride, operand->strides, sizeof p->key_stride);
    memcpy(p->key_out_stride, s->results[0].strides, sizeof p->key_out_stride);
    memcpy(p->value_out_stride, indices->strides, sizeof p->value_out_stride);
    int64_t stride = 1;
    for (int d = p->rank - 1; d >= 0; d--) {
        p->payload_stride[d] = stride;
        stride *= lax_i_max(operand->shape[d], 1);
    }
}

static void layout_gather(const struct shape *s, struct pick_problem *p) {
    const lax_tensor *tangents = &s->operands[0], *operand = &s->operands[1];
    bool max = p->select == LAX_GE || p->select == LAX_GT;
    lax_reducer_kind kind = max ? LAX_MAX : LAX_MIN;
    if (operand->dtype == LAX_PRED) kind = max ? LAX_OR : LAX_AND;
    p->rank = operand->rank;
    p->key_operand = 1;
    p->started = true;
    lax_i_identity(kind, operand->dtype, p->start_key);
    p->key_type = operand->dtype;
    p->value_type = tangents->dtype;
    memcpy(p->key_stride, operand->strides, sizeof p->key_stride);
    memcpy(p->payload_stride, tangents->strides, sizeof p->payload_stride);
    memcpy(p->value_out_stride, s->results[0].strides, sizeof p->value_out_stride);
}

static void layout_scatter(const struct shape *s, struct scatter_problem *p) {
    const lax_operation *op = s->spec->operation;
    const lax_tensor *operand = &s->operands[0];
    *p = (struct scatter_problem){.rank = operand->rank,
                                  .type = operand->dtype,
                                  .select = op->select,
                                  .scatter = op->reducer};
    set_axes(s, p->rank, p->axis);
    if (p->select.fn == NULL) p->select.kind = select_of(op);
    if (p->type == LAX_PRED && (p->scatter.kind == LAX_ADD || p->scatter.kind == LAX_MAX))
        p->scatter.kind = LAX_OR;
    if (p->type == LAX_PRED && (p->scatter.kind == LAX_MUL || p->scatter.kind == LAX_MIN))
        p->scatter.kind = LAX_AND;
    if (op->window.init_values[0] != NULL)
        memcpy(p->init, op->window.init_values[0], lax_dtype_size(p->type));
    memcpy(p->operand_stride, operand->strides, sizeof p->operand_stride);
    memcpy(p->source_stride, s->operands[1].strides, sizeof p->source_stride);
    memcpy(p->out_stride, s->results[0].strides, sizeof p->out_stride);
}

void lax_i_layout_select(const struct shape *shape, struct problem *out) {
    const lax_operation *op = shape->spec->operation;
    if (op->op == LAX_OP_SELECT_AND_SCATTER) {
        out->kind = PROBLEM_SCATTER;
        layout_scatter(shape, &out->scatter);
        return;
    }
    out->kind = PROBLEM_PICK;
    out->pick = (struct pick_problem){.select = select_of(op)};
    if (op->op == LAX_OP_REDUCE_WINDOW_ARG)
        layout_arg(shape, &out->pick);
    else
        layout_gather(shape, &out->pick);
    set_axes(shape, out->pick.rank, out->pick.axis);
}
