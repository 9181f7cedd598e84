/* SPDX-License-Identifier: Apache-2.0 */
/* Template of the reducers of one float or complex type that round. Parameters: TYPE, SUFFIX,
 * ON(op), the function `op` on two numbers, MUL(a, x). Logarithms take so long that loops for many
 * rows gain nothing, and products are rare. */

#define WORK TYPE

#define NAME NAME_OF(fold_add, SUFFIX)
#define OP(a, x) ON(add)(a, x)
#include "kernel/fold/fold_op.h"

#define FOLD_FEW
#define NAME NAME_OF(fold_mul, SUFFIX)
#define OP(a, x) MUL(a, x)
#include "kernel/fold/fold_op.h"

#define NAME NAME_OF(fold_logaddexp, SUFFIX)
#define OP(a, x) ON(logaddexp)(a, x)
#include "kernel/fold/fold_op.h"

#undef FOLD_FEW
#undef WORK
#undef TYPE
#undef SUFFIX
#undef MUL
#undef ON
