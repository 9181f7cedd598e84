/* SPDX-License-Identifier: Apache-2.0 */
/* The shape of strips: which dimensions are lanes, x, levels and outer ones, and how windows of
 * each level are folded. Rows are read where they lie if that makes long ones; else those of other
 * dimensions are gathered, whichever costs least. Depends on the problem only. */
#include "lower/strips.h"

/* --- dimensions ------------------------------------------------------------------------------- */

/* Dimensions without a window, merged, and those with one, outermost first. */
struct dims {
    int n_free, n_windows;
    int64_t size[LAX_MAX_RANK], in[LAX_MAX_RANK], out[LAX_MAX_RANK];
    struct strip_level window[LAX_MAX_RANK];
};

static bool is_free(const struct window_axis *a) {
    return a->size == 1 && a->stride == 1 && a->pad_lo == 0 && a->base_dilation == 1 &&
           a->out == a->in;
}

static bool is_whole(const struct window_axis *a, bool divides) {
    return a->size == a->in && a->out == 1 && a->pad_lo == 0 && a->base_dilation == 1 &&
           a->window_dilation == 1 && (!divides || a->count_end == a->in);
}

/* Dimensions that are reduced as a whole and follow each other in memory are one. */
static void merge_windows(struct dims *d, bool divides) {
    int n = 0;
    for (int i = 1; i < d->n_windows; i++) {
        struct strip_level *to = &d->window[n], *from = &d->window[i];
        int64_t step;
        if (is_whole(&to->axis, divides) && is_whole(&from->axis, divides) &&
            lax_i_mul(from->axis.in, from->in_stride, &step) && to->in_stride == step) {
            from->axis.in = from->axis.size = from->axis.count_end = from->axis.in * to->axis.in;
            *to = *from;
        } else {
            d->window[++n] = *from;
        }
    }
    if (d->n_windows > 0) d->n_windows = n + 1;
}

static void sort_out(const struct window_problem *p, struct dims *d) {
    *d = (struct dims){0};
    for (int i = 0; i < p->rank; i++) {
        const struct window_axis *a = &p->axis[i];
        int64_t in = p->in_stride[0][i], out = p->out_stride[0][i];
        if (is_free(a)) {
            d->size[d->n_free] = a->in, d->in[d->n_free] = in, d->out[d->n_free++] = out;
            continue;
        }
        int k = d->n_windows++;
        for (; k > 0 && lax_i_magnitude(d->window[k - 1].in_stride) < lax_i_magnitude(in); k--)
            d->window[k] = d->window[k - 1];
        d->window[k] = (struct strip_level){.axis = *a, .in_stride = in, .out_stride = out};
        if (a->size == 1) d->window[k].axis.window_dilation = 1;
    }
    merge_windows(d, p->divide != DIVIDE_NONE);
    d->n_free = lax_i_merge_dims(d->n_free, d->size, d->in, d->out);
}

/* --- rows ------------------------------------------------------------------------------------- */

/* Dimensions of a row: a window's, or -1, and n free ones, outermost first. */
struct choice {
    int x, n;
    int free[LAX_MAX_RANK];
    bool gathered;
};

/* The free dimension that lies closest in memory, or -1. */
static int closest(const struct dims *d) {
    int best = d->n_free - 1;
    for (int i = 0; i < d->n_free; i++)
        if (lax_i_magnitude(d->in[i]) < lax_i_magnitude(d->in[best])) best = i;
    return best;
}

/* A long run of free lanes is a row; a short one is, with the window around it, if it is a part of
 * that window's run in operand and result; else the window's run alone. */
static struct choice rows_that_lie(const struct dims *d, size_t work) {
    int f = closest(d), last = d->n_windows - 1;
    const struct strip_level *w = &d->window[last];
    bool wide = f >= 0 && d->size[f] * (int64_t)work >= 64;
    bool has_x = last >= 0 && !(wide && lax_i_magnitude(d->in[f]) <= lax_i_magnitude(w->in_stride));
    bool inside = f >= 0 && has_x && d->in[f] == 1 && d->out[f] == 1 &&
                  w->in_stride == d->size[f] && w->out_stride == d->size[f];
    bool lanes = f >= 0 && (!has_x || inside);
    return (struct choice){.x = has_x ? last : -1, .n = lanes ? 1 : 0, .free = {f}};
}

/* Neighbours in memory first, until rows are long enough; with x around them no longer. */
static struct choice rows_to_gather(const struct dims *d, int x) {
    struct choice c = {.x = x, .gathered = true};
    int64_t lanes = x < 0 ? 1 : d->window[x].axis.in;
    for (int i = d->n_free - 1; i >= 0 && lanes < GATHER_GOAL; i--) {
        int best = -1;
        for (int k = 0; k < d->n_free; k++) {
            bool taken = false;
            for (int t = 0; t < c.n; t++) taken |= c.free[t] == k;
            if (!taken && (best < 0 || lax_i_magnitude(d->in[k]) < lax_i_magnitude(d->in[best])))
                best = k;
        }
        if (x >= 0 && lanes * d->size[best] > 2 * GATHER_GOAL) break;
        memmove(c.free + 1, c.free, (size_t)c.n * sizeof *c.free);
        c.free[0] = best, c.n++;
        lanes *= d->size[best];
    }
    return c;
}

