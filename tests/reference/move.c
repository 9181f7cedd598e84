/* SPDX-License-Identifier: Apache-2.0 */
/* Scans, pad and its gradients, transpose, reduce and reduce_precision. */
#include "reference/reference.h"

#include <math.h>
#include <string.h>

struct ref_array ref_scan(lax_reducer_kind kind, int32_t axis, bool reverse,
                          const struct ref_array *in) {
    struct ref_window w;
    memset(&w, 0, sizeof w);
    w.n = in->rank;
    for (int32_t d = 0; d < in->rank; d++) {
        w.in[d] = in->shape[d];
        w.size[d] = w.stride[d] = w.base[d] = w.dilation[d] = 1;
    }
    int64_t n = in->shape[axis];
    w.size[axis] = n > 0 ? n : 1;
    if (n > 0) *(reverse ? &w.high[axis] : &w.low[axis]) = n - 1;
    ref_window_close(&w);
    return ref_reduce_window(&w, kind, in, NULL);
}

/* Where operand element `index` lands in the padded array; -1: cut off. */
static int64_t landing(const lax_pad_options *o, int32_t rank, const int64_t *shape,
                       const int64_t *strides, const int64_t *index) {
    int64_t to = 0;
    for (int32_t d = 0; d < rank; d++) {
        int64_t at = o->low[d] + index[d] * (o->interior[d] + 1);
        if (at < 0 || at >= shape[d]) return -1;
        to += at * strides[d];
    }
    return to;
}

struct ref_array ref_pad(const lax_pad_options *o, const struct ref_array *in,
                         struct ref_value value) {
    int64_t shape[LAX_MAX_RANK], strides[LAX_MAX_RANK], index[LAX_MAX_RANK] = {0};
    for (int32_t d = 0; d < in->rank; d++) {
        shape[d] = o->low[d] + ref_dilate(in->shape[d], o->interior[d] + 1) + o->high[d];
    }
    ref_row_major(in->rank, shape, strides);
    struct ref_array out = ref_array_new(in->dtype, in->rank, shape);
    out.signed_zero = true;
    for (int64_t i = 0; i < out.n; i++) out.v[i] = value;
    for (int64_t i = 0; i < in->n; i++) {
        int64_t to = landing(o, in->rank, shape, strides, index);
        if (to >= 0) out.v[to] = in->v[i];
        ref_next(in->rank, in->shape, index);
    }
    return out;
}

struct ref_array ref_pad_grad(const lax_pad_options *o, const int64_t *shape,
                              const struct ref_array *grad) {
    int64_t strides[LAX_MAX_RANK], index[LAX_MAX_RANK] = {0};
    struct ref_array out = ref_array_new(grad->dtype, grad->rank, shape);
    ref_row_major(grad->rank, grad->shape, strides);
    for (int64_t i = 0; i < out.n; i++) {
        int64_t from = landing(o, grad->rank, grad->shape, strides, index);
        if (from >= 0) out.v[i] = grad->v[from];
        ref_next(out.rank, out.shape, index);
    }
    return out;
}

struct ref_array ref_pad_grad_value(const lax_pad_options *o, const int64_t *shape,
                                    const struct ref_array *grad) {
    int64_t strides[LAX_MAX_RANK], index[LAX_MAX_RANK] = {0};
    struct ref_array out = ref_array_sums(grad->dtype, 0, NULL);
    struct ref_array inside = ref_array_new(LAX_PRED, grad->rank, grad->shape);
    struct ref_array operand = ref_array_new(LAX_PRED, grad->rank, shape);
    ref_row_major(grad->rank, grad->shape, strides);
    for (int64_t i = 0; i < operand.n; i++) {
        int64_t at = landing(o, grad->rank, grad->shape, strides, index);
        if (at >= 0) inside.v[at].bits = 1;
        ref_next(grad->rank, shape, index);
    }
    for (int64_t i = 0; i < grad->n; i++) {
        out.scale[0] += ref_magnitude(grad->dtype, grad->v[i]);
        if (!inside.v[i].bits) out.v[0] = ref_add(out.dtype, out.v[0], grad->v[i]);
    }
    out.k = grad->n;
    ref_array_free(&inside);
    ref_array_free(&operand);
    return out;
}

