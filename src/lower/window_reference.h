/* SPDX-License-Identifier: Apache-2.0 */
/* The reference window reduction, also for a lowering that goes back to it. */
#ifndef LAX_LOWER_WINDOW_REFERENCE_H
#define LAX_LOWER_WINDOW_REFERENCE_H

#include "lower/rows.h"

struct window_reference {
    struct rows rows;
    lax_i_combine_fn *combine, *combine_acc; /* elements, accumulators; NULL: callback */
    lax_i_convert_fn *load[LAX_MAX_OPERANDS], *store[LAX_MAX_OPERANDS];
    lax_i_convert_fn *gather[LAX_MAX_OPERANDS];
    lax_i_convert_fn *fill; /* accumulators */
    lax_dtype acc_type[LAX_MAX_OPERANDS];
    size_t size[LAX_MAX_OPERANDS], acc_size[LAX_MAX_OPERANDS];
    unsigned char identity[16]; /* of the accumulator type */
};

/* Kernels and rows of a zeroed state, of rows.tasks tasks; returns the scratch that they need. */
size_t lax_i_window_reference_set(const struct window_problem *p, struct window_reference *s);
void lax_i_window_reference_run(const struct window_problem *p, const struct window_reference *s,
                                struct execution *execution, int64_t task, void *scratch);

#endif /* LAX_LOWER_WINDOW_REFERENCE_H */
