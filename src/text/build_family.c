/* SPDX-License-Identifier: Apache-2.0 */
/* What the builders of the family share: options from attribute lists, window sizes, reducers and
 * selectors from computations; and the small members, pad, transpose and reduce. */
#include "text/text.h"

struct family *lax_i_build_family(struct parser *p, struct instruction *instruction, lax_op op,
                                  int n_operands) {
    struct family *family = lax_i_parse_take(p, sizeof *family);
    if (family == NULL) return NULL;
    family->operation = LAX_OPERATION(.op = op, .n_operands = n_operands, .xla_rules = true);
    family->init = family->bias = family->residual = -1;
    for (int i = 0; i < n_operands; i++)
        family->operation.operands[i] = instruction->operands[i]->results[0];
    instruction->family = family;
    return family;
}

bool lax_i_build_family_end(struct parser *p, struct draft *draft,
                            struct instruction *instruction) {
    lax_operation *operation = &instruction->family->operation;
    operation->n_results = instruction->n_results;
    for (int i = 0; i < instruction->n_results; i++)
        operation->results[i] = instruction->results[i];
    return lax_i_frontend_apply(p, draft, instruction);
}

void lax_i_family_set_init(struct family *family, int k, const void *value) {
    lax_operation *operation = &family->operation;
    if (operation->op == LAX_OP_PAD)
        operation->padding_value = value;
    else if (operation->op == LAX_OP_REDUCE)
        operation->reduce.init_values[k] = value;
    else
        operation->window.init_values[k] = value;
}

/* --- options ---------------------------------------------------------------------------------- */

static lax_status option_status(enum key key) {
    switch (key) {
    case KEY_WINDOW_SIZE: return LAX_ERROR_WINDOW_SIZE;
    case KEY_STRIDES: return LAX_ERROR_WINDOW_STRIDE;
    default: return LAX_ERROR_DILATION;
    }
}

bool lax_i_build_option(struct parser *p, const struct draft *draft, enum key key, int n,
                        const char *what, int64_t *out) {
    const struct attributes *a = &draft->attributes;
    if (!lax_i_attribute_has(a, key) || (p->mlir && a->n[key] == 0)) return true;
    if (a->n[key] != n)
        return lax_i_parse_fail(p, LAX_ERROR_WINDOW_LENGTH, a->place[key],
                                "%s: %s has %d entries, the window has %d dimensions",
                                lax_i_ops[draft->op].hlo, what, a->n[key], n);
    for (int i = 0; i < n; i++) {
        out[i] = a->values[key][i];
        if (out[i] < 1)
            return lax_i_parse_fail(p, option_status(key), a->place[key],
                                    "%s: %s of dimension %d must be positive, got %lld",
                                    lax_i_ops[draft->op].hlo, what, i, (long long)out[i]);
    }
    return true;
}

bool lax_i_build_pads(struct parser *p, const struct draft *draft, int n, int64_t (*out)[2]) {
    const struct attributes *a = &draft->attributes;
    if (!lax_i_attribute_has(a, KEY_PADS) || (p->mlir && a->n[KEY_PADS] == 0)) return true;
    if (a->n[KEY_PADS] != 2 * n)
        return lax_i_parse_fail(p, LAX_ERROR_PADDING_LENGTH, a->place[KEY_PADS],
                                "%s: padding of %d dimensions, the window has %d",
                                lax_i_ops[draft->op].hlo, a->n[KEY_PADS] / 2, n);
    for (int i = 0; i < n; i++) {
        out[i][0] = a->values[KEY_PADS][2 * i];
        out[i][1] = a->values[KEY_PADS][2 * i + 1];
    }
    return true;
}

static int64_t or_one(int64_t value) { return value == 0 ? 1 : value; }

/* size elements with holes between them. */
static bool dilate(int64_t size, int64_t dilation, int64_t *out) {
    if (size == 0) {
        *out = 0;
        return true;
    }
    return lax_i_mul(size - 1, or_one(dilation), out) && lax_i_add(*out, 1, out);
}

