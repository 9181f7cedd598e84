/* SPDX-License-Identifier: Apache-2.0 */
/* Writes an operation into a cache key: numbers as they are, strings and initial values by
 * content, never pointers. Two operations with one key have one plan. */
#include "api/key.h"

struct writer {
    struct key *key;
    bool fits;
};

static void put(struct writer *w, const void *bytes, size_t n) {
    if (w->fits && n <= LAX_KEY_NBYTES - w->key->length) {
        memcpy(w->key->bytes + w->key->length, bytes, n);
        w->key->length += n;
    } else {
        w->fits = false;
    }
}

static void put_int(struct writer *w, int64_t value) { put(w, &value, sizeof value); }

static void put_string(struct writer *w, const char *string) {
    put(w, string == NULL ? "" : string, string == NULL ? 1 : strlen(string) + 1);
    put(w, string == NULL ? "0" : "1", 1);
}

static void put_tensor(struct writer *w, const lax_tensor *t) {
    put_int(w, (int64_t)t->dtype * 64 + t->rank);
    if (t->rank < 0 || t->rank > LAX_MAX_RANK) return;
    put(w, t->shape, (size_t)t->rank * sizeof *t->shape);
    put(w, t->strides, (size_t)t->rank * sizeof *t->strides);
}

static void put_pointee(struct writer *w, const void *value, lax_dtype dtype) {
    put_int(w, value != NULL);
    if (value != NULL) put(w, value, lax_dtype_size(dtype));
}

static void put_epilogue(struct writer *w, const lax_epilogue *e) {
    put_int(w, e->size != 0 ? (int64_t)e->size : 0);
    if (e->size == 0) return;
    put_int(w, e->activation);
    put(w, &e->alpha, sizeof e->alpha);
    put(w, &e->beta, sizeof e->beta);
    put_int(w, (e->bias != NULL) + 2 * (e->residual != NULL));
    if (e->bias != NULL) put_tensor(w, e->bias);
    if (e->residual != NULL) put_tensor(w, e->residual);
}

/* Whole arrays, not only the entries that count: a plan's key must not match a call that sets
 * entries which are refused. */
static void put_conv(struct writer *w, const lax_operation *op) {
    const lax_conv_options *o = &op->conv;
    put_string(w, o->padding);
    put_string(w, o->dim_labels);
    put_string(w, o->lowering);
    for (int i = 0; i < 3; i++) put_string(w, o->dimension_numbers[i]);
    put(w, o->window_strides, sizeof o->window_strides);
    put(w, o->pads, sizeof o->pads);
    put(w, o->lhs_dilation, sizeof o->lhs_dilation);
    put(w, o->rhs_dilation, sizeof o->rhs_dilation);
    put(w, o->window_reversal, sizeof o->window_reversal);
    put(w, &o->indices, sizeof o->indices);
    put_int(w, (int64_t)o->size);
    put_int(w, o->feature_group_count);
    put_int(w, o->batch_group_count);
    put_int(w, o->preferred_element_type);
    put_int(w, o->policy * 2 + o->open_batch);
    put(w, op->filter_shape, sizeof op->filter_shape);
    put_epilogue(w, &op->epilogue);
}

static void put_window(struct writer *w, const lax_operation *op) {
    const lax_window_options *o = &op->window;
    put_string(w, o->padding);
    put_string(w, o->lowering);
    put(w, o->window_dimensions, sizeof o->window_dimensions);
    put(w, o->window_strides, sizeof o->window_strides);
    put(w, o->pads, sizeof o->pads);
    put(w, o->base_dilation, sizeof o->base_dilation);
    put(w, o->window_dilation, sizeof o->window_dilation);
    put_int(w, (int64_t)o->size);
    put_int(w, o->policy * 2 + op->exclude_padding);
    put(w, op->ceil_pads, sizeof op->ceil_pads);
    for (int i = 0; i < LAX_MAX_OPERANDS; i++)
        put_pointee(w, o->init_values[i], op->operands[i < op->n_operands ? i : 0].dtype);
}

static void put_reduce(struct writer *w, const lax_operation *op) {
    const lax_reduce_options *o = &op->reduce;
    put_string(w, o->lowering);
    put_int(w, (int64_t)o->size);
    put_int(w, o->n_dimensions);
    put(w, o->dimensions, sizeof o->dimensions);
    put_int(w, o->policy);
    for (int i = 0; i < LAX_MAX_OPERANDS; i++)
        put_pointee(w, o->init_values[i], op->operands[i < op->n_operands ? i : 0].dtype);
}

static void put_move(struct writer *w, const lax_operation *op) {
    if (op->op == LAX_OP_PAD) {
        put(w, &op->pad, sizeof op->pad);
        put_pointee(w, op->padding_value, op->operands[0].dtype);
    }
    put(w, op->permutation, sizeof op->permutation);
    put_int(w, op->exponent_bits);
    put_int(w, op->mantissa_bits);
}

bool lax_i_key(const lax_operation *op, struct key *out) {
    struct writer w = {.key = out, .fits = true};
    out->length = 0;
    if (op->reducer.fn != NULL || op->select.fn != NULL) return false;
    if (op->n_operands < 0 || op->n_operands > LAX_MAX_OPERANDS || op->n_results < 0 ||
        op->n_results > LAX_MAX_OPERANDS)
        return false;
    put_int(&w, op->op);
    put_int(&w, op->n_operands * 16 + op->n_results);
    put_int(&w, op->num_threads);
    put_int(&w, op->xla_rules);
    for (int i = 0; i < op->n_operands; i++) put_tensor(&w, &op->operands[i]);
    for (int i = 0; i < op->n_results; i++) put_tensor(&w, &op->results[i]);
    put_int(&w, op->reducer.kind);
    put_int(&w, op->select.kind);
    put_int(&w, (int64_t)(op->reducer.size + 4096 * op->select.size));
    put_int(&w, op->axis * 2 + op->reverse);
    if (op->op <= LAX_OP_CONV_LOCAL)
        put_conv(&w, op);
    else if (op->op <= LAX_OP_SELECT_AND_GATHER_ADD)
        put_window(&w, op);
    else if (op->op == LAX_OP_REDUCE)
        put_reduce(&w, op);
    else
        put_move(&w, op);
    return w.fits;
}
