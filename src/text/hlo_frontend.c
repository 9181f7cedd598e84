/* SPDX-License-Identifier: Apache-2.0 */
/* frontend_attributes={lax.policy="fast", ...}: what HLO itself cannot say about an operation.
 * Attributes of other people are ignored. */
#include "text/text.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

/* One key="value"; those that start with lax. are kept. */
static bool read_pair(struct parser *p, struct attributes *a) {
    struct token key = *lax_i_token(p);
    if (key.kind != TOKEN_WORD && key.kind != TOKEN_STRING)
        return lax_i_parse_expected(p, "a frontend attribute");
    lax_i_lex(&p->lexer);
    if (!lax_i_expect(p, '=', "'=' after the frontend attribute")) return false;
    struct token value = *lax_i_token(p);
    if (!lax_i_skip_value(p)) return false;
    if (key.length < 4 || memcmp(key.data, "lax.", 4) != 0) return true;
    if (value.kind != TOKEN_STRING)
        return lax_i_parse_fail(p, LAX_ERROR_SYNTAX, value.place, "expected a string after '='");
    struct frontend *frontend = lax_i_parse_take(p, sizeof *frontend);
    if (frontend == NULL) return false;
    frontend->place = key.place;
    frontend->key = lax_i_arena_string(&p->module->arena, key.data + 4, key.length - 4);
    frontend->value = lax_i_arena_string(&p->module->arena, value.data, value.length);
    if (frontend->key == NULL || frontend->value == NULL) return lax_i_parse_memory(p);
    if (lax_i_frontend_get(a, frontend->key) != NULL)
        return lax_i_parse_fail(p, LAX_ERROR_ATTRIBUTE, key.place, "the attribute is given twice");
    return lax_i_list_add(&p->module->arena, &a->frontend, frontend) || lax_i_parse_memory(p);
}

bool lax_i_hlo_frontend(struct parser *p, struct attributes *a) {
    if (!lax_i_expect(p, '{', "'{' before the frontend attributes")) return false;
    while (!lax_i_at(p, '}')) {
        if (!read_pair(p, a)) return false;
        if (!lax_i_take(p, ',')) break;
    }
    return lax_i_expect(p, '}', "',' or '}' in the frontend attributes");
}

static const struct frontend *find(const struct attributes *a, const char *key) {
    for (int i = 0; i < a->frontend.n; i++) {
        const struct frontend *frontend = a->frontend.data[i];
        if (strcmp(frontend->key, key) == 0) return frontend;
    }
    return NULL;
}

const char *lax_i_frontend_get(const struct attributes *a, const char *key) {
    const struct frontend *frontend = find(a, key);
    return frontend == NULL ? NULL : frontend->value;
}

bool lax_i_frontend_bad(struct parser *p, const struct attributes *a, const char *key,
                        const char *what) {
    const struct frontend *frontend = find(a, key);
    return lax_i_parse_fail(p, LAX_ERROR_ATTRIBUTE, frontend->place,
                            "lax.%s must be %s, got '%.40s'", key, what, frontend->value);
}

/* Integers between commas or x. */
bool lax_i_frontend_ints(const char *value, int capacity, int64_t *out, int *n) {
    for (*n = 0; *value != '\0'; (*n)++) {
        size_t length = strcspn(value, ",x");
        if (*n == capacity || !lax_i_int_of(value, length, &out[*n])) return false;
        value += length;
        if (*value != '\0' && *++value == '\0') return false;
    }
    return true;
}

/* --- words ------------------------------------------------------------------------------------ */

struct word {
    const char *name;
    int value;
};

static const struct word activations[] = {{"none", LAX_ACTIVATION_NONE},
                                          {"relu", LAX_RELU},
                                          {"relu6", LAX_RELU6},
                                          {"clamp", LAX_CLAMP},
                                          {"leaky_relu", LAX_LEAKY_RELU},
                                          {"gelu_erf", LAX_GELU_ERF},
                                          {"gelu_tanh", LAX_GELU_TANH},
                                          {"silu", LAX_SILU},
                                          {"sigmoid", LAX_SIGMOID},
                                          {"tanh", LAX_TANH},
                                          {NULL, 0}};
