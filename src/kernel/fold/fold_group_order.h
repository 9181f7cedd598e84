/* SPDX-License-Identifier: Apache-2.0 */
/* The folds of max and min of floats, and of integers that order like them, at one instruction-set
 * level, ISA. */
#include "kernel/fold/fold_common.h"

#define NAME move_u16
#define FROM uint16_t
#define TO uint16_t
#define CHANGE SAME
#include "kernel/fold/fold_move.h"

#define NAME move_u32
#define FROM uint32_t
#define TO uint32_t
#define CHANGE SAME
#include "kernel/fold/fold_move.h"

#define NAME move_u64
#define FROM uint64_t
#define TO uint64_t
#define CHANGE SAME
#include "kernel/fold/fold_move.h"

#define TYPE int16_t
#define SUFFIX s16
#define LANE_SIZE 16
#define MAX_OP high16
#define MIN_OP low16
#include "kernel/fold/fold_ends.h"

#define TYPE int32_t
#define SUFFIX s32
#define LANE_SIZE 32
#define MAX_OP high32
#define MIN_OP low32
#include "kernel/fold/fold_ends.h"

#define TYPE int64_t
#define SUFFIX s64
#define LANE_SIZE 64
#define MAX_OP high64
#define MIN_OP low64
#include "kernel/fold/fold_ends.h"

#define BITS int32_t
#define UBITS uint32_t
#define BITS_SIZE 32
#define INFINITE 0x7f800000
#define QUIET_BIT 0x00400000
#define SUFFIX f32
#include "kernel/fold/fold_floats.h"

#define BITS int64_t
#define UBITS uint64_t
#define BITS_SIZE 64
#define INFINITE INT64_C(0x7ff0000000000000)
#define QUIET_BIT INT64_C(0x0008000000000000)
#define SUFFIX f64
#include "kernel/fold/fold_floats.h"

#define BITS int16_t
#define UBITS uint16_t
#define BITS_SIZE 16
#define INFINITE 0x7c00
#define QUIET_BIT 0x0200
#define SUFFIX f16
#include "kernel/fold/fold_floats.h"

#define BITS int16_t
#define UBITS uint16_t
#define BITS_SIZE 16
#define INFINITE 0x7f80
#define QUIET_BIT 0x0040
#define SUFFIX bf16
#include "kernel/fold/fold_floats.h"

#define FOLD_ROWS "kernel/fold/order.def"
#define GROUP order
#include "kernel/fold/fold_table.h"
