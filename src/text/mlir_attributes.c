/* SPDX-License-Identifier: Apache-2.0 */
/* StableHLO's attribute dictionaries: those that mean something are read into the draft's lists,
 * mhlo.*, jax.* and sdy.* are ignored, every other is refused. */
#include "text/text.h"

/* --- skipping --------------------------------------------------------------------------------- */

bool lax_i_mlir_skip_location(struct parser *p) {
    if (!lax_i_take_word(p, "loc")) return true;
    if (!lax_i_at(p, '(')) return lax_i_parse_expected(p, "'(' after loc");
    return lax_i_skip_value(p);
}

/* #name<...>, @name, array<...>, [..], {..}, "..", 1 : i64, dense<..> : tensor<..>, (T) -> T */
bool lax_i_mlir_skip_attribute(struct parser *p) {
    do {
        while (lax_i_at(p, '#') || lax_i_at(p, '@') || lax_i_at(p, '!')) lax_i_lex(&p->lexer);
        if (!lax_i_skip_value(p)) return false;
        while (lax_i_at(p, '<') || lax_i_at(p, '('))
            if (!lax_i_skip_value(p)) return false;
    } while (lax_i_take(p, ':') || lax_i_take(p, TOKEN_ARROW));
    return true;
}

/* --- values ----------------------------------------------------------------------------------- */

typedef bool read_fn(struct parser *p, struct attributes *a, enum key key);

/* 1 or 1 : i64 */
static bool read_int(struct parser *p, struct attributes *a, enum key key) {
    int64_t value;
    if (!lax_i_parse_int(p, "an integer", &value) || !lax_i_attribute_add(p, a, key, value))
        return false;
    return !lax_i_take(p, ':') || lax_i_expect(p, TOKEN_WORD, "an integer type");
}

/* An integer, true or false. */
static bool read_entry(struct parser *p, struct attributes *a, enum key key) {
    int64_t value = lax_i_at_word(p, "true");
    if (value || lax_i_at_word(p, "false"))
        lax_i_lex(&p->lexer);
    else if (!lax_i_parse_int(p, "an integer", &value))
        return false;
    return lax_i_attribute_add(p, a, key, value);
}

bool lax_i_mlir_ints(struct parser *p, struct attributes *a, enum key key) {
    if (!lax_i_expect(p, '[', "'[' before the list")) return false;
    while (!lax_i_at(p, ']')) {
        if (!read_entry(p, a, key)) return false;
        if (!lax_i_take(p, ',')) break;
    }
    return lax_i_expect(p, ']', "',' or ']' in the list");
}

/* array<i64: 1, 2>, array<i1: false> */
static bool read_array(struct parser *p, struct attributes *a, enum key key) {
    const char *type = key == KEY_REVERSAL ? "i1" : "i64";
    if (!lax_i_expect_word(p, "array") || !lax_i_expect(p, '<', "'<' after array")) return false;
    if (!lax_i_expect_word(p, type)) return false;
    if (lax_i_take(p, ':')) do {
            if (!read_entry(p, a, key)) return false;
        } while (lax_i_take(p, ','));
    return lax_i_expect(p, '>', "',' or '>' in the array");
}

bool lax_i_mlir_literal(struct parser *p, struct attributes *a) {
    if (!lax_i_attribute_start(p, a, KEY_LITERAL, lax_i_token(p)->place)) return false;
    a->literal = p->lexer;
    if (!lax_i_expect(p, TOKEN_WORD, "a constant like dense<0>")) return false;
    return lax_i_at(p, '<') ? lax_i_skip_value(p) : lax_i_parse_expected(p, "'<' after dense");
}

/* dense<[[0, 1], [2, 3]]> : tensor<2x2xi64>: pairs, a splat stands for all. */
static bool read_pairs(struct parser *p, struct attributes *a, enum key key) {
    struct type type;
    struct lexer literal = p->lexer;
    bool splat;
    if (!lax_i_expect_word(p, "dense")) return false;
    if (!lax_i_at(p, '<')) return lax_i_parse_expected(p, "'<' after dense");
    if (!lax_i_skip_value(p)) return false;
    if (!lax_i_expect(p, ':', "':' before the type of the padding")) return false;
    size_t place = lax_i_token(p)->place;
    if (!lax_i_mlir_type(p, &type)) return false;
    const lax_tensor *form = &type.elements[0];
    if (type.tuple || form->dtype != LAX_S64 || form->rank != 2 || form->shape[1] != 2 ||
        form->shape[0] > LAX_MAX_RANK)
        return lax_i_parse_fail(p, LAX_ERROR_TYPE, place,
                                "the padding must be tensor<Nx2xi64>, N the window's dimensions");
    struct lexer after = p->lexer;
    p->lexer = literal;
    const int64_t *values = lax_i_parse_mlir_literal(p, form, &splat);
    if (values == NULL) return false;
    p->lexer = after;
    for (int64_t i = 0; i < 2 * form->shape[0]; i++)
        if (!lax_i_attribute_add(p, a, key, values[splat ? 0 : i])) return false;
    return true;
}

