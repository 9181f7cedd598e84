/* SPDX-License-Identifier: Apache-2.0 */
/* What windows, pads, transposes and regions must satisfy whatever their inputs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "property/corner.h"
#include "property/problem.h"
#include "suites.h"

#define REPEAT 60

struct trial {
    struct problem p;
    lax_tensor x, y;
    struct ref_window w;
};

static void trial_make(struct trial *t, int number, lax_dtype type) {
    int64_t shape[LAX_MAX_RANK];
    memset(&t->p, 0, sizeof t->p);
    t->p.rng = rng_of(91, (uint64_t)number);
    int32_t rank = (int32_t)rng_in(&t->p.rng, 0, 4);
    make_window_options(&t->p, rank, shape);
    ref_window_of(&t->p.op.window, rank, shape, &t->w);
    t->x = dense_new(type, rank, shape);
    t->y = dense_new(type, rank, t->w.out);
    tensor_fill(&t->p.rng, &t->x, FILL_NORMAL);
}

static void trial_free(struct trial *t) {
    free(t->x.data);
    free(t->y.data);
}

static uint64_t dot(const lax_tensor *a, const lax_tensor *b) {
    const int64_t *x = a->data, *y = b->data;
    uint64_t sum = 0;
    for (int64_t i = 0; i < lax_tensor_elements(a); i++) sum += (uint64_t)x[i] * (uint64_t)y[i];
    return sum;
}

START_TEST(sum_is_adjoint_to_its_gradient) {
    struct trial t;
    lax_error why;
    trial_make(&t, _i, LAX_S64);
    lax_tensor g = dense_new(LAX_S64, t.y.rank, t.y.shape),
               dx = dense_new(LAX_S64, t.x.rank, t.x.shape);
    tensor_fill(&t.p.rng, &g, FILL_NORMAL);
    must(lax_reduce_window(NULL, &t.x, LAX_ADD, &t.p.op.window, &t.y, &why), &why, "sum");
    must(lax_reduce_window_grad(NULL, &g, &t.x, LAX_ADD, &t.p.op.window, &dx, &why), &why, "grad");
    ck_assert_uint_eq(dot(&t.y, &g), dot(&t.x, &dx));
    free(g.data);
    free(dx.data);
    trial_free(&t);
}
END_TEST

static double dot_f64(const lax_tensor *a, const lax_tensor *b) {
    const double *x = a->data, *y = b->data;
    double sum = 0;
    for (int64_t i = 0; i < lax_tensor_elements(a); i++) sum += x[i] * y[i];
    return sum;
}

/* <gather(t; x), g> = <t, scatter(g; x)>; small integers, so that sums of doubles are exact. */
START_TEST(gather_is_adjoint_to_scatter) {
    struct trial t;
    lax_error why;
    lax_select select = _i % 2 ? LAX_GE : LAX_LE;
    trial_make(&t, _i, LAX_F64);
    lax_tensor tangents = dense_new(LAX_F64, t.x.rank, t.x.shape);
    lax_tensor g = dense_new(LAX_F64, t.y.rank, t.y.shape),
               dx = dense_new(LAX_F64, t.x.rank, t.x.shape);
    tensor_fill(&t.p.rng, &t.x, FILL_FEW);
    tensor_fill(&t.p.rng, &tangents, FILL_INDEX);
    tensor_fill(&t.p.rng, &g, FILL_FEW);
    must(lax_select_and_gather_add(NULL, &tangents, &t.x, select, &t.p.op.window, &t.y, &why), &why,
         "gather");
    must(lax_select_and_scatter_add(NULL, &g, &t.x, select, &t.p.op.window, &dx, &why), &why,
         "scatter");
    ck_assert(dot_f64(&t.y, &g) == dot_f64(&tangents, &dx));
    lax_tensor again = dense_new(LAX_F64, t.x.rank, t.x.shape);
    must(lax_reduce_window_grad(NULL, &g, &t.x, _i % 2 ? LAX_MAX : LAX_MIN, &t.p.op.window, &again,
                                &why),
         &why, "grad");
    ck_assert(same_bytes(&dx, &again));
    free(tangents.data);
    free(g.data);
    free(dx.data);
    free(again.data);
    trial_free(&t);
}
END_TEST

