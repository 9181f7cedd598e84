/* SPDX-License-Identifier: Apache-2.0 */
/* The lowering brgemm against the reference on random problems (values whose sums are exact, so
 * that every order gives the same bits), in every way a plan can run, and each of its refusals. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "property/corner.h"
#include "stage/conv_problem.h"
#include "suites.h"
#include "support/support.h"

#include "kernel/kernel.h"

static bool available(void) {
    const char *why;
    return lax_i_xsmm_available(lax_i_machine()->isa, &why);
}

/* Random problems of a test: as many as the kernels that a process may make are enough for. */
enum { PROBLEMS = 50 };

/* Whether each test has a process of its own. */
static bool forked(void) {
    const char *value = getenv("CK_FORK");
    return value == NULL || strcmp(value, "no") != 0;
}

/* Axes of batch, features and spatial dimensions, features last. */
static void channels_last(struct rng *r, int32_t rank, int32_t *spec) {
    int32_t order[LAX_MAX_RANK];
    rng_permutation(r, rank - 1, order);
    spec[0] = order[0];
    spec[1] = rank - 1;
    for (int32_t d = 2; d < rank; d++) spec[d] = order[d - 1];
}

/* Row-major memory between guard pages, sometimes with more features than the tensor shows. */
static struct view slice(struct rng *r, const lax_tensor *form) {
    lax_tensor wide = *form;
    wide.shape[form->rank - 1] += rng_chance(r, 25) ? 3 : 0;
    struct view v = view_like(r, &wide, VIEW_PLAIN);
    v.tensor.shape[form->rank - 1] = form->shape[form->rank - 1];
    return v;
}

static void random_window(struct rng *r, struct conv_case *p, int64_t *in, int64_t *kernel) {
    bool wide = p->n == 1 && rng_chance(r, 20);
    for (int32_t d = 0; d < p->n; d++) {
        in[d] = rng_in(r, 1, wide ? 350 : p->n == 1 ? 40 : 10);
        kernel[d] = rng_chance(r, 30) ? 1 : rng_in(r, 2, wide ? 9 : 4);
        p->options.window_strides[d] = rng_chance(r, 50) ? 1 : rng_in(r, 2, 3);
        p->options.rhs_dilation[d] = rng_chance(r, 60) ? 1 : rng_in(r, 2, 3);
        p->options.pads[d][0] = rng_chance(r, 40) ? 0 : rng_in(r, -2, 5);
        p->options.pads[d][1] = rng_chance(r, 40) ? 0 : rng_in(r, -2, 5);
        p->options.window_reversal[d] = rng_chance(r, 10);
    }
}

/* Sizes and options; false where the window leaves nothing, which other suites look at. */
static bool random_problem(struct rng *r, struct conv_case *p) {
    static const int64_t in_sizes[] = {8, 9, 16, 24, 40}, out_sizes[] = {1, 3, 16, 33, 64, 80};
    memset(p, 0, sizeof *p);
    p->type = rng_chance(r, 70) ? LAX_F32 : LAX_F64;
    p->n = (int32_t)rng_in(r, 0, 3);
    p->options = (lax_conv_options){.size = sizeof p->options};
    int64_t groups = rng_chance(r, 60) ? 1 : rng_in(r, 2, 3), batch = rng_in(r, 1, 3);
    int64_t in = one_of(r, 5, in_sizes), out = one_of(r, 6, out_sizes) * groups;
    bool by_batch = rng_chance(r, 20);
    p->options.batch_group_count = by_batch ? groups : 1;
    p->options.feature_group_count = by_batch ? 1 : groups;
    int64_t lhs[LAX_MAX_RANK] = {batch * (by_batch ? groups : 1), in * (by_batch ? 1 : groups)};
    int64_t rhs[LAX_MAX_RANK] = {out, in};
    int32_t rank = p->n + 2;
    random_window(r, p, lhs + 2, rhs + 2);
    channels_last(r, rank, p->options.indices.lhs_spec);
    channels_last(r, rank, p->options.indices.out_spec);
    rng_permutation(r, rank, p->options.indices.rhs_spec);
    shape_by_spec(&p->lhs.tensor, p->type, rank, p->options.indices.lhs_spec, lhs);
    shape_by_spec(&p->rhs.tensor, p->type, rank, p->options.indices.rhs_spec, rhs);
    return lax_conv_general_dilated_shape(&p->lhs.tensor, &p->rhs.tensor, &p->options, &p->form,
                                          NULL) == LAX_OK;
}

