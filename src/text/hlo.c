/* SPDX-License-Identifier: Apache-2.0 */
/* HLO text: a module of computations, or computations and one instruction. */
#include "text/text.h"

/* A name with or without %. */
static bool name(struct parser *p, const char *what, struct token *out) {
    lax_i_take(p, '%');
    *out = *lax_i_token(p);
    return lax_i_expect(p, TOKEN_WORD, what);
}

static bool keep_name(struct parser *p, const struct token *token, const char **out) {
    *out = lax_i_arena_string(&p->module->arena, token->data, token->length);
    return *out != NULL || lax_i_parse_memory(p);
}

static bool same_shape(const lax_tensor *a, const lax_tensor *b) {
    return a->dtype == b->dtype && a->rank == b->rank &&
           memcmp(a->shape, b->shape, (size_t)a->rank * sizeof a->shape[0]) == 0;
}

/* --- operands ------------------------------------------------------------------------------- */

/* A single instruction's operand makes a parameter of its written type. */
static bool operand_parameter(struct parser *p, const struct token *token, bool typed,
                              const struct type *type, struct instruction **out) {
    if (!p->single)
        return lax_i_parse_fail(p, LAX_ERROR_NAME, token->place,
                                "'%.*s' is not defined in this computation",
                                token->length < 60 ? (int)token->length : 60, token->data);
    if (!typed)
        return lax_i_parse_fail(p, LAX_ERROR_SYNTAX, token->place,
                                "a single instruction must carry its operands' shapes, as in "
                                "f32[2,3] %%%.*s; without them pass the whole module",
                                token->length < 40 ? (int)token->length : 40, token->data);
    const char *kept;
    return keep_name(p, token, &kept) && lax_i_build_parameter(p, type, kept, token->place, out);
}

/* Does a type, not a name, start here? */
static bool at_type(const struct parser *p) {
    struct lexer ahead = p->lexer;
    if (ahead.token.kind == '(') return true;
    if (ahead.token.kind != TOKEN_WORD) return false;
    lax_i_lex(&ahead);
    return ahead.token.kind == '[';
}

static bool operand(struct parser *p, struct draft *draft) {
    struct type type = {0};
    struct token token;
    bool typed = at_type(p);
    if (typed && !lax_i_hlo_type(p, &type)) return false;
    if (!name(p, "an operand's name", &token)) return false;
    struct name *found = lax_i_names_find(&p->values, token.data, token.length);
    struct instruction *value = found == NULL ? NULL : found->value;
    if (value == NULL && !operand_parameter(p, &token, typed, &type, &value)) return false;
    if (typed && !type.tuple && !value->tuple && !same_shape(&type.elements[0], &value->results[0]))
        return lax_i_parse_fail(p, LAX_ERROR_TYPE, token.place,
                                "the operand's written type is not the type of '%s'", value->name);
    return lax_i_draft_operand(p, draft, value);
}

static bool operands(struct parser *p, struct draft *draft) {
    while (!lax_i_at(p, ')')) {
        if (!operand(p, draft)) return false;
        if (!lax_i_take(p, ',')) break;
    }
    return lax_i_expect(p, ')', "',' or ')' after an operand");
}

/* --- instructions --------------------------------------------------------------------------- */

/* parameter(N) */
static bool parameter(struct parser *p, struct draft *draft, struct instruction **out) {
    int64_t number;
    size_t place = lax_i_token(p)->place;
    if (!lax_i_parse_int(p, "the parameter's number", &number)) return false;
    if (!lax_i_expect(p, ')', "')' after the parameter's number")) return false;
    if (number < 0 || number >= MAX_WIDTH)
        return lax_i_parse_fail(p, LAX_ERROR_LIMIT, place, "parameter number %lld",
                                (long long)number);
    if (!lax_i_build_parameter(p, &draft->type, draft->name, draft->place, out)) return false;
    (*out)->index = number;
    return true;
}

/* What stands between the parentheses, by operation. */
static bool arguments(struct parser *p, struct draft *draft, struct instruction **out) {
    if (draft->op == OP_PARAMETER) return parameter(p, draft, out);
    if (draft->op != OP_CONSTANT) return operands(p, draft);
    draft->attributes.literal = p->lexer;
    if (!lax_i_attribute_start(p, &draft->attributes, KEY_LITERAL, lax_i_token(p)->place))
        return false;
    while (!lax_i_at(p, ')'))
        if (!lax_i_skip_value(p)) return false;
    lax_i_lex(&p->lexer);
    return true;
}

static bool operation(struct parser *p, struct draft *draft) {
    const struct token *token = lax_i_token(p);
    draft->place = token->place;
    if (token->kind != TOKEN_WORD) return lax_i_parse_expected(p, "an operation");
    draft->op = lax_i_op_from_hlo(token->data, token->length);
    if (draft->op == OP_NONE)
        return lax_i_parse_fail(p, LAX_ERROR_UNSUPPORTED, token->place,
                                "operation '%.*s' is unsupported",
                                token->length < 60 ? (int)token->length : 60, token->data);
    lax_i_lex(&p->lexer);
    return lax_i_expect(p, '(', "'(' after the operation");
}