/* <pad(x, v), g> = <x, grad_operand> + v grad_value. */
START_TEST(pad_is_adjoint_to_its_gradients) {
    struct problem p;
    lax_error why;
    const struct family *f = families;
    while (f->make != make_pad) f++;
    problem_init(&p, f, 40000 + _i);
    int32_t rank = p.op.operands[0].rank;
    lax_tensor x = dense_new(LAX_S64, rank, p.op.operands[0].shape), y, dx, dv;
    int64_t value = 11, value_grad = 0;
    must(lax_pad_shape(&x, &p.op.pad, &y, &why), &why, "shape");
    y = dense_new(LAX_S64, rank, y.shape);
    dx = dense_new(LAX_S64, rank, x.shape);
    dv = lax_tensor_of(LAX_S64, &value_grad, 0, NULL);
    lax_tensor g = dense_new(LAX_S64, rank, y.shape);
    tensor_fill(&p.rng, &x, FILL_NORMAL);
    tensor_fill(&p.rng, &g, FILL_NORMAL);
    must(lax_pad(NULL, &x, &value, &p.op.pad, &y, &why), &why, "pad");
    must(lax_pad_grad_operand(NULL, &g, &p.op.pad, &dx, &why), &why, "grad_operand");
    must(lax_pad_grad_value(NULL, &g, x.shape, &p.op.pad, &dv, &why), &why, "grad_value");
    ck_assert_uint_eq(dot(&y, &g), dot(&x, &dx) + 11 * (uint64_t)value_grad);
    free(x.data);
    free(y.data);
    free(dx.data);
    free(g.data);
}
END_TEST

/* conv_transpose with transpose_kernel is the gradient of a VALID convolution. */
START_TEST(conv_transpose_is_a_gradient) {
    struct rng r = rng_of(92, (uint64_t)_i);
    lax_error why;
    int64_t s = rng_in(&r, 1, 3), k = rng_in(&r, s, 5), n = rng_in(&r, 1, 6);
    lax_tensor g = dense_new(LAX_S32, SHAPE(2, n, 3)), w = dense_new(LAX_S32, SHAPE(k, 4, 3));
    lax_tensor dx = dense_new(LAX_S32, SHAPE(2, (n - 1) * s + k, 4)), y = dx;
    y = dense_new(LAX_S32, SHAPE(2, (n - 1) * s + k, 4));
    tensor_fill(&r, &g, FILL_NORMAL);
    tensor_fill(&r, &w, FILL_NORMAL);
    must(lax_conv_general_dilated_grad_lhs(
             NULL, &g, &w,
             &LAX_CONV_OPTIONS(.window_strides = {s}, .dimension_numbers = {"NHC", "HIO", "NHC"}),
             &dx, &why),
         &why, "grad_lhs");
    must(lax_conv_transpose(NULL, &g, &w,
                            &LAX_CONV_TRANSPOSE_OPTIONS(.strides = {s}, .padding = "VALID",
                                                        .transpose_kernel = true),
                            &y, &why),
         &why, "conv_transpose");
    ck_assert(same_bytes(&dx, &y));
    free(g.data);
    free(w.data);
    free(dx.data);
    free(y.data);
}
END_TEST

START_TEST(transpose_and_back) {
    struct rng r = rng_of(93, (uint64_t)_i);
    lax_error why;
    int64_t shape[LAX_MAX_RANK];
    int32_t rank = (int32_t)rng_in(&r, 0, 6), there[LAX_MAX_RANK], back[LAX_MAX_RANK];
    lax_dtype type = any_dtype(&r);
    for (int32_t d = 0; d < rank; d++) shape[d] = rng_in(&r, 1, 5);
    rng_permutation(&r, rank, there);
    for (int32_t d = 0; d < rank; d++) back[there[d]] = d;
    lax_tensor x = dense_new(type, rank, shape), y, z = dense_new(type, rank, shape);
    tensor_fill(&r, &x, FILL_NORMAL);
    must(lax_transpose_shape(&x, there, &y, &why), &why, "shape");
    y = dense_new(type, rank, y.shape);
    must(lax_transpose(NULL, &x, there, &y, &why), &why, "there");
    must(lax_transpose(NULL, &y, back, &z, &why), &why, "back");
    ck_assert(same_bytes(&x, &z));
    free(x.data);
    free(y.data);
    free(z.data);
}
END_TEST

