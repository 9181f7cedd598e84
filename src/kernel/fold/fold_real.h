/* SPDX-License-Identifier: Apache-2.0 */
/* Template of the reducers of one float or complex type that round. Parameters: TYPE, SUFFIX,
 * ON(op), the function `op` on two numbers. */

#define WORK TYPE

#define NAME NAME_OF(fold_add, SUFFIX)
#define OP(a, x) ON(add)(a, x)
#include "kernel/fold/fold_op.h"

#define NAME NAME_OF(fold_mul, SUFFIX)
#define OP(a, x) ON(mul)(a, x)
#include "kernel/fold/fold_op.h"

#define NAME NAME_OF(fold_logaddexp, SUFFIX)
#define OP(a, x) ON(logaddexp)(a, x)
#include "kernel/fold/fold_op.h"

#undef WORK
#undef TYPE
#undef SUFFIX
#undef ON
