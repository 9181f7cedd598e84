/* SPDX-License-Identifier: Apache-2.0 */
/* StableHLO's types: tensor<3x4xf32>, complex elements, tuples, and types of functions. */
#include "text/text.h"

static const struct element {
    const char *name;
    lax_dtype dtype;
} elements[] = {
    {"f64", LAX_F64},  {"f32", LAX_F32},  {"f16", LAX_F16}, {"bf16", LAX_BF16}, {"i8", LAX_S8},
    {"i16", LAX_S16},  {"i32", LAX_S32},  {"i64", LAX_S64}, {"ui8", LAX_U8},    {"ui16", LAX_U16},
    {"ui32", LAX_U32}, {"ui64", LAX_U64}, {"i1", LAX_PRED},
};

/* Sizes before the element type, as in 3x4xf32: *rest is what follows them. */
static bool sizes(struct parser *p, const struct token *token, lax_tensor *form,
                  struct token *rest) {
    const char *next = token->data, *end = token->data + token->length;
    while (next < end && *next >= '0' && *next <= '9') {
        const char *x = memchr(next, 'x', (size_t)(end - next));
        if (form->rank == LAX_MAX_RANK)
            return lax_i_parse_fail(p, LAX_ERROR_RANK, token->place,
                                    "a rank above %d is unsupported", LAX_MAX_RANK);
        if (x == NULL || !lax_i_int_of(next, (size_t)(x - next), &form->shape[form->rank]))
            return lax_i_parse_expected(p, "sizes and an element type, as in 3x4xf32");
        form->rank++;
        next = x + 1;
    }
    *rest = *token;
    rest->data = next;
    rest->length = (size_t)(end - next);
    return true;
}

static bool unsupported(struct parser *p, const struct token *token, const char *what) {
    return lax_i_parse_fail(p, LAX_ERROR_UNSUPPORTED, token->place, "%s unsupported", what);
}

/* complex<f32>; the word itself is the current token. */
static bool complex_element(struct parser *p, lax_dtype *out) {
    lax_i_lex(&p->lexer);
    if (!lax_i_expect(p, '<', "'<' after complex")) return false;
    *out = lax_i_at_word(p, "f64") ? LAX_C128 : LAX_C64;
    if (*out == LAX_C64 && !lax_i_at_word(p, "f32")) return lax_i_parse_expected(p, "f32 or f64");
    lax_i_lex(&p->lexer);
    return lax_i_expect(p, '>', "'>' after the complex type");
}

static bool element_type(struct parser *p, const struct token *name, lax_dtype *out) {
    if (lax_i_token_is(name, "complex")) return complex_element(p, out);
    for (int i = 0; i < LAX_COUNTOF(elements); i++)
        if (lax_i_token_is(name, elements[i].name)) {
            *out = elements[i].dtype;
            lax_i_lex(&p->lexer);
            return true;
        }
    bool like = name->length > 0 && strchr("fiubn", name->data[0]) != NULL;
    if (!like) return lax_i_parse_expected(p, "an element type");
    return lax_i_parse_fail(p, LAX_ERROR_UNSUPPORTED, name->place,
                            "element type '%.*s' is unsupported",
                            name->length < 40 ? (int)name->length : 40, name->data);
}

/* What stands between the angles of tensor<...>. */
static bool tensor(struct parser *p, lax_tensor *form) {
    struct token token = *lax_i_token(p), name;
    if (lax_i_at(p, '?') || lax_i_at(p, '*')) return unsupported(p, &token, "dynamic shapes are");
    if (lax_i_at(p, '!')) return unsupported(p, &token, "quantized and foreign types are");
    if (!lax_i_at(p, TOKEN_WORD)) return lax_i_parse_expected(p, "a tensor's sizes and type");
    if (!sizes(p, &token, form, &name)) return false;
    if (name.length == 0) { /* 3x? or 3x!quant... */
        lax_i_lex(&p->lexer);
        return unsupported(p, lax_i_token(p), "dynamic shapes and foreign element types are");
    }
    if (!element_type(p, &name, &form->dtype)) return false;
    if (lax_i_at(p, ',')) return unsupported(p, lax_i_token(p), "encodings of tensors are");
    return true;
}

