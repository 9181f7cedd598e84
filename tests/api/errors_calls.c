/* SPDX-License-Identifier: Apache-2.0 */
/* Wrong calls of the window family, of scans and of data movement, one function each. */
#include <string.h>

#include "api/errors.h"
#include "property/corner.h"

static float zeros[64];

static lax_tensor input(lax_dtype type, int32_t rank, const int64_t *shape) {
    return lax_tensor_of(type, zeros, rank, shape);
}

static lax_status window_null_operand(struct bed *bed, lax_error *why) {
    lax_tensor out = bed_tensor(bed, LAX_F32, SHAPE(4));
    return lax_reduce_window(NULL, NULL, LAX_ADD, &LAX_WINDOW_OPTIONS(.padding = "VALID"), &out,
                             why);
}

static lax_status window_null_out(struct bed *bed, lax_error *why) {
    lax_tensor x = input(LAX_F32, SHAPE(4));
    (void)bed;
    return lax_reduce_window(NULL, &x, LAX_ADD, &LAX_WINDOW_OPTIONS(.padding = "VALID"), NULL, why);
}

static lax_status window_no_operands(struct bed *bed, lax_error *why) {
    lax_tensor x = input(LAX_F32, SHAPE(4)), out = bed_tensor(bed, LAX_F32, SHAPE(4));
    return lax_reduce_window_n(NULL, 0, &x, &LAX_REDUCER(.kind = LAX_ADD),
                               &LAX_WINDOW_OPTIONS(.padding = "VALID"), &out, why);
}

static lax_status window_two_for_add(struct bed *bed, lax_error *why) {
    lax_tensor x[2] = {input(LAX_F32, SHAPE(4)), input(LAX_F32, SHAPE(4))};
    lax_tensor out[2] = {bed_tensor(bed, LAX_F32, SHAPE(4)), bed_tensor(bed, LAX_F32, SHAPE(4))};
    return lax_reduce_window_n(NULL, 2, x, &LAX_REDUCER(.kind = LAX_ADD),
                               &LAX_WINDOW_OPTIONS(.padding = "VALID"), out, why);
}

static lax_status never(void *user, int64_t n, const void *const *acc, const void *const *elem,
                        void *const *out) {
    (void)user, (void)n, (void)acc, (void)elem, (void)out;
    return LAX_ERROR_CALLBACK;
}

static lax_status with_reducer(struct bed *bed, const lax_reducer *reducer, const void *init,
                               lax_error *why) {
    lax_tensor x = input(LAX_F32, SHAPE(4)), out = bed_tensor(bed, LAX_F32, SHAPE(4));
    return lax_reduce_window_n(NULL, 1, &x, reducer, &LAX_WINDOW_OPTIONS(.init_values = {init}),
                               &out, why);
}

static lax_status window_no_init(struct bed *bed, lax_error *why) {
    return with_reducer(bed, &LAX_REDUCER(.fn = never), NULL, why);
}

static lax_status window_reducer_size(struct bed *bed, lax_error *why) {
    return with_reducer(bed, &(lax_reducer){.kind = LAX_ADD}, NULL, why);
}

static lax_status window_reducer_unset(struct bed *bed, lax_error *why) {
    return with_reducer(bed, &LAX_REDUCER(.text = NULL), NULL, why);
}

static lax_status window_reducer_twice(struct bed *bed, lax_error *why) {
    return with_reducer(bed, &LAX_REDUCER(.kind = LAX_ADD, .fn = never), zeros, why);
}

static lax_status window_callback_fails(struct bed *bed, lax_error *why) {
    float kept[4];
    memcpy(kept, bed->bytes, sizeof kept);
    lax_status status = with_reducer(bed, &LAX_REDUCER(.fn = never), zeros, why);
    memcpy(bed->bytes, kept, sizeof kept); /* results are unspecified then */
    return status;
}

static lax_status window_shapes_differ(struct bed *bed, lax_error *why) {
    lax_tensor x[2] = {input(LAX_F32, SHAPE(4)), input(LAX_F32, SHAPE(5))};
    lax_tensor out[2] = {bed_tensor(bed, LAX_F32, SHAPE(4)), bed_tensor(bed, LAX_F32, SHAPE(4))};
    return lax_reduce_window_n(NULL, 2, x, &LAX_REDUCER(.fn = never),
                               &LAX_WINDOW_OPTIONS(.init_values = {zeros, zeros}), out, why);
}

