/* SPDX-License-Identifier: Apache-2.0 */
/* Template of the push kernels of one float type. Parameters: SUFFIX, ACC, NUMBER, INDEX and
 * ON(op), the function `op` on two numbers of type ACC; all are consumed. */

#define NAME PUSH_NAME(add, SUFFIX)
#define STEP(a, x) ON(add)(a, x)
#include "kernel/pick/push_tmpl.h"

#define NAME PUSH_NAME(mul, SUFFIX)
#define STEP(a, x) ON(mul)(a, x)
#include "kernel/pick/push_tmpl.h"

#define NAME PUSH_NAME(max, SUFFIX)
#define STEP(a, x) ON(max)(a, x)
#include "kernel/pick/push_tmpl.h"

#define NAME PUSH_NAME(min, SUFFIX)
#define STEP(a, x) ON(min)(a, x)
#include "kernel/pick/push_tmpl.h"

#define NAME PUSH_NAME(logaddexp, SUFFIX)
#define STEP(a, x) ON(logaddexp)(a, x)
#include "kernel/pick/push_tmpl.h"

#undef SUFFIX
#undef ACC
#undef NUMBER
#undef INDEX
#undef ON
