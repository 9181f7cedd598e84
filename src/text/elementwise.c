/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the kernel of an element-wise operation; those of pred, and select, which moves bits. */
#include "text/elementwise.h"

/* --- pred: any nonzero byte is true ----------------------------------------------------------- */

static void pred_and(void *out, const void *const *in, int64_t n) {
    const uint8_t *a = in[0], *b = in[1];
    uint8_t *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = (a[i] != 0) & (b[i] != 0);
}

static void pred_or(void *out, const void *const *in, int64_t n) {
    const uint8_t *a = in[0], *b = in[1];
    uint8_t *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = (a[i] | b[i]) != 0;
}

static void pred_xor(void *out, const void *const *in, int64_t n) {
    const uint8_t *a = in[0], *b = in[1];
    uint8_t *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = (a[i] != 0) != (b[i] != 0);
}

static void pred_not(void *out, const void *const *in, int64_t n) {
    const uint8_t *x = in[0];
    uint8_t *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = x[i] == 0;
}

static void pred_order(void *out, const void *const *in, int64_t n) {
    const uint8_t *a = in[0], *b = in[1];
    uint8_t *y = out;
    for (int64_t i = 0; i < n; i++) {
        int difference = (a[i] != 0) - (b[i] != 0);
        y[i] = difference < 0 ? ORDER_LESS : difference == 0 ? ORDER_EQUAL : ORDER_GREATER;
    }
}

static elementwise_fn *const pred_table[OP_COUNT] = {
    [OP_ADD] = pred_or,      [OP_MULTIPLY] = pred_and, [OP_MAXIMUM] = pred_or,
    [OP_MINIMUM] = pred_and, [OP_AND] = pred_and,      [OP_OR] = pred_or,
    [OP_XOR] = pred_xor,     [OP_NOT] = pred_not,      [OP_COMPARE] = pred_order,
};

/* --- select ----------------------------------------------------------------------------------- */

static void select8(void *out, const void *const *in, int64_t n) {
    const uint8_t *keep = in[0];
    const uint8_t *a = in[1], *b = in[2];
    uint8_t *y = out;
    for (int64_t i = 0; i < n; i++) {
        uint8_t mask = (uint8_t)(0 - (uint8_t)(keep[i] != 0));
        y[i] = (uint8_t)((a[i] & mask) | (b[i] & (uint8_t)~mask));
    }
}

static void select16(void *out, const void *const *in, int64_t n) {
    const uint8_t *keep = in[0];
    const uint16_t *a = in[1], *b = in[2];
    uint16_t *y = out;
    for (int64_t i = 0; i < n; i++) {
        uint16_t mask = (uint16_t)(0 - (uint16_t)(keep[i] != 0));
        y[i] = (uint16_t)((a[i] & mask) | (b[i] & (uint16_t)~mask));
    }
}

static void select32(void *out, const void *const *in, int64_t n) {
    const uint8_t *keep = in[0];
    const uint32_t *a = in[1], *b = in[2];
    uint32_t *y = out;
    for (int64_t i = 0; i < n; i++) {
        uint32_t mask = (uint32_t)(0 - (uint32_t)(keep[i] != 0));
        y[i] = (uint32_t)((a[i] & mask) | (b[i] & (uint32_t)~mask));
    }
}

static void select64(void *out, const void *const *in, int64_t n) {
    const uint8_t *keep = in[0];
    const uint64_t *a = in[1], *b = in[2];
    uint64_t *y = out;
    for (int64_t i = 0; i < n; i++) {
        uint64_t mask = (uint64_t)(0 - (uint64_t)(keep[i] != 0));
        y[i] = (uint64_t)((a[i] & mask) | (b[i] & (uint64_t)~mask));
    }
}

static void select128(void *out, const void *const *in, int64_t n) {
    const uint8_t *keep = in[0];
    const char *a = in[1], *b = in[2];
    char *y = out;
    for (int64_t i = 0; i < n; i++) memcpy(y + 16 * i, (keep[i] ? a : b) + 16 * i, 16);
}

static elementwise_fn *select_kernel(size_t nbytes) {
    switch (nbytes) {
    case 1: return select8;
    case 2: return select16;
    case 4: return select32;
    case 8: return select64;
    default: return select128;
    }
}

/* --- lookup ----------------------------------------------------------------------------------- */

static elementwise_fn *const *table_of(lax_dtype dtype) {
    switch (lax_i_dtype_kind(dtype)) {
    case KIND_FLOAT: return lax_i_element_float(dtype);
    case KIND_SIGNED: return lax_i_element_signed(dtype);
    case KIND_UNSIGNED: return lax_i_element_unsigned(dtype);
    case KIND_COMPLEX: return lax_i_element_complex(dtype);
    default: return pred_table;
    }
}

elementwise_fn *lax_i_elementwise(enum text_op op, lax_dtype dtype) {
    bool is_signed = lax_i_dtype_kind(dtype) == KIND_SIGNED;
    if (op == OP_SELECT) return select_kernel(lax_dtype_size(dtype));
    if (op == OP_SIGN && is_signed) return lax_i_element_sign(dtype);
    if (op == OP_ABS && is_signed) return lax_i_element_abs(dtype);
    if (op == OP_COMPLEX) dtype = dtype == LAX_F32 ? LAX_C64 : LAX_C128;
    return table_of(dtype)[op];
}

elementwise_fn *lax_i_order_kernel(lax_dtype dtype, enum compare_type type) {
    return type == COMPARE_TOTAL ? lax_i_element_total_order(dtype) : table_of(dtype)[OP_COMPARE];
}

void lax_i_mask_order(uint8_t *out, int64_t n, int direction) {
    for (int64_t i = 0; i < n; i++) out[i] = (out[i] & direction) != 0;
}
