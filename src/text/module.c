/* SPDX-License-Identifier: Apache-2.0 */
/* The public functions of texts: modules and regions. */
#include "context/context.h"
#include "text/eval.h"

#include <fenv.h>
#include <stdlib.h>

/* --- parsing ---------------------------------------------------------------------------------- */

static bool starts_with(const char *text, size_t length, const char *prefix) {
    size_t n = strlen(prefix);
    return length >= n && memcmp(text, prefix, n) == 0;
}

static bool at_name(const struct token *token, const char *name) {
    return token->kind == TOKEN_WORD && lax_i_token_is(token, name);
}

/* Does the text look like StableHLO, not HLO? */
static bool looks_like_mlir(const char *text, size_t length) {
    struct lexer lexer;
    lax_i_lex_start(&lexer, text, length);
    const struct token *token = &lexer.token;
    static const char *const words[] = {"module", "builtin.module", "func.func", "func",
                                        "sdy.mesh"};
    for (int i = 0; i < LAX_COUNTOF(words); i++)
        if (at_name(token, words[i])) return true;
    return token->kind == TOKEN_STRING || token->kind == '#' || token->kind == '!' ||
           token->kind == '(' || token->kind == '{' || token->kind == '^' ||
           starts_with(token->data, token->length, "stablehlo.");
}

/* A parser over the text with an empty module; NULL without memory. */
static struct parser *start(const char *text, size_t length, lax_error *why) {
    struct parser *p = calloc(1, sizeof *p);
    lax_module *module = calloc(1, sizeof *module);
    if (p == NULL || module == NULL) {
        lax_i_fail(why, LAX_ERROR_MEMORY, "memory for the module cannot be had");
        free(p);
        free(module);
        return NULL;
    }
    p->module = module;
    module->name = "module";
    p->why = why;
    lax_i_lex_start(&p->lexer, text, length);
    return p;
}

/* Ends the parser; the module is the caller's if all went well. */
static lax_status end(struct parser *p, lax_module **module) {
    lax_status status = p->status;
    if (status == LAX_OK)
        *module = p->module;
    else
        lax_module_release(p->module);
    free(p);
    return status;
}

static bool refuse_bytecode(struct parser *p) {
    return lax_i_parse_fail(p, LAX_ERROR_UNSUPPORTED, 0,
                            "MLIR bytecode is unsupported: print text, in Python with "
                            "str(lowered.compiler_ir('stablehlo')) or lowered.as_text(), else "
                            "with stablehlo-opt");
}

lax_status lax_module_parse(const char *text, size_t length, lax_module **module, lax_error *why) {
    if (text == NULL || module == NULL)
        return lax_i_fail(why, LAX_ERROR_NULL, "%s is NULL", text == NULL ? "text" : "module");
    *module = NULL;
    struct parser *p = start(text, length, why);
    if (p == NULL) return LAX_ERROR_MEMORY;
    struct text_locale locale = lax_i_locale_enter();
    int rounding = fegetround(); /* literals are what they say, whatever state the caller has */
    fesetround(FE_TONEAREST);
    unsigned saved = lax_i_fp_enter(false);
    bool good;
    if (starts_with(text, length, "ML\xEFR"))
        good = refuse_bytecode(p);
    else
        good = looks_like_mlir(text, length) ? lax_i_parse_mlir(p) : lax_i_parse_hlo(p);
    if (good) lax_i_finish(p);
    lax_i_fp_leave(saved);
    fesetround(rounding);
    lax_i_locale_leave(locale);
    return end(p, module);
}

void lax_module_release(lax_module *module) {
    if (module == NULL) return;
    lax_i_arena_release(&module->arena);
    free(module);
}

/* --- questions -------------------------------------------------------------------------------- */

int32_t lax_module_n_parameters(const lax_module *module) {
    return module == NULL ? 0 : module->entry->parameters.n;
}

int32_t lax_module_n_results(const lax_module *module) {
    return module == NULL ? 0 : module->entry->root->n_results;
}

static lax_status bad_index(lax_error *why, const char *what, int32_t i, int32_t n) {
    return lax_i_fail(why, LAX_ERROR_VALUE, "%s %d: the module has %d", what, (int)i, (int)n);
}

