/* SPDX-License-Identifier: Apache-2.0 */
/* What the lowerings `direct` and `direct_w` choose alike: axes, padding, the stage, copies. Block
 * sizes are constants, not the machine's cache sizes: the order of sums must not depend on the
 * machine. */
#include "lower/direct.h"

#include <math.h>
#include <stdio.h>

/* --- applicable ------------------------------------------------------------------------------- */

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
        if (p->dim[d].lhs_dilation > DIRECT_MOST_DILATION && p->dim[d].in > 1)
            return "lhs is dilated by more than 64";
    }
    if (p->in_features == 0) return "there are no input features";
    return NULL;
}

static bool count_taps(const struct conv_problem *p, int64_t *taps) {
    int64_t sizes[LAX_MAX_SPATIAL];
    for (int d = 0; d < p->n; d++) sizes[d] = p->dim[d].kernel;
    return lax_i_product(p->n, sizes, taps) && *taps > 0 && *taps <= DIRECT_MOST_TAPS;
}

/* Bytes of packed weights, output features filled up to blocks of nb; false: too many. */
static bool packed_nbytes(const struct conv_problem *p, int64_t taps, int64_t nb, int64_t *nbytes) {
    const int64_t limit = (int64_t)4 << 30;
    const int64_t sizes[] = {p->groups, lax_i_ceil_div(p->out_features, nb) * nb, p->in_features,
                             taps,
                             (int64_t)lax_dtype_size(lax_i_dtype_accumulator(p->compute_type))};
    return lax_i_product(LAX_COUNTOF(sizes), sizes, nbytes) && *nbytes <= limit;
}

bool lax_i_direct_applicable(const struct conv_problem *p, char *why) {
    const char *reason = refusal(p);
    int64_t taps, nbytes;
    if (reason == NULL && !count_taps(p, &taps)) {
        snprintf(why, LAX_WHY_NBYTES, "a window must have 1 to %d taps", DIRECT_MOST_TAPS);
        return false;
    }
    if (reason == NULL && !packed_nbytes(p, taps, 128, &nbytes))
        reason = "packed weights would take more than 4 GiB";
    if (reason != NULL) snprintf(why, LAX_WHY_NBYTES, "%s", reason);
    return reason == NULL;
}

/* --- axes ------------------------------------------------------------------------------------- */

/* Axes in the order of the input, nearest positions last. */
static void sort_axes(struct conv_axes *axes) {
    for (int i = 1; i < axes->n; i++)
        for (int j = i;
             j > 0 && lax_i_magnitude(axes->axis[j - 1].lhs) < lax_i_magnitude(axes->axis[j].lhs);
             j--) {
            struct conv_axis swap = axes->axis[j];
            axes->axis[j] = axes->axis[j - 1];
            axes->axis[j - 1] = swap;
        }
}

/* p * stride + k * dilation falls on the same elements again after so many p, or k. */
static void choose_phases(struct direct_axis *a) {
    a->phases = a->at.lhs_dilation / lax_i_gcd(a->at.lhs_dilation, a->at.stride);
    a->comb = a->at.lhs_dilation / lax_i_gcd(a->at.lhs_dilation, a->at.dilation);
}

void lax_i_direct_axes(struct direct *d, const struct conv_problem *p) {
    struct conv_axes axes;
    lax_i_conv_axes(p, &axes);
    sort_axes(&axes);
    d->type = lax_i_dtype_accumulator(p->compute_type);
    d->size = (int64_t)lax_dtype_size(d->type);
    d->groups = p->groups, d->in_features = p->in_features, d->out_features = p->out_features;
    d->n = axes.n;
    d->lhs_offset = axes.lhs_offset;
    d->taps = 1;
    d->near = -1;
    for (int i = 0; i < d->n; i++) {
        d->axis[i].at = axes.axis[i];
        d->axis[i].planes = d->axis[i].run = 1;
        choose_phases(&d->axis[i]);
        d->order[i] = i;
        d->taps *= axes.axis[i].kernel;
    }
}

void lax_i_direct_weight_steps(struct direct *d) {
    int64_t step = 1;
    for (int k = d->n - 1; k >= 0; k--) {
        d->axis[d->order[k]].weight_step = step;
        step *= d->axis[d->order[k]].at.kernel;
    }
}

/* --- padding ---------------------------------------------------------------------------------- */

