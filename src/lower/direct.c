/* SPDX-License-Identifier: Apache-2.0 */
/* The lowering `direct`: vectors of output features. When it applies, how it chooses blocks, what
 * it costs. */
#include "lower/direct.h"

#include <math.h>

enum {
    PANEL_DEPTH =
        1728, /* taps x input features of a panel: 3 x 3 x 192, measured best of 384 to 4,608 */
    SHALLOW = 512,              /* taps x input features, as PANEL_DEPTH */
    LEAST_FEATURES = 16,        /* a cache line of input features */
    INPUT_NBYTES = 128 << 10,   /* of a box that all its feature blocks go through: stays in L2 */
    FINISHED_NBYTES = 32 << 10, /* of sums that are finished together: stay in L1 */
    SUMS_NBYTES = 256 << 10,    /* of a task: visited once for each block of input features */
    MOST_POSITIONS = 384,       /* of a box */
    MOST_ONCE = 1600, /* of one that no other block of features goes through: fewer ends of rows */
    LEAST_POSITIONS = 96,
    ENOUGH_TASKS = 16, /* to share out; no use below LEAST_MACS each */
    LEAST_MACS = 1 << 19,
    STAGING_MACS = 100,      /* the same for every element that each task stages for itself */
    GROUP_NBYTES = 48 << 10, /* of panels that each tile of positions goes through at once */
    PANEL_LIMIT = 1 << 20,
    LYING_POSITIONS = 1024, /* that weights are read for as they lie; see weights_lie */
    LYING_NARROW = 64,
    INSIDE_POSITIONS = 512, /* see taps_inside */
};

static bool applicable(const struct problem *problem, const struct machine *machine, char *why) {
    (void)machine;
    return lax_i_direct_applicable(&problem->conv, why);
}

/* --- blocks ----------------------------------------------------------------------------------- */

/* Vectors of a tile. A wide tile broadcasts fewer elements of the input, a high one keeps a smaller
 * panel of weights in the nearest cache: where wide ones are low, what pays depends on the depth.
 * With fewer positions than a tile has rows it is wider still. All blocks of features are about as
 * wide. */
static int64_t vectors_for(int64_t positions, bool wide, int64_t vectors_of_features) {
    int64_t most = positions >= 5 ? (wide ? 4 : 2) : positions >= 3 ? 4 : 6;
    int64_t blocks = lax_i_ceil_div(lax_i_max(vectors_of_features, 1), most);
    return lax_i_ceil_div(lax_i_max(vectors_of_features, 1), blocks);
}

static void choose_features(struct direct *d, const struct conv_problem *p, lax_isa isa) {
    int64_t lanes = lax_i_tile_kernel(isa, d->type, 1)->lanes, positions = 1;
    for (int i = 0; i < d->n; i++)
        positions = lax_i_min(positions, MOST_POSITIONS) * d->axis[i].at.out;
    bool shallow = d->taps * lax_i_min(d->in_features, SHALLOW) <= SHALLOW;
    int vectors = (int)vectors_for(positions, shallow || lax_i_direct_wide_tiles(d->type, isa),
                                   lax_i_ceil_div(d->out_features, lanes));
    int wide = lax_i_direct_vectors_for_lines(d, p, lanes);
    if (positions >= 5 && wide > vectors) vectors = wide;
    for (int v = 1; v <= vectors; v++) d->kernel[v] = lax_i_tile_kernel(isa, d->type, v);
    d->nb = vectors * lanes;
    d->n_nb = lax_i_ceil_div(d->out_features, d->nb);
    int64_t most = lax_i_max(PANEL_DEPTH / d->taps, LEAST_FEATURES);
    d->n_kb = lax_i_ceil_div(d->in_features, most);
    d->kb = lax_i_ceil_div(d->in_features, d->n_kb);
    if (d->n_kb > 1) d->kb = lax_i_ceil_div(d->kb, LEAST_FEATURES) * LEAST_FEATURES;
    d->n_kb = lax_i_ceil_div(d->in_features, d->kb);
}

static int64_t tile_rows(const struct direct *d) {
    return d->kernel[d->nb / d->kernel[1]->lanes]->rows;
}

/* The axis whose results are next to each other where features are not. */
static int near_axis(const struct direct *d, const struct conv_problem *p) {
    if (d->along_k || p->out_feature == 1 || p->out_features == 1) return -1;
    for (int i = 0; i < d->n; i++)
        if (d->axis[i].at.result == 1 && d->axis[i].at.out > 1) return i;
    return -1;
}

static int64_t outputs(const struct direct *d) {
    int64_t positions = 1;
    for (int i = 0; i < d->n; i++) positions *= d->axis[i].at.out;
    return positions;
}

