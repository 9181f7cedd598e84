/* SPDX-License-Identifier: Apache-2.0 */
/* Corner cases 21 to 36: groups, and values of convolutions. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "property/corner.h"
#include "suites.h"
#include "support/support.h"

/* One-dimensional rows of any type: n elements of x, n - m + 1 of w, m of the result y. */
struct typed {
    lax_dtype type, result;
    int64_t n, m;
    const void *x, *w, *y;
};

static lax_tensor row_of(lax_dtype type, const void *data, int64_t n) {
    union {
        const void *from;
        void *to;
    } both = {data};
    return lax_tensor_of(type, both.to, SHAPE(1, 1, n));
}

/* The bytes of the result must be those of y. */
static void check_typed(struct typed t) {
    lax_tensor lhs = row_of(t.type, t.x, t.n), rhs = row_of(t.type, t.w, t.n - t.m + 1);
    lax_tensor out = row_of(t.result, t.y, t.m);
    conv_nd(&lhs, &rhs, &LAX_CONV_OPTIONS(.preferred_element_type = t.result), &out);
}

START_TEST(corner_21_feature_groups) {
    lax_tensor x = f32_of(SHAPE(1, 4, 1), (float[]){1, 2, 3, 4});
    lax_tensor w = f32_of(SHAPE(4, 2, 1), (float[]){1, 10, 2, 20, 3, 30, 4, 40});
    lax_tensor y = f32_of(SHAPE(1, 4, 1), (float[]){21, 42, 129, 172});
    conv_nd(&x, &w, &LAX_CONV_OPTIONS(.feature_group_count = 2), &y);
}
END_TEST

START_TEST(corner_22_25_26_batch_groups) {
    lax_tensor x = f32_of(SHAPE(4, 1, 2), (float[]){1, 2, 3, 4, 5, 6, 7, 8});
    lax_tensor w = f32_of(SHAPE(4, 1, 1), (float[]){1, 10, 100, 1000});
    lax_tensor y = f32_of(SHAPE(2, 4, 2), (float[]){1, 2, 10, 20, 500, 600, 5000, 6000, 3, 4, 30,
                                                    40, 700, 800, 7000, 8000});
    conv_nd(&x, &w, &LAX_CONV_OPTIONS(.batch_group_count = 2), &y);
}
END_TEST

START_TEST(corner_23_batch_groups_of_one) {
    lax_tensor x = f32_of(SHAPE(4, 1, 2), (float[]){1, 2, 3, 4, 5, 6, 7, 8});
    lax_tensor w = f32_of(SHAPE(4, 1, 1), (float[]){1, 10, 100, 1000});
    lax_tensor y = f32_of(SHAPE(1, 4, 2), (float[]){1, 2, 30, 40, 500, 600, 7000, 8000});
    conv_nd(&x, &w, &LAX_CONV_OPTIONS(.batch_group_count = 4), &y);
}
END_TEST

static const struct {
    int64_t batch, in, out_features, features, batches;
    lax_status status;
} group_rows[] = {{4, 2, 3, 2, 1, LAX_ERROR_OUTPUT_DIVIDE},
                  {4, 1, 3, 1, 2, LAX_ERROR_OUTPUT_DIVIDE},
                  {3, 1, 4, 1, 2, LAX_ERROR_BATCH_DIVIDE},
                  {4, 2, 4, 2, 2, LAX_ERROR_BOTH_GROUPS},
                  {4, 3, 4, 2, 1, LAX_ERROR_FEATURE_DIVIDE}};

START_TEST(corner_24_group_counts_divide) {
    lax_tensor x = f32_of(SHAPE(group_rows[_i].batch, group_rows[_i].in, 4), NULL);
    lax_tensor w = f32_of(SHAPE(group_rows[_i].out_features, 1, 2), NULL), y;
    lax_error why;
    ck_assert_int_eq(lax_conv_general_dilated_shape(
                         &x, &w,
                         &LAX_CONV_OPTIONS(.feature_group_count = group_rows[_i].features,
                                           .batch_group_count = group_rows[_i].batches),
                         &y, &why),
                     group_rows[_i].status);
}
END_TEST

