/* SPDX-License-Identifier: Apache-2.0 */
/* Windows stage by stage: what options mean, inferred sizes, the canonical problem (scans among
 * them), tasks that do not depend on threads, callbacks, pred, long windows. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "api/api.h"
#include "support/support.h"

#define SHAPE(...) ((int64_t[]){__VA_ARGS__})

/* --- spec and shape --------------------------------------------------------------------------- */

START_TEST(spec_defaults) {
    struct window_spec w;
    lax_window_options o = LAX_WINDOW_OPTIONS(.window_dimensions = {2, 3}, .padding = "same_lower");
    ck_assert_int_eq(lax_i_window_spec(&o, 2, &w, NULL), LAX_OK);
    ck_assert(w.n == 2 && w.size[0] == 2 && w.size[1] == 3 && w.padding == PADDING_SAME_LOWER);
    for (int d = 0; d < 2; d++)
        ck_assert(w.strides[d] == 1 && w.base_dilation[d] == 1 && w.window_dilation[d] == 1);
    ck_assert_int_eq(lax_i_window_spec(&LAX_WINDOW_OPTIONS(.pads = {{-1, 2}}), 1, &w, NULL),
                     LAX_OK);
    ck_assert(w.size[0] == 1 && w.pads[0][0] == -1 && w.pads[0][1] == 2);
    ck_assert_int_eq(lax_i_window_spec(&o, 13, &w, NULL), LAX_ERROR_RANK);
    ck_assert_int_eq(lax_i_window_spec(&o, -1, &w, NULL), LAX_ERROR_RANK);
}
END_TEST

/* An operation over one f32 operand and its shape. */
struct checked {
    lax_operation op;
    struct spec spec;
    struct shape shape;
    struct problem problem;
};

static struct checked *check(lax_operation op) {
    struct checked *c = calloc(1, sizeof *c);
    lax_error why;
    c->op = op;
    must(lax_i_check(&c->op, &c->spec, &c->shape, &why), &why, "check");
    lax_i_layout(&c->shape, &c->problem);
    return c;
}

static lax_operation window_op(lax_reducer_kind kind, lax_tensor operand,
                               lax_window_options options) {
    lax_operation op = LAX_OPERATION(.op = LAX_OP_REDUCE_WINDOW, .n_operands = 1);
    op.operands[0] = operand;
    op.window = options;
    op.reducer = LAX_REDUCER(.kind = kind);
    return op;
}

static lax_tensor form(lax_dtype type, int32_t rank, const int64_t *shape) {
    return lax_tensor_of(type, NULL, rank, shape);
}

START_TEST(inferred_sizes) {
    static const struct {
        int64_t in;
        lax_window_options options;
        int64_t pad_lo, out;
    } rows[] = {
        {5, {.window_dimensions = {2}, .padding = "SAME"}, 0, 5},
        {5, {.window_dimensions = {2}, .padding = "SAME_LOWER"}, 1, 5},
        {6, {.window_dimensions = {3}, .window_strides = {2}, .padding = "SAME"}, 0, 3},
        {4, {.window_dimensions = {2}, .base_dilation = {2}, .padding = "SAME"}, 0, 7},
        {5, {.window_dimensions = {3}, .window_dilation = {2}, .padding = "SAME"}, 2, 5},
        {3, {.window_dimensions = {2}, .window_dilation = {4}}, 0, 0},
        {3, {.window_dimensions = {5}, .window_strides = {3}}, 0, 0},
        {0, {.window_dimensions = {2}, .pads = {{2, 1}}}, 2, 2},
        {3, {.window_dimensions = {1}, .pads = {{-2, -2}}}, -2, 0},
        {5, {.window_dimensions = {2}, .pads = {{-1, -1}}}, -1, 2},
    };
    for (int i = 0; i < LAX_COUNTOF(rows); i++) {
        lax_window_options o = rows[i].options;
        o.size = sizeof o;
        struct checked *c = check(window_op(LAX_ADD, form(LAX_F32, 1, &rows[i].in), o));
        ck_assert_int_eq(c->shape.results[0].shape[0], rows[i].out);
        ck_assert_int_eq(c->shape.window[0].pad_lo, rows[i].pad_lo);
        ck_assert(c->shape.n_results == 1 && c->shape.results[0].dtype == LAX_F32);
        free(c);
    }
}
END_TEST

