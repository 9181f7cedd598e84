/* SPDX-License-Identifier: Apache-2.0 */
/* Template of max and min of one integer type. Parameters: TYPE, SUFFIX. */

#define WORK TYPE

#define NAME NAME_OF(fold_max, SUFFIX)
#define OP(a, x) ((a) > (x) ? (a) : (x))
#include "kernel/fold/fold_op.h"

#define NAME NAME_OF(fold_min, SUFFIX)
#define OP(a, x) ((a) < (x) ? (a) : (x))
#include "kernel/fold/fold_op.h"

#undef WORK
#undef TYPE
#undef SUFFIX