/* type operation(...), attribute=..., ... */
static bool body(struct parser *p, struct draft *draft, struct instruction **out) {
    if (!lax_i_hlo_type(p, &draft->type) || !operation(p, draft)) return false;
    if (!arguments(p, draft, out)) return false;
    while (lax_i_take(p, ','))
        if (!lax_i_hlo_attribute(p, draft)) return false;
    return draft->op == OP_PARAMETER || lax_i_build(p, draft, out);
}

/* [ROOT] %name = ... */
static bool instruction(struct parser *p) {
    struct token token;
    struct instruction *made = NULL;
    struct draft *draft = lax_i_draft(p);
    bool root = lax_i_take_word(p, "ROOT");
    if (draft == NULL || !name(p, "an instruction's name", &token)) return false;
    if (!lax_i_expect(p, '=', "'=' after the instruction's name")) return false;
    if (!keep_name(p, &token, &draft->name) || !body(p, draft, &made)) return false;
    if (lax_i_names_find(&p->values, token.data, token.length) != NULL)
        return lax_i_parse_fail(p, LAX_ERROR_NAME, token.place, "'%.*s' is defined twice",
                                token.length < 60 ? (int)token.length : 60, token.data);
    if (root && p->computation->root != NULL)
        return lax_i_parse_fail(p, LAX_ERROR_NAME, token.place, "a second ROOT");
    if (root) p->computation->root = made;
    return lax_i_names_add(&p->module->arena, &p->values, token.data, token.length, made) ||
           lax_i_parse_memory(p);
}

/* --- computations --------------------------------------------------------------------------- */

/* [(p: f32[2], ...) -> f32[2]] */
static bool signature(struct parser *p) {
    struct type type;
    if (!lax_i_at(p, '(')) return true;
    if (!lax_i_skip_value(p)) return false;
    return lax_i_expect(p, TOKEN_ARROW, "'->' after the parameters") && lax_i_hlo_type(p, &type);
}

static bool instructions(struct parser *p, struct computation *computation) {
    lax_i_names_truncate(&p->values, 0);
    p->computation = computation;
    if (!lax_i_expect(p, '{', "'{' before the instructions")) return false;
    while (!lax_i_at(p, '}'))
        if (!instruction(p)) return false;
    lax_i_lex(&p->lexer);
    while (lax_i_at(p, ',')) { /* execution_thread="main" */
        lax_i_lex(&p->lexer);
        if (!lax_i_expect(p, TOKEN_WORD, "an attribute")) return false;
        if (!lax_i_expect(p, '=', "'='") || !lax_i_skip_value(p)) return false;
    }
    return lax_i_finish_computation(p, computation);
}

bool lax_i_parse_hlo_computation(struct parser *p, struct computation **out) {
    struct token token;
    const char *kept;
    if (!name(p, "a computation's name", &token) || !keep_name(p, &token, &kept)) return false;
    if (lax_i_names_find(&p->computations, token.data, token.length) != NULL)
        return lax_i_parse_fail(p, LAX_ERROR_NAME, token.place,
                                "computation '%.60s' is defined twice", kept);
    *out = lax_i_computation(p, kept, token.place);
    if (*out == NULL || !signature(p) || !instructions(p, *out)) return false;
    return lax_i_names_add(&p->module->arena, &p->computations, token.data, token.length, *out) ||
           lax_i_parse_memory(p);
}

/* HloModule name, field=value, ...: the fields are of no account here. */
static bool header(struct parser *p) {
    struct token token;
    if (!name(p, "the module's name", &token) || !keep_name(p, &token, &p->module->name))
        return false;
    while (lax_i_take(p, ',')) {
        if (!lax_i_expect(p, TOKEN_WORD, "a field of the module")) return false;
        if (!lax_i_expect(p, '=', "'=' after the field's name") || !lax_i_skip_value(p))
            return false;
    }
    return true;
}

/* Is `name {` or `name (` next? */
static bool at_computation(const struct parser *p) {
    struct lexer ahead = p->lexer;
    if (ahead.token.kind == '%') lax_i_lex(&ahead);
    if (ahead.token.kind != TOKEN_WORD) return false;
    lax_i_lex(&ahead);
    return ahead.token.kind == '{' || ahead.token.kind == '(';
}

static bool single(struct parser *p) {
    p->single = p->module->single = true;
    p->module->entry = p->computation = lax_i_computation(p, "main", 0);
    if (p->computation == NULL) return false;
    lax_i_names_truncate(&p->values, 0);
    if (!instruction(p)) return false;
    if (!lax_i_at(p, TOKEN_END))
        return lax_i_parse_expected(p, "the end of the single instruction (a module starts with "
                                       "HloModule)");
    return lax_i_finish_computation(p, p->computation);
}

bool lax_i_parse_hlo(struct parser *p) {
    bool module = lax_i_take_word(p, "HloModule");
    if (module && !header(p)) return false;
    while (!lax_i_at(p, TOKEN_END)) {
        size_t place = lax_i_token(p)->place;
        struct computation *computation;
        bool entry = lax_i_take_word(p, "ENTRY");
        if (!module && !entry && !at_computation(p) && p->module->entry == NULL) return single(p);
        if (!lax_i_parse_hlo_computation(p, &computation)) return false;
        if (entry && p->module->entry != NULL)
            return lax_i_parse_fail(p, LAX_ERROR_NAME, place, "a second ENTRY");
        if (entry) p->module->entry = computation;
    }
    if (p->module->entry == NULL) return lax_i_parse_expected(p, "an ENTRY computation");
    return true;
}
