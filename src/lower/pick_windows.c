/* SPDX-License-Identifier: Apache-2.0 */
/* Windows that pick in vectors, tap by tap where windows are small and in separable passes where
 * they are not. Tap by tap pairs carry keys and payloads. Otherwise kernels carry the key and where
 * it lies; a position's payload then follows: the index by arithmetic, others by one load. Values
 * of arg windows are the picked keys, with the sign that reduce_window's max or min gives a zero,
 * for which the signs of all taps are collected. */
#include "lower/pick_store.h"

#include <math.h>
#include <stdio.h>

enum { BOX_NBYTES = 1 << 19 };

struct state {
    struct picks g; /* first */
    struct pick_store store;
    bool separable;
    size_t lanes_at; /* in scratch */
};

static void run(const struct plan *plan, struct execution *execution, int64_t task, void *scratch) {
    const struct state *s = plan->state;
    const struct pick_problem *p = &plan->problem.pick;
    bool pairs = s->g.pairs.fn != NULL;
    int64_t end = lax_i_min((task + 1) * s->g.per_task, s->g.n_boxes);
    struct pick_box box;
    struct pick_sink sink = {.store = &s->store, .g = &s->g, .box = &box, .execution = execution};
    sink.lanes = (unsigned char *)scratch + s->lanes_at;
    struct pick_job job = {.g = &s->g,
                           .box = &box,
                           .in = execution->in[p->key_operand],
                           .id_stride = s->g.stride[PICK_PAYLOAD],
                           .start = p->started && !pairs ? s->store.start : NULL,
                           .signs = p->keep_keys && !p->started,
                           .signs_flipped = s->store.max,
                           .scratch = scratch,
                           .take = pairs ? lax_i_pick_store_pairs : lax_i_pick_store_row,
                           .user = &sink};
    if (pairs) job.payloads = execution->in[p->value_operand];
    for (int64_t number = task * s->g.per_task; number < end; number++) {
        lax_i_pick_box(&s->g, number, &box);
        if (s->separable)
            lax_i_pick_separable(&job);
        else
            lax_i_pick_direct(&job);
    }
}

static bool is_small(const struct problem *problem, const struct machine *machine, char *why) {
    return problem->pick.started || lax_i_pick_is_small(problem, machine, why);
}

/* Windows are regrouped, and what picks is a key alone. */
static bool is_regroupable(const struct problem *problem, const struct machine *machine,
                           char *why) {
    const struct pick_problem *p = &problem->pick;
    bool passed = p->nan == LAX_NAN_PASSED && lax_i_dtype_kind(p->key_type) == KIND_FLOAT;
    (void)machine;
    if (p->lower) snprintf(why, LAX_WHY_NBYTES, "payloads decide among equal keys");
    if (passed) snprintf(why, LAX_WHY_NBYTES, "a NaN stays only where it starts");
    return !p->lower && !passed;
}

/* Indices of records are half a key's range, and count payloads from their region's corner. */
static bool payload_fits(const struct picks *g) {
    double span = 1;
    for (int d = 0; d < g->rank; d++)
        span +=
            (double)(lax_i_pick_extent(g, d, false) - 1) * fabs((double)g->stride[PICK_PAYLOAD][d]);
    return span < (g->key_size == 4 ? 0x1p31 - 2 : 0x1p62);
}

/* Fills boxes and where things lie in scratch; returns the size of scratch. */
static size_t choose_boxes(void *state, double stretch) {
    struct state *s = state;
    struct picks *g = &s->g;
    size_t bytes = s->separable ? lax_i_pick_record_nbytes(g) : g->key_size;
    if (g->pairs.copied) bytes += g->key_size;
    lax_i_pick_boxes(g, false, BOX_NBYTES / (double)bytes, stretch);
    bytes =
        s->separable ? lax_i_pick_separable_nbytes(g, false) : lax_i_pick_direct_nbytes(g, false);
    s->lanes_at = lax_i_round_up(bytes, LAX_ALIGNMENT);
    return s->lanes_at + lax_i_pick_store_nbytes();
}

static lax_status build(struct plan *plan, bool separable, lax_error *why) {
    const struct pick_problem *p = &plan->problem.pick;
    struct state *s = lax_i_plan_state(plan, sizeof *s, why);
    struct pick_source source;
    if (s == NULL) return LAX_ERROR_MEMORY;
    lax_i_pick_source(p, &source);
    source.records = s->separable = separable;
    source.pairs = p->started && !separable;
    struct picks *g = &s->g;
    lax_i_picks(g, &source, plan->machine.isa);
    if (source.pairs) lax_i_pick_pairs(g, p, plan->machine.isa);
    lax_i_pick_store(p, g->key_type, plan->machine.isa, &s->store);
    plan->phases[0].run = run;
    lax_status status = lax_i_pick_finish(plan, choose_boxes, separable, why);
    if (status == LAX_OK && separable && !payload_fits(g))
        return lax_i_fail(why, LAX_ERROR_LOWERING_REFUSED,
                          "lowering \"separable\" refuses: payloads of a box are 2^31 apart");
    return status;
}

static lax_status build_direct(struct plan *plan, lax_error *why) {
    return build(plan, false, why);
}

static lax_status build_separable(struct plan *plan, lax_error *why) {
    return build(plan, true, why);
}

const struct lowering lax_i_pick_windows_direct = {
    "direct", PROBLEM_PICK, is_small, build_direct, lax_i_pick_describe, lax_i_pick_cost_direct};
const struct lowering lax_i_pick_windows_separable = {
    "separable",     PROBLEM_PICK,        is_regroupable,
    build_separable, lax_i_pick_describe, lax_i_pick_cost_separable};
