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

/* --- select: keep[i] = select(a[i], b[i]), contiguous ------------------------------------------
 * false where either is NaN. Complex is not defined: NULL. */
typedef void lax_i_select_fn(uint8_t *keep, const void *a, const void *b, int64_t n);
lax_i_select_fn *lax_i_select_kernel(lax_select select, lax_dtype type);

/* --- pick: which of several elements wins -------------------------------------------------------
 * The winner stays while select(winner, next); integers like KEY's size count taps. FORGET: a NaN
 * never stays (select_and_scatter); HOLD: the first NaN does (arg windows). */
enum pick_rule { PICK_FORGET, PICK_HOLD };
/* taps: for j < runs, l < lanes: number[j * lanes + l] = t of the winner among x[t][j * step + l],
 * t < taps, in order, and key = its value. fresh: x[0] starts, otherwise what key and number hold.
 * 2 <= taps <= LAX_PICK_TAPS. */
enum { LAX_PICK_TAPS = 127 };
struct pick_taps {
    int64_t taps, runs, step, lanes;
    bool fresh;
};
/* Keys and indices (>= 0, signed, of the key's size) of n lanes. The sign bit of an index is a
 * flag, handed on from both parts; FORGET: the part holds a NaN. merge: the winner of two parts,
 * left before right; out may be one of them. NULL for keys of less than 4 bytes. */
struct pick_record {
    void *key, *index;
};
struct pick_kernel {
    void (*taps)(void *key, void *number, const void *const *x, const struct pick_taps *taps);
    void (*merge)(struct pick_record out, struct pick_record left, struct pick_record right,
                  int64_t n);
    /* count: index[l] = first + l * step, with the key's flag. HOLD: the key's sign is that of the
     * zero that wins. */
    void (*count)(void *index, const void *key, int64_t first, int64_t step, int64_t n);
    /* Floats: the bits of all taps or-ed together, or of their complements. */
    void (*signs)(void *signs, bool flipped, const void *const *x, const struct pick_taps *taps);
    /* Floats: keys become what max or min gives. Signs (flipped for max) say whether a zero of
     * the winning sign is there; NaN becomes reduce_window's. */
    void (*finish)(void *key, const void *signs, bool max, int64_t n);
};
/* type: not f16, bf16, pred, complex. */
const struct pick_kernel *lax_i_pick_kernel(lax_isa isa, enum pick_rule rule, lax_select select,
                                            lax_dtype type);
extern const struct pick_kernel lax_i_pick_scalar[2][LAX_LT + 1][LAX_C128 + 1];
extern const struct pick_kernel lax_i_pick_avx2[2][LAX_LT + 1][LAX_C128 + 1];
extern const struct pick_kernel lax_i_pick_avx512[2][LAX_LT + 1][LAX_C128 + 1];

/* --- push: to = acc[places[number[l]] + l * step], or acc[index[l]] without its flag where places
 * is NULL; *to = reducer(*to, x[l]), in order of l < n. acc and x: the accumulator's type. Numbers:
 * integers of its size; indices: s32, for 8-byte accumulators s64. NULL: not defined. */
typedef void lax_i_push_fn(void *acc, const void *index, const int64_t *places, int64_t step,
                           const void *x, int64_t n);
lax_i_push_fn *lax_i_push_kernel(lax_reducer_kind reducer, lax_dtype accumulator);

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
