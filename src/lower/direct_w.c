/* SPDX-License-Identifier: Apache-2.0 */
/* The lowering `direct_w`: vectors of positions along the axis whose elements lie next to each
 * other, output features as the rows of tiles. Channels-first tensors need no turning then, and few
 * features fill vectors. When it applies, how it chooses blocks, what it costs. */
#include "lower/direct.h"

#include <math.h>
#include <stdio.h>

enum {
    PANEL_DEPTH = 768,          /* taps x input features that a tile goes through */
    WEIGHTS_NBYTES = 128 << 10, /* of a block of features: stays in L2 over a box */
    INPUT_NBYTES = 128 << 10,   /* of a box */
    SUMS_NBYTES = 512 << 10,    /* of a task */
    MOST_POSITIONS = 2048,      /* of a box */
    FEW_FEATURES = 16,          /* taps of the inner axes are worth merging */
    MOST_CUT = 4,               /* output features for which rows are cut and not padded */
    ENOUGH_TASKS = 16,
};

static bool applicable(const struct problem *problem, const struct machine *machine, char *why) {
    const char *reason = NULL;
    struct direct d = {.n = 0};
    (void)machine;
    if (!lax_i_direct_applicable(&problem->conv, why)) return false;
    lax_i_direct_axes(&d, &problem->conv);
    if (problem->policy == LAX_POLICY_EXACT)
        reason = "padding is multiplied, which the exact policy does not allow";
    if (d.axis[d.n - 1].at.lhs_dilation != 1) reason = "neighbours of lhs are dilated";
    if (reason != NULL) snprintf(why, LAX_WHY_NBYTES, "%s", reason);
    return reason == NULL;
}

/* --- blocks ----------------------------------------------------------------------------------- */

/* With few features to be rows, tiles are wide. */
static int vectors_for(int64_t features, lax_dtype type, lax_isa isa) {
    static const int vectors[] = {6, 6, 6, 4, 3};
    if (features < LAX_COUNTOF(vectors)) return vectors[features];
    return lax_i_direct_wide_tiles(type, isa) ? 4 : 2;
}

static void choose_features(struct direct *d, const struct conv_problem *p, lax_isa isa) {
    int vectors = vectors_for(d->out_features, d->type, isa);
    int64_t lanes = lax_i_tile_kernel(isa, d->type, 1)->lanes;
    int wide = lax_i_direct_vectors_for_lines(d, p, lanes);
    if (wide > vectors) vectors = wide;
    for (int v = 1; v <= vectors; v++) d->kernel[v] = lax_i_tile_kernel(isa, d->type, v);
    d->columns = vectors * lanes;
    int64_t most = lax_i_max(PANEL_DEPTH / d->taps, FEW_FEATURES);
    d->n_kb = lax_i_ceil_div(d->in_features, most);
    d->kb = lax_i_ceil_div(d->in_features, d->n_kb);
    d->n_kb = lax_i_ceil_div(d->in_features, d->kb);
    int64_t rows = d->kernel[vectors]->rows;
    int64_t features = WEIGHTS_NBYTES / (d->taps * d->kb * d->size) / rows * rows;
    d->n_nb = lax_i_ceil_div(d->out_features, lax_i_max(features, 4 * rows));
    d->nb = d->n_nb == 0 ? 1 : lax_i_ceil_div(d->out_features, d->n_nb);
    d->n_nb = lax_i_ceil_div(d->out_features, d->nb);
}

/* Few features: the last axis's taps outermost, so that the others' merge into one deep tap. */
static void choose_order(struct direct *d) {
    if (d->in_features == 1 || d->in_features >= FEW_FEATURES) return;
    for (int k = 0; k < d->n; k++) d->order[k] = k == 0 ? d->n - 1 : k - 1;
}

/* Few output features do not pay for a copy of the input: on long rows, the outputs at their ends
 * that do not meet every tap go alone. */
static bool cuts_ends(const struct direct *d) {
    const struct conv_axis *a = &d->axis[d->n - 1].at;
    return d->out_features <= MOST_CUT && a->out >= 32 * a->kernel;
}

