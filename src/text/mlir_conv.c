/* SPDX-License-Identifier: Apache-2.0 */
/* Convolution's own syntax in StableHLO: [b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f], the raw form of
 * the same, and window = {stride = [..], pad = [[..]], ...}. */
#include "text/text.h"

/* One bracket list; spec gets the axes of first, second, then the spatial ones by number. */
struct labels {
    const char *role[2]; /* names of the first two entries of the spec */
    int32_t *spec;
    int rank;
    uint32_t seen; /* bit i: entry i of the spec is set */
};

static bool set_entry(struct parser *p, struct labels *labels, int entry) {
    if (labels->seen >> entry & 1)
        return lax_i_parse_fail(p, LAX_ERROR_LABELS_DUPLICATE, lax_i_token(p)->place,
                                "the dimension is named twice");
    labels->seen |= 1u << entry;
    labels->spec[entry] = labels->rank++;
    lax_i_lex(&p->lexer);
    return true;
}

static bool read_label(struct parser *p, struct labels *labels) {
    const struct token *token = lax_i_token(p);
    int64_t number;
    if (labels->rank == LAX_MAX_RANK)
        return lax_i_parse_fail(p, LAX_ERROR_LIMIT, token->place,
                                "more than %d dimensions in the labels", LAX_MAX_RANK);
    for (int i = 0; i < 2; i++)
        if (lax_i_at_word(p, labels->role[i])) return set_entry(p, labels, i);
    char what[60] = "'b', 'f' or the number of a spatial dimension";
    what[1] = labels->role[0][0];
    what[6] = labels->role[1][0];
    if (token->kind != TOKEN_WORD || !lax_i_int_of(token->data, token->length, &number))
        return lax_i_parse_expected(p, what);
    if (number < 0 || number >= LAX_MAX_SPATIAL)
        return lax_i_parse_fail(p, LAX_ERROR_LABELS_RANGE, token->place,
                                "spatial dimension %lld is out of range", (long long)number);
    return set_entry(p, labels, 2 + (int)number);
}

static bool read_list(struct parser *p, struct labels *labels) {
    size_t place = lax_i_token(p)->place;
    if (!lax_i_expect(p, '[', "'[' before the dimension labels")) return false;
    while (!lax_i_at(p, ']')) {
        if (!read_label(p, labels)) return false;
        if (!lax_i_take(p, ',')) break;
    }
    if (!lax_i_expect(p, ']', "',' or ']' in the dimension labels")) return false;
    if (labels->seen == (1u << labels->rank) - 1 && labels->rank >= 2) return true;
    return lax_i_parse_fail(p, LAX_ERROR_LABELS_ROLE, place,
                            "the labels must name %s, %s and the spatial dimensions from 0, each "
                            "once",
                            labels->role[0], labels->role[1]);
}

static bool same_ranks(struct parser *p, struct attributes *a, int lhs, int rhs, int out) {
    size_t place = a->place[KEY_LABELS];
    if (lhs != rhs || lhs != out)
        return lax_i_parse_fail(p, LAX_ERROR_LABELS_SPATIAL, place,
                                "the labels name %d, %d and %d spatial dimensions for lhs, rhs "
                                "and result",
                                lhs - 2, rhs - 2, out - 2);
    return lax_i_attribute_add(p, a, KEY_LABELS, lhs);
}

bool lax_i_mlir_conv_labels(struct parser *p, struct attributes *a) {
    struct labels lhs = {{"b", "f"}, a->numbers.lhs_spec, 0, 0};
    struct labels rhs = {{"o", "i"}, a->numbers.rhs_spec, 0, 0};
    struct labels out = {{"b", "f"}, a->numbers.out_spec, 0, 0};
    memset(&a->numbers, 0, sizeof a->numbers);
    return read_list(p, &lhs) && lax_i_expect_word(p, "x") && read_list(p, &rhs) &&
           lax_i_expect(p, TOKEN_ARROW, "'->' before the labels of the result") &&
           read_list(p, &out) && same_ranks(p, a, lhs.rank, rhs.rank, out.rank);
}

/* --- raw form --------------------------------------------------------------------------------- */

/* Which specification, and which entry; -1: the list of spatial dimensions. */
static const struct raw_field {
    const char *name;
    int spec, entry;
} raw_fields[] = {
    {"input_batch_dimension", 0, 0},          {"input_feature_dimension", 0, 1},
    {"input_spatial_dimensions", 0, -1},      {"kernel_output_feature_dimension", 1, 0},
    {"kernel_input_feature_dimension", 1, 1}, {"kernel_spatial_dimensions", 1, -1},
    {"output_batch_dimension", 2, 0},         {"output_feature_dimension", 2, 1},
    {"output_spatial_dimensions", 2, -1},
};

struct raw {
    struct attributes *a;
    int spatial[3];
    uint32_t axes[3]; /* bits of axes that are named */
    uint32_t fields;  /* bits of fields that are given */
};

static bool set_axis(struct parser *p, struct raw *raw, int spec, int entry, int64_t axis,
                     size_t place) {
    lax_conv_dimension_numbers *numbers = &raw->a->numbers;
    int32_t *specs[] = {numbers->lhs_spec, numbers->rhs_spec, numbers->out_spec};
    if (axis < 0 || axis >= LAX_MAX_RANK || entry >= LAX_MAX_RANK || (raw->axes[spec] >> axis & 1))
        return lax_i_parse_fail(p, LAX_ERROR_LABELS_RANGE, place,
                                "dimension %lld is out of range or named twice", (long long)axis);
    raw->axes[spec] |= 1u << axis;
    specs[spec][entry] = (int32_t)axis;
    return true;
}

