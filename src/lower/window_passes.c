/* SPDX-License-Identifier: Apache-2.0 */
/* reduce_window and reduce of the built-in reducers by passes along one dimension after the other
 * of boxes in the cache: for short and odd dimensions, whose rows strips would find too short. See
 * passes.h. */
#include "lower/passes.h"
#include "lower/window_order.h"

#include <stdio.h>

struct state {
    struct window_order order; /* first */
    struct passes passes;
};

static const char *refusal(const struct window_problem *p) {
    if (p->n != 1) return "takes one operand";
    if (p->reducer.fn != NULL) return "takes built-in reducers, not callbacks";
    if (p->divide != DIVIDE_NONE) return "divides nothing";
    if (lax_i_window_ordered(p) && lax_i_window_starts_with_nan(p))
        return "the initial value of a complex max or min is NaN";
    return NULL;
}

static bool applicable(const struct problem *problem, const struct machine *machine, char *why) {
    const char *reason = refusal(&problem->window);
    struct passes s;
    double ns;
    if (reason == NULL) lax_i_passes_plan(&problem->window, machine->isa, &s, &ns, &reason);
    if (reason != NULL) snprintf(why, LAX_WHY_NBYTES, "%s", reason);
    return reason == NULL;
}

static void run(const struct plan *plan, struct execution *execution, int64_t task, void *scratch) {
    const struct passes *s = &((const struct state *)plan->state)->passes;
    int64_t first = task * s->per_task, end = lax_i_min(first + s->per_task, s->count);
    for (int64_t box = first; box < end; box++)
        lax_i_passes_box(s, box, execution->in[0], execution->out[0], scratch);
}

static lax_status build(struct plan *plan, lax_error *why) {
    const struct window_problem *p = &plan->problem.window;
    struct state *state = lax_i_plan_state(plan, sizeof *state, why);
    const char *reason;
    double ns;
    if (state == NULL) return LAX_ERROR_MEMORY;
    struct passes *s = &state->passes;
    lax_i_passes_plan(p, plan->machine.isa, s, &ns, &reason);
    plan->scratch_nbytes = s->count == 0 ? 0 : lax_i_passes_nbytes(s);
    plan->phases[0] = (struct phase){
        .tasks = s->count == 0 ? 0 : lax_i_ceil_div(s->count, s->per_task), .run = run};
    plan->n_phases = 1;
    if (lax_i_window_ordered(p)) lax_i_window_look_first(plan);
    return LAX_OK;
}

static void describe(const struct plan *plan, struct text *text) {
    const struct passes *s = &((const struct state *)plan->state)->passes;
    lax_i_text_add(text, "boxes of");
    for (int d = 0; d < s->rank; d++) {
        const struct passes_dim *dim = &s->dim[d];
        lax_i_text_add(text, "%s %lld", d == s->turn && d > 0 ? " turned" : "",
                       (long long)dim->tile);
    }
    for (int i = 0; i < s->n; i++) {
        const struct passes_dim *dim = &s->dim[s->pass[i]];
        lax_i_text_add(text, "%s %s %lld", i == 0 ? ", passes" : ",",
                       dim->slides ? "sliding" : "direct", (long long)dim->axis.size);
    }
    lax_i_text_add(text, ", %lld boxes, %lld a task", (long long)s->count, (long long)s->per_task);
}

/* Boxes do not hide that memory is slow, as long rows do. */
static double cost(const struct problem *problem, const struct machine *machine) {
    const struct window_problem *p = &problem->window;
    struct passes s;
    const char *reason;
    double ns, in = (double)lax_dtype_size(p->type[0]), out = in;
    lax_i_passes_plan(p, machine->isa, &s, &ns, &reason);
    for (int d = 0; d < p->rank; d++) in *= (double)p->axis[d].in, out *= (double)p->axis[d].out;
    if (in + out > (double)machine->l3_nbytes / 2) ns += (in + out) / machine->gbytes;
    return ns * 1e-6;
}

const struct lowering lax_i_window_passes = {"passes", PROBLEM_WINDOW, applicable,
                                             build,    describe,       cost};
