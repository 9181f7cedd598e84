/* SPDX-License-Identifier: Apache-2.0 */
/* Every golden case in every text form, evaluated through lax_module_run() with a context as a
 * user would make it, so that LAX_MAX_ISA and LAX_LOWERING count. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "golden/golden.h"

enum { SHARDS = 8 };

/* --- comparison (README.md) ------------------------------------------------------------------- */

static bool complex_type(lax_dtype t) { return t == LAX_C64 || t == LAX_C128; }

/* Real number i of an array; complex arrays have two an element. */
static double real_number(lax_dtype t, const void *data, int64_t i) {
    switch (t) {
    case LAX_F64:
    case LAX_C128: return ((const double *)data)[i];
    case LAX_F32:
    case LAX_C64: return ((const float *)data)[i];
    case LAX_F16: return lax_i_from_f16(((const uint16_t *)data)[i]);
    default: return lax_i_from_bf16(((const uint16_t *)data)[i]);
    }
}

static double epsilon(lax_dtype t) {
    switch (t) {
    case LAX_F64:
    case LAX_C128: return 0x1p-52;
    case LAX_F16: return 0x1p-10;
    case LAX_BF16: return 0x1p-7;
    default: return 0x1p-23;
    }
}

static double largest(lax_dtype t) {
    switch (t) {
    case LAX_F64:
    case LAX_C128: return 0x1.fffffffffffffp1023;
    case LAX_F16: return 65520;
    case LAX_BF16: return 3.3961776e38;
    default: return 3.4028236e38;
    }
}

static bool close_enough(const struct golden_output *o, double got, double want, double scale,
                         double max_scale) {
    if (got == want || (isnan(got) && isnan(want))) return true;
    if (isinf(got) && signbit(got) == signbit(want) && fabs(want) > 0.99 * largest(o->form.dtype))
        return true;
    double bound = 4 * epsilon(o->accumulate) * sqrt((double)o->k) * (scale + 0.1 * max_scale) +
                   epsilon(o->form.dtype) * (isfinite(want) ? fabs(want) : 0) + 1e-37;
    return fabs(got - want) <= bound;
}

/* Index of the first real number that differs, or -1. */
static int64_t float_difference(const struct golden_output *o, const void *got) {
    int64_t elements = lax_tensor_elements(&o->form), parts = complex_type(o->form.dtype) ? 2 : 1;
    double max_scale = 0;
    for (int64_t i = 0; i < elements; i++) max_scale = fmax(max_scale, o->scale[i]);
    for (int64_t i = 0; i < elements * parts; i++)
        if (!close_enough(o, real_number(o->form.dtype, got, i), o->value[i], o->scale[i / parts],
                          max_scale))
            return i;
    return -1;
}

static int64_t exact_difference(const struct golden_output *o, const void *got) {
    enum dtype_kind kind = lax_i_dtype_kind(o->form.dtype);
    int64_t elements = lax_tensor_elements(&o->form);
    int64_t size = (int64_t)lax_dtype_size(o->form.dtype);
    bool floating = kind == KIND_FLOAT || kind == KIND_COMPLEX;
    int64_t numbers = kind == KIND_COMPLEX ? 2 * elements : elements;
    for (int64_t i = 0; !floating && i < elements; i++)
        if (memcmp((const char *)got + i * size, (const char *)o->form.data + i * size,
                   (size_t)size) != 0)
            return i;
    for (int64_t i = 0; floating && i < numbers; i++) {
        double a = real_number(o->form.dtype, got, i);
        double b = real_number(o->form.dtype, o->form.data, i);
        bool sign = o->mode == GOLDEN_EXACT || signbit(a) == signbit(b);
        if (!(a == b && sign) && !(isnan(a) && isnan(b))) return i;
    }
    return -1;
}

/* --- running ---------------------------------------------------------------------------------- */

