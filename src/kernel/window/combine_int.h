/* SPDX-License-Identifier: Apache-2.0 */
/* Template of the combine kernels of one integer type. Parameters: SUFFIX of the functions' names,
 * ELEM, and WIDE, an unsigned type of at least 32 bits in which sums and products wrap (narrower
 * ones would be promoted to int, which overflows). */

#define ACC ELEM
#define LOAD(x) (x)

#define NAME WINDOW_NAME(add, SUFFIX)
#define STEP(a, x) (ELEM)((WIDE)(a) + (WIDE)(x))
#include "kernel/window/combine_loop.h"

#define NAME WINDOW_NAME(mul, SUFFIX)
#define STEP(a, x) (ELEM)((WIDE)(a) * (WIDE)(x))
#include "kernel/window/combine_loop.h"

#define NAME WINDOW_NAME(max, SUFFIX)
#define STEP(a, x) ((a) > (x) ? (a) : (x))
#include "kernel/window/combine_loop.h"

#define NAME WINDOW_NAME(min, SUFFIX)
#define STEP(a, x) ((a) < (x) ? (a) : (x))
#include "kernel/window/combine_loop.h"

#define NAME WINDOW_NAME(and, SUFFIX)
#define STEP(a, x) (ELEM)((a) & (x))
#include "kernel/window/combine_loop.h"

#define NAME WINDOW_NAME(or, SUFFIX)
#define STEP(a, x) (ELEM)((a) | (x))
#include "kernel/window/combine_loop.h"

#define NAME WINDOW_NAME(xor, SUFFIX)
#define STEP(a, x) (ELEM)((a) ^ (x))
#include "kernel/window/combine_loop.h"

#undef SUFFIX
#undef ACC
#undef ELEM
#undef WIDE
#undef LOAD
