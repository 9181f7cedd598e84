/* SPDX-License-Identifier: Apache-2.0 */
/* The epilogues for AVX-512. Transcendental functions of f64 are those of libm. */
#include "kernel/epilogue/epilogue.h"
#include "kernel/functions/functions.h"

#define NAME epilogue_f32
#define ACC float
#define EXP(x) exp_f32(x)
#define TANH(x) tanh_f32(x)
#define ERFC(x) erfc_f32(x)
#include "kernel/epilogue/epilogue_tmpl.h"

#define NAME epilogue_f64
#define ACC double
#define EXP(x) exp(x)
#define TANH(x) tanh(x)
#define ERFC(x) erfc(x)
#include "kernel/epilogue/epilogue_tmpl.h"

const struct epilogues lax_i_epilogues_avx512 = {epilogue_f32, epilogue_f64};
