/* SPDX-License-Identifier: Apache-2.0 */
/* Picking in linear time, whatever the window: one pass for each dimension with a window, the last
 * one first, so that a window's elements are compared in row-major order. Planes of records (key
 * and index) shrink from elements to positions, a dimension a pass. A pass cuts the dimension
 * into blocks of a window's length and takes winners of blocks' beginnings and ends; each window
 * is the end of one block and the beginning of the next (van Herk, Gil and Werman); along
 * lanes and short rows see picks_lines.c. Both regroup the comparisons, which the records' flags
 * allow even where NaN is forgotten. */
#include "lower/picks_passes.h"

#include <math.h>

/* Lanes of a column; rows so short are passed through as lines are. */
enum { CHUNK = 64, SHORT = 32 };

/* --- sizes ------------------------------------------------------------------------------------ */

/* The largest plane of all passes: elements before a pass, positions behind it. */
static int64_t plane_elements(const struct picks *g, bool of_elements) {
    double now = 1, most;
    for (int d = 0; d < g->rank; d++) now *= (double)lax_i_pick_extent(g, d, of_elements);
    most = now;
    for (int d = g->rank - 1; d >= 0; d--) {
        now *= (double)lax_i_pick_count(g, d, of_elements);
        now /= (double)lax_i_pick_extent(g, d, of_elements);
        if (now > most) most = now;
    }
    return (int64_t)ceil(most);
}

/* Records of beginnings (or ends) of a chunk of columns, or twice those of a line. */
static int64_t pass_elements(const struct picks *g, bool of_elements) {
    int64_t rows = 1, line = lax_i_pick_extent(g, g->lane_dim, of_elements);
    for (int d = 0; d < g->rank; d++)
        if (d != g->lane_dim) rows = lax_i_max(rows, lax_i_pick_extent(g, d, of_elements));
    int64_t columns = lax_i_min(rows * CHUNK, plane_elements(g, of_elements));
    line = lax_i_max(line, lax_i_min(rows * SHORT, plane_elements(g, of_elements)));
    return lax_i_max(lax_i_max(columns, 2 * line), CHUNK);
}

size_t lax_i_pick_separable_nbytes(const struct picks *g, bool of_elements) {
    int64_t records = 2 * plane_elements(g, of_elements) + 2 * pass_elements(g, of_elements);
    return (size_t)records * 2 * g->key_size;
}

/* Two planes; a pass needs little. */
size_t lax_i_pick_record_nbytes(const struct picks *g) { return 4 * g->key_size; }

int64_t lax_i_pick_corner(const struct picks *g, const int64_t *extent, const int64_t *id_stride) {
    int64_t corner = 0;
    for (int d = 0; d < g->rank; d++)
        if (id_stride[d] < 0) corner += (extent[d] - 1) * id_stride[d];
    return corner;
}

/* --- records ---------------------------------------------------------------------------------- */

/* Where each element of the region lies; all are one row if ids count them. */
static void count_plane(const struct separable *w, int64_t elements) {
    const struct picks *g = w->g;
    const int64_t *ids = w->job->id_stride;
    int64_t step[PICK_RANK] = {0}, rows[PICK_RANK], n = w->from.extent[g->lane_dim];
    int64_t corner = lax_i_pick_corner(g, w->job->box->extent, ids);
    if (memcmp(ids, w->from.stride, (size_t)g->rank * sizeof *ids) == 0) {
        g->kernel->count(w->from.index, w->from.key, 0, 1, elements);
        return;
    }
    for (int d = 0; d < g->rank; d++) rows[d] = d == g->lane_dim ? 1 : w->from.extent[d];
    do {
        struct pick_record r =
            lax_i_record_at(&w->from, lax_i_offset(g->rank, step, w->from.stride), w->size);
        g->kernel->count(r.index, r.key, lax_i_offset(g->rank, step, ids) - corner,
                         ids[g->lane_dim], n);
    } while (lax_i_next(g->rank, step, rows));
}

