/* SPDX-License-Identifier: Apache-2.0 */
/* Scans stage by stage: the canonical problem, every reducer and type against the oracle in every
 * direction, in place too, roundings that happen once, special values, blocks of lanes. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "api/api.h"
#include "property/corner.h"
#include "support/support.h"

static const lax_reducer_kind kinds[] = {LAX_ADD, LAX_MUL, LAX_MAX, LAX_MIN, LAX_LOGADDEXP};

static bool defined(lax_reducer_kind kind, lax_dtype type) {
    bool number = ref_is_float(type) || ref_is_complex(type);
    return type != LAX_PRED && (kind != LAX_LOGADDEXP || number);
}

static lax_operation scan_op(lax_reducer_kind kind, lax_tensor operand, int32_t axis,
                             bool reverse) {
    lax_operation op =
        LAX_OPERATION(.op = LAX_OP_SCAN, .n_operands = 1, .axis = axis, .reverse = reverse);
    op.operands[0] = operand;
    op.reducer = LAX_REDUCER(.kind = kind);
    return op;
}

static lax_status run(lax_context *ctx, const lax_operation *op, const lax_tensor *x, lax_tensor *y,
                      lax_error *why) {
    return lax_operation_run(ctx, op, &x, &y, why);
}

/* --- shape and layout ------------------------------------------------------------------------ */

static struct scan_problem problem_of(lax_operation op) {
    struct spec spec = {0};
    struct shape shape = {0};
    struct problem problem;
    lax_error why;
    must(lax_i_check(&op, &spec, &shape, &why), &why, "check");
    ck_assert(shape.n_results == 1 && shape.results[0].dtype == op.operands[0].dtype);
    lax_i_layout(&shape, &problem);
    ck_assert_int_eq(problem.kind, PROBLEM_SCAN);
    return problem.scan;
}

START_TEST(canonical_problem) {
    const int64_t shape[] = {2, 3, 4, 5};
    lax_tensor x = lax_tensor_of(LAX_F32, NULL, 4, shape);
    struct scan_problem s = problem_of(scan_op(LAX_ADD, x, 2, false));
    ck_assert(s.length == 4 && s.in_axis == 5 && s.out_axis == 5 && s.in_offset == 0);
    ck_assert(s.rank == 2 && s.size[0] == 6 && s.size[1] == 5 && s.in_stride[0] == 20);
    s = problem_of(scan_op(LAX_ADD, x, 2, true)); /* from the end, backwards */
    ck_assert(s.in_axis == -5 && s.in_offset == 15 && s.out_axis == -5 && s.out_offset == 15);
    s = problem_of(scan_op(LAX_ADD, x, 0, false));
    ck_assert(s.rank == 1 && s.size[0] == 60 && s.length == 2);
    x.strides[1] = 0; /* a broadcast input does not merge with a result that is none */
    s = problem_of(scan_op(LAX_ADD, x, 0, false));
    ck_assert(s.rank == 2 && s.size[0] == 3 && s.in_stride[0] == 0 && s.out_stride[0] == 20);
}
END_TEST

START_TEST(empty_and_huge) {
    const int64_t huge = INT64_C(1) << 40;
    for (int32_t axis = 0; axis < 4; axis++) {
        lax_tensor x = lax_tensor_of(LAX_F32, NULL, SHAPE(huge, huge, 0, huge));
        struct scan_problem s = problem_of(scan_op(LAX_ADD, x, axis, true));
        ck_assert(s.rank == 1 && s.size[0] == 0);
        ck_assert_int_eq(lax_cumsum(NULL, &x, axis, true, &x, NULL), LAX_OK);
    }
}
END_TEST

