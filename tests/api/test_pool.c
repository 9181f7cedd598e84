/* SPDX-License-Identifier: Apache-2.0 */
/* Pooling conventions against values that torch and ONNX Runtime computed (pool_cases.def), in
 * other layouts and types too, and what pooling options refuse. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "suites.h"
#include "support/support.h"

struct pool_case {
    const char *name;
    lax_reducer_kind reducer;
    lax_pool_options options;
    struct list shape;
    bool adaptive;
    struct list sizes, values, indices; /* one index of -2: not asked for */
};

/* As LAX_POOL_OPTIONS and LIST, but constant initializers. */
#define OPTIONS(...)                                                                               \
    { .size = sizeof(lax_pool_options), __VA_ARGS__ }
#undef LIST
#define LIST(...)                                                                                  \
    {                                                                                              \
        (int64_t)(sizeof((const float[]){__VA_ARGS__}) / sizeof(float)), (const float[]) {         \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    }
#define POOL(name, reducer, options, shape, adaptive, sizes, values, indices)                      \
    {name, reducer, options, shape, adaptive, sizes, values, indices},
static const struct pool_case cases[] = {
#include "api/pool_cases.def"
};
#undef POOL

static lax_tensor dense(lax_dtype type, struct list shape) {
    int64_t sizes[LAX_MAX_RANK];
    for (int64_t d = 0; d < shape.n; d++) sizes[d] = (int64_t)shape.v[d];
    return dense_new(type, (int32_t)shape.n, sizes);
}

static lax_tensor operand_of(const struct pool_case *c) {
    lax_tensor x = dense(LAX_F32, c->shape);
    for (int64_t i = 0; i < lax_tensor_elements(&x); i++)
        ((float *)x.data)[i] = (float)(37 * i % 101 - 50) / 4;
    return x;
}

static lax_status pool(const struct pool_case *c, const lax_tensor *x, const lax_pool_options *o,
                       lax_tensor *y, lax_error *why) {
    if (c->adaptive) return lax_adaptive_pool(NULL, x, c->reducer, o, y, why);
    if (c->reducer == LAX_MAX) return lax_max_pool(NULL, x, o, y, why);
    return lax_avg_pool(NULL, x, o, y, why);
}

static void check_values(const struct pool_case *c, const lax_tensor *y) {
    ck_assert_int_eq(lax_tensor_elements(y), c->values.n);
    for (int64_t i = 0; i < c->values.n; i++) {
        float got = ((const float *)y->data)[i], want = c->values.v[i];
        ck_assert_msg(fabsf(got - want) <= (c->reducer == LAX_MAX ? 0 : 2e-6f * (1 + fabsf(want))),
                      "%s: value %lld is %g, not %g", c->name, (long long)i, (double)got,
                      (double)want);
    }
}

START_TEST(values) {
    const struct pool_case *c = &cases[_i];
    lax_tensor x = operand_of(c), y = dense(LAX_F32, c->sizes), form;
    lax_error why;
    if (!c->adaptive) {
        must(lax_pool_shape(&x, &c->options, &form, &why), &why, c->name);
        ck_assert_int_eq(form.rank, c->sizes.n);
        for (int32_t d = 0; d < form.rank; d++)
            ck_assert_int_eq(form.shape[d], (int64_t)c->sizes.v[d]);
    }
    must(pool(c, &x, &c->options, &y, &why), &why, c->name);
    check_values(c, &y);
    free(x.data), free(y.data);
}
END_TEST

START_TEST(indices) {
    const struct pool_case *c = &cases[_i];
    if (c->indices.v[0] == -2) return;
    lax_error why;
    for (lax_dtype type = LAX_S32; type <= LAX_S64; type++) {
        lax_tensor x = operand_of(c), y = dense(LAX_F32, c->sizes), at = dense(type, c->sizes);
        must(lax_pool_indices(NULL, &x, LAX_GE, &c->options, &y, &at, &why), &why, c->name);
        check_values(c, &y);
        for (int64_t i = 0; i < c->indices.n; i++) {
            int64_t got = type == LAX_S32 ? ((int32_t *)at.data)[i] : ((int64_t *)at.data)[i];
            ck_assert_msg(got == (int64_t)c->indices.v[i], "%s: index %lld is %lld", c->name,
                          (long long)i, (long long)got);
        }
        free(x.data), free(y.data), free(at.data);
    }
}
END_TEST

/* Channels from second to last place and back, as views. */
static lax_tensor channels_moved(const lax_tensor *t, bool last) {
    int32_t axes[LAX_MAX_RANK] = {0};
    for (int32_t d = 1; d < t->rank; d++)
        axes[d] = last ? (d == t->rank - 1 ? 1 : d + 1) : (d == 1 ? t->rank - 1 : d - 1);
    return lax_tensor_permuted(t, axes);
}

/* The same values with the channels on the other side, named by a layout. */
START_TEST(other_layouts) {
    static const char *const layouts[2][4] = {{NULL, "NCW", "NCHW", "NCDHW"},
                                              {NULL, "NWC", "NHWC", "NDHWC"}};
    const struct pool_case *c = &cases[_i];
    bool first = c->options.convention != LAX_POOL_FLAX;
    lax_tensor x = operand_of(c), y = dense(LAX_F32, c->sizes);
    lax_tensor a = channels_moved(&x, first), b = channels_moved(&y, first);
    lax_pool_options o = c->options;
    lax_error why;
    o.layout = layouts[first][x.rank - 2];
    must(pool(c, &a, &o, &b, &why), &why, c->name);
    check_values(c, &y);
    free(x.data), free(y.data);
}
END_TEST

/* Adaptive windows by their definition. */
static void check_adaptive(int64_t in, int64_t out) {
    lax_pool_options o = LAX_POOL_OPTIONS(.convention = LAX_POOL_TORCH);
    lax_tensor x = dense_new(LAX_S32, 3, (int64_t[]){1, 1, in});
    lax_tensor y = dense_new(LAX_S32, 3, (int64_t[]){1, 1, out});
    int32_t *v = x.data;
    lax_error why;
    for (int64_t i = 0; i < in; i++) v[i] = (int32_t)(i * 7 % 5 - 3);
    must(lax_adaptive_pool(NULL, &x, LAX_MIN, &o, &y, &why), &why, "adaptive");
    for (int64_t i = 0; i < out; i++) {
        int32_t least = INT32_MAX;
        for (int64_t k = i * in / out; k < ((i + 1) * in + out - 1) / out; k++)
            if (v[k] < least) least = v[k];
        ck_assert_int_eq(((int32_t *)y.data)[i], least);
    }
    free(x.data), free(y.data);
}

START_TEST(every_adaptive_size) {
    for (int64_t in = 1; in <= 12; in++)
        for (int64_t out = 1; out <= 14; out++) check_adaptive(in, out);
}
END_TEST

START_TEST(lrn) {
    const float x[] = {1, 2, 3, 4, 5};
    static const float odd[] = {3, 6, 9, 12, 9}, before[] = {1, 3, 5, 7, 9};
    float y[5];
    lax_tensor in = lax_tensor_of(LAX_F32, (void *)(uintptr_t)x, 2, (int64_t[]){1, 5});
    lax_tensor out = lax_tensor_of(LAX_F32, y, 2, (int64_t[]){1, 5});
    lax_window_options w;
    lax_error why;
    must(lax_lrn_window(&in, 1, 3, LAX_POOL_TORCH, &w, &why), &why, "window");
    must(lax_reduce_window(NULL, &in, LAX_ADD, &w, &out, &why), &why, "sum");
    ck_assert(memcmp(y, odd, sizeof y) == 0);
    must(lax_lrn_window(&in, 1, 2, LAX_POOL_TORCH, &w, &why), &why, "window");
    must(lax_reduce_window(NULL, &in, LAX_ADD, &w, &out, &why), &why, "sum");
    ck_assert(memcmp(y, before, sizeof y) == 0); /* the one before and itself */
    must(lax_lrn_window(&in, 1, 2, LAX_POOL_ONNX, &w, &why), &why, "window");
    must(lax_reduce_window(NULL, &in, LAX_ADD, &w, &out, &why), &why, "sum");
    ck_assert(y[0] == 3 && y[4] == 5);
    ck_assert_int_eq(lax_lrn_window(&in, 2, 3, LAX_POOL_ONNX, &w, NULL), LAX_ERROR_AXIS);
    ck_assert_int_eq(lax_lrn_window(&in, 0, 0, LAX_POOL_ONNX, &w, NULL), LAX_ERROR_WINDOW_SIZE);
    ck_assert_int_eq(lax_lrn_window(&in, 0, 1, (lax_pool_convention)9, &w, NULL), LAX_ERROR_ENUM);
}
END_TEST

START_TEST(refusals) {
    const struct {
        lax_pool_options options;
        lax_status status;
    } rows[] = {
        {LAX_POOL_OPTIONS(.window = {2}, .convention = (lax_pool_convention)7), LAX_ERROR_ENUM},
        {LAX_POOL_OPTIONS(.window = {2}, .global = true), LAX_ERROR_OPTION_TWICE},
        {LAX_POOL_OPTIONS(.pads = {{0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}, {0, 1}},
                          .global = true),
         LAX_ERROR_OPTION_TWICE},
        {LAX_POOL_OPTIONS(.window = {2}, .include_padding = true, .exclude_padding = true),
         LAX_ERROR_OPTION_TWICE},
        {LAX_POOL_OPTIONS(.window = {2}, .padding = "SAME_UPPER"), LAX_ERROR_PADDING_NAME},
    };
    lax_tensor x = dense_new(LAX_F32, 3, (int64_t[]){1, 4, 2}), y = x, small = x;
    lax_pool_options windowed = LAX_POOL_OPTIONS(.window = {2}),
                     plain = LAX_POOL_OPTIONS(.layout = NULL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        ck_assert_int_eq(lax_pool_shape(&x, &rows[i].options, &y, NULL), rows[i].status);
    y = dense_new(LAX_F32, 3, (int64_t[]){1, 3, 2});
    small = lax_tensor_of(LAX_F32, y.data, 3, (int64_t[]){1, 3, 1});
    ck_assert_int_eq(lax_adaptive_pool(NULL, &x, LAX_MAX, &windowed, &y, NULL), LAX_ERROR_VALUE);
    ck_assert_int_eq(lax_adaptive_pool(NULL, &x, LAX_MUL, &plain, &y, NULL), LAX_ERROR_ENUM);
    ck_assert_int_eq(lax_adaptive_pool(NULL, &x, LAX_MAX, &plain, &small, NULL),
                     LAX_ERROR_SHAPE_MISMATCH);
    ck_assert_int_eq(lax_adaptive_pool(NULL, &x, LAX_MAX, &plain, &x, NULL), LAX_ERROR_OVERLAP);
    small = lax_tensor_of(LAX_F64, y.data, 3, (int64_t[]){1, 3, 2});
    ck_assert_int_eq(lax_adaptive_pool(NULL, &x, LAX_MAX, &plain, &small, NULL),
                     LAX_ERROR_DTYPE_MISMATCH);
    free(x.data), free(y.data);
}
END_TEST

Suite *suite_pool(void) {
    Suite *suite = suite_create("pool");
    TCase *tc = tcase_create("conventions");
    int n = (int)(sizeof cases / sizeof *cases);
    tcase_add_loop_test(tc, values, 0, n);
    tcase_add_loop_test(tc, indices, 0, n);
    tcase_add_loop_test(tc, other_layouts, 0, n);
    tcase_add_test(tc, every_adaptive_size);
    tcase_add_test(tc, lrn);
    tcase_add_test(tc, refusals);
    suite_add_tcase(suite, tc);
    return suite;
}