/* Arg windows without a result are two, with one only the indices; their type is the result's. */
START_TEST(arg_results) {
    lax_operation op = LAX_OPERATION(.op = LAX_OP_REDUCE_WINDOW_ARG, .n_operands = 1);
    op.operands[0] = form(LAX_BF16, 2, SHAPE(4, 6));
    op.window = LAX_WINDOW_OPTIONS(.window_dimensions = {2, 2});
    struct checked *c = check(op);
    ck_assert(c->shape.n_results == 2 && c->shape.results[0].dtype == LAX_BF16);
    ck_assert(c->shape.results[1].dtype == LAX_S32 && c->problem.pick.keep_keys);
    free(c);
    op.n_results = 1;
    op.results[0] = form(LAX_S64, 2, SHAPE(3, 5));
    c = check(op);
    ck_assert(c->shape.n_results == 1 && c->problem.pick.value_type == LAX_S64);
    ck_assert(c->problem.kind == PROBLEM_PICK && !c->problem.pick.keep_keys);
    ck_assert(c->problem.pick.payload_stride[0] == 6 && c->problem.pick.select == LAX_GE);
    free(c);
    struct shape shape = {0};
    struct spec spec = {0};
    op.results[0].dtype = LAX_U32;
    ck_assert_int_eq(lax_i_check(&op, &spec, &shape, NULL), LAX_ERROR_DTYPE_MISMATCH);
    op.operands[0].shape[0] = INT64_C(1) << 32;
    op.operands[0].strides[0] = 0;
    op.results[0] = (lax_tensor){.dtype = LAX_S32, .rank = -1};
    ck_assert_int_eq(lax_i_check(&op, &spec, &shape, NULL), LAX_ERROR_OVERFLOW);
}
END_TEST

/* --- layout: scans ---------------------------------------------------------------------------- */

static const float zero = 0, five = 5;

static const struct scan_row {
    const char *name;
    lax_reducer_kind kind;
    lax_dtype type;
    bool scan;
    lax_window_options options;
} scan_rows[] = {
    {"cumsum", LAX_ADD, LAX_F32, true, {.window_dimensions = {1, 7}, .pads = {{0, 0}, {6, 0}}}},
    {"reverse", LAX_MAX, LAX_S8, true, {.window_dimensions = {5, 1}, .pads = {{0, 4}}}},
    {"identity given",
     LAX_ADD,
     LAX_F32,
     true,
     {.window_dimensions = {1, 7}, .pads = {{0, 0}, {6, 0}}, .init_values = {&zero}}},
    {"logaddexp", LAX_LOGADDEXP, LAX_F64, true, {.window_dimensions = {5, 1}, .pads = {{4, 0}}}},
    {"complex", LAX_MUL, LAX_C64, true, {.window_dimensions = {5, 1}, .pads = {{4, 0}}}},
    {"another initial value",
     LAX_ADD,
     LAX_F32,
     false,
     {.window_dimensions = {1, 7}, .pads = {{0, 0}, {6, 0}}, .init_values = {&five}}},
    {"two axes", LAX_ADD, LAX_F32, false, {.window_dimensions = {5, 7}, .pads = {{4, 0}, {6, 0}}}},
    {"shorter", LAX_ADD, LAX_F32, false, {.window_dimensions = {1, 6}, .pads = {{0, 0}, {5, 0}}}},
    {"exclusive", LAX_ADD, LAX_F32, false, {.window_dimensions = {1, 7}, .pads = {{0, 0}, {7, 0}}}},
    {"in the middle",
     LAX_ADD,
     LAX_F32,
     false,
     {.window_dimensions = {1, 7}, .pads = {{0, 0}, {3, 3}}}},
    {"strided",
     LAX_ADD,
     LAX_F32,
     false,
     {.window_dimensions = {1, 7}, .window_strides = {1, 2}, .pads = {{0, 0}, {6, 0}}}},
    {"other axis strided",
     LAX_ADD,
     LAX_F32,
     false,
     {.window_dimensions = {1, 7}, .window_strides = {2, 1}, .pads = {{0, 0}, {6, 0}}}},
    {"other axis padded",
     LAX_ADD,
     LAX_F32,
     false,
     {.window_dimensions = {1, 7}, .pads = {{1, -1}, {6, 0}}}},
    {"pred", LAX_MAX, LAX_PRED, false, {.window_dimensions = {5, 1}, .pads = {{4, 0}}}},
    {"or", LAX_OR, LAX_U8, false, {.window_dimensions = {5, 1}, .pads = {{4, 0}}}},
    {"trivial", LAX_ADD, LAX_F32, false, {.window_dimensions = {1, 1}}},
};

