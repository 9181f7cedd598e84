/* SPDX-License-Identifier: Apache-2.0 */
/* A module that is printed and read back is the same module: it prints the same again, computes the
 * same, and each of its operations prints as a line that reads back. */
#include <stdlib.h>
#include <string.h>

#include "suites.h"
#include "text/text.h"

static char *printed(const lax_module *module) {
    size_t length = lax_module_print(module, NULL, 0);
    char *text = malloc(length + 1);
    ck_assert_ptr_nonnull(text);
    ck_assert_uint_eq(lax_module_print(module, text, length + 1), length);
    ck_assert_uint_eq(strlen(text), length);
    return text;
}

static void check_line(const lax_operation *operation) {
    char line[6000], again[6000], whole[12000];
    lax_operation back;
    size_t length = lax_operation_print(operation, line, sizeof line);
    ck_assert_uint_lt(length, sizeof line);
    lax_module *module = operation_of(line, &back);
    lax_operation_print(&back, again, sizeof again);
    ck_assert_str_eq(again, line);
    lax_module_release(module);
    ck_assert_uint_lt(lax_operation_print_module(operation, whole, sizeof whole), sizeof whole);
    ck_assert_int_eq(strncmp(whole, "HloModule", 9), 0);
    lax_module_release(operation_of(whole, &back));
}

static void check_source(const struct source *source) {
    char first[8000], second[8000];
    lax_error why;
    lax_module *module = parsed(source->text);
    char *text = printed(module);
    lax_module *back = parsed(text);
    char *again = printed(back);
    ck_assert_str_eq(again, text);
    evaluated(source->text, first, sizeof first);
    evaluated(text, second, sizeof second);
    ck_assert_str_eq(second, first);
    for (int32_t i = 0; i < lax_module_n_operations(module); i++) {
        lax_operation operation;
        must(lax_module_operation(module, i, &operation, &why), &why, source->name);
        check_line(&operation);
    }
    free(text);
    free(again);
    lax_module_release(module);
    lax_module_release(back);
}

START_TEST(hlo) { check_source(&hlo_sources.rows[_i]); }
END_TEST

START_TEST(stablehlo) { check_source(&stablehlo_sources.rows[_i]); }
END_TEST

/* Buffers of every size get as much as fits, with its NUL, and the length that is needed. */
START_TEST(short_buffers) {
    lax_operation operation;
    char whole[600], part[600];
    lax_module *module = operation_of("%r = f32[3,2]{0,1} transpose(f32[2,3]{1,0} %operand), "
                                      "dimensions={1,0}",
                                      &operation);
    size_t length = lax_operation_print(&operation, whole, sizeof whole);
    for (size_t capacity = 1; capacity <= length; capacity++) {
        memset(part, '#', sizeof part);
        ck_assert_uint_eq(lax_operation_print(&operation, part, capacity), length);
        ck_assert_uint_eq(strlen(part), capacity - 1);
        ck_assert_int_eq(strncmp(part, whole, capacity - 1), 0);
        ck_assert_int_eq(part[capacity], '#');
    }
    lax_module_release(module);
}
END_TEST

/* An operation that no line can say prints as a comment, not as a wrong line. */
START_TEST(impossible_operation) {
    char text[600];
    lax_operation operation = LAX_OPERATION(.op = LAX_OP_TRANSPOSE, .n_operands = 1);
    operation.operands[0] = lax_tensor_of(LAX_F32, NULL, 2, (int64_t[]){2, 3});
    operation.permutation[0] = 5;
    lax_operation_print(&operation, text, sizeof text);
    ck_assert_int_eq(strncmp(text, "/* ", 3), 0);
}
END_TEST

Suite *suite_text_roundtrip(void) {
    Suite *suite = suite_create("text_roundtrip");
    TCase *tc = tcase_create("roundtrip");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, hlo, 0, hlo_sources.n);
    tcase_add_loop_test(tc, stablehlo, 0, stablehlo_sources.n);
    tcase_add_test(tc, short_buffers);
    tcase_add_test(tc, impossible_operation);
    suite_add_tcase(suite, tc);
    return suite;
}
