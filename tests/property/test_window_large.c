/* SPDX-License-Identifier: Apache-2.0 */
/* Windows and scans of many tasks: the same bits for every number of threads, and sums of a million
 * elements against sums in long double; windows in any order of dimensions in memory. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "suites.h"
#include "support/support.h"

#define LENGTH test_repeats(1000000)

static lax_tensor filled(lax_dtype type, int32_t rank, const int64_t *shape, enum fill fill) {
    struct rng r = rng_of(4711, (uint64_t)rank);
    lax_tensor t = lax_tensor_of(type, NULL, rank, shape);
    t.data = malloc((size_t)lax_tensor_elements(&t) * ref_size(type));
    tensor_fill(&r, &t, fill);
    return t;
}

/* Any order of summing stays within this of the exact sum: a rounding for each addition. */
static void check_sums(const float *x, const float *y, int64_t n, int64_t step) {
    long double sum = 0, size = 0;
    for (int64_t i = 0; i < n; i++) {
        sum += (long double)x[i * step];
        size += fabsl((long double)x[i * step]);
        long double bound = 4 * 0x1p-24L * sqrtl((long double)(i + 1)) * (size + 1);
        ck_assert_msg(fabsl((long double)y[i * step] - sum) <= bound, "element %lld of %lld",
                      (long long)i, (long long)n);
    }
}

/* Axis _i of 1000000 x 3 or 3 x 1000000: across rows of three, or along rows. */
START_TEST(sums_of_a_million) {
    const int64_t shape[2][2] = {{LENGTH, 3}, {3, LENGTH}};
    lax_error why;
    lax_tensor x = filled(LAX_F32, 2, shape[_i], FILL_SMALL);
    lax_tensor y = filled(LAX_F32, 2, shape[_i], FILL_SMALL);
    must(lax_cumsum(NULL, &x, _i, false, &y, &why), &why, "cumsum");
    for (int64_t k = 0; k < 3; k++) {
        int64_t at = _i == 0 ? k : k * LENGTH;
        check_sums((const float *)x.data + at, (const float *)y.data + at, LENGTH, _i == 0 ? 3 : 1);
    }
    free(x.data);
    free(y.data);
}
END_TEST

static const struct {
    lax_reducer_kind kind;
    lax_dtype type;
    lax_window_options options; /* of 5 x 150 x 170 x 7 */
} rows[] = {
    {LAX_ADD, LAX_F32, {.window_dimensions = {1, 33, 27, 1}, .padding = "SAME"}},
    {LAX_ADD, LAX_F32, {.window_dimensions = {1, 150, 170, 1}}},
    {LAX_ADD, LAX_F64, {.window_dimensions = {2, 20, 3, 5}, .padding = "SAME"}},
    {LAX_ADD, LAX_BF16, {.window_dimensions = {1, 3, 3, 1}, .padding = "SAME"}},
    {LAX_MUL, LAX_F32, {.window_dimensions = {1, 1, 64, 1}}},
    {LAX_MAX, LAX_F16, {.window_dimensions = {1, 31, 31, 1}, .padding = "SAME"}},
    {LAX_ADD, LAX_F32, {.window_dimensions = {1, 1, 1, 7}, .padding = "SAME"}},
};

static lax_status run_row(lax_context *ctx, int row, const lax_tensor *x, lax_tensor *y,
                          lax_error *why) {
    lax_window_options o = rows[row].options;
    o.size = sizeof o;
    return lax_reduce_window(ctx, x, rows[row].kind, &o, y, why);
}

