/* SPDX-License-Identifier: Apache-2.0 */
/* Options of other versions of the header, and what the library says about each family. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "property/corner.h"
#include "property/problem.h"
#include "suites.h"

/* What a caller with a later header would pass: members behind those that this version knows. */
struct later {
    lax_conv_options options;
    int64_t more[2];
};

static lax_status shape_with(const lax_conv_options *options, lax_error *why) {
    lax_tensor x = lax_tensor_of(LAX_F32, NULL, SHAPE(1, 2, 9)), y;
    lax_tensor w = lax_tensor_of(LAX_F32, NULL, SHAPE(3, 2, 3));
    lax_status s = lax_conv_general_dilated_shape(&x, &w, options, &y, why);
    if (s == LAX_OK) ck_assert_int_eq(y.shape[2], 4);
    return s;
}

START_TEST(later_headers) {
    struct later later = {LAX_CONV_OPTIONS(.window_strides = {2}), {0, 0}};
    lax_error why;
    later.options.size = sizeof later;
    must(shape_with(&later.options, &why), &why, "unused members");
    later.more[1] = 1;
    ck_assert_int_eq(shape_with(&later.options, &why), LAX_ERROR_OPTIONS_SIZE);
    ck_assert(strstr(why.text, "sets a member behind") != NULL);
}
END_TEST

/* A caller with an earlier header: what it did not know counts as unset. */
START_TEST(earlier_headers) {
    lax_conv_options options = LAX_CONV_OPTIONS(.window_strides = {2}, .lowering = "nonesuch");
    lax_error why;
    options.size = offsetof(lax_conv_options, lowering);
    must(shape_with(&options, &why), &why, "a shorter struct");
    float x[18] = {0}, w[18] = {0}, y[12];
    lax_tensor a = lax_tensor_of(LAX_F32, x, SHAPE(1, 2, 9)),
               c = lax_tensor_of(LAX_F32, y, SHAPE(1, 3, 4));
    lax_tensor b = lax_tensor_of(LAX_F32, w, SHAPE(3, 2, 3));
    must(lax_conv_general_dilated(NULL, &a, &b, &options, &c, &why), &why, "a shorter struct");
}
END_TEST

/* Explanations and plans of every family: each names its problem, its lowerings, its choice. */
START_TEST(every_family_explains_itself) {
    const struct family *f = &families[_i];
    static char text[20000];
    if (f->call) return;
    for (int64_t i = 0; i < 10; i++) {
        struct problem p;
        lax_plan *plan;
        lax_error why;
        size_t needed = 0;
        problem_init(&p, f, 50000 + i);
        problem_data(&p);
        lax_status s = lax_explain(NULL, &p.op, text, sizeof text, &needed, &why);
        if (s != LAX_OK) problem_fail(&p, "explain", why.text);
        ck_assert_uint_eq(needed, strlen(text));
        ck_assert_msg(strstr(text, "reference") != NULL, "%s", text);
        must(lax_operation_plan(NULL, &p.op, &plan, &why), &why, "plan");
        size_t length = lax_plan_print(plan, text, sizeof text);
        ck_assert(length > 0 && length == strlen(text) && !strchr(text, '\n'));
        lax_plan_release(plan);
        problem_free(&p);
    }
}
END_TEST

/* Two threads' worth of scratch is less than four's; one thread needs no more than the limit. */
START_TEST(workspace_by_threads) {
    size_t before = 0;
    for (int32_t threads = 1; threads <= 16; threads *= 4) {
        lax_operation op = LAX_OPERATION(.op = LAX_OP_CONV, .n_operands = 2, .n_results = 1,
                                         .num_threads = threads);
        lax_context *ctx = context_with_threads(16);
        lax_plan *plan;
        lax_error why;
        op.operands[0] = lax_tensor_of(LAX_BF16, NULL, SHAPE(4, 24, 30, 30));
        op.operands[1] = lax_tensor_of(LAX_BF16, NULL, SHAPE(24, 24, 3, 3));
        op.results[0].rank = -1;
        op.conv = LAX_CONV_OPTIONS(.padding = "SAME");
        must(lax_operation_plan(ctx, &op, &plan, &why), &why, "plan");
        size_t nbytes = lax_plan_workspace_size(plan);
        ck_assert_uint_le(nbytes, ((size_t)4 << 20) * (size_t)threads + 24 * 24 * 9 * 8 + 4096);
        ck_assert_uint_ge(nbytes, before);
        before = nbytes;
        lax_plan_release(plan);
        lax_context_destroy(ctx);
    }
}
END_TEST

Suite *suite_options(void) {
    Suite *suite = suite_create("options");
    TCase *tc = tcase_create("options");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, later_headers);
    tcase_add_test(tc, earlier_headers);
    tcase_add_loop_test(tc, every_family_explains_itself, 0, n_families);
    tcase_add_test(tc, workspace_by_threads);
    suite_add_tcase(suite, tc);
    return suite;
}
