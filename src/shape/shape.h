/* SPDX-License-Identifier: Apache-2.0 */
/* Stage 2, shape: the only place where sizes, types and strides are validated. A struct shape is
 * complete and consistent; the stages below only assert. */
#ifndef LAX_SHAPE_SHAPE_H
#define LAX_SHAPE_SHAPE_H

#include "spec/spec.h"

/* One dimension of a window with every number resolved: see reference formulae in
 * docs/architecture.md. out = stride_dim(pad_lo + dilate(in) + pad_hi, dilate(size), stride). */
struct window_dim {
    int64_t in, size, out;
    int64_t stride, pad_lo, pad_hi, base_dilation, window_dilation;
    bool reversed;
};

struct conv_shape {
    int n; /* spatial dimensions */
    struct window_dim dim[LAX_MAX_SPATIAL];
    lax_conv_dimension_numbers numbers;
    int64_t batch, in_features, out_features, rhs_features; /* N, C, O, I */
    int64_t feature_groups, batch_groups;
    lax_dtype compute; /* type of products and sums */
};

struct shape {
    const struct spec *spec;
    int n_operands, n_results;
    lax_tensor operands[LAX_MAX_OPERANDS];  /* forms only */
    lax_tensor results[LAX_MAX_OPERANDS];   /* forms only, checked or inferred */
    struct conv_shape conv;                 /* CONV*: of the forward convolution */
    struct window_dim window[LAX_MAX_RANK]; /* REDUCE_WINDOW*, AVG_POOL, SELECT_AND_*, SCAN, PAD */
    lax_tensor bias, residual;              /* CONV with an epilogue; rank -1: none */
};

/* Validates and infers everything; results of rank -1 are inferred row-major. */
lax_status lax_i_shape(const struct spec *spec, struct shape *out, lax_error *why);

/* --- pieces shared by the shape files --------------------------------------------------------- */

/* dilate_dim and stride_dim of jax.lax, checked: false when the result does not fit. */
bool lax_i_dilate_dim(int64_t size, int64_t dilation, int64_t *out);
int64_t lax_i_stride_dim(int64_t size, int64_t window, int64_t stride);
/* Fills dim->out (and pads from the word) from the other members. `empty_if_negative`: a negative
 * padded size gives 0 (reduce_window, text) instead of an error (conv calls). `what` and `d` name
 * the dimension in sentences. */
lax_status lax_i_window_dim(struct window_dim *dim, enum padding_word padding,
                            bool empty_if_negative, const char *what, int d, lax_error *why);
/* Rank, sizes, type and element count of one tensor argument. */
lax_status lax_i_check_tensor(const lax_tensor *tensor, const char *name, lax_error *why);
/* A result: takes `expected` where its rank is -1, otherwise compares and checks that it is
 * provably injective. */
lax_status lax_i_check_result(lax_tensor *result, const lax_tensor *expected, const char *name,
                              lax_error *why);
/* Sets *out to a row-major form of this type and rank. */
void lax_i_form(lax_tensor *out, lax_dtype dtype, int32_t rank, const int64_t *shape);
/* "lhs", "rhs", "operand", "source", ... of operand i of an operation. */
const char *lax_i_operand_name(lax_op op, int i);

/* One file each: conv_shape.c, window_shape.c, select_shape.c, scan_shape.c, move_shape.c. */
lax_status lax_i_shape_conv(const struct spec *spec, struct shape *out, lax_error *why);
lax_status lax_i_shape_window(const struct spec *spec, struct shape *out, lax_error *why);
lax_status lax_i_shape_select(const struct spec *spec, struct shape *out, lax_error *why);
lax_status lax_i_shape_scan(const struct spec *spec, struct shape *out, lax_error *why);
lax_status lax_i_shape_move(const struct spec *spec, struct shape *out, lax_error *why);
lax_status lax_i_shape_reduce(const struct spec *spec, struct shape *out, lax_error *why);

/* --- pieces shared by the window files (window_shape.c, select_shape.c) ----------------------- */

/* Every dimension of a window over `operand`; *out is the form of the reduced operand. */
lax_status lax_i_window_dims(const struct window_spec *spec, const lax_tensor *operand,
                             struct window_dim *dims, lax_tensor *out, lax_error *why);
lax_status lax_i_check_same_shape(const lax_tensor *tensor, const lax_tensor *like,
                                  const char *name, const char *like_name, lax_error *why);
lax_status lax_i_check_same_type(const lax_tensor *tensor, const lax_tensor *like, const char *name,
                                 const char *like_name, lax_error *why);
/* 0 results mean that all are to be inferred. */
lax_status lax_i_check_n_results(const struct shape *shape, int want, lax_error *why);
lax_status lax_i_check_results(struct shape *shape, int n, const lax_tensor *expected,
                               lax_error *why);
/* The operation's reducer: set once, and defined for the type. */
lax_status lax_i_check_reducer(const struct spec *spec, lax_dtype type, const char *name,
                               lax_error *why);
/* Reducer, initial values and number of operands fit, and the operands have one shape. */
lax_status lax_i_check_reduction(const struct spec *spec, const struct shape *shape,
                                 const void *const *init_values, lax_error *why);
/* The operation's selector is a comparison, and the type has an order. */
lax_status lax_i_check_ordered(const struct spec *spec, lax_dtype type, lax_error *why);

/* Data pointers at execution: required where not empty; outputs must not overlap inputs or each
 * other unless the lattices are provably disjoint, or identical views where `in_place` allows. */
lax_status lax_i_check_overlap(const lax_tensor *output, const lax_tensor *other,
                               bool identical_allowed, const char *output_name,
                               const char *other_name, lax_error *why);

#endif /* LAX_SHAPE_SHAPE_H */