/* Outputs at an axis's two ends that do not meet every tap. */
static int64_t ends_of(const struct conv_axis *x, int64_t *pieces) {
    int64_t last = (x->out - 1) * x->stride + (x->kernel - 1) * x->dilation - x->pad;
    *pieces = 0;
    if (x->lhs_dilation != 1) return 0; /* cannot be padded */
    int64_t low = lax_i_min(lax_i_ceil_div(x->pad, x->stride), x->out);
    int64_t over = lax_i_max(last - (x->in - 1), 0);
    int64_t high = lax_i_min(lax_i_ceil_div(over, x->stride), x->out - low);
    *pieces = lax_i_min(x->kernel - 1, low) + lax_i_min(x->kernel - 1, high);
    return x->kernel == 1 ? 0 : low + high;
}

bool lax_i_direct_wants_padding(const struct direct *d, const struct direct_axis *a, double rows) {
    int64_t pieces, ends = ends_of(&a->at, &pieces);
    if (ends == 0) return false;
    double piece = (double)ends / (double)pieces * (double)(d->positions / a->tile);
    double waste = piece < rows / 2 ? rows / 2 / piece : 1;
    double cut = (double)(a->at.out - ends) + (double)ends * 0.6 * waste;
    return cut > 1.1 * (double)a->at.out;
}

bool lax_i_direct_has_ends(const struct direct_axis *a) {
    int64_t pieces;
    return ends_of(&a->at, &pieces) > 0;
}

/* --- the stage -------------------------------------------------------------------------------- */

/* Positions that the stage holds along an axis, at most. */
static int64_t span_of(const struct direct_axis *a) {
    if (a->compact) return a->tile;
    int64_t span = (a->tile - 1) * a->at.stride + (a->at.kernel - 1) * a->at.dilation + 1;
    if (a->planes > 1) return lax_i_ceil_div(span, a->planes) * a->planes;
    if (a->at.lhs_dilation != 1) span = span / a->at.lhs_dilation + 1;
    return a->padded ? span : lax_i_min(span, lax_i_max(a->at.in, 1));
}

static bool stage_axis(struct direct *d, struct direct_axis *a, int64_t *pitch) {
    a->compact = a->at.kernel == 1 && a->at.lhs_dilation == 1;
    a->span = span_of(a);
    a->pitch = *pitch;
    a->plane = a->span / a->planes;
    a->step = a->compact || a->planes > 1
                  ? *pitch
                  : *pitch * (a->at.stride * a->phases / a->at.lhs_dilation);
    a->tap_step = *pitch * (a->at.dilation * a->comb / a->at.lhs_dilation);
    return lax_i_mul(*pitch, a->span, pitch) && *pitch <= DIRECT_STAGE_LIMIT / d->size;
}

/* A single feature leaves its step for the last axis's taps, or those that each lie in another
 * plane. */
static void merge_taps(struct direct *d, struct direct_axis *last) {
    bool planes = last->planes > 1 && last->at.dilation == 1 && last->at.kernel % last->planes == 0;
    if (d->in_features != 1) return;
    if (last->planes == 1) d->in_step = last->tap_step;
    if (!planes) return;
    d->in_step = last->plane;
    last->run = last->planes;
}

/* Features innermost, or outside the last axis; planes that are a multiple of a page apart would
 * meet in the same cache sets. */
static bool stage_axes(struct direct *d) {
    int last = d->n - 1;
    int64_t pitch = d->along_w ? 1 : d->kb;
    d->in_step = 1;
    if (!stage_axis(d, &d->axis[last], &pitch)) return false;
    if (d->along_w) {
        d->in_step = pitch * d->size % 1024 == 0 ? pitch + LAX_ALIGNMENT / d->size : pitch;
        pitch = d->in_step * d->kb;
        merge_taps(d, &d->axis[last]);
    }
    for (int i = last - 1; i >= 0; i--)
        if (!stage_axis(d, &d->axis[i], &pitch)) return false;
    /* Vectors may read behind the last position. */
    d->stage_nbytes = (pitch + d->columns) * d->size;
    return d->stage_nbytes <= DIRECT_STAGE_LIMIT;
}

/* Kernels read the input itself. */
void lax_i_direct_read_axes(struct direct *d, int64_t in_step) {
    for (int i = 0; i < d->n; i++) {
        struct direct_axis *a = &d->axis[i];
        a->pitch = a->at.lhs;
        a->step = a->at.lhs * (a->at.stride * a->phases / a->at.lhs_dilation);
        a->tap_step = a->at.lhs * (a->at.dilation * a->comb / a->at.lhs_dilation);
    }
    d->in_step = in_step;
    d->stage_nbytes = 0;
}

/* Boxes whose input fits; where even few positions do not, fewer input features at a time. */
bool lax_i_direct_fit(struct direct *d, int64_t positions) {
    enum { FEWEST = 16, LEAST_FEATURES = 16 };
    while (!stage_axes(d)) {
        if (positions > FEWEST) {
            lax_i_direct_tiles(d, positions /= 2);
        } else if (d->kb > LEAST_FEATURES) {
            d->kb = lax_i_ceil_div(d->kb / 2, LEAST_FEATURES) * LEAST_FEATURES;
            d->n_kb = lax_i_ceil_div(d->in_features, d->kb);
        } else {
            return false;
        }
    }
    return true;
}

