/* SPDX-License-Identifier: Apache-2.0 */
/* Strips at work: levels that fold planes of rows. A level whose windows overlap much slides: of
 * the planes that its window holds, those before a pivot are kept as suffixes (each the fold of
 * itself and all up to the pivot), those after it as one prefix, so that a window is the fold of
 * one suffix and the prefix. When the window has passed the pivot, its planes become suffixes of a
 * new pivot, its end. Each plane is folded three times, however long the window is, and nothing is
 * ever subtracted (van Herk, Gil and Werman; windows clipped by padding or thinned by dilation need
 * not be alike). */
#include "lower/strips.h"

struct taps lax_i_strips_taps(const struct window_axis *a, int64_t position) {
    if (a->base_dilation > 1) return lax_i_taps_at(a, position);
    int64_t u = position * a->stride - a->pad_lo, d = a->window_dilation, in = a->in;
    int64_t skip = u < 0 ? d == 1 ? -u : lax_i_ceil_div(-u, d) : 0;
    int64_t end = u >= in ? 0 : u + (a->size - 1) * d < in ? a->size : (in - 1 - u) / d + 1;
    return (struct taps){.first = u + skip * d, .step = d, .count = lax_i_max(end - skip, 0)};
}

void lax_i_strips_fold(const struct strips *s, void *to, const void *const *rows, int k,
                       int64_t n) {
    s->fold->taps(to, rows, k, &(struct fold_span){.lanes = n, .pixels = 1});
}

static void fold_two(const struct strips *s, void *to, const void *a, const void *b, int64_t n) {
    lax_i_strips_fold(s, to, (const void *[]){a, b}, 2, n);
}

static void copy(const struct strips *s, void *to, const void *from, int64_t n) {
    memcpy(to, from, (size_t)n * s->work);
}

static void fill_identity(const struct strips *s, void *to, int64_t n) {
    s->fold->load(to, 1, s->identity, 0, n);
}

/* --- planes of the level below ---------------------------------------------------------------- */

static void run_level(struct strip_job *job, int j, int64_t offset, void *to);

/* An operand without elements has no address. */
static const void *element(const struct strip_job *job, int j, int64_t offset, int64_t i) {
    if (job->in == NULL) return NULL;
    return job->in + (offset + i * job->s->level[j].in_stride) * (int64_t)job->s->elem;
}

static void load_row(const struct strip_job *job, const char *from, void *to) {
    const struct strips *s = job->s;
    if (s->gathered)
        lax_i_strips_load(s, to, from, &(struct strip_rows){job->row, 1, 0},
                          job->scratch + s->raw_at);
    else
        s->fold->load(to, 1, from, s->has_x && s->lanes == 1 ? s->x_in : s->lane_in, job->row);
}

static const void *row_of_line(const struct strip_job *job, int j, int64_t i) {
    const struct strips *s = job->s;
    return job->scratch + s->level[j].line_at +
           (size_t)((i - job->line_first) * job->plane[j]) * s->work;
}

/* The plane of element i: made in `room`, or where it lies. */
static const void *plane(struct strip_job *job, int j, int64_t offset, int64_t i, void *room) {
    const struct strips *s = job->s;
    const char *from = element(job, j, offset, i);
    if (s->level[j].lined) return row_of_line(job, j, i);
    if (j + 1 < s->n)
        run_level(job, j + 1, offset + i * s->level[j].in_stride, room);
    else if (s->plain)
        return from;
    else
        load_row(job, from, room);
    return room;
}

static unsigned char *slot(const struct strip_job *job, int j, int64_t k) {
    const struct strip_level *l = &job->s->level[j];
    return job->scratch + l->slots_at + (size_t)(k % l->slots * job->plane[j]) * job->s->work;
}

/* --- windows one by one ----------------------------------------------------------------------- */

/* Rows as they are: any number, some at a time. */
static void gather_raw(struct strip_job *job, int j, int64_t offset, struct taps taps, void *to) {
    enum { MANY = 8 };
    const struct strips *s = job->s;
    int64_t n = job->plane[j];
    struct fold_box box = {.n_rows = 1, .col_step = taps.step * s->level[j].in_stride};
    box.lanes = n, box.pixels = 1, box.work = true;
    for (int64_t k = 0; k < taps.count; k += box.cols) {
        void *room = k == 0 ? to : job->scratch + s->spare_at;
        const void *row = element(job, j, offset, taps.first + k * taps.step);
        box.rows = &row, box.cols = lax_i_min(taps.count - k, MANY);
        s->fold->box(room, &box);
        if (room != to) fold_two(s, to, to, room, n);
    }
}

