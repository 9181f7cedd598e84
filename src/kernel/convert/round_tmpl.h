/* SPDX-License-Identifier: Apache-2.0 */
/* reduce_precision of one float type, on its bits. Parameters: NAME, UINT of the type's width,
 * MANTISSA and EXPONENT its number of bits; all are consumed. */

static void NAME(void *dst, int64_t dst_stride, const void *src, int64_t src_stride, int64_t n,
                 int exponent_bits, int mantissa_bits) {
    const UINT sign_mask = (UINT)((UINT)1 << (MANTISSA + EXPONENT));
    const UINT infinity = (UINT)((((UINT)1 << EXPONENT) - 1) << MANTISSA);
    const int bias = (1 << (EXPONENT - 1)) - 1;
    const int lost = mantissa_bits < MANTISSA ? MANTISSA - mantissa_bits : 0;
    const int reach = exponent_bits < EXPONENT ? (1 << (exponent_bits - 1)) - 1 : -1;
    for (int64_t i = 0; i < n; i++) {
        UINT bits = ((const UINT *)src)[i * src_stride];
        UINT sign = bits & sign_mask, magnitude = bits & (UINT)~sign_mask, x = magnitude;
        if (lost > 0) { /* to nearest, ties to even; a carry runs into the exponent */
            UINT half = (UINT)(((UINT)1 << (lost - 1)) - 1 + (x >> lost & 1));
            x = (UINT)((UINT)(x + half) >> lost << lost);
        }
        int exponent = (int)(x >> MANTISSA);
        if (reach >= 0 && exponent > bias + reach) x = infinity;
        if (reach >= 0 && exponent <= bias - reach) x = 0;
        ((UINT *)dst)[i * dst_stride] = magnitude > infinity ? bits : (UINT)(sign | x);
    }
}

#undef NAME
#undef UINT
#undef MANTISSA
#undef EXPONENT
