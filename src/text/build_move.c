/* SPDX-License-Identifier: Apache-2.0 */
/* Builders of constants, movement of data, tuples, calls and dot. */
#include "text/text.h"

static const lax_tensor *form_of(const struct instruction *instruction, int operand) {
    return &instruction->operands[operand]->results[0];
}

/* --- constants -------------------------------------------------------------------------------- */

/* One element for all: a scalar constant, and this instruction broadcasts it. */
static bool build_splat(struct parser *p, struct instruction *instruction, const void *element) {
    lax_tensor scalar = {.dtype = instruction->results[0].dtype};
    struct instruction *constant = lax_i_build_simple(p, OP_CONSTANT, &scalar, 0, NULL);
    if (constant == NULL) return false;
    constant->literal = element;
    instruction->op = OP_BROADCAST;
    instruction->n_operands = 1;
    instruction->operands = lax_i_parse_take(p, sizeof *instruction->operands);
    if (instruction->operands == NULL) return false;
    instruction->operands[0] = constant;
    return true;
}

BUILD(constant) {
    const lax_tensor *form = lax_i_written(p, draft);
    if (form == NULL || !lax_i_build_required(p, draft, KEY_LITERAL, "value")) return false;
    if (!lax_i_build_result(p, draft, instruction, form)) return false;
    struct lexer after = p->lexer;
    bool splat = false;
    p->lexer = draft->attributes.literal;
    const void *data =
        p->mlir ? lax_i_parse_mlir_literal(p, form, &splat) : lax_i_parse_hlo_literal(p, form);
    if (data != NULL && !p->mlir && !lax_i_at(p, ')'))
        return lax_i_parse_expected(p, "')' after the constant");
    p->lexer = after;
    if (data == NULL) return false;
    instruction->literal = data;
    return !splat || build_splat(p, instruction, data);
}

/* --- movement --------------------------------------------------------------------------------- */

/* Distinct axes of a rank. */
static bool check_axes(struct parser *p, const struct draft *draft, const struct int_list *axes,
                       int rank) {
    uint32_t seen = 0;
    for (int i = 0; i < axes->n; i++) {
        int64_t axis = axes->values[i];
        if (axis < 0 || axis >= rank)
            return lax_i_parse_fail(p, LAX_ERROR_AXIS, draft->place,
                                    "%s: axis %lld is out of range for rank %d",
                                    lax_i_ops[draft->op].hlo, (long long)axis, rank);
        if (seen >> axis & 1)
            return lax_i_parse_fail(p, LAX_ERROR_AXIS_DUPLICATE, draft->place,
                                    "%s: axis %lld is given twice", lax_i_ops[draft->op].hlo,
                                    (long long)axis);
        seen |= 1u << axis;
    }
    return true;
}

BUILD(iota) {
    const lax_tensor *form = lax_i_written(p, draft);
    struct int_list *axis = &instruction->lists[0];
    if (form == NULL || !lax_i_build_list(p, &draft->attributes, KEY_DIMENSIONS, axis))
        return false;
    if (!lax_i_build_required(p, draft, KEY_DIMENSIONS, "iota_dimension")) return false;
    if (form->dtype == LAX_PRED)
        return lax_i_parse_fail(p, LAX_ERROR_DTYPE_OPERATION, draft->place,
                                "iota is not defined for pred");
    return axis->n == 1 && check_axes(p, draft, axis, form->rank) &&
           lax_i_build_result(p, draft, instruction, form);
}

BUILD(broadcast) {
    const lax_tensor *form = lax_i_written(p, draft), *operand = form_of(instruction, 0);
    struct int_list *axes = &instruction->lists[0];
    if (form == NULL || !lax_i_build_list(p, &draft->attributes, KEY_DIMENSIONS, axes))
        return false;
    if (axes->n != operand->rank)
        return lax_i_parse_fail(p, LAX_ERROR_RANK_MISMATCH, draft->place,
                                "broadcast: %d dimensions for an operand of rank %d", axes->n,
                                (int)operand->rank);
    if (!check_axes(p, draft, axes, form->rank)) return false;
    for (int i = 0; i < axes->n; i++) {
        int64_t from = operand->shape[i], to = form->shape[axes->values[i]];
        if (from != to && from != 1)
            return lax_i_parse_fail(p, LAX_ERROR_SHAPE_MISMATCH, draft->place,
                                    "broadcast: dimension %d of size %lld cannot become %lld", i,
                                    (long long)from, (long long)to);
    }
    lax_tensor inferred = *form;
    inferred.dtype = operand->dtype;
    return lax_i_build_result(p, draft, instruction, &inferred);
}

BUILD(reshape) {
    const lax_tensor *form = lax_i_written(p, draft), *operand = form_of(instruction, 0);
    if (form == NULL) return false;
    if (lax_tensor_elements(form) != lax_tensor_elements(operand))
        return lax_i_parse_fail(
            p, LAX_ERROR_SHAPE_MISMATCH, draft->place, "reshape: %lld elements cannot become %lld",
            (long long)lax_tensor_elements(operand), (long long)lax_tensor_elements(form));
    lax_tensor inferred = *form;
    inferred.dtype = operand->dtype;
    return lax_i_build_result(p, draft, instruction, &inferred);
}

