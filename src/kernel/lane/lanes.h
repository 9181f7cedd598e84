/* SPDX-License-Identifier: Apache-2.0 */
/* The lane kernels of one instruction set: a table named LANE_TABLE by type. */
#include "kernel/kernel.h"

#define NAME(x) f64_##x
#define T double
#define WIDE uint64_t
#define FLOAT 1
#include "kernel/lane/lane_tmpl.h"

#define NAME(x) f32_##x
#define T float
#define WIDE uint32_t
#define FLOAT 1
#include "kernel/lane/lane_tmpl.h"

#define NAME(x) s8_##x
#define T int8_t
#define WIDE uint32_t
#define FLOAT 0
#include "kernel/lane/lane_tmpl.h"

#define NAME(x) s16_##x
#define T int16_t
#define WIDE uint32_t
#define FLOAT 0
#include "kernel/lane/lane_tmpl.h"

#define NAME(x) s32_##x
#define T int32_t
#define WIDE uint32_t
#define FLOAT 0
#include "kernel/lane/lane_tmpl.h"

#define NAME(x) s64_##x
#define T int64_t
#define WIDE uint64_t
#define FLOAT 0
#include "kernel/lane/lane_tmpl.h"

#define NAME(x) u8_##x
#define T uint8_t
#define WIDE uint32_t
#define FLOAT 0
#include "kernel/lane/lane_tmpl.h"

#define NAME(x) u16_##x
#define T uint16_t
#define WIDE uint32_t
#define FLOAT 0
#include "kernel/lane/lane_tmpl.h"

#define NAME(x) u32_##x
#define T uint32_t
#define WIDE uint32_t
#define FLOAT 0
#include "kernel/lane/lane_tmpl.h"

#define NAME(x) u64_##x
#define T uint64_t
#define WIDE uint64_t
#define FLOAT 0
#include "kernel/lane/lane_tmpl.h"

#define LANE(TYPE, row) [LAX_##TYPE] = row,
lax_i_lane_fn *const *const LANE_TABLE[LAX_C128 + 1] = {
#include "kernel/lane/lane.def"
};
#undef LANE