START_TEST(corner_27_depthwise_multiplier) {
    lax_tensor x = f32_of(SHAPE(1, 3, 2), (float[]){1, 2, 3, 4, 5, 6});
    lax_tensor w = f32_of(SHAPE(6, 1, 2), (float[]){1, 0, 0, 1, 10, 0, 0, 10, 100, 0, 0, 100});
    lax_tensor y = f32_of(SHAPE(1, 6, 1), (float[]){1, 2, 30, 40, 500, 600});
    conv_nd(&x, &w, &LAX_CONV_OPTIONS(.feature_group_count = 3), &y);
}
END_TEST

START_TEST(corner_28_no_flip) {
    conv_1d(LIST(1, 2, 3), LIST(10, 1), NULL, LIST(12, 23));
    conv_1d(LIST(1, 2, 3), LIST(10, 1), &LAX_CONV_OPTIONS(.window_reversal = {true}), LIST(21, 32));
}
END_TEST

START_TEST(corner_29_complex_does_not_conjugate) {
    float x[] = {1, 2}, w[] = {3, 4}, y[] = {-5, 10}, dx[2];
    check_typed((struct typed){LAX_C64, LAX_C64, 1, 1, x, w, y});
    lax_tensor g = lax_tensor_of(LAX_C64, (float[]){1, 0}, SHAPE(1, 1, 1));
    lax_tensor rhs = lax_tensor_of(LAX_C64, w, SHAPE(1, 1, 1));
    lax_tensor out = lax_tensor_of(LAX_C64, dx, SHAPE(1, 1, 1));
    lax_error why;
    must(lax_conv_general_dilated_grad_lhs(NULL, &g, &rhs, NULL, &out, &why), &why, "grad_lhs");
    ck_assert(dx[0] == 3 && dx[1] == 4);
}
END_TEST

START_TEST(corner_30_integers_wrap) {
    check_typed(
        (struct typed){LAX_S8, LAX_S8, 1, 1, (int8_t[]){100}, (int8_t[]){2}, (int8_t[]){-56}});
    check_typed((struct typed){LAX_U8, LAX_U8, 2, 1, (uint8_t[]){200, 100}, (uint8_t[]){1, 1},
                               (uint8_t[]){44}});
    check_typed(
        (struct typed){LAX_S8, LAX_S32, 1, 1, (int8_t[]){100}, (int8_t[]){2}, (int32_t[]){200}});
    check_typed((struct typed){LAX_U8, LAX_U32, 2, 1, (uint8_t[]){200, 100}, (uint8_t[]){1, 1},
                               (uint32_t[]){300}});
    check_typed((struct typed){LAX_U16, LAX_U16, 1, 1, (uint16_t[]){65535}, (uint16_t[]){65535},
                               (uint16_t[]){1}});
    check_typed((struct typed){LAX_S64, LAX_S64, 2, 1, (int64_t[]){INT64_MAX, 1}, (int64_t[]){1, 1},
                               (int64_t[]){INT64_MIN}});
}
END_TEST

START_TEST(corner_31_preferred_signedness) {
    lax_tensor x = lax_tensor_of(LAX_U8, (uint8_t[]){255}, SHAPE(1, 1, 1));
    lax_tensor s = lax_tensor_of(LAX_S8, (int8_t[]){-1}, SHAPE(1, 1, 1)), y;
    lax_error why;
    check_typed((struct typed){LAX_U8, LAX_S32, 1, 1, (uint8_t[]){255}, (uint8_t[]){255},
                               (int32_t[]){65025}});
    must(lax_conv_general_dilated_shape(&x, &s, NULL, &y, &why), &why, "u8 x s8");
    ck_assert_int_eq(y.dtype, LAX_S32);
    ck_assert_int_eq(lax_conv_general_dilated_shape(
                         &s, &s, &LAX_CONV_OPTIONS(.preferred_element_type = LAX_U32), &y, &why),
                     LAX_ERROR_PREFERRED_SIGN);
}
END_TEST

