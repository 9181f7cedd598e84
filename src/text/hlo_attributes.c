/* SPDX-License-Identifier: Apache-2.0 */
/* The attributes of HLO instructions, name=value, read into the draft's lists. */
#include "text/text.h"

#include <stdio.h>

typedef bool read_fn(struct parser *p, struct attributes *a, enum key key);

/* --- values ----------------------------------------------------------------------------------- */

static bool read_int(struct parser *p, struct attributes *a, enum key key) {
    int64_t value;
    return lax_i_parse_int(p, "an integer", &value) && lax_i_attribute_add(p, a, key, value);
}

/* {1,2} */
static bool read_braces(struct parser *p, struct attributes *a, enum key key) {
    if (!lax_i_expect(p, '{', "'{' before the list")) return false;
    while (!lax_i_at(p, '}')) {
        if (!read_int(p, a, key)) return false;
        if (!lax_i_take(p, ',')) break;
    }
    return lax_i_expect(p, '}', "',' or '}' in the list");
}

/* Splits 1x2x3 or 0_1x2_3 at a separator; *rest moves behind the part. */
static bool split(const char **rest, const char *end, char separator, const char **part,
                  size_t *length) {
    if (*rest == NULL) return false;
    const char *at = memchr(*rest, separator, (size_t)(end - *rest));
    *part = *rest;
    *length = (size_t)((at == NULL ? end : at) - *rest);
    *rest = at == NULL ? NULL : at + 1;
    return true;
}

/* One dimension's lo_hi or lo_hi_interior: `most` numbers, at least 2. Returns how many. */
static int numbers(const char *part, size_t length, int64_t out[3]) {
    const char *rest = part, *word;
    size_t n;
    int count = 0;
    while (split(&rest, part + length, '_', &word, &n)) {
        if (count == 3 || !lax_i_int_of(word, n, &out[count])) return 0;
        count++;
    }
    return count;
}

/* 3x3: one number a dimension. */
static bool read_sizes(struct parser *p, struct attributes *a, enum key key) {
    struct token token = *lax_i_token(p);
    const char *rest = token.data, *part;
    size_t length;
    int64_t value[3];
    if (token.kind != TOKEN_WORD) return lax_i_parse_expected(p, "numbers like 3x3");
    while (split(&rest, token.data + token.length, 'x', &part, &length)) {
        if (numbers(part, length, value) != 1) return lax_i_parse_expected(p, "numbers like 3x3");
        if (!lax_i_attribute_add(p, a, key, value[0])) return false;
    }
    lax_i_lex(&p->lexer);
    return true;
}

/* 0_1x2_3: low and high a dimension. */
static bool read_pads(struct parser *p, struct attributes *a, enum key key) {
    struct token token = *lax_i_token(p);
    const char *rest = token.data, *part;
    size_t length;
    int64_t value[3];
    if (token.kind != TOKEN_WORD) return lax_i_parse_expected(p, "paddings like 0_1x2_3");
    while (split(&rest, token.data + token.length, 'x', &part, &length)) {
        if (numbers(part, length, value) != 2)
            return lax_i_parse_expected(p, "paddings like 0_1x2_3");
        if (!lax_i_attribute_add(p, a, key, value[0]) || !lax_i_attribute_add(p, a, key, value[1]))
            return false;
    }
    lax_i_lex(&p->lexer);
    return true;
}

/* padding=0_1x2_3_1: low, high and interior of pad. */
static bool read_padding(struct parser *p, struct attributes *a, enum key key) {
    struct token token = *lax_i_token(p);
    const char *rest = token.data, *part;
    size_t length, place = a->place[key];
    if (!lax_i_attribute_start(p, a, KEY_HIGH, place) ||
        !lax_i_attribute_start(p, a, KEY_INTERIOR, place))
        return false;
    if (token.kind != TOKEN_WORD) return lax_i_parse_expected(p, "paddings like 0_1x2_3_1");
    while (split(&rest, token.data + token.length, 'x', &part, &length)) {
        int64_t value[3] = {0};
        if (numbers(part, length, value) < 2)
            return lax_i_parse_expected(p, "paddings like 0_1x2_3_1");
        if (!lax_i_attribute_add(p, a, KEY_LOW, value[0]) ||
            !lax_i_attribute_add(p, a, KEY_HIGH, value[1]) ||
            !lax_i_attribute_add(p, a, KEY_INTERIOR, value[2]))
            return false;
    }
    lax_i_lex(&p->lexer);
    return true;
}