/* The region's keys. */
static void load_plane(struct separable *w) {
    const struct picks *g = w->g;
    const char *in =
        w->job->in + lax_i_offset(g->rank, w->job->box->low, g->stride[0]) * (int64_t)g->size;
    memcpy(w->from.extent, w->job->box->extent, sizeof w->from.extent);
    int64_t elements = lax_i_pick_dense(g, w->from.extent, w->from.stride);
    const struct box_copy copy = {.rank = g->rank,
                                  .extent = w->from.extent,
                                  .near = w->from.stride,
                                  .far = g->stride[0],
                                  .near_size = g->key_size,
                                  .far_size = g->size,
                                  .plain = g->key_type == g->type,
                                  .convert = &g->load,
                                  .moves = g->moves,
                                  .room = w->to.key};
    lax_i_box_gather(&copy, w->from.key, in);
    count_plane(w, elements);
}

/* --- a pass over rows ------------------------------------------------------------------------- */

/* One column of rows: element i of `from` lies i * pitch further. Elements of a window are `step`
 * apart; of each residue modulo step, blocks of `block` elements. */
struct column {
    struct pick_record from, begin, end;
    int64_t pitch, chunk, lanes, extent, step, block; /* begin, end: rows of chunk lanes */
    size_t size;
};

static struct pick_record row_of(const struct column *c, int64_t i) {
    return lax_i_record_step(c->from, i * c->pitch, c->size);
}

/* Rows are few: a short division takes half the time of a long one. */
static int64_t quotient(int64_t a, int64_t b) {
    return (a | b) >> 32 == 0 ? (int64_t)((uint32_t)a / (uint32_t)b) : a / b;
}

/* Winner from the beginning of i's block up to i, and from i to the block's end; `at`: i's place in
 * the block. */
static struct pick_record begin_of(const struct column *c, int64_t i, int64_t at) {
    return at == 0 ? row_of(c, i) : lax_i_record_step(c->begin, i * c->chunk, c->size);
}

static bool ends(const struct column *c, int64_t i, int64_t at) {
    return at == c->block - 1 || i + c->step >= c->extent;
}

static struct pick_record end_of(const struct column *c, int64_t i, int64_t at) {
    return ends(c, i, at) ? row_of(c, i) : lax_i_record_step(c->end, i * c->chunk, c->size);
}

static void scan_blocks(const struct column *c, const struct pick_kernel *kernel) {
    int64_t steps = lax_i_ceil_div(c->extent, c->step), at = 0;
    for (int64_t k = 0; k < steps; k++, at = at + 1 == c->block ? 0 : at + 1)
        for (int64_t i = k * c->step; at > 0 && i < lax_i_min((k + 1) * c->step, c->extent); i++)
            kernel->merge(lax_i_record_step(c->begin, i * c->chunk, c->size),
                          begin_of(c, i - c->step, at - 1), row_of(c, i), c->lanes);
    for (int64_t k = steps - 1; k >= 0; k--) {
        at = at == 0 ? c->block - 1 : at - 1;
        for (int64_t i = k * c->step; i < lax_i_min((k + 1) * c->step, c->extent); i++)
            if (!ends(c, i, at))
                kernel->merge(lax_i_record_step(c->end, i * c->chunk, c->size), row_of(c, i),
                              end_of(c, i + c->step, at + 1), c->lanes);
    }
}

/* The winner of elements first, first + step, ..., last. A window within one block begins or ends
 * it: windows are shorter than a block only where the operand clips them. */
static void window_winner(const struct column *c, const struct pick_kernel *kernel, int64_t first,
                          int64_t last, struct pick_record to) {
    int64_t from = c->step == 1 ? first : quotient(first, c->step);
    int64_t until = c->step == 1 ? last : quotient(last, c->step);
    int64_t block = quotient(from, c->block), other = quotient(until, c->block);
    from -= block * c->block, until -= other * c->block;
    if (block != other)
        kernel->merge(to, end_of(c, first, from), begin_of(c, last, until), c->lanes);
    else
        lax_i_record_copy(to, from == 0 ? begin_of(c, last, until) : end_of(c, first, from),
                          c->lanes, c->size);
}

/* A block is as long as the shortest window that is not clipped: base dilation makes some longer
 * by one, which still lie in two blocks. */
