/* SPDX-License-Identifier: Apache-2.0 */
/* Plans: open batch, workspace, packed weights that move, epilogues, what is printed. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "property/corner.h"
#include "property/problem.h"
#include "suites.h"

/* A channels-last layer of three images; brgemm where it exists. */
struct layer {
    lax_tensor x, w, y, expected;
    lax_conv_options options;
};

static void layer_make(struct layer *l, lax_dtype type) {
    struct rng r = rng_of(71, (uint64_t)type);
    lax_error why;
    l->x = dense_new(type, SHAPE(3, 7, 5, 16));
    l->w = dense_new(type, SHAPE(3, 2, 16, 12));
    l->y = dense_new(type, SHAPE(3, 7, 3, 12));
    l->expected = dense_new(type, SHAPE(3, 7, 3, 12));
    tensor_fill(&r, &l->x, FILL_NORMAL);
    tensor_fill(&r, &l->w, FILL_NORMAL);
    l->options = LAX_CONV_OPTIONS(.padding = "SAME", .window_strides = {1, 2},
                                  .dimension_numbers = {"NHWC", "HWIO", "NHWC"});
    must(lax_conv_general_dilated(NULL, &l->x, &l->w, &l->options, &l->expected, &why), &why,
         "conv");
}

static void layer_free(struct layer *l) {
    free(l->x.data);
    free(l->w.data);
    free(l->y.data);
    free(l->expected.data);
}

static lax_plan *planned(struct layer *l, const lax_epilogue *epilogue) {
    lax_plan *plan;
    lax_error why;
    must(lax_conv_plan(NULL, &l->x, &l->w, &l->options, epilogue, &l->y, &plan, &why), &why,
         "plan");
    return plan;
}

static void images(lax_tensor *t, int64_t n) { t->shape[0] = n; }

START_TEST(open_batch) {
    struct layer l;
    lax_error why;
    lax_packed *packed;
    layer_make(&l, _i ? LAX_F32 : LAX_F64);
    l.options.open_batch = true;
    lax_plan *plan = planned(&l, NULL);
    must(lax_plan_pack(plan, &l.w, &packed, &why), &why, "pack");
    for (int64_t n = 1; n <= 3; n++) {
        lax_tensor x = l.x, y = l.y, expected = l.expected;
        images(&x, n);
        images(&y, n);
        images(&expected, n);
        memset(l.y.data, 0xff, (size_t)lax_tensor_elements(&l.y) * ref_size(l.y.dtype));
        must(lax_plan_execute(plan, (const lax_tensor *[]){&x}, packed, (lax_tensor *[]){&y}, NULL,
                              &why),
             &why, "execute");
        ck_assert(same_bytes(&y, &expected));
    }
    lax_tensor x = l.x, y = l.y;
    images(&x, 2);
    ck_assert_int_eq(lax_plan_execute(plan, (const lax_tensor *[]){&x}, packed,
                                      (lax_tensor *[]){&y}, NULL, &why),
                     LAX_ERROR_PLAN_MISMATCH);
    lax_packed_release(packed);
    lax_plan_release(plan);
    layer_free(&l);
}
END_TEST

/* A packed blob is moved with memcpy and serves another plan of the same layer. */
START_TEST(packed_weights_move) {
    struct layer l;
    lax_error why;
    lax_packed *packed = NULL;
    layer_make(&l, LAX_F32);
    lax_plan *plan = planned(&l, NULL), *other = planned(&l, NULL);
    size_t nbytes = lax_plan_packed_size(plan);
    if (nbytes > 0) {
        struct guarded a = guarded_new((nbytes + 63) / 64 * 64, true);
        struct guarded b = guarded_new((nbytes + 63) / 64 * 64, true);
        must(lax_plan_pack_into(plan, &l.w, a.bytes, nbytes, &packed, &why), &why, "pack_into");
        size_t offset = (size_t)((unsigned char *)packed - a.bytes);
        memcpy(b.bytes, a.bytes, nbytes);
        memset(a.bytes, 0xff, nbytes);
        packed = (lax_packed *)(void *)(b.bytes + offset);
        must(lax_plan_execute(other, (const lax_tensor *[]){&l.x}, packed, (lax_tensor *[]){&l.y},
                              NULL, &why),
             &why, "execute");
        ck_assert(same_bytes(&l.y, &l.expected));
        guarded_free(&a);
        guarded_free(&b);
    }
    lax_plan_release(plan);
    lax_plan_release(other);
    layer_free(&l);
}
END_TEST

