/* SPDX-License-Identifier: Apache-2.0 */
/* f16 and bf16 conversions: every half both ways, and rounding against its definition: the nearest
 * half, the even one of two. */
#include <check.h>
#include <math.h>

#include "base/base.h"
#include "support/support.h"

/* A format by its definition: mantissa bits and the exponent of its largest binade. */
struct format {
    int mantissa, top;
    double (*decode)(uint16_t);
};

static double decode(uint16_t h, int mantissa_bits, int bias, int exponents) {
    int mantissa = h & ((1 << mantissa_bits) - 1), exponent = h >> mantissa_bits & exponents;
    double sign = h & 0x8000 ? -1 : 1;
    if (exponent == exponents) return mantissa != 0 ? NAN : sign * INFINITY;
    if (exponent == 0) return sign * ldexp(mantissa, 1 - bias - mantissa_bits);
    return sign * ldexp(mantissa + (1 << mantissa_bits), exponent - bias - mantissa_bits);
}
static double decode_f16(uint16_t h) { return decode(h, 10, 15, 31); }
static double decode_bf16(uint16_t h) { return decode(h, 7, 127, 255); }

static const struct format f16 = {10, 15, decode_f16}, bf16 = {7, 127, decode_bf16};

/* The nearest half to |x| by search over the ordered positive halves. */
static uint16_t nearest(const struct format *f, double x) {
    uint16_t infinity = f->mantissa == 10 ? 0x7c00 : 0x7f80, sign = signbit(x) ? 0x8000 : 0;
    double a = fabs(x), beyond = ldexp(2 - ldexp(1, -f->mantissa - 1), f->top);
    if (a >= beyond) return sign | infinity; /* half a unit above the largest */
    uint16_t low = 0, high = infinity - 1;
    while (low < high) { /* the last half not above a */
        uint16_t middle = (uint16_t)((low + high + 1) / 2);
        if (f->decode(middle) <= a)
            low = middle;
        else
            high = (uint16_t)(middle - 1);
    }
    if (low + 1 == infinity) return sign | low;
    double below = a - f->decode(low), above = f->decode((uint16_t)(low + 1)) - a;
    bool up = above < below || (above == below && (low & 1));
    return (uint16_t)(sign | (low + up));
}

START_TEST(every_half_survives) {
    for (int i = 0; i < 65536; i++) {
        uint16_t h = (uint16_t)i;
        double a = decode_f16(h), b = decode_bf16(h);
        if (isnan(a))
            ensure(isnan(lax_i_from_f16(h)) && isnan(decode_f16(lax_i_to_f16(NAN))), "%x", i);
        else
            ensure(lax_i_from_f16(h) == a && lax_i_to_f16((float)a) == h, "%x", i);
        if (isnan(b))
            ensure(isnan(lax_i_from_bf16(h)) && isnan(decode_bf16(lax_i_to_bf16(NAN))), "%x", i);
        else
            ensure(lax_i_from_bf16(h) == b && lax_i_to_bf16((float)b) == h, "%x", i);
    }
}
END_TEST

static void check_float(float x) {
    ensure(lax_i_to_f16(x) == nearest(&f16, x), "f16 of %a", x);
    ensure(lax_i_to_bf16(x) == nearest(&bf16, x), "bf16 of %a", x);
}

static void check_double(double x) {
    ensure(lax_i_double_to_f16(x) == nearest(&f16, x), "f16 of %a", x);
    ensure(lax_i_double_to_bf16(x) == nearest(&bf16, x), "bf16 of %a", x);
}

/* Halves, midpoints between neighbours, and their neighbours in turn. */
START_TEST(ties_and_their_neighbours) {
    for (int i = 0; i < 0x7c00 - 1; i += 7) {
        double a = decode_f16((uint16_t)i), b = decode_f16((uint16_t)(i + 1)), middle = (a + b) / 2;
        check_float((float)middle);
        check_float(nextafterf((float)middle, 0));
        check_float(-nextafterf((float)middle, INFINITY));
        check_double(nextafter(middle, 0)); /* through float it would round twice */
        check_double(nextafter(middle, INFINITY));
    }
    for (int i = 0; i < 0x7f80 - 1; i += 5) {
        double middle = (decode_bf16((uint16_t)i) + decode_bf16((uint16_t)(i + 1))) / 2;
        check_double(middle);
        check_double(nextafter(middle, 0));
        check_double(-nextafter(middle, INFINITY));
    }
}
END_TEST

START_TEST(random_numbers) {
    struct rng r = rng_of(7, 1);
    for (int i = 0; i < 20000; i++) {
        double x = ldexp((double)rng_in(&r, -(1 << 30), 1 << 30), (int)rng_in(&r, -180, 110));
        check_double(x);
        check_float((float)x);
    }
    check_float(65519.99f), check_float(65520), check_float(0), check_float(-0.0f);
    check_double(1e300), check_double(-1e-300), check_double(-INFINITY);
}
END_TEST

START_TEST(nan_keeps_its_sign) {
    ck_assert_int_eq(lax_i_to_f16(-NAN) & 0x8000, signbit(-NAN) ? 0x8000 : 0);
    ck_assert(isnan(decode_bf16(lax_i_to_bf16(lax_i_bits_float(0x7f800001)))));
    ck_assert(isnan(decode_f16(lax_i_to_f16(lax_i_bits_float(0x7f800001)))));
    ck_assert(isnan(decode_bf16(lax_i_double_to_bf16(NAN))));
}
END_TEST

Suite *suite_half(void);
Suite *suite_half(void) {
    Suite *suite = suite_create("half");
    TCase *tcase = tcase_create("half");
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, every_half_survives);
    tcase_add_test(tcase, ties_and_their_neighbours);
    tcase_add_test(tcase, random_numbers);
    tcase_add_test(tcase, nan_keeps_its_sign);
    suite_add_tcase(suite, tcase);
    return suite;
}
