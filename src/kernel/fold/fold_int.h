/* SPDX-License-Identifier: Apache-2.0 */
/* Template of sums, products and logical operations of one size of integers, which are the same
 * with and without a sign. Parameters: TYPE (unsigned), WIDE, an unsigned type of at least 32 bits
 * in which they wrap, SUFFIX. */

#define WORK TYPE

#define NAME NAME_OF(fold_add, SUFFIX)
#define OP(a, x) (TYPE)((WIDE)(a) + (WIDE)(x))
#include "kernel/fold/fold_op.h"

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

#undef WORK
#undef TYPE
#undef WIDE
#undef SUFFIX