static lax_status form_of(const lax_tensor *form, lax_tensor *out) {
    *out = *form;
    lax_i_row_major(out);
    return LAX_OK;
}

lax_status lax_module_parameter(const lax_module *module, int32_t i, lax_tensor *out,
                                lax_error *why) {
    if (module == NULL || out == NULL)
        return lax_i_fail(why, LAX_ERROR_NULL, "%s is NULL", module == NULL ? "module" : "out");
    int n = module->entry->parameters.n;
    if (i < 0 || i >= n) return bad_index(why, "parameter", i, n);
    return form_of(&instruction_at(&module->entry->parameters, i)->results[0], out);
}

lax_status lax_module_result(const lax_module *module, int32_t i, lax_tensor *out, lax_error *why) {
    if (module == NULL || out == NULL)
        return lax_i_fail(why, LAX_ERROR_NULL, "%s is NULL", module == NULL ? "module" : "out");
    const struct instruction *root = module->entry->root;
    if (i < 0 || i >= root->n_results) return bad_index(why, "result", i, root->n_results);
    return form_of(&root->results[i], out);
}

size_t lax_module_print(const lax_module *module, char *text, size_t capacity) {
    struct text out = lax_i_text(text, capacity);
    if (module == NULL) return 0;
    struct text_locale locale = lax_i_locale_enter();
    lax_i_print_ir(&out, module);
    lax_i_locale_leave(locale);
    return out.length;
}

/* --- operations of ENTRY ---------------------------------------------------------------------- */

int32_t lax_module_n_operations(const lax_module *module) {
    int32_t n = 0;
    if (module == NULL) return 0;
    const struct list *all = &module->entry->instructions;
    for (int i = 0; i < all->n; i++) n += instruction_at(all, i)->family != NULL;
    return n;
}

lax_status lax_module_operation(const lax_module *module, int32_t i, lax_operation *operation,
                                lax_error *why) {
    if (module == NULL || operation == NULL)
        return lax_i_fail(why, LAX_ERROR_NULL, "%s is NULL",
                          module == NULL ? "module" : "operation");
    const struct list *all = &module->entry->instructions;
    int32_t seen = 0;
    for (int n = 0; n < all->n; n++) {
        const struct family *family = instruction_at(all, n)->family;
        if (family == NULL || seen++ != i) continue;
        *operation = family->operation;
        return LAX_OK;
    }
    return bad_index(why, "operation", i, seen);
}

/* Parameters, constants and tuples compute nothing and are not listed. */
static bool computes(enum text_op op) {
    return op != OP_PARAMETER && op != OP_CONSTANT && op != OP_TUPLE && op != OP_ELEMENT;
}

size_t lax_module_others(const lax_module *module, char *text, size_t capacity) {
    struct text out = lax_i_text(text, capacity);
    if (module == NULL) return 0;
    const struct list *all = &module->entry->instructions;
    for (int n = 0; n < all->n; n++) {
        const struct instruction *i = instruction_at(all, n);
        if (i->family != NULL || !computes(i->op)) continue;
        lax_i_text_add(&out, "%s%%%s (%s)", out.length == 0 ? "" : ", ", i->name,
                       lax_i_ops[i->op].hlo);
    }
    return out.length;
}

/* --- regions ---------------------------------------------------------------------------------- */

/* A region is a module whose entry is the computation. */
struct lax_region {
    lax_module *module;
    lax_reducer reducer;   /* or size 0: it is none */
    lax_selector selector; /* the same */
    lax_error no_reducer, no_selector;
};

static bool parse_region(struct parser *p, const char *text, size_t length) {
    struct computation *computation = NULL;
    p->mlir = looks_like_mlir(text, length);
    while (!lax_i_at(p, TOKEN_END) && !p->mlir)
        if (!lax_i_parse_hlo_computation(p, &computation)) return false;
    if (p->mlir) {
        bool parenthesis = lax_i_take(p, '(');
        if (!lax_i_mlir_region(p, lax_i_at(p, '{'), &computation)) return false;
        if (parenthesis && !lax_i_expect(p, ')', "')' after the region")) return false;
    }
    if (!lax_i_at(p, TOKEN_END)) return lax_i_parse_expected(p, "the end of the region");
    if (computation == NULL) return lax_i_parse_expected(p, "a computation");
    p->module->entry = computation;
    return true;
}

