/* SPDX-License-Identifier: Apache-2.0 */
/* The logaddexp of the level that a kernel is compiled for: in vectors of so many lanes where there
 * is FMA, else libm's. */
#ifndef LAX_KERNEL_FUNCTIONS_LEVEL_H
#define LAX_KERNEL_FUNCTIONS_LEVEL_H

#ifdef __FMA__
#include "kernel/functions/functions.h"

#ifdef __AVX512F__
enum { LEVEL_NBYTES = 64 };
#else
enum { LEVEL_NBYTES = 32 };
#endif

#define level_logaddexp_f32 fused_logaddexp_f32
#define level_logaddexp_f64 fused_logaddexp_f64
enum { LEVEL_STEP_F32 = LEVEL_NBYTES / 4, LEVEL_STEP_F64 = LEVEL_NBYTES / 8 };
#else
#include "kernel/window/arithmetic.h"

#define level_logaddexp_f32 logaddexp_f32
#define level_logaddexp_f64 logaddexp_f64
enum { LEVEL_STEP_F32 = 1, LEVEL_STEP_F64 = 1 };
#endif

#endif /* LAX_KERNEL_FUNCTIONS_LEVEL_H */
