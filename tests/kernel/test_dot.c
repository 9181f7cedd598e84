/* SPDX-License-Identifier: Apache-2.0 */
/* Batch-reduce matrix products against three loops, on values whose sums are exact: every size of
 * tile, strides with gaps, operands that end at a page that cannot be read. */
#include <check.h>
#include <string.h>

#include "suites.h"
#include "support/support.h"

#include "kernel/kernel.h"

enum { MAX_BATCH = 9 };

static bool available(void) {
    const char *why;
    return lax_i_xsmm_available(lax_i_machine()->isa, &why);
}

/* Row-major matrices, `count` of them, each between guard pages. */
struct batch {
    struct view matrix[MAX_BATCH];
    const void *address[MAX_BATCH];
};

static void make_batch(struct rng *r, lax_dtype type, int64_t count, const int64_t shape[2],
                       int64_t stride, struct batch *batch) {
    for (int64_t i = 0; i < count; i++) {
        int64_t n = (shape[0] - 1) * stride + shape[1];
        batch->matrix[i] = view_new(r, type, 1, &n, VIEW_PLAIN);
        tensor_fill(r, &batch->matrix[i].tensor, FILL_UNIT);
        batch->address[i] = batch->matrix[i].tensor.data;
    }
}

static void free_batch(struct batch *batch, int64_t count) {
    for (int64_t i = 0; i < count; i++) view_free(&batch->matrix[i]);
}

static double at(lax_dtype type, const void *data, int64_t i) {
    return type == LAX_F32 ? (double)((const float *)data)[i] : ((const double *)data)[i];
}

static double expected(const struct dot_shape *s, const struct batch *a, const struct batch *b,
                       int64_t count, int64_t element) {
    int64_t i = element / s->n, j = element % s->n;
    double sum = 0;
    for (int64_t r = 0; r < count; r++)
        for (int64_t k = 0; k < s->k; k++)
            sum += at(s->type, a->address[r], i * s->lda + k) *
                   at(s->type, b->address[r], k * s->ldb + j);
    return sum;
}

/* C after beta: beta 0 writes all of the product, and nothing else is ever written: NaN. */
static void check_result(const struct dot_shape *s, const struct batch *a, const struct batch *b,
                         int64_t count, const struct view *c) {
    for (int64_t i = 0; i < s->m; i++) {
        for (int64_t j = 0; j < s->ldc && i * s->ldc + j < c->tensor.shape[0]; j++) {
            double got = at(s->type, c->tensor.data, i * s->ldc + j);
            if (j >= s->n)
                ck_assert(got != got);
            else
                ck_assert_double_eq(got, expected(s, a, b, count, i * s->n + j) + 3 * s->beta);
        }
    }
}

static void try_shape(struct rng *r, const struct dot_shape *s, int64_t count) {
    struct batch a = {0}, b = {0};
    struct dot_kernel kernel;
    const char *why;
    int64_t n = (s->m - 1) * s->ldc + s->n;
    ck_assert_msg(lax_i_xsmm_kernel(s, lax_i_machine()->isa, &kernel, &why), "%s", why);
    make_batch(r, s->type, count, (int64_t[]){s->m, s->k}, s->lda, &a);
    make_batch(r, s->type, count, (int64_t[]){s->k, s->n}, s->ldb, &b);
    struct view c = view_new(r, s->type, 1, &n, VIEW_PLAIN);
    for (int64_t i = 0; s->beta == 1 && i < n; i++) {
        if (i % s->ldc >= s->n) continue;
        if (s->type == LAX_F32)
            ((float *)c.tensor.data)[i] = 3;
        else
            ((double *)c.tensor.data)[i] = 3;
    }
    const void *left[MAX_BATCH], *right[MAX_BATCH]; /* the kernel's to change */
    memcpy(left, a.address, sizeof left);
    memcpy(right, b.address, sizeof right);
    kernel.run(&kernel, left, right, c.tensor.data, count);
    check_result(s, &a, &b, count, &c);
    ck_assert(guarded_intact(&c.memory));
    free_batch(&a, count);
    free_batch(&b, count);
    view_free(&c);
}

