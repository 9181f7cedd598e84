/* SPDX-License-Identifier: Apache-2.0 */
/* Wrong operations, plans, packed weights and their executions. */
#include <stdlib.h>
#include <string.h>

#include "api/errors.h"
#include "property/corner.h"
#include "support/support.h"

static float zeros[1024];

/* A dense layer that every lowering takes. */
struct layer {
    lax_tensor x, w, y;
    lax_conv_options options;
    lax_plan *plan;
};

static void layer_plan(struct layer *l, struct bed *bed, int64_t features) {
    lax_error why;
    l->x = lax_tensor_of(LAX_F32, zeros, SHAPE(1, 3, 8));
    l->w = lax_tensor_of(LAX_F32, zeros, SHAPE(2, 8, features));
    l->y = bed_tensor(bed, LAX_F32, SHAPE(1, 2, features));
    l->options = LAX_CONV_OPTIONS(.dimension_numbers = {"NWC", "WIO", "NWC"});
    must(lax_conv_plan(NULL, &l->x, &l->w, &l->options, NULL, &l->y, &l->plan, &why), &why, "plan");
}

static lax_status execute(struct layer *l, const lax_tensor *x, const lax_tensor *w,
                          void *workspace, lax_error *why) {
    lax_status status = lax_plan_execute(l->plan, (const lax_tensor *[]){x, w}, NULL,
                                         (lax_tensor *[]){&l->y}, workspace, why);
    lax_plan_release(l->plan);
    return status;
}

static lax_status plan_shape(struct bed *bed, lax_error *why) {
    struct layer l;
    layer_plan(&l, bed, 8);
    lax_tensor other = lax_tensor_of(LAX_F32, zeros, SHAPE(1, 4, 8));
    return execute(&l, &other, &l.w, NULL, why);
}

static lax_status plan_type(struct bed *bed, lax_error *why) {
    struct layer l;
    layer_plan(&l, bed, 8);
    lax_tensor other = lax_tensor_of(LAX_S32, zeros, SHAPE(1, 3, 8));
    return execute(&l, &other, &l.w, NULL, why);
}

static lax_status plan_strides(struct bed *bed, lax_error *why) {
    struct layer l;
    layer_plan(&l, bed, 8);
    lax_tensor other = l.x;
    other.strides[1] = 9;
    return execute(&l, &other, &l.w, NULL, why);
}

static lax_status plan_no_data(struct bed *bed, lax_error *why) {
    struct layer l;
    layer_plan(&l, bed, 8);
    lax_tensor other = l.x;
    other.data = NULL;
    return execute(&l, &other, &l.w, NULL, why);
}

static lax_status plan_workspace(struct bed *bed, lax_error *why) {
    struct layer l;
    static _Alignas(64) unsigned char workspace[65];
    layer_plan(&l, bed, 8);
    return execute(&l, &l.x, &l.w, workspace + 1, why);
}

static lax_status plan_overlap(struct bed *bed, lax_error *why) {
    struct layer l;
    layer_plan(&l, bed, 8);
    lax_tensor other = l.x;
    other.data = bed->bytes;
    return execute(&l, &other, &l.w, NULL, why);
}

static lax_status plan_null(struct bed *bed, lax_error *why) {
    (void)bed;
    return lax_plan_execute(NULL, NULL, NULL, NULL, NULL, why);
}

static lax_status pack_shape(struct bed *bed, lax_error *why) {
    struct layer l;
    lax_packed *packed = NULL;
    layer_plan(&l, bed, 8);
    lax_tensor other = lax_tensor_of(LAX_F32, zeros, SHAPE(2, 8, 9));
    lax_status status = lax_plan_pack(l.plan, &other, &packed, why);
    lax_plan_release(l.plan);
    return status;
}

static lax_status pack_into(struct bed *bed, size_t offset, size_t nbytes, lax_error *why) {
    struct layer l;
    lax_packed *packed = NULL;
    static _Alignas(64) unsigned char memory[1 << 16];
    layer_plan(&l, bed, 8);
    lax_status status = lax_plan_pack_into(l.plan, &l.w, memory + offset, nbytes, &packed, why);
    lax_plan_release(l.plan);
    return status;
}

