/* SPDX-License-Identifier: Apache-2.0 */
/* Text -> tokens, the same for HLO and StableHLO: words (names, numbers, lists like 3x3 and
 * 0_1x-1_2), strings, the arrow, single characters. Comments and white space are skipped. */
#include "text/text.h"

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
}

static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/* The character at an offset; NUL behind the end. */
static char at(const struct lexer *lexer, size_t i) {
    return i < lexer->length ? lexer->text[i] : '\0';
}

/* Skips a comment; false if it has no end. */
static bool skip_block(struct lexer *lexer) {
    for (size_t i = lexer->next + 2; i + 1 < lexer->length; i++)
        if (lexer->text[i] == '*' && lexer->text[i + 1] == '/') {
            lexer->next = i + 2;
            return true;
        }
    return false;
}

static bool skip_space(struct lexer *lexer) {
    while (lexer->next < lexer->length) {
        char c = at(lexer, lexer->next), following = at(lexer, lexer->next + 1);
        if (is_space(c)) {
            lexer->next++;
        } else if (c == '/' && following == '/') {
            while (lexer->next < lexer->length && lexer->text[lexer->next] != '\n') lexer->next++;
        } else if (c == '/' && following == '*') {
            if (!skip_block(lexer)) return false;
        } else {
            return true;
        }
    }
    return true;
}

/* A minus starts a number or -inf, -nan. */
static bool starts_word(const struct lexer *lexer, size_t i) {
    char c = at(lexer, i), following = at(lexer, i + 1);
    if (c == '-') return is_digit(following) || is_letter(following) || following == '.';
    if (c == '.') return is_digit(following);
    return is_digit(c) || is_letter(c);
}

/* Inside a word: a minus unless it belongs to an arrow, a plus in an exponent. */
static bool continues_word(const struct lexer *lexer, size_t start, size_t i) {
    char c = at(lexer, i), last = at(lexer, i - 1), first = at(lexer, start);
    if (is_digit(c) || is_letter(c) || c == '.') return true;
    if (c == '-') return at(lexer, i + 1) != '>' && i > start;
    bool number = is_digit(first) || first == '-' || first == '.';
    return c == '+' && number && (last == 'e' || last == 'E') && is_digit(at(lexer, i + 1));
}

static void lex_word(struct lexer *lexer) {
    size_t start = lexer->next++;
    while (lexer->next < lexer->length && continues_word(lexer, start, lexer->next)) lexer->next++;
    lexer->token.kind = TOKEN_WORD;
    lexer->token.length = lexer->next - start;
}

/* A string's token is what stands between its quotes, escapes as they are. */
static void lex_string(struct lexer *lexer) {
    size_t i = lexer->next + 1;
    while (i < lexer->length && lexer->text[i] != '"') i += lexer->text[i] == '\\' ? 2 : 1;
    if (i >= lexer->length) {
        lexer->token.kind = TOKEN_BAD;
        lexer->token.length = 1;
        return;
    }
    lexer->token.kind = TOKEN_STRING;
    lexer->token.data++;
    lexer->token.length = i - lexer->next - 1;
    lexer->next = i + 1;
}

void lax_i_lex(struct lexer *lexer) {
    bool closed = skip_space(lexer);
    size_t i = lexer->next;
    lexer->token = (struct token){TOKEN_END, lexer->text + i, 0, i};
    if (!closed) {
        lexer->token.kind = TOKEN_BAD;
        lexer->token.length = 2;
    } else if (i >= lexer->length) {
        return;
    } else if (at(lexer, i) == '"') {
        lex_string(lexer);
    } else if (at(lexer, i) == '-' && at(lexer, i + 1) == '>') {
        lexer->token.kind = TOKEN_ARROW;
        lexer->token.length = 2;
        lexer->next = i + 2;
    } else if (starts_word(lexer, i)) {
        lex_word(lexer);
    } else {
        lexer->token.kind = (unsigned char)at(lexer, i);
        lexer->token.length = 1;
        lexer->next = i + 1;
    }
}

void lax_i_lex_start(struct lexer *lexer, const char *text, size_t length) {
    *lexer = (struct lexer){.text = text, .length = length};
    lax_i_lex(lexer);
}
