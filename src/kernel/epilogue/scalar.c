/* SPDX-License-Identifier: Apache-2.0 */
/* What happens to accumulators before their one rounding: bias, residual, activation. */
#include "kernel/kernel.h"

#include <math.h>

#define PASTE(a, b) a##_##b
#define NAME_OF(a, b) PASTE(a, b)
#define FLOAT_FUNCTION(name) name##f
#define DOUBLE_FUNCTION(name) name

#define NAME epilogue_f32
#define ACC float
#define SUFFIX FLOAT_FUNCTION
#include "kernel/epilogue/epilogue_tmpl.h"

#define NAME epilogue_f64
#define ACC double
#define SUFFIX DOUBLE_FUNCTION
#include "kernel/epilogue/epilogue_tmpl.h"

lax_i_epilogue_fn *lax_i_epilogue_kernel(lax_dtype accumulator) {
    return accumulator == LAX_F64 ? epilogue_f64 : epilogue_f32;
}
