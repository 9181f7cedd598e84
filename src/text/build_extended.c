/* SPDX-License-Identifier: Apache-2.0 */
/* The operations of the library that HLO does not have, written as the nearest HLO operation with
 * a lax.* attribute. The library's own inference checks them. */
#include "text/text.h"

bool lax_i_build_ask_library(struct parser *p, const struct draft *draft,
                             const struct instruction *instruction) {
    lax_operation inferred = instruction->family->operation;
    int n = inferred.n_results;
    lax_error why;
    if (lax_operation_infer(&inferred, &why) != LAX_OK)
        return lax_i_parse_refused(p, draft->place, &why);
    return inferred.n_results == n ||
           lax_i_parse_fail(p, LAX_ERROR_COUNT, draft->place, "%s gives %d results here",
                            lax_i_ops[draft->op].hlo, (int)inferred.n_results);
}

/* Puts the written results into the operation and asks the library about them. */
static bool finish(struct parser *p, struct draft *draft, struct instruction *instruction) {
    int n = draft->type.n;
    bool tuple = draft->type.tuple;
    if (n < 1 || n > 2)
        return lax_i_parse_fail(p, LAX_ERROR_COUNT, draft->place, "%s gives 1 or 2 results here",
                                lax_i_ops[draft->op].hlo);
    return lax_i_build_results(p, draft, instruction, tuple, n, draft->type.elements) &&
           lax_i_build_family_end(p, draft, instruction) &&
           lax_i_build_ask_library(p, draft, instruction);
}

/* --- convolution ------------------------------------------------------------------------------ */

static bool filter(struct parser *p, const struct attributes *a, const char *key,
                   lax_operation *operation) {
    int n;
    return (lax_i_frontend_ints(lax_i_frontend_get(a, key), LAX_MAX_SPATIAL,
                                operation->filter_shape, &n) &&
            n == operation->operands[0].rank - 2) ||
           lax_i_frontend_bad(p, a, key, "the filter's sizes, like 3x3");
}

bool lax_i_build_extended_conv(struct parser *p, struct draft *draft,
                               struct instruction *instruction, bool *taken) {
    const struct attributes *a = &draft->attributes;
    lax_operation *operation = &instruction->family->operation;
    const char *gradient = lax_i_frontend_get(a, "grad");
    const lax_tensor *result = &draft->type.elements[0];
    *taken = true;
    if (gradient != NULL) {
        bool lhs = strcmp(gradient, "lhs") == 0;
        if (!lhs && strcmp(gradient, "rhs") != 0)
            return lax_i_frontend_bad(p, a, "grad", "lhs or rhs");
        operation->op = lhs ? LAX_OP_CONV_GRAD_LHS : LAX_OP_CONV_GRAD_RHS;
        lax_dtype preferred = operation->operands[lhs ? 0 : 1].dtype;
        operation->conv.preferred_element_type =
            preferred == result->dtype ? LAX_DTYPE_UNSET : preferred;
    } else if (lax_i_frontend_get(a, "patches") != NULL) {
        operation->op = LAX_OP_CONV_PATCHES;
        if (!filter(p, a, "patches", operation)) return false;
    } else if (lax_i_frontend_get(a, "local") != NULL) {
        operation->op = LAX_OP_CONV_LOCAL;
        if (!filter(p, a, "local", operation)) return false;
    } else {
        *taken = false;
        return true;
    }
    if (gradient == NULL) operation->conv.feature_group_count = 0;
    if (gradient == NULL) operation->conv.batch_group_count = 0;
    if (gradient == NULL && result->dtype != operation->operands[0].dtype)
        operation->conv.preferred_element_type = result->dtype;
    return finish(p, draft, instruction);
}

/* --- reduce-window ---------------------------------------------------------------------------- */

