/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of windows that pick: select_and_scatter and select_and_gather_add. */
#include "shape/shape.h"

lax_status lax_i_check_ordered(const struct spec *spec, lax_dtype type, lax_error *why) {
    const lax_selector *select = &spec->operation->select;
    if (select->fn != NULL)
        return lax_i_fail(why, LAX_ERROR_UNSUPPORTED,
                          "select must be ge, gt, le or lt here, got a function");
    if (lax_i_dtype_kind(type) == KIND_COMPLEX)
        return lax_i_fail(why, LAX_ERROR_DTYPE_OPERATION,
                          "select ge, gt, le or lt is not defined for %s", lax_dtype_name(type));
    return LAX_OK;
}

static lax_status check_selector(const struct spec *spec, lax_dtype type, lax_error *why) {
    const lax_selector *select = &spec->operation->select;
    if (select->fn == NULL) return lax_i_check_ordered(spec, type, why);
    if (select->kind == LAX_SELECT_UNSET) return LAX_OK;
    return lax_i_fail(why, LAX_ERROR_OPTION_TWICE,
                      "select is given twice: kind is %d and fn is set", (int)select->kind);
}

static lax_status check_init_values(const lax_window_options *window, lax_error *why) {
    for (int i = 1; i < LAX_MAX_OPERANDS; i++)
        if (window->init_values[i] != NULL)
            return lax_i_fail(why, LAX_ERROR_COUNT,
                              "init_values[%d] is set, but select_and_scatter has one", i);
    return LAX_OK;
}

/* operand and source; the result is like operand. */
static lax_status infer_scatter(const struct spec *spec, struct shape *out, lax_error *why) {
    const lax_tensor *operand = &out->operands[0], *source = &out->operands[1];
    lax_tensor reduced, expected;
    lax_status s = lax_i_check_same_type(source, operand, "source", "operand", why);
    if (s == LAX_OK) s = check_selector(spec, operand->dtype, why);
    if (s == LAX_OK) s = lax_i_check_reducer(spec, operand->dtype, "scatter", why);
    if (s == LAX_OK) s = check_init_values(&spec->operation->window, why);
    if (s == LAX_OK) s = lax_i_window_dims(&spec->window, operand, out->window, &reduced, why);
    if (s == LAX_OK)
        s = lax_i_check_same_shape(source, &reduced, "source", "the window-reduced operand", why);
    if (s != LAX_OK) return s;
    lax_i_form(&expected, operand->dtype, operand->rank, operand->shape);
    return lax_i_check_results(out, 1, &expected, why);
}

/* tangents and operand; JAX starts from an infinity, which integers lack. */
static lax_status infer_gather(const struct spec *spec, struct shape *out, lax_error *why) {
    const lax_tensor *tangents = &out->operands[0], *operand = &out->operands[1];
    enum dtype_kind kind = lax_i_dtype_kind(operand->dtype);
    lax_tensor expected;
    lax_status s = lax_i_check_same_shape(tangents, operand, "tangents", "operand", why);
    if (s == LAX_OK) s = lax_i_check_same_type(tangents, operand, "tangents", "operand", why);
    if (s == LAX_OK) s = lax_i_check_ordered(spec, operand->dtype, why);
    if (s == LAX_OK && kind != KIND_FLOAT && kind != KIND_PRED)
        s = lax_i_fail(why, LAX_ERROR_DTYPE_OPERATION,
                       "select_and_gather_add needs floats or pred, got %s",
                       lax_dtype_name(operand->dtype));
    if (s == LAX_OK) s = lax_i_window_dims(&spec->window, operand, out->window, &expected, why);
    return s == LAX_OK ? lax_i_check_results(out, 1, &expected, why) : s;
}

lax_status lax_i_shape_select(const struct spec *spec, struct shape *out, lax_error *why) {
    if (spec->operation->op == LAX_OP_SELECT_AND_SCATTER) return infer_scatter(spec, out, why);
    return infer_gather(spec, out, why);
}
