/* SPDX-License-Identifier: Apache-2.0 */
/* Windows along a row: shifted copies of the row are folded, a vector of outputs at a time. Short
 * windows are folded shift by shift; of longer ones, runs of 4, 16, 64 ... elements are folded
 * first, of which every window is made, so that the cost grows with the logarithm of the window.
 * Strides and dilations are shifts too, once the row is split by its residues. Windows that hardly
 * overlap are folded in halves, each on its own. */
#include "lower/strips.h"

/* Elements x of the row stand at positions of the padded, dilated axis from the tile's first window
 * on; what is no element is the identity. */
struct line {
    const struct strip_job *job;
    const struct strips *s;
    int64_t length;      /* positions */
    int64_t rows, apart; /* results in as many rows without gaps, from positions so far apart */
    unsigned char *room[STRIP_LINES]; /* of s->x_room lanes each */
};

static size_t bytes(const struct strips *s, int64_t positions) {
    return (size_t)(positions * s->lanes) * s->work;
}

/* n positions, to_step and step apart. */
static inline void pick(unsigned char *to, int64_t to_step, const unsigned char *from, int64_t step,
                        int64_t n, const size_t size) {
    for (int64_t i = 0; i < n; i++)
        memmove(to + (size_t)(i * to_step) * size, from + (size_t)(i * step) * size, size);
}

/* Frequent sizes are spelled out so that a copy is some instructions. */
static void thin(const struct strips *s, unsigned char *to, int64_t to_step,
                 const unsigned char *from, int64_t step, int64_t n) {
    size_t size = bytes(s, 1);
    if (s->lanes == 1)
        s->fold->move(to, to_step, from, step, n);
    else if (size == 12)
        pick(to, to_step, from, step, n, 12);
    else if (size == 16)
        pick(to, to_step, from, step, n, 16);
    else
        pick(to, to_step, from, step, n, size);
}

/* Every step-th position. */
static void every(const struct strips *s, unsigned char *to, const unsigned char *from,
                  int64_t step, int64_t n) {
    thin(s, to, 1, from, step, n);
}

static void pad(const struct line *l, const unsigned char *row, unsigned char *to, int64_t length) {
    const struct strip_job *job = l->job;
    const struct strips *s = l->s;
    const struct window_axis *a = &s->x;
    int64_t origin = job->x_begin * a->stride - a->pad_lo; /* of the line */
    int64_t at = job->x_first * a->base_dilation - origin, end = at + job->x_count;
    if (job->x_count == 0 || a->base_dilation > 1) at = end = 0;
    s->fold->load(to, 1, s->identity, 0, at * s->lanes);
    s->fold->load(to + bytes(s, end), 1, s->identity, 0, (length - end) * s->lanes);
    if (at < end) memcpy(to + bytes(s, at), row, bytes(s, job->x_count));
    if (a->base_dilation > 1 && job->x_count > 0)
        thin(s, to + bytes(s, job->x_first * a->base_dilation - origin), a->base_dilation, row, 1,
             job->x_count);
}

/* --- windows that hardly overlap -------------------------------------------------------------- */

/* One window of n neighbours, in eighths, quarters and halves. */
static void fold_run(const struct line *l, void *to, const unsigned char *from, int64_t n) {
    const struct strips *s = l->s;
    unsigned char *room = l->room[1];
    while (n > 1) {
        int parts = n >= 8 ? 8 : n >= 4 ? 4 : (int)n;
        int64_t part = n / parts, rest = n - part * parts;
        const void *rows[8];
        for (int t = 0; t < parts; t++) rows[t] = from + bytes(s, t * part);
        lax_i_strips_fold(s, room, rows, parts, part * s->lanes);
        memmove(room + bytes(s, part), from + bytes(s, parts * part), bytes(s, rest));
        from = room, n = part + rest;
    }
    memcpy(to, from, bytes(s, 1));
}

static void fold_runs(const struct line *l, unsigned char *to, const unsigned char *line) {
    const struct window_axis *a = &l->s->x;
    for (int64_t x = 0; x < l->job->x_end - l->job->x_begin; x++)
        fold_run(l, to + bytes(l->s, x), line + bytes(l->s, x * a->stride), a->size);
}

/* --- short windows ---------------------------------------------------------------------------- */

/* Into one run of n results, or into rows of n results each. */
static void fold_short(const struct line *l, void *to, const void *const *rows, int64_t n) {
    struct fold_span span = {n * l->s->lanes, l->rows, l->apart * l->s->lanes, n * l->s->lanes};
    l->s->fold->taps(to, rows, (int)l->s->x.size, &span);
}

static void fold_shifts(const struct line *l, void *to, const unsigned char *line, int64_t n) {
    const struct window_axis *a = &l->s->x;
    const void *rows[STRIP_ROWS];
    for (int t = 0; t < a->size; t++) rows[t] = line + bytes(l->s, t * a->window_dilation);
    fold_short(l, to, rows, n);
}