START_TEST(corner_32_pred_is_or_of_ands) {
    check_typed((struct typed){LAX_PRED, LAX_PRED, 3, 2, (uint8_t[]){1, 1, 0}, (uint8_t[]){1, 1},
                               (uint8_t[]){1, 1}});
    check_typed((struct typed){LAX_PRED, LAX_PRED, 3, 2, (uint8_t[]){1, 0, 0}, (uint8_t[]){0, 1},
                               (uint8_t[]){0, 0}});
    check_typed((struct typed){LAX_PRED, LAX_PRED, 2, 1, (uint8_t[]){7, 4}, (uint8_t[]){3, 0},
                               (uint8_t[]){1}});
}
END_TEST

START_TEST(corner_33_operands_are_converted_first) {
    check_typed((struct typed){LAX_S32, LAX_F32, 1, 1, (int32_t[]){16777217}, (int32_t[]){3},
                               (float[]){50331648}});
}
END_TEST

START_TEST(corner_34_halves_round_once) {
    uint16_t ones[300];
    for (int i = 0; i < 300; i++) ones[i] = 0x3f80;
    check_typed((struct typed){LAX_BF16, LAX_BF16, 300, 1, ones, ones, (uint16_t[]){0x4396}});
    uint16_t x[] = {0x7bff, 0x7bff, 0x7bff}, w[] = {0x3c00, 0x3c00, 0xbc00};
    check_typed((struct typed){LAX_F16, LAX_F16, 3, 1, x, w, (uint16_t[]){0x7bff}});
}
END_TEST

START_TEST(corner_34_half_windows_round_once) {
    uint16_t x[300], y;
    lax_error why;
    for (int i = 0; i < 300; i++) x[i] = 0x3f80;
    lax_tensor in = lax_tensor_of(LAX_BF16, x, SHAPE(300)),
               out = lax_tensor_of(LAX_BF16, &y, SHAPE(1));
    must(lax_reduce_window(NULL, &in, LAX_ADD, &LAX_WINDOW_OPTIONS(.window_dimensions = {300}),
                           &out, &why),
         &why, "reduce_window");
    ck_assert_uint_eq(y, 0x4396);
    lax_tensor scalar = lax_tensor_of(LAX_BF16, &y, 0, NULL);
    must(lax_reduce(NULL, &in, LAX_ADD, 1, (int32_t[]){0}, &scalar, &why), &why, "reduce");
    ck_assert_uint_eq(y, 0x4396);
    must(lax_cumsum(NULL, &in, 0, false, &in, &why), &why, "cumsum");
    ck_assert_uint_eq(x[299], 0x4396);
}
END_TEST

START_TEST(corner_35_infinite_weight_over_padding) {
    conv_1d(LIST(1, 2), LIST(INFINITY, 1),
            &LAX_CONV_OPTIONS(.pads = {{1, 0}}, .policy = LAX_POLICY_EXACT), LIST(1, INFINITY));
    conv_1d(LIST(1, 2), LIST(INFINITY, 1),
            &LAX_CONV_OPTIONS(.pads = {{1, 0}}, .lowering = "reference"), LIST(1, INFINITY));
}
END_TEST

START_TEST(corner_36_nan_under_zero_weight) {
    conv_1d(LIST(NAN, 1), LIST(0, 1), NULL, LIST(NAN));
    conv_1d(LIST(INFINITY, 1, 2), LIST(0, 1), NULL, LIST(NAN, 2));
}
END_TEST