BUILD(reverse) {
    const lax_tensor *operand = form_of(instruction, 0);
    struct int_list *axes = &instruction->lists[0];
    return lax_i_build_list(p, &draft->attributes, KEY_DIMENSIONS, axes) &&
           check_axes(p, draft, axes, operand->rank) &&
           lax_i_build_result(p, draft, instruction, operand);
}

/* One dimension of a slice: its size, or -1. */
static int64_t slice_size(int64_t size, int64_t start, int64_t limit, int64_t stride) {
    if (start < 0 || limit < start || limit > size || stride < 1) return -1;
    return lax_i_ceil_div(limit - start, stride);
}

BUILD(slice) {
    lax_tensor form = *form_of(instruction, 0);
    struct int_list *l = instruction->lists;
    const struct attributes *a = &draft->attributes;
    if (!lax_i_build_required(p, draft, KEY_STARTS, "slice") ||
        !lax_i_build_list(p, a, KEY_STARTS, &l[0]) || !lax_i_build_list(p, a, KEY_LIMITS, &l[1]) ||
        !lax_i_build_list(p, a, KEY_STRIDES, &l[2]))
        return false;
    if (l[0].n != form.rank || l[1].n != form.rank || l[2].n != form.rank)
        return lax_i_parse_fail(p, LAX_ERROR_RANK_MISMATCH, draft->place,
                                "slice: %d ranges for an operand of rank %d", l[0].n,
                                (int)form.rank);
    for (int d = 0; d < form.rank; d++) {
        int64_t start = l[0].values[d], limit = l[1].values[d], stride = l[2].values[d];
        int64_t size = slice_size(form.shape[d], start, limit, stride);
        if (size < 0)
            return lax_i_parse_fail(p, LAX_ERROR_VALUE, draft->place,
                                    "slice: [%lld:%lld:%lld] is no range in dimension %d of size "
                                    "%lld",
                                    (long long)start, (long long)limit, (long long)stride, d,
                                    (long long)form.shape[d]);
        form.shape[d] = size;
    }
    return lax_i_build_result(p, draft, instruction, &form);
}

/* Equal but for the size along the axis. */
static bool concatenable(const lax_tensor *a, const lax_tensor *b, int64_t axis) {
    lax_tensor other = *b;
    if (a->rank != b->rank) return false;
    other.shape[axis] = a->shape[axis];
    return lax_i_same_form(a, &other);
}

BUILD(concatenate) {
    struct int_list *axis = &instruction->lists[0];
    if (!lax_i_build_required(p, draft, KEY_DIMENSIONS, "dimensions") ||
        !lax_i_build_list(p, &draft->attributes, KEY_DIMENSIONS, axis))
        return false;
    if (instruction->n_operands == 0 || axis->n != 1)
        return lax_i_parse_fail(p, LAX_ERROR_COUNT, draft->place,
                                "concatenate takes at least one operand and one dimension");
    lax_tensor form = *form_of(instruction, 0);
    if (!check_axes(p, draft, axis, form.rank)) return false;
    int64_t d = axis->values[0];
    for (int i = 1; i < instruction->n_operands; i++) {
        const lax_tensor *next = form_of(instruction, i);
        if (!concatenable(&form, next, d))
            return lax_i_parse_fail(p, LAX_ERROR_SHAPE_MISMATCH, draft->place,
                                    "concatenate: operand %d differs from operand 0 beyond "
                                    "dimension %lld",
                                    i, (long long)d);
        if (!lax_i_add(form.shape[d], next->shape[d], &form.shape[d]))
            return lax_i_parse_fail(p, LAX_ERROR_OVERFLOW, draft->place,
                                    "concatenate: the size of dimension %lld does not fit",
                                    (long long)d);
    }
    return lax_i_build_result(p, draft, instruction, &form);
}

/* --- tuples and calls ------------------------------------------------------------------------- */

BUILD(tuple) {
    int n = instruction->n_operands;
    lax_tensor *forms = lax_i_parse_take(p, (size_t)n * sizeof *forms);
    if (forms == NULL) return false;
    for (int i = 0; i < n; i++) forms[i] = *form_of(instruction, i);
    return lax_i_build_results(p, draft, instruction, true, n, forms);
}

BUILD(element) {
    const struct instruction *tuple = instruction->operands[0];
    const struct attributes *a = &draft->attributes;
    if (!tuple->tuple)
        return lax_i_parse_fail(p, LAX_ERROR_TYPE, draft->place,
                                "the operand of get-tuple-element is not a tuple");
    if (!lax_i_build_required(p, draft, KEY_INDEX, "index")) return false;
    instruction->index = a->values[KEY_INDEX][0];
    if (instruction->index < 0 || instruction->index >= tuple->n_results)
        return lax_i_parse_fail(p, LAX_ERROR_VALUE, draft->place,
                                "index %lld is not in a tuple of %d elements",
                                (long long)instruction->index, tuple->n_results);
    return lax_i_build_result(p, draft, instruction, &tuple->results[instruction->index]);
}