/* The input itself serves where its positions are next to each other, if ends are cut off. */
static bool close_by(const struct direct *d, const struct conv_problem *p) {
    const struct conv_axis *a = &d->axis[d->n - 1].at;
    return p->lhs_type == d->type && (a->out == 1 || (a->lhs == 1 && a->stride == 1));
}

static bool readable(const struct direct *d, const struct conv_problem *p) {
    return close_by(d, p) && (!lax_i_direct_has_ends(&d->axis[d->n - 1]) || cuts_ends(d));
}

static bool stage_boxes(struct direct *d, int64_t positions) {
    struct direct_axis *last = &d->axis[d->n - 1];
    d->stage_in = true;
    lax_i_direct_tiles(d, positions);
    last->padded = lax_i_direct_has_ends(last);
    last->planes = last->at.kernel > 1 ? last->at.stride : 1;
    return lax_i_direct_fit(d, positions);
}

static void read_boxes(struct direct *d, const struct conv_problem *p, int64_t positions) {
    struct direct_axis *last = &d->axis[d->n - 1];
    d->stage_in = last->padded = false;
    last->planes = last->run = 1;
    lax_i_direct_tiles(d, positions);
    bool one = p->in_features == 1;
    lax_i_direct_read_axes(d, one ? last->at.lhs * last->at.dilation : p->lhs_feature);
}

/* A window's input that is too large for the stage is read as it lies, if it can be. */
static bool choose_boxes(struct direct *d, const struct conv_problem *p) {
    int64_t positions = INPUT_NBYTES / (d->kb * d->size) / 2, kb = d->kb, n_kb = d->n_kb;
    positions = lax_i_min(lax_i_max(positions, d->columns), MOST_POSITIONS);
    if (!readable(d, p)) {
        if (stage_boxes(d, positions)) return true;
        if (!close_by(d, p)) return false;
        d->kb = kb, d->n_kb = n_kb;
    }
    read_boxes(d, p, positions);
    return true;
}

static bool choose(struct direct *d, const struct plan *plan) {
    const struct conv_problem *p = &plan->problem.conv;
    d->along_w = true;
    lax_i_direct_axes(d, p);
    choose_features(d, p, plan->machine.isa);
    choose_order(d);
    lax_i_direct_weight_steps(d);
    d->lines = lax_i_direct_wants_lines(d, p, &plan->machine);
    if (!choose_boxes(d, p)) return false;
    int64_t wanted = lax_i_ceil_div(ENOUGH_TASKS, lax_i_max(d->boxes * d->groups, 1));
    int64_t most = lax_i_max(SUMS_NBYTES / (d->positions * d->nb * d->size), 1);
    most = lax_i_min(most, lax_i_max(d->n_nb / wanted, 1));
    d->n_ob = lax_i_ceil_div(d->n_nb, most);
    d->ob = d->n_ob == 0 ? 1 : lax_i_ceil_div(d->n_nb, d->n_ob);
    d->n_ob = lax_i_ceil_div(d->n_nb, d->ob);
    lax_i_direct_choose_keeping(d);
    d->fb = d->n_kb > 1 ? d->ob : 1;
    d->rows = d->nb;
    d->sums_block = d->nb * d->positions;
    lax_i_direct_choose_way_out(d, p);
    d->sums_nbytes = d->stage_out ? d->fb * d->sums_block * d->size : 0;
    if (d->lines) d->sums_nbytes = d->nb * LAX_ALIGNMENT; /* what its rows carry */
    lax_i_direct_copies(d, p, plan->machine.isa);
    d->stream = lax_i_direct_wants_stream(d, p, &plan->machine);
    return d->sums_nbytes <= DIRECT_STAGE_LIMIT;
}

static lax_status build(struct plan *plan, lax_error *why) {
    struct direct *d = lax_i_plan_state(plan, sizeof *d, why);
    if (d == NULL) return LAX_ERROR_MEMORY;
    if (!choose(d, plan))
        return lax_i_fail(why, LAX_ERROR_LOWERING_REFUSED,
                          "lowering 'direct_w' refuses: a window's input does not fit the stage");
    lax_i_direct_fill_plan(plan, d, lax_i_direct_w_run);
    return LAX_OK;
}

/* --- describe, cost --------------------------------------------------------------------------- */

