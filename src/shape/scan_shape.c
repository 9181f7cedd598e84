/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of the scans: an axis in range, a reducer that the type has. */
#include "shape/shape.h"

static lax_status check_type(lax_reducer_kind reducer, lax_dtype dtype, lax_error *why) {
    enum dtype_kind kind = lax_i_dtype_kind(dtype);
    bool floating = kind == KIND_FLOAT || kind == KIND_COMPLEX;
    if (kind == KIND_PRED || (reducer == LAX_LOGADDEXP && !floating))
        return lax_i_fail(why, LAX_ERROR_DTYPE_OPERATION, "%s does not accept element type %s",
                          reducer == LAX_LOGADDEXP ? "cumlogsumexp" : "a scan",
                          lax_dtype_name(dtype));
    return LAX_OK;
}

lax_status lax_i_shape_scan(const struct spec *spec, struct shape *out, lax_error *why) {
    const lax_operation *op = spec->operation;
    const lax_tensor *operand = &out->operands[0];
    lax_reducer_kind kind = op->reducer.kind;
    lax_tensor expected;
    if (kind != LAX_ADD && kind != LAX_MUL && kind != LAX_MAX && kind != LAX_MIN &&
        kind != LAX_LOGADDEXP)
        return lax_i_fail(why, LAX_ERROR_ENUM, "a scan has no reducer %d", (int)kind);
    if (op->axis < 0)
        return lax_i_fail(why, LAX_ERROR_AXIS, "axis must not be negative, got %d", op->axis);
    if (op->axis >= operand->rank)
        return lax_i_fail(why, LAX_ERROR_AXIS, "axis %d is out of bounds for rank %d", op->axis,
                          operand->rank);
    lax_status s = check_type(kind, operand->dtype, why);
    if (s != LAX_OK) return s;
    if (out->n_results == 0) out->results[0].rank = -1;
    out->n_results = 1;
    lax_i_form(&expected, operand->dtype, operand->rank, operand->shape);
    return lax_i_check_result(&out->results[0], &expected, "out", why);
}
