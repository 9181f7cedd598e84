/* SPDX-License-Identifier: Apache-2.0 */
/* The lowering `direct`: when it applies, and how it chooses blocks. Block sizes are constants, not
 * the machine's cache sizes: the order of sums must not depend on the machine. */
#include "lower/direct.h"

#include <stdio.h>

enum {
    PANEL_DEPTH = 768,        /* taps x input features of a panel: 48 KiB at 16 features wide */
    LEAST_FEATURES = 16,      /* a cache line of input features */
    INPUT_NBYTES = 128 << 10, /* of a box that all its feature blocks go through: stays in L2 */
    SUMS_NBYTES = 256 << 10,  /* of a task: visited once for each block of input features */
    MOST_POSITIONS = 384,     /* of a box */
    LEAST_POSITIONS = 96,
    ENOUGH_TASKS = 16, /* to share out; no use below LEAST_MACS each */
    LEAST_MACS = 1 << 19,
    STAGE_LIMIT = 2 << 20, /* scratch: with sums and panel below 4 MiB */
    PANEL_LIMIT = 1 << 20,
    MAX_TAPS = 1 << 20,
};

/* --- applicable ------------------------------------------------------------------------------- */

static bool refuse(char *why, const char *sentence) {
    snprintf(why, LAX_WHY_NBYTES, "%s", sentence);
    return false;
}

static bool is_float(lax_dtype type) { return lax_i_dtype_kind(type) == KIND_FLOAT; }

/* Whether values of `type` take part in sums by one conversion. */
static bool one_rounding(const struct conv_problem *p, lax_dtype type) {
    return type == p->compute_type || lax_i_dtype_accumulator(p->compute_type) == p->compute_type;
}

static const char *refusal(const struct conv_problem *p) {
    if (p->patches) return "patches have no weights";
    if (!is_float(p->lhs_type) || !is_float(p->rhs_type) || !is_float(p->compute_type) ||
        !is_float(p->out_type))
        return "the element type is not a float";
    if (!one_rounding(p, p->lhs_type) || !one_rounding(p, p->rhs_type) ||
        !one_rounding(p, p->out_type))
        return "operands are rounded to another type first";
    for (int d = 0; d < p->n; d++) {
        if (p->dim[d].rhs_position_stride != 0) return "kernels differ by output position";
        if (p->dim[d].lhs_dilation != 1 && p->dim[d].in > 1) return "lhs is dilated";
    }
    if (p->in_features == 0) return "there are no input features";
    return NULL;
}

static bool count_taps(const struct conv_problem *p, int64_t *taps) {
    int64_t sizes[LAX_MAX_SPATIAL];
    for (int d = 0; d < p->n; d++) sizes[d] = p->dim[d].kernel;
    return lax_i_product(p->n, sizes, taps) && *taps > 0 && *taps <= MAX_TAPS;
}

/* Bytes of packed weights, feature blocks filled up. */
static bool packed_nbytes(const struct conv_problem *p, int64_t taps, int64_t nb, int64_t *nbytes) {
    const int64_t limit = (int64_t)4 << 30;
    const int64_t sizes[] = {p->groups, lax_i_ceil_div(p->out_features, nb) * nb, p->in_features,
                             taps,
                             (int64_t)lax_dtype_size(lax_i_dtype_accumulator(p->compute_type))};
    return lax_i_product(LAX_COUNTOF(sizes), sizes, nbytes) && *nbytes <= limit;
}

static bool applicable(const struct problem *problem, const struct machine *machine, char *why) {
    const struct conv_problem *p = &problem->conv;
    const char *reason = refusal(p);
    int64_t taps, nbytes;
    (void)machine;
    if (reason != NULL) return refuse(why, reason);
    if (!count_taps(p, &taps)) {
        snprintf(why, LAX_WHY_NBYTES, "a window must have 1 to %d taps", MAX_TAPS);
        return false;
    }
    if (!packed_nbytes(p, taps, 128, &nbytes))
        return refuse(why, "packed weights would take more than 4 GiB");
    return true;
}

/* --- blocks of features ----------------------------------------------------------------------- */

/* Register tiles are a few rows high; with fewer positions than that they are wide instead. */
static int vectors_for(int64_t positions, int64_t vectors_of_features) {
    int vectors = positions >= 5 ? 2 : positions >= 3 ? 4 : 6;
    return (int)lax_i_min(vectors, vectors_of_features > 4 ? 6 : lax_i_max(vectors_of_features, 1));
}