/* Position p * stride + r of the line is position p of the r-th of `stride` shorter ones. */
static void fold_phases(const struct line *l, void *to, const unsigned char *line, int64_t n) {
    const struct window_axis *a = &l->s->x;
    const void *rows[STRIP_ROWS];
    int64_t each = lax_i_ceil_div(l->length, a->stride);
    for (int64_t r = 0; r < lax_i_min(a->stride, l->length); r++)
        every(l->s, l->room[1] + bytes(l->s, r * each), line + bytes(l->s, r), a->stride,
              (l->length - r + a->stride - 1) / a->stride);
    for (int t = 0; t < a->size; t++) {
        int64_t u = t * a->window_dilation;
        rows[t] = l->room[1] + bytes(l->s, u % a->stride * each + u / a->stride);
    }
    fold_short(l, to, rows, n);
}

/* --- long windows ----------------------------------------------------------------------------- */

/* Runs of 4 q elements from those of q. */
static const unsigned char *quadruple(const struct line *l, unsigned char *to,
                                      const unsigned char *from, int64_t q, int64_t n) {
    size_t shift = bytes(l->s, q * l->s->x.window_dilation);
    const void *rows[4] = {from, from + shift, from + 2 * shift, from + 3 * shift};
    int64_t positions = n + (l->s->x.size - 4 * q) * l->s->x.window_dilation;
    lax_i_strips_fold(l->s, to, rows, 4, positions * l->s->lanes);
    return to;
}

/* Runs may overlap: the longest that fit, the last one at the window's end. */
static void fold_overlapping(const struct line *l, void *to, const unsigned char *line, int64_t n) {
    const struct window_axis *a = &l->s->x;
    const void *rows[4];
    int64_t q = 1;
    int k = 0;
    for (; 4 * q <= a->size; q *= 4)
        line = quadruple(l, l->room[line == l->room[1] ? 2 : 1], line, q, n);
    for (int64_t at = 0; k == 0 || at < a->size; at += q)
        rows[k++] = line + bytes(l->s, lax_i_min(at, a->size - q) * a->window_dilation);
    lax_i_strips_fold(l->s, to, rows, k, n * l->s->lanes);
}

/* Runs side by side, as the window's length in base 4 says. Single elements wait for the first run,
 * which saves a pass. */
static void fold_digits(const struct line *l, void *to, const unsigned char *line, int64_t n) {
    const struct window_axis *a = &l->s->x;
    const void *rows[7];
    int k = 0, any = 0;
    int64_t at = 0;
    for (int64_t q = 1; q <= a->size; q *= 4) {
        for (int64_t digit = a->size / q % 4; digit > 0; digit--, at += q)
            rows[k++] = line + bytes(l->s, at * a->window_dilation);
        if (q > 1 && k > any) {
            lax_i_strips_fold(l->s, to, rows, k, n * l->s->lanes);
            rows[0] = to, k = any = 1;
        }
        if (4 * q <= a->size) line = quadruple(l, l->room[line == l->room[1] ? 2 : 1], line, q, n);
    }
}

static void fold_long(const struct line *l, unsigned char *to, const unsigned char *line,
                      int64_t n) {
    const struct window_axis *a = &l->s->x;
    int64_t all = (n - 1) * a->stride + 1;
    unsigned char *into = a->stride == 1 ? to : l->room[4];
    if (l->s->idempotent)
        fold_overlapping(l, into, line, all);
    else
        fold_digits(l, into, line, all);
    if (a->stride > 1) every(l->s, to, into, a->stride, n);
}

/* Rows become one line, each padded to `pitch` positions: windows that would reach from one row to
 * the next are folded too, and not stored. One row that needs no padding is the line. */
static const unsigned char *line_up(const struct line *l, const unsigned char *rows, int64_t count,
                                    int64_t pitch) {
    const struct strip_job *job = l->job;
    const struct window_axis *a = &l->s->x;
    bool whole = a->base_dilation == 1 && job->x_count >= l->length &&
                 job->x_first == job->x_begin * a->stride - a->pad_lo;
    if (job->x_count == 0 || (count == 1 && whole)) return rows;
    for (int64_t r = 0; r < count; r++)
        pad(l, rows + bytes(l->s, r * job->x_count), l->room[0] + bytes(l->s, r * pitch),
            lax_i_min(pitch, l->length - r * pitch));
    return l->room[0];
}

static void fold_line(const struct line *l, void *to, const unsigned char *line, int64_t n) {
    const struct window_axis *a = &l->s->x;
    if (l->job->x_count == 0)
        l->s->fold->load(to, 1, l->s->identity, 0, n * l->s->lanes);
    else if (a->size <= STRIP_ROWS && a->stride == 1)
        fold_shifts(l, to, line, n);
    else if (a->size <= STRIP_ROWS)
        fold_phases(l, to, line, n);
    else if (a->window_dilation == 1 && (n == 1 || 2 * a->stride >= a->size))
        fold_runs(l, to, line);
    else
        fold_long(l, to, line, n);
}

