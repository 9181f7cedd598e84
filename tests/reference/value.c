/* SPDX-License-Identifier: Apache-2.0 */
/* Loading, storing, rounding and converting single numbers of every element type. */
#include "reference/reference.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* Bytes, digits of the significand, smallest normal exponent, for floats (complex: of a part). */
static const struct {
    unsigned char size, digits;
    short low, high;
} types[] = {[LAX_F64] = {8, 53, -1022, 1024},  [LAX_F32] = {4, 24, -126, 128},
             [LAX_F16] = {2, 11, -14, 16},      [LAX_BF16] = {2, 8, -126, 128},
             [LAX_S8] = {1, 0, 0, 0},           [LAX_S16] = {2, 0, 0, 0},
             [LAX_S32] = {4, 0, 0, 0},          [LAX_S64] = {8, 0, 0, 0},
             [LAX_U8] = {1, 0, 0, 0},           [LAX_U16] = {2, 0, 0, 0},
             [LAX_U32] = {4, 0, 0, 0},          [LAX_U64] = {8, 0, 0, 0},
             [LAX_PRED] = {1, 0, 0, 0},         [LAX_C64] = {8, 24, -126, 128},
             [LAX_C128] = {16, 53, -1022, 1024}};

size_t ref_size(lax_dtype type) { return types[type].size; }

bool ref_is_float(lax_dtype type) { return types[type].digits && !ref_is_complex(type); }

bool ref_is_complex(lax_dtype type) { return type == LAX_C64 || type == LAX_C128; }

bool ref_is_signed(lax_dtype type) { return type >= LAX_S8 && type <= LAX_S64; }

bool ref_is_integer(lax_dtype type) { return type >= LAX_S8 && type <= LAX_U64; }

bool ref_infinite(long double x) { return x - x != 0 && x == x; }

bool ref_finite(long double x) { return x - x == 0; }

long double ref_epsilon(lax_dtype type) { return ldexpl(1, 1 - types[type].digits); }

long double ref_tiny(lax_dtype type) { return ldexpl(1, types[type].low - types[type].digits + 1); }

long double ref_largest(lax_dtype type) {
    return ldexpl(2 - ldexpl(1, 1 - types[type].digits), types[type].high - 1);
}

lax_dtype ref_accumulator(lax_dtype type) {
    return type == LAX_F16 || type == LAX_BF16 || type == LAX_C64 ? LAX_F32
           : type == LAX_C128                                     ? LAX_F64
                                                                  : type;
}

/* To nearest, ties to even, with subnormals and overflow of the type. */
long double ref_round(lax_dtype type, long double x) {
    if (!ref_finite(x) || x == 0) return x;
    int exponent;
    frexpl(x, &exponent);
    if (exponent - 1 < types[type].low) exponent = types[type].low + 1;
    int shift = types[type].digits - exponent;
    long double y = ldexpl(nearbyintl(ldexpl(x, shift)), -shift);
    if (fabsl(y) > ref_largest(type)) y = copysignl(INFINITY, x);
    return y == 0 ? copysignl(0, x) : y;
}

static long double half_load(lax_dtype type, uint16_t bits) {
    int stored = types[type].digits - 1;
    int top = (1 << (15 - stored)) - 1;
    int exponent = (bits & 0x7fff) >> stored;
    long double fraction = bits & ((1 << stored) - 1);
    long double x;
    if (exponent == top) {
        x = fraction != 0 ? NAN : INFINITY;
    } else if (exponent == 0) {
        x = ldexpl(fraction, types[type].low - stored);
    } else {
        x = ldexpl(fraction + (1 << stored), exponent - 1 + types[type].low - stored);
    }
    return copysignl(x, bits & 0x8000 ? -1.0L : 1.0L);
}

static uint16_t half_store(lax_dtype type, long double x) {
    int stored = types[type].digits - 1;
    uint16_t sign = signbit(x) ? 0x8000 : 0;
    uint16_t infinite = (uint16_t)(0x7fff >> stored << stored);
    if (isnan(x)) return (uint16_t)(sign | infinite | (1 << (stored - 1)));
    x = fabsl(ref_round(type, x));
    if (ref_infinite(x)) return sign | infinite;
    if (x < ldexpl(1, types[type].low)) {
        return sign | (uint16_t)ldexpl(x, stored - types[type].low);
    }
    int exponent;
    long double fraction = frexpl(x, &exponent);
    int biased = exponent - types[type].low;
    return (uint16_t)(sign |
                      ((biased << stored) + (int)(ldexpl(fraction, stored + 1)) - (1 << stored)));
}

