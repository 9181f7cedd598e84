/* SPDX-License-Identifier: Apache-2.0 */
/* Evaluation: values, frames of computations, and what evaluates each class of operations. */
#ifndef LAX_TEXT_EVAL_H
#define LAX_TEXT_EVAL_H

#include "text/text.h"

/* Memory of the context's that values share; the data follows, aligned. */
struct buffer {
    const lax_allocator *allocator;
    int64_t uses;
    size_t nbytes;
};

struct value {
    lax_tensor view;
    struct buffer *buffer; /* NULL: the caller's or the module's memory, or no value */
};

/* One execution of a computation. */
struct frame {
    lax_context *ctx;
    const lax_allocator *allocator; /* the context's */
    const struct computation *computation;
    struct value **values; /* results by number of the instruction */
    lax_error *why;
};

/* n values, none of them set; NULL with `why` filled. */
struct value *lax_i_values_new(struct frame *frame, size_t n);
void lax_i_values_release(struct frame *frame, struct value *values, size_t n);

/* results has room for those of the computation's root, all zero. */
lax_status lax_i_eval_computation(struct frame *frame, const struct value *arguments,
                                  struct value *results);

/* Each sets the instruction's results, or none on failure. */
lax_status lax_i_eval_move(struct frame *frame, const struct instruction *i, struct value *results);
lax_status lax_i_eval_family(struct frame *frame, const struct instruction *i,
                             struct value *results);
lax_status lax_i_eval_dot(struct frame *frame, const struct instruction *i, struct value *results);
lax_status lax_i_eval_elementwise(struct frame *frame, const struct instruction *i,
                                  struct value *results);

lax_status lax_i_eval_memory(struct frame *frame);
const struct value *lax_i_operand_value(const struct frame *frame, const struct instruction *i,
                                        int operand);
/* A new row-major value of this form. */
lax_status lax_i_value_new(struct frame *frame, const lax_tensor *form, struct value *out);
/* Another view of the same memory. */
void lax_i_value_view(const struct value *of, const lax_tensor *view, struct value *out);
void lax_i_value_drop(struct value *value);
/* The same elements in row-major order; copied only where they are not. */
lax_status lax_i_value_dense(struct frame *frame, const struct value *value, struct value *out);
bool lax_i_dense(const lax_tensor *form);

#endif /* LAX_TEXT_EVAL_H */