START_TEST(windows_do_not_depend_on_threads) {
    const int64_t shape[] = {test_repeats(5), 150, 170, 7};
    lax_error why;
    lax_window_options o = rows[_i].options;
    lax_tensor x = filled(rows[_i].type, 4, shape, FILL_UNIT), y[2];
    o.size = sizeof o;
    for (int k = 0; k < 2; k++) {
        lax_operation op = LAX_OPERATION(.op = LAX_OP_REDUCE_WINDOW, .n_operands = 1,
                                         .operands = {x}, .window = o);
        op.reducer = LAX_REDUCER(.kind = rows[_i].kind);
        must(lax_operation_infer(&op, &why), &why, "shape");
        y[k] = filled(rows[_i].type, 4, op.results[0].shape, FILL_UNIT);
    }
    must(run_row(NULL, _i, &x, &y[0], &why), &why, "serial");
    for (int32_t threads = 2; threads <= 5; threads += 3) {
        lax_context *ctx = context_with_threads(threads);
        must(run_row(ctx, _i, &x, &y[1], &why), &why, "threads");
        size_t n = (size_t)lax_tensor_elements(&y[0]) * ref_size(rows[_i].type);
        ck_assert_msg(memcmp(y[0].data, y[1].data, n) == 0, "%d threads", threads);
        lax_context_destroy(ctx);
    }
    free(x.data);
    free(y[0].data);
    free(y[1].data);
}
END_TEST

START_TEST(scans_do_not_depend_on_threads) {
    const int64_t shape[] = {13, 3000, 11};
    lax_error why;
    lax_tensor x = filled(LAX_F32, 3, shape, FILL_SMALL);
    lax_tensor y = filled(LAX_F32, 3, shape, FILL_SMALL), z = filled(LAX_F32, 3, shape, FILL_FEW);
    lax_context *ctx = context_with_threads(3);
    must(lax_cumsum(NULL, &x, _i, true, &y, &why), &why, "serial");
    must(lax_cumsum(ctx, &x, _i, true, &z, &why), &why, "threads");
    ck_assert(memcmp(y.data, z.data, (size_t)lax_tensor_elements(&y) * sizeof(float)) == 0);
    lax_context_destroy(ctx);
    free(x.data);
    free(y.data);
    free(z.data);
}
END_TEST

static const struct {
    lax_reducer_kind kind;
    lax_dtype type;
    enum fill fill;
} orders[] = {{LAX_ADD, LAX_U8, FILL_NORMAL},  {LAX_MAX, LAX_F32, FILL_SPECIAL},
              {LAX_MIN, LAX_F16, FILL_NORMAL}, {LAX_XOR, LAX_PRED, FILL_NORMAL},
              {LAX_ADD, LAX_S64, FILL_NORMAL}, {LAX_MAX, LAX_C64, FILL_SMALL},
              {LAX_MIN, LAX_C128, FILL_SMALL}, {LAX_MAX, LAX_C64, FILL_SPECIAL},
              {LAX_MUL, LAX_S16, FILL_SMALL}};
enum { ORDERS = sizeof orders / sizeof *orders };

/* Dimensions in any order in memory, without gaps. */
static void shuffle(struct rng *r, lax_tensor *t) {
    int32_t place[LAX_MAX_RANK];
    int64_t step = 1;
    rng_permutation(r, t->rank, place);
    for (int32_t i = 0; i < t->rank; i++) {
        t->strides[place[i]] = step;
        step *= t->shape[place[i]];
    }
}

/* Short and long dimensions, half of them with a window; false: too much or nothing to do. */
static bool draw_order(struct rng *r, lax_operation *op) {
    lax_window_options *o = &op->window;
    lax_tensor *x = &op->operands[0];
    double work = 1;
    x->rank = (int32_t)rng_in(r, 2, 5);
    for (int32_t i = 0; i < x->rank; i++) {
        x->shape[i] = rng_in(r, 1, rng_chance(r, 50) ? 6 : 40);
        bool slides = rng_chance(r, 50);
        o->window_dimensions[i] = slides ? rng_in(r, 1, rng_chance(r, 70) ? 6 : 30) : 1;
        o->window_strides[i] = slides ? rng_in(r, 1, 3) : 1;
        o->window_dilation[i] = slides && rng_chance(r, 20) ? rng_in(r, 2, 3) : 1;
        o->base_dilation[i] = slides && rng_chance(r, 15) ? rng_in(r, 2, 4) : 1;
        o->pads[i][0] = slides ? rng_in(r, -1, o->window_dimensions[i]) : 0;
        o->pads[i][1] = slides ? rng_in(r, -1, o->window_dimensions[i]) : 0;
        work *= (double)(x->shape[i] * o->window_dimensions[i]);
    }
    *x = lax_tensor_of(x->dtype, NULL, x->rank, x->shape);
    lax_error why;
    if (work > 4e6 || lax_operation_infer(op, &why) != LAX_OK) return false;
    return lax_tensor_elements(&op->results[0]) > 0;
}

