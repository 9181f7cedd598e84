/* SPDX-License-Identifier: Apache-2.0 */
/* Every wrong call of the tables: its status, its sentence, and nothing written. */
#include <stdio.h>
#include <string.h>

#include "api/errors.h"
#include "suites.h"

static const struct error_table *const tables[] = {
    &errors_conv, &errors_window,   &errors_window_calls, &errors_move,
    &errors_plan, &errors_exchange, &errors_text};
static const int32_t n_tables = sizeof tables / sizeof *tables;

lax_tensor bed_tensor(struct bed *bed, lax_dtype type, int32_t rank, const int64_t *shape) {
    return lax_tensor_of(type, bed->bytes, rank, shape);
}

void error_call_run(const struct error_call *row, struct bed *bed, struct error_result *result,
                    lax_error *why) {
    *result = (struct error_result){row->name, row->expected, row->text, LAX_OK};
    result->got = row->call(bed, why);
}

static void fresh(struct bed *bed) { memset(bed->bytes, 0xa5, BED); }

static bool untouched(const struct bed *bed) {
    for (int i = 0; i < BED; i++) {
        if (bed->bytes[i] != 0xa5) return false;
    }
    return true;
}

static void check_sentence(const struct error_result *r, const lax_error *why) {
    ck_assert_msg(why->status == r->got, "%s: why->status is %s", r->name,
                  lax_status_name(why->status));
    ck_assert_msg(memchr(why->text, 0, sizeof why->text) != NULL, "%s: no end", r->name);
    ck_assert_msg(strchr(why->text, '\n') == NULL, "%s: a newline in: %s", r->name, why->text);
    ck_assert_msg(strstr(why->text, r->text) != NULL, "%s: \"%s\" lacks \"%s\" (%d:%d)", r->name,
                  why->text, r->text, why->line, why->column);
}

static void check_row(const struct error_table *table, int32_t i) {
    struct bed bed;
    struct error_result r;
    lax_error why;
    memset(&why, 0xff, sizeof why);
    fresh(&bed);
    table->run(i, &bed, &r, &why);
    ck_assert_msg(r.got == r.expected, "%s: expected %s, got %s: %.300s", r.name,
                  lax_status_name(r.expected), lax_status_name(r.got), r.got ? why.text : "");
    check_sentence(&r, &why);
    ck_assert_msg(untouched(&bed), "%s: the output was written to", r.name);
    table->run(i, &bed, &r, NULL);
    ck_assert_msg(r.got == r.expected, "%s: another status without why", r.name);
}

/* Loop number _i counts through all rows of all tables. */
START_TEST(wrong_call) {
    int32_t i = _i, t = 0;
    while (i >= tables[t]->n) i -= tables[t++]->n;
    check_row(tables[t], i);
}
END_TEST

