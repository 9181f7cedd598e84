/* SPDX-License-Identifier: Apache-2.0 */
/* The random problems: each family in chunks, each problem against the oracle. With
 * LAX_TEST_FAMILY and LAX_TEST_NUMBER one problem runs again. */
#include "property/problem.h"
#include "suites.h"

#include <stdlib.h>
#include <string.h>

#define CHUNKS 8

const struct family families[] = {
    {"conv", 6000, make_conv, NULL, NULL},
    {"conv_dense", 1500, make_conv_dense, NULL, NULL},
    {"conv_u8_s8", 300, make_conv_u8, NULL, NULL},
    {"conv_grad", 2000, make_conv_grad, NULL, NULL},
    {"conv_patches", 600, make_conv_patches, NULL, NULL},
    {"conv_local", 600, make_conv_local, NULL, NULL},
    {"conv_transpose", 800, make_conv_transpose, call_conv_transpose, expect_conv_transpose},
    {"conv_epilogue", 900, make_conv_epilogue, call_conv_epilogue, expect_conv_epilogue},
    {"reduce_window", 2600, make_reduce_window, NULL, NULL},
    {"reduce_window_fn", 800, make_reduce_window_fn, NULL, NULL},
    {"avg_pool", 500, make_avg_pool, NULL, NULL},
    {"window_arg", 700, make_window_arg, NULL, NULL},
    {"select_and_scatter", 900, make_select_and_scatter, NULL, NULL},
    {"select_and_gather_add", 400, make_select_and_gather, NULL, NULL},
    {"window_grad", 700, make_window_grad, call_window_grad, expect_window_grad},
    {"pool", 500, make_pool, call_pool, expect_pool},
    {"scan", 700, make_scan, NULL, NULL},
    {"pad", 500, make_pad, NULL, NULL},
    {"pad_grad", 300, make_pad_grad, call_pad_grad, expect_pad_grad},
    {"transpose", 700, make_transpose, NULL, NULL},
    {"reduce", 500, make_reduce, NULL, NULL},
    {"reduce_fn", 300, make_reduce_fn, NULL, NULL},
    {"reduce_precision", 200, make_reduce_precision, NULL, NULL},
    {"window_wide", 700, make_window_wide, NULL, NULL},
    {"scan_long", 100, make_scan_long, NULL, NULL},
};
const int32_t n_families = sizeof families / sizeof *families;

static void one_problem(const struct family *f, int64_t number) {
    struct problem p;
    problem_init(&p, f, number);
    problem_data(&p);
    problem_check(&p);
    problem_free(&p);
}

/* Chunk _i: every CHUNKS-th problem of one family. */
START_TEST(family_chunk) {
    const struct family *f = &families[_i / CHUNKS];
    const char *only = getenv("LAX_TEST_FAMILY"), *number = getenv("LAX_TEST_NUMBER");
    if (only && strcmp(only, f->name) != 0) return;
    if (only && number) {
        if (_i % CHUNKS == 0) one_problem(f, strtoll(number, NULL, 0));
        return;
    }
    int64_t n = test_problems(f->share);
    for (int64_t i = _i % CHUNKS; i < n; i += CHUNKS) one_problem(f, i);
}
END_TEST

Suite *suite_random(void) {
    Suite *suite = suite_create("random");
    TCase *tc = tcase_create("families");
    tcase_set_timeout(tc, 3600);
    tcase_add_loop_test(tc, family_chunk, 0, n_families * CHUNKS);
    suite_add_tcase(suite, tc);
    return suite;
}
