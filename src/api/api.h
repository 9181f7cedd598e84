/* SPDX-License-Identifier: Apache-2.0 */
/* The road that every public function takes: an operation goes through the stages in order. */
#ifndef LAX_API_API_H
#define LAX_API_API_H

#include "exec/exec.h"

/* spec -> shape of an operation; `spec` and `shape` are the caller's memory. */
lax_status lax_i_check(const lax_operation *operation, struct spec *spec, struct shape *shape,
                       lax_error *why);
/* Form of result `i`, row-major. */
lax_status lax_i_infer(const lax_operation *operation, int i, lax_tensor *out, lax_error *why);
/* One-shot call: plan from the context's cache or made anew, executed once. inputs: operands in
 * order, then the residual; only data pointers are taken from inputs and outputs. */
lax_status lax_i_run(lax_context *ctx, const lax_operation *operation,
                     const lax_tensor *const *inputs, lax_tensor *const *outputs, lax_error *why);
/* Refuses NULL tensors: "lhs is NULL". */
lax_status lax_i_require(const void *pointer, const char *name, lax_error *why);
/* Copies a caller's options struct of `have` bytes into ours of `want`: older callers know fewer
 * members, newer ones are refused if they set members that we do not know. */
lax_status lax_i_copy_options(void *ours, size_t want, const void *theirs, const char *macro,
                              lax_error *why);

/* --- pieces of the road ----------------------------------------------------------------------- */

/* The weights of a packed blob for this plan: *weights for plans that pack, else *rhs, the memory
 * that the blob refers to. */
lax_status lax_i_packed_weights(const struct plan *plan, const lax_packed *packed,
                                const void **weights, void **rhs, lax_error *why);
/* Is there a reason why `have` is not the tensor that a plan was made for? open_axis may differ in
 * size; -1: none. */
lax_status lax_i_check_form(const lax_tensor *have, const lax_tensor *want, int open_axis,
                            const char *name, lax_error *why);
/* A steady clock in milliseconds. */
double lax_i_now_ms(void);

/* For plans of a verbose context: the text of their lines, and the line of an execution that began
 * at `start`. */
void lax_i_keep_replay(const struct lax_context *ctx, const lax_operation *op, struct plan *plan);
void lax_i_log_execution(const struct plan *plan, double start);

#endif /* LAX_API_API_H */
