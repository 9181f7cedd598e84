/* SPDX-License-Identifier: Apache-2.0 */
/* Element-wise operations with their corner cases, and what they give. */
#include "text/eval_rows.h"

static const struct row rows[] = {
    {"add s8",
     "ENTRY e { a = s8[3] constant({127, -128, 1}) b = s8[3] constant({1, -1, 2}) ROOT r = "
     "s8[3] add(a, b) }",
     "s8[3] -128 127 3"},
    {"subtract u8",
     "ENTRY e { a = u8[2] constant({0, 200}) b = u8[2] constant({1, 100}) ROOT r = u8[2] "
     "subtract(a, b) }",
     "u8[2] 255 100"},
    {"multiply u16",
     "ENTRY e { a = u16[2] constant({65535, 300}) b = u16[2] constant({65535, 300}) ROOT r "
     "= u16[2] multiply(a, b) }",
     "u16[2] 1 24464"},
    {"multiply s32",
     "ENTRY e { a = s32[2] constant({2147483647, -3}) b = s32[2] constant({2, 7}) ROOT r = "
     "s32[2] multiply(a, b) }",
     "s32[2] -2 -21"},
    {"divide s32",
     "ENTRY e { a = s32[4] constant({7, -7, 5, -2147483648}) b = s32[4] constant({2, 2, 0, "
     "-1}) ROOT r = s32[4] divide(a, b) }",
     "s32[4] 3 -3 -1 -2147483648"},
    {"divide u32",
     "ENTRY e { a = u32[2] constant({7, 5}) b = u32[2] constant({2, 0}) ROOT r = u32[2] "
     "divide(a, b) }",
     "u32[2] 3 4294967295"},
    {"remainder s8",
     "ENTRY e { a = s8[4] constant({7, -7, 5, -128}) b = s8[4] constant({3, 3, 0, -1}) "
     "ROOT r = s8[4] remainder(a, b) }",
     "s8[4] 1 -1 5 0"},
    {"power s32",
     "ENTRY e { a = s32[6] constant({2, -3, 2, 1, -1, 0}) b = s32[6] constant({10, 3, -1, "
     "-5, -3, 0}) ROOT r = s32[6] power(a, b) }",
     "s32[6] 1024 -27 0 1 -1 1"},
    {"maximum u64",
     "ENTRY e { a = u64[2] constant({1, 18446744073709551615}) b = u64[2] constant({2, 3}) "
     "ROOT r = u64[2] maximum(a, b) }",
     "u64[2] 2 1.844674407e+19"},
    {"minimum s16",
     "ENTRY e { a = s16[2] constant({-5, 4}) b = s16[2] constant({3, -4}) ROOT r = s16[2] "
     "minimum(a, b) }",
     "s16[2] -5 -4"},
    {"shift-left s8",
     "ENTRY e { a = s8[4] constant({1, 1, 1, 3}) b = s8[4] constant({3, 7, 8, -1}) ROOT r "
     "= s8[4] shift-left(a, b) }",
     "s8[4] 8 -128 0 0"},
    {"shift-right-arithmetic s8",
     "ENTRY e { a = s8[3] constant({-128, -128, 64}) b = s8[3] constant({3, 9, 2}) ROOT r "
     "= s8[3] shift-right-arithmetic(a, b) }",
     "s8[3] -16 -1 16"},
    {"shift-right-logical s8",
     "ENTRY e { a = s8[3] constant({-128, -128, 64}) b = s8[3] constant({3, 9, 2}) ROOT r "
     "= s8[3] shift-right-logical(a, b) }",
     "s8[3] 16 0 16"},
    {"and s32",
     "ENTRY e { a = s32[2] constant({12, -1}) b = s32[2] constant({10, 7}) ROOT r = s32[2] "
     "and(a, b) }",
     "s32[2] 8 7"},
    {"or u8",
     "ENTRY e { a = u8[2] constant({12, 1}) b = u8[2] constant({10, 2}) ROOT r = u8[2] "
     "or(a, b) }",
     "u8[2] 14 3"},
    {"xor s64",
     "ENTRY e { a = s64[2] constant({12, -1}) b = s64[2] constant({10, 1}) ROOT r = s64[2] "
     "xor(a, b) }",
     "s64[2] 6 -2"},
    {"not s8", "ENTRY e { a = s8[3] constant({0, -1, 5}) ROOT r = s8[3] not(a) }", "s8[3] -1 0 -6"},
    {"negate s8", "ENTRY e { a = s8[2] constant({-128, 5}) ROOT r = s8[2] negate(a) }",
     "s8[2] -128 -5"},
    {"negate u8", "ENTRY e { a = u8[2] constant({1, 0}) ROOT r = u8[2] negate(a) }", "u8[2] 255 0"},
    {"abs s8", "ENTRY e { a = s8[3] constant({-128, -3, 4}) ROOT r = s8[3] abs(a) }",
     "s8[3] -128 3 4"},
    {"sign s32", "ENTRY e { a = s32[3] constant({-9, 0, 9}) ROOT r = s32[3] sign(a) }",
     "s32[3] -1 0 1"},
    {"add pred",
     "ENTRY e { a = pred[3] constant({true, true, false}) b = pred[3] constant({true, "
     "false, false}) ROOT r = pred[3] add(a, b) }",
     "pred[3] 1 1 0"},
    {"multiply pred",
     "ENTRY e { a = pred[3] constant({true, true, false}) b = pred[3] constant({true, "
     "false, false}) ROOT r = pred[3] multiply(a, b) }",
     "pred[3] 1 0 0"},
    {"xor pred",
     "ENTRY e { a = pred[2] constant({true, true}) b = pred[2] constant({true, false}) "
     "ROOT r = pred[2] xor(a, b) }",
     "pred[2] 0 1"},
    {"not pred", "ENTRY e { a = pred[2] constant({true, false}) ROOT r = pred[2] not(a) }",
     "pred[2] 0 1"},
    {"maximum pred",
     "ENTRY e { a = pred[2] constant({true, false}) b = pred[2] constant({false, false}) "
     "ROOT r = pred[2] maximum(a, b) }",
     "pred[2] 1 0"},
    {"minimum pred",
     "ENTRY e { a = pred[2] constant({true, true}) b = pred[2] constant({false, true}) "
     "ROOT r = pred[2] minimum(a, b) }",
     "pred[2] 0 1"},
    {"add f32",
     "ENTRY e { a = f32[2] constant({1, inf}) b = f32[2] constant({2, -inf}) ROOT r = "
     "f32[2] add(a, b) }",
     "f32[2] 3 nan"},
    {"divide f64",
     "ENTRY e { a = f64[3] constant({1, -1, 0}) b = f64[3] constant({0, 0, 0}) ROOT r = "
     "f64[3] divide(a, b) }",
     "f64[3] inf -inf nan"},
    {"maximum f32",
     "ENTRY e { a = f32[4] constant({nan, 1, -0, 2}) b = f32[4] constant({1, nan, 0, 3}) "
     "ROOT r = f32[4] maximum(a, b) }",
     "f32[4] nan nan 0 3"},
    {"minimum f32",
     "ENTRY e { a = f32[4] constant({nan, 1, 0, 2}) b = f32[4] constant({1, nan, -0, 3}) "
     "ROOT r = f32[4] minimum(a, b) }",
     "f32[4] nan nan -0 2"},
    {"maximum bf16",
     "ENTRY e { a = bf16[2] constant({1.5, nan}) b = bf16[2] constant({2.5, 1}) ROOT r = "
     "bf16[2] maximum(a, b) }",
     "bf16[2] 2.5 nan"},
    {"remainder f32",
     "ENTRY e { a = f32[2] constant({5.5, -5.5}) b = f32[2] constant({3, 3}) ROOT r = "
     "f32[2] remainder(a, b) }",
     "f32[2] 2.5 -2.5"},
    {"power f32",
     "ENTRY e { a = f32[3] constant({2, 2, -8}) b = f32[3] constant({3, -1, 2}) ROOT r = "
     "f32[3] power(a, b) }",
     "f32[3] 8 0.5 64"},
    {"add f16",
     "ENTRY e { a = f16[2] constant({2048, 65504}) b = f16[2] constant({1, 65504}) ROOT r "
     "= f16[2] add(a, b) }",
     "f16[2] 2048 inf"},
    {"add bf16",
     "ENTRY e { a = bf16[2] constant({256, 1}) b = bf16[2] constant({1, 1}) ROOT r = "
     "bf16[2] add(a, b) }",
     "bf16[2] 256 2"},
    {"sign f32", "ENTRY e { a = f32[4] constant({-2.5, -0, 3, nan}) ROOT r = f32[4] sign(a) }",
     "f32[4] -1 -0 1 nan"},
    {"floor f32", "ENTRY e { a = f32[2] constant({-1.5, 1.5}) ROOT r = f32[2] floor(a) }",
     "f32[2] -2 1"},
    {"ceil f32", "ENTRY e { a = f32[2] constant({-1.5, 1.5}) ROOT r = f32[2] ceil(a) }",
     "f32[2] -1 2"},
    {"round-nearest-afz f32",
     "ENTRY e { a = f32[3] constant({0.5, 1.5, -2.5}) ROOT r = f32[3] round-nearest-afz(a) "
     "}",
     "f32[3] 1 2 -3"},
    {"round-nearest-even f32",
     "ENTRY e { a = f32[3] constant({0.5, 1.5, -2.5}) ROOT r = f32[3] "
     "round-nearest-even(a) }",
     "f32[3] 0 2 -2"},
    {"exponential f32",
     "ENTRY e { a = f32[3] constant({0, 1, -inf}) ROOT r = f32[3] exponential(a) }",
     "f32[3] 1 2.718281746 0"},
    {"exponential-minus-one f64",
     "ENTRY e { a = f64[2] constant({1e-10, 0}) ROOT r = f64[2] exponential-minus-one(a) }",
     "f64[2] 1e-10 0"},
    {"log f64", "ENTRY e { a = f64[3] constant({1, 0, -1}) ROOT r = f64[3] log(a) }",
     "f64[3] 0 -inf nan"},
    {"log-plus-one f64",
     "ENTRY e { a = f64[2] constant({1e-10, -1}) ROOT r = f64[2] log-plus-one(a) }",
     "f64[2] 1e-10 -inf"},
    {"logistic f32", "ENTRY e { a = f32[3] constant({0, 100, -100}) ROOT r = f32[3] logistic(a) }",
     "f32[3] 0.5 1 0"},
    {"tanh f32", "ENTRY e { a = f32[2] constant({0, 100}) ROOT r = f32[2] tanh(a) }", "f32[2] 0 1"},
    {"sine f64", "ENTRY e { a = f64[1] constant({0}) ROOT r = f64[1] sine(a) }", "f64[1] 0"},
    {"cosine f64", "ENTRY e { a = f64[1] constant({0}) ROOT r = f64[1] cosine(a) }", "f64[1] 1"},
    {"sqrt f32", "ENTRY e { a = f32[2] constant({4, -1}) ROOT r = f32[2] sqrt(a) }",
     "f32[2] 2 nan"},
    {"rsqrt f32", "ENTRY e { a = f32[2] constant({4, 0}) ROOT r = f32[2] rsqrt(a) }",
     "f32[2] 0.5 inf"},
    {"abs f16", "ENTRY e { a = f16[2] constant({-2, -inf}) ROOT r = f16[2] abs(a) }",
     "f16[2] 2 inf"},
    {"negate bf16", "ENTRY e { a = bf16[2] constant({1, -0}) ROOT r = bf16[2] negate(a) }",
     "bf16[2] -1 0"},
    {"is-finite f32",
     "ENTRY e { a = f32[3] constant({1, inf, nan}) ROOT r = pred[3] is-finite(a) }",
     "pred[3] 1 0 0"},
    {"real f32", "ENTRY e { a = f32[1] constant({3}) ROOT r = f32[1] real(a) }", "f32[1] 3"},
    {"imag f32", "ENTRY e { a = f32[1] constant({3}) ROOT r = f32[1] imag(a) }", "f32[1] 0"},
    {"multiply c64",
     "ENTRY e { a = c64[1] constant({(1, 2)}) b = c64[1] constant({(3, 4)}) ROOT r = "
     "c64[1] multiply(a, b) }",
     "c64[1] (-5,10)"},
    {"divide c128",
     "ENTRY e { a = c128[1] constant({(-5, 10)}) b = c128[1] constant({(3, 4)}) ROOT r = "
     "c128[1] divide(a, b) }",
     "c128[1] (1,2)"},
    {"add c64",
     "ENTRY e { a = c64[1] constant({(1, 2)}) b = c64[1] constant({(3, 4)}) ROOT r = "
     "c64[1] add(a, b) }",
     "c64[1] (4,6)"},
    {"subtract c64",
     "ENTRY e { a = c64[1] constant({(1, 2)}) b = c64[1] constant({(3, 5)}) ROOT r = "
     "c64[1] subtract(a, b) }",
     "c64[1] (-2,-3)"},
    {"maximum c64",
     "ENTRY e { a = c64[3] constant({(1, 2), (1, 2), (3, 0)}) b = c64[3] constant({(1, 3), "
     "(0, 9), (3, -1)}) ROOT r = c64[3] maximum(a, b) }",
     "c64[3] (1,3) (1,2) (3,0)"},
    {"minimum c64",
     "ENTRY e { a = c64[2] constant({(1, 2), (1, 2)}) b = c64[2] constant({(1, 3), (0, "
     "9)}) ROOT r = c64[2] minimum(a, b) }",
     "c64[2] (1,2) (0,9)"},
    {"power c128",
     "ENTRY e { a = c128[2] constant({(0, 1), (5, 5)}) b = c128[2] constant({(2, 0), (0, "
     "0)}) ROOT r = c128[2] power(a, b) }",
     "c128[2] (-1,1.224646799e-16) (1,0)"},
    {"abs c64", "ENTRY e { a = c64[1] constant({(3, -4)}) ROOT r = f32[1] abs(a) }", "f32[1] 5"},
    {"real c64", "ENTRY e { a = c64[1] constant({(3, -4)}) ROOT r = f32[1] real(a) }", "f32[1] 3"},
    {"imag c128", "ENTRY e { a = c128[1] constant({(3, -4)}) ROOT r = f64[1] imag(a) }",
     "f64[1] -4"},
    {"negate c64", "ENTRY e { a = c64[1] constant({(3, -4)}) ROOT r = c64[1] negate(a) }",
     "c64[1] (-3,4)"},
    {"exponential c128",
     "ENTRY e { a = c128[1] constant({(0, 0)}) ROOT r = c128[1] exponential(a) }", "c128[1] (1,0)"},
    {"log c128", "ENTRY e { a = c128[1] constant({(1, 0)}) ROOT r = c128[1] log(a) }",
     "c128[1] (0,0)"},
    {"sqrt c128", "ENTRY e { a = c128[1] constant({(-4, 0)}) ROOT r = c128[1] sqrt(a) }",
     "c128[1] (0,2)"},
    {"rsqrt c128", "ENTRY e { a = c128[1] constant({(4, 0)}) ROOT r = c128[1] rsqrt(a) }",
     "c128[1] (0.5,0)"},
    {"exponential-minus-one c128",
     "ENTRY e { a = c128[2] constant({(1e-12, 0), (0, 1e-9)}) ROOT r = c128[2] "
     "exponential-minus-one(a) }",
     "c128[2] (1e-12,0) (-5e-19,1e-09)"},
    {"log-plus-one c128",
     "ENTRY e { a = c128[2] constant({(1e-12, 0), (0, 1e-9)}) ROOT r = c128[2] "
     "log-plus-one(a) }",
     "c128[2] (1e-12,0) (5e-19,1e-09)"},
    {"tanh c64", "ENTRY e { a = c64[1] constant({(0, 0)}) ROOT r = c64[1] tanh(a) }",
     "c64[1] (0,0)"},
    {"logistic c64", "ENTRY e { a = c64[1] constant({(0, 0)}) ROOT r = c64[1] logistic(a) }",
     "c64[1] (0.5,0)"},
    {"sign c64", "ENTRY e { a = c64[2] constant({(3, 4), (0, 0)}) ROOT r = c64[2] sign(a) }",
     "c64[2] (0.6000000238,0.8000000119) (0,0)"},
    {"sine c64", "ENTRY e { a = c64[1] constant({(0, 0)}) ROOT r = c64[1] sine(a) }",
     "c64[1] (0,0)"},
    {"cosine c64", "ENTRY e { a = c64[1] constant({(0, 0)}) ROOT r = c64[1] cosine(a) }",
     "c64[1] (1,-0)"},
    {"compare f32, direction=EQ",
     "ENTRY e { a = f32[4] constant({1, 2, 3, nan}) b = f32[4] constant({2, 2, 2, 2}) ROOT "
     "r = pred[4] compare(a, b), direction=EQ }",
     "pred[4] 0 1 0 0"},
    {"compare f32, direction=NE",
     "ENTRY e { a = f32[4] constant({1, 2, 3, nan}) b = f32[4] constant({2, 2, 2, 2}) ROOT "
     "r = pred[4] compare(a, b), direction=NE }",
     "pred[4] 1 0 1 1"},
    {"compare f32, direction=GE",
     "ENTRY e { a = f32[4] constant({1, 2, 3, nan}) b = f32[4] constant({2, 2, 2, 2}) ROOT "
     "r = pred[4] compare(a, b), direction=GE }",
     "pred[4] 0 1 1 0"},
    {"compare f32, direction=GT",
     "ENTRY e { a = f32[4] constant({1, 2, 3, nan}) b = f32[4] constant({2, 2, 2, 2}) ROOT "
     "r = pred[4] compare(a, b), direction=GT }",
     "pred[4] 0 0 1 0"},
    {"compare f32, direction=LE",
     "ENTRY e { a = f32[4] constant({1, 2, 3, nan}) b = f32[4] constant({2, 2, 2, 2}) ROOT "
     "r = pred[4] compare(a, b), direction=LE }",
     "pred[4] 1 1 0 0"},
    {"compare f32, direction=LT",
     "ENTRY e { a = f32[4] constant({1, 2, 3, nan}) b = f32[4] constant({2, 2, 2, 2}) ROOT "
     "r = pred[4] compare(a, b), direction=LT }",
     "pred[4] 1 0 0 0"},
    {"compare f32, direction=LT, type=TOTALORDER",
     "ENTRY e { a = f32[4] constant({-0, nan, -nan, 1}) b = f32[4] constant({0, inf, -inf, "
     "1}) ROOT r = pred[4] compare(a, b), direction=LT, type=TOTALORDER }",
     "pred[4] 1 0 1 0"},
    {"compare f16, direction=LT, type=TOTALORDER",
     "ENTRY e { a = f16[2] constant({-0, nan}) b = f16[2] constant({0, inf}) ROOT r = "
     "pred[2] compare(a, b), direction=LT, type=TOTALORDER }",
     "pred[2] 1 0"},
    {"compare f64, direction=LT, type=TOTALORDER",
     "ENTRY e { a = f64[2] constant({-0, -1}) b = f64[2] constant({0, -2}) ROOT r = "
     "pred[2] compare(a, b), direction=LT, type=TOTALORDER }",
     "pred[2] 1 0"},
    {"compare bf16, direction=LT, type=TOTALORDER",
     "ENTRY e { a = bf16[2] constant({-0, -1}) b = bf16[2] constant({0, -2}) ROOT r = "
     "pred[2] compare(a, b), direction=LT, type=TOTALORDER }",
     "pred[2] 1 0"},
    {"compare u8, direction=GT, type=UNSIGNED",
     "ENTRY e { a = u8[1] constant({200}) b = u8[1] constant({100}) ROOT r = pred[1] "
     "compare(a, b), direction=GT, type=UNSIGNED }",
     "pred[1] 1"},
    {"compare s8, direction=GT, type=SIGNED",
     "ENTRY e { a = s8[1] constant({-56}) b = s8[1] constant({100}) ROOT r = pred[1] "
     "compare(a, b), direction=GT, type=SIGNED }",
     "pred[1] 0"},
    {"compare pred, direction=GT",
     "ENTRY e { a = pred[2] constant({true, false}) b = pred[2] constant({false, false}) "
     "ROOT r = pred[2] compare(a, b), direction=GT }",
     "pred[2] 1 0"},
    {"compare c64, direction=EQ",
     "ENTRY e { a = c64[2] constant({(1, 2), (1, 2)}) b = c64[2] constant({(1, 2), (1, "
     "3)}) ROOT r = pred[2] compare(a, b), direction=EQ }",
     "pred[2] 1 0"},
    {"convert f32",
     "ENTRY e { a = f32[4] constant({1.9, -1.9, 300, nan}) ROOT r = s8[4] convert(a) }",
     "s8[4] 1 -1 127 0"},
    {"convert s32", "ENTRY e { a = s32[2] constant({300, -1}) ROOT r = u8[2] convert(a) }",
     "u8[2] 44 255"},
    {"convert f32", "ENTRY e { a = f32[3] constant({0, -0.5, nan}) ROOT r = pred[3] convert(a) }",
     "pred[3] 0 1 1"},
    {"convert c64", "ENTRY e { a = c64[1] constant({(3, 4)}) ROOT r = f32[1] convert(a) }",
     "f32[1] 3"},
    {"convert pred", "ENTRY e { a = pred[2] constant({true, false}) ROOT r = f16[2] convert(a) }",
     "f16[2] 1 0"},
    {"convert f64", "ENTRY e { a = f64[2] constant({1e300, 0.1}) ROOT r = f32[2] convert(a) }",
     "f32[2] inf 0.1000000015"},
    {"convert s64", "ENTRY e { a = s64[1] constant({3}) ROOT r = c64[1] convert(a) }",
     "c64[1] (3,0)"},
};

const struct eval_rows eval_elements = {rows, sizeof rows / sizeof *rows};
