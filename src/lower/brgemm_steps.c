/* SPDX-License-Identifier: Apache-2.0 */
/* The lowering brgemm, second part: a row of output positions is cut into blocks of columns, a
 * block into steps. Where padding clips taps, two ways are compared: pieces of columns that see
 * the same taps, or whole blocks to which groups of taps are added one after the other. Short
 * pieces run at a fraction of a kernel's speed, added steps read and write the sums again. */
#include "lower/brgemm.h"

enum {
    MAX_COLUMNS = 48, /* of a block: six or eight rounds of a 6-row register tile */
    FEW_COLUMNS = 6   /* a product of fewer rows takes as long as one of six */
};

/* Taps of the row's dimension that column p meets: an interval. */
static void taps_of(const struct brgemm_dim *dim, int64_t p, int64_t *begin, int64_t *end) {
    *begin = *end = 0;
    for (int64_t k = 0; k < dim->kernel; k++) {
        int64_t u = p * dim->stride + k * dim->dilation - dim->pad;
        if (u < 0)
            *begin = *end = k + 1;
        else if (u < dim->in)
            *end = k + 1;
    }
    *begin = lax_i_min(*begin, *end);
}

static void add_block(struct brgemm *b, int64_t column, int64_t m) {
    if (b->blocks != NULL)
        b->blocks[b->n_blocks] = (struct brgemm_block){column, (int32_t)m, (int32_t)b->n_steps, 0};
    b->n_blocks++;
    b->block_m = lax_i_max(b->block_m, m);
}

static void add_step(struct brgemm *b, struct brgemm_step step) {
    if (b->steps != NULL) {
        memset(step.kernel, BRGEMM_NO_KERNEL, sizeof step.kernel);
        b->steps[b->n_steps] = step;
        b->blocks[b->n_blocks - 1].n_steps++;
    }
    b->n_steps++;
}

/* --- pieces ----------------------------------------------------------------------------------- */

/* The columns from p on, below end, that meet the same taps as p. */
static int64_t run_end(const struct brgemm_dim *dim, int64_t p, int64_t end, int64_t *tap,
                       int64_t *tap_end) {
    int64_t q = p + 1, begin, stop;
    taps_of(dim, p, tap, tap_end);
    for (; q < end; q++) {
        taps_of(dim, q, &begin, &stop);
        if (begin != *tap || stop != *tap_end) break;
    }
    return q;
}

/* One block with one step for each run of columns; returns the cost, and only counts it if dry. */
static double pieces(struct brgemm *b, int64_t begin, int64_t end, bool dry) {
    const struct brgemm_dim *dim = &b->geometry.dim[b->geometry.n - 1];
    double cost = 0;
    for (int64_t p = begin, tap, tap_end; p < end;) {
        int64_t q = run_end(dim, p, end, &tap, &tap_end);
        cost += (double)(lax_i_max(q - p, FEW_COLUMNS) * (tap_end - tap));
        if (!dry) {
            add_block(b, p, q - p);
            add_step(b, (struct brgemm_step){.column = 0,
                                             .m = (int32_t)(q - p),
                                             .tap = (int32_t)tap,
                                             .n_taps = (int32_t)(tap_end - tap),
                                             .fresh = true});
        }
        p = q;
    }
    return cost;
}

/* --- sums ------------------------------------------------------------------------------------- */

/* Columns of [begin, end) that tap k reaches. */
static void clipped(const struct brgemm_dim *dim, int64_t k, int64_t begin, int64_t end,
                    int64_t *from, int64_t *to) {
    lax_i_brgemm_reach(dim, k, from, to);
    *from = lax_i_max(*from, begin);
    *to = lax_i_max(lax_i_min(*to, end), *from);
}

/* The first group of taps that reaches every column, or -1. */
static int64_t whole_group(const struct brgemm_dim *dim, int64_t begin, int64_t end) {
    for (int64_t k = 0; k < dim->kernel; k++) {
        int64_t from, to;
        clipped(dim, k, begin, end, &from, &to);
        if (from == begin && to == end) return k;
    }
    return -1;
}

/* Taps from k on that reach the same columns as k: where they end. */
static int64_t group_end(const struct brgemm_dim *dim, int64_t k, int64_t begin, int64_t end) {
    int64_t from, to, next_from, next_to, q = k + 1;
    clipped(dim, k, begin, end, &from, &to);
    for (; q < dim->kernel; q++) {
        clipped(dim, q, begin, end, &next_from, &next_to);
        if (next_from != from || next_to != to) break;
    }
    return q;
}

static double add_group(struct brgemm *b, int64_t k, int64_t begin, int64_t end, bool dry) {
    const struct brgemm_dim *dim = &b->geometry.dim[b->geometry.n - 1];
    int64_t from, to, stop = group_end(dim, k, begin, end);
    clipped(dim, k, begin, end, &from, &to);
    if (from == to) return 0;
    if (!dry)
        add_step(b, (struct brgemm_step){.column = (int32_t)(from - begin),
                                         .m = (int32_t)(to - from),
                                         .tap = (int32_t)k,
                                         .n_taps = (int32_t)(stop - k)});
    /* Reading and writing the sums costs about as much as a few input features. */
    double again = 4.0 / (double)(b->geometry.outer_taps * b->in_features);
    return (double)lax_i_max(to - from, FEW_COLUMNS) * ((double)(stop - k) + again);
}

/* One block whose groups of taps are added up, a group that reaches all columns first. */
static double sums(struct brgemm *b, int64_t begin, int64_t end, bool dry) {
    const struct brgemm_dim *dim = &b->geometry.dim[b->geometry.n - 1];
    int64_t first = whole_group(dim, begin, end), first_step = b->n_steps;
    double cost = 0;
    if (!dry) add_block(b, begin, end - begin);
    if (first >= 0)
        cost += add_group(b, first, begin, end, dry);
    else if (!dry)
        add_step(b, (struct brgemm_step){.m = (int32_t)(end - begin)});
    if (!dry && b->steps != NULL) b->steps[first_step].fresh = true;
    int64_t skip = first < 0 ? 0 : group_end(dim, first, begin, end);
    for (int64_t k = 0; k < dim->kernel; k = group_end(dim, k, begin, end))
        if (first < 0 || k < first || k >= skip) cost += add_group(b, k, begin, end, dry);
    return cost;
}

void lax_i_brgemm_steps(struct brgemm *b) {
    const struct brgemm_dim *dim = &b->geometry.dim[b->geometry.n - 1];
    int64_t n = lax_i_ceil_div(dim->out, MAX_COLUMNS);
    b->n_blocks = b->n_steps = b->block_m = 0;
    for (int64_t i = 0; i < n; i++) {
        int64_t begin = dim->out * i / n, end = dim->out * (i + 1) / n;
        if (pieces(b, begin, end, true) <= sums(b, begin, end, true))
            pieces(b, begin, end, false);
        else
            sums(b, begin, end, false);
    }
}
