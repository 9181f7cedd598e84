/* SPDX-License-Identifier: Apache-2.0 */
/* Template of the push kernels of one integer type. Parameters: SUFFIX, ACC, NUMBER, INDEX and
 * WIDE, an unsigned type of at least 32 bits in which sums and products wrap; all are consumed. */

#define NAME PUSH_NAME(add, SUFFIX)
#define STEP(a, x) (ACC)((WIDE)(a) + (WIDE)(x))
#include "kernel/pick/push_tmpl.h"

#define NAME PUSH_NAME(mul, SUFFIX)
#define STEP(a, x) (ACC)((WIDE)(a) * (WIDE)(x))
#include "kernel/pick/push_tmpl.h"

#define NAME PUSH_NAME(max, SUFFIX)
#define STEP(a, x) ((a) > (x) ? (a) : (x))
#include "kernel/pick/push_tmpl.h"

#define NAME PUSH_NAME(min, SUFFIX)
#define STEP(a, x) ((a) < (x) ? (a) : (x))
#include "kernel/pick/push_tmpl.h"

#define NAME PUSH_NAME(and, SUFFIX)
#define STEP(a, x) (ACC)((a) & (x))
#include "kernel/pick/push_tmpl.h"

#define NAME PUSH_NAME(or, SUFFIX)
#define STEP(a, x) (ACC)((a) | (x))
#include "kernel/pick/push_tmpl.h"

#define NAME PUSH_NAME(xor, SUFFIX)
#define STEP(a, x) (ACC)((a) ^ (x))
#include "kernel/pick/push_tmpl.h"

#undef SUFFIX
#undef ACC
#undef NUMBER
#undef INDEX
#undef WIDE
