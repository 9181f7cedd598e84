/* SPDX-License-Identifier: Apache-2.0 */
/* reduce-window, select-and-scatter and reduce: windows, initial values, results. */
#include "text/text.h"

bool lax_i_build_window_options(struct parser *p, const struct draft *draft, int rank,
                                lax_window_options *out) {
    const struct attributes *a = &draft->attributes;
    *out = LAX_WINDOW_OPTIONS(.padding = NULL);
    if ((rank > 0 || p->mlir) && draft->op != OP_SELECT_AND_SCATTER &&
        !lax_i_build_required(p, draft, KEY_WINDOW_SIZE, p->mlir ? "window_dimensions" : "window"))
        return false;
    int n = lax_i_attribute_has(a, KEY_WINDOW_SIZE) ? a->n[KEY_WINDOW_SIZE] : 0;
    if (lax_i_attribute_has(a, KEY_WINDOW_SIZE) && n != rank)
        return lax_i_parse_fail(p, LAX_ERROR_WINDOW_LENGTH, a->place[KEY_WINDOW_SIZE],
                                "%s: the window has %d dimensions, the operand has rank %d",
                                lax_i_ops[draft->op].hlo, n, rank);
    return lax_i_build_option(p, draft, KEY_WINDOW_SIZE, rank, "size", out->window_dimensions) &&
           lax_i_build_option(p, draft, KEY_STRIDES, rank, "stride", out->window_strides) &&
           lax_i_build_pads(p, draft, rank, out->pads) &&
           lax_i_build_option(p, draft, KEY_BASE_DILATION, rank, "base dilation",
                              out->base_dilation) &&
           lax_i_build_option(p, draft, KEY_WINDOW_DILATION, rank, "window dilation",
                              out->window_dilation);
}

bool lax_i_build_window_result(struct parser *p, const struct draft *draft,
                               const lax_window_options *window, lax_tensor *form) {
    for (int d = 0; d < form->rank; d++) {
        int64_t size = window->window_dimensions[d];
        struct extent extent = {form->shape[d],
                                size == 0 ? 1 : size,
                                window->window_strides[d],
                                window->pads[d][0],
                                window->pads[d][1],
                                window->base_dilation[d],
                                window->window_dilation[d]};
        if (!lax_i_build_extent(&extent, &form->shape[d]))
            return lax_i_parse_fail(p, LAX_ERROR_OVERFLOW, draft->place,
                                    "%s: the padded size of dimension %d does not fit",
                                    lax_i_ops[draft->op].hlo, d);
    }
    return true;
}

/* Operands of one shape, and as many scalars of their types. */
static bool check_inits(struct parser *p, const struct draft *draft,
                        const struct instruction *instruction, int n) {
    const lax_tensor *first = &instruction->operands[0]->results[0];
    for (int k = 0; k < n; k++) {
        const lax_tensor *operand = &instruction->operands[k]->results[0];
        const lax_tensor *init = &instruction->operands[n + k]->results[0];
        lax_tensor same = *operand;
        same.dtype = first->dtype;
        if (!lax_i_same_form(&same, first))
            return lax_i_parse_fail(p, LAX_ERROR_SHAPE_MISMATCH, draft->place,
                                    "%s: operand %d has another shape than operand 0",
                                    lax_i_ops[draft->op].hlo, k);
        if (init->rank != 0)
            return lax_i_parse_fail(p, LAX_ERROR_NOT_SCALAR, draft->place,
                                    "%s: initial value %d has rank %d, not 0",
                                    lax_i_ops[draft->op].hlo, k, (int)init->rank);
        if (init->dtype != operand->dtype)
            return lax_i_parse_fail(p, LAX_ERROR_DTYPE_MISMATCH, draft->place,
                                    "%s: operand %d is %s and its initial value %s",
                                    lax_i_ops[draft->op].hlo, k, lax_dtype_name(operand->dtype),
                                    lax_dtype_name(init->dtype));
    }
    return true;
}

/* The number of operands of a variadic reduction; 0 after an error. */
static int count_operands(struct parser *p, const struct draft *draft) {
    int n = draft->operands.n;
    if (n > 0 && n % 2 == 0 && n <= 2 * LAX_MAX_OPERANDS) return n / 2;
    lax_i_parse_fail(p, n % 2 == 0 && n > 0 ? LAX_ERROR_LIMIT : LAX_ERROR_COUNT, draft->place,
                     "%s takes 1 to %d operands and as many initial values, got %d in all",
                     lax_i_ops[draft->op].hlo, LAX_MAX_OPERANDS, n);
    return 0;
}

static bool reduced_results(struct parser *p, struct draft *draft, struct instruction *instruction,
                            const lax_tensor *form, int n) {
    lax_tensor forms[LAX_MAX_OPERANDS];
    for (int k = 0; k < n; k++) {
        forms[k] = *form;
        forms[k].dtype = instruction->operands[k]->results[0].dtype;
    }
    return lax_i_build_results(p, draft, instruction, n > 1, n, forms);
}