static void choose_features(struct direct *d, lax_isa isa, int64_t positions) {
    static const int widths[] = {1, 2, 3, 4, 6};
    int64_t lanes = lax_i_tile_kernel(isa, d->type, 1)->lanes;
    int vectors = vectors_for(positions, lax_i_ceil_div(d->out_features, lanes));
    for (int v = 1, w = 0; v <= vectors; v++) {
        if (widths[w] < v) w++;
        d->kernel[v] = lax_i_tile_kernel(isa, d->type, widths[w]);
    }
    d->nb = vectors * lanes;
    d->n_nb = lax_i_ceil_div(d->out_features, d->nb);
    int64_t most = lax_i_max(PANEL_DEPTH / d->taps, LEAST_FEATURES);
    d->n_kb = lax_i_ceil_div(d->in_features, most);
    d->kb = lax_i_ceil_div(d->in_features, d->n_kb);
    if (d->n_kb > 1) d->kb = lax_i_ceil_div(d->kb, LEAST_FEATURES) * LEAST_FEATURES;
    d->n_kb = lax_i_ceil_div(d->in_features, d->kb);
}

/* --- boxes ------------------------------------------------------------------------------------ */

static void choose_tiles(struct direct *d, int64_t positions) {
    d->boxes = d->positions = 1;
    d->segments = 0;
    for (int i = d->n - 1; i >= 0; i--) {
        struct direct_axis *a = &d->axis[i];
        int64_t most = lax_i_max(positions / d->positions, 1);
        a->n_tiles = lax_i_ceil_div(a->at.out, most);
        a->tile = a->n_tiles == 0 ? 1 : lax_i_ceil_div(a->at.out, a->n_tiles);
        a->n_tiles = lax_i_ceil_div(a->at.out, a->tile);
        d->boxes *= a->n_tiles;
        d->positions *= a->tile;
        d->segments += a->tile;
    }
}

/* Whether an axis costs less padded than cut. At its two ends pieces of a few positions have a
 * kernel's taps one by one; a register tile that is not filled costs at least half a full one. */
static bool wants_padding(const struct direct *d, const struct direct_axis *a) {
    const struct conv_axis *x = &a->at;
    int64_t reach = (x->out - 1) * x->stride + (x->kernel - 1) * x->dilation - x->pad;
    int64_t low = lax_i_min(lax_i_ceil_div(x->pad, x->stride), x->out);
    int64_t over = lax_i_max(reach - (x->in - 1), 0);
    int64_t high = lax_i_min(lax_i_ceil_div(over, x->stride), x->out - low);
    if (x->kernel == 1 || low + high == 0) return false;
    double pieces = (double)(lax_i_min(x->kernel - 1, low) + lax_i_min(x->kernel - 1, high));
    double rows = (double)(low + high) / pieces * (double)(d->positions / a->tile);
    double half = d->kernel[1]->rows / (double)(d->nb / d->kernel[1]->lanes) / 2;
    double waste = rows < half ? half / rows : 1;
    double ends = (double)(low + high);
    double cut = (double)(x->out - low - high) + ends * 0.6 * waste;
    return cut > 1.1 * (double)x->out;
}

/* Positions that the stage holds along an axis, at most. */
static int64_t span_of(const struct direct_axis *a) {
    if (a->compact) return a->tile;
    int64_t span = (a->tile - 1) * a->at.stride + (a->at.kernel - 1) * a->at.dilation + 1;
    return a->padded ? span : lax_i_min(span, lax_i_max(a->at.in, 1));
}

/* Steps of the stage's layout; false when it is too large. */
static bool stage_axes(struct direct *d) {
    int64_t pitch = d->kb;
    for (int i = d->n - 1; i >= 0; i--) {
        struct direct_axis *a = &d->axis[i];
        a->compact = a->at.kernel == 1;
        a->span = span_of(a);
        a->pitch = pitch;
        a->step = a->compact ? pitch : pitch * a->at.stride;
        a->tap_step = pitch * a->at.dilation;
        if (!lax_i_mul(pitch, a->span, &pitch) || pitch > STAGE_LIMIT / d->size) return false;
    }
    d->stage_nbytes = pitch * d->size;
    return true;
}

