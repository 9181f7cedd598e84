/* SPDX-License-Identifier: Apache-2.0 */
/* The reference scan: one pass along the axis for a block of neighbouring lanes, which are the
 * elements of another dimension. The running value stays in the accumulator type; each result is
 * rounded from it once. */
#include "lower/lower.h"

enum { LANES = 256 };

struct state {
    lax_i_combine_fn *combine;
    lax_i_convert_fn *load, *store;
    size_t size;
    int lane_dim;  /* dimension that lanes walk, or -1 */
    int64_t outer; /* product of the other sizes */
    int64_t lane_blocks;
};

static void run(const struct plan *plan, struct execution *execution, int64_t task, void *scratch) {
    const struct scan_problem *p = &plan->problem.scan;
    const struct state *s = plan->state;
    int64_t first = task % s->lane_blocks * LANES, rest = task / s->lane_blocks;
    int64_t in = p->in_offset, out = p->out_offset, lanes = 1, in_lane = 0, out_lane = 0;
    if (s->lane_dim >= 0) {
        in_lane = p->in_stride[s->lane_dim], out_lane = p->out_stride[s->lane_dim];
        lanes = lax_i_min(LANES, p->size[s->lane_dim] - first);
        in += first * in_lane, out += first * out_lane;
    }
    for (int d = p->rank - 1; d >= 0; d--) {
        if (d == s->lane_dim) continue;
        in += rest % p->size[d] * p->in_stride[d], out += rest % p->size[d] * p->out_stride[d];
        rest /= p->size[d];
    }
    const char *x = (const char *)execution->in[0] + in * (int64_t)s->size;
    char *y = (char *)execution->out[0] + out * (int64_t)s->size;
    s->load(scratch, 1, x, in_lane, lanes);
    for (int64_t t = 0; t < p->length; t++) {
        if (t > 0) s->combine(scratch, x + t * p->in_axis * (int64_t)s->size, in_lane, lanes);
        s->store(y + t * p->out_axis * (int64_t)s->size, out_lane, scratch, 1, lanes);
    }
}

static bool applicable(const struct problem *problem, const struct machine *machine, char *why) {
    (void)problem, (void)machine, (void)why;
    return true;
}

/* Lanes walk the dimension whose elements lie closest. */
static void choose_lanes(const struct scan_problem *p, struct state *s) {
    s->lane_dim = p->rank - 1;
    for (int d = 0; d < p->rank; d++) {
        int64_t stride = p->in_stride[d], best = p->in_stride[s->lane_dim];
        if (lax_i_magnitude(stride) < lax_i_magnitude(best)) s->lane_dim = d;
    }
    s->lane_blocks = s->lane_dim < 0 ? 1 : lax_i_ceil_div(p->size[s->lane_dim], LANES);
    s->outer = 1;
    for (int d = 0; d < p->rank; d++)
        if (d != s->lane_dim) s->outer *= p->size[d];
}

static lax_status build(struct plan *plan, lax_error *why) {
    const struct scan_problem *p = &plan->problem.scan;
    struct state *s = lax_i_plan_state(plan, sizeof *s, why);
    if (s == NULL) return LAX_ERROR_MEMORY;
    lax_dtype acc = lax_i_combine_accumulator(p->type);
    s->combine = lax_i_combine_kernel(p->reducer, p->type);
    s->load = lax_i_convert_kernel(p->type, acc);
    s->store = lax_i_convert_kernel(acc, p->type);
    s->size = lax_dtype_size(p->type);
    choose_lanes(p, s);
    plan->scratch_nbytes = LANES * lax_dtype_size(acc);
    plan->phases[0] =
        (struct phase){.tasks = p->length == 0 ? 0 : s->outer * s->lane_blocks, .run = run};
    plan->n_phases = 1;
    return LAX_OK;
}

static void describe(const struct plan *plan, struct text *text) {
    const struct state *s = plan->state;
    lax_i_text_add(text, "%lld x %lld blocks of %d lanes", (long long)s->outer,
                   (long long)s->lane_blocks, LANES);
}

/* Two calls for up to LANES elements, about 1 ns an element when lanes are many. */
static double cost(const struct problem *problem, const struct machine *machine) {
    (void)machine;
    const struct scan_problem *p = &problem->scan;
    double elements = (double)p->length;
    for (int d = 0; d < p->rank; d++) elements *= (double)p->size[d];
    double step = p->rank == 0 ? 8e-6 : 1e-6;
    if (p->reducer == LAX_LOGADDEXP) step += 1e-6 * lax_i_logaddexp_ns(p->type, LAX_ISA_SCALAR);
    return elements * step + 1e-3;
}

const struct lowering lax_i_scan_reference = {"reference", PROBLEM_SCAN, applicable,
                                              build,       describe,     cost};
