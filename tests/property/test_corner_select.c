/* SPDX-License-Identifier: Apache-2.0 */
/* Corner cases 51 to 62: select_and_scatter, gradients, and what pad moves bit for bit. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "property/corner.h"
#include "suites.h"
#include "support/support.h"

START_TEST(corner_51_ties) {
    const lax_window_options o = LAX_WINDOW_OPTIONS(.window_dimensions = {3});
    scatter_1d(LIST(1, 1, 1), LAX_GE, &o, LIST(7), (float[]){7, 0, 0});
    scatter_1d(LIST(1, 1, 1), LAX_GT, &o, LIST(7), (float[]){0, 0, 7});
    scatter_1d(LIST(1, 1, 1), LAX_LE, &o, LIST(7), (float[]){7, 0, 0});
    scatter_1d(LIST(1, 1, 1), LAX_LT, &o, LIST(7), (float[]){0, 0, 7});
}
END_TEST

START_TEST(corner_51_ties_in_two_dimensions) {
    float y[9];
    lax_error why;
    lax_tensor x = f32_of(SHAPE(3, 3), (float[9]){0});
    lax_tensor source = f32_of(SHAPE(3, 3), (float[]){1, 2, 3, 4, 5, 6, 7, 8, 9});
    lax_tensor out = lax_tensor_of(LAX_F32, y, SHAPE(3, 3));
    must(lax_select_and_scatter_add(
             NULL, &source, &x, LAX_GE,
             &LAX_WINDOW_OPTIONS(.window_dimensions = {3, 3}, .padding = "SAME"), &out, &why),
         &why, "select_and_scatter_add");
    expect_f32(&out, LIST(12, 9, 0, 15, 9, 0, 0, 0, 0));
}
END_TEST

START_TEST(corner_52_overlapping_windows) {
    scatter_1d(LIST(1, 5, 2), LAX_GE, &LAX_WINDOW_OPTIONS(.window_dimensions = {2}), LIST(10, 20),
               (float[]){0, 30, 0});
}
END_TEST

START_TEST(corner_53_54_padding_never_wins) {
    scatter_1d(LIST(-INFINITY, -INFINITY), LAX_GE,
               &LAX_WINDOW_OPTIONS(.window_dimensions = {2}, .pads = {{1, 0}}), LIST(10, 20),
               (float[]){30, 0});
    scatter_1d(LIST(3), LAX_GE, &LAX_WINDOW_OPTIONS(.pads = {{1, 1}}), LIST(1, 10, 100),
               (float[]){10});
}
END_TEST

START_TEST(corner_55_initial_value_once) {
    float one = 1;
    scatter_1d(
        LIST(-1, 0, 6, 4, -4, 10), LAX_GE,
        &LAX_WINDOW_OPTIONS(.window_dimensions = {3}, .window_strides = {3}, .init_values = {&one}),
        LIST(-10, 20), (float[]){1, 1, -9, 1, 1, 21});
}
END_TEST

static lax_status digits(void *user, int64_t n, const void *const *acc, const void *const *elem,
                         void *const *out) {
    const float *a = acc[0], *b = elem[0];
    float *c = out[0];
    (void)user;
    for (int64_t i = 0; i < n; i++) c[i] = 10 * a[i] + b[i];
    return LAX_OK;
}

/* scatter(current, source), in row-major order of the source. */
START_TEST(corner_55_scatter_order) {
    float five = 5, y[3];
    lax_error why;
    lax_tensor x = f32_of(SHAPE(3), (float[]){0, 9, 0}), source = f32_of(SHAPE(2), (float[]){2, 3});
    lax_tensor out = lax_tensor_of(LAX_F32, y, SHAPE(3));
    must(lax_select_and_scatter(
             NULL, &x, &LAX_SELECTOR(.kind = LAX_GE), &source, &LAX_REDUCER(.fn = digits),
             &LAX_WINDOW_OPTIONS(.window_dimensions = {2}, .init_values = {&five}), &out, &why),
         &why, "select_and_scatter");
    expect_f32(&out, LIST(5, 523, 5));
}
END_TEST

