/* SPDX-License-Identifier: Apache-2.0 */
/* The fast lowerings of windows that pick, forced by name, against the reference: problems larger
 * than those of the random suite, so that there are several boxes, chunks of lanes, blocks and
 * tasks. Sources are multiples of 1/8, whose sums are exact: every result must have the
 * reference's bits. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "property/corner.h"
#include "property/large.h"
#include "suites.h"
#include "support/support.h"

enum { PROBLEMS = 1200, CHUNKS = 12, MOST_TAPS = 1500000, FEW_TAPS = 250000 };

struct problem {
    struct rng rng;
    lax_operation op;
    struct view in[2], out[2], again[2];
    int32_t n_out;
};

static lax_dtype some_type(struct rng *r, lax_op op) {
    for (;;) {
        lax_dtype type = rng_chance(r, 30) ? LAX_F32 : any_dtype(r);
        bool real = ref_is_float(type) && !ref_is_complex(type);
        if (op == LAX_OP_SELECT_AND_GATHER_ADD ? real || type == LAX_PRED : !ref_is_complex(type))
            return type;
    }
}

/* Options and the operand's shape; windows that are not too many in all: the reference takes most
 * of the time. */
static void random_options(struct problem *p, int32_t *rank, int64_t *shape, struct ref_window *w) {
    int64_t taps, most = rng_chance(&p->rng, 30) ? MOST_TAPS : FEW_TAPS;
    do {
        *rank = large_shape(&p->rng, shape);
        p->op.window = LAX_WINDOW_OPTIONS(.lowering = NULL);
        large_window(&p->rng, &p->op.window, *rank, shape);
        ref_window_of(&p->op.window, *rank, shape, w);
        taps = 1;
        for (int32_t d = 0; d < *rank; d++) taps *= w->out[d] * w->size[d];
    } while (taps > most || taps == 0);
}

static void fill_keys(struct problem *p, struct view *v) {
    static const enum fill kinds[] = {FILL_NORMAL, FILL_FEW, FILL_SPECIAL};
    bool exact = ref_is_integer(v->tensor.dtype) || v->tensor.dtype == LAX_PRED;
    if (rng_chance(&p->rng, 15)) return; /* zeros or what the view holds: ties everywhere */
    tensor_fill(&p->rng, &v->tensor, exact ? FILL_FEW : kinds[rng_in(&p->rng, 0, 2)]);
}

static lax_reducer_kind some_reducer(struct rng *r, lax_dtype type) {
    static const lax_reducer_kind kinds[] = {LAX_ADD, LAX_ADD, LAX_MAX, LAX_MIN,
                                             LAX_AND, LAX_XOR, LAX_MUL};
    if (type == LAX_PRED) return rng_chance(r, 50) ? LAX_OR : LAX_AND;
    return kinds[rng_in(r, 0, ref_is_integer(type) ? 6 : 3)];
}

static void new_results(struct problem *p, lax_dtype type, int32_t rank, const int64_t *shape) {
    struct view *v = &p->out[p->n_out];
    *v = view_new(&p->rng, type, rank, shape, rng_chance(&p->rng, 60) ? VIEW_PLAIN : VIEW_OUTPUT);
    p->op.results[p->n_out] = v->tensor;
    p->again[p->n_out] = view_like(&p->rng, &v->tensor, VIEW_PLAIN);
    p->n_out++;
}

static struct view new_operand(struct problem *p, lax_dtype type, int32_t rank,
                               const int64_t *shape) {
    bool plain = rng_chance(&p->rng, 70);
    return view_new(&p->rng, type, rank, shape, plain ? VIEW_PLAIN : VIEW_INPUT);
}

static void random_problem(struct problem *p, int64_t number) {
    static const lax_op ops[] = {LAX_OP_SELECT_AND_SCATTER, LAX_OP_REDUCE_WINDOW_ARG,
                                 LAX_OP_SELECT_AND_GATHER_ADD};
    int64_t shape[LAX_MAX_RANK];
    int32_t rank;
    struct ref_window w;
    memset(p, 0, sizeof *p);
    p->rng = rng_of(91, (uint64_t)number);
    p->op = LAX_OPERATION(.op = ops[rng_in(&p->rng, 0, 2)]);
    random_options(p, &rank, shape, &w);
    lax_op op = p->op.op;
    lax_dtype type = some_type(&p->rng, op);
    bool gather = op == LAX_OP_SELECT_AND_GATHER_ADD, scatter = op == LAX_OP_SELECT_AND_SCATTER;
    int keys = gather ? 1 : 0;
    p->op.select = LAX_SELECTOR(.kind = LAX_GE);
    p->op.reducer = LAX_REDUCER(.kind = LAX_ADD);
    p->op.select.kind = (lax_select)rng_in(&p->rng, LAX_GE, LAX_LT);
    if (scatter) p->op.reducer.kind = some_reducer(&p->rng, type);
    p->in[keys] = new_operand(p, type, rank, shape);
    fill_keys(p, &p->in[keys]);
    p->op.n_operands = op == LAX_OP_REDUCE_WINDOW_ARG ? 1 : 2;
    if (p->op.n_operands == 2) {
        p->in[1 - keys] = new_operand(p, type, rank, scatter ? w.out : shape);
        tensor_fill(&p->rng, &p->in[1 - keys].tensor, FILL_NORMAL);
    }
    new_results(p, type, rank, scatter ? shape : w.out);
    if (op == LAX_OP_REDUCE_WINDOW_ARG) new_results(p, LAX_S32, rank, w.out);
    for (int k = 0; k < p->op.n_operands; k++) p->op.operands[k] = p->in[k].tensor;
}

