/* SPDX-License-Identifier: Apache-2.0 */
/* reduce_window, reduce and averages of the built-in reducers in strips: a pass a dimension, each
 * linear in the data whatever the window. See strips.h. */
#include "lower/strips.h"
#include "lower/window_order.h"

#include <stdio.h>

struct state {
    struct window_order order; /* first */
    struct strips strips;
};

static bool applicable(const struct problem *problem, const struct machine *machine, char *why) {
    const struct window_problem *p = &problem->window;
    struct strips s;
    const char *reason = NULL;
    if (p->n != 1)
        reason = "takes one operand";
    else if (p->reducer.fn != NULL)
        reason = "takes built-in reducers, not callbacks";
    else if (lax_i_window_ordered(p) && lax_i_window_starts_with_nan(p))
        reason = "the initial value of a complex max or min is NaN";
    else if (!lax_i_strips_plan(p, machine->isa, &s))
        reason = "a window's planes do not fit in 4 MiB of workspace";
    if (reason != NULL) snprintf(why, LAX_WHY_NBYTES, "%s", reason);
    return reason == NULL;
}

static void run(const struct plan *plan, struct execution *execution, int64_t task, void *scratch) {
    const struct strips *s = &((const struct state *)plan->state)->strips;
    int64_t first = task * s->per_task, end = lax_i_min(first + s->per_task, s->count);
    for (int64_t tile = first; tile < end; tile++)
        lax_i_strips_tile(&plan->problem.window, s, tile, execution, scratch);
}

static lax_status build(struct plan *plan, lax_error *why) {
    const struct window_problem *p = &plan->problem.window;
    struct state *state = lax_i_plan_state(plan, sizeof *state, why);
    if (state == NULL) return LAX_ERROR_MEMORY;
    struct strips *s = &state->strips;
    lax_i_strips_plan(p, plan->machine.isa, s);
    plan->scratch_nbytes = s->count == 0 ? 0 : lax_i_strips_nbytes(s);
    plan->phases[0] = (struct phase){
        .tasks = s->count == 0 ? 0 : lax_i_ceil_div(s->count, s->per_task), .run = run};
    plan->n_phases = 1;
    if (lax_i_window_ordered(p)) lax_i_window_look_first(plan);
    return LAX_OK;
}

static void describe(const struct plan *plan, struct text *text) {
    const struct strips *s = &((const struct state *)plan->state)->strips;
    lax_i_text_add(text, "rows of %lld lanes", (long long)s->row);
    if (s->has_x) lax_i_text_add(text, ", x in tiles of %lld", (long long)s->x_tile);
    for (int j = 0; j < s->n; j++)
        lax_i_text_add(text, ", %s %lld in tiles of %lld", s->level[j].stack ? "sliding" : "direct",
                       (long long)s->level[j].most, (long long)s->level[j].tile);
    lax_i_text_add(text, ", %lld tiles, %lld a task", (long long)s->count, (long long)s->per_task);
}

static double cost(const struct problem *problem, const struct machine *machine) {
    const struct window_problem *p = &problem->window;
    struct strips s;
    lax_i_strips_plan(p, machine->isa, &s);
    return 1e-6 * lax_i_strips_ns(&s, lax_i_fold_ns(p->reducer.kind, p->type[0], machine->isa));
}

const struct lowering lax_i_window_strips = {"strips", PROBLEM_WINDOW, applicable,
                                             build,    describe,       cost};