START_TEST(scan_recognised) {
    const struct scan_row *row = &scan_rows[_i];
    lax_window_options o = row->options;
    o.size = sizeof o;
    struct checked *c = check(window_op(row->kind, form(row->type, 2, SHAPE(5, 7)), o));
    ck_assert_msg((c->problem.kind == PROBLEM_SCAN) == row->scan, "%s", row->name);
    ck_assert(c->problem.kind == PROBLEM_SCAN || c->problem.kind == PROBLEM_WINDOW);
    free(c);
}
END_TEST

/* As a scan and, through a callback, as windows: the same numbers. */
static lax_status add_fn(void *user, int64_t n, const void *const *acc, const void *const *elem,
                         void *const *out) {
    (void)user;
    for (int64_t i = 0; i < n; i++)
        ((int32_t *)out[0])[i] = ((const int32_t *)acc[0])[i] + ((const int32_t *)elem[0])[i];
    return LAX_OK;
}

START_TEST(scan_agrees) {
    struct rng r = rng_of(31, 0);
    lax_tensor x = dense_new(LAX_S32, 2, SHAPE(5, 40)), a = dense_new(LAX_S32, 2, SHAPE(5, 40)),
               b = dense_new(LAX_S32, 2, SHAPE(5, 40));
    int32_t start = 0;
    lax_error why;
    tensor_fill(&r, &x, FILL_FEW);
    for (int reverse = 0; reverse < 2; reverse++) {
        lax_window_options o =
            LAX_WINDOW_OPTIONS(.window_dimensions = {1, 40}, .init_values = {&start});
        o.pads[1][reverse] = 39;
        must(lax_reduce_window(NULL, &x, LAX_ADD, &o, &a, &why), &why, "scan");
        must(lax_reduce_window_n(NULL, 1, &x, &LAX_REDUCER(.fn = add_fn), &o, &b, &why), &why,
             "callback");
        ck_assert(same_bytes(&a, &b));
    }
    free(x.data);
    free(a.data);
    free(b.data);
}
END_TEST

/* --- layout: the rest ------------------------------------------------------------------------- */

START_TEST(pred_is_resolved) {
    static const lax_reducer_kind want[][2] = {{LAX_ADD, LAX_OR},  {LAX_MUL, LAX_AND},
                                               {LAX_MAX, LAX_OR},  {LAX_MIN, LAX_AND},
                                               {LAX_AND, LAX_AND}, {LAX_XOR, LAX_XOR}};
    for (int i = 0; i < LAX_COUNTOF(want); i++) {
        lax_operation op = window_op(want[i][0], form(LAX_PRED, 1, SHAPE(6)),
                                     LAX_WINDOW_OPTIONS(.window_dimensions = {2}));
        op.xla_rules = true;
        struct checked *c = check(op);
        ck_assert_int_eq(c->problem.window.reducer.kind, want[i][1]);
        ck_assert_int_eq(c->problem.window.init[0][0], want[i][1] == LAX_AND);
        free(c);
        op.op = LAX_OP_SELECT_AND_SCATTER;
        op.n_operands = 2;
        op.operands[1] = form(LAX_PRED, 1, SHAPE(5));
        c = check(op);
        ck_assert_int_eq(c->problem.scatter.scatter.kind, want[i][1]);
        ck_assert_int_eq(c->problem.scatter.init[0], 0);
        free(c);
    }
}
END_TEST