/* Planes are kept as long as there are slots, because the next window may need them again. */
static const void *kept(struct strip_job *job, int j, int64_t offset, int64_t i) {
    const struct strip_level *l = &job->s->level[j];
    int64_t k = i / l->step, *tag = &job->tag[j][k % l->slots];
    unsigned char *room = slot(job, j, k);
    if (*tag == i) return room;
    *tag = i;
    return plane(job, j, offset, i, room);
}

static void gather(struct strip_job *job, int j, int64_t offset, struct taps taps, void *to) {
    const struct strips *s = job->s;
    const void *rows[STRIP_SLOTS + 1];
    if (j + 1 == s->n && s->lies && !s->plain) {
        gather_raw(job, j, offset, taps, to);
        return;
    }
    bool lined = s->level[j].lined, lie = lined || (j + 1 == s->n && s->plain);
    for (int64_t k = 0; k < taps.count;) {
        int n = 0;
        bool more = k > 0;
        if (more) rows[n++] = to;
        int end = n + (int)lax_i_min(taps.count - k, lie ? STRIP_SLOTS : s->level[j].slots);
        for (; n < end; n++, k++) {
            int64_t i = taps.first + k * taps.step;
            rows[n] = lined ? row_of_line(job, j, i)
                      : lie ? element(job, j, offset, i)
                            : kept(job, j, offset, i);
        }
        lax_i_strips_fold(s, to, rows, n, job->plane[j]);
    }
}

/* --- windows that slide ----------------------------------------------------------------------- */

/* Planes of one residue by number k; in their slots unless they are read where they lie. */
struct source {
    int j;
    int64_t offset, residue, step;
};

static const void *source(struct strip_job *job, const struct source *from, int64_t k) {
    return plane(job, from->j, from->offset, from->residue + k * from->step, slot(job, from->j, k));
}

static bool in_place(const struct strip_job *job, int j) {
    return job->s->level[j].lined || (job->s->plain && j + 1 == job->s->n);
}

/* Suffixes of a new pivot b, down to a. */
static void build_suffixes(struct strip_job *job, const struct source *from, int64_t a, int64_t b) {
    int j = from->j;
    int64_t n = job->plane[j];
    bool lies = in_place(job, j);
    for (int64_t k = lax_i_max(a, job->filled[j]); !lies && k < b; k++) source(job, from, k);
    if (lies) copy(job->s, slot(job, j, b - 1), source(job, from, b - 1), n);
    for (int64_t k = b - 2; k >= a; k--)
        fold_two(job->s, slot(job, j, k), lies ? source(job, from, k) : slot(job, j, k),
                 slot(job, j, k + 1), n);
    job->pivot[j] = job->filled[j] = b;
}

static void slide(struct strip_job *job, int j, int64_t offset, struct taps taps, void *to) {
    const struct strip_level *l = &job->s->level[j];
    struct source from = {j, offset, taps.first % l->step, l->step};
    int64_t a = taps.first / l->step, b = a + taps.count, n = job->plane[j];
    unsigned char *prefix = job->scratch + l->prefix_at;
    if (a >= job->pivot[j]) {
        build_suffixes(job, &from, a, b);
        copy(job->s, to, slot(job, j, a), n);
        return;
    }
    for (int64_t k = job->filled[j]; k < b; k++) {
        const void *x = source(job, &from, k);
        if (k == job->pivot[j]) {
            copy(job->s, prefix, x, n);
        } else if (k == b - 1) {
            job->s->fold->sweep(to, slot(job, j, a), prefix, x, n);
            job->filled[j] = b;
            return;
        } else {
            fold_two(job->s, prefix, prefix, x, n);
        }
    }
    job->filled[j] = b;
    if (b == job->pivot[j])
        copy(job->s, to, slot(job, j, a), n);
    else
        fold_two(job->s, to, slot(job, j, a), prefix, n);
}

/* All elements that the tile's windows may meet, into the line. */
static void load_line(struct strip_job *job, int j, int64_t offset) {
    const struct strips *s = job->s;
    const struct strip_level *l = &s->level[j];
    const struct window_axis *a = &l->axis;
    int64_t low = job->begin[j] * a->stride - a->pad_lo;
    int64_t high = (job->end[j] - 1) * a->stride - a->pad_lo + (a->size - 1) * a->window_dilation;
    int64_t first = low <= 0 ? 0 : lax_i_ceil_div(low, a->base_dilation);
    int64_t end = high < 0 ? 0 : lax_i_min(high / a->base_dilation + 1, a->in);
    job->line_first = first;
    if (first >= end) return;
    struct strip_rows rows = {job->plane[j], end - first, l->in_stride};
    lax_i_strips_load(s, job->scratch + l->line_at, element(job, j, offset, first), &rows,
                      job->scratch + s->raw_at);
}