void lax_i_direct_choose_keeping(struct direct *d) {
    d->keeps = d->stage_in && d->n_ob > 1 && d->n_kb * d->stage_nbytes <= DIRECT_STAGE_LIMIT;
}

/* --- copies ----------------------------------------------------------------------------------- */

/* The axis along which most elements of a box lie next to each other. */
static int nearest(const struct direct *d, bool result) {
    int best = d->n - 1;
    for (int i = d->n - 2; i >= 0; i--) {
        const struct conv_axis *a = &d->axis[i].at, *b = &d->axis[best].at;
        int64_t here = lax_i_magnitude(result ? a->result : a->lhs);
        int64_t there = lax_i_magnitude(result ? b->result : b->lhs);
        if (d->axis[i].tile > 1 && (here < there || d->axis[best].tile == 1)) best = i;
    }
    return best;
}

/* Results that lie closer go further inside, but vectors of positions stay innermost. */
static void order_sums(struct direct *d) {
    for (int i = 0; i < d->n; i++) {
        int k = i;
        for (; k > 0 && !(d->along_w && i == d->n - 1) &&
               lax_i_magnitude(d->axis[d->out_order[k - 1]].at.result) <
                   lax_i_magnitude(d->axis[i].at.result);
             k--)
            d->out_order[k] = d->out_order[k - 1];
        d->out_order[k] = i;
    }
}

void lax_i_direct_copies(struct direct *d, const struct conv_problem *p, lax_isa isa) {
    order_sums(d);
    const struct move_kernels *moves = lax_i_move_kernels(isa);
    d->row_in = d->along_w ? d->n - 1 : nearest(d, false);
    d->row_out = d->along_w ? d->n - 1 : nearest(d, true);
    d->lhs = lax_i_converter(p->lhs_type, d->type, isa);
    d->rhs = lax_i_converter(p->rhs_type, d->type, isa);
    d->out = lax_i_converter(d->type, p->out_type, isa);
    d->in = lax_i_converter(p->out_type, d->type, isa);
    d->transpose = moves->transpose[d->size == 8 ? 3 : 2];
    d->fence = moves->fence;
    if (lax_i_direct_has_epilogue(p)) d->epilogue = lax_i_epilogue_kernel(d->type, isa);
    d->store = (struct tile_store){.bias_by_row = d->along_w,
                                   .lines = d->lines,
                                   .type = p->out_type,
                                   .to = d->out,
                                   .from = d->in,
                                   .epilogue = d->epilogue,
                                   .activation = p->epilogue.activation,
                                   .alpha = p->epilogue.alpha,
                                   .beta = p->epilogue.beta};
    lax_i_tile_store(&d->store, isa, d->type);
    d->bias_nbytes = d->fused && p->epilogue.bias ? d->ob * d->nb * d->size : 0;
    int64_t planes =
        lax_i_min(DIRECT_PLANES, d->kb) * lax_i_max(d->axis[d->row_in].span, DIRECT_TURNED);
    int64_t turned = d->positions * d->nb; /* rows may be as long as a box */
    d->turned_nbytes =
        lax_i_max(d->stage_in && !d->along_w ? planes : 0, d->stage_out ? turned : 0) * d->size;
    int64_t room = 2 * (d->along_w ? d->positions : d->fb * d->nb);
    if (!d->along_w) {
        room = lax_i_max(room, lax_i_max(DIRECT_ROOM_TAPS, DIRECT_PACK_BLOCKS) * d->nb);
        room = lax_i_max(room, 2 * DIRECT_ROOM_TAPS * LAX_ALIGNMENT / d->size);
    }
    d->room_nbytes = (int64_t)lax_i_round_up((size_t)(room * d->size), 2 * LAX_ALIGNMENT);
}

/* --- the plan --------------------------------------------------------------------------------- */

/* What packed weights look like beside sizes: blocks, and the order of taps. */
static void hash_packing(struct plan *plan, const struct direct *d) {
    int64_t words[2 + CONV_AXES] = {d->nb, d->kb};
    int n = 2;
    for (int k = 0; k < d->n; k++)
        if (d->axis[d->order[k]].at.kernel > 1) words[n++] = d->axis[d->order[k]].at.axis;
    plan->fingerprint = lax_i_hash(plan->fingerprint, words, (size_t)n * sizeof *words);
}

