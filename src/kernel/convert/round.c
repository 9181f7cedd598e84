/* SPDX-License-Identifier: Apache-2.0 */
/* reduce_precision for the real float types, XLA's definition: the target has no subnormals. */
#include "kernel/kernel.h"

#define NAME round_f64
#define UINT uint64_t
#define MANTISSA 52
#define EXPONENT 11
#include "kernel/convert/round_tmpl.h"

#define NAME round_f32
#define UINT uint32_t
#define MANTISSA 23
#define EXPONENT 8
#include "kernel/convert/round_tmpl.h"

#define NAME round_f16
#define UINT uint16_t
#define MANTISSA 10
#define EXPONENT 5
#include "kernel/convert/round_tmpl.h"

#define NAME round_bf16
#define UINT uint16_t
#define MANTISSA 7
#define EXPONENT 8
#include "kernel/convert/round_tmpl.h"

lax_i_round_fn *lax_i_round_kernel(lax_dtype dtype) {
    switch (dtype) {
    case LAX_F64: return round_f64;
    case LAX_F32: return round_f32;
    case LAX_F16: return round_f16;
    case LAX_BF16: return round_bf16;
    default: return NULL;
    }
}