/* Zeros of either sign are equal in the order of complex numbers. */
static bool same_results(const lax_tensor *a, const lax_tensor *b) {
    size_t size = ref_size(a->dtype), n = (size_t)lax_tensor_elements(a);
    if (!ref_is_complex(a->dtype)) return memcmp(a->data, b->data, n * size) == 0;
    for (size_t i = 0; i < n; i++) {
        struct ref_value x = ref_load(a->dtype, (char *)a->data + i * size);
        struct ref_value y = ref_load(a->dtype, (char *)b->data + i * size);
        bool re = x.re == y.re || (isnan(x.re) && isnan(y.re));
        if (!re || !(x.im == y.im || (isnan(x.im) && isnan(y.im)))) return false;
    }
    return true;
}

static void check_order(int row, uint64_t trial) {
    struct rng r = rng_of(4712, trial * ORDERS + (uint64_t)row);
    lax_operation op = LAX_OPERATION(.op = LAX_OP_REDUCE_WINDOW, .n_operands = 1);
    op.operands[0].dtype = orders[row].type;
    op.reducer = LAX_REDUCER(.kind = orders[row].kind);
    op.window = (lax_window_options){.size = sizeof op.window};
    if (!draw_order(&r, &op)) return;
    static const char *const lowerings[] = {"reference", "strips", "passes"};
    lax_tensor x = op.operands[0], y[] = {op.results[0], op.results[0], op.results[0]};
    lax_error why;
    size_t nbytes = (size_t)lax_tensor_elements(&y[0]) * ref_size(orders[row].type);
    x.data = malloc((size_t)lax_tensor_elements(&x) * ref_size(orders[row].type));
    tensor_fill(&r, &x, orders[row].fill);
    shuffle(&r, &x);
    shuffle(&r, &y[0]);
    lax_context *ctx = context_with_threads(1); /* reads LAX_MAX_ISA */
    for (int k = 0; k < 3; k++) {
        memcpy(y[k].strides, y[0].strides, sizeof y[0].strides);
        y[k].data = malloc(nbytes);
        op.window.lowering = lowerings[k];
        lax_status s = lax_reduce_window(ctx, &x, orders[row].kind, &op.window, &y[k], &why);
        if (s == LAX_ERROR_LOWERING_NAME) { /* a scan's windows */
            op.window.lowering = NULL;
            s = lax_reduce_window(ctx, &x, orders[row].kind, &op.window, &y[k], &why);
        }
        must(s, &why, "window");
        ck_assert_msg(same_results(&y[0], &y[k]), "%s, row %d, trial %d", lowerings[k], row,
                      (int)trial);
    }
    lax_context_destroy(ctx);
    free(x.data);
    for (int k = 0; k < 3; k++) free(y[k].data);
}

START_TEST(windows_of_any_order) {
    for (uint64_t trial = 0; trial < 150; trial++) check_order(_i, trial);
}
END_TEST

Suite *suite_window_large(void) {
    Suite *suite = suite_create("window_large");
    TCase *tc = tcase_create("large");
    tcase_set_timeout(tc, 600);
    tcase_add_loop_test(tc, sums_of_a_million, 0, 2);
    tcase_add_loop_test(tc, windows_do_not_depend_on_threads, 0, sizeof rows / sizeof *rows);
    tcase_add_loop_test(tc, scans_do_not_depend_on_threads, 0, 3);
    tcase_add_loop_test(tc, windows_of_any_order, 0, ORDERS);
    suite_add_tcase(suite, tc);
    return suite;
}
