/* SPDX-License-Identifier: Apache-2.0 */
/* The lowerings direct, direct_w and direct_k against the reference on random problems (values
 * whose sums are exact, so that every order gives the same bits), in every way a plan can run,
 * and each of their refusals. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "property/corner.h"
#include "stage/conv_problem.h"
#include "suites.h"

#include "base/base.h"
#include "context/context.h"

static const char *const lowerings[] = {"direct", "direct_w", "direct_k"};
enum { LOWERINGS = 3, PROBLEMS = 50, MOST_MACS = 1 << 20 };

/* --- random problems -------------------------------------------------------------------------- */

/* Sizes that blocks and vectors meet in every way; long rows where there is one dimension only. */
static void random_window(struct rng *r, struct conv_case *p, int64_t *in, int64_t *kernel) {
    bool wide = p->n == 1 && rng_chance(r, 30);
    for (int32_t d = 0; d < p->n; d++) {
        int64_t most = wide ? 700 : p->n == 1 ? 60 : p->n == 2 ? 14 : p->n == 3 ? 8 : 4;
        in[d] = rng_in(r, 1, most);
        kernel[d] = rng_chance(r, 30) ? 1 : rng_in(r, 2, wide ? 30 : p->n < 3 ? 6 : 3);
        p->options.window_strides[d] = rng_chance(r, 50) ? 1 : rng_in(r, 2, wide ? 9 : 4);
        p->options.rhs_dilation[d] = rng_chance(r, 60) ? 1 : rng_in(r, 2, 4);
        p->options.lhs_dilation[d] = rng_chance(r, 75) ? 1 : rng_in(r, 2, 4);
        bool huge = rng_chance(r, 5);
        for (int side = 0; side < 2; side++)
            p->options.pads[d][side] = rng_chance(r, 40) ? 0 : rng_in(r, -3, huge ? 40 : 5);
        p->options.window_reversal[d] = rng_chance(r, 10);
    }
}

/* Axes of batch, features and spatial dimensions: channels last, first, in the middle. */
static void random_order(struct rng *r, int32_t rank, int32_t *spec) {
    int64_t kind = rng_in(r, 0, 3);
    if (kind == 0) {
        rng_permutation(r, rank, spec);
        return;
    }
    for (int32_t d = 0; d < rank; d++) spec[d] = d;
    if (kind == 1) return;
    /* Batch first and features last, or the other way round. */
    spec[0] = kind == 2 ? 0 : rank - 1;
    spec[1] = kind == 2 ? rank - 1 : 0;
    for (int32_t d = 2; d < rank; d++) spec[d] = d - 1;
}

static double macs(const struct conv_case *p) {
    double product = 1;
    for (int32_t d = 0; d < p->form.rank; d++) product *= (double)p->form.shape[d];
    for (int32_t d = 0; d < p->rhs.tensor.rank; d++)
        if (d != p->options.indices.rhs_spec[0]) product *= (double)p->rhs.tensor.shape[d];
    return product;
}

