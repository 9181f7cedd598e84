/* SPDX-License-Identifier: Apache-2.0 */
/* One StableHLO operation, in its pretty or its generic form, read into a draft. */
#include "text/text.h"

/* --- operands --------------------------------------------------------------------------------- */

/* A scalar constant of the surrounding computation may be used inside a region: it is copied. */
static struct instruction *captured(struct parser *p, struct instruction *value, size_t place) {
    const struct instruction *source = value;
    if (source->op == OP_BROADCAST && source->results[0].rank == 0) source = source->operands[0];
    if (value->home == p->computation) return value;
    if (source->op != OP_CONSTANT || source->results[0].rank != 0) {
        lax_i_parse_fail(p, LAX_ERROR_UNSUPPORTED, place,
                         "values of the surrounding function are unsupported in a region, unless "
                         "they are scalar constants");
        return NULL;
    }
    struct instruction *copy = lax_i_build_simple(p, OP_CONSTANT, &source->results[0], 0, NULL);
    if (copy != NULL) copy->literal = source->literal;
    return copy;
}

/* %name or %name#1 */
bool lax_i_mlir_operand(struct parser *p, struct draft *draft) {
    if (!lax_i_expect(p, '%', "an operand like %0")) return false;
    struct token token = *lax_i_token(p);
    if (!lax_i_expect(p, TOKEN_WORD, "a value's name")) return false;
    struct name *found = lax_i_names_find(&p->values, token.data, token.length);
    if (found == NULL)
        return lax_i_parse_fail(p, LAX_ERROR_NAME, token.place, "'%%%.*s' is not defined",
                                token.length < 60 ? (int)token.length : 60, token.data);
    struct instruction *value = captured(p, found->value, token.place);
    if (value == NULL) return false;
    if (lax_i_take(p, '#')) {
        int64_t index;
        size_t place = lax_i_token(p)->place;
        if (!lax_i_parse_int(p, "the number of a result", &index)) return false;
        if (index < 0 || index >= value->n_results)
            return lax_i_parse_fail(p, LAX_ERROR_NAME, place, "'%%%.*s' has %d results",
                                    token.length < 60 ? (int)token.length : 60, token.data,
                                    value->n_results);
        if (value->tuple) value = lax_i_build_element_of(p, value, index);
        if (value == NULL) return false;
    }
    return lax_i_draft_operand(p, draft, value);
}

bool lax_i_mlir_operands(struct parser *p, struct draft *draft, int close) {
    while (!lax_i_at(p, close)) {
        if (!lax_i_mlir_operand(p, draft)) return false;
        if (!lax_i_take(p, ',')) break;
    }
    return lax_i_expect(p, close, "',' or ')' after an operand");
}

/* --- clauses of pretty forms ------------------------------------------------------------------ */

static bool read_number(struct parser *p, struct attributes *a, enum key key) {
    int64_t value;
    return lax_i_parse_int(p, "an integer", &value) && lax_i_attribute_add(p, a, key, value);
}

/* [0] x [1] */
static bool read_pair(struct parser *p, struct attributes *a, enum key key) {
    enum key other = (enum key)(key + 1);
    return lax_i_mlir_ints(p, a, key) && lax_i_expect_word(p, "x") &&
           lax_i_attribute_start(p, a, other, a->place[key]) && lax_i_mlir_ints(p, a, other);
}

/* e5m10 */
static bool read_format(struct parser *p, struct attributes *a, enum key key) {
    struct token token = *lax_i_token(p);
    const char *m = token.length > 0 ? memchr(token.data, 'm', token.length) : NULL;
    int64_t exponent, mantissa;
    if (m == NULL || token.data[0] != 'e' ||
        !lax_i_int_of(token.data + 1, (size_t)(m - token.data) - 1, &exponent) ||
        !lax_i_int_of(m + 1, token.length - (size_t)(m - token.data) - 1, &mantissa))
        return lax_i_parse_expected(p, "a format like e5m10");
    lax_i_lex(&p->lexer);
    return lax_i_attribute_add(p, a, key, exponent) &&
           lax_i_attribute_start(p, a, KEY_MANTISSA_BITS, token.place) &&
           lax_i_attribute_add(p, a, KEY_MANTISSA_BITS, mantissa);
}

