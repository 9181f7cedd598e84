/* SPDX-License-Identifier: Apache-2.0 */
/* Lowerings of windows that combine in any order look through complex operands of max and min
 * first, and leave those with a NaN to the reference. */
#ifndef LAX_LOWER_WINDOW_ORDER_H
#define LAX_LOWER_WINDOW_ORDER_H

#include "lower/window_reference.h"

/* How the operand is looked through, and what goes on then. */
struct window_order {
    int rank;
    int64_t size[LAX_MAX_RANK], stride[LAX_MAX_RANK];
    int64_t rows, per_task, tasks;
    struct window_reference reference;
    size_t scratch;
    void (*run)(const struct plan *plan, struct execution *execution, int64_t task, void *scratch);
};

bool lax_i_window_ordered(const struct window_problem *p);
/* Such a problem has nothing but the reference. */
bool lax_i_window_starts_with_nan(const struct window_problem *p);
/* Puts the look before a plan's only phase, and the reference behind it. The plan's state begins
 * with struct window_order. */
void lax_i_window_look_first(struct plan *plan);

#endif /* LAX_LOWER_WINDOW_ORDER_H */