/* False where the window leaves nothing that can be said, or too much. */
static bool random_problem(struct rng *r, struct conv_case *p) {
    static const int64_t in_sizes[] = {1, 2, 3, 5, 8, 9, 16, 17, 40, 70};
    static const int64_t out_sizes[] = {1, 2, 3, 4, 7, 8, 16, 17, 33, 48, 67};
    memset(p, 0, sizeof *p);
    p->type = any_float(r);
    p->n = rng_chance(r, 90) ? (int32_t)rng_in(r, 0, 3) : (int32_t)rng_in(r, 4, 5);
    p->options = (lax_conv_options){.size = sizeof p->options};
    int64_t groups = rng_chance(r, 60) ? 1 : rng_in(r, 2, 3), batch = rng_in(r, 1, 3);
    int64_t in = one_of(r, LAX_COUNTOF(in_sizes), in_sizes);
    int64_t out = one_of(r, LAX_COUNTOF(out_sizes), out_sizes) * groups;
    bool by_batch = rng_chance(r, 20);
    p->options.batch_group_count = by_batch ? groups : 1;
    p->options.feature_group_count = by_batch ? 1 : groups;
    p->options.policy = rng_chance(r, 20) ? LAX_POLICY_EXACT : LAX_POLICY_UNSET;
    if (rng_chance(r, 25)) p->options.preferred_element_type = any_float(r);
    int64_t lhs[LAX_MAX_RANK] = {batch * (by_batch ? groups : 1), in * (by_batch ? 1 : groups)};
    int64_t rhs[LAX_MAX_RANK] = {out, in};
    int32_t rank = p->n + 2;
    random_window(r, p, lhs + 2, rhs + 2);
    random_order(r, rank, p->options.indices.lhs_spec);
    random_order(r, rank, p->options.indices.out_spec);
    rng_permutation(r, rank, p->options.indices.rhs_spec);
    shape_by_spec(&p->lhs.tensor, p->type, rank, p->options.indices.lhs_spec, lhs);
    shape_by_spec(&p->rhs.tensor, p->type, rank, p->options.indices.rhs_spec, rhs);
    return lax_conv_general_dilated_shape(&p->lhs.tensor, &p->rhs.tensor, &p->options, &p->form,
                                          NULL) == LAX_OK &&
           macs(p) <= MOST_MACS;
}

/* Some elements become infinite or NaN. */
static void spoil(struct rng *r, const lax_tensor *t) {
    static const double values[] = {INFINITY, -INFINITY, NAN};
    int64_t index[LAX_MAX_RANK], n = rng_in(r, 1, 3);
    if (lax_tensor_elements(t) <= 0) return;
    for (int64_t i = 0; i < n; i++) {
        for (int32_t d = 0; d < t->rank; d++) index[d] = rng_in(r, 0, t->shape[d] - 1);
        ref_store(t->dtype, (char *)t->data + tensor_offset(t, index),
                  ref_number(t->dtype, values[rng_in(r, 0, 2)]));
    }
}

/* Tensors of any strides between guard pages, the result full of NaN. */
static void allocate(struct rng *r, struct conv_case *p, enum fill fill) {
    p->lhs = view_like(r, &p->lhs.tensor, rng_chance(r, 50) ? VIEW_PLAIN : VIEW_INPUT);
    p->rhs = view_like(r, &p->rhs.tensor, rng_chance(r, 70) ? VIEW_PLAIN : VIEW_INPUT);
    p->out = view_like(r, &p->form, rng_chance(r, 50) ? VIEW_PLAIN : VIEW_OUTPUT);
    p->expected = view_like(r, &p->form, VIEW_PLAIN);
    tensor_fill(r, &p->lhs.tensor, fill);
    tensor_fill(r, &p->rhs.tensor, fill);
}

static bool same_values(const lax_tensor *a, const lax_tensor *b) {
    int64_t index[LAX_MAX_RANK] = {0};
    if (lax_tensor_elements(a) <= 0) return true;
    do {
        const char *x = (char *)a->data + tensor_offset(a, index);
        const char *y = (char *)b->data + tensor_offset(b, index);
        if (memcmp(x, y, ref_size(a->dtype)) != 0 &&
            !(ref_is_nan(a->dtype, ref_load(a->dtype, x)) &&
              ref_is_nan(b->dtype, ref_load(b->dtype, y))))
            return false;
    } while (ref_next(a->rank, a->shape, index));
    return true;
}

/* At the same instruction-set level: exp, tanh and erfc differ between these. */
static void reference_in(lax_context *ctx, struct conv_case *p) {
    const struct conv_run run = {.lowering = "reference", .context = ctx};
    lax_error why;
    must(conv_case_run(&run, p, &p->expected.tensor, &why), &why, "reference");
}

static void reference(struct conv_case *p) { reference_in(NULL, p); }

/* Refusals that random problems meet; anything else is wrong. */
static bool may_refuse(const struct conv_case *p, const lax_error *why) {
    return strstr(why->text, "operands are rounded to another type first") != NULL ||
           strstr(why->text, "neighbours of lhs are dilated") != NULL ||
           (p->options.policy == LAX_POLICY_EXACT &&
            strstr(why->text, "which the exact policy does not allow") != NULL);
}