START_TEST(reduce_is_a_window) {
    lax_operation op = LAX_OPERATION(.op = LAX_OP_REDUCE, .n_operands = 1);
    op.operands[0] = form(LAX_F32, 3, SHAPE(2, 3, 4));
    op.reduce = LAX_REDUCE_OPTIONS(.n_dimensions = 2, .dimensions = {2, 0});
    op.reducer = LAX_REDUCER(.kind = LAX_MUL);
    struct checked *c = check(op);
    const struct window_problem *p = &c->problem.window;
    ck_assert(c->shape.results[0].rank == 1 && c->shape.results[0].shape[0] == 3);
    ck_assert(c->problem.kind == PROBLEM_WINDOW && p->rank == 3);
    ck_assert(p->axis[0].size == 2 && p->axis[1].size == 1 && p->axis[2].size == 4);
    ck_assert(p->axis[0].out == 1 && p->axis[1].out == 3 && p->axis[2].out == 1);
    ck_assert(p->out_stride[0][0] == 0 && p->out_stride[0][1] == 1 && p->out_stride[0][2] == 0);
    free(c);
}
END_TEST

/* Counted positions end where ceil_mode's padding begins. */
START_TEST(averages_count) {
    lax_operation op = LAX_OPERATION(.op = LAX_OP_AVG_POOL, .n_operands = 1, .ceil_pads = {1});
    op.operands[0] = form(LAX_F16, 1, SHAPE(6));
    op.window =
        LAX_WINDOW_OPTIONS(.window_dimensions = {3}, .window_strides = {2}, .pads = {{1, 2}});
    struct checked *c = check(op);
    ck_assert_int_eq(c->problem.window.axis[0].count_end, 7);
    ck_assert(c->problem.window.divide == DIVIDE_WINDOW);
    free(c);
    op.exclude_padding = true;
    c = check(op);
    ck_assert(c->problem.window.divide == DIVIDE_INSIDE);
    free(c);
    struct shape shape = {0};
    struct spec spec = {0};
    op.ceil_pads[0] = 3;
    ck_assert_int_eq(lax_i_check(&op, &spec, &shape, NULL), LAX_ERROR_VALUE);
}
END_TEST

/* --- plans ------------------------------------------------------------------------------------ */

/* Tasks and scratch of an operation's plan. */
static void plan_of(lax_context *ctx, const lax_operation *op, int64_t *tasks, size_t *scratch) {
    lax_operation forced = *op;
    forced.window.lowering = "reference";
    lax_plan *plan;
    lax_error why;
    must(lax_operation_plan(ctx, &forced, &plan, &why), &why, "plan");
    const struct plan *p = (const struct plan *)plan;
    *scratch = p->scratch_nbytes;
    *tasks = 0;
    for (int i = 0; i < p->n_phases; i++) *tasks += p->phases[i].tasks;
    lax_plan_release(plan);
}

START_TEST(tasks_do_not_depend_on_threads) {
    static const lax_op ops[] = {LAX_OP_REDUCE_WINDOW, LAX_OP_REDUCE_WINDOW_ARG,
                                 LAX_OP_SELECT_AND_SCATTER, LAX_OP_SELECT_AND_GATHER_ADD,
                                 LAX_OP_AVG_POOL};
    lax_context *many = context_with_threads(5);
    for (int i = 0; i < LAX_COUNTOF(ops); i++) {
        int64_t alone, shared;
        size_t scratch, scratch_shared;
        lax_operation op = window_op(
            LAX_ADD, form(LAX_F32, 4, SHAPE(4, 64, 64, 8)),
            LAX_WINDOW_OPTIONS(.window_dimensions = {1, 3, 3, 1}, .window_strides = {1, 2, 2, 1}));
        op.op = ops[i];
        op.n_operands = ops[i] >= LAX_OP_SELECT_AND_SCATTER ? 2 : 1;
        op.operands[1] = ops[i] == LAX_OP_SELECT_AND_SCATTER ? form(LAX_F32, 4, SHAPE(4, 31, 31, 8))
                                                             : op.operands[0];
        plan_of(NULL, &op, &alone, &scratch);
        plan_of(many, &op, &shared, &scratch_shared);
        ck_assert_int_eq(alone, shared);
        ck_assert(alone >= 2 && scratch == scratch_shared && scratch <= 4 << 20);
    }
    lax_context_destroy(many);
}
END_TEST