static void allocate(struct rng *r, struct conv_case *p) {
    p->lhs = slice(r, &p->lhs.tensor);
    p->rhs = view_like(r, &p->rhs.tensor, rng_chance(r, 70) ? VIEW_PLAIN : VIEW_INPUT);
    p->out = slice(r, &p->form);
    p->expected = view_like(r, &p->form, VIEW_PLAIN);
    tensor_fill(r, &p->lhs.tensor, FILL_UNIT);
    tensor_fill(r, &p->rhs.tensor, FILL_UNIT);
    conv_case_epilogue(r, p, p->form.rank - 1);
}

/* Whether the process, where no test has one of its own, has made all the kernels that it may. */
static bool capped(lax_status s, const lax_error *why) {
    return s == LAX_ERROR_LOWERING_REFUSED && strstr(why->text, "1,024") != NULL;
}

/* One execution of a plan of its own; false when libxsmm may not make any more kernels. */
static bool run(lax_context *ctx, struct conv_case *p, const char *lowering, lax_tensor *out,
                bool pack) {
    lax_error why;
    const struct conv_run r = {.context = ctx, .lowering = lowering, .pack = pack};
    lax_status s = conv_case_run(&r, p, out, &why);
    if (capped(s, &why)) return false;
    must(s, &why, "lax_conv_plan");
    return true;
}

START_TEST(random_problems) {
    int64_t first = (int64_t)_i * PROBLEMS, compared = 0;
    lax_context *ctx = NULL;
    lax_error why;
    must(lax_context_create(&LAX_CONTEXT_OPTIONS(.max_isa = LAX_ISA_AMX, .num_threads = 3,
                                                 .parallel_for = host_parallel_for,
                                                 .parallel_user = &hosts[HOST_REVERSED]),
                            &ctx, &why),
         &why, "lax_context_create");
    for (int64_t i = first; available() && i < first + PROBLEMS; i++) {
        struct rng r = rng_of(41, (uint64_t)i);
        struct conv_case p;
        if (!random_problem(&r, &p)) continue;
        allocate(&r, &p);
        bool pack = rng_chance(&r, 30);
        run(NULL, &p, "reference", &p.expected.tensor, false);
        if (run(rng_chance(&r, 50) ? ctx : NULL, &p, "brgemm", &p.out.tensor, pack)) {
            compared++;
            ck_assert_msg(same_bytes(&p.out.tensor, &p.expected.tensor), "problem %lld",
                          (long long)i);
            ck_assert_msg(view_holes_intact(&p.out), "problem %lld", (long long)i);
        }
        conv_case_free(&p);
    }
    if (forked() && available()) ck_assert_int_ge(compared, PROBLEMS / 2);
    lax_context_destroy(ctx);
}
END_TEST

/* ---- shapes that random problems do not reach ---- */

static const struct {
    const char *why;
    int64_t batch, in[2], in_features, out_features, kernel[2], stride, dilation, pad;
} shape_rows[] = {
    {"two blocks of channels and of features, both uneven", 1, {5, 6}, 461, 65, {3, 3}, 1, 1, 1},
    {"more taps than a batch of addresses", 1, {19, 18}, 8, 5, {17, 17}, 1, 1, 2},
    {"weights by feature blocks, several images", 3, {7, 7}, 96, 640, {3, 3}, 1, 1, 1},
    {"one row of 700 columns, clipped far in", 1, {1, 700}, 8, 17, {1, 9}, 1, 70, 280},
    {"taps that reach no column at all", 1, {6, 3}, 8, 16, {3, 4}, 1, 7, 9},
    {"whole-image kernels", 4, {5, 4}, 12, 20, {5, 4}, 1, 1, 0},
    {"columns in the other direction", 1, {90, 2}, 8, 16, {3, 2}, 1, 1, 0},
    {"rows without any tap", 1, {4, 40}, 8, 16, {2, 2}, 3, 2, 9},
};

