/* SPDX-License-Identifier: Apache-2.0 */
/* StableHLO text: its forms say the same as each other and as HLO, and give what was worked out by
 * hand. */
#include <stdio.h>
#include <string.h>

#include "suites.h"
#include "text/text.h"

/* Pairs of texts that must compute the same. */
static const struct pair {
    const char *name, *one, *other;
} pairs[] = {
    {"convolution",
     "%r = f32[1,4,7,4]{3,2,1,0} convolution(f32[1,8,8,3]{3,2,1,0} %x, f32[3,3,3,4]{3,2,1,0} %w), "
     "window={size=3x3 stride=2x1 pad=0_1x1_0 rhs_reversal=0x1}, dim_labels=b01f_01io->b01f",
     "func.func @main(%x: tensor<1x8x8x3xf32>, %w: tensor<3x3x3x4xf32>) -> tensor<1x4x7x4xf32> {\n"
     "  %0 = stablehlo.convolution(%x, %w) dim_numbers = [b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f], "
     "window = {stride = [2, 1], pad = [[0, 1], [1, 0]], reverse = [0, 1]} {batch_group_count = 1 "
     ": i64, feature_group_count = 1 : i64} : (tensor<1x8x8x3xf32>, tensor<3x3x3x4xf32>) -> "
     "tensor<1x4x7x4xf32>\n  return %0 : tensor<1x4x7x4xf32>\n}"},
    {"labels, pretty and raw",
     "func.func @f(%x: tensor<2x3x8xf32>, %w: tensor<5x3x4xf32>) -> tensor<4x2x4xf32> {\n"
     "  %0 = \"stablehlo.convolution\"(%x, %w) {batch_group_count = 1 : i64, feature_group_count = "
     "1 : i64, dimension_numbers = #stablehlo.conv<[b, f, 0]x[0, i, o]->[0, b, f]>} : "
     "(tensor<2x3x8xf32>, tensor<5x3x4xf32>) -> tensor<4x2x4xf32>\n  return %0 : "
     "tensor<4x2x4xf32>\n}",
     "func.func @f(%x: tensor<2x3x8xf32>, %w: tensor<5x3x4xf32>) -> tensor<4x2x4xf32> {\n"
     "  %0 = \"stablehlo.convolution\"(%x, %w) {batch_group_count = 1 : i64, feature_group_count = "
     "1 : i64, dimension_numbers = #stablehlo.conv<raw output_spatial_dimensions = [0], "
     "output_batch_dimension = 1, output_feature_dimension = 2, kernel_spatial_dimensions = [0], "
     "kernel_input_feature_dimension = 1, kernel_output_feature_dimension = 2, "
     "input_batch_dimension = 0, input_feature_dimension = 1, input_spatial_dimensions = [2]>} : "
     "(tensor<2x3x8xf32>, tensor<5x3x4xf32>) -> tensor<4x2x4xf32>\n  return %0 : "
     "tensor<4x2x4xf32>\n}"},
    {"reduce", "%r = f32[3]{0} reduce(f32[3,4]{1,0} %x, f32[] %i), dimensions={1}, to_apply=%max",
     "func.func @main(%x: tensor<3x4xf32>, %i: tensor<f32>) -> tensor<3xf32> {\n  %0 = "
     "stablehlo.reduce(%x init: %i) applies stablehlo.maximum across dimensions = [1] : "
     "(tensor<3x4xf32>, tensor<f32>) -> tensor<3xf32>\n  return %0 : tensor<3xf32>\n}"},
    {"reduce, with a region",
     "func.func @main(%x: tensor<3x4xf32>, %i: tensor<f32>) -> tensor<3xf32> {\n  %0 = "
     "stablehlo.reduce(%x init: %i) across dimensions = [1] : (tensor<3x4xf32>, tensor<f32>) -> "
     "tensor<3xf32>\n  reducer(%a: tensor<f32>, %b: tensor<f32>) {\n    %1 = stablehlo.subtract "
     "%a, %b : tensor<f32>\n    stablehlo.return %1 : tensor<f32>\n  }\n  return %0 : "
     "tensor<3xf32>\n}",
     "func.func @main(%x: tensor<3x4xf32>, %i: tensor<f32>) -> tensor<3xf32> {\n  %0 = "
     "\"stablehlo.reduce\"(%x, %i) ({\n  ^bb0(%a: tensor<f32>, %b: tensor<f32>):\n    %1 = "
     "\"stablehlo.subtract\"(%a, %b) : (tensor<f32>, tensor<f32>) -> tensor<f32>\n    "
     "\"stablehlo.return\"(%1) : (tensor<f32>) -> ()\n  }) {dimensions = array<i64: 1>} : "
     "(tensor<3x4xf32>, tensor<f32>) -> tensor<3xf32>\n  return %0 : tensor<3xf32>\n}"},
};

START_TEST(same_as) {
    char one[4000], other[4000];
    evaluated(pairs[_i].one, one, sizeof one);
    evaluated(pairs[_i].other, other, sizeof other);
    ck_assert_str_eq(one, other);
    ck_assert_msg(strstr(one, "] ") != NULL, "%s: %s", pairs[_i].name, one);
}
END_TEST