static bool read_labels(struct parser *p, struct attributes *a, enum key key) {
    (void)key;
    return lax_i_mlir_conv_labels(p, a);
}

static bool read_window(struct parser *p, struct attributes *a, enum key key) {
    (void)key;
    return lax_i_mlir_conv_window(p, a);
}

static bool read_skipped(struct parser *p, struct attributes *a, enum key key) {
    (void)a;
    (void)key;
    return lax_i_skip_value(p);
}

static const struct clause {
    const char *name;
    enum key key;
    bool (*read)(struct parser *p, struct attributes *a, enum key key);
} clauses[] = {
    {"dims", KEY_DIMENSIONS, lax_i_mlir_ints},
    {"dim", KEY_DIMENSIONS, read_number},
    {"low", KEY_LOW, lax_i_mlir_ints},
    {"high", KEY_HIGH, lax_i_mlir_ints},
    {"interior", KEY_INTERIOR, lax_i_mlir_ints},
    {"batching_dims", KEY_LHS_BATCH, read_pair},
    {"contracting_dims", KEY_LHS_CONTRACTING, read_pair},
    {"format", KEY_EXPONENT_BITS, read_format},
    {"dim_numbers", KEY_LABELS, read_labels},
    {"window", KEY_STRIDES, read_window},
    {"precision", KEY_COUNT, read_skipped},
};

static bool clause(struct parser *p, struct draft *draft) {
    struct token name = *lax_i_token(p);
    lax_i_lex(&p->lexer);
    for (int i = 0; i < LAX_COUNTOF(clauses); i++) {
        const struct clause *found = &clauses[i];
        if (!lax_i_token_is(&name, found->name)) continue;
        bool ignored = found->key == KEY_COUNT;
        if (!ignored && !(lax_i_ops[draft->op].keys >> found->key & 1)) break;
        bool listed = !ignored && found->read != read_window;
        if (listed && !lax_i_attribute_start(p, &draft->attributes, found->key, name.place))
            return false;
        return lax_i_expect(p, '=', "'=' after the attribute's name") &&
               found->read(p, &draft->attributes, found->key);
    }
    return lax_i_parse_fail(
        p, LAX_ERROR_ATTRIBUTE, name.place, "%s has no attribute '%.*s' that is supported here",
        lax_i_ops[draft->op].hlo, name.length < 60 ? (int)name.length : 60, name.data);
}

/* A direction before the operands of compare, a type behind them. */
static bool compare_word(struct parser *p, struct draft *draft) {
    struct attributes *a = &draft->attributes;
    bool direction = !lax_i_attribute_has(a, KEY_DIRECTION);
    enum key key = direction ? KEY_DIRECTION : KEY_COMPARE_TYPE;
    const struct token *token = lax_i_token(p);
    int64_t value;
    bool good =
        direction ? lax_i_direction_of(token, &value) : lax_i_compare_type_of(token, &value);
    if (!good)
        return lax_i_parse_expected(p, direction ? "EQ, NE, GE, GT, LE or LT"
                                                 : "FLOAT, TOTALORDER, SIGNED or UNSIGNED");
    if (!lax_i_attribute_start(p, a, key, token->place)) return false;
    lax_i_lex(&p->lexer);
    return lax_i_attribute_add(p, a, key, value);
}