static bool compare_problem(struct rng *r, lax_context *ctx, const char *lowering, int64_t number) {
    struct conv_case p;
    struct conv_run run = {.lowering = lowering};
    lax_error why;
    if (!random_problem(r, &p)) return false;
    allocate(r, &p, FILL_UNIT);
    if (rng_chance(r, 60)) conv_case_epilogue(r, &p, p.options.indices.out_spec[1]);
    if (rng_chance(r, 20)) spoil(r, &p.lhs.tensor);
    if (p.options.policy == LAX_POLICY_EXACT && rng_chance(r, 50)) spoil(r, &p.rhs.tensor);
    run.pack = rng_chance(r, 30);
    run.poison = rng_chance(r, 50);
    run.context = rng_chance(r, 50) ? ctx : NULL;
    lax_status s = conv_case_run(&run, &p, &p.out.tensor, &why);
    if (s == LAX_OK) {
        reference_in(run.context, &p);
        ck_assert_msg(same_values(&p.out.tensor, &p.expected.tensor), "%s: problem %lld", lowering,
                      (long long)number);
        ck_assert_msg(view_holes_intact(&p.out), "%s: problem %lld", lowering, (long long)number);
    } else {
        ck_assert_msg(may_refuse(&p, &why), "problem %lld: %s", (long long)number, why.text);
    }
    conv_case_free(&p);
    return s == LAX_OK;
}

START_TEST(random_problems) {
    int64_t first = (int64_t)_i / LOWERINGS * PROBLEMS, compared = 0;
    const char *lowering = lowerings[_i % LOWERINGS];
    lax_context *ctx = context_with_host(HOST_SHUFFLED, 3);
    for (int64_t i = first; i < first + PROBLEMS; i++) {
        struct rng r = rng_of(81, (uint64_t)i);
        compared += compare_problem(&r, ctx, lowering, i);
    }
    ck_assert_int_ge(compared, PROBLEMS / 4);
    lax_context_destroy(ctx);
}
END_TEST

/* --- shapes that random problems do not reach ------------------------------------------------- */

static const struct shape_row {
    const char *why;
    int64_t batch, in[2], in_features, out_features, kernel[2], stride[2], dilation, pad;
} shape_rows[] = {
    {"several blocks of both features", 1, {5, 6}, 300, 140, {3, 3}, {1, 1}, 1, 1},
    {"an uneven last block of input features", 2, {4, 5}, 461, 65, {3, 3}, {1, 1}, 1, 1},
    {"one tap of many features", 1, {3, 7}, 3000, 33, {1, 1}, {1, 1}, 1, 0},
    {"one position", 1, {1, 1}, 2000, 70, {1, 1}, {1, 1}, 1, 0},
    {"whole-image kernels", 4, {5, 4}, 12, 20, {5, 4}, {1, 1}, 1, 0},
    {"several boxes", 1, {45, 47}, 8, 17, {3, 3}, {1, 1}, 1, 1},
    {"several boxes along long rows", 1, {2, 5000}, 2, 3, {1, 3}, {1, 1}, 1, 1},
    {"boxes of several images", 7, {9, 10}, 8, 20, {3, 2}, {1, 2}, 1, 1},
    {"a long kernel that pads", 1, {1, 300}, 4, 9, {1, 128}, {1, 1}, 1, 64},
    {"long kernels that pad both ways", 1, {14, 15}, 2, 3, {13, 13}, {1, 1}, 1, 6},
    {"more taps than a list", 1, {19, 31}, 4, 5, {17, 31}, {1, 1}, 1, 2},
    {"more taps than a list, strided", 1, {40, 41}, 3, 6, {23, 24}, {2, 3}, 1, 5},
    {"rows in planes", 1, {8, 200}, 3, 16, {7, 7}, {2, 2}, 1, 3},
    {"rows in planes, more of them than taps", 1, {3, 170}, 5, 7, {1, 3}, {1, 5}, 1, 1},
    {"planes of dilated taps", 1, {4, 131}, 3, 4, {2, 4}, {1, 3}, 2, 4},
    {"strides beyond the kernel", 2, {23, 25}, 9, 10, {2, 2}, {5, 4}, 1, 0},
    {"dilated far beyond the image", 1, {6, 7}, 8, 16, {3, 3}, {1, 1}, 9, 9},
    {"far more padding than image", 1, {3, 4}, 8, 16, {2, 3}, {1, 2}, 1, 40},
    {"patches", 1, {24, 36}, 3, 24, {4, 4}, {4, 4}, 1, 0},
    {"one feature in, one out", 1, {60, 61}, 1, 1, {5, 5}, {1, 1}, 1, 2},
    {"one feature in, many out", 1, {40, 50}, 1, 64, {3, 3}, {1, 1}, 1, 0},
    {"stores past the caches", 2, {3, 64}, 5, 48, {3, 3}, {1, 1}, 1, 1},
    {"a window that reaches no position", 1, {2, 2}, 8, 8, {2, 2}, {7, 7}, 1, 6},
};
static const char *const order_rows[][3] = {
    {"NHWC", "HWIO", "NHWC"},
    {"NCHW", "OIHW", "NCHW"},
    {"CHWN", "IHWO", "CHWN"},
    {"NHWC", "OIHW", "NCHW"},
};
enum { SHAPES = sizeof shape_rows / sizeof *shape_rows, ORDERS = 4 };

