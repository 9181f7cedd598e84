/* SPDX-License-Identifier: Apache-2.0 */
/* The combine kernels: one for each reducer and element type for which it is defined. */
#include "kernel/kernel.h"

#include "kernel/window/arithmetic.h"

#define WINDOW_NAME_(op, suffix) combine_##op##_##suffix
#define WINDOW_NAME(op, suffix) WINDOW_NAME_(op, suffix)

#define SUFFIX f64
#define ACC double
#define ELEM double
#define LOAD(x) (x)
#define ON(op) op##_f64
#include "kernel/window/combine_real.h"

#define SUFFIX f32
#define ACC float
#define ELEM float
#define LOAD(x) (x)
#define ON(op) op##_f32
#include "kernel/window/combine_real.h"

#define SUFFIX f16
#define ACC float
#define ELEM uint16_t
#define LOAD(x) lax_i_from_f16(x)
#define ON(op) op##_f32
#include "kernel/window/combine_real.h"

#define SUFFIX bf16
#define ACC float
#define ELEM uint16_t
#define LOAD(x) lax_i_from_bf16(x)
#define ON(op) op##_f32
#include "kernel/window/combine_real.h"

#define SUFFIX c64
#define ACC struct c64
#define ELEM struct c64
#define LOAD(x) (x)
#define ON(op) op##_c64
#include "kernel/window/combine_real.h"

#define SUFFIX c128
#define ACC struct c128
#define ELEM struct c128
#define LOAD(x) (x)
#define ON(op) op##_c128
#include "kernel/window/combine_real.h"

#define SUFFIX s8
#define ELEM int8_t
#define WIDE uint32_t
#include "kernel/window/combine_int.h"

#define SUFFIX s16
#define ELEM int16_t
#define WIDE uint32_t
#include "kernel/window/combine_int.h"

#define SUFFIX s32
#define ELEM int32_t
#define WIDE uint32_t
#include "kernel/window/combine_int.h"

#define SUFFIX s64
#define ELEM int64_t
#define WIDE uint64_t
#include "kernel/window/combine_int.h"

#define SUFFIX u8
#define ELEM uint8_t
#define WIDE uint32_t
#include "kernel/window/combine_int.h"

#define SUFFIX u16
#define ELEM uint16_t
#define WIDE uint32_t
#include "kernel/window/combine_int.h"

#define SUFFIX u32
#define ELEM uint32_t
#define WIDE uint32_t
#include "kernel/window/combine_int.h"

#define SUFFIX u64
#define ELEM uint64_t
#define WIDE uint64_t
#include "kernel/window/combine_int.h"

/* pred: any nonzero byte is true, results are 0 or 1. */
#define ACC uint8_t
#define ELEM uint8_t
#define LOAD(x) ((x) != 0)

#define NAME combine_and_pred
#define STEP(a, x) (uint8_t)((a) != 0 && (x))
#include "kernel/window/combine_loop.h"

#define NAME combine_or_pred
#define STEP(a, x) (uint8_t)((a) != 0 || (x))
#include "kernel/window/combine_loop.h"

#define NAME combine_xor_pred
#define STEP(a, x) (uint8_t)(((a) != 0) != (x))
#include "kernel/window/combine_loop.h"

static lax_i_combine_fn *const kernels[][LAX_C128 + 1] = {
#define COMBINE(reducer, type, name) [LAX_##reducer][LAX_##type] = combine_##name,
#include "kernel/window/combine.def"
#undef COMBINE
};

lax_i_combine_fn *lax_i_combine_kernel(lax_reducer_kind reducer, lax_dtype type) {
    if ((unsigned)reducer >= (unsigned)LAX_COUNTOF(kernels) || (unsigned)type > LAX_C128)
        return NULL;
    return kernels[reducer][type];
}

lax_dtype lax_i_combine_accumulator(lax_dtype type) {
    return type == LAX_F16 || type == LAX_BF16 ? LAX_F32 : type;
}
