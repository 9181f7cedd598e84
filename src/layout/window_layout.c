/* SPDX-License-Identifier: Apache-2.0 */
/* reduce_window, average pooling and reduce become one fold over windows; a reduce_window of a
 * scan's shape becomes a scan, which costs one pass instead of a window an element, and a reduction
 * that keeps a pair of its two operands a pick. */
#include "layout/layout.h"

static void set_axis(const struct window_dim *dim, struct window_axis *axis) {
    *axis = (struct window_axis){.in = dim->in,
                                 .size = dim->size,
                                 .out = dim->out,
                                 .stride = dim->stride,
                                 .pad_lo = dim->pad_lo,
                                 .base_dilation = dim->base_dilation,
                                 .window_dilation = dim->window_dilation};
}

/* On pred, sums and maxima are or, products and minima are and. */
static lax_reducer_kind resolve(lax_reducer_kind kind, lax_dtype type) {
    if (type != LAX_PRED) return kind;
    if (kind == LAX_ADD || kind == LAX_MAX) return LAX_OR;
    return kind == LAX_MUL || kind == LAX_MIN ? LAX_AND : kind;
}

static const void *const *init_values(const lax_operation *op) {
    return op->op == LAX_OP_REDUCE ? op->reduce.init_values : op->window.init_values;
}

static void set_reducer(const struct shape *s, struct window_problem *p) {
    const lax_operation *op = s->spec->operation;
    const void *const *init = init_values(op);
    p->reducer = op->reducer;
    if (op->op == LAX_OP_AVG_POOL) p->reducer = LAX_REDUCER(.kind = LAX_ADD);
    if (p->reducer.fn == NULL) p->reducer.kind = resolve(p->reducer.kind, p->type[0]);
    for (int i = 0; i < p->n; i++) {
        if (init[i] != NULL)
            memcpy(p->init[i], init[i], lax_dtype_size(p->type[i]));
        else
            lax_i_identity(p->reducer.kind, p->type[i], p->init[i]);
    }
}

/* Result strides by operand dimension: reduced dimensions are gone from results. */
static void set_strides(const struct shape *s, struct window_problem *p) {
    const lax_operation *op = s->spec->operation;
    bool reduced[LAX_MAX_RANK] = {false};
    for (int i = 0; op->op == LAX_OP_REDUCE && i < op->reduce.n_dimensions; i++)
        reduced[op->reduce.dimensions[i]] = true;
    for (int i = 0; i < p->n; i++) {
        int axis = 0;
        for (int d = 0; d < p->rank; d++) {
            p->in_stride[i][d] = s->operands[i].strides[d];
            p->out_stride[i][d] = reduced[d] ? 0 : s->results[i].strides[axis++];
        }
    }
}

/* --- averages --------------------------------------------------------------------------------- */

static int64_t dilated(int64_t size, int64_t dilation) {
    return size == 0 ? 0 : (size - 1) * dilation + 1;
}

static void set_divide(const struct shape *s, struct window_problem *p) {
    const lax_operation *op = s->spec->operation;
    if (op->op != LAX_OP_AVG_POOL) return;
    p->divide = op->exclude_padding ? DIVIDE_INSIDE : DIVIDE_WINDOW;
    for (int d = 0; d < p->rank; d++)
        p->axis[d].count_end = dilated(s->window[d].in, s->window[d].base_dilation) +
                               s->window[d].pad_hi - op->ceil_pads[d];
}

/* --- scans ------------------------------------------------------------------------------------ */

static bool is_trivial(const struct window_axis *a) {
    return a->size == 1 && a->stride == 1 && a->pad_lo == 0 && a->base_dilation == 1 &&
           a->out == a->in;
}

/* The window covers the whole axis and ends, or begins, at each element. */
static bool is_scan_axis(const struct window_axis *a) {
    return a->size == a->in && a->out == a->in && a->stride == 1 && a->base_dilation == 1 &&
           a->window_dilation == 1 && (a->pad_lo == 0 || a->pad_lo == a->in - 1);
}

static bool has_identity(const struct window_problem *p) {
    unsigned char identity[16];
    lax_i_identity(p->reducer.kind, p->type[0], identity);
    return memcmp(identity, p->init[0], lax_dtype_size(p->type[0])) == 0;
}