/* The size asked is the size needed, head included; operations without weights need none. */
START_TEST(packed_sizes) {
    struct layer l;
    lax_error why;
    lax_packed *packed;
    static const char *const lowerings[] = {NULL, "reference"};
    layer_make(&l, LAX_F32);
    l.options.lowering = lowerings[_i];
    lax_plan *plan = planned(&l, NULL), *patches;
    size_t nbytes = lax_plan_packed_size(plan);
    ck_assert_uint_ge(nbytes, 64);
    struct guarded g = guarded_new(nbytes, true);
    ck_assert_int_eq(lax_plan_pack_into(plan, &l.w, g.bytes, nbytes - 1, &packed, &why),
                     LAX_ERROR_BUFFER);
    must(lax_plan_pack_into(plan, &l.w, g.bytes, nbytes, &packed, &why), &why, "pack_into");
    /* What was copied may be overwritten, what was not is still the weights. */
    lax_tensor y = l.y, *outputs[] = {&y};
    ck_assert_int_le(lax_tensor_elements(&y), lax_tensor_elements(&l.w));
    y.data = l.w.data;
    lax_status s =
        lax_plan_execute(plan, (const lax_tensor *[]){&l.x}, packed, outputs, NULL, &why);
    ck_assert_int_eq(s, nbytes == 64 ? LAX_ERROR_OVERLAP : LAX_OK);
    ck_assert(nbytes == 64 || same_bytes(&y, &l.expected));
    lax_operation op =
        LAX_OPERATION(.op = LAX_OP_CONV_PATCHES, .n_operands = 1, .n_results = 1, .operands = {l.x},
                      .filter_shape = {2, 2}, .conv = LAX_CONV_OPTIONS(.padding = "VALID"));
    op.results[0].rank = -1;
    must(lax_operation_plan(NULL, &op, &patches, &why), &why, "patches");
    ck_assert_uint_eq(lax_plan_packed_size(patches), 0);
    ck_assert_uint_eq(lax_plan_packed_size(NULL), 0);
    lax_plan_release(patches);
    lax_plan_release(plan);
    guarded_free(&g);
    layer_free(&l);
}
END_TEST

/* Planning must not grow with the taps of a row: 8,001 of them took seconds. Runs that are slower
 * say so as they say it to Check. */
START_TEST(long_kernels_are_planned_quickly) {
    static const int64_t taps[] = {512, 513, 8001, 1 << 20};
    lax_error why;
    lax_plan *plan;
    int64_t n = taps[_i];
    lax_tensor x = lax_tensor_of(LAX_F32, NULL, SHAPE(1, 2 * n, 8));
    lax_tensor w = lax_tensor_of(LAX_F32, NULL, SHAPE(n, 8, 8)), y;
    lax_conv_options o =
        LAX_CONV_OPTIONS(.dimension_numbers = {"NWC", "WIO", "NWC"}, .padding = "SAME");
    must(lax_conv_general_dilated_shape(&x, &w, &o, &y, &why), &why, "shape");
    clock_t start = clock();
    must(lax_conv_plan(NULL, &x, &w, &o, NULL, &y, &plan, &why), &why, "plan");
    const char *slower = getenv("CK_TIMEOUT_MULTIPLIER");
    double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    ck_assert_msg(seconds < 0.5 * (slower ? atof(slower) : 1), "%d taps took %g s", (int)n,
                  seconds);
    lax_plan_release(plan);
}
END_TEST