static bool tensor_type(struct parser *p, struct type *out) {
    lax_tensor form = {0};
    size_t place = lax_i_token(p)->place;
    if (lax_i_at(p, '!')) return unsupported(p, lax_i_token(p), "types of other dialects are");
    if (!lax_i_take_word(p, "tensor"))
        return lax_i_parse_expected(p, "a type like tensor<2x3xf32>");
    if (!lax_i_expect(p, '<', "'<' after tensor") || !tensor(p, &form)) return false;
    if (!lax_i_parse_form_check(p, place, &form)) return false;
    lax_i_row_major(&form);
    return lax_i_expect(p, '>', "'>' after the type") && lax_i_type_add(p, out, &form);
}

bool lax_i_mlir_type(struct parser *p, struct type *out) {
    *out = (struct type){0};
    if (!lax_i_take_word(p, "tuple")) return tensor_type(p, out);
    out->tuple = true;
    if (!lax_i_expect(p, '<', "'<' after tuple")) return false;
    while (!lax_i_at(p, '>')) {
        if (lax_i_at_word(p, "tuple"))
            return unsupported(p, lax_i_token(p), "tuples inside tuples are");
        if (!tensor_type(p, out)) return false;
        if (!lax_i_take(p, ',')) break;
    }
    return lax_i_expect(p, '>', "',' or '>' in the tuple type");
}

/* One type of a list. Tuples are kept as such only alone. */
static bool add_type(struct parser *p, struct type *out) {
    struct type one;
    if (!lax_i_mlir_type(p, &one)) return false;
    if (one.tuple && (out->n > 0 || lax_i_at(p, ',')))
        return unsupported(p, lax_i_token(p), "tuples beside other values are");
    if (one.tuple) *out = one;
    for (int i = 0; i < one.n && !one.tuple; i++)
        if (!lax_i_type_add(p, out, &one.elements[i])) return false;
    return true;
}

/* T or (T, T); results may carry attributes. */
static bool type_list(struct parser *p, struct type *out) {
    *out = (struct type){0};
    if (!lax_i_take(p, '(')) return lax_i_mlir_type(p, out);
    while (!lax_i_at(p, ')')) {
        if (!add_type(p, out)) return false;
        if (lax_i_at(p, '{') && !lax_i_skip_value(p)) return false;
        if (!lax_i_mlir_skip_location(p)) return false;
        if (!lax_i_take(p, ',')) break;
    }
    return lax_i_expect(p, ')', "',' or ')' in the types");
}

bool lax_i_mlir_results(struct parser *p, struct type *out) { return type_list(p, out); }

bool lax_i_mlir_function_type(struct parser *p, struct type *operands, struct type *results) {
    return type_list(p, operands) && lax_i_expect(p, TOKEN_ARROW, "'->' before the result type") &&
           type_list(p, results);
}

bool lax_i_mlir_check_values(struct parser *p, const struct draft *draft,
                             const struct type *types) {
    bool good = true;
    int n = 0;
    for (int i = 0; i < draft->operands.n && good; i++) {
        const struct instruction *operand = instruction_at(&draft->operands, i);
        for (int k = 0; k < operand->n_results && good; k++, n++)
            good = n < types->n && lax_i_same_form(&operand->results[k], &types->elements[n]);
    }
    return (good && n == types->n) ||
           lax_i_parse_fail(p, LAX_ERROR_TYPE, draft->place,
                            "the operands' written types are not the types of the operands");
}

bool lax_i_mlir_type_sequence(struct parser *p, struct type *out) {
    *out = (struct type){0};
    do {
        if (!add_type(p, out)) return false;
    } while (lax_i_take(p, ','));
    return true;
}

bool lax_i_mlir_types(struct parser *p, struct draft *draft) {
    if (lax_i_at(p, '(')) {
        struct type operands;
        return lax_i_mlir_function_type(p, &operands, &draft->type) &&
               lax_i_mlir_check_values(p, draft, &operands);
    }
    do {
        if (!lax_i_mlir_type(p, &draft->type)) return false;
    } while (lax_i_take(p, ','));
    return true;
}
