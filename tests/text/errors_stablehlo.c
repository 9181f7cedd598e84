/* SPDX-License-Identifier: Apache-2.0 */
/* Wrong StableHLO texts, and the status, place and sentence that they get. */
#include "text/error_rows.h"

static const struct error_row rows[] = {
    {"a value that is not defined", LAX_ERROR_NAME, 2, 26, "2:26: '%y' is not defined",
     "func.func @main(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {\n  %0 = stablehlo.negate "
     "%y : tensor<2x3xf32>\n  return %0 : tensor<2x3xf32>\n}\n"},
    {"a value twice", LAX_ERROR_NAME, 3, 4, "3:4: '%0' is defined twice",
     "func.func @main(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {\n  %0 = stablehlo.negate "
     "%x : tensor<2x3xf32>\n  %0 = stablehlo.negate %x : tensor<2x3xf32>\n  return %0 : "
     "tensor<2x3xf32>\n}\n"},
    {"an operation of another dialect", LAX_ERROR_UNSUPPORTED, 2, 8,
     "2:8: operation 'chlo.erf' is unsupported",
     "func.func @main(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {\n  %0 = chlo.erf %x : "
     "tensor<2x3xf32>\n  return %0 : tensor<2x3xf32>\n}\n"},
    {"an operation that we lack", LAX_ERROR_UNSUPPORTED, 2, 8,
     "2:8: operation 'stablehlo.fft' is unsupported",
     "func.func @main(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {\n  %0 = stablehlo.fft %x, "
     "type = FFT : tensor<2x3xf32>\n  return %0 : tensor<2x3xf32>\n}\n"},
    {"a dynamic type", LAX_ERROR_UNSUPPORTED, 2, 37, "2:37: dynamic shapes are unsupported",
     "func.func @main(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {\n  %0 = stablehlo.negate "
     "%x : tensor<?x3xf32>\n  return %0 : tensor<2x3xf32>\n}\n"},
    {"an unranked type", LAX_ERROR_UNSUPPORTED, 2, 37, "2:37: dynamic shapes are unsupported",
     "func.func @main(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {\n  %0 = stablehlo.negate "
     "%x : tensor<*xf32>\n  return %0 : tensor<2x3xf32>\n}\n"},
    {"a quantized type", LAX_ERROR_UNSUPPORTED, 2, 39,
     "2:39: dynamic shapes and foreign element types are unsupported",
     "func.func @main(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {\n  %0 = stablehlo.negate "
     "%x : tensor<2x!quant.uniform<i8:f32, 1.0>>\n  return %0 : tensor<2x3xf32>\n}\n"},
    {"an encoding", LAX_ERROR_UNSUPPORTED, 2, 44, "2:44: encodings of tensors are unsupported",
     "func.func @main(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {\n  %0 = stablehlo.negate "
     "%x : tensor<2x3xf32, #a>\n  return %0 : tensor<2x3xf32>\n}\n"},
    {"a 4-bit type", LAX_ERROR_UNSUPPORTED, 2, 37, "2:37: element type 'i4' is unsupported",
     "func.func @main(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {\n  %0 = stablehlo.negate "
     "%x : tensor<2x3xi4>\n  return %0 : tensor<2x3xf32>\n}\n"},
    {"an 8-bit float", LAX_ERROR_UNSUPPORTED, 1, 28, "1:28: element type 'f8E4M3FN' is unsupported",
     "func.func @main(%x: tensor<2xf8E4M3FN>) -> tensor<2xf8E4M3FN> {\n  return %x : "
     "tensor<2xf8E4M3FN>\n}\n"},
    {"a type without tensor", LAX_ERROR_SYNTAX, 2, 30,
     "2:30: expected a type like tensor<2x3xf32>, got 'f32'",
     "func.func @main(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {\n  %0 = stablehlo.negate "
     "%x : f32\n  return %0 : tensor<2x3xf32>\n}\n"},
    {"a type of another dialect", LAX_ERROR_UNSUPPORTED, 2, 30,
     "2:30: types of other dialects are unsupported",
     "func.func @main(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {\n  %0 = stablehlo.negate "
     "%x : !stablehlo.token\n  return %0 : tensor<2x3xf32>\n}\n"},
    {"operand types that are others", LAX_ERROR_TYPE, 2, 8,
     "2:8: the operands' written types are not the types of the operands",
     "func.func @main(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {\n  %0 = stablehlo.negate "
     "%x : (tensor<3x2xf32>) -> tensor<2x3xf32>\n  return %0 : tensor<2x3xf32>\n}\n"},
    {"a result number that is not there", LAX_ERROR_NAME, 2, 28, "2:28: '%x' has 1 results",
     "func.func @main(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {\n  %0 = stablehlo.negate "
     "%x#3 : tensor<2x3xf32>\n  return %0 : tensor<2x3xf32>\n}\n"},
    {"two results of one", LAX_ERROR_COUNT, 2, 4,
     "2:4: the operation gives 1 result, the text names 2",
     "func.func @main(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {\n  %0:2 = stablehlo.negate "
     "%x : tensor<2x3xf32>\n  return %0 : tensor<2x3xf32>\n}\n"},
    {"an attribute of nobody", LAX_ERROR_ATTRIBUTE, 2, 29,
     "2:29: negate has no attribute 'colour' that is supported here",
     "func.func @main(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {\n  %0 = stablehlo.negate "
     "%x {colour = 1 : i64} : tensor<2x3xf32>\n  return %0 : tensor<2x3xf32>\n}\n"},
    {"an attribute twice", LAX_ERROR_ATTRIBUTE, 2, 47, "2:47: the attribute is given twice",
     "func.func @main(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {\n  %0 = "
     "stablehlo.transpose %x, dims = [0, 1], dims = [0, 1] : (tensor<2x3xf32>) -> "
     "tensor<2x3xf32>\n  return %0 : tensor<2x3xf32>\n}\n"},
    {"another result than declared", LAX_ERROR_TYPE, 1, 36,
     "1:36: function 'main' declares other results than it returns",
     "func.func @main(%x: tensor<2xf32>) -> tensor<3xf32> {\n  return %x : "
     "tensor<2xf32>\n}"},
    {"return of another type", LAX_ERROR_TYPE, 2, 3,
     "2:3: the operands' written types are not the types of the operands",
     "func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> {\n  return %x : "
     "tensor<3xf32>\n}"},
    {"a call of nobody", LAX_ERROR_NAME, 2, 8, "2:8: 'f' is called, not defined",
     "func.func @main(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {\n  %0 = call @f(%x) : "
     "(tensor<2x3xf32>) -> tensor<2x3xf32>\n  return %0 : tensor<2x3xf32>\n}\n"},
    {"recursion", LAX_ERROR_LIMIT, 1, 12,
     "1:12: computation 'main' calls itself, or calls nest more than 64 deep",
     "func.func @main(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {\n  %0 = call @main(%x) : "
     "(tensor<2x3xf32>) -> tensor<2x3xf32>\n  return %0 : tensor<2x3xf32>\n}\n"},
    {"a function twice", LAX_ERROR_NAME, 4, 12, "4:12: function 'main' is defined twice",
     "func.func @main(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {\n  return %x : "
     "tensor<2x3xf32>\n}\nfunc.func @main(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {\n  "
     "return %x : tensor<2x3xf32>\n}\n"},
    {"old attributes of windows", LAX_ERROR_SYNTAX, 6, 27, "6:27: expected 'array', got 'dense'",
     "func.func @main(%x: tensor<4xf32>, %i: tensor<f32>) -> tensor<3xf32> {\n  %0 = "
     "\"stablehlo.reduce_window\"(%x, %i) ({\n  ^bb0(%a: tensor<f32>, %b: tensor<f32>):\n  "
     "%s = stablehlo.add %a, %b : tensor<f32>\n    stablehlo.return %s : tensor<f32>\n  }) "
     "{window_dimensions = dense<2> : tensor<1xi64>} : (tensor<4xf32>, tensor<f32>) -> "
     "tensor<3xf32>\n  return %0 : tensor<3xf32>\n}"},
    {"a captured value", LAX_ERROR_UNSUPPORTED, 4, 29,
     "4:29: values of the surrounding function are unsupported in a region, unless they "
     "are scalar constants",
     "func.func @main(%x: tensor<4xf32>, %i: tensor<f32>) -> tensor<f32> {\n  %0 = "
     "\"stablehlo.reduce\"(%x, %i) <{dimensions = array<i64: 0>}> ({\n  ^bb0(%a: "
     "tensor<f32>, %b: tensor<f32>):\n    %s = stablehlo.add %a, %i : tensor<f32>\n    "
     "stablehlo.return %s : tensor<f32>\n  }) : (tensor<4xf32>, tensor<f32>) -> "
     "tensor<f32>\n  return %0 : tensor<f32>\n}"},
    {"a missing region", LAX_ERROR_ATTRIBUTE, 2, 8, "2:8: reduce needs the attribute to_apply",
     "func.func @main(%x: tensor<4xf32>, %i: tensor<f32>) -> tensor<f32> {\n  %0 = "
     "\"stablehlo.reduce\"(%x, %i) <{dimensions = array<i64: 0>}> : (tensor<4xf32>, "
     "tensor<f32>) -> tensor<f32>\n  return %0 : tensor<f32>\n}"},
    {"an elided constant", LAX_ERROR_ELIDED, 2, 33,
     "2:33: the constant's values were elided: print without "
     "--mlir-elide-elementsattrs-if-larger (in Python: print(large_elements_limit=None))",
     "func.func @main(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {\n  %0 = stablehlo.constant "
     "dense<__elided__> : tensor<2x3xf32>\n  return %0 : tensor<2x3xf32>\n}\n"},
    {"a constant kept elsewhere", LAX_ERROR_ELIDED, 2, 27,
     "2:27: the constant's values were elided: print without "
     "--mlir-elide-elementsattrs-if-larger (in Python: print(large_elements_limit=None))",
     "func.func @main(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {\n  %0 = stablehlo.constant "
     "dense_resource<a> : tensor<2x3xf32>\n  return %0 : tensor<2x3xf32>\n}\n"},
    {"hexadecimal bytes that are too few", LAX_ERROR_TYPE, 2, 33,
     "2:33: expected 0x and the 24 bytes of the constant in hexadecimal digits",
     "func.func @main(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {\n  %0 = stablehlo.constant "
     "dense<\"0x0000\"> : tensor<2x3xf32>\n  return %0 : tensor<2x3xf32>\n}\n"},
    {"hexadecimal bytes that are none", LAX_ERROR_TYPE, 2, 33,
     "2:33: expected 0x and the 4 bytes of the constant in hexadecimal digits",
     "func.func @main(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {\n  %0 = stablehlo.constant "
     "dense<\"0x000000zz\"> : tensor<f32>\n  return %0 : tensor<2x3xf32>\n}\n"},
    {"labels without a feature", LAX_ERROR_LABELS_ROLE, 2, 52,
     "2:52: the labels must name b, f and the spatial dimensions from 0, each once",
     "func.func @main(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {\n  %0 = "
     "stablehlo.convolution(%x, %x) dim_numbers = [b, 0, 1]x[i, o]->[b, f]\n  return %0 : "
     "tensor<2x3xf32>\n}\n"},
    {"labels with other letters", LAX_ERROR_SYNTAX, 2, 53,
     "2:53: expected 'b', 'f' or the number of a spatial dimension, got 'n'",
     "func.func @main(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {\n  %0 = "
     "stablehlo.convolution(%x, %x) dim_numbers = [n, f]x[i, o]->[b, f]\n  return %0 : "
     "tensor<2x3xf32>\n}\n"},
    {"a window with another field", LAX_ERROR_SYNTAX, 2, 85,
     "2:85: expected stride, pad, lhs_dilate, rhs_dilate or reverse, got 'dilate'",
     "func.func @main(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {\n  %0 = "
     "stablehlo.convolution(%x, %x) dim_numbers = [b, f]x[i, o]->[b, f], window = {dilate "
     "= [1]}\n  return %0 : tensor<2x3xf32>\n}\n"},
    {"padding that is no pair", LAX_ERROR_PADDING_LENGTH, 2, 92,
     "2:92: expected a pair of low and high padding, got 3 entries",
     "func.func @main(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {\n  %0 = "
     "stablehlo.convolution(%x, %x) dim_numbers = [b, f]x[i, o]->[b, f], window = {pad = "
     "[[1, 2, 3]]}\n  return %0 : tensor<2x3xf32>\n}\n"},
    {"no group count", LAX_ERROR_ATTRIBUTE, 2, 8,
     "2:8: convolution needs the attribute feature_group_count",
     "func.func @main(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {\n  %0 = "
     "stablehlo.convolution(%x, %x) dim_numbers = [b, f]x[i, o]->[b, f] : "
     "(tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>\n  return %0 : "
     "tensor<2x3xf32>\n}\n"},
    {"bytecode", LAX_ERROR_UNSUPPORTED, 1, 1,
     "1:1: MLIR bytecode is unsupported: print text, in Python with "
     "str(lowered.compiler_ir('stablehlo')) or lowered.as_text(), else with stablehlo-opt",
     "ML\xef"
     "R"},
};

const struct error_rows stablehlo_errors = {rows, sizeof rows / sizeof *rows};