static lax_status run(struct problem *p, lax_context *ctx, const char *lowering, struct view *out,
                      lax_error *why) {
    const lax_tensor *a = &p->in[0].tensor, *b = &p->in[1].tensor;
    p->op.window.lowering = lowering;
    switch (p->op.op) {
    case LAX_OP_REDUCE_WINDOW_ARG:
        return lax_reduce_window_arg(ctx, a, p->op.select.kind, &p->op.window, &out[0].tensor,
                                     &out[1].tensor, why);
    case LAX_OP_SELECT_AND_GATHER_ADD:
        return lax_select_and_gather_add(ctx, a, b, p->op.select.kind, &p->op.window,
                                         &out[0].tensor, why);
    default:
        return lax_select_and_scatter(ctx, a, &p->op.select, b, &p->op.reducer, &p->op.window,
                                      &out[0].tensor, why);
    }
}

static void complain(struct problem *p, int64_t number, const char *lowering, const char *what) {
    char text[2000];
    lax_operation_print(&p->op, text, sizeof text);
    ck_abort_msg("problem %lld, %s: %s\n  %s", (long long)number, lowering, what, text);
}

static void check(struct problem *p, lax_context *ctx, int64_t number, const char *lowering) {
    lax_error why;
    lax_status status = run(p, ctx, lowering, p->out, &why);
    if (status == LAX_ERROR_LOWERING_REFUSED && strcmp(lowering, "direct") == 0) return;
    if (status != LAX_OK) complain(p, number, lowering, why.text);
    for (int32_t k = 0; k < p->n_out; k++) {
        if (!same_bytes(&p->out[k].tensor, &p->again[k].tensor))
            complain(p, number, lowering, "other bits than the reference");
        if (!view_holes_intact(&p->out[k])) complain(p, number, lowering, "holes are written");
        view_reset(&p->out[k]);
    }
}

static void free_problem(struct problem *p) {
    for (int k = 0; k < 2; k++) {
        if (k < p->op.n_operands) view_free(&p->in[k]);
        if (k < p->n_out) view_free(&p->out[k]);
        if (k < p->n_out) view_free(&p->again[k]);
    }
}

START_TEST(bits_of_the_reference) {
    int64_t n = test_problems(PROBLEMS);
    lax_context *ctx = context_with_threads(3);
    for (int64_t i = _i; i < n; i += CHUNKS) {
        struct problem p;
        lax_error why;
        random_problem(&p, i);
        must(run(&p, ctx, "reference", p.again, &why), &why, "reference");
        check(&p, ctx, i, "direct");
        check(&p, ctx, i, "separable");
        free_problem(&p);
    }
    lax_context_destroy(ctx);
}
END_TEST

/* --- the same bits for every number of threads ------------------------------------------------ */

/* Sums that round: their order shows. */
static void fill_thirds(lax_tensor *t) {
    float *x = t->data;
    for (int64_t i = 0; i < lax_tensor_elements(t); i++) x[i] = (float)(i * 7919 % 1009) / 3 - 100;
}

static const struct {
    const char *lowering;
    int64_t rows, columns, channels, window, stride;
} sums[] = {{"direct", 56, 60, 40, 3, 2},
            {"direct", 90, 40, 7, 4, 1},
            {"separable", 60, 50, 40, 9, 1},
            {"separable", 150, 60, 5, 3, 2},
            {"separable", 2000, 1, 64, 40, 1}};

