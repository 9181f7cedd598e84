/* SPDX-License-Identifier: Apache-2.0 */
/* Complex max and min in strips. Without NaN the lexicographic order is total, and any order of
 * combining gives the same numbers; a NaN is replaced by what comes next, whatever it is, which
 * only the reference's order does right. So the operand is looked through first; strips, or the
 * reference lowering, do the rest. */
#include "lower/strips.h"

#include <math.h>

enum { LOOK = 1 << 14 }; /* numbers of a task, roughly */

bool lax_i_strips_ordered(const struct window_problem *p) {
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

bool lax_i_strips_order(const struct window_problem *p, struct strips_order *o) {
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
    return !holds_nan(p->init[0], 1, 1, p->type[0] == LAX_C128);
}

void lax_i_strips_look(const struct window_problem *p, const struct strips_order *o,
                       struct execution *execution, int64_t task) {
    bool wide = p->type[0] == LAX_C128, found = false;
    int64_t end = lax_i_min((task + 1) * o->per_task, o->rows), last = o->rank - 1;
    for (int64_t k = task * o->per_task; k < end && !found; k++) {
        int64_t at = 0, rest = k;
        for (int d = last - 1; d >= 0; d--) {
            at += rest % o->size[d] * o->stride[d];
            rest /= o->size[d];
        }
        found = holds_nan((const char *)execution->in[0] + at * (int64_t)lax_dtype_size(p->type[0]),
                          last < 0 ? 1 : o->stride[last], last < 0 ? 1 : o->size[last], wide);
    }
    ((unsigned char *)execution->shared)[task] = found;
}

bool lax_i_strips_found(const struct strips_order *o, const struct execution *execution) {
    return memchr(execution->shared, 1, (size_t)o->tasks) != NULL;
}
