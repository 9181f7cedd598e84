/* SPDX-License-Identifier: Apache-2.0 */
/* Tables between names and meanings: operations, comparisons, built-in reducers. */
#include "text/text.h"

const struct op_row lax_i_ops[OP_COUNT] = {
#define OP(id, hlo, mlir, arity, keys, build)                                                      \
    [OP_##id] = {hlo, mlir, arity, keys, lax_i_build_##build},
#include "text/ops.def"
#undef OP
};

static bool same(const char *name, const char *data, size_t length) {
    return strlen(name) == length && memcmp(name, data, length) == 0;
}

enum text_op lax_i_op_from_hlo(const char *name, size_t length) {
    for (int i = 1; i < OP_COUNT; i++)
        if (same(lax_i_ops[i].hlo, name, length)) return (enum text_op)i;
    return OP_NONE;
}

enum text_op lax_i_op_from_mlir(const char *name, size_t length) {
    for (int i = 1; i < OP_COUNT; i++)
        if (length > 0 && same(lax_i_ops[i].mlir, name, length)) return (enum text_op)i;
    return same("dot", name, length) ? OP_DOT : OP_NONE;
}

/* --- comparisons ------------------------------------------------------------------------------ */

static const struct direction {
    const char *name;
    int outcomes;
    lax_select select;
} directions[] = {
    {"EQ", ORDER_EQUAL, LAX_SELECT_UNSET},
    {"NE", ORDER_LESS | ORDER_GREATER | ORDER_UNORDERED, LAX_SELECT_UNSET},
    {"GE", ORDER_GREATER | ORDER_EQUAL, LAX_GE},
    {"GT", ORDER_GREATER, LAX_GT},
    {"LE", ORDER_LESS | ORDER_EQUAL, LAX_LE},
    {"LT", ORDER_LESS, LAX_LT},
};

bool lax_i_direction_of(const struct token *token, int64_t *outcomes) {
    for (int i = 0; i < LAX_COUNTOF(directions); i++)
        if (same(directions[i].name, token->data, token->length)) {
            *outcomes = directions[i].outcomes;
            return token->kind == TOKEN_WORD;
        }
    return false;
}

const char *lax_i_direction_name(int outcomes) {
    for (int i = 0; i < LAX_COUNTOF(directions); i++)
        if (directions[i].outcomes == outcomes) return directions[i].name;
    return "";
}

lax_select lax_i_direction_select(int outcomes) {
    for (int i = 0; i < LAX_COUNTOF(directions); i++)
        if (directions[i].outcomes == outcomes) return directions[i].select;
    return LAX_SELECT_UNSET;
}

int lax_i_select_direction(lax_select select) {
    for (int i = 0; i < LAX_COUNTOF(directions); i++)
        if (directions[i].select == select) return directions[i].outcomes;
    return 0;
}

static const char *const compare_types[] = {
    [COMPARE_NATURAL] = "NOTYPE", [COMPARE_FLOAT] = "FLOAT",       [COMPARE_TOTAL] = "TOTALORDER",
    [COMPARE_SIGNED] = "SIGNED",  [COMPARE_UNSIGNED] = "UNSIGNED",
};

bool lax_i_compare_type_of(const struct token *token, int64_t *type) {
    for (int i = 0; i < LAX_COUNTOF(compare_types); i++)
        if (same(compare_types[i], token->data, token->length)) {
            *type = i;
            return token->kind == TOKEN_WORD;
        }
    return false;
}

const char *lax_i_compare_type_name(enum compare_type type) { return compare_types[type]; }

/* --- built-in computations -------------------------------------------------------------------- */

static const struct reducer_name {
    const char *name;
    lax_reducer_kind kind;
} reducer_names[] = {
    {"add", LAX_ADD},     {"mul", LAX_MUL}, {"multiply", LAX_MUL},        {"max", LAX_MAX},
    {"maximum", LAX_MAX}, {"min", LAX_MIN}, {"minimum", LAX_MIN},         {"and", LAX_AND},
    {"or", LAX_OR},       {"xor", LAX_XOR}, {"logaddexp", LAX_LOGADDEXP},
};

static const struct select_name {
    const char *name;
    lax_select select;
} select_names[] = {{"ge", LAX_GE}, {"gt", LAX_GT}, {"le", LAX_LE}, {"lt", LAX_LT}};

lax_reducer_kind lax_i_named_reducer(const char *name) {
    size_t length = strcspn(name, ".");
    for (int i = 0; i < LAX_COUNTOF(reducer_names); i++)
        if (same(reducer_names[i].name, name, length)) return reducer_names[i].kind;
    return LAX_REDUCER_UNSET;
}

lax_select lax_i_named_select(const char *name) {
    size_t length = strcspn(name, ".");
    for (int i = 0; i < LAX_COUNTOF(select_names); i++)
        if (same(select_names[i].name, name, length)) return select_names[i].select;
    return LAX_SELECT_UNSET;
}

struct computation *lax_i_builtin_computation(struct parser *p, const struct token *token) {
    char *name = lax_i_arena_string(&p->module->arena, token->data, token->length);
    if (name == NULL) {
        lax_i_parse_memory(p);
        return NULL;
    }
    if (!p->single || (lax_i_named_reducer(name) == LAX_REDUCER_UNSET &&
                       lax_i_named_select(name) == LAX_SELECT_UNSET)) {
        lax_i_parse_fail(p, LAX_ERROR_NAME, token->place,
                         "computation '%.60s' is not defined before its use%s", name,
                         p->single ? ", and its name is not that of a built-in one" : "");
        return NULL;
    }
    struct computation *computation = lax_i_computation(p, name, token->place);
    if (computation != NULL) computation->builtin = true;
    return computation;
}