static void read_axes(struct direct *d) {
    for (int i = 0; i < d->n; i++) {
        struct direct_axis *a = &d->axis[i];
        a->pitch = a->at.lhs;
        a->step = a->at.lhs * a->at.stride;
        a->tap_step = a->at.lhs * a->at.dilation;
    }
    d->stage_nbytes = 0;
}

/* Boxes whose input fits; where even single positions do not, fewer input features at a time. */
static bool choose_boxes(struct direct *d, const struct problem *problem) {
    const struct conv_problem *p = &problem->conv;
    int64_t positions = INPUT_NBYTES / (d->kb * d->size);
    positions = lax_i_min(lax_i_max(positions, LEAST_POSITIONS), MOST_POSITIONS);
    d->stage_in = p->lhs_type != d->type || (p->lhs_feature != 1 && p->in_features != 1);
    choose_tiles(d, positions);
    for (int i = 0; i < d->n && problem->policy != LAX_POLICY_EXACT; i++) {
        d->axis[i].padded = wants_padding(d, &d->axis[i]);
        d->stage_in |= d->axis[i].padded;
    }
    if (!d->stage_in) {
        read_axes(d);
        return true;
    }
    while (!stage_axes(d)) {
        if (positions > 16) {
            choose_tiles(d, positions /= 2);
        } else if (d->kb > LEAST_FEATURES) {
            d->kb = lax_i_ceil_div(d->kb / 2, LEAST_FEATURES) * LEAST_FEATURES;
            d->n_kb = lax_i_ceil_div(d->in_features, d->kb);
        } else {
            return false;
        }
    }
    return true;
}

/* Feature blocks of a task: sums stay in the cache, and there are tasks to share out. */
static void choose_tasks(struct direct *d, int64_t batch) {
    double macs = (double)d->positions * (double)(d->nb * d->taps) * (double)d->in_features;
    int64_t most = lax_i_max(SUMS_NBYTES / (d->positions * d->nb * d->size), 1);
    int64_t boxes = d->boxes * d->groups * lax_i_max(batch, 1);
    int64_t wanted = lax_i_ceil_div(ENOUGH_TASKS, lax_i_max(boxes, 1));
    int64_t least = (int64_t)(LEAST_MACS / macs) + 1;
    most = lax_i_min(most, lax_i_max(d->n_nb / wanted, least));
    d->n_ob = lax_i_ceil_div(d->n_nb, lax_i_max(lax_i_min(most, d->n_nb), 1));
    d->ob = d->n_ob == 0 ? 1 : lax_i_ceil_div(d->n_nb, d->n_ob);
    d->n_ob = lax_i_ceil_div(d->n_nb, d->ob);
}

/* --- build ------------------------------------------------------------------------------------ */

static int64_t magnitude(int64_t x) { return x < 0 ? -x : x; }

/* Axes in the order of the input, nearest positions last. */
static void sort_axes(struct conv_axes *axes) {
    for (int i = 1; i < axes->n; i++)
        for (int j = i; j > 0 && magnitude(axes->axis[j - 1].lhs) < magnitude(axes->axis[j].lhs);
             j--) {
            struct conv_axis swap = axes->axis[j];
            axes->axis[j] = axes->axis[j - 1];
            axes->axis[j - 1] = swap;
        }
}

/* The axis along which most elements of a box lie next to each other. */
static int nearest(const struct direct *d, bool result) {
    int best = d->n - 1;
    for (int i = d->n - 2; i >= 0; i--) {
        const struct conv_axis *a = &d->axis[i].at, *b = &d->axis[best].at;
        int64_t here = magnitude(result ? a->result : a->lhs);
        int64_t there = magnitude(result ? b->result : b->lhs);
        if (d->axis[i].tile > 1 && (here < there || d->axis[best].tile == 1)) best = i;
    }
    return best;
}

