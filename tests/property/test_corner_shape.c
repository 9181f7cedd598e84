/* SPDX-License-Identifier: Apache-2.0 */
/* Corner cases 1 to 20: shapes, padding, dilation, conv_transpose. The numbers are those of the
 * list of corner cases that the semantics were collected with; values come from JAX. */
#include "property/corner.h"
#include "suites.h"
#include "support/support.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    int64_t in, window, stride, same[2], lower[2];
} same_rows[] = {
    {5, 2, 1, {0, 1}, {1, 0}}, /* case 1: the extra cell goes high for SAME */
    {5, 4, 1, {1, 2}, {2, 1}}, {6, 3, 2, {0, 1}, {1, 0}}, /* case 2 */
    {4, 2, 3, {0, 1}, {1, 0}}, {6, 1, 2, {0, 0}, {0, 0}}, /* case 3: never negative */
    {5, 1, 2, {0, 0}, {0, 0}}, {5, 5, 1, {2, 2}, {2, 2}}, /* case 4: a dilated window */
    {0, 3, 1, {1, 1}, {1, 1}},
};

START_TEST(corner_01_to_04_same) {
    int64_t pads[1][2];
    lax_error why;
    const int64_t *in = &same_rows[_i].in, *k = &same_rows[_i].window, *s = &same_rows[_i].stride;
    must(lax_padtype_to_pads(1, in, k, s, "SAME", pads, &why), &why, "padtype_to_pads");
    ck_assert_mem_eq(pads, same_rows[_i].same, sizeof pads);
    must(lax_padtype_to_pads(1, in, k, s, "same_lower", pads, &why), &why, "padtype_to_pads");
    ck_assert_mem_eq(pads, same_rows[_i].lower, sizeof pads);
    must(lax_padtype_to_pads(1, in, k, s, "VALID", pads, &why), &why, "padtype_to_pads");
    ck_assert(pads[0][0] == 0 && pads[0][1] == 0);
}
END_TEST

START_TEST(corner_04_same_uses_the_dilated_window) {
    conv_1d(LIST(1, 2, 3, 4, 5), LIST(1, 10, 100),
            &LAX_CONV_OPTIONS(.padding = "SAME", .rhs_dilation = {2}), LIST(310, 420, 531, 42, 53));
    window_1d(
        LIST(1, 2, 3, 4, 5), LAX_ADD,
        &LAX_WINDOW_OPTIONS(.window_dimensions = {3}, .window_dilation = {2}, .padding = "SAME"),
        LIST(4, 6, 9, 6, 8));
}
END_TEST

START_TEST(corner_05_06_same_ignores_base_dilation) {
    window_1d(
        LIST(1, 2, 3, 4), LAX_ADD,
        &LAX_WINDOW_OPTIONS(.window_dimensions = {2}, .base_dilation = {2}, .padding = "SAME"),
        LIST(1, 2, 2, 3, 3, 4, 4));
}
END_TEST

START_TEST(corner_06_string_with_lhs_dilation) {
    lax_tensor x = f32_of(SHAPE(1, 1, 4), (float[4]){0}), w = f32_of(SHAPE(1, 1, 2), (float[2]){0});
    lax_tensor y;
    lax_error why;
    ck_assert_int_eq(
        lax_conv_general_dilated_shape(
            &x, &w, &LAX_CONV_OPTIONS(.padding = "SAME", .lhs_dilation = {2}), &y, &why),
        LAX_ERROR_PADDING_DILATED);
}
END_TEST

START_TEST(corner_07_window_larger_than_input) {
    conv_1d(LIST(1, 2, 3), LIST(1, 1), &LAX_CONV_OPTIONS(.rhs_dilation = {4}), EMPTY);
    conv_1d(LIST(1, 2, 3), LIST(1, 1, 1, 1, 1), &LAX_CONV_OPTIONS(.window_strides = {3}), EMPTY);
    window_1d(LIST(1, 2, 3), LAX_ADD,
              &LAX_WINDOW_OPTIONS(.window_dimensions = {5}, .window_strides = {3}), EMPTY);
}
END_TEST

START_TEST(corner_08_negative_padding) {
    conv_1d(LIST(1, 2, 3, 4, 5), LIST(10, 1), &LAX_CONV_OPTIONS(.pads = {{-1, -1}}), LIST(23, 34));
    conv_1d(LIST(1, 2, 3, 4, 5), LIST(10, 1), &LAX_CONV_OPTIONS(.pads = {{-1, 2}}),
            LIST(23, 34, 45, 50, 0));
    conv_1d(LIST(1, 2, 3, 4, 5), LIST(10, 1), &LAX_CONV_OPTIONS(.pads = {{2, -1}}),
            LIST(0, 1, 12, 23, 34));
}
END_TEST

