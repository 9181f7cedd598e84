/* SPDX-License-Identifier: Apache-2.0 */
/* Arg windows and select_and_gather_add, tap by tap in vectors. The kernel carries the key and the
 * number of its tap; a position's payload then follows from the number: the index by arithmetic,
 * the tangent by one load. Values of arg windows are the picked keys, with the sign that
 * reduce_window's max or min gives a zero, for which the signs of all taps are collected. */
#include "lower/pick_store.h"

#include <stdio.h>

enum { BOX_NBYTES = 1 << 18 };

struct state {
    struct picks g;
    struct pick_store store;
    size_t lanes_at; /* in scratch */
};

static void run(const struct plan *plan, struct execution *execution, int64_t task, void *scratch) {
    const struct state *s = plan->state;
    int64_t end = lax_i_min((task + 1) * s->g.per_task, s->g.n_boxes);
    struct pick_box box;
    struct pick_sink sink = {
        .store = &s->store, .g = &s->g, .box = &box, .execution = execution};
    sink.lanes = (unsigned char *)scratch + s->lanes_at;
    struct pick_job job = {.g = &s->g,
                           .box = &box,
                           .in = execution->in[s->store.indices ? 0 : 1],
                           .id_stride = s->g.stride[PICK_PAYLOAD],
                           .start = s->store.indices ? NULL : s->store.start,
                           .signs = s->store.keep_keys,
                           .signs_flipped = s->store.max,
                           .scratch = scratch,
                           .take = lax_i_pick_store_row,
                           .user = &sink};
    for (int64_t number = task * s->g.per_task; number < end; number++) {
        lax_i_pick_box(&s->g, number, &box);
        lax_i_pick_direct(&job);
    }
}

static bool applicable(const struct problem *problem, const struct machine *machine, char *why) {
    int64_t taps = lax_i_pick_taps(problem->pick.rank, problem->pick.axis);
    (void)machine;
    if (taps <= LAX_PICK_TAPS) return true;
    return snprintf(why, LAX_WHY_NBYTES, "a window has %lld positions, takes at most %d",
                    (long long)taps, LAX_PICK_TAPS),
           false;
}

static lax_status build(struct plan *plan, lax_error *why) {
    const struct pick_problem *p = &plan->problem.pick;
    struct state *s = lax_i_plan_state(plan, sizeof *s, why);
    struct pick_source source;
    if (s == NULL) return LAX_ERROR_MEMORY;
    lax_i_pick_source(p, &source);
    lax_i_picks(&s->g, &source, plan->machine.isa);
    lax_i_pick_store(p, &s->store);
    lax_i_pick_boxes(&s->g, false,
                     lax_i_pick_room(&s->g, BOX_NBYTES / (double)s->g.key_size));
    size_t nbytes = lax_i_pick_direct_nbytes(&s->g, lax_i_pick_region(&s->g, false));
    s->lanes_at = lax_i_round_up(nbytes, LAX_ALIGNMENT);
    plan->scratch_nbytes = s->lanes_at + lax_i_pick_store_nbytes();
    plan->phases[0] = (struct phase){.tasks = lax_i_pick_tasks(&s->g), .run = run};
    plan->n_phases = 1;
    return LAX_OK;
}

static void describe(const struct plan *plan, struct text *text) {
    lax_i_pick_describe(&((const struct state *)plan->state)->g, text);
}

/* A vector step a tap, and a few cycles a pick. */
static double cost(const struct problem *problem, const struct machine *machine) {
    const struct pick_problem *p = &problem->pick;
    double taps = 1, picks = 1, elements = 1;
    for (int d = 0; d < p->rank; d++) {
        taps *= (double)p->axis[d].size;
        picks *= (double)p->axis[d].out;
        elements *= (double)p->axis[d].in;
    }
    double bytes = elements * (double)lax_dtype_size(p->key_type);
    return picks * (taps * 0.3e-6 + 2e-6) + bytes / machine->gbytes * 1e-6 + 1e-3;
}

const struct lowering lax_i_pick_direct_lowering = {"direct", PROBLEM_PICK, applicable,
                                                    build,    describe,     cost};
