/* SPDX-License-Identifier: Apache-2.0 */
/* The pick kernels of one instruction set: a table named PICK_TABLE, filled from pick.def, and
 * those of pack.h, pair.h and pull.h. */
#include "kernel/kernel.h"

#include <math.h>

#define PICK_WORD_(a, b, c) a##_##b##_##c
#define PICK_WORD(a, b, c) PICK_WORD_(a, b, c)

/* A loop for each constant argument, whatever the compiler thinks of its size. */
#define PICK_INLINE inline __attribute__((always_inline))

/* Bytes of a vector, and the most taps of a group. */
#if defined(__AVX512F__)
#define PICK_VECTOR 64
#elif defined(__AVX2__)
#define PICK_VECTOR 32
#else
#define PICK_VECTOR 16
#endif
enum { PICK_GROUP = 9 };

/* A group has 2 to 4 taps, a fresh one may have 9; what is left never is 1. */
static int pick_group(int64_t left, bool fresh) {
    if (fresh && (left == 9 || left > 10)) return 9;
    return left == 5 || left == 3 || left == 6 || left == 9 ? 3 : left < 4 ? 2 : 4;
}

/* Runs of lanes that a group goes through: `pitch` apart in keys and numbers, `step` in elements;
 * the number of the group's first tap. */
struct pick_part {
    int64_t pitch, runs, step, lanes, first;
};

/* Either comparison, in a form that compilers turn into vectors as they do not with | or ||. */
#define PICK_EITHER(a, b) (((a) ? (INDEX)1 : 0) + ((b) ? (INDEX)1 : 0) > 0)

/* Results may lie where an operand does: same lane, same place. */
#if defined(__clang__)
#define PICK_IN_PLACE _Pragma("clang loop vectorize(assume_safety)")
#else
#define PICK_IN_PLACE _Pragma("GCC ivdep")
#endif

#define SUFFIX f64
#define KEY double
#define INDEX int64_t
#define FLOAT 1
#define RECORDS 1
#include "kernel/pick/type_tmpl.h"

#define SUFFIX f32
#define KEY float
#define INDEX int32_t
#define FLOAT 1
#define RECORDS 1
#include "kernel/pick/type_tmpl.h"

#define SUFFIX s8
#define KEY int8_t
#define INDEX int8_t
#define FLOAT 0
#define RECORDS 0
#include "kernel/pick/type_tmpl.h"

#define SUFFIX s16
#define KEY int16_t
#define INDEX int16_t
#define FLOAT 0
#define RECORDS 0
#include "kernel/pick/type_tmpl.h"

#define SUFFIX s32
#define KEY int32_t
#define INDEX int32_t
#define FLOAT 0
#define RECORDS 1
#include "kernel/pick/type_tmpl.h"

#define SUFFIX s64
#define KEY int64_t
#define INDEX int64_t
#define FLOAT 0
#define RECORDS 1
#include "kernel/pick/type_tmpl.h"

#define SUFFIX u8
#define KEY uint8_t
#define INDEX int8_t
#define FLOAT 0
#define RECORDS 0
#include "kernel/pick/type_tmpl.h"

#define SUFFIX u16
#define KEY uint16_t
#define INDEX int16_t
#define FLOAT 0
#define RECORDS 0
#include "kernel/pick/type_tmpl.h"

#define SUFFIX u32
#define KEY uint32_t
#define INDEX int32_t
#define FLOAT 0
#define RECORDS 1
#include "kernel/pick/type_tmpl.h"

#define SUFFIX u64
#define KEY uint64_t
#define INDEX int64_t
#define FLOAT 0
#define RECORDS 1
#include "kernel/pick/type_tmpl.h"

const struct pick_kernel PICK_TABLE[2][LAX_LT + 1][LAX_C128 + 1] = {
#define PICK(rule, select, type, name)                                                             \
    [PICK_##rule][LAX_##select][LAX_##type] = {name##_taps, name##_merge, name##_count, NULL, NULL},
#define PICK_FLOAT(rule, select, type, name, suffix)                                               \
    [PICK_##rule][LAX_##select][LAX_##type] = {name##_taps, name##_merge, name##_count,            \
                                               signs_##suffix##_of, finish_##suffix##_of},
#define PICK_NARROW(rule, select, type, name)                                                      \
    [PICK_##rule][LAX_##select][LAX_##type] = {name##_taps, NULL, NULL, NULL, NULL},
#include "kernel/pick/pick.def"
#undef PICK_NARROW
#undef PICK_FLOAT
#undef PICK
};

#include "kernel/pick/pack.h"
#include "kernel/pick/pair.h"
#include "kernel/pick/pull.h"