/* The axis of a scan, or -1. */
static int scan_axis(const struct window_problem *p) {
    lax_reducer_kind kind = p->reducer.kind;
    int axis = -1;
    if (p->reducer.fn != NULL || p->divide != DIVIDE_NONE || p->type[0] == LAX_PRED) return -1;
    if (kind == LAX_AND || kind == LAX_OR || kind == LAX_XOR || !has_identity(p)) return -1;
    for (int d = 0; d < p->rank; d++) {
        if (is_trivial(&p->axis[d])) continue;
        if (axis != -1 || !is_scan_axis(&p->axis[d])) return -1;
        axis = d;
    }
    return axis;
}

static void make_scan(const struct window_problem *p, int axis, struct scan_problem *s) {
    *s = (struct scan_problem){.type = p->type[0],
                               .reducer = p->reducer.kind,
                               .length = p->axis[axis].in,
                               .in_axis = p->in_stride[0][axis],
                               .out_axis = p->out_stride[0][axis]};
    for (int d = 0; d < p->rank; d++) {
        if (d == axis) continue;
        s->size[s->rank] = p->axis[d].in;
        s->in_stride[s->rank] = p->in_stride[0][d];
        s->out_stride[s->rank++] = p->out_stride[0][d];
    }
    s->rank = lax_i_merge_dims(s->rank, s->size, s->in_stride, s->out_stride);
    if (p->axis[axis].pad_lo != 0) return;
    s->in_offset = (s->length - 1) * s->in_axis, s->in_axis = -s->in_axis;
    s->out_offset = (s->length - 1) * s->out_axis, s->out_axis = -s->out_axis;
}

/* --- pairs ------------------------------------------------------------------------------------ */

/* What is left to the callback: windows without a size (a reduction over an empty dimension), and
 * types that a pair cannot have. */
static bool is_pick(const struct window_problem *p) {
    const lax_pair *pair = &p->reducer.pair;
    if (p->reducer.fn == NULL || pair->select == LAX_SELECT_UNSET || p->n != 2) return false;
    enum dtype_kind payload = lax_i_dtype_kind(p->type[1 - pair->key]);
    if (lax_i_dtype_kind(p->type[pair->key]) == KIND_COMPLEX ||
        lax_dtype_size(p->type[1 - pair->key]) > 8)
        return false;
    if (pair->lower && payload != KIND_SIGNED && payload != KIND_UNSIGNED) return false;
    for (int d = 0; d < p->rank; d++)
        if (p->axis[d].size == 0) return false;
    return true;
}

static void make_pick(const struct window_problem *p, struct pick_problem *out) {
    const lax_pair *pair = &p->reducer.pair;
    int key = pair->key, value = 1 - key;
    *out = (struct pick_problem){.rank = p->rank,
                                 .select = pair->select,
                                 .nan = pair->nan,
                                 .lower = pair->lower,
                                 .key_type = p->type[key],
                                 .value_type = p->type[value],
                                 .keep_keys = true,
                                 .key_operand = key,
                                 .value_operand = value,
                                 .key_result = key,
                                 .value_result = value,
                                 .started = true};
    memcpy(out->axis, p->axis, sizeof out->axis);
    memcpy(out->start_key, p->init[key], sizeof out->start_key);
    memcpy(out->start_value, p->init[value], sizeof out->start_value);
    memcpy(out->key_stride, p->in_stride[key], sizeof out->key_stride);
    memcpy(out->payload_stride, p->in_stride[value], sizeof out->payload_stride);
    memcpy(out->key_out_stride, p->out_stride[key], sizeof out->key_out_stride);
    memcpy(out->value_out_stride, p->out_stride[value], sizeof out->value_out_stride);
}

void lax_i_layout_window(const struct shape *shape, struct problem *out) {
    struct window_problem p = {.rank = shape->operands[0].rank, .n = shape->n_operands};
    for (int d = 0; d < p.rank; d++) set_axis(&shape->window[d], &p.axis[d]);
    for (int i = 0; i < p.n; i++) p.type[i] = shape->operands[i].dtype;
    set_strides(shape, &p);
    set_reducer(shape, &p);
    set_divide(shape, &p);
    int axis = scan_axis(&p);
    out->kind = axis >= 0 ? PROBLEM_SCAN : is_pick(&p) ? PROBLEM_PICK : PROBLEM_WINDOW;
    if (out->kind == PROBLEM_WINDOW)
        out->window = p;
    else if (out->kind == PROBLEM_PICK)
        make_pick(&p, &out->pick);
    else
        make_scan(&p, axis, &out->scan);
}
