/* SPDX-License-Identifier: Apache-2.0 */
/* The folds of integers and pred, at one instruction-set level, ISA. */
#include "kernel/fold/fold_common.h"

#define NAME move_u8
#define FROM uint8_t
#define TO uint8_t
#define CHANGE SAME
#include "kernel/fold/fold_move.h"

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

#define NAME load_pred
#define FROM uint8_t
#define TO uint8_t
#define CHANGE(x) ((x) != 0)
#include "kernel/fold/fold_move.h"

#define TYPE uint8_t
#define WIDE uint32_t
#define SUFFIX u8
#define SUM plus8
#define LANE_SIZE 8
#include "kernel/fold/fold_int.h"

#define TYPE uint16_t
#define WIDE uint32_t
#define SUFFIX u16
#define SUM plus16
#define LANE_SIZE 16
#include "kernel/fold/fold_int.h"

#define TYPE uint32_t
#define WIDE uint32_t
#define SUFFIX u32
#define SUM plus32
#define LANE_SIZE 32
#include "kernel/fold/fold_int.h"

#define TYPE uint64_t
#define WIDE uint64_t
#define SUFFIX u64
#define SUM plus64
#define LANE_SIZE 64
#include "kernel/fold/fold_int.h"

#define TYPE int8_t
#define SUFFIX s8
#define LANE_SIZE 8
#define MAX_OP high8
#define MIN_OP low8
#include "kernel/fold/fold_ends.h"

#define TYPE uint8_t
#define SUFFIX u8
#define LANE_SIZE 8
#define MAX_OP most8
#define MIN_OP least8
#include "kernel/fold/fold_ends.h"

#define TYPE uint16_t
#define SUFFIX u16
#define LANE_SIZE 16
#define MAX_OP most16
#define MIN_OP least16
#include "kernel/fold/fold_ends.h"

#define TYPE uint32_t
#define SUFFIX u32
#define LANE_SIZE 32
#define MAX_OP most32
#define MIN_OP least32
#include "kernel/fold/fold_ends.h"

#define TYPE uint64_t
#define SUFFIX u64
#define LANE_SIZE 64
#define MAX_OP most64
#define MIN_OP least64
#include "kernel/fold/fold_ends.h"

FOLD_INLINE FOLD_VECTOR read_pred(const void *from) {
    return least8(fold_read(from), FOLD_ALL(8, (int8_t)1));
}

#define NAME box_and_pred
#define ELEM uint8_t
#define WORK uint8_t
#define SIZE 8
#define BOX_OP least8
#define BOX_READ read_pred
#define BOX_WRITE(to, v, work) fold_write(to, v)
#include "kernel/fold/fold_plain.h"

#define NAME box_or_pred
#define ELEM uint8_t
#define WORK uint8_t
#define SIZE 8
#define BOX_OP most8
#define BOX_READ read_pred
#define BOX_WRITE(to, v, work) fold_write(to, v)
#include "kernel/fold/fold_plain.h"

#define differ8(a, b) ((a) ^ (b))
#define NAME box_xor_pred
#define ELEM uint8_t
#define WORK uint8_t
#define SIZE 8
#define BOX_OP differ8
#define BOX_READ read_pred
#define BOX_WRITE(to, v, work) fold_write(to, v)
#include "kernel/fold/fold_plain.h"

#define NAME across_and_pred
#define ELEM uint8_t
#define WORK uint8_t
#define SIZE 8
#define ACROSS_OP least8
#define ACROSS_WRITE(to, v) fold_write(to, v)
#include "kernel/fold/fold_across.h"

#define NAME across_or_pred
#define ELEM uint8_t
#define WORK uint8_t
#define SIZE 8
#define ACROSS_OP most8
#define ACROSS_WRITE(to, v) fold_write(to, v)
#include "kernel/fold/fold_across.h"

#define NAME across_xor_pred
#define ELEM uint8_t
#define WORK uint8_t
#define SIZE 8
#define ACROSS_OP differ8
#define ACROSS_WRITE(to, v) fold_write(to, v)
#include "kernel/fold/fold_across.h"

#define FOLD_ROWS "kernel/fold/integer.def"
#define GROUP integer
#include "kernel/fold/fold_table.h"
