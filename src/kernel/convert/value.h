/* SPDX-License-Identifier: Apache-2.0 */
/* One number on its way between element types. Sources are read as a double (f), an int64_t (s), a
 * uint64_t (u) or a pair of doubles (c), none of which loses anything; DST_from_KIND writes them,
 * rounding once. */
#ifndef LAX_KERNEL_CONVERT_VALUE_H
#define LAX_KERNEL_CONVERT_VALUE_H

#include "base/base.h"

struct pair32 {
    float re, im;
};
struct pair64 {
    double re, im;
};

/* Truncates and saturates; NaN gives 0. `end` is the first value above the range, a power of two
 * and so exact. */
static inline int64_t saturate_signed(double x, double end, int64_t min, int64_t max) {
    if (x != x) return 0;
    if (x >= end) return max;
    return x < -end ? min : (int64_t)x;
}

static inline uint64_t saturate_unsigned(double x, double end, uint64_t max) {
    if (!(x > 0)) return 0;
    return x >= end ? max : (uint64_t)x;
}

/* 64-bit integers as doubles that round to a narrow float as the integers do: the last bit keeps
 * that bits were lost (round to odd). */
static inline double odd_from_u64(uint64_t x) {
    if (x >> 53 == 0) return (double)x;
    uint64_t sticky = (x & 0x7ff) != 0;
    return (double)((x >> 11 | sticky) << 11);
}

static inline double odd_from_s64(int64_t x) {
    return x < 0 ? -odd_from_u64(0 - (uint64_t)x) : odd_from_u64((uint64_t)x);
}

#define f64_from_f(x) (x)
#define f64_from_s(x) ((double)(x))
#define f64_from_u(x) ((double)(x))
#define f64_from_c(x) ((x).re)

#define f32_from_f(x) ((float)(x))
#define f32_from_s(x) ((float)(x))
#define f32_from_u(x) ((float)(x))
#define f32_from_c(x) ((float)(x).re)

#define f16_from_f(x) lax_i_double_to_f16(x)
#define f16_from_s(x) lax_i_double_to_f16(odd_from_s64(x))
#define f16_from_u(x) lax_i_double_to_f16(odd_from_u64(x))
#define f16_from_c(x) lax_i_double_to_f16((x).re)

#define bf16_from_f(x) lax_i_double_to_bf16(x)
#define bf16_from_s(x) lax_i_double_to_bf16(odd_from_s64(x))
#define bf16_from_u(x) lax_i_double_to_bf16(odd_from_u64(x))
#define bf16_from_c(x) lax_i_double_to_bf16((x).re)

#define s8_from_f(x) ((int8_t)saturate_signed(x, 0x1p7, INT8_MIN, INT8_MAX))
#define s8_from_s(x) ((int8_t)(x))
#define s8_from_u(x) ((int8_t)(x))
#define s8_from_c(x) s8_from_f((x).re)
#define s16_from_f(x) ((int16_t)saturate_signed(x, 0x1p15, INT16_MIN, INT16_MAX))
#define s16_from_s(x) ((int16_t)(x))
#define s16_from_u(x) ((int16_t)(x))
#define s16_from_c(x) s16_from_f((x).re)
#define s32_from_f(x) ((int32_t)saturate_signed(x, 0x1p31, INT32_MIN, INT32_MAX))
#define s32_from_s(x) ((int32_t)(x))
#define s32_from_u(x) ((int32_t)(x))
#define s32_from_c(x) s32_from_f((x).re)
#define s64_from_f(x) saturate_signed(x, 0x1p63, INT64_MIN, INT64_MAX)
#define s64_from_s(x) (x)
#define s64_from_u(x) ((int64_t)(x))
#define s64_from_c(x) s64_from_f((x).re)

#define u8_from_f(x) ((uint8_t)saturate_unsigned(x, 0x1p8, UINT8_MAX))
#define u8_from_s(x) ((uint8_t)(x))
#define u8_from_u(x) ((uint8_t)(x))
#define u8_from_c(x) u8_from_f((x).re)
#define u16_from_f(x) ((uint16_t)saturate_unsigned(x, 0x1p16, UINT16_MAX))
#define u16_from_s(x) ((uint16_t)(x))
#define u16_from_u(x) ((uint16_t)(x))
#define u16_from_c(x) u16_from_f((x).re)
#define u32_from_f(x) ((uint32_t)saturate_unsigned(x, 0x1p32, UINT32_MAX))
#define u32_from_s(x) ((uint32_t)(x))
#define u32_from_u(x) ((uint32_t)(x))
#define u32_from_c(x) u32_from_f((x).re)
#define u64_from_f(x) saturate_unsigned(x, 0x1p64, UINT64_MAX)
#define u64_from_s(x) ((uint64_t)(x))
#define u64_from_u(x) (x)
#define u64_from_c(x) u64_from_f((x).re)

#define pred_from_f(x) ((uint8_t)((x) != 0))
#define pred_from_s(x) ((uint8_t)((x) != 0))
#define pred_from_u(x) ((uint8_t)((x) != 0))
#define pred_from_c(x) ((uint8_t)((x).re != 0 || (x).im != 0))

#define c64_from_f(x) ((struct pair32){f32_from_f(x), 0})
#define c64_from_s(x) ((struct pair32){f32_from_s(x), 0})
#define c64_from_u(x) ((struct pair32){f32_from_u(x), 0})
#define c64_from_c(x) ((struct pair32){(float)(x).re, (float)(x).im})
#define c128_from_f(x) ((struct pair64){x, 0})
#define c128_from_s(x) ((struct pair64){(double)(x), 0})
#define c128_from_u(x) ((struct pair64){(double)(x), 0})
#define c128_from_c(x) (x)

/* Readers: the source type as its kind. */
#define value_f64(x) (x)
#define value_f32(x) ((double)(x))
#define value_f16(x) ((double)lax_i_from_f16(x))
#define value_bf16(x) ((double)lax_i_from_bf16(x))
#define value_s8(x) ((int64_t)(x))
#define value_s16(x) ((int64_t)(x))
#define value_s32(x) ((int64_t)(x))
#define value_s64(x) (x)
#define value_u8(x) ((uint64_t)(x))
#define value_u16(x) ((uint64_t)(x))
#define value_u32(x) ((uint64_t)(x))
#define value_u64(x) (x)
#define value_pred(x) ((uint64_t)((x) != 0))
#define value_c64(x) ((struct pair64){(x).re, (x).im})
#define value_c128(x) (x)

#endif /* LAX_KERNEL_CONVERT_VALUE_H */