static lax_status window_out_shape(struct bed *bed, lax_error *why) {
    lax_tensor x = input(LAX_F32, SHAPE(4)), out = bed_tensor(bed, LAX_F32, SHAPE(5));
    return lax_reduce_window(NULL, &x, LAX_ADD, &LAX_WINDOW_OPTIONS(.padding = "VALID"), &out, why);
}

static lax_status window_not_injective(struct bed *bed, lax_error *why) {
    lax_tensor x = input(LAX_F32, SHAPE(4)), out = bed_tensor(bed, LAX_F32, SHAPE(4));
    out.strides[0] = 0;
    return lax_reduce_window(NULL, &x, LAX_ADD, &LAX_WINDOW_OPTIONS(.padding = "VALID"), &out, why);
}

static lax_status window_overlap(struct bed *bed, lax_error *why) {
    lax_tensor x = bed_tensor(bed, LAX_F32, SHAPE(5)), out = x;
    out.shape[0] = 4;
    return lax_reduce_window(NULL, &x, LAX_ADD, &LAX_WINDOW_OPTIONS(.window_dimensions = {2}), &out,
                             why);
}

static lax_status arg_on_complex(struct bed *bed, lax_error *why) {
    lax_tensor x = input(LAX_C64, SHAPE(4)), out = bed_tensor(bed, LAX_S32, SHAPE(4));
    return lax_reduce_window_arg(NULL, &x, LAX_GE, &LAX_WINDOW_OPTIONS(.padding = "VALID"), NULL,
                                 &out, why);
}

static lax_status arg_index_type(struct bed *bed, lax_error *why) {
    lax_tensor x = input(LAX_F32, SHAPE(4)), out = bed_tensor(bed, LAX_U8, SHAPE(4));
    return lax_reduce_window_arg(NULL, &x, LAX_GE, &LAX_WINDOW_OPTIONS(.padding = "VALID"), NULL,
                                 &out, why);
}

static lax_status arg_select(struct bed *bed, lax_error *why) {
    lax_tensor x = input(LAX_F32, SHAPE(4)), out = bed_tensor(bed, LAX_S32, SHAPE(4));
    return lax_reduce_window_arg(NULL, &x, (lax_select)8, &LAX_WINDOW_OPTIONS(.padding = "VALID"),
                                 NULL, &out, why);
}

static lax_status scatter_source(struct bed *bed, lax_error *why) {
    lax_tensor x = input(LAX_F32, SHAPE(4)), source = input(LAX_F32, SHAPE(5));
    lax_tensor out = bed_tensor(bed, LAX_F32, SHAPE(4));
    return lax_select_and_scatter_add(NULL, &source, &x, LAX_GE,
                                      &LAX_WINDOW_OPTIONS(.padding = "VALID"), &out, why);
}

static lax_status gather_shapes(struct bed *bed, lax_error *why) {
    lax_tensor x = input(LAX_F32, SHAPE(4)), tangents = input(LAX_F32, SHAPE(5));
    lax_tensor out = bed_tensor(bed, LAX_F32, SHAPE(4));
    return lax_select_and_gather_add(NULL, &tangents, &x, LAX_GE,
                                     &LAX_WINDOW_OPTIONS(.padding = "VALID"), &out, why);
}

static lax_status gather_on_integers(struct bed *bed, lax_error *why) {
    lax_tensor x = input(LAX_S32, SHAPE(4)), out = bed_tensor(bed, LAX_S32, SHAPE(4));
    return lax_select_and_gather_add(NULL, &x, &x, LAX_GE, &LAX_WINDOW_OPTIONS(.padding = "VALID"),
                                     &out, why);
}

static lax_status pool_on_integers(struct bed *bed, lax_error *why) {
    lax_tensor x = input(LAX_S32, SHAPE(1, 4, 1)), out = bed_tensor(bed, LAX_S32, SHAPE(1, 4, 1));
    return lax_avg_pool(NULL, &x, &LAX_POOL_OPTIONS(.layout = NULL), &out, why);
}

static lax_status pool_of_rank_1(struct bed *bed, lax_error *why) {
    lax_tensor x = input(LAX_F32, SHAPE(4)), out = bed_tensor(bed, LAX_F32, SHAPE(4));
    return lax_max_pool(NULL, &x, &LAX_POOL_OPTIONS(.layout = NULL), &out, why);
}

