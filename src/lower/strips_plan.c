/* SPDX-License-Identifier: Apache-2.0 */
/* The shape of strips: which dimensions are lanes, x, levels and outer ones, how windows of each
 * level are folded, and tiles that keep scratch small without much being folded twice. Depends on
 * the problem only. */
#include "lower/strips.h"

static int64_t reach(const struct window_axis *a) { return (a->size - 1) * a->window_dilation + 1; }

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

/* The free dimension that lies closest in memory, or -1. */
static int closest(const struct dims *d) {
    int best = d->n_free - 1;
    for (int i = 0; i < d->n_free; i++)
        if (lax_i_magnitude(d->in[i]) < lax_i_magnitude(d->in[best])) best = i;
    return best;
}

/* A long run of free lanes is a row; a short one is, with the window around it, if it is a part of
 * that window's run in operand and result; else the window's run alone. */
static int choose_rows(const struct dims *d, struct strips *s) {
    int f = closest(d), last = d->n_windows - 1;
    const struct strip_level *w = &d->window[last];
    bool wide = f >= 0 && d->size[f] * (int64_t)s->work >= 64;
    s->lanes = s->lane_in = s->lane_out = 1;
    s->has_x = last >= 0 && !(wide && lax_i_magnitude(d->in[f]) <= lax_i_magnitude(w->in_stride));
    bool inside = f >= 0 && s->has_x && d->in[f] == 1 && d->out[f] == 1 &&
                  w->in_stride == d->size[f] && w->out_stride == d->size[f];
    if (s->has_x) s->x = w->axis, s->x_in = w->in_stride, s->x_out = w->out_stride;
    if (f < 0 || (s->has_x && !inside)) return -1;
    s->lanes = d->size[f], s->lane_in = d->in[f], s->lane_out = d->out[f];
    return f;
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

/* Elements that `tile` windows meet, as a float because it may be beyond everything. */
static double extent(const struct window_axis *a, int64_t tile) {
    return ((double)(tile - 1) * (double)a->stride + (double)reach(a)) / (double)a->base_dilation +
           1;
}

static double row_lanes(const struct strips *s) {
    if (!s->has_x) return (double)s->lane_tile;
    double all = extent(&s->x, s->x_tile), in = (double)s->x.in;
    return (all < in ? all : in) * (double)s->lanes;
}

/* Short rows are not worth a call each; of the innermost level they lie ready. */
static bool slides_at_once(const struct strip_level *l, int j, int n) {
    return l->stack && j == n - 1 && l->axis.window_dilation == 1 && l->axis.base_dilation == 1;
}

/* Lanes of the elements that a tile of such a level meets. */
static double line_of_level(const struct strips *s, const struct strip_level *l) {
    double met = extent(&l->axis, l->tile), in = (double)l->axis.in;
    return l->at_once ? (met < in ? met : in) * row_lanes(s) : 0;
}

/* The innermost levels whose windows have few elements together. */
static void set_box(struct strips *s) {
    int64_t rows = 1, most = s->fold->box != NULL ? STRIP_BOX : STRIP_ROWS;
    s->box = s->n;
    if (!s->lies) return;
    while (s->box > 0 && !s->level[s->box - 1].stack && rows * s->level[s->box - 1].most <= most)
        rows *= s->level[--s->box].most;
    if (s->has_x && s->box > 0) s->box = s->n;
}

/* Short rows with short windows are taken together, some KiB of them. */
static void set_x_rows(struct strips *s) {
    double line = ((double)s->x_tile * (double)s->x.stride + (double)reach(&s->x)) *
                  (double)s->lanes * (double)s->work;
    s->x_rows = 1;
    if (s->box == 0 && s->n > 0 && s->x.size <= STRIP_ROWS && line < STRIP_RUN)
        s->x_rows = (int64_t)(STRIP_RUN / line);
}

static void set_dims(const struct window_problem *p, struct strips *s) {
    struct dims d;
    sort_out(p, &d);
    int f = choose_rows(&d, s);
    s->n = s->has_x ? d.n_windows - 1 : d.n_windows;
    for (int j = 0; j < s->n; j++) {
        s->level[j] = d.window[j];
        set_level(&s->level[j]);
    }
    for (int j = 1; j < s->n; j++) s->level[j].at_once = slides_at_once(&s->level[j], j, s->n);
    for (int i = 0; i < d.n_free; i++) {
        if (i == f) continue;
        int k = s->outer_rank++;
        s->outer_size[k] = d.size[i], s->outer_in[k] = d.in[i], s->outer_out[k] = d.out[i];
    }
    s->raw = s->has_x ? s->x_in == s->lanes : s->lane_in == 1;
    s->plain = s->raw && s->fold->load == s->fold->move;
    s->lies = s->raw && (s->plain || s->fold->box != NULL);
}

/* --- tiles ------------------------------------------------------------------------------------ */

static double line_lanes(const struct strips *s) {
    if (!s->has_x) return 0;
    double a = (double)s->x_tile * (double)s->x.stride + (double)reach(&s->x);
    return (a + (double)s->x.stride) * (double)s->lanes;
}

/* Bytes of scratch of the present tiles. */
static double footprint(const struct strips *s) {
    double plane = row_lanes(s), lanes = 2 * plane + STRIP_LINES * line_lanes(s);
    for (int j = s->n - 1; j >= 0; j--) {
        if (j < s->box) lanes += plane * (double)(s->level[j].slots + 1);
        lanes += line_of_level(s, &s->level[j]);
        if (j > 0) plane *= (double)s->level[j].tile;
    }
    if (s->box == 0) plane = row_lanes(s);
    return (lanes + plane) * (double)s->work + (2 + 2 * STRIP_LINES) * STRIP_RUN +
           STRIP_LINES * 80 * 16 + 64 * (2 * LAX_MAX_RANK + 8);
}

/* How much more than once everything is folded, and what short rows cost. */
static double waste(const struct strips *s) {
    double lanes = row_lanes(s) < 1 ? 1 : row_lanes(s);
    double cost = 1 + 96 / (lanes * (double)s->work);
    if (s->has_x) cost *= extent(&s->x, s->x_tile) / extent(&s->x, s->x.out) * (double)s->x_tiles;
    for (int j = 1; j < s->n; j++) {
        const struct strip_level *l = &s->level[j];
        cost *= extent(&l->axis, l->tile) / extent(&l->axis, l->axis.out) * (double)l->tiles;
    }
    return cost;
}

struct knob {
    int64_t *tile, *tiles, all, least;
};

static int knobs(struct strips *s, struct knob *knob) {
    int n = 0;
    int64_t line = lax_i_max(64 / (int64_t)s->work, 1);
    if (s->has_x)
        knob[n++] = (struct knob){&s->x_tile, &s->x_tiles, s->x.out, 1};
    else
        knob[n++] = (struct knob){&s->lane_tile, &s->lane_tiles, s->lanes, line};
    for (int j = 1; j < s->n; j++) {
        struct strip_level *l = &s->level[j];
        knob[n++] = (struct knob){&l->tile, &l->tiles, l->axis.out, 1};
    }
    return n;
}

static void turn(const struct knob *k, int64_t tile) {
    *k->tile = lax_i_max(1, lax_i_min(tile, k->all));
    *k->tiles = lax_i_ceil_div(k->all, *k->tile);
}

/* Halves the tile whose halving costs least until scratch fits; returns whether it does. */
static bool shrink(struct strips *s, double goal) {
    struct knob knob[LAX_MAX_RANK];
    int n = knobs(s, knob);
    while (footprint(s) > goal) {
        int best = -1;
        double least = 0;
        for (int i = 0; i < n; i++) {
            int64_t tile = *knob[i].tile;
            if (tile <= knob[i].least) continue;
            turn(&knob[i], (tile + 1) / 2);
            if (best < 0 || waste(s) < least) best = i, least = waste(s);
            turn(&knob[i], tile);
        }
        if (best < 0) return false;
        turn(&knob[best], (*knob[best].tile + 1) / 2);
    }
    return true;
}

/* Whole dimensions, except that rows are no longer than some pages. */
static void start(struct strips *s) {
    struct knob knob[LAX_MAX_RANK];
    int n = knobs(s, knob);
    for (int i = 0; i < n; i++) turn(&knob[i], knob[i].all);
    int64_t lanes = lax_i_max(16384 / (int64_t)s->work, 1);
    if (!s->has_x)
        turn(&knob[0], lax_i_min(s->lanes, lanes));
    else if (row_lanes(s) > 4 * (double)lanes)
        turn(&knob[0],
             lax_i_max(lanes / (s->lanes * s->x.stride), 8 * (reach(&s->x) / s->x.stride)));
    if (s->n > 0) s->level[0].tile = s->level[0].axis.out, s->level[0].tiles = 1;
}

static bool choose_tiles(struct strips *s) {
    start(s);
    double whole = waste(s);
    if (shrink(s, STRIP_GOAL) && waste(s) < 1.2 * whole) return true;
    start(s);
    return shrink(s, STRIP_MOST);
}

/* --- tasks ------------------------------------------------------------------------------------ */

/* Elements of a tile, roughly. */
static double work_of(const struct strips *s) {
    double work = row_lanes(s);
    for (int j = 0; j < s->n; j++) work *= extent(&s->level[j].axis, s->level[j].tile);
    return work < 1 ? 1 : work;
}

/* Level 0 is cut so that there are tasks enough, each long against the halo that two share. */
static void cut(struct strips *s, int64_t tiles) {
    struct strip_level *l = &s->level[0];
    double work = work_of(s);
    int64_t halo = l->stack ? 4 * (reach(&l->axis) / l->axis.stride) : 1;
    double most = work / STRIP_TASK, wanted = (double)STRIP_TASKS / (double)tiles;
    int64_t parts = (int64_t)(most < wanted ? most : wanted);
    parts = lax_i_min(parts, l->axis.out / lax_i_max(halo, 1));
    if (parts <= 1) return;
    l->tile = lax_i_ceil_div(l->axis.out, parts);
    l->tiles = lax_i_ceil_div(l->axis.out, l->tile);
}

/* Number of all tiles; 0 where there is nothing to do. */
static int64_t count_tiles(const struct strips *s) {
    int64_t n[2 * LAX_MAX_RANK + 2], all;
    int k = 0;
    n[k++] = s->has_x ? s->x_tiles : s->lane_tiles;
    for (int j = 0; j < s->n; j++) n[k++] = s->level[j].tiles;
    for (int d = 0; d < s->outer_rank; d++) n[k++] = s->outer_size[d];
    return lax_i_product(k, n, &all) ? all : 0;
}

static void share_out(struct strips *s) {
    s->count = count_tiles(s);
    if (s->n > 0 && s->count > 0 && s->count < STRIP_TASKS) {
        cut(s, s->count);
        s->count = count_tiles(s);
    }
    double fit = STRIP_TASK / work_of(s);
    s->per_task = fit < 1 ? 1 : (int64_t)fit;
}

/* --- scratch ---------------------------------------------------------------------------------- */

static size_t place(const struct strips *s, size_t *at, int64_t lanes) {
    size_t here = *at;
    *at += lax_i_round_up((size_t)lanes * s->work, LAX_ALIGNMENT);
    return here;
}

static size_t set_scratch(struct strips *s) {
    size_t at = 0;
    int64_t plane = (int64_t)row_lanes(s) + 1;
    s->row = plane;
    s->spare_at = place(s, &at, plane);
    if (s->has_x) set_x_rows(s);
    /* Lines begin at cache lines, and not a multiple of 4 KiB apart. */
    s->x_room = (int64_t)line_lanes(s) * lax_i_max(s->x_rows, 1);
    s->x_room = (int64_t)lax_i_round_up((size_t)s->x_room + 16, 64);
    s->x_at = place(s, &at, STRIP_LINES * s->x_room);
    for (int j = s->n - 1; j >= 0; j--) {
        if (j < s->box) s->level[j].slots_at = place(s, &at, plane * s->level[j].slots);
        if (j < s->box) s->level[j].prefix_at = place(s, &at, plane);
        s->level[j].line_at = place(s, &at, (int64_t)line_of_level(s, &s->level[j]) + 1);
        if (j > 0) plane *= s->level[j].tile;
    }
    if (s->box == 0) plane = s->row + STRIP_RUN / (int64_t)s->work;
    s->plane_at = place(s, &at, plane);
    return at + 128; /* kernels may read so much beyond a line */
}

size_t lax_i_strips_nbytes(const struct strips *s) {
    struct strips copy = *s;
    return set_scratch(&copy);
}

static bool is_empty(const struct window_problem *p) {
    for (int d = 0; d < p->rank; d++)
        if (p->axis[d].out == 0) return true;
    return false;
}

bool lax_i_strips_plan(const struct window_problem *p, const struct fold *fold, struct strips *s) {
    *s = (struct strips){.fold = fold, .elem = lax_dtype_size(p->type[0]), .work = fold->work_size};
    lax_reducer_kind kind = p->reducer.kind;
    s->idempotent = kind == LAX_MAX || kind == LAX_MIN || kind == LAX_AND || kind == LAX_OR;
    lax_i_identity(kind, p->type[0], s->identity);
    s->has_init = memcmp(s->identity, p->init[0], s->elem) != 0;
    fold->load(s->init, 1, p->init[0], 1, 1);
    if (is_empty(p)) return true;
    set_dims(p, s);
    set_box(s);
    if (!choose_tiles(s)) return false;
    share_out(s);
    set_scratch(s);
    return true;
}
