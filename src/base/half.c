/* SPDX-License-Identifier: Apache-2.0 */
/* Conversions to and from f16 and bf16: round to nearest even, subnormals, infinities, NaN. */
#include "base/base.h"

uint16_t lax_i_to_bf16(float x) {
    uint32_t u = lax_i_float_bits(x);
    if ((u & 0x7fffffffu) > 0x7f800000u) return (uint16_t)(u >> 16 | 0x40u);
    return (uint16_t)((u + 0x7fffu + (u >> 16 & 1u)) >> 16);
}

float lax_i_from_f16(uint16_t h) {
    uint32_t sign = (uint32_t)(h & 0x8000u) << 16, exponent = h >> 10 & 31u, mantissa = h & 1023u;
    if (exponent == 31) return lax_i_bits_float(sign | 0x7f800000u | mantissa << 13);
    if (exponent != 0) return lax_i_bits_float(sign | (exponent + 112) << 23 | mantissa << 13);
    float magnitude = (float)mantissa * 0x1p-24f; /* zero and subnormals: exact */
    return lax_i_bits_float(sign | lax_i_float_bits(magnitude));
}

/* A float that rounds to f16 as x does: round to odd keeps the information that bits were lost. */
static float double_to_float_odd(double x) {
    float f = (float)x;
    if ((double)f == x || f != f) return f;
    uint32_t u = lax_i_float_bits(f);
    bool beyond = ((double)f > x) == (x > 0); /* rounded away from zero */
    if (beyond) u -= 1;
    return lax_i_bits_float(u | 1u);
}

uint16_t lax_i_to_f16(float x) {
    uint32_t u = lax_i_float_bits(x), sign = u >> 16 & 0x8000u;
    u &= 0x7fffffffu;
    if (u > 0x7f800000u) return (uint16_t)(sign | 0x7e00u | (u >> 13 & 0x3ffu));
    if (u >= 0x477ff000u) return (uint16_t)(sign | 0x7c00u); /* 65520 and more */
    if (u >= 0x38800000u) {                                  /* normal: 2^-14 and more */
        u += 0xfffu + (u >> 13 & 1u);
        return (uint16_t)(sign | ((u - 0x38000000u) >> 13));
    }
    /* Adding 0.5 puts the subnormal's last bit, 2^-24, at the end of a float's mantissa. */
    float shifted = lax_i_bits_float(u) + 0.5f;
    return (uint16_t)(sign | (lax_i_float_bits(shifted) - 0x3f000000u));
}

uint16_t lax_i_double_to_bf16(double x) { return lax_i_to_bf16(double_to_float_odd(x)); }
uint16_t lax_i_double_to_f16(double x) { return lax_i_to_f16(double_to_float_odd(x)); }
