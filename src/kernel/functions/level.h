/* SPDX-License-Identifier: Apache-2.0 */
/* What differs by the level that a kernel is compiled for. logaddexp: in vectors of so many lanes
 * where there is FMA, else libm's. Products of complex numbers: fused where there is FMA. */
#ifndef LAX_KERNEL_FUNCTIONS_LEVEL_H
#define LAX_KERNEL_FUNCTIONS_LEVEL_H

#include "kernel/window/arithmetic.h"

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
#define level_mul_c64 fused_mul_c64
#define level_mul_c128 fused_mul_c128
#else
#define level_logaddexp_f32 logaddexp_f32
#define level_logaddexp_f64 logaddexp_f64
#define level_mul_c64 mul_c64
#define level_mul_c128 mul_c128
enum { LEVEL_STEP_F32 = 1, LEVEL_STEP_F64 = 1 };
#endif

#endif /* LAX_KERNEL_FUNCTIONS_LEVEL_H */