static lax_status pack_alignment(struct bed *bed, lax_error *why) {
    return pack_into(bed, 8, 1 << 15, why);
}

static lax_status pack_buffer(struct bed *bed, lax_error *why) { return pack_into(bed, 0, 1, why); }

static lax_status packed_of_another_plan(struct bed *bed, lax_error *why) {
    struct layer a, b;
    lax_packed *packed = NULL;
    lax_error unused;
    layer_plan(&a, bed, 8);
    layer_plan(&b, bed, 16);
    must(lax_plan_pack(a.plan, &a.w, &packed, &unused), &unused, "pack");
    lax_status status = lax_plan_execute(b.plan, (const lax_tensor *[]){&b.x}, packed,
                                         (lax_tensor *[]){&b.y}, NULL, why);
    lax_packed_release(packed);
    lax_plan_release(a.plan);
    lax_plan_release(b.plan);
    return status;
}

static lax_status pack_nothing(struct bed *bed, lax_error *why) {
    lax_operation op = LAX_OPERATION(.op = LAX_OP_REDUCE_PRECISION, .n_operands = 1, .n_results = 1,
                                     .exponent_bits = 5, .mantissa_bits = 5);
    lax_plan *plan;
    lax_packed *packed = NULL;
    lax_error unused;
    op.operands[0] = lax_tensor_of(LAX_F32, NULL, SHAPE(4));
    op.results[0].rank = -1;
    (void)bed;
    must(lax_operation_plan(NULL, &op, &plan, &unused), &unused, "plan");
    lax_status status = lax_plan_pack(plan, &op.operands[0], &packed, why);
    lax_plan_release(plan);
    return status;
}

static lax_status forced(struct bed *bed, lax_error *why) {
    lax_tensor x = lax_tensor_of(LAX_S32, zeros, SHAPE(1, 2, 4)), w = x, y;
    y = bed_tensor(bed, LAX_S32, SHAPE(1, 1, 1));
    return lax_conv_general_dilated(NULL, &x, &w, &LAX_CONV_OPTIONS(.lowering = "brgemm"), &y, why);
}

static lax_status operation_unset(struct bed *bed, lax_error *why) {
    lax_operation op = LAX_OPERATION(.n_operands = 1);
    (void)bed;
    return lax_operation_infer(&op, why);
}

static lax_status operation_size(struct bed *bed, lax_error *why) {
    lax_operation op = {.op = LAX_OP_CONV};
    (void)bed;
    return lax_operation_infer(&op, why);
}

static lax_status operation_operands(struct bed *bed, lax_error *why) {
    lax_operation op = LAX_OPERATION(.op = LAX_OP_CONV, .n_operands = 1);
    (void)bed;
    return lax_operation_infer(&op, why);
}

static lax_status epilogue_bias(struct bed *bed, lax_error *why) {
    lax_tensor x = lax_tensor_of(LAX_F32, zeros, SHAPE(1, 2, 4));
    lax_tensor w = lax_tensor_of(LAX_F32, zeros, SHAPE(3, 2, 4));
    lax_tensor y = bed_tensor(bed, LAX_F32, SHAPE(1, 3, 1));
    lax_tensor bias = lax_tensor_of(LAX_F32, zeros, SHAPE(2));
    lax_plan *plan;
    return lax_conv_plan(NULL, &x, &w, NULL, &LAX_EPILOGUE(.bias = &bias), &y, &plan, why);
}

static lax_status epilogue_integers(struct bed *bed, lax_error *why) {
    lax_tensor x = lax_tensor_of(LAX_S32, zeros, SHAPE(1, 2, 4));
    lax_tensor w = lax_tensor_of(LAX_S32, zeros, SHAPE(3, 2, 4));
    lax_tensor y = bed_tensor(bed, LAX_S32, SHAPE(1, 3, 1));
    lax_plan *plan;
    return lax_conv_plan(NULL, &x, &w, NULL, &LAX_EPILOGUE(.activation = LAX_RELU), &y, &plan, why);
}

