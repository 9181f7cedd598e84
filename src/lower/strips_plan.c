/* SPDX-License-Identifier: Apache-2.0 */
/* The tiles of strips, which keep scratch small without much being folded twice, tasks, and where
 * everything lies in scratch. Depends on the problem only. */
#include "lower/strips.h"

static int64_t reach(const struct window_axis *a) { return (a->size - 1) * a->window_dilation + 1; }

/* --- tiles ------------------------------------------------------------------------------------ */

/* Elements that `tile` windows meet, as a float because it may be beyond everything. */
static double extent(const struct window_axis *a, int64_t tile) {
    return ((double)(tile - 1) * (double)a->stride + (double)reach(a)) / (double)a->base_dilation +
           1;
}

static double row_lanes(const struct strips *s) {
    if (!s->has_x) return (double)s->lane_tile * (double)s->lane_unit;
    double all = extent(&s->x, s->x_tile), in = (double)s->x.in;
    return (all < in ? all : in) * (double)s->lanes;
}

/* Lanes of the elements that a tile of such a level meets. */
static double line_of_level(const struct strips *s, const struct strip_level *l) {
    double met = extent(&l->axis, l->tile), in = (double)l->axis.in;
    return l->at_once || l->lined ? (met < in ? met : in) * row_lanes(s) : 0;
}

/* Lanes that are moved before they get their working form. */
static double raw_lanes(const struct strips *s) {
    double most = row_lanes(s);
    if (!s->gathered) return 0;
    if (s->has_x && (double)s->x_tile * (double)s->lanes > most)
        most = (double)s->x_tile * (double)s->lanes;
    if (s->n == 0 || !s->level[s->n - 1].lined) return most;
    double line = line_of_level(s, &s->level[s->n - 1]);
    return line > most ? line : most;
}

/* Short rows with short windows are taken together, some KiB of them. */
static void set_x_rows(struct strips *s) {
    double line = ((double)s->x_tile * (double)s->x.stride + (double)reach(&s->x)) *
                  (double)s->lanes * (double)s->work;
    s->x_rows = 1;
    if (s->box == 0 && s->n > 0 && s->x.size <= STRIP_ROWS && line < STRIP_LINE)
        s->x_rows = (int64_t)(STRIP_LINE / line);
}

static double line_lanes(const struct strips *s) {
    if (!s->has_x) return 0;
    double a = (double)s->x_tile * (double)s->x.stride + (double)reach(&s->x);
    return (a + (double)s->x.stride) * (double)s->lanes;
}

/* Bytes of scratch of the present tiles. */
static double footprint(const struct strips *s) {
    double plane = row_lanes(s), lanes = 2 * plane + STRIP_LINES * line_lanes(s) + raw_lanes(s);
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
    int64_t line = lax_i_max(64 / (int64_t)s->work / s->lane_unit, 1);
    if (s->has_x)
        knob[n++] = (struct knob){&s->x_tile, &s->x_tiles, s->x.out, 1};
    else
        knob[n++] = (struct knob){&s->lane_tile, &s->lane_tiles, s->lanes / s->lane_unit, line};
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
    int64_t lanes = lax_i_max((s->gathered ? 4096 : 16384) / (int64_t)s->work, 1);
    if (!s->has_x)
        turn(&knob[0], lax_i_max(lanes / s->lane_unit, 1));
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
    if (s->gathered) s->raw_at = place(s, &at, (int64_t)raw_lanes(s) + 1);
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

bool lax_i_strips_plan(const struct window_problem *p, lax_isa isa, struct strips *s) {
    const struct fold *fold = lax_i_fold(p->reducer.kind, p->type[0], isa);
    *s = (struct strips){.fold = fold, .elem = lax_dtype_size(p->type[0]), .work = fold->work_size};
    lax_reducer_kind kind = p->reducer.kind;
    s->idempotent = kind == LAX_MAX || kind == LAX_MIN || kind == LAX_AND || kind == LAX_OR;
    s->moves = lax_i_move_kernels(isa);
    lax_i_identity(kind, p->type[0], s->identity);
    s->has_init = memcmp(s->identity, p->init[0], s->elem) != 0;
    fold->load(s->init, 1, p->init[0], 1, 1);
    if (is_empty(p)) return true;
    lax_i_strips_dims(p, s);
    if (!choose_tiles(s)) return false;
    share_out(s);
    set_scratch(s);
    return true;
}