/* [0:2, 1:5:2] behind the operand of slice. */
static bool slice_ranges(struct parser *p, struct attributes *a) {
    static const enum key keys[] = {KEY_STARTS, KEY_LIMITS, KEY_STRIDES};
    for (int i = 0; i < 3; i++)
        if (!lax_i_attribute_start(p, a, keys[i], lax_i_token(p)->place)) return false;
    lax_i_lex(&p->lexer);
    while (!lax_i_at(p, ']')) {
        int64_t value[3] = {0, 0, 1};
        if (!lax_i_parse_int(p, "the start of a range", &value[0]) ||
            !lax_i_expect(p, ':', "':' in the range") ||
            !lax_i_parse_int(p, "the limit of a range", &value[1]))
            return false;
        if (lax_i_take(p, ':') && !lax_i_parse_int(p, "the stride of a range", &value[2]))
            return false;
        for (int i = 0; i < 3; i++)
            if (!lax_i_attribute_add(p, a, keys[i], value[i])) return false;
        if (!lax_i_take(p, ',')) break;
    }
    return lax_i_expect(p, ']', "',' or ']' after a range");
}

static bool operand_and_brackets(struct parser *p, struct draft *draft) {
    if (!lax_i_mlir_operand(p, draft)) return false;
    if (!lax_i_at(p, '[')) return true;
    if (draft->op == OP_SLICE) return slice_ranges(p, &draft->attributes);
    if (draft->op != OP_ELEMENT) return lax_i_parse_expected(p, "',' or ':'");
    return lax_i_attribute_start(p, &draft->attributes, KEY_INDEX, lax_i_token(p)->place) &&
           lax_i_mlir_ints(p, &draft->attributes, KEY_INDEX);
}

/* Operands, clauses and words between commas. */
static bool arguments(struct parser *p, struct draft *draft) {
    do {
        bool good;
        struct lexer ahead = p->lexer;
        lax_i_lex(&ahead);
        if (lax_i_at(p, '%'))
            good = operand_and_brackets(p, draft);
        else if (lax_i_at(p, TOKEN_WORD) && ahead.token.kind == '=')
            good = clause(p, draft);
        else if (draft->op == OP_COMPARE)
            good = compare_word(p, draft);
        else
            return lax_i_parse_expected(p, "an operand or an attribute");
        if (!good) return false;
    } while (lax_i_take(p, ','));
    return true;
}

/* --- operations with a syntax of their own ---------------------------------------------------- */

static bool pretty_constant(struct parser *p, struct draft *draft) {
    if (lax_i_at(p, '{') && !lax_i_mlir_dictionary(p, draft)) return false;
    return lax_i_mlir_literal(p, &draft->attributes) &&
           lax_i_expect(p, ':', "':' before the constant's type") &&
           lax_i_mlir_type(p, &draft->type);
}

static bool pretty_call(struct parser *p, struct draft *draft) {
    struct token name;
    if (!lax_i_mlir_symbol(p, &name)) return false;
    draft->attributes.called[0] = lax_i_mlir_function(p, &name);
    return draft->attributes.called[0] != NULL &&
           lax_i_attribute_start(p, &draft->attributes, KEY_TO_APPLY, name.place) &&
           lax_i_expect(p, '(', "'(' before the operands") && lax_i_mlir_operands(p, draft, ')');
}

static bool pretty_convolution(struct parser *p, struct draft *draft) {
    lax_i_lex(&p->lexer);
    return lax_i_mlir_operands(p, draft, ')') && arguments(p, draft);
}

/* (%x init: %i), (%y init: %j): operands first, initial values behind them. */
static bool reduce_operands(struct parser *p, struct draft *draft) {
    struct draft inits = {0};
    do {
        if (!lax_i_expect(p, '(', "'(' before an operand") || !lax_i_mlir_operand(p, draft) ||
            !lax_i_expect_word(p, "init") || !lax_i_expect(p, ':', "':' after init") ||
            !lax_i_mlir_operand(p, &inits) || !lax_i_expect(p, ')', "')' after the initial value"))
            return false;
    } while (lax_i_take(p, ','));
    for (int i = 0; i < inits.operands.n; i++)
        if (!lax_i_draft_operand(p, draft, inits.operands.data[i])) return false;
    return true;
}

