/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the members that options structs share: padding words, arrays that count as unset when
 * wholly zero, and (low, high) pairs. */
#include "spec/spec.h"

#include <ctype.h>

static bool same_word(const char *word, const char *upper) {
    while (*word != '\0' && toupper((unsigned char)*word) == *upper) word++, upper++;
    return *word == '\0' && *upper == '\0';
}

lax_status lax_i_padding_word(const char *word, enum padding_word *out, lax_error *why) {
    static const struct {
        const char *word;
        enum padding_word meaning;
    } words[] = {
        {"VALID", PADDING_VALID}, {"SAME", PADDING_SAME}, {"SAME_LOWER", PADDING_SAME_LOWER}};
    for (int i = 0; i < LAX_COUNTOF(words); i++)
        if (same_word(word, words[i].word)) return *out = words[i].meaning, LAX_OK;
    return lax_i_fail(why, LAX_ERROR_PADDING_NAME,
                      "padding must be \"VALID\", \"SAME\" or \"SAME_LOWER\", got \"%.40s\"", word);
}

/* Entries behind the window's n dimensions must be zero: they hint at a wrong rank. */
static lax_status check_tail(const char *name, const int64_t *values, int capacity, int n,
                             lax_error *why) {
    for (int d = n; d < capacity; d++)
        if (values[d] != 0)
            return lax_i_fail(why, LAX_ERROR_WINDOW_LENGTH,
                              "%s has an entry %lld at index %d, but the window has %d dimensions",
                              name, (long long)values[d], d, n);
    return LAX_OK;
}

static bool all_zero(const int64_t *values, int n) {
    for (int d = 0; d < n; d++)
        if (values[d] != 0) return false;
    return true;
}

lax_status lax_i_option_array(const struct option *option, const int64_t *values, int n,
                              int64_t *out, lax_error *why) {
    lax_status s = check_tail(option->name, values, option->capacity, n, why);
    if (s != LAX_OK) return s;
    bool unset = all_zero(values, n);
    for (int d = 0; d < n; d++) {
        if (!unset && values[d] <= 0)
            return lax_i_fail(why, option->status,
                              "%s must be positive in all %d dimensions, got %lld in dimension %d",
                              option->name, n, (long long)values[d], d);
        out[d] = unset ? 1 : values[d];
    }
    return LAX_OK;
}

lax_status lax_i_option_pads(const int64_t (*pads)[2], int capacity, int n, int64_t (*out)[2],
                             lax_error *why) {
    for (int d = 0; d < capacity; d++) {
        if (d >= n && (pads[d][0] != 0 || pads[d][1] != 0))
            return lax_i_fail(why, LAX_ERROR_PADDING_LENGTH,
                              "pads has an entry (%lld, %lld) at index %d, but the window has %d "
                              "dimensions",
                              (long long)pads[d][0], (long long)pads[d][1], d, n);
        if (d < n) out[d][0] = pads[d][0], out[d][1] = pads[d][1];
    }
    return LAX_OK;
}

lax_status lax_i_option_padding(const char *word, const int64_t (*pads)[2], int capacity,
                                struct window_spec *out, lax_error *why) {
    lax_status s = lax_i_option_pads(pads, capacity, out->n, out->pads, why);
    if (s != LAX_OK || word == NULL) return s;
    for (int d = 0; d < out->n; d++)
        if (out->pads[d][0] != 0 || out->pads[d][1] != 0)
            return lax_i_fail(why, LAX_ERROR_OPTION_TWICE,
                              "padding is given twice: padding is \"%.20s\" and pads[%d] is "
                              "(%lld, %lld)",
                              word, d, (long long)out->pads[d][0], (long long)out->pads[d][1]);
    return lax_i_padding_word(word, &out->padding, why);
}
