/* SPDX-License-Identifier: Apache-2.0 */
/* What happens to accumulators before their one rounding: bias, residual, activation. Here with
 * the functions of libm; and the choice by level. */
#include "kernel/epilogue/epilogue.h"

#include <math.h>

#define NAME epilogue_f32
#define ACC float
#define EXP(x) expf(x)
#define TANH(x) tanhf(x)
#define ERFC(x) erfcf(x)
#include "kernel/epilogue/epilogue_tmpl.h"

#define NAME epilogue_f64
#define ACC double
#define EXP(x) exp(x)
#define TANH(x) tanh(x)
#define ERFC(x) erfc(x)
#include "kernel/epilogue/epilogue_tmpl.h"

lax_i_epilogue_fn *lax_i_epilogue_kernel(lax_dtype accumulator, lax_isa isa) {
    struct epilogues best = {epilogue_f32, epilogue_f64};
#if defined(LAX_HAVE_X86_KERNELS)
    if (isa >= LAX_ISA_AVX2) best = lax_i_epilogues_avx2;
    if (isa >= LAX_ISA_AVX512) best = lax_i_epilogues_avx512;
#else
    (void)isa;
#endif
    return accumulator == LAX_F64 ? best.f64 : best.f32;
}