/* The value of padding, as any: pairs. */
static bool read_value(struct parser *p, struct attributes *a, enum key key) {
    struct type type;
    a->set &= ~(1u << key); /* the reader of literals sets it again */
    if (!lax_i_mlir_literal(p, a)) return false;
    return lax_i_expect(p, ':', "':' before the constant's type") && lax_i_mlir_type(p, &type);
}

/* #stablehlo<NAME word> or #stablehlo.NAME<word>: stops before the word. */
static bool enter_enum(struct parser *p, const char *name) {
    if (!lax_i_expect(p, '#', "'#stablehlo<...>'")) return false;
    if (lax_i_take_word(p, "stablehlo"))
        return lax_i_expect(p, '<', "'<' after #stablehlo") && lax_i_expect_word(p, name);
    return lax_i_expect(p, TOKEN_WORD, "stablehlo") && lax_i_expect(p, '<', "'<'");
}

static bool read_direction(struct parser *p, struct attributes *a, enum key key) {
    int64_t outcomes;
    if (!enter_enum(p, "comparison_direction")) return false;
    if (!lax_i_direction_of(lax_i_token(p), &outcomes))
        return lax_i_parse_expected(p, "EQ, NE, GE, GT, LE or LT");
    lax_i_lex(&p->lexer);
    return lax_i_attribute_add(p, a, key, outcomes) &&
           lax_i_expect(p, '>', "'>' after the direction");
}

static bool read_compare_type(struct parser *p, struct attributes *a, enum key key) {
    int64_t type;
    if (!enter_enum(p, "comparison_type")) return false;
    if (!lax_i_compare_type_of(lax_i_token(p), &type))
        return lax_i_parse_expected(p, "FLOAT, TOTALORDER, SIGNED or UNSIGNED");
    lax_i_lex(&p->lexer);
    return lax_i_attribute_add(p, a, key, type) && lax_i_expect(p, '>', "'>' after the type");
}

static const struct {
    const char *name;
    enum key key;
} dot_fields[] = {
    {"lhs_batching_dimensions", KEY_LHS_BATCH},
    {"rhs_batching_dimensions", KEY_RHS_BATCH},
    {"lhs_contracting_dimensions", KEY_LHS_CONTRACTING},
    {"rhs_contracting_dimensions", KEY_RHS_CONTRACTING},
};

static bool read_dot_field(struct parser *p, struct attributes *a) {
    size_t place = lax_i_token(p)->place;
    for (int i = 0; i < LAX_COUNTOF(dot_fields); i++) {
        if (!lax_i_take_word(p, dot_fields[i].name)) continue;
        return lax_i_expect(p, '=', "'='") &&
               lax_i_attribute_start(p, a, dot_fields[i].key, place) &&
               lax_i_mlir_ints(p, a, dot_fields[i].key);
    }
    return lax_i_parse_expected(p, "lhs_batching_dimensions, rhs_batching_dimensions, "
                                   "lhs_contracting_dimensions or rhs_contracting_dimensions");
}

/* #stablehlo.dot<lhs_batching_dimensions = [0], ...> */
static bool read_dot(struct parser *p, struct attributes *a, enum key key) {
    a->set &= ~(1u << key); /* one of the fields */
    if (!lax_i_expect(p, '#', "'#stablehlo.dot'") || !lax_i_expect_word(p, "stablehlo.dot") ||
        !lax_i_expect(p, '<', "'<' after #stablehlo.dot"))
        return false;
    while (!lax_i_at(p, '>')) {
        if (!read_dot_field(p, a)) return false;
        if (!lax_i_take(p, ',')) break;
    }
    return lax_i_expect(p, '>', "',' or '>'");
}

static bool read_callee(struct parser *p, struct attributes *a, enum key key) {
    struct token name;
    (void)key;
    if (!lax_i_mlir_symbol(p, &name)) return false;
    a->called[0] = lax_i_mlir_function(p, &name);
    return a->called[0] != NULL;
}