static bool compare(const struct golden_case *c, int text, const lax_tensor *outputs) {
    for (int j = 0; j < c->n_outputs; j++) {
        const struct golden_output *o = &c->outputs[j];
        int64_t at = o->mode == GOLDEN_FLOAT ? float_difference(o, outputs[j].data)
                                             : exact_difference(o, outputs[j].data);
        if (at < 0) continue;
        bool floating = lax_i_dtype_kind(o->form.dtype) == KIND_FLOAT ||
                        lax_i_dtype_kind(o->form.dtype) == KIND_COMPLEX;
        fprintf(stderr, "%s (%s): output %d differs at number %lld", c->id, c->kinds[text], j,
                (long long)at);
        if (floating)
            fprintf(stderr, ": got %.9g, expected %.9g",
                    real_number(o->form.dtype, outputs[j].data, at),
                    o->mode == GOLDEN_FLOAT ? o->value[at]
                                            : real_number(o->form.dtype, o->form.data, at));
        fprintf(stderr, "\n");
        return false;
    }
    return true;
}

static lax_status evaluate(lax_context *ctx, const struct golden_case *c, int text,
                           lax_tensor *outputs, lax_error *why) {
    lax_module *module;
    lax_status s = lax_module_parse(c->texts[text], c->lengths[text], &module, why);
    if (s != LAX_OK) return s;
    s = lax_module_run(ctx, module, c->inputs, c->n_inputs, outputs, c->n_outputs, why);
    lax_module_release(module);
    return s;
}

static bool passes(lax_context *ctx, const struct golden_case *c, int text) {
    lax_tensor outputs[GOLDEN_ARRAYS];
    lax_error why;
    for (int j = 0; j < c->n_outputs; j++) {
        size_t nbytes = (size_t)lax_tensor_elements(&c->outputs[j].form) *
                        lax_dtype_size(c->outputs[j].form.dtype);
        outputs[j] = c->outputs[j].form;
        outputs[j].data = malloc(nbytes + 1);
        ck_assert(outputs[j].data != NULL);
        memset(outputs[j].data, 0xff, nbytes);
    }
    lax_status s = evaluate(ctx, c, text, outputs, &why);
    bool ok = s == LAX_OK && compare(c, text, outputs);
    if (s != LAX_OK) fprintf(stderr, "%s (%s): %s\n", c->id, c->kinds[text], why.text);
    for (int j = 0; j < c->n_outputs; j++) free(outputs[j].data);
    return ok;
}

START_TEST(golden_cases) {
    struct golden g = golden_read();
    lax_context *ctx;
    lax_error why;
    int failed = 0, run = 0;
    ck_assert_msg(lax_context_create(NULL, &ctx, &why) == LAX_OK, "%s", why.text);
    for (int i = _i; i < g.n; i += SHARDS)
        for (int t = 0; t < g.cases[i].n_texts; t++) {
            run++;
            failed += !passes(ctx, &g.cases[i], t);
        }
    lax_context_destroy(ctx);
    golden_free(&g);
    ck_assert_int_gt(run, 0);
    ck_assert_msg(failed == 0, "%d of %d texts fail", failed, run);
}
END_TEST

/* The corpus itself: as many cases and forms as promised. */
START_TEST(corpus_is_whole) {
    struct golden g = golden_read();
    int stablehlo = 0, generic = 0;
    for (int i = 0; i < g.n; i++)
        for (int t = 0; t < g.cases[i].n_texts; t++) {
            stablehlo += strcmp(g.cases[i].kinds[t], "stablehlo") == 0;
            generic += strcmp(g.cases[i].kinds[t], "stablehlo-generic") == 0;
        }
    ck_assert_int_ge(g.n, 600);
    ck_assert_int_ge(stablehlo, 200);
    ck_assert_int_ge(generic, 50);
    golden_free(&g);
}
END_TEST

Suite *suite_golden(void);
Suite *suite_golden(void) {
    Suite *suite = suite_create("golden");
    TCase *tcase = tcase_create("golden");
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, golden_cases, 0, SHARDS);
    tcase_add_test(tcase, corpus_is_whole);
    suite_add_tcase(suite, tcase);
    return suite;
}
