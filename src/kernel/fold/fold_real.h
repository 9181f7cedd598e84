/* SPDX-License-Identifier: Apache-2.0 */
/* Template of the reducers of one float or complex type that round. Parameters: TYPE, SUFFIX,
 * ON(op), the function `op` on two numbers, MUL(a, x), LOGADDEXP(a, x), LONG_STEP. Products are
 * rare. */

#define WORK TYPE

#define NAME NAME_OF(fold_add, SUFFIX)
#define OP(a, x) ON(add)(a, x)
#include "kernel/fold/fold_op.h"

#define FOLD_FEW
#define NAME NAME_OF(fold_mul, SUFFIX)
#define OP(a, x) MUL(a, x)
#include "kernel/fold/fold_op.h"

#undef FOLD_FEW

#define NAME NAME_OF(fold_logaddexp, SUFFIX)
#define OP(a, x) LOGADDEXP(a, x)
#include "kernel/fold/fold_long.h"

#undef WORK
#undef TYPE
#undef SUFFIX
#undef MUL
#undef LOGADDEXP
#undef LONG_STEP
#undef ON