START_TEST(refusals) {
    static const struct {
        lax_reducer_kind kind;
        lax_dtype type;
        int32_t axis;
        lax_status status;
    } rows[] = {
        {LAX_AND, LAX_S32, 0, LAX_ERROR_ENUM},
        {LAX_XOR, LAX_U8, 0, LAX_ERROR_ENUM},
        {LAX_REDUCER_UNSET, LAX_F32, 0, LAX_ERROR_ENUM},
        {LAX_MAX, LAX_PRED, 0, LAX_ERROR_DTYPE_OPERATION},
        {LAX_LOGADDEXP, LAX_U64, 0, LAX_ERROR_DTYPE_OPERATION},
        {LAX_ADD, LAX_F32, -1, LAX_ERROR_AXIS},
        {LAX_ADD, LAX_F32, 2, LAX_ERROR_AXIS},
    };
    for (int i = 0; i < LAX_COUNTOF(rows); i++) {
        struct spec spec = {0};
        struct shape shape = {0};
        lax_tensor x = lax_tensor_of(rows[i].type, NULL, SHAPE(2, 3));
        lax_operation op = scan_op(rows[i].kind, x, rows[i].axis, false);
        ck_assert_int_eq(lax_i_check(&op, &spec, &shape, NULL), rows[i].status);
    }
}
END_TEST

/* --- values ---------------------------------------------------------------------------------- */

static enum fill fill_for(lax_reducer_kind kind, lax_dtype type) {
    if (kind == LAX_MUL) return ref_is_integer(type) ? FILL_NORMAL : FILL_UNIT;
    if (kind == LAX_LOGADDEXP) return ref_is_complex(type) ? FILL_SMALL : FILL_NORMAL;
    return kind == LAX_ADD || ref_is_complex(type) ? FILL_NORMAL : FILL_SPECIAL;
}

/* One scan against the oracle, then the same in place, with other strides. */
static void check_scan(struct rng *r, const lax_operation *op) {
    const lax_tensor *form = &op->operands[0];
    struct view x = view_like(r, form, VIEW_INPUT), y = view_like(r, form, VIEW_OUTPUT);
    struct view z = view_like(r, form, VIEW_OUTPUT);
    lax_operation strided = *op;
    struct message m;
    lax_error why;
    tensor_fill(r, &x.tensor, fill_for(op->reducer.kind, form->dtype));
    struct ref_array in = ref_array_read(&x.tensor);
    struct ref_array want = ref_scan(op->reducer.kind, op->axis, op->reverse, &in);
    strided.operands[0] = x.tensor, strided.results[0] = y.tensor, strided.n_results = 1;
    must(run(NULL, &strided, &x.tensor, &y.tensor, &why), &why, "scan");
    ck_assert_msg(agrees(&want, &y.tensor, &m), "%s reducer %d axis %d: %s",
                  lax_dtype_name(form->dtype), (int)op->reducer.kind, op->axis, m.text);
    ck_assert(view_holes_intact(&y));
    must(lax_transpose(NULL, &x.tensor, NULL, &z.tensor, &why), &why, "copy");
    strided.operands[0] = strided.results[0] = z.tensor;
    must(run(NULL, &strided, &z.tensor, &z.tensor, &why), &why, "in place");
    ck_assert_msg(agrees(&want, &z.tensor, &m), "in place: %s", m.text);
    ck_assert(view_holes_intact(&z));
    ref_array_free(&in), ref_array_free(&want);
    view_free(&x), view_free(&y), view_free(&z);
}

START_TEST(every_reducer_and_type) {
    static const int64_t shapes[][3] = {{1, 1, 1}, {5, 1, 2}, {3, 17, 4}, {1, 40, 1}, {2, 3, 33}};
    lax_dtype type = (lax_dtype)_i;
    for (int k = 0; k < LAX_COUNTOF(kinds); k++)
        for (int s = 0; s < LAX_COUNTOF(shapes); s++)
            for (int32_t axis = 0; axis < 6 && defined(kinds[k], type); axis++) {
                struct rng r = rng_of(41, (uint64_t)(type * 1000 + k * 100 + s * 10 + axis));
                lax_tensor form = lax_tensor_of(type, NULL, 3, shapes[s]);
                lax_operation op = scan_op(kinds[k], form, axis % 3, axis >= 3);
                check_scan(&r, &op);
            }
}
END_TEST

