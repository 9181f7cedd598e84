/* SPDX-License-Identifier: Apache-2.0 */
/* HLO text: what its operations become, layouts as strides, initial values, frontend attributes,
 * and the questions that a module answers. */
#include <stdio.h>
#include <string.h>

#include "suites.h"
#include "text/text.h"

static void expect_sizes(const int64_t *got, int32_t n, const int64_t *expected) {
    for (int32_t i = 0; i < n; i++) ck_assert_int_eq(got[i], expected[i]);
}
#define EXPECT(got, ...)                                                                           \
    expect_sizes(got, (int32_t)(sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t)),               \
                 (int64_t[]){__VA_ARGS__})

START_TEST(convolution) {
    lax_operation o;
    lax_module *module = operation_of(
        "%r = bf16[4,2,5,8]{2,1,3,0} convolution(f32[4,6,4,3]{0,3,2,1} %x, f32[3,3,8,3]{3,2,1,0} "
        "%w), window={size=3x3 stride=3x1 pad=1_0x-1_4 lhs_dilate=1x1 rhs_dilate=1x1 "
        "rhs_reversal=0x1}, dim_labels=b01f_01oi->b01f, feature_group_count=1",
        &o);
    ck_assert_int_eq(o.op, LAX_OP_CONV);
    ck_assert_int_eq(o.n_operands, 2);
    EXPECT(o.conv.window_strides, 3, 1);
    EXPECT(o.conv.pads[0], 1, 0);
    EXPECT(o.conv.pads[1], -1, 4);
    ck_assert(!o.conv.window_reversal[0] && o.conv.window_reversal[1]);
    ck_assert_int_eq(o.conv.indices.rhs_spec[0], 2);
    ck_assert_int_eq(o.conv.indices.rhs_spec[1], 3);
    ck_assert_int_eq(o.conv.preferred_element_type, LAX_BF16);
    EXPECT(o.operands[0].strides, 1, 48, 12, 4);
    EXPECT(o.operands[1].strides, 72, 24, 3, 1);
    EXPECT(o.results[0].strides, 80, 5, 1, 10);
    lax_module_release(module);
}
END_TEST

START_TEST(windows) {
    lax_operation o;
    lax_module *module = operation_of(
        "%r = f32[5,2]{1,0} reduce-window(f32[5,4]{1,0} %x, f32[] %i), window={size=3x3 "
        "pad=1_1x1_2 stride=1x3 lhs_dilate=1x2 rhs_dilate=1x2}, to_apply=%multiply.7",
        &o);
    ck_assert_int_eq(o.op, LAX_OP_REDUCE_WINDOW);
    ck_assert_int_eq(o.reducer.kind, LAX_MUL);
    ck_assert_ptr_null(o.window.init_values[0]);
    EXPECT(o.window.window_dimensions, 3, 3);
    EXPECT(o.window.base_dilation, 1, 2);
    EXPECT(o.window.window_dilation, 1, 2);
    lax_module_release(module);
    module = operation_of("%r = s32[6]{0} select-and-scatter(s32[6]{0} %x, s32[2]{0} %y, s32[] "
                          "%i), window={size=3 stride=3}, select=%lt, scatter=%max",
                          &o);
    ck_assert_int_eq(o.op, LAX_OP_SELECT_AND_SCATTER);
    ck_assert_int_eq(o.select.kind, LAX_LT);
    ck_assert_int_eq(o.reducer.kind, LAX_MAX);
    lax_module_release(module);
}
END_TEST