/* --- callbacks -------------------------------------------------------------------------------- */

/* acc * 10 + element shows the order; the second operand counts. */
static lax_status digits_fn(void *user, int64_t n, const void *const *acc, const void *const *elem,
                            void *const *out) {
    const double *a = acc[0], *x = elem[0];
    const int64_t *count = acc[1];
    for (int64_t i = 0; i < n; i++) {
        ((double *)out[0])[i] = a[i] * 10 + x[i];
        ((int64_t *)out[1])[i] = count[i] + 1;
    }
    *(int64_t *)user += 1;
    return LAX_OK;
}

START_TEST(callbacks_fold_in_order) {
    lax_tensor in[2] = {dense_new(LAX_F64, 2, SHAPE(2, 4)), dense_new(LAX_S64, 2, SHAPE(2, 4))};
    lax_tensor out[2] = {dense_new(LAX_F64, 2, SHAPE(1, 3)), dense_new(LAX_S64, 2, SHAPE(1, 3))};
    double start = 9;
    int64_t none = 0, calls = 0;
    lax_error why;
    for (int i = 0; i < 8; i++) ((double *)in[0].data)[i] = i + 1;
    lax_window_options o = LAX_WINDOW_OPTIONS(.window_dimensions = {2, 3}, .pads = {{0, 0}, {0, 1}},
                                              .init_values = {&start, &none});
    must(lax_reduce_window_n(NULL, 2, in, &LAX_REDUCER(.fn = digits_fn, .user = &calls), &o, out,
                             &why),
         &why, "digits");
    const double want[3] = {9123567, 9234678, 93478};
    const int64_t counts[3] = {6, 6, 4};
    for (int i = 0; i < 3; i++) {
        ck_assert(((double *)out[0].data)[i] == want[i]);
        ck_assert_int_eq(((int64_t *)out[1].data)[i], counts[i]);
    }
    ck_assert(calls > 0);
    for (int i = 0; i < 2; i++) free(in[i].data), free(out[i].data);
}
END_TEST

/* Fails at the n-th call. */
static lax_status failing_fn(void *user, int64_t n, const void *const *acc, const void *const *elem,
                             void *const *out) {
    (void)elem;
    if (--*(int64_t *)user == 0) return LAX_ERROR_CALLBACK;
    memmove(out[0], acc[0], (size_t)n * sizeof(float));
    return LAX_OK;
}

static lax_status failing_select(void *user, int64_t n, const void *current, const void *next,
                                 uint8_t *keep) {
    (void)current, (void)next;
    memset(keep, 1, (size_t)n);
    return --*(int64_t *)user == 0 ? LAX_ERROR_CALLBACK : LAX_OK;
}

/* 64 rows of 3 positions: after the failure nothing is called any more. */
START_TEST(callbacks_that_fail_stop) {
    lax_tensor x = dense_new(LAX_F32, 2, SHAPE(64, 5)), y = dense_new(LAX_F32, 2, SHAPE(64, 3));
    lax_error why;
    float start = 0;
    lax_window_options o = LAX_WINDOW_OPTIONS(.window_dimensions = {1, 3}, .init_values = {&start});
    for (int64_t at = 1; at <= 3; at++) {
        int64_t left = at;
        lax_reducer reducer = LAX_REDUCER(.fn = failing_fn, .user = &left);
        lax_selector select = LAX_SELECTOR(.fn = failing_select, .user = &left);
        ck_assert_int_eq(lax_reduce_window_n(NULL, 1, &x, &reducer, &o, &y, &why),
                         LAX_ERROR_CALLBACK);
        ck_assert_int_eq(left, 0);
        left = at < 3 ? at : 2;
        lax_tensor grad = dense_new(LAX_F32, 2, SHAPE(64, 5));
        ck_assert_int_eq(lax_select_and_scatter(NULL, &x, &select, &y,
                                                &LAX_REDUCER(.kind = LAX_ADD), &o, &grad, &why),
                         LAX_ERROR_CALLBACK);
        ck_assert_int_eq(left, 0);
        left = at;
        ck_assert_int_eq(lax_select_and_scatter(NULL, &x, &LAX_SELECTOR(.kind = LAX_LE), &y,
                                                &reducer, &o, &grad, &why),
                         LAX_ERROR_CALLBACK);
        ck_assert_int_eq(left, 0);
        free(grad.data);
    }
    free(x.data);
    free(y.data);
}
END_TEST

