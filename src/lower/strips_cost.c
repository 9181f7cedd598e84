/* SPDX-License-Identifier: Apache-2.0 */
/* What strips cost: of an element of rows of some shape, by which rows are chosen, and of all tiles
 * of a plan. Nanoseconds as they were measured, within a factor of two mostly. */
#include "lower/strips.h"

/* --- a row ------------------------------------------------------------------------------------ */

/* Nanoseconds an element of one run, with its call. Steps beyond lines and pages cost most. */
static double copy_ns(const struct strips *s, int64_t step, int64_t n) {
    double nbytes = (double)lax_i_magnitude(step) * (double)s->elem;
    return (step == 1 ? 0.2 : nbytes < 64 ? 0.6 : nbytes < 4096 ? 1.2 : 3) + 8.0 / (double)n;
}

/* Nanoseconds an element of gathered rows: in registers, or along one run. */
static double gather_ns(const struct strips *s, bool out) {
    const struct strip_level *last = &s->level[lax_i_max(s->n - 1, 0)];
    double least = 1e9, size = (double)s->run[s->n_runs - 1].size;
    bool pair = !out && s->n > 0 && last->lined && last->in_stride == 1;
    double near = pair ? (double)last->axis.in : 1;
    for (int i = 0; i < s->n_runs; i++) {
        const struct strip_run *run = &s->run[i];
        double ns = copy_ns(s, out ? run->out : run->in, run->size);
        if (ns < least) least = ns;
        if (i + 1 == s->n_runs || (out ? run->out : run->in) != 1) continue;
        pair = true, near = (double)run->size;
    }
    double both = 0.3 + 4 / size + 1 / near + 20 / (near * size);
    return pair && size >= 4 && both < least ? both : least;
}

static double move_ns(const struct strips *s, bool out, double row) {
    if (s->gathered) return gather_ns(s, out);
    bool along_x = s->has_x && s->lanes == 1;
    if (out && s->has_x) row *= (double)s->x.out / (double)lax_i_max(s->x.in, 1);
    if (out) return copy_ns(s, along_x ? s->x_out : s->lane_out, lax_i_max((int64_t)row, 1));
    if (s->plain || (s->lies && s->box < s->n)) return 0;
    return copy_ns(s, along_x ? s->x_in : s->lane_in, (int64_t)row);
}

/* What rows cost an element, roughly: calls for every row, and to copy them. */
double lax_i_strips_row_ns(const struct strips *s) {
    double row = (double)(s->has_x ? s->x.in * s->lanes : s->lanes);
    bool narrow = row * (double)s->work < 64; /* less than a vector */
    double calls = 40.0 * s->box + (s->box == s->n ? 20 : narrow ? 50 : 32);
    bool together = s->box == 0 && s->n > 0 && s->x.size <= STRIP_ROWS;
    bool runs = together && s->x.base_dilation == 1 && s->level[s->n - 1].axis.base_dilation == 1;
    if (runs && s->x.stride <= 2 && !narrow) calls -= 16; /* several rows in a call */
    if (!s->has_x && s->box < s->n && !narrow) calls -= 10;
    if (s->has_x && s->x.stride > 1 && s->lanes < 16) calls += 30;
    if (s->has_x) calls += together ? 10 : s->x.size > STRIP_ROWS ? 130 : 60;
    row = row > 4096 ? 4096 : row;
    return calls / row + move_ns(s, false, row) + move_ns(s, true, row);
}

/* --- a plan ----------------------------------------------------------------------------------- */

/* Elements of a dimension that a tile's windows meet. */
static double met(const struct window_axis *a, int64_t tile) {
    double reach =
        (double)(tile - 1) * (double)a->stride + (double)(a->size - 1) * (double)a->window_dilation;
    double all = reach / (double)a->base_dilation + 1, in = (double)lax_i_max(a->in, 1);
    return all < in ? all : in;
}

