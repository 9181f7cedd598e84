/* SPDX-License-Identifier: Apache-2.0 */
/* Refused texts: status, line, column and the whole sentence. */
#include <string.h>

#include "suites.h"
#include "text/error_rows.h"

static void check_row(const struct error_row *row) {
    lax_module *module = NULL;
    lax_error why;
    lax_status status = lax_module_parse(row->text, strlen(row->text), &module, &why);
    ck_assert_msg(status == row->status && why.status == status, "%s: %s, %s", row->name,
                  lax_status_name(status), why.text);
    ck_assert_ptr_null(module);
    ck_assert_str_eq(why.text, row->sentence);
    ck_assert_int_eq(why.line, row->line);
    ck_assert_int_eq(why.column, row->column);
    ck_assert_int_eq(lax_module_parse(row->text, strlen(row->text), &module, NULL), status);
}

START_TEST(hlo) { check_row(&hlo_errors.rows[_i]); }
END_TEST

START_TEST(stablehlo) { check_row(&stablehlo_errors.rows[_i]); }
END_TEST

START_TEST(null_arguments) {
    lax_module *module;
    lax_error why;
    ck_assert_int_eq(lax_module_parse(NULL, 0, &module, &why), LAX_ERROR_NULL);
    ck_assert_int_eq(lax_module_parse("", 0, NULL, &why), LAX_ERROR_NULL);
    ck_assert_int_eq(lax_module_run(NULL, NULL, NULL, 0, NULL, 0, &why), LAX_ERROR_NULL);
}
END_TEST

Suite *suite_text_errors(void) {
    Suite *suite = suite_create("text_errors");
    TCase *tc = tcase_create("errors");
    tcase_add_loop_test(tc, hlo, 0, hlo_errors.n);
    tcase_add_loop_test(tc, stablehlo, 0, stablehlo_errors.n);
    tcase_add_test(tc, null_arguments);
    suite_add_tcase(suite, tc);
    return suite;
}