/* Sizes in the order that a string says: each letter's role among `letters`. */
static lax_tensor ordered(lax_dtype type, const char *order, const char *letters,
                          const int64_t *roles) {
    int64_t shape[4];
    for (int d = 0; d < 4; d++) shape[d] = roles[strchr(letters, order[d]) - letters];
    return lax_tensor_of(type, NULL, 4, shape);
}

static void row_problem(lax_dtype type, int row, int order, struct conv_case *p) {
    const struct shape_row *s = &shape_rows[row];
    const char *const *names = order_rows[order];
    lax_error why;
    memset(p, 0, sizeof *p);
    p->type = type;
    p->n = 2;
    p->options = LAX_CONV_OPTIONS(.dimension_numbers = {names[0], names[1], names[2]});
    for (int d = 0; d < 2; d++) {
        p->options.window_strides[d] = s->stride[d];
        p->options.rhs_dilation[d] = s->kernel[d] > 1 ? s->dilation : 1;
        p->options.pads[d][0] = p->options.pads[d][1] = s->kernel[d] > 1 ? s->pad : 0;
    }
    p->lhs.tensor =
        ordered(type, names[0], "NCHW", (int64_t[]){s->batch, s->in_features, s->in[0], s->in[1]});
    p->rhs.tensor =
        ordered(type, names[1], "OIHW",
                (int64_t[]){s->out_features, s->in_features, s->kernel[0], s->kernel[1]});
    must(
        lax_conv_general_dilated_shape(&p->lhs.tensor, &p->rhs.tensor, &p->options, &p->form, &why),
        &why, "shape");
}

/* Every output is larger than the caches: stores bypass them where lines are whole. */
START_TEST(named_shapes) {
    lax_context *ctx = context_with_threads(2);
    ctx->machine.l3_nbytes = 0;
    for (int order = 0; order < ORDERS; order++) {
        if (test_is_short() && order != _i % ORDERS) continue;
        struct rng r = rng_of(82, (uint64_t)(_i * ORDERS + order));
        struct conv_case p;
        lax_error why;
        row_problem(order % 2 ? LAX_F64 : LAX_F32, _i, order, &p);
        allocate(&r, &p, FILL_UNIT);
        if (order == 3) conv_case_epilogue(&r, &p, 1);
        reference_in(ctx, &p);
        for (int k = 0; k < LOWERINGS; k++) {
            struct conv_run run = {ctx, lowerings[k], .pack = order == 2, .poison = true};
            view_reset(&p.out);
            must(conv_case_run(&run, &p, &p.out.tensor, &why), &why, shape_rows[_i].why);
            ck_assert_msg(same_bytes(&p.out.tensor, &p.expected.tensor), "%s, %s: %s", lowerings[k],
                          order_rows[order][0], shape_rows[_i].why);
            ck_assert(view_holes_intact(&p.out));
        }
        conv_case_free(&p);
    }
    lax_context_destroy(ctx);
}
END_TEST

