/* SPDX-License-Identifier: Apache-2.0 */
/* The scans of one instruction set, on working forms (see fold). Included by scalar.c, avx2.c and
 * avx512.c, which define ISA. */
#include "kernel/kernel.h"

#include "kernel/functions/level.h"
#include "kernel/window/arithmetic.h"

#ifdef __AVX2__
#include <immintrin.h>
#endif

#define PASTE(a, b) a##_##b
#define NAME_OF(a, b) PASTE(a, b)

/* --- integers --------------------------------------------------------------------------------- */

#define NAME scan_add_u8
#define WORK uint8_t
#define OP(a, x) (uint8_t)((uint32_t)(a) + (uint32_t)(x))
#include "kernel/scan/scan_tmpl.h"

#define NAME scan_mul_u8
#define WORK uint8_t
#define OP(a, x) (uint8_t)((uint32_t)(a) * (uint32_t)(x))
#include "kernel/scan/scan_tmpl.h"

#define NAME scan_add_u16
#define WORK uint16_t
#define OP(a, x) (uint16_t)((uint32_t)(a) + (uint32_t)(x))
#include "kernel/scan/scan_tmpl.h"

#define NAME scan_mul_u16
#define WORK uint16_t
#define OP(a, x) (uint16_t)((uint32_t)(a) * (uint32_t)(x))
#include "kernel/scan/scan_tmpl.h"

#define NAME scan_add_u32
#define WORK uint32_t
#define OP(a, x) (uint32_t)((uint32_t)(a) + (uint32_t)(x))
#include "kernel/scan/scan_tmpl.h"

#define NAME scan_mul_u32
#define WORK uint32_t
#define OP(a, x) (uint32_t)((uint32_t)(a) * (uint32_t)(x))
#include "kernel/scan/scan_tmpl.h"

#define NAME scan_add_u64
#define WORK uint64_t
#define OP(a, x) (uint64_t)((uint64_t)(a) + (uint64_t)(x))
#include "kernel/scan/scan_tmpl.h"

#define NAME scan_mul_u64
#define WORK uint64_t
#define OP(a, x) (uint64_t)((uint64_t)(a) * (uint64_t)(x))
#include "kernel/scan/scan_tmpl.h"

#define NAME scan_max_s8
#define WORK int8_t
#define OP(a, x) ((a) > (x) ? (a) : (x))
#include "kernel/scan/scan_tmpl.h"

#define NAME scan_min_s8
#define WORK int8_t
#define OP(a, x) ((a) < (x) ? (a) : (x))
#include "kernel/scan/scan_tmpl.h"

#define NAME scan_max_s16
#define WORK int16_t
#define OP(a, x) ((a) > (x) ? (a) : (x))
#include "kernel/scan/scan_tmpl.h"

#define NAME scan_min_s16
#define WORK int16_t
#define OP(a, x) ((a) < (x) ? (a) : (x))
#include "kernel/scan/scan_tmpl.h"

#define NAME scan_max_s32
#define WORK int32_t
#define OP(a, x) ((a) > (x) ? (a) : (x))
#include "kernel/scan/scan_tmpl.h"

#define NAME scan_min_s32
#define WORK int32_t
#define OP(a, x) ((a) < (x) ? (a) : (x))
#include "kernel/scan/scan_tmpl.h"

#define NAME scan_max_s64
#define WORK int64_t
#define OP(a, x) ((a) > (x) ? (a) : (x))
#include "kernel/scan/scan_tmpl.h"

#define NAME scan_min_s64
#define WORK int64_t
#define OP(a, x) ((a) < (x) ? (a) : (x))
#include "kernel/scan/scan_tmpl.h"

#define NAME scan_max_u8
#define WORK uint8_t
#define OP(a, x) ((a) > (x) ? (a) : (x))
#include "kernel/scan/scan_tmpl.h"

#define NAME scan_min_u8
#define WORK uint8_t
#define OP(a, x) ((a) < (x) ? (a) : (x))
#include "kernel/scan/scan_tmpl.h"

#define NAME scan_max_u16
#define WORK uint16_t
#define OP(a, x) ((a) > (x) ? (a) : (x))
#include "kernel/scan/scan_tmpl.h"

#define NAME scan_min_u16
#define WORK uint16_t
#define OP(a, x) ((a) < (x) ? (a) : (x))
#include "kernel/scan/scan_tmpl.h"

#define NAME scan_max_u32
#define WORK uint32_t
#define OP(a, x) ((a) > (x) ? (a) : (x))
#include "kernel/scan/scan_tmpl.h"

#define NAME scan_min_u32
#define WORK uint32_t
#define OP(a, x) ((a) < (x) ? (a) : (x))
#include "kernel/scan/scan_tmpl.h"