/* Elements from..end of the innermost level in working form, where they lie or in its line. */
static const void *line(const struct strip_job *job, int j, int64_t offset, struct taps span) {
    const struct strips *s = job->s;
    unsigned char *room = job->scratch + s->level[j].line_at;
    int64_t n = job->plane[j], step = s->level[j].in_stride;
    if (s->level[j].lined) return row_of_line(job, j, span.first);
    if (s->plain) return element(job, j, offset, span.first);
    if (s->raw && step == n) {
        s->fold->load(room, 1, element(job, j, offset, span.first), 1, span.count * n);
        return room;
    }
    for (int64_t k = 0; k < span.count; k++)
        load_row(job, element(job, j, offset, span.first + k), room + (size_t)(k * n) * s->work);
    return room;
}

/* Windows that begin behind the last element, or end before the first, are empty. */
static void slide_at_once(struct strip_job *job, int j, int64_t offset, unsigned char *to) {
    const struct strips *s = job->s;
    const struct window_axis *a = &s->level[j].axis;
    int64_t n = job->plane[j], begin = job->begin[j], end = job->end[j];
    size_t row = (size_t)n * s->work;
    while (begin < end && lax_i_strips_taps(a, begin).count == 0) begin++;
    while (begin < end && lax_i_strips_taps(a, end - 1).count == 0) end--;
    fill_identity(s, to, (begin - job->begin[j]) * n);
    to += (size_t)(begin - job->begin[j]) * row;
    fill_identity(s, to + (size_t)(end - begin) * row, (job->end[j] - end) * n);
    if (begin == end) return;
    int64_t u = begin * a->stride - a->pad_lo, first = lax_i_max(u, 0);
    int64_t last = lax_i_min((end - 1) * a->stride - a->pad_lo + a->size, a->in);
    struct taps span = {.first = first, .step = 1, .count = last - first};
    struct fold_slide slide = {.lanes = n,
                               .x_step = s->plain ? s->level[j].in_stride : n,
                               .to_step = n,
                               .first = u - first,
                               .size = a->size,
                               .stride = a->stride,
                               .in = span.count,
                               .out = end - begin};
    s->fold->slide(to, line(job, j, offset, span), slot(job, j, 0), &slide);
}

/* --- results ---------------------------------------------------------------------------------- */

int64_t lax_i_strips_offset(const struct strip_job *job) {
    int64_t offset = 0;
    for (int j = 0; j < job->s->n; j++) offset += job->position[j] * job->s->level[j].out_stride;
    return offset;
}

static void finish_row(struct strip_job *job, void *row, int64_t n) {
    if (job->s->has_x)
        lax_i_strips_x(job, row, 1);
    else
        lax_i_strips_store(job, lax_i_strips_offset(job), row, n);
}

/* A plane of level 0: rows at the positions of the levels from 1 on. Neighbouring rows without a
 * divisor of their own that lie next to each other in the result are stored as one. */
static void finish_plane(struct strip_job *job, unsigned char *rows) {
    const struct strips *s = job->s;
    int64_t run = 1;
    int last = s->n - 1;
    if (last > 0 && !s->has_x && !s->gathered && job->p->divide == DIVIDE_NONE &&
        s->lane_out == 1 && s->level[last].out_stride == job->row)
        run = job->end[last] - job->begin[last];
    for (int j = 1; j < s->n; j++) job->position[j] = job->begin[j];
    for (;;) {
        finish_row(job, rows, job->row * run);
        rows += (size_t)(job->row * run) * s->work;
        int j = run > 1 ? last - 1 : last;
        while (j > 0 && ++job->position[j] == job->end[j]) job->position[j] = job->begin[j], j--;
        if (j <= 0) return;
    }
}

/* Where a plane of level 0 can be folded where its results lie, which is then one run of the
 * result; else NULL. */
static unsigned char *result_of_plane(const struct strip_job *job) {
    const struct strips *s = job->s;
    bool run = s->n == 1 || (s->n == 2 && s->level[1].out_stride == job->row);
    if (!s->plain || s->has_x || !run || s->has_init || s->lane_out != 1 ||
        job->p->divide != DIVIDE_NONE)
        return NULL;
    int64_t offset = job->position[0] * s->level[0].out_stride;
    if (s->n == 2) offset += job->begin[1] * s->level[1].out_stride;
    return (unsigned char *)job->out + offset * (int64_t)s->elem;
}

/* --- levels ----------------------------------------------------------------------------------- */