static void set_level(struct strip_level *l) {
    const struct window_axis *a = &l->axis;
    int64_t g = lax_i_gcd(a->window_dilation, a->base_dilation), apart = a->base_dilation / g;
    l->step = a->window_dilation / g;
    l->period = a->window_dilation / lax_i_gcd(a->window_dilation, a->stride);
    l->most =
        lax_i_max(1, lax_i_min(lax_i_ceil_div(a->size, apart), lax_i_ceil_div(a->in, l->step)));
    /* Sliding pays where windows meet an element more than about four times. */
    double again =
        (double)a->size * (double)a->window_dilation / ((double)a->stride * (double)l->period);
    l->stack = l->most > STRIP_SLOTS && again > 4 && a->out > 4;
    l->slots = l->stack ? l->most : lax_i_min(l->most, STRIP_SLOTS);
}

/* Short rows are not worth a call each; of the innermost level they lie ready. */
static bool slides_at_once(const struct strip_level *l, int j, int n) {
    return l->stack && j == n - 1 && l->axis.window_dilation == 1 && l->axis.base_dilation == 1;
}

/* The innermost levels whose windows have few elements together. */
static void set_box(struct strips *s) {
    int64_t rows = 1, most = s->plain ? STRIP_ROWS : STRIP_BOX;
    s->box = s->n;
    if (!s->lies) return;
    while (s->box > 0 && !s->level[s->box - 1].stack && rows * s->level[s->box - 1].most <= most)
        rows *= s->level[--s->box].most;
    if (s->has_x && s->box > 0) s->box = s->n;
}

/* The dimensions of a row as runs, outermost first: the one whose turn it is can be cut. */
static void set_runs(const struct dims *d, const struct choice *c, struct strips *s) {
    int64_t unit = 1;
    s->n_runs = c->n + (c->x >= 0 ? 1 : 0);
    for (int i = s->n_runs - 1; i >= 0; i--) {
        struct strip_run *run = &s->run[i];
        int f = i < s->n_runs - c->n ? -1 : c->free[i - (s->n_runs - c->n)];
        *run = f < 0 ? (struct strip_run){s->x.in, unit, s->x_in, s->x_out}
                     : (struct strip_run){d->size[f], unit, d->in[f], d->out[f]};
        unit *= run->size;
    }
}

static void set_rows(const struct dims *d, const struct choice *c, struct strips *s) {
    s->gathered = c->gathered, s->has_x = c->x >= 0;
    s->lanes = s->lane_in = s->lane_out = s->lane_unit = 1;
    if (s->has_x) {
        const struct strip_level *w = &d->window[c->x];
        s->x = w->axis, s->x_in = w->in_stride, s->x_out = w->out_stride;
    }
    for (int i = 0; i < c->n; i++) {
        s->lanes *= d->size[c->free[i]];
        if (i > 0) s->lane_unit *= d->size[c->free[i]];
    }
    if (c->n > 0) s->lane_in = d->in[c->free[0]], s->lane_out = d->out[c->free[0]];
    s->raw = !s->gathered && (s->has_x ? s->x_in == s->lanes : s->lane_in == 1);
    s->plain = s->raw && s->fold->load == s->fold->move;
    s->lies = s->raw && (s->plain || s->fold->box != NULL);
    if (s->gathered) set_runs(d, c, s);
}

/* Elements of the innermost level are loaded together where they are not too many. */
static bool is_lined(const struct strips *s) {
    double row = (double)s->lanes * (s->has_x ? (double)s->x.in : 1);
    if (row > 2 * GATHER_GOAL) row = 2 * GATHER_GOAL; /* tiles can be so long */
    return s->gathered && row * (double)s->level[s->n - 1].axis.in * (double)s->work < STRIP_LINED;
}

static void set_levels(const struct dims *d, const struct choice *c, struct strips *s) {
    s->n = 0;
    for (int j = 0; j < d->n_windows; j++) {
        if (j == c->x) continue;
        s->level[s->n] = d->window[j];
        set_level(&s->level[s->n++]);
    }
    for (int j = 1; j < s->n; j++) s->level[j].at_once = slides_at_once(&s->level[j], j, s->n);
    if (s->n > 0) s->level[s->n - 1].lined = is_lined(s);
    set_box(s);
}

static void set_outer(const struct dims *d, const struct choice *c, struct strips *s) {
    s->outer_rank = 0;
    for (int i = 0; i < d->n_free; i++) {
        bool taken = false;
        for (int t = 0; t < c->n; t++) taken |= c->free[t] == i;
        if (taken) continue;
        int k = s->outer_rank++;
        s->outer_size[k] = d->size[i], s->outer_in[k] = d->in[i], s->outer_out[k] = d->out[i];
    }
}

/* --- which rows ------------------------------------------------------------------------------- */

static void take(const struct dims *d, const struct choice *c, struct strips *s) {
    set_rows(d, c, s);
    set_levels(d, c, s);
}

void lax_i_strips_dims(const struct window_problem *p, struct strips *s) {
    struct dims d;
    sort_out(p, &d);
    struct choice best = rows_that_lie(&d, s->work);
    take(&d, &best, s);
    double least = 0.7 * lax_i_strips_row_ns(s);
    for (int x = -1; x < d.n_windows; x++) {
        struct choice c = rows_to_gather(&d, x);
        if (c.n + (x >= 0) == 0) continue;
        take(&d, &c, s);
        if (lax_i_strips_row_ns(s) < least) best = c, least = lax_i_strips_row_ns(s);
    }
    take(&d, &best, s);
    set_outer(&d, &best, s);
}
