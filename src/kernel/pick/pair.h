/* SPDX-License-Identifier: Apache-2.0 */
/* The pair kernels of one instruction set: a table named PAIR_TABLE, by rule, whether equal keys
 * are replaced, whether the lower payload wins then, and type of lanes. */

#define SUFFIX f64
#define KEY double
#define BITS uint64_t
#define INDEX int64_t
#define FLOAT 1
#include "kernel/pick/pair_type.h"

#define SUFFIX f32
#define KEY float
#define BITS uint32_t
#define INDEX int32_t
#define FLOAT 1
#include "kernel/pick/pair_type.h"

#define SUFFIX s64
#define KEY int64_t
#define BITS uint64_t
#define INDEX int64_t
#define FLOAT 0
#include "kernel/pick/pair_type.h"

#define SUFFIX s32
#define KEY int32_t
#define BITS uint32_t
#define INDEX int32_t
#define FLOAT 0
#include "kernel/pick/pair_type.h"

lax_i_pair_fn *const PAIR_TABLE[3][2][2][PAIR_LANES] = {
#define PAIR(rule, strict, lower, f, i)                                                            \
    [PICK_##rule][strict][lower] = {pair_##f##_f64_all_taps, pair_##f##_f32_all_taps,              \
                                    pair_##i##_s64_all_taps, pair_##i##_s32_all_taps},
#include "kernel/pick/pair.def"
#undef PAIR
};
