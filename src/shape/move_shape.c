/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of data movement: pad, transpose with conversion, reduce_precision. */
#include "shape/shape.h"

static lax_status check_out(struct shape *out, lax_dtype dtype, int rank, const int64_t *shape,
                            lax_error *why) {
    lax_tensor expected;
    if (out->n_results == 0) out->results[0].rank = -1;
    out->n_results = 1;
    lax_i_form(&expected, dtype, rank, shape);
    lax_status s = lax_i_check_tensor(&expected, "out", why);
    return s == LAX_OK ? lax_i_check_result(&out->results[0], &expected, "out", why) : s;
}

/* --- pad -------------------------------------------------------------------------------------- */

static lax_status padded_size(const lax_pad_options *o, int64_t size, int d, int64_t *out,
                              lax_error *why) {
    int64_t dilation;
    if (o->interior[d] < 0)
        return lax_i_fail(why, LAX_ERROR_INTERIOR,
                          "interior padding must not be negative, got %lld in dimension %d",
                          (long long)o->interior[d], d);
    if (!lax_i_add(o->interior[d], 1, &dilation) || !lax_i_dilate_dim(size, dilation, out) ||
        !lax_i_add(*out, o->low[d], out) || !lax_i_add(*out, o->high[d], out))
        return lax_i_fail(why, LAX_ERROR_OVERFLOW, "the padded size of dimension %d does not fit",
                          d);
    if (*out < 0)
        return lax_i_fail(
            why, LAX_ERROR_PADDING_NEGATIVE,
            "padding (%lld, %lld, %lld) leaves size %lld in dimension %d of size %lld",
            (long long)o->low[d], (long long)o->high[d], (long long)o->interior[d], (long long)*out,
            d, (long long)size);
    return LAX_OK;
}

static lax_status shape_pad(const struct spec *spec, struct shape *out, lax_error *why) {
    const lax_pad_options *o = &spec->operation->pad;
    const lax_tensor *operand = &out->operands[0];
    int64_t shape[LAX_MAX_RANK];
    for (int d = operand->rank; d < LAX_MAX_RANK; d++)
        if (o->low[d] != 0 || o->high[d] != 0 || o->interior[d] != 0)
            return lax_i_fail(why, LAX_ERROR_PADDING_LENGTH,
                              "the padding configuration has an entry at index %d, but operand has "
                              "rank %d",
                              d, operand->rank);
    for (int d = 0; d < operand->rank; d++) {
        lax_status s = padded_size(o, operand->shape[d], d, &shape[d], why);
        if (s != LAX_OK) return s;
    }
    return check_out(out, operand->dtype, operand->rank, shape, why);
}

/* --- transpose -------------------------------------------------------------------------------- */

static lax_status shape_transpose(const struct spec *spec, struct shape *out, lax_error *why) {
    const int32_t *permutation = spec->operation->permutation;
    const lax_tensor *operand = &out->operands[0];
    int64_t shape[LAX_MAX_RANK];
    unsigned seen = 0;
    for (int d = 0; d < operand->rank; d++) {
        int32_t axis = permutation[d];
        if (axis < 0 || axis >= operand->rank || seen & 1u << axis)
            return lax_i_fail(why, LAX_ERROR_PERMUTATION,
                              "permutation must name each axis of rank %d once, got %d at index %d",
                              operand->rank, axis, d);
        seen |= 1u << axis;
        shape[d] = operand->shape[axis];
    }
    /* A result of another type asks for conversion. */
    bool given = out->n_results > 0 && out->results[0].rank != -1;
    lax_dtype dtype =
        given && lax_i_dtype_valid(out->results[0].dtype) ? out->results[0].dtype : operand->dtype;
    return check_out(out, dtype, operand->rank, shape, why);
}

/* --- reduce_precision ------------------------------------------------------------------------- */

static lax_status shape_reduce_precision(const struct spec *spec, struct shape *out,
                                         lax_error *why) {
    const lax_operation *op = spec->operation;
    const lax_tensor *operand = &out->operands[0];
    if (lax_i_dtype_kind(operand->dtype) != KIND_FLOAT)
        return lax_i_fail(why, LAX_ERROR_DTYPE_OPERATION,
                          "reduce_precision does not accept element type %s",
                          lax_dtype_name(operand->dtype));
    if (op->exponent_bits < 1)
        return lax_i_fail(why, LAX_ERROR_BITS, "exponent_bits must be positive, got %d",
                          op->exponent_bits);
    if (op->mantissa_bits < 0)
        return lax_i_fail(why, LAX_ERROR_BITS, "mantissa_bits must not be negative, got %d",
                          op->mantissa_bits);
    return check_out(out, operand->dtype, operand->rank, operand->shape, why);
}

lax_status lax_i_shape_move(const struct spec *spec, struct shape *out, lax_error *why) {
    switch (spec->operation->op) {
    case LAX_OP_PAD: return shape_pad(spec, out, why);
    case LAX_OP_TRANSPOSE: return shape_transpose(spec, out, why);
    default: return shape_reduce_precision(spec, out, why);
    }
}
