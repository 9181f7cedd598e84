/* SPDX-License-Identifier: Apache-2.0 */
/* The vector exp, tanh, erfc and logaddexp against libm's of more digits, over all magnitudes, and
 * their values at zeros, infinities and NaN. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "kernel/functions/functions.h"
#include "kernel/window/arithmetic.h"
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

/* Whether long double is wider than double where this runs: not under every emulator. */
static bool has_wide(void) {
    volatile long double one = 1;
    return one + 0x1p-60L != one;
}

static long double wide_ulps(double got, long double want) {
    int exponent;
    frexpl(want, &exponent);
    return fabsl(got - want) / fmaxl(ldexpl(1, exponent - 53), 0x1p-1074L);
}

START_TEST(logaddexp_over_all_floats) {
    for (uint32_t bits = 0; bits < 0x7f800000; bits += STEP) {
        float below = -lax_i_bits_float(bits);
        double error = ulps(fused_logaddexp_f32(below, 0), log1p(exp((double)below)));
        ensure(error <= 1.63, "at %a: logaddexp is off by %g ulp", (double)below, error);
    }
    struct rng r = rng_of(31, 0);
    for (int exponent = -1074; has_wide() && exponent < 12; exponent++)
        for (int i = 0; i < 300; i++) {
            double below =
                -ldexp((double)(rng_in(&r, 0, INT32_MAX) + INT64_C(0x80000000)), exponent - 31);
            long double error = wide_ulps(fused_logaddexp_f64(0, below), log1pl(expl(below)));
            ensure(error <= 1.7L, "at %a: logaddexp is off by %Lg ulp", below, error);
        }
}
END_TEST

START_TEST(special_logaddexp) {
    static const double values[] = {0, -0.0, 1, -1e30, 1e30, 1e-45, INFINITY, -INFINITY, NAN};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        for (size_t j = 0; j < sizeof values / sizeof *values; j++) {
            double a = values[i], x = values[j], want = logaddexp_f64(a, x);
            double got = fused_logaddexp_f64(a, x);
            float narrow = logaddexp_f32((float)a, (float)x);
            float own = fused_logaddexp_f32((float)a, (float)x);
            ensure(got == want || (isnan(got) && isnan(want)), "f64 of %g, %g: %g", a, x, got);
            ensure(own == narrow || (isnan(own) && isnan(narrow)), "f32 of %g, %g: %g", a, x,
                   (double)own);
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
    tcase_add_test(tc, logaddexp_over_all_floats);
    tcase_add_test(tc, special_logaddexp);
    suite_add_tcase(suite, tc);
    return suite;
}
