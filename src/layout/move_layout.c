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

void lax_i_layout_move(const struct shape *shape, struct problem *out) {
    struct move_problem *m = &out->move;
    out->kind = PROBLEM_MOVE;
    *m = (struct move_problem){.in_type = shape->operands[0].dtype,
                               .out_type = shape->results[0].dtype};
    if (lax_tensor_elements(&shape->results[0]) == 0)
        m->rank = 1;
    else if (shape->spec->operation->op == LAX_OP_PAD)
        layout_pad(shape, m);
    else
        layout_transpose(shape, m);
    m->rank = lax_i_merge_dims(m->rank, m->size, m->in_stride, m->out_stride);
    int64_t zeros[LAX_MAX_RANK] = {0};
    m->fill_rank =
        m->fill ? lax_i_merge_dims(m->fill_rank, m->fill_size, zeros, m->fill_stride) : 0;
}