START_TEST(corner_09_negative_padding_after_dilation) {
    conv_1d(LIST(1, 2, 3, 4, 5), LIST(10, 1),
            &LAX_CONV_OPTIONS(.pads = {{-1, 0}}, .lhs_dilation = {2}),
            LIST(2, 20, 3, 30, 4, 40, 5));
    conv_1d(LIST(1, 2, 3, 4, 5), LIST(10, 1),
            &LAX_CONV_OPTIONS(.pads = {{-3, -2}}, .lhs_dilation = {2}, .rhs_dilation = {2}),
            LIST(0, 34));
    conv_1d(LIST(1, 2, 3, 4, 5), LIST(10, 1),
            &LAX_CONV_OPTIONS(.pads = {{3, 2}}, .lhs_dilation = {2}, .rhs_dilation = {2}),
            LIST(0, 1, 0, 12, 0, 23, 0, 34, 0, 45, 0, 50));
}
END_TEST

START_TEST(corner_10_over_negative_padding) {
    lax_tensor x = f32_of(SHAPE(1, 1, 5), (float[5]){0}), w = f32_of(SHAPE(1, 1, 1), (float[1]){0});
    lax_tensor line = f32_of(SHAPE(5), x.data), y;
    lax_error why;
    ck_assert_int_eq(
        lax_conv_general_dilated_shape(&x, &w, &LAX_CONV_OPTIONS(.pads = {{-3, -3}}), &y, &why),
        LAX_ERROR_PADDING_NEGATIVE);
    ck_assert_int_eq(lax_pad_shape(&line, &LAX_PAD_OPTIONS(.low = {-3}, .high = {-3}), &y, &why),
                     LAX_ERROR_PADDING_NEGATIVE);
    window_1d(LIST(1, 2, 3, 4, 5), LAX_ADD, &LAX_WINDOW_OPTIONS(.pads = {{-3, -3}}), EMPTY);
    window_1d(LIST(1, 2, 3, 4, 5), LAX_ADD, &LAX_WINDOW_OPTIONS(.pads = {{-3, -2}}), EMPTY);
    conv_1d(LIST(1, 2, 3, 4, 5), LIST(1), &LAX_CONV_OPTIONS(.pads = {{-3, -2}}), EMPTY);
    must(lax_pad_shape(&line, &LAX_PAD_OPTIONS(.low = {-3}, .high = {-2}), &y, &why), &why, "pad");
    ck_assert_int_eq(y.shape[0], 0);
}
END_TEST

START_TEST(corner_11_12_empty_input_with_padding) {
    float seven = 7;
    conv_1d(EMPTY, LIST(1, 2), &LAX_CONV_OPTIONS(.pads = {{2, 1}}), LIST(0, 0));
    conv_1d(EMPTY, LIST(1, 2), &LAX_CONV_OPTIONS(.pads = {{2, 1}}, .lhs_dilation = {3}),
            LIST(0, 0));
    window_1d(
        EMPTY, LAX_ADD,
        &LAX_WINDOW_OPTIONS(.window_dimensions = {2}, .pads = {{2, 1}}, .init_values = {&seven}),
        LIST(7, 7));
}
END_TEST

START_TEST(corner_13_no_channels) {
    const float zeros[12] = {0};
    lax_tensor x = f32_of(SHAPE(2, 0, 4), NULL), w = f32_of(SHAPE(3, 0, 3), NULL);
    lax_tensor y = f32_of(SHAPE(2, 3, 2), zeros);
    conv_nd(&x, &w, NULL, &y);
    w = f32_of(SHAPE(4, 0, 4), NULL);
    y = f32_of(SHAPE(2, 4, 1), zeros);
    conv_nd(&x, &w, &LAX_CONV_OPTIONS(.feature_group_count = 2), &y);
    lax_tensor none = f32_of(SHAPE(0, 2, 4), NULL), k = f32_of(SHAPE(3, 2, 2), zeros);
    y = f32_of(SHAPE(0, 3, 3), NULL);
    conv_nd(&none, &k, NULL, &y);
    lax_tensor one = f32_of(SHAPE(1, 2, 4), zeros), no_filter = f32_of(SHAPE(0, 2, 2), NULL);
    y = f32_of(SHAPE(1, 0, 3), NULL);
    conv_nd(&one, &no_filter, NULL, &y);
}
END_TEST