START_TEST(corner_56_nan_is_forgotten) {
    const lax_window_options o = LAX_WINDOW_OPTIONS(.window_dimensions = {3});
    scatter_1d(LIST(1, NAN, 0), LAX_GE, &o, LIST(7), (float[]){0, 0, 7});
    scatter_1d(LIST(NAN, 1, 2), LAX_GE, &o, LIST(7), (float[]){0, 0, 7});
    scatter_1d(LIST(5, 1, NAN), LAX_GE, &o, LIST(7), (float[]){0, 0, 7});
    scatter_1d(LIST(2, NAN, NAN), LAX_GE, &o, LIST(7), (float[]){0, 0, 7});
    scatter_1d(LIST(NAN, 5, 2), LAX_GE, &o, LIST(7), (float[]){0, 7, 0});
    gather_1d(LIST(1, NAN, 0), (float[]){10, 20, 30}, LAX_GE, &o, LIST(30));
}
END_TEST

START_TEST(corner_57_gaps) {
    scatter_1d(LIST(1, 2, 3, 4, 5), LAX_GE, &LAX_WINDOW_OPTIONS(.window_strides = {3}),
               LIST(10, 20), (float[]){10, 0, 0, 20, 0});
}
END_TEST

START_TEST(corner_58_windows_of_minus_infinity) {
    const lax_window_options o = LAX_WINDOW_OPTIONS(.window_dimensions = {2});
    gather_1d(LIST(-INFINITY, -INFINITY), (float[]){3, 4}, LAX_GE, &o, LIST(0));
    scatter_1d(LIST(-INFINITY, -INFINITY), LAX_GE, &o, LIST(7), (float[]){7, 0});
}
END_TEST

START_TEST(corner_59_gradient_with_dilations) {
    float dx[5];
    lax_error why;
    lax_tensor x = f32_of(SHAPE(5), (float[]){1, 9, 3, 2, 8}),
               g = f32_of(SHAPE(3), (float[]){1, 10, 100});
    lax_tensor out = lax_tensor_of(LAX_F32, dx, SHAPE(5));
    lax_window_options o = LAX_WINDOW_OPTIONS(.window_dimensions = {2}, .window_dilation = {2});
    must(lax_reduce_window_grad(NULL, &g, &x, LAX_MAX, &o, &out, &why), &why, "max");
    expect_f32(&out, LIST(0, 10, 1, 0, 100));
    must(lax_reduce_window_grad(NULL, &g, &x, LAX_ADD, &o, &out, &why), &why, "add");
    expect_f32(&out, LIST(1, 10, 101, 10, 100));
}
END_TEST

START_TEST(corner_60_gradients_of_nothing) {
    float dw[2] = {NAN, NAN}, dx[3] = {NAN, NAN, NAN};
    lax_error why;
    lax_conv_options o = LAX_CONV_OPTIONS(.rhs_dilation = {4});
    lax_tensor x = f32_of(SHAPE(1, 1, 3), (float[]){1, 2, 3}),
               w = f32_of(SHAPE(1, 1, 2), (float[]){1, 1});
    lax_tensor g = f32_of(SHAPE(1, 1, 0), NULL);
    lax_tensor to_w = lax_tensor_of(LAX_F32, dw, SHAPE(1, 1, 2)),
               to_x = lax_tensor_of(LAX_F32, dx, SHAPE(1, 1, 3));
    must(lax_conv_general_dilated_grad_rhs(NULL, &x, &g, &o, &to_w, &why), &why, "grad_rhs");
    expect_f32(&to_w, LIST(0, 0));
    must(lax_conv_general_dilated_grad_lhs(NULL, &g, &w, &o, &to_x, &why), &why, "grad_lhs");
    expect_f32(&to_x, LIST(0, 0, 0));
}
END_TEST