static void row_problem(struct rng *r, int row, struct conv_case *p) {
    memset(p, 0, sizeof *p);
    p->type = LAX_F32;
    p->n = 2;
    lax_error why;
    p->options = LAX_CONV_OPTIONS(.dimension_numbers = {"NHWC", "HWIO", "NHWC"});
    for (int d = 0; d < 2; d++) {
        p->options.window_strides[d] = shape_rows[row].stride;
        p->options.rhs_dilation[d] = shape_rows[row].kernel[d] > 1 ? shape_rows[row].dilation : 1;
        p->options.pads[d][0] = p->options.pads[d][1] =
            shape_rows[row].kernel[d] > 1 ? shape_rows[row].pad : 0;
    }
    const int64_t *in = shape_rows[row].in, *k = shape_rows[row].kernel;
    int64_t c = shape_rows[row].in_features, o = shape_rows[row].out_features;
    p->lhs.tensor = lax_tensor_of(LAX_F32, NULL, SHAPE(shape_rows[row].batch, in[0], in[1], c));
    p->rhs.tensor = lax_tensor_of(LAX_F32, NULL, SHAPE(k[0], k[1], c, o));
    must(
        lax_conv_general_dilated_shape(&p->lhs.tensor, &p->rhs.tensor, &p->options, &p->form, &why),
        &why, "shape");
    allocate(r, p);
}

START_TEST(named_shapes) {
    struct rng r = rng_of(42, (uint64_t)_i);
    struct conv_case p;
    if (!available()) return;
    row_problem(&r, _i, &p);
    run(NULL, &p, "reference", &p.expected.tensor, false);
    if (run(NULL, &p, "brgemm", &p.out.tensor, false))
        ck_assert_msg(same_bytes(&p.out.tensor, &p.expected.tensor), "%s", shape_rows[_i].why);
    conv_case_free(&p);
}
END_TEST

/* A plan whose batch is open serves every batch, here more than it was made with. */
START_TEST(open_batch) {
    for (uint64_t i = 0; available() && i < 6; i++) {
        struct rng r = rng_of(43, i);
        struct conv_case p;
        lax_plan *plan;
        lax_error why;
        row_problem(&r, 2, &p);
        p.epilogue = (lax_epilogue){.size = sizeof p.epilogue, .activation = LAX_RELU};
        run(NULL, &p, "reference", &p.expected.tensor, false);
        p.options.open_batch = true;
        p.options.lowering = "brgemm";
        lax_tensor one = p.lhs.tensor, result = p.out.tensor;
        one.shape[0] = result.shape[0] = 1 + (int64_t)i % 2;
        lax_status s =
            lax_conv_plan(NULL, &one, &p.rhs.tensor, &p.options, &p.epilogue, &result, &plan, &why);
        if (capped(s, &why)) return;
        must(s, &why, "lax_conv_plan");
        must(lax_plan_execute(plan, (const lax_tensor *[]){&p.lhs.tensor, &p.rhs.tensor}, NULL,
                              (lax_tensor *[]){&p.out.tensor}, NULL, &why),
             &why, "execute");
        ck_assert(same_bytes(&p.out.tensor, &p.expected.tensor));
        lax_plan_release(plan);
        conv_case_free(&p);
    }
}
END_TEST

/* The residual may be the output itself: sums must not destroy it before it is added. */
START_TEST(residual_in_place) {
    struct rng r = rng_of(44, 0);
    struct conv_case p;
    if (!available()) return;
    row_problem(&r, 0, &p);
    tensor_fill(&r, &p.out.tensor, FILL_UNIT);
    p.epilogue = (lax_epilogue){.size = sizeof p.epilogue, .residual = &p.out.tensor};
    run(NULL, &p, "reference", &p.expected.tensor, false);
    if (run(NULL, &p, "brgemm", &p.out.tensor, false))
        ck_assert(same_bytes(&p.out.tensor, &p.expected.tensor));
    conv_case_free(&p);
}
END_TEST

