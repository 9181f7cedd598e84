/* SPDX-License-Identifier: Apache-2.0 */
/* HLO's types, f32[1,4,4,3]{3,2,1,0} and tuples of them. The layout becomes the form's strides. */
#include "text/text.h"

/* Valid types of XLA that the library does not have. */
static bool foreign(const struct token *token) {
    static const char *const prefixes[] = {"f8", "f4", "f6",  "s4",     "s2",  "u4", "u2",
                                           "s1", "u1", "tok", "opaque", "bf8", "c32"};
    for (int i = 0; i < LAX_COUNTOF(prefixes); i++) {
        size_t n = strlen(prefixes[i]);
        if (token->length >= n && memcmp(token->data, prefixes[i], n) == 0) return true;
    }
    return false;
}

static bool element_type(struct parser *p, lax_dtype *out) {
    const struct token *token = lax_i_token(p);
    char name[16] = {0};
    if (token->kind == TOKEN_WORD && token->length < sizeof name)
        memcpy(name, token->data, token->length);
    *out = lax_dtype_from_name(name);
    if (*out == LAX_DTYPE_UNSET && token->kind == TOKEN_WORD && foreign(token))
        return lax_i_parse_fail(p, LAX_ERROR_UNSUPPORTED, token->place,
                                "element type '%.*s' is unsupported",
                                token->length < 40 ? (int)token->length : 40, token->data);
    if (*out == LAX_DTYPE_UNSET) return lax_i_parse_expected(p, "a type like f32[2,3]");
    lax_i_lex(&p->lexer);
    return true;
}

static bool sizes(struct parser *p, lax_tensor *form) {
    if (!lax_i_expect(p, '[', "'[' after the element type")) return false;
    while (!lax_i_at(p, ']')) {
        if (form->rank == LAX_MAX_RANK)
            return lax_i_parse_fail(p, LAX_ERROR_RANK, lax_i_token(p)->place,
                                    "a rank above %d is unsupported", LAX_MAX_RANK);
        if (lax_i_at(p, '<') || lax_i_at(p, '?'))
            return lax_i_parse_fail(p, LAX_ERROR_UNSUPPORTED, lax_i_token(p)->place,
                                    "dynamic sizes are unsupported");
        if (!lax_i_parse_int(p, "a size", &form->shape[form->rank])) return false;
        form->rank++;
        if (!lax_i_take(p, ',')) break;
    }
    return lax_i_expect(p, ']', "',' or ']' in the sizes");
}

/* { starts a layout and not a computation if a number, a colon or } follows. */
static bool at_layout(const struct parser *p) {
    struct lexer ahead = p->lexer;
    if (ahead.token.kind != '{') return false;
    lax_i_lex(&ahead);
    int64_t number;
    return ahead.token.kind == ':' || ahead.token.kind == '}' ||
           (ahead.token.kind == TOKEN_WORD &&
            lax_i_int_of(ahead.token.data, ahead.token.length, &number));
}

/* Tiles and memory spaces, T(8,128)S(1): skipped. */
static bool skip_tiles(struct parser *p) {
    while (!lax_i_at(p, '}'))
        if (!lax_i_skip_value(p)) return false;
    return true;
}

/* Strides from the dimensions in minor-to-major order; as in row-major ones, size 0 counts as 1. */
static void set_strides(lax_tensor *form, const int *minor_to_major) {
    int64_t stride = 1;
    for (int i = 0; i < form->rank; i++) {
        form->strides[minor_to_major[i]] = stride;
        int64_t size = form->shape[minor_to_major[i]];
        stride *= size > 1 ? size : 1;
    }
}

static bool layout(struct parser *p, lax_tensor *form) {
    int order[LAX_MAX_RANK], n = 0;
    uint32_t seen = 0;
    size_t place = lax_i_token(p)->place;
    lax_i_lex(&p->lexer);
    while (!lax_i_at(p, '}') && !lax_i_at(p, ':')) {
        int64_t axis;
        size_t at = lax_i_token(p)->place;
        if (!lax_i_parse_int(p, "a dimension of the layout", &axis)) return false;
        if (axis < 0 || axis >= form->rank || (seen >> axis & 1))
            return lax_i_parse_fail(p, LAX_ERROR_PERMUTATION, at,
                                    "the layout of a rank-%d type names dimension %lld",
                                    (int)form->rank, (long long)axis);
        seen |= 1u << axis;
        order[n++] = (int)axis;
        if (!lax_i_take(p, ',')) break;
    }
    if (lax_i_take(p, ':') && !skip_tiles(p)) return false;
    if (n != 0 && n != form->rank)
        return lax_i_parse_fail(p, LAX_ERROR_PERMUTATION, place,
                                "a layout of %d dimensions for a rank-%d type", n, (int)form->rank);
    if (n != 0) set_strides(form, order);
    return lax_i_expect(p, '}', "'}' after the layout");
}

static bool array_type(struct parser *p, struct type *out) {
    lax_tensor form = {0};
    size_t place = lax_i_token(p)->place;
    if (!element_type(p, &form.dtype) || !sizes(p, &form)) return false;
    if (!lax_i_parse_form_check(p, place, &form)) return false;
    lax_i_row_major(&form);
    if (at_layout(p) && !layout(p, &form)) return false;
    return lax_i_type_add(p, out, &form);
}

bool lax_i_hlo_type(struct parser *p, struct type *out) {
    *out = (struct type){0};
    if (!lax_i_take(p, '(')) return array_type(p, out);
    out->tuple = true;
    while (!lax_i_at(p, ')')) {
        if (lax_i_at(p, '('))
            return lax_i_parse_fail(p, LAX_ERROR_UNSUPPORTED, lax_i_token(p)->place,
                                    "tuples inside tuples are unsupported");
        if (!array_type(p, out)) return false;
        if (!lax_i_take(p, ',')) break;
    }
    return lax_i_expect(p, ')', "',' or ')' in the tuple type");
}
