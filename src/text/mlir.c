/* SPDX-License-Identifier: Apache-2.0 */
/* StableHLO text: modules, functions, regions and their blocks. */
#include "text/text.h"

#include <stdio.h>

static bool define(struct parser *p, const struct token *name, struct instruction *value) {
    if (lax_i_names_find(&p->values, name->data, name->length) != NULL)
        return lax_i_parse_fail(p, LAX_ERROR_NAME, name->place, "'%%%.*s' is defined twice",
                                name->length < 60 ? (int)name->length : 60, name->data);
    return lax_i_names_add(&p->module->arena, &p->values, name->data, name->length, value) ||
           lax_i_parse_memory(p);
}

/* --- symbols ---------------------------------------------------------------------------------- */

bool lax_i_mlir_symbol(struct parser *p, struct token *out) {
    if (!lax_i_expect(p, '@', "a symbol like @main")) return false;
    *out = *lax_i_token(p);
    if (!lax_i_at(p, TOKEN_WORD) && !lax_i_at(p, TOKEN_STRING))
        return lax_i_parse_expected(p, "a symbol's name");
    lax_i_lex(&p->lexer);
    return true;
}

struct computation *lax_i_mlir_function(struct parser *p, const struct token *name) {
    struct name *found = lax_i_names_find(&p->computations, name->data, name->length);
    if (found != NULL) return found->value;
    char *kept = lax_i_arena_string(&p->module->arena, name->data, name->length);
    struct computation *made = kept == NULL ? NULL : lax_i_computation(p, kept, name->place);
    if (made == NULL ||
        !lax_i_names_add(&p->module->arena, &p->computations, name->data, name->length, made)) {
        lax_i_parse_memory(p);
        return NULL;
    }
    return made;
}

struct computation *lax_i_mlir_new_region(struct parser *p, size_t place) {
    char word[32];
    snprintf(word, sizeof word, "region_%d", p->module->computations.n);
    char *name = lax_i_arena_string(&p->module->arena, word, strlen(word));
    struct computation *made = name == NULL ? NULL : lax_i_computation(p, name, place);
    if (made == NULL) lax_i_parse_memory(p);
    return made;
}

/* --- blocks ----------------------------------------------------------------------------------- */

/* %name: T [{attributes}] [loc(...)] */
static bool block_argument(struct parser *p, struct token *name, struct type *type) {
    if (!lax_i_expect(p, '%', "an argument like %arg0")) return false;
    *name = *lax_i_token(p);
    if (!lax_i_expect(p, TOKEN_WORD, "an argument's name") ||
        !lax_i_expect(p, ':', "':' before the argument's type") || !lax_i_mlir_type(p, type))
        return false;
    if (lax_i_at(p, '{') && !lax_i_skip_value(p)) return false;
    return lax_i_mlir_skip_location(p);
}

/* (%a: T, %b: T): parameters of the current computation. */
static bool block_arguments(struct parser *p) {
    if (!lax_i_expect(p, '(', "'(' before the arguments")) return false;
    while (!lax_i_at(p, ')')) {
        struct token name;
        struct type type;
        struct instruction *parameter;
        if (!block_argument(p, &name, &type) ||
            !lax_i_build_parameter(p, &type, NULL, name.place, &parameter) ||
            !define(p, &name, parameter))
            return false;
        if (!lax_i_take(p, ',')) break;
    }
    return lax_i_expect(p, ')', "',' or ')' after an argument");
}

static bool at_return(const struct parser *p) {
    static const char *const names[] = {"return", "func.return", "stablehlo.return"};
    for (int i = 0; i < 3; i++)
        if (lax_i_token_is(lax_i_token(p), names[i]))
            return lax_i_at(p, TOKEN_WORD) || lax_i_at(p, TOKEN_STRING);
    return false;
}

/* One value is the root itself, others make a tuple. */
static bool set_root(struct parser *p, struct draft *draft, struct computation *computation) {
    if (draft->operands.n == 1) {
        computation->root = instruction_at(&draft->operands, 0);
        return true;
    }
    draft->op = OP_TUPLE;
    draft->type.tuple = true;
    return lax_i_build(p, draft, &computation->root);
}

