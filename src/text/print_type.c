/* SPDX-License-Identifier: Apache-2.0 */
/* Types with their layouts, and the quick ways to put text together. */
#include "text/print.h"

void lax_i_put(struct text *text, const char *string) {
    size_t n = strlen(string);
    if (text->length < text->capacity) {
        size_t room = text->capacity - text->length - 1, take = n < room ? n : room;
        memcpy(text->data + text->length, string, take);
        text->data[text->length + take] = '\0';
    }
    text->length += n;
}

void lax_i_put_int(struct text *text, int64_t value) {
    char digits[24], *next = digits + sizeof digits - 1;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    *next = '\0';
    do *--next = (char)('0' + rest % 10);
    while ((rest /= 10) != 0);
    if (value < 0) *--next = '-';
    lax_i_put(text, next);
}

void lax_i_put_list(struct text *text, int n, const int64_t *values, const char *separator) {
    for (int i = 0; i < n; i++) {
        if (i > 0) lax_i_put(text, separator);
        lax_i_put_int(text, values[i]);
    }
}

/* --- layouts ---------------------------------------------------------------------------------- */

/* Does dimension a lie outside b? Of equal strides, the larger size lies outside. */
static bool outside(const lax_tensor *t, int a, int b) {
    if (t->strides[a] != t->strides[b]) return t->strides[a] > t->strides[b];
    return t->shape[a] != t->shape[b] ? t->shape[a] > t->shape[b] : a < b;
}

/* Dimensions from the outermost to the innermost. */
static void sort_dimensions(const lax_tensor *tensor, int *order) {
    for (int i = 0; i < tensor->rank; i++) {
        int at = i;
        for (; at > 0 && outside(tensor, i, order[at - 1]); at--) order[at] = order[at - 1];
        order[at] = i;
    }
}

/* Strides of a dense order, by the rules of lax_i_row_major. */
static void dense_strides(lax_tensor *tensor, const int *order) {
    uint64_t stride = 1;
    for (int i = tensor->rank - 1; i >= 0; i--) {
        tensor->strides[order[i]] = (int64_t)stride;
        int64_t size = tensor->shape[order[i]];
        stride *= size > 1 ? (uint64_t)size : 1;
    }
}

static bool same_strides(const lax_tensor *a, const lax_tensor *b) {
    return memcmp(a->strides, b->strides, (size_t)a->rank * sizeof a->strides[0]) == 0;
}

void lax_i_shown_layout(const lax_tensor *tensor, lax_tensor *shown) {
    int order[LAX_MAX_RANK];
    *shown = *tensor;
    lax_i_row_major(shown);
    if (same_strides(shown, tensor)) return;
    sort_dimensions(tensor, order);
    dense_strides(shown, order);
    if (!same_strides(shown, tensor)) lax_i_row_major(shown);
}

void lax_i_print_type(struct text *text, const lax_tensor *shown) {
    int order[LAX_MAX_RANK];
    lax_tensor row_major = *shown;
    lax_i_row_major(&row_major);
    lax_i_put(text, lax_dtype_name(shown->dtype));
    lax_i_put(text, "[");
    lax_i_put_list(text, shown->rank, shown->shape, ",");
    lax_i_put(text, "]");
    if (shown->rank == 0) return;
    sort_dimensions(shown, order);
    if (same_strides(&row_major, shown)) /* also where sizes 0 and 1 leave more than one order */
        for (int d = 0; d < shown->rank; d++) order[d] = d;
    for (int i = shown->rank - 1; i >= 0; i--) {
        lax_i_put(text, i == shown->rank - 1 ? "{" : ",");
        lax_i_put_int(text, order[i]);
    }
    lax_i_put(text, "}");
}