static struct column column_of(const struct separable *w, int d, int64_t pitch) {
    const struct window_axis *a = &w->g->axis[d];
    int64_t g = lax_i_gcd(a->window_dilation, a->base_dilation);
    struct column c = {.pitch = pitch,
                       .chunk = lax_i_min(CHUNK, pitch),
                       .extent = w->from.extent[d],
                       .size = w->size};
    c.step = a->window_dilation / g;
    c.block = lax_i_max(a->size / (a->base_dilation / g), 1);
    c.begin.key = w->room;
    c.begin.index = w->room + w->pass * (int64_t)w->size;
    c.end = lax_i_record_step(c.begin, 2 * w->pass, w->size);
    return c;
}

/* A position whose window the operand clips, or base dilation thins out. */
static void pass_clipped(const struct separable *w, int d, const struct column *c, int64_t p,
                         struct pick_record to) {
    struct taps t = lax_i_taps_at(&w->g->axis[d], p);
    if (t.count > 0) {
        t.first -= w->job->box->low[d];
        window_winner(c, w->g->kernel, t.first, t.first + (t.count - 1) * t.step, to);
        return;
    }
    memset(to.key, 0, (size_t)c->lanes * w->size); /* nobody asks for it */
    memset(to.index, 0, (size_t)c->lanes * w->size);
}

static void pass_chunk(struct separable *w, int d, struct column *c, struct pick_record to) {
    const struct pick_box *box = w->job->box;
    const struct window_axis *a = &w->g->axis[d];
    int64_t end = box->first[d] + box->count[d], width = (a->size - 1) * a->window_dilation;
    scan_blocks(c, w->g->kernel);
    for (int64_t p = box->first[d], n; p < end; p += n) {
        int64_t from = p * a->stride - a->pad_lo - box->low[d];
        bool clipped = a->base_dilation != 1 || p * a->stride < a->pad_lo ||
                       p * a->stride - a->pad_lo + width >= a->in;
        n = clipped ? 1 : lax_i_whole_windows(a, p, end);
        if (clipped) pass_clipped(w, d, c, p, to);
        for (int64_t j = 0; j < n && !clipped; j++, from += a->stride)
            window_winner(c, w->g->kernel, from, from + width,
                          lax_i_record_step(to, j * c->pitch, w->size));
        to = lax_i_record_step(to, n * c->pitch, w->size);
    }
}

/* Dimension d of [outer][extent][inner], a chunk of inner at a time. */
static void pass_rows(struct separable *w, int d) {
    int64_t inner = w->from.stride[d], outer = 1;
    for (int e = 0; e < d; e++)
        if (e != w->g->lane_dim) outer *= w->from.extent[e];
    struct column c = column_of(w, d, inner);
    for (int64_t o = 0; o < outer; o++)
        for (int64_t i = 0; i < inner; i += c.chunk) {
            c.lanes = lax_i_min(inner - i, c.chunk);
            c.from = lax_i_record_at(&w->from, o * w->from.extent[d] * inner + i, w->size);
            pass_chunk(w, d, &c, lax_i_record_at(&w->to, o * w->to.extent[d] * inner + i, w->size));
        }
}

/* --- all passes ------------------------------------------------------------------------------- */

static void pass(struct separable *w, int d) {
    memcpy(w->to.extent, w->from.extent, sizeof w->to.extent);
    w->to.extent[d] = w->job->box->count[d];
    lax_i_pick_dense(w->g, w->to.extent, w->to.stride);
    if (d == w->g->lane_dim)
        lax_i_pick_lines(w, d, 1);
    else if (w->from.stride[d] <= SHORT && w->g->axis[d].base_dilation == 1)
        lax_i_pick_lines(w, d, w->from.stride[d]);
    else
        pass_rows(w, d);
    struct plane done = w->to;
    w->to = w->from;
    w->from = done;
}

/* A start stands before all: it is the left part. */
static void merge_start(struct separable *w, struct pick_record r, int64_t n) {
    struct pick_record start = {w->room, w->room + CHUNK * (int64_t)w->size};
    const int64_t greatest = INT64_MAX;
    const int32_t narrow = INT32_MAX;
    lax_dtype index = w->size == 4 ? LAX_S32 : LAX_S64;
    const void *last = w->size == 4 ? (const void *)&narrow : &greatest;
    lax_i_move_kernel(w->g->key_type)(start.key, 1, w->job->start, 0, CHUNK);
    lax_i_move_kernel(index)(start.index, 1, last, 0, CHUNK);
    for (int64_t l = 0; l < n; l += CHUNK)
        w->g->kernel->merge(lax_i_record_step(r, l, w->size), start,
                            lax_i_record_step(r, l, w->size), lax_i_min(CHUNK, n - l));
}

