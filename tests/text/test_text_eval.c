/* SPDX-License-Identifier: Apache-2.0 */
/* Evaluation: every operation against values worked out by hand, and what run() refuses. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "property/corner.h"
#include "suites.h"
#include "text/eval_rows.h"

static void check_row(const struct row *row) {
    char got[2000];
    evaluated(row->text, got, sizeof got);
    ck_assert_msg(strcmp(got, row->expected) == 0, "%s: %s, not %s\n%s", row->name, got,
                  row->expected, row->text);
}

START_TEST(elements) { check_row(&eval_elements.rows[_i]); }
END_TEST

START_TEST(modules) { check_row(&eval_modules.rows[_i]); }
END_TEST

#define NEGATE "HloModule m ENTRY e { x = f32[2,3] parameter(0) ROOT r = f32[2,3] negate(x) }"

static lax_status run_with(lax_tensor in, lax_tensor out, int32_t n_in, int32_t n_out,
                           lax_error *why) {
    lax_module *module = parsed(NEGATE);
    lax_status status = lax_module_run(NULL, module, &in, n_in, &out, n_out, why);
    lax_module_release(module);
    return status;
}

START_TEST(refused_tensors) {
    float data[6] = {0};
    const int64_t shape[] = {2, 3}, other[] = {3, 2};
    lax_error why;
    lax_tensor good = lax_tensor_of(LAX_F32, data, 2, shape);
    lax_tensor turned = lax_tensor_of(LAX_F32, data, 2, other);
    lax_tensor integer = lax_tensor_of(LAX_S32, data, 2, shape);
    lax_tensor nowhere = lax_tensor_of(LAX_F32, NULL, 2, shape), wild = good;
    wild.rank = 99;
    ck_assert_int_eq(run_with(good, good, 0, 1, &why), LAX_ERROR_COUNT);
    ck_assert_int_eq(run_with(good, good, 1, 2, &why), LAX_ERROR_COUNT);
    ck_assert_int_eq(run_with(turned, good, 1, 1, &why), LAX_ERROR_SHAPE_MISMATCH);
    ck_assert_str_eq(why.text, "input 0 must be f32[2,3], got f32[3,2]");
    ck_assert_int_eq(run_with(good, turned, 1, 1, &why), LAX_ERROR_SHAPE_MISMATCH);
    ck_assert_int_eq(run_with(integer, good, 1, 1, &why), LAX_ERROR_DTYPE_MISMATCH);
    ck_assert_int_eq(run_with(nowhere, good, 1, 1, &why), LAX_ERROR_NULL);
    ck_assert_int_eq(run_with(wild, good, 1, 1, &why), LAX_ERROR_SHAPE_MISMATCH);
    ck_assert_int_eq(run_with(good, good, 1, 1, &why), LAX_OK);
}
END_TEST

/* Inputs and outputs of any strides, here a transposed one and one that walks backwards. */
START_TEST(strided_tensors) {
    float in[6] = {0, 1, 2, 3, 4, 5}, out[6];
    lax_error why;
    lax_tensor x = {in, LAX_F32, 2, {2, 3}, {1, 2}}, y = {out + 5, LAX_F32, 2, {2, 3}, {-3, -1}};
    must(run_with(x, y, 1, 1, &why), &why, "strides");
    const float expected[] = {-5, -3, -1, -4, -2, 0};
    for (int i = 0; i < 6; i++) ck_assert(out[i] == expected[i]);
}
END_TEST

#define TWICE                                                                                      \
    "HloModule m ENTRY e { x = f32[2] parameter(0) n = f32[2] negate(x) "                          \
    "ROOT t = (f32[2], f32[2]) tuple(x, n) }"