/* Clipped taps are skipped, so that padding times an infinite weight is nothing. */
START_TEST(padding_never_multiplies) {
    int64_t n;
    float x[5 * 8], w[3 * 8 * 2], y[5 * 2];
    if (!available()) return;
    for (n = 0; n < 5 * 8; n++) x[n] = 1;
    for (n = 0; n < 3 * 8 * 2; n++) w[n] = n < 8 * 2 ? INFINITY : 1;
    lax_tensor lhs = lax_tensor_of(LAX_F32, x, SHAPE(1, 5, 8)),
               rhs = lax_tensor_of(LAX_F32, w, SHAPE(3, 8, 2)),
               out = lax_tensor_of(LAX_F32, y, SHAPE(1, 5, 2));
    lax_conv_options o = LAX_CONV_OPTIONS(.dimension_numbers = {"NWC", "WIO", "NWC"},
                                          .padding = "SAME", .lowering = "brgemm");
    lax_error why;
    lax_status s = lax_conv_general_dilated(NULL, &lhs, &rhs, &o, &out, &why);
    if (capped(s, &why)) return;
    must(s, &why, "conv");
    ck_assert(y[0] == 16 && y[1] == 16);
    for (n = 2; n < 10; n++) ck_assert(isinf(y[n]));
}
END_TEST

/* Packed weights serve plans that see rhs alike, wherever they were read from: other dimension
 * numbers or a reversal make others of the same sizes. */
static const struct {
    lax_conv_options options;
    bool transposed; /* in memory */
    lax_status expected;
} sharing_rows[] = {
    {{.dimension_numbers = {"NHWC", "HWIO", "NHWC"}}, false, LAX_OK},
    {{.dimension_numbers = {"NHWC", "HWIO", "NHWC"}}, true, LAX_OK},
    {{.dimension_numbers = {"NHWC", "HWOI", "NHWC"}}, false, LAX_ERROR_PACKED},
    {{.dimension_numbers = {"NHWC", "WHIO", "NHWC"}}, false, LAX_ERROR_PACKED},
    {{.dimension_numbers = {"NHWC", "HWIO", "NHWC"}, .window_reversal = {true}},
     false,
     LAX_ERROR_PACKED},
};

START_TEST(sharing_packed_weights) {
    if (!available()) return;
    lax_conv_options o = sharing_rows[0].options, other = sharing_rows[_i].options;
    lax_tensor lhs = dense_new(LAX_F32, SHAPE(1, 4, 4, 8)), out;
    lax_tensor rhs = dense_new(LAX_F32, SHAPE(3, 3, 8, 8)), rhs2 = rhs;
    lax_plan *plan, *plan2;
    lax_packed *packed;
    lax_error why;
    o.size = other.size = sizeof o;
    o.lowering = other.lowering = "brgemm";
    if (sharing_rows[_i].transposed) rhs2.strides[2] = 1, rhs2.strides[3] = 8;
    must(lax_conv_general_dilated_shape(&lhs, &rhs, &o, &out, &why), &why, "shape");
    out = dense_new(LAX_F32, out.rank, out.shape);
    lax_status s = lax_conv_plan(NULL, &lhs, &rhs, &o, NULL, &out, &plan, &why);
    if (capped(s, &why)) return;
    must(s, &why, "lax_conv_plan");
    must(lax_conv_plan(NULL, &lhs, &rhs2, &other, NULL, &out, &plan2, &why), &why, "lax_conv_plan");
    must(lax_plan_pack(plan, &rhs, &packed, &why), &why, "lax_plan_pack");
    ck_assert_int_eq(lax_plan_execute(plan2, (const lax_tensor *[]){&lhs}, packed,
                                      (lax_tensor *[]){&out}, NULL, &why),
                     sharing_rows[_i].expected);
    lax_packed_release(packed);
    lax_plan_release(plan);
    lax_plan_release(plan2);
    free(lhs.data);
    free(rhs.data);
    free(out.data);
}
END_TEST

/* ---- refusals ---- */

static lax_status plan_of(lax_context *ctx, const lax_tensor *lhs, const lax_tensor *rhs,
                          lax_conv_options *o, lax_error *why) {
    lax_plan *plan = NULL;
    lax_tensor out;
    must(lax_conv_general_dilated_shape(lhs, rhs, o, &out, why), why, "shape");
    lax_status s = lax_conv_plan(ctx, lhs, rhs, o, NULL, &out, &plan, why);
    if (s == LAX_OK) lax_plan_release(plan);
    return s;
}

#define NHWC                                                                                       \
    { "NHWC", "HWIO", "NHWC" }
