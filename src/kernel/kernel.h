/* SPDX-License-Identifier: Apache-2.0 */
/* Contracts of the inner loops: for each family an equation, a typedef and how to get the kernel.
 * Kernels are pure functions of their arguments: no allocation, no globals, no branches on
 * layout. Families have a .def list with one row a kernel. */
#ifndef LAX_KERNEL_KERNEL_H
#define LAX_KERNEL_KERNEL_H

#include "base/base.h"
#include "cpu/cpu.h"

/* --- convert: dst[i * dst_stride] = (dst type) src[i * src_stride], i < n ---------------------
 * XLA's convert: integers wrap, floats round to nearest even, float to integer truncates and
 * saturates (NaN gives 0), anything to pred is x != 0, complex to real takes the real part.
 * Same types move bits. Strides in elements, any sign, also 0 for src. */
typedef void lax_i_convert_fn(void *dst, int64_t dst_stride, const void *src, int64_t src_stride,
                              int64_t n);
/* Never NULL for valid types. */
lax_i_convert_fn *lax_i_convert_kernel(lax_dtype src, lax_dtype dst);

/* --- round: dst[i] = reduce_precision(src[i]), real floats ------------------------------------ */
typedef void lax_i_round_fn(void *dst, int64_t dst_stride, const void *src, int64_t src_stride,
                            int64_t n, int exponent_bits, int mantissa_bits);
lax_i_round_fn *lax_i_round_kernel(lax_dtype dtype);

/* --- taps: reference convolution over a block of positions -------------------------------------
 * acc[p] += sum_{k < taps} x[k * LAX_TAP_LANES + p] * w[k] for p < LAX_TAP_LANES, in order of k;
 * where mask is not NULL only lanes with mask[k * LAX_TAP_LANES + p] take part. All arrays are
 * contiguous, of the accumulator type (s64 for integers, pred: acc |= x & w). */
enum { LAX_TAP_LANES = 16 };
typedef void lax_i_taps_fn(void *acc, const void *x, const void *w, const uint8_t *mask,
                           int64_t taps);
lax_i_taps_fn *lax_i_taps_kernel(lax_dtype accumulator);

/* --- combine: acc[i] = reducer(acc[i], x[i * x_stride]), i < n ----------------------------------
 * acc is contiguous, of the accumulator type lax_i_combine_accumulator(type); x of `type`. NULL
 * where the reducer is not defined for the type. */
typedef void lax_i_combine_fn(void *acc, const void *x, int64_t x_stride, int64_t n);
lax_i_combine_fn *lax_i_combine_kernel(lax_reducer_kind reducer, lax_dtype type);
/* f32 for f16 and bf16; otherwise the type itself. */
lax_dtype lax_i_combine_accumulator(lax_dtype type);

/* --- fold: windows a row at a time -------------------------------------------------------------
 * Rows are contiguous lanes. A reducer works on a working form of the elements: f32 for f16 and
 * bf16; for max and min of floats signed integers that order like them, so that every order of
 * combining gives the same bits; otherwise the type itself. No rows for complex max and min. */
struct fold_span {
    int64_t lanes, pixels, in_step, out_step; /* pixel p starts p * step elements in */
};
typedef void lax_i_fold_rows_fn(void *to, const void *const *rows, int k,
                                const struct fold_span *span);
typedef void lax_i_fold_move_fn(void *to, int64_t to_step, const void *from, int64_t from_step,
                                int64_t n);
struct fold {
    size_t work_size;
    lax_i_fold_move_fn *move;         /* copies in working form */
    lax_i_fold_move_fn *load, *store; /* to working form and back, rounding once */
    lax_i_fold_rows_fn *taps;         /* to[p, i] = fold of k rows, all in working form, k >= 1 */
    lax_i_fold_rows_fn *raw;          /* the same from elements to working form; or NULL */
    lax_i_fold_rows_fn *direct;       /* from elements to elements, 9 rows at most; or NULL */
};
/* NULL where the reducer is not defined for the type, or not associative. */
const struct fold *lax_i_fold(lax_reducer_kind reducer, lax_dtype type, lax_isa isa);
/* One a file; only behind lax_i_fold. */
const struct fold *lax_i_fold_scalar(lax_reducer_kind reducer, lax_dtype type);
const struct fold *lax_i_fold_avx2(lax_reducer_kind reducer, lax_dtype type);
const struct fold *lax_i_fold_avx512(lax_reducer_kind reducer, lax_dtype type);

/* --- scan: to[i] = fold of *carry and from[0 .. i], contiguous, in the working form of fold ------
 * *carry becomes the last result; to may be from. */
typedef void lax_i_scan_fn(void *to, const void *from, int64_t n, void *carry);
lax_i_scan_fn *lax_i_scan(lax_reducer_kind reducer, lax_dtype type, lax_isa isa);
lax_i_scan_fn *lax_i_scan_scalar(lax_reducer_kind reducer, lax_dtype type);
lax_i_scan_fn *lax_i_scan_avx2(lax_reducer_kind reducer, lax_dtype type);
lax_i_scan_fn *lax_i_scan_avx512(lax_reducer_kind reducer, lax_dtype type);

/* --- select: keep[i] = select(a[i], b[i]), contiguous ------------------------------------------
 * false where either is NaN. Complex is not defined: NULL. */
typedef void lax_i_select_fn(uint8_t *keep, const void *a, const void *b, int64_t n);
lax_i_select_fn *lax_i_select_kernel(lax_select select, lax_dtype type);

/* --- epilogue: acc[i] = activation(acc[i] + bias[i] + residual[i]), contiguous, accumulator type
 * (f32 or f64); bias and residual may be NULL -------------------------------------------------- */
typedef void lax_i_epilogue_fn(void *acc, const void *bias, const void *residual, int64_t n,
                               lax_activation activation, double alpha, double beta);
lax_i_epilogue_fn *lax_i_epilogue_kernel(lax_dtype accumulator);

/* --- dot: batch-reduce GEMM, C[i, j] (+)= sum_r sum_k A_r[i, k] * B_r[k, j] ---------------------
 * Row-major: A_r has m rows of k (row stride lda), B_r k rows of n (ldb), C m rows of n (ldc).
 * a and b are arrays of `count` addresses, which kernels may use as scratch: their contents are
 * lost. beta 0 overwrites C, 1 adds to it. */
struct dot_shape {
    lax_dtype type; /* f32 or f64 */
    int64_t m, n, k;
    int64_t lda, ldb, ldc;
    int beta;
};
struct dot_kernel {
    void (*run)(const struct dot_kernel *kernel, const void **a, const void **b, void *c,
                int64_t count);
    void *handle; /* library kernels */
    struct dot_shape shape;
    const char *name;
};
/* libxsmm's kernel of this shape (xsmm.c, the only file that knows libxsmm). false: there is
 * none, and `why` (never NULL) says the reason. At most 1,024 distinct kernels a process. */
bool lax_i_xsmm_kernel(const struct dot_shape *shape, lax_isa isa, struct dot_kernel *out,
                       const char **why);
/* Whether libxsmm may be asked at all; false with a reason. */
bool lax_i_xsmm_available(lax_isa isa, const char **why);
/* libxsmm's version and target, or why it is not there. */
const char *lax_i_xsmm_describe(void);

/* --- listing, for lax info: a line a kernel --------------------------------------------------- */
void lax_i_list_kernels(struct text *text, lax_isa isa);

#endif /* LAX_KERNEL_KERNEL_H */