BUILD(reduce_window) {
    int n = count_operands(p, draft);
    bool taken;
    if (n == 0 || !lax_i_build_required(p, draft, KEY_TO_APPLY, "to_apply")) return false;
    struct family *family = lax_i_build_family(p, instruction, LAX_OP_REDUCE_WINDOW, n);
    if (family == NULL || !check_inits(p, draft, instruction, n)) return false;
    lax_operation *operation = &family->operation;
    lax_tensor form = operation->operands[0];
    family->init = family->n_init = n;
    instruction->called[0] = draft->attributes.called[0];
    if (!lax_i_build_window_options(p, draft, form.rank, &operation->window)) return false;
    if (!lax_i_build_extended_window(p, draft, instruction, &taken) || taken)
        return p->status == LAX_OK;
    return lax_i_build_window_result(p, draft, &operation->window, &form) &&
           lax_i_build_reducer(p, draft, instruction->called[0], operation->operands, n,
                               &operation->reducer) &&
           reduced_results(p, draft, instruction, &form, n) &&
           lax_i_build_family_end(p, draft, instruction);
}

/* --- reduce ----------------------------------------------------------------------------------- */

static bool reduce_options(struct parser *p, const struct draft *draft, lax_tensor *form,
                           lax_reduce_options *out) {
    const struct attributes *a = &draft->attributes;
    int n = lax_i_attribute_has(a, KEY_DIMENSIONS) ? a->n[KEY_DIMENSIONS] : 0, rank = 0;
    uint32_t reduced = 0;
    *out = LAX_REDUCE_OPTIONS(.n_dimensions = n);
    for (int i = 0; i < n; i++) {
        int64_t axis = a->values[KEY_DIMENSIONS][i];
        if (axis < 0 || axis >= form->rank || (reduced >> axis & 1))
            return lax_i_parse_fail(
                p, LAX_ERROR_AXIS, a->place[KEY_DIMENSIONS], "reduce: dimension %lld is %s",
                (long long)axis, axis < 0 || axis >= form->rank ? "out of range" : "given twice");
        reduced |= 1u << axis;
        out->dimensions[i] = (int32_t)axis;
    }
    for (int d = 0; d < form->rank; d++)
        if (!(reduced >> d & 1)) form->shape[rank++] = form->shape[d];
    form->rank = rank;
    return true;
}

BUILD(reduce) {
    int n = count_operands(p, draft);
    if (n == 0 || !lax_i_build_required(p, draft, KEY_TO_APPLY, "to_apply")) return false;
    struct family *family = lax_i_build_family(p, instruction, LAX_OP_REDUCE, n);
    if (family == NULL || !check_inits(p, draft, instruction, n)) return false;
    lax_operation *operation = &family->operation;
    lax_tensor form = operation->operands[0];
    family->init = family->n_init = n;
    instruction->called[0] = draft->attributes.called[0];
    return reduce_options(p, draft, &form, &operation->reduce) &&
           lax_i_build_reducer(p, draft, instruction->called[0], operation->operands, n,
                               &operation->reducer) &&
           reduced_results(p, draft, instruction, &form, n) &&
           lax_i_build_family_end(p, draft, instruction);
}

/* --- select-and-scatter ----------------------------------------------------------------------- */

static bool check_source(struct parser *p, const struct draft *draft,
                         const lax_operation *operation, const lax_tensor *init) {
    const lax_tensor *operand = &operation->operands[0], *source = &operation->operands[1];
    lax_tensor expected = *operand;
    if (!lax_i_build_window_result(p, draft, &operation->window, &expected)) return false;
    if (source->dtype != operand->dtype || init->dtype != operand->dtype)
        return lax_i_parse_fail(p, LAX_ERROR_DTYPE_MISMATCH, draft->place,
                                "select-and-scatter: operand is %s, source %s, initial value %s",
                                lax_dtype_name(operand->dtype), lax_dtype_name(source->dtype),
                                lax_dtype_name(init->dtype));
    if (init->rank != 0)
        return lax_i_parse_fail(p, LAX_ERROR_NOT_SCALAR, draft->place,
                                "select-and-scatter: the initial value has rank %d, not 0",
                                (int)init->rank);
    if (lax_i_same_form(source, &expected)) return true;
    char want[120], have[120];
    struct text a = lax_i_text(want, sizeof want), b = lax_i_text(have, sizeof have);
    lax_i_text_form(&a, &expected);
    lax_i_text_form(&b, source);
    return lax_i_parse_fail(p, LAX_ERROR_SHAPE_MISMATCH, draft->place,
                            "select-and-scatter: source is %s, the window-reduced operand %s", have,
                            want);
}

BUILD(select_and_scatter) {
    if (!lax_i_build_required(p, draft, KEY_SELECT, "select") ||
        !lax_i_build_required(p, draft, KEY_SCATTER, "scatter"))
        return false;
    struct family *family = lax_i_build_family(p, instruction, LAX_OP_SELECT_AND_SCATTER, 2);
    if (family == NULL) return false;
    lax_operation *operation = &family->operation;
    const lax_tensor *operand = &operation->operands[0];
    family->init = 2;
    family->n_init = 1;
    instruction->called[0] = draft->attributes.called[0];
    instruction->called[1] = draft->attributes.called[1];
    return lax_i_build_window_options(p, draft, operand->rank, &operation->window) &&
           check_source(p, draft, operation, &instruction->operands[2]->results[0]) &&
           lax_i_build_selector(p, draft, instruction->called[0], operand, &operation->select) &&
           lax_i_build_reducer(p, draft, instruction->called[1], operand, 1, &operation->reducer) &&
           lax_i_build_result(p, draft, instruction, operand) &&
           lax_i_build_family_end(p, draft, instruction);
}