/* pred: any nonzero byte is true, and results are 0 or 1 even where nothing was combined. */
START_TEST(pred_results_are_0_or_1) {
    uint8_t in[4] = {0, 2, 255, 0}, out[5], start = 7;
    lax_tensor x = lax_tensor_of(LAX_PRED, in, 1, SHAPE(4));
    lax_tensor y = lax_tensor_of(LAX_PRED, out, 1, SHAPE(5)), z = y;
    lax_error why;
    lax_window_options o = LAX_WINDOW_OPTIONS(.pads = {{1, 0}}, .init_values = {&start});
    must(lax_reduce_window(NULL, &x, LAX_AND, &o, &y, &why), &why, "and");
    ck_assert(memcmp(out, (uint8_t[]){1, 0, 1, 1, 0}, 5) == 0);
    o.init_values[0] = NULL;
    must(lax_select_and_gather_add(NULL, &x, &x, LAX_GE, &o, &y, &why), &why, "gather");
    ck_assert(memcmp(out, (uint8_t[]){0, 0, 1, 1, 0}, 5) == 0);
    z.shape[0] = 4;
    uint8_t source[5] = {9, 0, 4, 0, 3};
    lax_tensor s = lax_tensor_of(LAX_PRED, source, 1, SHAPE(5));
    must(lax_select_and_scatter_add(NULL, &s, &x, LAX_GE, &o, &z, &why), &why, "scatter");
    ck_assert(memcmp(out, (uint8_t[]){0, 1, 0, 1}, 4) == 0);
}
END_TEST

/* The sum of 2^24 + 1 ones is exact in lanes; so is an average over padding of f16 in f32. */
START_TEST(long_windows) {
    float one = 1, sum;
    uint16_t half = 0x3c00, mean;
    const int64_t n = (INT64_C(1) << 24) + 2, m = 4096;
    lax_tensor x = {.data = &one, .dtype = LAX_F32, .rank = 1, .shape = {n}};
    lax_tensor y = lax_tensor_of(LAX_F32, &sum, 0, NULL);
    lax_error why;
    must(lax_reduce(NULL, &x, LAX_ADD, 1, (int32_t[]){0}, &y, &why), &why, "reduce");
    ck_assert(sum == (float)n);
    lax_tensor h = {.data = &half, .dtype = LAX_F16, .rank = 3, .shape = {1, m, 1}};
    lax_tensor a = lax_tensor_of(LAX_F16, &mean, 3, SHAPE(1, 1, 1));
    must(lax_avg_pool(NULL, &h, &LAX_POOL_OPTIONS(.window = {m}), &a, &why), &why, "mean");
    ck_assert_int_eq(mean, 0x3c00);
}
END_TEST

static TCase *case_of(const char *name) {
    TCase *tc = tcase_create(name);
    tcase_set_timeout(tc, 60);
    return tc;
}

Suite *suite_window_stage(void) {
    Suite *suite = suite_create("window_stage");
    TCase *options = case_of("spec and shape"), *layout = case_of("layout");
    TCase *execution = case_of("execution");
    tcase_add_test(options, spec_defaults);
    tcase_add_test(options, inferred_sizes);
    tcase_add_test(options, arg_results);
    tcase_add_loop_test(layout, scan_recognised, 0, LAX_COUNTOF(scan_rows));
    tcase_add_test(layout, scan_agrees);
    tcase_add_test(layout, pred_is_resolved);
    tcase_add_test(layout, reduce_is_a_window);
    tcase_add_test(layout, averages_count);
    tcase_add_test(execution, tasks_do_not_depend_on_threads);
    tcase_add_test(execution, callbacks_fold_in_order);
    tcase_add_test(execution, callbacks_that_fail_stop);
    tcase_add_test(execution, pred_results_are_0_or_1);
    tcase_add_test(execution, long_windows);
    suite_add_tcase(suite, options);
    suite_add_tcase(suite, layout);
    suite_add_tcase(suite, execution);
    return suite;
}
