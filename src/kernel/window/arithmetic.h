/* SPDX-License-Identifier: Apache-2.0 */
/* The reducers on two numbers of f32, f64, c64 and c128. */
#ifndef LAX_KERNEL_WINDOW_ARITHMETIC_H
#define LAX_KERNEL_WINDOW_ARITHMETIC_H

#include "base/base.h"

#include <math.h>

/* --- floats ----------------------------------------------------------------------------------- */

/* maximum and minimum of IEEE 754-2019 by way of integers that order like the numbers: -0 below
 * +0, and every NaN one value at the absorbing end. Exactly associative and commutative, so that
 * any order of combining gives the same bits, and free of branches. */
static inline int32_t order_f32(float x, int32_t nan) {
    int32_t bits = (int32_t)lax_i_float_bits(x);
    int32_t key = bits ^ (bits >> 31 & INT32_MAX);
    return (bits & INT32_MAX) > 0x7f800000 ? nan : key;
}

static inline float number_f32(int32_t key) {
    return lax_i_bits_float((uint32_t)(key ^ (key >> 31 & INT32_MAX)));
}

static inline float max_f32(float a, float x) {
    const int32_t nan = 0x7fc00000;
    int32_t p = order_f32(a, nan), q = order_f32(x, nan);
    return number_f32(p > q ? p : q);
}

static inline float min_f32(float a, float x) {
    const int32_t nan = -0x7fc00001; /* below the key of -inf */
    int32_t p = order_f32(a, nan), q = order_f32(x, nan);
    return number_f32(p < q ? p : q);
}

static inline int64_t order_f64(double x, int64_t nan) {
    int64_t bits;
    memcpy(&bits, &x, sizeof bits);
    int64_t key = bits ^ (bits >> 63 & INT64_MAX);
    return (bits & INT64_MAX) > INT64_C(0x7ff0000000000000) ? nan : key;
}

static inline double number_f64(int64_t key) {
    double x;
    int64_t bits = key ^ (key >> 63 & INT64_MAX);
    memcpy(&x, &bits, sizeof x);
    return x;
}

static inline double max_f64(double a, double x) {
    const int64_t nan = INT64_C(0x7ff8000000000000);
    int64_t p = order_f64(a, nan), q = order_f64(x, nan);
    return number_f64(p > q ? p : q);
}

static inline double min_f64(double a, double x) {
    const int64_t nan = -INT64_C(0x7ff8000000000001);
    int64_t p = order_f64(a, nan), q = order_f64(x, nan);
    return number_f64(p < q ? p : q);
}

static inline float add_f32(float a, float x) { return a + x; }
static inline float mul_f32(float a, float x) { return a * x; }
static inline double add_f64(double a, double x) { return a + x; }
static inline double mul_f64(double a, double x) { return a * x; }

/* The difference is NaN for NaN and for infinities of one sign, whose sum is the answer. */
static inline float logaddexp_f32(float a, float x) {
    float delta = a - x;
    if (isnan(delta)) return a + x;
    return (a > x ? a : x) + log1pf(expf(-fabsf(delta)));
}

static inline double logaddexp_f64(double a, double x) {
    double delta = a - x;
    if (isnan(delta)) return a + x;
    return (a > x ? a : x) + log1p(exp(-fabs(delta)));
}

/* --- complex ---------------------------------------------------------------------------------- */

struct c64 {
    float re, im;
};
struct c128 {
    double re, im;
};

static inline struct c64 add_c64(struct c64 a, struct c64 x) {
    return (struct c64){a.re + x.re, a.im + x.im};
}
static inline struct c64 mul_c64(struct c64 a, struct c64 x) {
    return (struct c64){a.re * x.re - a.im * x.im, a.re * x.im + a.im * x.re};
}
/* One product and a fused one, as vectors have them: GCC 12 makes such vectors of four products
 * even where contraction is off, and lanes beside vectors would be rounded in another way. */
static inline struct c64 fused_mul_c64(struct c64 a, struct c64 x) {
    return (struct c64){__builtin_fmaf(a.re, x.re, -(a.im * x.im)),
                        __builtin_fmaf(a.re, x.im, a.im * x.re)};
}
static inline struct c128 add_c128(struct c128 a, struct c128 x) {
    return (struct c128){a.re + x.re, a.im + x.im};
}
static inline struct c128 mul_c128(struct c128 a, struct c128 x) {
    return (struct c128){a.re * x.re - a.im * x.im, a.re * x.im + a.im * x.re};
}
static inline struct c128 fused_mul_c128(struct c128 a, struct c128 x) {
    return (struct c128){__builtin_fma(a.re, x.re, -(a.im * x.im)),
                         __builtin_fma(a.re, x.im, a.im * x.re)};
}

/* Lexicographic: the accumulator stays only if it compares; NaN never does. */
static inline bool greater_c128(struct c128 a, struct c128 x) {
    return a.re == x.re ? a.im > x.im : a.re > x.re;
}
static inline struct c128 max_c128(struct c128 a, struct c128 x) {
    return greater_c128(a, x) ? a : x;
}
static inline struct c128 min_c128(struct c128 a, struct c128 x) {
    return greater_c128(x, a) ? a : x;
}

static inline struct c128 widen_c64(struct c64 a) { return (struct c128){a.re, a.im}; }
static inline struct c64 max_c64(struct c64 a, struct c64 x) {
    return greater_c128(widen_c64(a), widen_c64(x)) ? a : x;
}
static inline struct c64 min_c64(struct c64 a, struct c64 x) {
    return greater_c128(widen_c64(x), widen_c64(a)) ? a : x;
}

/* An angle brought into [-pi, pi). */
static inline double wrap_angle(double angle) {
    const double pi = 3.14159265358979323846;
    if (angle >= -pi && angle < pi) return angle;
    return angle - 2 * pi * floor((angle + pi) / (2 * pi));
}

/* log(exp(m) + exp(o)) = m + log(1 + exp(o - m)), where m is the larger of the two. */
static inline struct c128 logaddexp_c128(struct c128 a, struct c128 x) {
    bool first = greater_c128(a, x);
    struct c128 m = first ? a : x, o = first ? x : a;
    if (isinf(m.re)) return m;
    double size = exp(o.re - m.re), angle = o.im - m.im;
    double re = size * cos(angle), im = size * sin(angle);
    return (struct c128){m.re + 0.5 * log1p(2 * re + size * size),
                         wrap_angle(m.im + atan2(im, 1 + re))};
}

static inline struct c64 logaddexp_c64(struct c64 a, struct c64 x) {
    struct c128 sum = logaddexp_c128(widen_c64(a), widen_c64(x));
    return (struct c64){(float)sum.re, (float)sum.im};
}

#endif /* LAX_KERNEL_WINDOW_ARITHMETIC_H */
