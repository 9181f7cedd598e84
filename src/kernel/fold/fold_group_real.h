/* SPDX-License-Identifier: Apache-2.0 */
/* The folds of floats that round, at one instruction-set level, ISA. */
#include "kernel/fold/fold_common.h"

#include "kernel/fold/fold_half.h"
#include "kernel/functions/level.h"

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

#define TYPE float
#define SUFFIX f32
#define MUL mul_f32
#define LOGADDEXP level_logaddexp_f32
#define LONG_STEP LEVEL_STEP_F32
#define ON(op) op##_f32
#include "kernel/fold/fold_real.h"

#define TYPE double
#define SUFFIX f64
#define MUL mul_f64
#define LOGADDEXP level_logaddexp_f64
#define LONG_STEP LEVEL_STEP_F64
#define ON(op) op##_f64
#include "kernel/fold/fold_real.h"

#define NAME box_add_bf16
#define ELEM uint16_t
#define WORK float
#define SIZE 32
#define BOX_OP sum32
#define BOX_TYPE fold_floats32
#define BOX_READ read_bf16
#define BOX_WRITE write_bf16
#include "kernel/fold/fold_plain.h"

#define NAME box_add_f16
#define ELEM uint16_t
#define WORK float
#define SIZE 32
#define BOX_OP sum32
#define BOX_TYPE fold_floats32
#define BOX_READ read_f16
#define BOX_WRITE write_f16
#include "kernel/fold/fold_plain.h"

#define NAME across_add_f32
#define ELEM float
#define WORK float
#define SIZE 32
#define ACROSS_OP sum32
#define ACROSS_WRITE(to, v) fold_write(to, v)
#include "kernel/fold/fold_across.h"

#define NAME across_add_f64
#define ELEM double
#define WORK double
#define SIZE 64
#define ACROSS_OP sum64
#define ACROSS_WRITE(to, v) fold_write(to, v)
#include "kernel/fold/fold_across.h"

#define NAME across_add_bf16
#define ELEM uint16_t
#define WORK float
#define SIZE 32
#define ACROSS_OP sum32
#define ACROSS_WRITE(to, v) write_bf16(to, v, false)
#include "kernel/fold/fold_across.h"

#define NAME across_add_f16
#define ELEM uint16_t
#define WORK float
#define SIZE 32
#define ACROSS_OP sum32
#define ACROSS_WRITE(to, v) write_f16(to, v, false)
#include "kernel/fold/fold_across.h"

#define FOLD_ROWS "kernel/fold/real.def"
#define GROUP real
#include "kernel/fold/fold_table.h"
