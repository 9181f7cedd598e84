/* SPDX-License-Identifier: Apache-2.0 */
/* Stage 5, exec: plan + pointers -> results. Gets workspace, runs the phases over the threads. */
#ifndef LAX_EXEC_EXEC_H
#define LAX_EXEC_EXEC_H

#include "lower/lower.h"

/* Bytes of workspace of a plan: scratch of every thread and the shared part. */
size_t lax_i_workspace_nbytes(const struct plan *plan);

/* Runs all phases; `workspace` may be NULL. Pointers are checked. */
lax_status lax_i_execute(const struct plan *plan, struct execution *execution, void *workspace,
                         lax_error *why);

/* Packs weights into `packed` (plan->packed_nbytes, 64-byte aligned). */
lax_status lax_i_pack(const struct plan *plan, const void *rhs, void *packed, lax_error *why);

#endif /* LAX_EXEC_EXEC_H */