START_TEST(corner_14_windows_of_no_size) {
    lax_tensor x = f32_of(SHAPE(1, 1, 4), (float[4]){0}), w = f32_of(SHAPE(1, 1, 0), NULL), y;
    lax_error why;
    ck_assert_int_eq(lax_conv_general_dilated_shape(&x, &w, NULL, &y, &why), LAX_ERROR_WINDOW_SIZE);
    ck_assert_int_eq(
        lax_reduce_window_shape(&x, &LAX_WINDOW_OPTIONS(.window_dimensions = {1, 0, 2}), &y, &why),
        LAX_ERROR_WINDOW_SIZE);
}
END_TEST

START_TEST(corner_15_stride_larger_than_window) {
    conv_1d(LIST(1, 2, 3, 4, 5, 6, 7), LIST(1, 1), &LAX_CONV_OPTIONS(.window_strides = {4}),
            LIST(3, 11));
    float dx[7];
    lax_tensor g = f32_of(SHAPE(1, 1, 2), (float[]){1, 10}),
               w = f32_of(SHAPE(1, 1, 2), (float[]){2, 3});
    lax_tensor out = lax_tensor_of(LAX_F32, dx, SHAPE(1, 1, 7));
    lax_error why;
    must(lax_conv_general_dilated_grad_lhs(NULL, &g, &w, &LAX_CONV_OPTIONS(.window_strides = {4}),
                                           &out, &why),
         &why, "grad_lhs");
    expect_f32(&out, LIST(2, 3, 0, 0, 20, 30, 0));
}
END_TEST

START_TEST(corner_16_no_spatial_dimensions) {
    lax_tensor x = f32_of(SHAPE(2, 2), (float[]){1, 2, 3, 4});
    lax_tensor w = f32_of(SHAPE(2, 3), (float[]){1, 2, 3, 4, 5, 6});
    lax_tensor y = f32_of(SHAPE(2, 3), (float[]){9, 12, 15, 19, 26, 33});
    conv_nd(&x, &w, &LAX_CONV_OPTIONS(.dim_labels = "bf_io->bf"), &y);
    lax_tensor depth = f32_of(SHAPE(1, 4), (float[]){10, 100, 1000, 10000});
    lax_tensor z = f32_of(SHAPE(2, 4), (float[]){10, 100, 2000, 20000, 30, 300, 4000, 40000});
    conv_nd(&x, &depth,
            &LAX_CONV_OPTIONS(.dimension_numbers = {"NC", "IO", "NC"}, .feature_group_count = 2),
            &z);
    lax_tensor b = f32_of(SHAPE(1, 2), (float[]){21, 430});
    lax_tensor v = f32_of(SHAPE(2, 2), (float[]){1, 10, 10, 100});
    conv_nd(&x, &v, &LAX_CONV_OPTIONS(.batch_group_count = 2), &b);
}
END_TEST

START_TEST(corner_17_strides_follow_rhs_spec) {
    float x[15] = {0};
    lax_tensor lhs = lax_tensor_of(LAX_F32, x, SHAPE(1, 3, 5, 1)),
               rhs = lax_tensor_of(LAX_F32, x, SHAPE(1, 1, 1, 1)), y;
    lax_error why;
    must(lax_conv_general_dilated_shape(
             &lhs, &rhs,
             &LAX_CONV_OPTIONS(.window_strides = {2, 3},
                               .dimension_numbers = {"NHWC", "WHIO", "NHWC"}),
             &y, &why),
         &why, "shape");
    ck_assert_int_eq(y.shape[1], 1); /* H: 3 with stride 3 */
    ck_assert_int_eq(y.shape[2], 3); /* W: 5 with stride 2 */
}
END_TEST

static const struct {
    int64_t k, s, same[2], valid[2];
} transpose_rows[] = {{3, 1, {1, 1}, {2, 2}}, {3, 2, {2, 1}, {2, 2}}, {2, 2, {1, 1}, {1, 1}},
                      {2, 3, {1, 2}, {1, 2}}, {1, 3, {0, 2}, {0, 2}}, {4, 2, {2, 2}, {3, 3}},
                      {5, 3, {3, 3}, {4, 4}}, {1, 1, {0, 0}, {0, 0}}, {5, 1, {2, 2}, {4, 4}},
                      {7, 5, {5, 5}, {6, 6}}};

START_TEST(corner_19_conv_transpose_padding) {
    int64_t pads[2];
    lax_error why;
    int64_t k = transpose_rows[_i].k, s = transpose_rows[_i].s;
    must(lax_conv_transpose_padding(k, s, "SAME", pads, &why), &why, "SAME");
    ck_assert_mem_eq(pads, transpose_rows[_i].same, sizeof pads);
    must(lax_conv_transpose_padding(k, s, "VALID", pads, &why), &why, "VALID");
    ck_assert_mem_eq(pads, transpose_rows[_i].valid, sizeof pads);
}
END_TEST