/* applies stablehlo.add: a region of that one operation. */
static bool reduce_applies(struct parser *p, struct draft *draft) {
    struct draft named = {.op = OP_NONE};
    if (!lax_i_mlir_op_name(p, &named)) return false;
    const struct op_row *row = &lax_i_ops[named.op];
    const lax_tensor scalar = {.dtype = instruction_at(&draft->operands, 0)->results[0].dtype};
    struct type type = {false, 1, (lax_tensor[]){scalar}};
    struct instruction *operand[2], *root;
    if (row->arity != 2 || lax_i_elementwise(named.op, scalar.dtype) == NULL)
        return lax_i_parse_fail(p, LAX_ERROR_UNSUPPORTED, named.place,
                                "'%s' of %s is unsupported as a reducer", row->mlir,
                                lax_dtype_name(scalar.dtype));
    struct computation *outer = p->computation;
    struct computation *region = lax_i_mlir_new_region(p, named.place);
    if (region == NULL) return false;
    p->computation = region;
    bool good = lax_i_build_parameter(p, &type, NULL, named.place, &operand[0]) &&
                lax_i_build_parameter(p, &type, NULL, named.place, &operand[1]);
    root = good ? lax_i_build_simple(p, named.op, &scalar, 2, operand) : NULL;
    p->computation = outer;
    draft->attributes.called[0] = region;
    return root != NULL && lax_i_finish_computation(p, region);
}

/* reducer(%a: T, %b: T) (%c: T, %d: T) { ... }: pairs, the accumulators first. */
static bool reduce_region(struct parser *p, struct draft *draft) {
    if (!lax_i_take_word(p, "reducer")) return lax_i_parse_expected(p, "'reducer'");
    return lax_i_mlir_reducer(p, &draft->attributes.called[0]);
}

static bool pretty_reduce(struct parser *p, struct draft *draft) {
    struct attributes *a = &draft->attributes;
    size_t place = lax_i_token(p)->place;
    if (!reduce_operands(p, draft)) return false;
    bool applies = lax_i_take_word(p, "applies");
    if (applies && !reduce_applies(p, draft)) return false;
    if (!lax_i_expect_word(p, "across") || !lax_i_expect_word(p, "dimensions") ||
        !lax_i_expect(p, '=', "'=' after dimensions") ||
        !lax_i_attribute_start(p, a, KEY_DIMENSIONS, place) ||
        !lax_i_mlir_ints(p, a, KEY_DIMENSIONS) || !lax_i_attribute_start(p, a, KEY_TO_APPLY, place))
        return false;
    if (lax_i_at(p, '{') && !lax_i_mlir_dictionary(p, draft)) return false;
    if (!lax_i_expect(p, ':', "':' before the types") || !lax_i_mlir_types(p, draft)) return false;
    return applies || reduce_region(p, draft);
}

/* dot pairs lhs's last dimension with rhs's first. */
static bool plain_dot(struct parser *p, struct draft *draft, bool plain) {
    struct attributes *a = &draft->attributes;
    if (!plain || draft->operands.n != 2) return true;
    int rank = instruction_at(&draft->operands, 0)->results[0].rank;
    if (rank < 1 || lax_i_attribute_has(a, KEY_LHS_CONTRACTING))
        return lax_i_parse_fail(p, LAX_ERROR_RANK, draft->place,
                                "the operands of dot are vectors or matrices");
    return lax_i_attribute_start(p, a, KEY_LHS_CONTRACTING, draft->place) &&
           lax_i_attribute_add(p, a, KEY_LHS_CONTRACTING, rank - 1) &&
           lax_i_attribute_start(p, a, KEY_RHS_CONTRACTING, draft->place) &&
           lax_i_attribute_add(p, a, KEY_RHS_CONTRACTING, 0);
}

/* --- all -------------------------------------------------------------------------------------- */