/* A constant of ENTRY is the initial value; any other operand leaves the identity. */
START_TEST(initial_values) {
    static const char format[] =
        "HloModule m f { a = f32[] parameter(0) b = f32[] parameter(1) ROOT c = f32[] %s } ENTRY "
        "e { x = f32[4] parameter(0) i = f32[] constant(2.5) j = f32[] negate(i) ROOT r = f32[3] "
        "reduce-window(x, %s), window={size=2}, to_apply=f }";
    static const struct {
        const char *region, *init;
        bool callback;
        float expected; /* 0: none */
    } rows[] = {{"add(a, b)", "i", false, 2.5f},
                {"add(a, b)", "j", false, 0},
                {"subtract(a, b)", "i", true, 2.5f},
                {"subtract(a, b)", "j", true, 0}};
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        char text[600];
        lax_operation o;
        snprintf(text, sizeof text, format, rows[k].region, rows[k].init);
        lax_module *module = operation_of(text, &o);
        const float *value = o.window.init_values[0];
        ck_assert(rows[k].callback == (o.reducer.fn != NULL));
        ck_assert(rows[k].callback == (o.reducer.text != NULL));
        ck_assert((value != NULL) == (rows[k].callback || rows[k].expected != 0));
        if (value != NULL) ck_assert(*value == rows[k].expected);
        lax_module_release(module);
    }
}
END_TEST

START_TEST(frontend_attributes) {
    lax_operation o;
    lax_module *module = operation_of(
        "%r = f32[2,5]{1,0} convolution(f32[2,3]{1,0} %lhs, f32[3,5]{1,0} %rhs, f32[5]{0} %bias), "
        "dim_labels=bf_io->bf, frontend_attributes={lax.activation=\"clamp\",lax.bias=\"1\","
        "lax.alpha=\"-0.5\",lax.beta=\"6\",lax.bias_strides=\"3\",lax.lhs_strides=\"7,2\","
        "lax.result0_strides=\"-5,1\",lax.policy=\"fast\",lax.lowering=\"reference\","
        "lax.threads=\"3\",lax.open_batch=\"true\",mine=\"ignored\"}",
        &o);
    ck_assert_int_eq(o.epilogue.activation, LAX_CLAMP);
    ck_assert(o.epilogue.alpha == -0.5 && o.epilogue.beta == 6);
    ck_assert_int_eq(o.epilogue.bias->strides[0], 3);
    ck_assert_ptr_null(o.epilogue.residual);
    EXPECT(o.operands[0].strides, 7, 2);
    EXPECT(o.results[0].strides, -5, 1);
    ck_assert_int_eq(o.conv.policy, LAX_POLICY_FAST);
    ck_assert_str_eq(o.conv.lowering, "reference");
    ck_assert_int_eq(o.num_threads, 3);
    ck_assert(o.conv.open_batch);
    ck_assert_int_eq(lax_module_n_parameters(module), 3);
    lax_module_release(module);
}
END_TEST

static const struct {
    const char *name;
    lax_op op;
} kinds[] = {
    {"gradient of lhs", LAX_OP_CONV_GRAD_LHS},
    {"gradient of rhs", LAX_OP_CONV_GRAD_RHS},
    {"patches", LAX_OP_CONV_PATCHES},
    {"average", LAX_OP_AVG_POOL},
    {"arg-max", LAX_OP_REDUCE_WINDOW_ARG},
    {"a scan", LAX_OP_SCAN},
    {"a converting transpose", LAX_OP_TRANSPOSE},
    {"select_and_gather_add", LAX_OP_SELECT_AND_GATHER_ADD},
};

/* What HLO does not have comes from the corpus. */
START_TEST(kinds_beyond_hlo) {
    for (int32_t i = 0; i < hlo_sources.n; i++) {
        if (strcmp(hlo_sources.rows[i].name, kinds[_i].name) != 0) continue;
        lax_operation o;
        lax_module_release(operation_of(hlo_sources.rows[i].text, &o));
        ck_assert_int_eq(o.op, kinds[_i].op);
        return;
    }
    ck_abort_msg("the corpus lacks %s", kinds[_i].name);
}
END_TEST