START_TEST(random_shapes) {
    for (int64_t i = 0; available() && i < test_problems(300); i++) {
        struct rng r = rng_of(45, (uint64_t)i);
        int64_t largest = rng_chance(&r, 50) ? 12 : 70, gap = rng_chance(&r, 50) ? 5 : 0;
        struct dot_shape s = {.type = rng_chance(&r, 60) ? LAX_F32 : LAX_F64,
                              .m = rng_in(&r, 1, largest),
                              .n = rng_in(&r, 1, largest),
                              .k = rng_in(&r, 1, largest),
                              .beta = (int)rng_in(&r, 0, 1)};
        s.lda = s.k + rng_in(&r, 0, gap);
        s.ldb = s.n + rng_in(&r, 0, gap);
        s.ldc = s.n + rng_in(&r, 0, gap);
        if (i < 900) try_shape(&r, &s, rng_in(&r, 1, MAX_BATCH)); /* within the cap on kernels */
    }
}
END_TEST

/* One row a width: vectors with and without a last part, in both types. */
START_TEST(widths) {
    struct rng r = rng_of(46, (uint64_t)_i);
    int64_t n = _i + 1;
    if (!available()) return;
    struct dot_shape s = {LAX_F32, 7, n, 16, 16, n, n, 0};
    try_shape(&r, &s, 3);
    s.type = LAX_F64;
    try_shape(&r, &s, 3);
}
END_TEST

static const struct {
    struct dot_shape shape;
    lax_isa isa;
    const char *why;
} refusal_rows[] = {
    {{LAX_BF16, 4, 4, 4, 4, 4, 4, 0}, LAX_ISA_AMX, "f32 and f64"},
    {{LAX_F32, 4, 4, 4, (int64_t)1 << 31, 4, 4, 0}, LAX_ISA_AMX, "32 bits"},
    {{LAX_F32, (int64_t)1 << 31, 4, 4, 4, 4, 4, 0}, LAX_ISA_AMX, "32 bits"},
    {{LAX_F32, 4, 4, 4, 4, 4, 4, 0}, LAX_ISA_SCALAR, "below libxsmm's target"},
};

START_TEST(refusals) {
    struct dot_kernel kernel;
    const char *why = NULL;
    ck_assert(!lax_i_xsmm_kernel(&refusal_rows[_i].shape, refusal_rows[_i].isa, &kernel, &why));
    ck_assert_ptr_nonnull(why);
    if (available()) ck_assert_msg(strstr(why, refusal_rows[_i].why) != NULL, "%s", why);
    ck_assert(strstr(lax_i_xsmm_describe(), "libxsmm") != NULL);
}
END_TEST

/* A shape asked for again is the same kernel and costs nothing of the cap. */
START_TEST(same_shape_same_kernel) {
    struct dot_shape s = {LAX_F32, 5, 6, 7, 8, 9, 10, 1};
    struct dot_kernel first, again;
    const char *why;
    if (!available()) return;
    ck_assert(lax_i_xsmm_kernel(&s, LAX_ISA_AMX, &first, &why));
    for (int i = 0; i < 3000; i++) {
        ck_assert_msg(lax_i_xsmm_kernel(&s, LAX_ISA_AMX, &again, &why), "%s", why);
        ck_assert_ptr_eq(first.handle, again.handle);
    }
}
END_TEST

Suite *suite_dot(void) {
    Suite *suite = suite_create("dot");
    TCase *tc = tcase_create("dot");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, random_shapes);
    tcase_add_loop_test(tc, widths, 0, 66);
    tcase_add_loop_test(tc, refusals, 0, sizeof refusal_rows / sizeof *refusal_rows);
    tcase_add_test(tc, same_shape_same_kernel);
    suite_add_tcase(suite, tc);
    return suite;
}