static lax_status pool_options(struct bed *bed, lax_error *why) {
    lax_tensor x = input(LAX_F32, SHAPE(1, 4, 1)), out = bed_tensor(bed, LAX_F32, SHAPE(1, 4, 1));
    return lax_max_pool(NULL, &x, &(lax_pool_options){.size = 0}, &out, why);
}

static lax_status conv_stride(struct bed *bed, lax_error *why) {
    lax_tensor x = input(LAX_F32, SHAPE(1, 1, 4)), y = bed_tensor(bed, LAX_F32, SHAPE(1, 1, 1));
    return lax_conv(NULL, &x, &x, (const int64_t[]){0}, "VALID", &y, why);
}

static lax_status conv_no_padding(struct bed *bed, lax_error *why) {
    lax_tensor x = input(LAX_F32, SHAPE(1, 1, 4)), y = bed_tensor(bed, LAX_F32, SHAPE(1, 1, 1));
    return lax_conv(NULL, &x, &x, NULL, NULL, &y, why);
}

static lax_status patches_of(const lax_tensor *x, int64_t filter, bool reversed, lax_error *why) {
    lax_tensor y;
    return lax_conv_general_dilated_patches_shape(
        x, &filter, &LAX_CONV_OPTIONS(.window_reversal = {reversed}), &y, why);
}

static lax_status patches_filter(struct bed *bed, lax_error *why) {
    lax_tensor x = input(LAX_F32, SHAPE(1, 1, 4));
    (void)bed;
    return patches_of(&x, 0, false, why);
}

static lax_status patches_reversal(struct bed *bed, lax_error *why) {
    lax_tensor x = input(LAX_F32, SHAPE(1, 1, 4));
    (void)bed;
    return patches_of(&x, 2, true, why);
}

static lax_status patches_overflow(struct bed *bed, lax_error *why) {
    lax_tensor x = input(LAX_F32, SHAPE(1, 1 << 10, 4));
    (void)bed;
    return patches_of(&x, INT64_C(1) << 60, false, why);
}

static lax_status local_features(struct bed *bed, lax_error *why) {
    lax_tensor x = input(LAX_F32, SHAPE(1, 1, 4)), w = input(LAX_F32, SHAPE(1, 3, 3)), y;
    (void)bed;
    return lax_conv_general_dilated_local_shape(&x, &w, (const int64_t[]){2}, NULL, &y, why);
}

static lax_status open_batch_groups(struct bed *bed, lax_error *why) {
    lax_tensor x = input(LAX_F32, SHAPE(2, 1, 4)), w = input(LAX_F32, SHAPE(2, 1, 4));
    lax_tensor y = bed_tensor(bed, LAX_F32, SHAPE(1, 2, 1));
    lax_plan *plan;
    return lax_conv_plan(NULL, &x, &w,
                         &LAX_CONV_OPTIONS(.open_batch = true, .batch_group_count = 2), NULL, &y,
                         &plan, why);
}

static lax_status residual_shape(struct bed *bed, lax_error *why) {
    lax_tensor x = input(LAX_F32, SHAPE(1, 1, 4)), r = input(LAX_F32, SHAPE(1, 1, 2));
    lax_tensor y = bed_tensor(bed, LAX_F32, SHAPE(1, 1, 1));
    lax_plan *plan;
    return lax_conv_plan(NULL, &x, &x, NULL, &LAX_EPILOGUE(.residual = &r), &y, &plan, why);
}

static lax_status mixed_preferred(struct bed *bed, lax_error *why) {
    lax_tensor x = input(LAX_U8, SHAPE(1, 1, 4)), w = input(LAX_S8, SHAPE(1, 1, 4)), y;
    (void)bed;
    return lax_conv_general_dilated_shape(
        &x, &w, &LAX_CONV_OPTIONS(.preferred_element_type = LAX_F32), &y, why);
}

static lax_status reversed_gradient(struct bed *bed, lax_error *why) {
    lax_tensor x = input(LAX_F32, SHAPE(1, 1, 4)), w = input(LAX_F32, SHAPE(1, 1, 2));
    lax_conv_options gradient;
    (void)bed;
    return lax_conv_grad_rhs_options(&x, &w, &LAX_CONV_OPTIONS(.window_reversal = {true}),
                                     &gradient, why);
}

static lax_status layout_twice(struct bed *bed, lax_error *why) {
    int32_t permutation[LAX_MAX_RANK];
    (void)bed;
    return lax_layout_permutation("NHHC", "NHHC", permutation, why);
}