/* conv_transpose of [1, 2, 3] with [1, 10, 100], stride 2 (cases 18 and 20). */
static void transposed(const lax_conv_transpose_options *o, struct list y) {
    lax_tensor x = f32_of(SHAPE(1, 3, 1), (float[]){1, 2, 3});
    lax_tensor w = f32_of(SHAPE(3, 1, 1), (float[]){1, 10, 100}), form;
    lax_error why;
    must(lax_conv_transpose_shape(&x, &w, o, &form, &why), &why, "shape");
    ck_assert_int_eq(form.shape[1], y.n);
    lax_tensor got = dense_new(LAX_F32, 3, form.shape);
    must(lax_conv_transpose(NULL, &x, &w, o, &got, &why), &why, "conv_transpose");
    expect_f32(&got, y);
    free(got.data);
}

START_TEST(corner_18_conv_transpose_explicit_pads) {
    lax_tensor x = f32_of(SHAPE(1, 4, 1), NULL), w = f32_of(SHAPE(3, 1, 1), NULL), form;
    lax_error why;
    must(lax_conv_transpose_shape(
             &x, &w, &LAX_CONV_TRANSPOSE_OPTIONS(.strides = {2}, .explicit_pads = true), &form,
             &why),
         &why, "shape");
    ck_assert_int_eq(form.shape[1], 5);
    must(lax_conv_transpose_shape(&x, &w,
                                  &LAX_CONV_TRANSPOSE_OPTIONS(.strides = {2}, .explicit_pads = true,
                                                              .use_consistent_padding = true),
                                  &form, &why),
         &why, "shape");
    ck_assert_int_eq(form.shape[1], 9);
}
END_TEST

START_TEST(corner_20_conv_transpose_values) {
    transposed(&LAX_CONV_TRANSPOSE_OPTIONS(.strides = {2}, .padding = "VALID"),
               LIST(100, 10, 201, 20, 302, 30, 3));
    transposed(&LAX_CONV_TRANSPOSE_OPTIONS(.strides = {2}, .padding = "SAME"),
               LIST(100, 10, 201, 20, 302, 30));
    transposed(&LAX_CONV_TRANSPOSE_OPTIONS(.strides = {2}), LIST(100, 10, 201, 20, 302, 30));
    transposed(
        &LAX_CONV_TRANSPOSE_OPTIONS(.strides = {2}, .padding = "VALID", .transpose_kernel = true),
        LIST(1, 10, 102, 20, 203, 30, 300));
    transposed(&LAX_CONV_TRANSPOSE_OPTIONS(.strides = {2}, .padding = "SAME", .rhs_dilation = {2}),
               LIST(0, 210, 0, 321, 0, 32));
    transposed(&LAX_CONV_TRANSPOSE_OPTIONS(.strides = {2}, .padding = "VALID", .rhs_dilation = {2}),
               LIST(100, 0, 210, 0, 321, 0, 32, 0, 3));
}
END_TEST

Suite *suite_corner_shape(void) {
    Suite *suite = suite_create("corner_shape");
    TCase *tc = tcase_create("corner_shape");
    tcase_add_loop_test(tc, corner_01_to_04_same, 0, sizeof same_rows / sizeof *same_rows);
    tcase_add_test(tc, corner_04_same_uses_the_dilated_window);
    tcase_add_test(tc, corner_05_06_same_ignores_base_dilation);
    tcase_add_test(tc, corner_06_string_with_lhs_dilation);
    tcase_add_test(tc, corner_07_window_larger_than_input);
    tcase_add_test(tc, corner_08_negative_padding);
    tcase_add_test(tc, corner_09_negative_padding_after_dilation);
    tcase_add_test(tc, corner_10_over_negative_padding);
    tcase_add_test(tc, corner_11_12_empty_input_with_padding);
    tcase_add_test(tc, corner_13_no_channels);
    tcase_add_test(tc, corner_14_windows_of_no_size);
    tcase_add_test(tc, corner_15_stride_larger_than_window);
    tcase_add_test(tc, corner_16_no_spatial_dimensions);
    tcase_add_test(tc, corner_17_strides_follow_rhs_spec);
    tcase_add_test(tc, corner_18_conv_transpose_explicit_pads);
    tcase_add_loop_test(tc, corner_19_conv_transpose_padding, 0,
                        sizeof transpose_rows / sizeof *transpose_rows);
    tcase_add_test(tc, corner_20_conv_transpose_values);
    suite_add_tcase(suite, tc);
    return suite;
}
