/* SPDX-License-Identifier: Apache-2.0 */
/* Single elements: text -> bits and back, for every element type. Decimal numbers are rounded once,
 * printed with the fewest digits that read back to the same bits. */
#include "text/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct text_locale lax_i_locale_enter(void) {
    struct text_locale locale = {newlocale(LC_ALL_MASK, "C", (locale_t)0), (locale_t)0};
    if (locale.own != (locale_t)0) locale.saved = uselocale(locale.own);
    return locale;
}

void lax_i_locale_leave(struct text_locale locale) {
    if (locale.own == (locale_t)0) return;
    uselocale(locale.saved);
    freelocale(locale.own);
}

/* --- formats of floats ------------------------------------------------------------------------ */

struct float_format {
    int bits, mantissa; /* of the whole, of the fraction */
    int digits;         /* decimal ones that always suffice */
};

static struct float_format format_of(lax_dtype dtype) {
    if (dtype == LAX_F64) return (struct float_format){64, 52, 17};
    if (dtype == LAX_F32) return (struct float_format){32, 23, 9};
    if (dtype == LAX_F16) return (struct float_format){16, 10, 5};
    return (struct float_format){16, 7, 4};
}

static void store_bits(lax_dtype dtype, uint64_t bits, void *out) {
    uint32_t word = (uint32_t)bits;
    uint16_t half = (uint16_t)bits;
    int width = format_of(dtype).bits;
    memcpy(out,
           width == 64   ? (void *)&bits
           : width == 32 ? (void *)&word
                         : (void *)&half,
           (size_t)width / 8);
}

static uint64_t load_bits(lax_dtype dtype, const void *in) {
    uint64_t bits = 0;
    uint32_t word;
    uint16_t half;
    int width = format_of(dtype).bits;
    memcpy(width == 64   ? (void *)&bits
           : width == 32 ? (void *)&word
                         : (void *)&half,
           in, (size_t)width / 8);
    return width == 64 ? bits : width == 32 ? word : half;
}

/* Sign and exponent of infinities and NaNs. */
static uint64_t special_bits(lax_dtype dtype, bool negative) {
    struct float_format f = format_of(dtype);
    uint64_t exponent = (1ull << (f.bits - 1 - f.mantissa)) - 1;
    return exponent << f.mantissa | (uint64_t)negative << (f.bits - 1);
}

static double value_of(lax_dtype dtype, const void *in) {
    if (dtype == LAX_F64 || dtype == LAX_F32) {
        double wide;
        float single;
        memcpy(dtype == LAX_F64 ? (void *)&wide : (void *)&single, in, dtype == LAX_F64 ? 8 : 4);
        return dtype == LAX_F64 ? wide : single;
    }
    uint16_t half;
    memcpy(&half, in, 2);
    return dtype == LAX_F16 ? lax_i_from_f16(half) : lax_i_from_bf16(half);
}

/* --- reading ---------------------------------------------------------------------------------- */

static bool read_float_word(const char *word, lax_dtype dtype, void *out) {
    char *end;
    double value = dtype == LAX_F32 ? strtof(word, &end) : strtod(word, &end);
    if (end == word || *end != '\0' || strpbrk(word, "xXnNpP") != NULL) return false;
    float single = (float)value;
    uint16_t half = dtype == LAX_F16 ? lax_i_double_to_f16(value) : lax_i_double_to_bf16(value);
    bool wide = dtype == LAX_F64, word32 = dtype == LAX_F32;
    memcpy(out,
           wide     ? (void *)&value
           : word32 ? (void *)&single
                    : (void *)&half,
           lax_dtype_size(dtype));
    return isfinite(value_of(dtype, out));
}

static bool read_hex(const char *word, uint64_t *bits) {
    char *end;
    if (word[0] != '0' || (word[1] != 'x' && word[1] != 'X') || strlen(word) > 18) return false;
    *bits = strtoull(word + 2, &end, 16);
    return end != word + 2 && *end == '\0';
}

/* The current word as a string; false if it is none, or too long for a number. */
static bool word_of(struct parser *p, char word[400]) {
    const struct token *token = lax_i_token(p);
    if (token->kind != TOKEN_WORD || token->length >= 400) return false;
    memcpy(word, token->data, token->length);
    word[token->length] = '\0';
    return true;
}