static lax_status pad_grad_no_data(struct bed *bed, lax_error *why) {
    lax_tensor g = lax_tensor_of(LAX_F32, NULL, SHAPE(4)), x = bed_tensor(bed, LAX_F32, SHAPE(4));
    return lax_pad_grad_operand(NULL, &g, &LAX_PAD_OPTIONS(.low = {0}), &x, why);
}

static const struct error_call rows[] = {
    {"conv, stride", LAX_ERROR_WINDOW_STRIDE, "got 0 in dimension 0", conv_stride},
    {"conv, padding", LAX_ERROR_NULL, "padding", conv_no_padding},
    {"patches, filter", LAX_ERROR_WINDOW_SIZE, "got 0 in dimension 0", patches_filter},
    {"patches, reversal", LAX_ERROR_VALUE, "window_reversal[0]", patches_reversal},
    {"patches, overflow", LAX_ERROR_OVERFLOW, "1024 features", patches_overflow},
    {"local, features", LAX_ERROR_FEATURE_MISMATCH, "filter positions), got 3", local_features},
    {"open batch with groups", LAX_ERROR_UNSUPPORTED, "batch_group_count 2", open_batch_groups},
    {"residual's shape", LAX_ERROR_SHAPE_MISMATCH, "residual must have size 1", residual_shape},
    {"u8 x s8 to f32", LAX_ERROR_PREFERRED_KIND, "f32", mixed_preferred},
    {"options of a reversed gradient", LAX_ERROR_UNSUPPORTED, "window_reversal[0]",
     reversed_gradient},
    {"a layout's letter twice", LAX_ERROR_LABELS_DUPLICATE, "'H' twice", layout_twice},
    {"pad's gradient, no data", LAX_ERROR_NULL, "grad has no data", pad_grad_no_data},
    {"operand NULL", LAX_ERROR_NULL, "operand", window_null_operand},
    {"out NULL", LAX_ERROR_NULL, "out", window_null_out},
    {"no operands", LAX_ERROR_COUNT, "got 0", window_no_operands},
    {"two operands for add", LAX_ERROR_COUNT, "add takes 1 operand, got 2", window_two_for_add},
    {"callback without init", LAX_ERROR_NULL, "init_values[0]", window_no_init},
    {"reducer without size", LAX_ERROR_OPTIONS_SIZE, "LAX_REDUCER", window_reducer_size},
    {"reducer unset", LAX_ERROR_ENUM, "unset", window_reducer_unset},
    {"reducer twice", LAX_ERROR_OPTION_TWICE, "kind is add and fn is set", window_reducer_twice},
    {"callback fails", LAX_ERROR_CALLBACK, "LAX_ERROR_CALLBACK", window_callback_fails},
    {"operand shapes", LAX_ERROR_SHAPE_MISMATCH, "4, got 5", window_shapes_differ},
    {"out's shape", LAX_ERROR_SHAPE_MISMATCH, "out must have size 4 in dimension 0, got 5",
     window_out_shape},
    {"out not injective", LAX_ERROR_NOT_INJECTIVE, "strides of out", window_not_injective},
    {"out overlaps", LAX_ERROR_OVERLAP, "overlaps operand", window_overlap},
    {"arg-max of complex", LAX_ERROR_DTYPE_OPERATION, "c64", arg_on_complex},
    {"index type", LAX_ERROR_DTYPE_MISMATCH, "s32 or s64, got u8", arg_index_type},
    {"unknown select", LAX_ERROR_ENUM, "got 8", arg_select},
    {"source's shape", LAX_ERROR_SHAPE_MISMATCH, "source", scatter_source},
    {"tangents' shape", LAX_ERROR_SHAPE_MISMATCH, "tangents", gather_shapes},
    {"gather of integers", LAX_ERROR_DTYPE_OPERATION, "s32", gather_on_integers},
    {"average of integers", LAX_ERROR_DTYPE_OPERATION, "s32", pool_on_integers},
    {"pool of rank 1", LAX_ERROR_RANK, "got 1", pool_of_rank_1},
    {"pool options", LAX_ERROR_OPTIONS_SIZE, "LAX_POOL_OPTIONS", pool_options},
};

static void run(int32_t i, struct bed *bed, struct error_result *result, lax_error *why) {
    error_call_run(&rows[i], bed, result, why);
}

const struct error_table errors_window_calls = {"window calls", sizeof rows / sizeof *rows, run};