/* Sources of the corpus by name, and what they give on counted inputs. */
static const struct {
    const char *name, *expected;
} rows[] = {
    {"constants",
     "f32[2,2] 1 -0.002499999944 inf nan; s8[3] -128 0 127; pred[2] 1 0; c64[2] (1,-2) (inf,0); "
     "f32[0,3]; f16[2,3] 1.5 1.5 1.5 1.5 1.5 1.5; f32[2] 1 2; pred[9] 1 0 1 0 0 0 0 0 1"},
    {"calls, forwards too, and tuples", "f32[3] 0 1 2"},
    {"reduce in its three forms",
     "f32[4] 15 51 87 123; f32[] 0; f32[4] 5 11 17 23; s32[4] 5 5 5 5"},
    {"regions",
     "f32[3,5] 7 8 9 10 11 13 14 15 16 17 19 20 21 22 23; f32[4,6] 0 0 0 0 0 0 0 24 0 25 0 26 0 0 "
     "0 0 0 0 0 27 0 28 0 29"},
    {"without dimensions", "f32[2,4] 38 41 44 47 128 140 152 164; f32[] 36"},
};

START_TEST(values) {
    char got[4000];
    for (int32_t i = 0; i < stablehlo_sources.n; i++) {
        if (strcmp(stablehlo_sources.rows[i].name, rows[_i].name) != 0) continue;
        evaluated(stablehlo_sources.rows[i].text, got, sizeof got);
        ck_assert_str_eq(got, rows[_i].expected);
        return;
    }
    ck_abort_msg("the corpus lacks %s", rows[_i].name);
}
END_TEST

/* Each step of an interpreted region rounds to its type: e8m3 after bf16, halved. */
START_TEST(rounding_steps) {
    char got[400];
    static const char text[] =
        "func.func @main(%x: tensor<1xf32>) -> tensor<1xf32> {\n"
        "  %c = stablehlo.constant dense<0.0> : tensor<f32>\n"
        "  %v = stablehlo.constant dense<[1.30078125]> : tensor<1xf32>\n"
        "  %0 = \"stablehlo.reduce_window\"(%v, %c) <{window_dimensions = array<i64: 1>}> ({\n"
        "  ^bb0(%a: tensor<f32>, %b: tensor<f32>):\n"
        "    %h = stablehlo.convert %b : (tensor<f32>) -> tensor<bf16>\n"
        "    %w = stablehlo.convert %h : (tensor<bf16>) -> tensor<f32>\n"
        "    %p = stablehlo.reduce_precision %w, format = e8m3 : tensor<f32>\n"
        "    stablehlo.return %p : tensor<f32>\n"
        "  }) : (tensor<1xf32>, tensor<f32>) -> tensor<1xf32>\n"
        "  return %0 : tensor<1xf32>\n}";
    evaluated(text, got, sizeof got);
    ck_assert_str_eq(got, "f32[1] 1.25");
}
END_TEST

/* The only function is the entry; of several it is @main. */
START_TEST(entry) {
    lax_module *module;
    lax_error why;
    static const char two[] =
        "func.func @a(%x: tensor<f32>) -> tensor<f32> { return %x : tensor<f32> }\n"
        "func.func @b(%x: tensor<f32>) -> tensor<f32> { return %x : tensor<f32> }\n";
    lax_module_release(parsed("func.func @a(%x: tensor<f32>) -> tensor<f32> { return %x : "
                              "tensor<f32> }"));
    ck_assert_int_eq(lax_module_parse(two, strlen(two), &module, &why), LAX_ERROR_NAME);
}
END_TEST

/* Symbols that HLO could not print get names that it can. */
START_TEST(printable_names) {
    char text[1000];
    lax_module *module = parsed(
        "func.func @main(%x: tensor<f32>) -> tensor<f32> {\n  %0 = call @\"a b\"(%x) : "
        "(tensor<f32>) -> tensor<f32>\n  %1 = call @a_b(%0) : (tensor<f32>) -> tensor<f32>\n  "
        "return %1 : tensor<f32>\n}\nfunc.func private @\"a b\"(%x: tensor<f32>) -> tensor<f32> { "
        "return %x : tensor<f32> }\nfunc.func private @a_b(%x: tensor<f32>) -> tensor<f32> { %0 = "
        "stablehlo.negate %x : tensor<f32> return %0 : tensor<f32> }");
    lax_module_print(module, text, sizeof text);
    lax_module_release(parsed(text));
    lax_module_release(module);
}
END_TEST

Suite *suite_text_stablehlo(void) {
    Suite *suite = suite_create("text_stablehlo");
    TCase *tc = tcase_create("stablehlo");
    tcase_add_loop_test(tc, same_as, 0, sizeof pairs / sizeof *pairs);
    tcase_add_loop_test(tc, values, 0, sizeof rows / sizeof *rows);
    tcase_add_test(tc, rounding_steps);
    tcase_add_test(tc, entry);
    tcase_add_test(tc, printable_names);
    suite_add_tcase(suite, tc);
    return suite;
}