static bool raw_spatial(struct parser *p, struct raw *raw, int spec) {
    if (!lax_i_expect(p, '[', "'[' before the spatial dimensions")) return false;
    while (!lax_i_at(p, ']')) {
        int64_t axis;
        size_t place = lax_i_token(p)->place;
        if (!lax_i_parse_int(p, "a dimension", &axis)) return false;
        if (!set_axis(p, raw, spec, 2 + raw->spatial[spec]++, axis, place)) return false;
        if (!lax_i_take(p, ',')) break;
    }
    return lax_i_expect(p, ']', "',' or ']'");
}

static bool read_raw_field(struct parser *p, struct raw *raw) {
    for (int i = 0; i < LAX_COUNTOF(raw_fields); i++) {
        const struct raw_field *field = &raw_fields[i];
        int64_t axis;
        size_t place = lax_i_token(p)->place;
        if (!lax_i_take_word(p, field->name)) continue;
        if (raw->fields >> i & 1)
            return lax_i_parse_fail(p, LAX_ERROR_ATTRIBUTE, place, "the field is given twice");
        raw->fields |= 1u << i;
        if (!lax_i_expect(p, '=', "'='")) return false;
        if (field->entry < 0) return raw_spatial(p, raw, field->spec);
        return lax_i_parse_int(p, "a dimension", &axis) &&
               set_axis(p, raw, field->spec, field->entry, axis, place);
    }
    return lax_i_parse_expected(p, "a field of convolution dimension numbers");
}

/* Every axis of each operand is named, and the batch and feature fields are there. */
static bool check_raw(struct parser *p, const struct raw *raw) {
    uint32_t needed = 0;
    for (int i = 0; i < LAX_COUNTOF(raw_fields); i++)
        if (raw_fields[i].entry >= 0) needed |= 1u << i;
    bool good = (raw->fields & needed) == needed;
    for (int i = 0; i < 3; i++) good = good && raw->axes[i] == (1u << (raw->spatial[i] + 2)) - 1;
    return good || lax_i_parse_fail(p, LAX_ERROR_LABELS_ROLE, raw->a->place[KEY_LABELS],
                                    "the dimension numbers must name every dimension once");
}

static bool read_raw(struct parser *p, struct attributes *a) {
    struct raw raw = {.a = a};
    memset(&a->numbers, 0, sizeof a->numbers);
    while (!lax_i_at(p, '>')) {
        if (!read_raw_field(p, &raw)) return false;
        if (!lax_i_take(p, ',')) break;
    }
    return check_raw(p, &raw) &&
           same_ranks(p, a, raw.spatial[0] + 2, raw.spatial[1] + 2, raw.spatial[2] + 2);
}

/* #stablehlo.conv<raw ...> or #stablehlo.conv<[..]x[..]->[..]> */
bool lax_i_mlir_conv_attribute(struct parser *p, struct attributes *a, enum key key) {
    (void)key;
    if (!lax_i_expect(p, '#', "'#stablehlo.conv'") || !lax_i_expect_word(p, "stablehlo.conv") ||
        !lax_i_expect(p, '<', "'<' after #stablehlo.conv"))
        return false;
    bool good = lax_i_take_word(p, "raw") ? read_raw(p, a) : lax_i_mlir_conv_labels(p, a);
    return good && lax_i_expect(p, '>', "'>' after the dimension numbers");
}

/* --- window ----------------------------------------------------------------------------------- */

/* [[0, 1], [2, 3]] */
static bool read_pads(struct parser *p, struct attributes *a, enum key key) {
    if (!lax_i_expect(p, '[', "'[' before the paddings")) return false;
    while (!lax_i_at(p, ']')) {
        int before = a->n[key];
        size_t place = lax_i_token(p)->place;
        if (!lax_i_mlir_ints(p, a, key)) return false;
        if (a->n[key] - before != 2)
            return lax_i_parse_fail(p, LAX_ERROR_PADDING_LENGTH, place,
                                    "expected a pair of low and high padding, got %d entries",
                                    a->n[key] - before);
        if (!lax_i_take(p, ',')) break;
    }
    return lax_i_expect(p, ']', "',' or ']' in the paddings");
}

static const struct field {
    const char *name;
    enum key key;
    bool (*read)(struct parser *p, struct attributes *a, enum key key);
} fields[] = {
    {"stride", KEY_STRIDES, lax_i_mlir_ints},
    {"pad", KEY_PADS, read_pads},
    {"lhs_dilate", KEY_BASE_DILATION, lax_i_mlir_ints},
    {"rhs_dilate", KEY_WINDOW_DILATION, lax_i_mlir_ints},
    {"reverse", KEY_REVERSAL, lax_i_mlir_ints},
};

static bool read_window_field(struct parser *p, struct attributes *a) {
    size_t place = lax_i_token(p)->place;
    for (int i = 0; i < LAX_COUNTOF(fields); i++) {
        const struct field *field = &fields[i];
        if (!lax_i_take_word(p, field->name)) continue;
        return lax_i_expect(p, '=', "'=' after the window's field") &&
               lax_i_attribute_start(p, a, field->key, place) && field->read(p, a, field->key);
    }
    return lax_i_parse_expected(p, "stride, pad, lhs_dilate, rhs_dilate or reverse");
}

bool lax_i_mlir_conv_window(struct parser *p, struct attributes *a) {
    if (!lax_i_expect(p, '{', "'{' before the window")) return false;
    while (!lax_i_at(p, '}')) {
        if (!read_window_field(p, a)) return false;
        if (!lax_i_take(p, ',')) break;
    }
    return lax_i_expect(p, '}', "',' or '}' in the window");
}
