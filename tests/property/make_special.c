/* SPDX-License-Identifier: Apache-2.0 */
/* Random relatives of convolution: patches, local, conv_transpose, epilogues. */
#include "property/problem.h"

#include <string.h>

/* Shapes of a convolution without groups; filter gets the kernel's spatial sizes. */
static struct ref_conv ungrouped(struct problem *p, int64_t *lhs, int64_t *rhs, int32_t *rank) {
    struct ref_conv c;
    lax_tensor form;
    do {
        make_conv_shapes(p, lhs, rhs, rank);
    } while (p->op.conv.feature_group_count > 1 || p->op.conv.batch_group_count > 1);
    p->op.conv.feature_group_count = 0;
    form = lax_tensor_of(LAX_F32, NULL, *rank, lhs);
    memset(p->op.conv.window_reversal, 0, sizeof p->op.conv.window_reversal);
    ref_conv_of(&p->op.conv, &form, rhs, &c);
    for (int32_t d = 0; d < c.w.n; d++) p->op.filter_shape[d] = c.w.size[d];
    return c;
}

void make_conv_patches(struct problem *p) {
    int64_t lhs[LAX_MAX_RANK], rhs[LAX_MAX_RANK];
    int32_t rank;
    ungrouped(p, lhs, rhs, &rank);
    p->op.op = LAX_OP_CONV_PATCHES;
    problem_operand(p, 0, any_dtype(&p->rng), rank, lhs);
    make_fill(p, rng_chance(&p->rng, 20) && p->op.operands[0].dtype < LAX_S8 ? FILL_SPECIAL
                                                                             : FILL_NORMAL);
}

void make_conv_local(struct problem *p) {
    int64_t lhs[LAX_MAX_RANK], rhs[LAX_MAX_RANK];
    int32_t rank;
    struct ref_conv c = ungrouped(p, lhs, rhs, &rank);
    lax_dtype type = any_dtype(&p->rng);
    for (int32_t d = 0; d < c.w.n; d++) {
        rhs[c.rhs[1]] *= c.w.size[d];
        rhs[c.rhs[d + 2]] = c.w.out[d];
    }
    p->op.op = LAX_OP_CONV_LOCAL;
    problem_operand(p, 0, type, rank, lhs);
    problem_operand(p, 1, type, rank, rhs);
    make_fill(p, FILL_NORMAL);
}

/* Dimension numbers for conv_transpose: its own defaults, or whatever a convolution takes. */
static void transpose_numbers(struct problem *p, int32_t rank, struct ref_conv *c) {
    static const char *const defaults[][3] = {{"NC", "IO", "NC"},
                                              {"NHC", "HIO", "NHC"},
                                              {"NHWC", "HWIO", "NHWC"},
                                              {"NHWDC", "HWDIO", "NHWDC"}};
    memset(c, 0, sizeof *c);
    if (rng_chance(&p->rng, 50)) {
        ref_conv_numbers(defaults[rank - 2], NULL, NULL, rank, c);
        return;
    }
    make_spatial_numbers(p, rank, c);
    memcpy(p->transpose.dimension_numbers, p->op.conv.dimension_numbers,
           sizeof p->transpose.dimension_numbers);
    p->transpose.dim_labels = p->op.conv.dim_labels;
    p->transpose.indices = p->op.conv.indices;
    if (!p->transpose.dimension_numbers[0] && !p->transpose.dim_labels) {
        for (int32_t d = 0; d < rank; d++) {
            p->transpose.indices.lhs_spec[d] = c->lhs[d];
            p->transpose.indices.rhs_spec[d] = c->rhs[d];
            p->transpose.indices.out_spec[d] = c->out[d];
        }
    }
}

static void transpose_window(struct problem *p, int32_t n, const int64_t *kernel,
                             const int64_t *in) {
    lax_conv_transpose_options *o = &p->transpose;
    struct rng *r = &p->rng;
    static const char *const names[] = {"SAME", "VALID", NULL};
    bool pads = rng_chance(r, 40), strides = rng_chance(r, 80), dilated = rng_chance(r, 30);
    o->use_consistent_padding = pads && rng_chance(r, 50);
    o->explicit_pads = pads;
    if (!pads) o->padding = names[rng_in(r, 0, 2)];
    for (int32_t d = 0; d < n; d++) {
        if (strides) o->strides[d] = rng_in(r, 1, 4);
        if (dilated) o->rhs_dilation[d] = rng_in(r, 1, 3);
        if (!pads) continue;
        int64_t size = ref_dilate(in[d], strides ? o->strides[d] : 1);
        int64_t k = ref_dilate(kernel[d], dilated ? o->rhs_dilation[d] : 1);
        int64_t most = o->use_consistent_padding ? k - 1 : 3;
        for (int side = 0; side < 2; side++) o->pads[d][side] = rng_in(r, size > 2 ? -1 : 0, most);
    }
}

void make_conv_transpose(struct problem *p) {
    struct rng *r = &p->rng;
    int32_t n = (int32_t)rng_in(r, 0, 3), rank = n + 2;
    struct ref_conv c;
    int64_t lhs[5] = {0}, rhs[5] = {0}, kernel[3], in[3];
    lax_dtype type = any_dtype(r);
    p->transpose.size = sizeof p->transpose;
    transpose_numbers(p, rank, &c);
    p->transpose.transpose_kernel = rng_chance(r, 40);
    lhs[c.lhs[0]] = problem_size(p, 1, 2);
    lhs[c.lhs[1]] = problem_size(p, 1, 5);
    rhs[c.rhs[p->transpose.transpose_kernel ? 0 : 1]] = lhs[c.lhs[1]];
    rhs[c.rhs[p->transpose.transpose_kernel ? 1 : 0]] = problem_size(p, 1, 5);
    for (int32_t d = 0; d < n; d++) {
        lhs[c.lhs[d + 2]] = in[d] = problem_size(p, 1, n < 3 ? 6 : 3);
        rhs[c.rhs[d + 2]] = kernel[d] = problem_size(p, 1, n < 3 ? 5 : 3);
    }
    transpose_window(p, n, kernel, in);
    problem_operand(p, 0, type, rank, lhs);
    problem_operand(p, 1, type, rank, rhs);
    make_fill(p, FILL_NORMAL);
}

