/* SPDX-License-Identifier: Apache-2.0 */
/* Picking tap by tap. Neighbouring positions whose windows are whole have the same taps, some
 * elements further: such a run is one call of the kernel, with one pointer for each tap. Positions
 * whose windows are clipped come one by one. So no element is ever tested for being there. */
#include "lower/picks.h"

struct direct {
    const struct pick_job *job;
    const struct picks *g;
    const struct pick_box *box;
    const char *keys; /* the region's corner, in lanes */
    int64_t key_stride[PICK_RANK];
    int64_t phase;               /* distance of the lanes' phases */
    struct taps taps[PICK_RANK]; /* from the region's corner */
    struct pick_row row;
    const void *x[LAX_PICK_TAPS];
    int64_t place[LAX_PICK_TAPS + 1];
    void *key, *number, *signs;
    char *row_room;
};

/* Numbers, keys and signs of a chunk; a row before it is split; copied keys. */
size_t lax_i_pick_direct_nbytes(const struct picks *g, bool of_elements) {
    int64_t elements = 0;
    if (g->phases > 1) elements += lax_i_pick_extent(g, g->lane_dim, of_elements);
    if (g->copied) elements += lax_i_pick_region(g, of_elements);
    return (size_t)PICK_LANES * 24 + (size_t)elements * g->key_size;
}

/* --- keys in lanes ---------------------------------------------------------------------------- */

static void copy_row(const struct direct *w, char *to, const char *from, int64_t n) {
    const struct picks *g = w->g;
    int64_t step = g->stride[0][g->lane_dim];
    if (g->phases == 1) {
        lax_i_convert(&g->load, to, 1, from, step, n);
        return;
    }
    if (g->key_type != g->type || step != 1) {
        lax_i_convert(&g->load, w->row_room, 1, from, step, n);
        from = w->row_room;
    }
    g->pull->split[lax_i_log2(g->key_size)](to, w->phase, from, n, g->phases);
}

static void copy_keys(struct direct *w, char *room) {
    const struct picks *g = w->g;
    int64_t step[PICK_RANK] = {0}, rows[PICK_RANK], extent[PICK_RANK];
    for (int d = 0; d < g->rank; d++) rows[d] = extent[d] = w->box->extent[d];
    w->phase = lax_i_ceil_div(extent[g->lane_dim], g->phases);
    extent[g->lane_dim] = w->phase * g->phases;
    rows[g->lane_dim] = 1;
    lax_i_pick_dense(g, extent, w->key_stride);
    const char *from = w->keys;
    w->keys = room;
    for (int d = 0; d < g->rank; d++)
        if (extent[d] == 0) return;
    int64_t n = w->box->extent[g->lane_dim], step_over = g->stride[0][g->lane_dim] * n;
    if (g->phases == 1 && g->run_dim >= 0 && g->stride[0][g->run_dim] == step_over &&
        w->key_stride[g->run_dim] == n)
        n *= rows[g->run_dim], rows[g->run_dim] = 1;
    do {
        copy_row(w, room + lax_i_offset(g->rank, step, w->key_stride) * (int64_t)g->key_size,
                 from + lax_i_offset(g->rank, step, g->stride[0]) * (int64_t)g->size, n);
    } while (lax_i_next(g->rank, step, rows));
}

static void prepare_keys(struct direct *w, char *room) {
    const struct picks *g = w->g;
    w->keys = w->job->in + lax_i_offset(g->rank, w->box->low, g->stride[0]) * (int64_t)g->size;
    w->phase = 0;
    if (g->copied)
        copy_keys(w, room);
    else
        memcpy(w->key_stride, g->stride[0], sizeof w->key_stride);
}

/* --- rows ------------------------------------------------------------------------------------- */

static struct taps taps_from_corner(const struct direct *w, int d, int64_t position) {
    struct taps taps = lax_i_taps_at(&w->g->axis[d], position);
    taps.first -= w->box->low[d];
    return taps;
}