/* nan, -nan or nan(0x400001): the fraction's bits. */
static bool parse_nan(struct parser *p, lax_dtype dtype, bool negative, void *out) {
    int mantissa = format_of(dtype).mantissa;
    uint64_t payload = 1ull << (mantissa - 1);
    char word[400];
    lax_i_lex(&p->lexer);
    if (lax_i_take(p, '(')) {
        if (!word_of(p, word) || !read_hex(word, &payload) || payload == 0 ||
            payload >> mantissa != 0)
            return lax_i_parse_expected(p, "the bits of a NaN's fraction");
        lax_i_lex(&p->lexer);
        if (!lax_i_expect(p, ')', "')' after the bits of a NaN")) return false;
    }
    store_bits(dtype, special_bits(dtype, negative) | payload, out);
    return true;
}

static bool parse_float(struct parser *p, lax_dtype dtype, bool bits, void *out) {
    char word[400];
    uint64_t pattern;
    if (!word_of(p, word)) return lax_i_parse_expected(p, "a number");
    bool negative = word[0] == '-';
    if (strcmp(word + negative, "nan") == 0) return parse_nan(p, dtype, negative, out);
    int width = format_of(dtype).bits;
    if (strcmp(word + negative, "inf") == 0)
        store_bits(dtype, special_bits(dtype, negative), out);
    else if (bits && read_hex(word, &pattern) && (width == 64 || pattern >> width == 0))
        store_bits(dtype, pattern, out);
    else if (!read_float_word(word, dtype, out))
        return lax_i_parse_expected(p, "a number that the element type can hold");
    lax_i_lex(&p->lexer);
    return true;
}

/* Digits with an optional sign -> two's complement bits; false if not within 64 bits. */
static bool read_integer(const char *word, bool *negative, uint64_t *bits) {
    *negative = word[0] == '-';
    const char *digit = word + *negative;
    uint64_t value = 0;
    if (*digit == '\0') return false;
    for (; *digit != '\0'; digit++) {
        if (*digit < '0' || *digit > '9') return false;
        if (__builtin_mul_overflow(value, 10u, &value) ||
            __builtin_add_overflow(value, (uint64_t)(*digit - '0'), &value))
            return false;
    }
    *bits = *negative ? 0 - value : value;
    return !*negative || value <= 1ull << 63;
}

/* Sign extension of the lowest `width` bits. */
static int64_t extend(uint64_t bits, int width) {
    return (int64_t)(bits << (64 - width)) >> (64 - width);
}

/* Does the number fit in `width` bits of this signedness? */
static bool fits(uint64_t bits, bool negative, int width, bool is_signed) {
    if (!is_signed) return (!negative || bits == 0) && (width == 64 || bits >> width == 0);
    int64_t value = (int64_t)bits;
    return (bits == 0 || negative == (value < 0)) && extend(bits, width) == value;
}

static void store_integer(lax_dtype dtype, uint64_t bits, void *out) {
    uint8_t byte = (uint8_t)bits;
    uint16_t half = (uint16_t)bits;
    uint32_t word = (uint32_t)bits;
    switch (lax_dtype_size(dtype)) {
    case 1: memcpy(out, &byte, 1); break;
    case 2: memcpy(out, &half, 2); break;
    case 4: memcpy(out, &word, 4); break;
    default: memcpy(out, &bits, 8); break;
    }
}

static bool parse_integer(struct parser *p, lax_dtype dtype, bool bits, void *out) {
    char word[400];
    uint64_t value;
    bool negative = false, is_signed = lax_i_dtype_kind(dtype) == KIND_SIGNED;
    int width = 8 * (int)lax_dtype_size(dtype);
    if (!word_of(p, word)) return lax_i_parse_expected(p, "an integer");
    bool good = bits && read_hex(word, &value) ? width == 64 || value >> width == 0
                                               : read_integer(word, &negative, &value) &&
                                                     fits(value, negative, width, is_signed);
    if (!good) return lax_i_parse_expected(p, "an integer that the element type can hold");
    store_integer(dtype, value, out);
    lax_i_lex(&p->lexer);
    return true;
}

