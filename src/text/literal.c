/* SPDX-License-Identifier: Apache-2.0 */
/* Constants: nested lists in HLO's braces or StableHLO's brackets, splats, bits in hexadecimal
 * strings; and their HLO text. */
#include "text/text.h"

/* Where a nested list is written to. */
struct sink {
    const lax_tensor *form;
    char *next;
    size_t size;
    int open, close; /* the dialect's brackets */
    bool bits;
};

static bool elided(struct parser *p) {
    const char *flag = p->mlir ? "print without --mlir-elide-elementsattrs-if-larger (in Python: "
                                 "print(large_elements_limit=None))"
                               : "print with --xla_dump_large_constants (in Python: "
                                 "HloPrintOptions.print_large_constants = True)";
    return lax_i_parse_fail(p, LAX_ERROR_ELIDED, lax_i_token(p)->place,
                            "the constant's values were elided: %s", flag);
}

static bool count_error(struct parser *p, const struct sink *sink, int d) {
    return lax_i_parse_fail(p, LAX_ERROR_TYPE, lax_i_token(p)->place,
                            "dimension %d of the constant must list %lld elements", d,
                            (long long)sink->form->shape[d]);
}

/* Elements of dimension d and those inside; the depth is at most the rank. */
static bool nested(struct parser *p, struct sink *sink, int d) {
    if (d == sink->form->rank) {
        if (!lax_i_parse_element(p, sink->form->dtype, sink->bits, sink->next)) return false;
        sink->next += sink->size;
        return true;
    }
    char what[] = "'{' before the elements";
    what[1] = (char)sink->open;
    if (!lax_i_expect(p, sink->open, what)) return false;
    if (lax_i_at(p, '.')) return elided(p);
    for (int64_t i = 0; i < sink->form->shape[d]; i++) {
        if (lax_i_at(p, sink->close) || (i > 0 && !lax_i_take(p, ',')))
            return count_error(p, sink, d);
        if (!nested(p, sink, d + 1)) return false;
    }
    return lax_i_take(p, sink->close) || count_error(p, sink, d);
}

/* Memory for the elements; each of them takes at least a character of the text. */
static void *elements(struct parser *p, const lax_tensor *form) {
    int64_t n = lax_tensor_elements(form);
    if (n < 0 || (uint64_t)n > p->lexer.length) {
        lax_i_parse_fail(p, LAX_ERROR_TYPE, lax_i_token(p)->place,
                         "the constant lists fewer elements than its type has");
        return NULL;
    }
    return lax_i_parse_take(p, (size_t)n * lax_dtype_size(form->dtype));
}

static void *list(struct parser *p, const lax_tensor *form, int open, int close) {
    void *data = elements(p, form);
    if (data != NULL && lax_i_empty(form)) return lax_i_skip_value(p) ? data : NULL;
    struct sink sink = {form, data, lax_dtype_size(form->dtype), open, close, p->mlir};
    return data != NULL && nested(p, &sink, 0) ? data : NULL;
}

void *lax_i_parse_hlo_literal(struct parser *p, const lax_tensor *form) {
    if (lax_i_at(p, '.')) {
        elided(p);
        return NULL;
    }
    return list(p, form, '{', '}');
}

/* --- dense<...> ------------------------------------------------------------------------------- */

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* "0x..." -> bytes of the text's own memory order; false if it is not that. */
static bool hex_bytes(const struct token *token, unsigned char *out) {
    for (size_t i = 0; i < token->length / 2 - 1; i++) {
        int high = hex_digit(token->data[2 * i + 2]), low = hex_digit(token->data[2 * i + 3]);
        if (high < 0 || low < 0) return false;
        out[i] = (unsigned char)(high << 4 | low);
    }
    return true;
}

/* A byte for each pred, from packed bits. */
static void unpack_bits(unsigned char *data, const unsigned char *bits, size_t n) {
    for (size_t i = 0; i < n; i++) data[i] = bits[i / 8] >> (i % 8) & 1;
}

