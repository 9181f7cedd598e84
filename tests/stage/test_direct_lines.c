/* SPDX-License-Identifier: Apache-2.0 */
/* Stores of convolutions past the caches, at every instruction-set level: results whose rows begin
 * on cache lines but are no whole number of tiles, vectors or lines long, or follow each other and
 * begin anywhere, of every float type, with and without an epilogue. */
#include <check.h>

#include "context/context.h"
#include "stage/conv_problem.h"
#include "suites.h"

static const lax_dtype types[] = {LAX_F32, LAX_F64, LAX_F16, LAX_BF16};
static const int64_t widths[] = {16, 24, 40, 72, 120, 240, 250};
enum { TYPES = 4, WIDTHS = sizeof widths / sizeof *widths, PITCH = 256 };

/* Every result counts as larger than the caches. */
static lax_context *context_of(lax_isa isa) {
    lax_context *ctx;
    lax_error why;
    must(lax_context_create(&LAX_CONTEXT_OPTIONS(.max_isa = isa, .num_threads = 2), &ctx, &why),
         &why, "context");
    ctx->machine.l3_nbytes = 0;
    return ctx;
}

struct layer {
    int64_t features, width, stride, pitch;
    bool epilogue;
};

/* One input feature and some out, channels first, rows of the result `pitch` apart. */
static void make_case(struct rng *r, struct conv_case *p, lax_dtype type, const struct layer *l) {
    lax_error why;
    int64_t features = l->features, width = l->width, taps = l->stride == 1 ? 3 : 2 * l->stride;
    *p = (struct conv_case){.type = type, .n = 2};
    p->options = LAX_CONV_OPTIONS(.policy = LAX_POLICY_UNSET);
    p->options.window_strides[0] = 1;
    p->options.window_strides[1] = l->stride;
    lax_tensor lhs =
        lax_tensor_of(type, NULL, 4, (int64_t[]){1, 1, 3, (width - 1) * l->stride + taps});
    lax_tensor rhs = lax_tensor_of(type, NULL, 4, (int64_t[]){features, 1, 1, taps});
    must(lax_conv_general_dilated_shape(&lhs, &rhs, &p->options, &p->form, &why), &why, "shape");
    p->lhs = view_like(r, &lhs, VIEW_PLAIN);
    p->rhs = view_like(r, &rhs, VIEW_PLAIN);
    p->expected = view_like(r, &p->form, VIEW_PLAIN);
    lax_tensor pitched = lax_tensor_of(type, NULL, 4, (int64_t[]){1, features, 3, l->pitch});
    p->out = view_like(r, &pitched, VIEW_PLAIN);
    p->out.tensor.shape[3] = width;
    tensor_fill(r, &p->lhs.tensor, FILL_UNIT);
    tensor_fill(r, &p->rhs.tensor, FILL_UNIT);
    if (!l->epilogue) return;
    p->bias = view_new(r, type, 1, &features, VIEW_PLAIN);
    tensor_fill(r, &p->bias.tensor, FILL_UNIT);
    p->epilogue = (lax_epilogue){.size = sizeof p->epilogue, .bias = &p->bias.tensor};
    p->epilogue.activation = LAX_RELU;
}

static bool same(const lax_tensor *a, const lax_tensor *b) {
    int64_t index[LAX_MAX_RANK] = {0};
    do
        if (memcmp((char *)a->data + tensor_offset(a, index),
                   (char *)b->data + tensor_offset(b, index), ref_size(a->dtype)) != 0)
            return false;
    while (ref_next(a->rank, a->shape, index));
    return true;
}

static void check(lax_context *ctx, lax_dtype type, const struct layer *l) {
    static const char *const lowerings[] = {"direct", "direct_w", "direct_k"};
    struct rng r = rng_of(89, (uint64_t)(l->features * PITCH + l->width));
    struct conv_case p;
    lax_error why;
    make_case(&r, &p, type, l);
    struct conv_run run = {.lowering = "reference", .context = ctx};
    must(conv_case_run(&run, &p, &p.expected.tensor, &why), &why, "reference");
    for (int k = 0; k < 3; k++) {
        run.lowering = lowerings[k];
        must(conv_case_run(&run, &p, &p.out.tensor, &why), &why, lowerings[k]);
        ck_assert_msg(same(&p.out.tensor, &p.expected.tensor),
                      "%s: %s, %d features, rows of %d, %d apart, stride %d%s", lowerings[k],
                      lax_dtype_name(type), (int)l->features, (int)l->width, (int)l->pitch,
                      (int)l->stride, l->epilogue ? ", epilogue" : "");
    }
    conv_case_free(&p);
}

START_TEST(rows_of_any_length) {
    lax_context *ctx = context_of((lax_isa)(LAX_ISA_SCALAR + _i / TYPES));
    for (int w = 0; w < WIDTHS; w++)
        for (int64_t features = 1; features <= 17; features += features < 4 ? 1 : 13)
            check(ctx, types[_i % TYPES], &(struct layer){features, widths[w], 1, PITCH, false});
    lax_context_destroy(ctx);
}
END_TEST

START_TEST(rows_that_begin_anywhere) {
    static const int64_t lengths[] = {3, 15, 16, 17, 64, 66, 113, 128, 151, 250};
    lax_context *ctx = context_of((lax_isa)(LAX_ISA_SCALAR + _i / TYPES));
    for (int w = 0; w < LAX_COUNTOF(lengths); w++)
        for (int64_t features = 2; features <= 29; features += 9)
            for (int64_t stride = 1; stride <= 5; stride += 2)
                for (int epilogue = 0; epilogue < 2; epilogue++)
                    check(ctx, types[_i % TYPES],
                          &(struct layer){features, lengths[w], stride, lengths[w] + stride / 5,
                                          epilogue != 0});
    lax_context_destroy(ctx);
}
END_TEST

Suite *suite_direct_lines(void) {
    Suite *suite = suite_create("direct_lines");
    TCase *tc = tcase_create("lines");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, rows_of_any_length, 0, 3 * TYPES);
    tcase_add_loop_test(tc, rows_that_begin_anywhere, 0, 3 * TYPES);
    suite_add_tcase(suite, tc);
    return suite;
}