/* Lanes are cut into blocks of 256; every cut, along every axis, and one lane alone. */
START_TEST(blocks_of_lanes) {
    static const int64_t lanes[] = {1, 2, 255, 256, 257, 513};
    for (int i = 0; i < LAX_COUNTOF(lanes); i++)
        for (int32_t axis = 0; axis < 2; axis++) {
            struct rng r = rng_of(42, (uint64_t)(i * 2 + axis));
            const int64_t shape[] = {axis ? lanes[i] : 7, axis ? 7 : lanes[i]};
            lax_operation op =
                scan_op(LAX_ADD, lax_tensor_of(LAX_BF16, NULL, 2, shape), axis, i % 2);
            check_scan(&r, &op);
        }
}
END_TEST

/* No step of n additions may lose more than half a unit of the sum so far. */
START_TEST(long_sums_stay_within_the_bound) {
    enum { N = 20000 };
    lax_tensor x = dense_new(LAX_F32, SHAPE(N)), y = dense_new(LAX_F32, SHAPE(N));
    struct rng r = rng_of(43, 0);
    long double sum = 0, size = 0;
    tensor_fill(&r, &x, FILL_NORMAL);
    ck_assert_int_eq(lax_cumsum(NULL, &x, 0, false, &y, NULL), LAX_OK);
    for (int i = 0; i < N; i++) {
        sum += ((float *)x.data)[i], size += fabsl(((float *)x.data)[i]);
        ck_assert(fabsl(sum - ((float *)y.data)[i]) <= (i + 1) * 0x1p-24L * size);
    }
    free(x.data), free(y.data);
}
END_TEST

/* Rows of exact results, bit for bit. */
static void check_walk(lax_reducer_kind kind, const lax_tensor *x, const char *y, bool reverse) {
    struct ref_value now = {0};
    int64_t n = x->shape[1], size = (int64_t)ref_size(x->dtype);
    for (int64_t k = 0; k < x->shape[0] * n; k++) {
        int64_t i = reverse ? x->shape[0] * n - 1 - k : k;
        unsigned char want[16];
        struct ref_value next = ref_load(x->dtype, (const char *)x->data + i * size);
        now = k % n == 0 ? next : ref_fold(kind, x->dtype, now, next);
        ref_store(x->dtype, want, now);
        ck_assert(memcmp(want, y + i * size, (size_t)size) == 0);
    }
}

/* A few long rows of exact reducers are cut along the axis: one thread and two give the same bits,
 * in place too; what is exact is what a walk gives. */
START_TEST(long_rows_are_cut) {
    enum { ROWS = 2 };
    static const lax_dtype types[] = {LAX_F32, LAX_S32, LAX_F64, LAX_BF16};
    int64_t n = test_repeats(9 << 15) - 5;
    const int64_t shape[] = {ROWS, n};
    lax_reducer_kind kind = kinds[_i % 4];
    lax_dtype type = types[_i / 4];
    bool reverse = _i % 2;
    size_t nbytes = (size_t)(ROWS * n) * ref_size(type);
    struct rng r = rng_of(44, (uint64_t)_i);
    lax_tensor x = dense_new(type, 2, shape), y = dense_new(type, 2, shape);
    lax_tensor z = dense_new(type, 2, shape);
    lax_context *ctx[2];
    for (int t = 0; t < 2; t++) {
        lax_context_options o = LAX_CONTEXT_OPTIONS(.num_threads = t + 1);
        ck_assert_int_eq(lax_context_create(&o, &ctx[t], NULL), LAX_OK);
    }
    tensor_fill(&r, &x, FILL_NORMAL);
    memcpy(z.data, x.data, nbytes);
    lax_operation op = scan_op(kind, x, 1, reverse);
    ck_assert_int_eq(run(ctx[0], &op, &x, &y, NULL), LAX_OK);
    ck_assert_int_eq(run(ctx[1], &op, &z, &z, NULL), LAX_OK);
    ck_assert(memcmp(y.data, z.data, nbytes) == 0);
    if (kind >= LAX_MAX || ref_is_integer(type)) check_walk(kind, &x, y.data, reverse);
    for (int t = 0; t < 2; t++) lax_context_destroy(ctx[t]);
    free(x.data), free(y.data), free(z.data);
}
END_TEST

/* --- halves are rounded once ----------------------------------------------------------------- */