/* The bias is read at each execution; the residual may be the output itself. */
START_TEST(epilogue_data) {
    struct layer l;
    lax_error why;
    float bias[12] = {0};
    layer_make(&l, LAX_F32);
    lax_tensor b = lax_tensor_of(LAX_F32, bias, SHAPE(12));
    lax_plan *plan = planned(&l, &LAX_EPILOGUE(.bias = &b, .residual = &l.y));
    for (int round = 0; round < 3; round++) {
        float *y = l.y.data, *e = l.expected.data;
        for (int i = 0; i < 12; i++) bias[i] = (float)(round * i);
        for (int i = 0; i < 3 * 7 * 3 * 12; i++) y[i] = (float)(i % 5);
        must(lax_plan_execute(plan, (const lax_tensor *[]){&l.x, &l.w, &l.y}, NULL,
                              (lax_tensor *[]){&l.y}, NULL, &why),
             &why, "execute");
        for (int i = 0; i < 3 * 7 * 3 * 12; i++) {
            float want = e[i] + bias[i % 12] + (float)(i % 5);
            ck_assert_msg(fabsf(y[i] - want) <= 1e-4F, "%d: %g, not %g", i, (double)y[i],
                          (double)want);
        }
    }
    lax_plan_release(plan);
    layer_free(&l);
}
END_TEST

static const struct {
    lax_activation kind;
    double alpha, beta, x, y;
} activations[] = {{LAX_ACTIVATION_NONE, 0, 0, -2, -2},
                   {LAX_RELU, 0, 0, -2, 0},
                   {LAX_RELU, 0, 0, 2, 2},
                   {LAX_RELU6, 0, 0, 7, 6},
                   {LAX_RELU6, 0, 0, -1, 0},
                   {LAX_CLAMP, -0.5, 0.25, 3, 0.25},
                   {LAX_CLAMP, -0.5, 0.25, -3, -0.5},
                   {LAX_LEAKY_RELU, 0.125, 0, -8, -1},
                   {LAX_GELU_ERF, 0, 0, 1, 0.841344746068542949},
                   {LAX_GELU_ERF, 0, 0, -4, -0.000126684960},
                   {LAX_GELU_TANH, 0, 0, 1, 0.841191990607477},
                   {LAX_SILU, 0, 0, 2, 1.761594155955765},
                   {LAX_SIGMOID, 0, 0, -3, 0.04742587317756678},
                   {LAX_SIGMOID, 0, 0, -200, 0},
                   {LAX_TANH, 0, 0, 0.5, 0.46211715726000976},
                   {LAX_TANH, 0, 0, 100, 1}};

START_TEST(activation_values) {
    float x = (float)activations[_i].x, w = 1, y = 0;
    lax_error why;
    lax_plan *plan;
    lax_tensor a = lax_tensor_of(LAX_F32, &x, SHAPE(1, 1)), b = a, c = a;
    b.data = &w;
    c.data = &y;
    lax_epilogue e = LAX_EPILOGUE(.activation = activations[_i].kind,
                                  .alpha = activations[_i].alpha, .beta = activations[_i].beta);
    must(lax_conv_plan(NULL, &a, &b, NULL, &e, &c, &plan, &why), &why, "plan");
    must(lax_plan_execute(plan, (const lax_tensor *[]){&a, &b}, NULL, (lax_tensor *[]){&c}, NULL,
                          &why),
         &why, "execute");
    double bound = 2e-7 + 3e-7 * fabs(activations[_i].y);
    ck_assert_msg(fabs((double)y - activations[_i].y) <= bound, "%.9g, not %.9g", (double)y,
                  activations[_i].y);
    lax_plan_release(plan);
}
END_TEST

