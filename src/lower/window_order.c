/* SPDX-License-Identifier: Apache-2.0 */
/* Complex max and min in any order of combining. Without NaN the lexicographic order is total, and
 * any order gives the same numbers; a NaN is replaced by what comes next, whatever it is, which
 * only the reference's order does right. So the operand is looked through first; the lowering that
 * asks, or the reference, does the rest. */
#include "lower/window_order.h"

#include <math.h>

enum { LOOK = 1 << 14 }; /* numbers of a task, roughly */

bool lax_i_window_ordered(const struct window_problem *p) {
    return lax_i_dtype_kind(p->type[0]) == KIND_COMPLEX &&
           (p->reducer.kind == LAX_MAX || p->reducer.kind == LAX_MIN);
}

/* Of n complex numbers `step` apart. */
static bool holds_nan(const void *numbers, int64_t step, int64_t n, bool wide) {
    const float *f = numbers;
    const double *d = numbers;
    int found = 0;
    if (wide)
        for (int64_t i = 0; i < n; i++)
            found |= isnan(d[2 * i * step]) || isnan(d[2 * i * step + 1]);
    else
        for (int64_t i = 0; i < n; i++)
            found |= isnan(f[2 * i * step]) || isnan(f[2 * i * step + 1]);
    return found != 0;
}

bool lax_i_window_starts_with_nan(const struct window_problem *p) {
    return holds_nan(p->init[0], 1, 1, p->type[0] == LAX_C128);
}

static void set_order(const struct window_problem *p, struct window_order *o) {
    int64_t same[LAX_MAX_RANK];
    o->rank = p->rank;
    for (int d = 0; d < p->rank; d++) {
        o->size[d] = p->axis[d].in;
        o->stride[d] = same[d] = p->in_stride[0][d];
    }
    o->rank = lax_i_merge_dims(o->rank, o->size, o->stride, same);
    o->rows = 1;
    for (int d = 0; d + 1 < o->rank; d++) o->rows *= o->size[d];
    int64_t row = o->rank > 0 ? o->size[o->rank - 1] : 1;
    o->per_task = lax_i_max(1, LOOK / lax_i_max(row, 1));
    o->tasks = row == 0 ? 0 : lax_i_ceil_div(o->rows, o->per_task);
    o->scratch = lax_i_window_reference_set(p, &o->reference);
}

/* Tasks leave what they found in `shared`. */
static void look(const struct plan *plan, struct execution *execution, int64_t task,
                 void *scratch) {
    const struct window_problem *p = &plan->problem.window;
    const struct window_order *o = plan->state;
    (void)scratch;
    bool wide = p->type[0] == LAX_C128, any = false;
    int64_t end = lax_i_min((task + 1) * o->per_task, o->rows), last = o->rank - 1;
    for (int64_t k = task * o->per_task; k < end && !any; k++) {
        int64_t at = 0, rest = k;
        for (int d = last - 1; d >= 0; d--) {
            at += rest % o->size[d] * o->stride[d];
            rest /= o->size[d];
        }
        any = holds_nan((const char *)execution->in[0] + at * (int64_t)lax_dtype_size(p->type[0]),
                        last < 0 ? 1 : o->stride[last], last < 0 ? 1 : o->size[last], wide);
    }
    ((unsigned char *)execution->shared)[task] = any;
}

static bool found(const struct window_order *o, const struct execution *execution) {
    return memchr(execution->shared, 1, (size_t)o->tasks) != NULL;
}

static void run_ordered(const struct plan *plan, struct execution *execution, int64_t task,
                        void *scratch) {
    const struct window_order *o = plan->state;
    if (!found(o, execution)) o->run(plan, execution, task, scratch);
}

static void run_reference(const struct plan *plan, struct execution *execution, int64_t task,
                          void *scratch) {
    const struct window_order *o = plan->state;
    if (found(o, execution))
        lax_i_window_reference_run(&plan->problem.window, &o->reference, execution, task, scratch);
}

void lax_i_window_look_first(struct plan *plan) {
    struct window_order *o = plan->state;
    set_order(&plan->problem.window, o);
    if (o->scratch > plan->scratch_nbytes) plan->scratch_nbytes = o->scratch;
    plan->shared_nbytes = (size_t)lax_i_max(o->tasks, 1);
    o->run = plan->phases[0].run;
    plan->phases[1] = plan->phases[0];
    plan->phases[1].run = run_ordered;
    plan->phases[0] = (struct phase){.tasks = o->tasks, .run = look};
    plan->phases[2] = (struct phase){.tasks = o->reference.rows.tasks, .run = run_reference};
    plan->n_phases = 3;
}
