/* SPDX-License-Identifier: Apache-2.0 */
/* The select kernels: one for each comparison and each element type that has an order. */
#include "kernel/kernel.h"

#define WINDOW_NAME_(op, suffix) select_##op##_##suffix
#define WINDOW_NAME(op, suffix) WINDOW_NAME_(op, suffix)

#define SUFFIX f64
#define ELEM double
#define LOAD(x) (x)
#include "kernel/window/select_loop.h"

#define SUFFIX f32
#define ELEM float
#define LOAD(x) (x)
#include "kernel/window/select_loop.h"

#define SUFFIX f16
#define ELEM uint16_t
#define LOAD(x) lax_i_from_f16(x)
#include "kernel/window/select_loop.h"

#define SUFFIX bf16
#define ELEM uint16_t
#define LOAD(x) lax_i_from_bf16(x)
#include "kernel/window/select_loop.h"

#define SUFFIX s8
#define ELEM int8_t
#define LOAD(x) (x)
#include "kernel/window/select_loop.h"

#define SUFFIX s16
#define ELEM int16_t
#define LOAD(x) (x)
#include "kernel/window/select_loop.h"

#define SUFFIX s32
#define ELEM int32_t
#define LOAD(x) (x)
#include "kernel/window/select_loop.h"

#define SUFFIX s64
#define ELEM int64_t
#define LOAD(x) (x)
#include "kernel/window/select_loop.h"

#define SUFFIX u8
#define ELEM uint8_t
#define LOAD(x) (x)
#include "kernel/window/select_loop.h"

#define SUFFIX u16
#define ELEM uint16_t
#define LOAD(x) (x)
#include "kernel/window/select_loop.h"

#define SUFFIX u32
#define ELEM uint32_t
#define LOAD(x) (x)
#include "kernel/window/select_loop.h"

#define SUFFIX u64
#define ELEM uint64_t
#define LOAD(x) (x)
#include "kernel/window/select_loop.h"

#define SUFFIX pred
#define ELEM uint8_t
#define LOAD(x) ((x) != 0)
#include "kernel/window/select_loop.h"

static lax_i_select_fn *const kernels[][LAX_C128 + 1] = {
#define SELECT(select, type, name) [LAX_##select][LAX_##type] = select_##name,
#include "kernel/window/select.def"
#undef SELECT
};

lax_i_select_fn *lax_i_select_kernel(lax_select select, lax_dtype type) {
    if ((unsigned)select >= (unsigned)LAX_COUNTOF(kernels) || (unsigned)type > LAX_C128)
        return NULL;
    return kernels[select][type];
}
