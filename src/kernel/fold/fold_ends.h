/* SPDX-License-Identifier: Apache-2.0 */
/* Template of max and min of one integer type. Parameters: TYPE, SUFFIX, LANE_SIZE (its bits),
 * MAX_OP and MIN_OP, the same on vectors. */

#define WORK TYPE

#define NAME NAME_OF(fold_max, SUFFIX)
#define OP(a, x) ((a) > (x) ? (a) : (x))
#include "kernel/fold/fold_op.h"

#define NAME NAME_OF(fold_min, SUFFIX)
#define OP(a, x) ((a) < (x) ? (a) : (x))
#include "kernel/fold/fold_op.h"

#undef WORK

#define NAME NAME_OF(box_max, SUFFIX)
#define ELEM TYPE
#define WORK TYPE
#define SIZE LANE_SIZE
#define BOX_OP MAX_OP
#define BOX_READ fold_read
#define BOX_WRITE(to, v, work) fold_write(to, v)
#include "kernel/fold/fold_plain.h"

#define NAME NAME_OF(box_min, SUFFIX)
#define ELEM TYPE
#define WORK TYPE
#define SIZE LANE_SIZE
#define BOX_OP MIN_OP
#define BOX_READ fold_read
#define BOX_WRITE(to, v, work) fold_write(to, v)
#include "kernel/fold/fold_plain.h"

#define NAME NAME_OF(across_max, SUFFIX)
#define ELEM TYPE
#define WORK TYPE
#define SIZE LANE_SIZE
#define ACROSS_OP MAX_OP
#define ACROSS_WRITE(to, v) fold_write(to, v)
#include "kernel/fold/fold_across.h"

#define NAME NAME_OF(across_min, SUFFIX)
#define ELEM TYPE
#define WORK TYPE
#define SIZE LANE_SIZE
#define ACROSS_OP MIN_OP
#define ACROSS_WRITE(to, v) fold_write(to, v)
#include "kernel/fold/fold_across.h"

#undef LANE_SIZE
#undef MAX_OP
#undef MIN_OP
#undef TYPE
#undef SUFFIX
