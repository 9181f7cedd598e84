/* SPDX-License-Identifier: Apache-2.0 */
/* The lowering brgemm, first part: the problem's dimensions become few. Dimensions without a
 * window merge with their neighbours and with the batch, and the one whose positions make the
 * rows of the matrix products goes last. */
#include "lower/brgemm.h"

#include <stdio.h>

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }

void lax_i_brgemm_reach(const struct brgemm_dim *dim, int64_t k, int64_t *begin, int64_t *end) {
    int64_t first = k * dim->dilation - dim->pad; /* input position of output 0 */
    int64_t last = floor_div(dim->in - 1 - first, dim->stride);
    *begin = first >= 0 ? 0 : -floor_div(first, dim->stride);
    *end = lax_i_max(*begin, lax_i_min(last + 1, dim->out));
}

static struct brgemm_dim spatial_dim(const struct conv_problem *p, int d) {
    const struct conv_dim *c = &p->dim[d];
    return (struct brgemm_dim){.in = c->in,
                               .kernel = c->kernel,
                               .out = c->out,
                               .stride = c->stride,
                               .pad = c->pad_lo,
                               .dilation = c->rhs_dilation,
                               .axis = d,
                               .lhs = c->lhs_stride,
                               .rhs = c->rhs_stride,
                               .result = c->out_stride,
                               .residual =
                                   p->epilogue.residual ? p->epilogue.residual_stride[d] : 0};
}

static struct brgemm_dim batch_dim(const struct conv_problem *p) {
    return (struct brgemm_dim){.in = p->batch,
                               .kernel = 1,
                               .out = p->batch,
                               .stride = 1,
                               .dilation = 1,
                               .axis = -1,
                               .lhs = p->lhs_batch,
                               .result = p->out_batch,
                               .residual = p->epilogue.residual ? p->epilogue.residual_batch : 0};
}

/* Negative padding moves the origin of the input. */
static void crop(struct brgemm_dim *dim, int64_t *lhs_offset) {
    if (dim->pad >= 0) return;
    *lhs_offset -= dim->pad * dim->lhs;
    dim->in = lax_i_max(dim->in + dim->pad, 0);
    dim->pad = 0;
}

/* A dimension whose only tap meets every position; its stride becomes part of lhs's. */
static bool windowless(struct brgemm_dim *dim) {
    if (dim->kernel != 1 || dim->pad != 0 || dim->in == 0) return false;
    if (dim->out > 1 && dim->out - 1 > (dim->in - 1) / dim->stride) return false;
    dim->lhs *= dim->out > 1 ? dim->stride : 1;
    dim->stride = 1;
    dim->in = dim->out;
    return true;
}

/* Whether `inner` positions of b follow one of a in all tensors. */
static bool continues(const struct brgemm_dim *a, const struct brgemm_dim *b) {
    return a->lhs == b->lhs * b->out && a->result == b->result * b->out &&
           a->residual == b->residual * b->out;
}

/* Appends a dimension, merging it with one that it continues or is continued by. */
static void append(struct brgemm_geometry *g, struct brgemm_dim dim) {
    bool mergeable = windowless(&dim);
    if (mergeable && dim.out == 1) return;
    for (int d = 0; mergeable && d < g->n; d++) {
        struct brgemm_dim *other = &g->dim[d], merged = dim;
        if (!windowless(other)) continue;
        if (continues(&dim, other))
            merged = *other;
        else if (!continues(other, &dim))
            continue;
        merged.out = merged.in = dim.out * other->out;
        *other = g->dim[--g->n];
        append(g, merged);
        return;
    }
    g->dim[g->n++] = dim;
}

/* Rows of a matrix must not overlap, unless there is one row only. */
static bool can_be_row(const struct brgemm_dim *dim, const struct conv_problem *p) {
    int64_t step;
    if (dim->out <= 1) return true;
    return lax_i_mul(dim->stride, dim->lhs, &step) && step >= p->in_features &&
           dim->result >= p->out_features;
}

/* The innermost dimension that is long enough, or the longest. */
static int choose_row(const struct brgemm_geometry *g, const struct conv_problem *p) {
    enum { LONG_ENOUGH = 24 };
    int best = -1;
    for (int d = 0; d < g->n; d++) {
        const struct brgemm_dim *dim = &g->dim[d], *than = &g->dim[best < 0 ? d : best];
        if (!can_be_row(dim, p)) continue;
        int64_t length = lax_i_min(dim->out, LONG_ENOUGH);
        int64_t other = lax_i_min(than->out, LONG_ENOUGH);
        if (best < 0 || length > other || (length == other && dim->result < than->result)) best = d;
    }
    return best;
}

static bool count(struct brgemm_geometry *g, char *why) {
    enum { MAX_TAPS = 1 << 16, MAX_ROW_TAPS = 512 };
    int64_t taps[BRGEMM_DIMS], out[BRGEMM_DIMS];
    for (int d = 0; d < g->n; d++) {
        taps[d] = g->dim[d].kernel;
        out[d] = g->dim[d].out;
    }
    if (!lax_i_product(g->n, taps, &g->taps) || g->taps > MAX_TAPS || g->taps == 0) {
        snprintf(why, LAX_WHY_NBYTES, "a window must have 1 to %d taps", MAX_TAPS);
        return false;
    }
    /* Planning looks at every tap for every piece of a row. */
    if (taps[g->n - 1] > MAX_ROW_TAPS) {
        snprintf(why, LAX_WHY_NBYTES,
                 "the window has %lld taps along the row, at most %d are taken",
                 (long long)taps[g->n - 1], MAX_ROW_TAPS);
        return false;
    }
    g->outer_taps = g->taps / taps[g->n - 1];
    return lax_i_product(g->n - 1, out, &g->rows);
}

bool lax_i_brgemm_geometry(const struct conv_problem *p, struct brgemm_geometry *g, char *why) {
    memset(g, 0, sizeof *g);
    g->lhs_offset = p->lhs_offset;
    if (!p->open_batch) append(g, batch_dim(p));
    for (int d = 0; d < p->n; d++) {
        struct brgemm_dim dim = spatial_dim(p, d);
        crop(&dim, &g->lhs_offset);
        append(g, dim);
    }
    if (g->n == 0)
        g->dim[g->n++] = (struct brgemm_dim){
            .in = 1, .kernel = 1, .out = 1, .stride = 1, .dilation = 1, .axis = -1};
    int row = choose_row(g, p);
    if (row < 0) {
        snprintf(why, LAX_WHY_NBYTES,
                 "no dimension has positions at least %lld input and %lld output elements apart",
                 (long long)p->in_features, (long long)p->out_features);
        return false;
    }
    struct brgemm_dim last = g->dim[row];
    memmove(&g->dim[row], &g->dim[row + 1], (size_t)(g->n - row - 1) * sizeof last);
    g->dim[g->n - 1] = last;
    return count(g, why);
}
