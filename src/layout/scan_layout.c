/* SPDX-License-Identifier: Apache-2.0 */
/* Scans: the axis apart, the other dimensions merged; a reverse scan walks backwards. */
#include "layout/layout.h"

void lax_i_layout_scan(const struct shape *shape, struct problem *out) {
    const lax_operation *op = shape->spec->operation;
    const lax_tensor *from = &shape->operands[0], *to = &shape->results[0];
    struct scan_problem *s = &out->scan;
    out->kind = PROBLEM_SCAN;
    *s = (struct scan_problem){.type = from->dtype, .reducer = op->reducer.kind};
    if (lax_tensor_elements(from) == 0) { /* products of sizes and strides need not fit */
        s->rank = 1;
        return;
    }
    for (int d = 0; d < from->rank; d++) {
        if (d == op->axis) continue;
        s->size[s->rank] = from->shape[d];
        s->in_stride[s->rank] = from->strides[d];
        s->out_stride[s->rank] = to->strides[d];
        s->rank++;
    }
    s->length = from->shape[op->axis];
    s->rank = lax_i_merge_dims(s->rank, s->size, s->in_stride, s->out_stride);
    s->in_axis = from->strides[op->axis];
    s->out_axis = to->strides[op->axis];
    if (!op->reverse || s->length <= 1) return;
    s->in_offset = (s->length - 1) * s->in_axis, s->in_axis = -s->in_axis;
    s->out_offset = (s->length - 1) * s->out_axis, s->out_axis = -s->out_axis;
}
