/* SPDX-License-Identifier: Apache-2.0 */
/* Every conversion kernel against long double arithmetic, with canaries and strides of any sign;
 * reduce_precision against its definition on the reals. */
#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "kernel/kernel.h"
#include "support/support.h"

/* --- numbers as long double pairs ------------------------------------------------------------- */

struct number {
    long double re, im;
};

static struct number read_number(lax_dtype t, const void *p) {
    switch (t) {
    case LAX_F64: return (struct number){*(const double *)p, 0};
    case LAX_F32: return (struct number){*(const float *)p, 0};
    case LAX_F16: return (struct number){lax_i_from_f16(*(const uint16_t *)p), 0};
    case LAX_BF16: return (struct number){lax_i_from_bf16(*(const uint16_t *)p), 0};
    case LAX_S8: return (struct number){*(const int8_t *)p, 0};
    case LAX_S16: return (struct number){*(const int16_t *)p, 0};
    case LAX_S32: return (struct number){*(const int32_t *)p, 0};
    case LAX_S64: return (struct number){*(const int64_t *)p, 0};
    case LAX_U8: return (struct number){*(const uint8_t *)p, 0};
    case LAX_U16: return (struct number){*(const uint16_t *)p, 0};
    case LAX_U32: return (struct number){*(const uint32_t *)p, 0};
    case LAX_U64: return (struct number){*(const uint64_t *)p, 0};
    case LAX_PRED: return (struct number){*(const uint8_t *)p != 0, 0};
    case LAX_C64: return (struct number){((const float *)p)[0], ((const float *)p)[1]};
    default: return (struct number){((const double *)p)[0], ((const double *)p)[1]};
    }
}

static bool integral(lax_dtype t) {
    return lax_i_dtype_kind(t) == KIND_SIGNED || lax_i_dtype_kind(t) == KIND_UNSIGNED;
}

/* What an integer type makes of x: integers wrap, floats truncate and saturate. */
static long double to_integer(lax_dtype from, lax_dtype to, long double x) {
    int bits = 8 * (int)lax_dtype_size(to);
    bool is_signed = lax_i_dtype_kind(to) == KIND_SIGNED;
    long double low = is_signed ? -ldexpl(1, bits - 1) : 0;
    long double high = ldexpl(1, is_signed ? bits - 1 : bits) - 1;
    if (!integral(from) && from != LAX_PRED) {
        if (isnan(x)) return 0;
        x = truncl(x);
        return x < low ? low : x > high ? high : x;
    }
    long double modulus = ldexpl(1, bits), rest = fmodl(x, modulus);
    if (rest < low) rest += modulus;
    return rest > high ? rest - modulus : rest;
}

/* Rounded once to a float type with this many mantissa bits. */
static long double to_float(lax_dtype to, long double x) {
    switch (to) {
    case LAX_F64:
    case LAX_C128: return (double)x;
    case LAX_F32:
    case LAX_C64: return (float)x;
    default: break;
    }
    /* Halves: x is a multiple of 2^-63 of its binade, which a double keeps but for 11 bits: only
     * 64-bit integers have those, and they are far from ties of their leading bits when odd. */
    int exponent;
    long double f = frexpl(x, &exponent), scaled = ldexpl(f, 40), low = truncl(scaled);
    if (!ref_finite(x) || x == 0)
        scaled = x;
    else
        scaled = ldexpl(low + (scaled != low ? copysignl(0.5L, x) : 0), exponent - 40);
    return to == LAX_F16 ? lax_i_from_f16(lax_i_double_to_f16((double)scaled))
                         : lax_i_from_bf16(lax_i_double_to_bf16((double)scaled));
}

static struct number expected(lax_dtype from, lax_dtype to, struct number x) {
    if (to == LAX_PRED) return (struct number){x.re != 0 || x.im != 0, 0};
    if (integral(to)) return (struct number){to_integer(from, to, x.re), 0};
    bool complex = lax_i_dtype_kind(to) == KIND_COMPLEX;
    return (struct number){to_float(to, x.re), complex ? to_float(to, x.im) : 0};
}

static bool same(long double a, long double b) { return a == b || (isnan(a) && isnan(b)); }

