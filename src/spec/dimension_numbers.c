/* SPDX-License-Identifier: Apache-2.0 */
/* Dimension numbers of convolutions: JAX's three strings, XLA's dim_labels and index triples, all
 * become index triples. Spatial order is the order of appearance in the rhs string. */
#include "spec/spec.h"

static const char *const operand_names[3] = {"lhs", "rhs", "out"};
static const char role_letters[3][3] = {"NC", "OI", "NC"};

static int32_t *spec_of(lax_conv_dimension_numbers *numbers, int which) {
    return which == 0 ? numbers->lhs_spec : which == 1 ? numbers->rhs_spec : numbers->out_spec;
}

static int count_of(const char *string, char c) {
    int count = 0;
    for (; *string != '\0'; string++) count += *string == c;
    return count;
}

/* One string on its own: length, roles once, no label twice. */
static lax_status check_string(const char *string, int which, int rank, lax_error *why) {
    const char *roles = role_letters[which];
    if ((int)strlen(string) != rank)
        return lax_i_fail(why, LAX_ERROR_LABELS_LENGTH,
                          "dimension_numbers[%d] (%s) must have one character a dimension, got "
                          "\"%.30s\" of length %zu for rank %d",
                          which, operand_names[which], string, strlen(string), rank);
    for (int r = 0; r < 2; r++)
        if (count_of(string, roles[r]) != 1)
            return lax_i_fail(why, LAX_ERROR_LABELS_ROLE,
                              "dimension_numbers[%d] (%s) must contain '%c' and '%c' exactly once, "
                              "got \"%.30s\"",
                              which, operand_names[which], roles[0], roles[1], string);
    for (const char *c = string; *c != '\0'; c++)
        if (count_of(string, *c) != 1)
            return lax_i_fail(why, LAX_ERROR_LABELS_DUPLICATE,
                              "dimension_numbers[%d] (%s) has '%c' more than once: \"%.30s\"",
                              which, operand_names[which], *c, string);
    return LAX_OK;
}

/* Axis indices of one string: the two roles, then the rhs string's spatial labels in order. */
static lax_status read_string(const char *const strings[3], int which, int32_t *spec,
                              lax_error *why) {
    const char *string = strings[which], *roles = role_letters[which];
    spec[0] = (int32_t)(strchr(string, roles[0]) - string);
    spec[1] = (int32_t)(strchr(string, roles[1]) - string);
    int n = 2;
    for (const char *label = strings[1]; *label != '\0'; label++) {
        if (*label == 'O' || *label == 'I') continue;
        const char *at = strchr(string, *label);
        if (at == NULL || at - string == spec[0] || at - string == spec[1])
            return lax_i_fail(why, LAX_ERROR_LABELS_SPATIAL,
                              "dimension_numbers must have the same spatial characters, but "
                              "\"%.30s\" lacks the '%c' of \"%.30s\"",
                              string, *label, strings[1]);
        spec[n++] = (int32_t)(at - string);
    }
    return LAX_OK;
}

lax_status lax_i_conv_ranks(int32_t lhs_rank, int32_t rhs_rank, lax_error *why) {
    if (lhs_rank != rhs_rank)
        return lax_i_fail(why, LAX_ERROR_RANK_MISMATCH,
                          "lhs and rhs of a convolution must have equal rank, got %d and %d",
                          lhs_rank, rhs_rank);
    if (lhs_rank < 2 || lhs_rank > LAX_MAX_RANK)
        return lax_i_fail(why, LAX_ERROR_RANK,
                          "operands of a convolution must have rank 2 to %d, got %d", LAX_MAX_RANK,
                          lhs_rank);
    return LAX_OK;
}

lax_status lax_conv_dimension_numbers_from_strings(int32_t lhs_rank, int32_t rhs_rank,
                                                   const char *const strings[3],
                                                   lax_conv_dimension_numbers *out,
                                                   lax_error *why) {
    if (out == NULL) return lax_i_fail(why, LAX_ERROR_NULL, "out is NULL");
    lax_status s = lax_i_conv_ranks(lhs_rank, rhs_rank, why);
    if (s != LAX_OK) return s;
    lax_conv_dimension_numbers numbers = {0};
    for (int w = 0; w < 3; w++) {
        if (strings == NULL || strings[w] == NULL)
            return lax_i_fail(why, LAX_ERROR_LABELS_COUNT,
                              "dimension_numbers must be three strings, but %s is missing",
                              operand_names[w]);
        lax_status s = check_string(strings[w], w, lhs_rank, why);
        if (s != LAX_OK) return s;
    }
    for (int w = 0; w < 3; w++) {
        lax_status s = read_string(strings, w, spec_of(&numbers, w), why);
        if (s != LAX_OK) return s;
    }
    *out = numbers;
    return LAX_OK;
}

/* --- dim_labels ------------------------------------------------------------------------------- */