/* The text of a reducer that is none of ours goes in front of the line. */
START_TEST(reducer_text) {
    lax_operation o;
    lax_module *module = operation_of(
        "HloModule m g { x = s32[] parameter(0) ROOT y = s32[] multiply(x, x) } f { a = s32[] "
        "parameter(0) b = s32[] parameter(1) c = s32[] call(a), to_apply=g ROOT d = s32[] "
        "subtract(c, b) } ENTRY e { x = s32[4] parameter(0) i = s32[] constant(3) ROOT r = "
        "s32[3] reduce-window(x, i), window={size=2}, to_apply=f }",
        &o);
    char line[2000];
    lax_operation_print(&o, line, sizeof line);
    ck_assert_int_eq(strncmp(line, "%g {", 4), 0);
    ck_assert_ptr_nonnull(strstr(line, "} %f {"));
    ck_assert_ptr_nonnull(strstr(line, "to_apply=%f, frontend_attributes={lax.init=\"3\"}"));
    lax_module_release(operation_of(line, &o));
    lax_module_release(module);
}
END_TEST

START_TEST(questions) {
    lax_tensor form;
    lax_error why;
    char others[200];
    lax_module *module = parsed(
        "HloModule m ENTRY e { x = f32[2,3]{0,1} parameter(1) s = s8[] parameter(0) n = f32[2,3] "
        "negate(x) v = f32[] constant(0) p = f32[4,3] pad(n, v), padding=1_1x0_0 t = f32[3,4] "
        "transpose(p), dimensions={1,0} r = f32[3,4] reverse(t), dimensions={0} ROOT o = "
        "(f32[3,4], s8[]) tuple(r, s) }");
    ck_assert_int_eq(lax_module_n_parameters(module), 2);
    ck_assert_int_eq(lax_module_n_results(module), 2);
    ck_assert_int_eq(lax_module_n_operations(module), 2);
    must(lax_module_parameter(module, 1, &form, &why), &why, "parameter");
    EXPECT(form.strides, 3, 1);
    ck_assert_ptr_null(form.data);
    must(lax_module_result(module, 1, &form, &why), &why, "result");
    ck_assert_int_eq(form.dtype, LAX_S8);
    size_t length = lax_module_others(module, others, sizeof others);
    ck_assert_str_eq(others, "%n (negate), %r (reverse)");
    ck_assert_uint_eq(length, strlen(others));
    ck_assert_int_eq(lax_module_parameter(module, 2, &form, &why), LAX_ERROR_VALUE);
    ck_assert_int_eq(lax_module_result(module, -1, &form, &why), LAX_ERROR_VALUE);
    lax_operation o;
    ck_assert_int_eq(lax_module_operation(module, 2, &o, &why), LAX_ERROR_VALUE);
    ck_assert_int_eq(lax_module_parameter(NULL, 0, &form, &why), LAX_ERROR_NULL);
    ck_assert_int_eq(lax_module_result(module, 0, NULL, &why), LAX_ERROR_NULL);
    ck_assert_int_eq(lax_module_operation(module, 0, NULL, &why), LAX_ERROR_NULL);
    lax_module_release(module);
    lax_module_release(NULL);
    ck_assert_int_eq(lax_module_n_parameters(NULL), 0);
    ck_assert_uint_eq(lax_module_print(NULL, NULL, 0), 0);
}
END_TEST

/* --- regions ---------------------------------------------------------------------------------- */

#define BODY(type, root)                                                                           \
    "f { a = " type "[] parameter(0) b = " type "[] parameter(1) ROOT c = " root " }"