#define NAME scan_max_u64
#define WORK uint64_t
#define OP(a, x) ((a) > (x) ? (a) : (x))
#include "kernel/scan/scan_tmpl.h"

#define NAME scan_min_u64
#define WORK uint64_t
#define OP(a, x) ((a) < (x) ? (a) : (x))
#include "kernel/scan/scan_tmpl.h"

/* --- floats and complex ----------------------------------------------------------------------- */

#define NAME scan_add_f64
#define WORK double
#define OP(a, x) add_f64(a, x)
#include "kernel/scan/scan_tmpl.h"

#define NAME scan_add_c64
#define WORK struct c64
#define OP(a, x) add_c64(a, x)
#include "kernel/scan/scan_tmpl.h"

#define NAME scan_add_c128
#define WORK struct c128
#define OP(a, x) add_c128(a, x)
#include "kernel/scan/scan_tmpl.h"

#define NAME scan_mul_f32
#define WORK float
#define OP(a, x) mul_f32(a, x)
#include "kernel/scan/scan_tmpl.h"

#define NAME scan_mul_f64
#define WORK double
#define OP(a, x) mul_f64(a, x)
#include "kernel/scan/scan_tmpl.h"

#define NAME scan_mul_c64
#define WORK struct c64
#define OP(a, x) level_mul_c64(a, x)
#include "kernel/scan/scan_tmpl.h"

#define NAME scan_mul_c128
#define WORK struct c128
#define OP(a, x) level_mul_c128(a, x)
#include "kernel/scan/scan_tmpl.h"

#define NAME scan_logaddexp_c64
#define WORK struct c64
#define OP(a, x) logaddexp_c64(a, x)
#include "kernel/scan/scan_tmpl.h"

#define NAME scan_logaddexp_c128
#define WORK struct c128
#define OP(a, x) logaddexp_c128(a, x)
#include "kernel/scan/scan_tmpl.h"

#ifdef __FMA__
#define SCAN_OF_LOGARITHMS "kernel/scan/scan_long.h"
#else
#define SCAN_OF_LOGARITHMS "kernel/scan/scan_tmpl.h"
#endif

#define NAME scan_logaddexp_f32
#define WORK float
#define OP(a, x) level_logaddexp_f32(a, x)
#define IDENTITY -INFINITY
#include SCAN_OF_LOGARITHMS
#undef IDENTITY

#define NAME scan_logaddexp_f64
#define WORK double
#define OP(a, x) level_logaddexp_f64(a, x)
#define IDENTITY -INFINITY
#include SCAN_OF_LOGARITHMS
#undef IDENTITY

#ifdef __AVX2__
/* Each lane and the one before it, then pairs. */
static inline __m128 scan_four(__m128 x) {
    x = _mm_add_ps(x, _mm_castsi128_ps(_mm_slli_si128(_mm_castps_si128(x), 4)));
    return _mm_add_ps(x, _mm_castsi128_ps(_mm_slli_si128(_mm_castps_si128(x), 8)));
}

/* Eight sums at a time, to which what lies before is added at the end, so that vectors wait for
 * one addition only. Two short vectors, because lanes cross halves of a long one slowly. */
static void scan_add_f32(void *to_lanes, const void *from_lanes, int64_t n, void *carry) {
    float *to = to_lanes, last = *(const float *)carry;
    const float *from = from_lanes;
    __m128 before = _mm_set1_ps(last);
    int64_t i = 0;
    for (; i + 8 <= n; i += 8) {
        __m128 low = scan_four(_mm_loadu_ps(from + i));
        __m128 high = scan_four(_mm_loadu_ps(from + i + 4));
        high = _mm_add_ps(high, _mm_permute_ps(low, 0xff));
        _mm_storeu_ps(to + i, _mm_add_ps(low, before));
        _mm_storeu_ps(to + i + 4, _mm_add_ps(high, before));
        before = _mm_add_ps(before, _mm_permute_ps(high, 0xff));
    }
    last = _mm_cvtss_f32(before);
    for (; i < n; i++) to[i] = last = last + from[i];
    *(float *)carry = last;
}
#else
#define NAME scan_add_f32
#define WORK float
#define OP(a, x) add_f32(a, x)
#include "kernel/scan/scan_tmpl.h"
#endif

lax_i_scan_fn *NAME_OF(lax_i_scan, ISA)(lax_reducer_kind reducer, lax_dtype type) {
    static lax_i_scan_fn *const scans[][LAX_C128 + 1] = {
#define SCAN(reducer, type, name) [LAX_##reducer][LAX_##type] = name,
#include "kernel/scan/scan.def"
#undef SCAN
    };
    if ((unsigned)reducer >= (unsigned)LAX_COUNTOF(scans) || (unsigned)type > LAX_C128) return NULL;
    return scans[reducer][type];
}