START_TEST(halves_keep_what_a_step_would_lose) {
    uint16_t x[300], y[300];
    const float start[] = {256, 2048};
    const lax_dtype types[] = {LAX_BF16, LAX_F16};
    for (int t = 0; t < 2; t++) {
        lax_tensor in = lax_tensor_of(types[t], x, SHAPE(300)), out = in;
        out.data = y;
        for (int i = 0; i < 300; i++)
            ref_store(types[t], &x[i], ref_number(types[t], i == 0 ? start[t] : 1));
        ck_assert_int_eq(lax_cumsum(NULL, &in, 0, false, &out, NULL), LAX_OK);
        for (int i = 0; i < 300; i++) {
            uint16_t want;
            ref_store(types[t], &want, ref_number(types[t], (double)start[t] + i));
            ck_assert_uint_eq(y[i], want);
        }
    }
}
END_TEST

/* Partial sums may pass the largest f16: only what is stored there is infinite. */
START_TEST(halves_come_back_from_infinity) {
    const uint16_t x[] = {0x7bff, 0x7bff, 0xfbff, 0xfbff}, want[] = {0x7bff, 0x7c00, 0x7bff, 0};
    uint16_t y[4];
    lax_tensor in = lax_tensor_of(LAX_F16, (void *)(uintptr_t)x, SHAPE(4)), out = in;
    out.data = y;
    ck_assert_int_eq(lax_cumsum(NULL, &in, 0, false, &out, NULL), LAX_OK);
    ck_assert(memcmp(y, want, sizeof y) == 0);
}
END_TEST

/* --- special values -------------------------------------------------------------------------- */

static const struct row {
    lax_reducer_kind kind;
    bool reverse;
    float x[4], y[4];
} rows[] = {
    {LAX_LOGADDEXP, false, {-INFINITY, -INFINITY, 0, 0}, {-INFINITY, -INFINITY, 0, 0.69314718f}},
    {LAX_LOGADDEXP,
     false,
     {INFINITY, INFINITY, 1, -INFINITY},
     {INFINITY, INFINITY, INFINITY, INFINITY}},
    {LAX_LOGADDEXP, false, {1e30f, 1e30f, -1e30f, NAN}, {1e30f, 1e30f, 1e30f, NAN}},
    {LAX_MAX, false, {1, NAN, 2, INFINITY}, {1, NAN, NAN, NAN}},
    {LAX_MIN, true, {1, NAN, 2, -INFINITY}, {NAN, NAN, -INFINITY, -INFINITY}},
    {LAX_MAX, false, {-0.0f, 0.0f, -0.0f, -1}, {-0.0f, 0.0f, 0.0f, 0.0f}},
    {LAX_MIN, false, {0.0f, -0.0f, 0.0f, 1}, {0.0f, -0.0f, -0.0f, -0.0f}},
    {LAX_ADD, true, {1, 2, 3, 4}, {10, 9, 7, 4}},
    {LAX_MUL, false, {2, 0, INFINITY, 3}, {2, 0, NAN, NAN}},
};

START_TEST(special_values) {
    const struct row *row = &rows[_i];
    float y[4];
    lax_error why;
    lax_tensor in = f32_of(SHAPE(4), row->x), out = lax_tensor_of(LAX_F32, y, SHAPE(4));
    lax_operation op = scan_op(row->kind, in, 0, row->reverse);
    must(run(NULL, &op, &in, &out, &why), &why, "scan");
    for (int i = 0; i < 4; i++) {
        bool same = isnan(row->y[i]) ? isnan(y[i]) != 0 : y[i] == row->y[i];
        ck_assert_msg(same, "row %d: element %d is %g", _i, i, (double)y[i]);
        ck_assert(isnan(y[i]) || signbit(y[i]) == signbit(row->y[i]));
    }
}
END_TEST