START_TEST(corner_61_62_gradient_pads) {
    lax_conv_options gradient;
    lax_error why;
    lax_tensor x = f32_of(SHAPE(1, 1, 6), NULL), point = f32_of(SHAPE(1, 1, 1), NULL);
    lax_tensor w = f32_of(SHAPE(1, 1, 3), NULL);
    must(
        lax_conv_grad_lhs_options(&x, &point, &LAX_CONV_OPTIONS(.pads = {{2, 2}}), &gradient, &why),
        &why, "grad_lhs_options");
    ck_assert(gradient.pads[0][0] == -2 && gradient.pads[0][1] == -2);
    must(lax_conv_grad_rhs_options(&x, &w, &LAX_CONV_OPTIONS(.window_strides = {2}), &gradient,
                                   &why),
         &why, "grad_rhs_options");
    ck_assert(gradient.pads[0][0] == 0 && gradient.pads[0][1] == -1);
    ck_assert_int_eq(gradient.rhs_dilation[0], 2);
}
END_TEST

/* pad, transpose and patches move bits: NaN payloads, subnormals and -0 arrive as they left. */
START_TEST(moves_keep_bits) {
    uint32_t bits[6] = {0x7fc12345, 0xffa00001, 0x00000001, 0x80000000, 0x807fffff, 0x3f800000};
    uint32_t got[8] = {0}, turned[6];
    lax_error why;
    lax_tensor x = lax_tensor_of(LAX_F32, bits, SHAPE(2, 3));
    lax_tensor padded = lax_tensor_of(LAX_F32, got, SHAPE(2, 4));
    lax_tensor t = lax_tensor_of(LAX_F32, turned, SHAPE(3, 2));
    must(lax_pad(NULL, &x, &bits[0], &LAX_PAD_OPTIONS(.low = {0, 1}), &padded, &why), &why, "pad");
    ck_assert_uint_eq(got[0], bits[0]);
    ck_assert_mem_eq(got + 1, bits, 12);
    ck_assert_mem_eq(got + 5, bits + 3, 12);
    must(lax_transpose(NULL, &x, (int32_t[]){1, 0}, &t, &why), &why, "transpose");
    for (int i = 0; i < 6; i++) ck_assert_uint_eq(turned[i], bits[i % 2 * 3 + i / 2]);
}
END_TEST

static const struct {
    int32_t exponent, mantissa;
    float from, to;
} precision_rows[] = {
    {5, 10, 65519, 65504}, {5, 10, 65520, INFINITY}, {4, 3, 240, 240},
    {4, 3, 248, INFINITY}, {4, 3, 17, 16},           {4, 3, 19, 20},
    {5, 10, 6e-5F, 0},     {8, 23, 1e-40F, 1e-40F},  {8, 7, 257, 256},
    {8, 7, -259, -260},    {5, 10, NAN, NAN},        {5, 10, -INFINITY, -INFINITY}};

START_TEST(reduce_precision_rows) {
    float y;
    lax_error why;
    lax_tensor in = f32_of(SHAPE(1), &precision_rows[_i].from),
               out = lax_tensor_of(LAX_F32, &y, SHAPE(1));
    must(lax_reduce_precision(NULL, &in, precision_rows[_i].exponent, precision_rows[_i].mantissa,
                              &out, &why),
         &why, "reduce_precision");
    expect_f32(&out, LIST(precision_rows[_i].to));
}
END_TEST

Suite *suite_corner_select(void) {
    Suite *suite = suite_create("corner_select");
    TCase *tc = tcase_create("corner_select");
    tcase_add_test(tc, corner_51_ties);
    tcase_add_test(tc, corner_51_ties_in_two_dimensions);
    tcase_add_test(tc, corner_52_overlapping_windows);
    tcase_add_test(tc, corner_53_54_padding_never_wins);
    tcase_add_test(tc, corner_55_initial_value_once);
    tcase_add_test(tc, corner_55_scatter_order);
    tcase_add_test(tc, corner_56_nan_is_forgotten);
    tcase_add_test(tc, corner_57_gaps);
    tcase_add_test(tc, corner_58_windows_of_minus_infinity);
    tcase_add_test(tc, corner_59_gradient_with_dilations);
    tcase_add_test(tc, corner_60_gradients_of_nothing);
    tcase_add_test(tc, corner_61_62_gradient_pads);
    tcase_add_test(tc, moves_keep_bits);
    tcase_add_loop_test(tc, reduce_precision_rows, 0,
                        sizeof precision_rows / sizeof *precision_rows);
    suite_add_tcase(suite, tc);
    return suite;
}
