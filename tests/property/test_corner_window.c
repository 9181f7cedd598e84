/* SPDX-License-Identifier: Apache-2.0 */
/* Corner cases 37 to 50: values of windows and scans. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "property/corner.h"
#include "suites.h"
#include "support/support.h"

static const lax_window_options pair = {.size = sizeof pair, .window_dimensions = {2}};

START_TEST(corner_37_signed_zero) {
    float y[1];
    lax_error why;
    lax_tensor out = lax_tensor_of(LAX_F32, y, SHAPE(1));
    for (int order = 0; order < 2; order++) {
        float x[2] = {order ? -0.0F : 0.0F, order ? 0.0F : -0.0F};
        lax_tensor in = lax_tensor_of(LAX_F32, x, SHAPE(2));
        must(lax_reduce_window(NULL, &in, LAX_MAX, &pair, &out, &why), &why, "max");
        ck_assert(y[0] == 0 && !signbit(y[0]));
        must(lax_reduce_window(NULL, &in, LAX_MIN, &pair, &out, &why), &why, "min");
        ck_assert(y[0] == 0 && signbit(y[0]));
    }
}
END_TEST

/* NaN wins wherever it is, in windows of many lengths (so that every kernel's lanes see it). */
START_TEST(corner_38_nan_in_max_and_min) {
    float x[40], y[40];
    lax_error why;
    for (int64_t n = 1; n <= 40; n++) {
        int64_t nan_at = n / 2;
        for (int64_t i = 0; i < n; i++) x[i] = i == nan_at ? NAN : (float)i;
        lax_tensor in = lax_tensor_of(LAX_F32, x, SHAPE(n));
        lax_window_options o = LAX_WINDOW_OPTIONS(.window_dimensions = {3}, .pads = {{1, 1}});
        lax_tensor out = lax_tensor_of(LAX_F32, y, SHAPE(n));
        for (lax_reducer_kind kind = LAX_MAX; kind <= LAX_MIN; kind++) {
            must(lax_reduce_window(NULL, &in, kind, &o, &out, &why), &why, "reduce_window");
            for (int64_t i = 0; i < n; i++) {
                ck_assert_int_eq(isnan(y[i]) != 0, i >= nan_at - 1 && i <= nan_at + 1);
            }
        }
    }
}
END_TEST

/* The default initial value, of a window of padding only: case 39 and 40. */
START_TEST(corner_39_40_identities) {
    lax_dtype type = (lax_dtype)_i;
    unsigned char x[16] = {0}, y[3][16], expected[16];
    lax_error why;
    for (lax_reducer_kind kind = LAX_MAX; kind <= LAX_MIN; kind++) {
        lax_tensor in = lax_tensor_of(type, x, SHAPE(1)), out = lax_tensor_of(type, y, SHAPE(3));
        must(lax_reduce_window(NULL, &in, kind, &LAX_WINDOW_OPTIONS(.pads = {{1, 1}}), &out, &why),
             &why, "reduce_window");
        ref_store(type, expected, ref_identity(kind, type));
        ck_assert_mem_eq(out.data, expected, ref_size(type));
        ck_assert_mem_eq((char *)out.data + ref_size(type), x, ref_size(type));
    }
}
END_TEST

START_TEST(corner_40_average_of_nothing) {
    float y[3];
    lax_error why;
    lax_tensor in = f32_of(SHAPE(1, 1, 1), (float[]){5}),
               out = lax_tensor_of(LAX_F32, y, SHAPE(1, 3, 1));
    must(lax_avg_pool(NULL, &in, &LAX_POOL_OPTIONS(.pads = {{1, 1}}, .exclude_padding = true), &out,
                      &why),
         &why, "avg_pool");
    ck_assert(isnan(y[0]) && y[1] == 5 && isnan(y[2]));
    must(lax_avg_pool(NULL, &in, &LAX_POOL_OPTIONS(.pads = {{1, 1}}), &out, &why), &why,
         "avg_pool");
    ck_assert(y[0] == 0 && y[1] == 5 && y[2] == 0);
}
END_TEST

