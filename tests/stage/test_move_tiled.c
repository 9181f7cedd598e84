/* SPDX-License-Identifier: Apache-2.0 */
/* The tiled data movement, forced by name, against the reference lowering bit by bit: random pads,
 * transposes, slices, conversions and roundings of every type, with strides of any sign and size,
 * at every instruction-set level, as if the caches were as they are or next to nothing. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "context/context.h"
#include "lower/lower.h"
#include "suites.h"
#include "support/support.h"

static lax_context *context_of(const char *lowering, lax_isa isa, bool small_caches) {
    lax_context *ctx;
    lax_error why;
    must(lax_context_create(
             &LAX_CONTEXT_OPTIONS(.lowering = lowering, .max_isa = isa, .num_threads = 2), &ctx,
             &why),
         &why, "context");
    if (small_caches) ctx->machine.l2_nbytes = ctx->machine.l3_nbytes = 1024;
    return ctx;
}

/* Sizes around those of vectors, lines and blocks, few enough elements together for the reference,
 * which takes nearly all of the time. */
static void random_shape(struct rng *r, int32_t *rank, int64_t *shape) {
    static const int64_t sizes[] = {1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 33, 64, 65, 100, 257, 1030};
    int64_t left = rng_chance(r, 25) ? 20000 : 4000;
    *rank = (int32_t)rng_in(r, 0, rng_chance(r, 10) ? 7 : 4);
    for (int32_t d = 0; d < *rank; d++) {
        int64_t size = sizes[rng_in(r, 0, LAX_COUNTOF(sizes) - 1)];
        shape[d] = rng_chance(r, 2) ? 0 : size < left ? size : 1;
        left /= shape[d] > 0 ? shape[d] : 1;
    }
}

static void random_pad(struct rng *r, int32_t rank, const int64_t *shape, lax_pad_options *o,
                       int64_t *padded) {
    for (int32_t d = 0; d < rank; d++) {
        if (rng_chance(r, 50)) o->interior[d] = rng_in(r, 0, 2) * rng_in(r, 0, 1);
        if (rng_chance(r, 60)) o->low[d] = rng_in(r, -3, 6), o->high[d] = rng_in(r, -3, 6);
        if (rng_chance(r, 3)) o->low[d] = -shape[d] - 4, o->high[d] = shape[d] + 9;
        int64_t dilated = shape[d] == 0 ? 0 : (shape[d] - 1) * (o->interior[d] + 1) + 1;
        if (dilated + o->low[d] + o->high[d] < 0) o->high[d] = -dilated - o->low[d];
        padded[d] = dilated + o->low[d] + o->high[d];
    }
}

/* One operation with its operand; the value of a pad is in `value`. */
struct move {
    lax_operation op;
    struct view in;
    unsigned char value[16];
    lax_tensor out; /* form */
};

static void make_move(struct rng *r, struct move *m) {
    int64_t shape[LAX_MAX_RANK], padded[LAX_MAX_RANK] = {0};
    int32_t rank;
    lax_dtype type = any_dtype(r), to = type;
    random_shape(r, &rank, shape);
    m->op = LAX_OPERATION(.op = LAX_OP_TRANSPOSE, .n_operands = 1, .n_results = 1);
    m->in = view_new(r, type, rank, shape, rng_chance(r, 40) ? VIEW_PLAIN : VIEW_INPUT);
    tensor_fill(r, &m->in.tensor, type < LAX_S8 && rng_chance(r, 40) ? FILL_SPECIAL : FILL_NORMAL);
    int kind = (int)rng_in(r, 0, 9);
    if (kind < 4) {
        rng_permutation(r, rank, m->op.permutation);
        for (int32_t d = 0; d < rank; d++) padded[d] = shape[m->op.permutation[d]];
        if (rng_chance(r, 40)) to = any_dtype(r);
    } else if (kind < 9) {
        m->op.op = LAX_OP_PAD;
        m->op.pad = LAX_PAD_OPTIONS(.low = {0});
        random_pad(r, rank, shape, &m->op.pad, padded);
        for (int i = 0; i < 16; i++) m->value[i] = (unsigned char)rng_in(r, 0, 255);
        if (rng_chance(r, 70)) m->op.padding_value = m->value;
    } else {
        m->op.op = LAX_OP_REDUCE_PRECISION;
        m->op.exponent_bits = (int32_t)rng_in(r, 2, 8);
        m->op.mantissa_bits = (int32_t)rng_in(r, 1, 10);
        memcpy(padded, shape, sizeof shape);
        if (type > LAX_BF16) m->op.op = LAX_OP_TRANSPOSE, m->op.permutation[0] = 0;
        for (int32_t d = 0; d < rank; d++) m->op.permutation[d] = d;
    }
    m->out = lax_tensor_of(to, NULL, rank, padded);
    m->op.operands[0] = m->in.tensor;
    m->op.operands[0].data = NULL;
}