/* Does the window at p hold no element? */
static bool is_empty(const struct window_axis *a, int64_t p) {
    return lax_i_taps_at(a, p).count == 0;
}

/* Lanes from p on, before end and PICK_LANES at most, whose windows are all empty, or none is. */
static int64_t alike(const struct window_axis *a, int64_t p, int64_t end, bool *none) {
    int64_t last = lax_i_min(end, p + PICK_LANES), next = p;
    *none = is_empty(a, p);
    do next += lax_i_whole_windows(a, next, last);
    while (next < last && is_empty(a, next) == *none);
    return next - p;
}

/* Lanes of one row; those whose windows are empty apart. */
static void take_row(struct separable *w, const int64_t *step, bool empty) {
    const struct pick_box *box = w->job->box;
    const struct picks *g = w->g;
    int d = g->lane_dim;
    struct pick_record r =
        lax_i_record_at(&w->from, lax_i_offset(g->rank, step, w->from.stride), w->size);
    struct pick_row *row = &w->row;
    for (int e = 0; e < g->rank; e++) row->position[e] = box->first[e] + step[e];
    if (!empty && w->job->start != NULL) merge_start(w, r, box->count[d]);
    for (int64_t q = 0; q < box->count[d]; q += row->lanes) {
        bool none;
        row->position[d] = box->first[d] + q;
        row->lanes = alike(&g->axis[d], row->position[d], box->first[d] + box->count[d], &none);
        row->key = lax_i_record_step(r, q, w->size).key;
        row->number = empty || none ? NULL : lax_i_record_step(r, q, w->size).index;
        row->signs = row->number;
        w->job->take(w->job->user, row);
    }
}

/* Of windows that are not dilated the first or the last is empty if any is. */
static bool any_empty(const struct window_axis *a, int64_t first, int64_t count) {
    bool plain = a->base_dilation == 1 && a->window_dilation == 1;
    return !plain || is_empty(a, first) || is_empty(a, first + count - 1);
}

/* All positions at once, if their user wants them so and no window is empty. */
static bool take_all(struct separable *w) {
    const struct picks *g = w->g;
    const struct pick_box *box = w->job->box;
    if (w->job->take_all == NULL || w->job->start != NULL) return false;
    for (int d = 0; d < g->rank; d++)
        if (box->extent[d] == 0 || any_empty(&g->axis[d], box->first[d], box->count[d]))
            return false;
    w->job->take_all(w->job->user, w->from.index, w->to.key, w->to.index);
    return true;
}

static void take_rows(struct separable *w) {
    const struct picks *g = w->g;
    const struct pick_box *box = w->job->box;
    int64_t step[PICK_RANK] = {0}, rows[PICK_RANK];
    for (int d = 0; d < g->rank; d++) rows[d] = d == g->lane_dim ? 1 : box->count[d];
    if (take_all(w)) return;
    do {
        bool empty = false;
        for (int d = 0; d < g->rank && !empty; d++)
            empty = box->extent[d] == 0 ||
                    (d != g->lane_dim && is_empty(&g->axis[d], box->first[d] + step[d]));
        take_row(w, step, empty);
    } while (lax_i_next(g->rank, step, rows));
}

void lax_i_pick_separable(const struct pick_job *job) {
    const struct picks *g = job->g;
    struct separable w = {.job = job, .g = g, .size = g->key_size, .row.runs = 1};
    bool nothing = false;
    for (int d = 0; d < g->rank; d++) {
        if (job->box->count[d] == 0) return;
        nothing |= job->box->extent[d] == 0;
    }
    int64_t plane = plane_elements(g, job->of_elements) * (int64_t)g->key_size;
    w.pass = pass_elements(g, job->of_elements);
    w.from.key = job->scratch;
    w.from.index = w.from.key + plane;
    w.to.key = w.from.index + plane;
    w.to.index = w.to.key + plane;
    w.room = w.to.index + plane;
    if (!nothing) {
        load_plane(&w);
        for (int d = g->rank - 1; d >= 0; d--)
            if (!lax_i_is_alone(&g->axis[d])) pass(&w, d);
    }
    take_rows(&w);
}