bool lax_i_mlir_op_name(struct parser *p, struct draft *draft) {
    struct token token = *lax_i_token(p), name = token;
    const char *prefix = "stablehlo.";
    size_t n = strlen(prefix);
    bool known = token.length > n && memcmp(token.data, prefix, n) == 0;
    draft->place = token.place;
    if (token.kind != TOKEN_WORD && token.kind != TOKEN_STRING)
        return lax_i_parse_expected(p, "an operation");
    name.data += known ? n : 0;
    name.length -= known ? n : 0;
    draft->op = known ? lax_i_op_from_mlir(name.data, name.length) : OP_NONE;
    if (lax_i_token_is(&token, "call") || lax_i_token_is(&token, "func.call")) draft->op = OP_CALL;
    if (draft->op == OP_NONE)
        return lax_i_parse_fail(p, LAX_ERROR_UNSUPPORTED, token.place,
                                "operation '%.*s' is unsupported",
                                token.length < 60 ? (int)token.length : 60, token.data);
    lax_i_lex(&p->lexer);
    return true;
}

bool lax_i_mlir_pretty(struct parser *p, struct draft *draft) {
    bool plain = lax_i_at_word(p, "stablehlo.dot"), good = true;
    if (!lax_i_mlir_op_name(p, draft)) return false;
    if (draft->op == OP_CONSTANT) return pretty_constant(p, draft);
    if (draft->op == OP_REDUCE) return pretty_reduce(p, draft);
    if (draft->op == OP_CALL)
        good = pretty_call(p, draft);
    else if (draft->op == OP_CONVOLUTION && lax_i_at(p, '('))
        good = pretty_convolution(p, draft);
    else if (!lax_i_at(p, ':') && !lax_i_at(p, '{'))
        good = arguments(p, draft);
    if (!good || !plain_dot(p, draft, plain)) return false;
    if (lax_i_at(p, '{') && !lax_i_mlir_dictionary(p, draft)) return false;
    return lax_i_expect(p, ':', "':' before the types") && lax_i_mlir_types(p, draft);
}

/* ({ ... }, { ... }) */
static bool generic_regions(struct parser *p, struct draft *draft) {
    struct attributes *a = &draft->attributes;
    bool two = draft->op == OP_SELECT_AND_SCATTER;
    size_t place = lax_i_token(p)->place;
    int n = 0;
    lax_i_lex(&p->lexer);
    do {
        if (n == 2)
            return lax_i_parse_fail(p, LAX_ERROR_COUNT, lax_i_token(p)->place,
                                    "more than 2 regions");
        if (!lax_i_mlir_region(p, true, &a->called[n++])) return false;
    } while (lax_i_take(p, ','));
    if (!lax_i_expect(p, ')', "',' or ')' after a region")) return false;
    if (!lax_i_attribute_start(p, a, two ? KEY_SELECT : KEY_TO_APPLY, place)) return false;
    if (n != (two ? 2 : 1))
        return lax_i_parse_fail(p, LAX_ERROR_COUNT, place, "%s has %d region%s, got %d",
                                lax_i_ops[draft->op].hlo, two ? 2 : 1, two ? "s" : "", n);
    return !two || lax_i_attribute_start(p, a, KEY_SCATTER, place);
}

/* "stablehlo.op"(%a, %b) <{...}> ({...}) {...} : (T, T) -> T */
bool lax_i_mlir_generic(struct parser *p, struct draft *draft) {
    bool plain = lax_i_token_is(lax_i_token(p), "stablehlo.dot");
    if (!lax_i_mlir_op_name(p, draft) || !lax_i_expect(p, '(', "'(' before the operands") ||
        !lax_i_mlir_operands(p, draft, ')'))
        return false;
    if (lax_i_take(p, '<') &&
        (!lax_i_mlir_dictionary(p, draft) || !lax_i_expect(p, '>', "'>' after the properties")))
        return false;
    if (lax_i_at(p, '(') && !generic_regions(p, draft)) return false;
    if (lax_i_at(p, '{') && !lax_i_mlir_dictionary(p, draft)) return false;
    return plain_dot(p, draft, plain) && lax_i_expect(p, ':', "':' before the types") &&
           lax_i_mlir_types(p, draft);
}