static lax_status epilogue_size(struct bed *bed, lax_error *why) {
    lax_tensor x = lax_tensor_of(LAX_F32, zeros, SHAPE(1, 2, 4)), w = x;
    lax_tensor y = bed_tensor(bed, LAX_F32, SHAPE(1, 1, 1));
    lax_plan *plan;
    return lax_conv_plan(NULL, &x, &w, NULL, &(lax_epilogue){.activation = LAX_RELU}, &y, &plan,
                         why);
}

static lax_status epilogue_activation(struct bed *bed, lax_error *why) {
    lax_tensor x = lax_tensor_of(LAX_F32, zeros, SHAPE(1, 2, 4)), w = x;
    lax_tensor y = bed_tensor(bed, LAX_F32, SHAPE(1, 1, 1));
    lax_plan *plan;
    return lax_conv_plan(NULL, &x, &w, NULL, &LAX_EPILOGUE(.activation = (lax_activation)50), &y,
                         &plan, why);
}

/* A layer whose bias lies on the first result. */
static lax_status bias_overlap(struct bed *bed, bool planned, lax_error *why) {
    lax_tensor x = lax_tensor_of(LAX_F32, zeros, SHAPE(1, 8, 3));
    lax_tensor w = lax_tensor_of(LAX_F32, zeros, SHAPE(8, 8, 2));
    lax_tensor y = bed_tensor(bed, LAX_F32, SHAPE(1, 8, 2)),
               bias = bed_tensor(bed, LAX_F32, SHAPE(8));
    lax_operation op =
        LAX_OPERATION(.op = LAX_OP_CONV, .n_operands = 2, .n_results = 1, .operands = {x, w},
                      .results = {y}, .conv = LAX_CONV_OPTIONS(.padding = "VALID"),
                      .epilogue = LAX_EPILOGUE(.bias = &bias));
    lax_plan *plan;
    lax_error unused;
    const lax_tensor *inputs[] = {&x, &w};
    lax_tensor *outputs[] = {&y};
    if (!planned) return lax_operation_run(NULL, &op, inputs, outputs, why);
    must(lax_operation_plan(NULL, &op, &plan, &unused), &unused, "plan");
    lax_status status = lax_plan_execute(plan, inputs, NULL, outputs, NULL, why);
    lax_plan_release(plan);
    return status;
}

static lax_status bias_overlap_at_execution(struct bed *bed, lax_error *why) {
    return bias_overlap(bed, true, why);
}

static lax_status bias_overlap_in_a_call(struct bed *bed, lax_error *why) {
    return bias_overlap(bed, false, why);
}

/* A blob of a lowering that packs nothing refers to the weights, which lie on the result. */
static lax_status unpacked_overlap(struct bed *bed, lax_error *why) {
    lax_tensor x = lax_tensor_of(LAX_F32, zeros, SHAPE(1, 8, 3));
    lax_tensor w = bed_tensor(bed, LAX_F32, SHAPE(8, 8, 2));
    lax_tensor y = bed_tensor(bed, LAX_F32, SHAPE(1, 8, 2));
    lax_plan *plan;
    lax_packed *packed;
    lax_error unused;
    must(lax_conv_plan(NULL, &x, &w, &LAX_CONV_OPTIONS(.lowering = "reference"), NULL, &y, &plan,
                       &unused),
         &unused, "plan");
    must(lax_plan_pack(plan, &w, &packed, &unused), &unused, "pack");
    lax_status status =
        lax_plan_execute(plan, (const lax_tensor *[]){&x}, packed, (lax_tensor *[]){&y}, NULL, why);
    lax_packed_release(packed);
    lax_plan_release(plan);
    return status;
}

