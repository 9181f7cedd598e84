/* SPDX-License-Identifier: Apache-2.0 */
/* Picking tap by tap. Neighbouring positions whose windows are whole have the same taps, some
 * elements further: such a run is one call of the kernel, with one pointer for each tap. Positions
 * whose windows are clipped come one by one. So no element is ever tested for being there. */
#include "lower/picks.h"

/* A region's keys or payloads in lanes. */
struct lanes {
    const char *corner;
    int64_t stride[PICK_RANK];
    int64_t phase; /* distance of the lanes' phases */
    int64_t at;    /* of a block's positions before the present chunk */
};

struct direct {
    const struct pick_job *job;
    const struct picks *g;
    const struct pick_box *box;
    struct lanes keys, payloads; /* payloads: of pairs */
    struct taps taps[PICK_RANK]; /* from the region's corner */
    int64_t done[PICK_RANK];     /* the next tap to be listed, if there are more */
    bool more;
    struct pick_row row;
    const void *x[LAX_PICK_TAPS], *y[LAX_PICK_TAPS];
    int64_t place[LAX_PICK_TAPS + 1];
    void *key, *number, *signs;
    char *row_room;
};

/* Do lanes with phases need room before they are split, or are they split where they lie? */
static bool splits_room(const struct picks *g) {
    bool there = g->key_type == g->type && g->pairs.fn == NULL && g->stride[0][g->lane_dim] == 1;
    return g->phases > 1 && !there;
}

/* Numbers, keys and signs of a chunk; a region before it is split; copied keys and payloads. */
size_t lax_i_pick_direct_nbytes(const struct picks *g, bool of_elements) {
    int64_t elements = 0;
    if (splits_room(g)) elements += lax_i_pick_region(g, of_elements);
    if (g->copied) elements += lax_i_pick_region(g, of_elements);
    if (g->pairs.copied) elements += lax_i_pick_region(g, of_elements);
    return (size_t)PICK_LANES * 24 + (size_t)elements * g->key_size;
}

/* --- lanes ------------------------------------------------------------------------------------ */

/* A tensor whose region is to lie in lanes. */
struct source {
    int tensor;
    const char *in; /* element [0...0] */
    const struct converter *load;
    size_t size;
    bool copied;
};

/* Rows whose phases lie one after the other; room: of the region without them. */
static void split_region(const struct direct *w, const struct lanes *lanes, char *to,
                         const struct box_copy *copy) {
    const struct picks *g = w->g;
    int64_t step[PICK_RANK] = {0}, rows[PICK_RANK], dense[PICK_RANK];
    const int64_t *strides = copy->far;
    const char *source = lanes->corner;
    if (splits_room(g)) {
        struct box_copy gather = *copy;
        lax_i_pick_dense(g, w->box->extent, dense);
        gather.near = dense;
        lax_i_box_gather(&gather, w->row_room, source);
        source = w->row_room, strides = dense;
    }
    for (int d = 0; d < g->rank; d++) rows[d] = d == g->lane_dim ? 1 : w->box->extent[d];
    do
        g->pull->split[lax_i_log2(g->key_size)](
            to + lax_i_offset(g->rank, step, lanes->stride) * (int64_t)g->key_size, lanes->phase,
            source + lax_i_offset(g->rank, step, strides) * (int64_t)g->key_size,
            w->box->extent[g->lane_dim], g->phases);
    while (lax_i_next(g->rank, step, rows));
}

/* Returns the room behind the copy. */
static char *copy_region(struct direct *w, const struct source *from, struct lanes *lanes,
                         char *room) {
    const struct picks *g = w->g;
    int64_t extent[PICK_RANK];
    memcpy(extent, w->box->extent, sizeof extent);
    lanes->phase = lax_i_ceil_div(extent[g->lane_dim], g->phases);
    extent[g->lane_dim] = lanes->phase * g->phases;
    int64_t elements =
        g->phases > 1 ? lax_i_pick_dense(g, extent, lanes->stride)
                      : lax_i_pick_dense_like(g, extent, g->stride[from->tensor], lanes->stride);
    const struct box_copy copy = {.rank = g->rank,
                                  .extent = w->box->extent,
                                  .near = lanes->stride,
                                  .far = g->stride[from->tensor],
                                  .near_size = g->key_size,
                                  .far_size = from->size,
                                  .plain = from->size == g->key_size && g->type != LAX_PRED,
                                  .convert = from->load,
                                  .moves = g->moves};
    if (elements > 0 && g->phases > 1)
        split_region(w, lanes, room, &copy);
    else if (elements > 0)
        lax_i_box_gather(&copy, room, lanes->corner);
    lanes->corner = room;
    return room + elements * (int64_t)g->key_size;
}