static const struct {
    const char *text;
    lax_reducer_kind kind; /* unset: a callback, if status is LAX_OK */
    lax_select select;
    lax_status status; /* as a reducer */
} regions[] = {
    {BODY("f32", "f32[] add(b, a)"), LAX_ADD, LAX_SELECT_UNSET, LAX_OK},
    {BODY("f32", "f32[] multiply(a, b)"), LAX_MUL, LAX_SELECT_UNSET, LAX_OK},
    {BODY("f32", "f32[] maximum(b, a)"), LAX_MAX, LAX_SELECT_UNSET, LAX_OK},
    {BODY("c64", "c64[] minimum(a, b)"), LAX_MIN, LAX_SELECT_UNSET, LAX_OK},
    {BODY("s8", "s8[] and(a, b)"), LAX_AND, LAX_SELECT_UNSET, LAX_OK},
    {BODY("pred", "pred[] or(a, b)"), LAX_OR, LAX_SELECT_UNSET, LAX_OK},
    {BODY("u8", "u8[] xor(a, b)"), LAX_XOR, LAX_SELECT_UNSET, LAX_OK},
    {BODY("pred", "pred[] add(a, b)"), LAX_OR, LAX_SELECT_UNSET, LAX_OK},
    {BODY("f32", "f32[] subtract(a, b)"), LAX_REDUCER_UNSET, LAX_SELECT_UNSET, LAX_OK},
    {BODY("f32", "f32[] add(a, a)"), LAX_REDUCER_UNSET, LAX_SELECT_UNSET, LAX_OK},
    {BODY("f32", "pred[] compare(a, b), direction=GE"), LAX_REDUCER_UNSET, LAX_GE, LAX_ERROR_TYPE},
    {BODY("f32", "pred[] compare(b, a), direction=GE"), LAX_REDUCER_UNSET, LAX_LE, LAX_ERROR_TYPE},
    {BODY("s32", "pred[] compare(a, b), direction=LT, type=SIGNED"), LAX_REDUCER_UNSET, LAX_LT,
     LAX_ERROR_TYPE},
    {BODY("s32", "pred[] compare(b, a), direction=LT"), LAX_REDUCER_UNSET, LAX_GT, LAX_ERROR_TYPE},
    {"({ ^bb0(%a: tensor<f32>, %b: tensor<f32>): %c = stablehlo.maximum %a, %b : tensor<f32> "
     "stablehlo.return %c : tensor<f32> })",
     LAX_MAX, LAX_SELECT_UNSET, LAX_OK},
    {"^bb0(%a: tensor<i32>, %b: tensor<i32>):\n%c = stablehlo.add %a, %b : tensor<i32>\n"
     "stablehlo.return %c : tensor<i32>",
     LAX_ADD, LAX_SELECT_UNSET, LAX_OK},
    {"f { a = f32[] parameter(0) b = f32[] parameter(1) d = f32[] subtract(a, b) n = pred[] "
     "compare(d, d), direction=NE s = f32[] add(b, a) m = f32[] maximum(a, b) e = f32[] abs(d) g "
     "= f32[] negate(e) x = f32[] exponential(g) l = f32[] log-plus-one(x) t = f32[] add(m, l) "
     "ROOT r = f32[] select(n, s, t) }",
     LAX_REDUCER_UNSET, LAX_SELECT_UNSET, LAX_OK},
    {"f { a = f32[] parameter(0) b = f32[] parameter(1) d = f32[] subtract(b, a) n = pred[] "
     "compare(d, d), direction=NE s = f32[] add(b, a) m = f32[] maximum(b, a) e = f32[] abs(d) g "
     "= f32[] negate(e) x = f32[] exponential(g) l = f32[] log-plus-one(x) t = f32[] add(m, l) "
     "ROOT r = f32[] select(n, s, t) }",
     LAX_LOGADDEXP, LAX_SELECT_UNSET, LAX_OK},
    {"f { a = c64[] parameter(0) b = c64[] parameter(1) r = f32[] real(a) s = f32[] real(b) i = "
     "f32[] imag(a) j = f32[] imag(b) e = pred[] compare(r, s), direction=EQ, type=FLOAT g = "
     "pred[] compare(r, s), direction=GT h = pred[] compare(i, j), direction=GT w = pred[] "
     "select(e, h, g) ROOT o = c64[] select(w, a, b) }",
     LAX_MAX, LAX_SELECT_UNSET, LAX_OK},
};

