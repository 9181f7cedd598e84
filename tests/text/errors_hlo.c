/* SPDX-License-Identifier: Apache-2.0 */
/* Wrong HLO texts, and the status, place and sentence that they get. */
#include "text/error_rows.h"

static const struct error_row rows[] = {
    {"an unterminated string", LAX_ERROR_SYNTAX, 1, 16,
     "1:16: expected a value, got a string without end", "HloModule m, a=\"b"},
    {"an unterminated comment", LAX_ERROR_SYNTAX, 1, 13,
     "1:13: expected a computation's name, got a comment without end", "HloModule m /* x"},
    {"no entry", LAX_ERROR_SYNTAX, 2, 1,
     "2:1: expected an ENTRY computation, got the end of the text", "HloModule m\n"},
    {"a computation twice", LAX_ERROR_NAME, 6, 1, "6:1: computation 'add' is defined twice",
     "add {\n  a = f32[] parameter(0)\n  b = f32[] parameter(1)\n  ROOT c = f32[] add(a, "
     "b)\n}\nadd {\n  a = f32[] parameter(0)\n  b = f32[] parameter(1)\n  ROOT c = f32[] "
     "add(a, b)\n}\nENTRY e {\n  x = f32[2,3] parameter(0)\n  ROOT r = f32[2,3] "
     "negate(x)\n}\n"},
    {"two entries", LAX_ERROR_NAME, 5, 1, "5:1: a second ENTRY",
     "ENTRY e {\n  x = f32[2,3] parameter(0)\n  ROOT r = f32[2,3] negate(x)\n}\nENTRY f "
     "{\n  x = f32[2,3] parameter(0)\n  ROOT r = f32[2,3] negate(x)\n}\n"},
    {"two roots", LAX_ERROR_NAME, 4, 8, "4:8: a second ROOT",
     "ENTRY e {\n  x = f32[2,3] parameter(0)\n  ROOT r = f32[2,3] negate(x)\n  ROOT s = "
     "f32[2,3] negate(x)\n}\n"},
    {"no instructions", LAX_ERROR_SYNTAX, 1, 7, "1:7: computation 'e' has no instructions",
     "ENTRY e {\n}\n"},
    {"an element type that does not exist", LAX_ERROR_SYNTAX, 3, 12,
     "3:12: expected a type like f32[2,3], got 'g32'",
     "ENTRY e {\n  x = f32[2,3] parameter(0)\n  ROOT r = g32[2,3] negate(x)\n}\n"},
    {"an 8-bit float", LAX_ERROR_UNSUPPORTED, 3, 12, "3:12: element type 'f8e4m3fn' is unsupported",
     "ENTRY e {\n  x = f32[2,3] parameter(0)\n  ROOT r = f8e4m3fn[2,3] negate(x)\n}\n"},
    {"a dynamic size", LAX_ERROR_UNSUPPORTED, 3, 16, "3:16: dynamic sizes are unsupported",
     "ENTRY e {\n  x = f32[2,3] parameter(0)\n  ROOT r = f32[<=2,3] negate(x)\n}\n"},
    {"a layout that is no permutation", LAX_ERROR_PERMUTATION, 3, 23,
     "3:23: the layout of a rank-2 type names dimension 1",
     "ENTRY e {\n  x = f32[2,3] parameter(0)\n  ROOT r = f32[2,3]{1,1} negate(x)\n}\n"},
    {"a layout that is too short", LAX_ERROR_PERMUTATION, 3, 20,
     "3:20: a layout of 1 dimensions for a rank-2 type",
     "ENTRY e {\n  x = f32[2,3] parameter(0)\n  ROOT r = f32[2,3]{0} negate(x)\n}\n"},
    {"a nested tuple", LAX_ERROR_UNSUPPORTED, 3, 13, "3:13: tuples inside tuples are unsupported",
     "ENTRY e {\n  x = f32[2,3] parameter(0)\n  ROOT r = ((f32[2,3])) tuple(x)\n}\n"},
    {"a tuple parameter", LAX_ERROR_UNSUPPORTED, 2, 21,
     "2:21: parameters that are tuples are unsupported",
     "ENTRY e {\n  ROOT x = (f32[2]) parameter(0)\n}\n"},
    {"sizes beyond 64 bits", LAX_ERROR_OVERFLOW, 3, 12,
     "3:12: the product of the sizes does not fit",
     "ENTRY e {\n  x = f32[2,3] parameter(0)\n  ROOT r = f32[4294967296,4294967296] "
     "broadcast(x), dimensions={0,1}\n}\n"},
    {"a size that is no number", LAX_ERROR_SYNTAX, 3, 16,
     "3:16: expected a size, got '99999999999999999999'",
     "ENTRY e {\n  x = f32[2,3] parameter(0)\n  ROOT r = f32[99999999999999999999] "
     "negate(x)\n}\n"},
    {"parameters that are not numbered from 0", LAX_ERROR_COUNT, 2, 19,
     "2:19: parameter number 1: the 1 parameters must be numbered from 0, each once",
     "ENTRY e {\n  ROOT x = f32[2] parameter(1)\n}\n"},
    {"an operand of another type", LAX_ERROR_TYPE, 3, 37,
     "3:37: the operand's written type is not the type of 'x'",
     "ENTRY e {\n  x = f32[2,3] parameter(0)\n  ROOT r = f32[2,3] negate(f32[3,2] x)\n}\n"},
    {"an attribute of another operation", LAX_ERROR_ATTRIBUTE, 3, 32,
     "3:32: negate has no attribute 'dimensions' that is supported here",
     "ENTRY e {\n  x = f32[2,3] parameter(0)\n  ROOT r = f32[2,3] negate(x), "
     "dimensions={0}\n}\n"},
    {"an attribute that changes the meaning", LAX_ERROR_ATTRIBUTE, 3, 37,
     "3:37: exponential has no attribute 'result_accuracy' that is supported here",
     "ENTRY e {\n  x = f32[2,3] parameter(0)\n  ROOT r = f32[2,3] exponential(x), "
     "result_accuracy={tolerance=1}\n}\n"},
    {"too few operands", LAX_ERROR_COUNT, 3, 21, "3:21: add takes 2 operands, got 1",
     "ENTRY e {\n  x = f32[2,3] parameter(0)\n  ROOT r = f32[2,3] add(x)\n}\n"},
    {"a tuple as an operand", LAX_ERROR_TYPE, 4, 21,
     "4:21: operand 0 of negate is a tuple; an array was expected",
     "ENTRY e {\n  x = f32[2,3] parameter(0)\n  t = (f32[2,3]) tuple(x)\n  ROOT r = "
     "f32[2,3] negate(t)\n}\n"},
    {"another result type", LAX_ERROR_TYPE, 3, 21,
     "3:21: negate gives f32[2,3], but the text says f32[3,2]",
     "ENTRY e {\n  x = f32[2,3] parameter(0)\n  ROOT r = f32[3,2] negate(x)\n}\n"},
    {"a tuple for one array", LAX_ERROR_TYPE, 3, 23,
     "3:23: negate gives f32[2,3], but the text says (f32[2,3])",
     "ENTRY e {\n  x = f32[2,3] parameter(0)\n  ROOT r = (f32[2,3]) negate(x)\n}\n"},
    {"operands of different shapes", LAX_ERROR_SHAPE_MISMATCH, 4, 21,
     "4:21: operands 0 and 1 of add differ: f32[2,3] and f32[3]",
     "ENTRY e {\n  x = f32[2,3] parameter(0)\n  y = f32[3] parameter(1)\n  ROOT r = "
     "f32[2,3] add(x, y)\n}\n"},
    {"operands of different types", LAX_ERROR_DTYPE_MISMATCH, 4, 21,
     "4:21: operands 0 and 1 of add differ: f32[2,3] and s32[2,3]",
     "ENTRY e {\n  x = f32[2,3] parameter(0)\n  y = s32[2,3] parameter(1)\n  ROOT r = "
     "f32[2,3] add(x, y)\n}\n"},
    {"and of floats", LAX_ERROR_DTYPE_OPERATION, 3, 21, "3:21: and is not defined for f32",
     "ENTRY e {\n  x = f32[2,3] parameter(0)\n  ROOT r = f32[2,3] and(x, x)\n}\n"},
    {"compare without a direction", LAX_ERROR_ATTRIBUTE, 3, 22,
     "3:22: compare needs the attribute direction",
     "ENTRY e {\n  x = f32[2,3] parameter(0)\n  ROOT r = pred[2,3] compare(x, x)\n}\n"},
    {"a comparison of the wrong type", LAX_ERROR_ATTRIBUTE, 3, 22,
     "3:22: a comparison of type SIGNED does not compare f32",
     "ENTRY e {\n  x = f32[2,3] parameter(0)\n  ROOT r = pred[2,3] compare(x, x), "
     "direction=GE, type=SIGNED\n}\n"},
    {"an unknown direction", LAX_ERROR_SYNTAX, 3, 47,
     "3:47: expected EQ, NE, GE, GT, LE or LT, got 'ABOVE'",
     "ENTRY e {\n  x = f32[2,3] parameter(0)\n  ROOT r = pred[2,3] compare(x, x), "
     "direction=ABOVE\n}\n"},
    {"an order of complex numbers", LAX_ERROR_DTYPE_OPERATION, 1, 14,
     "1:14: compare is not defined for c64",
     "%r = pred[2] compare(c64[2] %x, c64[2] %y), direction=GE"},
    {"select by numbers", LAX_ERROR_TYPE, 3, 21,
     "3:21: operand 0 of select must be pred, a scalar or of the shape of the others",
     "ENTRY e {\n  x = f32[2,3] parameter(0)\n  ROOT r = f32[2,3] select(x, x, x)\n}\n"},
    {"clamp between other shapes", LAX_ERROR_TYPE, 4, 21,
     "4:21: operand 0 of clamp must be a scalar or of the shape of operand 1, and of its "
     "type",
     "ENTRY e {\n  x = f32[2,3] parameter(0)\n  y = f32[3] parameter(1)\n  ROOT r = "
     "f32[2,3] clamp(y, x, y)\n}\n"},
    {"a constant with too many elements", LAX_ERROR_TYPE, 3, 33,
     "3:33: dimension 0 of the constant must list 2 elements",
     "ENTRY e {\n  x = f32[2,3] parameter(0)\n  ROOT r = f32[2] constant({1, 2, 3})\n}\n"},
    {"a constant with too few", LAX_ERROR_TYPE, 3, 30,
     "3:30: dimension 0 of the constant must list 2 elements",
     "ENTRY e {\n  x = f32[2,3] parameter(0)\n  ROOT r = f32[2] constant({1})\n}\n"},
    {"a constant out of range", LAX_ERROR_SYNTAX, 3, 26,
     "3:26: expected an integer that the element type can hold, got '128'",
     "ENTRY e {\n  x = f32[2,3] parameter(0)\n  ROOT r = s8[] constant(128)\n}\n"},
    {"a number too large", LAX_ERROR_SYNTAX, 3, 27,
     "3:27: expected a number that the element type can hold, got '1e39'",
     "ENTRY e {\n  x = f32[2,3] parameter(0)\n  ROOT r = f32[] constant(1e39)\n}\n"},
    {"a constant of a type too large", LAX_ERROR_TYPE, 3, 34,
     "3:34: the constant lists fewer elements than its type has",
     "ENTRY e {\n  x = f32[2,3] parameter(0)\n  ROOT r = f32[1000000] constant({1, "
     "2})\n}\n"},
    {"a pred that is none", LAX_ERROR_SYNTAX, 3, 28, "3:28: expected true or false, got 'yes'",
     "ENTRY e {\n  x = f32[2,3] parameter(0)\n  ROOT r = pred[] constant(yes)\n}\n"},
    {"a NaN of no bits", LAX_ERROR_SYNTAX, 3, 31,
     "3:31: expected the bits of a NaN's fraction, got '0x0'",
     "ENTRY e {\n  x = f32[2,3] parameter(0)\n  ROOT r = f32[] constant(nan(0x0))\n}\n"},
    {"a constant in complex", LAX_ERROR_SYNTAX, 3, 27,
     "3:27: expected '(' before the real part, got '1'",
     "ENTRY e {\n  x = f32[2,3] parameter(0)\n  ROOT r = c64[] constant(1)\n}\n"},
    {"broadcast of the wrong rank", LAX_ERROR_RANK_MISMATCH, 3, 23,
     "3:23: broadcast: 1 dimensions for an operand of rank 2",
     "ENTRY e {\n  x = f32[2,3] parameter(0)\n  ROOT r = f32[2,3,4] broadcast(x), "
     "dimensions={0}\n}\n"},
    {"broadcast to another size", LAX_ERROR_SHAPE_MISMATCH, 3, 21,
     "3:21: broadcast: dimension 1 of size 3 cannot become 4",
     "ENTRY e {\n  x = f32[2,3] parameter(0)\n  ROOT r = f32[2,4] broadcast(x), "
     "dimensions={0,1}\n}\n"},
    {"reshape of the wrong size", LAX_ERROR_SHAPE_MISMATCH, 3, 19,
     "3:19: reshape: 6 elements cannot become 5",
     "ENTRY e {\n  x = f32[2,3] parameter(0)\n  ROOT r = f32[5] reshape(x)\n}\n"},
    {"reverse twice along one axis", LAX_ERROR_AXIS_DUPLICATE, 3, 21,
     "3:21: reverse: axis 1 is given twice",
     "ENTRY e {\n  x = f32[2,3] parameter(0)\n  ROOT r = f32[2,3] reverse(x), "
     "dimensions={1,1}\n}\n"},
    {"reverse beyond the rank", LAX_ERROR_AXIS, 3, 21,
     "3:21: reverse: axis 2 is out of range for rank 2",
     "ENTRY e {\n  x = f32[2,3] parameter(0)\n  ROOT r = f32[2,3] reverse(x), "
     "dimensions={2}\n}\n"},
    {"a slice beyond the end", LAX_ERROR_VALUE, 3, 21,
     "3:21: slice: [0:4:1] is no range in dimension 1 of size 3",
     "ENTRY e {\n  x = f32[2,3] parameter(0)\n  ROOT r = f32[1,3] slice(x), slice={[0:1], "
     "[0:4]}\n}\n"},
    {"a slice of the wrong rank", LAX_ERROR_RANK_MISMATCH, 3, 21,
     "3:21: slice: 1 ranges for an operand of rank 2",
     "ENTRY e {\n  x = f32[2,3] parameter(0)\n  ROOT r = f32[1,3] slice(x), "
     "slice={[0:1]}\n}\n"},
    {"concatenate of different shapes", LAX_ERROR_SHAPE_MISMATCH, 4, 21,
     "4:21: concatenate: operand 1 differs from operand 0 beyond dimension 1",
     "ENTRY e {\n  x = f32[2,3] parameter(0)\n  y = f32[3,3] parameter(1)\n  ROOT r = "
     "f32[2,6] concatenate(x, y), dimensions={1}\n}\n"},
    {"iota of pred", LAX_ERROR_DTYPE_OPERATION, 3, 20, "3:20: iota is not defined for pred",
     "ENTRY e {\n  x = f32[2,3] parameter(0)\n  ROOT r = pred[4] iota(), "
     "iota_dimension=0\n}\n"},
    {"an element that is not there", LAX_ERROR_VALUE, 4, 21,
     "4:21: index 1 is not in a tuple of 1 elements",
     "ENTRY e {\n  x = f32[2,3] parameter(0)\n  t = (f32[2,3]) tuple(x)\n  ROOT r = "
     "f32[2,3] get-tuple-element(t), index=1\n}\n"},
    {"an element of an array", LAX_ERROR_TYPE, 3, 21,
     "3:21: the operand of get-tuple-element is not a tuple",
     "ENTRY e {\n  x = f32[2,3] parameter(0)\n  ROOT r = f32[2,3] get-tuple-element(x), "
     "index=0\n}\n"},
    {"a call with other operands", LAX_ERROR_TYPE, 6, 18,
     "6:18: the call of 'f' does not agree with its parameters and results",
     "f {\n  ROOT a = f32[] parameter(0)\n}\nENTRY e {\n  x = f32[2,3] parameter(0)\n  "
     "ROOT r = f32[] call(x), to_apply=f\n}\n"},
    {"a call before the definition", LAX_ERROR_NAME, 3, 39,
     "3:39: computation 'f' is not defined before its use",
     "ENTRY e {\n  x = f32[2,3] parameter(0)\n  ROOT r = f32[2,3] call(x), to_apply=f\n}\n"},
    {"dot over different sizes", LAX_ERROR_SHAPE_MISMATCH, 3, 21,
     "3:21: dot: dimension 0 of lhs (2) is paired with dimension 1 of rhs (3)",
     "ENTRY e {\n  x = f32[2,3] parameter(0)\n  ROOT r = f32[2,3] dot(x, x), "
     "lhs_contracting_dims={0}, rhs_contracting_dims={1}\n}\n"},
    {"dot with a dimension in two roles", LAX_ERROR_AXIS_DUPLICATE, 3, 23,
     "3:23: dot: a dimension is both batch and contracting",
     "ENTRY e {\n  x = f32[2,3] parameter(0)\n  ROOT r = f32[2,3,3] dot(x, x), "
     "lhs_batch_dims={0}, rhs_batch_dims={0}, lhs_contracting_dims={0}, "
     "rhs_contracting_dims={0}\n}\n"},
    {"transpose that is no permutation", LAX_ERROR_PERMUTATION, 3, 21,
     "3:21: transpose: dimensions is no permutation of 0 to 1",
     "ENTRY e {\n  x = f32[2,3] parameter(0)\n  ROOT r = f32[2,3] transpose(x), "
     "dimensions={0,0}\n}\n"},
    {"reduce-precision without exponent", LAX_ERROR_BITS, 3, 21,
     "3:21: reduce-precision: exponent_bits 0 must be at least 1 and mantissa_bits 3 at "
     "least 0",
     "ENTRY e {\n  x = f32[2,3] parameter(0)\n  ROOT r = f32[2,3] reduce-precision(x), "
     "exponent_bits=0, mantissa_bits=3\n}\n"},
    {"reduce-precision of integers", LAX_ERROR_DTYPE_OPERATION, 1, 13,
     "1:13: reduce-precision is not defined for s32",
     "%r = s32[2] reduce-precision(s32[2] %x), exponent_bits=5, mantissa_bits=3"},
    {"pad below 0", LAX_ERROR_PADDING_NEGATIVE, 4, 32,
     "4:32: pad: dimension 0 of size 2 becomes -2",
     "ENTRY e {\n  x = f32[2,3] parameter(0)\n  v = f32[] constant(0)\n  ROOT r = f32[0,0] "
     "pad(x, v), padding=-2_-2x-1_-3\n}\n"},
    {"pad beyond 64 bits", LAX_ERROR_OVERFLOW, 4, 32,
     "4:32: pad: the size of dimension 0 does not fit",
     "ENTRY e {\n  x = f32[2,3] parameter(0)\n  v = f32[] constant(0)\n  ROOT r = f32[2,3] "
     "pad(x, v), padding=9223372036854775807_1x0_0\n}\n"},
    {"convolution without labels", LAX_ERROR_ATTRIBUTE, 1, 13,
     "1:13: convolution needs the attribute dim_labels",
     "%r = f32[1] convolution(f32[1] %x, f32[1] %y)"},
    {"labels of another rank", LAX_ERROR_RANK_MISMATCH, 1, 17,
     "1:17: convolution: operand 0 has rank 3, the dimension labels name 2 dimensions",
     "%r = f32[1,1,1] convolution(f32[1,1,1] %x, f32[1,1,1] %y), dim_labels=bf_io->bf"},
    {"labels with a hole", LAX_ERROR_LABELS_RANGE, 1, 71,
     "1:71: dim_labels: lhs dimension 2 is '1', expected b, f or a digit below 1",
     "%r = f32[1,1,1] convolution(f32[1,1,1] %x, f32[1,1,1] %y), dim_labels=bf1_io1->bf1"},
    {"labels that ignore a dimension", LAX_ERROR_UNSUPPORTED, 1, 73,
     "1:73: labels that leave a dimension out with '?' are unsupported",
     "%r = f32[1,1,1] convolution(f32[1,1,1] %x, f32[1,1,1] %y), dim_labels=bf?_io?->bf?"},
    {"mixed operands", LAX_ERROR_DTYPE_MISMATCH, 1, 15,
     "1:15: convolution: lhs is u8 and rhs is s8",
     "%r = s32[1,1] convolution(u8[1,1] %x, s8[1,1] %y), dim_labels=bf_io->bf"},
    {"a window of another size than rhs", LAX_ERROR_WINDOW_SIZE, 1, 68,
     "1:68: convolution: size of window dimension 0 is 1, that of rhs is 2",
     "%r = f32[1,1,1] convolution(f32[1,1,2] %x, f32[1,1,2] %y), window={size=1}, "
     "dim_labels=bf0_oi0->bf0"},
    {"a window that is no window", LAX_ERROR_SYNTAX, 1, 75,
     "1:75: expected size, stride, pad, lhs_dilate, rhs_dilate or rhs_reversal in the "
     "window, got 'colour'",
     "%r = f32[1,1,1] convolution(f32[1,1,2] %x, f32[1,1,2] %y), window={size=2 colour=1}, "
     "dim_labels=bf0_oi0->bf0"},
    {"a window field twice", LAX_ERROR_ATTRIBUTE, 1, 75, "1:75: the attribute is given twice",
     "%r = f32[1,1,1] convolution(f32[1,1,2] %x, f32[1,1,2] %y), window={size=2 size=2}, "
     "dim_labels=bf0_oi0->bf0"},
    {"three-part padding of a window", LAX_ERROR_SYNTAX, 1, 79,
     "1:79: expected paddings like 0_1x2_3, got '0_0_0'",
     "%r = f32[1,1,1] convolution(f32[1,1,2] %x, f32[1,1,2] %y), window={size=2 "
     "pad=0_0_0}, dim_labels=bf0_oi0->bf0"},
    {"padding beyond 64 bits", LAX_ERROR_OVERFLOW, 1, 17,
     "1:17: convolution: the padded size of dimension 0 does not fit",
     "%r = f32[1,1,1] convolution(f32[1,1,2] %x, f32[1,1,2] %y), window={size=2 "
     "pad=9223372036854775807_9}, dim_labels=bf0_oi0->bf0"},
    {"a reducer of the wrong type", LAX_ERROR_TYPE, 10, 19,
     "10:19: parameter 0 of computation 'add' must be s32[], not f32 of rank 0",
     "HloModule m\nadd {\n  a = f32[] parameter(0)\n  b = f32[] parameter(1)\n  ROOT c = "
     "f32[] add(a, b)\n}\nENTRY e {\n  x = s32[4] parameter(0)\n  i = s32[] constant(0)\n  "
     "ROOT r = s32[3] reduce-window(x, i), window={size=2}, to_apply=add\n}\n"},
    {"a reducer of one parameter", LAX_ERROR_COUNT, 8, 18,
     "8:18: computation 'f' must take 2 parameters and give 1 results, it takes 1 and "
     "gives 1",
     "HloModule m\nf {\n  ROOT a = f32[] parameter(0)\n}\nENTRY e {\n  x = f32[2,3] "
     "parameter(0)\n  i = f32[] constant(0)\n  ROOT r = f32[] reduce(x, i), "
     "dimensions={0,1}, to_apply=f\n}\n"},
    {"a reducer on arrays", LAX_ERROR_UNSUPPORTED, 12, 18,
     "12:18: computation 'f' is unsupported as a scalar region: it works on arrays",
     "HloModule m\nf {\n  a = f32[] parameter(0)\n  b = f32[] parameter(1)\n  s = f32[2] "
     "broadcast(a), dimensions={}\n  t = f32[1] slice(s), slice={[0:1]}\n  ROOT c = f32[] "
     "reshape(t)\n}\nENTRY e {\n  x = f32[2,3] parameter(0)\n  i = f32[] constant(0)\n  "
     "ROOT r = f32[] reduce(x, i), dimensions={0,1}, to_apply=f\n}\n"},
    {"reduce without a window", LAX_ERROR_ATTRIBUTE, 1, 13,
     "1:13: reduce-window needs the attribute window",
     "%r = f32[2] reduce-window(f32[2] %x, f32[] %i), to_apply=%add"},
    {"an odd number of operands", LAX_ERROR_COUNT, 1, 13,
     "1:13: reduce takes 1 to 8 operands and as many initial values, got 1 in all",
     "%r = f32[2] reduce(f32[2] %x), dimensions={0}, to_apply=%add"},
    {"a dimension twice", LAX_ERROR_AXIS, 1, 42, "1:42: reduce: dimension 0 is given twice",
     "%r = f32[2] reduce(f32[2] %x, f32[] %i), dimensions={0,0}, to_apply=%add"},
    {"a name that is no reducer", LAX_ERROR_NAME, 1, 67,
     "1:67: computation 'wibble' is not defined before its use, and its name is not that "
     "of a built-in one",
     "%r = f32[] reduce(f32[2] %x, f32[] %i), dimensions={0}, to_apply=%wibble"},
    {"a built-in name in a module", LAX_ERROR_NAME, 5, 60,
     "5:60: computation 'max' is not defined before its use",
     "HloModule m\nENTRY e {\n  x = f32[2,3] parameter(0)\n  i = f32[] constant(0)\n  ROOT "
     "r = f32[] reduce(x, i), dimensions={0,1}, to_apply=%max\n}\n"},
    {"xor of floats by name", LAX_ERROR_DTYPE_OPERATION, 1, 67,
     "1:67: 'xor' is not defined for f32",
     "%r = f32[] reduce(f32[2] %x, f32[] %i), dimensions={0}, to_apply=%xor"},
    {"a source of another shape", LAX_ERROR_SHAPE_MISMATCH, 1, 13,
     "1:13: select-and-scatter: source is f32[3], the window-reduced operand f32[2]",
     "%r = f32[4] select-and-scatter(f32[4] %x, f32[3] %y, f32[] %i), window={size=2 "
     "stride=2}, select=%ge, scatter=%add"},
    {"a frontend attribute that we lack", LAX_ERROR_ATTRIBUTE, 1, 97,
     "1:97: unknown frontend attribute 'lax.colour'",
     "%r = f32[1,1] convolution(f32[1,1] %x, f32[1,1] %y), dim_labels=bf_io->bf, "
     "frontend_attributes={lax.colour=\"red\"}"},
    {"a policy that we lack", LAX_ERROR_ATTRIBUTE, 1, 97,
     "1:97: lax.policy must be one of the words of docs/hlo-text.md, got 'red'",
     "%r = f32[1,1] convolution(f32[1,1] %x, f32[1,1] %y), dim_labels=bf_io->bf, "
     "frontend_attributes={lax.policy=\"red\"}"},
    {"strides of another rank", LAX_ERROR_ATTRIBUTE, 1, 97,
     "1:97: lax.lhs_strides must be as many integers as the rank, got '1'",
     "%r = f32[1,1] convolution(f32[1,1] %x, f32[1,1] %y), dim_labels=bf_io->bf, "
     "frontend_attributes={lax.lhs_strides=\"1\"}"},
    {"a frontend attribute of an element-wise operation", LAX_ERROR_ATTRIBUTE, 1, 32,
     "1:32: negate has no lax.* attributes",
     "%r = f32[1] negate(f32[1] %x), frontend_attributes={lax.policy=\"fast\"}"},
    {"a gradient with respect to nothing", LAX_ERROR_ATTRIBUTE, 1, 97,
     "1:97: lax.grad must be lhs or rhs, got 'out'",
     "%r = f32[1,1] convolution(f32[1,1] %x, f32[1,1] %y), dim_labels=bf_io->bf, "
     "frontend_attributes={lax.grad=\"out\"}"},
    {"a scan of another window", LAX_ERROR_ATTRIBUTE, 1, 110,
     "1:110: lax.scan must be the axis that the window covers, got '0'",
     "%r = f32[4] reduce-window(f32[4] %x, f32[] %i), window={size=3 pad=2_0}, "
     "to_apply=%add, frontend_attributes={lax.scan=\"0\"}"},
    {"text behind an instruction", LAX_ERROR_SYNTAX, 1, 31,
     "1:31: expected the end of the single instruction (a module starts with HloModule), "
     "got '%'",
     "%r = f32[1] negate(f32[1] %x) %s = f32[1] negate(f32[1] %x)"},
};

const struct error_rows hlo_errors = {rows, sizeof rows / sizeof *rows};