/* Forms are compared with the computation's when the whole module is known. */
BUILD(call) {
    if (!lax_i_build_required(p, draft, KEY_TO_APPLY, "to_apply")) return false;
    instruction->called[0] = draft->attributes.called[0];
    bool tuple = p->mlir ? draft->type.n != 1 : draft->type.tuple;
    return lax_i_build_results(p, draft, instruction, tuple, draft->type.n, draft->type.elements);
}

/* --- dot -------------------------------------------------------------------------------------- */

/* Batch and contracting dimensions of both operands must pair up. */
static bool check_pairs(struct parser *p, const struct draft *draft,
                        const struct instruction *instruction, int first) {
    const struct int_list *l = &instruction->lists[first], *r = l + 1;
    const lax_tensor *lhs = form_of(instruction, 0), *rhs = form_of(instruction, 1);
    if (l->n != r->n)
        return lax_i_parse_fail(p, LAX_ERROR_COUNT, draft->place,
                                "dot: %d dimensions of lhs are paired with %d of rhs", l->n, r->n);
    if (!check_axes(p, draft, l, lhs->rank) || !check_axes(p, draft, r, rhs->rank)) return false;
    for (int i = 0; i < l->n; i++)
        if (lhs->shape[l->values[i]] != rhs->shape[r->values[i]])
            return lax_i_parse_fail(p, LAX_ERROR_SHAPE_MISMATCH, draft->place,
                                    "dot: dimension %lld of lhs (%lld) is paired with dimension "
                                    "%lld of rhs (%lld)",
                                    (long long)l->values[i], (long long)lhs->shape[l->values[i]],
                                    (long long)r->values[i], (long long)rhs->shape[r->values[i]]);
    return true;
}

/* Appends the sizes of `from`'s axes that neither list names. */
static int free_sizes(const lax_tensor *from, const struct int_list *batch,
                      const struct int_list *contracting, int n, int64_t *out) {
    for (int d = 0; d < from->rank; d++) {
        bool named = false;
        for (int i = 0; i < batch->n; i++) named |= batch->values[i] == d;
        for (int i = 0; i < contracting->n; i++) named |= contracting->values[i] == d;
        if (!named) out[n++] = from->shape[d];
    }
    return n;
}

static bool disjoint(const struct int_list *a, const struct int_list *b) {
    for (int i = 0; i < a->n; i++)
        for (int j = 0; j < b->n; j++)
            if (a->values[i] == b->values[j]) return false;
    return true;
}

BUILD(dot) {
    struct int_list *l = instruction->lists; /* batch of lhs, of rhs, contracting of both */
    const struct attributes *a = &draft->attributes;
    const lax_tensor *lhs = form_of(instruction, 0), *rhs = form_of(instruction, 1);
    const lax_tensor *written = lax_i_written(p, draft);
    if (written == NULL || !lax_i_build_list(p, a, KEY_LHS_BATCH, &l[0]) ||
        !lax_i_build_list(p, a, KEY_RHS_BATCH, &l[1]) ||
        !lax_i_build_list(p, a, KEY_LHS_CONTRACTING, &l[2]) ||
        !lax_i_build_list(p, a, KEY_RHS_CONTRACTING, &l[3]))
        return false;
    if (lhs->dtype != rhs->dtype)
        return lax_i_parse_fail(p, LAX_ERROR_DTYPE_MISMATCH, draft->place,
                                "dot: lhs is %s and rhs is %s", lax_dtype_name(lhs->dtype),
                                lax_dtype_name(rhs->dtype));
    if (!check_pairs(p, draft, instruction, 0) || !check_pairs(p, draft, instruction, 2))
        return false;
    if (!disjoint(&l[0], &l[2]) || !disjoint(&l[1], &l[3]))
        return lax_i_parse_fail(p, LAX_ERROR_AXIS_DUPLICATE, draft->place,
                                "dot: a dimension is both batch and contracting");
    int64_t shape[3 * LAX_MAX_RANK];
    int n = 0;
    for (int i = 0; i < l[0].n; i++) shape[n++] = lhs->shape[l[0].values[i]];
    n = free_sizes(lhs, &l[0], &l[2], n, shape);
    n = free_sizes(rhs, &l[1], &l[3], n, shape);
    if (n > LAX_MAX_RANK)
        return lax_i_parse_fail(p, LAX_ERROR_RANK, draft->place, "dot: a result of rank %d", n);
    lax_tensor form = {.dtype = written->dtype, .rank = n};
    memcpy(form.shape, shape, (size_t)n * sizeof shape[0]);
    return lax_i_build_result(p, draft, instruction, &form);
}
