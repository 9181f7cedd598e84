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

/* Vectorised conversions to and from f32, contiguous, indexed by element type; NULL: none. */
typedef void lax_i_vector_fn(void *dst, const void *src, int64_t n);
struct convert_kernels {
    lax_i_vector_fn *to_f32[LAX_C128 + 1], *from_f32[LAX_C128 + 1];
};
/* Rows of vector.def. */
extern const struct convert_kernels lax_i_convert_avx2, lax_i_convert_avx512;
/* The best that a level has for one pair of types, and its use: what the convert kernel does. */
struct converter {
    lax_i_convert_fn *general;
    lax_i_vector_fn *to_f32, *from_f32; /* contiguous elements, one after the other */
    size_t src_size, dst_size;
};
struct converter lax_i_converter(lax_dtype src, lax_dtype dst, lax_isa isa);
void lax_i_convert(const struct converter *converter, void *dst, int64_t dst_stride,
                   const void *src, int64_t src_stride, int64_t n);

/* --- round: dst[i] = reduce_precision(src[i]), real floats ------------------------------------ */
typedef void lax_i_round_fn(void *dst, int64_t dst_stride, const void *src, int64_t src_stride,
                            int64_t n, int exponent_bits, int mantissa_bits);
lax_i_round_fn *lax_i_round_kernel(lax_dtype dtype);

/* --- move: elements of 1, 2, 4, 8 and 16 bytes (index: log2), whatever their type. Nothing beside
 * the elements is read or written; no alignment is needed; strides in elements, any sign ------ */
struct move_kernels {
    /* dst[c * dst_stride + r] = src[r * src_stride + c], r < rows, c < columns. */
    void (*transpose[5])(void *dst, int64_t dst_stride, const void *src, int64_t src_stride,
                         int64_t rows, int64_t columns);
    /* dst[i] = src[-i], i < n. */
    void (*reverse[5])(void *dst, const void *src, int64_t n);
    /* A copy for results too large for the caches, which its stores bypass. fence() comes before
     * another thread may read them. */
    void (*stream)(void *dst, const void *src, int64_t nbytes);
    void (*fence)(void);
};
/* The best of an instruction-set level, never NULL. */
const struct move_kernels *lax_i_move_kernels(lax_isa isa);
/* Rows of move.def: its x86 kernels. */
extern const struct move_kernels lax_i_move_avx2, lax_i_move_avx512;

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