static const struct {
    const char *text;
    int64_t lhs[4], rhs[4];
    lax_dtype type;
    lax_conv_options options;
} refusal_rows[] = {
    {"the element type is not f32 or f64",
     {1, 4, 4, 8},
     {3, 3, 8, 8},
     LAX_BF16,
     {.dimension_numbers = NHWC}},
    {"operands and result differ in element type",
     {1, 4, 4, 8},
     {3, 3, 8, 8},
     LAX_F32,
     {.dimension_numbers = NHWC, .preferred_element_type = LAX_F64}},
    {"lhs is dilated",
     {1, 4, 4, 8},
     {3, 3, 8, 8},
     LAX_F32,
     {.dimension_numbers = NHWC, .lhs_dilation = {2, 1}}},
    {"lhs features are not contiguous",
     {1, 8, 4, 4},
     {3, 3, 8, 8},
     LAX_F32,
     {.dimension_numbers = {"NCHW", "HWIO", "NHWC"}}},
    {"output features are not contiguous",
     {1, 4, 4, 8},
     {3, 3, 8, 8},
     LAX_F32,
     {.dimension_numbers = {"NHWC", "HWIO", "NCHW"}}},
    {"7 input features a group, at least 8",
     {1, 4, 4, 14},
     {3, 3, 7, 8},
     LAX_F32,
     {.dimension_numbers = NHWC, .feature_group_count = 2}},
    {"513 taps along the row, at most 512",
     {1, 1, 600, 8},
     {1, 513, 8, 8},
     LAX_F32,
     {.dimension_numbers = NHWC}},
    {"1 to 65536 taps", {1, 260, 260, 8}, {257, 257, 8, 8}, LAX_F32, {.dimension_numbers = NHWC}},
    {"too many different kernels",
     {1, 1, 161, 1001},
     {1, 31, 1001, 65},
     LAX_F32,
     {.dimension_numbers = NHWC, .rhs_dilation = {1, 2}, .pads = {{0, 0}, {30, 30}}}},
};

START_TEST(refusals) {
    lax_conv_options o = refusal_rows[_i].options;
    lax_error why;
    if (!available()) return;
    o.size = sizeof o;
    o.lowering = "brgemm";
    lax_tensor lhs = lax_tensor_of(refusal_rows[_i].type, NULL, 4, refusal_rows[_i].lhs);
    lax_tensor rhs = lax_tensor_of(refusal_rows[_i].type, NULL, 4, refusal_rows[_i].rhs);
    ck_assert_int_eq(plan_of(NULL, &lhs, &rhs, &o, &why), LAX_ERROR_LOWERING_REFUSED);
    ck_assert_msg(strstr(why.text, refusal_rows[_i].text) != NULL, "%s", why.text);
    o.lowering = NULL;
    must(plan_of(NULL, &lhs, &rhs, &o, &why), &why, "the reference takes it");
}
END_TEST

static void refused(lax_context *ctx, const lax_tensor *lhs, const lax_tensor *rhs,
                    const char *text) {
    lax_conv_options o =
        LAX_CONV_OPTIONS(.dimension_numbers = {"NWC", "WIO", "NWC"}, .lowering = "brgemm");
    lax_error why;
    ck_assert_int_eq(plan_of(ctx, lhs, rhs, &o, &why), LAX_ERROR_LOWERING_REFUSED);
    ck_assert_msg(strstr(why.text, text) != NULL, "%s", why.text);
}

/* Strides that no matrix has, and sizes that only views of little memory can have. */
START_TEST(refused_strides) {
    if (!available()) return;
    lax_tensor lhs = lax_tensor_of(LAX_F32, NULL, SHAPE(2, 6, 8));
    lax_tensor rhs = lax_tensor_of(LAX_F32, NULL, SHAPE(3, 8, 8));
    lhs.strides[0] = lhs.strides[1] = 0;
    refused(NULL, &lhs, &rhs, "no dimension has positions at least 8 input and 8 output elements");
    lhs = lax_tensor_of(LAX_F32, NULL, SHAPE(2, 6, 8));
    lhs.strides[1] = (int64_t)1 << 32;
    refused(NULL, &lhs, &rhs, "above libxsmm's 32 bits");
    lhs = lax_tensor_of(LAX_F32, NULL, SHAPE(1, 1, 1 << 16));
    rhs = lax_tensor_of(LAX_F32, NULL, SHAPE(1, 1 << 16, 1 << 16));
    rhs.strides[0] = rhs.strides[1] = rhs.strides[2] = 0;
    refused(NULL, &lhs, &rhs, "packed weights would take more than 4 GiB");
}
END_TEST

