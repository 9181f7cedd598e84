/* SPDX-License-Identifier: Apache-2.0 */
/* The table of element types: name, size, kind and the type that sums are formed in. */
#include "base/base.h"

static const struct row {
    const char *name;
    unsigned char size;
    unsigned char kind;
    unsigned char accumulator;
} rows[] = {
    [LAX_F64] = {"f64", 8, KIND_FLOAT, LAX_F64},
    [LAX_F32] = {"f32", 4, KIND_FLOAT, LAX_F32},
    [LAX_F16] = {"f16", 2, KIND_FLOAT, LAX_F32},
    [LAX_BF16] = {"bf16", 2, KIND_FLOAT, LAX_F32},
    [LAX_S8] = {"s8", 1, KIND_SIGNED, LAX_S64},
    [LAX_S16] = {"s16", 2, KIND_SIGNED, LAX_S64},
    [LAX_S32] = {"s32", 4, KIND_SIGNED, LAX_S64},
    [LAX_S64] = {"s64", 8, KIND_SIGNED, LAX_S64},
    [LAX_U8] = {"u8", 1, KIND_UNSIGNED, LAX_S64},
    [LAX_U16] = {"u16", 2, KIND_UNSIGNED, LAX_S64},
    [LAX_U32] = {"u32", 4, KIND_UNSIGNED, LAX_S64},
    [LAX_U64] = {"u64", 8, KIND_UNSIGNED, LAX_S64},
    [LAX_PRED] = {"pred", 1, KIND_PRED, LAX_PRED},
    [LAX_C64] = {"c64", 8, KIND_COMPLEX, LAX_C64},
    [LAX_C128] = {"c128", 16, KIND_COMPLEX, LAX_C128},
};

/* NULL for anything that is not an element type, whatever bits the caller's enum holds. */
static const struct row *find(lax_dtype dtype) {
    unsigned i = (unsigned)dtype;
    return i == 0 || i >= (unsigned)LAX_COUNTOF(rows) ? NULL : &rows[i];
}

size_t lax_dtype_size(lax_dtype dtype) {
    const struct row *row = find(dtype);
    return row == NULL ? 0 : row->size;
}

const char *lax_dtype_name(lax_dtype dtype) {
    const struct row *row = find(dtype);
    return row == NULL ? "invalid" : row->name;
}

lax_dtype lax_dtype_from_name(const char *name) {
    if (name == NULL) return LAX_DTYPE_UNSET;
    for (int i = 1; i < LAX_COUNTOF(rows); i++)
        if (strcmp(rows[i].name, name) == 0) return (lax_dtype)i;
    return LAX_DTYPE_UNSET;
}

enum dtype_kind lax_i_dtype_kind(lax_dtype dtype) {
    const struct row *row = find(dtype);
    return row == NULL ? KIND_NONE : (enum dtype_kind)row->kind;
}

lax_dtype lax_i_dtype_accumulator(lax_dtype dtype) {
    const struct row *row = find(dtype);
    return row == NULL ? LAX_DTYPE_UNSET : (lax_dtype)row->accumulator;
}
