/* SPDX-License-Identifier: Apache-2.0 */
/* Builders of the element-wise operations: which types they take and give. */
#include "text/text.h"

static const lax_tensor *form_of(const struct instruction *instruction, int operand) {
    return &instruction->operands[operand]->results[0];
}

static bool same_forms(struct parser *p, const struct draft *draft,
                       const struct instruction *instruction, int first, int n) {
    for (int i = first + 1; i < first + n; i++) {
        const lax_tensor *a = form_of(instruction, first), *b = form_of(instruction, i);
        if (lax_i_same_form(a, b)) continue;
        char left[120], right[120];
        struct text l = lax_i_text(left, sizeof left), r = lax_i_text(right, sizeof right);
        lax_i_text_form(&l, a);
        lax_i_text_form(&r, b);
        return lax_i_parse_fail(
            p, a->dtype == b->dtype ? LAX_ERROR_SHAPE_MISMATCH : LAX_ERROR_DTYPE_MISMATCH,
            draft->place, "operands %d and %d of %s differ: %s and %s", first, i,
            lax_i_ops[draft->op].hlo, left, right);
    }
    return true;
}

static bool undefined(struct parser *p, const struct draft *draft, lax_dtype dtype) {
    return lax_i_parse_fail(p, LAX_ERROR_DTYPE_OPERATION, draft->place, "%s is not defined for %s",
                            lax_i_ops[draft->op].hlo, lax_dtype_name(dtype));
}

BUILD(same) {
    const lax_tensor *form = form_of(instruction, 0);
    if (!same_forms(p, draft, instruction, 0, instruction->n_operands)) return false;
    if (draft->op != OP_COPY && lax_i_elementwise(draft->op, form->dtype) == NULL)
        return undefined(p, draft, form->dtype);
    return lax_i_build_result(p, draft, instruction, form);
}

/* abs, real, imag: complex gives its part's type. real and imag of reals are allowed. */
BUILD(part) {
    lax_tensor form = *form_of(instruction, 0);
    if (lax_i_elementwise(draft->op, form.dtype) == NULL) return undefined(p, draft, form.dtype);
    form.dtype = lax_i_part_type(form.dtype);
    return lax_i_build_result(p, draft, instruction, &form);
}

BUILD(complex) {
    lax_tensor form = *form_of(instruction, 0);
    if (!same_forms(p, draft, instruction, 0, 2)) return false;
    if (form.dtype != LAX_F32 && form.dtype != LAX_F64) return undefined(p, draft, form.dtype);
    form.dtype = form.dtype == LAX_F32 ? LAX_C64 : LAX_C128;
    return lax_i_build_result(p, draft, instruction, &form);
}

/* Whether a comparison type goes with an element type. */
static bool compare_fits(enum compare_type type, enum dtype_kind kind) {
    switch (type) {
    case COMPARE_FLOAT: return kind == KIND_FLOAT || kind == KIND_COMPLEX;
    case COMPARE_TOTAL: return kind == KIND_FLOAT;
    case COMPARE_SIGNED: return kind == KIND_SIGNED;
    case COMPARE_UNSIGNED: return kind == KIND_UNSIGNED || kind == KIND_PRED;
    default: return true;
    }
}

BUILD(compare) {
    const struct attributes *a = &draft->attributes;
    lax_tensor form = *form_of(instruction, 0);
    enum dtype_kind kind = lax_i_dtype_kind(form.dtype);
    if (!same_forms(p, draft, instruction, 0, 2)) return false;
    if (!lax_i_build_required(p, draft, KEY_DIRECTION, "direction")) return false;
    instruction->direction = (int)a->values[KEY_DIRECTION][0];
    if (lax_i_attribute_has(a, KEY_COMPARE_TYPE))
        instruction->compare = (enum compare_type)a->values[KEY_COMPARE_TYPE][0];
    if (!compare_fits(instruction->compare, kind))
        return lax_i_parse_fail(
            p, LAX_ERROR_ATTRIBUTE, draft->place, "a comparison of type %s does not compare %s",
            lax_i_compare_type_name(instruction->compare), lax_dtype_name(form.dtype));
    bool equality = instruction->direction == ORDER_EQUAL ||
                    instruction->direction == (ORDER_LESS | ORDER_GREATER | ORDER_UNORDERED);
    if (kind == KIND_COMPLEX && !equality) return undefined(p, draft, form.dtype);
    form.dtype = LAX_PRED;
    return lax_i_build_result(p, draft, instruction, &form);
}

/* A scalar, or the shape of `form`. */
static bool scalar_or_same(const lax_tensor *a, const lax_tensor *form) {
    return a->rank == 0 ||
           (a->rank == form->rank &&
            memcmp(a->shape, form->shape, (size_t)a->rank * sizeof a->shape[0]) == 0);
}

BUILD(select) {
    const lax_tensor *pred = form_of(instruction, 0), *form = form_of(instruction, 1);
    if (!same_forms(p, draft, instruction, 1, 2)) return false;
    if (pred->dtype != LAX_PRED || !scalar_or_same(pred, form))
        return lax_i_parse_fail(p, LAX_ERROR_TYPE, draft->place,
                                "operand 0 of select must be pred, a scalar or of the shape of "
                                "the others");
    return lax_i_build_result(p, draft, instruction, form);
}

BUILD(clamp) {
    const lax_tensor *form = form_of(instruction, 1);
    for (int i = 0; i < 3; i += 2)
        if (form_of(instruction, i)->dtype != form->dtype ||
            !scalar_or_same(form_of(instruction, i), form))
            return lax_i_parse_fail(p, LAX_ERROR_TYPE, draft->place,
                                    "operand %d of clamp must be a scalar or of the shape of "
                                    "operand 1, and of its type",
                                    i);
    if (lax_i_elementwise(OP_CLAMP, form->dtype) == NULL) return undefined(p, draft, form->dtype);
    return lax_i_build_result(p, draft, instruction, form);
}

BUILD(finite) {
    lax_tensor form = *form_of(instruction, 0);
    if (lax_i_elementwise(OP_IS_FINITE, form.dtype) == NULL) return undefined(p, draft, form.dtype);
    form.dtype = LAX_PRED;
    return lax_i_build_result(p, draft, instruction, &form);
}

BUILD(convert) {
    const lax_tensor *written = lax_i_written(p, draft);
    if (written == NULL) return false;
    lax_tensor form = *form_of(instruction, 0);
    form.dtype = written->dtype;
    return lax_i_build_result(p, draft, instruction, &form);
}

/* Parameters are built elsewhere. */
BUILD(never) {
    (void)instruction;
    return lax_i_parse_fail(p, LAX_ERROR_UNSUPPORTED, draft->place, "operation is unsupported");
}