/* return %a, %b : T, T, or "func.return"(%a) : (T) -> () */
static bool block_return(struct parser *p, struct computation *computation) {
    bool generic = lax_i_at(p, TOKEN_STRING);
    struct draft *draft = lax_i_draft(p);
    if (draft == NULL) return false;
    lax_i_lex(&p->lexer);
    if (generic) {
        struct type results, types;
        if (!lax_i_expect(p, '(', "'(' before the operands") ||
            !lax_i_mlir_operands(p, draft, ')') || !lax_i_expect(p, ':', "':' before the types") ||
            !lax_i_mlir_function_type(p, &types, &results))
            return false;
        draft->type = types;
    } else if (lax_i_at(p, '%')) {
        do {
            if (!lax_i_mlir_operand(p, draft)) return false;
        } while (lax_i_take(p, ','));
        if (!lax_i_expect(p, ':', "':' before the types") ||
            !lax_i_mlir_type_sequence(p, &draft->type))
            return false;
    }
    return lax_i_mlir_skip_location(p) && lax_i_mlir_check_values(p, draft, &draft->type) &&
           set_root(p, draft, computation);
}

/* %name = or %name:2 = */
static bool result_name(struct parser *p, struct token *name, int64_t *count) {
    *count = 1;
    if (!lax_i_expect(p, '%', "an operation that gives a value, or return")) return false;
    *name = *lax_i_token(p);
    if (!lax_i_expect(p, TOKEN_WORD, "a value's name")) return false;
    if (lax_i_take(p, ':') && !lax_i_parse_int(p, "the number of results", count)) return false;
    return lax_i_expect(p, '=', "'=' after the value's name");
}

static bool operation(struct parser *p) {
    struct token name;
    int64_t count;
    struct instruction *made;
    if (!result_name(p, &name, &count)) return false;
    struct draft *draft = lax_i_draft(p);
    if (draft == NULL) return false;
    bool good =
        lax_i_at(p, TOKEN_STRING) ? lax_i_mlir_generic(p, draft) : lax_i_mlir_pretty(p, draft);
    if (!good || !lax_i_mlir_skip_location(p) || !lax_i_build(p, draft, &made)) return false;
    int results = made->tuple && made->op != OP_TUPLE ? made->n_results : 1;
    if (results != count)
        return lax_i_parse_fail(p, LAX_ERROR_COUNT, name.place,
                                "the operation gives %d result%s, the text names %lld", results,
                                results == 1 ? "" : "s", (long long)count);
    return define(p, &name, made);
}

bool lax_i_mlir_block(struct parser *p, struct computation *computation) {
    while (!at_return(p))
        if (!operation(p)) return false;
    return block_return(p, computation) && lax_i_finish_computation(p, computation);
}

/* --- regions ---------------------------------------------------------------------------------- */

/* ^bb0(...): if it is there */
static bool label(struct parser *p) {
    if (!lax_i_take(p, '^')) return true;
    if (!lax_i_expect(p, TOKEN_WORD, "a block's name")) return false;
    if (lax_i_at(p, '(') && !block_arguments(p)) return false;
    return lax_i_expect(p, ':', "':' after the block's label");
}

/* Opens a region's scope and computation around `inside`. */
static bool in_region(struct parser *p, struct computation **out,
                      bool (*inside)(struct parser *p, struct computation *region)) {
    struct computation *outer = p->computation;
    int scope = p->values.all.n;
    if (p->regions == MAX_REGIONS)
        return lax_i_parse_fail(p, LAX_ERROR_LIMIT, lax_i_token(p)->place,
                                "regions nested more than %d deep", MAX_REGIONS);
    *out = lax_i_mlir_new_region(p, lax_i_token(p)->place);
    if (*out == NULL) return false;
    p->regions++;
    p->computation = *out;
    bool good = inside(p, *out);
    p->computation = outer;
    p->regions--;
    lax_i_names_truncate(&p->values, scope);
    return good;
}

static bool labelled_block(struct parser *p, struct computation *region) {
    return label(p) && lax_i_mlir_block(p, region);
}

bool lax_i_mlir_region(struct parser *p, bool braces, struct computation **out) {
    if (braces && !lax_i_expect(p, '{', "'{' before the region")) return false;
    if (!in_region(p, out, labelled_block)) return false;
    return !braces || lax_i_expect(p, '}', "'}' after the region's return");
}