/* [start:limit] or [start:limit:stride] */
static bool read_range(struct parser *p, struct attributes *a) {
    int64_t start, limit, stride = 1;
    if (!lax_i_expect(p, '[', "'[' before a range")) return false;
    if (!lax_i_parse_int(p, "the start of a range", &start)) return false;
    if (!lax_i_expect(p, ':', "':' in the range")) return false;
    if (!lax_i_parse_int(p, "the limit of a range", &limit)) return false;
    if (lax_i_take(p, ':') && !lax_i_parse_int(p, "the stride of a range", &stride)) return false;
    return lax_i_attribute_add(p, a, KEY_STARTS, start) &&
           lax_i_attribute_add(p, a, KEY_LIMITS, limit) &&
           lax_i_attribute_add(p, a, KEY_STRIDES, stride) &&
           lax_i_expect(p, ']', "']' after a range");
}

/* {[0:2], [1:5:2]} */
static bool read_slice(struct parser *p, struct attributes *a, enum key key) {
    if (!lax_i_attribute_start(p, a, KEY_LIMITS, a->place[key]) ||
        !lax_i_attribute_start(p, a, KEY_STRIDES, a->place[key]) ||
        !lax_i_expect(p, '{', "'{' before the ranges"))
        return false;
    while (!lax_i_at(p, '}')) {
        if (!read_range(p, a)) return false;
        if (!lax_i_take(p, ',')) break;
    }
    return lax_i_expect(p, '}', "',' or '}' after a range");
}

/* --- window={size=3x3 stride=2x2 pad=0_1x0_1 lhs_dilate=1x1 rhs_dilate=1x1 rhs_reversal=0x0} -- */

static const struct field {
    const char *name;
    enum key key;
    read_fn *read;
} window_fields[] = {
    {"size", KEY_WINDOW_SIZE, read_sizes},
    {"stride", KEY_STRIDES, read_sizes},
    {"pad", KEY_PADS, read_pads},
    {"lhs_dilate", KEY_BASE_DILATION, read_sizes},
    {"rhs_dilate", KEY_WINDOW_DILATION, read_sizes},
    {"rhs_reversal", KEY_REVERSAL, read_sizes},
};

static bool read_window_field(struct parser *p, struct attributes *a) {
    size_t place = lax_i_token(p)->place;
    for (int i = 0; i < LAX_COUNTOF(window_fields); i++) {
        const struct field *field = &window_fields[i];
        if (!lax_i_take_word(p, field->name)) continue;
        return lax_i_expect(p, '=', "'=' after the window's field") &&
               lax_i_attribute_start(p, a, field->key, place) && field->read(p, a, field->key);
    }
    return lax_i_parse_expected(
        p, "size, stride, pad, lhs_dilate, rhs_dilate or rhs_reversal in the window");
}

static bool read_window(struct parser *p, struct attributes *a, enum key key) {
    (void)key;
    if (!lax_i_expect(p, '{', "'{' before the window")) return false;
    while (!lax_i_at(p, '}'))
        if (!read_window_field(p, a)) return false;
    lax_i_lex(&p->lexer);
    return true;
}

/* --- dim_labels=b01f_01io->b01f --------------------------------------------------------------- */

/* Reads the labels as the library does, so that text and calls agree about them. */
static bool read_labels(struct parser *p, struct attributes *a, enum key key) {
    struct token first = *lax_i_token(p);
    char labels[64];
    lax_error why;
    if (!lax_i_expect(p, TOKEN_WORD, "labels like b01f_01io->b01f")) return false;
    if (lax_i_at(p, '?'))
        return lax_i_parse_fail(p, LAX_ERROR_UNSUPPORTED, lax_i_token(p)->place,
                                "labels that leave a dimension out with '?' are unsupported");
    if (!lax_i_expect(p, TOKEN_ARROW, "'->' in the labels")) return false;
    struct token out = *lax_i_token(p);
    if (!lax_i_expect(p, TOKEN_WORD, "labels after '->'")) return false;
    if (first.length + out.length + 3 > sizeof labels)
        return lax_i_parse_fail(p, LAX_ERROR_LIMIT, first.place, "labels that are too long");
    snprintf(labels, sizeof labels, "%.*s->%.*s", (int)first.length, first.data, (int)out.length,
             out.data);
    int32_t rank;
    if (lax_conv_dimension_numbers_from_labels(labels, &rank, &a->numbers, &why) != LAX_OK)
        return lax_i_parse_refused(p, first.place, &why);
    return lax_i_attribute_add(p, a, key, rank);
}

/* --- words ------------------------------------------------------------------------------------ */