START_TEST(corner_41_42_initial_value) {
    float one = 1;
    window_1d(
        LIST(1, 2, 3), LAX_ADD,
        &LAX_WINDOW_OPTIONS(.window_dimensions = {2}, .padding = "SAME", .init_values = {&one}),
        LIST(4, 6, 4));
    window_1d(
        LIST(1, 2), LAX_ADD,
        &LAX_WINDOW_OPTIONS(.window_dimensions = {3}, .base_dilation = {2}, .init_values = {&one}),
        LIST(4));
    window_1d(LIST(5), LAX_ADD, &LAX_WINDOW_OPTIONS(.window_dimensions = {2}, .pads = {{3, 0}}),
              LIST(0, 0, 5));
    window_1d(
        LIST(1, 1, 1, 1), LAX_ADD,
        &LAX_WINDOW_OPTIONS(.window_dimensions = {4}, .pads = {{3, 0}}, .init_values = {&one}),
        LIST(2, 3, 4, 5));
}
END_TEST

static lax_status subtract(void *user, int64_t n, const void *const *acc, const void *const *elem,
                           void *const *out) {
    const float *a = acc[0], *b = elem[0];
    float *c = out[0];
    (void)user;
    for (int64_t i = 0; i < n; i++) c[i] = a[i] - b[i];
    return LAX_OK;
}

START_TEST(corner_43_left_fold) {
    float zero = 0, y[2];
    lax_error why;
    lax_tensor in = f32_of(SHAPE(3), (float[]){1, 2, 3}), out = lax_tensor_of(LAX_F32, y, SHAPE(2));
    lax_window_options o = LAX_WINDOW_OPTIONS(.window_dimensions = {2}, .init_values = {&zero});
    must(lax_reduce_window_n(NULL, 1, &in, &LAX_REDUCER(.fn = subtract), &o, &out, &why), &why,
         "reduce_window_n");
    expect_f32(&out, LIST(-3, -5));
}
END_TEST

START_TEST(corner_44_negative_padding) {
    window_1d(LIST(1, 2, 3, 4, 5), LAX_ADD,
              &LAX_WINDOW_OPTIONS(.window_dimensions = {2}, .pads = {{-1, -1}}), LIST(5, 7));
}
END_TEST

START_TEST(corner_45_rank_0) {
    float x = 3, init = 2, y;
    lax_error why;
    lax_tensor in = lax_tensor_of(LAX_F32, &x, 0, NULL), out = lax_tensor_of(LAX_F32, &y, 0, NULL);
    must(lax_reduce_window(NULL, &in, LAX_ADD, &LAX_WINDOW_OPTIONS(.init_values = {&init}), &out,
                           &why),
         &why, "reduce_window");
    ck_assert(y == 5);
    must(lax_reduce_window(NULL, &in, LAX_MIN, &LAX_WINDOW_OPTIONS(.init_values = {&init}), &out,
                           &why),
         &why, "reduce_window");
    ck_assert(y == 2);
    must(lax_reduce(NULL, &in, LAX_ADD, 0, NULL, &out, &why), &why, "reduce");
    ck_assert(y == 3);
}
END_TEST

START_TEST(corner_46_no_widening) {
    int8_t x[3] = {100, 100, 100}, y[1];
    lax_error why;
    lax_tensor in = lax_tensor_of(LAX_S8, x, SHAPE(3)), out;
    lax_window_options o = LAX_WINDOW_OPTIONS(.window_dimensions = {3});
    must(lax_reduce_window_shape(&in, &o, &out, &why), &why, "shape");
    ck_assert_int_eq(out.dtype, LAX_S8);
    out.data = y;
    must(lax_reduce_window(NULL, &in, LAX_ADD, &o, &out, &why), &why, "reduce_window");
    ck_assert_int_eq(y[0], 44);
}
END_TEST