START_TEST(recognised_regions) {
    lax_region *region;
    lax_reducer reducer;
    lax_selector selector;
    lax_error why;
    const char *text = regions[_i].text;
    must(lax_region_parse(text, strlen(text), &region, &why), &why, text);
    ck_assert_int_eq(lax_region_reducer(region, &reducer, &why), regions[_i].status);
    if (regions[_i].status == LAX_OK) {
        ck_assert_int_eq(reducer.kind, regions[_i].kind);
        ck_assert((reducer.fn != NULL) == (regions[_i].kind == LAX_REDUCER_UNSET));
    }
    lax_status status = lax_region_selector(region, &selector, &why);
    ck_assert((status == LAX_OK) ==
              (regions[_i].select != LAX_SELECT_UNSET || strstr(text, "pred[] parameter") != NULL));
    if (status == LAX_OK && regions[_i].select != LAX_SELECT_UNSET)
        ck_assert_int_eq(selector.kind, regions[_i].select);
    lax_region_release(region);
}
END_TEST

/* The interpreter over more lanes than it holds at once, with outputs over the accumulators, which
 * it exchanges with the elements. */
START_TEST(interpreted_lanes) {
    static const char text[] =
        "f { a = s32[] parameter(0) b = s32[] parameter(1) c = s32[] parameter(2) d = s32[] "
        "parameter(3) ROOT t = (s32[], s32[]) tuple(b, a) }";
    enum { N = 1000 };
    int32_t a[N], b[N];
    lax_region *region;
    lax_reducer reducer;
    lax_error why;
    must(lax_region_parse(text, strlen(text), &region, &why), &why, text);
    must(lax_region_reducer(region, &reducer, &why), &why, text);
    for (int32_t i = 0; i < N; i++) a[i] = i, b[i] = -i;
    const void *acc[] = {a, b}, *elem[] = {b, a};
    void *out[] = {a, b};
    ck_assert_int_eq(reducer.fn(reducer.user, N, acc, elem, out), LAX_OK);
    for (int32_t i = 0; i < N; i++) ck_assert(a[i] == -i && b[i] == i);
    lax_region_release(region);
    lax_region_release(NULL);
}
END_TEST

START_TEST(refused_regions) {
    static const struct {
        const char *text;
        lax_status status;
    } rows[] = {
        {"", LAX_ERROR_SYNTAX},
        {"f { a = f32[2] parameter(0) b = f32[2] parameter(1) ROOT c = f32[2] add(a, b) }",
         LAX_ERROR_TYPE},
        {"f { a = f32[] parameter(0) ROOT c = f32[] negate(a) }", LAX_ERROR_COUNT},
        {BODY("f32", "f32[] add(a, b)") " junk", LAX_ERROR_SYNTAX},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        lax_region *region;
        lax_error why;
        ck_assert_int_eq(lax_region_parse(rows[i].text, strlen(rows[i].text), &region, &why),
                         rows[i].status);
        ck_assert_int_eq(why.status, rows[i].status);
    }
    lax_error why;
    ck_assert_int_eq(lax_region_parse(NULL, 0, NULL, &why), LAX_ERROR_NULL);
    ck_assert_int_eq(lax_region_reducer(NULL, NULL, &why), LAX_ERROR_NULL);
    ck_assert_int_eq(lax_region_selector(NULL, NULL, &why), LAX_ERROR_NULL);
}
END_TEST

Suite *suite_text_hlo(void) {
    Suite *suite = suite_create("text_hlo");
    TCase *tc = tcase_create("hlo");
    tcase_add_test(tc, convolution);
    tcase_add_test(tc, windows);
    tcase_add_test(tc, initial_values);
    tcase_add_test(tc, frontend_attributes);
    tcase_add_loop_test(tc, kinds_beyond_hlo, 0, sizeof kinds / sizeof *kinds);
    tcase_add_test(tc, reducer_text);
    tcase_add_test(tc, questions);
    tcase_add_loop_test(tc, recognised_regions, 0, sizeof regions / sizeof *regions);
    tcase_add_test(tc, interpreted_lanes);
    tcase_add_test(tc, refused_regions);
    suite_add_tcase(suite, tc);
    return suite;
}