static long double part_load(lax_dtype type, const void *from) {
    double d;
    float f;
    uint16_t h;
    switch (type) {
    case LAX_F64:
    case LAX_C128: memcpy(&d, from, sizeof d); return d;
    case LAX_F32:
    case LAX_C64: memcpy(&f, from, sizeof f); return f;
    default: memcpy(&h, from, sizeof h); return half_load(type, h);
    }
}

static void part_store(lax_dtype type, void *to, long double x) {
    double d = (double)x;
    float f = (float)x;
    uint16_t h;
    switch (type) {
    case LAX_F64:
    case LAX_C128: memcpy(to, &d, sizeof d); return;
    case LAX_F32:
    case LAX_C64: memcpy(to, &f, sizeof f); return;
    default: h = half_store(type, x); memcpy(to, &h, sizeof h);
    }
}

static uint64_t wrap(lax_dtype type, uint64_t bits) {
    if (type == LAX_PRED) return bits != 0;
    int unused = 64 - 8 * (int)ref_size(type);
    if (unused == 0) return bits;
    uint64_t kept = bits & (UINT64_MAX >> unused);
    bool negative = ref_is_signed(type) && (kept >> (63 - unused)) != 0;
    return negative ? kept | ~(UINT64_MAX >> unused) : kept;
}

struct ref_value ref_load(lax_dtype type, const void *from) {
    struct ref_value x = {0, 0, 0};
    if (types[type].digits) {
        x.re = part_load(type, from);
        if (ref_is_complex(type)) {
            x.im = part_load(type, (const char *)from + ref_size(type) / 2);
        }
        return x;
    }
    const unsigned char *bytes = from;
    for (size_t i = 0; i < ref_size(type); i++) x.bits |= (uint64_t)bytes[i] << (8 * i);
    x.bits = wrap(type, x.bits);
    return x;
}

void ref_store(lax_dtype type, void *to, struct ref_value x) {
    if (types[type].digits) {
        part_store(type, to, x.re);
        if (ref_is_complex(type)) part_store(type, (char *)to + ref_size(type) / 2, x.im);
        return;
    }
    unsigned char *bytes = to;
    uint64_t bits = wrap(type, x.bits);
    for (size_t i = 0; i < ref_size(type); i++) bytes[i] = (unsigned char)(bits >> (8 * i));
}

struct ref_value ref_number(lax_dtype type, double x) {
    struct ref_value v = {0, 0, 0};
    if (types[type].digits) {
        v.re = ref_round(type, x);
    } else {
        v.bits = wrap(type, x < 0 ? (uint64_t)(int64_t)x : (uint64_t)x);
    }
    return v;
}

static long double as_real(struct ref_value x, lax_dtype from) {
    if (types[from].digits) return x.re;
    return ref_is_signed(from) ? (long double)(int64_t)x.bits : (long double)x.bits;
}

/* Floats become integers by truncation, clamped to the type's range; NaN becomes 0. */
static uint64_t real_to_integer(long double x, lax_dtype to) {
    int bits = 8 * (int)ref_size(to) - ref_is_signed(to);
    long double high = ldexpl(1, bits);
    long double low = ref_is_signed(to) ? -high : 0;
    if (isnan(x)) return 0;
    if (x >= high) return UINT64_MAX >> (64 - bits);
    if (x <= low) return ref_is_signed(to) ? ~(UINT64_MAX >> (64 - bits)) : 0;
    return x < 0 ? (uint64_t)(int64_t)x : (uint64_t)x;
}

struct ref_value ref_convert(struct ref_value x, lax_dtype from, lax_dtype to) {
    struct ref_value y = {0, 0, 0};
    if (from == to) return x;
    if (types[to].digits) {
        y.re = ref_round(to, as_real(x, from));
        if (ref_is_complex(to)) y.im = ref_round(to, x.im);
    } else if (to == LAX_PRED) {
        y.bits = types[from].digits ? x.re != 0 || x.im != 0 : x.bits != 0;
    } else if (types[from].digits) {
        y.bits = real_to_integer(x.re, to);
    } else {
        y.bits = wrap(to, x.bits);
    }
    return y;
}

long double ref_magnitude(lax_dtype type, struct ref_value x) {
    long double size = types[type].digits ? fabsl(x.re) + fabsl(x.im) : fabsl(as_real(x, type));
    return ref_finite(size) ? size : 0;
}

bool ref_is_nan(lax_dtype type, struct ref_value x) {
    return types[type].digits && (isnan(x.re) || isnan(x.im));
}
