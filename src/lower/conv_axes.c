/* SPDX-License-Identifier: Apache-2.0 */
/* The dimensions of a convolution's output become few axes: padding is not negative, dimensions
 * without a window merge with their neighbours, windows among them, and with the batch. */
#include "lower/conv_axes.h"

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }

void lax_i_conv_reach(const struct conv_axis *dim, int64_t k, int64_t *begin, int64_t *end) {
    int64_t first = k * dim->dilation - dim->pad; /* input position of output 0 */
    int64_t last = floor_div(dim->in - 1 - first, dim->stride);
    *begin = first >= 0 ? 0 : -floor_div(first, dim->stride);
    *end = lax_i_max(*begin, lax_i_min(last + 1, dim->out));
}

static struct conv_axis spatial_axis(const struct conv_problem *p, int d) {
    const struct conv_dim *c = &p->dim[d];
    return (struct conv_axis){.in = c->in,
                              .kernel = c->kernel,
                              .out = c->out,
                              .stride = c->stride,
                              .pad = c->pad_lo,
                              .dilation = c->rhs_dilation,
                              .lhs_dilation = c->in > 1 ? c->lhs_dilation : 1,
                              .axis = d,
                              .lhs = c->lhs_stride,
                              .rhs = c->rhs_stride,
                              .result = c->out_stride,
                              .residual =
                                  p->epilogue.residual ? p->epilogue.residual_stride[d] : 0};
}

static struct conv_axis batch_axis(const struct conv_problem *p) {
    return (struct conv_axis){.in = p->batch,
                              .kernel = 1,
                              .out = p->batch,
                              .stride = 1,
                              .dilation = 1,
                              .lhs_dilation = 1,
                              .axis = -1,
                              .lhs = p->lhs_batch,
                              .result = p->out_batch,
                              .residual = p->epilogue.residual ? p->epilogue.residual_batch : 0};
}

/* Negative padding moves the origin of the input. */
static void crop(struct conv_axis *dim, int64_t *lhs_offset) {
    if (dim->pad >= 0 || dim->lhs_dilation != 1) return;
    *lhs_offset -= dim->pad * dim->lhs;
    dim->in = lax_i_max(dim->in + dim->pad, 0);
    dim->pad = 0;
}

/* A dimension whose only tap meets every position; its stride becomes part of lhs's. */
static bool windowless(struct conv_axis *dim) {
    if (dim->kernel != 1 || dim->pad != 0 || dim->in == 0 || dim->lhs_dilation != 1) return false;
    if (dim->out > 1 && dim->out - 1 > (dim->in - 1) / dim->stride) return false;
    dim->lhs *= dim->out > 1 ? dim->stride : 1;
    dim->stride = 1;
    dim->in = dim->out;
    return true;
}

/* Whether `inner` positions of b follow one of a in all tensors. */
static bool continues(const struct conv_axis *a, const struct conv_axis *b) {
    return a->lhs == b->lhs * b->out && a->result == b->result * b->out &&
           a->residual == b->residual * b->out;
}

/* One axis of two, where that says the same: a window's taps are further apart then, and its
 * padding is longer. Windows that step further than one position would not stay regular. */
static bool join(struct conv_axis *outer, struct conv_axis *inner, struct conv_axis *joined) {
    if (!windowless(inner)) return false;
    if (!windowless(outer) && (outer->stride != 1 || outer->lhs_dilation != 1)) return false;
    if (!continues(outer, inner)) return false;
    *joined = *outer;
    if (!lax_i_mul(outer->pad, inner->out, &joined->pad) ||
        !lax_i_mul(outer->dilation, inner->out, &joined->dilation))
        return false;
    joined->in *= inner->out;
    joined->out *= inner->out;
    joined->lhs = inner->lhs;
    joined->result = inner->result;
    joined->residual = inner->residual;
    return true;
}

/* Appends a dimension, merging it with one that it continues or is continued by. */
static void append(struct conv_axes *g, struct conv_axis dim) {
    if (windowless(&dim) && dim.out == 1) return;
    for (int d = 0; d < g->n; d++) {
        struct conv_axis *other = &g->axis[d], joined;
        if (!join(&dim, other, &joined) && !join(other, &dim, &joined)) continue;
        *other = g->axis[--g->n];
        append(g, joined);
        return;
    }
    g->axis[g->n++] = dim;
}

void lax_i_conv_axes(const struct conv_problem *p, struct conv_axes *g) {
    memset(g, 0, sizeof *g);
    g->lhs_offset = p->lhs_offset;
    if (!p->open_batch) append(g, batch_axis(p));
    for (int d = 0; d < p->n; d++) {
        struct conv_axis dim = spatial_axis(p, d);
        crop(&dim, &g->lhs_offset);
        append(g, dim);
    }
    if (g->n == 0)
        g->axis[g->n++] = (struct conv_axis){.in = 1,
                                             .kernel = 1,
                                             .out = 1,
                                             .stride = 1,
                                             .dilation = 1,
                                             .lhs_dilation = 1,
                                             .axis = -1};
}
