/* SPDX-License-Identifier: Apache-2.0 */
/* The push kernels: one for each reducer and each type of accumulators. pred has 0 and 1 only, so
 * that its kernels are those of u8. */
#include "kernel/kernel.h"

#include "kernel/window/arithmetic.h"

#define PUSH_NAME_(op, suffix) push_##op##_##suffix
#define PUSH_NAME(op, suffix) PUSH_NAME_(op, suffix)

#define SUFFIX f64
#define ACC double
#define NUMBER int64_t
#define INDEX int64_t
#define ON(op) op##_f64
#include "kernel/pick/push_real.h"

#define SUFFIX f32
#define ACC float
#define NUMBER int32_t
#define INDEX int32_t
#define ON(op) op##_f32
#include "kernel/pick/push_real.h"

#define SUFFIX s8
#define ACC int8_t
#define NUMBER int8_t
#define INDEX int32_t
#define WIDE uint32_t
#include "kernel/pick/push_int.h"

#define SUFFIX s16
#define ACC int16_t
#define NUMBER int16_t
#define INDEX int32_t
#define WIDE uint32_t
#include "kernel/pick/push_int.h"

#define SUFFIX s32
#define ACC int32_t
#define NUMBER int32_t
#define INDEX int32_t
#define WIDE uint32_t
#include "kernel/pick/push_int.h"

#define SUFFIX s64
#define ACC int64_t
#define NUMBER int64_t
#define INDEX int64_t
#define WIDE uint64_t
#include "kernel/pick/push_int.h"

#define SUFFIX u8
#define ACC uint8_t
#define NUMBER int8_t
#define INDEX int32_t
#define WIDE uint32_t
#include "kernel/pick/push_int.h"

#define SUFFIX u16
#define ACC uint16_t
#define NUMBER int16_t
#define INDEX int32_t
#define WIDE uint32_t
#include "kernel/pick/push_int.h"

#define SUFFIX u32
#define ACC uint32_t
#define NUMBER int32_t
#define INDEX int32_t
#define WIDE uint32_t
#include "kernel/pick/push_int.h"

#define SUFFIX u64
#define ACC uint64_t
#define NUMBER int64_t
#define INDEX int64_t
#define WIDE uint64_t
#include "kernel/pick/push_int.h"

static lax_i_push_fn *const kernels[][LAX_C128 + 1] = {
#define PUSH(reducer, type, name) [LAX_##reducer][LAX_##type] = push_##name,
#include "kernel/pick/push.def"
#undef PUSH
};

lax_i_push_fn *lax_i_push_kernel(lax_reducer_kind reducer, lax_dtype accumulator) {
    if ((unsigned)reducer >= (unsigned)LAX_COUNTOF(kernels)) return NULL;
    return kernels[reducer][accumulator];
}