static char *prepare(struct direct *w, const struct source *from, struct lanes *lanes, char *room) {
    const struct picks *g = w->g;
    const int64_t *strides = g->stride[from->tensor];
    lanes->corner = from->in + lax_i_offset(g->rank, w->box->low, strides) * (int64_t)from->size;
    lanes->phase = 0;
    if (from->copied) return copy_region(w, from, lanes, room);
    memcpy(lanes->stride, strides, sizeof lanes->stride);
    return room;
}

static int64_t dense_elements(const struct direct *w) {
    int64_t stride[PICK_RANK];
    return lax_i_pick_dense(w->g, w->box->extent, stride);
}

static void prepare_lanes(struct direct *w) {
    const struct picks *g = w->g;
    const struct source keys = {PICK_KEYS, w->job->in, &g->load, g->size, g->copied};
    const struct source payloads = {PICK_PAYLOAD, w->job->payloads, &g->pairs.load, g->pairs.size,
                                    g->pairs.copied};
    char *room = w->row_room;
    if (splits_room(g)) room += (size_t)dense_elements(w) * g->key_size;
    room = prepare(w, &keys, &w->keys, room);
    if (g->pairs.fn != NULL) prepare(w, &payloads, &w->payloads, room);
}

/* --- rows ------------------------------------------------------------------------------------- */

static struct taps taps_from_corner(const struct direct *w, int d, int64_t position) {
    struct taps taps = lax_i_taps_at(&w->g->axis[d], position);
    taps.first -= w->box->low[d];
    return taps;
}

/* Where the tap w->done lies, counted in id_stride. */
static int64_t tap_place(const struct direct *w) {
    int64_t place = 0;
    for (int d = 0; d < w->g->rank; d++)
        place += (w->taps[d].first + w->done[d] * w->taps[d].step) * w->job->id_stride[d];
    return place;
}

static const void *tap_lanes(const struct direct *w, const struct lanes *lanes) {
    int64_t offset = lanes->at;
    for (int d = 0; d < w->g->rank; d++) {
        int64_t at = w->taps[d].first + w->done[d] * w->taps[d].step;
        if (d == w->g->lane_dim && lanes->phase > 0)
            at = at % w->g->phases * lanes->phase + at / w->g->phases;
        offset += at * lanes->stride[d];
    }
    return lanes->corner + offset * (int64_t)w->g->key_size;
}

/* The number of a tap in the whole window, in row-major order. */
static int64_t tap_id(const struct direct *w) {
    int64_t id = 0;
    for (int d = 0; d < w->g->rank; d++) {
        const struct window_axis *a = &w->g->axis[d];
        int64_t element = w->box->low[d] + w->taps[d].first + w->done[d] * w->taps[d].step;
        int64_t at = element * a->base_dilation - w->row.position[d] * a->stride + a->pad_lo;
        id = id * a->size + at / a->window_dilation;
    }
    return id;
}

/* The taps from w->done on in row-major order, as many as there is room for. */
static int64_t list_more(struct direct *w) {
    int64_t count[PICK_RANK], n = 0;
    bool pairs = w->g->pairs.fn != NULL;
    for (int d = 0; d < w->g->rank; d++) count[d] = w->taps[d].count;
    do {
        w->x[n] = tap_lanes(w, &w->keys);
        if (pairs) w->y[n] = tap_lanes(w, &w->payloads);
        n++;
        if (!pairs) w->place[n] = w->job->tap_ids ? tap_id(w) : tap_place(w);
        w->more = lax_i_next(w->g->rank, w->done, count);
    } while (w->more && n < LAX_PICK_TAPS);
    return n;
}

