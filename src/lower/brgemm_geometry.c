/* SPDX-License-Identifier: Apache-2.0 */
/* The lowering brgemm, first part: the axis whose positions make the rows of the matrix products
 * goes last. */
#include "lower/brgemm.h"

#include <stdio.h>

/* Rows of a matrix must not overlap, unless there is one row only. */
static bool can_be_row(const struct conv_axis *dim, const struct conv_problem *p) {
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
        const struct conv_axis *dim = &g->dim[d], *than = &g->dim[best < 0 ? d : best];
        if (!can_be_row(dim, p)) continue;
        int64_t length = lax_i_min(dim->out, LONG_ENOUGH);
        int64_t other = lax_i_min(than->out, LONG_ENOUGH);
        if (best < 0 || length > other || (length == other && dim->result < than->result)) best = d;
    }
    return best;
}

static bool count(struct brgemm_geometry *g, char *why) {
    enum { MAX_TAPS = 1 << 16, MAX_ROW_TAPS = 512 };
    int64_t taps[CONV_AXES], out[CONV_AXES];
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
    struct conv_axes axes;
    lax_i_conv_axes(p, &axes);
    *g = (struct brgemm_geometry){.n = axes.n, .lhs_offset = axes.lhs_offset};
    memcpy(g->dim, axes.axis, sizeof axes.axis);
    int row = choose_row(g, p);
    if (row < 0) {
        snprintf(why, LAX_WHY_NBYTES,
                 "no dimension has positions at least %lld input and %lld output elements apart",
                 (long long)p->in_features, (long long)p->out_features);
        return false;
    }
    struct conv_axis last = g->dim[row];
    memmove(&g->dim[row], &g->dim[row + 1], (size_t)(g->n - row - 1) * sizeof last);
    g->dim[g->n - 1] = last;
    return count(g, why);
}