START_TEST(same_bits_for_thread_counts) {
    static const int32_t threads[] = {2, 3, 7, 16};
    int64_t rows = sums[_i].rows, columns = sums[_i].columns, channels = sums[_i].channels;
    int64_t k = sums[_i].window, s = sums[_i].stride, flat = columns == 1;
    lax_window_options o = LAX_WINDOW_OPTIONS(.window_dimensions = {k, flat ? 1 : k, 1},
                                              .window_strides = {s, flat ? 1 : s, 1},
                                              .padding = "SAME", .lowering = sums[_i].lowering);
    lax_tensor x = dense_new(LAX_F32, SHAPE(rows, columns, channels)), form;
    lax_tensor one = dense_new(LAX_F32, SHAPE(rows, columns, channels));
    lax_tensor more = dense_new(LAX_F32, SHAPE(rows, columns, channels));
    lax_error why;
    must(lax_reduce_window_shape(&x, &o, &form, &why), &why, "shape");
    lax_tensor source = dense_new(LAX_F32, form.rank, form.shape);
    fill_thirds(&x);
    fill_thirds(&source);
    lax_context *ctx = context_with_threads(1);
    must(lax_select_and_scatter_add(ctx, &source, &x, LAX_GE, &o, &one, &why), &why, "one");
    lax_context_destroy(ctx);
    for (int i = 0; i < 4; i++) {
        ctx = context_with_threads(threads[i]);
        must(lax_select_and_scatter_add(ctx, &source, &x, LAX_GE, &o, &more, &why), &why, "more");
        ck_assert(same_bytes(&one, &more));
        lax_context_destroy(ctx);
    }
    free(x.data), free(one.data), free(more.data), free(source.data);
}
END_TEST

/* --- what is refused, and workspace ----------------------------------------------------------- */

static lax_status never(void *user, int64_t n, const void *current, const void *next,
                        uint8_t *keep) {
    (void)user, (void)current, (void)next;
    memset(keep, 0, (size_t)n);
    return LAX_OK;
}

START_TEST(refusals_have_reasons) {
    float x[200] = {0}, y[200], source[200] = {0};
    lax_tensor in = lax_tensor_of(LAX_F32, x, SHAPE(200)),
               out = lax_tensor_of(LAX_F32, y, SHAPE(200));
    lax_tensor from = lax_tensor_of(LAX_F32, source, SHAPE(200));
    lax_window_options o = LAX_WINDOW_OPTIONS(.window_dimensions = {1}, .lowering = "separable");
    lax_selector fn = LAX_SELECTOR(.fn = never), ge = LAX_SELECTOR(.kind = LAX_GE);
    lax_reducer add = LAX_REDUCER(.kind = LAX_ADD);
    lax_error why;
    ck_assert_int_eq(lax_select_and_scatter(NULL, &in, &fn, &from, &add, &o, &out, &why),
                     LAX_ERROR_LOWERING_REFUSED);
    ck_assert(strstr(why.text, "built in") != NULL);
    o.lowering = "direct";
    o.window_dimensions[0] = 101;
    from.shape[0] = 100;
    ck_assert_int_eq(lax_select_and_scatter(NULL, &in, &ge, &from, &add, &o, &out, &why),
                     LAX_ERROR_LOWERING_REFUSED);
    ck_assert(strstr(why.text, "101 positions") != NULL);
}
END_TEST

static const int64_t shapes[][4] = {
    {1, 20000, 1, 64}, {2, 64, 64, 512}, {1, 1, 1, 1000000}, {8, 4000, 3000, 1}, {64, 7, 7, 2048}};
static const int64_t windows[] = {3, 31, 100};

START_TEST(workspace_is_small) {
    static const lax_op ops[] = {LAX_OP_SELECT_AND_SCATTER, LAX_OP_REDUCE_WINDOW_ARG};
    for (int i = 0; i < 2 * 3 * 5; i++) {
        const int64_t *shape = shapes[i % 5];
        lax_operation op = LAX_OPERATION(.op = ops[i / 15], .num_threads = 1);
        lax_tensor form;
        lax_plan *plan;
        lax_error why;
        int64_t k = windows[i / 5 % 3] * (i % 5 == 0 ? 10 : 1);
        op.window = LAX_WINDOW_OPTIONS(.padding = "SAME");
        for (int d = 0; d < 4; d++)
            op.window.window_dimensions[d] = (d == 1 || d == 2) && shape[d] > 1 ? k : 1;
        op.operands[0] = op.operands[1] = lax_tensor_of(LAX_F64, NULL, 4, shape);
        op.n_operands = i / 15 ? 1 : 2;
        op.select.kind = LAX_GE;
        op.reducer.kind = LAX_ADD;
        op.results[0].rank = op.results[1].rank = -1;
        must(lax_reduce_window_shape(&op.operands[0], &op.window, &form, &why), &why, "shape");
        must(lax_operation_plan(NULL, &op, &plan, &why), &why, "plan");
        ck_assert_str_ne(lax_plan_lowering(plan), "reference");
        ck_assert_uint_le(lax_plan_workspace_size(plan), 4 << 20);
        lax_plan_release(plan);
    }
}
END_TEST

Suite *suite_picks(void) {
    Suite *suite = suite_create("picks");
    TCase *tc = tcase_create("picks");
    tcase_set_timeout(tc, 600);
    tcase_add_loop_test(tc, bits_of_the_reference, 0, CHUNKS);
    tcase_add_loop_test(tc, same_bits_for_thread_counts, 0, sizeof sums / sizeof *sums);
    tcase_add_test(tc, refusals_have_reasons);
    tcase_add_test(tc, workspace_is_small);
    suite_add_tcase(suite, tc);
    return suite;
}
