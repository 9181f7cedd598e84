/* SPDX-License-Identifier: Apache-2.0 */
/* reduce_window, reduce and averages of the built-in reducers in strips: a pass a dimension, each
 * linear in the data whatever the window. See strips.h. */
#include "lower/strips.h"

#include <stdio.h>

struct state {
    struct strips strips; /* first */
    struct strips_order order;
};

static bool applicable(const struct problem *problem, const struct machine *machine, char *why) {
    const struct window_problem *p = &problem->window;
    struct strips s;
    struct strips_order order = {0};
    const char *reason = NULL;
    if (p->n != 1)
        reason = "takes one operand";
    else if (p->reducer.fn != NULL)
        reason = "takes built-in reducers, not callbacks";
    else if (lax_i_strips_ordered(p) && !lax_i_strips_order(p, &order))
        reason = "the initial value of a complex max or min is NaN";
    else if (!lax_i_strips_plan(p, machine->isa, &s))
        reason = "a window's planes do not fit in 4 MiB of workspace";
    if (reason != NULL) snprintf(why, LAX_WHY_NBYTES, "%s", reason);
    return reason == NULL;
}

static void run(const struct plan *plan, struct execution *execution, int64_t task, void *scratch) {
    const struct strips *s = plan->state;
    int64_t first = task * s->per_task, end = lax_i_min(first + s->per_task, s->count);
    for (int64_t tile = first; tile < end; tile++)
        lax_i_strips_tile(&plan->problem.window, s, tile, execution, scratch);
}

static void run_look(const struct plan *plan, struct execution *execution, int64_t task,
                     void *scratch) {
    const struct state *s = plan->state;
    (void)scratch;
    lax_i_strips_look(&plan->problem.window, &s->order, execution, task);
}

static void run_ordered(const struct plan *plan, struct execution *execution, int64_t task,
                        void *scratch) {
    const struct state *s = plan->state;
    if (!lax_i_strips_found(&s->order, execution)) run(plan, execution, task, scratch);
}

static void run_reference(const struct plan *plan, struct execution *execution, int64_t task,
                          void *scratch) {
    const struct state *s = plan->state;
    if (lax_i_strips_found(&s->order, execution))
        lax_i_window_reference_run(&plan->problem.window, &s->order.reference, execution, task,
                                   scratch);
}

/* Looks for NaN, then does the one or the other. */
static void look_first(struct plan *plan, struct state *s) {
    lax_i_strips_order(&plan->problem.window, &s->order);
    if (s->order.scratch > plan->scratch_nbytes) plan->scratch_nbytes = s->order.scratch;
    plan->shared_nbytes = (size_t)lax_i_max(s->order.tasks, 1);
    plan->phases[1] = plan->phases[0];
    plan->phases[1].run = run_ordered;
    plan->phases[0] = (struct phase){.tasks = s->order.tasks, .run = run_look};
    plan->phases[2] = (struct phase){.tasks = s->order.reference.rows.tasks, .run = run_reference};
    plan->n_phases = 3;
}

static lax_status build(struct plan *plan, lax_error *why) {
    const struct window_problem *p = &plan->problem.window;
    bool ordered = lax_i_strips_ordered(p);
    void *state =
        lax_i_plan_state(plan, ordered ? sizeof(struct state) : sizeof(struct strips), why);
    struct strips *s = state;
    if (s == NULL) return LAX_ERROR_MEMORY;
    lax_i_strips_plan(p, plan->machine.isa, s);
    plan->scratch_nbytes = s->count == 0 ? 0 : lax_i_strips_nbytes(s);
    plan->phases[0] = (struct phase){
        .tasks = s->count == 0 ? 0 : lax_i_ceil_div(s->count, s->per_task), .run = run};
    plan->n_phases = 1;
    if (ordered) look_first(plan, state);
    return LAX_OK;
}

static void describe(const struct plan *plan, struct text *text) {
    const struct strips *s = plan->state;
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
