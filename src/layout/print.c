/* SPDX-License-Identifier: Apache-2.0 */
/* Problems as text: kind, types, sizes, then strides by role. */
#include "layout/layout.h"

static void list(struct text *t, const char *name, int n, const int64_t *values) {
    lax_i_text_add(t, "%s(", name);
    lax_i_text_list(t, n, values, ",");
    lax_i_text_add(t, ")");
}

static void print_conv(struct text *t, const struct conv_problem *p) {
    lax_i_text_add(
        t, "%s %s*%s->%s as %s: g%lld n%lld%s i%lld o%lld", p->patches ? "patches" : "conv",
        lax_dtype_name(p->lhs_type), lax_dtype_name(p->rhs_type), lax_dtype_name(p->out_type),
        lax_dtype_name(p->compute_type), (long long)p->groups, (long long)p->batch,
        p->open_batch ? "(open)" : "", (long long)p->in_features, (long long)p->out_features);
    for (int d = 0; d < p->n; d++) {
        const struct conv_dim *c = &p->dim[d];
        lax_i_text_add(t, " [%lld*%lld->%lld s%lld p%lld ld%lld rd%lld]", (long long)c->in,
                       (long long)c->kernel, (long long)c->out, (long long)c->stride,
                       (long long)c->pad_lo, (long long)c->lhs_dilation,
                       (long long)c->rhs_dilation);
    }
    lax_i_text_add(t, "; strides lhs g%lld n%lld i%lld", (long long)p->lhs_group,
                   (long long)p->lhs_batch, (long long)p->lhs_feature);
    for (int d = 0; d < p->n; d++) lax_i_text_add(t, " %lld", (long long)p->dim[d].lhs_stride);
    lax_i_text_add(t, ", rhs g%lld o%lld i%lld", (long long)p->rhs_group, (long long)p->rhs_out,
                   (long long)p->rhs_in);
    for (int d = 0; d < p->n; d++) lax_i_text_add(t, " %lld", (long long)p->dim[d].rhs_stride);
    lax_i_text_add(t, ", out g%lld n%lld o%lld", (long long)p->out_group, (long long)p->out_batch,
                   (long long)p->out_feature);
    for (int d = 0; d < p->n; d++) lax_i_text_add(t, " %lld", (long long)p->dim[d].out_stride);
}

static void print_axes(struct text *t, const struct window_axis *axis, int rank) {
    for (int d = 0; d < rank; d++)
        lax_i_text_add(t, " [%lld/%lld->%lld s%lld p%lld bd%lld wd%lld]", (long long)axis[d].in,
                       (long long)axis[d].size, (long long)axis[d].out, (long long)axis[d].stride,
                       (long long)axis[d].pad_lo, (long long)axis[d].base_dilation,
                       (long long)axis[d].window_dilation);
}

static void print_window(struct text *t, const struct window_problem *p) {
    lax_i_text_add(t, "window of %d operands, %s reducer %d:", p->n, lax_dtype_name(p->type[0]),
                   (int)p->reducer.kind);
    print_axes(t, p->axis, p->rank);
    list(t, "; strides in", p->rank, p->in_stride[0]);
    list(t, ", out", p->rank, p->out_stride[0]);
}

static void print_pick(struct text *t, const struct pick_problem *p) {
    lax_i_text_add(t, "pick %s of %s by %d, NaN %d%s:", p->indices ? "indices" : "payloads",
                   lax_dtype_name(p->key_type), (int)p->select, (int)p->nan,
                   p->lower ? ", lower of ties" : "");
    print_axes(t, p->axis, p->rank);
    list(t, "; strides key", p->rank, p->key_stride);
    list(t, ", out", p->rank, p->value_out_stride);
}

static void print_scatter(struct text *t, const struct scatter_problem *p) {
    lax_i_text_add(t, "scatter %s by %d:", lax_dtype_name(p->type), (int)p->select.kind);
    print_axes(t, p->axis, p->rank);
    list(t, "; strides operand", p->rank, p->operand_stride);
    list(t, ", source", p->rank, p->source_stride);
    list(t, ", out", p->rank, p->out_stride);
}

static void print_scan(struct text *t, const struct scan_problem *p) {
    lax_i_text_add(t, "scan %s reducer %d: %lld along strides %lld -> %lld",
                   lax_dtype_name(p->type), (int)p->reducer, (long long)p->length,
                   (long long)p->in_axis, (long long)p->out_axis);
    list(t, ", for", p->rank, p->size);
    list(t, " strides in", p->rank, p->in_stride);
    list(t, ", out", p->rank, p->out_stride);
}

static void print_move(struct text *t, const struct move_problem *p) {
    lax_i_text_add(t, "move %s->%s", lax_dtype_name(p->in_type), lax_dtype_name(p->out_type));
    list(t, ": ", p->rank, p->size);
    list(t, " strides in", p->rank, p->in_stride);
    list(t, ", out", p->rank, p->out_stride);
    if (p->fill) list(t, "; fill ", p->fill_rank, p->fill_size);
    if (p->exponent_bits > 0)
        lax_i_text_add(t, "; round to e%d m%d", p->exponent_bits, p->mantissa_bits);
}

void lax_i_print_problem(struct text *text, const struct problem *problem) {
    switch (problem->kind) {
    case PROBLEM_CONV: print_conv(text, &problem->conv); break;
    case PROBLEM_WINDOW: print_window(text, &problem->window); break;
    case PROBLEM_PICK: print_pick(text, &problem->pick); break;
    case PROBLEM_SCATTER: print_scatter(text, &problem->scatter); break;
    case PROBLEM_SCAN: print_scan(text, &problem->scan); break;
    default: print_move(text, &problem->move); break;
    }
}
