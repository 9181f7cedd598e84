/* SPDX-License-Identifier: Apache-2.0 */
/* One pass: windows along one dimension, of rows of lanes. Outputs fall into classes: those of one
 * class meet elements of one residue modulo the (reduced) window dilation, a constant number of
 * elements further on each time, so that dilations on both sides are plain windows class by class.
 * Short windows are folded tap by tap for a run of outputs, or of rows beside each other, in one
 * call; long ones slide. */
#include "lower/passes.h"

/* Output at + q * period, q < n, of a pass is the fold of `count` elements residue + step * (first
 * + q * advance + t), t < count, of which those at 0 <= first + ... < in are there. */
struct outputs {
    int64_t at, period, n;
    int64_t first, advance, count;
    int64_t residue, step, in;
};

/* The other dimensions, but for lanes. */
struct loops {
    int n;
    int64_t size[LAX_MAX_RANK], from[LAX_MAX_RANK], to[LAX_MAX_RANK], index[LAX_MAX_RANK];
};

struct pass {
    const struct passes *s;
    struct loops loops;
    int64_t lanes, from, to; /* strides of the dimension at work */
    const char *src;
    char *dst;
    void *room;
};

static int64_t modulo(int64_t a, int64_t m) { return a % m < 0 ? a % m + m : a % m; }

/* The outputs of one class, by the first of them. */
static struct outputs outputs_of(const struct passes_fold *f, int64_t r) {
    const struct passes_dim *dim = &f->s->dim[f->d];
    const struct window_axis *a = &dim->axis;
    int64_t extent = f->from->size[f->d], n = f->to->size[f->d];
    int64_t apart = a->base_dilation / lax_i_gcd(a->window_dilation, a->base_dilation);
    int64_t u = (f->begin + r) * a->stride - a->pad_lo, skip = 0;
    struct outputs o = {.at = r, .period = dim->period, .advance = dim->advance};
    o.n = (n - r - 1) / dim->period + 1;
    o.step = a->window_dilation / lax_i_gcd(a->window_dilation, a->base_dilation);
    while (skip < apart && modulo(u, a->base_dilation) != 0) u += a->window_dilation, skip++;
    if (skip == apart || skip >= a->size) return o;
    o.count = lax_i_ceil_div(a->size - skip, apart);
    int64_t element = u / a->base_dilation - f->first;
    o.residue = modulo(element, o.step);
    o.first = (element - o.residue) / o.step;
    o.in = o.residue < extent ? lax_i_ceil_div(extent - o.residue, o.step) : 0;
    return o;
}

static bool next(struct loops *l, int64_t *from, int64_t *to) {
    for (int i = l->n - 1; i >= 0; i--) {
        *from += l->from[i], *to += l->to[i];
        if (++l->index[i] < l->size[i]) return true;
        *from -= l->size[i] * l->from[i], *to -= l->size[i] * l->to[i];
        l->index[i] = 0;
    }
    return false;
}

static void fill(struct pass *pass, const struct outputs *o, int64_t q, int64_t end) {
    size_t work = pass->s->work;
    for (; q < end; q++) {
        char *row = pass->dst + (o->at + q * o->period) * pass->to * (int64_t)work;
        int64_t from = 0, to = 0;
        do pass->s->fold->load(row + to * (int64_t)work, 1, pass->s->identity, 0, pass->lanes);
        while (next(&pass->loops, &from, &to));
    }
}

/* --- short windows ---------------------------------------------------------------------------- */

/* Outputs q .. q + n - 1 meet elements a .. a + count - 1, and `advance` further each. */
struct run {
    int64_t q, n, a, count;
};

/* A run is the inner loop of the kernel, or the innermost of the other dimensions, whichever is
 * longer; the rest are calls. */
static void fold_run(struct pass *pass, const struct outputs *o, const struct run *run) {
    const void *rows[PASSES_MORE];
    int64_t work = (int64_t)pass->s->work, x = o->step * pass->from;
    int64_t ahead = o->advance * x, behind = o->period * pass->to;
    struct fold_span span = {pass->lanes, run->n, ahead, behind};
    struct loops loops = pass->loops;
    int64_t calls = 1, last = loops.n - 1;
    if (ahead == pass->lanes && behind == pass->lanes) {
        span.lanes *= run->n, span.pixels = 1; /* neighbours in one row */
    } else if (loops.n > 0 && loops.size[last] > run->n) {
        span.pixels = loops.size[last], calls = run->n;
        span.in_step = loops.from[last], span.out_step = loops.to[last];
        loops.n--;
    }
    const char *src = pass->src + (o->residue * pass->from + run->a * x) * work;
    char *dst = pass->dst + (o->at * pass->to + run->q * behind) * work;
    for (int64_t c = 0; c < calls; c++, src += ahead * work, dst += behind * work) {
        int64_t from = 0, to = 0;
        do {
            for (int64_t t = 0; t < run->count; t++) rows[t] = src + (from + t * x) * work;
            pass->s->fold->taps(dst + to * work, rows, (int)run->count, &span);
        } while (next(&loops, &from, &to));
    }
}