/* The first taps, which are all but for pairs; a single one stands twice. */
static int64_t list_taps(struct direct *w) {
    for (int d = 0; d < w->g->rank; d++) {
        if (w->taps[d].count == 0) return 0;
        w->done[d] = 0;
    }
    w->place[0] = -1;
    int64_t n = list_more(w);
    w->row.whole = w->job->tap_ids && n > 1 && n == lax_i_pick_taps(w->g->rank, w->g->axis);
    if (n > 1 || w->g->pairs.fn != NULL) return n;
    w->x[1] = w->x[0];
    w->place[2] = w->place[1];
    return 2;
}

/* The start stands in keys and numbers before the first tap. */
static void put_start(struct direct *w, int64_t n) {
    memset(w->number, 0xff, (size_t)n * w->g->key_size);
    lax_i_move_kernel(w->g->key_type)(w->key, 1, w->job->start, 0, n);
}

static int64_t run_step(const struct direct *w, const struct lanes *lanes, int64_t alone) {
    int d = w->g->run_dim;
    return d < 0 ? alone : w->g->axis[d].stride * lanes->stride[d];
}

/* More taps than can be listed are listed anew for each chunk. */
static void fold_pairs(struct direct *w, const struct pick_taps *taps, bool many) {
    const struct pick_pairs *s = &w->g->pairs;
    struct pair_taps t = {.start_key = s->start_key,
                          .start = s->start,
                          .x = w->x,
                          .y = w->y,
                          .taps = taps->taps,
                          .runs = taps->runs,
                          .step = taps->step,
                          .payload_step = run_step(w, &w->payloads, taps->lanes),
                          .lanes = taps->lanes,
                          .key_flip = s->key_flip,
                          .payload_flip = s->flip};
    if (many) t.taps = list_taps(w);
    s->fn(w->key, w->number, &t);
    t.start_key = t.start = NULL;
    while (many && w->more) {
        t.taps = list_more(w);
        s->fn(w->key, w->number, &t);
    }
}

/* Runs and lanes that fit the buffers, from row.position on. */
static void pick_chunk(struct direct *w, struct pick_taps *taps, bool many) {
    if (w->job->start != NULL) put_start(w, taps->runs * taps->lanes);
    if (w->g->pairs.fn != NULL)
        fold_pairs(w, taps, many);
    else
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

static void advance_lanes(const struct direct *w, struct lanes *lanes, const void **x, int64_t n,
                          int64_t runs, int64_t by) {
    int64_t step = by + runs * run_step(w, lanes, 0);
    for (int64_t t = 0; t < n; t++) x[t] = (const char *)x[t] + step * (int64_t)w->g->key_size;
    lanes->at += step;
}

static void advance(struct direct *w, int64_t n, int64_t runs, int64_t lanes) {
    const struct picks *g = w->g;
    advance_lanes(w, &w->keys, w->x, n, runs, lanes);
    if (g->pairs.fn != NULL) advance_lanes(w, &w->payloads, w->y, n, runs, lanes);
    w->row.offset += runs * w->row.run_step + lanes * w->row.lane_step;
    if (g->run_dim >= 0) w->row.position[g->run_dim] += runs;
    w->row.position[g->lane_dim] += lanes;
}

/* Runs x lanes with the taps w->taps, in chunks; many lanes come one run at a time. */
static void pick_block(struct direct *w, int64_t runs, int64_t lanes) {
    const struct picks *g = w->g;
    w->keys.at = w->payloads.at = 0;
    int64_t n = list_taps(w), p = g->run_dim < 0 ? 0 : w->row.position[g->run_dim];
    int64_t q = w->row.position[g->lane_dim], most = lax_i_max(PICK_LANES / lanes, 1);
    struct pick_taps taps = {.taps = n, .fresh = w->job->start == NULL};
    if (n == 0) {
        pick_empty(w, runs, lanes);
        return;
    }
    taps.step = run_step(w, &w->keys, lanes);
    bool many = w->more;
    w->row.offset = 0;
    for (int64_t j = 0; j < runs; j += taps.runs) {
        taps.runs = lax_i_min(most, runs - j);
        for (int64_t l = 0; l < lanes; l += taps.lanes) {
            taps.lanes = lax_i_min(lanes - l, PICK_LANES);
            pick_chunk(w, &taps, many);
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
        lanes = lax_i_whole_windows(&g->axis[d], q, end);
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
        runs = lax_i_whole_windows(&w->g->axis[d], p, end);
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
    prepare_lanes(&w);
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