static lax_status epilogue_of_a_gradient(struct bed *bed, lax_error *why) {
    lax_tensor g = lax_tensor_of(LAX_F32, zeros, SHAPE(1, 3, 5));
    lax_tensor w = lax_tensor_of(LAX_F32, zeros, SHAPE(3, 2, 3)), bias = w;
    lax_operation op =
        LAX_OPERATION(.op = LAX_OP_CONV_GRAD_LHS, .n_operands = 2, .n_results = 1,
                      .operands = {g, w}, .conv = LAX_CONV_OPTIONS(.padding = "VALID"),
                      .epilogue = LAX_EPILOGUE(.bias = &bias));
    op.results[0] = bed_tensor(bed, LAX_F32, SHAPE(1, 2, 7));
    return lax_operation_infer(&op, why);
}

/* Without a size it is as stray; and run() must not look for a residual among the inputs. */
static lax_status epilogue_of_a_pad(struct bed *bed, lax_error *why) {
    lax_tensor x = lax_tensor_of(LAX_F32, zeros, SHAPE(3)), y = bed_tensor(bed, LAX_F32, SHAPE(3));
    lax_operation op =
        LAX_OPERATION(.op = LAX_OP_PAD, .n_operands = 1, .n_results = 1, .operands = {x},
                      .results = {y}, .pad = LAX_PAD_OPTIONS(.low = {0}));
    op.epilogue.residual = &x;
    return lax_operation_run(NULL, &op, (const lax_tensor *[]){&x}, (lax_tensor *[]){&y}, why);
}

static lax_status epilogue_without_size(struct bed *bed, lax_error *why) {
    lax_tensor x = lax_tensor_of(LAX_F32, zeros, SHAPE(1, 2, 4));
    lax_operation op =
        LAX_OPERATION(.op = LAX_OP_CONV, .n_operands = 2, .n_results = 1, .operands = {x, x},
                      .conv = LAX_CONV_OPTIONS(.padding = "VALID"));
    op.results[0] = bed_tensor(bed, LAX_F32, SHAPE(1, 1, 1));
    op.epilogue.activation = LAX_RELU;
    return lax_operation_infer(&op, why);
}

static lax_status transpose_default_numbers(struct bed *bed, lax_error *why) {
    lax_tensor x = lax_tensor_of(LAX_F32, zeros, SHAPE(1, 2, 2, 2, 2, 2)), y;
    (void)bed;
    return lax_conv_transpose_shape(&x, &x, &LAX_CONV_TRANSPOSE_OPTIONS(.padding = "SAME"), &y,
                                    why);
}

static lax_status general_padding_groups(struct bed *bed, lax_error *why) {
    lax_tensor x = lax_tensor_of(LAX_F32, zeros, SHAPE(1, 2, 4));
    lax_tensor y = bed_tensor(bed, LAX_F32, SHAPE(1, 1, 1));
    return lax_conv_with_general_padding(NULL, &x, &x, &LAX_CONV_OPTIONS(.feature_group_count = 2),
                                         &y, why);
}

static lax_status gradient_shape(struct bed *bed, lax_error *why) {
    lax_tensor g = lax_tensor_of(LAX_F32, zeros, SHAPE(1, 3, 5));
    lax_tensor w = lax_tensor_of(LAX_F32, zeros, SHAPE(3, 2, 3));
    lax_tensor dx = bed_tensor(bed, LAX_F32, SHAPE(1, 2, 8));
    return lax_conv_general_dilated_grad_lhs(NULL, &g, &w, NULL, &dx, why);
}

static lax_status local_shape(struct bed *bed, lax_error *why) {
    lax_tensor x = lax_tensor_of(LAX_F32, zeros, SHAPE(1, 1, 4));
    lax_tensor w = lax_tensor_of(LAX_F32, zeros, SHAPE(1, 2, 2));
    lax_tensor y = bed_tensor(bed, LAX_F32, SHAPE(1, 1, 3));
    return lax_conv_general_dilated_local(NULL, &x, &w, (const int64_t[]){2}, NULL, &y, why);
}

static lax_status patches_groups(struct bed *bed, lax_error *why) {
    lax_tensor x = lax_tensor_of(LAX_F32, zeros, SHAPE(1, 2, 4)), y;
    (void)bed;
    return lax_conv_general_dilated_patches_shape(
        &x, (const int64_t[]){2}, &LAX_CONV_OPTIONS(.feature_group_count = 2), &y, why);
}