/* --- convert ---------------------------------------------------------------------------------- */

enum { N = 67, CANARY = 0x5a };

/* Valgrind gives long double the precision of double: wide integers get fewer bits there, so that
 * the expectations stay exact. */
static void keep_exact(const lax_tensor *in) {
    volatile long double probe = 0x1p63L;
    bool wide = integral(in->dtype) && lax_dtype_size(in->dtype) == 8;
    if (!wide || probe + 1 != probe) return;
    for (int64_t i = 0; i < in->shape[0]; i++) {
        if (in->dtype == LAX_S64) ((int64_t *)in->data)[i] %= INT64_C(1) << 52;
        if (in->dtype == LAX_U64) ((uint64_t *)in->data)[i] %= UINT64_C(1) << 52;
    }
}

static void check_pair(lax_dtype from, lax_dtype to, int64_t from_stride, int64_t to_stride) {
    struct rng r = rng_of(11, (uint64_t)from * 64 + to);
    int64_t span = N * 3 + 1, first_in = from_stride < 0 ? (N - 1) * -from_stride : 0;
    int64_t first_out = to_stride < 0 ? (N - 1) * -to_stride : 0;
    size_t in_size = lax_dtype_size(from), out_size = lax_dtype_size(to);
    lax_tensor in = dense_new(from, 1, &span), out = dense_new(to, 1, &span);
    tensor_fill(&r, &in, rng_chance(&r, 50) ? FILL_SPECIAL : FILL_NORMAL);
    keep_exact(&in);
    memset(out.data, CANARY, (size_t)span * out_size);
    char *x = (char *)in.data + first_in * (int64_t)in_size;
    char *y = (char *)out.data + first_out * (int64_t)out_size;
    lax_i_convert_kernel(from, to)(y, to_stride, x, from_stride, N);
    for (int64_t i = 0; i < N; i++) {
        char *at = y + i * to_stride * (int64_t)out_size;
        struct number want =
            expected(from, to, read_number(from, x + i * from_stride * (int64_t)in_size));
        struct number got = read_number(to, at);
        ensure(same(got.re, want.re) && same(got.im, want.im),
               "%s to %s at %d: got %Lg, expected %Lg", lax_dtype_name(from), lax_dtype_name(to),
               (int)i, got.re, want.re);
        memset(at, CANARY, out_size);
    }
    for (int64_t i = 0; i < span * (int64_t)out_size; i++)
        ensure(((unsigned char *)out.data)[i] == CANARY, "byte %d is written to", (int)i);
    free(in.data);
    free(out.data);
}

START_TEST(every_pair) {
    for (int from = LAX_F64; from <= LAX_C128; from++)
        for (int to = LAX_F64; to <= LAX_C128; to++) {
            check_pair((lax_dtype)from, (lax_dtype)to, 1, 1);
            check_pair((lax_dtype)from, (lax_dtype)to, -2, 3);
            check_pair((lax_dtype)from, (lax_dtype)to, 3, -1);
        }
}
END_TEST

START_TEST(edges_of_integers) {
    static const double values[] = {127,           127.9,        128,  -128.5,     -129,
                                    255.5,         256,          -0.9, 2147483647, 2147483648.0,
                                    -2147483649.0, 4294967296.0, 1e30, -1e30,      0x1p63,
                                    -0x1p63,       0x1p64,       NAN,  INFINITY,   -INFINITY};
    for (int t = LAX_S8; t <= LAX_U64; t++)
        for (int i = 0; i < (int)(sizeof values / sizeof *values); i++) {
            unsigned char out[16];
            lax_i_convert_kernel(LAX_F64, (lax_dtype)t)(out, 1, &values[i], 1, 1);
            ck_assert(read_number((lax_dtype)t, out).re ==
                      to_integer(LAX_F64, (lax_dtype)t, values[i]));
        }
}
END_TEST