static int64_t tap_offset(const struct direct *w, const int64_t *done, const int64_t *strides,
                          bool keys) {
    int64_t offset = 0;
    for (int d = 0; d < w->g->rank; d++) {
        int64_t at = w->taps[d].first + done[d] * w->taps[d].step;
        if (keys && d == w->g->lane_dim && w->g->phases > 1)
            at = at % w->g->phases * w->phase + at / w->g->phases;
        offset += at * strides[d];
    }
    return offset;
}

/* The number of a tap in the whole window, in row-major order. */
static int64_t tap_id(const struct direct *w, const int64_t *done) {
    int64_t id = 0;
    for (int d = 0; d < w->g->rank; d++) {
        const struct window_axis *a = &w->g->axis[d];
        int64_t element = w->box->low[d] + w->taps[d].first + done[d] * w->taps[d].step;
        int64_t at = element * a->base_dilation - w->row.position[d] * a->stride + a->pad_lo;
        id = id * a->size + at / a->window_dilation;
    }
    return id;
}

/* Pointers and places of the taps in row-major order; a single one stands twice. */
static int64_t list_taps(struct direct *w) {
    int64_t done[PICK_RANK] = {0}, count[PICK_RANK], n = 0;
    for (int d = 0; d < w->g->rank; d++)
        if ((count[d] = w->taps[d].count) == 0) return 0;
    w->place[0] = -1;
    do {
        w->x[n] = w->keys + tap_offset(w, done, w->key_stride, true) * (int64_t)w->g->key_size;
        w->place[++n] =
            w->job->tap_ids ? tap_id(w, done) : tap_offset(w, done, w->job->id_stride, false);
    } while (lax_i_next(w->g->rank, done, count));
    w->row.whole = w->job->tap_ids && n > 1 && n == lax_i_pick_taps(w->g->rank, w->g->axis);
    if (n > 1) return n;
    w->x[1] = w->x[0];
    w->place[2] = w->place[1];
    return 2;
}

/* The start stands in keys and numbers before the first tap. */
static void put_start(struct direct *w, int64_t n) {
    memset(w->number, 0xff, (size_t)n * w->g->key_size);
    lax_i_move_kernel(w->g->key_type)(w->key, 1, w->job->start, 0, n);
}

/* Runs and lanes that fit the buffers, from row.position on. */
static void pick_chunk(struct direct *w, struct pick_taps *taps) {
    if (w->job->start != NULL) put_start(w, taps->runs * taps->lanes);
    w->g->kernel->taps(w->key, w->number, w->x, taps);
    if (w->job->signs && w->g->kernel->signs != NULL)
        w->g->kernel->signs(w->signs, w->job->signs_flipped, w->x, taps);
    w->row.runs = taps->runs;
    w->row.lanes = taps->lanes;
    w->job->take(w->job->user, &w->row);
}

static void pick_empty(struct direct *w, int64_t runs, int64_t lanes) {
    w->row.number = NULL;
    w->row.runs = runs;
    w->row.lanes = lanes;
    w->job->take(w->job->user, &w->row);
    w->row.number = w->number;
}

static void advance(struct direct *w, int64_t n, int64_t runs, int64_t lanes) {
    const struct picks *g = w->g;
    int64_t step =
        lanes +
        runs * (g->run_dim < 0 ? 0 : g->axis[g->run_dim].stride * w->key_stride[g->run_dim]);
    for (int64_t t = 0; t < n; t++) w->x[t] = (const char *)w->x[t] + step * (int64_t)g->key_size;
    w->row.offset += runs * w->row.run_step + lanes * w->row.lane_step;
    if (g->run_dim >= 0) w->row.position[g->run_dim] += runs;
    w->row.position[g->lane_dim] += lanes;
}