bool lax_i_build_extent(const struct extent *e, int64_t *out) {
    int64_t base, window, padded;
    if (!dilate(e->in, e->base_dilation, &base) || !dilate(e->size, e->window_dilation, &window))
        return false;
    if (!lax_i_add(base, e->low, &padded) || !lax_i_add(padded, e->high, &padded)) return false;
    *out = padded < window || padded <= 0 ? 0 : (padded - window) / or_one(e->stride) + 1;
    return true;
}

/* --- reducers and selectors ------------------------------------------------------------------- */

static bool scalar_of(const lax_tensor *form, lax_dtype dtype) {
    return form->rank == 0 && form->dtype == dtype;
}

/* Parameter i of a region is a scalar of this type. */
static bool check_parameter(struct parser *p, const struct draft *draft,
                            const struct computation *c, int i, lax_dtype dtype) {
    const lax_tensor *form = &instruction_at(&c->parameters, i)->results[0];
    return scalar_of(form, dtype) ||
           lax_i_parse_fail(p, LAX_ERROR_TYPE, draft->place,
                            "parameter %d of computation '%.60s' must be %s[], not %s of rank %d",
                            i, c->name, lax_dtype_name(dtype), lax_dtype_name(form->dtype),
                            (int)form->rank);
}

static bool check_reducer(struct parser *p, const struct draft *draft, const struct computation *c,
                          const lax_tensor *forms, int n) {
    if (c->parameters.n != 2 * n || c->root->n_results != n)
        return lax_i_parse_fail(p, LAX_ERROR_COUNT, draft->place,
                                "computation '%.60s' must take %d parameters and give %d results, "
                                "it takes %d and gives %d",
                                c->name, 2 * n, n, c->parameters.n, c->root->n_results);
    for (int k = 0; k < n; k++) {
        if (!check_parameter(p, draft, c, k, forms[k].dtype) ||
            !check_parameter(p, draft, c, n + k, forms[k].dtype))
            return false;
        if (!scalar_of(&c->root->results[k], forms[k].dtype))
            return lax_i_parse_fail(p, LAX_ERROR_TYPE, draft->place,
                                    "result %d of computation '%.60s' must be %s[]", k, c->name,
                                    lax_dtype_name(forms[k].dtype));
    }
    return true;
}

/* and, or, xor on floats and logaddexp on integers have no meaning. */
static bool defined(lax_reducer_kind kind, enum dtype_kind type) {
    bool floating = type == KIND_FLOAT || type == KIND_COMPLEX;
    if (kind == LAX_AND || kind == LAX_OR || kind == LAX_XOR) return !floating;
    return kind != LAX_LOGADDEXP || floating;
}

/* add and mul of pred are or and and. */
static lax_reducer_kind on_type(lax_reducer_kind kind, lax_dtype dtype) {
    if (dtype == LAX_PRED && kind == LAX_ADD) return LAX_OR;
    return dtype == LAX_PRED && kind == LAX_MUL ? LAX_AND : kind;
}

/* What a replay needs: the computation behind those that it calls, on one line. */
static char *computation_text(struct parser *p, struct computation *computation) {
    struct list needed = {0};
    if (!lax_i_collect(p, computation, &needed)) return NULL;
    struct text count = lax_i_text(NULL, 0);
    lax_i_print_line(&count, &needed);
    char *data = lax_i_parse_take(p, count.length + 1);
    if (data == NULL) return NULL;
    struct text text = lax_i_text(data, count.length + 1);
    lax_i_print_line(&text, &needed);
    return data;
}

bool lax_i_build_reducer(struct parser *p, struct draft *draft, struct computation *computation,
                         const lax_tensor *forms, int n, lax_reducer *out) {
    if (computation->builtin && !lax_i_builtin_fill(p, computation, forms[0].dtype)) return false;
    if (!check_reducer(p, draft, computation, forms, n)) return false;
    struct program *program = lax_i_compile(p, computation, draft->place);
    if (program == NULL) return false;
    lax_reducer_kind kind = on_type(lax_i_recognise_reducer(program), forms[0].dtype);
    if (kind != LAX_REDUCER_UNSET && defined(kind, lax_i_dtype_kind(forms[0].dtype))) {
        *out = LAX_REDUCER(.kind = kind);
        return true;
    }
    char *text = computation_text(p, computation);
    *out = LAX_REDUCER(.fn = lax_i_program_reduce, .user = program, .text = text,
                       .pair = lax_i_recognise_pair(program));
    return text != NULL;
}

