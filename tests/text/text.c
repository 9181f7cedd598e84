/* SPDX-License-Identifier: Apache-2.0 */
/* Parsing and evaluation for the suites of the text front end. */
#include "text/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

lax_module *parsed(const char *text) {
    lax_module *module;
    lax_error why;
    lax_status status = lax_module_parse(text, strlen(text), &module, &why);
    ck_assert_msg(status == LAX_OK, "%s\n%s", why.text, text);
    return module;
}

lax_module *operation_of(const char *text, lax_operation *operation) {
    lax_module *module = parsed(text);
    lax_error why;
    ck_assert_int_eq(lax_module_n_operations(module), 1);
    must(lax_module_operation(module, 0, operation, &why), &why, text);
    return module;
}

struct line {
    char *data;
    size_t capacity, length;
};

static void add(struct line *line, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(line->data + line->length, line->capacity - line->length, format, arguments);
    va_end(arguments);
    line->length += (size_t)n;
    ck_assert_uint_lt(line->length, line->capacity);
}

/* The same values as f64 or c128, through the library. */
static lax_tensor widened(const lax_tensor *t) {
    bool complex = t->dtype == LAX_C64 || t->dtype == LAX_C128;
    lax_tensor wide = dense_new(complex ? LAX_C128 : LAX_F64, t->rank, t->shape);
    lax_error why;
    if (lax_tensor_elements(t) > 0)
        must(lax_transpose(NULL, t, NULL, &wide, &why), &why, "widening");
    return wide;
}

static void add_number(struct line *line, double x) {
    if (x != x)
        add(line, "nan");
    else
        add(line, "%.10g", x);
}

static void add_tensor(struct line *line, const lax_tensor *t) {
    lax_tensor wide = widened(t);
    const double *values = wide.data;
    add(line, "%s[", lax_dtype_name(t->dtype));
    for (int32_t d = 0; d < t->rank; d++) add(line, d ? ",%d" : "%d", (int)t->shape[d]);
    add(line, "]");
    for (int64_t i = 0; i < lax_tensor_elements(t); i++) {
        add(line, " ");
        if (wide.dtype == LAX_F64) {
            add_number(line, values[i]);
            continue;
        }
        add(line, "(");
        add_number(line, values[2 * i]);
        add(line, ",");
        add_number(line, values[2 * i + 1]);
        add(line, ")");
    }
    free(wide.data);
}

/* Counts on through the inputs, in their own type. */
static void count(const lax_tensor *t, int64_t *next) {
    int64_t n = lax_tensor_elements(t);
    lax_tensor numbers = dense_new(LAX_S64, t->rank, t->shape);
    lax_error why;
    for (int64_t i = 0; i < n; i++) ((int64_t *)numbers.data)[i] = (*next)++;
    lax_tensor to = *t;
    if (n > 0) must(lax_transpose(NULL, &numbers, NULL, &to, &why), &why, "counting");
    free(numbers.data);
}

void evaluated(const char *text, char *out, size_t capacity) {
    struct line line = {out, capacity, 0};
    lax_module *module = NULL;
    lax_error why;
    lax_tensor in[16], results[16];
    int64_t next = 0;
    if (lax_module_parse(text, strlen(text), &module, &why) != LAX_OK) {
        add(&line, "%s", why.text);
        return;
    }
    int32_t n = lax_module_n_parameters(module), m = lax_module_n_results(module);
    ck_assert(n <= 16 && m <= 16);
    for (int32_t i = 0; i < n; i++) {
        must(lax_module_parameter(module, i, &in[i], &why), &why, text);
        in[i] = dense_new(in[i].dtype, in[i].rank, in[i].shape);
        count(&in[i], &next);
    }
    for (int32_t i = 0; i < m; i++) {
        must(lax_module_result(module, i, &results[i], &why), &why, text);
        results[i] = dense_new(results[i].dtype, results[i].rank, results[i].shape);
    }
    if (lax_module_run(NULL, module, in, n, results, m, &why) != LAX_OK)
        add(&line, "%s", why.text);
    else
        for (int32_t i = 0; i < m; i++) {
            if (i > 0) add(&line, "; ");
            add_tensor(&line, &results[i]);
        }
    if (m == 0) add(&line, "nothing");
    for (int32_t i = 0; i < n; i++) free(in[i].data);
    for (int32_t i = 0; i < m; i++) free(results[i].data);
    lax_module_release(module);
}