/* cumsum is the window sum that JAX lowers it to; its transpose is the reversed cumsum. */
START_TEST(scans_are_windows) {
    struct rng r = rng_of(94, (uint64_t)_i);
    lax_error why;
    int64_t n = rng_in(&r, 1, 40);
    lax_tensor x = dense_new(LAX_S64, SHAPE(n)), a = dense_new(LAX_S64, SHAPE(n));
    lax_tensor b = dense_new(LAX_S64, SHAPE(n)), g = dense_new(LAX_S64, SHAPE(n));
    lax_window_options o = LAX_WINDOW_OPTIONS(.window_dimensions = {n}, .pads = {{n - 1, 0}});
    tensor_fill(&r, &x, FILL_NORMAL);
    tensor_fill(&r, &g, FILL_NORMAL);
    must(lax_cumsum(NULL, &x, 0, false, &a, &why), &why, "cumsum");
    must(lax_reduce_window(NULL, &x, LAX_ADD, &o, &b, &why), &why, "reduce_window");
    ck_assert(same_bytes(&a, &b));
    must(lax_cumsum(NULL, &g, 0, true, &b, &why), &why, "cumsum, reversed");
    ck_assert_uint_eq(dot(&a, &g), dot(&x, &b));
    free(x.data);
    free(a.data);
    free(b.data);
    free(g.data);
}
END_TEST

/* ---- a region that is recognised, and one that says the same in a roundabout way ---- */

static const struct {
    lax_reducer_kind kind;
    const char *type, *plain, *roundabout;
} region_rows[] = {
    {LAX_ADD, "s32", "ROOT %r = s32[] add(%a, %b)",
     "%n = s32[] negate(%b)\n  ROOT %r = s32[] subtract(%a, %n)"},
    {LAX_MAX, "s32", "ROOT %r = s32[] maximum(%a, %b)",
     "%c = pred[] compare(%a, %b), direction=GE\n  ROOT %r = s32[] select(%c, %a, %b)"},
    {LAX_MIN, "s32", "ROOT %r = s32[] minimum(%a, %b)",
     "%c = pred[] compare(%a, %b), direction=LE\n  ROOT %r = s32[] select(%c, %a, %b)"},
    {LAX_MUL, "s32", "ROOT %r = s32[] multiply(%a, %b)",
     "%n = s32[] negate(%a)\n  %m = s32[] negate(%b)\n  ROOT %r = s32[] multiply(%n, %m)"},
    {LAX_XOR, "s32", "ROOT %r = s32[] xor(%a, %b)",
     "%o = s32[] or(%a, %b)\n  %d = s32[] and(%a, %b)\n  ROOT %r = s32[] subtract(%o, %d)"},
    {LAX_MAX, "f32", "ROOT %r = f32[] maximum(%b, %a)",
     "%c = pred[] compare(%a, %b), direction=GE\n  ROOT %r = f32[] select(%c, %a, %b)"},
};

static lax_region *parsed(const char *type, const char *body) {
    char text[500];
    lax_region *region;
    lax_error why;
    int n = snprintf(text, sizeof text,
                     "%%f (a: %s[], b: %s[]) -> %s[] {\n  %%a = %s[] parameter(0)\n"
                     "  %%b = %s[] parameter(1)\n  %s\n}\n",
                     type, type, type, type, type, body);
    must(lax_region_parse(text, (size_t)n, &region, &why), &why, text);
    return region;
}

static void by_region(struct trial *t, const char *type, const char *body, const void *init,
                      lax_reducer_kind kind, lax_tensor *y) {
    lax_region *region = parsed(type, body);
    lax_reducer reducer;
    lax_window_options o = t->p.op.window;
    lax_error why;
    o.init_values[0] = init;
    must(lax_region_reducer(region, &reducer, &why), &why, "region_reducer");
    ck_assert_int_eq(reducer.kind, kind);
    must(lax_reduce_window_n(NULL, 1, &t->x, &reducer, &o, y, &why), &why, "reduce_window_n");
    lax_region_release(region);
}

