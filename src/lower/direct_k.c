/* SPDX-License-Identifier: Apache-2.0 */
/* The lowering `direct_k`: vectors along the contraction, over the input features and the taps that
 * follow them in memory. Few output features would leave most lanes of a vector of them empty; here
 * every lane works, and the lanes of a sum are added once for each output. When it applies, how it
 * chooses blocks, what it costs. */
#include "lower/direct.h"

#include <math.h>

enum {
    MOST_POSITIONS = 384, /* of a box, as for direct */
    PANEL_DEPTH = 4096,   /* taps x input features: weights of four features take 64 KiB */
    MANY_FEATURES = 32,   /* in: their runs are long enough */
    LEAST_FEATURES = 64   /* whole vectors and few sums of lanes */
};

static bool applicable(const struct problem *problem, const struct machine *machine, char *why) {
    (void)machine;
    return lax_i_direct_applicable(&problem->conv, why);
}

static void choose_features(struct direct *d, lax_isa isa) {
    d->n_nb = lax_i_ceil_div(d->out_features, TILE_K_COLUMNS);
    d->nb = d->n_nb == 0 ? 1 : lax_i_ceil_div(d->out_features, d->n_nb);
    for (int c = 1; c <= d->nb; c++) d->kernel[c] = lax_i_tile_k_kernel(isa, d->type, c);
    int64_t most = lax_i_max(PANEL_DEPTH / d->taps, LEAST_FEATURES);
    d->n_kb = lax_i_ceil_div(d->in_features, most);
    d->kb = lax_i_ceil_div(d->in_features, d->n_kb);
    if (d->n_kb > 1) d->kb = lax_i_ceil_div(d->kb, LEAST_FEATURES) * LEAST_FEATURES;
    d->n_kb = lax_i_ceil_div(d->in_features, d->kb);
}

static bool is_staged(const struct conv_problem *p) {
    return p->lhs_type != lax_i_dtype_accumulator(p->compute_type) ||
           (p->lhs_feature != 1 && p->in_features != 1);
}

/* The axis whose taps follow each other's input features: in the stage any, but of many features
 * the nearest, which is staged best; of the input the one that is so; of these that with most taps.
 * -1: none. */
static int run_axis(const struct direct *d, bool staged) {
    int best = -1, first = staged && d->in_features >= MANY_FEATURES ? d->n - 1 : 0;
    for (int i = first; i < d->n; i++) {
        const struct conv_axis *a = &d->axis[i].at;
        if (a->kernel == 1 || a->dilation != 1 || a->lhs_dilation != 1) continue;
        if (!staged && a->lhs != d->in_features) continue;
        if (best < 0 || a->kernel > d->axis[best].at.kernel) best = i;
    }
    return best;
}

/* That axis goes innermost, in weights and in the stage. */
static void choose_order(struct direct *d, bool staged) {
    int run = run_axis(d, staged), n = 0;
    if (run < 0) return;
    struct direct_axis last = d->axis[run];
    for (int i = run; i < d->n - 1 && staged; i++) d->axis[i] = d->axis[i + 1];
    if (staged) d->axis[d->n - 1] = last;
    for (int i = 0; i < d->n && !staged; i++)
        if (i != run) d->order[n++] = i;
    if (!staged) d->order[n] = run;
}

static lax_status build(struct plan *plan, lax_error *why) {
    struct direct *d = lax_i_plan_state(plan, sizeof *d, why);
    if (d == NULL) return LAX_ERROR_MEMORY;
    d->along_k = true;
    lax_i_direct_axes(d, &plan->problem.conv);
    choose_order(d, is_staged(&plan->problem.conv));
    lax_i_direct_weight_steps(d);
    choose_features(d, plan->machine.isa);
    if (!lax_i_direct_choose(d, plan))
        return lax_i_fail(why, LAX_ERROR_LOWERING_REFUSED,
                          "lowering 'direct_k' refuses: a window's input does not fit the stage");
    lax_i_direct_fill_plan(plan, d, lax_i_direct_run);
    return LAX_OK;
}

static void describe(const struct plan *plan, struct text *text) {
    const struct direct *d = plan->state;
    lax_i_text_add(text, "tiles of %d x %lld features; boxes of %lld positions",
                   (int)d->kernel[d->nb]->rows, (long long)d->nb, (long long)d->positions);
    lax_i_text_add(text, ", %lld features in, %lld out; ", (long long)d->kb,
                   (long long)(d->ob * d->nb));
    lax_i_direct_describe(plan, text);
}

/* Steps of one product for a position: of whole vectors and masked ones, finding a run, adding
 * lanes at the end. */
static double steps_of(const struct conv_problem *p, double lanes, double taps, double inner) {
    enum { MASKED = 3, START = 4, SUM = 6 };
    double blocks = ceil((double)p->out_features / TILE_K_COLUMNS), runs = taps / inner;
    double length = inner * (double)p->in_features, whole = floor(length / lanes);
    double run = whole + (length > whole * lanes ? MASKED : 0);
    return (double)p->out_features * (runs * run + SUM) + blocks * runs * START;
}

static double cost(const struct problem *problem, const struct machine *machine) {
    const struct conv_problem *p = &problem->conv;
    lax_dtype type = lax_i_dtype_accumulator(p->compute_type);
    struct direct_estimate e = lax_i_direct_estimate(p);
    struct direct d = {.along_k = true};
    lax_i_direct_axes(&d, p);
    bool staged = is_staged(p);
    int axis = run_axis(&d, staged);
    double inner = axis < 0 ? 1 : fmin((double)d.axis[axis].at.kernel, fmax(e.taps, 1));
    double size = (double)lax_dtype_size(type), in = e.in * (double)p->in_features;
    double lanes = (double)lax_i_tile_kernel(machine->isa, type, 1)->lanes;
    double flops = 2 * lanes * e.out * steps_of(p, lanes, e.taps, inner);
    double ns = flops * size / 4 / (0.85 * machine->gflops) + e.weights * 0.5;
    ns += (in + e.out * (double)p->out_features) * size / machine->gbytes * 0.3;
    if (staged) ns += in * 0.6;
    ns += lax_i_direct_classes(p, MOST_POSITIONS, false) * (60 + 2 * e.taps / inner) *
          ceil((double)p->out_features / TILE_K_COLUMNS);
    return ns * 1e-6;
}

const struct lowering lax_i_conv_direct_k = {
    "direct_k", PROBLEM_CONV, applicable, build, describe, cost,
};