static bool average(struct parser *p, const struct attributes *a, lax_operation *operation) {
    const char *kind = lax_i_frontend_get(a, "average");
    const char *pads = lax_i_frontend_get(a, "ceil_pads");
    int n;
    operation->op = LAX_OP_AVG_POOL;
    operation->exclude_padding = strcmp(kind, "inside") == 0;
    if (!operation->exclude_padding && strcmp(kind, "window") != 0)
        return lax_i_frontend_bad(p, a, "average", "window or inside");
    if (pads != NULL && (!lax_i_frontend_ints(pads, LAX_MAX_RANK, operation->ceil_pads, &n) ||
                         n != operation->operands[0].rank))
        return lax_i_frontend_bad(p, a, "ceil_pads", "an integer a dimension");
    return true;
}

/* lax.arg="ge", lax.gather="le" */
static bool selection(struct parser *p, const struct attributes *a, const char *key, lax_op op,
                      lax_operation *operation) {
    lax_select select = lax_i_named_select(lax_i_frontend_get(a, key));
    operation->op = op;
    operation->select = LAX_SELECTOR(.kind = select);
    return select != LAX_SELECT_UNSET || lax_i_frontend_bad(p, a, key, "ge, gt, le or lt");
}

/* The window of a scan: the whole axis, padded on the side where it starts. */
static bool scan_window(const lax_operation *operation) {
    const lax_window_options *w = &operation->window;
    for (int d = 0; d < operation->operands[0].rank; d++) {
        int64_t length = operation->operands[0].shape[d];
        int64_t size = d == operation->axis && length > 0 ? length : 1, pad = size - 1;
        bool plain =
            w->window_strides[d] <= 1 && w->base_dilation[d] <= 1 && w->window_dilation[d] <= 1;
        if (!plain || w->window_dimensions[d] != size ||
            w->pads[d][0] != (operation->reverse ? 0 : pad) ||
            w->pads[d][1] != (operation->reverse ? pad : 0))
            return false;
    }
    return true;
}

static bool scan(struct parser *p, struct draft *draft, lax_operation *operation) {
    const struct attributes *a = &draft->attributes;
    const char *value = lax_i_frontend_get(a, "scan");
    size_t length = strcspn(value, ",");
    int64_t axis;
    operation->op = LAX_OP_SCAN;
    operation->reverse = strcmp(value + length, ",reverse") == 0;
    if (!lax_i_int_of(value, length, &axis) || axis < 0 || axis >= operation->operands[0].rank ||
        (value[length] != '\0' && !operation->reverse))
        return lax_i_frontend_bad(p, a, "scan", "an axis of the operand, or axis,reverse");
    operation->axis = (int32_t)axis;
    if (!scan_window(operation))
        return lax_i_frontend_bad(p, a, "scan", "the axis that the window covers");
    return lax_i_build_reducer(p, draft, a->called[0], operation->operands, 1, &operation->reducer);
}

bool lax_i_build_extended_window(struct parser *p, struct draft *draft,
                                 struct instruction *instruction, bool *taken) {
    const struct attributes *a = &draft->attributes;
    lax_operation *operation = &instruction->family->operation;
    bool good = true;
    *taken = true;
    if (lax_i_frontend_get(a, "average") != NULL)
        good = average(p, a, operation);
    else if (lax_i_frontend_get(a, "arg") != NULL)
        good = selection(p, a, "arg", LAX_OP_REDUCE_WINDOW_ARG, operation);
    else if (lax_i_frontend_get(a, "gather") != NULL)
        good = selection(p, a, "gather", LAX_OP_SELECT_AND_GATHER_ADD, operation);
    else if (lax_i_frontend_get(a, "scan") != NULL)
        good = scan(p, draft, operation);
    else
        *taken = false;
    if (!*taken || !good) return good;
    struct computation *called = instruction->called[0];
    if (called->builtin && !lax_i_builtin_fill(p, called, operation->operands[0].dtype))
        return false;
    return finish(p, draft, instruction);
}
