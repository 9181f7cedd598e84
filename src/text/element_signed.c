/* SPDX-License-Identifier: Apache-2.0 */
/* Element-wise operations on signed integers. */
#include "text/elementwise.h"

#define T int8_t
#define U uint32_t
#define IS_SIGNED 1
#define NAME(x) s8_##x
#include "text/integer_ops.h"

#define T int16_t
#define U uint32_t
#define IS_SIGNED 1
#define NAME(x) s16_##x
#include "text/integer_ops.h"

#define T int32_t
#define U uint32_t
#define IS_SIGNED 1
#define NAME(x) s32_##x
#include "text/integer_ops.h"

#define T int64_t
#define U uint64_t
#define IS_SIGNED 1
#define NAME(x) s64_##x
#include "text/integer_ops.h"

/* Sign and absolute value, of signed integers only; the lowest one's wraps to itself. */
static void s8_sign(void *out, const void *const *in, int64_t n) {
    const int8_t *x = in[0];
    int8_t *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = (int8_t)((x[i] > 0) - (x[i] < 0));
}

static void s8_abs(void *out, const void *const *in, int64_t n) {
    const int8_t *x = in[0];
    int8_t *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = x[i] < 0 ? (int8_t)(0 - (uint32_t)x[i]) : x[i];
}

static void s16_sign(void *out, const void *const *in, int64_t n) {
    const int16_t *x = in[0];
    int16_t *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = (int16_t)((x[i] > 0) - (x[i] < 0));
}

static void s16_abs(void *out, const void *const *in, int64_t n) {
    const int16_t *x = in[0];
    int16_t *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = x[i] < 0 ? (int16_t)(0 - (uint32_t)x[i]) : x[i];
}

static void s32_sign(void *out, const void *const *in, int64_t n) {
    const int32_t *x = in[0];
    int32_t *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = (int32_t)((x[i] > 0) - (x[i] < 0));
}

static void s32_abs(void *out, const void *const *in, int64_t n) {
    const int32_t *x = in[0];
    int32_t *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = x[i] < 0 ? (int32_t)(0 - (uint32_t)x[i]) : x[i];
}

static void s64_sign(void *out, const void *const *in, int64_t n) {
    const int64_t *x = in[0];
    int64_t *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = (int64_t)((x[i] > 0) - (x[i] < 0));
}

static void s64_abs(void *out, const void *const *in, int64_t n) {
    const int64_t *x = in[0];
    int64_t *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = x[i] < 0 ? (int64_t)(0 - (uint64_t)x[i]) : x[i];
}

elementwise_fn *const *lax_i_element_signed(lax_dtype dtype) {
    switch (dtype) {
    case LAX_S8: return s8_table;
    case LAX_S16: return s16_table;
    case LAX_S32: return s32_table;
    default: return s64_table;
    }
}

elementwise_fn *lax_i_element_sign(lax_dtype dtype) {
    switch (dtype) {
    case LAX_S8: return s8_sign;
    case LAX_S16: return s16_sign;
    case LAX_S32: return s32_sign;
    default: return s64_sign;
    }
}

elementwise_fn *lax_i_element_abs(lax_dtype dtype) {
    switch (dtype) {
    case LAX_S8: return s8_abs;
    case LAX_S16: return s16_abs;
    case LAX_S32: return s32_abs;
    default: return s64_abs;
    }
}