/* --- the same bits ---------------------------------------------------------------------------- */

/* One way to run against what a single thread of the same level gives, whose sums are rounded. */
static void same_as_serial(const struct conv_run *run, struct conv_case *p, const char *what) {
    lax_error why;
    view_reset(&p->out);
    must(conv_case_run(run, p, &p->out.tensor, &why), &why, what);
    ck_assert_msg(same_bytes(&p->out.tensor, &p->expected.tensor), "%s: %s", run->lowering, what);
}

/* Strides of the result may change the order of sums: the first run has those of all others. */
static void check_ways(struct conv_case *p, const char *lowering) {
    lax_error why;
    struct conv_run run = {.lowering = lowering, .context = context_with_threads(1)};
    must(conv_case_run(&run, p, &p->out.tensor, &why), &why, "serial");
    must(lax_transpose(NULL, &p->out.tensor, (int32_t[]){0, 1, 2, 3}, &p->expected.tensor, &why),
         &why, "copy");
    run.pack = true;
    same_as_serial(&run, p, "packed ahead");
    lax_context_destroy(run.context);
    run.poison = true;
    for (int i = 0; i < 5 + HOST_COUNT; i++) {
        run.context =
            i < 5 ? context_with_threads(i + 1) : context_with_host((enum host)(i - 5), 3);
        run.pack = i % 2;
        same_as_serial(&run, p, i < 5 ? "threads" : "a host's threads");
        lax_context_destroy(run.context);
    }
}

START_TEST(same_bits) {
    for (int row = 0; row < SHAPES; row += test_is_short() ? 9 : 3) {
        struct rng r = rng_of(83, (uint64_t)(_i * SHAPES + row));
        struct conv_case p;
        row_problem(LAX_F32, row, (row + _i) % ORDERS, &p);
        allocate(&r, &p, FILL_NORMAL);
        check_ways(&p, lowerings[_i % LOWERINGS]);
        conv_case_free(&p);
    }
}
END_TEST

/* Memory that begins `offset` bytes behind a cache line. */
struct shifted {
    unsigned char *memory;
};

static lax_tensor shift(struct shifted *s, const lax_tensor *from, int64_t offset) {
    lax_tensor t = lax_tensor_of(from->dtype, NULL, from->rank, from->shape);
    size_t nbytes = (size_t)lax_tensor_elements(from) * ref_size(from->dtype);
    s->memory = aligned_alloc(64, (nbytes + 127) / 64 * 64);
    ck_assert_ptr_nonnull(s->memory);
    t.data = s->memory + offset;
    if (from->data != NULL) memcpy(t.data, from->data, nbytes);
    return t;
}

static void check_offsets(lax_dtype type, int row, int order, const char *lowering) {
    struct rng r = rng_of(84, (uint64_t)row);
    struct conv_case p;
    struct conv_run run = {.lowering = lowering};
    lax_error why;
    row_problem(type, row, order, &p);
    lax_tensor lhs = dense_new(type, 4, p.lhs.tensor.shape), form = p.form;
    lax_tensor rhs = dense_new(type, 4, p.rhs.tensor.shape), want = dense_new(type, 4, form.shape);
    tensor_fill(&r, &lhs, FILL_NORMAL), tensor_fill(&r, &rhs, FILL_NORMAL);
    p.lhs.tensor = lhs, p.rhs.tensor = rhs;
    must(conv_case_run(&run, &p, &want, &why), &why, "aligned");
    int64_t size = (int64_t)ref_size(type);
    for (int64_t offset = 0; offset < 64; offset += size) {
        struct shifted memory[3];
        p.lhs.tensor = shift(&memory[0], &lhs, offset);
        p.rhs.tensor = shift(&memory[1], &rhs, offset * 7 % 64);
        lax_tensor out = shift(&memory[2], &form, (offset * 5 + 3 * size) % 64);
        must(conv_case_run(&run, &p, &out, &why), &why, "shifted");
        ck_assert_msg(same_bytes(&out, &want), "%s: %lld bytes", lowering, (long long)offset);
        for (int i = 0; i < 3; i++) free(memory[i].memory);
    }
    free(lhs.data), free(rhs.data), free(want.data);
}