static bool read_ignored(struct parser *p, struct attributes *a, enum key key) {
    (void)a;
    (void)key;
    return lax_i_mlir_skip_attribute(p);
}

/* --- dictionaries ----------------------------------------------------------------------------- */

static const struct field {
    const char *name;
    enum key key;
    read_fn *read;
} fields[] = {
    {"window_dimensions", KEY_WINDOW_SIZE, read_array},
    {"window_strides", KEY_STRIDES, read_array},
    {"padding", KEY_PADS, read_pairs},
    {"lhs_dilation", KEY_BASE_DILATION, read_array},
    {"base_dilations", KEY_BASE_DILATION, read_array},
    {"rhs_dilation", KEY_WINDOW_DILATION, read_array},
    {"window_dilations", KEY_WINDOW_DILATION, read_array},
    {"window_reversal", KEY_REVERSAL, read_array},
    {"dimension_numbers", KEY_LABELS, lax_i_mlir_conv_attribute},
    {"feature_group_count", KEY_FEATURE_GROUPS, read_int},
    {"batch_group_count", KEY_BATCH_GROUPS, read_int},
    {"edge_padding_low", KEY_LOW, read_array},
    {"edge_padding_high", KEY_HIGH, read_array},
    {"interior_padding", KEY_INTERIOR, read_array},
    {"start_indices", KEY_STARTS, read_array},
    {"limit_indices", KEY_LIMITS, read_array},
    {"strides", KEY_STRIDES, read_array},
    {"dimensions", KEY_DIMENSIONS, read_array},
    {"permutation", KEY_DIMENSIONS, read_array},
    {"broadcast_dimensions", KEY_DIMENSIONS, read_array},
    {"dimension", KEY_DIMENSIONS, read_int},
    {"iota_dimension", KEY_DIMENSIONS, read_int},
    {"index", KEY_INDEX, read_int},
    {"exponent_bits", KEY_EXPONENT_BITS, read_int},
    {"mantissa_bits", KEY_MANTISSA_BITS, read_int},
    {"comparison_direction", KEY_DIRECTION, read_direction},
    {"compare_type", KEY_COMPARE_TYPE, read_compare_type},
    {"dot_dimension_numbers", KEY_LHS_BATCH, read_dot},
    {"value", KEY_LITERAL, read_value},
    {"callee", KEY_TO_APPLY, read_callee},
    {"precision_config", KEY_COUNT, read_ignored},
};

static bool starts_with(const struct token *token, const char *prefix) {
    size_t n = strlen(prefix);
    return token->length >= n && memcmp(token->data, prefix, n) == 0;
}

static bool read_field(struct parser *p, struct draft *draft, const struct token *name) {
    for (int i = 0; i < LAX_COUNTOF(fields); i++) {
        const struct field *field = &fields[i];
        if (!lax_i_token_is(name, field->name)) continue;
        bool ignored = field->key == KEY_COUNT;
        if (!ignored && !(lax_i_ops[draft->op].keys >> field->key & 1)) break;
        if (!ignored && !lax_i_attribute_start(p, &draft->attributes, field->key, name->place))
            return false;
        return lax_i_expect(p, '=', "'=' after the attribute's name") &&
               field->read(p, &draft->attributes, field->key);
    }
    return lax_i_parse_fail(
        p, LAX_ERROR_ATTRIBUTE, name->place, "%s has no attribute '%.*s' that is supported here",
        lax_i_ops[draft->op].hlo, name->length < 60 ? (int)name->length : 60, name->data);
}

static bool read_named(struct parser *p, struct draft *draft) {
    struct token name = *lax_i_token(p);
    if (name.kind != TOKEN_WORD && name.kind != TOKEN_STRING)
        return lax_i_parse_expected(p, "an attribute's name");
    lax_i_lex(&p->lexer);
    bool foreign =
        starts_with(&name, "mhlo.") || starts_with(&name, "jax.") || starts_with(&name, "sdy.");
    if (!foreign) return read_field(p, draft, &name);
    return !lax_i_take(p, '=') || lax_i_mlir_skip_attribute(p);
}

bool lax_i_mlir_dictionary(struct parser *p, struct draft *draft) {
    if (!lax_i_expect(p, '{', "'{' before the attributes")) return false;
    while (!lax_i_at(p, '}')) {
        if (!read_named(p, draft)) return false;
        if (!lax_i_take(p, ',')) break;
    }
    return lax_i_expect(p, '}', "',' or '}' in the attributes");
}
