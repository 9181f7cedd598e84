/* SPDX-License-Identifier: Apache-2.0 */
/* Adding, multiplying, folding and comparing numbers of every element type. */
#include "reference/reference.h"

#include <math.h>

/* Integers are brought back to their type by a round trip through memory. */
static struct ref_value narrowed(lax_dtype type, uint64_t bits) {
    unsigned char memory[16];
    struct ref_value x = {0, 0, bits};
    ref_store(type, memory, x);
    return ref_load(type, memory);
}

static bool real_or_complex(lax_dtype type) { return ref_is_float(type) || ref_is_complex(type); }

struct ref_value ref_add(lax_dtype type, struct ref_value a, struct ref_value b) {
    if (type == LAX_PRED) return (struct ref_value){0, 0, a.bits | b.bits};
    if (!real_or_complex(type)) return narrowed(type, a.bits + b.bits);
    return (struct ref_value){a.re + b.re, a.im + b.im, 0};
}

struct ref_value ref_sub(lax_dtype type, struct ref_value a, struct ref_value b) {
    if (!real_or_complex(type)) return narrowed(type, a.bits - b.bits);
    return (struct ref_value){a.re - b.re, a.im - b.im, 0};
}

struct ref_value ref_mul(lax_dtype type, struct ref_value a, struct ref_value b) {
    if (type == LAX_PRED) return (struct ref_value){0, 0, a.bits & b.bits};
    if (ref_is_float(type)) return (struct ref_value){a.re * b.re, 0, 0};
    if (!ref_is_complex(type)) return narrowed(type, a.bits * b.bits);
    return (struct ref_value){a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re, 0};
}

/* a > b in the order that max uses: lexicographic for complex, signed or unsigned otherwise. */
static bool greater(lax_dtype type, struct ref_value a, struct ref_value b) {
    if (ref_is_complex(type)) return a.re != b.re ? a.re > b.re : a.im > b.im;
    if (ref_is_float(type)) return a.re > b.re;
    if (ref_is_signed(type)) return (int64_t)a.bits > (int64_t)b.bits;
    return a.bits > b.bits;
}

static bool equal(lax_dtype type, struct ref_value a, struct ref_value b) {
    if (real_or_complex(type)) return a.re == b.re && a.im == b.im;
    return a.bits == b.bits;
}

/* IEEE 754-2019 maximum and minimum for floats: NaN wins, -0 < +0. */
static struct ref_value extreme(lax_dtype type, bool max, struct ref_value a, struct ref_value b) {
    if (ref_is_float(type)) {
        if (isnan(a.re)) return a;
        if (isnan(b.re)) return b;
        if (a.re == 0 && b.re == 0) return (signbit(a.re) != 0) == max ? b : a;
    }
    if (max) return greater(type, a, b) ? a : b;
    return greater(type, b, a) ? a : b;
}

static struct ref_value logaddexp_complex(struct ref_value a, struct ref_value b) {
    struct ref_value m = greater(LAX_C128, a, b) ? a : b;
    if (ref_infinite(m.re)) return m;
    long double size = expl(a.re - m.re), other = expl(b.re - m.re);
    long double re = size * cosl(a.im) + other * cosl(b.im);
    long double im = size * sinl(a.im) + other * sinl(b.im);
    return (struct ref_value){m.re + logl(hypotl(re, im)), atan2l(im, re), 0};
}

static struct ref_value logaddexp(lax_dtype type, struct ref_value a, struct ref_value b) {
    if (ref_is_complex(type)) return logaddexp_complex(a, b);
    long double delta = a.re - b.re;
    if (isnan(delta)) return (struct ref_value){a.re + b.re, 0, 0};
    return (struct ref_value){fmaxl(a.re, b.re) + log1pl(expl(-fabsl(delta))), 0, 0};
}

struct ref_value ref_fold(lax_reducer_kind kind, lax_dtype type, struct ref_value a,
                          struct ref_value b) {
    switch (kind) {
    case LAX_ADD: return ref_add(type, a, b);
    case LAX_MUL: return ref_mul(type, a, b);
    case LAX_MAX: return extreme(type, true, a, b);
    case LAX_MIN: return extreme(type, false, a, b);
    case LAX_AND: return (struct ref_value){0, 0, a.bits & b.bits};
    case LAX_OR: return (struct ref_value){0, 0, a.bits | b.bits};
    case LAX_XOR: return (struct ref_value){0, 0, a.bits ^ b.bits};
    default: return logaddexp(type, a, b);
    }
}

/* The end of a type's order: the identity of max (lowest) or of min. */
static struct ref_value extreme_identity(bool max, lax_dtype type) {
    if (ref_is_complex(type)) {
        return max ? (struct ref_value){-INFINITY, -INFINITY, 0}
                   : (struct ref_value){INFINITY, INFINITY, 0};
    }
    if (ref_is_float(type)) return (struct ref_value){max ? -INFINITY : INFINITY, 0, 0};
    if (type == LAX_PRED) return (struct ref_value){0, 0, !max};
    if (!ref_is_signed(type)) return narrowed(type, max ? 0 : UINT64_MAX);
    uint64_t lowest = UINT64_C(1) << (8 * ref_size(type) - 1);
    return narrowed(type, max ? lowest : lowest - 1);
}

struct ref_value ref_identity(lax_reducer_kind kind, lax_dtype type) {
    struct ref_value zero = {0, 0, 0};
    switch (kind) {
    case LAX_MUL: return ref_number(type, 1);
    case LAX_MAX: return extreme_identity(true, type);
    case LAX_MIN: return extreme_identity(false, type);
    case LAX_AND: return narrowed(type, UINT64_MAX);
    case LAX_LOGADDEXP: zero.re = -INFINITY; return zero;
    default: return zero;
    }
}

bool ref_select(lax_select select, lax_dtype type, struct ref_value a, struct ref_value b) {
    switch (select) {
    case LAX_GT: return greater(type, a, b);
    case LAX_LE: return greater(type, b, a) || equal(type, a, b);
    case LAX_LT: return greater(type, b, a);
    default: return greater(type, a, b) || equal(type, a, b);
    }
}