START_TEST(any_alignment) {
    static const int rows[] = {4, 7, 12, 18};
    static const lax_dtype types[] = {LAX_F32, LAX_F64, LAX_BF16};
    for (int i = 0; i < LAX_COUNTOF(rows); i++)
        for (int order = 0; order < (test_is_short() ? 1 : 3); order++)
            check_offsets(types[(i + order) % 3], rows[i], order, lowerings[_i]);
}
END_TEST

/* --- what must not matter --------------------------------------------------------------------- */

/* Each element of the input in turn is NaN or infinite: results that do not have it in their window
 * stay as they are. Padding and gaps between taps and windows are everywhere here. */
START_TEST(strangers_have_no_say) {
    static const int rows[] = {13, 14, 15, 16, 17};
    int row = rows[_i / LOWERINGS];
    for (int order = 0; order < 3; order++) {
        struct rng r = rng_of(85, (uint64_t)(row * ORDERS + order));
        struct conv_case p;
        lax_error why;
        row_problem(LAX_F32, row, order, &p);
        allocate(&r, &p, FILL_UNIT);
        for (int64_t i = test_repeats(60); i > 0; i--) {
            tensor_fill(&r, &p.lhs.tensor, FILL_UNIT);
            spoil(&r, &p.lhs.tensor);
            reference(&p);
            must(conv_case_run(&(struct conv_run){.lowering = lowerings[_i % LOWERINGS]}, &p,
                               &p.out.tensor, &why),
                 &why, "run");
            ck_assert_msg(same_values(&p.out.tensor, &p.expected.tensor), "%s, %s: %s",
                          lowerings[_i % LOWERINGS], order_rows[order][0], shape_rows[row].why);
        }
        conv_case_free(&p);
    }
}
END_TEST

/* Under the exact policy padding is nothing, whatever the weights; long kernels pad otherwise. */
START_TEST(exact_policy) {
    for (int order = _i % 2; order < ORDERS; order += 2) {
        struct rng r = rng_of(86, (uint64_t)(_i * ORDERS + order));
        struct conv_case p;
        lax_error why;
        row_problem(LAX_F32, _i, order, &p);
        p.options.policy = LAX_POLICY_EXACT;
        allocate(&r, &p, FILL_UNIT);
        spoil(&r, &p.rhs.tensor);
        spoil(&r, &p.lhs.tensor);
        reference(&p);
        must(conv_case_run(&(struct conv_run){.lowering = "direct"}, &p, &p.out.tensor, &why), &why,
             "direct");
        ck_assert_msg(same_values(&p.out.tensor, &p.expected.tensor), "%s: %s",
                      order_rows[order][0], shape_rows[_i].why);
        conv_case_free(&p);
    }
}
END_TEST

/* The residual may be the output itself: sums must not destroy it before it is added. */
START_TEST(residual_in_place) {
    for (int row = 0; row < SHAPES; row++) {
        struct rng r = rng_of(87, (uint64_t)row);
        struct conv_case p;
        lax_error why;
        row_problem(row % 2 ? LAX_F32 : LAX_BF16, row, row % ORDERS, &p);
        allocate(&r, &p, FILL_UNIT);
        p.epilogue = (lax_epilogue){.size = sizeof p.epilogue, .activation = LAX_RELU};
        tensor_fill(&r, &p.out.tensor, FILL_UNIT);
        p.epilogue.residual = &p.out.tensor;
        reference(&p);
        must(conv_case_run(&(struct conv_run){.lowering = lowerings[_i]}, &p, &p.out.tensor, &why),
             &why, "run");
        ck_assert_msg(same_bytes(&p.out.tensor, &p.expected.tensor), "%s", shape_rows[row].why);
        conv_case_free(&p);
    }
}
END_TEST