static void *hex_error(struct parser *p, size_t nbytes) {
    lax_i_parse_fail(p, LAX_ERROR_TYPE, lax_i_token(p)->place,
                     "expected 0x and the %llu bytes of the constant in hexadecimal digits",
                     (unsigned long long)nbytes);
    return NULL;
}

/* The bytes of all elements, of one for all, or pred's bits. */
static void *hex_literal(struct parser *p, const lax_tensor *form, bool *splat) {
    struct token token = *lax_i_token(p);
    size_t size = lax_dtype_size(form->dtype), n = (size_t)lax_tensor_elements(form);
    size_t have = token.length / 2 - 1;
    bool prefix = token.length >= 2 && token.data[0] == '0' && token.data[1] == 'x';
    if (!prefix || token.length % 2 != 0) return hex_error(p, n * size);
    bool packed = form->dtype == LAX_PRED && have == (n + 7) / 8 && have != n;
    *splat = have == size && n > 1 && !packed;
    if (!packed && !*splat && (have / size != n || have % size != 0)) return hex_error(p, n * size);
    unsigned char *data = lax_i_parse_take(p, *splat ? size : n * size);
    unsigned char *raw = packed ? lax_i_parse_take(p, have) : data;
    if (data == NULL || raw == NULL) return NULL;
    if (!hex_bytes(&token, raw)) return hex_error(p, n * size);
    if (packed) unpack_bits(data, raw, n);
    for (size_t i = 0; form->dtype == LAX_PRED && !packed && i < (*splat ? 1 : n); i++)
        data[i] = data[i] != 0;
    lax_i_lex(&p->lexer);
    return data;
}

static void *splat_literal(struct parser *p, const lax_tensor *form) {
    void *data = lax_i_parse_take(p, 16);
    return data != NULL && lax_i_parse_element(p, form->dtype, true, data) ? data : NULL;
}

/* A one-element list stands for that element only if the type has one. */
static void *dense(struct parser *p, const lax_tensor *form, bool *splat) {
    *splat = false;
    if (lax_i_at(p, TOKEN_STRING)) return hex_literal(p, form, splat);
    if (lax_i_at(p, '[')) return list(p, form, '[', ']');
    if (lax_i_at(p, '>') && lax_i_empty(form)) return lax_i_parse_take(p, 1);
    *splat = form->rank > 0;
    return splat_literal(p, form);
}

void *lax_i_parse_mlir_literal(struct parser *p, const lax_tensor *form, bool *splat) {
    if (lax_i_at_word(p, "dense_resource")) {
        elided(p);
        return NULL;
    }
    if (!lax_i_expect_word(p, "dense") || !lax_i_expect(p, '<', "'<' after dense")) return NULL;
    if (lax_i_at_word(p, "__elided__")) {
        elided(p);
        return NULL;
    }
    void *data = dense(p, form, splat);
    return data != NULL && lax_i_expect(p, '>', "'>' after the constant") ? data : NULL;
}

/* --- printing --------------------------------------------------------------------------------- */

static void print_nested(struct text *text, const lax_tensor *form, const char **next, int d) {
    if (d == form->rank) {
        lax_i_print_element(text, form->dtype, *next);
        *next += lax_dtype_size(form->dtype);
        return;
    }
    lax_i_text_add(text, "{");
    for (int64_t i = 0; i < form->shape[d]; i++) {
        if (i > 0) lax_i_text_add(text, ", ");
        print_nested(text, form, next, d + 1);
    }
    lax_i_text_add(text, "}");
}

void lax_i_print_literal(struct text *text, const lax_tensor *form, const void *data) {
    const char *next = data;
    if (lax_i_empty(form))
        lax_i_text_add(text, "{}"); /* the nesting says nothing that the type does not */
    else
        print_nested(text, form, &next, 0);
}
