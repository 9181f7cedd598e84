/* SPDX-License-Identifier: Apache-2.0 */
/* Template of sums, products and logical operations of one size of integers, which are the same
 * with and without a sign. Parameters: TYPE (unsigned), WIDE, an unsigned type of at least 32 bits
 * in which they wrap, SUFFIX, SUM on vectors of
 * LANE_SIZE bits. */

#define WORK TYPE

#define NAME NAME_OF(fold_add, SUFFIX)
#define OP(a, x) (TYPE)((WIDE)(a) + (WIDE)(x))
#include "kernel/fold/fold_op.h"

#define FOLD_FEW
#define NAME NAME_OF(fold_mul, SUFFIX)
#define OP(a, x) (TYPE)((WIDE)(a) * (WIDE)(x))
#include "kernel/fold/fold_op.h"

#define NAME NAME_OF(fold_and, SUFFIX)
#define OP(a, x) (TYPE)((a) & (x))
#include "kernel/fold/fold_op.h"

#define NAME NAME_OF(fold_or, SUFFIX)
#define OP(a, x) (TYPE)((a) | (x))
#include "kernel/fold/fold_op.h"

#define NAME NAME_OF(fold_xor, SUFFIX)
#define OP(a, x) (TYPE)((a) ^ (x))
#include "kernel/fold/fold_op.h"

#undef FOLD_FEW
#undef WORK

#define NAME NAME_OF(box_add, SUFFIX)
#define ELEM TYPE
#define WORK TYPE
#define SIZE LANE_SIZE
#define BOX_OP SUM
#define BOX_READ fold_read
#define BOX_WRITE(to, v, work) fold_write(to, v)
#include "kernel/fold/fold_plain.h"

#define NAME NAME_OF(across_add, SUFFIX)
#define ELEM TYPE
#define WORK TYPE
#define SIZE LANE_SIZE
#define ACROSS_OP SUM
#define ACROSS_WRITE(to, v) fold_write(to, v)
#include "kernel/fold/fold_across.h"

#undef SUM
#undef LANE_SIZE
#undef TYPE
#undef WIDE
#undef SUFFIX
