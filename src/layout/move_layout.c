/* SPDX-License-Identifier: Apache-2.0 */
/* pad, transpose and reduce_precision become a copy between two strided lattices, and a fill where
 * the result has elements beside its lattice. */
#include "layout/layout.h"

/* No position goes beyond 2^63 - 1, so that bounds beyond it may be taken for it. */
void lax_i_pad_lattice(struct pad_range range, int64_t *first, int64_t *count) {
    int64_t room, low = lax_i_max(range.low, -INT64_MAX);
    if (!lax_i_sub(range.out - 1, low, &room)) room = INT64_MAX;
    *first = low < 0 ? lax_i_ceil_div(-low, range.step) : 0;
    int64_t last = room < 0 ? -1 : lax_i_min(room / range.step, range.in - 1);
    *count = last < *first ? 0 : last - *first + 1;
}

static void layout_pad(const struct shape *s, struct move_problem *m) {
    const lax_operation *op = s->spec->operation;
    const lax_tensor *in = &s->operands[0], *out = &s->results[0];
    bool none = lax_tensor_elements(in) == 0; /* its strides need not fit */
    m->rank = m->fill_rank = in->rank;
    for (int d = 0; d < in->rank; d++) {
        int64_t step = op->pad.interior[d] + 1, first, count;
        lax_i_pad_lattice((struct pad_range){in->shape[d], out->shape[d], op->pad.low[d], step},
                          &first, &count);
        m->size[d] = count;
        m->in_stride[d] = in->strides[d];
        m->out_stride[d] = count > 1 && !none ? step * out->strides[d] : 0;
        m->fill = m->fill || count != out->shape[d];
        m->fill_size[d] = out->shape[d];
        m->fill_stride[d] = out->strides[d];
        if (count == 0 || none) continue;
        m->in_offset += first * in->strides[d];
        m->out_offset += (op->pad.low[d] + first * step) * out->strides[d];
        m->axis[d].low = op->pad.low[d] + first * step;
        m->axis[d].step = step;
    }
    if (op->padding_value != NULL) memcpy(m->value, op->padding_value, lax_dtype_size(in->dtype));
}

static void layout_transpose(const struct shape *s, struct move_problem *m) {
    const lax_operation *op = s->spec->operation;
    const lax_tensor *in = &s->operands[0], *out = &s->results[0];
    bool permuted = op->op == LAX_OP_TRANSPOSE;
    m->rank = out->rank;
    for (int d = 0; d < out->rank; d++) {
        m->size[d] = out->shape[d];
        m->in_stride[d] = in->strides[permuted ? op->permutation[d] : d];
        m->out_stride[d] = out->strides[d];
    }
    if (op->op != LAX_OP_REDUCE_PRECISION) return;
    m->exponent_bits = op->exponent_bits;
    m->mantissa_bits = op->mantissa_bits;
}

/* --- axes: fill and lattice together ---------------------------------------------------------- */

void lax_i_flip_axis(struct move_axis *a, int64_t *in_offset, int64_t *out_offset) {
    if (a->count > 0) {
        *in_offset += (a->count - 1) * a->in_stride;
        a->low = a->out - 1 - a->low - (a->count - 1) * a->step;
    }
    *out_offset += (a->out - 1) * a->out_stride;
    a->in_stride = -a->in_stride;
    a->out_stride = -a->out_stride;
}

static void sort_axes(int n, struct move_axis *axis) {
    for (int i = 1; i < n; i++)
        for (int j = i; j > 0 && axis[j - 1].out_stride < axis[j].out_stride; j--) {
            struct move_axis swap = axis[j];
            axis[j] = axis[j - 1];
            axis[j - 1] = swap;
        }
}

/* Whether `inner` goes on in `outer` on both sides: wholly covered, or neither covered at all. */
static bool continues(const struct move_axis *outer, const struct move_axis *inner) {
    int64_t in = 0, out, all;
    bool filled = outer->count == 0 && inner->count == 0;
    bool covered = inner->count == inner->out && outer->step == 1 &&
                   lax_i_mul(inner->count, inner->in_stride, &in) &&
                   (outer->count == 1 || in == outer->in_stride);
    return (filled || covered) && lax_i_mul(inner->out, inner->out_stride, &out) &&
           out == outer->out_stride && lax_i_mul(outer->out, inner->out, &all);
}

static void merge_axes(struct move_problem *m) {
    int n = 0;
    for (int d = 0; d < m->n_axes; d++) {
        struct move_axis *a = &m->axis[d], *outer = n > 0 ? &m->axis[n - 1] : NULL;
        if (outer == NULL || !continues(outer, a)) {
            m->axis[n++] = *a;
            continue;
        }
        outer->out *= a->out;
        outer->count *= a->count;
        outer->low *= a->out;
        outer->in_stride = a->in_stride;
        outer->out_stride = a->out_stride;
    }
    m->n_axes = n;
}

/* Dimension d on its own. `none`: nothing lands. low and step are there where there is a pad. */
static struct move_axis axis_of(const struct move_problem *m, const lax_tensor *out, int d,
                                bool none) {
    struct move_axis a = {.out = out->shape[d], .step = 1};
    a.out_stride = a.out > 1 ? out->strides[d] : 1;
    if (none) return a;
    a.count = m->size[d];
    a.low = m->axis[d].low;
    if (a.count > 1) a.step = lax_i_max(m->axis[d].step, 1), a.in_stride = m->in_stride[d];
    return a;
}

/* From sizes and strides by dimension, before they are merged on their own. */
static void set_axes(struct move_problem *m, const lax_tensor *out) {
    bool none = false;
    m->axis_in_offset = m->in_offset;
    for (int d = 0; d < m->rank; d++) none = none || m->size[d] == 0;
    for (int d = 0; d < out->rank; d++) {
        struct move_axis a = axis_of(m, out, d, none);
        if (a.out == 1) continue;
        if (a.out_stride < 0) lax_i_flip_axis(&a, &m->axis_in_offset, &m->axis_out_offset);
        m->axis[m->n_axes++] = a;
    }
    if (none && m->n_axes == 0) m->axis[m->n_axes++] = (struct move_axis){1, 0, 0, 1, 0, 1};
    sort_axes(m->n_axes, m->axis);
    merge_axes(m);
}

void lax_i_layout_move(const struct shape *shape, struct problem *out) {
    struct move_problem *m = &out->move;
    out->kind = PROBLEM_MOVE;
    *m = (struct move_problem){.in_type = shape->operands[0].dtype,
                               .out_type = shape->results[0].dtype};
    if (lax_tensor_elements(&shape->results[0]) == 0)
        m->rank = m->n_axes = 1;
    else if (shape->spec->operation->op == LAX_OP_PAD)
        layout_pad(shape, m);
    else
        layout_transpose(shape, m);
    if (m->n_axes == 0) set_axes(m, &shape->results[0]);
    m->rank = lax_i_merge_dims(m->rank, m->size, m->in_stride, m->out_stride);
    int64_t zeros[LAX_MAX_RANK] = {0};
    m->fill_rank =
        m->fill ? lax_i_merge_dims(m->fill_rank, m->fill_size, zeros, m->fill_stride) : 0;
}
