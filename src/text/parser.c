/* SPDX-License-Identifier: Apache-2.0 */
/* What both dialects' parsers share: errors with their place, expected tokens, numbers, skipping,
 * and the draft of the instruction that is being read. */
#include "text/text.h"

#include <stdio.h>

/* --- errors --------------------------------------------------------------------------------- */

static void locate(const char *text, size_t place, lax_error *why) {
    why->line = why->column = 1;
    for (size_t i = 0; i < place; i++) {
        bool newline = text[i] == '\n';
        why->line += newline;
        why->column = newline ? 1 : why->column + 1;
    }
}

bool lax_i_parse_fail(struct parser *p, lax_status status, size_t place, const char *format, ...) {
    if (p->status != LAX_OK) return false;
    p->status = status;
    if (p->why == NULL) return false;
    char sentence[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    for (char *c = sentence; *c != '\0'; c++) /* names come from the text */
        if (*c < ' ' || *c > '~') *c = '?';
    lax_error at = {0};
    locate(p->lexer.text, place, &at);
    lax_i_fail(p->why, status, "%d:%d: %s", (int)at.line, (int)at.column, sentence);
    p->why->line = at.line;
    p->why->column = at.column;
    return false;
}

/* The token as a sentence shows it, not too long. */
static const char *shown(const struct token *token, char text[60]) {
    if (token->kind == TOKEN_END) return "the end of the text";
    if (token->kind == TOKEN_BAD)
        return token->length == 1 ? "a string without end" : "a comment without end";
    size_t n = token->length < 40 ? token->length : 40;
    text[0] = '\'';
    for (size_t i = 0; i < n; i++) text[i + 1] = token->data[i] == '\0' ? '?' : token->data[i];
    memcpy(text + n + 1, token->length > n ? "...'" : "'", token->length > n ? 5 : 2);
    return text;
}

bool lax_i_parse_expected(struct parser *p, const char *what) {
    char text[60];
    return lax_i_parse_fail(p, LAX_ERROR_SYNTAX, lax_i_token(p)->place, "expected %s, got %s", what,
                            shown(lax_i_token(p), text));
}

bool lax_i_parse_memory(struct parser *p) {
    return lax_i_parse_fail(p, LAX_ERROR_MEMORY, lax_i_token(p)->place,
                            "memory for the module cannot be had");
}

bool lax_i_parse_refused(struct parser *p, size_t place, const lax_error *why) {
    return lax_i_parse_fail(p, why->status, place, "%.380s", why->text);
}

void *lax_i_parse_take(struct parser *p, size_t nbytes) {
    void *memory = lax_i_arena_take(&p->module->arena, nbytes);
    if (memory == NULL) lax_i_parse_memory(p);
    return memory;
}

/* --- tokens --------------------------------------------------------------------------------- */

bool lax_i_token_is(const struct token *token, const char *word) {
    return token->length == strlen(word) && memcmp(token->data, word, token->length) == 0;
}

bool lax_i_at_word(const struct parser *p, const char *word) {
    return lax_i_at(p, TOKEN_WORD) && lax_i_token_is(lax_i_token(p), word);
}

bool lax_i_take(struct parser *p, int kind) {
    if (!lax_i_at(p, kind)) return false;
    lax_i_lex(&p->lexer);
    return true;
}

bool lax_i_take_word(struct parser *p, const char *word) {
    if (!lax_i_at_word(p, word)) return false;
    lax_i_lex(&p->lexer);
    return true;
}

bool lax_i_expect(struct parser *p, int kind, const char *what) {
    return lax_i_take(p, kind) || lax_i_parse_expected(p, what);
}

bool lax_i_expect_word(struct parser *p, const char *word) {
    char what[40];
    snprintf(what, sizeof what, "'%s'", word);
    return lax_i_take_word(p, word) || lax_i_parse_expected(p, what);
}

bool lax_i_int_of(const char *data, size_t length, int64_t *out) {
    bool negative = length > 0 && data[0] == '-';
    size_t i = negative ? 1 : 0;
    int64_t value = 0;
    if (i == length) return false;
    for (; i < length; i++) {
        int digit = data[i] - '0';
        if (digit < 0 || digit > 9 || !lax_i_mul(value, 10, &value) ||
            !lax_i_sub(value, digit, &value))
            return false;
    }
    if (!negative && value == INT64_MIN) return false;
    *out = negative ? value : -value;
    return true;
}

bool lax_i_parse_int(struct parser *p, const char *what, int64_t *out) {
    const struct token *token = lax_i_token(p);
    if (!lax_i_at(p, TOKEN_WORD) || !lax_i_int_of(token->data, token->length, out))
        return lax_i_parse_expected(p, what);
    lax_i_lex(&p->lexer);
    return true;
}

/* The bracket that closes this one, or 0. Angles are brackets in StableHLO only. */
static int closing(const struct parser *p, int kind) {
    if (kind == '<') return p->mlir ? '>' : 0;
    return kind == '{' ? '}' : kind == '(' ? ')' : kind == '[' ? ']' : 0;
}

bool lax_i_skip_value(struct parser *p) {
    int open[MAX_NESTING], depth = 0;
    do {
        int kind = lax_i_token(p)->kind;
        if (kind == TOKEN_END || kind == TOKEN_BAD) return lax_i_parse_expected(p, "a value");
        if (closing(p, kind) != 0) {
            if (depth == MAX_NESTING)
                return lax_i_parse_fail(p, LAX_ERROR_LIMIT, lax_i_token(p)->place,
                                        "brackets nested more than %d deep", MAX_NESTING);
            open[depth++] = closing(p, kind);
        } else if (depth > 0 && kind == open[depth - 1]) {
            depth--;
        } else if (kind == '}' || kind == ')' || kind == ']' || (kind == '>' && p->mlir)) {
            return lax_i_parse_expected(p, "a value");
        }
        lax_i_lex(&p->lexer);
    } while (depth > 0);
    return true;
}

/* --- drafts ----------------------------------------------------------------------------------- */

struct draft *lax_i_draft(struct parser *p) {
    struct draft **draft = &p->drafts[p->regions];
    if (*draft == NULL) *draft = lax_i_parse_take(p, sizeof **draft);
    if (*draft == NULL) return NULL;
    struct draft *d = *draft;
    d->op = OP_NONE;
    d->name = NULL;
    d->place = lax_i_token(p)->place;
    d->operands.n = 0;
    d->type = (struct type){0};
    d->attributes.set = 0;
    d->attributes.called[0] = d->attributes.called[1] = NULL;
    d->attributes.frontend.n = 0;
    return d;
}

bool lax_i_draft_operand(struct parser *p, struct draft *draft, struct instruction *operand) {
    if (draft->operands.n == MAX_WIDTH)
        return lax_i_parse_fail(p, LAX_ERROR_LIMIT, lax_i_token(p)->place, "more than %d operands",
                                MAX_WIDTH);
    return lax_i_list_add(&p->module->arena, &draft->operands, operand) || lax_i_parse_memory(p);
}

bool lax_i_attribute_start(struct parser *p, struct attributes *a, enum key key, size_t place) {
    if (lax_i_attribute_has(a, key))
        return lax_i_parse_fail(p, LAX_ERROR_ATTRIBUTE, place, "the attribute is given twice");
    a->set |= 1u << key;
    a->place[key] = place;
    a->n[key] = 0;
    return true;
}

bool lax_i_attribute_add(struct parser *p, struct attributes *a, enum key key, int64_t value) {
    if (a->n[key] == MAX_LIST)
        return lax_i_parse_fail(p, LAX_ERROR_LIMIT, lax_i_token(p)->place,
                                "a list of more than %d entries", MAX_LIST);
    a->values[key][a->n[key]++] = value;
    return true;
}

/* --- types ------------------------------------------------------------------------------------ */

bool lax_i_parse_form_check(struct parser *p, size_t place, const lax_tensor *form) {
    int64_t n = 1;
    for (int d = 0; d < form->rank; d++) {
        if (form->shape[d] < 0)
            return lax_i_parse_fail(p, LAX_ERROR_SIZE, place, "a size of dimension %d below 0", d);
        if (form->shape[d] > 0 && !lax_i_mul(n, form->shape[d], &n))
            return lax_i_parse_fail(p, LAX_ERROR_OVERFLOW, place,
                                    "the product of the sizes does not fit");
    }
    if (n > INT64_MAX / 16)
        return lax_i_parse_fail(p, LAX_ERROR_OVERFLOW, place,
                                "the product of the sizes does not fit");
    return true;
}

bool lax_i_type_add(struct parser *p, struct type *type, const lax_tensor *element) {
    if (type->n == MAX_WIDTH)
        return lax_i_parse_fail(p, LAX_ERROR_LIMIT, lax_i_token(p)->place,
                                "a tuple of more than %d elements", MAX_WIDTH);
    if ((type->n & (type->n - 1)) == 0) { /* the array is full: n is a power of two, or 0 */
        size_t n = type->n == 0 ? 1 : 2 * (size_t)type->n;
        lax_tensor *elements = lax_i_parse_take(p, n * sizeof *elements);
        if (elements == NULL) return false;
        if (type->n > 0) memcpy(elements, type->elements, (size_t)type->n * sizeof *elements);
        type->elements = elements;
    }
    type->elements[type->n++] = *element;
    return true;
}

/* --- computations ----------------------------------------------------------------------------- */

struct computation *lax_i_computation(struct parser *p, const char *name, size_t place) {
    if (p->module->computations.n == MAX_COMPUTATIONS) {
        lax_i_parse_fail(p, LAX_ERROR_LIMIT, place, "more than %d computations", MAX_COMPUTATIONS);
        return NULL;
    }
    struct computation *computation = lax_i_parse_take(p, sizeof *computation);
    if (computation == NULL) return NULL;
    computation->name = name;
    computation->place = place;
    if (!lax_i_list_add(&p->module->arena, &p->module->computations, computation)) {
        lax_i_parse_memory(p);
        return NULL;
    }
    return computation;
}