/* An element never reaches an output whose window does not contain it. */
START_TEST(corner_36_nan_stays_in_its_windows) {
    lax_error why;
    float x[9 * 16], w[2 * 16 * 8], y[8 * 8];
    lax_tensor in = lax_tensor_of(LAX_F32, x, SHAPE(1, 9, 16)),
               k = lax_tensor_of(LAX_F32, w, SHAPE(2, 16, 8));
    lax_tensor out = lax_tensor_of(LAX_F32, y, SHAPE(1, 8, 8));
    lax_conv_options o = LAX_CONV_OPTIONS(.dimension_numbers = {"NWC", "WIO", "NWC"});
    for (int at = 0; at < 9; at++) {
        for (int i = 0; i < 9 * 16; i++) x[i] = i / 16 == at ? NAN : 1;
        for (int i = 0; i < 2 * 16 * 8; i++) w[i] = 1;
        must(lax_conv_general_dilated(NULL, &in, &k, &o, &out, &why), &why, "conv");
        for (int i = 0; i < 64; i++) {
            int p = i / 8;
            ck_assert_msg((p == at || p + 1 == at) == (isnan(y[i]) != 0), "NaN of %d at %d", at, p);
        }
    }
}
END_TEST

START_TEST(corner_36_patches_copy) {
    lax_tensor x = f32_of(SHAPE(1, 1, 4), (float[]){1, INFINITY, 3, 4}), form;
    lax_error why;
    const int64_t filter[] = {2};
    must(lax_conv_general_dilated_patches_shape(&x, filter, NULL, &form, &why), &why, "shape");
    lax_tensor got = dense_new(LAX_F32, 3, form.shape);
    must(lax_conv_general_dilated_patches(NULL, &x, filter, NULL, &got, &why), &why, "patches");
    expect_f32(&got, LIST(1, INFINITY, 3, INFINITY, 3, 4));
    free(got.data);
}
END_TEST

/* vmap over both operands is a convolution with a group for each example. */
START_TEST(corner_63_groups_for_each_example) {
    lax_tensor x = f32_of(SHAPE(1, 2, 3), (float[]){1, 2, 3, 4, 5, 6});
    lax_tensor w = f32_of(SHAPE(2, 1, 2), (float[]){10, 1, 1, 10});
    lax_tensor y = f32_of(SHAPE(1, 2, 2), (float[]){12, 23, 54, 65});
    conv_nd(&x, &w, &LAX_CONV_OPTIONS(.feature_group_count = 2), &y);
    conv_1d(LIST(1, 2, 3), LIST(10, 1), NULL, LIST(12, 23));
    conv_1d(LIST(4, 5, 6), LIST(1, 10), NULL, LIST(54, 65));
}
END_TEST

Suite *suite_corner_value(void) {
    Suite *suite = suite_create("corner_value");
    TCase *tc = tcase_create("corner_value");
    tcase_add_test(tc, corner_21_feature_groups);
    tcase_add_test(tc, corner_22_25_26_batch_groups);
    tcase_add_test(tc, corner_23_batch_groups_of_one);
    tcase_add_loop_test(tc, corner_24_group_counts_divide, 0,
                        sizeof group_rows / sizeof *group_rows);
    tcase_add_test(tc, corner_27_depthwise_multiplier);
    tcase_add_test(tc, corner_28_no_flip);
    tcase_add_test(tc, corner_29_complex_does_not_conjugate);
    tcase_add_test(tc, corner_30_integers_wrap);
    tcase_add_test(tc, corner_31_preferred_signedness);
    tcase_add_test(tc, corner_32_pred_is_or_of_ands);
    tcase_add_test(tc, corner_33_operands_are_converted_first);
    tcase_add_test(tc, corner_34_halves_round_once);
    tcase_add_test(tc, corner_34_half_windows_round_once);
    tcase_add_test(tc, corner_35_infinite_weight_over_padding);
    tcase_add_test(tc, corner_36_nan_under_zero_weight);
    tcase_add_test(tc, corner_36_nan_stays_in_its_windows);
    tcase_add_test(tc, corner_36_patches_copy);
    tcase_add_test(tc, corner_63_groups_for_each_example);
    suite_add_tcase(suite, tc);
    return suite;
}
