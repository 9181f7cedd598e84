/* SPDX-License-Identifier: Apache-2.0 */
/* Status names, error sentences, and text built into a caller's buffer. */
#include "base/base.h"

#include <stdio.h>

static const struct {
    lax_status status;
    const char *name;
} names[] = {
#define STATUS(name) {name, #name},
#include "base/status.def"
#undef STATUS
};

const char *lax_status_name(lax_status status) {
    for (int i = 0; i < LAX_COUNTOF(names); i++)
        if (names[i].status == status) return names[i].name;
    return "unknown status";
}

lax_status lax_i_fail(lax_error *why, lax_status status, const char *format, ...) {
    if (why == NULL) return status;
    *why = (lax_error){.status = status};
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(why->text, sizeof why->text, format, arguments);
    va_end(arguments);
    return status;
}

struct text lax_i_text(char *data, size_t capacity) {
    if (data != NULL && capacity > 0) data[0] = '\0';
    return (struct text){data, data == NULL ? 0 : capacity, 0};
}

void lax_i_text_add(struct text *text, const char *format, ...) {
    bool room = text->length < text->capacity;
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(room ? text->data + text->length : NULL,
                      room ? text->capacity - text->length : 0, format, arguments);
    va_end(arguments);
    if (n > 0) text->length += (size_t)n;
}

void lax_i_text_list(struct text *text, int n, const int64_t *values, const char *separator) {
    for (int i = 0; i < n; i++)
        lax_i_text_add(text, "%s%lld", i == 0 ? "" : separator, (long long)values[i]);
}

void lax_i_text_form(struct text *text, const lax_tensor *tensor) {
    lax_i_text_add(text, "%s[", lax_dtype_name(tensor->dtype));
    lax_i_text_list(text, tensor->rank, tensor->shape, ",");
    lax_i_text_add(text, "]");
}
