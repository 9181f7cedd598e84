/* SPDX-License-Identifier: Apache-2.0 */
/* Small windows of several levels at once: the rows of a window are folded where they lie, for a
 * run of outputs in one call of the kernel; overlapping ones share their columns. Runs end where
 * padding or dilation gives windows other elements. Where nothing is left to do to results, they
 * are written as they come. */
#include "lower/strips.h"

/* Rows of the outer levels of the box at one position, as offsets. */
struct rows_of_box {
    int64_t offset[STRIP_BOX];
    int count;
};

/* Every combination of the elements that the windows of levels g to the last but one meet. */
static void outer_rows(const struct strip_job *job, int g, int64_t offset,
                       struct rows_of_box *rows) {
    rows->offset[0] = offset, rows->count = 1;
    for (int j = g; j < job->s->n - 1; j++) {
        const struct strip_level *l = &job->s->level[j];
        struct taps taps = lax_i_strips_taps(&l->axis, job->position[j]);
        int64_t step = taps.step * l->in_stride;
        rows->count *= (int)taps.count;
        for (int r = rows->count - 1; r >= 0; r--)
            rows->offset[r] = rows->offset[r / (int)taps.count] + taps.first * l->in_stride +
                              r % (int)taps.count * step;
    }
}

/* Outputs of the last level whose windows are whole. */
static void interior(const struct window_axis *a, int64_t *first, int64_t *end) {
    int64_t last = a->in - 1 - (a->size - 1) * a->window_dilation + a->pad_lo;
    *first = a->pad_lo <= 0 ? 0 : lax_i_ceil_div(a->pad_lo, a->stride);
    *end = last < 0 || a->base_dilation > 1 ? 0 : last / a->stride + 1;
}

/* A run of `pixels` outputs of the last level from p on. */
struct run {
    int64_t p, pixels;
    const void *rows[STRIP_BOX];
    int count;
    struct taps taps;
};

static void next_run(const struct strip_job *job, const struct rows_of_box *outer, int64_t p,
                     int64_t most, struct run *run) {
    const struct strip_level *l = &job->s->level[job->s->n - 1];
    int64_t first, end;
    interior(&l->axis, &first, &end);
    run->p = p, run->pixels = 1;
    if (p >= first && p < end)
        run->pixels = lax_i_min(lax_i_min(end, job->end[job->s->n - 1]) - p, most);
    run->taps = lax_i_strips_taps(&l->axis, p);
    run->count = run->taps.count > 0 ? outer->count : 0;
    for (int r = 0; r < run->count; r++)
        run->rows[r] =
            job->in + (outer->offset[r] + run->taps.first * l->in_stride) * (int64_t)job->s->elem;
}

/* Windows of elements as they lie. */
static void fold_columns(const struct strip_job *job, const struct run *run, bool work, char *to,
                         int64_t out_step) {
    const struct strips *s = job->s;
    const struct strip_level *l = &s->level[s->n - 1];
    int64_t cols = run->taps.count, col_step = run->taps.step * l->in_stride;
    const void *rows[STRIP_BOX];
    bool one = run->count == 1; /* row's columns are as well rows of one column */
    struct fold_box box = {.rows = rows, .n_rows = one ? (int)cols : run->count, .work = work};
    box.cols = one ? 1 : cols, box.col_step = one ? 0 : col_step;
    box.lanes = job->row, box.pixels = run->pixels;
    box.in_step = l->axis.stride * l->in_stride, box.out_step = out_step;
    for (int k = 0; k < box.n_rows; k++) {
        int64_t at = one ? k * col_step : 0;
        rows[k] = (const char *)run->rows[one ? 0 : k] + at * (int64_t)s->elem;
    }
    s->fold->box(to, &box);
}

/* Outputs side by side, whose windows overlap: rows first, into a short line, then columns, so that
 * columns are folded once. Not where each element is one instruction anyway. */
static bool overlap(const struct strip_job *job, const struct run *run) {
    const struct strips *s = job->s;
    const struct strip_level *l = &s->level[s->n - 1];
    int64_t room = STRIP_RUN / (job->row * (int64_t)s->work);
    return s->fold->across != NULL && !s->plain && run->count > 1 && run->taps.count > 1 &&
           l->axis.stride == 1 && l->in_stride == job->row && job->row * (int64_t)s->work >= 64 &&
           room >= 2 * run->taps.count * run->taps.step;
}

static void fold_overlapping(const struct strip_job *job, const struct run *run, char *to,
                             int64_t out_step) {
    const struct strips *s = job->s;
    int64_t row = job->row, more = (run->taps.count - 1) * run->taps.step;
    int64_t block = STRIP_RUN / (row * (int64_t)s->work) - more;
    unsigned char *line = job->scratch + s->plane_at;
    const void *rows[STRIP_BOX];
    struct fold_box box = {.rows = rows, .n_rows = run->count, .cols = 1, .pixels = 1};
    struct fold_across across = {.taps = run->taps.count, .tap_step = run->taps.step * row};
    bool dense = out_step == row;
    box.work = true, across.skip = 1, across.in_step = row, across.out_step = out_step;
    for (int64_t p = 0; p < run->pixels; p += block) {
        int64_t n = lax_i_min(block, run->pixels - p);
        for (int k = 0; k < run->count; k++)
            rows[k] = (const char *)run->rows[k] + p * row * (int64_t)s->elem;
        box.lanes = (n + more) * row;
        s->fold->box(line, &box);
        across.lanes = dense ? n * row : row, across.pixels = dense ? 1 : n;
        s->fold->across(to + p * out_step * (int64_t)s->elem, line, &across);
    }
}