static void run_move(lax_context *ctx, struct move *m, struct view *out, const char *lowering) {
    const lax_tensor *in = &m->in.tensor;
    lax_tensor *result = &out->tensor;
    lax_plan *plan;
    lax_error why;
    m->op.results[0] = out->tensor;
    m->op.results[0].data = NULL;
    must(lax_operation_plan(ctx, &m->op, &plan, &why), &why, lowering);
    ck_assert_str_eq(lax_plan_lowering(plan), lowering);
    must(lax_plan_execute(plan, &in, NULL, &result, NULL, &why), &why, lowering);
    ck_assert_msg(view_holes_intact(out), "%s wrote beside the result", lowering);
    lax_plan_release(plan);
}

/* Results of both lowerings into views of the same and of different strides. */
static void check_move(uint64_t number, lax_context *tiled, lax_context *reference) {
    struct rng r = rng_of(74, number);
    struct move m = {0};
    char text[600];
    make_move(&r, &m);
    struct view want = view_new(&r, m.out.dtype, m.out.rank, m.out.shape, VIEW_PLAIN);
    struct view got = view_new(&r, m.out.dtype, m.out.rank, m.out.shape,
                               rng_chance(&r, 60) ? VIEW_PLAIN : VIEW_OUTPUT);
    run_move(reference, &m, &want, "reference");
    run_move(tiled, &m, &got, "tiled");
    lax_operation_print(&m.op, text, sizeof text);
    ck_assert_msg(same_bytes(&want.tensor, &got.tensor), "problem %llu: %s",
                  (unsigned long long)number, text);
    view_free(&m.in), view_free(&want), view_free(&got);
}

enum { LEVELS = 3, CHUNKS = 4 };

/* Level, size of caches and chunk by turns. */
START_TEST(tiled_is_reference) {
    lax_isa isa = (lax_isa)(LAX_ISA_SCALAR + _i % LEVELS);
    if (isa > lax_i_machine()->isa) return;
    lax_context *tiled = context_of("tiled", isa, _i / LEVELS % 2);
    lax_context *reference = context_of("reference", isa, false);
    int64_t n = test_problems(2000) / CHUNKS;
    for (int64_t i = 0; i < n; i++)
        check_move((uint64_t)(i * CHUNKS + _i / LEVELS / 2), tiled, reference);
    lax_context_destroy(tiled);
    lax_context_destroy(reference);
}
END_TEST

/* Large enough for several blocks each way, past the caches, with every start of a line. */
START_TEST(large_turns) {
    const int64_t shape[] = {701, 1, 413}, turned[] = {413, 1, 701};
    lax_context *ctx = context_of("tiled", LAX_ISA_UNSET, true);
    lax_dtype types[] = {LAX_U8, LAX_BF16, LAX_F32, LAX_F64, LAX_C128};
    size_t size = lax_dtype_size(types[_i % 5]);
    struct rng r = rng_of(75, (uint64_t)_i);
    struct view x = view_new(&r, types[_i % 5], 3, shape, VIEW_PLAIN);
    struct view y = view_new(&r, types[_i % 5], 3, turned, VIEW_PLAIN);
    lax_error why;
    tensor_fill(&r, &x.tensor, FILL_NORMAL);
    lax_tensor in = x.tensor, out = y.tensor;
    in.shape[0] = out.shape[2] = 700; /* a start that is not the memory's */
    in.data = (char *)in.data + (size_t)(_i / 5) * size;
    in.shape[2] = out.shape[0] = 413 - _i / 5;
    must(lax_transpose(ctx, &in, (const int32_t[]){2, 1, 0}, &out, &why), &why, "transpose");
    lax_tensor back = lax_tensor_permuted(&out, (const int32_t[]){2, 1, 0});
    ck_assert(same_bytes(&in, &back));
    lax_context_destroy(ctx);
    view_free(&x), view_free(&y);
}
END_TEST

Suite *suite_move_tiled(void) {
    Suite *suite = suite_create("move_tiled");
    TCase *tc = tcase_create("against the reference");
    tcase_set_timeout(tc, 600);
    tcase_add_loop_test(tc, tiled_is_reference, 0, LEVELS * 2 * CHUNKS);
    tcase_add_loop_test(tc, large_turns, 0, 15);
    suite_add_tcase(suite, tc);
    return suite;
}