/* Runs x lanes with the taps w->taps, in chunks; many lanes come one run at a time. */
static void pick_block(struct direct *w, int64_t runs, int64_t lanes) {
    const struct picks *g = w->g;
    int64_t n = list_taps(w), p = g->run_dim < 0 ? 0 : w->row.position[g->run_dim];
    int64_t q = w->row.position[g->lane_dim], most = lax_i_max(PICK_LANES / lanes, 1);
    struct pick_taps taps = {.taps = n, .fresh = w->job->start == NULL};
    if (n == 0) {
        pick_empty(w, runs, lanes);
        return;
    }
    taps.step = g->run_dim < 0 ? lanes : g->axis[g->run_dim].stride * w->key_stride[g->run_dim];
    w->row.offset = 0;
    for (int64_t j = 0; j < runs; j += taps.runs) {
        taps.runs = lax_i_min(most, runs - j);
        for (int64_t l = 0; l < lanes; l += taps.lanes) {
            taps.lanes = lax_i_min(lanes - l, PICK_LANES);
            pick_chunk(w, &taps);
            advance(w, n, 0, taps.lanes);
        }
        advance(w, n, 0, -lanes);
        advance(w, n, taps.runs, 0);
    }
    if (g->run_dim >= 0) w->row.position[g->run_dim] = p;
    w->row.position[g->lane_dim] = q;
}

/* All lanes of `runs` positions along run_dim. */
static void pick_lanes(struct direct *w, int64_t runs) {
    const struct picks *g = w->g;
    int d = g->lane_dim;
    int64_t end = w->box->first[d] + w->box->count[d], lanes;
    for (int64_t q = w->box->first[d]; q < end; q += lanes) {
        lanes = lax_i_pick_whole(&g->axis[d], q, end);
        w->taps[d] = taps_from_corner(w, d, q);
        w->row.position[d] = q;
        pick_block(w, runs, lanes);
    }
}

static void pick_runs(struct direct *w) {
    int d = w->g->run_dim;
    if (d < 0) {
        pick_lanes(w, 1);
        return;
    }
    int64_t end = w->box->first[d] + w->box->count[d], runs;
    for (int64_t p = w->box->first[d]; p < end; p += runs) {
        runs = lax_i_pick_whole(&w->g->axis[d], p, end);
        w->taps[d] = taps_from_corner(w, d, p);
        w->row.position[d] = p;
        pick_lanes(w, runs);
    }
}

void lax_i_pick_direct(const struct pick_job *job) {
    const struct picks *g = job->g;
    struct direct w = {.job = job, .g = g, .box = job->box};
    int64_t step[PICK_RANK] = {0}, count[PICK_RANK];
    for (int d = 0; d < g->rank; d++) {
        if (job->box->count[d] == 0) return;
        count[d] = d == g->lane_dim || d == g->run_dim ? 1 : job->box->count[d];
    }
    w.key = job->scratch;
    w.number = (char *)job->scratch + (size_t)PICK_LANES * 8;
    w.signs = (char *)job->scratch + (size_t)PICK_LANES * 16;
    w.row_room = (char *)job->scratch + (size_t)PICK_LANES * 24;
    prepare_keys(&w, g->phases == 1
                         ? w.row_room
                         : w.row_room + (size_t)job->box->extent[g->lane_dim] * g->key_size);
    w.row.key = w.key;
    w.row.number = w.number;
    w.row.signs = w.signs;
    w.row.place = w.place + 1;
    w.row.lane_step = g->axis[g->lane_dim].stride * job->id_stride[g->lane_dim];
    w.row.run_step = g->run_dim < 0 ? 0 : g->axis[g->run_dim].stride * job->id_stride[g->run_dim];
    do {
        for (int d = 0; d < g->rank; d++) {
            if (d == g->lane_dim || d == g->run_dim) continue;
            w.row.position[d] = job->box->first[d] + step[d];
            w.taps[d] = taps_from_corner(&w, d, w.row.position[d]);
        }
        pick_runs(&w);
    } while (lax_i_next(g->rank, step, count));
}
