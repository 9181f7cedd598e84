/* SPDX-License-Identifier: Apache-2.0 */
/* Element-wise operations on f64, f32, f16 and bf16; the halves compute in float and round once. */
#include "text/elementwise.h"

#include <math.h>

#define T double
#define C double
#define LOAD(x) (x)
#define STORE(x) (x)
#define NAME(x) f64_##x
#define MATH(x) x
#define BITS uint64_t
#define CBITS uint64_t
#include "text/float_ops.h"

#define T float
#define C float
#define LOAD(x) (x)
#define STORE(x) (x)
#define NAME(x) f32_##x
#define MATH(x) x##f
#define BITS uint32_t
#define CBITS uint32_t
#include "text/float_ops.h"

#define T uint16_t
#define C float
#define LOAD(x) lax_i_from_f16(x)
#define STORE(x) lax_i_to_f16(x)
#define NAME(x) f16_##x
#define MATH(x) x##f
#define BITS uint16_t
#define CBITS uint32_t
#include "text/float_ops.h"

#define T uint16_t
#define C float
#define LOAD(x) lax_i_from_bf16(x)
#define STORE(x) lax_i_to_bf16(x)
#define NAME(x) bf16_##x
#define MATH(x) x##f
#define BITS uint16_t
#define CBITS uint32_t
#include "text/float_ops.h"

elementwise_fn *const *lax_i_element_float(lax_dtype dtype) {
    switch (dtype) {
    case LAX_F64: return f64_table;
    case LAX_F32: return f32_table;
    case LAX_F16: return f16_table;
    default: return bf16_table;
    }
}

elementwise_fn *lax_i_element_total_order(lax_dtype dtype) {
    switch (dtype) {
    case LAX_F64: return f64_order_total;
    case LAX_F32: return f32_order_total;
    case LAX_F16: return f16_order_total;
    default: return bf16_order_total;
    }
}