static void describe(const struct plan *plan, struct text *text) {
    const struct direct *d = plan->state;
    lax_i_text_add(text, "tiles of %lld features x %lld positions; boxes of %lld positions",
                   (long long)d->kernel[d->columns / d->kernel[1]->lanes]->rows,
                   (long long)d->columns, (long long)d->positions);
    lax_i_text_add(text, ", %lld features in, %lld out; ", (long long)d->kb,
                   (long long)(d->ob * d->nb));
    lax_i_direct_describe(plan, text);
}

/* Steps of one multiply-add each that a tile of `vectors` takes an element of depth for all output
 * features: sums wait for their latency, and a row of few vectors for its weights. */
static double tile_steps(const struct direct *d, const struct machine *machine, int64_t vectors) {
    enum { LATENCY = 7 };
    int64_t most = lax_i_tile_kernel(machine->isa, d->type, (int)vectors)->rows;
    int64_t tiles = lax_i_max(lax_i_ceil_div(d->out_features, most), 1);
    double rows = (double)d->out_features / (double)tiles;
    return (double)tiles * fmax(fmax(rows * (double)vectors, LATENCY), rows + (double)vectors);
}

/* Such steps for a row of output positions, in multiply-adds: tiles of two widths at most. */
static double row_macs(const struct direct *d, const struct machine *machine, int64_t row) {
    int64_t lanes = lax_i_tile_kernel(machine->isa, d->type, 1)->lanes;
    int64_t vectors = lax_i_max(lax_i_ceil_div(row, lanes), 1);
    int64_t tiles = lax_i_ceil_div(vectors, vectors_for(d->out_features, d->type, machine->isa));
    int64_t wide = vectors / tiles, wider = vectors % tiles;
    double steps = (double)(tiles - wider) * tile_steps(d, machine, wide);
    if (wider > 0) steps += (double)wider * tile_steps(d, machine, wide + 1);
    return steps * (double)lanes;
}

static double cost(const struct problem *problem, const struct machine *machine) {
    const double START = 0.7; /* steps in which the rows of a tile find a run of weights */
    const struct conv_problem *p = &problem->conv;
    struct direct_estimate e = lax_i_direct_estimate(p);
    struct direct d = {.along_w = true};
    lax_i_direct_axes(&d, p);
    const struct conv_axis *last = &d.axis[d.n - 1].at;
    bool ends = lax_i_direct_has_ends(&d.axis[d.n - 1]) && !readable(&d, p);
    double taps = e.taps;
    if (ends) taps *= (double)last->kernel / fmax(lax_i_direct_inside(&p->dim[last->axis]), 1e-3);
    double depth = taps * (double)p->in_features, row = (double)lax_i_max(last->out, 1);
    double runs = p->in_features < FEW_FEATURES ? (double)last->kernel : taps;
    double flops = 2 * e.out / row * row_macs(&d, machine, last->out) * (depth + 4 + START * runs);
    double in = e.in * (double)p->in_features, out = e.out * (double)p->out_features;
    if (last->kernel == 1) in *= fmin(row / fmax((double)last->in, 1), 1);
    double ns = flops * (double)d.size / 4 / (0.93 * machine->gflops) + e.weights * 0.5;
    ns += (in + out) * (double)d.size / machine->gbytes * 0.3;
    bool turned_in = last->lhs != 1 || last->stride != 1;
    bool planes = last->kernel > 1 && last->stride > 1;
    bool in_registers = p->lhs_feature == 1 && p->lhs_type == d.type && !planes;
    double turning = in_registers ? 0.4 : 1;
    if (turned_in || ends)
        ns += in * (turned_in ? turning : 0.2) + in / fmax((double)last->in, 1) * 8;
    if (last->result != 1) ns += out * 0.8;
    if (last->result == 1 && last->out < lax_i_tile_kernel(machine->isa, d.type, 1)->lanes)
        ns += out * 0.6; /* parts of lines */
    ns += lax_i_direct_classes(p, MOST_POSITIONS, true) * (60 + 2 * taps) + e.out / row * 20;
    return ns * 1e-6;
}

const struct lowering lax_i_conv_direct_w = {
    "direct_w", PROBLEM_CONV, applicable, build, describe, cost,
};