/* Complex numbers compare by real, then imaginary part, and a NaN is forgotten. */
START_TEST(complex_order) {
    const float x[] = {1, 5, NAN, 0, 2, -1, 2, 3, 2, 1}, want[] = {1, 5, NAN, 0, 2, -1, 2, 3, 2, 3};
    float y[10];
    lax_tensor in = lax_tensor_of(LAX_C64, (void *)(uintptr_t)x, SHAPE(5)), out = in;
    out.data = y;
    ck_assert_int_eq(lax_cummax(NULL, &in, 0, false, &out, NULL), LAX_OK);
    for (int i = 0; i < 10; i++) ck_assert(isnan(want[i]) ? isnan(y[i]) != 0 : y[i] == want[i]);
}
END_TEST

/* log(exp(a) + exp(b)) of complex numbers has its imaginary part in [-pi, pi). */
START_TEST(complex_logarithm) {
    const double x[] = {0, 3, 0, 3, 500, 3, 500, 3};
    double y[8];
    lax_tensor in = lax_tensor_of(LAX_C128, (void *)(uintptr_t)x, SHAPE(4)), out = in;
    out.data = y;
    ck_assert_int_eq(lax_cumlogsumexp(NULL, &in, 0, false, &out, NULL), LAX_OK);
    ck_assert(y[0] == 0 && y[1] == 3);
    ck_assert(fabs(y[2] - log(2)) < 1e-15 && fabs(y[3] - 3) < 1e-15);
    ck_assert(fabs(y[6] - 500 - log(2)) < 1e-12 && fabs(y[7] - 3) < 1e-15);
}
END_TEST

/* log(0) + log(0) is log(0), and adds nothing to what follows. */
START_TEST(complex_logarithm_of_zero) {
    const float x[] = {-INFINITY, 0, -INFINITY, 0, 2, 1, -INFINITY, 0};
    const float want[] = {-INFINITY, 0, -INFINITY, 0, 2, 1, 2, 1};
    float y[8];
    lax_tensor in = lax_tensor_of(LAX_C64, (void *)(uintptr_t)x, SHAPE(4)), out = in;
    out.data = y;
    ck_assert_int_eq(lax_cumlogsumexp(NULL, &in, 0, false, &out, NULL), LAX_OK);
    for (int i = 0; i < 8; i++) ck_assert(y[i] == want[i]);
}
END_TEST

START_TEST(integers_wrap) {
    const int8_t x[] = {100, 100, 100, -128};
    const uint16_t u[] = {65535, 65535, 65535};
    int8_t y[4];
    uint16_t v[3];
    lax_tensor in = lax_tensor_of(LAX_S8, (void *)(uintptr_t)x, SHAPE(4)), out = in;
    out.data = y;
    ck_assert_int_eq(lax_cumsum(NULL, &in, 0, false, &out, NULL), LAX_OK);
    ck_assert(y[0] == 100 && y[1] == -56 && y[2] == 44 && y[3] == -84);
    in = lax_tensor_of(LAX_U16, (void *)(uintptr_t)u, SHAPE(3)), out = in;
    out.data = v;
    ck_assert_int_eq(lax_cumprod(NULL, &in, 0, true, &out, NULL), LAX_OK);
    ck_assert(v[2] == 65535 && v[1] == 1 && v[0] == 65535);
}
END_TEST

Suite *suite_scan_stage(void);
Suite *suite_scan_stage(void) {
    Suite *suite = suite_create("scan_stage");
    TCase *tcase = tcase_create("scan_stage");
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, canonical_problem);
    tcase_add_test(tcase, empty_and_huge);
    tcase_add_test(tcase, refusals);
    tcase_add_loop_test(tcase, every_reducer_and_type, LAX_F64, LAX_C128 + 1);
    tcase_add_test(tcase, blocks_of_lanes);
    tcase_add_test(tcase, long_sums_stay_within_the_bound);
    tcase_add_loop_test(tcase, long_rows_are_cut, 0, 16);
    tcase_add_test(tcase, halves_keep_what_a_step_would_lose);
    tcase_add_test(tcase, halves_come_back_from_infinity);
    tcase_add_loop_test(tcase, special_values, 0, LAX_COUNTOF(rows));
    tcase_add_test(tcase, complex_order);
    tcase_add_test(tcase, complex_logarithm);
    tcase_add_test(tcase, complex_logarithm_of_zero);
    tcase_add_test(tcase, integers_wrap);
    suite_add_tcase(suite, tcase);
    return suite;
}