static void fold_taps(struct pass *pass, const struct outputs *o) {
    for (int64_t q = 0; q < o->n;) {
        int64_t u = o->first + q * o->advance, a = lax_i_max(u, 0);
        int64_t b = lax_i_min(u + o->count, o->in), n = 1;
        if (b - a == o->count) n = lax_i_min((o->in - o->count - u) / o->advance + 1, o->n - q);
        if (b <= a)
            fill(pass, o, q, q + n);
        else
            fold_run(pass, o, &(struct run){q, n, a, b - a});
        q += n;
    }
}

/* --- long windows ----------------------------------------------------------------------------- */

static void slide(struct pass *pass, const struct outputs *o) {
    int64_t begin = 0, end = o->n, work = (int64_t)pass->s->work, from = 0, to = 0;
    while (begin < end && o->first + begin * o->advance + o->count <= 0) begin++;
    while (begin < end && o->first + (end - 1) * o->advance >= o->in) end--;
    if (o->count == 0 || o->in == 0) begin = end = 0;
    fill(pass, o, 0, begin);
    fill(pass, o, end, o->n);
    if (begin == end) return;
    struct fold_slide g = {.lanes = pass->lanes,
                           .x_step = o->step * pass->from,
                           .to_step = o->period * pass->to,
                           .first = o->first + begin * o->advance,
                           .size = o->count,
                           .stride = o->advance,
                           .in = o->in,
                           .out = end - begin};
    const char *src = pass->src + o->residue * pass->from * work;
    char *dst = pass->dst + (o->at + begin * o->period) * pass->to * work;
    do pass->s->fold->slide(dst + to * work, src + from * work, pass->room, &g);
    while (next(&pass->loops, &from, &to));
}

/* --- a pass ----------------------------------------------------------------------------------- */

int64_t lax_i_passes_lanes(const int *order, int k, int rank, const struct passes_view *view) {
    int64_t lanes = 1;
    for (int i = rank - 1; i > k; i--) {
        if (view->size[order[i]] == 1) continue;
        if (view->stride[order[i]] != lanes) break;
        lanes *= view->size[order[i]];
    }
    return lanes;
}

static void set_loops(const struct passes_fold *f, struct pass *pass) {
    struct loops *l = &pass->loops;
    int rank = f->s->rank, k = 0;
    while (f->order[k] != f->d) k++;
    pass->lanes = lax_i_min(lax_i_passes_lanes(f->order, k, rank, f->from),
                            lax_i_passes_lanes(f->order, k, rank, f->to));
    int64_t inside = 1;
    int end = rank;
    while (inside < pass->lanes) inside *= f->to->size[f->order[--end]];
    l->n = 0;
    for (int i = 0; i < end; i++) {
        int d = f->order[i];
        if (i == k) continue;
        l->size[l->n] = f->to->size[d], l->index[l->n] = 0;
        l->from[l->n] = f->from->stride[d], l->to[l->n++] = f->to->stride[d];
    }
    l->n = lax_i_merge_dims(l->n, l->size, l->from, l->to);
    for (int i = 0; i < l->n; i++) l->index[i] = 0;
}

static void fold_line(const struct passes_fold *f, struct pass *pass) {
    int64_t from = 0, to = 0, work = (int64_t)f->s->work;
    struct passes_line line = {.s = f->s,
                               .axis = &f->s->dim[f->d].axis,
                               .begin = f->begin,
                               .first = f->first,
                               .in = f->from->size[f->d],
                               .out = f->to->size[f->d],
                               .lanes = pass->lanes,
                               .to = pass->to,
                               .room = pass->room};
    do {
        line.src = pass->src + from * work, line.dst = pass->dst + to * work;
        lax_i_passes_line(&line);
    } while (next(&pass->loops, &from, &to));
}

void lax_i_passes_fold(const struct passes_fold *f) {
    const struct passes_dim *dim = &f->s->dim[f->d];
    struct pass pass = {.s = f->s, .room = f->room};
    set_loops(f, &pass);
    pass.from = f->from->stride[f->d], pass.to = f->to->stride[f->d];
    pass.src = f->from->data, pass.dst = f->to->data;
    if (dim->line && pass.from == pass.lanes) {
        fold_line(f, &pass);
        return;
    }
    int64_t classes = lax_i_min(dim->period, f->to->size[f->d]);
    for (int64_t r = 0; r < classes; r++) {
        struct outputs o = outputs_of(f, r);
        if (o.count == 0)
            fill(&pass, &o, 0, o.n);
        else if (dim->slides)
            slide(&pass, &o);
        else
            fold_taps(&pass, &o);
    }
}
