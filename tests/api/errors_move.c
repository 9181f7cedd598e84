/* SPDX-License-Identifier: Apache-2.0 */
/* Wrong scans, pads, transposes, reductions and helpers. */
#include "api/errors.h"
#include "property/corner.h"

static float zeros[64];

static lax_tensor input(lax_dtype type, int32_t rank, const int64_t *shape) {
    return lax_tensor_of(type, zeros, rank, shape);
}

static lax_status scan(struct bed *bed, lax_dtype type, int32_t rank, int32_t axis,
                       lax_error *why) {
    lax_tensor x = input(type, rank, (const int64_t[]){3, 2}), out = x;
    out.data = bed->bytes;
    return lax_cumsum(NULL, &x, axis, false, &out, why);
}

static lax_status scan_axis_negative(struct bed *bed, lax_error *why) {
    return scan(bed, LAX_F32, 2, -1, why);
}

static lax_status scan_axis_high(struct bed *bed, lax_error *why) {
    return scan(bed, LAX_F32, 2, 2, why);
}

static lax_status scan_rank_0(struct bed *bed, lax_error *why) {
    return scan(bed, LAX_F32, 0, 0, why);
}

static lax_status scan_pred(struct bed *bed, lax_error *why) {
    return scan(bed, LAX_PRED, 2, 0, why);
}

static lax_status logsumexp_integers(struct bed *bed, lax_error *why) {
    lax_tensor x = input(LAX_S32, SHAPE(3)), out = bed_tensor(bed, LAX_S32, SHAPE(3));
    return lax_cumlogsumexp(NULL, &x, 0, false, &out, why);
}

static lax_status pad(struct bed *bed, const lax_pad_options *options, lax_error *why) {
    lax_tensor x = input(LAX_F32, SHAPE(3)), out = bed_tensor(bed, LAX_F32, SHAPE(3));
    return lax_pad(NULL, &x, NULL, options, &out, why);
}

static lax_status pad_negative(struct bed *bed, lax_error *why) {
    return pad(bed, &LAX_PAD_OPTIONS(.low = {-2}, .high = {-2}), why);
}

static lax_status pad_interior(struct bed *bed, lax_error *why) {
    return pad(bed, &LAX_PAD_OPTIONS(.interior = {-1}), why);
}

static lax_status pad_length(struct bed *bed, lax_error *why) {
    return pad(bed, &LAX_PAD_OPTIONS(.high = {0, 3}), why);
}

static lax_status pad_overflow(struct bed *bed, lax_error *why) {
    return pad(bed, &LAX_PAD_OPTIONS(.low = {INT64_MAX}, .high = {INT64_MAX}), why);
}

static lax_status pad_options(struct bed *bed, lax_error *why) {
    return pad(bed, &(lax_pad_options){.size = 0}, why);
}

static lax_status pad_null_data(struct bed *bed, lax_error *why) {
    lax_tensor x = lax_tensor_of(LAX_F32, NULL, SHAPE(3)), out = bed_tensor(bed, LAX_F32, SHAPE(3));
    return lax_pad(NULL, &x, NULL, &LAX_PAD_OPTIONS(.low = {0}), &out, why);
}

static lax_status pad_value_rank(struct bed *bed, lax_error *why) {
    lax_tensor g = input(LAX_F32, SHAPE(3)), out = bed_tensor(bed, LAX_F32, SHAPE(1));
    return lax_pad_grad_value(NULL, &g, (const int64_t[]){3}, &LAX_PAD_OPTIONS(.low = {0}), &out,
                              why);
}

static lax_status transpose(struct bed *bed, int32_t first, int32_t second, lax_error *why) {
    lax_tensor x = input(LAX_F32, SHAPE(3, 2)), out = bed_tensor(bed, LAX_F32, SHAPE(2, 3));
    return lax_transpose(NULL, &x, (const int32_t[]){first, second}, &out, why);
}

static lax_status transpose_twice(struct bed *bed, lax_error *why) {
    return transpose(bed, 1, 1, why);
}

static lax_status transpose_range(struct bed *bed, lax_error *why) {
    return transpose(bed, 0, 2, why);
}

static lax_status transpose_shape(struct bed *bed, lax_error *why) {
    return transpose(bed, 0, 1, why);
}

static lax_status reduce(struct bed *bed, int32_t n, const int32_t *dimensions, lax_error *why) {
    lax_tensor x = input(LAX_F32, SHAPE(3, 2)), out = bed_tensor(bed, LAX_F32, SHAPE(2));
    return lax_reduce(NULL, &x, LAX_ADD, n, dimensions, &out, why);
}

static lax_status reduce_range(struct bed *bed, lax_error *why) {
    return reduce(bed, 1, (const int32_t[]){2}, why);
}

static lax_status reduce_negative(struct bed *bed, lax_error *why) {
    return reduce(bed, 1, (const int32_t[]){-1}, why);
}

static lax_status reduce_twice(struct bed *bed, lax_error *why) {
    return reduce(bed, 2, (const int32_t[]){0, 0}, why);
}

static lax_status reduce_count(struct bed *bed, lax_error *why) {
    return reduce(bed, 13, (const int32_t[13]){0}, why);
}