static const struct error_call rows[] = {
    {"another shape", LAX_ERROR_PLAN_MISMATCH, "lhs has size 4 in dimension 1, the plan is for 3",
     plan_shape},
    {"another type", LAX_ERROR_PLAN_MISMATCH, "lhs is s32 of rank 3, the plan is for f32",
     plan_type},
    {"another stride", LAX_ERROR_PLAN_MISMATCH, "stride 9 in dimension 1", plan_strides},
    {"no data", LAX_ERROR_NULL, "lhs has no data", plan_no_data},
    {"workspace's alignment", LAX_ERROR_ALIGNMENT, "is not 64-byte aligned", plan_workspace},
    {"overlap at execution", LAX_ERROR_OVERLAP, "overlaps", plan_overlap},
    {"no plan", LAX_ERROR_NULL, "plan", plan_null},
    {"pack another shape", LAX_ERROR_PLAN_MISMATCH,
     "rhs has stride 72 in dimension 0, the plan is for 64", pack_shape},
    {"pack into unaligned", LAX_ERROR_ALIGNMENT, "aligned", pack_alignment},
    {"pack into too little", LAX_ERROR_BUFFER, "memory has 1 bytes", pack_buffer},
    {"packed for another plan", LAX_ERROR_PACKED, "fingerprint", packed_of_another_plan},
    {"nothing to pack", LAX_ERROR_UNSUPPORTED, "convolution", pack_nothing},
    {"forced to what refuses", LAX_ERROR_LOWERING_REFUSED, "\"brgemm\" refuses", forced},
    {"no operation", LAX_ERROR_ENUM, "op 0", operation_unset},
    {"operation without size", LAX_ERROR_OPTIONS_SIZE, "LAX_OPERATION", operation_size},
    {"one operand for conv", LAX_ERROR_COUNT, "got 1", operation_operands},
    {"bias", LAX_ERROR_SHAPE_MISMATCH, "bias must have size 3 in dimension 0, got 2",
     epilogue_bias},
    {"epilogue of integers", LAX_ERROR_DTYPE_OPERATION, "float result, got s32", epilogue_integers},
    {"epilogue without size", LAX_ERROR_OPTIONS_SIZE, "LAX_EPILOGUE", epilogue_size},
    {"activation", LAX_ERROR_ENUM, "got 50", epilogue_activation},
    {"epilogue of an operation without size", LAX_ERROR_OPTIONS_SIZE, "LAX_EPILOGUE",
     epilogue_without_size},
    {"a gradient's epilogue", LAX_ERROR_VALUE, "grad_lhs takes none", epilogue_of_a_gradient},
    {"a pad's epilogue", LAX_ERROR_VALUE, "pad takes none", epilogue_of_a_pad},
    {"bias overlaps at execution", LAX_ERROR_OVERLAP, "overlaps bias", bias_overlap_at_execution},
    {"bias overlaps in a call", LAX_ERROR_OVERLAP, "overlaps bias", bias_overlap_in_a_call},
    {"unpacked weights overlap", LAX_ERROR_OVERLAP, "overlaps rhs", unpacked_overlap},
    {"no default numbers", LAX_ERROR_LABELS_DEFAULT, "rank 2 to 5, got 6",
     transpose_default_numbers},
    {"conv_with_general_padding", LAX_ERROR_VALUE, "takes no groups", general_padding_groups},
    {"cotangent's shape", LAX_ERROR_SHAPE_MISMATCH, "grad must have size 6 in dimension 2, got 5",
     gradient_shape},
    {"local's rhs", LAX_ERROR_SHAPE_MISMATCH, "output's size 3, got 2", local_shape},
    {"groups for patches", LAX_ERROR_VALUE, "feature_group_count 2", patches_groups},
};

static void run(int32_t i, struct bed *bed, struct error_result *result, lax_error *why) {
    error_call_run(&rows[i], bed, result, why);
}

const struct error_table errors_plan = {"plan", sizeof rows / sizeof *rows, run};
