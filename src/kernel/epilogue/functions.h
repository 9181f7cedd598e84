/* SPDX-License-Identifier: Apache-2.0 */
/* exp, tanh and erfc of f32 without branches or calls, so that loops over them become vectors, for
 * what is compiled with FMA (gcc: and -fno-trapping-math). Polynomials are least-squares fits with
 * weights that even out the relative error, below 5e-9 before rounding: exp on half a binary step
 * around 0, tanh(x) / x in x^2 up to 0.625, and e^(z^2) erfc(z) (1 + z / 3) in (z - 3) / (z + 3)
 * from 0 to 10.2, behind which erfc is 0. Errors over all floats are 1.02 ulp for exp, 1.31 for
 * tanh and 3.5e-7 (absolute) for erfc. */
#ifndef LAX_KERNEL_EPILOGUE_FUNCTIONS_H
#define LAX_KERNEL_EPILOGUE_FUNCTIONS_H

#include "kernel/kernel.h"

#include <math.h>

static inline float fused(float x, float y, float z) { return __builtin_fmaf(x, y, z); }

/* Adding and subtracting it rounds to an integer. */
static const float round_f32 = 0x1.8p23f;

static inline float power_of_2(int32_t e) { return lax_i_bits_float((uint32_t)(e + 127) << 23); }

/* 2^k e^r with |r| <= ln 2 / 2; 2^k in two factors, of which neither overflows. */
static inline float exp_f32(float x) {
    float inside = x < -104.0f ? -104.0f : x > 89.0f ? 89.0f : x;
    inside = x != x ? 0.0f : inside;
    float k = fused(inside, 0x1.715476p0f, round_f32) - round_f32;
    float r = fused(k, -0x1.62e4p-1f, inside); /* ln 2 in two parts */
    r = fused(k, -0x1.7f7d1cp-20f, r);
    float y = fused(0x1.6ab276p-10f, r, 0x1.127402p-7f);
    y = fused(y, r, 0x1.5558bcp-5f);
    y = fused(y, r, 0x1.5553fep-3f);
    y = fused(y, r, 0x1.fffffap-2f);
    y = fused(y, r, 1.0f);
    y = fused(y, r, 1.0f);
    int32_t e = (int32_t)k, low = e >> 1;
    y = y * power_of_2(low) * power_of_2(e - low);
    return x != x ? x : y;
}

static inline float tanh_f32(float x) {
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

static inline float erfc_f32(float x) {
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

#endif /* LAX_KERNEL_EPILOGUE_FUNCTIONS_H */
