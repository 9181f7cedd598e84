/* SPDX-License-Identifier: Apache-2.0 */
/* What the lowerings that pick have in common as rows of the table: costs, limits, the end of
 * making a plan and its description. */
#include "lower/picks.h"

#include <stdio.h>

struct windows {
    int rank;
    const struct window_axis *axis;
    size_t size;
};

static struct windows windows_of(const struct problem *problem) {
    const struct scatter_problem *s = &problem->scatter;
    const struct pick_problem *p = &problem->pick;
    if (problem->kind == PROBLEM_SCATTER)
        return (struct windows){s->rank, s->axis, lax_dtype_size(s->type)};
    return (struct windows){p->rank, p->axis, lax_dtype_size(p->key_type)};
}

static double cost(const struct problem *problem, const struct machine *machine, bool separable) {
    struct windows w = windows_of(problem);
    double taps = 1, picks = 1, elements = 1;
    for (int d = 0; d < w.rank; d++) {
        taps *= (double)w.axis[d].size;
        picks *= (double)w.axis[d].out;
        elements *= (double)w.axis[d].in;
    }
    double work = separable ? elements * 5e-6 : picks * taps * 0.3e-6;
    double bytes = (2 * elements + picks) * (double)w.size;
    return work + picks * 2e-6 + bytes / machine->gbytes * 1e-6 + 1e-3;
}

double lax_i_pick_cost_direct(const struct problem *problem, const struct machine *machine) {
    return cost(problem, machine, false);
}

double lax_i_pick_cost_separable(const struct problem *problem, const struct machine *machine) {
    return cost(problem, machine, true);
}

bool lax_i_pick_is_small(const struct problem *problem, const struct machine *machine, char *why) {
    struct windows w = windows_of(problem);
    int64_t taps = lax_i_pick_taps(w.rank, w.axis), most = 0;
    (void)machine;
    for (int d = 0; d < w.rank; d++) most += w.axis[d].size > 1 ? PICK_DIRECT : 0;
    most = lax_i_min(lax_i_max(most, 1), LAX_PICK_TAPS);
    if (taps <= most) return true;
    snprintf(why, LAX_WHY_NBYTES, "a window has %lld positions, takes at most %lld",
             (long long)taps, (long long)most);
    return false;
}

lax_status lax_i_pick_finish(struct plan *plan, lax_i_pick_choose_fn *choose, bool separable,
                             lax_error *why) {
    double stretch = separable ? PICK_STRETCH : 1;
    do plan->scratch_nbytes = choose(plan->state, stretch);
    while (plan->scratch_nbytes > PICK_SCRATCH && (stretch *= 0.8) > 1);
    plan->phases[0].tasks = lax_i_pick_tasks(plan->state);
    plan->n_phases = 1;
    if (plan->scratch_nbytes <= PICK_SCRATCH) return LAX_OK;
    return lax_i_fail(why, LAX_ERROR_LOWERING_REFUSED,
                      "lowering \"%s\" refuses: a window's box needs %zu bytes",
                      plan->lowering->name, plan->scratch_nbytes);
}

void lax_i_pick_describe(const struct plan *plan, struct text *text) {
    const struct picks *g = plan->state;
    lax_i_text_add(text, "boxes of (");
    lax_i_text_list(text, g->rank, g->box, ",");
    lax_i_text_add(text, "), lanes along dimension %d%s, %lld tasks", g->lane_dim,
                   g->copied ? ", copied" : "", (long long)lax_i_pick_tasks(g));
}