static bool parse_pred(struct parser *p, void *out) {
    uint8_t value = lax_i_at_word(p, "true") || lax_i_at_word(p, "1");
    if (!value && !lax_i_at_word(p, "false") && !lax_i_at_word(p, "0"))
        return lax_i_parse_expected(p, "true or false");
    lax_i_lex(&p->lexer);
    memcpy(out, &value, 1);
    return true;
}

lax_dtype lax_i_part_type(lax_dtype dtype) {
    return dtype == LAX_C64 ? LAX_F32 : dtype == LAX_C128 ? LAX_F64 : dtype;
}

bool lax_i_parse_element(struct parser *p, lax_dtype dtype, bool bits, void *out) {
    switch (lax_i_dtype_kind(dtype)) {
    case KIND_FLOAT: return parse_float(p, dtype, bits, out);
    case KIND_PRED: return parse_pred(p, out);
    case KIND_COMPLEX: break;
    default: return parse_integer(p, dtype, bits, out);
    }
    lax_dtype part = lax_i_part_type(dtype);
    return lax_i_expect(p, '(', "'(' before the real part") && parse_float(p, part, bits, out) &&
           lax_i_expect(p, ',', "',' after the real part") &&
           parse_float(p, part, bits, (char *)out + lax_dtype_size(part)) &&
           lax_i_expect(p, ')', "')' after the imaginary part");
}

/* --- printing --------------------------------------------------------------------------------- */

static void print_nan(struct text *text, lax_dtype dtype, uint64_t bits) {
    struct float_format f = format_of(dtype);
    uint64_t payload = bits & ((1ull << f.mantissa) - 1);
    lax_i_text_add(text, "%snan", bits >> (f.bits - 1) ? "-" : "");
    if (payload != 1ull << (f.mantissa - 1))
        lax_i_text_add(text, "(0x%llx)", (unsigned long long)payload);
}

static void print_float(struct text *text, lax_dtype dtype, const void *element) {
    uint64_t bits = load_bits(dtype, element), back = 0;
    double value = value_of(dtype, element);
    char digits[40];
    if (isnan(value)) {
        print_nan(text, dtype, bits);
        return;
    }
    if (isinf(value)) {
        lax_i_text_add(text, value < 0 ? "-inf" : "inf");
        return;
    }
    for (int n = 1; n <= format_of(dtype).digits; n++) {
        unsigned char read[8];
        snprintf(digits, sizeof digits, "%.*g", n, value);
        if (read_float_word(digits, dtype, read)) back = load_bits(dtype, read);
        if (back == bits) break;
    }
    lax_i_text_add(text, "%s", digits);
}

static uint64_t load_integer(lax_dtype dtype, const void *in) {
    uint8_t byte;
    uint16_t half;
    uint32_t word;
    uint64_t bits;
    switch (lax_dtype_size(dtype)) {
    case 1: memcpy(&byte, in, 1); return byte;
    case 2: memcpy(&half, in, 2); return half;
    case 4: memcpy(&word, in, 4); return word;
    default: memcpy(&bits, in, 8); return bits;
    }
}

static void print_integer(struct text *text, lax_dtype dtype, const void *element) {
    uint64_t bits = load_integer(dtype, element);
    if (lax_i_dtype_kind(dtype) == KIND_SIGNED)
        lax_i_text_add(text, "%lld", (long long)extend(bits, 8 * (int)lax_dtype_size(dtype)));
    else
        lax_i_text_add(text, "%llu", (unsigned long long)bits);
}

void lax_i_print_element(struct text *text, lax_dtype dtype, const void *element) {
    lax_dtype part = lax_i_part_type(dtype);
    switch (lax_i_dtype_kind(dtype)) {
    case KIND_FLOAT: print_float(text, dtype, element); break;
    case KIND_PRED: lax_i_text_add(text, *(const char *)element ? "true" : "false"); break;
    case KIND_COMPLEX:
        lax_i_text_add(text, "(");
        print_float(text, part, element);
        lax_i_text_add(text, ", ");
        print_float(text, part, (const char *)element + lax_dtype_size(part));
        lax_i_text_add(text, ")");
        break;
    default: print_integer(text, dtype, element); break;
    }
}