struct ref_array ref_transpose(const int32_t *permutation, const struct ref_array *in,
                               lax_dtype type) {
    int64_t shape[LAX_MAX_RANK], strides[LAX_MAX_RANK], index[LAX_MAX_RANK] = {0};
    for (int32_t d = 0; d < in->rank; d++) shape[d] = in->shape[permutation[d]];
    ref_row_major(in->rank, in->shape, strides);
    struct ref_array out = ref_array_new(type, in->rank, shape);
    out.signed_zero = true;
    for (int64_t i = 0; i < out.n; i++) {
        int64_t from = 0;
        for (int32_t d = 0; d < in->rank; d++) from += index[d] * strides[permutation[d]];
        out.v[i] = ref_convert(in->v[from], in->dtype, type);
        ref_next(out.rank, out.shape, index);
    }
    return out;
}

/* reduce is a window as large as the reduced dimensions; axes maps kept dimensions. */
static int32_t reduce_window_of(const lax_reduce_options *o, const struct ref_array *in,
                                struct ref_window *w, int64_t *kept) {
    int32_t n = 0;
    memset(w, 0, sizeof *w);
    w->n = in->rank;
    for (int32_t d = 0; d < in->rank; d++) {
        bool reduced = false;
        for (int32_t i = 0; i < o->n_dimensions; i++) reduced |= o->dimensions[i] == d;
        w->in[d] = in->shape[d];
        w->stride[d] = w->base[d] = w->dilation[d] = 1;
        w->size[d] = reduced ? (in->shape[d] ? in->shape[d] : 1) : 1;
        w->high[d] = reduced && in->shape[d] == 0;
        if (!reduced) kept[n++] = in->shape[d];
    }
    ref_window_close(w);
    return n;
}

static void keep(struct ref_array *a, int32_t rank, const int64_t *shape) {
    a->rank = rank;
    memcpy(a->shape, shape, sizeof a->shape);
}

struct ref_array ref_reduce(lax_reducer_kind kind, const lax_reduce_options *o,
                            const struct ref_array *in, const struct ref_value *init) {
    struct ref_window w;
    int64_t kept[LAX_MAX_RANK] = {0};
    int32_t rank = reduce_window_of(o, in, &w, kept);
    struct ref_array out = ref_reduce_window(&w, kind, in, init);
    keep(&out, rank, kept);
    return out;
}

void ref_reduce_fn(const lax_reducer *reducer, const lax_reduce_options *o, int32_t count,
                   const struct ref_array *in, struct ref_array *out) {
    struct ref_window w;
    struct ref_value init[LAX_MAX_OPERANDS];
    int64_t kept[LAX_MAX_RANK] = {0};
    int32_t rank = reduce_window_of(o, in, &w, kept);
    for (int32_t k = 0; k < count; k++) init[k] = ref_load(in[k].dtype, o->init_values[k]);
    ref_reduce_window_fn(&w, reducer, count, in, init, out);
    for (int32_t k = 0; k < count; k++) keep(&out[k], rank, kept);
}

/* Explicit digits and exponent bits of the real floats. */
static void format_of(lax_dtype type, int32_t *exponent, int32_t *mantissa) {
    *exponent = type == LAX_F64 ? 11 : type == LAX_F16 ? 5 : 8;
    *mantissa = type == LAX_F64 ? 52 : type == LAX_F32 ? 23 : type == LAX_F16 ? 10 : 7;
}

static long double precision(long double x, lax_dtype type, int32_t e, int32_t m) {
    int32_t own_e, own_m, exponent;
    format_of(type, &own_e, &own_m);
    if (!ref_finite(x) || x == 0) return x;
    if (m < own_m) {
        frexpl(x, &exponent);
        long double scaled = ldexpl(x, m + 1 - exponent), even = nearbyintl(scaled);
        /* Without mantissa bits the last bit kept is that of the exponent, whose bias is odd. */
        if (m == 0 && fabsl(scaled) == 1.5L) even = copysignl(exponent % 2 == 0 ? 1 : 2, x);
        x = ldexpl(even, exponent - m - 1);
    }
    if (e < own_e) {
        int high = 1 << (e - 1);
        if (fabsl(x) >= ldexpl(1, high)) x = copysignl(INFINITY, x);
        if (fabsl(x) < ldexpl(1, 2 - high)) x = copysignl(0, x);
    }
    return ref_round(type, x);
}

struct ref_array ref_reduce_precision(int32_t exponent_bits, int32_t mantissa_bits,
                                      const struct ref_array *in) {
    struct ref_array out = ref_array_new(in->dtype, in->rank, in->shape);
    out.signed_zero = true;
    for (int64_t i = 0; i < in->n; i++) {
        out.v[i].re = precision(in->v[i].re, in->dtype, exponent_bits, mantissa_bits);
    }
    return out;
}