/* Sorts (a0, b0), (a1, b1), ... into a0, a1, ..., b0, b1, ... */
static bool reducer_block(struct parser *p, struct computation *region) {
    while (lax_i_at(p, '('))
        if (!block_arguments(p)) return false;
    int n = region->parameters.n;
    for (int i = 0; i < n; i++)
        instruction_at(&region->parameters, i)->index = i % 2 == 0 ? i / 2 : n / 2 + i / 2;
    return lax_i_expect(p, '{', "'{' before the region") && lax_i_mlir_block(p, region) &&
           lax_i_expect(p, '}', "'}' after the region's return");
}

bool lax_i_mlir_reducer(struct parser *p, struct computation **out) {
    return in_region(p, out, reducer_block);
}

/* --- functions -------------------------------------------------------------------------------- */

static bool start_function(struct parser *p, const struct token *name) {
    struct computation *function = lax_i_mlir_function(p, name);
    if (function == NULL) return false;
    if (function->root != NULL || function->parameters.n > 0)
        return lax_i_parse_fail(p, LAX_ERROR_NAME, name->place, "function '%.60s' is defined twice",
                                function->name);
    lax_i_names_truncate(&p->values, 0);
    p->computation = function;
    return lax_i_list_add(&p->module->arena, &p->functions, function) || lax_i_parse_memory(p);
}

/* The declared results against what return gives. */
static bool check_results(struct parser *p, size_t place, const struct type *declared) {
    const struct instruction *root = p->computation->root;
    bool good = declared->n == root->n_results;
    for (int i = 0; good && i < declared->n; i++)
        good = lax_i_same_form(&declared->elements[i], &root->results[i]);
    return good || lax_i_parse_fail(p, LAX_ERROR_TYPE, place,
                                    "function '%.60s' declares other results than it returns",
                                    p->computation->name);
}

/* func.func public @name(%a: T {..}) -> (T {..}) attributes {..} { ... } */
static bool pretty_function(struct parser *p) {
    struct token name;
    struct type results = {0};
    if (!lax_i_take_word(p, "public") && !lax_i_take_word(p, "private"))
        lax_i_take_word(p, "nested");
    if (!lax_i_mlir_symbol(p, &name) || !start_function(p, &name) || !block_arguments(p))
        return false;
    size_t place = lax_i_token(p)->place;
    if (lax_i_take(p, TOKEN_ARROW) && !lax_i_mlir_results(p, &results)) return false;
    if (lax_i_take_word(p, "attributes") && !lax_i_skip_value(p)) return false;
    if (!lax_i_expect(p, '{', "'{' before the function's body")) return false;
    return lax_i_mlir_block(p, p->computation) && check_results(p, place, &results) &&
           lax_i_expect(p, '}', "'}' after the function's return") && lax_i_mlir_skip_location(p);
}

/* Looks for sym_name = "..." in <{...}>, or in the dictionary behind the region. */
static bool find_symbol(struct parser *p, struct token *name) {
    struct lexer start = p->lexer;
    bool found = false;
    for (int depth = 0; !found && !lax_i_at(p, TOKEN_END) && !lax_i_at(p, TOKEN_BAD);) {
        int kind = lax_i_token(p)->kind;
        depth += kind == '{' || kind == '(' ? 1 : kind == '}' || kind == ')' ? -1 : 0;
        bool here = depth == 1 && lax_i_at_word(p, "sym_name");
        lax_i_lex(&p->lexer);
        found = here && lax_i_take(p, '=') && lax_i_at(p, TOKEN_STRING);
    }
    *name = *lax_i_token(p);
    p->lexer = start;
    return found || lax_i_parse_expected(p, "a function with sym_name");
}

/* "func.func"() <{...}> ({ ^bb0(...): ... }) {...} : () -> () */
static bool generic_end(struct parser *p) {
    struct type operands, results;
    if (lax_i_at(p, '{') && !lax_i_skip_value(p)) return false;
    return lax_i_expect(p, ':', "':' before the type") &&
           lax_i_mlir_function_type(p, &operands, &results) && lax_i_mlir_skip_location(p);
}

static bool generic_start(struct parser *p) {
    if (!lax_i_expect(p, '(', "'('") || !lax_i_expect(p, ')', "')'")) return false;
    if (lax_i_at(p, '<') && !lax_i_skip_value(p)) return false;
    return lax_i_expect(p, '(', "'(' before the region") &&
           lax_i_expect(p, '{', "'{' before the region");
}