START_TEST(what_plans_tell) {
    struct layer l;
    lax_error why;
    char text[6000], little[10];
    size_t needed = 0;
    layer_make(&l, LAX_F32);
    lax_plan *plan = planned(&l, NULL);
    const char *lowering = lax_plan_lowering(plan);
    ck_assert(lowering && *lowering && !strchr(lowering, ' '));
    size_t length = lax_plan_print(plan, text, sizeof text);
    ck_assert_uint_eq(length, strlen(text));
    ck_assert(strstr(text, lowering) && !strchr(text, '\n'));
    ck_assert_uint_eq(lax_plan_print(plan, little, sizeof little), length);
    ck_assert_uint_eq(strlen(little), sizeof little - 1);
    size_t packed = (size_t)lax_tensor_elements(&l.w) * 8 + 4096;
    ck_assert_uint_le(lax_plan_workspace_size(plan), ((size_t)4 << 20) + packed);
    lax_operation op = LAX_OPERATION(.op = LAX_OP_CONV, .n_operands = 2, .n_results = 1);
    op.operands[0] = l.x;
    op.operands[1] = l.w;
    op.results[0] = l.y;
    op.conv = l.options;
    must(lax_explain(NULL, &op, text, sizeof text, &needed, &why), &why, "explain");
    ck_assert_uint_eq(needed, strlen(text));
    ck_assert(strstr(text, "reference") && strstr(text, "brgemm") && strstr(text, lowering));
    must(lax_explain(NULL, &op, NULL, 0, &needed, &why), &why, "explain");
    ck_assert_uint_eq(needed, strlen(text));
    lax_plan_release(plan);
    layer_free(&l);
}
END_TEST

/* The short forms are the general call with defaults. */
START_TEST(short_forms) {
    lax_error why;
    float x[18], w[8], a[18], b[18];
    struct rng r = rng_of(72, 0);
    lax_tensor lhs = lax_tensor_of(LAX_F32, x, SHAPE(1, 2, 3, 3)),
               rhs = lax_tensor_of(LAX_F32, w, SHAPE(1, 2, 2, 2));
    lax_tensor one = lax_tensor_of(LAX_F32, a, SHAPE(1, 1, 2, 3)), two = one;
    two.data = b;
    tensor_fill(&r, &lhs, FILL_NORMAL);
    tensor_fill(&r, &rhs, FILL_NORMAL);
    lax_conv_options o = LAX_CONV_OPTIONS(.window_strides = {2, 1}, .padding = "SAME");
    must(lax_conv_general_dilated(NULL, &lhs, &rhs, &o, &one, &why), &why, "conv_general_dilated");
    must(lax_conv(NULL, &lhs, &rhs, (const int64_t[]){2, 1}, "SAME", &two, &why), &why, "conv");
    ck_assert(same_bytes(&one, &two));
    memset(b, 0xff, sizeof b);
    must(lax_conv_with_general_padding(NULL, &lhs, &rhs, &o, &two, &why), &why, "general_padding");
    ck_assert(same_bytes(&one, &two));
    lax_tensor small = lax_tensor_of(LAX_F32, a, SHAPE(1, 1, 2, 2)), same = small;
    same.data = b;
    must(lax_conv_general_dilated(NULL, &lhs, &rhs, NULL, &small, &why), &why, "defaults");
    must(lax_conv(NULL, &lhs, &rhs, NULL, "VALID", &same, &why), &why, "conv");
    ck_assert(same_bytes(&small, &same));
}
END_TEST

START_TEST(pool_with_indices) {
    float x[9] = {1, 5, 2, 4, 9, 9, 0, 3, 8}, y[4];
    int64_t at[4];
    lax_error why;
    lax_tensor in = lax_tensor_of(LAX_F32, x, SHAPE(1, 3, 3, 1)),
               out = lax_tensor_of(LAX_F32, y, SHAPE(1, 2, 2, 1));
    lax_tensor indices = lax_tensor_of(LAX_S64, at, SHAPE(1, 2, 2, 1));
    lax_pool_options o = LAX_POOL_OPTIONS(.window = {2, 2});
    must(lax_pool_indices(NULL, &in, LAX_GE, &o, &out, &indices, &why), &why, "pool_indices");
    expect_f32(&out, LIST(9, 9, 9, 9));
    ck_assert(at[0] == 4 && at[1] == 4 && at[2] == 4 && at[3] == 4);
    must(lax_pool_indices(NULL, &in, LAX_GT, &o, &out, &indices, &why), &why, "pool_indices");
    ck_assert(at[0] == 4 && at[1] == 5 && at[2] == 4 && at[3] == 5);
    must(lax_pool_indices(NULL, &in, LAX_LE, &o, &out, &indices, &why), &why, "pool_indices");
    expect_f32(&out, LIST(1, 2, 0, 3));
    ck_assert(at[0] == 0 && at[1] == 2 && at[2] == 6 && at[3] == 7);
}
END_TEST

