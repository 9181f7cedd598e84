/* SPDX-License-Identifier: Apache-2.0 */
/* The vector exp, tanh and erfc of epilogues against libm's in double, over all magnitudes of f32,
 * and their values at zeros, infinities and NaN. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "kernel/functions/functions.h"
#include "suites.h"
#include "support/support.h"

/* A prime, so that mantissas differ from one binade to the next. */
enum { STEP = 2003 };

static double ulps(float got, double want) {
    int exponent;
    frexp(want, &exponent);
    return fabs((double)got - want) / fmax(ldexp(1, exponent - 24), 0x1p-149);
}

START_TEST(errors_over_all_floats) {
    for (uint64_t bits = 0; bits < 0x100000000; bits += STEP) {
        float x = lax_i_bits_float((uint32_t)bits);
        if (isnan(x)) continue;
        double wide = (double)x;
        double e = x < 88.7F ? ulps(exp_f32(x), exp(wide)) : 0;
        double t = ulps(tanh_f32(x), tanh(wide)), c = fabs((double)erfc_f32(x) - erfc(wide));
        ensure(e <= 1.02 && t <= 1.31 && c <= 3.5e-7,
               "at %a: exp is off by %g ulp, tanh by %g, erfc by %g", wide, e, t, c);
    }
}
END_TEST

START_TEST(special_values) {
    ck_assert_float_infinite(exp_f32(INFINITY));
    ck_assert(exp_f32(-INFINITY) == 0 && tanh_f32(INFINITY) == 1 && tanh_f32(-INFINITY) == -1);
    ck_assert(erfc_f32(INFINITY) == 0 && erfc_f32(-INFINITY) == 2);
    ck_assert_float_nan(exp_f32(NAN));
    ck_assert_float_nan(tanh_f32(NAN));
    ck_assert_float_nan(erfc_f32(NAN));
    ck_assert(tanh_f32(-0.0F) == 0 && signbit(tanh_f32(-0.0F)) && !signbit(tanh_f32(0.0F)));
}
END_TEST

Suite *suite_functions(void) {
    Suite *suite = suite_create("functions");
    TCase *tc = tcase_create("functions");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, errors_over_all_floats);
    tcase_add_test(tc, special_values);
    suite_add_tcase(suite, tc);
    return suite;
}