static bool choose_boxes(struct direct *d, const struct problem *problem) {
    const struct conv_problem *p = &problem->conv;
    d->near = near_axis(d, p);
    int64_t positions = INPUT_NBYTES / (d->kb * d->size);
    if (p->lhs_type != d->type) /* many boxes, rather than each converted for several tasks */
        positions = lax_i_min(positions, lax_i_max(d->groups, 1) * outputs(d) / ENOUGH_TASKS);
    positions = lax_i_min(lax_i_max(positions, LEAST_POSITIONS), MOST_POSITIONS);
    d->stage_in = p->lhs_type != d->type || (p->lhs_feature != 1 && p->in_features != 1);
    if (d->n_nb == 1 && d->n_kb == 1 && !d->stage_in && d->near < 0)
        positions = lax_i_max(positions, lax_i_min(outputs(d) / ENOUGH_TASKS, MOST_ONCE));
    lax_i_direct_tiles(d, positions);
    for (int i = 0; i < d->n && problem->policy != LAX_POLICY_EXACT; i++) {
        struct direct_axis *a = &d->axis[i];
        a->padded = lax_i_direct_wants_padding(d, a, (double)tile_rows(d));
        d->stage_in |= a->padded;
    }
    if (d->stage_in) return lax_i_direct_fit(d, positions);
    lax_i_direct_read_axes(d, 1);
    return true;
}

/* Whether kernels can read weights where they lie (HWIO), which then are read once less. Rows of a
 * block are far apart there, and share few sets of the caches: with many positions panels are
 * better, the sooner the narrower blocks are. Packing had cost 30 % of the time of a 3 x 3 layer of
 * 512 features and 49 positions, 3 % at 289 positions, and saves 3 to 20 % beyond 1,500; with rows
 * of one line it saves as much at 170. */
static bool weights_lie(const struct conv_problem *p, lax_dtype type, double positions,
                        int64_t width) {
    bool wide = width * (int64_t)lax_dtype_size(type) >= 256 || p->rhs_in == width;
    return p->rhs_type == type && p->rhs_out == 1 && !p->open_batch &&
           positions <= (wide ? LYING_POSITIONS : LYING_NARROW);
}

/* Whether the taps of many input features follow each other, and those features (OIHW): weights are
 * then packed in one long run. Rows of a block are apart there, which costs 10 % of the time where
 * there are many positions. */
static bool taps_inside(const struct direct *d, const struct conv_problem *p) {
    int64_t step = 1;
    if (p->open_batch || outputs(d) > INSIDE_POSITIONS) return false;
    for (int k = d->n - 1; k >= 0; k--) {
        const struct conv_axis *a = &d->axis[d->order[k]].at;
        if (a->kernel > 1 && a->rhs != step) return false;
        step *= a->kernel;
    }
    return d->taps > 1 && d->taps <= DIRECT_ROOM_TAPS && d->in_features >= LEAST_FEATURES &&
           p->rhs_in == d->taps && p->rhs_out != 1;
}

/* Feature blocks of a task: sums stay in the cache, and there are tasks to share out. */
static void choose_tasks(struct direct *d) {
    double macs = (double)d->positions * (double)(d->nb * d->taps) * (double)d->in_features;
    int64_t most = lax_i_max(SUMS_NBYTES / (d->positions * d->nb * d->size), 1);
    int64_t wanted = lax_i_ceil_div(ENOUGH_TASKS, lax_i_max(d->boxes * d->groups, 1));
    int64_t least = (int64_t)(LEAST_MACS / macs) + 1;
    if (d->stage_in && d->n_kb * d->stage_nbytes > DIRECT_STAGE_LIMIT) {
        double staged = (double)(d->stage_nbytes / (d->size * d->kb)) * (double)d->in_features;
        least = lax_i_max(least, (int64_t)ceil(staged * STAGING_MACS / macs));
    }
    most = lax_i_min(most, lax_i_max(d->n_nb / wanted, least));
    d->n_ob = lax_i_ceil_div(d->n_nb, lax_i_max(lax_i_min(most, d->n_nb), 1));
    d->ob = d->n_ob == 0 ? 1 : lax_i_ceil_div(d->n_nb, d->n_ob);
    d->group = d->along_k ? 1 : lax_i_max(GROUP_NBYTES / (d->kb * d->taps * d->nb * d->size), 1);
    d->n_ob = lax_i_ceil_div(d->n_nb, d->ob);
    lax_i_direct_choose_keeping(d);
    int64_t together = lax_i_max(FINISHED_NBYTES / (d->positions * d->nb * d->size), 1);
    d->fb = d->n_kb > 1 ? d->ob : lax_i_min(d->ob, together);
}