/* Whether results can be folded where they lie. */
static bool as_is(const struct strip_job *job) {
    const struct strips *s = job->s;
    return s->plain && s->x_out == s->lanes && !s->has_init && job->p->divide == DIVIDE_NONE;
}

/* Whether rows of n results of neighbouring positions are one run of the result. */
static bool dense(const struct strip_job *job, int64_t n) {
    const struct strips *s = job->s;
    return !s->gathered && s->x.size <= STRIP_ROWS && s->x_out == s->lanes &&
           (s->lanes == 1 || s->lane_out == 1) && job->p->divide == DIVIDE_NONE &&
           s->level[s->n - 1].out_stride == n * s->lanes && n * s->lanes * (int64_t)s->work >= 64;
}

static void store_rows(struct strip_job *job, unsigned char *from, int64_t count, size_t apart) {
    int64_t n = (job->x_end - job->x_begin) * job->s->lanes;
    for (int64_t r = 0; r < count; r++) {
        lax_i_strips_store(job, lax_i_strips_offset(job), from + (size_t)r * apart, n);
        if (r + 1 < count) job->position[job->s->n - 1]++;
    }
}

/* Positions of a row of a line of many. */
static int64_t row_apart(const struct strip_job *job) {
    const struct window_axis *a = &job->s->x;
    int64_t reach = (a->size - 1) * a->window_dilation + 1;
    return lax_i_ceil_div((job->x_end - job->x_begin - 1) * a->stride + reach, a->stride);
}

static unsigned char *room(const struct strip_job *job, int k) {
    return job->scratch + job->s->x_at + (size_t)k * (size_t)job->s->x_room * job->s->work;
}

void lax_i_strips_line(struct strip_job *job, int64_t count) {
    const struct strips *s = job->s;
    const struct window_axis *a = &s->x;
    int64_t pitch = row_apart(job) * a->stride;
    job->lined = a->base_dilation == 1 && job->x_count > 0;
    job->line = job->scratch + s->plane_at, job->pitch = job->row;
    if (!job->lined) return;
    s->fold->load(room(job, 0), 1, s->identity, 0, count * pitch * s->lanes);
    job->line = room(job, 0) + bytes(s, job->x_first - (job->x_begin * a->stride - a->pad_lo));
    job->pitch = pitch * s->lanes;
}

/* Whether one kernel makes elements of windows along the line, which must not be read beyond where
 * it is the operand itself. */
static bool goes_across(const struct strip_job *job, const unsigned char *line, int64_t n) {
    const struct strips *s = job->s;
    const struct window_axis *a = &s->x;
    bool lent = (const char *)line == job->in;
    bool step = a->stride == 1 || (a->stride == 2 && s->lanes == 1 && !lent);
    return s->fold->across != NULL && !s->gathered && step && a->size <= STRIP_ROWS &&
           job->x_count > 0 && s->x_out == s->lanes && (s->lanes == 1 || s->lane_out == 1) &&
           !s->has_init && job->p->divide == DIVIDE_NONE &&
           (!lent || n * s->lanes * (int64_t)s->work >= 64);
}

static void fold_across(const struct strip_job *job, const unsigned char *line, int64_t count,
                        int64_t apart) {
    const struct strips *s = job->s;
    struct fold_across across = {.lanes = (job->x_end - job->x_begin) * s->lanes, .pixels = count};
    across.in_step = apart * s->x.stride * s->lanes;
    across.out_step = s->n > 0 ? s->level[s->n - 1].out_stride : 0;
    across.taps = s->x.size, across.tap_step = s->x.window_dilation * s->lanes;
    across.skip = s->x.stride;
    s->fold->across(job->out + lax_i_strips_offset(job) * (int64_t)s->elem, line, &across);
}

void lax_i_strips_x(struct strip_job *job, const void *rows, int64_t count) {
    const struct strips *s = job->s;
    const struct window_axis *a = &s->x;
    int64_t n = job->x_end - job->x_begin, reach = (a->size - 1) * a->window_dilation + 1;
    int64_t apart = row_apart(job), all = (count - 1) * apart + n;
    struct line l = {.job = job, .s = s, .length = (all - 1) * a->stride + reach, .rows = 1};
    for (int k = 0; k < STRIP_LINES; k++) l.room[k] = room(job, k);
    const unsigned char *line = l.room[0];
    if (rows != NULL) line = line_up(&l, rows, count, apart * a->stride);
    if (goes_across(job, line, n)) {
        fold_across(job, line, count, apart);
        return;
    }
    unsigned char *to = l.room[3];
    bool together = count == 1 || (job->x_count > 0 && dense(job, n));
    if (together) l.rows = count, l.apart = apart, all = n;
    if (together && as_is(job))
        to = (unsigned char *)job->out + lax_i_strips_offset(job) * (int64_t)s->elem;
    fold_line(&l, to, line, all);
    if (together && as_is(job)) return;
    if (together)
        lax_i_strips_store(job, lax_i_strips_offset(job), to, count * n * s->lanes);
    else
        store_rows(job, to, count, bytes(s, apart));
}