static lax_status reduce_out_rank(struct bed *bed, lax_error *why) {
    return reduce(bed, 0, NULL, why);
}

static lax_status precision(struct bed *bed, lax_dtype type, int32_t e, int32_t m, lax_error *why) {
    lax_tensor x = input(type, SHAPE(3)), out = bed_tensor(bed, type, SHAPE(3));
    return lax_reduce_precision(NULL, &x, e, m, &out, why);
}

static lax_status precision_exponent(struct bed *bed, lax_error *why) {
    return precision(bed, LAX_F32, 0, 3, why);
}

static lax_status precision_mantissa(struct bed *bed, lax_error *why) {
    return precision(bed, LAX_F32, 5, -1, why);
}

static lax_status precision_type(struct bed *bed, lax_error *why) {
    return precision(bed, LAX_S32, 5, 5, why);
}

static lax_status layout_length(struct bed *bed, lax_error *why) {
    int32_t permutation[LAX_MAX_RANK];
    (void)bed;
    return lax_layout_permutation("NHWC", "NCH", permutation, why);
}

static lax_status layout_letters(struct bed *bed, lax_error *why) {
    int32_t permutation[LAX_MAX_RANK];
    (void)bed;
    return lax_layout_permutation("NHWC", "NCHX", permutation, why);
}

static lax_status padtype_value(struct bed *bed, lax_error *why) {
    int64_t pads[1][2];
    const int64_t in = 3, window = 2, stride = 0;
    (void)bed;
    return lax_padtype_to_pads(1, &in, &window, &stride, "SAME", pads, why);
}

static lax_status transpose_padding_name(struct bed *bed, lax_error *why) {
    int64_t pads[2];
    (void)bed;
    return lax_conv_transpose_padding(3, 2, "same", pads, why);
}

static const struct error_call rows[] = {
    {"scan, axis -1", LAX_ERROR_AXIS, "got -1", scan_axis_negative},
    {"scan, axis 2", LAX_ERROR_AXIS, "axis 2 is out of bounds for rank 2", scan_axis_high},
    {"scan of rank 0", LAX_ERROR_AXIS, "axis 0 is out of bounds for rank 0", scan_rank_0},
    {"scan of pred", LAX_ERROR_DTYPE_OPERATION, "pred", scan_pred},
    {"cumlogsumexp of s32", LAX_ERROR_DTYPE_OPERATION, "s32", logsumexp_integers},
    {"pad, negative", LAX_ERROR_PADDING_NEGATIVE, "leaves size -1 in dimension 0 of size 3",
     pad_negative},
    {"pad, interior", LAX_ERROR_INTERIOR, "got -1 in dimension 0", pad_interior},
    {"pad, length", LAX_ERROR_PADDING_LENGTH, "index 1, but operand has rank 1", pad_length},
    {"pad, overflow", LAX_ERROR_OVERFLOW, "dimension 0", pad_overflow},
    {"pad, options", LAX_ERROR_OPTIONS_SIZE, "LAX_PAD_OPTIONS", pad_options},
    {"pad, no data", LAX_ERROR_NULL, "operand has no data", pad_null_data},
    {"pad, value's gradient", LAX_ERROR_RANK_MISMATCH, "rank 0, got 1", pad_value_rank},
    {"transpose, twice", LAX_ERROR_PERMUTATION, "got 1 at index 1", transpose_twice},
    {"transpose, range", LAX_ERROR_PERMUTATION, "got 2 at index 1", transpose_range},
    {"transpose, out", LAX_ERROR_SHAPE_MISMATCH, "size 3 in dimension 0, got 2", transpose_shape},
    {"reduce, range", LAX_ERROR_AXIS, "rank 2, got 2", reduce_range},
    {"reduce, negative", LAX_ERROR_AXIS, "got -1", reduce_negative},
    {"reduce, twice", LAX_ERROR_AXIS_DUPLICATE, "dimensions[1] repeats axis 0", reduce_twice},
    {"reduce, count", LAX_ERROR_COUNT, "got 13", reduce_count},
    {"reduce, out", LAX_ERROR_RANK_MISMATCH, "out must have rank 2, got 1", reduce_out_rank},
    {"reduce_precision, exponent", LAX_ERROR_BITS, "exponent_bits must be positive, got 0",
     precision_exponent},
    {"reduce_precision, mantissa", LAX_ERROR_BITS, "got -1", precision_mantissa},
    {"reduce_precision, type", LAX_ERROR_DTYPE_OPERATION, "s32", precision_type},
    {"layouts of two lengths", LAX_ERROR_LABELS_LENGTH, "\"NHWC\" and \"NCH\"", layout_length},
    {"layouts of other letters", LAX_ERROR_LABELS_SPATIAL, "lacks", layout_letters},
    {"padtype_to_pads, stride", LAX_ERROR_VALUE, "stride 0 must be positive", padtype_value},
    {"conv_transpose padding", LAX_ERROR_PADDING_NAME, "got \"same\"", transpose_padding_name},
};

static void run(int32_t i, struct bed *bed, struct error_result *result, lax_error *why) {
    error_call_run(&rows[i], bed, result, why);
}

const struct error_table errors_move = {"move", sizeof rows / sizeof *rows, run};
