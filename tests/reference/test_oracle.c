/* SPDX-License-Identifier: Apache-2.0 */
/* The oracle against itself and against numbers worked out by hand: it must not be wrong. */
#include "property/problem.h"
#include "suites.h"

#include <math.h>
#include <stdlib.h>

/* JAX's rule and the adjoint are two ways to one gradient. */
START_TEST(conv_gradients_agree) {
    struct problem p;
    struct message m;
    const struct family *f = NULL;
    for (int32_t i = 0; i < n_families; i++) {
        if (families[i].make == make_conv_grad) f = &families[i];
    }
    problem_init(&p, f, 100000 + _i);
    if (ref_is_complex(p.op.operands[0].dtype)) return;
    problem_data(&p);
    struct ref_array a = ref_array_read(&p.in[0].tensor), b = ref_array_read(&p.in[1].tensor), g;
    struct ref_conv c;
    if (p.op.op == LAX_OP_CONV_GRAD_LHS) {
        ref_conv_of(&p.op.conv, &p.op.results[0], b.shape, &c);
        g = ref_conv_jax_lhs(&c, p.op.results[0].shape, &a, &b);
    } else {
        ref_conv_of(&p.op.conv, &p.op.operands[0], p.op.results[0].shape, &c);
        g = ref_conv_jax_rhs(&c, p.op.results[0].shape, &b, &a);
    }
    lax_tensor t = dense_new(p.op.results[0].dtype, g.rank, g.shape);
    for (int64_t i = 0; i < g.n; i++) {
        ref_store(t.dtype, (char *)t.data + (size_t)i * ref_size(t.dtype), g.v[i]);
    }
    if (!agrees(&p.expected[0], &t, &m)) problem_fail(&p, "JAX's rule", m.text);
    ref_array_free(&a);
    ref_array_free(&b);
    ref_array_free(&g);
    free(t.data);
    problem_free(&p);
}
END_TEST

START_TEST(window_sum_gradients_agree) {
    struct rng r = rng_of(5, (uint64_t)_i);
    struct problem p = {.rng = r};
    int64_t shape[LAX_MAX_RANK];
    int32_t rank = (int32_t)rng_in(&p.rng, 0, 4);
    struct ref_window w;
    make_window_options(&p, rank, shape);
    ref_window_of(&p.op.window, rank, shape, &w);
    struct ref_array g = ref_array_new(LAX_S64, rank, w.out);
    for (int64_t i = 0; i < g.n; i++) g.v[i].bits = rng_next(&r);
    struct ref_array a = ref_window_sum_grad(&w, &g), b = ref_window_sum_jax_grad(&w, &g);
    ck_assert_int_eq(a.n, b.n);
    for (int64_t i = 0; i < a.n; i++) ck_assert_uint_eq(a.v[i].bits, b.v[i].bits);
    ref_array_free(&g);
    ref_array_free(&a);
    ref_array_free(&b);
}
END_TEST

static const struct {
    lax_dtype type;
    double number;
    unsigned bits;
} halves[] = {
    {LAX_F16, 1, 0x3c00},           {LAX_F16, -2, 0xc000},          {LAX_F16, 65504, 0x7bff},
    {LAX_F16, 65519.9, 0x7bff},     {LAX_F16, 65520, 0x7c00},       {LAX_F16, 0x1p-24, 0x0001},
    {LAX_F16, 0x1p-25, 0x0000},     {LAX_F16, 0x1.8p-24, 0x0002},   {LAX_F16, 0x1p-14, 0x0400},
    {LAX_F16, 0x1.ff8p-15, 0x03ff}, {LAX_F16, 1 + 0x1p-11, 0x3c00}, {LAX_F16, 1 + 0x3p-11, 0x3c02},
    {LAX_BF16, 1, 0x3f80},          {LAX_BF16, 257, 0x4380},        {LAX_BF16, 259, 0x4382},
    {LAX_BF16, 0x1p-133, 0x0001},   {LAX_BF16, 3.4e38, 0x7f80},     {LAX_F16, -0.0, 0x8000},
    {LAX_BF16, -INFINITY, 0xff80}};

/* Halves by hand, and every 16-bit pattern there and back. */
START_TEST(halves_round) {
    uint16_t bits;
    for (size_t i = 0; i < sizeof halves / sizeof *halves; i++) {
        ref_store(halves[i].type, &bits, (struct ref_value){halves[i].number, 0, 0});
        ck_assert_uint_eq(bits, halves[i].bits);
    }
    for (unsigned pattern = 0; pattern < 0x10000; pattern++) {
        for (lax_dtype type = LAX_F16; type <= LAX_BF16; type++) {
            uint16_t from = (uint16_t)pattern;
            struct ref_value x = ref_load(type, &from);
            ref_store(type, &bits, x);
            ck_assert(ref_is_nan(type, x) || bits == from);
        }
    }
}
END_TEST

START_TEST(integers_wrap) {
    struct ref_value a = ref_number(LAX_S8, 100), b = ref_number(LAX_S8, 2);
    ck_assert_int_eq((int64_t)ref_mul(LAX_S8, a, b).bits, -56);
    ck_assert_uint_eq(ref_add(LAX_U8, ref_number(LAX_U8, 200), ref_number(LAX_U8, 100)).bits, 44);
    ck_assert_int_eq((int64_t)ref_identity(LAX_MAX, LAX_S16).bits, INT16_MIN);
    ck_assert_uint_eq(ref_identity(LAX_MIN, LAX_U32).bits, UINT32_MAX);
    ck_assert_int_eq((int64_t)ref_identity(LAX_MIN, LAX_S64).bits, INT64_MAX);
    struct ref_value big = {3e9L, 0, 0};
    ck_assert_int_eq((int64_t)ref_convert(big, LAX_F64, LAX_S32).bits, INT32_MAX);
    ck_assert_uint_eq(ref_convert(ref_number(LAX_F32, -3), LAX_F32, LAX_U8).bits, 0);
}
END_TEST

Suite *suite_oracle(void) {
    Suite *suite = suite_create("oracle");
    TCase *tc = tcase_create("oracle");
    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, conv_gradients_agree, 0, 60);
    tcase_add_loop_test(tc, window_sum_gradients_agree, 0, 40);
    tcase_add_test(tc, halves_round);
    tcase_add_test(tc, integers_wrap);
    suite_add_tcase(suite, tc);
    return suite;
}