/* 64-bit integers that lie just above a tie of a half: a second rounding would lose that. */
START_TEST(integers_round_once) {
    const int64_t tie = (INT64_C(257) << 54), just_above = tie + 1;
    uint16_t h;
    lax_i_convert_kernel(LAX_S64, LAX_BF16)(&h, 1, &tie, 1, 1);
    ck_assert(lax_i_from_bf16(h) == ldexp(256, 54));
    lax_i_convert_kernel(LAX_S64, LAX_BF16)(&h, 1, &just_above, 1, 1);
    ck_assert(lax_i_from_bf16(h) == ldexp(258, 54));
}
END_TEST

START_TEST(moves_keep_bits) {
    const uint32_t nan = 0xffa12345u;
    const uint8_t truth = 2;
    uint32_t out;
    uint8_t one;
    lax_i_convert_kernel(LAX_F32, LAX_F32)(&out, 1, &nan, 1, 1);
    ck_assert_uint_eq(out, nan);
    lax_i_convert_kernel(LAX_PRED, LAX_PRED)(&one, 1, &truth, 1, 1);
    ck_assert_uint_eq(one, 1); /* results of pred are 0 or 1 */
}
END_TEST

/* --- reduce_precision ------------------------------------------------------------------------- */

static float rounded(float x, int exponent_bits, int mantissa_bits) {
    float y;
    lax_i_round_kernel(LAX_F32)(&y, 1, &x, 1, 1, exponent_bits, mantissa_bits);
    return y;
}

START_TEST(rounds_as_defined) {
    static const struct {
        int e, m;
        float x, y;
    } rows[] = {{5, 10, 65519, 65504},
                {5, 10, 65520, INFINITY},
                {4, 3, 240, 240},
                {4, 3, 248, INFINITY},
                {4, 3, 17, 16},
                {4, 3, 19, 20},
                {5, 10, 6e-5f, 0},
                {5, 10, 0x1p-14f, 0x1p-14f},
                {8, 23, 1e-40f, 1e-40f},
                {8, 7, -1.00390625f, -1},
                {5, 10, -INFINITY, -INFINITY},
                {1, 0, 3, INFINITY}};
    for (int i = 0; i < (int)(sizeof rows / sizeof *rows); i++)
        ck_assert_msg(rounded(rows[i].x, rows[i].e, rows[i].m) == rows[i].y, "row %d: %g", i,
                      rounded(rows[i].x, rows[i].e, rows[i].m));
    ck_assert(isnan(rounded(NAN, 5, 2)));
    ck_assert(signbit(rounded(-1e-30f, 5, 10)) && rounded(-1e-30f, 5, 10) == 0);
}
END_TEST

/* bf16 is f32 with 7 mantissa bits, f16's normal range e5 m10. */
START_TEST(agrees_with_the_formats) {
    struct rng r = rng_of(13, 0);
    for (int i = 0; i < 20000; i++) {
        float x = ldexpf((float)rng_in(&r, -(1 << 24), 1 << 24), (int)rng_in(&r, -60, 40));
        ensure(rounded(x, 8, 7) == lax_i_from_bf16(lax_i_to_bf16(x)), "bf16 of %a", x);
        float h = lax_i_from_f16(lax_i_to_f16(x));
        if (fabsf(h) > 0x1p-14f) ensure(rounded(x, 5, 10) == h, "f16 of %a", x);
        if (x != 0 && fabsf(x) < 0x1.ff8p-15f) ensure(rounded(x, 5, 10) == 0, "f16 of %a", x);
        uint16_t half = (uint16_t)rng_in(&r, 0, 65535), out;
        lax_i_round_kernel(LAX_F16)(&out, 1, &half, 1, 1, 5, 10);
        ensure(out == half, "%x became %x", half,
               out); /* as many bits as the type has: nothing happens */
    }
}
END_TEST

Suite *suite_convert(void);
Suite *suite_convert(void) {
    Suite *suite = suite_create("convert");
    TCase *tcase = tcase_create("convert");
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, every_pair);
    tcase_add_test(tcase, edges_of_integers);
    tcase_add_test(tcase, integers_round_once);
    tcase_add_test(tcase, moves_keep_bits);
    tcase_add_test(tcase, rounds_as_defined);
    tcase_add_test(tcase, agrees_with_the_formats);
    suite_add_tcase(suite, tcase);
    return suite;
}
