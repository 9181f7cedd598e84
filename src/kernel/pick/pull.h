/* SPDX-License-Identifier: Apache-2.0 */
/* The pull, split and join kernels of one instruction set: a table named PULL_TABLE. Sums of
 * integers wrap, so that one kernel serves both signs. */

#define PULL_NAME(x) pull_f64_##x
#define ACC double
#define NUMBER int64_t
#include "kernel/pick/pull_tmpl.h"

#define PULL_NAME(x) pull_f32_##x
#define ACC float
#define NUMBER int32_t
#include "kernel/pick/pull_tmpl.h"

#define PULL_NAME(x) pull_u8_##x
#define ACC uint8_t
#define NUMBER int8_t
#include "kernel/pick/pull_tmpl.h"

#define PULL_NAME(x) pull_u16_##x
#define ACC uint16_t
#define NUMBER int16_t
#include "kernel/pick/pull_tmpl.h"

#define PULL_NAME(x) pull_u32_##x
#define ACC uint32_t
#define NUMBER int32_t
#include "kernel/pick/pull_tmpl.h"

#define PULL_NAME(x) pull_u64_##x
#define ACC uint64_t
#define NUMBER int64_t
#include "kernel/pick/pull_tmpl.h"

#define PHASES_NAME(x) x##_1
#define ELEM uint8_t
#include "kernel/pick/phases_tmpl.h"

#define PHASES_NAME(x) x##_2
#define ELEM uint16_t
#include "kernel/pick/phases_tmpl.h"

#define PHASES_NAME(x) x##_4
#define ELEM uint32_t
#include "kernel/pick/phases_tmpl.h"

#define PHASES_NAME(x) x##_8
#define ELEM uint64_t
#include "kernel/pick/phases_tmpl.h"

const struct pull_kernels PULL_TABLE = {
    .pull = {[LAX_F64] = pull_f64_all,
             [LAX_F32] = pull_f32_all,
             [LAX_S8] = pull_u8_all,
             [LAX_U8] = pull_u8_all,
             [LAX_S16] = pull_u16_all,
             [LAX_U16] = pull_u16_all,
             [LAX_S32] = pull_u32_all,
             [LAX_U32] = pull_u32_all,
             [LAX_S64] = pull_u64_all,
             [LAX_U64] = pull_u64_all},
    .split = {split_1, split_2, split_4, split_8},
    .join = {join_1, join_2, join_4, join_8},
};
