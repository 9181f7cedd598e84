/* SPDX-License-Identifier: Apache-2.0 */
/* exp, tanh, erfc of f32 and logaddexp of f32 and f64 without branches or calls, so that loops over
 * them become vectors, for what is compiled with FMA (gcc: and -fno-trapping-math). Polynomials are
 * least-squares fits with weights that even out the relative error, below 5e-9 before rounding: exp
 * on half a binary step around 0, tanh(x) / x in x^2 up to 0.625, and e^(z^2) erfc(z) (1 + z / 3)
 * in (z - 3) / (z + 3) from 0 to 10.2, behind which erfc is 0. Errors over all floats are 1.02 ulp
 * for exp, 1.31 for tanh and 3.5e-7 (absolute) for erfc. Those of logaddexp are minimax: log(1 + z)
 * with z in [0, 1] is z + z^2 p(z) in f32, and in f64 as fdlibm's log1p, in s^2 with
 * s = z / (2 + z): 1.63 ulp and 1.7 of max = 0. */
#ifndef LAX_KERNEL_FUNCTIONS_FUNCTIONS_H
#define LAX_KERNEL_FUNCTIONS_FUNCTIONS_H

#include "kernel/kernel.h"

#include <math.h>

/* Loops become vectors only where nothing in them is called. */
#define FUNCTION static inline __attribute__((always_inline))

FUNCTION float fused(float x, float y, float z) { return __builtin_fmaf(x, y, z); }

/* Adding and subtracting it rounds to an integer. */
static const float round_f32 = 0x1.8p23f;

FUNCTION float power_of_2(int32_t e) { return lax_i_bits_float((uint32_t)(e + 127) << 23); }

/* For -104 <= x <= 89: 2^k e^r with |r| <= ln 2 / 2; 2^k in two factors, of which neither
 * overflows. */
FUNCTION float exp_inside_f32(float x) {
    float k = fused(x, 0x1.715476p0f, round_f32) - round_f32;
    float r = fused(k, -0x1.62e4p-1f, x); /* ln 2 in two parts */
    r = fused(k, -0x1.7f7d1cp-20f, r);
    float y = fused(0x1.6ab276p-10f, r, 0x1.127402p-7f);
    y = fused(y, r, 0x1.5558bcp-5f);
    y = fused(y, r, 0x1.5553fep-3f);
    y = fused(y, r, 0x1.fffffap-2f);
    y = fused(y, r, 1.0f);
    y = fused(y, r, 1.0f);
    int32_t e = (int32_t)k, low = e >> 1;
    return y * power_of_2(low) * power_of_2(e - low);
}

FUNCTION float exp_f32(float x) {
    float inside = x < -104.0f ? -104.0f : x > 89.0f ? 89.0f : x;
    return x != x ? x : exp_inside_f32(x != x ? 0.0f : inside);
}

FUNCTION float tanh_f32(float x) {
    float z = __builtin_fabsf(x), s = x * x;
    float small = fused(0x1.2c8b48p-9f, s, -0x1.116c0ep-7f);
    small = fused(small, s, 0x1.64a9d4p-6f);
    small = fused(small, s, -0x1.ba08ccp-5f);
    small = fused(small, s, 0x1.1110eap-3f);
    small = fused(small, s, -0x1.555556p-2f);
    small = fused(small * s, z, z);
    float large = 1.0f - 2.0f / (exp_f32(2.0f * z) + 1.0f);
    return __builtin_copysignf(z < 0.625f ? small : large, x);
}

FUNCTION float erfc_f32(float x) {
    float z = x < 0 ? -x : x;
    z = z > 10.2f ? 10.2f : z;
    float t = (z - 3.0f) / (z + 3.0f);
    float y = fused(-0x1.c6d9fep-14f, t, -0x1.51c43ap-13f);
    y = fused(y, t, 0x1.0d29cep-10f);
    y = fused(y, t, -0x1.acab06p-12f);
    y = fused(y, t, -0x1.252998p-7f);
    y = fused(y, t, 0x1.4664ep-5f);
    y = fused(y, t, -0x1.a7e3bcp-4f);
    y = fused(y, t, 0x1.92edep-3f);
    y = fused(y, t, -0x1.2d883p-2f);
    y = fused(y, t, 0x1.6e9828p-2f);
    y = y * exp_f32(-z * z) / fused(z, 1.0f / 3.0f, 1.0f);
    return x < 0 ? 2.0f - y : y;
}

