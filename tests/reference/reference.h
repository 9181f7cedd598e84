/* SPDX-License-Identifier: Apache-2.0 */
/* The oracle: every operation of the family written from its definition with plain loops. It takes
 * nothing but types from the public header and calls no function of the library, so that an error
 * in the library cannot hide here. Real and complex numbers are long double, integers are 64 bits
 * wide and wrapped to their type after each step. */
#ifndef LAX_TESTS_REFERENCE_H
#define LAX_TESTS_REFERENCE_H

#include <lax/lax.h>

/* One number of any element type: re and im for floats and complex, bits for the rest (sign- or
 * zero-extended to 64 bits; pred is 0 or 1). */
struct ref_value {
    long double re, im;
    uint64_t bits;
};

enum ref_match {
    REF_EXACT, /* equal; -0 and +0 differ only where signed_zero says so; NaN where NaN */
    REF_FLOAT  /* within the bound of docs/numerics.md */
};

/* A dense row-major array; for results also how to compare. */
struct ref_array {
    lax_dtype dtype;
    int32_t rank;
    int64_t shape[LAX_MAX_RANK];
    int64_t n;
    struct ref_value *v;
    long double *scale; /* REF_FLOAT: sum of absolute products for each element */
    int64_t *terms;     /* REF_FLOAT: number of terms of each element */
    int64_t k;          /* REF_FLOAT: the longest sum */
    enum ref_match match;
    bool signed_zero;
    lax_dtype accumulate; /* type whose epsilon bounds the sums; unset: dtype's own */
};

/* value.c */
size_t ref_size(lax_dtype type);
bool ref_is_float(lax_dtype type);
bool ref_is_complex(lax_dtype type);
bool ref_is_signed(lax_dtype type);
bool ref_is_integer(lax_dtype type);
/* Not isinf and isfinite: an emulator whose long double is a double takes LDBL_MAX for infinity. */
bool ref_infinite(long double x);
bool ref_finite(long double x);
long double ref_epsilon(lax_dtype type);
long double ref_tiny(lax_dtype type);
long double ref_largest(lax_dtype type);
/* The type in which the library promises to add values of this type. */
lax_dtype ref_accumulator(lax_dtype type);
long double ref_round(lax_dtype type, long double x);
struct ref_value ref_load(lax_dtype type, const void *from);
void ref_store(lax_dtype type, void *to, struct ref_value x);
struct ref_value ref_number(lax_dtype type, double x);
struct ref_value ref_convert(struct ref_value x, lax_dtype from, lax_dtype to);
/* |x| for error bounds; for complex the sum of both parts; 0 for NaN and infinities. */
long double ref_magnitude(lax_dtype type, struct ref_value x);
bool ref_is_nan(lax_dtype type, struct ref_value x);

/* arithmetic.c */
struct ref_value ref_add(lax_dtype type, struct ref_value a, struct ref_value b);
struct ref_value ref_sub(lax_dtype type, struct ref_value a, struct ref_value b);
struct ref_value ref_mul(lax_dtype type, struct ref_value a, struct ref_value b);
struct ref_value ref_fold(lax_reducer_kind kind, lax_dtype type, struct ref_value a,
                          struct ref_value b);
struct ref_value ref_identity(lax_reducer_kind kind, lax_dtype type);
bool ref_select(lax_select select, lax_dtype type, struct ref_value a, struct ref_value b);

/* array.c */
struct ref_array ref_array_new(lax_dtype type, int32_t rank, const int64_t *shape);
struct ref_array ref_array_read(const lax_tensor *tensor);
struct ref_array ref_array_converted(const struct ref_array *a, lax_dtype type);
/* Splits `groups` off axis `from` (outermost) and merges it into axis `to` (outermost). */
struct ref_array ref_array_merged(const struct ref_array *a, int32_t from, int32_t to,
                                  int64_t groups);
void ref_array_free(struct ref_array *a);
/* Prepares a result for sums: scale zero, k zero, every element zero. */
struct ref_array ref_array_sums(lax_dtype type, int32_t rank, const int64_t *shape);
/* The next index in row-major order; false after the last one. */
bool ref_next(int32_t rank, const int64_t *shape, int64_t *index);
void ref_row_major(int32_t rank, const int64_t *shape, int64_t *strides);

/* resolve.c: what options mean, by their own reading of JAX's rules. */
struct ref_window {
    int32_t n;
    int64_t in[LAX_MAX_RANK], size[LAX_MAX_RANK], out[LAX_MAX_RANK];
    int64_t stride[LAX_MAX_RANK], low[LAX_MAX_RANK], high[LAX_MAX_RANK];
    int64_t base[LAX_MAX_RANK], dilation[LAX_MAX_RANK];
    bool reversed[LAX_MAX_RANK];
};
struct ref_conv {
    int32_t lhs[LAX_MAX_RANK], rhs[LAX_MAX_RANK], out[LAX_MAX_RANK];
    struct ref_window w; /* spatial dimensions only */
    int64_t features, batches;
};
int64_t ref_dilate(int64_t size, int64_t dilation);
void ref_same(int64_t in, int64_t window, int64_t stride, bool lower, int64_t pads[2]);
/* Fills w->out from the rest. */
void ref_window_close(struct ref_window *w);
void ref_window_of(const lax_window_options *options, int32_t rank, const int64_t *shape,
                   struct ref_window *w);