/* Elements that are their working form, by the fold of rows. */
static void fold_plain(const struct strip_job *job, const struct run *run, void *to,
                       int64_t out_step) {
    const struct strip_level *l = &job->s->level[job->s->n - 1];
    struct fold_span span = {job->row, run->pixels, l->axis.stride * l->in_stride, out_step};
    const void *rows[STRIP_BOX];
    int n = 0;
    for (int r = 0; r < run->count; r++)
        for (int64_t k = 0; k < run->taps.count; k++)
            rows[n++] = (const char *)run->rows[r] +
                        k * run->taps.step * l->in_stride * (int64_t)job->s->elem;
    job->s->fold->taps(to, rows, n, &span);
}

/* Rows that are their working form are folded faster where they lie than in a box, but for the
 * short ones that x wants, of which a box takes several in a vector's time. */
static void fold_run(const struct strip_job *job, const struct run *run, bool work, void *to,
                     int64_t out_step) {
    const struct strips *s = job->s;
    if (run->count > 0 && s->fold->box != NULL && (s->has_x || !s->plain))
        fold_columns(job, run, work, to, out_step);
    else if (run->count > 0)
        fold_plain(job, run, to, out_step);
    for (int64_t k = 0; run->count == 0 && k < run->pixels; k++)
        s->fold->load((char *)to + (size_t)(k * out_step) * s->work, 1, s->identity, 0, job->row);
}

/* Results of a run by way of the working form. */
static void store_run(struct strip_job *job, const struct run *run) {
    const struct strips *s = job->s;
    unsigned char *room = job->scratch + s->plane_at;
    int64_t step = s->level[s->n - 1].out_stride, one = run->pixels;
    fold_run(job, run, true, room, job->row);
    if (step != job->row || s->lane_out != 1 || job->p->divide != DIVIDE_NONE) one = 1;
    for (int64_t k = 0; k < run->pixels; k += one, room += (size_t)job->row * s->work) {
        job->position[s->n - 1] = run->p + k;
        lax_i_strips_store(job, lax_i_strips_offset(job), room, job->row * one);
    }
}

/* Rows wait for others before windows of x are taken of all. */
static void keep_run(struct strip_job *job, const struct run *run) {
    const struct strips *s = job->s;
    unsigned char *room = job->line + (size_t)(job->waiting * job->pitch) * s->work;
    fold_run(job, run, true, room, job->pitch);
    if (job->waiting == 0) job->position[s->n - 1] = run->p;
    job->waiting += run->pixels;
}

static void flush(struct strip_job *job) {
    if (job->waiting == 0) return;
    lax_i_strips_x(job, job->lined ? NULL : job->line, job->waiting);
    job->waiting = 0;
}

static void finish_run(struct strip_job *job, const struct run *run) {
    const struct strips *s = job->s;
    bool as_is =
        !s->has_init && job->p->divide == DIVIDE_NONE && s->lane_out == 1 && run->count > 0;
    job->position[s->n - 1] = run->p;
    char *to = job->out + lax_i_strips_offset(job) * (int64_t)s->elem;
    int64_t out_step = s->level[s->n - 1].out_stride;
    if (as_is && overlap(job, run))
        fold_overlapping(job, run, to, out_step);
    else if (as_is)
        fold_run(job, run, false, to, out_step);
    else
        store_run(job, run);
}

void lax_i_strips_box(struct strip_job *job, int64_t offset, void *to) {
    const struct strips *s = job->s;
    int g = s->box, last = s->n - 1;
    unsigned char *at = to;
    int64_t room = STRIP_RUN / (lax_i_max(job->row, 1) * (int64_t)s->work);
    int64_t most = g > 0 ? INT64_MAX : lax_i_max(1, s->has_x ? s->x_rows : room);
    if (g == 0 && s->has_x) lax_i_strips_line(job, lax_i_min(most, job->end[last]));
    job->waiting = 0;
    for (int j = g; j <= last; j++) job->position[j] = job->begin[j];
    struct rows_of_box outer; /* large, and cleared where they are used */
    struct run run;
    for (;;) {
        outer_rows(job, g, offset, &outer);
        for (int64_t p = job->begin[last]; p < job->end[last];) {
            next_run(job, &outer, p, most - job->waiting, &run);
            p += run.pixels;
            if (g == 0 && s->has_x) {
                keep_run(job, &run);
                if (job->waiting == most) flush(job);
                continue;
            }
            if (g == 0) {
                finish_run(job, &run);
                continue;
            }
            fold_run(job, &run, true, at, job->row);
            at += (size_t)(run.pixels * job->row) * s->work;
        }
        flush(job);
        int j = last - 1;
        while (j >= g && ++job->position[j] == job->end[j]) job->position[j] = job->begin[j], j--;
        if (j < g) return;
    }
}