static void forget(struct strip_job *job, int j) {
    for (int k = 0; k < STRIP_SLOTS; k++) job->tag[j][k] = -1;
    job->pivot[j] = job->filled[j] = INT64_MIN;
}

/* The planes of a level's outputs into `to`; those of level 0 are results. */
static void run_level(struct strip_job *job, int j, int64_t offset, void *to) {
    const struct strip_level *l = &job->s->level[j];
    if (j == job->s->box) {
        lax_i_strips_box(job, offset, to);
        return;
    }
    if (l->lined) load_line(job, j, offset);
    if (l->at_once) {
        slide_at_once(job, j, offset, to);
        return;
    }
    for (int64_t r = 0; r < l->period && job->begin[j] + r < job->end[j]; r++) {
        forget(job, j);
        for (int64_t p = job->begin[j] + r; p < job->end[j]; p += l->period) {
            struct taps taps = lax_i_strips_taps(&l->axis, p);
            unsigned char *at = to, *result = NULL;
            job->position[j] = p;
            if (j == 0) result = result_of_plane(job);
            if (result != NULL) at = result;
            if (j > 0) at += (size_t)((p - job->begin[j]) * job->plane[j]) * job->s->work;
            if (taps.count == 0)
                fill_identity(job->s, at, job->plane[j]);
            else if (l->stack)
                slide(job, j, offset, taps, at);
            else
                gather(job, j, offset, taps, at);
            if (j == 0 && result == NULL) finish_plane(job, at);
        }
    }
}

/* --- tiles ------------------------------------------------------------------------------------ */

/* Elements of x that any output of the tile may meet. */
static void set_row(struct strip_job *job, int64_t tile) {
    const struct strips *s = job->s;
    const struct window_axis *a = &s->x;
    job->x_begin = tile * s->x_tile;
    job->x_end = lax_i_min(job->x_begin + s->x_tile, a->out);
    int64_t low = job->x_begin * a->stride - a->pad_lo;
    int64_t high = (job->x_end - 1) * a->stride - a->pad_lo + (a->size - 1) * a->window_dilation;
    int64_t first = low <= 0 ? 0 : lax_i_ceil_div(low, a->base_dilation);
    int64_t end = high < 0 ? 0 : lax_i_min(high / a->base_dilation + 1, a->in);
    job->x_first = lax_i_min(first, end);
    job->x_count = end - job->x_first;
    job->row = job->x_count * s->lanes;
}

/* Takes the tile's number apart: lanes or x innermost, then levels, then the outer dimensions. */
static void set_tile(struct strip_job *job, int64_t tile) {
    const struct strips *s = job->s;
    int64_t in = 0, out = 0;
    if (s->has_x) {
        job->lanes = s->lanes;
        set_row(job, tile % s->x_tiles);
        in = job->x_first * s->x_in, out = job->x_begin * s->x_out;
        tile /= s->x_tiles;
    } else {
        int64_t first = tile % s->lane_tiles * s->lane_tile, units = s->lanes / s->lane_unit;
        job->lanes = job->row = lax_i_min(s->lane_tile, units - first) * s->lane_unit;
        in = first * s->lane_in, out = first * s->lane_out;
        tile /= s->lane_tiles;
    }
    for (int j = s->n - 1; j >= 0; j--) {
        const struct strip_level *l = &s->level[j];
        job->begin[j] = tile % l->tiles * l->tile;
        job->end[j] = lax_i_min(job->begin[j] + l->tile, l->axis.out);
        tile /= l->tiles;
    }
    for (int d = s->outer_rank - 1; d >= 0; d--) {
        int64_t i = tile % s->outer_size[d];
        in += i * s->outer_in[d], out += i * s->outer_out[d];
        tile /= s->outer_size[d];
    }
    if (job->in != NULL) job->in += in * (int64_t)s->elem;
    job->out += out * (int64_t)s->elem;
}

void lax_i_strips_tile(const struct window_problem *p, const struct strips *s, int64_t tile,
                       const struct execution *execution, void *scratch) {
    struct strip_job job; /* large, and cleared where it is used */
    job.s = s, job.p = p;
    job.in = execution->in[0], job.out = execution->out[0];
    job.scratch = scratch;
    set_tile(&job, tile);
    int64_t lanes = job.row;
    for (int j = s->n - 1; j >= 0; j--) {
        job.plane[j] = lanes;
        lanes *= job.end[j] - job.begin[j];
    }
    void *row = job.scratch + s->plane_at;
    if (s->n > 0) {
        run_level(&job, 0, 0, row);
        return;
    }
    if (s->plain && s->has_x) {
        lax_i_strips_x(&job, job.in, 1);
        return;
    }
    load_row(&job, job.in, row);
    finish_row(&job, row, job.row);
}