bool lax_i_direct_choose(struct direct *d, const struct plan *plan) {
    const struct conv_problem *p = &plan->problem.conv;
    if (!choose_boxes(d, &plan->problem)) return false;
    choose_tasks(d);
    d->rows = d->positions;
    d->sums_block = d->nb;
    lax_i_direct_choose_way_out(d, p);
    d->sums_nbytes = d->stage_out ? d->positions * d->fb * d->nb * d->size : 0;
    lax_i_direct_copies(d, p, plan->machine.isa);
    d->stream = !d->along_k && lax_i_direct_wants_stream(d, p, &plan->machine);
    d->panel_nbytes = d->ob * d->taps * d->kb * d->nb * d->size;
    d->lies = !d->along_k && weights_lie(p, d->type, (double)outputs(d), d->nb);
    d->inner = !d->along_k && taps_inside(d, p);
    d->pack_in_task = !d->lies && d->boxes == 1 && !p->open_batch && d->panel_nbytes <= PANEL_LIMIT;
    if (!d->pack_in_task) d->panel_nbytes = 0;
    return true;
}

static bool choose(struct direct *d, const struct plan *plan) {
    lax_i_direct_axes(d, &plan->problem.conv);
    lax_i_direct_weight_steps(d);
    choose_features(d, &plan->problem.conv, plan->machine.isa);
    return lax_i_direct_choose(d, plan);
}

static lax_status build(struct plan *plan, lax_error *why) {
    struct direct *d = lax_i_plan_state(plan, sizeof *d, why);
    if (d == NULL) return LAX_ERROR_MEMORY;
    if (!choose(d, plan))
        return lax_i_fail(why, LAX_ERROR_LOWERING_REFUSED,
                          "lowering 'direct' refuses: a window's input does not fit the stage");
    lax_i_direct_fill_plan(plan, d, lax_i_direct_run);
    return LAX_OK;
}

/* --- describe, cost --------------------------------------------------------------------------- */

static void describe(const struct plan *plan, struct text *text) {
    const struct direct *d = plan->state;
    lax_i_text_add(text, "tiles of %lld x %lld features; boxes of %lld positions",
                   (long long)tile_rows(d), (long long)d->nb, (long long)d->positions);
    lax_i_text_add(text, ", %lld features in, %lld out; ", (long long)d->kb,
                   (long long)(d->ob * d->nb));
    lax_i_direct_describe(plan, text);
}

/* Steps of a tile that are lost beside its taps' depth: sums come and go, rows find their taps,
 * which takes a tile of one vector the longer the more rows it has. */
static double overhead(const struct conv_problem *p, double taps, double depth, bool narrow) {
    const struct conv_dim *last = p->n == 0 ? NULL : &p->dim[p->n - 1];
    bool merged = last != NULL && p->in_features < LEAST_FEATURES &&
                  (p->lhs_feature != 1 || last->lhs_stride == p->in_features);
    double runs = merged ? taps / fmax((double)last->kernel, 1) : taps;
    return (4 + (narrow ? 3 : 0.7) * runs) / fmax(depth, 1);
}

static double cost(const struct problem *problem, const struct machine *machine) {
    const struct conv_problem *p = &problem->conv;
    lax_dtype type = lax_i_dtype_accumulator(p->compute_type);
    struct direct_estimate e = lax_i_direct_estimate(p);
    double size = (double)lax_dtype_size(type), depth = e.taps * (double)p->in_features;
    int64_t lanes = lax_i_tile_kernel(machine->isa, type, 1)->lanes;
    double features = (double)(lax_i_ceil_div(p->out_features, lanes) * lanes);
    double flops =
        2 * e.out * features * depth * (1 + overhead(p, e.taps, depth, features == (double)lanes));
    double in = e.in * (double)p->in_features, out = e.out * (double)p->out_features;
    double ns = flops * size / 4 / (0.95 * machine->gflops);
    double positions = e.out / fmax((double)p->groups, 1);
    int64_t width = lanes * vectors_for((int64_t)fmin(positions, MOST_POSITIONS),
                                        lax_i_direct_wide_tiles(type, machine->isa),
                                        lax_i_ceil_div(p->out_features, lanes));
    ns += e.weights * (weights_lie(p, type, positions, width) ? 0.1 : 0.5);
    ns += (in + out) * size / machine->gbytes * 0.3;
    if (p->lhs_feature != 1 && p->in_features != 1) ns += in * 0.6;
    bool far = out * (double)lax_dtype_size(p->out_type) > (double)machine->l3_nbytes / 4;
    if (p->out_feature != 1 && p->out_features != 1) ns += out * (far ? 0.6 : 0.33);
    ns += lax_i_direct_classes(p, MOST_POSITIONS, false) * ceil(features / (double)(2 * lanes)) *
          (60 + 2 * e.taps);
    return ns * 1e-6;
}

const struct lowering lax_i_conv_direct = {
    "direct", PROBLEM_CONV, applicable, build, describe, cost,
};