/* 0 <= z <= 1. */
FUNCTION float log1p_unit_f32(float z) {
    float y = fused(-0x1.b2f55ep-9f, z, 0x1.4b0822p-6f);
    y = fused(y, z, -0x1.d86316p-5f);
    y = fused(y, z, 0x1.b579bep-4f);
    y = fused(y, z, -0x1.3a7a82p-3f);
    y = fused(y, z, 0x1.935cap-3f);
    y = fused(y, z, -0x1.ff26e2p-3f);
    y = fused(y, z, 0x1.554dfp-2f);
    y = fused(y, z, -0x1.ffffd2p-2f);
    return fused(y, z * z, z);
}

/* As logaddexp_f32, which is libm's. */
FUNCTION float fused_logaddexp_f32(float a, float x) {
    float delta = a - x, least = -__builtin_fabsf(delta);
    float z = exp_inside_f32(least > -104.0f ? least : -104.0f);
    float sum = (a > x ? a : x) + log1p_unit_f32(z);
    return delta != delta ? a + x : sum;
}

/* --- f64 -------------------------------------------------------------------------------------- */

FUNCTION double fused_f64(double x, double y, double z) { return __builtin_fma(x, y, z); }

static const double round_f64 = 0x1.8p52;

/* Of an integer in a double: its bits are the last ones of the sum. */
FUNCTION double power_of_2_f64(double whole) {
    double sum = whole + round_f64;
    uint64_t bits;
    memcpy(&bits, &sum, sizeof bits);
    bits = (bits + 1023) << 52;
    memcpy(&sum, &bits, sizeof bits);
    return sum;
}

/* For -746 <= x <= 0, as exp_inside_f32. */
FUNCTION double exp_below_f64(double x) {
    double k = fused_f64(x, 0x1.71547652b82fep0, round_f64) - round_f64;
    double r = fused_f64(k, -0x1.62e42fefa38p-1, x);
    r = fused_f64(k, -0x1.ef35793c7673p-45, r);
    double y = fused_f64(0x1.ad7f725138670p-26, r, 0x1.28ad68a84ec58p-22);
    y = fused_f64(y, r, 0x1.71df253f3c5acp-19);
    y = fused_f64(y, r, 0x1.a0199a16d82adp-16);
    y = fused_f64(y, r, 0x1.a01a012a67ae4p-13);
    y = fused_f64(y, r, 0x1.6c16c18426730p-10);
    y = fused_f64(y, r, 0x1.1111111127ba0p-7);
    y = fused_f64(y, r, 0x1.555555555088cp-5);
    y = fused_f64(y, r, 0x1.55555555554fap-3);
    y = fused_f64(y, r, 0x1.000000000000ap-1);
    y = fused_f64(y, r, 1.0);
    y = fused_f64(y, r, 1.0);
    double low = fused_f64(k, 0.5, round_f64) - round_f64;
    return y * power_of_2_f64(low) * power_of_2_f64(k - low);
}

/* 0 <= z <= 1. */
FUNCTION double log1p_unit_f64(double z) {
    double s = z / (2.0 + z), w = s * s, half = 0.5 * z * z;
    double y = fused_f64(0x1.5c5c3b4709badp-3, w, 0x1.55cf3ea3c63a1p-4);
    y = fused_f64(y, w, 0x1.efd192fde83ddp-4);
    y = fused_f64(y, w, 0x1.10682e7f44621p-3);
    y = fused_f64(y, w, 0x1.3b1dd3b3381f8p-3);
    y = fused_f64(y, w, 0x1.745cb4596a7fdp-3);
    y = fused_f64(y, w, 0x1.c71c741a08539p-3);
    y = fused_f64(y, w, 0x1.24924920910f9p-2);
    y = fused_f64(y, w, 0x1.99999999a06c1p-2);
    y = fused_f64(y, w, 0x1.5555555555535p-1);
    return z - (half - s * fused_f64(y, w, half));
}

FUNCTION double fused_logaddexp_f64(double a, double x) {
    double delta = a - x, least = -__builtin_fabs(delta);
    double z = exp_below_f64(least > -746.0 ? least : -746.0);
    double sum = (a > x ? a : x) + log1p_unit_f64(z);
    return delta != delta ? a + x : sum;
}

#undef FUNCTION

#endif /* LAX_KERNEL_FUNCTIONS_FUNCTIONS_H */