/* Outputs must not lie on each other, and hold their elements once; nothing is written before. */
START_TEST(refused_outputs) {
    float data[4] = {1, 2, 7, 7}, out[4] = {9, 9, 9, 9};
    lax_error why;
    lax_module *module = parsed(TWICE);
    lax_tensor x = lax_tensor_of(LAX_F32, data, SHAPE(2)),
               a = lax_tensor_of(LAX_F32, out, SHAPE(2));
    lax_tensor b = a;
    b.data = out + 1;
    ck_assert_int_eq(lax_module_run(NULL, module, &x, 1, (lax_tensor[]){a, b}, 2, &why),
                     LAX_ERROR_OVERLAP);
    ck_assert_ptr_nonnull(strstr(why.text, "overlaps output 0"));
    b.data = out + 2;
    b.strides[0] = 0;
    ck_assert_int_eq(lax_module_run(NULL, module, &x, 1, (lax_tensor[]){a, b}, 2, &why),
                     LAX_ERROR_NOT_INJECTIVE);
    for (int i = 0; i < 4; i++) ck_assert(out[i] == 9);
    b.data = out + 1;
    a.strides[0] = b.strides[0] = 2; /* interleaved */
    must(lax_module_run(NULL, module, &x, 1, (lax_tensor[]){a, b}, 2, &why), &why, "interleaved");
    ck_assert(out[0] == 1 && out[1] == -1 && out[2] == 2 && out[3] == -2);
    lax_module_release(module);
}
END_TEST

/* A failure of any request leaves all outputs as they were. */
START_TEST(outputs_after_memory_failures) {
    float data[2] = {1, 2};
    lax_module *module = parsed(TWICE);
    lax_tensor x = lax_tensor_of(LAX_F32, data, SHAPE(2));
    lax_status status = LAX_ERROR_MEMORY;
    for (int64_t n = 0; status == LAX_ERROR_MEMORY; n++) {
        struct counting c;
        float out[4] = {9, 9, 9, 9};
        lax_tensor y[2] = {lax_tensor_of(LAX_F32, out, SHAPE(2)),
                           lax_tensor_of(LAX_F32, out + 2, SHAPE(2))};
        malloc_count_start(&c);
        c.fail_at = n;
        status = lax_module_run(NULL, module, &x, 1, y, 2, NULL);
        malloc_count_stop();
        for (int i = 0; status != LAX_OK && i < 4; i++) ck_assert(out[i] == 9);
    }
    ck_assert_int_eq(status, LAX_OK);
    lax_module_release(module);
}
END_TEST

/* A result that is a view of its input may be written over it. */
START_TEST(output_over_input) {
    float data[3] = {1, 2, 3};
    lax_error why;
    lax_module *module = parsed("HloModule m ENTRY e { x = f32[3] parameter(0) "
                                "ROOT r = f32[3] reverse(x), dimensions={0} }");
    lax_tensor x = lax_tensor_of(LAX_F32, data, 1, (int64_t[]){3});
    must(lax_module_run(NULL, module, &x, 1, &x, 1, &why), &why, "over the input");
    ck_assert(data[0] == 3 && data[1] == 2 && data[2] == 1);
    lax_module_release(module);
}
END_TEST

/* A convolution line of any two types is one operation for the module, a plan and a call: operands
 * are converted to the result's type, whether JAX would take it as preferred or not. */
static void check_pair(lax_dtype from, lax_dtype to) {
    char text[400];
    lax_operation op;
    lax_error why;
    lax_plan *plan;
    const char *a = lax_dtype_name(from), *b = lax_dtype_name(to);
    snprintf(text, sizeof text,
             "%%r = %s[1,1,3] convolution(%s[1,1,4] %%x, %s[1,1,2] %%w), window={size=2}, "
             "dim_labels=bf0_oi0->bf0",
             b, a, a);
    lax_module *module = operation_of(text, &op);
    lax_tensor numbers = lax_tensor_of(LAX_F64, (double[]){1.75, -2, 300, 0.5, 3, -1.25}, SHAPE(6));
    lax_tensor in = dense_new(from, SHAPE(6)), same = dense_new(to, SHAPE(6));
    must(lax_transpose(NULL, &numbers, NULL, &in, &why), &why, text);
    must(lax_transpose(NULL, &in, NULL, &same, &why), &why, text);
    lax_tensor x = op.operands[0], w = op.operands[1], cx = x, cw = w, y[3];
    x.data = in.data, w.data = (char *)in.data + 4 * lax_dtype_size(from);
    cx.data = same.data, cw.data = (char *)same.data + 4 * lax_dtype_size(to);
    cx.dtype = cw.dtype = to;
    for (int k = 0; k < 3; k++) y[k] = dense_new(to, SHAPE(1, 1, 3));
    must(lax_module_run(NULL, module, (lax_tensor[]){x, w}, 2, &y[0], 1, &why), &why, text);
    must(
        lax_operation_run(NULL, &op, (const lax_tensor *[]){&x, &w}, (lax_tensor *[]){&y[1]}, &why),
        &why, text);
    must(lax_conv_general_dilated(NULL, &cx, &cw, &LAX_CONV_OPTIONS(.padding = "VALID"), &y[2],
                                  &why),
         &why, text);
    must(lax_operation_plan(NULL, &op, &plan, &why), &why, text);
    lax_plan_release(plan);
    ck_assert_msg(memcmp(y[0].data, y[1].data, 3 * lax_dtype_size(to)) == 0, "run: %s", text);
    ck_assert_msg(memcmp(y[0].data, y[2].data, 3 * lax_dtype_size(to)) == 0, "convert: %s", text);
    for (int k = 0; k < 3; k++) free(y[k].data);
    free(in.data);
    free(same.data);
    lax_module_release(module);
}