/* Tries a role; what is wrong with it is told when it is asked for. */
static void try_reducer(struct parser *p, lax_region *region) {
    const struct computation *c = p->module->entry;
    int n = c->root->n_results;
    if (n < 1 || n > LAX_MAX_OPERANDS) {
        lax_i_fail(&region->no_reducer, LAX_ERROR_COUNT, "a reducer gives 1 to %d results, not %d",
                   LAX_MAX_OPERANDS, n);
        return;
    }
    lax_error *why = p->why;
    p->why = &region->no_reducer;
    struct draft draft = {.op = OP_REDUCE, .place = c->place};
    if (!lax_i_build_reducer(p, &draft, p->module->entry, c->root->results, n, &region->reducer))
        region->reducer.size = 0;
    p->why = why;
    if (p->status != LAX_ERROR_MEMORY) p->status = LAX_OK;
}

static void try_selector(struct parser *p, lax_region *region) {
    const struct computation *c = p->module->entry;
    if (c->parameters.n != 2) {
        lax_i_fail(&region->no_selector, LAX_ERROR_COUNT, "a selector takes 2 parameters, not %d",
                   c->parameters.n);
        return;
    }
    lax_error *why = p->why;
    p->why = &region->no_selector;
    struct draft draft = {.op = OP_SELECT_AND_SCATTER, .place = c->place};
    const lax_tensor *form = &instruction_at(&c->parameters, 0)->results[0];
    if (!lax_i_build_selector(p, &draft, p->module->entry, form, &region->selector))
        region->selector.size = 0;
    p->why = why;
    if (p->status != LAX_ERROR_MEMORY) p->status = LAX_OK;
}

/* What the region can serve as, if as anything. */
static void find_roles(struct parser *p, lax_region *region) {
    try_reducer(p, region);
    if (p->status == LAX_OK) try_selector(p, region);
    if (p->status != LAX_OK || region->reducer.size != 0 || region->selector.size != 0) {
        if (p->status == LAX_ERROR_MEMORY && p->why != NULL)
            lax_i_fail(p->why, LAX_ERROR_MEMORY, "memory for the region cannot be had");
        return;
    }
    p->status = region->no_reducer.status;
    if (p->why != NULL) *p->why = region->no_reducer;
}

lax_status lax_region_parse(const char *text, size_t length, lax_region **region, lax_error *why) {
    if (text == NULL || region == NULL)
        return lax_i_fail(why, LAX_ERROR_NULL, "%s is NULL", text == NULL ? "text" : "region");
    *region = NULL;
    struct parser *p = start(text, length, why);
    lax_region *made = calloc(1, sizeof *made);
    if (p == NULL || made == NULL) {
        if (p != NULL) lax_module_release(p->module);
        free(p);
        free(made);
        return lax_i_fail(why, LAX_ERROR_MEMORY, "memory for the region cannot be had");
    }
    struct text_locale locale = lax_i_locale_enter();
    if (parse_region(p, text, length) && lax_i_finish(p)) find_roles(p, made);
    lax_i_locale_leave(locale);
    lax_status status = end(p, &made->module);
    if (status == LAX_OK)
        *region = made;
    else
        free(made);
    return status;
}

void lax_region_release(lax_region *region) {
    if (region == NULL) return;
    lax_module_release(region->module);
    free(region);
}

lax_status lax_region_reducer(const lax_region *region, lax_reducer *reducer, lax_error *why) {
    if (region == NULL || reducer == NULL)
        return lax_i_fail(why, LAX_ERROR_NULL, "%s is NULL", region == NULL ? "region" : "reducer");
    if (region->reducer.size == 0) {
        if (why != NULL) *why = region->no_reducer;
        return region->no_reducer.status;
    }
    *reducer = region->reducer;
    return LAX_OK;
}

lax_status lax_region_selector(const lax_region *region, lax_selector *selector, lax_error *why) {
    if (region == NULL || selector == NULL)
        return lax_i_fail(why, LAX_ERROR_NULL, "%s is NULL",
                          region == NULL ? "region" : "selector");
    if (region->selector.size == 0) {
        if (why != NULL) *why = region->no_selector;
        return region->no_selector.status;
    }
    *selector = region->selector;
    return LAX_OK;
}
