/* SPDX-License-Identifier: Apache-2.0 */
/* A pass of separable picks along lanes, or along rows so short that they are lanes of a line:
 * winners of 1, 2, 4, ... neighbours are taken, and each window is two overlapping ones. Windows
 * that the operand clips are winners from its first element, or up to its last. */
#include "lower/picks_passes.h"

/* Elements of `unit` lanes one after the other. */
struct line {
    struct pick_record from, a, b; /* a, b: winners of neighbours */
    struct pick_record begin, end; /* of windows that the operand clips */
    int64_t n, step, unit;         /* in lanes */
    size_t size;
};

/* Winners of the first `m` lanes of each residue, up to each of them, in log(m) merges. */
static void clip_begin(const struct line *l, const struct pick_kernel *kernel,
                       struct pick_record other, int64_t m) {
    struct pick_record now = l->begin, next = other;
    lax_i_record_copy(now, l->from, m, l->size);
    for (int64_t s = l->step; s < m; s *= 2) {
        lax_i_record_copy(next, now, s, l->size);
        kernel->merge(lax_i_record_step(next, s, l->size), now, lax_i_record_step(now, s, l->size),
                      m - s);
        struct pick_record done = next;
        next = now, now = done;
    }
    if (now.key != l->begin.key) lax_i_record_copy(l->begin, now, m, l->size);
}

/* The same from each of the last m on. */
static void clip_end(const struct line *l, const struct pick_kernel *kernel,
                     struct pick_record other, int64_t m) {
    struct pick_record to = lax_i_record_step(l->end, l->n - m, l->size), now = to, next = other;
    lax_i_record_copy(now, lax_i_record_step(l->from, l->n - m, l->size), m, l->size);
    for (int64_t s = l->step; s < m; s *= 2) {
        lax_i_record_copy(lax_i_record_step(next, m - s, l->size),
                          lax_i_record_step(now, m - s, l->size), s, l->size);
        kernel->merge(next, now, lax_i_record_step(now, s, l->size), m - s);
        struct pick_record done = next;
        next = now, now = done;
    }
    if (now.key != to.key) lax_i_record_copy(to, now, m, l->size);
}

/* Winners of windows of `taps` from each element on, as far as they fit; returns where. */
static struct pick_record double_line(struct line *l, const struct pick_kernel *kernel,
                                      int64_t taps) {
    struct pick_record now = l->from, next = l->a;
    int64_t m = 1;
    if ((taps - 1) * l->step >= l->n) return now;
    while (m < taps) {
        int64_t more = lax_i_min(m, taps - m);
        int64_t n = l->n - (m + more - 1) * l->step;
        kernel->merge(next, now, lax_i_record_step(now, more * l->step, l->size), n);
        now = next;
        next = now.key == l->a.key ? l->b : l->a;
        m += more;
    }
    return now;
}

/* Every stride-th element of n. */
static void spread(const struct line *l, struct pick_record to, struct pick_record from,
                   int64_t stride, int64_t n) {
    if (stride == 1) {
        lax_i_record_copy(to, from, n * l->unit, l->size);
        return;
    }
    if (l->unit == 1) {
        lax_i_convert_fn *move = lax_i_move_kernel(l->size == 4 ? LAX_S32 : LAX_S64);
        move(to.key, 1, from.key, stride, n);
        move(to.index, 1, from.index, stride, n);
        return;
    }
    for (int64_t i = 0; i < n; i++)
        lax_i_record_copy(lax_i_record_step(to, i * l->unit, l->size),
                          lax_i_record_step(from, i * stride * l->unit, l->size), l->unit, l->size);
}

/* Positions from p on, before end, that the operand clips at one side, the same for all. */
static int64_t clipped_alike(const struct window_axis *a, int64_t p, int64_t end) {
    int64_t from = p * a->stride - a->pad_lo, last = from + a->size - 1, n = 1;
    if (a->window_dilation != 1 || last < 0 || from >= a->in || (from < 0 && last >= a->in))
        return 1;
    if (from >= 0)
        n = (a->in - 1 - from) / a->stride + 1;
    else
        n = lax_i_min(lax_i_ceil_div(-from, a->stride), (a->in - 1 - last) / a->stride + 1);
    return lax_i_min(n, end - p);
}

/* n positions from p on. */
static void take_clipped(const struct line *l, const struct window_axis *a, int64_t low, int64_t p,
                         int64_t n, struct pick_record to) {
    struct taps t = lax_i_taps_at(a, p);
    int64_t first = (t.first - low) * l->unit;
    int64_t last = first + (t.count - 1) * t.step * l->unit;
    struct pick_record none = l->from; /* nobody asks for it */
    bool begins = p * a->stride < a->pad_lo;
    struct pick_record winner = t.count == 0 ? none
                                : begins     ? lax_i_record_step(l->begin, last, l->size)
                                             : lax_i_record_step(l->end, first, l->size);
    spread(l, to, winner, a->stride, n);
}

static void pass_line(struct separable *w, int d, struct line *l, struct pick_record to) {
    const struct picks *g = w->g;
    const struct pick_box *box = w->job->box;
    const struct window_axis *a = &g->axis[d];
    int64_t end = box->first[d] + box->count[d], n, reach = (a->size - 1) * a->window_dilation;
    struct pick_record whole = double_line(l, g->kernel, a->size);
    struct pick_record other = whole.key == l->a.key ? l->b : l->a;
    int64_t m = lax_i_min(reach * l->unit, l->n);
    if (box->first[d] * a->stride < a->pad_lo) clip_begin(l, g->kernel, other, m);
    if ((end - 1) * a->stride - a->pad_lo + reach >= a->in) clip_end(l, g->kernel, other, m);
    for (int64_t p = box->first[d]; p < end; p += n) {
        struct pick_record at = lax_i_record_step(to, (p - box->first[d]) * l->unit, w->size);
        int64_t from = p * a->stride - a->pad_lo;
        bool clipped = from < 0 || from + reach >= a->in;
        n = clipped ? clipped_alike(a, p, end) : lax_i_whole_windows(a, p, end);
        if (clipped)
            take_clipped(l, a, box->low[d], p, n, at);
        else
            spread(l, at, lax_i_record_step(whole, (from - box->low[d]) * l->unit, w->size),
                   a->stride, n);
    }
}

void lax_i_pick_lines(struct separable *w, int d, int64_t unit) {
    int64_t lines = 1;
    struct line l = {.n = w->from.extent[d] * unit, .size = w->size, .unit = unit};
    for (int e = 0; e < w->g->rank; e++) lines *= w->from.extent[e];
    lines /= lax_i_max(l.n, 1);
    struct pick_record *const rows[] = {&l.a, &l.b, &l.begin, &l.end};
    l.step = w->g->axis[d].window_dilation * unit;
    for (int i = 0; i < LAX_COUNTOF(rows); i++) {
        rows[i]->key = w->room + 2 * i * l.n * (int64_t)w->size;
        rows[i]->index = (char *)rows[i]->key + l.n * (int64_t)w->size;
    }
    for (int64_t i = 0; i < lines; i++) {
        l.from = lax_i_record_at(&w->from, i * l.n, w->size);
        pass_line(w, d, &l, lax_i_record_at(&w->to, i * w->to.extent[d] * unit, w->size));
    }
}