/* --- open batch ------------------------------------------------------------------------------- */

/* A plan whose batch is open serves every batch, here more than it was made with. */
static void check_open_batch(int row, int order, const char *lowering, int64_t made_with) {
    struct rng r = rng_of(88, (uint64_t)row);
    struct conv_case p;
    lax_plan *plan;
    lax_error why;
    row_problem(LAX_F32, row, order, &p);
    allocate(&r, &p, FILL_UNIT);
    reference(&p);
    p.options.open_batch = true;
    p.options.lowering = lowering;
    int axis = (int)(strchr(order_rows[order][0], 'N') - order_rows[order][0]);
    lax_tensor one = p.lhs.tensor, result = p.out.tensor;
    one.shape[axis] = result.shape[axis] = made_with;
    must(lax_conv_plan(NULL, &one, &p.rhs.tensor, &p.options, NULL, &result, &plan, &why), &why,
         "lax_conv_plan");
    must(lax_plan_execute(plan, (const lax_tensor *[]){&p.lhs.tensor, &p.rhs.tensor}, NULL,
                          (lax_tensor *[]){&p.out.tensor}, NULL, &why),
         &why, "execute");
    ck_assert_msg(same_bytes(&p.out.tensor, &p.expected.tensor), "%s: %s", lowering,
                  shape_rows[row].why);
    lax_plan_release(plan);
    conv_case_free(&p);
}

START_TEST(open_batch) {
    static const int rows[] = {1, 4, 7, 15};
    for (int i = 0; i < LAX_COUNTOF(rows); i++)
        for (int order = 0; order < 2; order++)
            for (int64_t batch = 1; batch <= 2; batch++)
                check_open_batch(rows[i], order, lowerings[_i], batch);
}
END_TEST

/* --- refusals --------------------------------------------------------------------------------- */

#define NHWC                                                                                       \
    { "NHWC", "HWIO", "NHWC" }
static const struct {
    const char *text;
    int64_t lhs[4], rhs[4];
    lax_dtype type;
    lax_conv_options options;
} refusal_rows[] = {
    {"the element type is not a float",
     {1, 4, 4, 8},
     {3, 3, 8, 8},
     LAX_S32,
     {.dimension_numbers = NHWC}},
    {"the element type is not a float",
     {1, 4, 4, 8},
     {3, 3, 8, 8},
     LAX_C64,
     {.dimension_numbers = NHWC}},
    {"operands are rounded to another type first",
     {1, 4, 4, 8},
     {3, 3, 8, 8},
     LAX_F16,
     {.dimension_numbers = NHWC, .preferred_element_type = LAX_BF16}},
    {"lhs is dilated",
     {1, 4, 4, 8},
     {3, 3, 8, 8},
     LAX_F32,
     {.dimension_numbers = NHWC, .lhs_dilation = {65, 1}}},
    {"there are no input features",
     {1, 4, 4, 0},
     {3, 3, 0, 8},
     LAX_F32,
     {.dimension_numbers = NHWC}},
    {"a window must have 1 to 1048576 taps",
     {1, 1100, 1100, 1},
     {1025, 1025, 1, 1},
     LAX_F32,
     {.dimension_numbers = NHWC}},
    {"packed weights would take more than 4 GiB",
     {1, 1, 1, 1 << 16},
     {1, 1, 1 << 16, 1 << 16},
     LAX_F32,
     {.dimension_numbers = NHWC}},
};

static void expect_refusal(const lax_tensor *lhs, const lax_tensor *rhs, lax_conv_options o,
                           const char *text) {
    lax_tensor out;
    lax_plan *plan;
    lax_error why;
    must(lax_conv_general_dilated_shape(lhs, rhs, &o, &out, &why), &why, "shape");
    ck_assert_int_eq(lax_conv_plan(NULL, lhs, rhs, &o, NULL, &out, &plan, &why),
                     LAX_ERROR_LOWERING_REFUSED);
    ck_assert_msg(strstr(why.text, text) != NULL, "%s", why.text);
    o.lowering = NULL;
    must(lax_conv_plan(NULL, lhs, rhs, &o, NULL, &out, &plan, &why), &why, "another takes it");
    lax_plan_release(plan);
}

