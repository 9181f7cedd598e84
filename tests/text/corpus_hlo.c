/* SPDX-License-Identifier: Apache-2.0 */
/* HLO texts that must be accepted: every operation, every form. */
#include "text/text.h"

static const struct source rows[] = {
    {"a dump of XLA, with everything that is of no account",
     "HloModule jit_f, is_scheduled=true, entry_computation_layout={(f32[1,4,4,3]{3,2,1,0}, "
     "f32[3,3,3,8]{3,2,1,0})->f32[1,4,4,8]{3,2,1,0}}, "
     "allow_spmd_sharding_propagation_to_output={true}, num_partitions=2, "
     "input_output_alias={ {}: (0, {}, may-alias) }\n"
     "\n"
     "// a comment\n"
     "%region_0.1 (Arg_0.2: f32[], Arg_1.3: f32[]) -> f32[] {\n"
     "  %Arg_0.2 = f32[] parameter(0), metadata={op_name=\"jit(f)/reduce_max\"}\n"
     "  %Arg_1.3 = f32[] parameter(1)\n"
     "  ROOT %maximum.4 = f32[] maximum(f32[] %Arg_0.2, f32[] %Arg_1.3), "
     "metadata={op_type=\"max\" source_file=\"a.py\" source_line=3}\n"
     "}, execution_thread=\"main\"\n"
     "\n"
     "ENTRY %main.10 (lhs.1: f32[1,4,4,3], rhs.2: f32[3,3,3,8]) -> f32[1,2,2,8] {\n"
     "  %lhs.1 = f32[1,4,4,3]{3,2,1,0} parameter(0), sharding={devices=[1,1,1,2]<=[2]}\n"
     "  %rhs.2 = f32[3,3,3,8]{3,2,1,0} parameter(1), sharding={replicated}\n"
     "  %convolution.3 = f32[1,4,4,8]{3,2,1,0:T(8,128)} convolution(f32[1,4,4,3]{3,2,1,0} "
     "%lhs.1, f32[3,3,3,8]{3,2,1,0} %rhs.2), window={size=3x3 pad=1_1x1_1}, "
     "dim_labels=b01f_01io->b01f, operand_precision={highest,highest}, "
     "backend_config=\"{\\\"a\\\":[1,2]}\", frontend_attributes={other=\"{x}\"}\n"
     "  %constant.4 = f32[] constant(-inf)\n"
     "  ROOT %reduce-window.5 = f32[1,2,2,8]{3,2,1,0} reduce-window(f32[1,4,4,8]{3,2,1,0} "
     "%convolution.3, /*index=1*/f32[] %constant.4), window={size=1x2x2x1 stride=1x2x2x1}, "
     "to_apply=%region_0.1\n"
     "}\n"},
    {"names without % and layouts",
     "HloModule m\n"
     "f {\n"
     "  a = f32[] parameter(0)\n"
     "  b = f32[] parameter(1)\n"
     "  ROOT s = f32[] add(a, b)\n"
     "}\n"
     "g {\n"
     "  a = f32[] parameter(0)\n"
     "  b = f32[] parameter(1)\n"
     "  ROOT c = pred[] compare(a, b), direction=GE\n"
     "}\n"
     "ENTRY e {\n"
     "  y = f32[4] parameter(1)\n"
     "  x = f32[8] parameter(0)\n"
     "  zero = f32[] constant(0)\n"
     "  ROOT r = f32[8] select-and-scatter(x, y, zero), window={size=2 stride=2}, select=g, "
     "scatter=f\n"
     "}\n"},
    {"movement", "HloModule m\n"
                 "ENTRY e {\n"
                 "  x = f32[2,3] parameter(0)\n"
                 "  v = f32[] constant(-1.5)\n"
                 "  p = f32[5,6] pad(x, v), padding=1_2x-1_2_1\n"
                 "  t = f32[6,5]{0,1} transpose(p), dimensions={1,0}\n"
                 "  r = f32[6,5] reverse(t), dimensions={0,1}\n"
                 "  s = f32[3,2] slice(r), slice={[0:6:2], [1:3]}\n"
                 "  i = f32[3,2] iota(), iota_dimension=1\n"
                 "  c = f32[3,4] concatenate(s, i), dimensions={1}\n"
                 "  h = f32[12] reshape(c)\n"
                 "  b = f32[12,2] broadcast(h), dimensions={0}\n"
                 "  d = s32[12,2] convert(b)\n"
                 "  q = f32[2,3] reduce-precision(x), exponent_bits=5, mantissa_bits=2\n"
                 "  k = f32[2,3] copy(q)\n"
                 "  ROOT o = (s32[12,2], f32[2,3]) tuple(d, k)\n"
                 "}\n"},
    {"constants",
     "HloModule m\n"
     "ENTRY e {\n"
     "  a = f32[2,2] constant({ { 1, -2.5e-3 }, { inf, nan } })\n"
     "  b = s8[3] constant({-128, 0, 127})\n"
     "  c = pred[2] constant({true, 0})\n"
     "  d = c64[2] constant({(1, -2), (inf, -nan)})\n"
     "  e = f32[0,3] constant({})\n"
     "  f = f32[2,0] constant({ {}, {} })\n"
     "  g = bf16[] constant(1.5)\n"
     "  h = f16[2] constant({65504, -nan(0x201)})\n"
     "  i = u64[] constant(18446744073709551615)\n"
     "  j = f64[] constant(4.9406564584124654e-324)\n"
     "  k = s64[] constant(-9223372036854775808)\n"
     "  ROOT t = (f32[2,2], s8[3], pred[2], c64[2], f32[0,3], f32[2,0], bf16[], f16[2], "
     "u64[], f64[], s64[]) tuple(a, b, c, d, e, f, g, h, i, j, k)\n"
     "}\n"},
    {"a variadic reduction and its elements",
     "HloModule m\n"
     "argmax {\n"
     "  v = f32[] parameter(0)\n"
     "  i = s32[] parameter(1)\n"
     "  w = f32[] parameter(2)\n"
     "  j = s32[] parameter(3)\n"
     "  g = pred[] compare(v, w), direction=GE\n"
     "  k = f32[] select(g, v, w)\n"
     "  l = s32[] select(g, i, j)\n"
     "  ROOT t = (f32[], s32[]) tuple(k, l)\n"
     "}\n"
     "ENTRY e {\n"
     "  x = f32[2,4] parameter(0)\n"
     "  n = s32[2,4] iota(), iota_dimension=1\n"
     "  lowest = f32[] constant(-inf)\n"
     "  zero = s32[] constant(0)\n"
     "  r = (f32[2], s32[2]) reduce(x, n, lowest, zero), dimensions={1}, to_apply=argmax\n"
     "  v = f32[2] get-tuple-element(r), index=0\n"
     "  i = s32[2] get-tuple-element(r), index=1\n"
     "  ROOT o = (f32[2], s32[2]) tuple(v, i)\n"
     "}\n"},
    {"calls", "HloModule m\n"
              "twice {\n"
              "  x = f32[3] parameter(0)\n"
              "  ROOT y = f32[3] add(x, x)\n"
              "}\n"
              "pair {\n"
              "  x = f32[3] parameter(0)\n"
              "  y = f32[3] call(x), to_apply=twice\n"
              "  ROOT t = (f32[3], f32[3]) tuple(y, x)\n"
              "}\n"
              "ENTRY e {\n"
              "  x = f32[3] parameter(0)\n"
              "  t = (f32[3], f32[3]) call(x), to_apply=pair\n"
              "  a = f32[3] get-tuple-element(t), index=0\n"
              "  b = f32[3] get-tuple-element(t), index=1\n"
              "  ROOT d = f32[3] subtract(a, b)\n"
              "}\n"},
    {"dot", "HloModule m\n"
            "ENTRY e {\n"
            "  a = f32[2,3,4] parameter(0)\n"
            "  b = f32[4,2,5] parameter(1)\n"
            "  ROOT d = f32[2,3,5] dot(a, b), lhs_batch_dims={0}, rhs_batch_dims={1}, "
            "lhs_contracting_dims={2}, rhs_contracting_dims={0}\n"
            "}\n"},
    {"one instruction",
     "%r = f32[1,2,2,8]{3,2,1,0} convolution(f32[1,4,4,3]{3,2,1,0} %x, f32[3,3,3,8]{3,2,1,0} "
     "%w), window={size=3x3}, dim_labels=b01f_01io->b01f\n"},
    {"one instruction with layouts",
     "ROOT conv.1 = f32[4,2,2,8]{2,1,3,0} convolution(f32[4,4,4,3]{0,3,2,1} x, "
     "f32[3,3,3,8]{3,0,1,2} w), window={size=3x3 stride=2x2 pad=1_0x0_1 rhs_reversal=1x0}, "
     "dim_labels=b01f_01io->b01f\n"},
    {"a built-in reducer by name",
     "%r = f32[4]{0} reduce-window(f32[6]{0} %x, f32[] %i), window={size=3}, to_apply=%max.2\n"},
    {"a single instruction behind its computation",
     "%f { %a = s32[] parameter(0) %b = s32[] parameter(1) %c = s32[] subtract(%a, %b) ROOT "
     "%d = s32[] multiply(%c, %c) } %r = s32[4]{0} reduce-window(s32[6]{0} %x, s32[] %i), "
     "window={size=3}, to_apply=%f\n"},
    {"an epilogue",
     "%r = f32[2,5]{1,0} convolution(f32[2,3]{1,0} %lhs, f32[3,5]{1,0} %rhs, f32[5]{0} %bias, "
     "f32[2,5]{1,0} %residual), dim_labels=bf_io->bf, "
     "frontend_attributes={lax.activation=\"leaky_relu\",lax.bias=\"1\",lax.residual=\"1\",lax"
     ".alpha=\"0.25\"}\n"},
    {"strides and planning",
     "%r = f32[2,5]{1,0} convolution(f32[2,3]{1,0} %lhs, f32[3,5]{1,0} %rhs), "
     "dim_labels=bf_io->bf, "
     "frontend_attributes={lax.lhs_strides=\"7,2\",lax.out_strides=\"-5,1\",lax.policy=\"exact"
     "\",lax.lowering=\"reference\",lax.threads=\"3\"}\n"},
    {"gradient of lhs",
     "%r = f32[1,8,8,3]{3,2,1,0} convolution(f32[1,6,6,4]{3,2,1,0} %grad, "
     "f32[3,3,3,4]{3,2,1,0} %rhs), window={size=3x3}, dim_labels=b01f_01io->b01f, "
     "frontend_attributes={lax.grad=\"lhs\"}\n"},
    {"gradient of rhs",
     "%r = f32[3,3,3,4]{3,2,1,0} convolution(f32[1,8,8,3]{3,2,1,0} %lhs, "
     "f32[1,6,6,4]{3,2,1,0} %grad), window={size=3x3}, dim_labels=b01f_01io->b01f, "
     "frontend_attributes={lax.grad=\"rhs\"}\n"},
    {"patches",
     "%r = f32[1,6,6,27]{3,2,1,0} convolution(f32[1,8,8,3]{3,2,1,0} %lhs), window={size=3x3}, "
     "dim_labels=b01f_01io->b01f, frontend_attributes={lax.patches=\"3x3\"}\n"},
    {"average", "%r = f32[3]{0} reduce-window(f32[6]{0} %operand, f32[] %init), window={size=2 "
                "stride=2}, to_apply=%add, "
                "frontend_attributes={lax.average=\"inside\",lax.ceil_pads=\"0\"}\n"},
    {"arg-max", "%r = (f32[3]{0}, s32[3]{0}) reduce-window(f32[6]{0} %operand, f32[] %init), "
                "window={size=2 stride=2}, to_apply=%add, frontend_attributes={lax.arg=\"gt\"}\n"},
    {"select_and_gather_add",
     "%r = f32[3]{0} reduce-window(f32[6]{0} %tangents, f32[6]{0} %operand, f32[] %i, f32[] "
     "%j), window={size=2 stride=2}, to_apply=%add, frontend_attributes={lax.gather=\"le\"}\n"},
    {"a scan",
     "%r = f32[2,6]{1,0} reduce-window(f32[2,6]{1,0} %operand, f32[] %init), window={size=1x6 "
     "pad=0_0x0_5}, to_apply=%logaddexp, frontend_attributes={lax.scan=\"1,reverse\"}\n"},
    {"a converting transpose",
     "%r = bf16[3,2]{1,0} transpose(f32[2,3]{1,0} %operand), dimensions={1,0}, "
     "frontend_attributes={lax.convert=\"bf16\"}\n"},
    {"an initial value",
     "%r = f32[3]{0} reduce-window(f32[6]{0} %operand, f32[] %init), window={size=2 "
     "stride=2}, to_apply=%add, frontend_attributes={lax.init=\"-nan(0x7)\"}\n"},
    {"every element-wise operation of floats",
     "HloModule m\n"
     "ENTRY e {\n"
     "  x = f32[3] constant({0.5, -1, 2})\n"
     "  y = f32[3] constant({2, 3, -0.5})\n"
     "  a0 = f32[3] add(x, y)\n"
     "  a1 = f32[3] subtract(a0, y)\n"
     "  a2 = f32[3] multiply(a1, y)\n"
     "  a3 = f32[3] divide(a2, y)\n"
     "  a4 = f32[3] maximum(a3, y)\n"
     "  a5 = f32[3] minimum(a4, x)\n"
     "  a6 = f32[3] power(y, x)\n"
     "  a7 = f32[3] remainder(a5, y)\n"
     "  b0 = f32[3] negate(a7)\n"
     "  b1 = f32[3] abs(b0)\n"
     "  b2 = f32[3] exponential(b1)\n"
     "  b3 = f32[3] log(b2)\n"
     "  b4 = f32[3] log-plus-one(b3)\n"
     "  b5 = f32[3] exponential-minus-one(b4)\n"
     "  b6 = f32[3] sqrt(b5)\n"
     "  b7 = f32[3] rsqrt(b6)\n"
     "  b8 = f32[3] tanh(b7)\n"
     "  b9 = f32[3] logistic(b8)\n"
     "  c0 = f32[3] sign(b9)\n"
     "  c1 = f32[3] floor(c0)\n"
     "  c2 = f32[3] ceil(c1)\n"
     "  c3 = f32[3] round-nearest-even(c2)\n"
     "  c4 = f32[3] round-nearest-afz(c3)\n"
     "  c5 = f32[3] sine(c4)\n"
     "  c6 = f32[3] cosine(c5)\n"
     "  c7 = c64[3] complex(c6, b0)\n"
     "  c8 = f32[3] real(c7)\n"
     "  c9 = f32[3] imag(c7)\n"
     "  d0 = f32[] constant(0)\n"
     "  d1 = f32[] constant(1)\n"
     "  d2 = f32[3] clamp(d0, c9, d1)\n"
     "  d3 = pred[3] is-finite(a6)\n"
     "  d4 = pred[3] compare(c8, d2), direction=LT, type=TOTALORDER\n"
     "  d5 = pred[3] and(d3, d4)\n"
     "  d6 = pred[3] or(d5, d3)\n"
     "  d7 = pred[3] xor(d6, d4)\n"
     "  d8 = pred[3] not(d7)\n"
     "  ROOT r = f32[3] select(d8, x, y)\n"
     "}\n"},
};

const struct sources hlo_sources = {rows, sizeof rows / sizeof *rows};
