/* SPDX-License-Identifier: Apache-2.0 */
/* The shape of the lowerings' boxes: how many outputs along each axis. */
#include "lower/direct.h"

enum { LINE = 16 /* elements of a cache line, or as many results as fill some */ };

bool lax_i_direct_wide_tiles(lax_dtype type, lax_isa isa) {
    return lax_i_tile_kernel(isa, type, 4)->rows >= 6;
}

/* Outputs along an axis in `tiles` pieces of nearly the same size. */
static int64_t even(int64_t out, int64_t tiles) {
    return tiles == 0 ? 1 : lax_i_ceil_div(out, tiles);
}

/* A row's pieces are whole tiles where there is room for one, or whole vectors. */
static int64_t whole_vectors(const struct direct *d, int64_t tile, int64_t most) {
    int64_t lanes = d->kernel[1]->lanes;
    if (tile >= d->axis[d->n - 1].at.out || most < lanes) return tile;
    int64_t unit = most >= d->columns ? d->columns : lanes;
    return lax_i_min(lax_i_ceil_div(tile, unit), most / unit) * unit;
}

/* Axes in the order of the input, as many positions as there is room for; but results that lie next
 * to each other, of another axis, are to fill lines. */
static void nearest_first(const struct direct *d, int64_t positions, int64_t *tile) {
    int64_t kept = d->near < 0 ? 1 : lax_i_min(d->axis[d->near].at.out, LINE), taken = 1;
    for (int i = d->n - 1; i >= 0; i--) {
        int64_t out = d->axis[i].at.out, room = i > d->near ? positions / kept : positions;
        int64_t most = lax_i_max(room / taken, 1);
        tile[i] = even(out, lax_i_ceil_div(out, most));
        if (d->along_w && i == d->n - 1) tile[i] = whole_vectors(d, tile[i], most);
        taken *= tile[i];
    }
}

/* Input positions that `tile` outputs along an axis meet. */
static double reach(const struct conv_axis *a, int64_t tile) {
    if (a->kernel == 1) return (double)tile;
    int64_t span = (tile - 1) * a->stride + (a->kernel - 1) * a->dilation + 1;
    return (double)lax_i_max(lax_i_min(span / a->lhs_dilation, a->in), 1);
}

/* Those of all boxes. */
static double staged(const struct direct *d, const int64_t *tile) {
    double product = 1;
    for (int i = 0; i < d->n; i++)
        product *=
            (double)lax_i_ceil_div(d->axis[i].at.out, tile[i]) * reach(&d->axis[i].at, tile[i]);
    return product;
}

/* Windows that overlap far are not to be staged again for every few outputs: from a line along the
 * last axis, and along the one of near results, axes double where that saves most. */
static void least_reach(const struct direct *d, int64_t positions, int64_t *tile) {
    int64_t taken = 1;
    for (int i = 0; i < d->n; i++) {
        bool line = i == d->n - 1 || i == d->near;
        int64_t first = d->along_w && i == d->n - 1 ? d->columns : LINE;
        tile[i] = lax_i_max(line ? lax_i_min(d->axis[i].at.out, first) : 1, 1);
        taken *= tile[i];
    }
    for (int best = 0; best >= 0;) {
        double least = 2;
        best = -1;
        for (int i = d->n - 1; i >= 0; i--) {
            const struct conv_axis *a = &d->axis[i].at;
            int64_t next = lax_i_min(2 * tile[i], a->out);
            double left = reach(a, next) / (double)next * (double)tile[i] / reach(a, tile[i]);
            if (next <= tile[i] || taken / tile[i] * next > positions || left > least - 1e-6)
                continue;
            best = i, least = left;
        }
        if (best < 0) break;
        taken /= tile[best];
        tile[best] = lax_i_min(2 * tile[best], d->axis[best].at.out);
        taken *= tile[best];
    }
    for (int i = 0; i < d->n; i++) {
        int64_t out = d->axis[i].at.out;
        if (!d->along_w || i < d->n - 1) tile[i] = even(out, lax_i_ceil_div(out, tile[i]));
    }
}

static int64_t count(const struct direct *d, const int64_t *tile) {
    int64_t product = 1;
    for (int i = 0; i < d->n; i++) product *= tile[i];
    return product;
}

void lax_i_direct_tiles(struct direct *d, int64_t positions) {
    int64_t tile[CONV_AXES], other[CONV_AXES];
    nearest_first(d, positions, tile);
    if (d->stage_in) {
        least_reach(d, positions, other);
        bool fits = count(d, other) <= lax_i_max(positions, count(d, tile));
        if (fits && staged(d, other) < 0.8 * staged(d, tile)) memcpy(tile, other, sizeof tile);
    }
    d->boxes = d->positions = 1;
    d->segments = 0;
    for (int i = 0; i < d->n; i++) {
        d->axis[i].tile = tile[i];
        d->axis[i].n_tiles = lax_i_ceil_div(d->axis[i].at.out, tile[i]);
        d->boxes *= d->axis[i].n_tiles;
        d->positions *= tile[i];
        d->segments += tile[i];
    }
}
