/* SPDX-License-Identifier: Apache-2.0 */
/* Modules over inputs that count 0, 1, 2, ..., and what they give. */
#include "text/eval_rows.h"

static const struct row rows[] = {
    {"select with a scalar",
     "ENTRY e { p = pred[] constant(true) a = s8[2] constant({1, 2}) b = s8[2] "
     "constant({3, 4}) ROOT r = s8[2] select(p, a, b) }",
     "s8[2] 1 2"},
    {"select of wide elements",
     "ENTRY e { p = pred[2] constant({true, false}) a = c128[2] constant({(1, 1), (2, 2)}) "
     "b = c128[2] constant({(3, 3), (4, 4)}) ROOT r = c128[2] select(p, a, b) }",
     "c128[2] (1,1) (4,4)"},
    {"select of halves",
     "ENTRY e { p = pred[2] constant({true, false}) a = f16[2] constant({1, 2}) b = f16[2] "
     "constant({3, 4}) ROOT r = f16[2] select(p, a, b) }",
     "f16[2] 1 4"},
    {"select of doubles",
     "ENTRY e { p = pred[2] constant({true, false}) a = f64[2] constant({1, 2}) b = f64[2] "
     "constant({3, 4}) ROOT r = f64[2] select(p, a, b) }",
     "f64[2] 1 4"},
    {"clamp",
     "ENTRY e { l = f32[] constant(-1) h = f32[3] constant({1, 2, 3}) x = f32[3] "
     "constant({-5, 5, nan}) ROOT r = f32[3] clamp(l, x, h) }",
     "f32[3] -1 2 nan"},
    {"clamp of integers",
     "ENTRY e { l = u8[] constant(3) h = u8[] constant(7) x = u8[3] constant({1, 5, 9}) "
     "ROOT r = u8[3] clamp(l, x, h) }",
     "u8[3] 3 5 7"},
    {"reverse, slice, transpose",
     "ENTRY e { x = f32[2,3] parameter(0) r = f32[2,3] reverse(x), dimensions={1} s = "
     "f32[2,2] slice(r), slice={[0:2], [0:3:2]} ROOT t = f32[2,2] transpose(s), "
     "dimensions={1,0} }",
     "f32[2,2] 2 5 0 3"},
    {"broadcast and reshape",
     "ENTRY e { x = s32[2,1] parameter(0) b = s32[2,3] broadcast(x), dimensions={0,1} ROOT "
     "r = s32[6] reshape(b) }",
     "s32[6] 0 0 0 1 1 1"},
    {"concatenate with an empty part",
     "ENTRY e { x = s8[1,2] parameter(0) y = s8[0,2] parameter(1) z = s8[2,2] parameter(2) "
     "ROOT c = s8[3,2] concatenate(x, y, z), dimensions={0} }",
     "s8[3,2] 0 1 2 3 4 5"},
    {"iota",
     "ENTRY e { i = u8[2,3] iota(), iota_dimension=1 j = c64[2] iota(), iota_dimension=0 "
     "ROOT t = (u8[2,3], c64[2]) tuple(i, j) }",
     "u8[2,3] 0 1 2 0 1 2; c64[2] (0,0) (1,0)"},
    {"a parameter as the result", "ENTRY e { ROOT x = f32[2] parameter(0) }", "f32[2] 0 1"},
    {"the same value twice",
     "ENTRY e { x = f32[2] parameter(0) ROOT t = (f32[2], f32[2]) tuple(x, x) }",
     "f32[2] 0 1; f32[2] 0 1"},
    {"an empty tuple", "ENTRY e { x = f32[2] parameter(0) ROOT t = () tuple() }", "nothing"},
    {"an empty result", "ENTRY e { x = f32[0,2] parameter(0) ROOT n = f32[0,2] negate(x) }",
     "f32[0,2]"},
    {"matrix product",
     "ENTRY e { a = s32[2,3] parameter(0) b = s32[3,2] parameter(1) ROOT d = s32[2,2] "
     "dot(a, b), lhs_contracting_dims={1}, rhs_contracting_dims={0} }",
     "s32[2,2] 28 31 100 112"},
    {"outer product",
     "ENTRY e { a = s32[2] parameter(0) b = s32[3] parameter(1) ROOT d = s32[2,3] dot(a, "
     "b) }",
     "s32[2,3] 0 0 0 2 3 4"},
    {"two batches and two sums",
     "ENTRY e { a = s32[2,2,3,1] parameter(0) b = s32[1,2,3,2] parameter(1) ROOT d = "
     "s32[2] dot(a, b), lhs_batch_dims={0}, rhs_batch_dims={3}, "
     "lhs_contracting_dims={1,2,3}, rhs_contracting_dims={1,2,0} }",
     "s32[2] 290 953"},
    {"a sum over nothing",
     "ENTRY e { a = f32[2,0] parameter(0) b = f32[0,2] parameter(1) ROOT d = f32[2,2] "
     "dot(a, b), lhs_contracting_dims={1}, rhs_contracting_dims={0} }",
     "f32[2,2] 0 0 0 0"},
    {"products in a wider type",
     "ENTRY e { a = s8[1,2] constant({{100, 100}}) b = s8[2,1] constant({{100}, {100}}) "
     "ROOT d = s32[1,1] dot(a, b), lhs_contracting_dims={1}, rhs_contracting_dims={0} }",
     "s32[1,1] 20000"},
    {"products in a type that JAX refuses",
     "ENTRY e { a = f32[1,2] constant({{1.75, 300}}) b = f32[2,1] constant({{2}, {1}}) "
     "ROOT d = s8[1,1] dot(a, b), lhs_contracting_dims={1}, rhs_contracting_dims={0} }",
     "s8[1,1] -127"},
    {"convolution",
     "ENTRY e { x = s32[1,1,4] parameter(0) w = s32[1,1,2] parameter(1) ROOT c = "
     "s32[1,1,5] convolution(x, w), window={size=2 pad=1_1}, dim_labels=bf0_oi0->bf0 }",
     "s32[1,1,5] 0 5 14 23 12"},
    {"convolution into a narrower type",
     "ENTRY e { x = f32[1,1,2] constant({{{1.75, 2}}}) w = f32[1,1,1] constant({{{2.5}}}) "
     "ROOT c = s32[1,1,2] convolution(x, w), window={size=1}, dim_labels=bf0_oi0->bf0 }",
     "s32[1,1,2] 2 4"},
    {"a padded size below 0 is 0",
     "ENTRY e { x = f32[1,1,2] parameter(0) w = f32[1,1,1] parameter(1) ROOT c = "
     "f32[1,1,0] convolution(x, w), window={size=1 pad=-3_0}, dim_labels=bf0_oi0->bf0 }",
     "f32[1,1,0]"},
    {"a window",
     "HloModule m f { a = s32[] parameter(0) b = s32[] parameter(1) ROOT c = s32[] add(a, "
     "b) } ENTRY e { x = s32[4] parameter(0) i = s32[] constant(100) ROOT r = s32[3] "
     "reduce-window(x, i), window={size=2}, to_apply=f }",
     "s32[3] 101 103 105"},
    {"a region that is not associative",
     "HloModule m f { a = s32[] parameter(0) b = s32[] parameter(1) ROOT c = s32[] "
     "subtract(a, b) } ENTRY e { x = s32[4] parameter(0) i = s32[] constant(0) ROOT r = "
     "s32[3] reduce-window(x, i), window={size=2}, to_apply=f }",
     "s32[3] -1 -3 -5"},
    {"a region that keeps the first",
     "HloModule m f { a = s32[] parameter(0) ROOT b = s32[] parameter(1) } ENTRY e { x = "
     "s32[4] parameter(0) i = s32[] constant(7) ROOT r = s32[2] reduce-window(x, i), "
     "window={size=2 stride=2}, to_apply=f }",
     "s32[2] 1 3"},
    {"a region that calls",
     "HloModule m g { x = s32[] parameter(0) y = s32[] parameter(1) ROOT z = s32[] "
     "multiply(x, y) } f { a = s32[] parameter(0) b = s32[] parameter(1) ROOT c = s32[] "
     "call(b, a), to_apply=g } ENTRY e { x = s32[4] parameter(0) i = s32[] constant(1) "
     "ROOT r = s32[] reduce(x, i), dimensions={0}, to_apply=f }",
     "s32[] 0"},
    {"add of pred is or",
     "HloModule m f { a = pred[] parameter(0) b = pred[] parameter(1) ROOT c = pred[] "
     "add(a, b) } ENTRY e { x = pred[3] constant({false, true, false}) i = pred[] "
     "constant(false) ROOT r = pred[2] reduce-window(x, i), window={size=2}, to_apply=f }",
     "pred[2] 1 1"},
    {"multiply of pred is and",
     "HloModule m f { a = pred[] parameter(0) b = pred[] parameter(1) ROOT c = pred[] "
     "multiply(a, b) } ENTRY e { x = pred[3] constant({true, true, false}) i = pred[] "
     "constant(true) ROOT r = pred[2] reduce-window(x, i), window={size=2}, to_apply=f }",
     "pred[2] 1 0"},
    {"a selector of its own",
     "HloModule m g { a = s32[] parameter(0) b = s32[] parameter(1) k = s32[] constant(5) "
     "c = s32[] remainder(a, k) d = s32[] remainder(b, k) ROOT p = pred[] compare(c, d), "
     "direction=GE } f { a = s32[] parameter(0) b = s32[] parameter(1) ROOT c = s32[] "
     "add(a, b) } ENTRY e { x = s32[6] parameter(0) y = s32[2] parameter(1) i = s32[] "
     "constant(0) ROOT r = s32[6] select-and-scatter(x, y, i), window={size=3 stride=3}, "
     "select=g, scatter=f }",
     "s32[6] 0 0 6 0 7 0"},
    {"a selector with the arguments exchanged",
     "HloModule m g { a = s32[] parameter(0) b = s32[] parameter(1) ROOT p = pred[] "
     "compare(b, a), direction=LE } f { a = s32[] parameter(0) b = s32[] parameter(1) ROOT "
     "c = s32[] add(a, b) } ENTRY e { x = s32[4] parameter(0) y = s32[2] parameter(1) i = "
     "s32[] constant(0) ROOT r = s32[4] select-and-scatter(x, y, i), window={size=2 "
     "stride=2}, select=g, scatter=f }",
     "s32[4] 0 4 0 5"},
    {"initial values that are computed",
     "HloModule m f { a = s32[] parameter(0) b = s32[] parameter(1) ROOT c = s32[] add(a, "
     "b) } ENTRY e { x = s32[4] parameter(0) p = s32[] parameter(1) i = s32[] negate(p) "
     "ROOT r = s32[3] reduce-window(x, i), window={size=2}, to_apply=f }",
     "s32[3] -3 -1 1"},
    {"an operation that HLO does not have",
     "%r = (f32[3]{0}, s32[3]{0}) reduce-window(f32[6]{0} %operand, f32[] %init), "
     "window={size=2 stride=2}, to_apply=%add, frontend_attributes={lax.arg=\"lt\"}",
     "f32[3] 0 2 4; s32[3] 0 2 4"},
    {"an epilogue",
     "%r = f32[2,2]{1,0} convolution(f32[2,1]{1,0} %lhs, f32[1,2]{1,0} %rhs, f32[2]{0} "
     "%bias, f32[2,2]{1,0} %residual), dim_labels=bf_io->bf, "
     "frontend_attributes={lax.activation=\"relu6\",lax.bias=\"1\",lax.residual=\"1\"}",
     "f32[2,2] 6 6 6 6"},
    {"a converting transpose",
     "%r = s8[3,2]{1,0} transpose(f32[2,3]{1,0} %operand), dimensions={1,0}, "
     "frontend_attributes={lax.convert=\"s8\"}",
     "s8[3,2] 0 3 1 4 2 5"},
    {"a scan",
     "%r = s32[4]{0} reduce-window(s32[4]{0} %operand, s32[] %init), window={size=4 "
     "pad=3_0}, to_apply=%add, frontend_attributes={lax.scan=\"0\"}",
     "s32[4] 0 1 3 6"},
};

const struct eval_rows eval_modules = {rows, sizeof rows / sizeof *rows};