static double load_ns(const struct strips *s, double rows, double lanes) {
    bool lies = s->lies && s->n > 0 && !s->level[s->n - 1].stack; /* windows read them there */
    double ns = lies ? 0 : move_ns(s, false, lanes);
    return ns == 0 ? 0 : rows * (lanes * ns + (s->gathered ? 15 : 0));
}

/* Windows of level j, in so many planes of rows: one by one, or sliding. */
static double level_ns(const struct strips *s, int j, double windows, double planes, double row) {
    const struct strip_level *l = &s->level[j];
    bool lies = l->lined || (j + 1 == s->n && s->plain);
    double call = l->at_once ? 6 : 20;
    if (l->stack) return (windows * 2 + planes) * (row + call);
    return windows * ((double)(l->most + 1) * row + call + (lies ? 2 : 5) * (double)l->most);
}

/* Windows of all levels of the box. */
static double box_ns(const struct strips *s, double windows, double row) {
    double taps = 1;
    for (int j = s->box; j < s->n; j++) taps *= (double)s->level[j].most;
    return windows * ((taps + 1) * row + (s->has_x ? 6 + taps : 3 + taps / 2));
}

/* Whether one kernel call takes several rows to their results. */
static bool goes_across(const struct strips *s) {
    bool step = s->x.stride == 1 || (s->x.stride == 2 && s->lanes == 1);
    return s->has_x && s->fold->across != NULL && !s->gathered && step && !s->has_init &&
           s->x.size <= STRIP_ROWS && s->x_out == s->lanes && (s->lanes == 1 || s->lane_out == 1);
}

/* Windows along a row, short ones shift by shift, of others runs of powers of four. */
static double x_ns(const struct strips *s, double rows, double lanes, double op) {
    double size = (double)s->x.size, taps = size, call = 60;
    if (!s->has_x) return 0;
    if (goes_across(s)) return rows * (lanes * op * (taps + 1) + 12);
    if (s->x.size > STRIP_ROWS) taps = 4, call = 130;
    for (; size > 4 && s->x.size > STRIP_ROWS; size /= 4) taps += 4;
    if (s->x.stride > 1) call += (double)s->x_tile * (double)s->x.stride * (s->lanes > 1 ? 3 : 0.4);
    return rows * (lanes * op * (taps + 2) + call);
}

/* Results that lie side by side are often written as they come. */
static double store_ns(const struct strips *s, double rows, double lanes) {
    bool dense = !s->gathered && (s->has_x ? s->x_out == s->lanes : s->lane_out == 1);
    double row = lanes * (double)s->work * 0.01;
    if (goes_across(s)) return 0;
    if (dense && s->plain && !s->has_init) return rows * (5 + row);
    return rows * (25 + row + lanes * (dense ? 0 : move_ns(s, true, lanes)));
}

/* A tile: rows are loaded, each level leaves fewer, or more, and the last ones are stored. */
static double tile_ns(const struct strips *s, double lanes, double op) {
    double rows = 1, ns = 100, out = s->has_x ? (double)(s->x_tile * s->lanes) : lanes;
    for (int j = 0; j < s->n; j++) rows *= met(&s->level[j].axis, s->level[j].tile);
    ns += load_ns(s, rows, lanes);
    for (int j = s->n - 1; j >= 0; j--) {
        const struct strip_level *l = &s->level[j];
        double planes = rows;
        rows *= (double)l->tile / met(&l->axis, l->tile);
        if (j < s->box) ns += level_ns(s, j, rows, planes, lanes * op);
        if (j == s->box) ns += box_ns(s, rows, lanes * op);
    }
    return ns + x_ns(s, rows, out, op) + store_ns(s, rows, out);
}

double lax_i_strips_ns(const struct strips *s, double op) {
    double lanes = s->has_x ? met(&s->x, s->x_tile) * (double)s->lanes
                            : (double)s->lane_tile * (double)s->lane_unit;
    return 0.88 * (double)s->count * tile_ns(s, lanes, op);
}