/* Splits "LHS_RHS->OUT" into three fields of at most LAX_MAX_RANK characters. */
static bool split_labels(const char *labels, char fields[3][LAX_MAX_RANK + 1]) {
    const char *underscore = strchr(labels, '_');
    const char *arrow = strstr(labels, "->");
    if (underscore == NULL || arrow == NULL || arrow < underscore) return false;
    const char *begin[3] = {labels, underscore + 1, arrow + 2};
    const char *end[3] = {underscore, arrow, labels + strlen(labels)};
    for (int w = 0; w < 3; w++) {
        if (end[w] - begin[w] > LAX_MAX_RANK || end[w] - begin[w] < 2) return false;
        memcpy(fields[w], begin[w], (size_t)(end[w] - begin[w]));
        fields[w][end[w] - begin[w]] = '\0';
    }
    return true;
}

static lax_status read_field(const char *field, int which, int rank, int32_t *spec,
                             lax_error *why) {
    const char *roles = which == 1 ? "oi" : "bf";
    bool seen[LAX_MAX_RANK] = {false};
    for (int axis = 0; axis < rank; axis++) {
        char c = field[axis];
        bool role = c == roles[0] || c == roles[1];
        int slot = c == roles[0] ? 0 : c == roles[1] ? 1 : c - '0' + 2;
        if (!role && (c < '0' || c > '9' || slot >= rank))
            return lax_i_fail(why, LAX_ERROR_LABELS_RANGE,
                              "dim_labels: %s dimension %d is '%c', expected %c, %c or a digit "
                              "below %d",
                              operand_names[which], axis, c, roles[0], roles[1], rank - 2);
        if (seen[slot])
            return lax_i_fail(why, role ? LAX_ERROR_LABELS_ROLE : LAX_ERROR_LABELS_DUPLICATE,
                              "dim_labels: %s has '%c' more than once in \"%s\"",
                              operand_names[which], c, field);
        seen[slot] = true;
        spec[slot] = axis;
    }
    return LAX_OK; /* rank distinct slots below rank: all are there */
}

lax_status lax_conv_dimension_numbers_from_labels(const char *dim_labels, int32_t *rank,
                                                  lax_conv_dimension_numbers *out, lax_error *why) {
    char fields[3][LAX_MAX_RANK + 1];
    if (dim_labels == NULL || out == NULL)
        return lax_i_fail(why, LAX_ERROR_NULL, "%s is NULL", out ? "dim_labels" : "out");
    if (!split_labels(dim_labels, fields))
        return lax_i_fail(why, LAX_ERROR_LABELS_SYNTAX,
                          "dim_labels must look like b01f_01io->b01f, got \"%.60s\"", dim_labels);
    int n = (int)strlen(fields[1]);
    lax_conv_dimension_numbers numbers = {0};
    for (int w = 0; w < 3; w++) {
        if ((int)strlen(fields[w]) != n)
            return lax_i_fail(why, LAX_ERROR_LABELS_LENGTH,
                              "dim_labels: %s has %zu dimensions and rhs has %d", operand_names[w],
                              strlen(fields[w]), n);
        lax_status s = read_field(fields[w], w, n, spec_of(&numbers, w), why);
        if (s != LAX_OK) return s;
    }
    if (rank != NULL) *rank = n;
    *out = numbers;
    return LAX_OK;
}

/* --- printing --------------------------------------------------------------------------------- */

size_t lax_conv_dimension_numbers_print(const lax_conv_dimension_numbers *numbers, int32_t rank,
                                        char *text, size_t capacity) {
    struct text t = lax_i_text(text, capacity);
    if (numbers == NULL) return 0;
    lax_conv_dimension_numbers copy = *numbers;
    lax_i_text_add(&t, "ConvDimensionNumbers(");
    for (int w = 0; w < 3; w++) {
        lax_i_text_add(&t, "%s%s_spec=(", w == 0 ? "" : ", ", operand_names[w]);
        for (int i = 0; i < rank && i < LAX_MAX_RANK; i++)
            lax_i_text_add(&t, "%s%d", i == 0 ? "" : ", ", spec_of(&copy, w)[i]);
        lax_i_text_add(&t, ")");
    }
    lax_i_text_add(&t, ")");
    return t.length;
}

size_t lax_conv_dim_labels_print(const lax_conv_dimension_numbers *numbers, int32_t rank,
                                 char *text, size_t capacity) {
    struct text t = lax_i_text(text, capacity);
    if (numbers == NULL) return 0;
    lax_conv_dimension_numbers copy = *numbers;
    for (int w = 0; w < 3; w++) {
        char field[LAX_MAX_RANK + 1] = {0};
        const int32_t *spec = spec_of(&copy, w);
        for (int slot = 0; slot < rank && slot < LAX_MAX_RANK; slot++) {
            char c = slot < 2 ? (w == 1 ? "oi" : "bf")[slot] : (char)('0' + slot - 2);
            if (spec[slot] >= 0 && spec[slot] < LAX_MAX_RANK) field[spec[slot]] = c;
        }
        lax_i_text_add(&t, "%s%s", w == 0 ? "" : w == 1 ? "_" : "->", field);
    }
    return t.length;
}
