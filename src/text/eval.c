/* SPDX-License-Identifier: Apache-2.0 */
/* Evaluation: the instructions in order, values shared and dropped after their last use. What the
 * library computes is called through its public interface; the rest is views and kernels. */
#include "text/eval.h"

/* --- values ----------------------------------------------------------------------------------- */

lax_status lax_i_eval_memory(struct frame *frame) {
    return lax_i_fail(frame->why, LAX_ERROR_MEMORY, "memory for a value cannot be had");
}

bool lax_i_empty(const lax_tensor *form) {
    for (int d = 0; d < form->rank; d++)
        if (form->shape[d] == 0) return true;
    return false;
}

bool lax_i_dense(const lax_tensor *form) {
    int64_t stride = 1;
    if (lax_i_empty(form)) return true;
    for (int d = form->rank - 1; d >= 0; d--) {
        if (form->shape[d] != 1 && form->strides[d] != stride) return false;
        stride *= form->shape[d];
    }
    return true;
}

lax_status lax_i_value_new(struct frame *frame, const lax_tensor *form, struct value *out) {
    size_t header = lax_i_round_up(sizeof(struct buffer), LAX_ALIGNMENT);
    int64_t n = lax_tensor_elements(form);
    if (n < 0) return lax_i_eval_memory(frame);
    size_t nbytes = header + (size_t)n * lax_dtype_size(form->dtype);
    struct buffer *buffer = lax_i_allocate(frame->allocator, nbytes);
    if (buffer == NULL) return lax_i_eval_memory(frame);
    *buffer = (struct buffer){frame->allocator, 1, nbytes};
    out->buffer = buffer;
    out->view = *form;
    out->view.data = (char *)buffer + header;
    lax_i_row_major(&out->view);
    return LAX_OK;
}

void lax_i_value_view(const struct value *of, const lax_tensor *view, struct value *out) {
    *out = (struct value){*view, of->buffer};
    if (of->buffer != NULL) of->buffer->uses++;
}

void lax_i_value_drop(struct value *value) {
    if (value->buffer != NULL && --value->buffer->uses == 0)
        lax_i_release(value->buffer->allocator, value->buffer, value->buffer->nbytes);
    value->buffer = NULL;
}

struct value *lax_i_values_new(struct frame *frame, size_t n) {
    struct value *values = lax_i_allocate(frame->allocator, n * sizeof *values);
    if (values == NULL)
        lax_i_eval_memory(frame);
    else
        memset(values, 0, n * sizeof *values);
    return values;
}

void lax_i_values_release(struct frame *frame, struct value *values, size_t n) {
    lax_i_release(frame->allocator, values, n * sizeof *values);
}

lax_status lax_i_value_dense(struct frame *frame, const struct value *value, struct value *out) {
    if (lax_i_dense(&value->view)) {
        lax_i_value_view(value, &value->view, out);
        return LAX_OK;
    }
    lax_status status = lax_i_value_new(frame, &value->view, out);
    if (status != LAX_OK) return status;
    status = lax_transpose(frame->ctx, &value->view, NULL, &out->view, frame->why);
    if (status != LAX_OK) lax_i_value_drop(out);
    return status;
}

const struct value *lax_i_operand_value(const struct frame *frame, const struct instruction *i,
                                        int operand) {
    return &frame->values[i->operands[operand]->number][0];
}

/* --- instructions ----------------------------------------------------------------------------- */

/* Every element a new view of the operand's. */
static lax_status eval_tuple(struct frame *frame, const struct instruction *i,
                             struct value *results) {
    for (int k = 0; k < i->n_operands; k++) {
        const struct value *value = lax_i_operand_value(frame, i, k);
        lax_i_value_view(value, &value->view, &results[k]);
    }
    return LAX_OK;
}

static lax_status eval_element(struct frame *frame, const struct instruction *i,
                               struct value *results) {
    const struct value *value = &frame->values[i->operands[0]->number][i->index];
    lax_i_value_view(value, &value->view, results);
    return LAX_OK;
}

static lax_status eval_constant(struct frame *frame, const struct instruction *i,
                                struct value *results) {
    (void)frame;
    results->view = i->results[0];
    lax_i_row_major(&results->view);
    results->view.data = (void *)(uintptr_t)i->literal;
    return LAX_OK;
}