bool lax_i_build_selector(struct parser *p, struct draft *draft, struct computation *computation,
                          const lax_tensor *form, lax_selector *out) {
    if (computation->builtin && !lax_i_builtin_fill(p, computation, form->dtype)) return false;
    if (computation->parameters.n != 2 || computation->root->n_results != 1)
        return lax_i_parse_fail(p, LAX_ERROR_COUNT, draft->place,
                                "computation '%.60s' must take 2 parameters and give 1 result",
                                computation->name);
    if (!check_parameter(p, draft, computation, 0, form->dtype) ||
        !check_parameter(p, draft, computation, 1, form->dtype))
        return false;
    if (!scalar_of(&computation->root->results[0], LAX_PRED))
        return lax_i_parse_fail(p, LAX_ERROR_TYPE, draft->place,
                                "the result of computation '%.60s' must be pred[]",
                                computation->name);
    struct program *program = lax_i_compile(p, computation, draft->place);
    if (program == NULL) return false;
    lax_select kind = lax_i_recognise_select(program);
    if (lax_i_dtype_kind(form->dtype) == KIND_COMPLEX) kind = LAX_SELECT_UNSET;
    if (kind != LAX_SELECT_UNSET) {
        *out = LAX_SELECTOR(.kind = kind);
        return true;
    }
    char *text = computation_text(p, computation);
    *out = LAX_SELECTOR(.fn = lax_i_program_select, .user = program, .text = text);
    return text != NULL;
}

/* --- pad, transpose, reduce_precision --------------------------------------------------------- */

/* low + dilated + high of one dimension. */
static bool padded_size(struct parser *p, const struct draft *draft, const lax_pad_options *pad,
                        int d, int64_t *size) {
    size_t place = draft->attributes.place[KEY_LOW];
    if (pad->interior[d] < 0)
        return lax_i_parse_fail(p, LAX_ERROR_INTERIOR, place,
                                "pad: interior padding of dimension %d is %lld, below 0", d,
                                (long long)pad->interior[d]);
    int64_t dilation = pad->interior[d], result;
    if (!lax_i_add(dilation, 1, &dilation) || !dilate(*size, dilation, &result) ||
        !lax_i_add(result, pad->low[d], &result) || !lax_i_add(result, pad->high[d], &result))
        return lax_i_parse_fail(p, LAX_ERROR_OVERFLOW, place,
                                "pad: the size of dimension %d does not fit", d);
    if (result < 0)
        return lax_i_parse_fail(p, LAX_ERROR_PADDING_NEGATIVE, place,
                                "pad: dimension %d of size %lld becomes %lld", d, (long long)*size,
                                (long long)result);
    *size = result;
    return true;
}

static bool pad_options(struct parser *p, const struct draft *draft, int rank,
                        lax_pad_options *out) {
    static const enum key keys[] = {KEY_LOW, KEY_HIGH, KEY_INTERIOR};
    int64_t *const lists[] = {out->low, out->high, out->interior};
    const struct attributes *a = &draft->attributes;
    if (rank == 0 && !lax_i_attribute_has(a, KEY_LOW)) return true;
    for (int i = 0; i < 3; i++) {
        if (!lax_i_build_required(p, draft, keys[i], "padding (low, high, interior)")) return false;
        if (a->n[keys[i]] != rank)
            return lax_i_parse_fail(p, LAX_ERROR_PADDING_LENGTH, a->place[keys[i]],
                                    "pad: %d dimensions for an operand of rank %d", a->n[keys[i]],
                                    rank);
        memcpy(lists[i], a->values[keys[i]], (size_t)rank * sizeof(int64_t));
    }
    return true;
}