START_TEST(refused_by_limit) {
    lax_error why;
    lax_context *ctx = NULL;
    lax_tensor lhs = lax_tensor_of(LAX_F32, NULL, SHAPE(2, 6, 8));
    lax_tensor rhs = lax_tensor_of(LAX_F32, NULL, SHAPE(3, 8, 8));
    must(lax_context_create(&LAX_CONTEXT_OPTIONS(.max_isa = LAX_ISA_SCALAR), &ctx, &why), &why,
         "lax_context_create");
    refused(ctx, &lhs, &rhs, available() ? "below libxsmm's target" : "libxsmm");
    lax_context_destroy(ctx);
}
END_TEST

static void expect_refusal(lax_status s, const lax_error *why, const char *text) {
    ck_assert_int_eq(s, LAX_ERROR_LOWERING_REFUSED);
    ck_assert_msg(strstr(why->text, text) != NULL, "%s", why->text);
}

/* Operations that are convolutions without one set of weights. */
START_TEST(refused_operations) {
    lax_conv_options o =
        LAX_CONV_OPTIONS(.dimension_numbers = {"NWC", "WIO", "NWC"}, .lowering = "brgemm");
    lax_tensor lhs = dense_new(LAX_F32, SHAPE(1, 6, 8)), out = dense_new(LAX_F32, SHAPE(1, 4, 24));
    lax_tensor rhs = dense_new(LAX_F32, SHAPE(4, 24, 24));
    lax_error why;
    expect_refusal(lax_conv_general_dilated_patches(NULL, &lhs, (int64_t[]){3}, &o, &out, &why),
                   &why, "patches have no weights");
    expect_refusal(lax_conv_general_dilated_local(NULL, &lhs, &rhs, (int64_t[]){3}, &o, &out, &why),
                   &why, "kernels differ by output position");
    free(lhs.data);
    free(rhs.data);
    free(out.data);
}
END_TEST

/* A process that has made all the kernels that it may falls back to the reference. */
static int exhausted(void) {
    const char *why = NULL;
    struct dot_kernel kernel;
    struct dot_shape s = {LAX_F32, 1, 1, 1, 64, 64, 64, 0};
    for (s.m = 1; s.m < 40; s.m++)
        for (s.n = 1; s.n < 40; s.n++) lax_i_xsmm_kernel(&s, lax_i_machine()->isa, &kernel, &why);
    if (why == NULL || strstr(why, "1,024") == NULL) return 1;
    lax_tensor lhs = lax_tensor_of(LAX_F32, NULL, SHAPE(2, 6, 8));
    lax_tensor rhs = lax_tensor_of(LAX_F32, NULL, SHAPE(3, 8, 8));
    lax_conv_options o =
        LAX_CONV_OPTIONS(.dimension_numbers = {"NWC", "WIO", "NWC"}, .lowering = "brgemm");
    if (plan_of(NULL, &lhs, &rhs, &o, NULL) != LAX_ERROR_LOWERING_REFUSED) return 2;
    o.lowering = NULL;
    return plan_of(NULL, &lhs, &rhs, &o, NULL) == LAX_OK ? 0 : 3;
}

START_TEST(refused_by_cap) {
    int status;
    if (!available()) return;
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) _exit(exhausted());
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), 0);
}
END_TEST

Suite *suite_brgemm(void) {
    Suite *suite = suite_create("brgemm");
    TCase *tc = tcase_create("brgemm");
    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, named_shapes, 0, sizeof shape_rows / sizeof *shape_rows);
    tcase_add_test(tc, open_batch);
    tcase_add_test(tc, residual_in_place);
    tcase_add_test(tc, padding_never_multiplies);
    tcase_add_loop_test(tc, sharing_packed_weights, 0, sizeof sharing_rows / sizeof *sharing_rows);
    tcase_add_loop_test(tc, refusals, 0, sizeof refusal_rows / sizeof *refusal_rows);
    tcase_add_test(tc, refused_strides);
    tcase_add_test(tc, refused_by_limit);
    tcase_add_test(tc, refused_operations);
    tcase_add_test(tc, refused_by_cap);
    tcase_add_loop_test(tc, random_problems, 0, (int)lax_i_ceil_div(test_problems(400), PROBLEMS));
    suite_add_tcase(suite, tc);
    return suite;
}
