/* SPDX-License-Identifier: Apache-2.0 */
/* Small windows of several levels at once: the rows of a window, 9 at most, are folded where they
 * lie, for a run of outputs in one call of the kernel. Runs end where padding or dilation gives
 * windows other elements. Where nothing is left to do to results, they are written as they come. */
#include "lower/strips.h"

/* Rows of the outer levels of the box at one position, as offsets. */
struct rows_of_box {
    int64_t offset[STRIP_ROWS];
    int count;
};

/* Every combination of the elements that the windows of levels g to the last but one meet. */
static struct rows_of_box outer_rows(const struct strip_job *job, int g, int64_t offset) {
    struct rows_of_box rows = {.offset = {offset}, .count = 1};
    for (int j = g; j < job->s->n - 1; j++) {
        const struct strip_level *l = &job->s->level[j];
        struct taps taps = lax_i_strips_taps(&l->axis, job->position[j]);
        struct rows_of_box all = {.count = 0};
        for (int r = 0; r < rows.count; r++)
            for (int64_t k = 0; k < taps.count; k++)
                all.offset[all.count++] =
                    rows.offset[r] + (taps.first + k * taps.step) * l->in_stride;
        rows = all;
    }
    return rows;
}

/* Outputs of the last level whose windows are whole. */
static void interior(const struct window_axis *a, int64_t *first, int64_t *end) {
    int64_t last = a->in - 1 - (a->size - 1) * a->window_dilation + a->pad_lo;
    *first = a->pad_lo <= 0 ? 0 : lax_i_ceil_div(a->pad_lo, a->stride);
    *end = last < 0 || a->base_dilation > 1 ? 0 : last / a->stride + 1;
}

static bool one_pass(const struct strips *s, int k) {
    return s->plain || k <= 4 || k == 8 || k == 9;
}

/* A run of `pixels` outputs of the last level from p on. */
struct run {
    int64_t p, pixels;
    const void *rows[STRIP_ROWS];
    int count;
};

static struct run next_run(const struct strip_job *job, const struct rows_of_box *outer, int64_t p,
                           int64_t most) {
    const struct strip_level *l = &job->s->level[job->s->n - 1];
    struct run run = {.p = p, .pixels = 1};
    int64_t first, end;
    interior(&l->axis, &first, &end);
    if (p >= first && p < end)
        run.pixels = lax_i_min(lax_i_min(end, job->end[job->s->n - 1]) - p, most);
    struct taps taps = lax_i_strips_taps(&l->axis, p);
    for (int r = 0; r < outer->count; r++)
        for (int64_t k = 0; k < taps.count; k++)
            run.rows[run.count++] =
                job->in + (outer->offset[r] + (taps.first + k * taps.step) * l->in_stride) *
                              (int64_t)job->s->elem;
    return run;
}

static void fold_run(const struct strip_job *job, const struct run *run, lax_i_fold_rows_fn *fold,
                     void *to, int64_t out_step) {
    const struct strip_level *l = &job->s->level[job->s->n - 1];
    struct fold_span span = {job->row, run->pixels, l->axis.stride * l->in_stride, out_step};
    if (run->count > 0) {
        fold(to, run->rows, run->count, &span);
        return;
    }
    for (int64_t k = 0; k < run->pixels; k++)
        job->s->fold->load((char *)to + (size_t)(k * out_step) * job->s->work, 1, job->s->identity,
                           0, job->row);
}

/* Results of a run by way of the working form. */
static void store_run(struct strip_job *job, const struct run *run) {
    const struct strips *s = job->s;
    unsigned char *room = job->scratch + s->plane_at;
    int64_t step = s->level[s->n - 1].out_stride, one = run->pixels;
    fold_run(job, run, s->fold->raw, room, job->row);
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
    fold_run(job, run, s->fold->raw, room, job->pitch);
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
    bool as_is = s->fold->direct != NULL && !s->has_init && job->p->divide == DIVIDE_NONE &&
                 s->lane_out == 1 && run->count > 0 && one_pass(s, run->count);
    job->position[s->n - 1] = run->p;
    if (as_is)
        fold_run(job, run, s->fold->direct, job->out + lax_i_strips_offset(job) * (int64_t)s->elem,
                 s->level[s->n - 1].out_stride);
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
    for (;;) {
        struct rows_of_box outer = outer_rows(job, g, offset);
        for (int64_t p = job->begin[last]; p < job->end[last];) {
            struct run run = next_run(job, &outer, p, most - job->waiting);
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
            fold_run(job, &run, s->fold->raw, at, job->row);
            at += (size_t)(run.pixels * job->row) * s->work;
        }
        flush(job);
        int j = last - 1;
        while (j >= g && ++job->position[j] == job->end[j]) job->position[j] = job->begin[j], j--;
        if (j < g) return;
    }
}