START_TEST(result_types) {
    for (lax_dtype to = LAX_F64; to <= LAX_C128; to++) check_pair((lax_dtype)_i, to);
}
END_TEST

/* Every allocation of an evaluation fails in turn: a status, and no leak for the sanitizers. */
START_TEST(memory_failures) {
    static const char text[] =
        "HloModule m f { a = f32[] parameter(0) b = f32[] parameter(1) ROOT c = f32[] "
        "add(a, b) } g { x = f32[4] parameter(0) ROOT n = f32[4] negate(x) } ENTRY e { x = "
        "f32[4] parameter(0) y = f32[4] call(x), to_apply=g t = f32[2,2] reshape(y) u = f32[2,2] "
        "transpose(t), dimensions={1,0} v = f32[4] reshape(u) i = f32[] constant(0) w = f32[3] "
        "reduce-window(v, i), window={size=2}, to_apply=f j = f32[3] iota(), iota_dimension=0 "
        "k = f32[6] concatenate(w, j), dimensions={0} ROOT d = f32[] dot(k, k), "
        "lhs_contracting_dims={0}, rhs_contracting_dims={0} }";
    float data[4] = {1, 2, 3, 4}, sum;
    lax_module *module = parsed(text);
    lax_tensor x = lax_tensor_of(LAX_F32, data, 1, (int64_t[]){4});
    lax_tensor y = lax_tensor_of(LAX_F32, &sum, 0, NULL);
    lax_status status = LAX_ERROR_MEMORY;
    int64_t failures = 0;
    for (; status == LAX_ERROR_MEMORY; failures++) {
        lax_error why;
        struct counting c;
        malloc_count_start(&c);
        c.fail_at = failures;
        status = lax_module_run(NULL, module, &x, 1, &y, 1, &why);
        malloc_count_stop();
        ck_assert(status == LAX_OK || (status == LAX_ERROR_MEMORY && why.text[0] != '\0'));
    }
    ck_assert_int_eq(status, LAX_OK);
    ck_assert_int_gt(failures, 10);
    ck_assert(sum == 16 + 25 + 36 + 0 + 1 + 4);
    lax_module_release(module);
}
END_TEST

Suite *suite_text_eval(void) {
    Suite *suite = suite_create("text_eval");
    TCase *tc = tcase_create("eval");
    tcase_add_loop_test(tc, elements, 0, eval_elements.n);
    tcase_add_loop_test(tc, modules, 0, eval_modules.n);
    tcase_add_test(tc, refused_tensors);
    tcase_add_test(tc, strided_tensors);
    tcase_add_test(tc, refused_outputs);
    tcase_add_test(tc, outputs_after_memory_failures);
    tcase_add_test(tc, output_over_input);
    tcase_add_loop_test(tc, result_types, LAX_F64, LAX_C128 + 1);
    tcase_add_test(tc, memory_failures);
    suite_add_tcase(suite, tc);
    return suite;
}