START_TEST(regions_agree) {
    int row = _i % (int)(sizeof region_rows / sizeof *region_rows);
    lax_dtype type = lax_dtype_from_name(region_rows[row].type);
    unsigned char init[16];
    struct trial t;
    lax_error why;
    trial_make(&t, 500 + _i, type);
    lax_tensor a = dense_new(type, t.y.rank, t.y.shape), b = dense_new(type, t.y.rank, t.y.shape);
    ref_store(type, init, ref_identity(region_rows[row].kind, type));
    must(lax_reduce_window(NULL, &t.x, region_rows[row].kind, &t.p.op.window, &t.y, &why), &why,
         "reduce_window");
    by_region(&t, region_rows[row].type, region_rows[row].plain, init, region_rows[row].kind, &a);
    by_region(&t, region_rows[row].type, region_rows[row].roundabout, init, LAX_REDUCER_UNSET, &b);
    ck_assert_msg(same_bytes(&t.y, &a), "recognised");
    struct ref_array expected = ref_array_read(&t.y);
    struct message m;
    ck_assert_msg(agrees(&expected, &b, &m), "interpreted: %s", m.text);
    ref_array_free(&expected);
    free(a.data);
    free(b.data);
    trial_free(&t);
}
END_TEST

static lax_status at_least(void *user, int64_t n, const void *current, const void *next,
                           uint8_t *keep) {
    const int32_t *a = current, *b = next;
    (void)user;
    for (int64_t i = 0; i < n; i++) keep[i] = a[i] >= b[i];
    return LAX_OK;
}

/* not (a < b): a region that no built-in comparison spells. */
static const char selector_text[] =
    "%f (a: s32[], b: s32[]) -> pred[] {\n  %a = s32[] parameter(0)\n  %b = s32[] parameter(1)\n"
    "  %c = pred[] compare(%a, %b), direction=LT\n  ROOT %n = pred[] not(%c)\n}\n";

START_TEST(selectors_agree) {
    struct trial t;
    lax_error why;
    trial_make(&t, 700 + _i, LAX_S32);
    lax_tensor source = dense_new(LAX_S32, t.y.rank, t.y.shape);
    lax_tensor a = dense_new(LAX_S32, t.x.rank, t.x.shape),
               b = dense_new(LAX_S32, t.x.rank, t.x.shape);
    tensor_fill(&t.p.rng, &t.x, FILL_FEW);
    tensor_fill(&t.p.rng, &source, FILL_NORMAL);
    lax_tensor c = dense_new(LAX_S32, t.x.rank, t.x.shape);
    lax_reducer add = LAX_REDUCER(.kind = LAX_ADD);
    lax_selector by_region;
    lax_region *region;
    lax_selector by_kind = LAX_SELECTOR(.kind = LAX_GE), by_fn = LAX_SELECTOR(.fn = at_least);
    must(lax_select_and_scatter(NULL, &t.x, &by_kind, &source, &add, &t.p.op.window, &a, &why),
         &why, "kind");
    must(lax_select_and_scatter(NULL, &t.x, &by_fn, &source, &add, &t.p.op.window, &b, &why), &why,
         "function");
    ck_assert(same_bytes(&a, &b));
    must(lax_region_parse(selector_text, sizeof selector_text - 1, &region, &why), &why, "region");
    must(lax_region_selector(region, &by_region, &why), &why, "region_selector");
    must(lax_select_and_scatter(NULL, &t.x, &by_region, &source, &add, &t.p.op.window, &c, &why),
         &why, "region");
    ck_assert(same_bytes(&a, &c));
    lax_region_release(region);
    free(c.data);
    free(source.data);
    free(a.data);
    free(b.data);
    trial_free(&t);
}
END_TEST

Suite *suite_identity_window(void) {
    Suite *suite = suite_create("identity_window");
    TCase *tc = tcase_create("identity_window");
    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, sum_is_adjoint_to_its_gradient, 0, REPEAT);
    tcase_add_loop_test(tc, gather_is_adjoint_to_scatter, 0, REPEAT);
    tcase_add_loop_test(tc, pad_is_adjoint_to_its_gradients, 0, REPEAT);
    tcase_add_loop_test(tc, conv_transpose_is_a_gradient, 0, REPEAT);
    tcase_add_loop_test(tc, transpose_and_back, 0, REPEAT);
    tcase_add_loop_test(tc, scans_are_windows, 0, REPEAT);
    tcase_add_loop_test(tc, regions_agree, 0, REPEAT);
    tcase_add_loop_test(tc, selectors_agree, 0, REPEAT);
    suite_add_tcase(suite, tc);
    return suite;
}