/* Where tap `tap` of output `position` lies in the input along dimension d; false: nowhere. */
bool ref_tap(const struct ref_window *w, int32_t d, int64_t position, int64_t tap, int64_t *at);
void ref_conv_numbers(const char *const strings[3], const char *labels,
                      const lax_conv_dimension_numbers *indices, int32_t rank, struct ref_conv *c);
void ref_conv_of(const lax_conv_options *options, const lax_tensor *lhs, const int64_t *rhs_shape,
                 struct ref_conv *c);

/* conv.c */
void ref_conv_shape(const struct ref_conv *c, const int64_t *lhs, const int64_t *rhs, int64_t *out);
struct ref_array ref_conv_forward(const struct ref_conv *c, lax_dtype type,
                                  const struct ref_array *lhs, const struct ref_array *rhs);
/* The transposed linear maps, by scattering along the terms of the forward sum. */
struct ref_array ref_conv_adjoint_lhs(const struct ref_conv *c, const int64_t *lhs_shape,
                                      const struct ref_array *grad, const struct ref_array *rhs);
struct ref_array ref_conv_adjoint_rhs(const struct ref_conv *c, const int64_t *rhs_shape,
                                      const struct ref_array *grad, const struct ref_array *lhs);

/* gradient.c: the same gradients as JAX's transpose rules build them. */
struct ref_array ref_conv_jax_lhs(const struct ref_conv *c, const int64_t *lhs_shape,
                                  const struct ref_array *grad, const struct ref_array *rhs);
struct ref_array ref_conv_jax_rhs(const struct ref_conv *c, const int64_t *rhs_shape,
                                  const struct ref_array *grad, const struct ref_array *lhs);
struct ref_array ref_window_sum_jax_grad(const struct ref_window *w, const struct ref_array *grad);

/* special.c */
struct ref_array ref_patches(const struct ref_conv *c, const int64_t *filter,
                             const struct ref_array *lhs);
struct ref_array ref_local(const struct ref_conv *c, const int64_t *filter, lax_dtype type,
                           const struct ref_array *lhs, const struct ref_array *rhs);
void ref_conv_transpose_pads(int64_t kernel, int64_t stride, const char *padding, int64_t pads[2]);
struct ref_array ref_conv_transpose(const lax_conv_transpose_options *options,
                                    const struct ref_array *lhs, const struct ref_array *rhs);

/* epilogue.c: applies an epilogue to unrounded sums; bias and residual may be NULL. */
void ref_epilogue(const lax_epilogue *e, int32_t feature_axis, const struct ref_array *bias,
                  const struct ref_array *residual, struct ref_array *a);

/* window.c */
struct ref_array ref_reduce_window(const struct ref_window *w, lax_reducer_kind kind,
                                   const struct ref_array *in, const struct ref_value *init);
/* Variadic with a callback; in and out have `count` members. */
void ref_reduce_window_fn(const struct ref_window *w, const lax_reducer *reducer, int32_t count,
                          const struct ref_array *in, const struct ref_value *init,
                          struct ref_array *out);
struct ref_array ref_avg_pool(const struct ref_window *w, bool exclude, const int64_t *never,
                              const struct ref_array *in);
void ref_window_arg(const struct ref_window *w, lax_select select, const struct ref_array *in,
                    lax_dtype index_type, struct ref_array out[2]);
struct ref_array ref_window_sum_grad(const struct ref_window *w, const struct ref_array *grad);

/* select.c */
struct ref_array ref_select_and_scatter(const struct ref_window *w, lax_select select,
                                        lax_reducer_kind scatter, const struct ref_array *operand,
                                        const struct ref_array *source, struct ref_value init);
struct ref_array ref_select_and_gather_add(const struct ref_window *w, lax_select select,
                                           const struct ref_array *tangents,
                                           const struct ref_array *operand);

/* move.c */
struct ref_array ref_scan(lax_reducer_kind kind, int32_t axis, bool reverse,
                          const struct ref_array *in);
struct ref_array ref_pad(const lax_pad_options *options, const struct ref_array *in,
                         struct ref_value value);
struct ref_array ref_pad_grad(const lax_pad_options *options, const int64_t *shape,
                              const struct ref_array *grad);
struct ref_array ref_pad_grad_value(const lax_pad_options *options, const int64_t *shape,
                                    const struct ref_array *grad);
struct ref_array ref_transpose(const int32_t *permutation, const struct ref_array *in,
                               lax_dtype type);
struct ref_array ref_reduce(lax_reducer_kind kind, const lax_reduce_options *options,
                            const struct ref_array *in, const struct ref_value *init);
void ref_reduce_fn(const lax_reducer *reducer, const lax_reduce_options *options, int32_t count,
                   const struct ref_array *in, struct ref_array *out);
struct ref_array ref_reduce_precision(int32_t exponent_bits, int32_t mantissa_bits,
                                      const struct ref_array *in);

/* oracle.c: results of a whole operation; returns their number. */
int32_t ref_operation(const lax_operation *op, const lax_tensor *in, struct ref_array *out);

#endif