static bool read_direction(struct parser *p, struct attributes *a, enum key key) {
    int64_t outcomes;
    if (!lax_i_direction_of(lax_i_token(p), &outcomes))
        return lax_i_parse_expected(p, "EQ, NE, GE, GT, LE or LT");
    lax_i_lex(&p->lexer);
    return lax_i_attribute_add(p, a, key, outcomes);
}

static bool read_compare_type(struct parser *p, struct attributes *a, enum key key) {
    int64_t type;
    if (!lax_i_compare_type_of(lax_i_token(p), &type))
        return lax_i_parse_expected(p, "FLOAT, TOTALORDER, SIGNED or UNSIGNED");
    lax_i_lex(&p->lexer);
    return lax_i_attribute_add(p, a, key, type);
}

static bool read_computation(struct parser *p, struct attributes *a, enum key key) {
    lax_i_take(p, '%');
    struct token token = *lax_i_token(p);
    if (!lax_i_expect(p, TOKEN_WORD, "a computation's name")) return false;
    struct name *found = lax_i_names_find(&p->computations, token.data, token.length);
    struct computation *computation = found == NULL ? NULL : found->value;
    if (computation == NULL) computation = lax_i_builtin_computation(p, &token);
    a->called[key == KEY_SCATTER] = computation;
    return computation != NULL;
}

static bool read_frontend(struct parser *p, struct attributes *a, enum key key) {
    (void)key;
    return lax_i_hlo_frontend(p, a);
}

static bool read_ignored(struct parser *p, struct attributes *a, enum key key) {
    (void)a;
    (void)key;
    return lax_i_skip_value(p);
}

static const struct field fields[] = {
    {"window", KEY_WINDOW_SIZE, read_window},
    {"dim_labels", KEY_LABELS, read_labels},
    {"feature_group_count", KEY_FEATURE_GROUPS, read_int},
    {"batch_group_count", KEY_BATCH_GROUPS, read_int},
    {"to_apply", KEY_TO_APPLY, read_computation},
    {"select", KEY_SELECT, read_computation},
    {"scatter", KEY_SCATTER, read_computation},
    {"dimensions", KEY_DIMENSIONS, read_braces},
    {"iota_dimension", KEY_DIMENSIONS, read_int},
    {"padding", KEY_LOW, read_padding},
    {"slice", KEY_STARTS, read_slice},
    {"direction", KEY_DIRECTION, read_direction},
    {"type", KEY_COMPARE_TYPE, read_compare_type},
    {"index", KEY_INDEX, read_int},
    {"exponent_bits", KEY_EXPONENT_BITS, read_int},
    {"mantissa_bits", KEY_MANTISSA_BITS, read_int},
    {"lhs_batch_dims", KEY_LHS_BATCH, read_braces},
    {"rhs_batch_dims", KEY_RHS_BATCH, read_braces},
    {"lhs_contracting_dims", KEY_LHS_CONTRACTING, read_braces},
    {"rhs_contracting_dims", KEY_RHS_CONTRACTING, read_braces},
    {"frontend_attributes", KEY_FRONTEND, read_frontend},
    {"metadata", KEY_COUNT, read_ignored},
    {"sharding", KEY_COUNT, read_ignored},
    {"backend_config", KEY_COUNT, read_ignored},
    {"operand_precision", KEY_COUNT, read_ignored},
};

bool lax_i_hlo_attribute(struct parser *p, struct draft *draft) {
    struct token token = *lax_i_token(p);
    struct attributes *a = &draft->attributes;
    if (!lax_i_expect(p, TOKEN_WORD, "an attribute")) return false;
    for (int i = 0; i < LAX_COUNTOF(fields); i++) {
        const struct field *field = &fields[i];
        if (!lax_i_token_is(&token, field->name)) continue;
        if (!lax_i_expect(p, '=', "'=' after the attribute's name")) return false;
        bool known = field->key == KEY_COUNT || field->key == KEY_FRONTEND ||
                     (lax_i_ops[draft->op].keys >> field->key & 1);
        if (!known) break;
        bool listed = field->key != KEY_COUNT && field->read != read_window;
        if (listed && !lax_i_attribute_start(p, a, field->key, token.place)) return false;
        return field->read(p, a, field->key);
    }
    return lax_i_parse_fail(
        p, LAX_ERROR_ATTRIBUTE, token.place, "%s has no attribute '%.*s' that is supported here",
        lax_i_ops[draft->op].hlo, token.length < 60 ? (int)token.length : 60, token.data);
}
