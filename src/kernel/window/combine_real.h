/* SPDX-License-Identifier: Apache-2.0 */
/* Template of the combine kernels of one float or complex type. Parameters: SUFFIX of the
 * functions' names, ACC, ELEM, LOAD(x), and ON(op), the function `op` on two numbers of type
 * ACC. */

#define NAME WINDOW_NAME(add, SUFFIX)
#define STEP(a, x) ON(add)(a, x)
#include "kernel/window/combine_loop.h"

#define NAME WINDOW_NAME(mul, SUFFIX)
#define STEP(a, x) ON(mul)(a, x)
#include "kernel/window/combine_loop.h"

#define NAME WINDOW_NAME(max, SUFFIX)
#define STEP(a, x) ON(max)(a, x)
#include "kernel/window/combine_loop.h"

#define NAME WINDOW_NAME(min, SUFFIX)
#define STEP(a, x) ON(min)(a, x)
#include "kernel/window/combine_loop.h"

#define NAME WINDOW_NAME(logaddexp, SUFFIX)
#define STEP(a, x) ON(logaddexp)(a, x)
#include "kernel/window/combine_loop.h"

#undef SUFFIX
#undef ACC
#undef ELEM
#undef LOAD
#undef ON
