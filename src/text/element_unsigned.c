/* SPDX-License-Identifier: Apache-2.0 */
/* Element-wise operations on unsigned integers. */
#include "text/elementwise.h"

#define T uint8_t
#define U uint32_t
#define IS_SIGNED 0
#define NAME(x) u8_##x
#include "text/integer_ops.h"

#define T uint16_t
#define U uint32_t
#define IS_SIGNED 0
#define NAME(x) u16_##x
#include "text/integer_ops.h"

#define T uint32_t
#define U uint32_t
#define IS_SIGNED 0
#define NAME(x) u32_##x
#include "text/integer_ops.h"

#define T uint64_t
#define U uint64_t
#define IS_SIGNED 0
#define NAME(x) u64_##x
#include "text/integer_ops.h"

elementwise_fn *const *lax_i_element_unsigned(lax_dtype dtype) {
    switch (dtype) {
    case LAX_U8: return u8_table;
    case LAX_U16: return u16_table;
    case LAX_U32: return u32_table;
    default: return u64_table;
    }
}