static void choose_copies(struct direct *d, const struct conv_problem *p, lax_isa isa) {
    const struct conv_epilogue *e = &p->epilogue;
    d->row_in = nearest(d, false);
    d->row_out = nearest(d, true);
    d->lhs = lax_i_converter(p->lhs_type, d->type, isa);
    d->rhs = lax_i_converter(p->rhs_type, d->type, isa);
    d->out = lax_i_converter(d->type, p->out_type, isa);
    d->in = lax_i_converter(p->out_type, d->type, isa);
    d->transpose = lax_i_move_kernels(isa)->transpose[d->size == 8 ? 3 : 2];
    d->fence = lax_i_move_kernels(isa)->fence;
    if (e->bias || e->residual || e->activation != LAX_ACTIVATION_NONE)
        d->epilogue = lax_i_epilogue_kernel(d->type);
    /* The residual may be the output itself, whose elements sums must not overwrite. */
    d->stage_out =
        p->out_type != d->type || e->residual || (p->out_feature != 1 && p->out_features != 1);
    d->sums_nbytes = d->stage_out ? d->positions * d->ob * d->nb * d->size : 0;
    int64_t planes = lax_i_min(DIRECT_PLANES, d->kb) * d->axis[d->row_in].span;
    int64_t turned = d->stage_out ? d->axis[d->row_out].tile * d->nb : 0;
    d->turned_nbytes = lax_i_max(d->stage_in ? planes : 0, turned) * d->size;
}

/* Stores that bypass the caches save the read of what they overwrite; they pay where nothing of the
 * output would stay in the caches, every element is written once, and rows are whole lines. */
static bool wants_stream(const struct direct *d, const struct machine *machine) {
    int64_t elements = d->groups * d->out_features;
    if (d->stage_out || d->epilogue != NULL || d->n_kb > 1 || d->taps > DIRECT_TAPS) return false;
    for (int i = 0; i < d->n; i++) {
        const struct conv_axis *a = &d->axis[i].at;
        if (a->out > 1 && a->result * d->size % LAX_ALIGNMENT != 0) return false;
        elements *= a->out;
    }
    return elements * d->size > machine->l3_nbytes;
}

static bool choose(struct direct *d, const struct plan *plan) {
    const struct conv_problem *p = &plan->problem.conv;
    struct conv_axes axes;
    int64_t positions = 1;
    lax_i_conv_axes(p, &axes);
    sort_axes(&axes);
    d->type = lax_i_dtype_accumulator(p->compute_type);
    d->size = (int64_t)lax_dtype_size(d->type);
    d->groups = p->groups, d->in_features = p->in_features, d->out_features = p->out_features;
    d->n = axes.n;
    d->lhs_offset = axes.lhs_offset;
    d->taps = 1;
    for (int i = 0; i < d->n; i++) {
        d->axis[i].at = axes.axis[i];
        d->taps *= axes.axis[i].kernel;
        positions = lax_i_min(positions, MOST_POSITIONS) * axes.axis[i].out;
    }
    choose_features(d, plan->machine.isa, positions);
    if (!choose_boxes(d, &plan->problem)) return false;
    choose_tasks(d, p->open_batch ? 1 : 0);
    choose_copies(d, p, plan->machine.isa);
    d->stream = wants_stream(d, &plan->machine);
    d->panel_nbytes = d->taps * d->kb * d->nb * d->size;
    d->pack_in_task = d->boxes == 1 && !p->open_batch && d->panel_nbytes <= PANEL_LIMIT;
    if (!d->pack_in_task) d->panel_nbytes = 0;
    return true;
}

/* What packed weights look like beside sizes: blocks, and the order of taps. */
static void hash_packing(struct plan *plan, const struct direct *d) {
    int64_t words[2 + CONV_AXES] = {d->nb, d->kb};
    int n = 2;
    for (int i = 0; i < d->n; i++)
        if (d->axis[i].at.kernel > 1) words[n++] = d->axis[i].at.axis;
    plan->fingerprint = lax_i_hash(plan->fingerprint, words, (size_t)n * sizeof *words);
}

/* As share_scratch of direct_task.c lays it out. */
static size_t scratch_nbytes(const struct direct *d) {
    const int64_t parts[] = {DIRECT_TAPS * (int64_t)sizeof(struct tile_tap),
                             d->segments * (int64_t)sizeof(struct direct_segment),
                             d->positions * (int64_t)sizeof(int64_t),
                             d->positions * (int64_t)sizeof(int64_t),
                             3 * d->nb * d->size,
                             d->stage_nbytes,
                             d->sums_nbytes,
                             d->panel_nbytes,
                             d->turned_nbytes};
    size_t sum = 0;
    for (size_t i = 0; i < LAX_COUNTOF(parts); i++)
        sum += lax_i_round_up((size_t)parts[i], LAX_ALIGNMENT);
    return sum;
}