static const struct word policies[] = {{"default", LAX_POLICY_DEFAULT},
                                       {"exact", LAX_POLICY_EXACT},
                                       {"fast", LAX_POLICY_FAST},
                                       {NULL, 0}};

/* *out keeps its value when the attribute is absent. */
static bool word_of(struct parser *p, const struct attributes *a, const char *key,
                    const struct word *words, int *out) {
    const char *value = lax_i_frontend_get(a, key);
    if (value == NULL) return true;
    for (; words->name != NULL; words++)
        if (strcmp(words->name, value) == 0) {
            *out = words->value;
            return true;
        }
    return lax_i_frontend_bad(p, a, key, "one of the words of docs/hlo-text.md");
}

/* --- strides ---------------------------------------------------------------------------------- */

/* lax.operand0_strides, lax.result0_strides; lhs, rhs and out are the usual names of three. */
static bool strides_of(struct parser *p, const struct attributes *a, const char *name,
                       lax_tensor *tensor) {
    char key[32];
    int64_t strides[LAX_MAX_RANK];
    int n;
    snprintf(key, sizeof key, "%s_strides", name);
    const char *value = lax_i_frontend_get(a, key);
    if (value == NULL) return true;
    if (!lax_i_frontend_ints(value, LAX_MAX_RANK, strides, &n) || n != tensor->rank)
        return lax_i_frontend_bad(p, a, key, "as many integers as the rank");
    memcpy(tensor->strides, strides, sizeof strides);
    return true;
}

static bool all_strides(struct parser *p, const struct attributes *a, lax_operation *operation) {
    for (int i = 0; i < LAX_MAX_OPERANDS; i++) {
        char operand[] = "operand0", result[] = "result0";
        operand[7] = result[6] = (char)('0' + i);
        if (i < operation->n_operands && !strides_of(p, a, operand, &operation->operands[i]))
            return false;
        if (i < operation->n_results && !strides_of(p, a, result, &operation->results[i]))
            return false;
    }
    return strides_of(p, a, "lhs", &operation->operands[0]) &&
           strides_of(p, a, "rhs", &operation->operands[1]) &&
           strides_of(p, a, "out", &operation->results[0]);
}

/* --- initial values --------------------------------------------------------------------------- */

/* lax.init="1;2": one literal an operand, read with a parser of its own over the value. */
static bool initial_values(struct parser *p, const struct attributes *a, struct family *family) {
    const char *value = lax_i_frontend_get(a, "init");
    if (value == NULL) return true;
    struct parser inner = {.module = p->module};
    lax_i_lex_start(&inner.lexer, value, strlen(value));
    for (int k = 0; k < family->n_init; k++) {
        void *element = lax_i_parse_take(p, 16);
        if (element == NULL) return false;
        if (!lax_i_parse_element(&inner, family->operation.operands[k].dtype, false, element))
            return lax_i_frontend_bad(p, a, "init", "an element a value");
        lax_i_take(&inner, ';');
        lax_i_family_set_init(family, k, element);
    }
    if (!lax_i_at(&inner, TOKEN_END)) return lax_i_frontend_bad(p, a, "init", "an element a value");
    family->given_init = true;
    return true;
}

/* --- policy, lowering, threads ---------------------------------------------------------------- */

static bool planning(struct parser *p, const struct attributes *a, lax_operation *operation) {
    int policy = LAX_POLICY_UNSET;
    const char *threads = lax_i_frontend_get(a, "threads");
    const char *lowering = lax_i_frontend_get(a, "lowering");
    int64_t count = 0;
    if (!word_of(p, a, "policy", policies, &policy)) return false;
    if (threads != NULL &&
        (!lax_i_int_of(threads, strlen(threads), &count) || count < 1 || count > 4096))
        return lax_i_frontend_bad(p, a, "threads", "from 1 to 4096");
    operation->num_threads = (int32_t)count;
    operation->conv.policy = operation->window.policy = operation->reduce.policy =
        (lax_policy)policy;
    operation->conv.lowering = operation->window.lowering = operation->reduce.lowering = lowering;
    const char *open = lax_i_frontend_get(a, "open_batch");
    operation->conv.open_batch = open != NULL;
    return true;
}