void expect_conv_transpose(struct problem *p) {
    struct ref_array a = ref_array_read(&p->in[0].tensor), b = ref_array_read(&p->in[1].tensor);
    p->expected[0] = ref_conv_transpose(&p->transpose, &a, &b);
    ref_array_free(&a);
    ref_array_free(&b);
}

/* Also through the options of the convolution that the library says is the same. */
lax_status call_conv_transpose(lax_context *ctx, struct problem *p, lax_error *why) {
    const lax_tensor *a = &p->in[0].tensor, *b = &p->in[1].tensor;
    lax_conv_options conv;
    lax_tensor shape;
    lax_status status = lax_conv_transpose_shape(a, b, &p->transpose, &shape, why);
    if (status != LAX_OK) return status;
    for (int32_t d = 0; d < shape.rank; d++) {
        ck_assert_int_eq(shape.shape[d], p->expected[0].shape[d]);
    }
    if (rng_chance(&p->rng, 60) || p->transpose.transpose_kernel) {
        return lax_conv_transpose(ctx, a, b, &p->transpose, &p->out[0].tensor, why);
    }
    status = lax_conv_transpose_as_conv(a, b, &p->transpose, &conv, why);
    if (status != LAX_OK) return status;
    return lax_conv_general_dilated(ctx, a, b, &conv, &p->out[0].tensor, why);
}

/* Operand 2 is the bias, operand 3 the residual; op.n_operands counts those that exist. */
void make_conv_epilogue(struct problem *p) {
    int64_t lhs[LAX_MAX_RANK], rhs[LAX_MAX_RANK], out[LAX_MAX_RANK];
    int32_t rank;
    struct ref_conv c;
    static const lax_dtype types[] = {LAX_F32, LAX_F32, LAX_F64, LAX_F16, LAX_BF16};
    lax_dtype type = types[rng_in(&p->rng, 0, 4)];
    if (rng_chance(&p->rng, 50)) {
        make_conv_dense(p);
        type = p->op.operands[0].dtype;
        rank = p->op.operands[0].rank;
        memcpy(lhs, p->op.operands[0].shape, sizeof lhs);
        memcpy(rhs, p->op.operands[1].shape, sizeof rhs);
    } else {
        make_conv_shapes(p, lhs, rhs, &rank);
    }
    lax_tensor form = lax_tensor_of(type, NULL, rank, lhs);
    ref_conv_of(&p->op.conv, &form, rhs, &c);
    ref_conv_shape(&c, lhs, rhs, out);
    p->op.op = LAX_OP_CONV;
    problem_operand(p, 0, type, rank, lhs);
    problem_operand(p, 1, type, rank, rhs);
    problem_operand(p, 2, type, 1, &out[c.out[1]]);
    problem_operand(p, 3, type, rank, out);
    make_fill(p, FILL_NORMAL);
    p->op.epilogue = LAX_EPILOGUE(.activation = (lax_activation)rng_in(&p->rng, 0, LAX_TANH),
                                  .alpha = -0.25, .beta = 0.75);
    if (p->op.epilogue.activation == LAX_LEAKY_RELU) p->op.epilogue.alpha = 0.125;
    if (rng_chance(&p->rng, 60)) p->op.epilogue.bias = &p->in[2].tensor;
    if (rng_chance(&p->rng, 50)) p->op.epilogue.residual = &p->in[3].tensor;
}

void expect_conv_epilogue(struct problem *p) {
    struct ref_array in[4];
    struct ref_conv c;
    for (int i = 0; i < 4; i++) in[i] = ref_array_read(&p->in[i].tensor);
    ref_conv_of(&p->op.conv, &p->in[0].tensor, in[1].shape, &c);
    p->expected[0] = ref_conv_forward(&c, in[0].dtype, &in[0], &in[1]);
    ref_epilogue(&p->op.epilogue, c.out[1], p->op.epilogue.bias ? &in[2] : NULL,
                 p->op.epilogue.residual ? &in[3] : NULL, &p->expected[0]);
    for (int i = 0; i < 4; i++) ref_array_free(&in[i]);
}

lax_status call_conv_epilogue(lax_context *ctx, struct problem *p, lax_error *why) {
    const lax_tensor *in[3] = {&p->in[0].tensor};
    lax_tensor *out[1] = {&p->out[0].tensor};
    lax_plan *plan = NULL;
    lax_packed *packed = NULL;
    int32_t n = 1;
    lax_status status = lax_conv_plan(ctx, &p->in[0].tensor, &p->in[1].tensor, &p->op.conv,
                                      &p->op.epilogue, &p->out[0].tensor, &plan, why);
    if (status != LAX_OK) return status;
    if (rng_chance(&p->rng, 50)) {
        status = lax_plan_pack(plan, &p->in[1].tensor, &packed, why);
    } else {
        in[n++] = &p->in[1].tensor;
    }
    if (p->op.epilogue.residual) in[n] = &p->in[3].tensor;
    if (status == LAX_OK) status = lax_plan_execute(plan, in, packed, out, NULL, why);
    lax_packed_release(packed);
    lax_plan_release(plan);
    return status;
}