static lax_status build(struct plan *plan, lax_error *why) {
    const struct conv_problem *p = &plan->problem.conv;
    struct direct *d = lax_i_plan_state(plan, sizeof *d, why);
    int64_t nbytes = 0;
    if (d == NULL) return LAX_ERROR_MEMORY;
    if (!choose(d, plan))
        return lax_i_fail(why, LAX_ERROR_LOWERING_REFUSED,
                          "lowering 'direct' refuses: a window's input does not fit the stage");
    packed_nbytes(p, d->taps, d->nb, &nbytes);
    plan->packed_nbytes = (size_t)nbytes;
    plan->shared_nbytes = d->pack_in_task ? 0 : (size_t)nbytes;
    plan->pack_ahead_only = d->pack_in_task;
    plan->scratch_nbytes = scratch_nbytes(d);
    plan->pack_phase = 0;
    plan->n_phases = 2;
    plan->phases[0] =
        (struct phase){.tasks = d->groups * d->n_nb * d->n_kb, .run = lax_i_direct_pack};
    plan->phases[1] = (struct phase){.tasks = d->groups * d->n_ob * d->boxes,
                                     .per_batch = p->open_batch,
                                     .run = lax_i_direct_run};
    hash_packing(plan, d);
    return LAX_OK;
}

/* --- describe, cost --------------------------------------------------------------------------- */

static void describe(const struct plan *plan, struct text *text) {
    const struct direct *d = plan->state;
    lax_i_text_add(text, "tiles of %d x %lld features; boxes of %lld positions",
                   d->kernel[1]->rows / (int)(d->nb / d->kernel[1]->lanes), (long long)d->nb,
                   (long long)d->positions);
    lax_i_text_add(text, ", %lld features in, %lld out; %lld taps, %lld tasks%s", (long long)d->kb,
                   (long long)(d->ob * d->nb), (long long)d->taps, (long long)plan->phases[1].tasks,
                   plan->phases[1].per_batch ? " an image" : "");
    for (int i = 0; i < d->n; i++)
        if (d->axis[i].padded) lax_i_text_add(text, ", axis %d padded", (int)d->axis[i].at.axis);
    lax_i_text_add(text, "%s%s%s", d->stage_in ? ", input staged" : "",
                   d->stage_out ? ", sums staged" : "",
                   d->pack_in_task ? ", weights packed in tasks" : "");
}

/* Average taps along a dimension that lie inside the input, for large outputs. */
static double inside(const struct conv_dim *d) {
    double reach = (double)(d->kernel - 1) * (double)d->rhs_dilation + 1;
    double span = (double)(d->out - 1) * (double)d->stride + reach;
    double part = span > 0 ? (double)d->in / span : 1;
    return (double)d->kernel * (part < 1 ? part : 1);
}

static double cost(const struct problem *problem, const struct machine *machine) {
    const struct conv_problem *p = &problem->conv;
    lax_dtype type = lax_i_dtype_accumulator(p->compute_type);
    double size = (double)lax_dtype_size(type);
    double lanes = lax_i_tile_kernel(machine->isa, type, 1)->lanes;
    double out = (double)p->groups * (double)p->batch, taps = 1, all_taps = 1, in = out;
    for (int d = 0; d < p->n; d++) {
        out *= (double)p->dim[d].out;
        in *= (double)p->dim[d].in;
        taps *= inside(&p->dim[d]);
        all_taps *= (double)p->dim[d].kernel;
    }
    double features = (double)lax_i_ceil_div(p->out_features, (int64_t)lanes) * lanes;
    double flops = 2 * out * features * (double)p->in_features * taps;
    double weights = (double)p->groups * features * (double)p->in_features * all_taps;
    double moved = in * (double)p->in_features + out * (double)p->out_features + 3 * weights;
    bool staged = p->lhs_feature != 1 || p->out_feature != 1;
    double ns = flops * size / 4 / (0.85 * machine->gflops) + moved * size / machine->gbytes;
    return (ns + (staged ? moved : 0)) * 1e-6;
}

const struct lowering lax_i_conv_direct = {
    "direct", PROBLEM_CONV, applicable, build, describe, cost,
};