static lax_status eval_call(struct frame *frame, const struct instruction *i,
                            struct value *results) {
    struct value *arguments = lax_i_values_new(frame, (size_t)i->n_operands);
    if (arguments == NULL) return LAX_ERROR_MEMORY;
    for (int k = 0; k < i->n_operands; k++) arguments[k] = *lax_i_operand_value(frame, i, k);
    struct frame inner = {frame->ctx, frame->allocator, i->called[0], NULL, frame->why};
    lax_status status = lax_i_eval_computation(&inner, arguments, results);
    lax_i_values_release(frame, arguments, (size_t)i->n_operands);
    return status;
}

/* PARAMETER's values are set before. */
static lax_status eval_instruction(struct frame *frame, const struct instruction *i,
                                   struct value *results) {
    if (i->family != NULL && i->op != OP_TRANSPOSE) return lax_i_eval_family(frame, i, results);
    if (i->op <= OP_COPY) return lax_i_eval_elementwise(frame, i, results);
    switch (i->op) {
    case OP_CONSTANT: return eval_constant(frame, i, results);
    case OP_TUPLE: return eval_tuple(frame, i, results);
    case OP_ELEMENT: return eval_element(frame, i, results);
    case OP_CALL: return eval_call(frame, i, results);
    case OP_DOT: return lax_i_eval_dot(frame, i, results);
    default: return lax_i_eval_move(frame, i, results);
    }
}

/* --- computations ----------------------------------------------------------------------------- */

static void drop_results(struct frame *frame, const struct instruction *i) {
    for (int k = 0; k < i->n_results; k++) lax_i_value_drop(&frame->values[i->number][k]);
}

/* Drops operands whose last user was instruction `i`, and itself if nobody uses it. */
static void drop_used(struct frame *frame, const struct instruction *i) {
    for (int k = 0; k < i->n_operands; k++)
        if (i->operands[k]->last_use == i->number) drop_results(frame, i->operands[k]);
    if (i->last_use == i->number) drop_results(frame, i);
}

static lax_status run(struct frame *frame, const struct value *arguments) {
    const struct list *all = &frame->computation->instructions;
    for (int n = 0; n < all->n; n++) {
        const struct instruction *i = instruction_at(all, n);
        struct value *results = frame->values[n];
        lax_status status = LAX_OK;
        if (i->op == OP_PARAMETER)
            lax_i_value_view(&arguments[i->index], &arguments[i->index].view, results);
        else
            status = eval_instruction(frame, i, results);
        if (status != LAX_OK) return status;
        drop_used(frame, i);
    }
    return LAX_OK;
}

/* The root's values go to the caller; the rest is dropped. */
static void leave(struct frame *frame, lax_status status, struct value *results) {
    const struct list *all = &frame->computation->instructions;
    const struct instruction *root = frame->computation->root;
    for (int k = 0; status == LAX_OK && k < root->n_results; k++) {
        const struct value *value = &frame->values[root->number][k];
        lax_i_value_view(value, &value->view, &results[k]);
    }
    for (int n = 0; n < all->n; n++) drop_results(frame, instruction_at(all, n));
}

/* The values of all results, and where those of each instruction begin. */
lax_status lax_i_eval_computation(struct frame *frame, const struct value *arguments,
                                  struct value *results) {
    const struct list *all = &frame->computation->instructions;
    size_t n = (size_t)all->n, total = 0;
    for (int i = 0; i < all->n; i++) total += (size_t)instruction_at(all, i)->n_results;
    struct value *values = lax_i_values_new(frame, total);
    struct value **first = lax_i_allocate(frame->allocator, n * sizeof *first);
    lax_status status = LAX_ERROR_MEMORY;
    if (values == NULL || first == NULL) {
        lax_i_eval_memory(frame);
    } else {
        struct value *next = values;
        frame->values = first;
        for (int i = 0; i < all->n; i++) {
            first[i] = next;
            next += instruction_at(all, i)->n_results;
        }
        status = run(frame, arguments);
        leave(frame, status, results);
    }
    lax_i_release(frame->allocator, first, n * sizeof *first);
    lax_i_values_release(frame, values, total);
    return status;
}