START_TEST(corner_47_pred_sums) {
    uint8_t x[2] = {0, 9}, y[1];
    lax_error why;
    lax_tensor in = lax_tensor_of(LAX_PRED, x, SHAPE(2)),
               out = lax_tensor_of(LAX_PRED, y, SHAPE(1));
    ck_assert_int_eq(lax_reduce_window(NULL, &in, LAX_ADD, &pair, &out, &why),
                     LAX_ERROR_DTYPE_OPERATION);
    must(lax_reduce_window(NULL, &in, LAX_OR, &pair, &out, &why), &why, "or");
    ck_assert_uint_eq(y[0], 1);
    must(lax_reduce_window(NULL, &in, LAX_AND, &pair, &out, &why), &why, "and");
    ck_assert_uint_eq(y[0], 0);
}
END_TEST

START_TEST(corner_48_short_scans) {
    float x = 7, y = 0;
    lax_error why;
    lax_tensor none = f32_of(SHAPE(0), NULL), one = lax_tensor_of(LAX_F32, &x, SHAPE(1)),
               out = lax_tensor_of(LAX_F32, &y, SHAPE(1));
    must(lax_cumsum(NULL, &none, 0, false, &none, &why), &why, "cumsum");
    must(lax_cumsum(NULL, &one, 0, true, &out, &why), &why, "cumsum");
    ck_assert(y == 7);
}
END_TEST

START_TEST(corner_49_logaddexp_of_infinities) {
    window_1d(LIST(-INFINITY, -INFINITY), LAX_LOGADDEXP, &pair, LIST(-INFINITY));
    window_1d(LIST(INFINITY, INFINITY), LAX_LOGADDEXP, &pair, LIST(INFINITY));
    window_1d(LIST(INFINITY, -INFINITY), LAX_LOGADDEXP, &pair, LIST(INFINITY));
    window_1d(LIST(-INFINITY, 3), LAX_LOGADDEXP, &pair, LIST(3));
    window_1d(LIST(NAN, 3), LAX_LOGADDEXP, &pair, LIST(NAN));
    float x[3] = {-INFINITY, -INFINITY, 2};
    lax_tensor t = lax_tensor_of(LAX_F32, x, SHAPE(3));
    lax_error why;
    must(lax_cumlogsumexp(NULL, &t, 0, false, &t, &why), &why, "cumlogsumexp");
    expect_f32(&t, LIST(-INFINITY, -INFINITY, 2));
}
END_TEST

START_TEST(corner_50_complex_order) {
    float x[] = {1, 5, 1, 7, 2, -1, 2, -3}, y[8];
    const float highest[] = {1, 5, 1, 7, 2, -1, 2, -1}, lowest[] = {1, 5, 1, 5, 1, 5, 1, 5};
    lax_error why;
    lax_tensor in = lax_tensor_of(LAX_C64, x, SHAPE(4)), out = lax_tensor_of(LAX_C64, y, SHAPE(4));
    must(lax_cummax(NULL, &in, 0, false, &out, &why), &why, "cummax");
    ck_assert_mem_eq(y, highest, sizeof y);
    must(lax_cummin(NULL, &in, 0, false, &out, &why), &why, "cummin");
    ck_assert_mem_eq(y, lowest, sizeof y);
}
END_TEST

Suite *suite_corner_window(void) {
    Suite *suite = suite_create("corner_window");
    TCase *tc = tcase_create("corner_window");
    tcase_add_test(tc, corner_37_signed_zero);
    tcase_add_test(tc, corner_38_nan_in_max_and_min);
    tcase_add_loop_test(tc, corner_39_40_identities, LAX_F64, LAX_C128 + 1);
    tcase_add_test(tc, corner_40_average_of_nothing);
    tcase_add_test(tc, corner_41_42_initial_value);
    tcase_add_test(tc, corner_43_left_fold);
    tcase_add_test(tc, corner_44_negative_padding);
    tcase_add_test(tc, corner_45_rank_0);
    tcase_add_test(tc, corner_46_no_widening);
    tcase_add_test(tc, corner_47_pred_sums);
    tcase_add_test(tc, corner_48_short_scans);
    tcase_add_test(tc, corner_49_logaddexp_of_infinities);
    tcase_add_test(tc, corner_50_complex_order);
    suite_add_tcase(suite, tc);
    return suite;
}