static bool generic_function(struct parser *p) {
    struct token name;
    if (!find_symbol(p, &name) || !start_function(p, &name) || !generic_start(p)) return false;
    return label(p) && lax_i_mlir_block(p, p->computation) &&
           lax_i_expect(p, '}', "'}' after the function's return") &&
           lax_i_expect(p, ')', "')' after the region") && generic_end(p);
}

/* --- modules ---------------------------------------------------------------------------------- */

/* #name = ..., !name = ..., {-# resources #-}, sdy.mesh @m = <...>: nothing that is needed. */
static bool skipped(struct parser *p, bool *was) {
    *was = true;
    if (lax_i_at(p, '{')) return lax_i_skip_value(p);
    if (lax_i_take(p, '#') || lax_i_take(p, '!'))
        return lax_i_expect(p, TOKEN_WORD, "an alias") && lax_i_expect(p, '=', "'='") &&
               lax_i_mlir_skip_attribute(p);
    if (lax_i_take_word(p, "sdy.mesh")) {
        struct token name;
        return lax_i_mlir_symbol(p, &name) && lax_i_expect(p, '=', "'='") &&
               lax_i_mlir_skip_attribute(p);
    }
    *was = false;
    return true;
}

static bool function(struct parser *p) {
    if (lax_i_take_word(p, "func.func") || lax_i_take_word(p, "func")) return pretty_function(p);
    bool generic = lax_i_at(p, TOKEN_STRING) && lax_i_token_is(lax_i_token(p), "func.func");
    if (!generic) return lax_i_parse_expected(p, "func.func");
    lax_i_lex(&p->lexer);
    return generic_function(p);
}

static bool functions(struct parser *p, int close) {
    while (!lax_i_at(p, close)) {
        bool was;
        if (!skipped(p, &was)) return false;
        if (!was && !function(p)) return false;
    }
    return true;
}

/* module @name attributes {...} { ... } */
static bool pretty_module(struct parser *p) {
    struct token name;
    if (lax_i_at(p, '@')) {
        if (!lax_i_mlir_symbol(p, &name)) return false;
        p->module->name = lax_i_arena_string(&p->module->arena, name.data, name.length);
        if (p->module->name == NULL) return lax_i_parse_memory(p);
    }
    if (lax_i_take_word(p, "attributes") && !lax_i_skip_value(p)) return false;
    return lax_i_expect(p, '{', "'{' before the module's functions") && functions(p, '}') &&
           lax_i_expect(p, '}', "'}' after the module") && lax_i_mlir_skip_location(p);
}

static bool generic_module(struct parser *p) {
    lax_i_lex(&p->lexer);
    if (!generic_start(p)) return false;
    if (lax_i_take(p, '^') &&
        (!lax_i_expect(p, TOKEN_WORD, "a block's name") || !lax_i_expect(p, ':', "':'")))
        return false;
    return functions(p, '}') && lax_i_expect(p, '}', "'}' after the module") &&
           lax_i_expect(p, ')', "')' after the module") && generic_end(p);
}

/* @main, or the only function. */
static bool choose_entry(struct parser *p) {
    struct name *found = lax_i_names_find(&p->computations, "main", 4);
    if (found != NULL) p->module->entry = found->value;
    if (found == NULL && p->functions.n == 1) p->module->entry = p->functions.data[0];
    if (p->module->entry != NULL) return true;
    return lax_i_parse_fail(p, LAX_ERROR_NAME, lax_i_token(p)->place,
                            "the module has no function @main");
}

bool lax_i_parse_mlir(struct parser *p) {
    p->mlir = true;
    while (!lax_i_at(p, TOKEN_END)) {
        bool was, good;
        if (!skipped(p, &was)) return false;
        if (was) continue;
        if (lax_i_take_word(p, "module") || lax_i_take_word(p, "builtin.module"))
            good = pretty_module(p);
        else if (lax_i_at(p, TOKEN_STRING) && lax_i_token_is(lax_i_token(p), "builtin.module"))
            good = generic_module(p);
        else
            good = function(p);
        if (!good) return false;
    }
    return choose_entry(p);
}