BUILD(pad) {
    struct family *family = lax_i_build_family(p, instruction, LAX_OP_PAD, 1);
    if (family == NULL) return false;
    lax_operation *operation = &family->operation;
    lax_tensor form = operation->operands[0];
    const lax_tensor *value = &instruction->operands[1]->results[0];
    operation->pad = LAX_PAD_OPTIONS(.low = {0});
    family->init = family->n_init = 1;
    if (value->rank != 0)
        return lax_i_parse_fail(p, LAX_ERROR_NOT_SCALAR, draft->place,
                                "pad: the padding value has rank %d, not 0", (int)value->rank);
    if (value->dtype != form.dtype)
        return lax_i_parse_fail(p, LAX_ERROR_DTYPE_MISMATCH, draft->place,
                                "pad: the operand is %s and the padding value %s",
                                lax_dtype_name(form.dtype), lax_dtype_name(value->dtype));
    if (!pad_options(p, draft, form.rank, &operation->pad)) return false;
    for (int d = 0; d < form.rank; d++)
        if (!padded_size(p, draft, &operation->pad, d, &form.shape[d])) return false;
    return lax_i_build_result(p, draft, instruction, &form) &&
           lax_i_build_family_end(p, draft, instruction);
}

BUILD(transpose) {
    struct family *family = lax_i_build_family(p, instruction, LAX_OP_TRANSPOSE, 1);
    const lax_tensor *written = lax_i_written(p, draft);
    const struct attributes *a = &draft->attributes;
    if (family == NULL || written == NULL) return false;
    const lax_tensor *operand = &family->operation.operands[0];
    lax_tensor form = *operand;
    uint32_t seen = 0;
    int n = lax_i_attribute_has(a, KEY_DIMENSIONS) ? a->n[KEY_DIMENSIONS] : 0;
    for (int i = 0; i < n && i < form.rank; i++) {
        int64_t axis = a->values[KEY_DIMENSIONS][i];
        if (axis < 0 || axis >= form.rank || (seen >> axis & 1)) n = -1;
        if (n < 0) break;
        seen |= 1u << axis;
        family->operation.permutation[i] = (int32_t)axis;
        form.shape[i] = operand->shape[axis];
    }
    if (n != form.rank)
        return lax_i_parse_fail(p, LAX_ERROR_PERMUTATION, draft->place,
                                "transpose: dimensions is no permutation of 0 to %d",
                                (int)form.rank - 1);
    if (lax_i_frontend_get(a, "convert") != NULL) form.dtype = written->dtype;
    return lax_i_build_result(p, draft, instruction, &form) &&
           lax_i_build_family_end(p, draft, instruction);
}

BUILD(reduce_precision) {
    struct family *family = lax_i_build_family(p, instruction, LAX_OP_REDUCE_PRECISION, 1);
    const struct attributes *a = &draft->attributes;
    if (family == NULL || !lax_i_build_required(p, draft, KEY_EXPONENT_BITS, "exponent_bits") ||
        !lax_i_build_required(p, draft, KEY_MANTISSA_BITS, "mantissa_bits"))
        return false;
    const lax_tensor *form = &family->operation.operands[0];
    int64_t exponent = a->values[KEY_EXPONENT_BITS][0], mantissa = a->values[KEY_MANTISSA_BITS][0];
    if (lax_i_dtype_kind(form->dtype) != KIND_FLOAT)
        return lax_i_parse_fail(p, LAX_ERROR_DTYPE_OPERATION, draft->place,
                                "reduce-precision is not defined for %s",
                                lax_dtype_name(form->dtype));
    if (exponent < 1 || exponent > 64 || mantissa < 0 || mantissa > 64)
        return lax_i_parse_fail(p, LAX_ERROR_BITS, draft->place,
                                "reduce-precision: exponent_bits %lld must be at least 1 and "
                                "mantissa_bits %lld at least 0",
                                (long long)exponent, (long long)mantissa);
    instruction->index = family->operation.exponent_bits = (int32_t)exponent;
    instruction->index2 = family->operation.mantissa_bits = (int32_t)mantissa;
    return lax_i_build_result(p, draft, instruction, form) &&
           lax_i_build_family_end(p, draft, instruction);
}
