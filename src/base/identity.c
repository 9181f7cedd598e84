/* SPDX-License-Identifier: Apache-2.0 */
/* Identities of the reducers: the value that leaves every other one as it is. */
#include "base/base.h"

#include <math.h>

union number {
    unsigned char bytes[16];
    double f64[2]; /* c128: real and imaginary part */
    float f32[2];
    int64_t s64;
    uint64_t u64;
    int32_t s32;
    uint32_t u32;
    int16_t s16;
    uint16_t u16; /* also the bits of f16 and bf16 */
    int8_t s8;
    uint8_t u8;
};

static const struct {
    union number one, lowest, highest;
} ends[] = {
    [LAX_F64] = {{.f64 = {1, 0}}, {.f64 = {-INFINITY, 0}}, {.f64 = {INFINITY, 0}}},
    [LAX_F32] = {{.f32 = {1, 0}}, {.f32 = {-INFINITY, 0}}, {.f32 = {INFINITY, 0}}},
    [LAX_F16] = {{.u16 = 0x3c00}, {.u16 = 0xfc00}, {.u16 = 0x7c00}},
    [LAX_BF16] = {{.u16 = 0x3f80}, {.u16 = 0xff80}, {.u16 = 0x7f80}},
    [LAX_S8] = {{.s8 = 1}, {.s8 = INT8_MIN}, {.s8 = INT8_MAX}},
    [LAX_S16] = {{.s16 = 1}, {.s16 = INT16_MIN}, {.s16 = INT16_MAX}},
    [LAX_S32] = {{.s32 = 1}, {.s32 = INT32_MIN}, {.s32 = INT32_MAX}},
    [LAX_S64] = {{.s64 = 1}, {.s64 = INT64_MIN}, {.s64 = INT64_MAX}},
    [LAX_U8] = {{.u8 = 1}, {.u8 = 0}, {.u8 = UINT8_MAX}},
    [LAX_U16] = {{.u16 = 1}, {.u16 = 0}, {.u16 = UINT16_MAX}},
    [LAX_U32] = {{.u32 = 1}, {.u32 = 0}, {.u32 = UINT32_MAX}},
    [LAX_U64] = {{.u64 = 1}, {.u64 = 0}, {.u64 = UINT64_MAX}},
    [LAX_PRED] = {{.u8 = 1}, {.u8 = 0}, {.u8 = 1}},
    [LAX_C64] = {{.f32 = {1, 0}}, {.f32 = {-INFINITY, -INFINITY}}, {.f32 = {INFINITY, INFINITY}}},
    [LAX_C128] = {{.f64 = {1, 0}}, {.f64 = {-INFINITY, -INFINITY}}, {.f64 = {INFINITY, INFINITY}}},
};

/* log(0) is -inf with no angle. */
static union number logarithm_of_zero(lax_dtype type) {
    union number x = ends[type].lowest;
    if (type == LAX_C64) x.f32[1] = 0;
    if (type == LAX_C128) x.f64[1] = 0;
    return x;
}

static union number all_ones(lax_dtype type) {
    union number x;
    memset(&x, 0xff, sizeof x);
    return type == LAX_PRED ? ends[LAX_PRED].one : x;
}

void lax_i_identity(lax_reducer_kind reducer, lax_dtype type, void *out) {
    union number x = {{0}};
    switch (reducer) {
    case LAX_MUL: x = ends[type].one; break;
    case LAX_MAX: x = ends[type].lowest; break;
    case LAX_MIN: x = ends[type].highest; break;
    case LAX_AND: x = all_ones(type); break;
    case LAX_LOGADDEXP: x = logarithm_of_zero(type); break;
    default: break; /* add, or, xor: zero */
    }
    memcpy(out, &x, lax_dtype_size(type));
}