/* As share_scratch of direct_box.c lays it out. */
static size_t scratch_nbytes(const struct direct *d) {
    const int64_t parts[] = {(int64_t)sizeof(int64_t),
                             DIRECT_TAPS * (int64_t)sizeof(struct tile_tap),
                             d->segments * (int64_t)sizeof(struct direct_segment),
                             d->rows * (int64_t)sizeof(int64_t),
                             d->rows * (int64_t)sizeof(int64_t),
                             d->fused ? d->rows * (int64_t)sizeof(int64_t) : 0,
                             d->fused ? d->rows * (int64_t)sizeof(int64_t) : 0,
                             d->bias_nbytes,
                             d->room_nbytes,
                             d->stage_nbytes + (d->n_kb - 1) * lax_i_direct_stage_step(d),
                             d->sums_nbytes,
                             d->panel_nbytes,
                             d->turned_nbytes};
    size_t sum = 0;
    for (size_t i = 0; i < LAX_COUNTOF(parts); i++)
        sum += lax_i_round_up((size_t)parts[i], LAX_ALIGNMENT);
    return sum;
}

void lax_i_direct_fill_plan(struct plan *plan, const struct direct *d,
                            void (*run)(const struct plan *, struct execution *, int64_t, void *)) {
    const struct conv_problem *p = &plan->problem.conv;
    int64_t nbytes = 0;
    packed_nbytes(p, d->taps, d->nb, &nbytes);
    plan->packed_nbytes = (size_t)nbytes;
    plan->pack_ahead_only = d->pack_in_task || d->lies;
    plan->shared_nbytes = plan->pack_ahead_only ? 0 : (size_t)nbytes;
    plan->scratch_nbytes = scratch_nbytes(d);
    plan->pack_phase = 0;
    plan->n_phases = 2;
    plan->phases[0] = (struct phase){.tasks = d->groups * lax_i_direct_pack_chunks(d) * d->n_kb,
                                     .run = lax_i_direct_pack};
    plan->phases[1] = (struct phase){
        .tasks = d->groups * d->n_ob * d->boxes, .per_batch = p->open_batch, .run = run};
    hash_packing(plan, d);
}

void lax_i_direct_describe(const struct plan *plan, struct text *text) {
    const struct direct *d = plan->state;
    lax_i_text_add(text, "%lld taps, %lld tasks%s", (long long)d->taps,
                   (long long)plan->phases[1].tasks, plan->phases[1].per_batch ? " an image" : "");
    for (int i = 0; i < d->n; i++)
        if (d->axis[i].padded) lax_i_text_add(text, ", axis %d padded", (int)d->axis[i].at.axis);
    lax_i_text_add(text, "%s%s%s%s", d->stage_in ? ", input staged" : "",
                   d->stage_out ? ", sums staged" : "",
                   d->lies           ? ", weights as they lie"
                   : d->pack_in_task ? ", weights packed in tasks"
                                     : "",
                   d->stream || d->lines ? ", stores bypass the caches" : "");
}

/* --- costs ------------------------------------------------------------------------------------ */

/* Average taps along a dimension that lie inside the input. */
double lax_i_direct_inside(const struct conv_dim *d) {
    double reach = (double)(d->kernel - 1) * (double)d->rhs_dilation + 1;
    double span = (double)(d->out - 1) * (double)d->stride + reach;
    double in = (double)d->in * (double)d->lhs_dilation;
    return (double)d->kernel * fmin(span > 0 ? in / span : 1, 1) / (double)d->lhs_dilation;
}

struct direct_estimate lax_i_direct_estimate(const struct conv_problem *p) {
    double images = (double)p->groups * (double)p->batch;
    struct direct_estimate e = {images, images, 1, 1, 0};
    for (int d = 0; d < p->n; d++) {
        e.out *= (double)p->dim[d].out;
        e.in *= (double)p->dim[d].in;
        e.taps *= lax_i_direct_inside(&p->dim[d]);
        e.all_taps *= (double)p->dim[d].kernel;
    }
    e.weights = (double)p->groups * (double)p->out_features * (double)p->in_features * e.all_taps;
    return e;
}

double lax_i_direct_classes(const struct conv_problem *p, int64_t positions, bool padded) {
    struct direct d = {.n = 0};
    lax_i_direct_axes(&d, p);
    lax_i_direct_tiles(&d, positions);
    double classes = (double)p->groups;
    for (int i = 0; i < d.n; i++) {
        const struct direct_axis *a = &d.axis[i];
        int64_t pieces, phases = lax_i_min(a->phases, a->at.out);
        ends_of(&a->at, &pieces);
        pieces = padded && i == d.n - 1 ? 0 : lax_i_min(pieces, a->at.out - 1);
        classes *= (double)(a->n_tiles * phases + lax_i_max(pieces, 0));
    }
    return p->open_batch ? classes * (double)p->batch : classes;
}
