/* SPDX-License-Identifier: Apache-2.0 */
/* The folds of complex numbers, at one instruction-set level, ISA. */
#include "kernel/fold/fold_common.h"
#include "kernel/functions/level.h"

#define NAME move_u64
#define FROM uint64_t
#define TO uint64_t
#define CHANGE SAME
#include "kernel/fold/fold_move.h"

#define NAME move_c128
#define FROM struct c128
#define TO struct c128
#define CHANGE SAME
#include "kernel/fold/fold_move.h"

#define TYPE struct c64
#define SUFFIX c64
#define MUL level_mul_c64
#define LOGADDEXP logaddexp_c64
#define LONG_STEP 1
#define ON(op) op##_c64
#include "kernel/fold/fold_real.h"

#define TYPE struct c128
#define SUFFIX c128
#define MUL level_mul_c128
#define LOGADDEXP logaddexp_c128
#define LONG_STEP 1
#define ON(op) op##_c128
#include "kernel/fold/fold_real.h"

#include "kernel/fold/fold_lexical.h"

#define FOLD_ROWS "kernel/fold/complex.def"
#define GROUP complex
#include "kernel/fold/fold_table.h"