START_TEST(refusals) {
    for (int k = 0; k < LOWERINGS; k++) {
        lax_conv_options o = refusal_rows[_i].options;
        o.size = sizeof o;
        o.lowering = lowerings[k];
        lax_tensor lhs = lax_tensor_of(refusal_rows[_i].type, NULL, 4, refusal_rows[_i].lhs);
        lax_tensor rhs = lax_tensor_of(refusal_rows[_i].type, NULL, 4, refusal_rows[_i].rhs);
        expect_refusal(&lhs, &rhs, o, refusal_rows[_i].text);
    }
}
END_TEST

/* What a window reads must fit the stage where the input has to be staged. */
START_TEST(refused_by_size) {
    lax_tensor lhs = lax_tensor_of(LAX_F32, NULL, SHAPE(1, 16, 40000));
    lax_tensor rhs = lax_tensor_of(LAX_F32, NULL, SHAPE(8, 16, 30000));
    expect_refusal(&lhs, &rhs, LAX_CONV_OPTIONS(.lowering = "direct"),
                   "a window's input does not fit the stage");
    expect_refusal(&lhs, &rhs, LAX_CONV_OPTIONS(.lowering = "direct_w", .window_strides = {2}),
                   "a window's input does not fit the stage");
    expect_refusal(&lhs, &rhs, LAX_CONV_OPTIONS(.lowering = "direct_w", .policy = LAX_POLICY_EXACT),
                   "padding is multiplied, which the exact policy does not allow");
}
END_TEST

static void refused(lax_status s, const lax_error *why, const char *text) {
    ck_assert_int_eq(s, LAX_ERROR_LOWERING_REFUSED);
    ck_assert_msg(strstr(why->text, text) != NULL, "%s", why->text);
}

/* Operations that are convolutions without one set of weights. */
START_TEST(refused_operations) {
    lax_conv_options o =
        LAX_CONV_OPTIONS(.dimension_numbers = {"NWC", "WIO", "NWC"}, .lowering = lowerings[_i]);
    lax_tensor lhs = dense_new(LAX_F32, SHAPE(1, 6, 8)), out = dense_new(LAX_F32, SHAPE(1, 4, 24));
    lax_tensor rhs = dense_new(LAX_F32, SHAPE(4, 24, 24));
    lax_error why;
    refused(lax_conv_general_dilated_patches(NULL, &lhs, (int64_t[]){3}, &o, &out, &why), &why,
            "patches have no weights");
    refused(lax_conv_general_dilated_local(NULL, &lhs, &rhs, (int64_t[]){3}, &o, &out, &why), &why,
            "kernels differ by output position");
    free(lhs.data), free(rhs.data), free(out.data);
}
END_TEST

Suite *suite_direct(void) {
    Suite *suite = suite_create("direct");
    TCase *tc = tcase_create("direct");
    int chunks = (int)lax_i_ceil_div(test_problems(1500), PROBLEMS);
    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, named_shapes, 0, SHAPES);
    tcase_add_loop_test(tc, same_bits, 0, 2 * LOWERINGS);
    tcase_add_loop_test(tc, any_alignment, 0, LOWERINGS);
    tcase_add_loop_test(tc, strangers_have_no_say, 0, 5 * LOWERINGS);
    tcase_add_loop_test(tc, exact_policy, 0, SHAPES);
    tcase_add_loop_test(tc, residual_in_place, 0, LOWERINGS);
    tcase_add_loop_test(tc, open_batch, 0, LOWERINGS);
    tcase_add_loop_test(tc, refusals, 0, sizeof refusal_rows / sizeof *refusal_rows);
    tcase_add_test(tc, refused_by_size);
    tcase_add_loop_test(tc, refused_operations, 0, LOWERINGS);
    tcase_add_loop_test(tc, random_problems, 0, chunks * LOWERINGS);
    suite_add_tcase(suite, tc);
    return suite;
}