static const lax_status every[] = {LAX_ERROR_NULL,
                                   LAX_ERROR_OPTIONS_SIZE,
                                   LAX_ERROR_ENUM,
                                   LAX_ERROR_OPTION_TWICE,
                                   LAX_ERROR_COUNT,
                                   LAX_ERROR_DTYPE,
                                   LAX_ERROR_DTYPE_MISMATCH,
                                   LAX_ERROR_DTYPE_OPERATION,
                                   LAX_ERROR_PREFERRED_KIND,
                                   LAX_ERROR_PREFERRED_SIGN,
                                   LAX_ERROR_PREFERRED_WIDTH,
                                   LAX_ERROR_RANK,
                                   LAX_ERROR_RANK_MISMATCH,
                                   LAX_ERROR_SIZE,
                                   LAX_ERROR_SHAPE_MISMATCH,
                                   LAX_ERROR_NOT_SCALAR,
                                   LAX_ERROR_OVERFLOW,
                                   LAX_ERROR_NOT_INJECTIVE,
                                   LAX_ERROR_OVERLAP,
                                   LAX_ERROR_PLAN_MISMATCH,
                                   LAX_ERROR_LABELS_COUNT,
                                   LAX_ERROR_LABELS_LENGTH,
                                   LAX_ERROR_LABELS_ROLE,
                                   LAX_ERROR_LABELS_DUPLICATE,
                                   LAX_ERROR_LABELS_SPATIAL,
                                   LAX_ERROR_LABELS_RANGE,
                                   LAX_ERROR_LABELS_SYNTAX,
                                   LAX_ERROR_LABELS_DEFAULT,
                                   LAX_ERROR_WINDOW_SIZE,
                                   LAX_ERROR_WINDOW_STRIDE,
                                   LAX_ERROR_DILATION,
                                   LAX_ERROR_WINDOW_LENGTH,
                                   LAX_ERROR_PADDING_NAME,
                                   LAX_ERROR_PADDING_LENGTH,
                                   LAX_ERROR_PADDING_DILATED,
                                   LAX_ERROR_PADDING_NEGATIVE,
                                   LAX_ERROR_INTERIOR,
                                   LAX_ERROR_FEATURE_GROUPS,
                                   LAX_ERROR_BATCH_GROUPS,
                                   LAX_ERROR_BOTH_GROUPS,
                                   LAX_ERROR_FEATURE_DIVIDE,
                                   LAX_ERROR_FEATURE_MISMATCH,
                                   LAX_ERROR_OUTPUT_DIVIDE,
                                   LAX_ERROR_BATCH_DIVIDE,
                                   LAX_ERROR_AXIS,
                                   LAX_ERROR_AXIS_DUPLICATE,
                                   LAX_ERROR_PERMUTATION,
                                   LAX_ERROR_BITS,
                                   LAX_ERROR_VALUE,
                                   LAX_ERROR_UNSUPPORTED,
                                   LAX_ERROR_LOWERING_NAME,
                                   LAX_ERROR_LOWERING_REFUSED,
                                   LAX_ERROR_PACKED,
                                   LAX_ERROR_ALIGNMENT,
                                   LAX_ERROR_MEMORY,
                                   LAX_ERROR_CALLBACK,
                                   LAX_ERROR_BUFFER,
                                   LAX_ERROR_SYNTAX,
                                   LAX_ERROR_NAME,
                                   LAX_ERROR_ATTRIBUTE,
                                   LAX_ERROR_TYPE,
                                   LAX_ERROR_LIMIT,
                                   LAX_ERROR_ELIDED,
                                   LAX_ERROR_DLPACK_DTYPE,
                                   LAX_ERROR_DLPACK_DEVICE,
                                   LAX_ERROR_DLPACK_VERSION};

/* LAX_ERROR_THREADS is left out: a machine that starts threads cannot be made to refuse. */
START_TEST(every_status_is_reached) {
    bool reached[100] = {false};
    struct bed bed;
    struct error_result r;
    for (int32_t t = 0; t < n_tables; t++) {
        for (int32_t i = 0; i < tables[t]->n; i++) {
            tables[t]->run(i, &bed, &r, NULL);
            reached[r.got] = true;
        }
    }
    for (size_t i = 0; i < sizeof every / sizeof *every; i++) {
        ck_assert_msg(reached[every[i]], "no call of the tables gives %s",
                      lax_status_name(every[i]));
    }
}
END_TEST

START_TEST(names_of_statuses) {
    for (size_t i = 0; i < sizeof every / sizeof *every; i++) {
        ck_assert(strncmp(lax_status_name(every[i]), "LAX_ERROR_", 10) == 0);
    }
    ck_assert_str_eq(lax_status_name(LAX_OK), "LAX_OK");
    ck_assert_str_eq(lax_status_name(LAX_ERROR_THREADS), "LAX_ERROR_THREADS");
    ck_assert_str_eq(lax_status_name((lax_status)99), "unknown status");
    ck_assert_str_eq(lax_status_name((lax_status)-1), "unknown status");
}
END_TEST

Suite *suite_errors(void) {
    Suite *suite = suite_create("errors");
    TCase *tc = tcase_create("errors");
    int32_t rows = 0;
    for (int32_t t = 0; t < n_tables; t++) rows += tables[t]->n;
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, wrong_call, 0, rows);
    tcase_add_test(tc, every_status_is_reached);
    tcase_add_test(tc, names_of_statuses);
    suite_add_tcase(suite, tc);
    return suite;
}