/* --- epilogue --------------------------------------------------------------------------------- */

/* lax.alpha, lax.beta: numbers in the C locale. */
static bool parameter(struct parser *p, const struct attributes *a, const char *key, double *out) {
    const char *value = lax_i_frontend_get(a, key);
    char *end;
    if (value == NULL) return true;
    *out = strtod(value, &end);
    if (end == value || *end != '\0') return lax_i_frontend_bad(p, a, key, "a number");
    return true;
}

static bool has_epilogue(const struct attributes *a) {
    return find(a, "activation") != NULL || find(a, "bias") != NULL || find(a, "residual") != NULL;
}

/* The next operand of the instruction as the epilogue's tensor. */
static const lax_tensor *epilogue_tensor(struct parser *p, const struct instruction *i,
                                         const struct attributes *a, const char *name,
                                         int *position) {
    char key[16];
    *position = lax_i_frontend_get(a, name) == NULL ? -1 : *position;
    if (*position < 0 || *position >= i->n_operands) return NULL;
    lax_tensor *form = lax_i_parse_take(p, sizeof *form);
    if (form == NULL) return NULL;
    *form = i->operands[*position]->results[0];
    snprintf(key, sizeof key, "%s", name);
    return strides_of(p, a, key, form) ? form : NULL;
}

static bool epilogue(struct parser *p, const struct attributes *a, struct instruction *i) {
    struct family *family = i->family;
    lax_operation *operation = &family->operation;
    int activation = LAX_ACTIVATION_NONE, next = operation->n_operands;
    if (!has_epilogue(a)) return true;
    if (!word_of(p, a, "activation", activations, &activation)) return false;
    operation->epilogue = LAX_EPILOGUE(.activation = (lax_activation)activation);
    family->bias = next;
    operation->epilogue.bias = epilogue_tensor(p, i, a, "bias", &family->bias);
    next += family->bias >= 0;
    family->residual = next;
    operation->epilogue.residual = epilogue_tensor(p, i, a, "residual", &family->residual);
    return p->status == LAX_OK && parameter(p, a, "alpha", &operation->epilogue.alpha) &&
           parameter(p, a, "beta", &operation->epilogue.beta);
}

/* --- all -------------------------------------------------------------------------------------- */

/* The names that exist; each operation reads those that concern it. */
static bool known(const char *key) {
    static const char *const names[] = {
        "init",     "policy",    "lowering", "threads", "open_batch", "activation", "bias",
        "residual", "alpha",     "beta",     "mixed",   "grad",       "patches",    "local",
        "average",  "ceil_pads", "arg",      "gather",  "scan",       "convert",    "explicit"};
    const char *strides = strstr(key, "_strides");
    if (strides != NULL && strides[8] == '\0') return true;
    for (int i = 0; i < LAX_COUNTOF(names); i++)
        if (strcmp(names[i], key) == 0) return true;
    return false;
}

bool lax_i_frontend_apply(struct parser *p, struct draft *draft, struct instruction *instruction) {
    const struct attributes *a = &draft->attributes;
    if (a->frontend.n == 0) return true;
    for (int i = 0; i < a->frontend.n; i++) {
        const struct frontend *frontend = a->frontend.data[i];
        if (!known(frontend->key))
            return lax_i_parse_fail(p, LAX_ERROR_ATTRIBUTE, frontend->place,
                                    "unknown frontend attribute 'lax.%.60s'", frontend->key);
    }
    struct family *family = instruction->family;
    return planning(p, a, &family->operation) && initial_values(p, a, family) &&
           all_strides(p, a, &family->operation) && epilogue(p, a, instruction);
}