START_TEST(window_plan) {
    float x[5] = {1, 2, 3, 4, 5}, y[4];
    lax_error why;
    lax_plan *plan;
    lax_tensor in = lax_tensor_of(LAX_F32, x, SHAPE(5)), out = lax_tensor_of(LAX_F32, y, SHAPE(4));
    must(lax_reduce_window_plan(NULL, 1, &in, &LAX_REDUCER(.kind = LAX_MUL),
                                &LAX_WINDOW_OPTIONS(.window_dimensions = {2}), &out, &plan, &why),
         &why, "plan");
    must(lax_plan_execute(plan, (const lax_tensor *[]){&in}, NULL, (lax_tensor *[]){&out}, NULL,
                          &why),
         &why, "execute");
    expect_f32(&out, LIST(2, 6, 12, 20));
    ck_assert_uint_eq(lax_plan_packed_size(plan), 0);
    lax_plan_release(plan);
}
END_TEST

/* More layers than the adapter of a code generator may hold kernels for: plans go on without it. */
static lax_status layer_by(const char *lowering, int64_t channels, int64_t features) {
    static float x[64], w[64 * 64], y[64];
    lax_tensor a = lax_tensor_of(LAX_F32, x, SHAPE(1, channels));
    lax_tensor b = lax_tensor_of(LAX_F32, w, SHAPE(channels, features));
    lax_tensor c = lax_tensor_of(LAX_F32, y, SHAPE(1, features));
    lax_error why;
    for (int i = 0; i < 64; i++) x[i] = 1;
    for (int i = 0; i < 64 * 64; i++) w[i] = 2;
    lax_conv_options o =
        LAX_CONV_OPTIONS(.dimension_numbers = {"NC", "IO", "NC"}, .lowering = lowering);
    lax_status s = lax_conv_general_dilated(NULL, &a, &b, &o, &c, &why);
    for (int64_t i = 0; s == LAX_OK && i < features; i++) ck_assert(y[i] == 2 * (float)channels);
    return s;
}

START_TEST(more_kernels_than_a_generator_holds) {
    int64_t refused = 0;
    for (int64_t channels = 8; channels < 64; channels++) {
        for (int64_t features = 16; features < 64; features++) {
            lax_status s = layer_by("brgemm", channels, features);
            ck_assert(s == LAX_OK || s == LAX_ERROR_LOWERING_REFUSED);
            refused += s != LAX_OK;
            if (features % 16 == 0) ck_assert_int_eq(layer_by(NULL, channels, features), LAX_OK);
        }
    }
    ck_assert_int_gt(refused, 0);
}
END_TEST

Suite *suite_plan(void) {
    Suite *suite = suite_create("plan");
    TCase *tc = tcase_create("plan");
    tcase_add_loop_test(tc, open_batch, 0, 2);
    tcase_add_test(tc, packed_weights_move);
    tcase_add_loop_test(tc, packed_sizes, 0, 2);
    tcase_add_loop_test(tc, long_kernels_are_planned_quickly, 0, 4);
    tcase_add_test(tc, epilogue_data);
    tcase_add_loop_test(tc, activation_values, 0, sizeof activations / sizeof *activations);
    tcase_add_test(tc, what_plans_tell);
    tcase_add_test(tc, short_forms);
    tcase_add_test(tc, pool_with_indices);
    tcase_add_test(tc, window_plan);
    tcase_add_test(tc, more_kernels_than_a_generator_holds);
    suite_add_tcase(suite, tc);
    return suite;
}
